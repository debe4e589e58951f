"""Keeping a plan back from a goal, and making it again from what was kept.

What it leaves out: what a run folder is (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from funnelsim.api.plan import plan_of
from funnelsim.api.saved_source import file_of, refuse_other, scenario_of
from funnelsim.api.simulate import read_once
from funnelsim.inputs.example import example_leads
from funnelsim.inputs.named_files import file_hashes, refuse_changed, with_absolute_paths
from funnelsim.inputs.saved_run import SavedRun
from funnelsim.inputs.shipped import scenario_path
from funnelsim.model.goal_plan import GoalPlan
from funnelsim.model.plan_settings import PlanSettings
from funnelsim.model.scenario_files import ScenarioFile


def save_plan(
    answer: GoalPlan,
    folder: str | os.PathLike[str],
    source: Any = None,
    *,
    timings: Mapping[str, float] | None = None,
    replace: bool = False,
) -> Path:
    """Save a plan's run folder, whole or not at all.

    Parameters
    ----------
    answer : GoalPlan
        The answer, from :func:`funnelsim.api.plan.plan`.
    folder : path
        The folder that is to be.
    source : Any, optional
        What the answer was made from; the shipped pipeline when left out.
    timings : mapping of str to float, optional
        Seconds by step.
    replace : bool
        Whether an earlier run in that place may be replaced.

    Returns
    -------
    Path
        The finished folder.
    """
    from funnelsim.outputs.goal_plan_chart import goal_plan_images
    from funnelsim.outputs.goal_plan_run import goal_plan_parts
    from funnelsim.outputs.run_folder import write_parts

    assert answer.settings is not None
    settings, scenario = answer.settings, None
    if settings.leads is None:
        scenario = read_once(source)
        place = None if isinstance(source, ScenarioFile) else scenario_path(source)
    else:
        settings = dataclasses.replace(settings, leads=with_absolute_paths(settings.leads))
        path = source if isinstance(source, str | os.PathLike) else None
        place = example_leads() if source is None else None if path is None else Path(path)
    request = {
        "command": "plan",
        "example": source is None,
        "settings": settings.as_document(),
        "files": file_hashes(settings.leads) if settings.leads else {},
    }
    images = goal_plan_images(answer)
    parts = goal_plan_parts(answer, scenario)
    return write_parts(folder, parts, request, images, source=place, timings=timings, replace=replace)


def plan_again(
    saved: SavedRun, source: str | None, threads: int | None
) -> tuple[GoalPlan, PlanSettings, ScenarioFile | Path | None]:
    """Make a saved plan again; refuse a file of leads that is gone or is not the one that was read then.

    Parameters
    ----------
    saved : SavedRun
        A run of ``plan``.
    source : str or None
        Where the scenario or the file of leads is now; for None where it was, or the scenario's copy in the folder.
    threads : int or None
        Cores to use; all of them for None.

    Returns
    -------
    tuple of GoalPlan, PlanSettings and (ScenarioFile, Path or None)
        The answer now, what was asked, and of what.
    """
    settings = saved.settings(PlanSettings)
    if settings.leads is None:
        read = scenario_of(saved, source)
        return plan_of(read, settings, threads=threads), settings, read
    path = file_of(saved, source)
    refuse_changed(file_hashes(settings.leads), saved.request.get("files", {}))
    answer = plan_of(path, settings, threads=threads)
    refuse_other(saved, answer.name, answer.sha256)
    return answer, settings, path
