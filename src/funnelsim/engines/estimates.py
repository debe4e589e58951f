"""Means and ratios over replications, each with its Monte Carlo standard error.

A ratio of two things that happen in a replication is the ratio of their sums over replications, never the mean of
ratios: a replication with few leads must not count as much as one with many.  Its standard error comes from the delta
method.

What it leaves out: percentiles (:mod:`funnelsim.engines.bands`).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from funnelsim.engines.bands import ONE_SIGMA, moments_of, percentile, percentile_interval
from funnelsim.model.calendar import Period
from funnelsim.model.funnel_reports import Estimate
from funnelsim.model.results import PERCENTS, StandardErrors
from funnelsim.model.simulation import MoneyBand, MoneyBands

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int64] | npt.NDArray[np.float64]

NOTHING = Estimate(math.nan, math.nan)
"""Of a ratio whose denominator never happened."""


def mean_of(counts: Ints, per: int = 1) -> Estimate:
    """Return the mean of one whole number per replication.

    Parameters
    ----------
    counts : int64, (replication,)
        At least one.
    per : int
        How many of them make one in the unit of the answer.

    Returns
    -------
    Estimate
        The mean from an exact sum; the standard error is 0 for a single replication.
    """
    moments = moments_of(np.ascontiguousarray(counts))
    return Estimate(moments.mean / per, moments.sd / per / math.sqrt(len(counts)))


def ratio_of(upper: Numbers, lower: Numbers) -> Estimate:
    """Return the ratio of two sums over replications.

    Parameters
    ----------
    upper, lower : int64 or float64, (replication,)
        What is counted, and what it is counted of.

    Returns
    -------
    Estimate
        ``sum(upper) / sum(lower)``; ``nan`` in both fields where the lower sum is 0.  With ``d = upper - ratio *
        lower`` the standard error is ``sd(d) / sqrt(n) / mean(lower)``, 0 for a single replication.
    """
    above, below = _total(upper), _total(lower)
    if below == 0:
        return NOTHING
    ratio, count = above / below, len(lower)
    if count == 1:
        return Estimate(ratio, 0.0)
    distance = upper - ratio * lower.astype(np.float64)
    spread = math.sqrt(math.fsum((distance * distance).tolist()) / (count - 1))
    return Estimate(ratio, spread / math.sqrt(count) / abs(below / count))


def _total(values: Numbers) -> float:
    """Return the sum, exact for whole numbers whatever their size."""
    if values.dtype == np.float64:
        return math.fsum(values.tolist())
    return float(exact_sums(values.reshape(-1)).item())


def exact_sums(counts: Numbers) -> npt.NDArray[np.object_]:
    """Return sums over the first axis as Python's whole numbers, which cannot wrap.

    Parameters
    ----------
    counts : int64, (replication, ...)
        Fewer than 2**31 of them.

    Returns
    -------
    object, (...)
        Exact.
    """
    whole = counts.astype(np.int64, copy=False)
    high, low = (whole >> 32).sum(axis=0), (whole & 0xFFFFFFFF).sum(axis=0)
    # astype makes Python's own whole numbers; asarray(..., dtype=object) would keep numpy's, which wrap
    return np.asarray(np.asarray(high).astype(object) * 2**32 + np.asarray(low).astype(object), dtype=object)


def plain_ratio(upper: Ints, lower: Ints) -> float:
    """Return the ratio of two sums without an error.

    Parameters
    ----------
    upper, lower : int64, any shape
        What is counted, and what it is counted of.

    Returns
    -------
    float
        ``nan`` where the lower sum is 0.
    """
    below = _total(lower.ravel())
    return _total(upper.ravel()) / below if below else math.nan


def money_bands(money: Ints, periods: tuple[Period, ...]) -> MoneyBands:
    """Summarise one kind of money by period, from the first period to each, and in all.

    Parameters
    ----------
    money : int64, (replication, period)
        Minor units; may be negative.
    periods : tuple of Period
        The columns.

    Returns
    -------
    MoneyBands
        Every stretch of days summed replication by replication first and ranked afterwards.
    """
    running = np.cumsum(money, axis=1)
    first = periods[0].start
    through = [Period(first, period.end) for period in periods]
    cumulative = tuple(money_band(running[:, column], days) for column, days in enumerate(through))
    each = tuple(money_band(money[:, column], days) for column, days in enumerate(periods))
    return MoneyBands(each, cumulative, cumulative[-1])


def money_band(totals: Ints, period: Period) -> MoneyBand:
    """Summarise the simulated money of one stretch of days.

    Parameters
    ----------
    totals : int64, (replication,)
        Minor units.
    period : Period
        The days.

    Returns
    -------
    MoneyBand
        The standard error of a percentile is half the interval that order statistics give with 68 % confidence.
    """
    totals = np.ascontiguousarray(totals)
    moments = moments_of(totals)
    ordered = np.sort(totals)
    errors = []
    for percent in (10, 50, 90):
        low, high = percentile_interval(ordered, percent / 100, ONE_SIGMA)
        errors.append((high - low) / 2)
    return MoneyBand(
        period=period,
        mean=moments.mean,
        sd=moments.sd,
        percentiles={percent: percentile(ordered, percent) for percent in PERCENTS},
        standard_error=StandardErrors(moments.sd / math.sqrt(len(totals)), *errors),
    )
