"""What a stated close date says: factors of the days to and from it on the rates of winning and of losing.

Is a lead won on the day that was stated, about it, or whenever?  The rate of winning is the rate by age times a factor
of the day counted from the stated one, and so is the rate of losing.  Both are fitted together (Poisson likelihood, by
turns), and the factors are shrunk towards 1 by how far they prove to lie apart: dates that mean nothing end near 1,
and a firm date is a band of one day that holds nearly all wins.

What it leaves out: what it means for an open lead (:mod:`funnelsim.engines.learning.dated_laws`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import ceil
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.date_bands import horizon_cuts, horizons_of, on_clock
from funnelsim.engines.learning.date_factors import fit_dates
from funnelsim.engines.learning.gamma_poisson import summed
from funnelsim.engines.learning.hazards import LEAST_EVENTS, lead_classes, stage_hazards
from funnelsim.engines.learning.statements import StatedStays, lead_days, picked
from funnelsim.model.calibration import StageHazards
from funnelsim.model.covariates import DatedHazards, DateFactors

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST_WINS: Final = 2 * LEAST_EVENTS
"""Wins below which there is nothing to tell two bands apart with."""

OWN_RATES: Final = 30
"""Wins from which on leads without a stated close have rates of their own."""

MOST_LEAD_DAYS: Final = 6_000_000
"""Lead-days that factors rest on; of longer records every so many-th lead is taken: their luck is then far below the
shocks of periods."""

MOST_DUE_DAYS: Final = 20_000_000
"""Lead-days in which wins are compared with what was due."""


def dated_hazards(split: StatedStays, hazards: StageHazards) -> DatedHazards | None:
    """Return rates of leads with a stated close.

    Parameters
    ----------
    split : StatedStays
        All stays.
    hazards : StageHazards
        Of all leads, whose classes are kept.

    Returns
    -------
    DatedHazards or None
        None where fewer than ten leads with a stated close were won, or where their dates say nothing and leads
        without are too few to have rates of their own: nothing is then gained by telling dates apart.
    """
    stays, told = split.stays, ~np.isnan(split.stated)
    if np.count_nonzero(stays.cause[told] == stays.won) < LEAST_WINS:
        return None
    others = picked(stays, ~told)
    own = np.count_nonzero(others.cause == stays.won) >= OWN_RATES
    dated, every = thinned(split, told, MOST_LEAD_DAYS)
    base = stage_hazards(dated.stays, hazards)
    cuts = horizon_cuts(horizons_of(dated)[dated.stays.cause >= stays.won])
    won, lost, moved = (
        fit_dates(dated, base, to, cuts) for to in ((stays.won,), (stays.lost,), tuple(range(1, stays.won)))
    )
    if not own and won.dates.flat and lost.dates.flat and moved.dates.flat:
        return None
    fitted = won.curves | lost.curves | moved.curves
    curves = tuple(fitted.get((curve.origin, curve.target), curve) for curve in base.curves)
    return DatedHazards(
        hazards=replace(base, curves=curves),
        won=won.dates,
        lost=lost.dates,
        moved=moved.dates,
        horizon_cuts=cuts,
        others=stage_hazards(others, hazards) if own else hazards,
        leads=len(np.unique(dated.stays.lead)),
        every=every,
    )


def thinned(split: StatedStays, told: npt.NDArray[np.bool_], most: int) -> tuple[StatedStays, int]:
    """Return stays with a stated close, of every so many-th lead where there are too many.

    Parameters
    ----------
    split : StatedStays
        All stays.
    told : bool, (stay,)
        Which have a stated close.
    most : int
        Lead-days, about.

    Returns
    -------
    stays : StatedStays
        All stays of a lead or none.
    every : int
        1 where nothing was left out.
    """
    days = float((split.stays.stop[told] - split.stays.start[told]).sum()) + float(told.sum())
    every = max(ceil(days / most), 1)
    rows = np.flatnonzero(told & (split.stays.lead % every == 0))
    return StatedStays(picked(split.stays, rows), split.stated[rows]), every


class _Due(NamedTuple):
    """Hazards of some lead-days: row of the stay, day since the Monday, 0 for winning and 1 for losing."""

    row: Ints
    day: Ints
    lost: int
    hazard: Floats


def dated_due(
    split: StatedStays, dated: DatedHazards, edges: Floats, scales: tuple[Floats, Floats] | None = None
) -> tuple[Floats, Floats]:
    """Return the wins and losses in past periods of leads with a stated close, and the numbers that were due.

    Only leads that were born before a period count in it, as for a forecast of open leads.

    Parameters
    ----------
    split : StatedStays
        All with a stated close.
    dated : DatedHazards
        What was learned from them.
    edges : float64, (period + 1,)
        Days of the records, rising.
    scales : pair of float64, (lead,), optional
        Factors of each lead on winning and on losing, such as those of its segment.

    Returns
    -------
    seen, due : float64, (2, period)
        Won, then lost; exact but for the age, which is taken in the middle of each day.
    """
    stays, periods = split.stays, len(edges) - 1
    born_before = np.append(edges[:-1], -np.inf)
    period = _period(edges, stays.stop)
    old = stays.born < born_before[period]
    seen = np.stack([summed(period, old & (stays.cause == target), periods + 1) for target in (stays.won, stays.lost)])
    due = np.zeros((2, periods + 1))
    for each in _hazards(split, dated):
        period = _period(edges, np.asarray(each.day + (0.5 - stays.monday), dtype=np.float64))
        hazard = each.hazard * (stays.born[each.row] < born_before[period])
        if scales is not None:
            hazard *= scales[each.lost][stays.lead[each.row]]
        due[each.lost] += summed(period, hazard, periods + 1)
    return seen[:, :periods], due[:, :periods]


def dated_due_of(split: StatedStays, dated: DatedHazards, group: Ints, groups: int) -> tuple[Floats, Floats]:
    """Return the wins and losses of groups of leads with a stated close, and the numbers that were due.

    Parameters
    ----------
    split : StatedStays
        All with a stated close.
    dated : DatedHazards
        What was learned from them.
    group : int64, (stay,)
        From 0.
    groups : int
        How many there are.

    Returns
    -------
    seen, due : float64, (2, group)
        Won, then lost.
    """
    stays = split.stays
    seen = np.stack([summed(group, stays.cause == target, groups) for target in (stays.won, stays.lost)])
    due = np.zeros((2, groups))
    for each in _hazards(split, dated):
        due[each.lost] += summed(group[each.row], each.hazard, groups)
    return seen, due


def _hazards(split: StatedStays, dated: DatedHazards) -> Iterator[_Due]:
    stays, hazards = split.stays, dated.hazards
    ahead = horizons_of(split)
    horizon = np.searchsorted(dated.horizon_cuts, ahead)
    for origin in range(stays.won):
        rows = np.flatnonzero(stays.state == origin)
        kind = np.zeros(len(stays), dtype=np.int64)
        kind[rows] = lead_classes(hazards, origin, stays.entered[rows] - stays.born[rows], stays.pr[rows])
        out = [curve for curve in hazards.curves if curve.origin == origin and curve.target >= stays.won]
        for days in lead_days(stays, rows):
            lag, weekday = days.day - split.stated[days.row], days.day % 7
            for curve in out:
                lost = int(curve.target == stays.lost)
                dates = dated.lost if lost else dated.won
                pull = dates.factor * dates.whole_day[origin]
                rate = curve.rate[np.maximum(np.searchsorted(curve.edges, days.age) - 1, 0)] * curve.weekly[weekday]
                place, speed = on_clock(lag, ahead[days.row], dates.scale, 0.5)
                rate *= pull[np.searchsorted(dates.edges, place, side="right")] * curve.factor[kind[days.row]]
                rate *= dates.horizon[horizon[days.row]] * speed
                yield _Due(days.row, days.day, lost, rate * days.part)


def _period(edges: Floats, day: Floats) -> Ints:
    """Return which period holds each day; one more than there are where none does."""
    period = np.searchsorted(edges, day, side="right") - 1
    return np.where((period >= 0) & (period < len(edges) - 1), period, len(edges) - 1).astype(np.int64)


def draw_dates(dates: DateFactors, rng: np.random.Generator, draws: int) -> Floats:
    """Return draws of the factors of a date.

    Parameters
    ----------
    dates : DateFactors
        Their posterior.
    rng : numpy Generator
        Where luck comes from.
    draws : int
        How many.

    Returns
    -------
    float64, (draw, band)
        Gamma with their means and sds, scaled so that what is due of all bands together stays.
    """
    return _draws(dates.factor, dates.error, dates.share, rng, draws)


def draw_horizons(dates: DateFactors, rng: np.random.Generator, draws: int) -> Floats:
    """Return draws of the factors of a stated horizon.

    Parameters
    ----------
    dates : DateFactors
        Their posterior.
    rng : numpy Generator
        Where luck comes from.
    draws : int
        How many.

    Returns
    -------
    float64, (draw, horizon)
        As those of :func:`draw_dates`.
    """
    return _draws(dates.horizon, dates.horizon_error, dates.horizon_share, rng, draws)


def _draws(factor: Floats, error: Floats, share: Floats, rng: np.random.Generator, draws: int) -> Floats:
    known = error > 0.0
    square = np.square(np.where(known, error, 1.0))
    drawn = rng.gamma(np.square(factor) / square, square / factor, size=(draws, len(factor)))
    ratio = np.where(known, drawn / factor, 1.0)
    return np.asarray(factor * ratio / (ratio @ share)[:, None])
