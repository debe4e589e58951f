"""The forces of a scenario: how strongly neglect, temperature, hand-offs and the rest work.

Each is a hypothesis about selling, so each has a strength that can be set to nothing: its **null twin** is the same
scenario with ``off()`` of that section, everything that it costs left on.

What it leaves out: which rules a firm follows (:mod:`funnelsim.model.scenario_policy`).
"""

from __future__ import annotations

from typing import Self

from funnelsim.model.scenario_fields import Amount, Count, Positive, Real, Section, Share, given, ours


class Force(Section):
    """A section of the world whose effect can be switched off."""

    def off(self) -> Self:
        """Return the section without effect; what it costs stays.

        Returns
        -------
        Force
            The null twin.
        """
        return self.model_copy(update=self._nothing())

    def _nothing(self) -> dict[str, object]:
        raise NotImplementedError


class Neglect(Force):
    """Loss clocks run faster the longer a lead was not effectively touched."""

    grace_days: Count = ours(5, "idle days that do no harm", "R25")
    rise_per_week: Amount = ours(0.6, "added to the pace of losses per idle week beyond the grace", "no usable source")

    def _nothing(self) -> dict[str, object]:
        return {"rise_per_week": 0.0}


class Temperature(Force):
    """Willingness to pay: .5 is the standard, cooling halves it, a touch lifts it back, a hot arrival is at 1."""

    half_life_days: Positive = ours(30, "days without a touch that halve it, after the grace of neglect", "R19, S4")
    cold: Positive = ours(0.6, "factor on the odds of advancing when stone cold", "R19")
    hot: Positive = ours(1.7, "factor on the odds of advancing when hottest", "R19")
    lift_days: Count = ours(60, "days of cooling that one effective touch undoes", "ours: a talk restores interest")
    cold_loss: Amount = ours(0.0, "added to the pace of losses when stone cold", "no usable source")

    def _nothing(self) -> dict[str, object]:
        return {"cold": 1.0, "hot": 1.0, "cold_loss": 0.0}


class Information(Force):
    """What is known about a lead: learnt touch by touch, partly lost at hand-offs, needed to advance."""

    per_touch: Share = ours(0.15, "share of what is missing that one touch reveals", "R45")
    needed: Share = ours(0.0, "how much of the pace of advancing hangs on knowing as much as the stage expects", "R90")

    def _nothing(self) -> dict[str, object]:
        return {"needed": 0.0}


class HandOff(Force):
    """What passing a lead from one team to another costs."""

    days: Count = ours(1, "days on the way", "R25, R64")
    hours: Amount = ours(0.25, "hours of the receiving team", "R64")
    lost: Share = ours(0.02, "chance that the lead is lost on the way", "R89")
    kept: Share = ours(0.5, "share of the information that arrives", "R90: relay .5, shared record .9")

    def _nothing(self) -> dict[str, object]:
        return {"lost": 0.0, "kept": 1.0}


class Response(Force):
    """Hand-raisers cool within hours: odds of advancing by whole days until Sales' first touch."""

    exponent: Amount = ours(0.0, "0 off, 1 as observed, .5 damped because the study is observational", "HBR 2011", "A")
    floor: Share = ours(1 / 60, "raw factor after a day and more", "HBR 2011 (Oldroyd)", "A")

    def _nothing(self) -> dict[str, object]:
        return {"exponent": 0.0}


class Premature(Force):
    """A sales call on somebody who is not ready costs trust."""

    odds: Positive = ours(1.0, "factor on the odds of advancing per early Sales contact of a download", "R57 uses .8")
    most: Count = ours(5, "early contacts that count", "ours")

    def _nothing(self) -> dict[str, object]:
        return {"odds": 1.0}


class Bant(Force):
    """Budget, authority, need, time: four facts, true or not, each changing the odds."""

    buyers: Share = ours(0.7, "chance that each is true for a buyer", "ours")
    others: Share = ours(0.3, "chance that each is true for anybody else", "ours")
    odds: Positive = ours(1.0, "factor on the odds of advancing per true fact above a buyer's mean", "R43")

    def _nothing(self) -> dict[str, object]:
        return {"odds": 1.0}


class Readiness(Force):
    """Some buyers are ready now, some later, some never; only the ready pass the gate into `ready_from`."""

    now: Share = ours(1.0, "share ready at birth", "R52: .26 of enquirers", "C")
    never: Share = ours(0.0, "share that never will be", "R52: .25", "C")
    per_month: Amount = ours(0.0, "rate at which the others become ready by themselves, a month", "Rule of 45", "C")
    nurtured_per_month: Amount = ours(0.05, "rate added while nurtured, a month", "R52", "C")

    def _nothing(self) -> dict[str, object]:
        return {"nurtured_per_month": 0.0}


class Reading(Force):
    """Nobody sees what a lead is; the score is a noisy reading whose noise falls with the level."""

    noise: tuple[Amount, ...] = ours((2.0, 1.6, 1.3, 1.0, 0.8, 0.6, 0.4), "sd on log-odds by level 0 to 6", "ours")
    buyer_weight: Amount = ours(1.5, "log-odds between a buyer and anybody else", "ours")
    fact_weight: Amount = ours(0.4, "log-odds per true fact of budget, authority, need, time", "ours")
    optimism: Real = ours(0.0, "added to the log-odds of every stated PC", "R04, R12")

    def _nothing(self) -> dict[str, object]:
        return {"buyer_weight": 0.0, "fact_weight": 0.0}


class Mailing(Force):
    """What the number of nurturing touches a month does."""

    half_effect: Positive = ours(2.0, "touches a month at which nurturing works half as well as it can", "ours")
    unsubscribe: Share = ours(0.002, "chance to unsubscribe per touch, at one touch a month", "R53")
    fatigue: Amount = ours(1.0, "power by which that chance grows with touches a month", "ours")

    def _nothing(self) -> dict[str, object]:
        return {"unsubscribe": 0.0}


class Loops(Force):
    """What can come back: dormant leads, lost ones, customers."""

    regenerate_factor: Amount = ours(0.5, "ripening of no-decision leads against that of nurtured ones", "R62")
    resurrect_share: Share = ours(0.05, "lost to a competitor and open again within a year", "R63")
    resurrect_days: Positive = ours(365.0, "days over which they come back, evenly", "R63")
    most_resurrections: Count = ours(1, "times a lead may come back from the dead", "R63")
    resell_per_year: Amount = ours(0.0, "new needs a customer has a year", "R65, R66")
    resell_pr: Positive = ours(1.0, "PR of a resell against the first sale", "ours")
    resell_odds: Positive = ours(2.0, "factor on the odds of advancing for customers", "R65: PC higher")
    resell_stage: str = given("stage a resell starts in; the first stage of Sales when empty", "")

    def _nothing(self) -> dict[str, object]:
        return {"regenerate_factor": 0.0, "resurrect_share": 0.0, "resell_per_year": 0.0}


class Shocks(Force):
    """What all leads of a replication share."""

    conversion_sd: Amount = ours(
        0.0, "sd of one shock on every log-odds of advancing", "published forecast errors suggest .25", "C"
    )
    arrivals_cv: Amount = ours(0.0, "coefficient of variation of one factor on every arrival rate", "your own records")

    def _nothing(self) -> dict[str, object]:
        return {"conversion_sd": 0.0, "arrivals_cv": 0.0}
