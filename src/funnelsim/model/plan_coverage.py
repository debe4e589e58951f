"""Pipeline coverage of a plan: what is open and due beside what is still to book, and how much of it would be enough.

What it leaves out: how it is found (:mod:`funnelsim.engines.plan_coverage`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlanCoverage:
    """Pipeline coverage of a plan, held and required.

    Attributes
    ----------
    open_pr : int
        PR of open leads whose stated close is not after the plan's window, overdue ones included, minor units.
    remaining : int
        Still to book: the plan less what is booked, minor units; above 0.
    mean : float
        Mean simulated bookings of the open leads inside the window, minor units; above 0.
    held : float
        PR over what is still to book.
    required : float
        PR over mean bookings: the coverage at which the mean is just enough.
    """

    open_pr: int
    remaining: int
    mean: float
    held: float
    required: float
