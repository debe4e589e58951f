"""Where lead-days and closings belong around stated dates: bands of days, of shares of the horizon, and of horizons.

What it leaves out: factors of these bands (:mod:`funnelsim.engines.learning.date_factors`).
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.gamma_poisson import summed
from funnelsim.engines.learning.hazards import HALF_AN_EVENT, LEAST_EVENTS
from funnelsim.engines.learning.statements import StatedStays, lead_days
from funnelsim.model.calibration import CENSORED, HazardCurve

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class DateCounts(NamedTuple):
    """Events and lead-days of one curve, each (cell of age x weekday, band of days x band of the horizon)."""

    curve: HazardCurve
    seen: Floats
    spent: Floats


class DateBands(NamedTuple):
    """Where lead-days belong: edges on a clock of some scale, cuts of horizons, each stay's band and horizon."""

    edges: Floats
    cuts: Floats
    scale: float
    band: Ints
    horizon: Ints


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


def on_clock(lag: Floats | Ints, horizon: Floats | Ints, dates: float, half: float = 0.0) -> tuple[Floats, Floats]:
    """Return where days before and after the stated one lie among bands, and by what rates are to be multiplied.

    Parameters
    ----------
    lag : float64 or int64, any shape
        Days since the start of the stated day, negative before it.
    horizon : float64 or int64, broadcast with ``lag``
        Days from birth to the stated day; less than one counts as one.
    dates : float
        Scale of the clock: 0 where bands are cut at days, else the horizon at which the rate is the one by age.
    half : float
        What is added before the stated day: half a day for whole days.

    Returns
    -------
    place, speed : float64, shape of both
        On the clock of shares: minus the share of the horizon that is left, and the scale over the horizon.  From the
        stated day on, and on the other clock: ``lag`` and 1.
    """
    days = np.asarray(lag, dtype=np.float64)
    if not dates:
        return days, np.ones_like(days)
    whole, before = np.maximum(np.asarray(horizon, dtype=np.float64), 1.0), days < 0.0
    return np.where(before, (days + half) / whole, days), np.where(before, dates / whole, 1.0)


def clock_edges(place: Floats) -> Floats:
    """Return where the clock of shares is cut.

    Parameters
    ----------
    place : float64, (event,)
        Where events lie on it; some of them before the stated day.

    Returns
    -------
    float64, (band - 1,)
        Quantiles of the events before the stated day, 0, and from there on as :func:`band_edges` cuts days.
    """
    before, after = place[place < 0.0], place[place >= 0.0].astype(np.int64)
    bands = min(ceil(2.0 * len(place) ** (1.0 / 3.0)), len(place) // LEAST_EVENTS)
    parts = max(round(bands * len(before) / len(place)), 1)
    cuts = np.quantile(before, np.arange(parts) / parts, method="inverted_cdf")
    return np.unique(np.concatenate([cuts, [0.0], band_edges(after)]))


def date_counts(split: StatedStays, curve: HazardCurve, bands: DateBands) -> DateCounts:
    """Return what was seen of one transition.

    Parameters
    ----------
    split : StatedStays
        All with a stated close.
    curve : HazardCurve
        Whose cells of age are taken, but for those shorter than a day: leads are followed day by day.
    bands : DateBands
        Of days and of horizons.

    Returns
    -------
    DateCounts
        Lead-days before the stated day count by the speed of the clock.
    """
    coarse = replace(curve, edges=_of_days(curve.edges))
    rows = np.flatnonzero(split.stays.state == curve.origin)
    seen = _events(split, rows[split.stays.cause[rows] == curve.target], coarse, bands)
    return DateCounts(coarse, seen, _exposure(split, rows, coarse, bands))


def _of_days(edges: Floats) -> Floats:
    """Return the edges of cells that last a day or longer: leads are followed day by day."""
    kept = [float(edges[-1])]
    for edge in edges[-2:0:-1].tolist():
        if kept[-1] - edge >= 1.0 and edge >= 1.0:
            kept.append(edge)
    return np.array(sorted({0.0, *kept}))


def whole_days(split: StatedStays, edges: Floats) -> Floats:
    """Return by what a lead-day counts.

    Parameters
    ----------
    split : StatedStays
        All with a stated close.
    edges : float64, (band - 1,)
        Where days are cut.

    Returns
    -------
    float64, (state, band)
        1, but for bands of one day.
    """
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


def _events(split: StatedStays, rows: Ints, curve: HazardCurve, bands: DateBands) -> Floats:
    stays = split.stays
    day = np.floor(stays.stop[rows] + stays.monday)
    age = np.round((stays.stop - stays.entered)[rows], 9)
    cell = np.maximum(np.searchsorted(curve.edges, age - 1e-6) - 1, 0)
    place, _ = on_clock(day - split.stated[rows], bands.horizon[rows], bands.scale, 0.5)
    band = np.searchsorted(bands.edges, place, side="right")
    shape = (len(curve.edges), 7, len(bands.edges) + 1, len(bands.cuts) + 1)
    at = np.ravel_multi_index((cell, day.astype(np.int64) % 7, band, bands.band[rows]), shape)
    return np.bincount(at, minlength=int(np.prod(shape))).reshape(shape[0] * 7, -1).astype(np.float64)


def _exposure(split: StatedStays, rows: Ints, curve: HazardCurve, bands: DateBands) -> Floats:
    """Return lead-days by cell of age and weekday, and by band of days and of the horizon, at the clock's speed."""
    shape = (len(curve.edges), 7, len(bands.edges) + 1, len(bands.cuts) + 1)
    spent = np.zeros(int(np.prod(shape)))
    for days in lead_days(split.stays, rows):
        cell = np.maximum(np.searchsorted(curve.edges, days.age) - 1, 0)
        place, speed = on_clock(days.day - split.stated[days.row], bands.horizon[days.row], bands.scale, 0.5)
        band = np.searchsorted(bands.edges, place, side="right")
        at = ((cell * 7 + days.day % 7) * shape[2] + band) * shape[3] + bands.band[days.row]
        spent += np.bincount(at, weights=days.part * speed, minlength=len(spent))
    return spent.reshape(shape[0] * 7, -1)
