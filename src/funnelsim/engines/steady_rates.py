r"""Rates of a stage in which work and losses run evenly: closed forms that the exact solver starts from.

The question: with a Gamma threshold of shape k and mean 1, an advance clock at rate a and a loss rate l, a share
:math:`(ka/(ka+l))^k` advances.  Which ratio a/l gives the stated share of a mix of buyers and others, and which a and l
the stated median or mean stay?

What it leaves out: days, weekends and whole touches (:mod:`funnelsim.engines.stage_rates`).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from scipy import optimize, special

LEAST, MOST = math.log(1e-14), math.log(1e14)
"""Range of log ratios between advancing and being lost."""


def advancing(ratio: float, shape: int) -> float:
    """Return the share that advances.

    Parameters
    ----------
    ratio : float
        Rate of the advance clock by the rate of losses, at least 0.
    shape : int
        Of the Gamma threshold with mean 1.

    Returns
    -------
    float
        In [0, 1).
    """
    return (shape * ratio / (shape * ratio + 1)) ** shape


class Steady(NamedTuple):
    """A mix of leads under steady clocks.

    Attributes
    ----------
    ratio : float
        Rate of the buyers' advance clock by the rate of losses; infinite without losses.
    shape : int
        Of the Gamma threshold.
    buyers, other : float
        Share of buyers, and the pace of the others against theirs.
    """

    ratio: float
    shape: int
    buyers: float
    other: float

    def within_median(self, median: float) -> tuple[float, float]:
        """Return rates that halve the mix in a given time.

        Parameters
        ----------
        median : float
            The time, positive.

        Returns
        -------
        tuple of float
            Rate of the buyers' advance clock and of losses, in the unit of the time.
        """
        k = self.shape
        lossless = math.isinf(self.ratio)

        def late(log_rate: float) -> float:
            rate = math.exp(log_rate)
            clock = rate if lossless else rate * self.ratio
            there = self.buyers * special.gammaincc(k, k * clock)
            there += (1 - self.buyers) * special.gammaincc(k, k * clock * self.other)
            return float(there * (1.0 if lossless else math.exp(-rate))) - 0.5

        rate = math.exp(float(optimize.brentq(late, LEAST - 40, 60.0, xtol=1e-14))) / median
        return (rate, 0.0) if lossless else (rate * self.ratio, rate)

    def within_mean(self, conversion: float, mean: float) -> tuple[float, float]:
        """Return rates under which the mix leaves after a given mean time.

        Parameters
        ----------
        conversion : float
            Share that advances.
        mean : float
            The time, positive.

        Returns
        -------
        tuple of float
            As :meth:`within_median`.
        """
        if math.isinf(self.ratio):
            others = (1 - self.buyers) / self.other if self.buyers < 1 else 0.0
            return (self.buyers + others) / mean, 0.0
        loss = (1 - conversion) / mean  # losses come evenly, so their share is their rate times the mean stay
        return loss * self.ratio, loss


@lru_cache(maxsize=1 << 16)
def steady_rates(conversion: float, shape: int, buyers: float = 1.0, other: float = 0.0) -> Steady:
    """Solve for the ratio between advancing and being lost.

    Parameters
    ----------
    conversion : float
        Share that advances, in (0, 1] and below the share that can advance at all.
    shape : int
        Of the Gamma threshold.
    buyers : float, default 1
        Share of buyers.
    other : float, default 0
        Pace of the others against theirs; 0 where they never advance.

    Returns
    -------
    Steady
        To rounding.
    """
    if conversion >= 1:
        return Steady(math.inf, shape, buyers, other)

    def excess(log_ratio: float) -> float:
        ratio = math.exp(log_ratio)
        return buyers * advancing(ratio, shape) + (1 - buyers) * advancing(other * ratio, shape) - conversion

    if buyers >= 1 - 1e-15:
        root = conversion ** (1 / shape)
        return Steady(root / (shape * (1 - root)), shape, buyers, other)
    if excess(MOST) <= 0:
        return Steady(math.exp(MOST), shape, buyers, other)
    return Steady(math.exp(float(optimize.brentq(excess, LEAST, MOST, xtol=1e-14))), shape, buyers, other)


def mean_stay(conversion: float, median: float, shape: int) -> float:
    """Return the mean stay of leads of one kind that has the stated conversion and median.

    Parameters
    ----------
    conversion : float
        Share that advances, in (0, 1].
    median : float
        Median stay.
    shape : int
        Of the Gamma threshold.

    Returns
    -------
    float
        In the unit of the median; ``median / ln 2`` for shape 1.
    """
    advance, loss = steady_rates(conversion, shape).within_median(median)
    return (1 - conversion) / loss if loss > 0 else 1 / advance
