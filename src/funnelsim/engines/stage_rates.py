r"""What a stage's stated figures imply: the pace of its advance clock and the rates of its losses.

The question: leads enter a stage on some day of the week, are worked at their pace in whole touches on working days,
advance when the work reaches a Gamma threshold, and are lost at a steady rate.  Which gain and which loss rate make
exactly the stated share advance?

**How.**  On the j-th working day after entering, a lead has had ``floor((j * pace + rest) / touch)`` touches in all,
whatever the weekday; ``rest = max(0, touch - pace)``, so that the first touch comes at once.  A touch adds ``m`` to the
advance clock; within a day both clocks run evenly.  With ``A`` and ``L`` the clocks at the start of a day, ``m`` and
``r`` what they run on it and ``k`` the shape, a lead advances on that day with chance

.. math::  \frac{k\,m}{(k-1)!}\,e^{-kA-L}\int_0^1 (kA + kmx)^{k-1} e^{-(km+r)x}\,dx,

a sum of positive incomplete gamma functions.  Summed over days until nobody is left and averaged over the weekday of
entry, this is the conversion.  The loss rate is solved so that it is the stated one, exactly; then the gain, within a
factor of 8 of the formula for steady work, so that the median stay is the stated one too.

What it leaves out: holidays, and everything that keeps a lead from its pace: too few hours, hand-offs, forces.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from funnelsim.engines.steady_rates import Steady, steady_rates
from funnelsim.kernels.funnel_arrays import TICKS_PER_HOUR

Floats = npt.NDArray[np.float64]

WEEK = 7
NOBODY = 1e-14
"""Days are summed until fewer leads than this share are left."""
MOST_DAYS = 1 << 17
LOWEST = 64.0
"""A loss rate that must be e to minus this of the formula's is no rate any more."""
WIDEST = 8.0
"""The gain stays within this factor of the formula for steady work."""


class StageProblem(NamedTuple):
    """What is known of a stage; hashable, so that equal problems are solved once.

    Attributes
    ----------
    conversion : float
        Share of leads that advance, in (0, 1].
    median : float
        Median stay, calendar days.
    hours : float
        Mean effective hours until a lead leaves.
    touch, pace : int
        Ticks of a touch, and that a lead absorbs on a working day.
    shape : int
        Of the Gamma advance threshold.
    by_work : bool
        Whether losses wait for effective hours instead of days.
    workdays : tuple of bool, (7,)
        Monday first.
    other : float
        Pace of leads that are no buyers against buyers; 0 where they never advance.
    inflow : tuple of float, (14,)
        Shares of buyers, then of others, by the weekday of entry, Monday first; they sum to 1.
    """

    conversion: float
    median: float
    hours: float
    touch: int
    pace: int
    shape: int
    by_work: bool
    workdays: tuple[bool, ...]
    other: float
    inflow: tuple[float, ...]


class StageRates(NamedTuple):
    """What it implies.

    Attributes
    ----------
    gain : float
        Advance clock (mean threshold 1) per effective hour of a buyer.
    loss : float
        All losses together, a day, or an effective hour where ``by_work``.
    buyer_conversion, other_conversion : float
        Shares that advance; 0 where there are none of the kind.
    days : float
        Mean stay, whole days.
    at_median : float
        Share still there at the stated median; 1/2 unless whole touches forbid it.
    advanced, lost : tuple of float, (14,)
        Shares of all that entered, by kind and the weekday after the one on which they left.
    """

    gain: float
    loss: float
    buyer_conversion: float
    other_conversion: float
    days: float
    at_median: float
    advanced: tuple[float, ...]
    lost: tuple[float, ...]


