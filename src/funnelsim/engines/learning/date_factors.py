"""Factors of the days to and from a stated close, and of how far ahead it was stated, on the rate of a transition.

Does the rate lean on the stated day at all?  Three laws compete: the rate by age alone, times a factor of the day
counted from the stated one, times a factor of the stated horizon (days from birth to the stated day) as well.  A factor
is taken in only where the counts are far likelier with it (marginal likelihood), is fitted together with the rate by
age (Poisson likelihood, by turns), and is shrunk towards 1 by how far bands prove to lie apart.  Two clocks compete
too: days to the stated one, and the share of the horizon that is gone - who books a year ahead has a year to cancel.

What it leaves out: who is followed (:mod:`funnelsim.engines.learning.stated_dates`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.band_factors import BETWEEN_BANDS, trended
from funnelsim.engines.learning.date_bands import (
    DateBands,
    DateCounts,
    band_edges,
    clock_edges,
    date_counts,
    horizons_of,
    lags_of,
    on_clock,
    whole_days,
)
from funnelsim.engines.learning.gamma_poisson import spread_of
from funnelsim.engines.learning.hazards import HALF_AN_EVENT, LEAST_EVENTS
from funnelsim.engines.learning.statements import StatedStays
from funnelsim.engines.learning.weekdays import weekday_factors
from funnelsim.model.calibration import HazardCurve, Spread, StageHazards
from funnelsim.model.covariates import DateFactors

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STRONG: Final = 3.0
"""Log of the Bayes factor from which on bands are told apart: strong evidence, about twenty to one."""

TURNS: Final = 60
"""Turns at most; each raises the posterior."""


class Fit(NamedTuple):
    """Factors of some targets together, their curves by origin and target, and the log evidence of all of it."""

    dates: DateFactors
    curves: dict[tuple[int, int], HazardCurve]
    evidence: float


class _Bands(NamedTuple):
    """Factors of bands: posterior mean and sd, what was seen and due, and how far they lie apart."""

    factor: Floats
    error: Floats
    events: Floats
    due: Floats
    spread: Spread


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
        Without edges where the days say nothing, and with factors 1 where the horizon says nothing.  Before the stated
        day the clock is the share of the horizon where that is far likelier than days.
    """
    done = np.isin(split.stays.cause, targets)
    horizon = horizons_of(split)
    by_days = _fit_on(split, base, targets, cuts, 0.0)
    if np.count_nonzero(lags_of(split)[done] < 0) < 2 * LEAST_EVENTS:
        return by_days
    by_share = _fit_on(split, base, targets, cuts, max(float(horizon[done].mean()), 1.0))
    return by_share if by_share.evidence > by_days.evidence + STRONG else by_days


def _fit_on(split: StatedStays, base: StageHazards, targets: tuple[int, ...], cuts: Floats, scale: float) -> Fit:
    """Return the fit on one clock."""
    stays, horizon = split.stays, horizons_of(split)
    done = np.isin(stays.cause, targets)
    place, speed = on_clock(lags_of(split), horizon, scale, 0.5)
    edges = clock_edges(place[done]) if scale else band_edges(lags_of(split)[done])
    whole = whole_days(split, edges)
    shape = (len(edges) + 1, len(cuts) + 1)
    bands = DateBands(edges, cuts, scale, np.searchsorted(cuts, horizon), horizon)
    plain = [date_counts(split, curve, bands) for curve in base.curves if curve.target in targets]
    saturated = [each._replace(spent=each.spent * np.repeat(whole[each.curve.origin], shape[1])) for each in plain]
    tells, evidence = _what_tells(plain, saturated, shape, _places(edges))
    if not tells[0]:
        edges, whole, shape = edges[:0], np.ones((stays.won, 1)), (1, shape[1])
        saturated = [_over_days(each, shape[1]) for each in plain]
    days, ahead, fitted = _by_turns(saturated, shape, tells, _places(edges))
    if any(tells) or scale:
        fitted = [_ageless(curve) for curve in fitted]
    dates = DateFactors(
        edges,
        whole,
        *(days.events, days.due, days.factor, days.error, _share(days), days.spread),
        *(ahead.factor, ahead.error, _share(ahead), ahead.spread, scale),
    )
    evidence += float(np.log(speed[done]).sum())
    return Fit(dates, {(curve.origin, curve.target): curve for curve in fitted}, evidence)


