"""The leads that are open when a simulation starts, as its engine sees them.

What it leaves out: where they were read from (``inputs/opening_leads.py``) and what becomes of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from funnelsim.model.leads import Leads

STANDARD_TEMPERATURE = 0.5
"""Temperature of a lead that is worked as its stage expects; 0 is stone cold, 1 hottest."""


@dataclass(frozen=True, eq=False)
class OpeningLeads:
    """One row is one open lead; line items of one lead are summed into one.

    Attributes
    ----------
    leads : Leads
        Ids, PR, stated PC, expected close; ids are unique.
    name : tuple of str, (lead,)
        What people call it; the id where the file has no name.
    stage : int64, (lead,)
        Index of the scenario's stage.
    team : int64, (lead,)
        Index of the owning team; -1 for the stage's own.
    age_days : int64, (lead,)
        Days in the stage on the as-of day, at least 0.
    idle_days : int64, (lead,)
        Days since the last touch, at least 0.
    temperature : float64, (lead,)
        In [0, 1]; ``STANDARD_TEMPERATURE`` where the file says none.
    notes : tuple of str
        What was mapped, summed, assumed or left out, one sentence each, with counts.
    """

    leads: Leads
    name: tuple[str, ...]
    stage: npt.NDArray[np.int64]
    team: npt.NDArray[np.int64]
    age_days: npt.NDArray[np.int64]
    idle_days: npt.NDArray[np.int64]
    temperature: npt.NDArray[np.float64]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of leads."""
        return len(self.leads)
