"""The single numbers of a world and of a strategy, as the walk reads them.

The question: which rule is this, in codes, days, ticks and rates a day?

**Nurture.**  With t mailings a month, nurturing works at the share ``t / (t + half_effect)`` of what it can; the chance
to unsubscribe is ``unsubscribe * t**fatigue`` a mailing, so ``t`` times that a month.

What it leaves out: how the rules work (:mod:`funnelsim.kernels.funnel_walk`).
"""

from __future__ import annotations

import math

from funnelsim.engines.funnel_work import DAYS_PER_MONTH, owners_of, teams_of
from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.kernels.funnel_arrays import TICKS_PER_HOUR, Forces, Rules
from funnelsim.model.money import minor_digits
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_policy import Strategy

DAYS_PER_YEAR = 365.25
RULES = ("stage", "threshold", "two_tier", "qsl", "adaptive")
"""In the order of the codes of ``funnel_arrays``."""
NEVER = -1


def lower_forces(scenario: Scenario, strategy: Strategy) -> Forces:
    """Return the single numbers of the world.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    strategy : Strategy
        Gives the number of mailings, and may change the length of a hand-off.

    Returns
    -------
    Forces
        Rates a day, ticks, minor units.
    """
    market, forces = scenario.market, scenario.forces
    hand_off, loops = forces.hand_off, forces.loops
    days = hand_off.days if strategy.hand_off_days is None else strategy.hand_off_days
    nurtured = nurtured_rate(scenario, strategy)
    return Forces(
        sources=len(scenario.sources),
        fact_buyer=float(forces.bant.buyers),
        fact_other=float(forces.bant.others),
        ready_now=float(forces.readiness.now),
        ready_never=float(forces.readiness.never),
        ready_rate=forces.readiness.per_month / DAYS_PER_MONTH,
        nurtured_rate=nurtured,
        purchase_days=market.purchase_months * DAYS_PER_MONTH,
        latent=int(market.competition == "latent"),
        inactive=math.floor(market.inactive_days),
        hand_off_days=int(days),
        hand_off_ticks=round(hand_off.hours * TICKS_PER_HOUR),
        hand_off_lost=float(hand_off.lost),
        regenerate_rate=loops.regenerate_factor * nurtured,
        unsubscribe_rate=_unsubscribe_rate(scenario, strategy),
        resurrect_share=float(loops.resurrect_share),
        resurrect_days=float(loops.resurrect_days),
        most_resurrections=int(loops.most_resurrections),
        resell_rate=loops.resell_per_year / DAYS_PER_YEAR,
        resell_pr=float(loops.resell_pr),
        resell_odds=float(loops.resell_odds),
        resell_stage=resell_stage(scenario),
    )


def nurtured_rate(scenario: Scenario, strategy: Strategy) -> float:
    """Return the rate at which nurtured leads become ready, on top of what they do by themselves.

    Parameters
    ----------
    scenario : Scenario
        Gives the rate at full effect, and how mailings saturate.
    strategy : Strategy
        Gives mailings a month.

    Returns
    -------
    float
        A day.
    """
    touches = strategy.nurture.touches_per_month
    share = touches / (touches + scenario.forces.mailing.half_effect)
    return scenario.forces.readiness.nurtured_per_month * share / DAYS_PER_MONTH


def _unsubscribe_rate(scenario: Scenario, strategy: Strategy) -> float:
    mailing, touches = scenario.forces.mailing, strategy.nurture.touches_per_month
    if mailing.unsubscribe == 0:
        return 0.0
    # in logarithms, because a power of many mailings may be larger than any number
    chance = math.exp(min(0.0, math.log(mailing.unsubscribe) + mailing.fatigue * math.log(touches)))
    return chance * touches / DAYS_PER_MONTH


def resell_stage(scenario: Scenario) -> int:
    """Return the stage in which a further need of a customer starts.

    Parameters
    ----------
    scenario : Scenario
        Checked.

    Returns
    -------
    int
        As written; else the first stage that Sales owns; else the first.
    """
    named = scenario.forces.loops.resell_stage
    if named:
        return scenario.stage_names.index(named)
    sales = {scenario.teams[number].name for number in teams_of(scenario, "sales")}
    return next((number for number, stage in enumerate(scenario.stages) if stage.owner in sales), 0)


def lower_rules(scenario: Scenario, strategy: Strategy) -> Rules:
    """Return the single numbers of a strategy.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    strategy : Strategy
        One of its strategies.

    Returns
    -------
    Rules
        Codes, indices, days, minor units; -1 for never.

    Raises
    ------
    ScenarioError
        If leads are to be passed to Sales and there is no such team.
    """
    marks, back, nurture = strategy.qualification, strategy.ownership, strategy.nurture
    sales = teams_of(scenario, "sales")
    if not sales and marks.rule != "stage":
        raise ScenarioError(_nobody_sells(scenario, strategy))
    late = strategy.priority.triage_stage
    heads = sum(scenario.teams[number].heads for number in sales)
    return Rules(
        rule=RULES.index(marks.rule),
        score=float(marks.score),
        level=int(marks.level),
        pc=float(marks.pc),
        ev=marks.ev * 10 ** minor_digits(scenario.currency),
        bands=int(marks.bands),
        veto=int(marks.veto or marks.rule == "two_tier"),
        agreement=float(marks.agreement),
        disagreement=math.sqrt(1 - marks.agreement**2),
        refused_lost=int(marks.refused == "lost"),
        loosen=float(marks.loosen_below),
        tighten=float(marks.tighten_above),
        step=float(marks.step),
        marketing=receiver_of(scenario, strategy),
        sales=sales[0] if sales else int(owners_of(scenario, strategy)[-1]),
        idle_days=_or_never(back.idle_days),
        meeting_idle=NEVER if back.meeting is None else int(back.meeting_idle_days),
        unreached=int(back.unreached),
        max_load=NEVER if back.max_load is None else int(back.max_load) * heads,
        rest=int(back.rest_days),
        most_passes=int(back.most_passes),
        triage_stage=len(scenario.stages) - 1 if late is None else scenario.stage_names.index(late),
        sla=int(strategy.priority.response_sla),
        parallel=int(nurture.parallel),
        park=int(nurture.park),
        requalify=_or_never(strategy.requalify_days),
        regenerate=int(strategy.regenerate),
        resurrect=int(strategy.resurrect),
        resell=int(strategy.resell),
        fast_track=int(strategy.fast_track and bool(sales)),
    )


def receiver_of(scenario: Scenario, strategy: Strategy) -> int:
    """Return the team that leads go back to.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    strategy : Strategy
        May name it.

    Returns
    -------
    int
        As named; else the first of Marketing; else the first that is not Sales; else the first.
    """
    if strategy.ownership.to is not None:
        return scenario.team_names.index(strategy.ownership.to)
    sales = teams_of(scenario, "sales")
    others = [number for number in range(len(scenario.teams)) if number not in sales]
    return next(iter((*teams_of(scenario, "marketing"), *others, 0)))


def _or_never(days: int | None) -> int:
    return NEVER if days is None else int(days)


def _nobody_sells(scenario: Scenario, strategy: Strategy) -> Problem:
    path = f"strategies[{scenario.strategy_names.index(strategy.name)}].qualification.rule"
    hint = "give a team role = 'sales', or use the rule 'stage'"
    rule = "'stage' where no team is Sales, because leads could be passed to nobody"
    return Problem("scenario", path, rule, Shown(strategy.qualification.rule), hint, f"in {strategy.name!r}")
