"""Open leads and leads to come as records let them be simulated: one lowering for every use of a learned forecast.

The question: under each parameter set, when is each lead won and what does it bring, and how many leads that nobody has
yet will be?  The forecast simulates it whole; an explanation simulates it in parts, and with some draws held still.

What it leaves out: what is made of the money.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.execution import Progress, no_progress
from funnelsim.engines.learning.amount_tables import amount_table, empirical_table
from funnelsim.engines.learning.held import NOTHING, Held
from funnelsim.engines.learning.lead_laws import open_leads
from funnelsim.engines.learning.new_business import NewBusiness, new_business
from funnelsim.engines.learning.pool_book import pool_book
from funnelsim.engines.learning.pool_chances import PoolChances, pool_chances
from funnelsim.model.calendar import Calendar
from funnelsim.model.known_leads import Known
from funnelsim.model.leads import Leads

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LearnedBook:
    """Open leads and new business as they are simulated.

    Attributes
    ----------
    chances : PoolChances
        One law a lead, under each parameter set.
    book : LoweredBook
        One row a lead.
    new : NewBusiness or None
        With as many sets; None where leads to come are left out.
    """

    chances: PoolChances
    book: LoweredBook
    new: NewBusiness | None

    @property
    def calibrated(self) -> Floats:
        """Chance of each lead to be won ever, mean over the sets, ``(lead,)``."""
        return np.asarray(self.chances.ever.mean(axis=0)[self.chances.law])


def learned_book(
    leads: Leads,
    known: Known,
    calendar: Calendar,
    seed: int,
    replications: int,
    *,
    held: Held = NOTHING,
    progress: Progress = no_progress,
) -> LearnedBook:
    """Lower leads as records know them.

    Parameters
    ----------
    leads : Leads
        Forecast rows.
    known : Known
        What the records know of them, in the order of the rows.
    calendar : Calendar
        As-of day and bins.
    seed : int
        Luck.
    replications : int
        How many are to be simulated: there are no more parameter sets.
    held : Held
        What is not drawn.
    progress : callable
        Told the share of the work done since its last call; may raise, to stop it.

    Returns
    -------
    LearnedBook
        Determined by everything but the last.
    """
    learned = known.learned
    pool = open_leads(learned.hazards, known.stays)
    sets = min(known.sets, replications)
    chances = pool_chances(learned, pool, calendar, seed, sets, known.independent, progress, held)
    book = pool_book(chances, leads.key, leads.pr, _ratios(known))
    if not known.with_new:
        return LearnedBook(chances, book, None)
    new = new_business(learned, calendar, chances.factor, seed, chances.sets, known.independent, held)
    return LearnedBook(chances, book, new)


def _ratios(known: Known) -> Floats | None:
    """Return the table of what open leads bring in units of their PR; None for just that."""
    learned = known.learned
    if learned.counts_only:
        return None
    if known.priced or not len(learned.won_values):
        return amount_table(learned.amounts)
    brought = empirical_table(learned.won_values)
    mean = float(learned.won_values.mean())
    return brought / mean if len(brought) > 1 and mean > 0.0 else None
