"""One strategy of a scenario, simulated; the story of one lead; and the expected value that needs no simulation.

What it leaves out: turning a scenario into tables, running them in pieces (:mod:`funnelsim.engines.funnel_runs`), and
summing up, each in a file of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from funnelsim.engines.execution import Execution
from funnelsim.engines.forecast_figures import stated_values
from funnelsim.engines.funnel_lowering import lower_funnel
from funnelsim.engines.funnel_luck import funnel_luck
from funnelsim.engines.funnel_runs import prepare_run, sum_up
from funnelsim.engines.funnel_setting import calendar_of
from funnelsim.engines.funnel_story import tell_story
from funnelsim.model.calendar import Period
from funnelsim.model.money import rounded
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.simulation import Simulation, Story
from funnelsim.model.simulation_settings import DEFAULT_REPLICATIONS, SimulationSettings


@dataclass(frozen=True)
class StatedMonths:
    """PR times stated PC of the opening leads by the month of their stated close, minor units.

    Attributes
    ----------
    periods : tuple of Period
        Of the scenario's calendar.
    leads : tuple of int
        Leads whose stated close lies in each period.
    expected_value : tuple of int
        Of those, each rounded once from the exact sum.
    overdue_leads, beyond_leads : int
        Leads whose stated close is not after the as-of day, and past the horizon.
    overdue, beyond : int
        Their expected value.
    total : int
        Of all opening leads, rounded once.
    """

    periods: tuple[Period, ...]
    leads: tuple[int, ...]
    expected_value: tuple[int, ...]
    overdue_leads: int
    beyond_leads: int
    overdue: int
    beyond: int
    total: int


def simulate_scenario(
    scenario: Scenario,
    strategy_name: str,
    opening: OpeningLeads,
    *,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = 0,
    execution: Execution | None = None,
) -> Simulation:
    """Simulate one strategy of a scenario.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    strategy_name : str
        One of its strategies.
    opening : OpeningLeads
        Leads at the start.
    replications : int
        Number of futures, at least 1.
    seed : int
        In [0, 2**64).
    execution : Execution, optional
        How to run; without influence on the answer.

    Returns
    -------
    Simulation
        Determined to the last bit by everything but ``execution``.

    Raises
    ------
    ScenarioError
        If there is no such strategy, or a number is out of its range.
    ResourceError
        If the answer would not fit in the memory budget; nothing is simulated then.
    CheckFailed
        If an identity broke in some replication: a bug of ours.
    """
    settings = SimulationSettings(strategy_name, replications, seed)
    run = prepare_run(scenario, settings.strategy_of(scenario), opening, seed)
    return sum_up(run, *run.timed_outcome(0, replications, execution))


def follow_lead(
    scenario: Scenario, strategy_name: str, opening: OpeningLeads, lead: str, replication: int = 0, seed: int = 0
) -> Story:
    """Tell what happens to one lead in one replication, which alone is simulated.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    strategy_name : str
        One of its strategies.
    opening : OpeningLeads
        Leads at the start.
    lead : str
        Id or name of a lead at the start; ``web-12-3`` for the third lead that ``web`` brings on the twelfth simulated
        day; ``/1`` after either for the first further need of that customer.
    replication : int
        Number from 0.
    seed : int
        In [0, 2**64).

    Returns
    -------
    Story
        What the simulation of all replications has in it, to the last bit.

    Raises
    ------
    ScenarioError
        If there is no such lead in the replication; names near ones, and says how many leads there are.
    """
    settings = SimulationSettings(strategy_name, replication + 1, seed)
    strategy = scenario.strategy(settings.strategy_of(scenario))
    tables = lower_funnel(scenario, strategy, opening)
    return tell_story(scenario, opening, lead, tables, funnel_luck(scenario, seed, replication, 1), strategy.name)


def deterministic_ev(scenario: Scenario, opening: OpeningLeads) -> StatedMonths:
    """Return PR times stated PC of the opening leads by period of stated close: the sum a spreadsheet would show.

    Parameters
    ----------
    scenario : Scenario
        Gives the calendar.
    opening : OpeningLeads
        Leads at the start.

    Returns
    -------
    StatedMonths
        Periods, overdue and beyond add up exactly to all leads before they are rounded.
    """
    calendar = calendar_of(scenario)
    stated = stated_values(opening.leads, calendar)
    days = calendar.days_after(opening.leads.expected_close)
    ends = np.array([(period.end - calendar.as_of).days for period in calendar.periods], dtype=np.int64)
    place = np.where(days <= 0, -1, np.searchsorted(ends, days))
    counts = [int(np.count_nonzero(place == index)) for index in range(-1, len(ends) + 1)]
    return StatedMonths(
        periods=calendar.periods,
        leads=tuple(counts[1:-1]),
        expected_value=tuple(rounded(value) for value in stated.periods),
        overdue_leads=counts[0],
        beyond_leads=counts[-1],
        overdue=rounded(stated.overdue),
        beyond=rounded(stated.beyond),
        total=rounded(opening.leads.expected_value()),
    )
