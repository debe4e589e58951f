"""How many replications are enough: double until the percentiles are known as well as asked.

Each look spends its part of the error (:mod:`funnelsim.engines.statistics.looking`), so that looking often does not
spoil the confidence; the intervals are order statistics.  The first replications of a longer run are those of the
shorter one.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from funnelsim.engines.bands import moments_of, percentile_interval
from funnelsim.engines.book import LoweredBook
from funnelsim.engines.execution import Execution, refuse_beyond
from funnelsim.engines.pipeline import bytes_needed, draw_shocks, simulate_bookings
from funnelsim.engines.statistics.looking import look_confidence
from funnelsim.engines.windows import Bools, totals_in
from funnelsim.model.proofs import Precision

PERCENTS = (10, 50, 90)


def simulate_until_precise(
    book: LoweredBook, seed: int, start: int, asked: float, window: Bools, execution: Execution
) -> tuple[npt.NDArray[np.int64], Precision]:
    """Simulate until the total's P10, P50 and P90 are known as well as asked.

    Parameters
    ----------
    book : LoweredBook
        What to walk.
    seed : int
        In [0, 2**64).
    start : int
        Replications at the first look.
    asked : float
        Largest 95 % half-width, as a share of the total's mean.
    window : bool, (bin + 1,)
        The bins of the total.
    execution : Execution
        Threads, and the memory budget that ends a hopeless search.

    Returns
    -------
    tuple of int64 (replication, bin + 1) and Precision
        The bookings of all replications and the half-width reached.
    """

    def simulate(first: int, count: int) -> npt.NDArray[np.int64]:
        return simulate_bookings(book, draw_shocks(book, seed, first, count), execution)

    return continue_until_precise(simulate, lambda count: bytes_needed(book, count), start, asked, window, execution)


def continue_until_precise(
    simulate: Callable[[int, int], npt.NDArray[np.int64]],
    needed: Callable[[int], int],
    start: int,
    asked: float,
    window: Bools,
    execution: Execution,
) -> tuple[npt.NDArray[np.int64], Precision]:
    """Simulate anything until its total's P10, P50 and P90 are known as well as asked.

    Parameters
    ----------
    simulate : callable
        Takes the first replication and how many; returns bookings, int64 (replication, column), minor units.
    needed : callable
        Takes a number of replications; returns the bytes they take.
    start : int
        Replications at the first look.
    asked : float
        Largest 95 % half-width, as a share of the total's mean.
    window : bool, (column,)
        The columns of the total.
    execution : Execution
        Holds the memory budget that ends a hopeless search.

    Returns
    -------
    tuple of int64 (replication, column) and Precision
        The bookings of all replications and the half-width reached.

    Raises
    ------
    ResourceError
        If the memory budget ends before the precision is reached; the message says what was reached.
    """
    bookings = simulate(0, start)
    look = 1
    while (reached := half_width(totals_in(bookings, window), look)) > asked:
        count = len(bookings)
        what = f"{2 * count:,} replications (half-width so far {reached:.2%} of the mean)"
        refuse_beyond(needed(2 * count), execution, what)
        bookings = np.concatenate([bookings, simulate(count, count)])
        look += 1
    return bookings, Precision(asked, reached)


def half_width(totals: npt.NDArray[np.int64], look: int) -> float:
    """Return the widest 95 % half-width of P10, P50 and P90, as a share of the mean.

    Parameters
    ----------
    totals : int64, (replication,)
        Minor units.
    look : int
        How many times the run has been looked at, this time included, at least 1.

    Returns
    -------
    float
        0 when all replications agree; infinite when they do not and their mean is 0.
    """
    ordered = np.sort(totals)
    confidence = look_confidence(look)
    widest = 0.0
    for percent in PERCENTS:
        low, high = percentile_interval(ordered, percent / 100, confidence)
        widest = max(widest, (high - low) / 2)
    mean = moments_of(totals).mean
    return widest / mean if mean else (math.inf if widest else 0.0)
