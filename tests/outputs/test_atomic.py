"""Whatever stops a writer, a reader finds the old thing or the new one."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sample_forecast import sample_forecast

from funnelsim.errors import DataError, WriteError
from funnelsim.inputs.saved_run import read_manifest
from funnelsim.outputs import atomic
from funnelsim.outputs.atomic import new_folder, refuse_taken, write_bytes_atomically
from funnelsim.outputs.run_folder import write_run

NURSERY = Path(__file__).with_name("writer_nursery.py")
posix = pytest.mark.skipif(os.name != "posix", reason="signals and process limits of this kind are POSIX")


def nursery(kind: str, folder: Path, count: int, seed: int = 1) -> list[int]:
    command = [sys.executable, str(NURSERY), kind, str(folder), str(count), str(seed)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    return json.loads(done.stdout)


def visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def hidden(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name.startswith("."))


def assert_every_run_is_whole(folder: Path) -> None:
    for run in visible(folder):
        saved = read_manifest(run)
        assert not saved.unlisted
        assert len(saved.manifest["files"]) == 8


@posix
@pytest.mark.parametrize(("kind", "count"), [("kill", 24), ("term", 8), ("int", 16)])
def test_a_stopped_writer_leaves_only_whole_runs(tmp_path: Path, kind: str, count: int) -> None:
    ends = nursery(kind, tmp_path, count)
    assert len(ends) == count
    assert set(ends) <= {0, -9, -15, 130}, ends
    assert any(end != 0 for end in ends), "no kill landed inside a write"
    assert_every_run_is_whole(tmp_path)
    if kind == "int":
        assert hidden(tmp_path) == []


@posix
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["kill", "term", "int"])
def test_hundreds_of_stopped_writers_leave_only_whole_runs(tmp_path: Path, kind: str) -> None:
    assert len(nursery(kind, tmp_path, 300, seed=2)) == 300
    assert_every_run_is_whole(tmp_path)
    if kind == "int":
        assert hidden(tmp_path) == []


@posix
def test_the_next_writer_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    nursery("kill", tmp_path, 20, seed=3)
    left = [path for path in hidden(tmp_path) if path.name.startswith(".old.") or path.name.startswith(".run-")]
    for path in left:
        name = path.name.split(".")[1]
        with new_folder(tmp_path / name, replace=True):
            pass
    assert hidden(tmp_path) == []


@posix
def test_a_living_writer_keeps_its_folder(tmp_path: Path) -> None:
    with new_folder(tmp_path / "run") as part:
        (part / "file").write_text("x")
        atomic._clean_strays(tmp_path / "run")
        assert (part / "file").exists()
        other = part.with_name(part.name.replace(atomic._host(), "00000000").replace(str(os.getpid()), "1"))
        other.mkdir()
        atomic._clean_strays(tmp_path / "run")
        assert other.exists(), "a folder of another machine was removed"


@posix
def test_a_size_limit_of_the_system_is_a_write_error(tmp_path: Path) -> None:
    ends = nursery("limit", tmp_path, 8)
    assert ends.count(74) >= 7
    assert set(ends) <= {0, 74}
    assert hidden(tmp_path) == []
    assert_every_run_is_whole(tmp_path)


@posix
def test_one_of_many_writers_wins_a_new_name(tmp_path: Path) -> None:
    ends = nursery("race", tmp_path, 6)
    assert Counter(ends) == {0: 1, 74: 5}
    assert hidden(tmp_path) == []
    assert_every_run_is_whole(tmp_path)


@posix
def test_a_reader_never_sees_a_half_replaced_run(tmp_path: Path) -> None:
    seen, stop = [], threading.Event()
    reader = threading.Thread(target=lambda: seen.append(_read_until(stop, tmp_path / "run")))
    reader.start()
    try:
        assert nursery("swap", tmp_path, 10) == [0, 0, 0]
    finally:
        stop.set()
        reader.join()
    assert seen[0] > 5
    assert hidden(tmp_path) == []


def _read_until(stop: threading.Event, run: Path) -> int:
    count = 0
    while not stop.is_set():
        if run.exists():
            read_manifest(run)
            count += 1
    return count


@posix
def test_a_reader_never_sees_a_torn_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"z" * 300_000)
    worker = threading.Thread(target=nursery, args=("bytes", tmp_path, 40))
    worker.start()
    reads = 0
    while worker.is_alive():
        data = target.read_bytes()
        assert len(data) == 300_000
        assert data == data[:1] * 300_000
        reads += 1
    worker.join()
    assert reads > 20
    assert hidden(tmp_path) == []


class FaultyFile:
    """A file whose writes can fail; everything else passes through."""

    def __init__(self, file: io.BufferedWriter, tick: Callable[[], None]) -> None:
        self._file, self._tick = file, tick

    def write(self, data: bytes) -> int:
        self._tick()
        return self._file.write(data)

    def flush(self) -> None:
        self._tick()
        self._file.flush()

    def __enter__(self) -> FaultyFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


class Faults:
    """Fails the n-th operation on the file system: once, or from then on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, failing: int, number: int, *, always: bool) -> None:
        self.count, self.failing, self.number, self.always = 0, failing, number, always
        self._open = Path.open
        monkeypatch.setattr(Path, "open", lambda path, mode="r", **rest: self._opened(path, mode, **rest))
        for module, name in ((os, "fsync"), (os, "rename"), (os, "replace"), (os, "mkdir")):
            monkeypatch.setattr(module, name, self._guarded(getattr(module, name)))

    def tick(self) -> None:
        self.count += 1
        if self.count == self.failing or (self.always and self.count > self.failing):
            raise OSError(self.number, os.strerror(self.number))

    def _guarded(self, real: Callable[..., object]) -> Callable[..., object]:
        def guarded(*args: object, **kwargs: object) -> object:
            self.tick()
            return real(*args, **kwargs)

        return guarded

    def _opened(self, path: Path, mode: str, **rest: object) -> object:
        if "b" in mode:
            self.tick()
        file = self._open(path, mode, **rest)
        return FaultyFile(file, self.tick) if "x" in mode else file


