"""Null twins: the world in which one mechanism has no effect, with everything that it costs left on.

If a strategy gains as much there, its gain is not due to the mechanism.  What it leaves out: comparing
(:mod:`funnelsim.engines.choices.comparison`).
"""

from __future__ import annotations

from typing import Final

from funnelsim.errors import Problem, ScenarioError
from funnelsim.model.nearest import nearest_hint
from funnelsim.model.scenario import Forces, Scenario
from funnelsim.model.scenario_forces import Force

TOUCHES: Final = "touches of "
"""Before a team's name: its work has no effect, its hours and its cost stay."""


def mechanisms_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the mechanisms that have an effect in a scenario.

    Parameters
    ----------
    scenario : Scenario
        Any.

    Returns
    -------
    tuple of str
        Forces that are on, in the order of the document, then the touches of every team of Marketing; those of Sales
        win the leads and are no hypothesis.
    """
    on = (name for name in Forces.model_fields if _force(scenario, name).off() != _force(scenario, name))
    teams = (TOUCHES + team.name for team in scenario.teams if team.role == "marketing")
    return (*on, *teams)


def null_twin(scenario: Scenario, mechanism: str) -> Scenario:
    """Return the scenario with one mechanism without effect.

    Parameters
    ----------
    scenario : Scenario
        Stays as it is.
    mechanism : str
        A force, or ``touches of`` a team.

    Returns
    -------
    Scenario
        Same leads, same luck, same prices.

    Raises
    ------
    ScenarioError
        If there is no such mechanism.
    """
    if mechanism in Forces.model_fields:
        forces = scenario.forces.model_copy(update={mechanism: _force(scenario, mechanism).off()})
        return scenario.model_copy(update={"forces": forces})
    names = [TOUCHES + team.name for team in scenario.teams]
    if mechanism not in names:
        known = [*Forces.model_fields, *names]
        rule = "all, or one of " + ", ".join(repr(name) for name in known)
        hint = nearest_hint(mechanism, known)
        raise ScenarioError(Problem(f"scenario {scenario.name!r}", "the mechanism", rule, mechanism, hint))
    at = names.index(mechanism)
    idle = scenario.teams[at].model_copy(update={"effectiveness": dict.fromkeys(scenario.teams[at].effectiveness, 0.0)})
    teams = (*scenario.teams[:at], idle, *scenario.teams[at + 1 :])
    return scenario.model_copy(update={"teams": teams})


def _force(scenario: Scenario, name: str) -> Force:
    force: Force = getattr(scenario.forces, name)
    return force
