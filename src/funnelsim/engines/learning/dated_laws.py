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

from funnelsim.engines.learning.date_bands import on_clock
from funnelsim.engines.learning.hazards import cumulated, cumulated_at, place_of
from funnelsim.engines.learning.lead_laws import OpenLeads, lead_laws
from funnelsim.engines.learning.weekdays import average_factors
from funnelsim.kernels.dated_walk import DatedEntries, dated_walk, rows_of_room
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

ROUNDING: Final = 1e-6
"""Days that sums of days may be off."""


class DatedRates(NamedTuple):
    """One joint draw: rate and class factors of each curve, and factors of days and of horizons.

    ``won``, ``lost`` and ``moved`` hold factors on winning, losing and moving on: of days, then of horizons.
    """

    rates: Sequence[tuple[Floats, Floats]]
    won: tuple[Floats, Floats]
    lost: tuple[Floats, Floats]
    moved: tuple[Floats, Floats]


class _Later(NamedTuple):
    """Leads that may come to a state: rows, class by cell of entry, chance to be won ever if there after the last.

    ``place`` holds for each curve out of the state the cell of age and the days into it, (entry, cell + 1).
    """

    rows: Ints
    kind: Ints
    after: Floats
    place: list[tuple[Ints, Floats]]


class _Pulled(NamedTuple):
    """Where the cells of future time lie among the bands of a date, for each stated day and horizon.

    ``cell`` and ``into`` hold the band of each edge of a cell and how far into it, (day, cell + 1); ``zero`` the same
    for the start of the stated day, and ``scale`` what a stretch before it counts on the clock.
    """

    cell: Ints
    into: Floats
    zero: tuple[int, float]
    scale: Floats | None
    edges: Floats


class DatedWalk(NamedTuple):
    """What walks of the same leads have in common, whatever the rates.

    ``place`` holds for each curve out of a state the cell of age and the days into it, (row, cell + 1), of the leads
    that are there.  ``days`` and ``ahead`` hold the distinct pairs of a stated day and a stated horizon (its band, and
    days where a clock needs them), and ``which_day`` says which each lead has.  ``after`` holds each lead's chance to
    be won after the last cell if it is still where it is now.
    """

    dated: DatedHazards
    leads: OpenLeads
    edges: Floats
    days: Floats
    ahead: tuple[Ints, Floats]
    which_day: Ints
    rows: list[Ints]
    curves: list[list[HazardCurve]]
    weekly: list[Floats]
    place: list[list[tuple[Ints, Floats]]]
    after: Floats
    later: list[_Later]
    pulled: list[_Pulled]


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
        With the mean age, days since birth and stated day of those each stands for, all of one band of the stated
        horizon.
    which : int64, (lead,)
        Which of them stands for each lead.
    """
    assert leads.stated is not None
    last = max(float(dates.edges[-1]) if len(dates.edges) else 0.0 for dates in (dated.won, dated.lost, dated.moved))
    stated, said = np.maximum(leads.stated, -last), _horizons(leads)
    ahead = np.searchsorted(dated.horizon_cuts, said)
    step = FINEST
    while True:
        beyond = np.maximum(stated - horizon, 0.0)
        day = np.where(beyond > 0.0, horizon + 1.0 + np.floor(np.log1p(beyond) / step), np.floor(stated))
        age = np.floor(np.log1p(leads.age) / step)
        keys = np.column_stack([leads.state, day.astype(np.int64), age.astype(np.int64), ahead, leads.classes])
        distinct, which = np.unique(keys, axis=0, return_inverse=True)
        if len(distinct) <= MOST_LAWS or step >= COARSEST:
            break
        step *= 1.5
    which = which.reshape(-1).astype(np.int64)
    count = np.maximum(np.bincount(which, minlength=len(distinct)), 1)
    life = leads.age if leads.life is None else leads.life
    mean_age, mean_day, mean_life, mean_horizon = (
        np.bincount(which, weights=column, minlength=len(distinct)) / count
        for column in (leads.age, stated, life, said)
    )
    few = OpenLeads(distinct[:, 0], mean_age, distinct[:, 4:], mean_day, None if leads.life is None else mean_life)
    return few._replace(horizon=mean_horizon), which


def _horizons(leads: OpenLeads) -> Floats:
    """Return the days from the day of each lead's birth to the stated one."""
    if leads.horizon is not None:
        return leads.horizon
    assert leads.stated is not None
    life = leads.age if leads.life is None else leads.life
    return np.asarray(np.ceil(leads.stated + life - ROUNDING))  # of the day of birth a part was over


