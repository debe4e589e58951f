"""What a funnel simulation answers: bands of money, and with them what happened in the funnel on the way.

All money is in minor units.

What it leaves out: the reports on the funnel's parts (:mod:`funnelsim.model.funnel_reports`), and comparing strategies,
which pairs two of these replication by replication.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.control import Control
from funnelsim.model.funnel_reports import (
    FunnelCounts,
    FunnelRates,
    ImpliedStage,
    LossReport,
    SourceReport,
    StageReport,
    TeamReport,
)
from funnelsim.model.funnel_worth import FunnelValue, GoalOutcome
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.results import StandardErrors
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_policy import Strategy
from funnelsim.model.showing import Showing

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class MoneyBand:
    """Simulated money in one stretch of days.

    Attributes
    ----------
    period : Period
        The days.
    mean, sd : float
        Minor units.
    percentiles : mapping of int to int
        For each of ``results.PERCENTS`` the smallest simulated total with at least that share at or below it.
    standard_error : StandardErrors
        Of mean and percentiles.
    """

    period: Period
    mean: float
    sd: float
    percentiles: Mapping[int, int]
    standard_error: StandardErrors


@dataclass(frozen=True)
class MoneyBands:
    """One kind of money by period, from the first period to this one, and in all.

    Attributes
    ----------
    periods, cumulative : tuple of MoneyBand
        As the calendar's periods.
    total : MoneyBand
        Over the horizon.
    """

    periods: tuple[MoneyBand, ...]
    cumulative: tuple[MoneyBand, ...]
    total: MoneyBand


@dataclass(frozen=True, eq=False)
class Simulation(Showing):
    """One strategy of one scenario, simulated.

    Attributes
    ----------
    scenario : Scenario
        The world and its strategies.
    strategy : Strategy
        The one that was followed.
    opening : OpeningLeads
        Leads at the start.
    calendar : Calendar
        Days and periods.
    seed, replications, currency, minor_digits : int, int, str or None, int
        Root of all luck, number of futures, and of all money its currency and decimals.
    bookings, cost, profit : MoneyBands
        Cost is hours worked, touches, mailings and bought leads.
    goal : GoalOutcome or None
        None without a goal.
    value : FunnelValue
        EV of the open funnel.
    stages, teams : tuple of StageReport, tuple of TeamReport
        In order.
    sources : tuple of SourceReport
        In order, customers and opening leads last; those without a lead left out.
    losses : tuple of LossReport
        In falling order.
    rates : FunnelRates
        Response, qualification, conversion.
    counts : FunnelCounts
        Everything else.
    implied : tuple of ImpliedStage
        What the stated figures imply.
    notes : tuple of str
        What was assumed, mapped or left out, one sentence each.
    content_hash : str
        SHA-256 over every outcome; equal for equal inputs, whatever the threads and blocks.
    outcome : mapping of str to array
        The fields of ``funnel_arrays.Out``, first axis ``replication``.
    seconds : float
        Spent in the kernel, all threads together; not part of the hash.
    control : Control or None
        What controls did for the mean of bookings; None where not asked.  Beside the bands, not in them.
    """

    scenario: Scenario
    strategy: Strategy
    opening: OpeningLeads
    calendar: Calendar
    seed: int
    replications: int
    currency: str | None
    minor_digits: int
    bookings: MoneyBands
    cost: MoneyBands
    profit: MoneyBands
    goal: GoalOutcome | None
    value: FunnelValue
    stages: tuple[StageReport, ...]
    teams: tuple[TeamReport, ...]
    sources: tuple[SourceReport, ...]
    losses: tuple[LossReport, ...]
    rates: FunnelRates
    counts: FunnelCounts
    implied: tuple[ImpliedStage, ...]
    notes: tuple[str, ...]
    content_hash: str
    outcome: Mapping[str, Ints | Floats] = field(default_factory=dict, repr=False)
    seconds: float = 0.0
    control: Control | None = None


@dataclass(frozen=True)
class Story:
    """What happened to one lead in one replication.

    Attributes
    ----------
    lead_id, name : str
        Which lead; leads born inside are named by source, day and number.
    pr : int
        Minor units.
    buyer : bool
        Whether it was a true buyer, which nobody in the funnel sees.
    events : tuple of tuple of int
        Rows of the kernel's log: day, event code, three numbers.
    outcome : str
        ``won``, ``lost``, ``open``, ``on the way`` or ``in nurture``.
    """

    lead_id: str
    name: str
    pr: int
    buyer: bool
    events: tuple[tuple[int, int, int, int, int], ...]
    outcome: str
