"""What becomes of leads that enter a stage, where the rates out of it carry factors of each lead's stated day.

An entry counts as in the middle of its cell of future time.  Leads differ in the day, so nothing can be tabled: every
entry is followed to the last cell.

What it leaves out: how leads come to enter, and what is after the last cell (``engines/learning/dated_laws.py``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.jit import kernel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


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


@kernel
def dated_walk(entries: DatedEntries, gone: Floats, staying: Floats) -> None:
    """Write where entries go.

    entries : DatedEntries
    gone : float64 (exit, lead, cell)        chance to enter and to leave by each exit in each cell; all written
    staying : float64 (lead, entry cell)     chance to enter and still to be there after the last cell; all written

    Draws       none.
    Assumes     hazards are not negative.
    Twin        tests/reference/dated_walk.py
    """
    exits, cells = entries.steps.shape[0], entries.steps.shape[2]
    gone[:] = 0.0
    for lead in range(entries.day.size):
        day = entries.day[lead]
        for entry in range(cells):
            alive = entries.entering[lead, entry]
            if alive > 0.0:
                kind = entries.kind[lead, entry]
                for cell in range(entry, cells):
                    whole = 0.0
                    for out in range(exits):
                        whole += (
                            entries.steps[out, entry, cell] * entries.factor[out, kind] * entries.pull[out, day, cell]
                        )
                    if whole <= 0.0:
                        continue
                    left = alive * np.exp(-whole)
                    scale = (alive - left) / whole
                    for out in range(exits):
                        gone[out, lead, cell] += scale * (
                            entries.steps[out, entry, cell] * entries.factor[out, kind] * entries.pull[out, day, cell]
                        )
                    alive = left
            staying[lead, entry] = alive
