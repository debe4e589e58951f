"""Writing that is whole or not there: every file and folder this project leaves behind goes through here.

The question: what does a reader find when the writer was killed, interrupted or ran out of disk half way?  Either
the old thing or the new one, never a short one.  Everything is written under a unique hidden name in the same folder,
forced to the disk, and renamed at the end; what a killed writer left is hidden, and is removed by the next one.

What it leaves out: what is in the files, and files larger than the disk.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import secrets
import shutil
import socket
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from funnelsim.errors import Problem, Shown, WriteError
from funnelsim.model.run_schema import BOARD, MANIFEST, MANIFEST_FAMILY

SPARE_BYTES = 1 << 20
"""Free space asked for on top of what is going to be written: directories and journals take some too."""
_NAME_SHOWN = 50
_AT_WORKING_FOLDER, _RENAME_EXCHANGE = -100, 2


def write_bytes_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Write one file whole, over an old one or as a new one.

    Parameters
    ----------
    path : path
        The file; a symbolic link is followed, so that the file behind it is replaced.
    data : bytes
        Everything that is to be in it.

    Raises
    ------
    WriteError
        If the path is something other than a file, or the disk or the permissions refuse.  What was there before is
        there still.
    """
    target = _resolved(path)
    with _as_write_error(target, "file"):
        _refuse_special(target)
        _clean_strays(target)
        _check_space(target.parent, len(data))
        part = _part_path(target)
        try:
            _write_synced(part, data)
            os.replace(part, target)
        finally:
            with suppress(OSError):
                part.unlink()  # finds nothing after success
        _confirm_name(target)


@contextmanager
def new_folder(path: str | os.PathLike[str], *, replace: bool = False, needed_bytes: int = 0) -> Iterator[Path]:
    """Give a hidden folder to write into, which gets its real name only when everything in it is on the disk.

    Parameters
    ----------
    path : path
        The folder that is to be; folders above it are made.  An empty folder of that name is taken over.
    replace : bool
        Whether an earlier run of this project in that place may be replaced.
    needed_bytes : int
        What is going to be written, as far as known: refused at once when the disk has less.

    Yields
    ------
    Path
        An empty folder beside the final one.  Close every file before leaving the block.

    Raises
    ------
    WriteError
        If something else is in the way, or the disk or the permissions refuse.  Nothing is left behind then, nor after
        any other exception, Ctrl-C included.
    """
    target = _resolved(path)
    with _as_write_error(target, "folder"), ExitStack() as undo:
        refuse_taken(target, replace=replace)
        for parent in _make_parents(target):
            undo.callback(_remove_if_empty, parent)
        _clean_strays(target)
        _check_space(target.parent, needed_bytes)
        part = _part_path(target)
        undo.callback(_remove_tree, part)  # finds nothing after success, or the earlier run that was replaced
        part.mkdir()
        yield part
        _sync_tree(part)
        _give_name(part, target, replace=replace)
        _confirm_name(target)


def refuse_taken(path: str | os.PathLike[str], *, replace: bool = False) -> None:
    """Refuse a place for a run folder early, before anything is computed.

    Parameters
    ----------
    path : path
        The folder that is to be.
    replace : bool
        Whether an earlier run of this project in that place may be replaced.

    Raises
    ------
    WriteError
        If something is there that is not an empty folder or a replaceable run, or if it is the working folder.
    """
    target = _resolved(path)
    if not os.path.lexists(target):
        return
    rule, got, hint = "a new or empty folder", "", "choose another folder"
    if not target.is_dir():
        got = "a file"
    elif target == Path.cwd():
        got = "the working folder itself"
    elif any(target.iterdir()):
        strangers = _strangers(target)
        if strangers is None:
            got = "a folder with other things in it"
        elif strangers:
            got = f"an earlier run that also holds {strangers[0]!r}, which is not part of it"
            hint = "move that file away, or choose another folder"
        elif not replace:
            got, hint = "an earlier run", "choose another folder, or replace it with --force (Python: replace=True)"
    if got:
        raise WriteError(Problem(str(target), "output folder", rule, Shown(got), hint))


