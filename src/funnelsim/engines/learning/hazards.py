"""Cause-specific hazards by age, constant within cells, shrunk towards their common rate.

How likely is each next move at each age?  Ages are cut where the events are; the last cell is open and begins at the
oldest age at which the move was ever seen, so the hazard beyond is the posterior of no event in all the days that
leads spent there: leads that nobody closes fade by their own weight of evidence.

What it leaves out: stays (:mod:`funnelsim.engines.learning.exposure`) and what the hazards mean for an open lead
(:mod:`funnelsim.engines.learning.lead_laws`).
"""

from __future__ import annotations

from math import ceil
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.gamma_poisson import factors, spread_of, summed
from funnelsim.engines.learning.weekdays import time_by_weekday, weekday_factors
from funnelsim.model.calibration import CENSORED, HazardCurve, StageHazards, Stays
from funnelsim.model.history import SECONDS_A_DAY

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LEAST_EVENTS: Final = 5
"""Events a cell holds at least on average: Cochran's rule for counts."""

HALF_AN_EVENT: Final = 0.5
"""Prior events where none was seen: Jeffreys' prior of a Poisson rate."""

DEFAULT_STAY: Final = 60.0
"""Lead-days in which a transition that was never seen is taken to happen half a time: the default sale of 60 days."""


SLOTS_A_DAY: Final = 24

SLOTS: Final = 7 * SLOTS_A_DAY
"""Hours of the week."""

PACE_BANDS: Final = 5
"""Bands of equal numbers of stays by the time that leads took to reach a stage."""

BETWEEN_BANDS: Final = 0.25
"""Scale of the prior of how far bands lie apart: the default shock."""