@lru_cache(maxsize=1 << 15)  # a sweep checks all its designs before it simulates the first
def solve_stage(problem: StageProblem) -> StageRates:
    """Solve a stage.

    Parameters
    ----------
    problem : StageProblem
        With a conversion that is possible: below the share of leads that can advance at all.

    Returns
    -------
    StageRates
        The conversion of the mix is the stated one to rounding.
    """
    buyers = math.fsum(problem.inflow[:WEEK])
    steady = steady_rates(problem.conversion, problem.shape, buyers, problem.other)
    slowest = problem.other if problem.other > 0 and buyers < 1 else 1.0
    if problem.by_work:
        gain, loss = steady.within_mean(problem.conversion, problem.hours)
        a_day = problem.pace * sum(problem.workdays) / WEEK / TICKS_PER_HOUR
        leaving = (gain * slowest + loss) * a_day
    else:
        leaving = 0.0
    advance, lose = steady.within_median(problem.median)
    leaving = leaving or slowest * advance + lose
    days = min(MOST_DAYS, math.ceil(40 / leaving) + 60)
    while True:
        clocks = _Clocks(problem, days)
        if not problem.by_work:
            gain, loss = _by_time(problem, clocks, steady)
        if days >= MOST_DAYS or clocks.left(gain, loss) < NOBODY:
            return _told(problem, clocks, gain, loss)
        days = min(2 * days, MOST_DAYS)


def _by_time(problem: StageProblem, clocks: _Clocks, steady: Steady) -> tuple[float, float]:
    """Return gain and daily loss rate: the conversion exactly, the median as nearly as the gain's range allows."""
    advance, start = steady.within_median(problem.median)
    a_day = problem.pace * sum(problem.workdays) / WEEK / TICKS_PER_HOUR
    found: dict[float, float] = {}

    def late(log_factor: float) -> float:
        gain = advance / a_day * math.exp(log_factor)
        found[log_factor] = _loss_rate(problem, clocks, gain, start)
        return clocks.still_there(gain, found[log_factor], problem.median) - 0.5

    first = late(0.0)
    end = math.copysign(math.log(WIDEST), first)
    chosen = 0.0
    if first != 0.0:
        chosen = end if first * late(end) >= 0 else float(optimize.brentq(late, 0.0, end, xtol=1e-9))
    late(chosen)
    return advance / a_day * math.exp(chosen), found[chosen]


def _loss_rate(problem: StageProblem, clocks: _Clocks, gain: float, start: float) -> float:
    """Return the daily loss rate at which exactly the stated share advances."""
    if start == 0.0:
        return 0.0

    def excess(log_rate: float) -> float:
        return clocks.conversion(gain, math.exp(log_rate)) - problem.conversion

    low = high = math.log(start)
    step = 0.25
    while excess(low) < 0:
        low, step = low - step, 2 * step
        if step > LOWEST:
            return math.exp(low)
    step = 0.25
    while excess(high) > 0:
        high, step = high + step, 2 * step
    if low == high:
        return start
    return math.exp(float(optimize.brentq(excess, low, high, xtol=1e-15, rtol=8.9e-16)))


