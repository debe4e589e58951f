"""Multiple comparisons with the best (MCB), under shared luck.

The question: for each of several strategies, how far is its mean from the best of the others, with one confidence for
all answers together?  An interval that ends at 0 is a decision: below, another one is better; above, this one is best.

Each pair's own variance of differences is taken (Edwards and Hsu 1983, Bonferroni), which holds whatever the variances
are and is narrow where two strategies are alike.  One variance pooled over all pairs (Nelson and Matejcik 1995) is a
little narrower where all pairs differ alike, and misses too often where they do not: 92 of 100 where 95 were promised.

What it leaves out: choosing with as few replications as possible.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import stdtrit

from funnelsim.engines.statistics.moments import Floats, Numbers, centred, unknown
from funnelsim.model.intervals import Interval

CONFIDENCE = 0.95


def best_of_many(values: Numbers, higher: bool = True, confidence: float = CONFIDENCE) -> tuple[Interval, ...]:
    """Compare each strategy's mean with the best of the others.

    Parameters
    ----------
    values : int64 or float64, (replication, strategy)
        The same replications of each of at least two strategies.
    higher : bool
        Whether more is better.
    confidence : float
        That all intervals hold at once, in (0, 1).

    Returns
    -------
    tuple of Interval
        Of ``mu_i - max mu_l`` over the others, one a strategy, conservative.  With ``higher`` false of ``min mu_l -
        mu_i``: above 0 is better in both.  Exactly 0 where the two best are the same; without bounds for a single
        replication; ``nan`` where a number is.
    """
    gaps, variances = _pairs(values if higher else -values)
    count, strategies = values.shape
    if np.isnan(gaps).any() or (count == 1 and gaps.any()):
        return _unknown(gaps, confidence)
    reach = -float(stdtrit(max(1, count - 1), (1 - confidence) / (strategies - 1)))
    room = reach * np.sqrt(variances / count)
    return tuple(_around_best(gaps, room, one, confidence) for one in range(strategies))


def _pairs(values: Numbers) -> tuple[Floats, Floats]:
    """Return mean and variance of the difference of each pair, first minus second."""
    strategies = values.shape[1]
    gaps, variances = np.zeros((strategies, strategies)), np.zeros((strategies, strategies))
    for one in range(strategies):
        for two in range(one):
            found = centred(values[:, one] - values[:, two])
            gaps[one, two], gaps[two, one] = found.mean, 0.0 - found.mean
            variances[one, two] = variances[two, one] = found.variance
    return gaps, variances


def _around_best(gaps: Floats, room: Floats, one: int, confidence: float) -> Interval:
    """Return the interval of one strategy (Edwards and Hsu): only those that may be the best bound it from below."""
    others = [two for two in range(len(gaps)) if two != one]
    estimate = float(gaps[one, others].min())
    high = max(0.0, float((gaps[one] + room[one])[others].min()))
    rivals = [two for two in others if (gaps[two] + room[two] >= 0).all()]
    # without a rival it is the best itself: no other is better by any amount
    low = min((float(gaps[one, two] - room[one, two]) for two in rivals), default=0.0)
    return Interval(estimate, min(0.0, low, estimate), max(high, estimate), confidence, "MCB", at_least=True)


def _leads(gaps: Floats) -> list[float]:
    """Return how far each is ahead of the best of the others."""
    return [float(np.delete(row, one).min()) for one, row in enumerate(gaps)]


def _unknown(gaps: Floats, confidence: float) -> tuple[Interval, ...]:
    """Return intervals that say nothing: a number is missing, or a single replication has no spread."""
    found = [math.nan] * len(gaps) if np.isnan(gaps).any() else _leads(gaps)
    return tuple(unknown(one, confidence, "MCB") for one in found)
