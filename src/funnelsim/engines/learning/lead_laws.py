"""From hazards to the chances of leads that are open now: won or lost within each cell of future time, or ever.

Where will a lead that has been in its stage for so long be, day by day?  A lead walks forward through the stages; how
long it stays in one depends on its age there and on nothing before it (a semi-Markov chain), so what follows an entry
is the same for every lead and is summed over the moment of the entry (a convolution).

"Ever" ends with what the records can tell: a lead older than any at which something happened has the length of the
records left.  What it leaves out: shocks that leads share (:mod:`funnelsim.engines.learning.shocks`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.hazards import cumulated
from funnelsim.model.calibration import HazardCurve, LeadLaws, StageHazards

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FINEST_AGE: Final = 0.125
"""Days by which ages are told apart where leads share a law; from 64 days on a 512th of the age."""


class _Exits(NamedTuple):
    """The hazards out of one state: each target with its edges and rates."""

    targets: tuple[int, ...]
    edges: tuple[Floats, ...]
    rates: tuple[Floats, ...]


def lead_laws(
    hazards: StageHazards, state: Ints, age: Floats, edges: Floats, rates: Sequence[Floats] | None = None
) -> LeadLaws:
    """Return the chances of open leads.

    Parameters
    ----------
    hazards : StageHazards
        What was learned.
    state : int64, (lead,)
        Where each lead is; not won or lost.
    age : float64, (lead,)
        Days it has been there.
    edges : float64, (cell + 1,)
        From 0 in equal steps, days.
    rates : sequence of float64, each (cell of age,), optional
        Rates of each curve; by default their posterior means.

    Returns
    -------
    LeadLaws
        An entry into a stage counts as in the middle of its cell: the error of a chance falls with the square of the
        step, and chances and what is left sum to 1.
    """
    means = [curve.rate for curve in hazards.curves] if rates is None else rates
    exits = _exits(hazards, means)
    ever = _ever_won(hazards, exits)
    cells, step = len(edges) - 1, float(edges[1] - edges[0])
    won, lost = np.zeros((2, len(state), cells))
    won_ever = np.zeros(len(state))
    for here in np.unique(state).tolist():
        rows = np.flatnonzero(state == here)
        flows = _walk(hazards, exits, ever, here, age[rows], cells, step)
        won[rows], lost[rows], won_ever[rows] = flows
    return LeadLaws(edges, won, lost, won_ever)


def shared_ages(state: Ints, age: Floats) -> tuple[Ints, Floats, Ints]:
    """Return the distinct pairs of state and age, ages rounded to what a law can tell apart.

    Parameters
    ----------
    state : int64, (lead,)
        Where leads are.
    age : float64, (lead,)
        Days in the state.

    Returns
    -------
    state : int64, (pair,)
        Of each distinct pair.
    age : float64, (pair,)
        Mean age of its leads.
    pair : int64, (lead,)
        Which pair a lead belongs to.
    """
    fine = 64.0
    slot = np.where(age < fine, age / FINEST_AGE, fine / FINEST_AGE * (1.0 + np.log(np.maximum(age, fine) / fine)))
    keys = np.stack([state, np.floor(slot).astype(np.int64)])
    pairs, pair = np.unique(keys, axis=1, return_inverse=True)
    pair = pair.reshape(-1)
    mean = np.bincount(pair, weights=age) / np.bincount(pair) if len(pair) else np.zeros(0)
    return pairs[0], mean, pair


def _exits(hazards: StageHazards, rates: Sequence[Floats]) -> list[_Exits]:
    found: list[list[tuple[HazardCurve, Floats]]] = [[] for _ in range(hazards.won)]
    for curve, rate in zip(hazards.curves, rates, strict=True):
        found[curve.origin].append((curve, rate))
    return [
        _Exits(tuple(c.target for c, _ in out), tuple(c.edges for c, _ in out), tuple(rate for _, rate in out))
        for out in found
    ]


def _flows(exits: _Exits, ages: Floats) -> tuple[Floats, Floats]:
    """Return flows to each target within steps between ages, (target, ..., step), and survival, (..., step + 1)."""
    parts = np.stack([np.diff(cumulated(e, r, ages)) for e, r in zip(exits.edges, exits.rates, strict=True)])
    whole = parts.sum(axis=0)
    left = np.exp(-np.concatenate([np.zeros((*whole.shape[:-1], 1)), np.cumsum(whole, axis=-1)], axis=-1))
    gone = -np.diff(left)
    share = np.divide(parts, whole, out=np.zeros_like(parts), where=whole > 0.0)
    return share * gone, left


def _ever_won(hazards: StageHazards, exits: list[_Exits]) -> list[tuple[Floats, Floats, Floats, Floats]]:
    """Return for each state the edges of age, the total rate, the winning rate and the chance to be won at each edge.

    Exact for rates that are constant within cells; the open cell lasts as long as the records.
    """
    laws: list[tuple[Floats, Floats, Floats, Floats]] = []
    fresh = np.zeros(len(hazards.states))
    fresh[hazards.won] = 1.0
    for out in reversed(exits):
        edges = np.unique(np.concatenate(out.edges))
        rates = np.stack([r[np.searchsorted(e, edges, side="right") - 1] for e, r in zip(out.edges, out.rates, strict=True)])
        total, winning = rates.sum(axis=0), fresh[list(out.targets)] @ rates
        widths = np.append(np.diff(edges), hazards.reach)
        chance = np.zeros(len(edges) + 1)
        for cell in range(len(edges) - 1, -1, -1):
            chance[cell] = _within(total[cell], winning[cell], widths[cell], chance[cell + 1])
        laws.append((edges, total, winning, chance))
        fresh[len(exits) - len(laws)] = chance[0]
    return laws[::-1]


def _within(total: Floats, winning: Floats, width: Floats, after: Floats) -> Floats:
    left = np.exp(-total * width)
    return np.asarray(np.divide(winning, total, out=np.zeros_like(winning), where=total > 0.0) * (1.0 - left) + left * after)


def _ever_at(law: tuple[Floats, Floats, Floats, Floats], reach: float, age: Floats) -> Floats:
    edges, total, winning, chance = law
    cell = np.searchsorted(edges, age, side="right") - 1
    ends = np.append(edges[1:], np.inf)
    width = np.minimum(ends[cell] - age, np.where(cell == len(edges) - 1, reach, np.inf))
    return _within(total[cell], winning[cell], width, chance[cell + 1])


def _walk(
    hazards: StageHazards,
    exits: list[_Exits],
    ever: list[tuple[Floats, Floats, Floats, Floats]],
    here: int,
    age: Floats,
    cells: int,
    step: float,
) -> tuple[Floats, Floats, Floats]:
    """Return the chances of leads that are in one state: won and lost within each cell, and won ever."""
    moves, left = _flows(exits[here], age[:, None] + step * np.arange(cells + 1))
    inflow = np.zeros((len(hazards.states), len(age), cells))
    inflow[list(exits[here].targets)] = moves
    end = age + step * cells
    won_ever = left[:, -1] * _ever_at(ever[here], hazards.reach, end)
    lags = np.concatenate([[0.0], step * (np.arange(cells) + 0.5)])
    behind = np.arange(cells)[None, :] - np.arange(cells)[:, None]
    for there in range(here + 1, hazards.won):
        if not inflow[there].any():
            continue
        kernel, stayed = _flows(exits[there], lags)
        for target, law in zip(exits[there].targets, kernel, strict=True):
            inflow[target] += inflow[there] @ np.where(behind >= 0, law[np.maximum(behind, 0)], 0.0)
        at_end = stayed[1:] * _ever_at(ever[there], hazards.reach, lags[1:])
        won_ever += inflow[there] @ at_end[::-1]
    return inflow[hazards.won], inflow[hazards.lost], won_ever + inflow[hazards.won].sum(axis=1)
