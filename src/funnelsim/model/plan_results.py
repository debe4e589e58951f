"""What a forecast answers about a plan: its chance, both sides, and how bad a miss is.

All money is in minor units.  What it leaves out: the plan that was asked about (:mod:`funnelsim.model.request`).
"""

from __future__ import annotations

from dataclasses import dataclass

from funnelsim.model.calendar import Period


@dataclass(frozen=True)
class PlanPeriod:
    """A plan for one forecast period.

    Attributes
    ----------
    period : Period
        The period.
    target : int
        Minor units.
    probability : float
        Simulated chance that bookings reach the target, in [0, 1].
    """

    period: Period
    target: int
    probability: float


@dataclass(frozen=True)
class PlanOutcome:
    """The chance of a plan, and what a miss looks like.

    Attributes
    ----------
    target : int
        Minor units, over the whole window.
    window : Period
        The fiscal year that holds the first forecast day, or the days of the plan file.
    actuals : int
        Booked inside the window up to the as-of day, minor units.
    probability : float
        Share of replications in which actuals and bookings reach the target.
    standard_error : float
        Of the probability.
    expected_shortfall : float
        Mean distance to the target among the replications that miss, minor units; 0 when none misses.
    by_period : tuple of PlanPeriod
        Filled when the plan came as a file.
    """

    target: int
    window: Period
    actuals: int
    probability: float
    standard_error: float
    expected_shortfall: float
    by_period: tuple[PlanPeriod, ...] = ()
