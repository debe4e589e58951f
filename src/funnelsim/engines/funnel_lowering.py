"""From a scenario, one of its strategies and the leads at the start to the tables that the funnel walk reads.

The question: what does everything that people wrote mean in ticks, rates, codes and table entries?  Everything
transcendental happens here, once.  The arrays have one layout whatever the scenario, so that the walk is compiled once.

What it leaves out: what is the same under every strategy and needs no simulation, such as costs, quotas and the goal.
"""

from __future__ import annotations

from funnelsim.engines.buyer_rates import solve_funnel
from funnelsim.engines.funnel_curves import cooling_scale, lower_curves
from funnelsim.engines.funnel_days import lower_days
from funnelsim.engines.funnel_rules import lower_forces, lower_rules
from funnelsim.engines.funnel_setting import calendar_of
from funnelsim.engines.funnel_sources import lower_opening, lower_sources
from funnelsim.engines.funnel_work import lower_stages, lower_teams, owners_of
from funnelsim.kernels.funnel_arrays import Tables
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_policy import Strategy


def lower_funnel(scenario: Scenario, strategy: Strategy, opening: OpeningLeads) -> Tables:
    """Turn a scenario under one strategy into the tables of the walk.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    strategy : Strategy
        One of its strategies.
    opening : OpeningLeads
        Leads at the start; may be none.

    Returns
    -------
    Tables
        Fresh, C-contiguous, writeable arrays; equal for equal inputs.

    Raises
    ------
    ScenarioError
        If the stated conversions cannot come from so few buyers, a source is too large, or leads are to be passed to
        Sales and there is none.
    """
    calendar = calendar_of(scenario)
    rates = solve_funnel(scenario)
    owners = owners_of(scenario, strategy)
    lowered = lower_opening(opening, rates, owners, cooling_scale(scenario.forces.temperature))
    idle = int(lowered.idle.max(initial=0))
    meeting = strategy.ownership.meeting
    return Tables(
        days=lower_days(calendar, scenario.calendar, strategy.priority.triage_days, meeting),
        sources=lower_sources(scenario, calendar, owners),
        stages=lower_stages(scenario, strategy, rates),
        teams=lower_teams(scenario, strategy),
        curves=lower_curves(scenario, strategy, rates, calendar.window.days, idle),
        forces=lower_forces(scenario, strategy),
        rules=lower_rules(scenario, strategy),
        opening=lowered,
    )
