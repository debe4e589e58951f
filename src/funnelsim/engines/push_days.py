"""When a lead is won, if its close date may be pushed before it is decided.

PC is the chance of ever closing.  A lead is pushed k times with chance P(k); each push multiplies the odds of winning
by a factor f, so given k pushes it is won with chance ``p_k = o f**k / (1 + o f**k)``.  The on-time odds o are solved
so that ``sum_k P(k) p_k = PC``; the day of a winner then follows ``P(k) p_k / PC`` pushes, whose lengths are whole
days, so their sums are exact convolutions.  Money moves later and is never lost.

What it leaves out: close dates moved earlier, and pushes that depend on amount, stage or season.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special

from funnelsim.model.assumptions import PushLaw

Floats = npt.NDArray[np.float64]

MOST_STEPS = 500
ENOUGH = 1e-9
"""A Newton step this small leaves an error of its square."""


@dataclass(frozen=True, eq=False)
class DayLaw:
    """How many days after its reference day a winner closes.

    Attributes
    ----------
    offset_days : int64, (day,)
        Increasing, at least 0; counted from the stated close date (on time) or from the as-of day (overdue).
    weight : float64, (day,)
        Chance of each among winners, positive, summing to 1.
    """

    offset_days: npt.NDArray[np.int64]
    weight: Floats


@lru_cache(maxsize=65536)
def push_day_law(push: PushLaw, chance: float, *, overdue: bool) -> DayLaw:
    """Return the law of a winner's closing day.

    Parameters
    ----------
    push : PushLaw
        Chances, lengths and odds factor of pushes.
    chance : float
        PC, the chance of ever closing, in [0, 1].  The law of a lead that is never won is that of one hardly ever won.
    overdue : bool
        Overdue leads are pushed at least once, from the as-of day.

    Returns
    -------
    DayLaw
        Exact to rounding; read-only and cached.
    """
    total = winner_pushes(push, chance, overdue=overdue) @ _push_sums(push)
    offsets = np.flatnonzero(total)
    weights = total[offsets] / math.fsum(total)
    offsets.flags.writeable = weights.flags.writeable = False
    return DayLaw(offsets.astype(np.int64), weights)


def winner_pushes(push: PushLaw, chance: float, *, overdue: bool) -> Floats:
    """Return the chance of each number of pushes among winners.

    Parameters
    ----------
    push : PushLaw
        Chances, lengths and odds factor of pushes.
    chance : float
        PC, in [0, 1].
    overdue : bool
        Whether the lead has been pushed at least once.

    Returns
    -------
    float64, (most + 1,)
        ``P(k) p_k / PC``; sums to 1.
    """
    counts = push.counts(overdue=overdue)
    log_factors = math.log(push.odds) * np.arange(counts.size, dtype=np.float64)
    if chance >= 1:
        return counts
    with np.errstate(divide="ignore"):
        log_counts = np.log(counts)
    if chance <= 0:
        log_won = log_counts + log_factors
    else:
        log_won = log_counts + special.log_expit(_on_time_log_odds(log_counts, log_factors, chance) + log_factors)
    won = np.exp(log_won - log_won.max())
    return np.asarray(won / math.fsum(won))


def _on_time_log_odds(log_counts: Floats, log_factors: Floats, chance: float) -> float:
    """Solve ``sum_k P(k) expit(a + log f**k) = chance`` for a, by Newton on the log of the smaller of win and loss."""
    # The root lies between the log-odds of the chance if no lead, and if every lead, had all pushes.  With extreme
    # factors the sum has plateaus, so a step that leaves what is left of that bracket is replaced by halving it.
    sign = 1 if chance <= 0.5 else -1
    target = math.log(min(chance, 1 - chance))
    low = math.log(chance) - math.log1p(-chance)
    high = low - float(log_factors[-1])
    a = low if sign > 0 else high
    for _ in range(MOST_STEPS):
        terms = log_counts + special.log_expit(sign * (a + log_factors))
        shares = np.exp(terms - terms.max())
        miss = target - float(terms.max()) - math.log(math.fsum(shares))
        slope = float(shares @ special.expit(-sign * (a + log_factors))) / math.fsum(shares)
        low, high = (a, high) if miss * sign > 0 else (low, a)
        newton = a + sign * miss / slope if slope > 0 else math.inf
        if abs(newton - a) <= ENOUGH * max(abs(a), 1):
            break
        a = newton if low <= newton <= high else (low + high) / 2
    assert abs(newton - a) <= ENOUGH * max(abs(a), 1), "a bracketed root is always found"
    return newton


@lru_cache(maxsize=64)
def _push_sums(push: PushLaw) -> Floats:
    """Return the law of the days that k pushes take, ``(push, day)``: row k is a k-fold convolution."""
    one = np.zeros(max(push.days) + 1)
    np.add.at(one, np.array(push.days), np.array(push.weights))
    sums = np.zeros((push.most + 1, max(push.days) * push.most + 1))
    lengths = np.ones(1)
    for law in sums:
        law[: lengths.size] = lengths
        lengths = np.convolve(lengths, one)
    sums.flags.writeable = False
    return sums