def file_sha256(path: Path) -> str:
    """Hash a file's bytes.

    Parameters
    ----------
    path : Path
        A readable file.

    Returns
    -------
    str
        SHA-256 as 64 hex digits.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# Return the absolute path behind symbolic links, refusing what no system can name.
def _resolved(path: str | os.PathLike[str]) -> Path:
    try:
        return Path(path).resolve()
    except (ValueError, OSError, RuntimeError) as error:
        problem = Problem("", "output path", "a path this system can write to", os.fspath(path), "choose another name")
        raise WriteError(problem) from error


# Turn what the system says into one sentence with the path and what to do.
@contextmanager
def _as_write_error(target: Path, kind: str) -> Iterator[None]:
    try:
        yield
    except WriteError:
        raise
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        hint = f"{_advice(error.errno)}; nothing was left behind"
        raise WriteError(Problem(str(target), f"the {kind}", "written whole", Shown(reason), hint)) from error


def _advice(number: int | None) -> str:
    if number in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return "free some disk space or choose another folder"
    if number in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return "choose a folder you may write to"
    if number in {errno.EEXIST, errno.ENOTEMPTY}:
        return "another process wrote there meanwhile: choose another folder"
    return "choose another folder or disk"


# Refuse devices, pipes and folders: renaming a file over them would destroy them.
def _refuse_special(target: Path) -> None:
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(target.lstat().st_mode):
            problem = Problem(str(target), "output file", "a file or a new name", Shown("something else of that name"))
            raise WriteError(problem)


# Return the files of a run folder that its manifest does not list; None if it is no run folder of ours.  A board pack
# inside it is listed by a manifest of its own.
def _strangers(folder: Path) -> list[str] | None:
    known = _listed(folder)
    if known is None:
        return None
    known |= {f"{BOARD}/{name}" for name in _listed(folder / BOARD) or ()}
    found = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()
    }
    return sorted(found - known)


def _listed(folder: Path) -> set[str] | None:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        if not str(manifest["schema"]).startswith(MANIFEST_FAMILY):
            return None
        return {MANIFEST, *manifest["files"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


# Make the folders above the target; return the new ones, outermost first.
def _make_parents(target: Path) -> list[Path]:
    missing = [parent for parent in target.parents if not parent.exists()][::-1]
    made = []
    try:
        for parent in missing:
            parent.mkdir(exist_ok=True)
            made.append(parent)
    except OSError:
        for parent in reversed(made):
            _remove_if_empty(parent)
        raise
    return made


# A Ctrl-C that lands in the middle of tidying up starts the tidying again before it goes on.
def _remove_tree(folder: Path) -> None:
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _check_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed and free < needed + SPARE_BYTES:
        got = Shown(f"{free / 1e6:,.1f} MB free of {(needed + SPARE_BYTES) / 1e6:,.1f} MB needed")
        hint = "free some disk space or choose another folder; nothing was written"
        raise WriteError(Problem(str(folder), "the disk", "large enough for the result", got, hint))


# Return a new hidden name ``.<name>.<host>-<pid>-<random>.tmp`` beside the target.  Host and process are part of the
# name, so that no moment exists in which a living writer's work looks abandoned.
def _part_path(target: Path) -> Path:
    return target.with_name(f"{_part_prefix(target)}{_host()}-{os.getpid()}-{secrets.token_hex(6)}.tmp")


def _part_prefix(target: Path) -> str:
    return f".{target.name[:_NAME_SHOWN]}."


def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


# Remove what killed writers of the same target left; a process of another machine may well be alive.
def _clean_strays(target: Path) -> None:
    if os.name != "posix":  # elsewhere asking whether a process lives can end it
        return
    prefix = f"{_part_prefix(target)}{_host()}-"
    for stray in target.parent.iterdir():
        if not (stray.name.startswith(prefix) and stray.name.endswith(".tmp")):
            continue
        process = stray.name.removeprefix(prefix).split("-")[0]
        if process.isascii() and process.isdigit() and not _alive(int(process)):
            if stray.is_dir() and not stray.is_symlink():
                _remove_tree(stray)
            else:
                with suppress(OSError):
                    stray.unlink()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


# Force everything in a folder to the disk: the manifest after what it speaks for, each folder after its files.
def _sync_tree(folder: Path) -> None:
    for current, _, names in os.walk(folder, topdown=False):
        for name in sorted(names, key=lambda name: (name == MANIFEST, name)):
            with Path(current, name).open("r+b") as stream:
                os.fsync(stream.fileno())
        _sync_folder(Path(current))


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # a folder cannot be opened for this elsewhere
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some network disks cannot, and need not
            raise
    finally:
        os.close(handle)


def _confirm_name(target: Path) -> None:
    try:
        _sync_folder(target.parent)
    except OSError as error:
        problem = Problem(
            str(target), "the new name", "on the disk", Shown(error.strerror or str(error)), "it is there now; check it"
        )
        raise WriteError(problem) from error


# Rename the finished folder; an earlier run ends up under the hidden name, or is gone.
def _give_name(part: Path, target: Path, *, replace: bool) -> None:
    refuse_taken(target, replace=replace)
    if not target.is_dir() or not any(target.iterdir()):
        os.rename(part, target)
    elif not _exchange(part, target):
        aside = part.with_suffix(".old")
        os.rename(target, aside)
        try:
            os.rename(part, target)
        except BaseException:
            os.rename(aside, target)
            raise
        shutil.rmtree(aside, ignore_errors=True)


# Swap two names in one step where the system can; False where it cannot.
def _exchange(one: Path, other: Path) -> bool:
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    done = rename(_AT_WORKING_FOLDER, os.fsencode(one), _AT_WORKING_FOLDER, os.fsencode(other), _RENAME_EXCHANGE)
    return bool(done == 0)
