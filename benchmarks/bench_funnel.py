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
RIVALS: dict[str, tuple[Callable[[int, int], Counts], int]] = {"SimPy": (with_simpy, 60), "Ciw": (with_ciw, 18)}
A_TURN = 6
"""Replications of a rival that are timed together: one alone may be a year of few leads."""

OUR_TURN = 800
"""Replications of ours that are timed together: about as long as a rival's turn."""

FLAGSHIP_TURNS = 5
AGREE = 5.0
LEAST_AGAINST_SIMPY = 100.0
LEAST_EVENTS = 8.0


def measure() -> Result:
    """Time the common workload and the flagship."""
    ours = simulate(WORKLOAD, replications=REPLICATIONS, threads=1)  # compiles, and gives the counts
    counts = our_counts(ours)
    check_fingerprint("funnel-common", ours.content_hash)
    seconds, faster = {"ours": math.inf}, {}
    for name, (rival, replications) in RIVALS.items():
        seconds[name], beside = check_and_time(name, rival, replications, counts)
        seconds["ours"], faster[name] = min(seconds["ours"], beside), seconds[name] / beside
    flagship = simulate(FLAGSHIP, POLICY, replications=FLAGSHIP_REPLICATIONS, threads=1)
    check_fingerprint("funnel-flagship", flagship.content_hash)
    whole = min(
        seconds_of(lambda: simulate(FLAGSHIP, POLICY, replications=FLAGSHIP_REPLICATIONS, threads=1))
        for _ in range(FLAGSHIP_TURNS)
    )
    events, touches = (float(flow(flagship, code).mean()) for code in (EVENTS, TOUCHES))
    bounds = [
        Bound("faster than SimPy with the same rule and counts", faster["SimPy"], ">=",
              LEAST_AGAINST_SIMPY),
        Bound("flagship with all policies, lead events a second and core",
              events * FLAGSHIP_REPLICATIONS / whole / 1e6, ">=", LEAST_EVENTS, "million"),
    ]  # fmt: skip
    figures = {
        "milliseconds a replication": {name: significant(1e3 * one) for name, one in seconds.items()},
        "faster than Ciw": significant(faster["Ciw"]),
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


def seconds_of(work: Callable[[], object]) -> float:
    """Return the processor seconds that some work takes."""
    started = time.thread_time()
    work()
    return time.thread_time() - started


def flow(answer: Simulation, code: int) -> np.ndarray:
    """Count of a replication over the horizon."""
    return np.asarray(answer.outcome["flow"])[:, :, code].sum(axis=1)


def our_counts(answer: Simulation) -> np.ndarray:
    """Arrivals, stages done, wins and losses, ``(replication, 4)``."""
    stayed = np.asarray(answer.outcome["stayed"])
    finished = stayed[:, :, 0].sum(axis=1) + stayed[:, :, 1].sum(axis=1)
    return np.column_stack([flow(answer, ARRIVED), finished, flow(answer, WINS), flow(answer, LOSSES)])


def check_and_time(
    name: str, rival: Callable[[int, int], Counts], replications: int, ours: np.ndarray
) -> tuple[float, float]:
    """Let a rival and us take turns; return the seconds a replication of the best turn of each, the rival's first.

    A rival whose counts are five standard errors from ours is refused.
    """
    found, taken, beside = [], [], []
    for first in range(0, replications, A_TURN):
        seeds = range(first + 1, first + A_TURN + 1)
        taken.append(seconds_of(lambda seeds=seeds: found.extend(rival(seed, DAYS) for seed in seeds)) / A_TURN)
        beside.append(seconds_of(lambda: simulate(WORKLOAD, replications=OUR_TURN, threads=1)) / OUR_TURN)
    theirs = np.array(found, dtype=np.float64)
    error = np.sqrt(theirs.var(axis=0, ddof=1) / len(theirs) + ours.var(axis=0, ddof=1) / len(ours))
    z = np.abs(theirs.mean(axis=0) - ours.mean(axis=0)) / error
    if not (z < AGREE).all():
        message = f"{name}: counts {theirs.mean(axis=0)} against ours {ours.mean(axis=0)}, z = {z}"
        raise WrongAnswer(message)
    return min(taken), min(beside)
