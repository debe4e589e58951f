"""What an explanation of a funnel simulation answers: why this number, why it changed, and where it went off the rails.

All money is in minor units; every difference is taken replication by replication on the same luck.  What it leaves out:
explanations of forecasts, which start from leads and not from a scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.funnel_reports import Estimate
from funnelsim.model.intervals import Interval
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_changes import Difference
from funnelsim.model.showing import Showing

SHOWN_PERCENTS = (10, 50, 90)
"""Percentiles that stand beside a mean."""


@dataclass(frozen=True, eq=False)
class ExplainedRun:
    """A simulation that is to be explained, as it was asked.

    Attributes
    ----------
    name : str
        What the reader calls it.
    scenario : Scenario
        With the horizon that was asked.
    strategy : str
        The one that was followed.
    opening : OpeningLeads
        Leads at the start.
    seed, replications : int
        Root of all luck, and number of futures.
    """

    name: str
    scenario: Scenario
    strategy: str
    opening: OpeningLeads
    seed: int
    replications: int


@dataclass(frozen=True)
class BridgeState:
    """Bookings and profit between two steps of a bridge.

    Attributes
    ----------
    bookings, profit : int
        Mean over replications, rounded once to the minor unit, halves to even.
    bookings_sum, profit_sum : int
        Summed over replications, exact.
    percentiles : mapping of int to int
        Of the bookings, for each of ``SHOWN_PERCENTS``.
    """

    bookings: int
    profit: int
    bookings_sum: int
    profit_sum: int
    percentiles: Mapping[int, int]


@dataclass(frozen=True)
class BridgeStep:
    """One part of the scenario, changed from the earlier run's to the later run's.

    Attributes
    ----------
    name : str
        The part, or the parts that could not be changed apart.
    changes : tuple of Difference
        What differs in it, earlier and later.
    bookings, profit : int
        Change of the mean: the difference of the two states beside it, so that steps add up to the cent.
    bookings_interval, profit_interval : Interval
        The same with a paired interval.
    after : BridgeState
        Where the step leads.
    undone : Interval or None
        What the later run's mean bookings lose if this step alone is taken back: its effect when everything else has
        changed.  None where that mixture cannot be simulated.
    """

    name: str
    changes: tuple[Difference, ...]
    bookings: int
    profit: int
    bookings_interval: Interval
    profit_interval: Interval
    after: BridgeState
    undone: Interval | None


@dataclass(frozen=True)
class FunnelBridge:
    """From the earlier run to the later one, over the same days.

    Attributes
    ----------
    window : Period
        The days that both runs simulate.
    start : BridgeState
        The earlier run, on the later run's luck.
    steps : tuple of BridgeStep
        In a fixed order; those without a difference are left out.
    """

    window: Period
    start: BridgeState
    steps: tuple[BridgeStep, ...]

    @property
    def end(self) -> BridgeState:
        """The later run."""
        return self.steps[-1].after if self.steps else self.start


@dataclass(frozen=True)
class LossCell:
    """Losses at one stage for one reason under one owner.

    Attributes
    ----------
    stage, reason, team : str
        Where, why, whose.
    leads : Estimate
        Lost a future.
    money : float
        ``leads`` times what a lead that enters the stage is worth: its true PC times its mean PR.
    share, cumulative : float
        Of the money of all losses; this one, and this one with all before it.
    change : Interval or None
        Leads lost more a future than in the earlier run; None without one.
    """

    stage: str
    reason: str
    team: str
    leads: Estimate
    money: float
    share: float
    cumulative: float
    change: Interval | None = None


@dataclass(frozen=True)
class StageShortfall:
    """One stage held against what is stated about it.

    Attributes
    ----------
    stage, team : str
        The stage, and its owner on entry.
    stated : float
        Conversion when all leads get the work they absorb.
    conversion : Interval
        Simulated: advanced among the stays that ended.
    missing : Interval
        Bookings that the stage would add if it converted as stated, everything else as simulated; negative where it
        converts better.
    share : float
        Of all that is missing, stages that convert better left out; 0 for those.
    utilisation : Estimate
        Of the owner's hours.
    effect : float
        Effective share of the owner's touches in the stage.
    """

    stage: str
    team: str
    stated: float
    conversion: Interval
    missing: Interval
    share: float
    utilisation: Estimate
    effect: float


@dataclass(frozen=True)
class Relief:
    """What a team would add if it had hours for every lead.

    Attributes
    ----------
    team : str
        Which.
    utilisation : Estimate
        As simulated.
    bookings : Interval
        Change of mean bookings, paired.
    """

    team: str
    utilisation: Estimate
    bookings: Interval


@dataclass(frozen=True)
class Fault:
    """One place in the funnel that works otherwise than in the earlier run.

    Attributes
    ----------
    kind : str
        ``stage``, ``team``, ``leads coming in``, ``leads at the start`` or ``booking a win``.
    name : str
        Of the stage or team; empty for the others.
    measure : str
        What ``before`` and ``after`` are: ``conversion``, ``hours``, ``leads`` or ``money``.
    before, after : float
        In the earlier and the later run, a future.
    change : Interval
        After minus before, paired.
    days_before, days_after : float
        Mean days of the stays that ended, of a stage; ``nan`` for everything else.
    money : Interval
        What it does to bookings by itself: the earlier run's flow with only this place working as in the later one.
    """

    kind: Literal["stage", "team", "leads coming in", "leads at the start", "booking a win"]
    name: str
    measure: Literal["conversion", "hours", "leads", "money"]
    before: float
    after: float
    change: Interval
    days_before: float
    days_after: float
    money: Interval


@dataclass(frozen=True)
class TornadoBar:
    """One number, tried low and high.

    Attributes
    ----------
    path : str
        Where it is in the scenario.
    meaning : str
        What it says, with unit.
    value, low, high : float
        As it is, and what was tried.
    grade : str
        Of its source; ``stated`` for numbers of the world that nobody else answers for.
    source : str
        Who says so; empty for a stated one.
    at_low, at_high : Interval
        Change of the measure against the baseline, paired.
    """

    path: str
    meaning: str
    value: float
    low: float
    high: float
    grade: str
    source: str
    at_low: Interval
    at_high: Interval

    @property
    def span(self) -> float:
        """Distance between the ends of the bar, the baseline included."""
        ends = (0.0, self.at_low.estimate, self.at_high.estimate)
        return max(ends) - min(ends)


@dataclass(frozen=True)
class Tornado:
    """What the answer hangs on most.

    Attributes
    ----------
    measure : str
        ``chance of the goal`` (a share) or ``mean bookings`` (minor units).
    baseline : float
        Of the measure, over ``replications``.
    replications : int
        Behind each bar; as many, and the first, for all.
    screened : int
        Behind the first look, which chose the bars.
    bars : tuple of TornadoBar
        Widest first, at most eight.
    tried : int
        Numbers that were tried.
    without_effect : tuple of str
        Numbers under which the engine's tables do not change, so that they cannot matter here.
    left_out : tuple of str
        Numbers that have no range: a force that is off, a zero, or a value at both its limits.
    """

    measure: Literal["chance of the goal", "mean bookings"]
    baseline: float
    replications: int
    screened: int
    bars: tuple[TornadoBar, ...]
    tried: int
    without_effect: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class WidthShare:
    """One cause of the spread of bookings.

    Attributes
    ----------
    name : str
        ``shared shock on advancing``, ``shared factor on arrivals``, ``chance in arrivals`` or ``luck of leads``.
    share : float
        Of the variance of total bookings; all together are exactly 1.  An estimate may fall a little below 0.
    standard_error : float
        Of the share; 0 for a cause that is off.
    """

    name: str
    share: float
    standard_error: float


@dataclass(frozen=True)
class WidthShares:
    """Where the width of the band comes from.

    Attributes
    ----------
    sd : float
        Of total bookings over replications, minor units.
    replications : int
        Pairs of futures behind the shares.
    parts : tuple of WidthShare
        From what all leads share to what each has by itself; each is what it adds to those before it.
    """

    sd: float
    replications: int
    parts: tuple[WidthShare, ...]


@dataclass(frozen=True, eq=False)
class FunnelExplanation(Showing):
    """Why a simulation says what it says.

    Attributes
    ----------
    run : ExplainedRun
        The later run.
    since : ExplainedRun or None
        The earlier one.
    calendar : Calendar
        Of the later run.
    digits : int
        Decimals of the currency.
    mean : Estimate
        Bookings of the later run over its own horizon, minor units.
    chance : Estimate or None
        Of its goal; None without one.
    bridge : FunnelBridge or None
        None without an earlier run.
    losses : tuple of LossCell
        Of the later run, most money first.
    shortfalls : tuple of StageShortfall
        Of the later run, most missing money first.
    reliefs : tuple of Relief
        Teams, most money first.
    faults : tuple of Fault
        Between the runs, most harm first; empty without an earlier run.
    tornado : Tornado
        Of the later run.
    shares : WidthShares
        Of the later run.
    notes : tuple of str
        What was assumed, merged, or made again, one sentence each.
    """

    run: ExplainedRun
    since: ExplainedRun | None
    calendar: Calendar
    digits: int
    mean: Estimate
    chance: Estimate | None
    bridge: FunnelBridge | None
    losses: tuple[LossCell, ...]
    shortfalls: tuple[StageShortfall, ...]
    reliefs: tuple[Relief, ...]
    faults: tuple[Fault, ...]
    tornado: Tornado
    shares: WidthShares
    notes: tuple[str, ...]
