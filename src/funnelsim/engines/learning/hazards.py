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

from funnelsim.model.calibration import CENSORED, HazardCurve, StageHazards, Stays

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LEAST_EVENTS: Final = 5
"""Events a cell holds at least on average: Cochran's rule for counts."""

HALF_AN_EVENT: Final = 0.5
"""Prior events where none was seen: Jeffreys' prior of a Poisson rate."""

DEFAULT_STAY: Final = 60.0
"""Lead-days in which a transition that was never seen is taken to happen half a time: the default sale of 60 days."""


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


def exposure_in_cells(young: Floats, old: Floats, edges: Floats) -> Floats:
    """Return the lead-days spent in each cell of age.

    Parameters
    ----------
    young, old : float64, (stay,)
        Ages from and to which stays were seen.
    edges : float64, (cell,)
        Left edges, the last cell open.

    Returns
    -------
    float64, (cell,)
        Exact; sums to the sum of ``old - young``.
    """
    below = _days_below(old, edges) - _days_below(young, edges)
    whole = float(np.sum(old) - np.sum(young))
    return np.maximum(np.diff(np.append(below, whole)), 0.0)


def _days_below(ages: Floats, edges: Floats) -> Floats:
    rising = np.sort(ages)
    sums = np.concatenate([[0.0], np.cumsum(rising)])
    under = np.searchsorted(rising, edges)
    return np.asarray(sums[under] + edges * (len(rising) - under))


def hazard_curve(stays: Stays, rows: Bools, origin: int, target: int) -> HazardCurve:
    """Return the hazard of one transition by age in the stage.

    Parameters
    ----------
    stays : Stays
        All stays.
    rows : bool, (stay,)
        Which are in the origin.
    origin, target : int
        States.

    Returns
    -------
    HazardCurve
        The open cell, where nothing was seen, starts from half an event at the pace of the other cells.
    """
    young, old = stays.start[rows] - stays.entered[rows], stays.stop[rows] - stays.entered[rows]
    ages = old[stays.cause[rows] == target]
    edges = cell_edges(ages)
    exposure = exposure_in_cells(young, old, edges)
    events = np.bincount(np.searchsorted(edges, ages) - 1, minlength=len(edges)).astype(np.float64)
    return HazardCurve(origin, target, edges, events, exposure, *_prior(events, exposure))


def _prior(events: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    """Return prior events and lead-days of each cell: nothing for cells that were cut by their events."""
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
    curves = []
    for origin in range(stays.won):
        rows = stays.state == origin
        reached = set(np.unique(stays.cause[rows]).tolist()) - {CENSORED}
        targets = sorted(reached | {stays.won, stays.lost})
        curves += [hazard_curve(stays, rows, origin, target) for target in targets]
    return StageHazards(stays.states, tuple(curves), stays.stop_of_records)


def draw_rates(curve: HazardCurve, rng: np.random.Generator, draws: int) -> Floats:
    """Return draws of a curve's rates from their posterior.

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
    float64, (draw, cell)
        A day; cells are independent.
    """
    return np.asarray(rng.gamma(curve.shape, 1.0 / curve.total_exposure, size=(draws, len(curve.edges))))


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
