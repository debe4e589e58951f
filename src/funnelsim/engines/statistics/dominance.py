"""First-order stochastic dominance under shared luck.

The question: is one strategy better at every level, so that everybody who wants more chooses it, however they weigh
risk?  Two hypotheses are tested, that the other dominates the base and that the base dominates the other; a paired
bootstrap with recentring (Donald and Hsu 2016) says how often chance alone violates each as much as seen.

What it leaves out: dominance for those who dislike risk (second order).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from funnelsim.engines.statistics.moments import Floats, Ints, Numbers, differences
from funnelsim.engines.statistics.resampling import resamples

DRAWS: Final = 1000
LEVEL: Final = 0.05
"""A hypothesis is rejected where chance violates it this rarely as much as seen."""

MOST_LEVELS: Final = 512
"""Levels at which distributions are held against each other; of more, ranks spread evenly."""

FEWEST: Final = 10
"""Below it resamples differ too little: neither hypothesis is rejected."""

_RECENTRING: Final = 0.1
"""Donald and Hsu's: where the worse one is ahead by less than this times ``sqrt(log log n)`` it may be level."""


@dataclass(frozen=True)
class Dominance:
    """Whether one distribution is better at every level.

    Attributes
    ----------
    verdict : str
        ``equal``: the same numbers, in whatever order.  ``other dominates``: that the base dominates is rejected, that
        the other does is not.  ``baseline dominates``: the other way round.  ``neither``: both are rejected, or none.
    p_value : float
        Of the verdict: chance of a violation at least as large as seen if it were right; ``nan`` for ``equal`` and
        ``neither``.
    p_other, p_base : float
        The same of the hypotheses that the other and that the base dominates, in (0, 1]; 1 for ``equal``.
    statistic : float
        ``sqrt(n / 2)`` times the largest violation of the other's dominance, a difference of shares.
    violated : float
        Area in which the one that is behind on the whole is ahead, as a share of all area between the two distribution
        functions, in [0, .5]; 0 for ``equal``.
    """

    verdict: str
    p_value: float
    p_other: float
    p_base: float
    statistic: float
    violated: float


def dominance(base: Numbers, other: Numbers, seed: int, higher: bool = True, draws: int = DRAWS) -> Dominance:
    """Test whether one of two strategies is better at every level.

    Parameters
    ----------
    base, other : int64 or float64, (replication,)
        The same replications of two strategies, without ``nan``.
    seed : int
        In [0, 2**64); of the resamples.
    higher : bool
        Whether more is better.
    draws : int
        How many resamples.

    Returns
    -------
    Dominance
        A violation is sought at up to 512 levels; areas are exact.  ``neither`` below 10 replications.
    """
    differences(base, other)  # refuses what is not paired
    first, second = (base, other) if higher else (-base, -other)
    if np.array_equal(np.sort(first), np.sort(second)):
        return Dominance("equal", math.nan, 1.0, 1.0, 0.0, 0.0)
    levels = _levels(first, second)
    places = np.searchsorted(levels, first), np.searchsorted(levels, second)
    p_other, p_base, statistic = _chances(places, len(levels), seed, draws)
    if len(first) < FEWEST:
        p_other = p_base = 1.0
    if p_base < LEVEL <= p_other:
        verdict, p_value = "other dominates", p_other
    elif p_other < LEVEL <= p_base:
        verdict, p_value = "baseline dominates", p_base
    else:
        verdict, p_value = "neither", math.nan
    return Dominance(verdict, p_value, p_other, p_base, statistic, _violated(first, second))


def _levels(first: Numbers, second: Numbers) -> Numbers:
    """Choose the values at which the two distribution functions are held against each other, in rising order."""
    found = np.unique(np.concatenate([first, second]))
    if len(found) <= MOST_LEVELS:
        return found
    return found[np.linspace(0, len(found) - 1, MOST_LEVELS).astype(np.int64)]


def _chances(places: tuple[Ints, Ints], levels: int, seed: int, draws: int) -> tuple[float, float, float]:
    """Return the p-values of either hypothesis, and the statistic of the first.  ``places`` are those of the levels."""
    count = len(places[0])
    scale = math.sqrt(count / 2)
    seen = (_running(places[1], levels, None) - _running(places[0], levels, None)) / count
    statistics = [scale * max(0.0, float(side.max())) for side in (seen, -seen)]
    # where one is clearly behind it cannot violate; elsewhere the two may be level, which is the hardest case
    behind = -_RECENTRING * math.sqrt(math.log(max(math.e, math.log(max(3, count)))))
    centres = [np.where(scale * side < behind, side, 0.0) for side in (seen, -seen)]
    beaten = [0, 0]
    for counts in resamples(count, seed, draws):
        for drawn in counts:
            gap = (_running(places[1], levels, drawn) - _running(places[0], levels, drawn)) / count - seen
            for at, (side, centre) in enumerate(zip((gap, -gap), centres, strict=True)):
                beaten[at] += scale * max(0.0, float((side + centre).max())) >= statistics[at]
    p_values = [(1 + times) / (1 + draws) for times in beaten]
    return p_values[0], p_values[1], statistics[0]


def _running(places: Ints, levels: int, drawn: Floats | None) -> Floats:
    """Return how many replications are at or below each level."""
    return np.cumsum(np.bincount(places, weights=drawn, minlength=levels)[:levels]).astype(np.float64)


def _violated(first: Numbers, second: Numbers) -> float:
    """Return the smaller area between the two distribution functions as a share of both."""
    points = np.unique(np.concatenate([first, second]))
    shares = [np.searchsorted(np.sort(values), points[:-1], side="right") for values in (first, second)]
    gap = (shares[1] - shares[0]) * np.diff(points).astype(np.float64)
    above, below = float(gap[gap > 0].sum()), -float(gap[gap < 0].sum())
    return min(above, below) / (above + below)
