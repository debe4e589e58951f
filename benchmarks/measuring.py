"""How everything here is timed and written down.

Contenders take turns in one process, so that a neighbour on the machine slows all of them, and the best of several
turns counts.  What is held are ratios of one run; the nanoseconds are for the curious.  A wrong answer ends the run
before anything is written.
"""

from __future__ import annotations

import os

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
for _name in ONE_THREAD:
    os.environ[_name] = "1"

import hashlib  # noqa: E402
import json  # noqa: E402
import platform  # noqa: E402
import statistics  # noqa: E402
import subprocess  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Mapping, Sequence  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from importlib.metadata import version  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

HERE = Path(__file__).parent
RESULTS = HERE / "results"
CHECKSUMS = HERE / "checksums.json"
PACKAGES = ("funnelsim", "numpy", "numba", "scipy", "click")


class WrongAnswer(AssertionError):
    """A contender computed something else; a fast wrong answer is worth nothing."""


@dataclass(frozen=True)
class Bound:
    """One promise: what was measured, and what it must not pass."""

    what: str
    measured: float
    rule: str
    bound: float
    unit: str = "x"

    @property
    def holds(self) -> bool:
        return self.measured >= self.bound if self.rule == ">=" else self.measured <= self.bound

    def as_document(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "measured": significant(self.measured),
            "rule": self.rule,
            "bound": self.bound,
            "unit": self.unit,
            "holds": self.holds,
        }


@dataclass(frozen=True)
class Result:
    """Everything one benchmark found out."""

    name: str
    workload: str
    figures: Mapping[str, Any]
    bounds: Sequence[Bound]
    checksum: str

    @property
    def holds(self) -> bool:
        return all(bound.holds for bound in self.bounds)

    def as_document(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "workload": self.workload,
            "machine": machine(),
            "versions": versions(),
            "figures": self.figures,
            "bounds": [bound.as_document() for bound in self.bounds],
            "holds": self.holds,
            "checksum": self.checksum,
        }


def write(result: Result) -> Path:
    """Write a result where the report finds it."""
    path = RESULTS / f"{result.name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result.as_document(), indent=2) + "\n", encoding="utf-8")
    return path


def best_of_turns(
    contenders: Mapping[str, Callable[[], object]],
    order: Sequence[str],
    rounds: int,
    clock: Callable[[], float] = time.thread_time,
) -> dict[str, float]:
    """Let contenders take turns, ``rounds`` times through ``order``, and return the best seconds of each.

    The clock is this thread's own processor time, which waiting for a busy neighbour does not lengthen; contenders that
    use several threads want ``time.perf_counter``.
    """
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name in order:
            started = clock()
            contenders[name]()
            best[name] = min(best[name], clock() - started)
    return best


def process_seconds(commands: Mapping[str, Sequence[str]], rounds: int, **options: Any) -> dict[str, list[float]]:
    """Run whole processes in turn and return the seconds of each, in rising order."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
            seconds[name].append(time.perf_counter() - started)
    return {name: sorted(taken) for name, taken in seconds.items()}


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Best and middle of some timings, in seconds."""
    return {"best": significant(min(seconds)), "median": significant(statistics.median(seconds)), "runs": len(seconds)}


def fingerprint(bookings: Any) -> str:
    """SHA-256 of int64 bookings."""
    return hashlib.sha256(bookings.astype("<i8").tobytes()).hexdigest()


def check_fingerprint(name: str, found: str) -> None:
    """Refuse an answer whose bits are not the stored ones; ``run.py --accept`` stores new ones on purpose."""
    stored = json.loads(CHECKSUMS.read_text(encoding="utf-8")) if CHECKSUMS.is_file() else {}
    if os.environ.get("FUNNELSIM_ACCEPT_CHECKSUMS"):
        text = json.dumps({**stored, name: found}, indent=2, sort_keys=True)
        CHECKSUMS.write_text(text + "\n", encoding="utf-8")
    elif stored.get(name) != found:
        message = f"{name}: bookings have checksum {found[:16]}, stored is {str(stored.get(name))[:16]}"
        raise WrongAnswer(message)


def machine() -> dict[str, Any]:
    """Processor, cores and how busy they were, without the name of the machine."""
    return {
        "cpu": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load": significant(os.getloadavg()[0], 2),
        "system": platform.system(),
    }


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    if about.is_file():
        facts = dict(line.split(":", 1) for line in about.read_text().splitlines() if ":" in line)
        facts = {key.strip(): value.strip() for key, value in facts.items()}
        if "model name" in facts:
            wide = " with AVX-512" if "avx512f" in facts.get("flags", "") else ""
            return f"{facts['model name']}, family {facts.get('cpu family')}, model {facts.get('model')}{wide}"
    return platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def significant(value: float, digits: int = 3) -> float:
    """Round to what is meaningful."""
    return float(f"{value:.{digits}g}")
