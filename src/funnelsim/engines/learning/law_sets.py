"""Chances of open leads under many draws of the rates, by a compiled walk.

The question is that of :mod:`funnelsim.engines.learning.lead_laws`, and so is the answer; draws are walked hundreds of
times as fast as one by one.

What it leaves out: shocks of periods (:mod:`funnelsim.engines.learning.pool_chances`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.lead_laws import OpenLeads
from funnelsim.engines.learning.weekdays import average_factors
from funnelsim.kernels.lead_walk import (
    WalkChances,
    WalkDraws,
    WalkHazards,
    WalkLeads,
    WalkRoom,
    WalkSteps,
    lead_walk,
)
from funnelsim.model.calibration import StageHazards

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class LawSets(NamedTuple):
    """A walk made ready: leads and hazards as arrays, time, room, and the classes that any lead can be in."""

    hazards: WalkHazards
    leads: WalkLeads
    steps: WalkSteps
    room: WalkRoom
    kinds: Ints


def law_sets(hazards: StageHazards, leads: OpenLeads, edges: Floats, ends: Ints | Floats, monday: float) -> LawSets:
    """Make a walk ready.

    Parameters
    ----------
    hazards : StageHazards
        What was learned.
    leads : OpenLeads
        Where each lead is, for how long, and its classes.
    edges : float64, (cell + 1,)
        From 0 in equal steps, days.
    ends : int64 or float64, (bin,)
        Days on which bins end, rising, the last at the last edge.
    monday : float
        Days from the last Monday to the as-of moment.

    Returns
    -------
    LawSets
        For :func:`chances_of_sets`.
    """
    walking, kinds = _leads(hazards, leads, edges)
    arrays = _hazards(hazards, edges, monday, len(kinds))
    place = np.minimum(np.searchsorted(edges, ends, side="right") - 1, len(edges) - 2)
    share = (ends - edges[place]) / (edges[place + 1] - edges[place])
    room = _room(arrays, len(kinds), len(edges) - 1, len(ends))
    return LawSets(arrays, walking, WalkSteps(edges, place.astype(np.int64), share), room, kinds)


def chances_of_sets(walk: LawSets, drawn: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats, Floats]:
    """Return the chances of leads under some draws.

    Parameters
    ----------
    walk : LawSets
        From :func:`law_sets`; its room is overwritten.
    drawn : sequence of pairs of float64, (draw, cell of age) and (draw, class)
        A pair a curve.

    Returns
    -------
    won, lost : float64, (draw, lead, bin)
        Chance within each bin.
    ever : float64, (draw, lead)
        Chance to be won within the reach of the records.
    """
    rate = np.concatenate([rate for rate, _ in drawn], axis=1)
    factor = np.concatenate([factor[:, np.minimum(walk.kinds, factor.shape[1] - 1)] for _, factor in drawn], axis=1)
    shape = (len(rate), len(walk.leads.state), len(walk.steps.place))
    out = WalkChances(np.empty(shape), np.empty(shape), np.empty(shape[:2]))
    lead_walk(walk.hazards, walk.leads, walk.steps, WalkDraws(rate, factor), walk.room, out)
    return out.won, out.lost, out.ever


def _hazards(hazards: StageHazards, edges: Floats, monday: float, kinds: int) -> WalkHazards:
    curves = hazards.curves
    origin = np.array([curve.origin for curve in curves])
    sizes = np.array([len(curve.edges) for curve in curves])
    cell_begin = np.concatenate([[0], np.cumsum(sizes)])
    unions, cells = [], []
    for state in range(hazards.won):
        own = np.flatnonzero(origin == state)
        ages = np.unique(np.concatenate([curves[at].edges for at in own]))
        table = np.zeros((len(ages), len(curves)), dtype=np.int64)
        for column, at in enumerate(own):
            table[:, column] = cell_begin[at] + np.searchsorted(curves[at].edges, ages, side="right") - 1
        unions.append(ages)
        cells.append(table)
    return WalkHazards(
        curve_begin=np.searchsorted(origin, np.arange(hazards.won + 1)).astype(np.int64),
        target=np.array([curve.target for curve in curves], dtype=np.int64),
        cell_begin=cell_begin.astype(np.int64),
        edges=np.concatenate([curve.edges for curve in curves]),
        kind_begin=kinds * np.arange(len(curves), dtype=np.int64),
        weekly=np.stack([average_factors(curve.weekly, monday, edges) for curve in curves]),
        union_begin=np.concatenate([[0], np.cumsum([len(ages) for ages in unions])]).astype(np.int64),
        union=np.concatenate(unions),
        union_cell=np.concatenate(cells),
        reach=float(hazards.reach),
    )


def _leads(hazards: StageHazards, leads: OpenLeads, edges: Floats) -> tuple[WalkLeads, Ints]:
    """Return leads with the classes that any of them can be in numbered anew, and these classes."""
    rows = np.arange(len(leads.state))
    own = leads.classes[rows, leads.state] if len(rows) else np.zeros(0, dtype=np.int64)
    entries = np.append(0.5 * (edges[1:] + edges[:-1]), edges[-1])
    coming_as = np.stack([_classes_at(hazards, leads, state, entries) for state in range(hazards.won)], axis=1)
    ahead = leads.state[:, None] < np.arange(hazards.won)
    kinds = np.unique(np.concatenate([own, coming_as[ahead].ravel()]))
    own, coming_as = np.searchsorted(kinds, own), np.where(ahead[..., None], np.searchsorted(kinds, coming_as), 0)
    there, coming = np.zeros((2, hazards.won, len(kinds)), dtype=np.bool_)
    for state in range(hazards.won):
        later = coming_as[leads.state < state, state]
        coming[state, later[:, :-1]] = True
        there[state, own[leads.state == state]] = True
        there[state, later] = True
    arrays = WalkLeads(
        state=np.ascontiguousarray(leads.state, dtype=np.int64),
        age=np.ascontiguousarray(leads.age, dtype=np.float64),
        kind=np.ascontiguousarray(own, dtype=np.int64),
        coming_as=np.ascontiguousarray(coming_as, dtype=np.int64),
        there=there,
        coming=coming,
    )
    return arrays, kinds.astype(np.int64)


def _classes_at(hazards: StageHazards, leads: OpenLeads, state: int, days: Floats) -> Ints:
    """Return the class of each lead if it enters a state in so many days from now, (lead, day)."""
    classes = leads.classes[:, state, None]
    life: Floats | None = getattr(leads, "life", None)
    if life is None:
        return np.repeat(classes, len(days), axis=1)
    sizes = next(len(curve.size) for curve in hazards.curves if curve.origin == state)
    return np.searchsorted(hazards.pace_cuts[state], life[:, None] + days) * sizes + classes % sizes


def _room(hazards: WalkHazards, kinds: int, steps: int, bins: int) -> WalkRoom:
    states = len(hazards.curve_begin) - 1
    exits = int(np.diff(hazards.curve_begin).max())
    ages = int(np.diff(hazards.union_begin).max())
    return WalkRoom(
        before=np.zeros(len(hazards.edges)),
        rise=np.zeros((exits, steps)),
        ends=np.zeros((states, kinds, ages + 1, exits)),
        moves=np.zeros((states, kinds, exits, steps, steps)),
        binned=np.zeros((states, kinds, exits, steps, bins)),
        after=np.zeros((states, kinds, steps, exits)),
        inflow=np.zeros((states + 2, steps)),
        cell=np.zeros(exits, dtype=np.int64),
        reached=np.zeros(len(hazards.target) + states + 2),
        part=np.zeros(exits),
    )