class _Clocks:
    """The clocks of always-worked leads, for each weekday of entry."""

    def __init__(self, problem: StageProblem, days: int) -> None:
        self.problem, self.days = problem, days
        weekday = (np.arange(WEEK)[:, None] + np.arange(days)) % WEEK
        worked = np.cumsum(np.array(problem.workdays, dtype=np.int64)[weekday], axis=1)
        after = np.where(worked > 0, problem.pace * worked + max(0, problem.touch - problem.pace), 0) // problem.touch
        self.before = np.concatenate([np.zeros((WEEK, 1), dtype=np.int64), after], axis=1)  # (weekday, day + 1)
        touches = np.diff(self.before, axis=1)
        self.entry, self.day = np.nonzero(touches)
        self.so_far = self.before[self.entry, self.day].astype(np.float64)
        self.sizes, self.size = np.unique(touches[self.entry, self.day], return_inverse=True)
        self.inflow = np.array(problem.inflow).reshape(2, WEEK)
        self.touch_hours = problem.touch / TICKS_PER_HOUR

    def steps(self, gain: float) -> tuple[float, float]:
        """Advance clock per touch of buyers and of others."""
        one = gain * self.touch_hours
        return one, one * self.problem.other

    def losses(self, loss: float) -> tuple[Floats, Floats]:
        """Loss clock at the start of each touched day, and what it runs on such a day, by number of touches."""
        if self.problem.by_work:
            return loss * self.touch_hours * self.so_far, loss * self.touch_hours * self.sizes
        return loss * self.day.astype(np.float64), np.full(len(self.sizes), loss)

    def advanced(self, step: float, loss: float) -> Floats:
        """Chance to advance on each touched day, of leads that entered on its weekday."""
        k = self.problem.shape
        before, during = self.losses(loss)
        run = k * step * self.sizes
        both = run + during
        clock = k * step * self.so_far
        total = np.zeros(self.entry.shape)
        for j in range(k):
            part = math.factorial(j) * special.gammainc(j + 1, both) * (run / both) ** (j + 1)
            total += math.comb(k - 1, j) * clock ** (k - 1 - j) * part[self.size]
        return np.asarray(total * np.exp(-clock - before) / math.factorial(k - 1))

    def by_entry(self, step: float, loss: float) -> Floats:
        """Share that advances, by weekday of entry."""
        if step == 0.0:
            return np.zeros(WEEK)
        return np.asarray(np.bincount(self.entry, self.advanced(step, loss), WEEK), dtype=np.float64)

    def conversion(self, gain: float, loss: float) -> float:
        """Share of all leads that advance."""
        steps = self.steps(gain)
        return math.fsum(float(self.inflow[kind] @ self.by_entry(steps[kind], loss)) for kind in range(2))

    def survival(self, step: float, loss: float, day: int | slice) -> Floats:
        """Share still there at the start of a day, by weekday of entry."""
        k = self.problem.shape
        lost = loss * self.touch_hours * self.before if self.problem.by_work else loss * np.arange(self.days + 1)[None]
        lost = np.broadcast_to(lost, self.before.shape)[:, day]
        return np.asarray(special.gammaincc(k, k * step * self.before[:, day]) * np.exp(-lost))

    def left(self, gain: float, loss: float) -> float:
        """Share of leads still there after the last day, at most."""
        there = [float(self.survival(step, loss, -1).max()) for step in self.steps(gain)]
        return max(float(share) * one for share, one in zip(self.inflow.sum(axis=1), there, strict=True))

    def still_there(self, gain: float, loss: float, days: float) -> float:
        """Share of all leads still there after some days, which need not be whole."""
        whole = min(int(days), self.days - 1)
        part = min(days - whole, 1.0)
        touches = self.before[:, whole] * (1 - part) + self.before[:, whole + 1] * part
        k, total = self.problem.shape, 0.0
        for kind, step in enumerate(self.steps(gain)):
            there = special.gammaincc(k, k * step * touches) * math.exp(-loss * days)
            total += float(self.inflow[kind] @ there)
        return total


def _told(problem: StageProblem, clocks: _Clocks, gain: float, loss: float) -> StageRates:
    """Return everything that is told of a solved stage."""
    advanced, lost = np.zeros((2, WEEK)), np.zeros((2, WEEK))
    conversion, days = [0.0, 0.0], 0.0
    leaves = (np.arange(WEEK)[:, None] + np.arange(clocks.days) + 1) % WEEK
    for kind, step in enumerate(clocks.steps(gain)):
        share = clocks.inflow[kind]
        there = clocks.survival(step, loss, slice(None))
        ended = there[:, :-1] - there[:, 1:]
        if step > 0:
            chance = clocks.advanced(step, loss)
            ended[clocks.entry, clocks.day] -= chance
            weight = share[clocks.entry] * chance
            advanced[kind] = np.bincount(leaves[clocks.entry, clocks.day], weight, WEEK)
            conversion[kind] = float(weight.sum() / share.sum()) if share.sum() > 0 else 0.0
        weight = np.maximum(ended, 0.0) * share[:, None] if loss > 0 else np.zeros_like(ended)
        lost[kind] = np.bincount(leaves.ravel(), weight.ravel(), WEEK)
        days += float(share @ there.sum(axis=1))
    at_median = clocks.still_there(gain, loss, problem.median) if not problem.by_work else math.nan
    return StageRates(
        gain, loss, conversion[0], conversion[1], days, at_median, tuple(advanced.ravel()), tuple(lost.ravel())
    )