def cell_edges(ages: Floats) -> Floats:
    """Return where ages are cut, by Rice's rule of as many cells as twice the cube root of the number of events.

    Parameters
    ----------
    ages : float64, (event,)
        Ages of events in days, above 0.

    Returns
    -------
    float64, (cell,)
        Left edges, rising from 0: quantiles of the ages, the last of which is the oldest age, from which the open
        cell begins.  A cell holds its right edge and not its left one.  One cell where nothing was seen.
    """
    if not len(ages):
        return np.zeros(1)
    cells = max(1, min(ceil(2.0 * len(ages) ** (1.0 / 3.0)), len(ages) // LEAST_EVENTS))
    cuts = np.quantile(ages, np.arange(1, cells + 1) / cells, method="inverted_cdf")
    return np.unique(np.concatenate([[0.0], cuts]))


def exposure_in_cells(young: Floats, old: Floats, edges: Floats, entered: Floats) -> Floats:
    """Return the lead-days spent in each cell of age, by weekday.

    Parameters
    ----------
    young, old : float64, (stay,)
        Ages from and to which stays were seen.
    edges : float64, (cell,)
        Left edges, the last cell open.
    entered : float64, (stay,)
        Days since a Monday at which age was 0.

    Returns
    -------
    float64, (cell, 7)
        Exact by cell, and sums to the sum of ``old - young``; which weekday an edge falls on is taken at the mean of
        stays that entered within the same hour of the week.
    """
    entered = entered % 7.0
    slot = np.minimum((entered * SLOTS_A_DAY).astype(np.int64), SLOTS - 1)
    cells = len(edges)
    ended, begun = np.searchsorted(edges, old), np.searchsorted(edges, young, side="right")
    done, ahead = time_by_weekday(entered + old), time_by_weekday(entered + young)
    reached = np.zeros((cells + 1, 7))
    for weekday in range(7):
        reached[:, weekday] = np.cumsum(summed(ended, done[weekday], cells + 1))
        later = summed(begun, ahead[weekday], cells + 1)
        reached[:cells, weekday] += later.sum() - np.cumsum(later)[:cells]
    under_way = [
        np.cumsum(summed(begun * SLOTS + slot, what, (cells + 1) * SLOTS).reshape(-1, SLOTS), axis=0)
        - np.cumsum(summed(ended * SLOTS + slot, what, (cells + 1) * SLOTS).reshape(-1, SLOTS), axis=0)
        for what in (np.ones(len(old)), entered)
    ]
    count, total = (column[:cells] for column in under_way)
    mean = np.divide(total, count, out=np.zeros_like(total), where=count > 0.5)
    there = time_by_weekday(mean + edges[:, None])
    reached[:cells] += np.einsum("wcs,cs->cw", there, np.where(count > 0.5, count, 0.0))
    return np.maximum(np.diff(reached, axis=0), 0.0)


def hazard_curve(stays: Stays, rows: Bools, origin: int, target: int, cuts: Floats) -> HazardCurve:
    """Return the hazard of one transition by age in the stage.

    Parameters
    ----------
    stays : Stays
        All stays.
    rows : bool, (stay,)
        Which are in the origin.
    origin, target : int
        States.
    cuts : float64, (band - 1,)
        Where bands of pace are cut, days from birth to the entry.

    Returns
    -------
    HazardCurve
        The open cell, where nothing was seen, starts from half an event at the pace of the other cells.
    """
    entered, stop = stays.entered[rows], stays.stop[rows]
    young, old = _whole_seconds(stays.start[rows] - entered), _whole_seconds(stop - entered)
    done = stays.cause[rows] == target
    edges = cell_edges(old[done])
    exposure = exposure_in_cells(young, old, edges, entered + stays.monday)
    weekday = np.floor((stop[done] + stays.monday) % 7.0).astype(np.int64) % 7
    events = np.zeros((len(edges), 7))
    np.add.at(events, (np.searchsorted(edges, old[done]) - 1, weekday), 1.0)
    weekly = weekday_factors(events, exposure)
    counts, days = events.sum(axis=1), exposure @ weekly
    prior = _prior(counts, days)
    rate = (counts + prior[0]) / (days + prior[1])
    due = cumulated(edges, rate, old) - cumulated(edges, rate, young)
    pace = _paces(pace_bands(cuts, entered - stays.born[rows]), done, due, len(cuts) + 1)
    return HazardCurve(origin, target, edges, counts, days, weekly, *prior, *pace)


def pace_bands(cuts: Floats, taken: Floats) -> npt.NDArray[np.int64]:
    """Return the band of pace of leads.

    Parameters
    ----------
    cuts : float64, (band - 1,)
        Of the state they are in.
    taken : float64, (lead,)
        Days from birth to the entry.

    Returns
    -------
    int64, (lead,)
        From 0, the quickest.
    """
    return np.searchsorted(cuts, taken).astype(np.int64)


def _paces(band: npt.NDArray[np.int64], done: Bools, due: Floats, bands: int) -> tuple[Floats, Floats]:
    seen = summed(band, done, bands)
    expected = summed(band, due, bands)
    if bands == 1 or seen.sum() < LEAST_EVENTS * bands:
        return np.ones(bands), np.zeros(bands)
    expected *= seen.sum() / expected.sum()
    return factors(seen, expected, spread_of(seen, expected, BETWEEN_BANDS))


def _pace_cuts(taken: Floats) -> Floats:
    if not len(taken):
        return np.zeros(0)
    return np.unique(np.quantile(taken, np.arange(1, PACE_BANDS) / PACE_BANDS, method="inverted_cdf"))


def _whole_seconds(days: Floats) -> Floats:
    """Return days rounded to seconds, so that equal ages are equal."""
    return np.asarray(np.round(days * SECONDS_A_DAY) / SECONDS_A_DAY)


def _prior(events: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    """Return prior events and lead-days of each cell: half an event at the common pace where the cell holds none."""
    # A cell that ends at its last event has a Gamma law with as many events as it holds, and needs no more.
    empty = events == 0.0
    days = exposure[~empty].sum() / events.sum() if events.any() else DEFAULT_STAY / HALF_AN_EVENT
    return np.where(empty, HALF_AN_EVENT, 0.0), np.where(empty, HALF_AN_EVENT * days, 0.0)


def stage_hazards(stays: Stays) -> StageHazards:
    """Return the hazards of all transitions.

    Parameters
    ----------
    stays : Stays
        What was seen.

    Returns
    -------
    StageHazards
        From every state to those behind it that were ever reached from it, and always to won and lost.
    """
    curves, cuts = [], []
    for origin in range(stays.won):
        rows = stays.state == origin
        cuts.append(_pace_cuts(stays.entered[rows] - stays.born[rows]))
        reached = set(np.unique(stays.cause[rows]).tolist()) - {CENSORED}
        targets = sorted(reached | {stays.won, stays.lost})
        curves += [hazard_curve(stays, rows, origin, target, cuts[-1]) for target in targets]
    return StageHazards(stays.states, tuple(curves), tuple(cuts), stays.stop_of_records)


def draw_rates(curve: HazardCurve, rng: np.random.Generator, draws: int) -> tuple[Floats, Floats]:
    """Return draws of a curve from its posterior.

    Parameters
    ----------
    curve : HazardCurve
        The curve.
    rng : numpy Generator
        Where luck comes from.
    draws : int
        How many.

    Returns
    -------
    rates : float64, (draw, cell)
        A day; cells are independent.
    paces : float64, (draw, band)
        Gamma with the factors' means and sds.
    """
    rates = rng.gamma(curve.shape, 1.0 / curve.total_exposure, size=(draws, len(curve.edges)))
    square = np.square(np.maximum(curve.pace_error, np.finfo(np.float64).tiny ** 0.25))
    paces = rng.gamma(np.square(curve.pace) / square, square / curve.pace, size=(draws, len(curve.pace)))
    return np.asarray(rates), np.where(curve.pace_error > 0.0, paces, curve.pace)


def cumulated(edges: Floats, rate: Floats, age: Floats) -> Floats:
    """Return a hazard summed from age 0.

    Parameters
    ----------
    edges, rate : float64, (cell,)
        Left edges from 0, and rates a day.
    age : float64, any shape
        Days, at least 0.

    Returns
    -------
    float64, shape of ``age``
        Exact.
    """
    before = np.concatenate([[0.0], np.cumsum(np.diff(edges) * rate[:-1])])
    cell = np.searchsorted(edges, age, side="right") - 1
    return np.asarray(before[cell] + (age - edges[cell]) * rate[cell])
