"""Paired bootstrap of percentiles and tails.

The question: how far apart are the P10 of two strategies, and the means of their worst tenth, and how sure is that?
Replications are drawn again with replacement, the same ones for every strategy, so that shared luck stays shared.
Which ones is a pure function of seed and purpose.  Each strategy is sorted once; a resample is how often each
replication was drawn, and its percentile is found in the running sum of these counts.

What it leaves out: means and chances, which need no resampling (:mod:`funnelsim.engines.statistics.paired`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from funnelsim.engines.statistics.moments import Floats, Ints, Numbers, differences, student_quantile, unknown
from funnelsim.model.intervals import Interval

DRAWS = 2000
CONFIDENCE = 0.95
PERCENTS = (10, 50, 90)
TAIL_PERCENT = 10
FOR_COMPARISON = 0xB007
"""Purpose of the draws for intervals and for the chance to be best, in the key beside the seed."""

_CELLS = 1 << 18
"""Draws held at once, or the replications where these are more: they fit a processor's cache."""

_KEPT = 1 << 24
"""Most cells of resamples that are kept for the next question: 16 MB."""

_FEWEST_OUTSIDE = 4
"""Resamples that must lie outside either end; with fewer, as at a confidence of .999, their spread is asked too."""

_COUNTS = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class OrderStatistics:
    """Percentiles and tail means of several strategies, as found and as resampled.

    Attributes
    ----------
    percents : tuple of int
        Which percentiles, in [1, 100].
    replications : int
        How many each rests on.
    found : float64, (strategy, percent + 1)
        Of the replications themselves; the last column is the mean of the worst tenth.
    resampled : float64, (draw, strategy, percent + 1)
        Of each resample, jointly for all strategies.
    """

    percents: tuple[int, ...]
    replications: int
    found: Floats
    resampled: Floats

    def percentile(self, base: int, other: int, percent: int, confidence: float = CONFIDENCE) -> Interval:
        """Return how much larger a percentile of one strategy is than of another.

        Parameters
        ----------
        base, other : int
            Which strategies.
        percent : int
            One of ``percents``.
        confidence : float
            In (0, 1).

        Returns
        -------
        Interval
            As :func:`percentile_difference` says.
        """
        column = self.percents.index(percent)
        gaps = self.resampled[:, other, column] - self.resampled[:, base, column]
        estimate = float(self.found[other, column] - self.found[base, column])
        share = min(percent, 100 - percent) / 100
        if not gaps.any() and not estimate:
            return Interval(0.0, 0.0, 0.0, confidence, "paired bootstrap", at_least=True)
        if _too_few(self.replications, share, confidence) or math.isnan(estimate):
            return unknown(estimate, confidence, "paired bootstrap")
        low, high = _ends(gaps, estimate, self.replications * share, confidence)
        return Interval(estimate, low, high, confidence, "paired bootstrap", at_least=True)

    def tail_mean(self, base: int, other: int, confidence: float = CONFIDENCE) -> Interval:
        """Return how much larger the mean of the worst tenth of one strategy is than of another.

        Parameters
        ----------
        base, other : int
            Which strategies.
        confidence : float
            In (0, 1).

        Returns
        -------
        Interval
            As :func:`tail_mean_difference` says.
        """
        gaps = self.resampled[:, other, -1] - self.resampled[:, base, -1]
        estimate = float(self.found[other, -1] - self.found[base, -1])
        if not gaps.any() and not estimate:
            return Interval(0.0, 0.0, 0.0, confidence, "paired bootstrap")
        share = TAIL_PERCENT / 100
        if _too_few(self.replications, share, confidence) or math.isnan(estimate):
            return unknown(estimate, confidence, "paired bootstrap")
        error = float((gaps - gaps.mean()).std(ddof=1))
        half = student_quantile(self.replications * share - 1, confidence) * error
        return Interval(estimate, estimate - half, estimate + half, confidence, "paired bootstrap")


