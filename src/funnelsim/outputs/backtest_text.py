"""Parts of a back-test as a planner says them: which forecasts are shown, misses, ranks, leans, amounts.

What it leaves out: sentences (:mod:`funnelsim.outputs.backtest_sentences`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from funnelsim.engines.backtesting.scoring import BOUNDS
from funnelsim.engines.statistics.held import binomial_range
from funnelsim.model.backtest import INDEPENDENT, OURS, Backtest, Forecaster, TargetScores
from funnelsim.model.calendar import Calendar
from funnelsim.model.results import PERCENTS
from funnelsim.outputs.number_text import money_text

_MEDIAN = 3


class Miss(NamedTuple):
    """One actual outside a band: its origin, what was booked, and the end of the band that it passed."""

    origin: int
    actual: int
    bound: int

    @property
    def above(self) -> bool:
        """Whether more was booked than the band allows."""
        return self.actual > self.bound


class Nearer(NamedTuple):
    """In how many origins one forecaster was nearer than another, of how many that differ, and the range by luck."""

    nearer: int
    of: int
    low: int
    high: int


class Lean(NamedTuple):
    """Actuals above and below the median, of how many, and the range of either by luck."""

    above: int
    below: int
    of: int
    low: int
    high: int


class AtOrBelow(NamedTuple):
    """Actuals at or below a percentile, and the range of an honest one by luck."""

    percent: int
    found: int
    low: int
    high: int


def shown(backtest: Backtest) -> Forecaster:
    """Return the forecasts that page and pictures are about.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    Forecaster
        Ours; with leads made independent where that was asked for.
    """
    asked = backtest.settings is not None and backtest.settings.independent
    name = INDEPENDENT if asked else OURS
    return next((one for one in backtest.forecasters if one.name == name), backtest.ours)


def targets(backtest: Backtest) -> list[int]:
    """Return the targets worth showing.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    list of int
        All; of a horizon of one period only that period, which is its own total.
    """
    return [0] if backtest.horizon == 1 else list(range(len(backtest.labels)))


def few(places: Sequence[int], most: int) -> list[int]:
    """Return some of many targets: the first, the last, and those that are spread most evenly between.

    Parameters
    ----------
    places : sequence of int
        All of them, in order.
    most : int
        At least 1.

    Returns
    -------
    list of int
        At most ``most``, in order.
    """
    if len(places) <= most:
        return list(places)
    steps = [round(at * (len(places) - 1) / max(1, most - 1)) for at in range(most)]
    return [places[step] for step in sorted(set(steps))]


def scores_of(backtest: Backtest, target: int) -> TargetScores:
    """Return the scores of the forecasts that are shown.

    Parameters
    ----------
    backtest : Backtest
        Any.
    target : int
        Its place.

    Returns
    -------
    TargetScores
        Of one target.
    """
    return backtest.score(shown(backtest).name, backtest.labels[target])


def misses(backtest: Backtest, target: int, level: int = 80) -> list[Miss]:
    """Return the actuals outside a band.

    Parameters
    ----------
    backtest : Backtest
        Any.
    target : int
        Its place.
    level : int
        50, 80 or 90.

    Returns
    -------
    list of Miss
        By origin.
    """
    bands = shown(backtest).percentiles
    assert bands is not None, "the forecasts that are shown have bands"
    low, high = BOUNDS[level]
    found = []
    for origin, actual in enumerate(backtest.actual[:, target].tolist()):
        lowest, highest = (int(bands[origin, target, end]) for end in (low, high))
        if actual < lowest or actual > highest:
            found.append(Miss(origin, actual, lowest if actual < lowest else highest))
    return found


def nearer(backtest: Backtest, rival: Forecaster, target: int = 0) -> Nearer:
    """Count the origins where the forecasts that are shown were nearer to what happened, by CRPS.

    Parameters
    ----------
    backtest : Backtest
        Any.
    rival : Forecaster
        Another forecaster.
    target : int
        Its place.

    Returns
    -------
    Nearer
        Over the origins where the rival had a forecast; equals are left out.  The range is that of a fair coin, 95 %.
    """
    ours, theirs = shown(backtest).crps[:, target], rival.crps[:, target]
    known = np.isfinite(theirs) & np.isfinite(ours) & (ours != theirs)
    count = int(known.sum())
    return Nearer(int((ours[known] < theirs[known]).sum()), count, *binomial_range(count, 0.5))


def skill(backtest: Backtest, rival: Forecaster, target: int) -> float | None:
    """Return how much smaller the CRPS of the forecasts that are shown is than a rival's.

    Parameters
    ----------
    backtest : Backtest
        Any.
    rival : Forecaster
        Another forecaster.
    target : int
        Its place.

    Returns
    -------
    float or None
        1 - ours over theirs, on the origins where the rival had a forecast; None where it had none, or hit exactly.
    """
    ours, theirs = shown(backtest).crps[:, target], rival.crps[:, target]
    known = np.isfinite(theirs)
    total = math.fsum(theirs[known].tolist())
    return None if not total else 1 - math.fsum(ours[known].tolist()) / total


def lean(backtest: Backtest, target: int) -> Lean:
    """Count the actuals above and below the median.

    Parameters
    ----------
    backtest : Backtest
        Any.
    target : int
        Its place.

    Returns
    -------
    Lean
        Actuals on the median are in neither.
    """
    bands = shown(backtest).percentiles
    assert bands is not None, "the forecasts that are shown have bands"
    gap = backtest.actual[:, target] - bands[:, target, _MEDIAN]
    above, below = int((gap > 0).sum()), int((gap < 0).sum())
    return Lean(above, below, above + below, *binomial_range(above + below, 0.5))


def at_or_below(backtest: Backtest, target: int) -> list[AtOrBelow]:
    """Count the actuals at or below each percentile.

    Parameters
    ----------
    backtest : Backtest
        Any.
    target : int
        Its place.

    Returns
    -------
    list of AtOrBelow
        By percentile, each with the range that luck leaves an honest one, 95 %.
    """
    bands, actual = shown(backtest).percentiles, backtest.actual[:, target]
    assert bands is not None, "the forecasts that are shown have bands"
    return [
        AtOrBelow(percent, int((actual <= bands[:, target, at]).sum()), *binomial_range(len(actual), percent / 100))
        for at, percent in enumerate(PERCENTS)
    ]


def rivals(backtest: Backtest) -> list[Forecaster]:
    """Return all forecasters but the one that is shown.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    list of Forecaster
        In the order of the record.
    """
    own = shown(backtest).name
    return [one for one in backtest.forecasters if one.name != own]


def amount(backtest: Backtest, minor: float, *, named: bool = False) -> str:
    """Return an amount in short form.

    Parameters
    ----------
    backtest : Backtest
        Names the currency and its decimals.
    minor : float
        Minor units.
    named : bool
        Whether the currency stands in front.

    Returns
    -------
    str
        Such as ``1.54M``; ``-`` where it is not known.
    """
    if not math.isfinite(minor):
        return "-"
    return money_text(minor, backtest.minor_digits, backtest.currency if named else None)


def share_text(share: float | None, *, signed: bool = False) -> str:
    """Return a share as a percentage that is never said to be 0 or 100.

    Parameters
    ----------
    share : float or None
        Any size.
    signed : bool
        Whether a plus stands before what is above 0.

    Returns
    -------
    str
        ``17%``; ``<1%`` below half a percent; ``-`` where it is not known.
    """
    if share is None or not math.isfinite(share):
        return "-"
    whole = round(100 * share)
    if whole == 0:
        return "<1%"
    if signed and whole == 100:  # a skill of 1 is a rival that is infinitely worse
        return ">+99%"
    return f"{whole:+,}%" if signed else f"{whole:,}%"


def origin_text(backtest: Backtest, origin: int) -> str:
    """Name an origin by its first period.

    Parameters
    ----------
    backtest : Backtest
        Any.
    origin : int
        Its place.

    Returns
    -------
    str
        Such as ``14 Nov 2011`` for a week, ``May 2017`` or ``Q2 FY2017``.
    """
    start = 1 if backtest.settings is None else backtest.settings.fiscal_start
    calendar = Calendar(backtest.origins[origin], backtest.unit, 1, start)
    return calendar.label(calendar.period_of(backtest.origins[origin])).removeprefix("week of ")
