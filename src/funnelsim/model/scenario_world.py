"""The world of a scenario: calendar, market, sources, stages, teams. What no strategy can change.

What it leaves out: how strongly neglect, temperature, hand-offs and the rest work
(:mod:`funnelsim.model.scenario_forces`), and what a firm may choose (:mod:`funnelsim.model.scenario_policy`).
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from funnelsim.model.scenario_fields import (
    Amount,
    AtLeastOne,
    Count,
    Level,
    Month,
    Name,
    Positive,
    Real,
    Section,
    Shape,
    Share,
    Spread,
    given,
    ours,
)

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEVELS = 7
"""Qualification levels 0 to 6: name, intent signal, expression of interest, appointment, confirmed appointment, BANT,
order."""


class CalendarSection(Section):
    """Which days are simulated, and which of them are worked."""

    as_of: date = given("the day the scenario stands on; the first simulated day is the next one")
    period: Literal["month", "week", "quarter"] = given("length of a period", "month")
    horizon: AtLeastOne = given("whole periods to simulate", 12)
    fiscal_start: Month = given("first month of the fiscal year, in [1, 12]", 1)
    workdays: tuple[Weekday, ...] = given("days of the week that are worked", ("mon", "tue", "wed", "thu", "fri"))
    holidays: tuple[date, ...] = given("days on which nobody works", ())


class OpeningSection(Section):
    """Where the leads at the start come from; in a Parquet scenario they are its rows, in the canonical columns."""

    file: str | None = given("file beside the scenario: the canonical columns, or any export that forecast reads", None)
    stages: dict[str, Name] = given("the file's stage to ours; stages with our own names need no entry", {})
    owners: dict[str, Name] = given("the file's owner or team to ours; the stage's own team for all others", {})
    columns: dict[str, str] = given("field to header, as --map says it", {})
    duplicates: Literal["error", "lines"] = given("rows with one lead id", "error")
    pc: Literal["percent", "fraction"] | None = given("how PCs are written, when the file does not show it", None)
    dates: Literal["dmy", "mdy"] | None = given("order of day and month, when the file does not show it", None)


class MarketSection(Section):
    """Who is out there."""

    suspects: Count = ours(0, "people the sources can still reach; 0 for no limit", "no usable source")
    fit: Share = ours(0.25, "share of leads that are true buyers", "S3: a quarter of enquirers eventually buy", "C")
    purchase_months: Positive = ours(
        12, "months over which true buyers buy from somebody, evenly", "Rule of 45 (Obermayer): 4 % a month", "C"
    )
    competition: Literal["clock", "latent"] = given(
        "how competitors win: a loss clock per stage, or the buyer's purchase day when we are inactive on it", "clock"
    )
    inactive_days: Amount = ours(14, "idle days from which a vendor counts as inactive (latent competition)", "R28")


class SourceSection(Section):
    """One source of new leads."""

    name: Name = given("what other parts call it")
    per_day: Amount = given("mean leads a calendar day at full spend and full pool")
    stage: Name = given("stage its leads are born into")
    pr: Spread = given("potential revenue of a lead")
    fit: Share | None = given("share of true buyers; the market's when left out", None)
    level: Level = given("qualification level at birth, in [0, 6]", 1)
    hot: Share = ours(0.0, "share born at full temperature", "R51 uses .05")
    hand_raisers: Share = given("share that asked to be called, to whom the response delay matters", 0.0)
    downloads: Share = given("share that only took a document: calling them before they are ready costs trust", 0.0)
    cost_per_lead: Amount = given("money per lead", 0.0)
    promoted_per_lead: Amount = given("prospects promoted per response, for the response rate", 0.0)
    spend: Amount | None = given(
        "spend a month; leads follow spend / (spend + half_spend); per_day when left out", None
    )
    half_spend: Positive | None = given("spend a month at which half the possible leads come", None)
    season: tuple[Amount, ...] = given("twelve factors, January first; they need not average 1", ())
    trend_per_year: Real = given("growth of the rate a year, such as .1", 0.0)
    gaming: Share = given("share of leads with no intent at all (bribed appointments): never buyers", 0.0)
    sourced_by: Literal["marketing", "sales", "other"] = given("who gets the credit", "marketing")
    qualified_by: Literal["marketing", "automation", "teleprospecting", "sales"] = given("who qualifies", "marketing")


class LossSplit(Section):
    """What ends a lead in a stage when it does not advance; weights, not shares."""

    competitor: Amount = ours(0.57, "bought from somebody else", "CSO Insights 2016: 29.6 % of forecast deals", "B")
    no_decision: Amount = ours(0.43, "bought from nobody", "CSO Insights 2016: 23.8 % of forecast deals", "B")
    regress: Amount = given("falls back one stage instead of being lost", 0.0)


class StageSection(Section):
    """One stage of the funnel, in order; after the last one a lead is a customer."""

    name: Name = given("what other parts call it")
    conversion: Share = given("share of leads entering that advance, as a CRM would show it, when all are worked")
    median_days: Positive = given("median calendar days until a lead leaves the stage by any cause, when worked")
    hours: Positive = given("mean effective hours until a lead leaves by any cause, at standard pace")
    touch_hours: Positive = given("hours of one touch")
    shape: Shape = ours(1, "Gamma shape of the advance clock; 1 is exponential", "the simplest law")
    decided_by: Literal["time", "work"] = given(
        "what losses wait for: calendar days, or our own work (they say no when asked)", "time"
    )
    paced: bool = given("whether a lead absorbs no more than its pace; no: as many hours as there are", True)
    losses: LossSplit = given("what ends a lead that does not advance", LossSplit())
    stated_pc: Share | None = given("PC the CRM shows; the true one when left out", None)
    owner: Name = given("team that has the lead on entering the stage, unless a strategy says otherwise")
    levels: tuple[Level, Level] = given("lowest and highest qualification level in the stage, in [0, 6]", (2, 2))
    steps: tuple[str, ...] = given("sell-cycle step of each level, lowest first")
    journey: tuple[str, ...] = given("buyer's journey of each level, lowest first")


class TeamSection(Section):
    """A team that owns and works leads."""

    name: Name = given("what other parts call it")
    role: Literal["marketing", "sales", "business development", "partner"] = given("what it is")
    heads: AtLeastOne = given("people")
    hours_per_day: Amount = given("productive hours a person and working day, research included")
    cost_per_hour: Amount = given("money an hour worked", 0.0)
    cost_per_touch: Amount = given("money a touch", 0.0)
    effort: Amount = ours(1.0, "hours charged per hour of touch: 1 one-to-one, .05 one-to-many", "R33: 1:20")
    effectiveness: dict[str, Amount] = given(
        "effective share of a touch by stage, 0 for no effect; others cannot be worked"
    )
    research_share: Share = ours(0.0, "share of hours spent on research, not on leads", "S1: .20; CSO 2011: .24", "B")
    max_open: Count = given("open leads a person may have; 0 for no limit", 0)
    departures_per_month: Share = ours(0.0, "chance that a person leaves in a month", "S0: .021 in the first year", "C")
    vacancy_days: Count = given("days until a leaver is replaced", 60)
    ramp_days: Count = given("days until a new person is fully productive, growing evenly", 120)
    quota: Amount = given("bookings a person is asked for over the horizon; 0 for none", 0.0)


class GoalSection(Section):
    """What the year is measured against."""

    revenue: Amount = given("bookings asked for over the horizon; 0 for none", 0.0)