def _share(bands: _Bands) -> Floats:
    """Return the share of the events that is due in each band at its factor."""
    share = bands.due * bands.factor
    return np.asarray(share / share.sum() if share.any() else np.full(len(share), 1.0 / len(share)))


def _places(edges: Floats) -> Floats:
    """Return the logarithm of the time left in the middle of each band before the stated day; nan from it on."""
    left = -np.append(edges[:1], 0.5 * (edges[1:] + edges[:-1]))
    left = np.append(left, np.nan)[: len(edges) + 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(left > 0.0, np.log(left), np.nan)


def _what_tells(
    plain: list[DateCounts], saturated: list[DateCounts], shape: tuple[int, int], places: Floats
) -> tuple[tuple[bool, bool], float]:
    """Return whether days, and whether horizons, say something (the other given it), and the log evidence of both."""
    days, ahead, fitted = _by_turns(plain, shape, (False, False), places)
    gains = _gain(days), _gain(ahead)
    level = 0.0
    for curve, each in zip(fitted, plain, strict=True):
        level += float(each.seen.sum(axis=1) @ np.log(np.outer(curve.rate, curve.weekly).ravel()))
    if max(gains) <= STRONG:
        return (False, False), level
    first = int(gains[1] > gains[0])
    given = _by_turns(plain if first else saturated, shape, (not first, bool(first)), places)
    gain = _gain(given[0] if first else given[1])
    other = gain > STRONG
    return (other, True) if first else (True, other), level + gains[first] + max(gain, 0.0) * other


def _gain(bands: _Bands) -> float:
    """Return the log of the Bayes factor of factors between bands against none, for bands whose factors are 1."""
    return bands.spread.evidence + float(bands.due.sum()) if len(bands.due) > 1 else 0.0


def _over_days(counts: DateCounts, horizons: int) -> DateCounts:
    seen, spent = (what.reshape(len(what), -1, horizons).sum(axis=1) for what in (counts.seen, counts.spent))
    return counts._replace(seen=seen, spent=spent)


def _by_turns(
    counts: list[DateCounts], shape: tuple[int, int], tells: tuple[bool, bool], places: Floats
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
            place = None if at else places
            found[at] = _bands(found[at].events, own @ found[other].factor, tells[at], place)
        after = np.concatenate([bands.factor for bands in found])
        if np.max(np.abs(after / before - 1.0)) < 1e-4:
            break
    return found[0], found[1], fitted


def _level(events: Floats) -> _Bands:
    ones = np.ones(len(events))
    return _Bands(ones, np.zeros(len(events)), events, ones, spread_of(events, ones, BETWEEN_BANDS))


def _bands(events: Floats, due: Floats, tells: bool, place: Floats | None) -> _Bands:
    due = due * (events.sum() / due.sum()) if due.any() else due
    spread = spread_of(events, due, BETWEEN_BANDS)
    factor, error = trended(events, due, place) if tells else (np.ones(len(due)), np.zeros(len(due)))
    return _Bands(factor, error, events, due, spread)


def _curve(curve: HazardCurve, seen: Floats, days: Floats, weekly: Floats) -> HazardCurve:
    """Return the rate by age where the factors of dates and weekdays are 1."""
    events, exposure = seen.sum(axis=1), days @ weekly
    empty = events == 0.0
    pace = exposure[~empty].sum() / events.sum() if events.any() else curve.prior_exposure[0] / HALF_AN_EVENT
    prior = np.where(empty, HALF_AN_EVENT, 0.0)
    return replace(
        curve, events=events, exposure=exposure, weekly=weekly, prior_events=prior, prior_exposure=prior * pace
    )


def _ageless(curve: HazardCurve) -> HazardCurve:
    """Return one rate for all ages where they say nothing beside the date, so that no age is too old to be won."""
    seen, pace = float(curve.events.sum()), float(curve.exposure.sum())
    due = curve.exposure * (seen / pace) if pace else curve.exposure
    if not seen or spread_of(curve.events, due, BETWEEN_BANDS).evidence + seen > 0.0:
        return curve
    none = np.zeros(1)
    return replace(
        curve,
        edges=none,
        events=np.array([seen]),
        exposure=np.array([pace]),
        prior_events=none,
        prior_exposure=none,
    )
