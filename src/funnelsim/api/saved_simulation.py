"""Keeping a simulation, and making it again from what was kept.

A run folder holds the scenario itself, packed, so that it is whole: a rerun needs nothing beside it.  While the file
that was read is still there, unchanged, a rerun reads that one, so that every byte of the new run is the same.

What it leaves out: what a run folder is (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from funnelsim.api.simulate import read_once, simulate
from funnelsim.errors import FunnelsimError, Problem, ScenarioError, Shown
from funnelsim.inputs.saved_run import SavedRun
from funnelsim.inputs.scenario_file import read_scenario_file
from funnelsim.inputs.shipped import scenario_path
from funnelsim.model.run_schema import SCENARIO
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.model.simulation import Simulation
from funnelsim.model.simulation_settings import SimulationSettings


def save_simulation(
    answer: Simulation,
    folder: str | os.PathLike[str],
    source: str | os.PathLike[str] | ScenarioFile,
    *,
    read: ScenarioFile | None = None,
    timings: Mapping[str, float] | None = None,
    replace: bool = False,
) -> Path:
    """Save a simulation's run folder, whole or not at all.

    Parameters
    ----------
    answer : Simulation
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
    from funnelsim.engines.simulated_costs import simulated_costs
    from funnelsim.outputs.run_folder import write_parts
    from funnelsim.outputs.simulation_charts import simulation_images
    from funnelsim.outputs.simulation_run import simulation_parts

    scenario = read or read_once(source)
    asked, own = answer.scenario.calendar.horizon, scenario.document.calendar.horizon
    settings = SimulationSettings(
        answer.strategy.name,
        answer.replications,
        answer.seed,
        None if asked == own else asked,
        control=answer.control is not None,
    )
    request = {"command": "simulate", "settings": settings.as_document()}
    place = None if isinstance(source, ScenarioFile) else scenario_path(source)
    images = simulation_images(answer)
    parts = simulation_parts(answer, scenario, simulated_costs(answer))
    return write_parts(folder, parts, request, images, source=place, timings=timings, replace=replace)


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
    settings = SimulationSettings.from_document(saved.request["settings"])
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


def scenario_of(saved: SavedRun, source: str | None) -> ScenarioFile:
    """Return the scenario of a saved run.

    Parameters
    ----------
    saved : SavedRun
        A run whose folder holds its scenario.
    source : str or None
        The scenario file to use; for None the one that was used while it is unchanged, else the copy in the folder.

    Returns
    -------
    ScenarioFile
        As read now.

    Raises
    ------
    ScenarioError
        If ``source`` is not the scenario of the run.
    """
    read = _kept(saved) if source is None else read_scenario_file(source)
    if source is not None and read.sha256 != saved.input_sha256:
        rule, got = (f"with sha256 {digest[:16]}" for digest in (saved.input_sha256, read.sha256))
        hint = "leave --input out: the run folder holds its scenario"
        raise ScenarioError(Problem(read.name, "the file", f"the one {rule}", Shown(f"one {got}"), hint))
    return read


def _kept(saved: SavedRun) -> ScenarioFile:
    """Return the scenario of a run: from where it was, or the copy in the folder if that is gone or another one now."""
    if saved.input_path is not None:
        try:
            read = read_scenario_file(saved.input_path)
        except FunnelsimError:  # it is not what was read then, and the copy is
            return read_scenario_file(saved.folder / SCENARIO)
        if read.sha256 == saved.input_sha256:
            return read
    return read_scenario_file(saved.folder / SCENARIO)
