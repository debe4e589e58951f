"""What happens in a simulated funnel on the way to its money: stages, teams, losses, sources, rates and counts.

Every figure is a mean over replications with its Monte Carlo standard error; ratios are ratios of sums over
replications, with the delta-method error.

What it leaves out: the money itself and the answer that holds all of it (:mod:`funnelsim.model.simulation`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A mean over replications.

    Attributes
    ----------
    mean : float
        In the unit its owner names; ``nan`` where it is a share of something that never happened.
    standard_error : float
        Of the mean; 0 for a single replication, ``nan`` with the mean.
    """

    mean: float
    standard_error: float


@dataclass(frozen=True)
class StageReport:
    """One stage.

    Attributes
    ----------
    name : str
        Of the stage.
    entered : Estimate
        Entries a replication, leads.
    stated_conversion : float
        As the scenario gives it.
    conversion : Estimate
        Advanced among the stays that ended.
    days, days_sd : float
        Mean and standard deviation of the stays that ended, days.
    open_at_end : Estimate
        Leads still there at the horizon.
    sales_hours : tuple of float
        Sales' hours in it: middle of the month, first five working days, last five.
    """

    name: str
    entered: Estimate
    stated_conversion: float
    conversion: Estimate
    days: float
    days_sd: float
    open_at_end: Estimate
    sales_hours: tuple[float, float, float]


@dataclass(frozen=True)
class TeamReport:
    """One team.

    Attributes
    ----------
    name : str
        Of the team.
    hours, room : Estimate
        Spent, and there to be spent, over the horizon.
    utilisation : Estimate
        Spent of what was there.
    touches : Estimate
        Count.
    cost : Estimate
        Minor units.
    owned_days, neglected_days : Estimate
        Lead days; neglected ones lie beyond the grace without an effective touch.
    by_period : float64, (period, 2)
        Mean hours spent and there.
    quota_reached : Estimate or None
        Share of replications in which the team books what its people are asked for together; None without a quota.
    """

    name: str
    hours: Estimate
    room: Estimate
    utilisation: Estimate
    touches: Estimate
    cost: Estimate
    owned_days: Estimate
    neglected_days: Estimate
    by_period: tuple[tuple[float, float], ...]
    quota_reached: Estimate | None = None


@dataclass(frozen=True)
class LossReport:
    """Losses at one stage for one reason under one owner.

    Attributes
    ----------
    stage, reason, team : str
        Where, why, whose.
    leads : Estimate
        A replication.
    share : float
        Of all losses.
    """

    stage: str
    reason: str
    team: str
    leads: Estimate
    share: float


@dataclass(frozen=True)
class SourceReport:
    """One source; customers who need more and leads open at the start are sources too.

    Attributes
    ----------
    name : str
        Of the source; ``customers`` and ``open at the start`` for the other two.
    leads : Estimate
        Born a replication.
    booked, cost : Estimate
        Minor units.
    """

    name: str
    leads: Estimate
    booked: Estimate
    cost: Estimate


@dataclass(frozen=True)
class FunnelRates:
    """The rates as the *Complete Guide for B2B Marketers* defines them, over the horizon.

    Attributes
    ----------
    response : Estimate or None
        Responses / prospects promoted; None where no source says how many it promotes.
    qualification : Estimate
        Qualified leads / inquiries.
    conversion : Estimate
        Closed leads / qualified leads delivered to Sales.
    qualification_by_period, conversion_by_period : tuple of float
        The same within each period (not of its cohort); nan where nothing was there.
    """

    response: Estimate | None
    qualification: Estimate
    conversion: Estimate
    qualification_by_period: tuple[float, ...]
    conversion_by_period: tuple[float, ...]


@dataclass(frozen=True)
class FunnelCounts:
    """What happened, a replication.

    Attributes
    ----------
    flows : mapping of str to Estimate
        Lower-case names of ``funnel_arrays``' period counts, summed over the horizon.
    passes : mapping of str to Estimate
        Reason to passes, reasons that never came left out.
    waste : Estimate
        Share of Sales' hours on leads that were not won by the horizon.
    never_called : Estimate
        Share of leads delivered to Sales that were lost without one touch of Sales.
    call_delay_days : Estimate
        Mean days from coming to Sales until the first touch.
    neglect_drift : Estimate
        Mean change of true PC of neglected leads at period ends, in points of probability (0.01 is one).
    idle_over_14, idle_over_30 : Estimate
        Share of leads that were ever idle that long.
    market_share : Estimate
        Own wins / true buyers who bought from anybody.
    first_win_days : Estimate
        Days until the first win, among replications that had one.
    month_end_share : Estimate
        Share of wins in the last five working days of a month.
    cost_per_win, cost_per_qsl : Estimate
        Minor units.
    reps_at_quota : Estimate or None
        Share of Sales' people at quota; always None for now, because the walk does not know whose lead was won.
    mailing_cost : Estimate
        Minor units; with the cost of teams and sources it makes up the whole cost.
    """

    flows: Mapping[str, Estimate]
    passes: Mapping[str, Estimate]
    waste: Estimate
    never_called: Estimate
    call_delay_days: Estimate
    neglect_drift: Estimate
    idle_over_14: Estimate
    idle_over_30: Estimate
    market_share: Estimate
    first_win_days: Estimate
    month_end_share: Estimate
    cost_per_win: Estimate
    cost_per_qsl: Estimate
    reps_at_quota: Estimate | None
    mailing_cost: Estimate = Estimate(0.0, 0.0)


@dataclass(frozen=True)
class ImpliedStage:
    """What the stated figures of a stage imply, solved before the simulation.

    Attributes
    ----------
    name : str
        Of the stage.
    advance_per_hour : float
        Pace of the advance clock per effective hour of a buyer.
    loss_per_day : float
        Sum of the loss rates, a day (an effective hour where losses are decided by work).
    pace_hours : float
        Effective hours a lead absorbs a working day.
    buyer_share : float
        Of leads in the stage, when all are worked.
    buyer_conversion, other_conversion : float
        At lead level, when all are worked.
    true_pc : float
        Chance that a lead entering the stage is won, when all are worked.
    stated_pc : float
        What the CRM shows.
    """

    name: str
    advance_per_hour: float
    loss_per_day: float
    pace_hours: float
    buyer_share: float
    buyer_conversion: float
    other_conversion: float
    true_pc: float
    stated_pc: float
