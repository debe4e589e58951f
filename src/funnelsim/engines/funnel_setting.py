"""What a summary of a funnel simulation must know beside the outcomes.

What it leaves out: the tables that the walk reads (:mod:`funnelsim.kernels.funnel_arrays`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.funnel_reports import ImpliedStage
from funnelsim.model.money import minor_digits
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_policy import Strategy

DAYS_PER_MONTH = Fraction(1461, 48)
"""365.25 days a year, twelve months."""


@dataclass(frozen=True, eq=False)
class Setting:
    """One question to the simulation.

    Attributes
    ----------
    scenario : Scenario
        The world and its strategies.
    strategy : Strategy
        The one that is followed.
    opening : OpeningLeads
        Leads at the start.
    calendar : Calendar
        Days and periods.
    sales : bool, (team,)
        Which teams are Sales.
    opening_with_sales : int
        Leads that Sales has at the start.
    seed : int
        Root of all luck.
    implied : tuple of ImpliedStage
        What the stated figures imply.
    notes : tuple of str
        What was assumed so far, one sentence each.
    """

    scenario: Scenario
    strategy: Strategy
    opening: OpeningLeads
    calendar: Calendar
    sales: npt.NDArray[np.bool_]
    opening_with_sales: int
    seed: int
    implied: tuple[ImpliedStage, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def digits(self) -> int:
        """Decimals of the currency."""
        return minor_digits(self.scenario.currency)


def calendar_of(scenario: Scenario) -> Calendar:
    """Return the days that a scenario simulates.

    Parameters
    ----------
    scenario : Scenario
        Checked.

    Returns
    -------
    Calendar
        The first period may be a stub.
    """
    days = scenario.calendar
    return Calendar(days.as_of, days.period, days.horizon, days.fiscal_start)


def minor_units(amount: float, digits: int) -> Fraction:
    """Return money as it is written in a scenario, exactly.

    Parameters
    ----------
    amount : float
        Major units; ``.1`` means one tenth, not the double next to it.
    digits : int
        Decimals of the currency.

    Returns
    -------
    Fraction
        Minor units.
    """
    return Fraction(str(amount)) * int(10**digits)


def months_in(period: Period) -> Fraction:
    """Return the length of a period in calendar months.

    Parameters
    ----------
    period : Period
        Any days.

    Returns
    -------
    Fraction
        A whole month is exactly 1, whatever its days; a day is one part of its own month.
    """
    found, day = Fraction(0), period.start
    while day <= period.end:
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        last = following - timedelta(days=1)
        end = min(last, period.end)
        found += Fraction((end - day).days + 1, last.day)
        day = following
    return found
