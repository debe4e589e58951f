"""The forecast kernel on one thread against NumPy and against the bare cost of its random words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

import rivals
from books import LEADS, MEAN_PC, REPLICATIONS, SEED, SETS, SPREADS, book
from funnelsim.engines.book import LoweredBook
from funnelsim.engines.execution import Execution
from funnelsim.engines.pipeline import draw_shocks, simulate_bookings
from funnelsim.kernels.keyed_random import WIN, fill_blocks, purpose_key
from measuring import Bound, Result, best_of_turns, check_fingerprint, fingerprint, significant
from truth import check_bookings, exact_moments

NAME = "forecast_kernel"
ROUNDS = 3
ORDER = ("dense", "ours", "tuned_dense", *("ours", "sparse", "ours", "keyed_sparse", "ours", "bare_words") * 4)
BOUNDS = (("dense", ">=", 10.0), ("keyed_sparse", ">=", 3.5), ("sparse", ">=", 3.5), ("bare_words", "<=", 9.0))
WORDS = {
    "dense": "dense NumPy over ours",
    "keyed_sparse": "best sparse NumPy with a lead's luck its own, over ours",
    "sparse": "best sparse NumPy with one stream for all, over ours",
    "bare_words": "ours over bare 32-bit words",
}
WORDS_PER_BLOCK = 4


def measure() -> Result:
    """Time every book, after every contender's answer was checked."""
    figures: dict[str, Any] = {}
    bounds: list[Bound] = []
    checksums = []
    for spread in SPREADS:
        for sets in SETS:
            lowered = book(spread, sets)
            checksums.append(checked(f"{spread}-{sets}", lowered))
            best = best_of_turns(contenders(lowered), ORDER, ROUNDS)
            name = f"{spread} PCs, M = {sets}"
            figures[name] = {
                "ns per lead and replication": {
                    one: significant(taken / (LEADS * REPLICATIONS) * 1e9) for one, taken in best.items()
                },
                "tuned dense NumPy over ours": significant(best["tuned_dense"] / best["ours"]),
            }
            for rival, rule, limit in BOUNDS:
                ratio = best["ours"] / best[rival] if rule == "<=" else best[rival] / best["ours"]
                bounds.append(Bound(f"{WORDS[rival]}; {name}", ratio, rule, limit))
    size = f"{LEADS:,} leads x {REPLICATIONS:,} replications"
    workload = f"Forecast kernel: {size}, mean PC {MEAN_PC}, 12 months, shared shock, one thread"
    return Result(NAME, workload, figures, bounds, fingerprint(np.frombuffer("".join(checksums).encode(), np.int64)))


def ours(lowered: LoweredBook) -> np.ndarray:
    """Forecast as the engine does: shocks and walk, one thread."""
    return simulate_bookings(lowered, draw_shocks(lowered, SEED, 0, REPLICATIONS), Execution(threads=1))


@numba.njit(nogil=True)
def bare_words(keys: np.ndarray, seed: np.uint64, purpose: np.uint64, out: np.ndarray) -> None:
    """Draw one 32-bit word per lead and replication and do nothing with it."""
    for row in range(keys.size):
        fill_blocks(seed, purpose, np.uint64(0), keys[row], out)


def contenders(lowered: LoweredBook) -> dict[str, Callable[[], object]]:
    """Everybody who is timed."""
    out = np.empty(2 * (REPLICATIONS // WORDS_PER_BLOCK), dtype=np.uint64)
    found: dict[str, Callable[[], object]] = {
        "ours": lambda: ours(lowered),
        "bare_words": lambda: bare_words(lowered.rows.key, np.uint64(SEED), purpose_key(WIN), out),
    }
    for rival in (rivals.dense, rivals.tuned_dense, rivals.sparse, rivals.keyed_sparse):
        found[rival.__name__] = lambda rival=rival: rival(lowered, REPLICATIONS, SEED)
    found["bare_words"]()  # compiled here, never in a timed turn
    return found


def checked(name: str, lowered: LoweredBook) -> str:
    """Check every contender's bookings against the exact moments, and ours against the stored bits."""
    exact = exact_moments(lowered)
    for rival in (rivals.dense, rivals.tuned_dense, rivals.sparse, rivals.keyed_sparse):
        check_bookings(f"{name}: {rival.__name__}", rival(lowered, REPLICATIONS, SEED), exact)
    bookings = ours(lowered)
    check_bookings(f"{name}: ours", bookings, exact)
    found = fingerprint(bookings)
    check_fingerprint(name, found)
    return found
