"""Explain a saved simulation from its own folder, and its change since an earlier one.

A run folder holds its scenario and what was asked, so nothing beside it is read.  What it leaves out: explaining
(:mod:`funnelsim.engines.explaining.funnel_explanation`).
"""

from __future__ import annotations

import os
from collections.abc import Callable

from funnelsim.engines.execution import Execution, available_cores, no_progress
from funnelsim.inputs.machine import available_memory
from funnelsim.inputs.saved_run import SavedRun, read_manifest
from funnelsim.inputs.scenario_file import read_scenario_file
from funnelsim.model.funnel_explanation import ExplainedRun, FunnelExplanation
from funnelsim.model.run_schema import SCENARIO
from funnelsim.model.simulation_settings import SimulationSettings

RunSource = str | os.PathLike[str] | SavedRun
"""A run folder, the manifest in it, or one that was read."""


def explain_simulation(
    run: RunSource,
    since: RunSource | None = None,
    threads: int | None = None,
    progress: Callable[[float], None] = no_progress,
) -> FunnelExplanation:
    """Explain a saved simulation.

    Parameters
    ----------
    run : path or SavedRun
        Of ``simulate``.
    since : path or SavedRun, optional
        An earlier run of ``simulate``.
    threads : int, optional
        Cores to use; all of them by default.  Never changes the answer.
    progress : callable, optional
        Told the share of the work done since its last call, from worker threads.

    Returns
    -------
    FunnelExplanation
        Simulated again with the seed and the replications of ``run``.

    Raises
    ------
    DataError
        If a folder is no run, is not whole, or was changed.
    ScenarioError
        If the two runs cannot be compared.
    """
    from funnelsim.engines.explaining.funnel_explanation import explain_funnel

    saved = _saved(run)
    how = Execution(
        threads=available_cores() if threads is None else threads,
        memory_budget=available_memory() // 2,
        progress=progress,
    )
    earlier = None if since is None else _explained(_saved(since))
    return explain_funnel(_explained(saved), earlier, execution=how, saved_hash=saved.content_hash)


def _saved(run: RunSource) -> SavedRun:
    return run if isinstance(run, SavedRun) else read_manifest(run)


def _explained(saved: SavedRun) -> ExplainedRun:
    """Return what a saved run asked, read from its folder."""
    settings = saved.settings(SimulationSettings)
    read = read_scenario_file(saved.folder / SCENARIO)
    scenario = settings.horizon_of(read.document)
    return ExplainedRun(
        name=saved.folder.name,
        scenario=scenario,
        strategy=settings.strategy_of(scenario),
        opening=read.opening,
        seed=settings.seed,
        replications=settings.replications,
    )
