"""What a simulated funnel is worth while it is open, and whether it reaches its goal.

What it leaves out: bookings by period (:mod:`funnelsim.model.simulation`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class GoalOutcome:
    """The chance of the goal.

    Attributes
    ----------
    target : int
        Minor units, over the horizon.
    probability, standard_error : float
        Share of replications that reach it.
    expected_shortfall : float
        Mean distance to it among those that miss, minor units.
    """

    target: int
    probability: float
    standard_error: float
    expected_shortfall: float


@dataclass(frozen=True)
class FunnelValue:
    """EV (PR x stated PC) of the open funnel at each period end, mean over replications, minor units.

    Attributes
    ----------
    by_stage, by_step, by_journey : mapping of str to tuple of float
        Name to one figure a period; the three add up to the same total.
    open_leads : mapping of str to tuple of float
        Stage to open leads a period end.
    """

    by_stage: Mapping[str, tuple[float, ...]]
    by_step: Mapping[str, tuple[float, ...]]
    by_journey: Mapping[str, tuple[float, ...]]
    open_leads: Mapping[str, tuple[float, ...]]
