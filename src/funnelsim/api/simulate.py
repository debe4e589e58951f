"""What happens to leads in a funnel with its teams and rules, and what happened to one of them.

What it leaves out: keeping an answer (:mod:`funnelsim.api.saved_scenario`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from funnelsim.engines.execution import Execution, available_cores, no_progress
from funnelsim.inputs.machine import available_memory
from funnelsim.inputs.scenario_file import read_scenario_file
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.model.simulation import Simulation, Story
from funnelsim.model.simulation_settings import DEFAULT_REPLICATIONS, SimulationSettings

if TYPE_CHECKING:
    from funnelsim.outputs.story_events import StorySetting

ScenarioSource = str | os.PathLike[str] | ScenarioFile
"""A ``.toml`` or packed ``.parquet`` file, the name of a shipped scenario, or one that was read."""


def read_once(scenario: ScenarioSource) -> ScenarioFile:
    """Return a scenario, read now unless it was read before.

    Parameters
    ----------
    scenario : str, path or ScenarioFile
        Any scenario.

    Returns
    -------
    ScenarioFile
        Document and opening leads, checked.
    """
    return scenario if isinstance(scenario, ScenarioFile) else read_scenario_file(scenario)


def simulate(
    scenario: ScenarioSource,
    strategy: str | None = None,
    *,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = 0,
    horizon: int | None = None,
    control: bool = False,
    threads: int | None = None,
    progress: Callable[[float], None] = no_progress,
) -> Simulation:
    """Simulate a funnel under one strategy.

    Parameters
    ----------
    scenario : str, path or ScenarioFile
        A ``.toml`` or ``.parquet`` file, the name of a shipped scenario, or one that was read.
    strategy : str, optional
        One of the scenario's strategies; its first when left out.
    replications : int
        Simulated futures.
    seed : int
        Root of all luck, in [0, 2**64).
    horizon : int, optional
        Whole periods to simulate instead of the scenario's own.
    control : bool
        Whether mean bookings are also estimated with controls: a twin world whose mean is known.
    threads : int, optional
        Cores to use; all of them by default.  Never changes the answer.
    progress : callable, optional
        Told the share of the work done since its last call, from worker threads.

    Returns
    -------
    Simulation
        Bands of bookings, cost and profit, and what happened in the funnel on the way.

    Raises
    ------
    ScenarioError
        If the scenario cannot be used, or has no such strategy.
    """
    from funnelsim.engines.choices.controlled import simulate_with_control
    from funnelsim.engines.funnel import simulate_scenario

    settings = SimulationSettings(strategy, replications, seed, horizon, control)
    read = read_once(scenario)
    name = settings.strategy_of(read.document)
    how = Execution(
        threads=available_cores() if threads is None else threads,
        memory_budget=available_memory() // (4 if control else 2),
        progress=(lambda done: progress(done / 2)) if control else progress,
    )
    document = settings.horizon_of(read.document)
    simulate_it = simulate_with_control if control else simulate_scenario
    return simulate_it(document, name, read.opening, replications=replications, seed=seed, execution=how)


def trace(
    scenario: ScenarioSource,
    strategy: str | None = None,
    *,
    lead: str,
    replication: int = 0,
    seed: int = 0,
    horizon: int | None = None,
) -> Story:
    """Follow one lead through one replication.

    Parameters
    ----------
    scenario : str, path or ScenarioFile
        As for :func:`simulate`.
    strategy : str, optional
        One of the scenario's strategies; its first when left out.
    lead : str
        Its id.
    replication : int
        Which future, counted from 0.
    seed : int
        As for :func:`simulate`.
    horizon : int, optional
        As for :func:`simulate`.

    Returns
    -------
    Story
        Everything that happened to it.

    Raises
    ------
    ScenarioError
        If there is no such strategy, or no such lead in that replication.
    """
    from funnelsim.engines.funnel import follow_lead

    settings = SimulationSettings(strategy, replication + 1, seed, horizon)
    read = read_once(scenario)
    name = settings.strategy_of(read.document)
    document = settings.horizon_of(read.document)
    return follow_lead(document, name, read.opening, lead, replication, seed)


def setting_of(
    scenario: ScenarioFile,
    strategy: str | None = None,
    *,
    replication: int = 0,
    seed: int = 0,
    horizon: int | None = None,
) -> StorySetting:
    """Return what a story is read against: names, dates and rules.

    Parameters
    ----------
    scenario : ScenarioFile
        As read.
    strategy : str, optional
        As for :func:`trace`.
    replication, seed : int
        As for :func:`trace`.
    horizon : int, optional
        As for :func:`trace`.

    Returns
    -------
    StorySetting
        For pages and documents of stories.
    """
    from funnelsim.outputs.story_events import StorySetting

    settings = SimulationSettings(strategy, replication + 1, seed, horizon)
    document = settings.horizon_of(scenario.document)
    chosen = document.strategy(settings.strategy_of(document))
    return StorySetting(document, chosen, scenario.opening, replication, seed)
