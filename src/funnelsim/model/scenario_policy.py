"""What a firm may choose: how leads are qualified, who owns them when, and which is worked first. Data, not code.

A strategy is a record of rules; every combination is allowed.  Two strategies of one scenario share its world, its
leads and their luck.

What it leaves out: how well a rule works, which is the world's business (:mod:`funnelsim.model.scenario_forces`).
"""

from __future__ import annotations

from typing import Literal

from funnelsim.model.scenario_fields import (
    Amount,
    AtLeastOne,
    Count,
    Level,
    Name,
    Positive,
    Real,
    Section,
    Share,
    given,
    ours,
)

Order = Literal[
    "fifo", "newest", "stage", "pc", "ev", "ev_per_hour", "close_soonest", "anything_that_moves", "temperature"
]


class Qualification(Section):
    """What makes a lead Sales' business."""

    rule: Literal["stage", "threshold", "two_tier", "qsl", "adaptive"] = given(
        "stage: whatever enters a stage of Sales; threshold: score; two_tier: score, then Sales may veto; "
        "qsl: level, stated PC and EV; adaptive: score that follows Sales' load",
        "stage",
    )
    score: Real = given("least score, in log-odds against an average lead", 0.0)
    level: Level = given("least qualification level, in [0, 6]", 0)
    pc: Share = given("least stated PC", 0.0)
    ev: Amount = given("least EV", 0.0)
    bands: bool = given("whether the score counts how much of budget, authority, need and time is known", False)
    veto: bool = given("whether Sales may refuse", False)
    agreement: Share = ours(0.5, "correlation between Marketing's and Sales' readings", "R47: .5, aligned .9")
    refused: Literal["nurture", "lost"] = given("what becomes of refused leads", "nurture")
    loosen_below: Share = ours(0.7, "utilisation of Sales below which an adaptive score falls", "R42")
    tighten_above: Share = ours(0.95, "utilisation of Sales above which an adaptive score rises", "R42")
    step: Amount = ours(0.25, "by how much it moves, once a week", "ours")


class OwnershipReturn(Section):
    """When a lead goes back to Marketing; rules left out never fire, and none at all is a relay."""

    idle_days: Count | None = given("calendar days without an effective touch", None)
    meeting: Literal["week", "month"] | None = given("meeting at which idle leads are handed back", None)
    meeting_idle_days: Count = given("idle days from which a lead is handed back at the meeting", 5)
    unreached: bool = given("back when triage left it without hours", False)
    max_load: Count | None = given("open leads a person beyond which the last in order go back", None)
    to: Name | None = given("team they go back to; the first of Marketing when left out", None)
    rest_days: Count = ours(5, "days before a lead that came back may be passed again", "ours")
    most_passes: AtLeastOne = ours(12, "passes after which a lead stays where it is", "R64: no endless loops")


class Priority(Section):
    """Whom Sales works first: an order, never a prohibition."""

    sales: Order = given("order in which Sales works its leads", "fifo")
    marketing: Order = given("order in which every other team works its leads", "fifo")
    triage_days: Count = given("last working days of a month in which late stages come first; 0 for none", 0)
    triage_stage: Name | None = given("stage from which leads are late; the last one when left out", None)
    response_sla: bool = given("whether hand-raisers who were not called yet come first", False)


class Nurture(Section):
    """What Marketing does for leads that are not worked one to one."""

    parallel: bool = given("whether Marketing goes on educating while Sales owns a lead", False)
    relief: Share = ours(0.5, "share of the harm of idle time that parallel nurture prevents", "R58")
    no_decision_factor: Share = ours(0.8, "no-decision losses under parallel nurture, against without", "R58")
    park: bool = given("whether leads found not ready are parked with Marketing until they are", False)
    touches_per_month: Positive = given("mailings a month to parked and dormant leads", 2.0)
    cost_per_touch: Amount = ours(2.0, "money a mailing", "no usable source")


class Strategy(Section):
    """One set of rules."""

    name: Name = given("what results call it")
    title: str = given("one line for people", "")
    qualification: Qualification = given("what makes a lead Sales' business", Qualification())
    ownership: OwnershipReturn = given("when leads go back", OwnershipReturn())
    priority: Priority = given("whom to work first", Priority())
    nurture: Nurture = given("what Marketing does beside", Nurture())
    impact_zone: Name | None = given("last stage that Marketing owns on entry; as the stages say when left out", None)
    requalify_days: Count | None = given("days with Sales after which a lead is tested again", None)
    regenerate: bool = given("whether no-decision leads are nurtured instead of given up", False)
    resurrect: bool = given("whether lost leads are taken up again when they re-open", False)
    resell: bool = given("whether customers are worked again", False)
    fast_track: bool = given("whether hot arrivals go to Sales at once, and first", False)
    kept: Share | None = given("share of the information that arrives at a hand-off; the world's when left out", None)
    hand_off_days: Count | None = given("days of a hand-off; the world's when left out", None)
    research_by_marketing: bool = given("whether Sales' research hours are taken over by Marketing", False)
    unlimited: tuple[Name, ...] = given("teams with as many hours as every lead can absorb", ())
