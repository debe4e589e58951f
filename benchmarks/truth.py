"""Whether a contender's bookings are a forecast of the book: means and standard deviations against the exact ones."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.closed_form import WindowMoments, window_moments
from measuring import WrongAnswer

LIMIT = 5.0


def exact_moments(book: LoweredBook) -> WindowMoments:
    """Mean and variance of each bin, of money past the horizon, and of everything: ``(bin + 2,)``."""
    bins = book.bins + 1
    return window_moments(book, np.vstack([np.eye(bins, dtype=bool), np.ones((1, bins), dtype=bool)]))


def check_bookings(name: str, bookings: npt.NDArray[np.int64], exact: WindowMoments) -> float:
    """Refuse bookings whose means or variances are 5 or more standard errors off; return the largest distance."""
    totals = np.column_stack([bookings, bookings.sum(axis=1)]).astype(np.float64)
    count = len(totals)
    centred = totals - exact.mean
    square = (centred**2).mean(axis=0)
    fourth = (centred**4).mean(axis=0)
    mean_z = centred.mean(axis=0) / np.sqrt(exact.variance / count)
    spread_z = (square - exact.variance) / np.sqrt((fourth - square**2) / count)
    worst = float(np.abs(np.concatenate([mean_z, spread_z])).max())
    if not (math.isfinite(worst) and worst < LIMIT):
        message = f"{name}: a mean or standard deviation is {worst:.1f} standard errors from the exact one"
        raise WrongAnswer(message)
    return worst
