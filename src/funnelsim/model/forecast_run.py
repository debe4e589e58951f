"""A saved forecast as its run folder holds it: enough to make it again, in parts, without the file of leads.

What it leaves out: the answer; what an explanation needs of it is simulated again from these records.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.known_leads import Known
from funnelsim.model.leads import Bookings, Leads, OtherRows


@dataclass(frozen=True)
class PlannedWindow:
    """The plan of a run.

    Attributes
    ----------
    target : int
        Minor units over the window.
    window : Period
        The fiscal year, or the days of the plan file.
    """

    target: int
    window: Period


@dataclass(frozen=True, eq=False)
class ForecastRun:
    """One saved forecast.

    Attributes
    ----------
    name : str
        The run folder's name.
    input_name, input_sha256 : str
        The file of leads it was made from.
    content_hash : str
        Of its answer.
    leads : Leads
        Forecast rows.
    others : OtherRows
        The other rows of the file.
    actuals : Bookings
        Money booked to date that the plan counts.
    actuals_replaced : bool
        Whether the user's own list stands in place of the file's won rows, so that no booking belongs to a lead.
    calendar : Calendar
        As-of day and periods.
    assumptions : ForecastAssumptions
        Shocks, push law, or everything as stated.
    seed, replications : int
        Luck, and how much of it.
    plan : PlannedWindow or None
        None without a plan.
    by : str or None
        Column whose values got bands of their own.
    bookings : int64, (replication, period + 1)
        As saved, minor units; the last column is past the horizon.
    known : Known or None
        What records taught and know of each row, for a forecast from records; None for one from stated chances, and
        where it was not asked for.
    """

    name: str
    input_name: str
    input_sha256: str
    content_hash: str
    leads: Leads
    others: OtherRows
    actuals: Bookings
    actuals_replaced: bool
    calendar: Calendar
    assumptions: ForecastAssumptions
    seed: int
    replications: int
    plan: PlannedWindow | None
    by: str | None
    bookings: npt.NDArray[np.int64] = field(repr=False)
    known: Known | None = field(default=None, repr=False)

    @property
    def as_of(self) -> date:
        """The day the forecast stands on."""
        return self.calendar.as_of
