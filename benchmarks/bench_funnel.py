"""The funnel engine through ``simulate`` on scenarios: against SimPy and Ciw by the same rule, and all rules on."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from funnel_rivals import Counts, with_ciw, with_simpy
from funnelsim.api.simulate import simulate
from funnelsim.kernels.funnel_arrays import ARRIVED, EVENTS, LOSSES, TOUCHES, WINS
from funnelsim.model.simulation import Simulation
from measuring import Bound, Result, WrongAnswer, check_fingerprint, significant

NAME = "funnel"
WORKLOAD = Path(__file__).with_name("common_workload.toml")
DAYS = 252
REPLICATIONS = 2_500
FLAGSHIP, POLICY = "month_end_crunch", "P4"
FLAGSHIP_REPLICATIONS = 4_000
RIVALS: dict[str, tuple[Callable[[int, int], Counts], int]] = {"SimPy": (with_simpy, 40), "Ciw": (with_ciw, 12)}
AGREE = 5.0
LEAST_AGAINST_SIMPY = 100.0
LEAST_EVENTS = 8.0


def measure() -> Result:
    """Time the common workload and the flagship."""
    ours = simulate(WORKLOAD, replications=REPLICATIONS, threads=1)  # compiles, and gives the counts
    counts = our_counts(ours)
    check_fingerprint("funnel-common", ours.content_hash)
    seconds = {"ours": best_of(lambda: simulate(WORKLOAD, replications=REPLICATIONS, threads=1)) / REPLICATIONS}
    for name, (rival, replications) in RIVALS.items():
        seconds[name] = check_and_time(name, rival, replications, counts)
    flagship = simulate(FLAGSHIP, POLICY, replications=FLAGSHIP_REPLICATIONS, threads=1)
    check_fingerprint("funnel-flagship", flagship.content_hash)
    whole = best_of(lambda: simulate(FLAGSHIP, POLICY, replications=FLAGSHIP_REPLICATIONS, threads=1))
    events, touches = (float(flow(flagship, code).mean()) for code in (EVENTS, TOUCHES))
    bounds = [
        Bound("faster than SimPy with the same rule and counts", seconds["SimPy"] / seconds["ours"], ">=",
              LEAST_AGAINST_SIMPY),
        Bound("flagship with all policies, lead events a second and core",
              events * FLAGSHIP_REPLICATIONS / whole / 1e6, ">=", LEAST_EVENTS, "million"),
    ]  # fmt: skip
    figures = {
        "milliseconds a replication": {name: significant(1e3 * one) for name, one in seconds.items()},
        "faster than Ciw": significant(seconds["Ciw"] / seconds["ours"]),
        "events a replication of the common workload": significant(float(flow(ours, EVENTS).mean()), 4),
        "flagship": {
            "strategy": POLICY,
            "replications a second": significant(FLAGSHIP_REPLICATIONS / whole),
            "events a replication": significant(float(events), 4),
            "touches a replication": significant(float(touches), 4),
        },
    }
    workload = f"Funnel: 20 leads a day, 4 stages, one pool, {DAYS} days; and {FLAGSHIP} {POLICY}; one thread"
    return Result(NAME, workload, figures, bounds, ours.content_hash)


def best_of(work: Callable[[], object], turns: int = 3) -> float:
    """Return the best processor seconds of some turns."""
    best = math.inf
    for _ in range(turns):
        started = time.thread_time()
        work()
        best = min(best, time.thread_time() - started)
    return best


def flow(answer: Simulation, code: int) -> np.ndarray:
    """Count of a replication over the horizon."""
    return np.asarray(answer.outcome["flow"])[:, :, code].sum(axis=1)


def our_counts(answer: Simulation) -> np.ndarray:
    """Arrivals, stages done, wins and losses, ``(replication, 4)``."""
    stayed = np.asarray(answer.outcome["stayed"])
    finished = stayed[:, :, 0].sum(axis=1) + stayed[:, :, 1].sum(axis=1)
    return np.column_stack([flow(answer, ARRIVED), finished, flow(answer, WINS), flow(answer, LOSSES)])


def check_and_time(name: str, rival: Callable[[int, int], Counts], replications: int, ours: np.ndarray) -> float:
    """Run a rival, refuse it if its counts are five standard errors from ours, and return seconds a replication."""
    found, taken = [], []
    for seed in range(replications):
        started = time.thread_time()
        found.append(rival(seed + 1, DAYS))
        taken.append(time.thread_time() - started)
    theirs = np.array(found, dtype=np.float64)
    error = np.sqrt(theirs.var(axis=0, ddof=1) / len(theirs) + ours.var(axis=0, ddof=1) / len(ours))
    z = np.abs(theirs.mean(axis=0) - ours.mean(axis=0)) / error
    if not (z < AGREE).all():
        message = f"{name}: counts {theirs.mean(axis=0)} against ours {ours.mean(axis=0)}, z = {z}"
        raise WrongAnswer(message)
    return min(taken)