def _failing_operations(
    write: Callable[[], object], step: int, *, always: bool
) -> Iterator[tuple[int, BaseException | None]]:
    """Fail every ``step``-th operation of a write, one write each, until a write has no such operation."""
    for failing in range(1, 1_000, step):
        number = (errno.ENOSPC, errno.EIO, errno.EACCES)[failing % 3]
        with pytest.MonkeyPatch.context() as patch:
            faults = Faults(patch, failing, number, always=always)
            try:
                write()
                error = None
            except (WriteError, DataError) as found:
                error = found
        if faults.count < failing:
            return
        yield failing, error


every_operation = pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.slow)])


@every_operation
@pytest.mark.parametrize("always", [False, True])
def test_an_operation_that_fails_leaves_nothing_new(tmp_path: Path, always: bool, step: int) -> None:
    forecast = sample_forecast()
    old = write_run(tmp_path / "old", forecast, {}, {})
    before = (old / "manifest.json").read_bytes()
    operations = 0

    def write() -> None:
        write_run(tmp_path / "deep" / "new", forecast, {}, {}, {"fan.svg": b"<svg/>"})

    for failing, error in _failing_operations(write, step, always=always):
        operations = failing
        if error is None:
            continue  # the name was there already, only its confirmation failed, or nobody needed that step
        assert isinstance(error, WriteError)
        assert error.exit_code == 74
        assert str(tmp_path) in str(error)
        assert "hint:" in str(error)
        if (tmp_path / "deep").exists():
            assert hidden(tmp_path / "deep") == []
            assert "the new name" in str(error)
            assert_every_run_is_whole_at(tmp_path / "deep" / "new")
            _remove(tmp_path / "deep")
    assert operations > 20
    assert (old / "manifest.json").read_bytes() == before
    assert hidden(tmp_path) == []


def assert_every_run_is_whole_at(run: Path) -> None:
    assert read_manifest(run).unlisted == ()


