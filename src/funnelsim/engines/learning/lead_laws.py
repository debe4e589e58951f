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

from funnelsim.engines.learning.exposure import OpenStays
from funnelsim.engines.learning.hazards import cumulated, pace_bands
from funnelsim.engines.learning.weekdays import average_factors
from funnelsim.model.calibration import HazardCurve, LeadLaws, StageHazards

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FINEST_AGE: Final = 0.125
"""Days by which ages are told apart where leads share a law."""

COARSER_FROM: Final = 64.0
"""Days of age from which on they are told apart by the same share of the age."""


class OpenLeads(NamedTuple):
    """Open leads: state and days there, (lead,), and band of pace in that state and each later one, (lead, state)."""

    state: Ints
    age: Floats
    bands: Ints


class _Ever(NamedTuple):
    """The chance to be won ever by age in a state: cells, their total and winning rates, the chance at each edge."""

    edges: Floats
    total: Floats
    winning: Floats
    chance: Floats


class _Exits(NamedTuple):
    """The hazards out of one state by target: cells of age, rates, factors of coming cells and of bands of pace."""

    targets: tuple[int, ...]
    edges: tuple[Floats, ...]
    rates: tuple[Floats, ...]
    factors: tuple[Floats, ...]
    paces: tuple[Floats, ...]


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
    rates : sequence of pairs of float64, each (cell of age,) and (band,), optional
        Rates and factors of pace of each curve; by default their posterior means.

    Returns
    -------
    LeadLaws
        An entry into a stage counts as in the middle of its cell: the error of a chance falls with the square of the
        step, and chances and what is left sum to 1.
    """
    means = [(curve.rate, curve.pace) for curve in hazards.curves] if rates is None else rates
    plain = _exits(hazards, means, monday, edges)
    count, step = len(edges) - 1, float(edges[1] - edges[0])
    won, lost = np.zeros((2, len(leads.state), count))
    won_ever = np.zeros(len(leads.state))
    keys, group = np.unique(np.column_stack([leads.state, leads.bands]), axis=0, return_inverse=True)
    for at, (here, *bands) in enumerate(keys.tolist()):
        rows = np.flatnonzero(group.reshape(-1) == at)
        exits = [_paced(out, band) for out, band in zip(plain, bands, strict=True)]
        cells = _Cells(count, step, exits, _ever_won(hazards, exits), hazards.reach)
        won[rows], lost[rows], won_ever[rows] = _walk(cells, here, leads.age[rows])
    return LeadLaws(edges, won, lost, won_ever)


def open_leads(hazards: StageHazards, stays: OpenStays) -> OpenLeads:
    """Return open leads with the band of pace that each is in.

    Parameters
    ----------
    hazards : StageHazards
        What was learned.
    stays : OpenStays
        Leads that are open when the records end.

    Returns
    -------
    OpenLeads
        In the same order.  A lead's band in a later state is that of entering it now: it will not be quicker.
    """
    bands = np.zeros((len(stays.row), len(hazards.pace_cuts)), dtype=np.int64)
    for state, cuts in enumerate(hazards.pace_cuts):
        there = stays.state <= state
        later = stays.state[there] < state
        bands[there, state] = pace_bands(cuts, stays.taken[there] + np.where(later, stays.age[there], 0.0))
    return OpenLeads(stays.state, stays.age, bands)


def shared_laws(leads: OpenLeads) -> tuple[OpenLeads, Ints]:
    """Return leads that stand for all, ages rounded to what a law can tell apart.

    Parameters
    ----------
    leads : OpenLeads
        All leads.

    Returns
    -------
    leads : OpenLeads
        One for each distinct state, band and rounded age, with the mean age of those it stands for.
    which : int64, (lead,)
        Which of them stands for each lead.
    """
    fine = COARSER_FROM
    slot = np.where(leads.age < fine, leads.age, fine * (1.0 + np.log(np.maximum(leads.age, fine) / fine))) / FINEST_AGE
    keys = np.column_stack([leads.state, np.floor(slot).astype(np.int64), leads.bands])
    distinct, which = np.unique(keys, axis=0, return_inverse=True)
    which = which.reshape(-1)
    mean = np.bincount(which, weights=leads.age) / np.maximum(np.bincount(which), 1)
    return OpenLeads(distinct[:, 0], mean, distinct[:, 2:]), which.astype(np.int64)


def _paced(exits: _Exits, band: int) -> _Exits:
    rates = tuple(rate * pace[band] for rate, pace in zip(exits.rates, exits.paces, strict=True))
    return exits._replace(rates=rates)


def _exits(hazards: StageHazards, rates: Sequence[tuple[Floats, Floats]], monday: float, edges: Floats) -> list[_Exits]:
    found: list[list[tuple[HazardCurve, tuple[Floats, Floats]]]] = [[] for _ in range(hazards.won)]
    for curve, rate in zip(hazards.curves, rates, strict=True):
        found[curve.origin].append((curve, rate))
    return [
        _Exits(
            tuple(c.target for c, _ in out),
            tuple(c.edges for c, _ in out),
            tuple(rate for _, (rate, _) in out),
            tuple(average_factors(c.weekly, monday, edges) for c, _ in out),
            tuple(pace for _, (_, pace) in out),
        )
        for out in found
    ]


def _flows(exits: _Exits, ages: Floats) -> tuple[Floats, Floats]:
    """Return flows to each target within steps between ages, (target, ..., step), and survival, (..., step + 1)."""
    parts = np.stack([
        np.diff(cumulated(edges, rate, ages)) * factor
        for edges, rate, factor in zip(exits.edges, exits.rates, exits.factors, strict=True)
    ])
    whole = parts.sum(axis=0)
    left = np.exp(-np.concatenate([np.zeros((*whole.shape[:-1], 1)), np.cumsum(whole, axis=-1)], axis=-1))
    gone = -np.diff(left)
    share = np.divide(parts, whole, out=np.zeros_like(parts), where=whole > 0.0)
    return share * gone, left


def _ever_won(hazards: StageHazards, exits: list[_Exits]) -> list[_Ever]:
    """Return the chance to be won ever from each state by age there."""
    laws: list[_Ever] = []
    fresh = np.zeros(len(hazards.states))
    fresh[hazards.won] = 1.0
    for out in reversed(exits):
        laws.append(_ever_of(out, fresh, hazards.reach))
        fresh[len(exits) - len(laws)] = laws[-1].chance[0]
    return laws[::-1]


def _ever_of(out: _Exits, fresh: Floats, reach: float) -> _Ever:
    """Return it for one state: exact for rates that are constant within cells; the open cell lasts as the records."""
    edges = np.unique(np.concatenate(out.edges))
    rates = np.stack([
        rate[np.searchsorted(own, edges, side="right") - 1] for own, rate in zip(out.edges, out.rates, strict=True)
    ])
    total, winning = rates.sum(axis=0), fresh[list(out.targets)] @ rates
    widths = np.append(np.diff(edges), reach)
    left = np.exp(-total * widths)
    gained = _within(total, winning, widths, np.zeros(len(edges)))
    chance = [0.0]
    for gain, stays in zip(gained[::-1].tolist(), left[::-1].tolist(), strict=True):
        chance.append(gain + stays * chance[-1])
    return _Ever(edges, total, winning, np.array(chance[::-1]))


def _within(total: Floats, winning: Floats, width: Floats, after: Floats) -> Floats:
    left = np.exp(-total * width)
    share = np.divide(winning, total, out=np.zeros_like(winning), where=total > 0.0)
    return np.asarray(share * (1.0 - left) + left * after)


def _ever_at(law: _Ever, reach: float, age: Floats) -> Floats:
    cell = np.searchsorted(law.edges, age, side="right") - 1
    width = np.append(law.edges[1:], np.inf)[cell] - age
    width = np.where(cell == len(law.edges) - 1, reach, width)
    return _within(law.total[cell], law.winning[cell], width, law.chance[cell + 1])


class _Cells(NamedTuple):
    """What a walk needs beside the leads: how many cells of what length, and the laws of every state."""

    steps: int
    step: float
    exits: list[_Exits]
    ever: list[_Ever]
    reach: float


def _walk(cells: _Cells, here: int, age: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the chances of leads that are in one state: won and lost within each cell, and won ever."""
    count, step, last = cells.steps, cells.step, len(cells.exits)
    own = cells.exits[here]
    moves, left = _flows(own, age[:, None] + step * np.arange(count + 1))
    inflow = np.zeros((last + 2, len(age), count))
    inflow[list(own.targets)] = moves
    won_ever = left[:, -1] * _ever_at(cells.ever[here], cells.reach, age + step * count)
    ages = np.maximum(step * (np.arange(count + 1) - np.arange(count)[:, None] - 0.5), 0.0)
    for there in range(here + 1, last):
        if not inflow[there].any():
            continue
        out = cells.exits[there]
        onward, stayed = _flows(out, ages)
        for target, flow in zip(out.targets, onward, strict=True):
            inflow[target] += inflow[there] @ flow
        won_ever += inflow[there] @ (stayed[:, -1] * _ever_at(cells.ever[there], cells.reach, ages[:, -1]))
    return inflow[last], inflow[last + 1], won_ever + inflow[last].sum(axis=1)
