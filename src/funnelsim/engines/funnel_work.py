"""Stages and teams as tables: who owns what, what a touch takes and does, how fast leads advance and are lost.

The question: under this strategy, who gets a lead that enters a stage, and what happens to it per hour and per day?

What it leaves out: the solver behind the rates (:mod:`funnelsim.engines.buyer_rates`).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from funnelsim.engines.buyer_rates import MOST_PACE, FunnelRates, touch_ticks
from funnelsim.engines.funnel_curves import SHAPES, information_tables
from funnelsim.kernels.funnel_arrays import COMPETITOR, NO_DECISION, REGRESS, TICKS_PER_HOUR, Stages, Teams
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_policy import Order, Strategy
from funnelsim.model.scenario_world import TeamSection

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DAYS_PER_MONTH = 365.25 / 12
ORDERS: tuple[Order, ...] = (
    "fifo",
    "newest",
    "stage",
    "pc",
    "ev",
    "ev_per_hour",
    "close_soonest",
    "anything_that_moves",
    "temperature",
)
"""In the order of the codes of ``funnel_arrays``."""
CAUSES = 3
CERTAIN = 1 - 1e-9
"""Chance to leave within a month that stands for certainty."""


def teams_of(scenario: Scenario, role: str) -> tuple[int, ...]:
    """Return the teams of a role.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    role : str
        One of the roles of a team.

    Returns
    -------
    tuple of int
        Indices, in order.
    """
    return tuple(number for number, team in enumerate(scenario.teams) if team.role == role)


def owners_of(scenario: Scenario, strategy: Strategy) -> Ints:
    """Return who has a lead on entering each stage.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    strategy : Strategy
        Its impact zone, if any, belongs to the first team of Marketing that can work the stage.

    Returns
    -------
    int64, (stage,)
        Indices of teams.
    """
    owners = [scenario.team_names.index(stage.owner) for stage in scenario.stages]
    if strategy.impact_zone is not None:
        for number in range(scenario.stage_names.index(strategy.impact_zone) + 1):
            name = scenario.stages[number].name
            able = [team for team in teams_of(scenario, "marketing") if name in scenario.teams[team].effectiveness]
            owners[number] = able[0] if able else owners[number]
    return np.array(owners, dtype=np.int64)


def lower_stages(scenario: Scenario, strategy: Strategy, rates: FunnelRates) -> Stages:
    """Make the tables of the stages.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    strategy : Strategy
        Gives owners, and what parallel nurture prevents.
    rates : FunnelRates
        From :func:`funnelsim.engines.buyer_rates.solve_funnel`.

    Returns
    -------
    Stages
        In the order of the stages.
    """
    stages, gate = scenario.stages, scenario.gate_stage
    count = np.arange(len(stages))
    hours = np.array([stage.hours for stage in stages])
    paces = [pace if stage.paced else MOST_PACE for pace, stage in zip(rates.paces, stages, strict=True)]
    touch = np.array([touch_ticks(stage) for stage in stages], dtype=np.int64)
    low, high = np.array([stage.levels for stage in stages], dtype=np.int64).T
    climb = np.rint(hours / [stage.touch_hours for stage in stages] / np.maximum(1, high - low))
    return Stages(
        gain=np.array([one.gain for one in rates.stages], dtype=np.float64),
        other=np.where(count < gate, rates.nonbuyer_rate, 0.0),
        gated=(count >= gate).astype(np.int64),
        law=np.array([SHAPES.index(stage.shape) for stage in stages], dtype=np.int64),
        loss=_losses(scenario, strategy, rates),
        by_work=np.array([stage.decided_by == "work" for stage in stages], dtype=np.int64),
        touch=touch,
        pace=np.array(paces, dtype=np.int64),
        team=owners_of(scenario, strategy),
        low=low.copy(),
        high=high.copy(),
        climb=np.maximum(1, climb).astype(np.int64),
        expected=np.array([max(1, round(one.days)) for one in rates.stages], dtype=np.int64),
        hours=np.cumsum(hours[::-1])[::-1].copy(),
        known=information_tables(scenario)[2],
        part=np.array(rates.true_pc, dtype=np.float64),
    )


def _losses(scenario: Scenario, strategy: Strategy, rates: FunnelRates) -> Floats:
    """Return the loss rates by stage and cause; what parallel nurture prevents where Sales owns the stage."""
    losses = np.zeros((len(scenario.stages), CAUSES))
    owners = owners_of(scenario, strategy)
    for number, stage in enumerate(scenario.stages):
        weights = np.zeros(CAUSES)
        weights[COMPETITOR] = stage.losses.competitor
        weights[NO_DECISION] = stage.losses.no_decision
        weights[REGRESS] = stage.losses.regress
        if rates.stages[number].loss > 0:
            losses[number] = rates.stages[number].loss * weights / weights.sum()
        if strategy.nurture.parallel and scenario.teams[owners[number]].role == "sales":
            losses[number, NO_DECISION] *= strategy.nurture.no_decision_factor
    if scenario.market.competition == "latent":
        losses[:, COMPETITOR] = 0.0
    return losses


def lower_teams(scenario: Scenario, strategy: Strategy) -> Teams:
    """Make the tables of the teams.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    strategy : Strategy
        Gives orders of work, unlimited teams, and who does the research.

    Returns
    -------
    Teams
        In the order of the teams.
    """
    teams = scenario.teams
    touch = np.array([touch_ticks(stage) for stage in scenario.stages], dtype=np.float64)
    share = np.array([[team.effectiveness.get(name, 0.0) for name in scenario.stage_names] for team in teams])
    able = np.array([[name in team.effectiveness for name in scenario.stage_names] for team in teams])
    effort = np.array([team.effort for team in teams])[:, None]
    charge = np.where(effort > 0, np.maximum(1, np.rint(effort * touch)), 0)
    sales = np.array([team.role == "sales" for team in teams])
    orders = [strategy.priority.sales if one else strategy.priority.marketing for one in sales]
    return Teams(
        sales=sales.astype(np.int64),
        heads=np.array([team.heads for team in teams], dtype=np.int64),
        ticks=np.rint(working_hours(scenario, strategy)[0] * TICKS_PER_HOUR).astype(np.int64),
        unlimited=np.array([team.name in strategy.unlimited for team in teams], dtype=np.int64),
        charge=charge.astype(np.int64),
        effect=share * touch / TICKS_PER_HOUR,
        can=able.astype(np.int64),
        order=np.array([ORDERS.index(order) for order in orders], dtype=np.int64),
        max_open=np.array([team.max_open * team.heads for team in teams], dtype=np.int64),
        leave=np.array([_leaving(team) for team in teams], dtype=np.float64),
        vacancy=np.array([team.vacancy_days for team in teams], dtype=np.int64),
        ramp=np.array([team.ramp_days for team in teams], dtype=np.int64),
    )


def working_hours(scenario: Scenario, strategy: Strategy) -> tuple[Floats, float]:
    """Return the hours that people have for leads.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    strategy : Strategy
        May give Sales' research to the first team of Marketing.

    Returns
    -------
    hours : float64, (team,)
        A head and working day.
    missing : float
        Hours of research a working day that Marketing has no time for, and that nobody does.
    """
    full = np.array([team.hours_per_day for team in scenario.teams])
    research = np.array([team.research_share for team in scenario.teams])
    marketing = teams_of(scenario, "marketing")
    if not strategy.research_by_marketing or not marketing:
        return full * (1 - research), 0.0
    sales, first = list(teams_of(scenario, "sales")), marketing[0]
    heads = np.array([team.heads for team in scenario.teams])
    taken = float((full * research * heads)[sales].sum())
    research[sales] = 0.0
    hours = full * (1 - research)
    there = float(hours[first] * heads[first])
    hours[first] = max(0.0, there - taken) / heads[first]
    return hours, max(0.0, taken - there)


def _leaving(team: TeamSection) -> float:
    """Return the rate of departures a day and head whose chance over a month is the stated one."""
    return -math.log1p(-min(team.departures_per_month, CERTAIN)) / DAYS_PER_MONTH
