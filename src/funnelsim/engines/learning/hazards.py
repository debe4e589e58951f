"""Cause-specific hazards by age, constant within cells; one without events has a posterior from the common rate.

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

from funnelsim.engines.learning.band_factors import trended
from funnelsim.engines.learning.gamma_poisson import summed
from funnelsim.engines.learning.weekdays import time_by_weekday, weekday_factors
from funnelsim.model.calibration import CENSORED, HazardCurve, StageHazards, Stays
from funnelsim.model.history import SECONDS_A_DAY

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LEAST_EVENTS: Final = 5
"""Events a cell holds at least on average: Cochran's rule for counts."""

HALF_AN_EVENT: Final = 0.5
"""Prior events where none was seen: Jeffreys' prior of a Poisson rate."""

AN_HOUR: Final = 1.0 / 24.0
"""Days before an age at which many leads move together: the cell of that age alone, inside any day that holds it."""

SURE: Final = 5.0
"""Standard errors beyond which a day holds more events than its part of a cell."""

DEFAULT_STAY: Final = 60.0
"""Lead-days in which a transition that was never seen is taken to happen half a time: the default sale of 60 days."""


SLOTS_A_DAY: Final = 24

SLOTS: Final = 7 * SLOTS_A_DAY
"""Hours of the week."""

PACE_BANDS: Final = 5
"""Bands of equal numbers of stays by the time that leads took to reach a stage."""

SIZE_BANDS: Final = 5
"""Bands of leads by their PR with equal parts of the PR of all: what is forecast is money, and rates that hold for the
average lead are wrong for the average unit of money where large leads are won less often."""

TURNS: Final = 5
"""Turns in which factors of pace and of size are fitted given each other."""


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
        cell begins.  A cell holds its right edge and not its left one.  One cell where nothing was seen.  An age that
        holds most events of a cell of days (leads that close after just 30 days) gets a cell of its own, an hour long.
    """
    if not len(ages):
        return np.zeros(1)
    cells = max(1, min(ceil(2.0 * len(ages) ** (1.0 / 3.0)), len(ages) // LEAST_EVENTS))
    cuts = np.unique(np.quantile(ages, np.arange(1, cells + 1) / cells, method="inverted_cdf"))
    rising = np.sort(ages)
    upto = np.searchsorted(rising, cuts, side="right")
    tied, inside = upto - np.searchsorted(rising, cuts), np.diff(upto, prepend=0)
    even = inside / np.maximum(np.diff(cuts, prepend=0.0), 1.0)  # a day's part of the cell
    alone = (tied >= LEAST_EVENTS) & (2 * tied > inside) & (tied > even + SURE * np.sqrt(even))
    return np.unique(np.concatenate([[0.0], cuts, cuts[alone] - AN_HOUR]))


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


def hazard_curve(
    stays: Stays, rows: Bools, origin: int, target: int, pace_cuts: Floats, size_cuts: Floats
) -> HazardCurve:
    """Return the hazard of one transition by age in the stage.

    Parameters
    ----------
    stays : Stays
        All stays.
    rows : bool, (stay,)
        Which are in the origin.
    origin, target : int
        States.
    pace_cuts, size_cuts : float64, (band - 1,)
        Where bands of pace and of size are cut: days from birth to the entry, PR.

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
    exposure *= _at_once(young, old, edges, events.sum(axis=1), exposure.sum(axis=1))[:, None]
    weekly = weekday_factors(events, exposure)
    counts, days = events.sum(axis=1), exposure @ weekly
    prior = _prior(counts, days)
    rate = (counts + prior[0]) / (days + prior[1])
    due = cumulated(edges, rate, old) - cumulated(edges, rate, young)
    band = np.searchsorted(pace_cuts, entered - stays.born[rows]), np.searchsorted(size_cuts, stays.pr[rows])
    shape = len(pace_cuts) + 1, len(size_cuts) + 1
    at = np.ravel_multi_index(band, shape)
    seen, expected = (summed(at, what, shape[0] * shape[1]).reshape(shape) for what in (done, due))
    return HazardCurve(origin, target, edges, counts, days, weekly, *prior, *_band_factors(seen, expected))


