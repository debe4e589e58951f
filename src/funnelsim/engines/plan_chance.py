"""The chance of the plan: actuals to date plus simulated bookings, against a target.

What it leaves out: money of the window that is neither booked nor in the file yet (new business).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from funnelsim.engines.lead_effects import PlanTotals
from funnelsim.engines.windows import bins_inside, totals_in
from funnelsim.kernels.reduce import count_at_least
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.leads import Bookings
from funnelsim.model.plan_results import PlanOutcome, PlanPeriod
from funnelsim.model.request import Plan

Ints = npt.NDArray[np.int64]


def booked_in(bookings: Bookings, window: Period) -> tuple[int, int]:
    """Return how many bookings fall in some days, and their sum.

    Parameters
    ----------
    bookings : Bookings
        Money already booked.
    window : Period
        The days.

    Returns
    -------
    tuple of int
        Number and minor units.
    """
    first, last = np.datetime64(window.start, "D"), np.datetime64(window.end, "D")
    inside = (bookings.day >= first) & (bookings.day <= last)
    return int(inside.sum()), sum(bookings.amount[inside].tolist())


def plan_totals(plan: Plan, calendar: Calendar, bookings: Ints, actuals: Bookings) -> PlanTotals:
    """Return each replication's money towards the plan.

    Parameters
    ----------
    plan : Plan
        The plan.
    calendar : Calendar
        Periods and bins.
    bookings : int64, (replication, bin + 1)
        Simulated, minor units.
    actuals : Bookings
        Booked up to the as-of day.

    Returns
    -------
    PlanTotals
        Actuals inside the window are in the totals.
    """
    window = plan.window(calendar)
    inside = bins_inside(calendar, window)
    return PlanTotals(inside, totals_in(bookings, inside) + booked_in(actuals, window)[1], plan.target)


def plan_outcome(plan: Plan, totals: PlanTotals, calendar: Calendar, bookings: Ints, actuals: Bookings) -> PlanOutcome:
    """Return the chance of the plan and what a miss looks like.

    Parameters
    ----------
    plan : Plan
        The plan.
    totals : PlanTotals
        From :func:`plan_totals`.
    calendar : Calendar
        Periods and bins.
    bookings : int64, (replication, bin + 1)
        Simulated, minor units.
    actuals : Bookings
        Booked up to the as-of day.

    Returns
    -------
    PlanOutcome
        The standard error is that of a proportion.
    """
    count = len(totals.totals)
    reached, lacking = count_at_least(totals.totals, np.int64(plan.target))
    probability = reached / count
    window = plan.window(calendar)
    return PlanOutcome(
        target=plan.target,
        window=window,
        actuals=booked_in(actuals, window)[1],
        probability=probability,
        standard_error=math.sqrt(probability * (1 - probability) / count),
        expected_shortfall=lacking / (count - reached) if reached < count else 0.0,
        by_period=_by_period(plan, calendar, bookings, actuals),
    )


def _by_period(plan: Plan, calendar: Calendar, bookings: Ints, actuals: Bookings) -> tuple[PlanPeriod, ...]:
    found = []
    for start, target in sorted(plan.by_period):
        period = calendar.period_of(start)
        money = totals_in(bookings, bins_inside(calendar, period)) + booked_in(actuals, period)[1]
        found.append(PlanPeriod(period, target, float(np.count_nonzero(money >= target)) / len(money)))
    return tuple(found)