def walk_of(dated: DatedHazards, hazards: StageHazards, leads: OpenLeads, edges: Floats, monday: float) -> DatedWalk:
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
    horizon = _horizons(leads)
    band = np.searchsorted(dated.horizon_cuts, horizon - ROUNDING)
    if not any(dates.scale for dates in (dated.won, dated.lost, dated.moved)):
        horizon = band.astype(np.float64)
    pairs, first, which_day = np.unique(
        np.column_stack([leads.stated, horizon]), axis=0, return_index=True, return_inverse=True
    )
    days, ahead, which_day = pairs[:, 0], (band[first], pairs[:, 1]), which_day.reshape(-1).astype(np.int64)
    ever = _ever_on_entry(hazards, leads)
    rows = [np.flatnonzero(leads.state == state) for state in states]
    place, after = [], np.zeros(len(leads.state))
    for state, out in enumerate(curves):
        here = rows[state]
        ages = leads.age[here, None] + edges
        place.append([place_of(curve.edges, ages) for curve in out])
        passed = edges[-1] - leads.stated[here]
        kind = leads.classes[here, state]
        own = band[here], horizon[here]
        after[here] = _after(dated, out, (ages[:, -1], passed), (kind, *own), ever[here])
    weekly = [np.stack([average_factors(curve.weekly, monday, edges) for curve in out]) for out in curves]
    pulled = [_pulled(dates, edges - days[:, None], ahead[1]) for dates in (dated.won, dated.lost, dated.moved)]
    walk = DatedWalk(dated, leads, edges, days, ahead, which_day, rows, curves, weekly, place, after, [], pulled)
    return walk._replace(later=[_later(walk, state, which_day, ever) for state in states])


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
            [(curve.rate, curve.factor) for curve in dated.hazards.curves],
            *((dates.factor, dates.horizon) for dates in (dated.won, dated.lost, dated.moved)),
        )
    won, lost, moved = walk.pulled
    pulls = dict.fromkeys(range(dated.hazards.won), _pull(moved, draw.moved, walk, None))
    pulls[dated.hazards.won] = _pull(won, draw.won, walk, winning)
    pulls[dated.hazards.lost] = _pull(lost, draw.lost, walk, losing)
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
            np.subtract(*_both_ends(cumulated_at(curve.edges, rate, walk.place[here][at])), out=parts[at])
            parts[at] *= factor[walk.leads.classes[rows, here], None] * walk.weekly[here][at]
            parts[at] *= pulls[curve.target][walk.which_day[rows]]
        left = _flow(parts)
        for at, curve in enumerate(out):
            inflow[curve.target, rows] += parts[at]
        won_ever[rows] += left[:, -1] * walk.after[rows]
    gained, gone = inflow[dated.hazards.won], inflow[dated.hazards.lost]
    return LeadLaws(walk.edges, gained, gone, won_ever + gained.sum(axis=1))


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


def _pulled(dates: DateFactors, passed: Floats, horizon: Floats) -> _Pulled:
    """Return where edges of cells that lie some days past the stated one, (day, cell + 1), lie among its bands."""
    place, _ = on_clock(passed, horizon[:, None], dates.scale)
    start = min(float(place.min(initial=0.0)), float(dates.edges.min(initial=0.0))) - 1.0
    edges = np.concatenate([[start], dates.edges])
    cell = np.searchsorted(edges, place, side="right") - 1
    zero = int(np.searchsorted(edges, 0.0, side="right")) - 1
    # a day is a share of 1 / horizon, in which the rate is scale / horizon as high
    scale = np.where(passed < 0.0, dates.scale, 1.0) if dates.scale else None
    return _Pulled(cell, place - edges[cell], (zero, -float(edges[zero])), scale, edges)