def _remove(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


@every_operation
@pytest.mark.parametrize("exchange", [True, False])
def test_an_earlier_run_survives_every_failure(
    tmp_path: Path, exchange: bool, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exchange:
        monkeypatch.setattr(atomic, "_exchange", lambda part, target: False)
    forecast = sample_forecast()
    run = write_run(tmp_path / "run", forecast, {"answer": "old"}, {})

    def write() -> None:
        write_run(run, forecast, {"answer": "new"}, {}, replace=True)

    for _, error in _failing_operations(write, step, always=False):
        saved = read_manifest(run)
        text = (saved.folder / "forecast.json").read_text()
        if error is None or "the new name" in str(error):
            assert "new" in text
            write_run(run, forecast, {"answer": "old"}, {}, replace=True)
        else:
            assert "old" in text
        assert hidden(tmp_path) == []


def test_ctrl_c_inside_the_block_removes_everything(tmp_path: Path) -> None:
    def interrupted() -> None:
        with new_folder(tmp_path / "a" / "b" / "run") as part:
            (part / "file").write_bytes(b"x")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_the_caller_passes_through(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), new_folder(tmp_path / "run"):
        _ = 1 / 0
    assert list(tmp_path.iterdir()) == []


def test_a_place_with_other_things_in_it_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "thesis"
    target.mkdir()
    (target / "chapter1.txt").write_text("precious")
    for replace in (False, True):
        with pytest.raises(WriteError, match="a folder with other things in it"), new_folder(target, replace=replace):
            pass
    (target / "manifest.json").write_text('{"schema": "somebody/else/1", "files": {}}')
    with pytest.raises(WriteError, match="other things"), new_folder(target, replace=True):
        pass
    assert (target / "chapter1.txt").read_text() == "precious"


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("x")
    with pytest.raises(WriteError, match="a file"):
        refuse_taken(tmp_path / "run", replace=True)
    with pytest.raises(WriteError), new_folder(tmp_path / "run" / "below"):
        pass
    assert (tmp_path / "run").read_text() == "x"


def test_an_earlier_run_is_replaced_only_when_said_and_only_if_nothing_else_is_in_it(tmp_path: Path) -> None:
    forecast = sample_forecast()
    run = write_run(tmp_path / "run", forecast, {}, {})
    with pytest.raises(WriteError, match="an earlier run"):
        write_run(run, forecast, {}, {})
    (run / "notes.txt").write_text("mine")
    with pytest.raises(WriteError, match=r"notes\.txt"):
        write_run(run, forecast, {}, {}, replace=True)
    assert (run / "notes.txt").read_text() == "mine"
    (run / "notes.txt").unlink()
    assert write_run(run, forecast, {}, {}, replace=True) == run


def test_the_working_folder_is_never_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WriteError, match="working folder"):
        refuse_taken(".", replace=True)


def test_an_empty_folder_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with new_folder(tmp_path / "run") as part:
        (part / "file").write_bytes(b"x")
    assert (tmp_path / "run" / "file").read_bytes() == b"x"


def test_a_disk_too_small_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="MB free of"), new_folder(tmp_path / "run", needed_bytes=1 << 60):
        pytest.fail("the block was entered")
    assert list(tmp_path.iterdir()) == []


@posix
def test_devices_are_refused_and_survive() -> None:
    for device in ("/dev/full", "/dev/null"):
        with pytest.raises(WriteError):
            write_bytes_atomically(device, b"x")
        assert not Path(device).is_file()


def test_bytes_are_written_over_and_behind_a_link(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_bytes_atomically(target, b"one")
    write_bytes_atomically(target, b"two")
    link = tmp_path / "link"
    link.symlink_to(target)
    write_bytes_atomically(link, b"three")
    assert link.is_symlink()
    assert target.read_bytes() == b"three"
    assert hidden(tmp_path) == []


@pytest.mark.parametrize("name", ["x" * 300, "a\x00b", "é" * 200])
def test_impossible_names_are_write_errors(tmp_path: Path, name: str) -> None:
    with pytest.raises(WriteError):
        write_bytes_atomically(tmp_path / name, b"x")
    with pytest.raises(WriteError), new_folder(tmp_path / name):
        pass
    assert list(tmp_path.iterdir()) == []


def test_long_names_that_the_system_allows_are_written(tmp_path: Path) -> None:
    write_bytes_atomically(tmp_path / ("é" * 127), b"x")
    assert len(visible(tmp_path)) == 1


def test_a_missing_folder_is_a_write_error_for_a_file(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="No such file"):
        write_bytes_atomically(tmp_path / "no" / "file", b"x")
