"""Pipeline coverage of a plan: what is open and due, beside what is still to book, and how much of it would be enough.

The question: is there enough in the pipeline?  The rule of three times the rest of the target is nobody's conversion;
required coverage is what these leads' own simulated conversion asks for.

What it leaves out: leads that nobody has yet; with new business they bring a part of the plan on top.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.engines.windows import bins_inside, totals_in
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.leads import Leads
from funnelsim.model.plan_coverage import PlanCoverage
from funnelsim.model.plan_results import PlanOutcome
from funnelsim.model.results import Component

Ints = npt.NDArray[np.int64]


def plan_coverage(
    leads: Leads, plan: PlanOutcome, calendar: Calendar, bookings: Ints, components: tuple[Component, ...]
) -> PlanCoverage | None:
    """Return coverage held and required.

    Parameters
    ----------
    leads : Leads
        Open leads; those whose stated close is not after the plan's window count, overdue ones too.
    plan : PlanOutcome
        The plan and what is booked towards it.
    calendar : Calendar
        Periods and bins.
    bookings : int64, (replication, bin + 1)
        Of all components, minor units.
    components : tuple of Component
        Empty where the open leads are all there is; the first are the open leads otherwise.

    Returns
    -------
    PlanCoverage or None
        None where nothing is left to book, nothing is due, or nothing is simulated to be won in the window; and with
        components where the window cuts a period in two.
    """
    remaining = plan.target - plan.actuals
    due = leads.expected_close <= np.datetime64(plan.window.end, "D")
    open_pr = sum(leads.pr[due].tolist())
    mean = _mean(plan.window, calendar, bookings, components)
    if remaining <= 0 or not open_pr or not mean:
        return None
    return PlanCoverage(open_pr, remaining, mean, open_pr / remaining, open_pr / mean)


def _mean(window: Period, calendar: Calendar, bookings: Ints, components: tuple[Component, ...]) -> float | None:
    """Return mean bookings of open leads inside the window."""
    if not components:
        return float(totals_in(bookings, bins_inside(calendar, window)).mean())
    inside = [window.start <= one.start and one.end <= window.end for one in calendar.periods]
    outside = [one.end < window.start or window.end < one.start for one in calendar.periods]
    if not all(one or other for one, other in zip(inside, outside, strict=True)):
        return None
    return float(components[0].bookings[:, :-1][:, inside].sum(axis=1).mean())
