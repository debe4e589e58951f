"""What a forecast that learned from records says beside its bands: which leads were known, and which have faded.

The question: what did the records say about each lead of the file, and which leads are older than any that was ever
won?  Nothing is dropped: leads that have faded keep the chance that the records leave them.

What it leaves out: the bands (:mod:`funnelsim.model.results`) and what was learned (:mod:`funnelsim.model.learned`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from funnelsim.model.known_leads import Known


@dataclass(frozen=True)
class FadedLead:
    """A lead that hardly any record says will be won.

    Attributes
    ----------
    lead_id, name : str
        Which lead.
    age_days : int
        Whole days since it was created, as far as is known.
    chance : float
        Calibrated chance to be won ever.
    pr, expected_value : int
        Minor units; the second is PR times stated PC.
    """

    lead_id: str
    name: str
    age_days: int
    chance: float
    pr: int
    expected_value: int


@dataclass(frozen=True)
class Faded:
    """Open leads whose calibrated PC is below a tenth of the average, or older than any lead that was ever won.

    Attributes
    ----------
    rows : int
        How many rows.
    older : int
        How many of them are older than any that was ever won.
    oldest_won_days : float or None
        Age of the oldest lead when it was won; None where none was.
    chance, average : float
        Mean calibrated PC of these rows, and of all.
    expected_value : int
        Their PR times stated PC, minor units.
    leads : tuple of FadedLead
        The largest by potential revenue.
    """

    rows: int
    older: int
    oldest_won_days: float | None
    chance: float
    average: float
    expected_value: int
    leads: tuple[FadedLead, ...]


@dataclass(frozen=True, eq=False)
class LearnedAnswer:
    """What a learned forecast stands on.

    Attributes
    ----------
    known : Known
        What the records taught, what they know of each forecast row and how it is used: enough to make the forecast
        again; its sets are at most the replications.
    sets : int
        Joint draws of everything that is uncertain; 1 where leads share nothing.
    calibrated : float64, (row,)
        Chance of each forecast row to be won ever, mean over the sets.
    faded : Faded
        Leads that hardly any record says will be won; possibly none.
    new_leads, new_wins : float or None
        Expected births inside the horizon and wins inside it; None where new business was left out.
    """

    known: Known
    sets: int
    calibrated: npt.NDArray[np.float64]
    faded: Faded
    new_leads: float | None
    new_wins: float | None
