"""Keeping what was made from one scenario - a simulation, a choice of design, a sweep - and making it again.

A run folder holds the scenario itself, packed, so that it is whole: a rerun needs nothing beside it.  While the file
that was read is still there, unchanged, a rerun reads that one, so that every byte of the new run is the same.

What it leaves out: what a run folder is (:mod:`funnelsim.outputs.run_folder`), and sweeps that are not finished
(:mod:`funnelsim.api.sweep`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from funnelsim.api.optimize import optimum_of
from funnelsim.api.saved_source import scenario_of
from funnelsim.api.simulate import read_once, simulate
from funnelsim.api.sweep_question import sweep_run, swept
from funnelsim.inputs.saved_run import SavedRun
from funnelsim.inputs.shipped import scenario_path
from funnelsim.model.optimum import OptimizeSettings, Optimum
from funnelsim.model.run_schema import DESIGNS
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.model.simulation import Simulation
from funnelsim.model.simulation_settings import SimulationSettings
from funnelsim.model.sweep import Sweep
from funnelsim.model.sweep_settings import SweepSettings

if TYPE_CHECKING:
    from funnelsim.outputs.run_folder import RunParts


def save_scenario_run(
    answer: Simulation | Optimum | Sweep,
    folder: str | os.PathLike[str],
    source: str | os.PathLike[str] | ScenarioFile,
    *,
    read: ScenarioFile | None = None,
    timings: Mapping[str, float] | None = None,
    replace: bool = False,
) -> Path:
    """Save the run folder of an answer about one scenario, whole or not at all.

    Parameters
    ----------
    answer : Simulation, Optimum or Sweep
        The answer.
    folder : path
        The folder that is to be.
    source : str, path or ScenarioFile
        The scenario the answer was made from.
    read : ScenarioFile, optional
        The same, read already.
    timings : mapping of str to float, optional
        Seconds by step.
    replace : bool
        Whether an earlier run in that place may be replaced.

    Returns
    -------
    Path
        The finished folder.
    """
    from funnelsim.outputs.run_folder import write_parts

    scenario = read or read_once(source)
    command, settings, parts, images = _kept(answer, scenario)
    request = {"command": command, "settings": settings.as_document()}
    place = None if isinstance(source, ScenarioFile) else scenario_path(source)
    return write_parts(folder, parts, request, images, source=place, timings=timings, replace=replace)


_Kept = tuple[str, SimulationSettings | OptimizeSettings | SweepSettings, "RunParts", Mapping[str, bytes]]
"""Command, what was asked, what the folder holds, and its pictures."""


def _kept(answer: Simulation | Optimum | Sweep, scenario: ScenarioFile) -> _Kept:
    if isinstance(answer, Optimum):
        from funnelsim.outputs.selection_chart import selection_images
        from funnelsim.outputs.selection_run import selection_parts

        return "optimize", answer.settings, selection_parts(answer, scenario), selection_images(answer)
    if isinstance(answer, Sweep):
        from funnelsim.outputs.sweep_charts import sweep_images
        from funnelsim.outputs.sweep_run import sweep_parts

        return "sweep", answer.settings, sweep_parts(answer, scenario), sweep_images(answer)
    from funnelsim.engines.simulated_costs import simulated_costs
    from funnelsim.outputs.simulation_charts import simulation_images
    from funnelsim.outputs.simulation_run import simulation_parts

    parts = simulation_parts(answer, scenario, simulated_costs(answer))
    return "simulate", _asked(answer, scenario), parts, simulation_images(answer)


def _asked(answer: Simulation, scenario: ScenarioFile) -> SimulationSettings:
    """Return what was asked of a simulation; a horizon only where it is not the scenario's own."""
    asked, own = answer.scenario.calendar.horizon, scenario.document.calendar.horizon
    return SimulationSettings(
        answer.strategy.name,
        answer.replications,
        answer.seed,
        None if asked == own else asked,
        control=answer.control is not None,
    )


def simulation_again(
    saved: SavedRun, source: str | None, threads: int | None
) -> tuple[Simulation, SimulationSettings, ScenarioFile]:
    """Make a saved simulation again.

    Parameters
    ----------
    saved : SavedRun
        A run of ``simulate``.
    source : str or None
        The scenario file to use; for None the one that was used while it is unchanged, else the copy in the folder.
    threads : int or None
        Cores to use; all of them for None.

    Returns
    -------
    tuple of Simulation, SimulationSettings and ScenarioFile
        The answer now, what was asked, and of which scenario.
    """
    settings = saved.settings(SimulationSettings)
    read = scenario_of(saved, source)
    answer = simulate(
        read,
        settings.strategy,
        replications=settings.replications,
        seed=settings.seed,
        horizon=settings.horizon,
        control=settings.control,
        threads=threads,
    )
    return answer, settings, read


def optimum_again(
    saved: SavedRun, source: str | None, threads: int | None
) -> tuple[Optimum, OptimizeSettings, ScenarioFile]:
    """Make a saved choice of design again.

    Parameters
    ----------
    saved : SavedRun
        A run of ``optimize``.
    source, threads : str or None, int or None
        As :func:`simulation_again` takes them.

    Returns
    -------
    tuple of Optimum, OptimizeSettings and ScenarioFile
        The answer now, what was asked, and of which scenario.
    """
    settings = saved.settings(OptimizeSettings)
    read = scenario_of(saved, source)
    return optimum_of(read, settings, threads=threads), settings, read


def sweep_again(saved: SavedRun, source: str | None, threads: int | None) -> tuple[Sweep, SweepSettings, ScenarioFile]:
    """Make a saved sweep again.

    Parameters
    ----------
    saved : SavedRun
        A run of ``sweep``.
    source, threads : str or None, int or None
        As :func:`simulation_again` takes them.

    Returns
    -------
    tuple of Sweep, SweepSettings and ScenarioFile
        The answer now, what was asked, and of which scenario; the designs are those that the run holds.
    """
    settings = saved.settings(SweepSettings)
    read = scenario_of(saved, source)
    given = None if settings.designs is None else saved.folder / DESIGNS
    return swept(sweep_run(read, settings, given), threads), settings, read
