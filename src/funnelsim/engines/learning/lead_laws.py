"""From hazards to the chances of leads that are open now: won or lost within each cell of future time, or ever.

Where will a lead that has been in its stage for so long be, day by day?  A lead walks forward through the stages; how
long it stays in one depends on its age there and on nothing before it (a semi-Markov chain), so what follows an entry
is the same for every lead and is summed over the moment of the entry.

"Ever" ends with what the records can tell: a lead older than any at which something happened has the length of the
records left.  What it leaves out: shocks that leads share (:mod:`funnelsim.engines.learning.shocks`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.hazards import cumulated, lead_classes
from funnelsim.engines.learning.weekdays import average_factors
from funnelsim.model.calibration import HazardCurve, LeadLaws, StageHazards
from funnelsim.model.known_leads import OpenStays

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FINEST: Final = 0.02
"""Share of the age, a day added, by which ages are told apart where leads share a law."""

COARSEST: Final = 0.5
"""Share at which coarsening ends."""

MOST_LAWS: Final = 1_500
"""Laws at most, if coarser ages get there: the more leads, the less the rounding of one age matters to their sum."""


class OpenLeads(NamedTuple):
    """Open leads: state and days there, (lead,), and class in that state and each later one, (lead, state).

    ``stated`` holds days to the start of the stated close, negative for days gone by, nan without one, (lead,); None
    where no lead has one.  ``life`` holds days since birth, (lead,): the class in a later state is then that of the
    pace at which the state will be entered; None keeps that of entering it now.  ``segment`` holds which segment
    each is in, (lead,); None where segments are not told apart.  ``horizon`` holds days from birth to the stated
    close of leads that stand for many, (lead,); None where ``stated`` and ``life`` tell it.
    """

    state: Ints
    age: Floats
    classes: Ints
    stated: Floats | None = None
    life: Floats | None = None
    segment: Ints | None = None
    horizon: Floats | None = None


class _Exits(NamedTuple):
    """The hazards out of one state by target: cells of age, rates, factors of coming cells and of classes of leads.

    Classes are bands of pace, which are cut at days from birth to the entry, times a number of bands of size.
    """

    targets: tuple[int, ...]
    edges: tuple[Floats, ...]
    rates: tuple[Floats, ...]
    weekly: Floats
    classes: Floats
    pace_cuts: Floats
    sizes: int


def lead_laws(
    hazards: StageHazards,
    leads: OpenLeads,
    edges: Floats,
    monday: float = 0.0,
    rates: Sequence[tuple[Floats, Floats]] | None = None,
) -> LeadLaws:
    """Return the chances of open leads.

    Parameters
    ----------
    hazards : StageHazards
        What was learned.
    leads : OpenLeads
        Where each lead is, for how long, and how long it took.
    edges : float64, (cell + 1,)
        From 0 in equal steps, days.
    monday : float
        Days from the last Monday to the as-of moment.
    rates : sequence of pairs of float64, each (cell of age,) and (class,), optional
        Rates and factors of classes of each curve; by default their posterior means.

    Returns
    -------
    LeadLaws
        An entry into a stage counts as in the middle of its cell: the error of a chance falls with the square of the
        step, and chances and what is left sum to 1.
    """
    means = [(curve.rate, curve.factor) for curve in hazards.curves] if rates is None else rates
    exits = _exits(hazards, means, monday, edges)
    count, step = len(edges) - 1, float(edges[1] - edges[0])
    inflow = np.zeros((len(hazards.states), len(leads.state), count))
    behind = [_classes_at(out, leads, here, edges[[-1]])[:, 0] for here, out in enumerate(exits)]
    ever = _ever_on_entry(exits, hazards, np.stack(behind, axis=1))
    won_ever = np.zeros(len(leads.state))
    for here, out in enumerate(exits):
        rows, targets = np.flatnonzero(leads.state == here), list(out.targets)
        age, own = leads.age[rows, None], leads.classes[rows, here]
        moves, left = _flows(_steps(out, age + edges), out.classes[:, own])
        inflow[targets, rows[:, None]] += moves.transpose(1, 0, 2)
        ends = _ends(out, hazards.reach, leads.age[rows] + edges[-1], own)
        won_ever[rows] += left[:, -1] * (ends * ever[rows][:, targets]).sum(axis=1)
        _walk_on(out, here, hazards.reach, _Walk(step, leads, inflow, ever, won_ever))
    won, lost = inflow[hazards.won], inflow[hazards.lost]
    return LeadLaws(edges, won, lost, won_ever + won.sum(axis=1))


def open_leads(hazards: StageHazards, stays: OpenStays) -> OpenLeads:
    """Return open leads with the class that each is in.

    Parameters
    ----------
    hazards : StageHazards
        What was learned.
    stays : OpenStays
        Leads that are open when the records end.

    Returns
    -------
    OpenLeads
        In the same order; classes in later states are those of entering them now.
    """
    classes = np.zeros((len(stays.row), len(hazards.pace_cuts)), dtype=np.int64)
    for state in range(len(hazards.pace_cuts)):
        there = stays.state <= state
        later = stays.state[there] < state
        taken = stays.taken[there] + np.where(later, stays.age[there], 0.0)
        classes[there, state] = lead_classes(hazards, state, taken, stays.pr[there])
    return OpenLeads(stays.state, stays.age, classes, stays.stated, stays.taken + stays.age, stays.segment)


def shared_laws(leads: OpenLeads, most: int = MOST_LAWS) -> tuple[OpenLeads, Ints]:
    """Return leads that stand for all, ages rounded to what a law can tell apart.

    Parameters
    ----------
    leads : OpenLeads
        All leads.
    most : int
        Laws at most, as far as ages that differ by no more than half can share one.

    Returns
    -------
    leads : OpenLeads
        One for each distinct state, class and rounded age, with the mean age of those it stands for.
    which : int64, (lead,)
        Which of them stands for each lead.
    """
    last = leads.state == leads.classes.shape[1] - 1
    life = np.zeros(len(last)) if leads.life is None else np.where(last, 0.0, leads.life)
    step = FINEST
    while True:
        keys = np.column_stack([leads.state, leads.classes, _slots(leads.age, step), _slots(life, step)])
        distinct, which = np.unique(keys, axis=0, return_inverse=True)
        if len(distinct) <= most or step >= COARSEST:
            break
        step *= 1.5
    which = which.reshape(-1)
    mean_age, mean_life = (
        np.bincount(which, weights=days) / np.maximum(np.bincount(which), 1) for days in (leads.age, life)
    )
    few = OpenLeads(distinct[:, 0], mean_age, distinct[:, 1:-2], life=None if leads.life is None else mean_life)
    return few, which.astype(np.int64)


def _slots(days: Floats, step: float) -> Ints:
    return np.asarray(np.floor(np.log1p(days) / step), dtype=np.int64)


def _exits(hazards: StageHazards, rates: Sequence[tuple[Floats, Floats]], monday: float, edges: Floats) -> list[_Exits]:
    found: list[list[tuple[HazardCurve, tuple[Floats, Floats]]]] = [[] for _ in range(hazards.won)]
    for curve, rate in zip(hazards.curves, rates, strict=True):
        found[curve.origin].append((curve, rate))
    return [
        _Exits(
            tuple(c.target for c, _ in out),
            tuple(c.edges for c, _ in out),
            tuple(rate for _, (rate, _) in out),
            np.stack([average_factors(c.weekly, monday, edges) for c, _ in out]),
            np.stack([classes for _, (_, classes) in out]),
            hazards.pace_cuts[state],
            len(out[0][0].size),
        )
        for state, out in enumerate(found)
    ]


def _steps(out: _Exits, ages: Floats) -> Floats:
    """Return the hazard to each target within steps between ages, (target, row, step), of a lead of factor 1."""
    rises = [np.diff(cumulated(edges, rate, ages)) for edges, rate in zip(out.edges, out.rates, strict=True)]
    return np.stack(rises) * out.weekly[:, None]


def _flows(steps: Floats, factor: Floats) -> tuple[Floats, Floats]:
    """Return flows to each target, (target, ..., step), and survival, (..., step + 1); a factor a target and row."""
    parts = steps * factor[..., None]
    whole = parts.sum(axis=0)
    left = np.exp(-np.concatenate([np.zeros((*whole.shape[:-1], 1)), np.cumsum(whole, axis=-1)], axis=-1))
    gone = -np.diff(left)
    share = np.divide(parts, whole, out=np.zeros_like(parts), where=whole > 0.0)
    return share * gone, left


def _classes_at(out: _Exits, leads: OpenLeads, here: int, days: Floats) -> Ints:
    """Return the class of each lead if it enters a state in so many days from now, (lead, day)."""
    classes = leads.classes[:, here, None]
    if leads.life is None:
        return np.repeat(classes, len(days), axis=1)
    pace = np.searchsorted(out.pace_cuts, leads.life[:, None] + days).astype(np.int64)
    return pace * out.sizes + classes % out.sizes


class _Walk(NamedTuple):
    """What a walk through later states reads, and the entries and chances to be won ever that it adds to."""

    step: float
    leads: OpenLeads
    inflow: Floats
    ever: Floats
    won_ever: Floats


def _walk_on(out: _Exits, here: int, reach: float, walk: _Walk) -> None:
    """Let leads that enter a state go on from it: what follows is the same for all of a class."""
    coming = np.flatnonzero(walk.inflow[here].any(axis=1) & (walk.leads.state < here))
    if not coming.size:
        return
    count, targets = walk.inflow.shape[2], list(out.targets)
    since = np.arange(count + 1) - np.arange(count)[:, None]
    steps = (
        np.diff(
            np.stack([
                cumulated(edges, rate, np.maximum(walk.step * (np.arange(-count, count + 1) - 0.5), 0.0))[since + count]
                for edges, rate in zip(out.edges, out.rates, strict=True)
            ])
        )
        * out.weekly[:, None]
    )
    entries = walk.step * (np.arange(count, dtype=np.float64) + 0.5)
    classes = _classes_at(out, walk.leads, here, entries)[coming]
    kinds, which = np.unique(classes, return_inverse=True)
    which = which.reshape(len(coming), count)
    moves, left = _flows(steps[:, None], out.classes[:, kinds, None])
    old = np.maximum(walk.step * (count - np.arange(count) - 0.5), 0.0)
    ends = _ends(out, reach, np.tile(old, len(kinds)), np.repeat(kinds, count)).reshape(len(kinds), count, -1)
    after = left[:, :, -1, None] * ends
    for kind in range(len(kinds)):
        own = which == kind
        some = own.any(axis=1)
        rows = coming[some]
        entering = walk.inflow[here, rows] * own[some]
        for target, move in zip(targets, moves[:, kind], strict=True):
            walk.inflow[target, rows] += entering @ move
        walk.won_ever[rows] += ((entering @ after[kind]) * walk.ever[rows][:, targets]).sum(axis=1)


def _ever_on_entry(exits: list[_Exits], hazards: StageHazards, classes: Ints) -> Floats:
    """Return the chance of each lead to be won ever from the day that it enters each state, (lead, state)."""
    ever = np.zeros((len(classes), len(hazards.states)))
    ever[:, hazards.won] = 1.0
    for state in range(len(exits) - 1, -1, -1):
        kinds, which = np.unique(classes[:, state], return_inverse=True)
        ends = _ends(exits[state], hazards.reach, np.zeros(len(kinds)), kinds)
        ever[:, state] = (ends[which] * ever[:, list(exits[state].targets)]).sum(axis=1)
    return ever


def _ends(out: _Exits, reach: float, age: Floats, kind: Ints) -> Floats:
    """Return where stays of some age and class end, (row, target): exact; the open cell lasts as the records."""
    edges = np.unique(np.concatenate(out.edges))
    rates = np.stack([
        rate[np.searchsorted(own, edges, side="right") - 1] for own, rate in zip(out.edges, out.rates, strict=True)
    ])
    kinds, which = np.unique(kind, return_inverse=True)
    parts = rates.T[:, None] * out.classes[:, kinds].T  # (cell, class, target)
    ends = np.zeros((len(edges) + 1, *parts.shape[1:]))
    gained, left = _gains(parts, np.append(np.diff(edges), reach)[:, None])
    for cell in range(len(edges) - 1, -1, -1):
        ends[cell] = gained[cell] + left[cell, :, None] * ends[cell + 1]
    now = np.searchsorted(edges, age, side="right") - 1
    width = np.where(now == len(edges) - 1, reach, np.append(edges[1:], np.inf)[now] - age)
    gained, left = _gains(parts[now, which], width)
    return np.asarray(gained + left[:, None] * ends[now + 1, which])


def _gains(parts: Floats, width: Floats) -> tuple[Floats, Floats]:
    """Return the chance to go to each target within a time at constant rates, and to stay."""
    whole = parts.sum(axis=-1)
    left = np.exp(-whole * width)
    share = np.divide(parts, whole[..., None], out=np.zeros_like(parts), where=whole[..., None] > 0.0)
    return share * (1.0 - left)[..., None], left
