"""What was assumed when a scenario was turned into tables: nothing silent.

What it leaves out: settings without any effect (:mod:`funnelsim.model.scenario_notes`), and what reading the opening
leads decided (``OpeningLeads.notes``).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from funnelsim.engines.buyer_rates import FunnelRates, solve_funnel
from funnelsim.engines.funnel_curves import LONGEST_HALF_LIFE
from funnelsim.engines.funnel_rules import receiver_of
from funnelsim.engines.funnel_sources import LONGEST_IDLE
from funnelsim.engines.funnel_work import CERTAIN, owners_of, teams_of, working_hours
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_policy import Strategy

NOTICEABLE = 0.01
"""Distance from one half of the share still there at the stated median that is worth a sentence."""


def lowering_notes(scenario: Scenario, strategy: Strategy, opening: OpeningLeads) -> tuple[str, ...]:
    """Say what was assumed, clipped or left out on the way to the tables.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    strategy : Strategy
        One of its strategies.
    opening : OpeningLeads
        Leads at the start.

    Returns
    -------
    tuple of str
        One sentence each.

    Raises
    ------
    ScenarioError
        If the stated conversions cannot come from so few buyers.
    """
    rates = solve_funnel(scenario)
    return (
        *_rate_notes(scenario, rates),
        *_force_notes(scenario),
        *_team_notes(scenario, strategy),
        *_opening_notes(scenario, opening),
    )


def _rate_notes(scenario: Scenario, rates: FunnelRates) -> Iterator[str]:
    if scenario.nonbuyer_rate is None and rates.fit < 1 and scenario.gate_stage > 0:
        name = scenario.stages[scenario.gate_stage].name
        pace = rates.nonbuyer_rate
        yield (
            f"Before {name!r} leads that are no true buyers advance, too, at {pace:.3g} times the pace of buyers: "
            "solved from the stated conversions."
        )
    for stage, one in zip(scenario.stages, rates.stages, strict=True):
        if stage.decided_by == "time" and abs(one.at_median - 0.5) > NOTICEABLE:
            yield (
                f"Stage {stage.name!r}: with touches of {stage.touch_hours:g} h and its stated conversion, "
                f"{one.at_median:.0%} of always-worked leads are still there after the stated median of "
                f"{stage.median_days:g} days, not 50%."
            )
        if not stage.paced and stage.decided_by == "time":
            yield f"Stage {stage.name!r} is not paced: worked faster than at its pace, it converts more than stated."
    if scenario.market.competition == "latent":
        yield "Competition is latent: the competitor clock is off, so that worked leads convert more often than stated."
    if scenario.calendar.holidays:
        yield "Stated conversions and medians hold for weeks without holidays."


def _force_notes(scenario: Scenario) -> Iterator[str]:
    forces = scenario.forces
    if forces.readiness.now < 1:
        yield "Stated conversions hold for leads that are ready; the others wait at the gate."
    if forces.response.exponent > 0:
        yield (
            f"Response delays count in whole days: odds of hand-raisers are multiplied by "
            f"{forces.response.floor**forces.response.exponent:.3g} unless they are called on the day they come."
        )
    if forces.shocks.conversion_sd > 0:
        yield "The shared shock multiplies the pace of advancing; its median is 1, so mean conversions shift a little."
    if forces.temperature.half_life_days > LONGEST_HALF_LIFE:
        yield f"A half-life of {forces.temperature.half_life_days:g} days counts as {LONGEST_HALF_LIFE:g}."


def _team_notes(scenario: Scenario, strategy: Strategy) -> Iterator[str]:
    _, missing = working_hours(scenario, strategy)
    if missing > 0:
        yield f"Marketing has no time for {missing:.3g} h of research a working day that it should take over."
    if strategy.research_by_marketing and not teams_of(scenario, "marketing"):
        yield "No team is Marketing: Sales goes on doing its own research."
    if not teams_of(scenario, "marketing") and strategy.ownership.to is None:
        name = scenario.team_names[receiver_of(scenario, strategy)]
        yield f"No team is Marketing: leads that Sales gives back go to {name!r}."
    if not teams_of(scenario, "sales"):
        yield "No team is Sales: no lead is ever passed to it."
    for stage, owner in zip(scenario.stages, owners_of(scenario, strategy).tolist(), strict=True):
        team = scenario.teams[owner]
        share = team.effectiveness.get(stage.name, 0.0)
        if share != 1:
            works = f"its owner {team.name!r} works at effectiveness {share:g}"
            yield f"Stage {stage.name!r}: {works}; the stated conversion is that of effectiveness 1."
    for team in scenario.teams:
        if team.departures_per_month > CERTAIN:
            yield f"Team {team.name!r}: everybody leaves within days, because a chance of 1 a month has no finite rate."


def _opening_notes(scenario: Scenario, opening: OpeningLeads) -> Iterator[str]:
    if not len(opening):
        return
    long = int(np.count_nonzero(opening.idle_days > LONGEST_IDLE))
    if long:
        yield f"{_leads(long)} idle for more than {LONGEST_IDLE} days: counted as {LONGEST_IDLE}."
    shaped = [number for number, stage in enumerate(scenario.stages) if stage.shape > 1]
    aged = int(np.count_nonzero(np.isin(opening.stage, shaped) & (opening.age_days > 0)))
    if aged:
        yield f"{_leads(aged)} taken to begin the stage anew: the days already spent in it shorten nothing."
    idle = int(np.count_nonzero(opening.idle_days > 0))
    if idle:
        yield f"{_leads(idle)} idle: the temperature is taken as that after the last touch, and cools from there."
    yield "Leads at the start are true buyers as often as leads that come to their stage after being worked always."


def _leads(count: int) -> str:
    return "1 lead at the start is" if count == 1 else f"{count:,} leads at the start are"
