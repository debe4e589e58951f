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
def _shares(steps: Floats, room: Floats, exits: int, entry: int) -> None:
    """Write hazards of the cells from an entry on, the shares that leave by them, and the shares that stay."""
    whole, mean, left = room[exits, entry:], room[exits + 1, entry:], room[exits + 2, entry:]
    for cell in range(len(whole)):
        whole[cell] = 0.0
    for out in range(exits):
        base, product = steps[out, entry, entry:], room[out, entry:]
        for cell in range(len(whole)):
            whole[cell] += base[cell] * product[cell]
    large = 0
    for cell in range(len(whole)):
        hazard = whole[cell]
        large += hazard > SMALL
        mean[cell] = _mean_left(hazard)
        left[cell] = 1.0 - hazard * mean[cell]
    if large:
        for cell in range(len(whole)):
            if whole[cell] > SMALL:
                left[cell] = np.exp(-whole[cell])
                mean[cell] = (1.0 - left[cell]) / whole[cell]


@kernel
def dated_walk(entries: DatedEntries, room: Floats, gone: Floats, staying: Floats) -> None:
    """Write where entries go.

    entries : DatedEntries
    room : float64 (exit + 3, cell)          overwritten
    gone : float64 (exit, lead, cell)        chance to enter and to leave by each exit in each cell; all written
    staying : float64 (lead, entry cell)     chance to enter and still to be there after the last cell; all written

    Draws       none.
    Assumes     hazards are not negative.
    Twin        tests/reference/dated_walk.py
    """
    exits, cells = entries.steps.shape[0], entries.steps.shape[2]
    gone[:] = 0.0
    for lead in range(entries.day.size):
        day, last = entries.day[lead], -1
        for entry in range(cells):
            alive = entries.entering[lead, entry]
            if alive > 0.0:
                kind = entries.kind[lead, entry]
                if kind != last:
                    last = kind
                    for out in range(exits):
                        room[out] = entries.factor[out, kind] * entries.pull[out, day]
                _shares(entries.steps, room, exits, entry)
                flow, left = room[exits + 1, entry:], room[exits + 2, entry:]
                for cell in range(len(flow)):
                    flow[cell] *= alive
                    alive *= left[cell]
                for out in range(exits):  # slices that begin at the entry let loops be vectorised
                    done, steps, product = gone[out, lead, entry:], entries.steps[out, entry, entry:], room[out, entry:]
                    for cell in range(len(flow)):
                        done[cell] += flow[cell] * (steps[cell] * product[cell])
            staying[lead, entry] = alive
