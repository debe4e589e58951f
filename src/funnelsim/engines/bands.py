"""Bands from simulated totals: moments, percentiles and how sure they are.

Totals are summed replication by replication first and ranked afterwards, because percentiles do not add.  A percentile
is the smallest simulated total with at least that share at or below it; its standard error is half the interval that
order statistics give with 68 % confidence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr

from funnelsim.kernels.reduce import sum_in_halves, sum_of_squares_around
from funnelsim.model.calendar import Period
from funnelsim.model.results import PERCENTS, Band, StandardErrors

ONE_SIGMA = 0.6826894921370859


@dataclass(frozen=True)
class Moments:
    """Mean and standard deviation of simulated totals.

    Attributes
    ----------
    mean : float
        Exact sum divided by the count, rounded once; minor units.
    sd : float
        Sample standard deviation (n - 1), 0 for a single replication; minor units.
    """

    mean: float
    sd: float


def moments_of(totals: npt.NDArray[np.int64]) -> Moments:
    """Return mean and standard deviation.

    Parameters
    ----------
    totals : int64, (replication,)
        Contiguous, at least one.

    Returns
    -------
    Moments
        The mean from an exact integer sum.
    """
    halves = np.empty(2, dtype=np.int64)
    sum_in_halves(totals, halves)
    exact = (int(halves[0]) << 32) + int(halves[1])
    count = len(totals)
    if count == 1:
        return Moments(float(exact), 0.0)
    squares = np.empty(2)
    sum_of_squares_around(totals, np.int64(exact // count), squares)
    variance = max(0.0, (squares[0] - squares[1] ** 2 / count) / (count - 1))
    return Moments(exact / count, math.sqrt(variance))


def percentile(ordered: npt.NDArray[np.int64], percent: int) -> int:
    """Return the smallest total with at least ``percent`` in 100 at or below it.

    Parameters
    ----------
    ordered : int64, (replication,)
        In rising order.
    percent : int
        In [1, 100].

    Returns
    -------
    int
        ``ordered[ceil(R * percent / 100) - 1]``, in integer arithmetic.
    """
    return int(ordered[-(-len(ordered) * percent // 100) - 1])


def percentile_interval(ordered: npt.NDArray[np.int64], share: float, confidence: float) -> tuple[int, int]:
    """Return the order statistics that hold a percentile with at least the given confidence.

    Parameters
    ----------
    ordered : int64, (replication,)
        In rising order.
    share : float
        Which percentile, in (0, 1).
    confidence : float
        In (0, 1).

    Returns
    -------
    tuple of int
        ``X_(l), X_(u)`` with ``l = B(a/2)`` and ``u = B(1 - a/2) + 1``, B the binomial quantile; the ends of the sample
        where the interval reaches past them.
    """
    count = len(ordered)
    tail = (1 - confidence) / 2
    low = max(1, _binomial_quantile(tail, count, share))
    high = min(count, _binomial_quantile(1 - tail, count, share) + 1)
    return int(ordered[low - 1]), int(ordered[high - 1])


@lru_cache(maxsize=128)  # every stretch of days asks the same
def _binomial_quantile(level: float, count: int, share: float) -> int:
    """Return the smallest k with P(Binomial(count, share) <= k) >= level, by bisection on the exact distribution."""
    low, high = -1, count
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if bdtr(middle, count, share) >= level else (middle, high)
    return high


def band_of(totals: npt.NDArray[np.int64], period: Period, expected_value: int, exact_mean: float) -> Band:
    """Summarise the simulated totals of one stretch of days.

    Parameters
    ----------
    totals : int64, (replication,)
        Minor units.
    period : Period
        The days.
    expected_value : int
        PR times stated PC, minor units.
    exact_mean : float
        The model's mean, minor units.

    Returns
    -------
    Band
        Bands, moments and their standard errors.
    """
    moments = moments_of(np.ascontiguousarray(totals))
    ordered = np.sort(totals)
    errors = {}
    for percent in (10, 50, 90):
        low, high = percentile_interval(ordered, percent / 100, ONE_SIGMA)
        errors[percent] = (high - low) / 2
    return Band(
        period=period,
        expected_value=expected_value,
        exact_mean=exact_mean,
        mean=moments.mean,
        sd=moments.sd,
        percentiles={percent: percentile(ordered, percent) for percent in PERCENTS},
        standard_error=StandardErrors(moments.sd / math.sqrt(len(totals)), errors[10], errors[50], errors[90]),
    )
