"""What becomes of leads that enter a stage, where the rates out of it carry factors of each lead's stated day.

An entry counts as in the middle of its cell of future time.  Leads differ in the day, so nothing can be tabled: every
entry is followed to the last cell.

What it leaves out: how leads come to enter, and what is after the last cell (``engines/learning/dated_laws.py``).
"""

from __future__ import annotations

from math import factorial
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.jit import inline, kernel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SMALL: Final = 0.5
"""Hazard of a cell up to which a series of twelve terms is exact to a part in 10**13."""

C1, C2, C3, C4, C5, C6, C7, C8, C9, C10 = (1.0 / factorial(n) for n in range(2, 12))


class DatedEntries(NamedTuple):
    """Entries into one state, and the hazards out of it.

    steps : float64     ``(exit, entry cell, cell)``: hazard within each cell after an entry, where all factors are 1
    factor : float64    ``(exit, class)``
    pull : float64      ``(exit, stated day, cell)``: factor of the stated day
    day : int64         ``(lead,)``: which stated day
    kind : int64        ``(lead, entry cell)``: class of a lead that enters then
    entering : float64  ``(lead, entry cell)``: chance to enter
    """

    steps: Floats
    factor: Floats
    pull: Floats
    day: Ints
    kind: Ints
    entering: Floats


@inline
def _mean_left(hazard: float) -> float:
    """Return ``(1 - exp(-h)) / h`` for h in [0, SMALL]: its series, which needs no branch and can be vectorised."""
    square = hazard * hazard
    low = (1.0 - hazard * C1) + square * (C2 - hazard * C3)
    middle = (C4 - hazard * C5) + square * (C6 - hazard * C7)
    high = (C8 - hazard * C9) + square * C10
    fourth = square * square
    return low + fourth * (middle + fourth * high)


@inline
def _shares(whole: Floats, mean: Floats, left: Floats) -> None:
    """Write the shares of each lead's hazard that leave, over the hazard, and the shares that stay."""
    large = 0
    for lead in range(len(whole)):
        hazard = whole[lead]
        large += hazard > SMALL
        mean[lead] = _mean_left(hazard)
        left[lead] = 1.0 - hazard * mean[lead]
    if large:
        for lead in range(len(whole)):
            if whole[lead] > SMALL:
                left[lead] = np.exp(-whole[lead])
                mean[lead] = (1.0 - left[lead]) / whole[lead]


@inline
def _gather(entries: DatedEntries, room: Floats) -> None:
    """Write the pulls of each lead's stated day, cell by cell, leads side by side."""
    exits, cells = entries.steps.shape[0], entries.steps.shape[2]
    for out in range(exits):
        for lead in range(entries.day.size):
            day = entries.day[lead]
            for cell in range(cells):
                room[out * cells + cell, lead] = entries.pull[out, day, cell]


def rows_of_room(exits: int, cells: int) -> int:
    """Return how many rows of room a walk needs.

    Parameters
    ----------
    exits, cells : int
        Of the entries.

    Returns
    -------
    int
        Rows of one number a lead.
    """
    return 2 * exits * cells + exits + 4


@inline
def _enter(entries: DatedEntries, entry: int, factor: Floats, alive: Floats) -> None:
    """Write the factors of leads that enter in a cell, and the chance that each does."""
    for lead in range(len(alive)):
        alive[lead] = entries.entering[lead, entry]
        for out in range(len(factor)):
            factor[out, lead] = entries.factor[out, entries.kind[lead, entry]]


@inline
def _add_hazard(step: float, own: Floats, pull: Floats, whole: Floats) -> None:
    """Add the hazard of one exit in one cell: leads side by side, so that the loop is vectorised."""
    for lead in range(len(whole)):
        whole[lead] += step * (own[lead] * pull[lead])


@inline
def _go_on(mean: Floats, left: Floats, alive: Floats) -> None:
    """Write who leaves over the hazard, and who is still there after a cell."""
    for lead in range(len(alive)):
        mean[lead] *= alive[lead]
        alive[lead] *= left[lead]


@inline
def _add_flow(step: float, own: Floats, pull: Floats, flow: Floats, done: Floats) -> None:
    """Add who leaves by one exit in one cell."""
    for lead in range(len(done)):
        done[lead] += flow[lead] * (step * (own[lead] * pull[lead]))


@inline
def _turn(done: Floats, gone: Floats) -> None:
    """Write what was worked out cell by cell for each lead."""
    exits, leads, cells = gone.shape
    for out in range(exits):
        for lead in range(leads):
            for cell in range(cells):
                gone[out, lead, cell] = done[out * cells + cell, lead]


@kernel
def dated_walk(entries: DatedEntries, room: Floats, gone: Floats, staying: Floats) -> None:
    """Write where entries go.

    entries : DatedEntries
    room : float64 (row, lead)               of :func:`rows_of_room` rows, overwritten
    gone : float64 (exit, lead, cell)        chance to enter and to leave by each exit in each cell; all written
    staying : float64 (lead, entry cell)     chance to enter and still to be there after the last cell; all written

    Draws       none.
    Assumes     hazards are not negative.
    Twin        tests/reference/dated_walk.py
    """
    exits, cells = entries.steps.shape[0], entries.steps.shape[2]
    _gather(entries, room)
    pulls, done = room[: exits * cells], room[exits * cells : 2 * exits * cells]
    factor, rest = room[2 * exits * cells : 2 * exits * cells + exits], room[2 * exits * cells + exits :]
    whole, mean, left, alive = rest[0], rest[1], rest[2], rest[3]
    done[:] = 0.0
    for entry in range(cells):
        _enter(entries, entry, factor, alive)
        for cell in range(entry, cells):
            whole[:] = 0.0
            for out in range(exits):
                _add_hazard(entries.steps[out, entry, cell], factor[out], pulls[out * cells + cell], whole)
            _shares(whole, mean, left)
            _go_on(mean, left, alive)
            for out in range(exits):
                at = out * cells + cell
                _add_flow(entries.steps[out, entry, cell], factor[out], pulls[at], mean, done[at])
        staying[:, entry] = alive
    _turn(done, gone)
