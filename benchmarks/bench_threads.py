"""Two threads against one, through the engine, with the same bits."""

from __future__ import annotations

import time

from books import LEADS, REPLICATIONS, SEED, book
from funnelsim.engines.execution import Execution, available_cores
from funnelsim.engines.pipeline import draw_shocks, simulate_bookings
from measuring import Bound, Result, WrongAnswer, best_of_turns, check_fingerprint, fingerprint, significant
from truth import check_bookings, exact_moments

NAME = "threads"
ROUNDS = 400
"""Two threads need two cores that nobody else disturbs, for both to show their best: seldom, so many turns."""

LEAST = 1.8


def measure() -> Result:
    """Time one and two threads in turn."""
    if available_cores() < 2:
        message = "two threads need two cores"
        raise RuntimeError(message)
    lowered = book("stages", 1)
    shocks = draw_shocks(lowered, SEED, 0, REPLICATIONS)
    prints = {
        threads: fingerprint(simulate_bookings(lowered, shocks, Execution(threads=threads))) for threads in (1, 2)
    }
    if prints[1] != prints[2]:
        message = "two threads gave other bits than one"
        raise WrongAnswer(message)
    check_fingerprint("stages-1", prints[1])
    check_bookings("ours", simulate_bookings(lowered, shocks, Execution(threads=2)), exact_moments(lowered))
    best = best_of_turns(
        {
            "one": lambda: simulate_bookings(lowered, shocks, Execution(threads=1)),
            "two": lambda: simulate_bookings(lowered, shocks, Execution(threads=2)),
        },
        ("one", "two"),
        ROUNDS,
        time.perf_counter,
    )
    figures = {"seconds": {"one thread": significant(best["one"]), "two threads": significant(best["two"])}}
    workload = f"Threads: {LEADS:,} leads x {REPLICATIONS:,} replications, 12 months, shared shock"
    bound = Bound("one thread over two threads", best["one"] / best["two"], ">=", LEAST)
    return Result(NAME, workload, figures, [bound], prints[1])