def _at_once(young: Floats, old: Floats, edges: Floats, events: Floats, days: Floats) -> Floats:
    """Return by what the lead-days of each cell count: 1, but for cells of one age, where a share q moves at once."""
    weight = np.ones(len(edges))
    narrow = np.flatnonzero(np.abs(np.diff(edges) - AN_HOUR) < 0.5 / SECONDS_A_DAY)
    for cell in narrow[events[narrow] >= LEAST_EVENTS].tolist():
        at_risk = max(np.count_nonzero(young <= edges[cell]) - np.count_nonzero(old <= edges[cell]), events[cell])
        hazard = -np.log1p(-events[cell] / (at_risk + HALF_AN_EVENT))
        weight[cell] = events[cell] * AN_HOUR / hazard / days[cell]
    return weight


def due_rates(curve: HazardCurve) -> Floats:
    """Return rates whose sum over what was seen is the number of events due.

    Parameters
    ----------
    curve : HazardCurve
        The curve.

    Returns
    -------
    float64, (cell,)
        Its rates, but in the cell of one age the share that moves at once: who does was at risk for the whole cell.
    """
    narrow = np.append(np.abs(np.diff(curve.edges) - AN_HOUR) < 0.5 / SECONDS_A_DAY, False)
    return np.where(narrow, -np.expm1(-curve.rate * AN_HOUR) / AN_HOUR, curve.rate)


