"""The folder of an unfinished sweep: what is done is kept, part by part, so that a killed sweep can go on.

It stands beside the run folder that is to be, under that name with ``.unfinished`` behind it, so that the run folder
itself is whole or not there.  Each part is written whole under a seal; a lock that the system takes away with the
process keeps a second one out.

What it leaves out: reading the parts back (``inputs/sweep_files.py``).
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import IO, Any, Final

from funnelsim.errors import Problem, Shown, WriteError
from funnelsim.model.sweep_parts import CHECKED, LOCK, PART_ENDING, PLAN, UNFINISHED, Scores, packed_part, sealed
from funnelsim.outputs.atomic import write_bytes_atomically

PART_SECONDS: Final = 1.0
"""What is done is written when about this long has passed since the last part."""
_TRIES: Final = 100


@dataclass
class SweepWork:
    """An unfinished sweep, held by this process.

    Attributes
    ----------
    folder : Path
        Absolute.
    """

    folder: Path
    _waiting: dict[int, Scores] = field(default_factory=dict)
    _guard: Any = field(default_factory=Lock)
    _written: float = field(default_factory=time.monotonic)
    _feasible: set[int] = field(default_factory=set)
    _checked: int = 0
    _next: int = 0
    _finished: bool = False

    def keep(self, design: int, scores: Scores) -> None:
        """Keep a design that is done; may be called from several threads.

        Parameters
        ----------
        design : int
            Row of the table of designs.
        scores : (figures, contributions)
            Of this design.
        """
        with self._guard:
            self._waiting[design] = scores
            if time.monotonic() - self._written >= PART_SECONDS:
                self._write()

    def flush(self) -> None:
        """Write what is done and not written yet."""
        with self._guard:
            self._write()

    def _write(self) -> None:
        if self._waiting:
            write_bytes_atomically(self.folder / f"{self._next:06d}{PART_ENDING}", packed_part(self._waiting))
            self._waiting, self._next = {}, self._next + 1
        self._written = time.monotonic()

    def note_checked(self, design: int, feasible: bool) -> None:
        """Note that a design was looked at before anything is simulated; may be called from several threads.

        Parameters
        ----------
        design : int
            Row of the table of designs.
        feasible : bool
            Whether it can be simulated; the count that is kept ends before the first that cannot.
        """
        with self._guard:
            if feasible:
                self._feasible.add(design)
            while self._checked in self._feasible:
                self._checked += 1
            if time.monotonic() - self._written >= PART_SECONDS:
                self._write_checked()

    def begin_checking(self, first: int) -> None:
        """Keep count of designs that are known to be feasible.

        Parameters
        ----------
        first : int
            So many are known already.
        """
        self._checked = first
        self._write_checked()

    def end_checking(self) -> None:
        """Note that all designs are feasible."""
        (self.folder / CHECKED).unlink(missing_ok=True)

    def _write_checked(self) -> None:
        write_bytes_atomically(self.folder / CHECKED, sealed(str(self._checked).encode()))
        self._written = time.monotonic()

    def begin(self, plan: bytes) -> None:
        """Write the plan of a new sweep, before anything is done; parts of another one are removed.

        Parameters
        ----------
        plan : bytes
            Sealed.
        """
        self.drop(path.name for path in self.folder.glob(f"*{PART_ENDING}"))
        self.begin_checking(0)
        write_bytes_atomically(self.folder / PLAN, plan)

    def drop(self, names: Any) -> None:
        """Remove parts that are of no use.

        Parameters
        ----------
        names : iterable of str
            Files in the folder.
        """
        for name in list(names):
            (self.folder / name).unlink(missing_ok=True)

    def finish(self) -> None:
        """Have the whole folder removed when the block that holds it ends: the sweep is finished, or cannot be."""
        self._finished = True

    def _let_go(self, lock: IO[bytes]) -> None:
        """Write what is left, or remove what is of no more use, and give the lock back."""
        try:
            if not self._finished:
                self.flush()
            elif os.name != "nt":  # elsewhere an open file cannot be removed
                shutil.rmtree(self.folder, ignore_errors=True)
        finally:
            lock.close()
            if self._finished and os.name == "nt":
                shutil.rmtree(self.folder, ignore_errors=True)
            elif not self._finished:
                _remove_if_nothing_begun(self.folder)


def work_folder(target: str | os.PathLike[str]) -> Path:
    """Return where a sweep that is not finished is kept.

    Parameters
    ----------
    target : path
        The run folder that is to be.

    Returns
    -------
    Path
        Beside it.
    """
    whole = Path(target).resolve()
    return whole.with_name(f"{whole.name}{UNFINISHED}")


@contextmanager
def held_work(target: str | os.PathLike[str]) -> Iterator[SweepWork]:
    """Hold the folder of an unfinished sweep, made if need be, while it is worked on.

    Parameters
    ----------
    target : path
        The run folder that is to be.

    Yields
    ------
    SweepWork
        What is done by then is kept, however the block ends.

    Raises
    ------
    WriteError
        If another process holds it, something else is in the way, or the disk or the permissions refuse.
    """
    folder = work_folder(target)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_strangers(folder)
        lock = _locked(folder)
    except OSError as error:
        reason = Shown(error.strerror or str(error))
        hint = "choose a folder you may write to"
        raise WriteError(Problem(str(folder), "the folder", "one that can be written to", reason, hint)) from error
    numbers = [int(path.stem) for path in folder.glob(f"*{PART_ENDING}") if path.stem.isdigit()]
    work = SweepWork(folder, _next=max(numbers, default=-1) + 1)
    try:
        for stray in folder.glob(".*.tmp"):  # nobody else writes here
            stray.unlink(missing_ok=True)
        yield work
    finally:
        work._let_go(lock)


def _remove_if_nothing_begun(folder: Path) -> None:
    with suppress(OSError):
        if {path.name for path in folder.iterdir()} == {LOCK}:
            (folder / LOCK).unlink()
            folder.rmdir()


def _refuse_strangers(folder: Path) -> None:
    """Refuse a folder with other things in it: it would be removed in the end."""
    names = sorted(path.name for path in folder.iterdir())
    ours = {LOCK, PLAN, CHECKED}
    strange = [name for name in names if name not in ours and not name.endswith((PART_ENDING, ".tmp"))]
    if strange:
        got = Shown(f"one that also holds {strange[0]!r}")
        hint = "move that away, or choose another folder"
        raise WriteError(Problem(str(folder), "the folder", "that of an unfinished sweep, or new", got, hint))


def _locked(folder: Path) -> IO[bytes]:
    """Take the lock; the system takes it back when the process ends, whichever way."""
    for _ in range(_TRIES):
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / LOCK).open("ab")
        if not _taken(stream):
            stream.close()
            hint = "wait until it is done, or choose another folder"
            got = Shown("one that another process is working on")
            raise WriteError(Problem(str(folder), "the unfinished sweep", "one that nobody works on", got, hint))
        with suppress(OSError):
            if os.path.samestat(os.fstat(stream.fileno()), os.stat(folder / LOCK)):
                return stream
        stream.close()  # the one who held it has finished and removed it
    raise OSError(None, "the lock keeps being taken away")


def _taken(stream: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
