"""Leads that hardly any record says will be won: named, counted, and left in the bands.

Which open leads have outlived every lead that was ever won, or have a tenth of the usual chance?  A planner closes or
revives them; the forecast keeps the small chance that the records leave them.

What it leaves out: why they are still open.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.model.known_leads import OpenStays
from funnelsim.model.leads import Leads
from funnelsim.model.learned_answer import Faded, FadedLead
from funnelsim.model.money import rounded

SHARE: Final = 0.1
"""Of the average chance, below which a lead has faded."""

MOST_NAMED: Final = 10
"""Leads that are named."""


def faded_leads(
    leads: Leads, stays: OpenStays, oldest_won_days: float | None, calibrated: npt.NDArray[np.float64]
) -> Faded:
    """Return the leads that have faded.

    Parameters
    ----------
    leads : Leads
        Forecast rows.
    stays : OpenStays
        Their ages.
    oldest_won_days : float or None
        Age of the oldest lead when it was won; None where none was.
    calibrated : float64, (row,)
        Chance to be won ever.

    Returns
    -------
    Faded
        Rows older than any lead that was won, or with less than a tenth of the average chance.
    """
    age = stays.age + stays.taken
    older = age > oldest_won_days if oldest_won_days is not None else np.zeros(len(leads), dtype=bool)
    average = float(calibrated.mean()) if len(leads) else 0.0
    rows = np.flatnonzero(older | (calibrated < SHARE * average))
    largest = rows[np.lexsort((rows, -leads.pr[rows]))][:MOST_NAMED]
    names = leads.attributes.get("name", ("",) * len(leads))
    mask = np.zeros(len(leads), dtype=bool)
    mask[rows] = True
    return Faded(
        rows=len(rows),
        older=int(older.sum()),
        oldest_won_days=oldest_won_days,
        chance=float(calibrated[rows].mean()) if len(rows) else 0.0,
        average=average,
        expected_value=rounded(leads.expected_value(mask)),
        leads=tuple(
            FadedLead(
                leads.lead_id[row],
                names[row],
                int(age[row]),
                float(calibrated[row]),
                int(leads.pr[row]),
                rounded(leads.expected_value(np.arange(len(leads)) == row)),
            )
            for row in largest.tolist()
        ),
    )