def order_statistics(
    values: Numbers, seed: int, percents: Sequence[int] = PERCENTS, higher: bool = True, draws: int = DRAWS
) -> OrderStatistics:
    """Resample percentiles and tail means of several strategies together.

    Parameters
    ----------
    values : int64 or float64, (replication, strategy)
        The same replications of each strategy; whole numbers within +-2**53.
    seed : int
        In [0, 2**64).
    percents : sequence of int
        Which percentiles, in [1, 100].
    higher : bool
        Whether more is better: the worst tenth are the lowest; else the highest.
    draws : int
        How many resamples, at least 2.

    Returns
    -------
    OrderStatistics
        A percentile is the smallest number with at least that share at or below it.  A function of values and seed
        alone: the draws do not depend on the values.  All ``nan`` for a strategy with a ``nan``.
    """
    count, strategies = values.shape
    order = [np.argsort(column, kind="stable") for column in values.T]
    ordered = [column[places].astype(np.float64) for column, places in zip(values.T, order, strict=True)]
    found = np.empty((strategies, len(percents) + 1))
    resampled = np.empty((draws, strategies, len(percents) + 1))
    once = np.ones((1, count), dtype=np.uint8)
    first = 0
    for counts in resamples(count, seed, draws):
        last = first + len(counts)
        for column in range(strategies):
            drawn = counts.take(order[column], axis=1)
            resampled[first:last, column] = _in_order(drawn, ordered[column], percents, higher)
        first = last
    for column in range(strategies):
        found[column] = _in_order(once, ordered[column], percents, higher)[0]
        if np.isnan(ordered[column][-1]):  # nan sorts last
            found[column], resampled[:, column] = math.nan, math.nan
    return OrderStatistics(tuple(percents), count, found, resampled)


def percentile_difference(
    base: Numbers,
    other: Numbers,
    percent: int,
    seed: int,
    confidence: float = CONFIDENCE,
    draws: int = DRAWS,
) -> Interval:
    """Return how much larger a percentile of the other strategy is.

    Parameters
    ----------
    base, other : int64 or float64, (replication,)
        The same replications of two strategies.
    percent : int
        In [1, 99].
    seed : int
        In [0, 2**64).
    confidence : float
        In (0, 1).
    draws : int
        How many resamples, at least 2,000 for a confidence of .95.

    Returns
    -------
    Interval
        Percentiles of the resampled differences, further out than the confidence by what Student's quantile is beyond
        the normal one for as many replications as lie beyond the percentile (Hesterberg 2015, there for all of them):
        conservative.  From minus to plus infinity where so few replications (34 for P10) cannot say; exactly 0 where
        the two are the same.
    """
    return _pair(base, other, seed, (percent,), True, draws).percentile(0, 1, percent, confidence)


def tail_mean_difference(
    base: Numbers,
    other: Numbers,
    seed: int,
    higher: bool = True,
    confidence: float = CONFIDENCE,
    draws: int = DRAWS,
) -> Interval:
    """Return how much larger the mean of the worst tenth of the other strategy is (CVaR).

    Parameters
    ----------
    base, other : int64 or float64, (replication,)
        The same replications of two strategies; the worst tenth of each are its own replications.
    seed : int
        In [0, 2**64).
    higher : bool
        Whether more is better: the worst are the lowest; else the highest.
    confidence : float
        In (0, 1).
    draws : int
        How many resamples, at least 2,000 for a confidence of .95.

    Returns
    -------
    Interval
        The spread of the resampled differences times Student's quantile with one degree of freedom less than there are
        replications in the tail.  From minus to plus infinity below 36 replications; exactly 0 where the two are the
        same.
    """
    return _pair(base, other, seed, (), higher, draws).tail_mean(0, 1, confidence)


def _pair(
    base: Numbers, other: Numbers, seed: int, percents: tuple[int, ...], higher: bool, draws: int
) -> OrderStatistics:
    differences(base, other)  # refuses what is not paired
    values: Numbers = np.empty((len(base), 2), dtype=np.promote_types(base.dtype, other.dtype))
    values[:, 0], values[:, 1] = base, other
    return order_statistics(values, seed, percents, higher, draws)


def resamples(count: int, seed: int, draws: int = DRAWS, purpose: int = FOR_COMPARISON) -> Iterator[_COUNTS]:
    """Draw replications again, with replacement.

    Parameters
    ----------
    count : int
        How many replications there are, and how many each resample draws.
    seed : int
        In [0, 2**64).
    draws : int
        How many resamples.
    purpose : int
        In [0, 2**64); other purposes draw others.

    Yields
    ------
    uint8, (resample, replication)
        How often each replication was drawn, some resamples at a time: a bounded number of cells, however many
        replications there are.  The same for every strategy and every measure.
    """
    if count * draws <= _KEPT:
        yield _all_resamples(count, seed, draws, purpose)
    else:
        yield from _drawn_again(count, seed, draws, purpose)


