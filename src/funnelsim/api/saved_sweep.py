"""Keeping a sweep, and making it again from what was kept.

What it leaves out: what a run folder is (:mod:`funnelsim.outputs.run_folder`), and sweeps that are not finished
(:mod:`funnelsim.api.sweep`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from funnelsim.api.saved_simulation import scenario_of
from funnelsim.api.simulate import read_once
from funnelsim.api.sweep_question import sweep_run, swept
from funnelsim.inputs.saved_run import SavedRun
from funnelsim.inputs.shipped import scenario_path
from funnelsim.model.run_schema import DESIGNS
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.model.sweep import Sweep
from funnelsim.model.sweep_settings import SweepSettings


def save_sweep(
    answer: Sweep,
    folder: str | os.PathLike[str],
    source: str | os.PathLike[str] | ScenarioFile,
    *,
    read: ScenarioFile | None = None,
    timings: Mapping[str, float] | None = None,
    replace: bool = False,
) -> Path:
    """Save a sweep's run folder, whole or not at all.

    Parameters
    ----------
    answer : Sweep
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
    from funnelsim.outputs.sweep_charts import sweep_images
    from funnelsim.outputs.sweep_run import sweep_parts

    scenario = read or read_once(source)
    request = {"command": "sweep", "settings": answer.settings.as_document()}
    place = None if isinstance(source, ScenarioFile) else scenario_path(source)
    parts, images = sweep_parts(answer, scenario), sweep_images(answer)
    return write_parts(folder, parts, request, images, source=place, timings=timings, replace=replace)


def sweep_again(saved: SavedRun, source: str | None, threads: int | None) -> tuple[Sweep, SweepSettings, ScenarioFile]:
    """Make a saved sweep again.

    Parameters
    ----------
    saved : SavedRun
        A run of ``sweep``.
    source : str or None
        The scenario file to use; for None the one that was used while it is unchanged, else the copy in the folder.
    threads : int or None
        Cores to use; all of them for None.

    Returns
    -------
    tuple of Sweep, SweepSettings and ScenarioFile
        The answer now, what was asked, and of which scenario; the designs are those that the run holds.
    """
    settings = SweepSettings.from_document(saved.request["settings"])
    read = scenario_of(saved, source)
    given = None if settings.designs is None else saved.folder / DESIGNS
    return swept(sweep_run(read, settings, given), threads), settings, read
