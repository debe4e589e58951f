"""Chances of open leads whose close date is stated: the rates by age, times what the day says.

When will a lead be won whose date is so many days ahead, or gone by?  It walks forward as any lead does
(:mod:`funnelsim.engines.learning.lead_laws`), but in a cell of future time the rates of winning and of losing carry
the factor of the days that the cell covers, counted from the stated day.  Leads share a law only if they are alike in
state, class, age and stated day.

What it leaves out: pushes to come - how often dates move is in the factors, as far as moved dates were seen to be kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.hazards import cumulated
from funnelsim.engines.learning.lead_laws import OpenLeads, lead_laws
from funnelsim.engines.learning.weekdays import average_factors
from funnelsim.model.calibration import HazardCurve, LeadLaws, StageHazards
from funnelsim.model.covariates import DatedHazards, DateFactors

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_LAWS: Final = 2_000
"""Laws at most, if sharing them by coarser ages gets there."""

FINEST: Final = 0.02
"""Share of the age, and of the time from the horizon to a stated day, by which laws are told apart at first."""

COARSEST: Final = 0.5
"""Share at which coarsening ends."""


class DatedRates(NamedTuple):
    """One joint draw: rate and class factors of each curve, and factors of dates on winning and on losing."""

    rates: Sequence[tuple[Floats, Floats]]
    won: Floats
    lost: Floats


class _Later(NamedTuple):
    """Leads that may come to a state: kinds by class and stated day, what each row is, chance to be won after all."""

    kinds: Ints
    which: Ints
    after: Floats


class DatedWalk(NamedTuple):
    """What walks of the same leads have in common, whatever the rates.

    ``place`` holds for each curve out of a state the cell of age and the days into it, (row, cell + 1), of the leads
    that are there; ``after`` each lead's chance to be won after the last cell if it is still where it is now.
    """

    dated: DatedHazards
    leads: OpenLeads
    edges: Floats
    days: Floats
    which_day: Ints
    rows: list[Ints]
    curves: list[list[HazardCurve]]
    weekly: list[Floats]
    place: list[list[tuple[Ints, Floats]]]
    after: Floats
    later: list[_Later]


def shared_dated_laws(leads: OpenLeads, dated: DatedHazards, horizon: float) -> tuple[OpenLeads, Ints]:
    """Return leads that stand for all.

    Parameters
    ----------
    leads : OpenLeads
        All with a stated close.
    dated : DatedHazards
        Says from which day on an overdue date says nothing more.
    horizon : float
        Days to the end of the forecast: stated days up to it are told apart exactly.

    Returns
    -------
    leads : OpenLeads
        With the mean age and stated day of those each stands for.
    which : int64, (lead,)
        Which of them stands for each lead.
    """
    assert leads.stated is not None
    last = max(float(edges[-1]) if len(edges) else 0.0 for edges in (dated.won.edges, dated.lost.edges))
    stated = np.maximum(leads.stated, -last)
    step = FINEST
    while True:
        beyond = np.maximum(stated - horizon, 0.0)
        day = np.where(beyond > 0.0, horizon + 1.0 + np.floor(np.log1p(beyond) / step), np.floor(stated))
        age = np.floor(np.log1p(leads.age) / step)
        keys = np.column_stack([leads.state, day.astype(np.int64), age.astype(np.int64), leads.classes])
        distinct, which = np.unique(keys, axis=0, return_inverse=True)
        if len(distinct) <= MOST_LAWS or step >= COARSEST:
            break
        step *= 1.5
    which = which.reshape(-1).astype(np.int64)
    count = np.maximum(np.bincount(which, minlength=len(distinct)), 1)
    mean_age, mean_day = (
        np.bincount(which, weights=column, minlength=len(distinct)) / count for column in (leads.age, stated)
    )
    return OpenLeads(distinct[:, 0], mean_age, distinct[:, 3:], mean_day), which


def dated_walk(dated: DatedHazards, hazards: StageHazards, leads: OpenLeads, edges: Floats, monday: float) -> DatedWalk:
    """Return what walks of the same leads have in common.

    Parameters
    ----------
    dated : DatedHazards
        What was learned of leads with a stated close.
    hazards : StageHazards
        Of all leads: the chance to be won ever after a move that lies behind the last cell.
    leads : OpenLeads
        All with a stated close.
    edges : float64, (cell + 1,)
        Days from the as-of moment, rising from 0.
    monday : float
        Days from the last Monday to the as-of moment.

    Returns
    -------
    DatedWalk
        For :func:`dated_laws`.
    """
    assert leads.stated is not None
    states = range(hazards.won)
    curves = [[curve for curve in dated.hazards.curves if curve.origin == state] for state in states]
    days, which_day = np.unique(leads.stated, return_inverse=True)
    which_day = which_day.reshape(-1).astype(np.int64)
    ever = _ever_on_entry(hazards, leads)
    rows = [np.flatnonzero(leads.state == state) for state in states]
    place, after, later = [], np.zeros(len(leads.state)), []
    for state, out in enumerate(curves):
        here = rows[state]
        ages = leads.age[here, None] + edges
        cells = [np.searchsorted(curve.edges, ages, side="right") - 1 for curve in out]
        place.append([(cell, ages - curve.edges[cell]) for cell, curve in zip(cells, out, strict=True)])
        passed = edges[-1] - leads.stated[here]
        after[here] = _after(dated, out, ages[:, -1], passed, leads.classes[here, state], ever[here])
        later.append(_later(dated, out, state, leads, which_day, edges, ever))
    weekly = [np.stack([average_factors(curve.weekly, monday, edges) for curve in out]) for out in curves]
    return DatedWalk(dated, leads, edges, days, which_day, rows, curves, weekly, place, after, later)


def dated_laws(
    walk: DatedWalk,
    draw: DatedRates | None = None,
    winning: Floats | None = None,
    losing: Floats | None = None,
) -> LeadLaws:
    """Return the chances of open leads under one set of rates.

    Parameters
    ----------
    walk : DatedWalk
        The leads.
    draw : DatedRates, optional
        Rates and factors; by default their posterior means.
    winning, losing : float64, (cell,), optional
        Factors of the periods on the rates of winning and of losing.

    Returns
    -------
    LeadLaws
        Rates count as constant within a cell; an entry into a stage counts as in the middle of its cell.  The chance
        to be won after the last cell is that of the posterior means.
    """
    dated = walk.dated
    if draw is None:
        draw = DatedRates(
            [(curve.rate, curve.factor) for curve in dated.hazards.curves], dated.won.factor, dated.lost.factor
        )
    pulls = {
        dated.hazards.won: _pull(dated.won, draw.won, walk, winning),
        dated.hazards.lost: _pull(dated.lost, draw.lost, walk, losing),
    }
    count = len(walk.edges) - 1
    inflow = np.zeros((len(dated.hazards.states), len(walk.leads.state), count))
    won_ever = np.zeros(len(walk.leads.state))
    for here, out in enumerate(walk.curves):
        chosen = [rate for curve, rate in zip(dated.hazards.curves, draw.rates, strict=True) if curve.origin == here]
        _walk_on(walk, here, chosen, pulls, inflow, won_ever)
        rows = walk.rows[here]
        if not len(rows):
            continue
        parts = np.empty((len(out), len(rows), count))
        for at, (curve, (rate, factor)) in enumerate(zip(out, chosen, strict=True)):
            cell, into = walk.place[here][at]
            before = np.concatenate([[0.0], np.cumsum(np.diff(curve.edges) * rate[:-1])])
            np.subtract(*_both_ends(before[cell] + into * rate[cell]), out=parts[at])
            parts[at] *= factor[walk.leads.classes[rows, here], None] * walk.weekly[here][at]
            if curve.target in pulls:
                parts[at] *= pulls[curve.target][walk.which_day[rows]]
        left = _flow(parts)
        for at, curve in enumerate(out):
            inflow[curve.target, rows] += parts[at]
        won_ever[rows] += left[:, -1] * walk.after[rows]
    won, lost = inflow[dated.hazards.won], inflow[dated.hazards.lost]
    return LeadLaws(walk.edges, won, lost, won_ever + won.sum(axis=1))


def _both_ends(reached: Floats) -> tuple[Floats, Floats]:
    return reached[..., 1:], reached[..., :-1]


def _flow(parts: Floats) -> Floats:
    """Turn hazards within cells, (target, ..., cell), into chances, in place, and return survival, (..., cell + 1)."""
    whole = parts.sum(axis=0)
    left = np.ones((*whole.shape[:-1], whole.shape[-1] + 1))
    np.exp(-np.cumsum(whole, axis=-1), out=left[..., 1:])
    later, earlier = _both_ends(left)
    whole = np.divide(earlier - later, whole, out=np.zeros_like(whole), where=whole > 0.0)
    parts *= whole
    return left


def _pull(dates: DateFactors, factor: Floats, walk: DatedWalk, shared: Floats | None) -> Floats:
    """Return the mean factor of each cell for each stated day, (day, cell), times what all leads share."""
    if len(dates.edges):
        passed = walk.edges - walk.days[:, None]
        start = min(float(passed.min(initial=0.0)), float(dates.edges[0])) - 1.0
        reached = cumulated(np.concatenate([[start], dates.edges]), factor, passed)
        pull = np.diff(reached) / np.diff(walk.edges)
    else:
        pull = np.full((len(walk.days), len(walk.edges) - 1), factor[0])
    return pull if shared is None else pull * shared


def _ever_on_entry(hazards: StageHazards, leads: OpenLeads) -> Floats:
    """Return the chance of each lead to be won ever from the day that it enters each state, (lead, state)."""
    ever = np.zeros((len(leads.state), len(hazards.states)))
    ever[:, hazards.won] = 1.0
    for state in range(1, hazards.won):
        entering = OpenLeads(np.full(len(leads.state), state), np.zeros(len(leads.state)), leads.classes)
        ever[:, state] = lead_laws(hazards, entering, np.array([0.0, 1.0])).won_ever
    return ever


def _after(
    dated: DatedHazards, out: list[HazardCurve], age: Floats, passed: Floats, kind: Ints, ever: Floats
) -> Floats:
    """Return the chance to be won ever of leads in a state, some days past their stated one, at posterior means."""
    cuts = np.union1d(dated.won.edges, dated.lost.edges)
    points = np.column_stack([passed, np.maximum(passed[:, None], cuts)])
    points = np.column_stack([points, points[:, -1] + dated.hazards.reach])
    ages = age[:, None] + points - passed[:, None]
    parts = np.stack([np.diff(cumulated(curve.edges, curve.rate, ages)) * curve.factor[kind, None] for curve in out])
    starts = np.concatenate([[-np.inf], cuts])
    for at, curve in enumerate(out):
        for target, dates in ((dated.hazards.won, dated.won), (dated.hazards.lost, dated.lost)):
            if curve.target == target:
                parts[at] *= dates.factor[np.searchsorted(dates.edges, starts, side="right")]
    _flow(parts)
    return np.asarray(np.einsum("tr,rt->r", parts.sum(axis=-1), ever[:, [curve.target for curve in out]]))


def _later(
    dated: DatedHazards,
    out: list[HazardCurve],
    state: int,
    leads: OpenLeads,
    which_day: Ints,
    edges: Floats,
    ever: Floats,
) -> _Later:
    """Return what is to know of leads that may enter a state in the middle of any cell."""
    assert leads.stated is not None
    coming = np.flatnonzero(leads.state < state)
    which = np.full(len(leads.state), -1, dtype=np.int64)
    if not len(coming):
        return _Later(np.zeros((0, 2), dtype=np.int64), which, np.zeros((0, len(edges) - 1)))
    keys = np.column_stack([leads.classes[coming, state], which_day[coming]])
    kinds, first, found = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    which[coming] = found.reshape(-1)
    old = edges[-1] - 0.5 * (edges[1:] + edges[:-1])
    some = np.repeat(coming[first], len(old))
    after = _after(
        dated, out, np.tile(old, len(kinds)), edges[-1] - leads.stated[some], leads.classes[some, state], ever[some]
    )
    return _Later(kinds, which, after.reshape(len(kinds), -1))


def _walk_on(
    walk: DatedWalk,
    here: int,
    rates: list[tuple[Floats, Floats]],
    pulls: dict[int, Floats],
    inflow: Floats,
    won_ever: Floats,
) -> None:
    """Let leads that enter a state go on from it."""
    later, out = walk.later[here], walk.curves[here]
    if not len(later.kinds) or not inflow[here].any():
        return
    middle = 0.5 * (walk.edges[1:] + walk.edges[:-1])
    ages = np.maximum(walk.edges - middle[:, None], 0.0)
    steps = np.stack([np.diff(cumulated(c.edges, rate, ages)) for c, (rate, _) in zip(out, rates, strict=True)])
    steps *= walk.weekly[here][:, None]
    for kind, (group, day) in enumerate(later.kinds.tolist()):
        rows = np.flatnonzero(later.which == kind)
        entering = inflow[here, rows]
        if not entering.any():
            continue
        parts = steps.copy()
        for at, curve in enumerate(out):
            parts[at] *= rates[at][1][group]
            if curve.target in pulls:
                parts[at] *= pulls[curve.target][day]
        left = _flow(parts)
        for at, curve in enumerate(out):
            inflow[curve.target, rows] += entering @ parts[at]
        won_ever[rows] += entering @ (left[:, -1] * later.after[kind])
