"""Keeping a choice of design, and making it again from what was kept.

What it leaves out: what a run folder is (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from funnelsim.api.optimize import optimum_of
from funnelsim.api.saved_simulation import scenario_of
from funnelsim.api.simulate import read_once
from funnelsim.inputs.saved_run import SavedRun
from funnelsim.inputs.shipped import scenario_path
from funnelsim.model.optimum import OptimizeSettings, Optimum
from funnelsim.model.scenario_files import ScenarioFile


def save_optimum(
    answer: Optimum,
    folder: str | os.PathLike[str],
    source: str | os.PathLike[str] | ScenarioFile,
    *,
    read: ScenarioFile | None = None,
    timings: Mapping[str, float] | None = None,
    replace: bool = False,
) -> Path:
    """Save a choice's run folder, whole or not at all.

    Parameters
    ----------
    answer : Optimum
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
    from funnelsim.outputs.selection_chart import selection_images
    from funnelsim.outputs.selection_run import selection_parts

    scenario = read or read_once(source)
    request = {"command": "optimize", "settings": answer.settings.as_document()}
    place = None if isinstance(source, ScenarioFile) else scenario_path(source)
    parts, images = selection_parts(answer, scenario), selection_images(answer)
    return write_parts(folder, parts, request, images, source=place, timings=timings, replace=replace)


def optimum_again(
    saved: SavedRun, source: str | None, threads: int | None
) -> tuple[Optimum, OptimizeSettings, ScenarioFile]:
    """Make a saved choice again.

    Parameters
    ----------
    saved : SavedRun
        A run of ``optimize``.
    source : str or None
        The scenario file to use; for None the one that was used while it is unchanged, else the copy in the folder.
    threads : int or None
        Cores to use; all of them for None.

    Returns
    -------
    tuple of Optimum, OptimizeSettings and ScenarioFile
        The answer now, what was asked, and of which scenario.
    """
    settings = OptimizeSettings.from_document(saved.request["settings"])
    read = scenario_of(saved, source)
    return optimum_of(read, settings, threads=threads), settings, read
