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

from funnelsim.engines.learning.gamma_poisson import factors, spread_of, summed
from funnelsim.engines.learning.hazards import BETWEEN_BANDS, HALF_AN_EVENT, LEAST_EVENTS, lead_classes, stage_hazards
from funnelsim.engines.learning.statements import StatedStays, lead_days, picked
from funnelsim.engines.learning.weekdays import weekday_factors
from funnelsim.model.calibration import CENSORED, HazardCurve, StageHazards
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

TURNS: Final = 60
"""Turns at most; each raises the posterior."""


class _Fit(NamedTuple):
    """Factors of some targets together, and their curves by origin and target."""

    dates: DateFactors
    curves: dict[tuple[int, int], HazardCurve]


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
        None where fewer than ten leads with a stated close were won.
    """
    stays, told = split.stays, ~np.isnan(split.stated)
    if np.count_nonzero(stays.cause[told] == stays.won) < LEAST_WINS:
        return None
    others = picked(stays, ~told)
    own = np.count_nonzero(others.cause == stays.won) >= OWN_RATES
    dated, every = thinned(split, told, MOST_LEAD_DAYS)
    base = stage_hazards(dated.stays, hazards)
    won, lost, moved = (_fit(dated, base, to) for to in ((stays.won,), (stays.lost,), tuple(range(1, stays.won))))
    fitted = won.curves | lost.curves | moved.curves
    curves = tuple(fitted.get((curve.origin, curve.target), curve) for curve in base.curves)
    return DatedHazards(
        hazards=replace(base, curves=curves),
        won=won.dates,
        lost=lost.dates,
        moved=moved.dates,
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


def band_edges(lags: Ints) -> Floats:
    """Return where days from the stated close are cut.

    Parameters
    ----------
    lags : int64, (event,)
        Whole days from the stated day to the events.

    Returns
    -------
    float64, (band - 1,)
        Quantiles, as many as Rice's rule has it; a day that holds as many events as a band should is a band of its
        own.  Days before the first event and after the last one are apart.  Empty for fewer than ten events.
    """
    bands = min(ceil(2.0 * len(lags) ** (1.0 / 3.0)), len(lags) // LEAST_EVENTS)
    if bands < 2:
        return np.zeros(0)
    size = len(lags) / bands
    days, counts = np.unique(lags, return_counts=True)
    heavy = days[counts >= size]
    light = lags[~np.isin(lags, heavy)]
    parts = ceil(len(light) / size)
    cuts = np.quantile(light, np.arange(1, parts + 1) / parts, method="inverted_cdf") + 1 if parts else np.zeros(0)
    return np.unique(np.concatenate([[days[0], days[-1] + 1], heavy, heavy + 1, cuts])).astype(np.float64)


def lags_of(split: StatedStays) -> Ints:
    """Return whole days from the stated day to the end of each stay.

    Parameters
    ----------
    split : StatedStays
        All with a stated close.

    Returns
    -------
    int64, (stay,)
        Negative before it.
    """
    return (np.floor(split.stays.stop + split.stays.monday) - split.stated).astype(np.int64)


def _fit(split: StatedStays, base: StageHazards, targets: tuple[int, ...]) -> _Fit:
    curves = [replace(curve, edges=_of_days(curve.edges)) for curve in base.curves if curve.target in targets]
    stays = split.stays
    done = np.isin(stays.cause, targets)
    edges = band_edges(lags_of(split)[done])
    whole = _whole_days(split, edges)
    seen, spent = [], []
    for curve in curves:
        rows = np.flatnonzero(stays.state == curve.origin)
        seen.append(_events(split, rows[stays.cause[rows] == curve.target], curve, edges))
        spent.append(_exposure(split, rows, curve, edges) * whole[curve.origin][:, None])
    factor, fitted = np.ones(len(edges) + 1), curves
    events = np.sum([counts.sum(axis=(0, 2)) for counts in seen], axis=0) + np.zeros(len(edges) + 1)
    for _ in range(TURNS):
        before = factor
        days = [np.einsum("abw,b->aw", there, factor) for there in spent]
        weekly = [weekday_factors(counts.sum(axis=1), there) for counts, there in zip(seen, days, strict=True)]
        fitted = [_curve(*each) for each in zip(curves, seen, days, weekly, strict=True)]
        due = np.zeros(len(edges) + 1)
        for curve, there in zip(fitted, spent, strict=True):
            due += np.einsum("a,abw,w->b", curve.rate, there, curve.weekly)
        due *= events.sum() / due.sum() if due.any() else 1.0
        spread = spread_of(events, due, BETWEEN_BANDS)
        factor, error = factors(events, due, spread) if len(edges) else (np.ones(1), np.zeros(1))
        if np.max(np.abs(factor / before - 1.0)) < 1e-4:
            break
    share = due * factor
    share = share / share.sum() if share.any() else np.full(len(share), 1.0 / len(share))
    dates = DateFactors(edges, whole, events, due, factor, error, share, spread)
    return _Fit(dates, {(curve.origin, curve.target): curve for curve in fitted})


def _of_days(edges: Floats) -> Floats:
    """Return the edges of cells that last a day or longer: leads are followed day by day."""
    kept = [float(edges[-1])]
    for edge in edges[-2:0:-1].tolist():
        if kept[-1] - edge >= 1.0 and edge >= 1.0:
            kept.append(edge)
    return np.array(sorted({0.0, *kept}))


def _curve(curve: HazardCurve, seen: Floats, days: Floats, weekly: Floats) -> HazardCurve:
    """Return the rate by age where the factors of dates and weekdays are 1."""
    events, exposure = seen.sum(axis=(1, 2)), days @ weekly
    empty = events == 0.0
    pace = exposure[~empty].sum() / events.sum() if events.any() else curve.prior_exposure[0] / HALF_AN_EVENT
    prior = np.where(empty, HALF_AN_EVENT, 0.0)
    return replace(
        curve, events=events, exposure=exposure, weekly=weekly, prior_events=prior, prior_exposure=prior * pace
    )


def _whole_days(split: StatedStays, edges: Floats) -> Floats:
    """Return by what a lead-day in each state and band counts: 1, but for bands of one day."""
    # Leads leave evenly over a day, not at a set time of it: a share q that goes on it has the hazard -log(1 - q).
    stays = split.stays
    whole = np.ones((stays.won, len(edges) + 1))
    start, stop = stays.start + stays.monday, stays.stop + stays.monday
    ended = stays.cause != CENSORED
    for band in np.flatnonzero(np.diff(edges) == 1.0).tolist():
        day = split.stated + edges[band]
        there = np.flatnonzero((start <= day) & (stop > day) & ((stop >= day + 1.0) | ended))
        state, left = stays.state[there], np.minimum(stop[there] - day[there], 1.0)
        at_risk, gone = summed(state, left > 0.0, stays.won), summed(state, left < 1.0, stays.won)
        told, spent = gone >= LEAST_EVENTS, summed(state, left, stays.won)
        hazard = -np.log1p(-gone / (at_risk + HALF_AN_EVENT))
        whole[told, band + 1] = gone[told] / hazard[told] / spent[told]
    return whole


def _events(split: StatedStays, rows: Ints, curve: HazardCurve, edges: Floats) -> Floats:
    stays = split.stays
    day = np.floor(stays.stop[rows] + stays.monday)
    age = np.round((stays.stop - stays.entered)[rows], 9)
    cell = np.maximum(np.searchsorted(curve.edges, age - 1e-6) - 1, 0)
    band = np.searchsorted(edges, day - split.stated[rows], side="right")
    shape = (len(curve.edges), len(edges) + 1, 7)
    at = np.ravel_multi_index((cell, band, day.astype(np.int64) % 7), shape)
    return np.bincount(at, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)


def _exposure(split: StatedStays, rows: Ints, curve: HazardCurve, edges: Floats) -> Floats:
    """Return lead-days by cell of age, band and weekday."""
    shape = (len(curve.edges), len(edges) + 1, 7)
    spent = np.zeros(int(np.prod(shape)))
    for days in lead_days(split.stays, rows):
        cell = np.maximum(np.searchsorted(curve.edges, days.age) - 1, 0)
        band = np.searchsorted(edges, days.day - split.stated[days.row], side="right")
        spent += np.bincount((cell * shape[1] + band) * 7 + days.day % 7, weights=days.part, minlength=len(spent))
    return spent.reshape(shape)


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
                rate *= pull[np.searchsorted(dates.edges, lag, side="right")] * curve.factor[kind[days.row]]
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
    known = dates.error > 0.0
    square = np.square(np.where(known, dates.error, 1.0))
    drawn = rng.gamma(np.square(dates.factor) / square, square / dates.factor, size=(draws, len(dates.factor)))
    ratio = np.where(known, drawn / dates.factor, 1.0)
    return np.asarray(dates.factor * ratio / (ratio @ dates.share)[:, None])
