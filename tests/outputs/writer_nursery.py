"""Run as a script: forks writers that share one warm interpreter, kills them, and reports how they ended.

Usage: ``writer_nursery.py KIND FOLDER COUNT SEED``, KIND is ``kill term int limit race swap`` or ``bytes``.
Forking from a warm interpreter makes a kill cost milliseconds, so that many fit into an ordinary test run.
Prints one JSON list: the exit status of each writer.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sample_forecast import sample_forecast

from funnelsim.errors import WriteError
from funnelsim.outputs.atomic import write_bytes_atomically
from funnelsim.outputs.run_folder import write_run

FORECAST = sample_forecast()
CHARTS = {"fan.png": b"\x89PNG" + bytes(range(256)) * 400, "fan.svg": b"<svg/>" * 20_000}
DOCUMENT = {"schema": "funnelsim/forecast/1", "total": {"p50": 1}}
REQUEST = {"command": "forecast", "seed": 7}
SIGNALS = {"kill": signal.SIGKILL, "term": signal.SIGTERM, "int": signal.SIGINT}
REFUSED = 74
INTERRUPTED = 130


def write(target: Path, *, replace: bool = False) -> None:
    write_run(target, FORECAST, DOCUMENT, REQUEST, CHARTS, timings={"all": 1.0}, replace=replace)


def fork(work: Callable[[], None]) -> int:
    """Start one writer; it exits 0, 74 when refused, 130 when interrupted, 1 for anything else."""
    child = os.fork()
    if child:
        return child
    signal.signal(signal.SIGINT, signal.default_int_handler)
    status = 1
    try:
        work()
        status = 0
    except WriteError:
        status = REFUSED
    except KeyboardInterrupt:
        status = INTERRUPTED
    finally:
        os._exit(status)


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed(folder: Path, count: int, rng: random.Random, number: int) -> list[int]:
    """Kill writers of new runs and of replaced runs at moments spread evenly over one write."""
    started = time.perf_counter()
    write(folder / "old")
    once = time.perf_counter() - started
    ends = []
    for index in range(count):
        new = folder / f"run-{index}"
        child = fork(lambda new=new: (write(new), write(folder / "old", replace=True)))
        time.sleep(rng.uniform(0, 2.2 * once))
        os.kill(child, number)
        ends.append(ended(child))
    return ends


def limited(folder: Path, count: int) -> list[int]:
    """Let the system refuse any file above a size, smaller and smaller."""

    def work(index: int) -> None:
        limit = 120_000 * (count - index) // count
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        write(folder / f"run-{index}")

    return [ended(fork(lambda index=index: work(index))) for index in range(count)]


def raced(folder: Path, count: int) -> list[int]:
    """Let writers start at once on one name."""
    return [ended(child) for child in [fork(lambda: write(folder / "run")) for _ in range(count)]]


def swapped(folder: Path, count: int) -> list[int]:
    """Let three writers replace one run over and over."""
    write(folder / "run")

    def work() -> None:
        for _ in range(count):
            write(folder / "run", replace=True)

    return [ended(child) for child in [fork(work) for _ in range(3)]]


def wrote_bytes(folder: Path, count: int) -> list[int]:
    """Let three writers put their own letter over one file again and again."""

    def work(letter: bytes) -> None:
        for _ in range(count):
            write_bytes_atomically(folder / "file", letter * 300_000)

    return [ended(child) for child in [fork(lambda letter=letter: work(letter)) for letter in (b"a", b"b", b"c")]]


def main(kind: str, folder: Path, count: int, seed: int) -> list[int]:
    if kind in SIGNALS:
        return killed(folder, count, random.Random(seed), SIGNALS[kind])
    return {"limit": limited, "race": raced, "swap": swapped, "bytes": wrote_bytes}[kind](folder, count)


if __name__ == "__main__":
    assert np.all(FORECAST.bookings >= 0)
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