def _pull(pulled: _Pulled, drawn: tuple[Floats, Floats], walk: DatedWalk, shared: Floats | None) -> Floats:
    """Return the mean factor of each cell for each stated day, (day, cell), times what all leads share."""
    factor, horizon = drawn
    before = np.concatenate([[0.0], np.cumsum(np.diff(pulled.edges) * factor[:-1])])
    reached = before[pulled.cell] + pulled.into * factor[pulled.cell]
    if pulled.scale is not None:
        at, into = pulled.zero
        reached = pulled.scale * (reached - (before[at] + into * factor[at]))
    pull = np.diff(reached) / np.diff(walk.edges)
    pull *= horizon[walk.ahead[0], None]
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
    dated: DatedHazards,
    out: list[HazardCurve],
    days: tuple[Floats, Floats],
    classes: tuple[Ints, Ints, Floats],
    ever: Floats,
) -> Floats:
    """Return the chance to be won ever of leads of some age, days past the stated one, class and horizon, at means."""
    (age, passed), (kind, band, horizon) = days, classes
    cuts = np.hstack([_cut_days(dates, horizon) for dates in (dated.won, dated.lost, dated.moved)])
    points = np.sort(np.column_stack([passed, np.maximum(passed[:, None], cuts)]), axis=1)
    points = np.column_stack([points, points[:, -1] + dated.hazards.reach])
    middle = 0.5 * (points[:, 1:] + points[:, :-1])
    ages = age[:, None] + points - passed[:, None]
    parts = np.stack([np.diff(cumulated(curve.edges, curve.rate, ages)) * curve.factor[kind, None] for curve in out])
    for at, curve in enumerate(out):
        dates = {dated.hazards.won: dated.won, dated.hazards.lost: dated.lost}.get(curve.target, dated.moved)
        place, speed = on_clock(middle, horizon[:, None], dates.scale)
        parts[at] *= dates.factor[np.searchsorted(dates.edges, place, side="right")] * speed
        parts[at] *= dates.horizon[band, None]
    _flow(parts)
    return np.asarray(np.einsum("tr,rt->r", parts.sum(axis=-1), ever[:, [curve.target for curve in out]]))


def _cut_days(dates: DateFactors, horizon: Floats) -> Floats:
    """Return the days past the stated one at which factors change, (row, cut), for leads of some horizons."""
    cuts = np.append(dates.edges, 0.0) if dates.scale else dates.edges
    return np.where((cuts < 0.0) & (dates.scale > 0.0), cuts * np.maximum(horizon, 1.0)[:, None], cuts)


def _later(walk: DatedWalk, state: int, which_day: Ints, ever: Floats) -> _Later:
    """Return what is to know of leads that may enter a state in the middle of any cell."""
    leads, edges, hazards = walk.leads, walk.edges, walk.dated.hazards
    assert leads.stated is not None
    rows = np.flatnonzero(leads.state < state)
    middle = 0.5 * (edges[1:] + edges[:-1])
    kind = np.repeat(leads.classes[rows, state, None], len(middle), axis=1)
    if leads.life is not None:
        sizes = len(walk.curves[state][0].size)
        pace = np.searchsorted(hazards.pace_cuts[state], leads.life[rows, None] + middle)
        kind = pace * sizes + kind % sizes
    after = np.zeros(kind.shape)
    for cell, day in enumerate(middle.tolist()):
        keys = np.column_stack([kind[:, cell], which_day[rows]])
        first, found = np.unique(keys, axis=0, return_index=True, return_inverse=True)[1:]
        some = rows[first]
        old, passed = np.full(len(some), edges[-1] - day), edges[-1] - leads.stated[some]
        own = kind[first, cell], walk.ahead[0][which_day[some]], walk.ahead[1][which_day[some]]
        chance = _after(walk.dated, walk.curves[state], (old, passed), own, ever[some])
        after[:, cell] = chance[found.reshape(-1)]
    ages = np.maximum(edges - middle[:, None], 0.0)
    place = [place_of(curve.edges, ages) for curve in walk.curves[state]]
    return _Later(rows, kind.astype(np.int64), after, place)


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
    entering = inflow[here, later.rows]
    if not entering.any():
        return
    steps = np.stack([
        np.diff(cumulated_at(curve.edges, rate, place))
        for curve, (rate, _), place in zip(out, rates, later.place, strict=True)
    ])
    steps *= walk.weekly[here][:, None]
    entries = DatedEntries(
        steps,
        np.stack([factor for _, factor in rates]),
        np.stack([pulls[curve.target] for curve in out]),
        walk.which_day[later.rows],
        later.kind,
        entering,
    )
    gone, staying = np.empty((len(out), *entering.shape)), np.empty(entering.shape)
    dated_walk(entries, np.empty((rows_of_room(*steps.shape[::2]), len(entering))), gone, staying)
    for at, curve in enumerate(out):
        inflow[curve.target, later.rows] += gone[at]
    won_ever[later.rows] += (staying * later.after).sum(axis=1)