def lead_classes(hazards: StageHazards, state: int, taken: Floats, pr: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the class of leads in a state: their bands of pace and size in one number.

    Parameters
    ----------
    hazards : StageHazards
        What was learned.
    state : int
        Where they are.
    taken : float64, (lead,)
        Days from birth to the entry.
    pr : int64, (lead,)
        Potential revenue, minor units.

    Returns
    -------
    int64, (lead,)
        Index into the factors of curves that lead out of the state.
    """
    pace = np.searchsorted(hazards.pace_cuts[state], taken)
    return (pace * (len(hazards.size_cuts[state]) + 1) + np.searchsorted(hazards.size_cuts[state], pr)).astype(np.int64)


def _band_factors(seen: Floats, due: Floats) -> tuple[Floats, ...]:
    """Return factors, errors and shares of bands of pace, then of size, by what pairs of bands saw and were due."""
    # Factors multiply and are fitted by turns; together they leave the number of events due what was seen.
    pace, size = np.ones(seen.shape[0]), np.ones(seen.shape[1])
    pace_error, size_error = np.zeros(seen.shape[0]), np.zeros(seen.shape[1])
    if not seen.any():
        return pace, pace_error, pace / len(pace), size, size_error, size / len(size)
    due = due * seen.sum() / due.sum()
    for _ in range(TURNS):
        pace, pace_error = trended(seen.sum(axis=1), due @ size)
        size, size_error = trended(seen.sum(axis=0), pace @ due)
    size = size * seen.sum() / (pace @ due @ size)
    share = due * np.outer(pace, size) / seen.sum()
    return pace, pace_error, share.sum(axis=1), size, size_error, share.sum(axis=0)


def _pace_cuts(taken: Floats) -> Floats:
    if not len(taken):
        return np.zeros(0)
    cuts = np.unique(np.quantile(taken, np.arange(1, PACE_BANDS) / PACE_BANDS, method="inverted_cdf"))
    return np.asarray(cuts[cuts < taken.max()])


def _size_cuts(pr: npt.NDArray[np.int64]) -> Floats:
    rising = np.sort(pr).astype(np.float64)
    money = np.cumsum(rising)
    if not len(rising) or not money[-1]:
        return np.zeros(0)
    cuts = np.unique(rising[np.searchsorted(money, money[-1] * np.arange(1, SIZE_BANDS) / SIZE_BANDS)])
    return np.asarray(cuts[cuts < rising[-1]])


def _whole_seconds(days: Floats) -> Floats:
    """Return days rounded to seconds, so that equal ages are equal."""
    return np.asarray(np.round(days * SECONDS_A_DAY) / SECONDS_A_DAY)


def _prior(events: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    """Return prior events and lead-days of each cell: half an event at the common pace where the cell holds none."""
    # A cell that ends at its last event has a Gamma law with as many events as it holds, and needs no more.
    empty = events == 0.0
    days = exposure[~empty].sum() / events.sum() if events.any() else DEFAULT_STAY / HALF_AN_EVENT
    return np.where(empty, HALF_AN_EVENT, 0.0), np.where(empty, HALF_AN_EVENT * days, 0.0)


def stage_hazards(stays: Stays, like: StageHazards | None = None) -> StageHazards:
    """Return the hazards of all transitions.

    Parameters
    ----------
    stays : Stays
        What was seen.
    like : StageHazards, optional
        Hazards whose classes of leads are taken over; by default they are cut where these stays have equal parts.

    Returns
    -------
    StageHazards
        From every state to those behind it that were ever reached from it, and always to won and lost.
    """
    curves, cuts, sizes = [], [], []
    for origin in range(stays.won):
        rows = stays.state == origin
        cuts.append(like.pace_cuts[origin] if like else _pace_cuts(stays.entered[rows] - stays.born[rows]))
        sizes.append(like.size_cuts[origin] if like else _size_cuts(stays.pr[rows]))
        reached = set(np.unique(stays.cause[rows]).tolist()) - {CENSORED}
        targets = sorted(reached | {stays.won, stays.lost})
        curves += [hazard_curve(stays, rows, origin, target, cuts[-1], sizes[-1]) for target in targets]
    return StageHazards(stays.states, tuple(curves), tuple(cuts), tuple(sizes), stays.stop_of_records)


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
    classes : float64, (draw, pace x size)
        Products of Gamma factors with the factors' means and sds.  Each set of factors is scaled so that what is due
        of all bands together stays: how sure the common rate is, is in the cells already.
    """
    rates = rng.gamma(curve.shape, 1.0 / curve.total_exposure, size=(draws, len(curve.edges)))
    paces = _draw_bands(curve.pace, curve.pace_error, curve.pace_share, rng, draws)
    sizes = _draw_bands(curve.size, curve.size_error, curve.size_share, rng, draws)
    return np.asarray(rates), np.einsum("dp,ds->dps", paces, sizes).reshape(draws, -1)


def _draw_bands(factor: Floats, error: Floats, share: Floats, rng: np.random.Generator, draws: int) -> Floats:
    square = np.square(np.maximum(error, np.finfo(np.float64).tiny ** 0.25))
    drawn = rng.gamma(np.square(factor) / square, square / factor, size=(draws, len(factor)))
    drawn = np.where(error > 0.0, drawn, factor)
    return np.asarray(drawn / (drawn / factor @ share)[:, None])


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
    return cumulated_at(edges, rate, place_of(edges, age))


def place_of(edges: Floats, age: Floats) -> tuple[Ints, Floats]:
    """Return where ages lie among cells: the same for all rates.

    Parameters
    ----------
    edges : float64, (cell,)
        Left edges from 0.
    age : float64, any shape
        Days, at least 0.

    Returns
    -------
    cell : int64, shape of ``age``
        Which cell.
    into : float64, shape of ``age``
        Days into it.
    """
    cell = np.searchsorted(edges, age, side="right") - 1
    return cell, age - edges[cell]


def cumulated_at(edges: Floats, rate: Floats, place: tuple[Ints, Floats]) -> Floats:
    """Return a hazard summed from age 0 to places that are known.

    Parameters
    ----------
    edges, rate : float64, (cell,)
        Left edges from 0, and rates a day.
    place : tuple of int64 and float64 arrays of one shape
        From :func:`place_of`.

    Returns
    -------
    float64, shape of the places
        Exact.
    """
    cell, into = place
    before = np.concatenate([[0.0], np.cumsum(np.diff(edges) * rate[:-1])])
    return np.asarray(before[cell] + into * rate[cell])
