"""The funnel engine through ``simulate`` on scenarios: against SimPy and Ciw by the same rule, and all rules on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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
RIVALS: dict[str, tuple[Callable[[int, int], Counts], int, int]] = {
    "SimPy": (with_simpy, 4, 24),
    "Ciw": (with_ciw, 2, 12),
}
"""How each works a replication, replications that are timed together, and turns."""

OUR_TURN = 500
"""Replications of ours that are timed together: about as long as a turn of SimPy."""

FLAGSHIP_TURN = 400
FLAGSHIP_TURNS = 60
AGREE = 5.0
LEAST_AGAINST_SIMPY = 100.0
LEAST_EVENTS = 8.0


def measure() -> Result:
    """Time the common workload and the flagship."""
    ours = simulate(WORKLOAD, replications=REPLICATIONS, threads=1)  # compiles, and gives the counts
    check_fingerprint("funnel-common", ours.content_hash)
    timings = {name: check_and_time(name, our_counts(ours)) for name in RIVALS}
    flagship = simulate(FLAGSHIP, POLICY, replications=FLAGSHIP_REPLICATIONS, threads=1)
    check_fingerprint("funnel-flagship", flagship.content_hash)
    turns = [seconds_of(lambda: simulate(FLAGSHIP, POLICY, replications=FLAGSHIP_TURN, threads=1)) / FLAGSHIP_TURN
             for _ in range(FLAGSHIP_TURNS)]  # fmt: skip
    events, touches = (float(flow(flagship, code).mean()) for code in (EVENTS, TOUCHES))
    bounds = [
        Bound("faster than SimPy with the same rule and counts", timings["SimPy"].ratio, ">=", LEAST_AGAINST_SIMPY),
        Bound("flagship with all policies, lead events a second and core", events / min(turns) / 1e6, ">=",
              LEAST_EVENTS, "million"),
    ]  # fmt: skip
    arrivals = float(flow(ours, ARRIVED).mean())
    seconds = {"ours": min(taken for timing in timings.values() for taken in timing.ours)}
    seconds.update((name, min(timing.theirs)) for name, timing in timings.items())
    figures = {
        "milliseconds a replication": {name: significant(1e3 * arrivals * one) for name, one in seconds.items()},
        "faster than Ciw": significant(timings["Ciw"].ratio),
        "events a replication of the common workload": significant(float(flow(ours, EVENTS).mean()), 4),
        "slowest of our turns over the best": significant(max(timings["SimPy"].ours) / min(timings["SimPy"].ours)),
        "flagship": {
            "strategy": POLICY,
            "replications a second": significant(1 / min(turns)),
            "events a replication": significant(float(events), 4),
            "touches a replication": significant(float(touches), 4),
            "slowest turn over the best": significant(max(turns) / min(turns)),
        },
    }
    workload = f"Funnel: 20 leads a day, 4 stages, one pool, {DAYS} days; and {FLAGSHIP} {POLICY}; one thread"
    return Result(NAME, workload, figures, bounds, ours.content_hash)


@dataclass(frozen=True)
class Timing:
    """Processor seconds an arrival, turn by turn."""

    theirs: list[float]
    ours: list[float]

    @property
    def ratio(self) -> float:
        """How many times faster we are, each in its best turn."""
        return min(self.theirs) / min(self.ours)


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


def check_and_time(name: str, ours: np.ndarray) -> Timing:
    """Let a rival and us take turns, each with other seeds in every turn.

    A turn of few leads is a short one, so what counts is the time an arrival.  Turns are short because a neighbour on
    the same core slows all of us for seconds or minutes, by up to a half, and many because the best one counts.  A
    rival whose counts are five standard errors from ours is refused.
    """
    rival, size, turns = RIVALS[name]
    found: list[Counts] = []
    timing = Timing([], [])
    for turn in range(turns):
        seeds = range(1 + turn * size, 1 + (turn + 1) * size)
        taken = seconds_of(partial(work_all, rival, seeds, found))
        timing.theirs.append(taken / sum(counts.arrived for counts in found[-size:]))
        answers: list[Simulation] = []
        taken = seconds_of(partial(work_ours, turn, answers))
        timing.ours.append(taken / float(flow(answers[0], ARRIVED).sum()))
    theirs = np.array(found, dtype=np.float64)
    error = np.sqrt(theirs.var(axis=0, ddof=1) / len(theirs) + ours.var(axis=0, ddof=1) / len(ours))
    z = np.abs(theirs.mean(axis=0) - ours.mean(axis=0)) / error
    if not (z < AGREE).all():
        message = f"{name}: counts {theirs.mean(axis=0)} against ours {ours.mean(axis=0)}, z = {z}"
        raise WrongAnswer(message)
    return timing


def work_all(rival: Callable[[int, int], Counts], seeds: range, found: list[Counts]) -> None:
    """Let a rival work the replications of a turn."""
    found.extend(rival(seed, DAYS) for seed in seeds)


def work_ours(seed: int, answers: list[Simulation]) -> None:
    """Work the replications of a turn of ours."""
    answers.append(simulate(WORKLOAD, replications=OUR_TURN, seed=seed, threads=1))
