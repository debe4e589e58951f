"""Keeping a comparison, and making it again from what was kept.

A run folder holds every scenario that was compared, packed, so that it is whole: a rerun needs nothing beside it.
While the files that were read are still there, unchanged, a rerun reads those.  Forecasts that were compared stay in
their own run folders, which a rerun reads again.

What it leaves out: what a run folder is (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace as replaced
from pathlib import Path
from typing import Any

from funnelsim.api.compare import compare
from funnelsim.api.simulate import ScenarioSource
from funnelsim.errors import FunnelsimError, Problem, ScenarioError, Shown
from funnelsim.inputs.saved_run import SavedRun, read_manifest
from funnelsim.inputs.scenario_file import read_scenario_file
from funnelsim.inputs.shipped import scenario_path
from funnelsim.model.compare_settings import CompareSettings
from funnelsim.model.comparison import Comparison
from funnelsim.model.run_schema import MANIFEST
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_files import ScenarioFile

Sources = Sequence[ScenarioSource]


def save_comparison(
    answer: Comparison,
    folder: str | os.PathLike[str],
    sources: Sources = (),
    *,
    settings: CompareSettings | None = None,
    timings: Mapping[str, float] | None = None,
    replace: bool = False,
) -> Path:
    """Save a comparison's run folder, whole or not at all.

    Parameters
    ----------
    answer : Comparison
        The answer.
    folder : path
        The folder that is to be.
    sources : sequence of str, path or ScenarioFile
        What was compared.  Forecasts need it; scenarios are in the answer, and a rerun then reads the copies.
    settings : CompareSettings, optional
        What was asked; read off the answer when left out.
    timings : mapping of str to float, optional
        Seconds by step.
    replace : bool
        Whether an earlier run in that place may be replaced.

    Returns
    -------
    Path
        The finished folder.

    Raises
    ------
    ScenarioError
        If forecasts come without their run folders.
    """
    from funnelsim.outputs.comparison_charts import comparison_images
    from funnelsim.outputs.comparison_run import comparison_parts, scenario_copies
    from funnelsim.outputs.run_folder import write_parts

    runs = _forecast_runs(answer, sources)
    copies, names = scenario_copies(answer)
    asked = settings or CompareSettings.of(answer)
    inputs = _inputs(answer, sources, names)
    if not any(entry["only"] is None for entry in inputs):
        asked = replaced(asked, strategies=())  # each input says by itself which strategy
    request = {
        "command": "compare",
        "settings": asked.as_document(),
        "inputs": inputs,
        "runs": [{"path": str(run.folder), "content_hash": run.content_hash} for run in runs],
    }
    first = (runs[0].folder.name, runs[0].content_hash) if runs else (inputs[0]["name"], inputs[0]["sha256"])
    parts = comparison_parts(answer, _costs(answer), copies, *first)
    return write_parts(folder, parts, request, comparison_images(answer), timings=timings, replace=replace)


def comparison_again(
    saved: SavedRun, source: str | None, threads: int | None
) -> tuple[Comparison, CompareSettings, tuple[ScenarioSource, ...]]:
    """Make a saved comparison again.

    Parameters
    ----------
    saved : SavedRun
        A run of ``compare``.
    source : str or None
        Must be None: a comparison has several inputs, and copies of them.
    threads : int or None
        Cores to use; all of them for None.

    Returns
    -------
    tuple of Comparison, CompareSettings, and tuple of sources
        The answer now, what was asked, and of what.

    Raises
    ------
    ScenarioError
        If ``source`` is given, or a forecast that was compared is gone or another one now.
    """
    if source is not None:
        hint = "the run folder holds its scenarios; forecasts are read from their own run folders"
        raise ScenarioError(Problem("rerun", "--input", "left out for a comparison", source, hint))
    settings = saved.settings(CompareSettings)
    sources = _runs_again(saved) or _scenarios_again(saved)
    answer = compare(
        sources,
        settings.strategies,
        horizon=None if saved.request["runs"] else settings.horizon,
        metric=settings.metric,
        precision=settings.precision,
        replications=settings.replications,
        seed=settings.seed,
        null_twins=settings.null_twins,
        ledger=settings.ledger,
        allow_different_worlds=settings.allow_different_worlds,
        confidence=settings.confidence,
        control=settings.control,
        threads=threads,
    )
    return answer, settings, sources


def _costs(answer: Comparison) -> dict[str, Any]:
    """Return what each replication of each entrant cost, minor units."""
    from funnelsim.engines.simulated_costs import simulated_costs

    return {
        entrant.label: simulated_costs(entrant.answer).sum(axis=1)
        for entrant in answer.entrants
        if entrant.answer is not None
    }


def _forecast_runs(answer: Comparison, sources: Sources) -> list[SavedRun]:
    """Return the run folders of the forecasts that were compared; none for scenarios."""
    if answer.baseline.answer is not None:
        return []
    if len(sources) != len(answer.entrants):
        rule = "the run folders of the forecasts, one each"
        raise ScenarioError(Problem("save_run", "source", rule, Shown(f"{len(sources)}")))
    return [read_manifest(str(source)) for source in sources]


def _inputs(answer: Comparison, sources: Sources, names: Sequence[str | None]) -> list[dict[str, Any]]:
    """Return what a rerun reads: the files that were compared, or else one copy for each entrant."""
    played = [(entrant.answer, name) for entrant, name in zip(answer.entrants, names, strict=True)]
    if not sources or any(not isinstance(source, ScenarioFile) and _is_run(source) for source in sources):
        return [
            {"name": name, "copy": name, "only": one.strategy.name, "path": None, "sha256": ""}
            for one, name in played
            if one is not None
        ]
    found = []
    for source in sources:
        path = None if isinstance(source, ScenarioFile) else Path(scenario_path(source)).resolve()
        file = source if isinstance(source, ScenarioFile) else read_scenario_file(source)
        copy = next((name for one, name in played if one is not None and _same(file.document, one.scenario)), None)
        if copy is not None:  # else none of its strategies was asked for
            place = None if path is None else str(path)
            found.append({"name": file.name, "copy": copy, "only": None, "path": place, "sha256": file.sha256})
    return found


def _is_run(source: str | os.PathLike[str]) -> bool:
    return Path(source).name == MANIFEST or (Path(source) / MANIFEST).is_file()


def _same(document: Scenario, played: Scenario) -> bool:
    calendar = document.calendar.model_copy(update={"horizon": played.calendar.horizon})
    return document.model_copy(update={"calendar": calendar}) == played


def _runs_again(saved: SavedRun) -> tuple[ScenarioSource, ...]:
    """Return the run folders of the forecasts that were compared, each held to its content hash."""
    for kept in saved.request["runs"]:
        found = read_manifest(kept["path"])
        if found.content_hash != kept["content_hash"]:
            rule = f"the one with content hash {kept['content_hash'][:16]}"
            raise ScenarioError(Problem(kept["path"], "the run", rule, Shown(f"one with {found.content_hash[:16]}")))
    return tuple(kept["path"] for kept in saved.request["runs"])


def _scenarios_again(saved: SavedRun) -> tuple[ScenarioSource, ...]:
    """Return the scenarios that were compared: from where they were, or the copies if these are gone or others now."""
    return tuple(_scenario_again(saved, entry) for entry in saved.request["inputs"])


def _scenario_again(saved: SavedRun, entry: Mapping[str, Any]) -> ScenarioFile:
    if entry["path"] is not None:
        try:
            read = read_scenario_file(entry["path"])
        except FunnelsimError:  # it is not what was read then, and the copy is
            read = None
        if read is not None and read.sha256 == entry["sha256"]:
            return read
    copy = read_scenario_file(saved.folder / entry["copy"])
    return copy if entry["only"] is None else replaced(copy, document=_alone(copy.document, entry["only"]))


def _alone(document: Scenario, strategy: str) -> Scenario:
    """Return a scenario with one of its strategies alone."""
    alone = document.model_copy(update={"strategies": (document.strategy(strategy),)})
    alone.__dict__.pop("strategy_names", None)  # a copy takes the names along that were asked for before
    return alone