@lru_cache(maxsize=4)
def _all_resamples(count: int, seed: int, draws: int, purpose: int) -> _COUNTS:
    """Keep the resamples of one seed, which every contest and every measure of a comparison asks for."""
    kept = np.concatenate(list(_drawn_again(count, seed, draws, purpose)))
    kept.flags.writeable = False
    return kept


def _drawn_again(count: int, seed: int, draws: int, purpose: int) -> Iterator[_COUNTS]:
    generator = np.random.Generator(np.random.Philox(key=np.array([seed, purpose], dtype=np.uint64)))
    most = max(1, _CELLS // count)
    for first in range(0, draws, most):
        rows = min(most, draws - first)
        drawn = generator.integers(0, count, size=(rows, count), dtype=np.int64)
        drawn += (np.arange(rows, dtype=np.int64) * count)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * count).astype(np.uint8).reshape(rows, count)


def _in_order(counts: _COUNTS, ordered: Floats, percents: Sequence[int], higher: bool) -> Floats:
    """Return percentiles and tail mean of resamples, whose counts are in the order of the values."""
    size = len(ordered)
    answer = np.empty((len(counts), len(percents) + 1))
    for column, percent in enumerate(percents):
        answer[:, column] = ordered[_places(counts, -(-size * percent // 100))]
    if higher:
        answer[:, -1] = _lowest_mean(counts, ordered)
    else:
        answer[:, -1] = -_lowest_mean(np.ascontiguousarray(counts[:, ::-1]), -ordered[::-1])
    return answer


def _places(counts: _COUNTS, rank: int) -> Ints:
    """Return which value is the one of that rank, counted from 1, in each resample."""
    # sought among the values that a resample can reach, a binomial's 8 standard deviations to either side, and among
    # all should one be further away
    size = counts.shape[1]
    room = math.ceil(8 * math.sqrt(rank * (size - rank) / size)) + 8
    first, last = max(0, rank - room), min(size, rank + room)
    below = counts[:, :first].sum(axis=1, dtype=np.int64)
    running = below[:, None] + np.cumsum(counts[:, first:last].astype(np.int64), axis=1)
    if (below >= rank).any() or (running[:, -1] < rank).any():
        first, running = 0, np.cumsum(counts.astype(np.int64), axis=1)
    return np.asarray(first + (running < rank).sum(axis=1), dtype=np.int64)


def _lowest_mean(counts: _COUNTS, ordered: Floats) -> Floats:
    """Return the mean of the lowest tenth, rounded up, of each resample."""
    tail = -(-len(ordered) * TAIL_PERCENT // 100)
    places = _places(counts, tail)
    first, last = int(places.min()), int(places.max())
    # a tail is all of its values below the last one, and of that one what is missing; distances keep equal ones exact
    drawn = counts[:, :last].astype(np.float64)
    drawn[:, first:] *= np.arange(first, last) < places[:, None]
    middle = ordered[first]
    missing = tail - drawn.sum(axis=1)
    sums = np.einsum("ij,j->i", drawn, ordered[:last] - middle) + missing * (ordered[places] - middle)
    return np.asarray(middle + sums / tail)


def _too_few(count: int, share: float, confidence: float) -> bool:
    """Tell whether no replication is sure enough to lie beyond a percentile: then no order statistic bounds it."""
    return (1 - share) ** count > (1 - confidence) / 2


def _ends(gaps: Floats, estimate: float, beyond: float, confidence: float) -> tuple[float, float]:
    """Return what resampled differences leave inside, when so many replications lie beyond the percentile."""
    reach = student_quantile(beyond - 1, confidence) * math.sqrt(beyond / (beyond - 1))
    place = math.floor(float(ndtr(-reach)) * len(gaps))
    gaps.sort()
    low, high = float(gaps[max(0, place - 1)]), float(gaps[min(len(gaps) - 1, len(gaps) - place)])
    half = 0.0
    if place < _FEWEST_OUTSIDE:  # so few resamples say little of what is further out
        half = reach * float((gaps - gaps.mean()).std(ddof=1))
    return min(low, estimate - half), max(high, estimate + half)
