"""Factors of the days to and from a stated close, and of how far ahead it was stated, on the rate of a transition.

Does the rate lean on the stated day at all?  Three laws compete: the rate by age alone, times a factor of the day
counted from the stated one, times a factor of the stated horizon (days from birth to the stated day) as well.  A factor
is taken in only where the counts are far likelier with it (marginal likelihood), is fitted together with the rate by
age (Poisson likelihood, by turns), and is shrunk towards 1 by how far bands prove to lie apart.

What it leaves out: who is followed (:mod:`funnelsim.engines.learning.stated_dates`).
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.gamma_poisson import factors, spread_of, summed
from funnelsim.engines.learning.hazards import BETWEEN_BANDS, HALF_AN_EVENT, LEAST_EVENTS
from funnelsim.engines.learning.statements import StatedStays, lead_days
from funnelsim.engines.learning.weekdays import weekday_factors
from funnelsim.model.calibration import CENSORED, HazardCurve, Spread, StageHazards
from funnelsim.model.covariates import DateFactors

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STRONG: Final = 3.0
"""Log of the Bayes factor from which on bands are told apart: strong evidence, about twenty to one."""

TURNS: Final = 60
"""Turns at most; each raises the posterior."""


class Fit(NamedTuple):
    """Factors of some targets together, and their curves by origin and target."""

    dates: DateFactors
    curves: dict[tuple[int, int], HazardCurve]


class _Counts(NamedTuple):
    """Events and lead-days of one curve, each (cell of age x weekday, band of days x band of the horizon)."""

    curve: HazardCurve
    seen: Floats
    spent: Floats


class _Bands(NamedTuple):
    """Factors of bands: posterior mean and sd, what was seen and due, and how far they lie apart."""

    factor: Floats
    error: Floats
    events: Floats
    due: Floats
    spread: Spread


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


def horizon_cuts(horizon: Ints) -> Floats:
    """Return where stated horizons are cut.

    Parameters
    ----------
    horizon : int64, (event,)
        Days from birth to the stated day of leads that were won or lost.

    Returns
    -------
    float64, (band - 1,)
        Days; bands of equal numbers of events hold their right edge, as many as Rice's rule has it.
    """
    bands = min(ceil(2.0 * len(horizon) ** (1.0 / 3.0)), len(horizon) // LEAST_EVENTS)
    if bands < 2:
        return np.zeros(0)
    cuts = np.unique(np.quantile(horizon, np.arange(1, bands) / bands, method="inverted_cdf"))
    return np.asarray(cuts[cuts < horizon.max()], dtype=np.float64)


def horizons_of(split: StatedStays) -> Ints:
    """Return days from the day of birth to the stated day.

    Parameters
    ----------
    split : StatedStays
        All with a stated close.

    Returns
    -------
    int64, (stay,)
        Of the statement in force: a lead whose day is stated anew has a new horizon.
    """
    return (split.stated - np.floor(split.stays.born + split.stays.monday)).astype(np.int64)


def fit_dates(split: StatedStays, base: StageHazards, targets: tuple[int, ...], cuts: Floats) -> Fit:
    """Return factors of stated days and horizons on the rates of going to some states.

    Parameters
    ----------
    split : StatedStays
        All with a stated close.
    base : StageHazards
        Rates by age of the same stays; where cells of age are cut is kept, but for cells shorter than a day.
    targets : tuple of int
        States whose transitions share the factors.
    cuts : float64, (band - 1,)
        Of the horizon.

    Returns
    -------
    Fit
        Without edges where the days say nothing, and with factors 1 where the horizon says nothing.
    """
    stays = split.stays
    done = np.isin(stays.cause, targets)
    edges = band_edges(lags_of(split)[done])
    whole = _whole_days(split, edges)
    shape = (len(edges) + 1, len(cuts) + 1)
    horizon = np.searchsorted(cuts, horizons_of(split))
    plain = []
    for curve in base.curves:
        if curve.target in targets:
            coarse = replace(curve, edges=_of_days(curve.edges))
            rows = np.flatnonzero(stays.state == curve.origin)
            seen = _events(split, rows[stays.cause[rows] == curve.target], coarse, edges, horizon, shape[1])
            plain.append(_Counts(coarse, seen, _exposure(split, rows, coarse, edges, horizon, shape[1])))
    saturated = [each._replace(spent=each.spent * np.repeat(whole[each.curve.origin], shape[1])) for each in plain]
    tells = _what_tells(plain, saturated, shape)
    if not tells[0]:
        edges, whole, shape = edges[:0], np.ones((stays.won, 1)), (1, shape[1])
        saturated = [_over_days(each, shape[1]) for each in plain]
    days, ahead, fitted = _by_turns(saturated, shape, tells)
    share = days.due * days.factor
    share = share / share.sum() if share.any() else np.full(len(share), 1.0 / len(share))
    of_horizon = ahead.due * ahead.factor
    of_horizon = of_horizon / of_horizon.sum() if of_horizon.any() else np.full(shape[1], 1.0 / shape[1])
    dates = DateFactors(
        edges,
        whole,
        *(days.events, days.due, days.factor, days.error, share, days.spread),
        *(ahead.factor, ahead.error, of_horizon, ahead.spread),
    )
    return Fit(dates, {(curve.origin, curve.target): curve for curve in fitted})


def _what_tells(plain: list[_Counts], saturated: list[_Counts], shape: tuple[int, int]) -> tuple[bool, bool]:
    """Return whether days, and whether horizons, say something: the one that says more first, the other given it."""
    alone = [_gain(bands) for bands in _by_turns(plain, shape, (False, False))[:2]]
    if max(alone) <= STRONG:
        return False, False
    days_first = alone[0] >= alone[1]
    given = _by_turns(saturated if days_first else plain, shape, (days_first, not days_first))
    other = _gain(given[1] if days_first else given[0]) > STRONG
    return (True, other) if days_first else (other, True)


def _gain(bands: _Bands) -> float:
    """Return the log of the Bayes factor of factors between bands against none, for bands whose factors are 1."""
    return bands.spread.evidence + float(bands.due.sum()) if len(bands.due) > 1 else 0.0


def _over_days(counts: _Counts, horizons: int) -> _Counts:
    seen, spent = (what.reshape(len(what), -1, horizons).sum(axis=1) for what in (counts.seen, counts.spent))
    return counts._replace(seen=seen, spent=spent)


def _by_turns(
    counts: list[_Counts], shape: tuple[int, int], tells: tuple[bool, bool]
) -> tuple[_Bands, _Bands, list[HazardCurve]]:
    """Return factors of days and of horizons and the rates by age, fitted together; factors stay 1 where told so."""
    events = np.zeros(shape)
    for each in counts:
        events += each.seen.sum(axis=0).reshape(shape)
    found = [_level(events.sum(axis=1 - at)) for at in (0, 1)]
    fitted: list[HazardCurve] = []
    for _ in range(TURNS):
        before = np.concatenate([bands.factor for bands in found])
        fitted, due = [], np.zeros(shape[0] * shape[1])
        for curve, seen, spent in counts:
            days = (spent @ np.outer(found[0].factor, found[1].factor).ravel()).reshape(-1, 7)
            weekly = weekday_factors(seen.sum(axis=1).reshape(-1, 7), days)
            fitted.append(_curve(curve, seen.sum(axis=1).reshape(-1, 7), days, weekly))
            due += np.outer(fitted[-1].rate, weekly).ravel() @ spent
        table = due.reshape(shape)
        for at, (own, other) in enumerate(((table, 1), (table.T, 0))):
            found[at] = _bands(found[at].events, own @ found[other].factor, tells[at])
        after = np.concatenate([bands.factor for bands in found])
        if np.max(np.abs(after / before - 1.0)) < 1e-4:
            break
    return found[0], found[1], fitted


def _level(events: Floats) -> _Bands:
    ones = np.ones(len(events))
    return _Bands(ones, np.zeros(len(events)), events, ones, spread_of(events, ones, BETWEEN_BANDS))


def _bands(events: Floats, due: Floats, tells: bool) -> _Bands:
    due = due * (events.sum() / due.sum()) if due.any() else due
    spread = spread_of(events, due, BETWEEN_BANDS)
    factor, error = factors(events, due, spread) if tells else (np.ones(len(due)), np.zeros(len(due)))
    return _Bands(factor, error, events, due, spread)


def _of_days(edges: Floats) -> Floats:
    """Return the edges of cells that last a day or longer: leads are followed day by day."""
    kept = [float(edges[-1])]
    for edge in edges[-2:0:-1].tolist():
        if kept[-1] - edge >= 1.0 and edge >= 1.0:
            kept.append(edge)
    return np.array(sorted({0.0, *kept}))


def _curve(curve: HazardCurve, seen: Floats, days: Floats, weekly: Floats) -> HazardCurve:
    """Return the rate by age where the factors of dates and weekdays are 1."""
    events, exposure = seen.sum(axis=1), days @ weekly
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


def _events(split: StatedStays, rows: Ints, curve: HazardCurve, edges: Floats, horizon: Ints, horizons: int) -> Floats:
    stays = split.stays
    day = np.floor(stays.stop[rows] + stays.monday)
    age = np.round((stays.stop - stays.entered)[rows], 9)
    cell = np.maximum(np.searchsorted(curve.edges, age - 1e-6) - 1, 0)
    band = np.searchsorted(edges, day - split.stated[rows], side="right")
    shape = (len(curve.edges), 7, len(edges) + 1, horizons)
    at = np.ravel_multi_index((cell, day.astype(np.int64) % 7, band, horizon[rows]), shape)
    return np.bincount(at, minlength=int(np.prod(shape))).reshape(shape[0] * 7, -1).astype(np.float64)


def _exposure(
    split: StatedStays, rows: Ints, curve: HazardCurve, edges: Floats, horizon: Ints, horizons: int
) -> Floats:
    """Return lead-days by cell of age and weekday, and by band of days and of the horizon."""
    shape = (len(curve.edges), 7, len(edges) + 1, horizons)
    spent = np.zeros(int(np.prod(shape)))
    for days in lead_days(split.stays, rows):
        cell = np.maximum(np.searchsorted(curve.edges, days.age) - 1, 0)
        band = np.searchsorted(edges, days.day - split.stated[days.row], side="right")
        at = ((cell * 7 + days.day % 7) * shape[2] + band) * shape[3] + horizon[days.row]
        spent += np.bincount(at, weights=days.part, minlength=len(spent))
    return spent.reshape(shape[0] * 7, -1)
