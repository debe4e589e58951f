"""The lobby: one function per question.

``read_leads`` - is my file fit to forecast?  ``forecast`` - what will we book, and how sure are we?  ``save_run`` and
``rerun`` - keep an answer, and get it again bit for bit.  Functions here join what files say with what engines compute;
they own the clock, the paths and the machine, so that the floors below need not.
"""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from funnelsim.engines.data_quality import data_quality
from funnelsim.engines.execution import Execution, available_cores, no_progress
from funnelsim.engines.forecast import forecast_leads
from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.inputs.example import example_leads, with_example_defaults
from funnelsim.inputs.leads_file import read_leads as read_leads_file
from funnelsim.inputs.machine import available_memory
from funnelsim.inputs.named_files import file_hashes, refuse_changed, with_absolute_paths
from funnelsim.inputs.request_words import reading_options, request_of
from funnelsim.inputs.saved_run import SavedRun, read_manifest
from funnelsim.model.leads import LeadTable
from funnelsim.model.results import Forecast
from funnelsim.model.settings import ForecastSettings

Source = Any
"""A path, or a table of Polars, pandas or Arrow."""


def read_leads(source: Source, *, settings: ForecastSettings | None = None, **options: Any) -> LeadTable:
    """Read a file or a table of leads.

    Parameters
    ----------
    source : path or table
        CSV, XLSX or Parquet, or a Polars, pandas or Arrow table.
    settings : ForecastSettings, optional
        How to read it, and the as-of day.
    **options
        Fields of :class:`~funnelsim.model.settings.ForecastSettings`, instead of ``settings``.

    Returns
    -------
    LeadTable
        The open leads, and a count of everything that is not one.

    Raises
    ------
    DataError
        If a value cannot be read exactly; every problem of the file is in the message.
    """
    chosen = dated(settings or ForecastSettings(**options))
    return read_leads_file(source, reading_options(chosen))


def forecast(
    source: Source = None,
    *,
    settings: ForecastSettings | None = None,
    threads: int | None = None,
    progress: Callable[[float], None] = no_progress,
    **options: Any,
) -> Forecast:
    """Forecast the bookings of the open leads, with bands.

    Parameters
    ----------
    source : path or table, optional
        The leads; the pipeline that ships with the package when left out.
    settings : ForecastSettings, optional
        What is asked.
    threads : int, optional
        Cores to use; all of them by default.  Never changes the answer.
    progress : callable, optional
        Told the share of the work done since its last call, from worker threads.
    **options
        Fields of :class:`~funnelsim.model.settings.ForecastSettings`, instead of ``settings``.

    Returns
    -------
    Forecast
        Bands per period and in all, the chance of the plan, and what stands behind them.

    Raises
    ------
    DataError
        If the file cannot be read exactly.
    ScenarioError
        If a setting cannot be used with it.

    Examples
    --------
    >>> import funnelsim
    >>> answer = funnelsim.forecast(replications=1000)
    >>> answer.check.passed
    True
    """
    chosen = dated(settings or ForecastSettings(**options))
    if source is None:
        source, chosen = example_leads(), with_example_defaults(chosen, settings or ForecastSettings(**options))
    table = read_leads_file(source, reading_options(chosen))
    how = Execution(
        threads=available_cores() if threads is None else threads,
        memory_budget=available_memory() // 2,
        progress=progress,
    )
    return forecast_leads(table, request_of(table, chosen), how)


def dated(settings: ForecastSettings) -> ForecastSettings:
    """Return the settings with an as-of day: the day of running when none was given.

    Parameters
    ----------
    settings : ForecastSettings
        With or without an as-of day.

    Returns
    -------
    ForecastSettings
        With one.
    """
    return settings if settings.as_of else dataclasses.replace(settings, as_of=date.today())


def quality_notes(table: LeadTable, settings: ForecastSettings) -> tuple[str, ...]:
    """Return what in the records deserves a second look.

    Parameters
    ----------
    table : LeadTable
        The file as read.
    settings : ForecastSettings
        With an as-of day.

    Returns
    -------
    tuple of str
        One sentence each; empty when nothing stands out.
    """
    assert settings.as_of is not None
    return data_quality(table, settings.as_of)


def save_run(
    answer: Forecast,
    folder: str | os.PathLike[str],
    *,
    source: Source = None,
    settings: ForecastSettings,
    timings: Mapping[str, float] | None = None,
    replace: bool = False,
) -> Path:
    """Save a run folder: manifest, bands, replications, leads and charts, whole or not at all.

    Parameters
    ----------
    answer : Forecast
        The answer.
    folder : path
        The folder that is to be.
    source : path, optional
        The file of leads, for a rerun; the shipped example when left out.
    settings : ForecastSettings
        The settings the answer was made with.
    timings : mapping of str to float, optional
        Seconds by step.
    replace : bool
        Whether an earlier run in that place may be replaced.

    Returns
    -------
    Path
        The finished folder.
    """
    from funnelsim.outputs.charts import chart_png, chart_svg, fan_chart, monthly_chart
    from funnelsim.outputs.documents import forecast_document
    from funnelsim.outputs.run_folder import write_run

    images = {}
    for name, chart in (("fan", fan_chart(answer)), ("periods", monthly_chart(answer))):
        images[f"{name}.png"], images[f"{name}.svg"] = chart_png(chart), chart_svg(chart)
    complete = _complete(settings, answer, source)
    path = source if isinstance(source, (str, os.PathLike)) else example_leads() if source is None else None
    request = {
        "command": "forecast",
        "example": source is None,
        "settings": complete.as_document(),
        "files": file_hashes(complete),
    }
    return write_run(
        folder, answer, forecast_document(answer), request, images, source=path, timings=timings, replace=replace
    )


def _complete(settings: ForecastSettings, answer: Forecast, source: Source) -> ForecastSettings:
    """Return the settings as they were used: the as-of day, and the example's own plan."""
    chosen = dated(settings) if source is not None else with_example_defaults(dated(settings), settings)
    return with_absolute_paths(dataclasses.replace(chosen, as_of=answer.calendar.as_of))


def save_chart(answer: Forecast, path: str | os.PathLike[str]) -> None:
    """Write the fan chart, whole or not at all.

    Parameters
    ----------
    answer : Forecast
        The answer.
    path : path
        Ends in ``.png`` or ``.svg``.
    """
    from funnelsim.outputs.atomic import write_bytes_atomically
    from funnelsim.outputs.charts import chart_png, chart_svg, fan_chart

    picture = chart_svg if Path(path).suffix.lower() == ".svg" else chart_png
    write_bytes_atomically(path, picture(fan_chart(answer)))


def refuse_targets(folder: str | None, charts: Sequence[str], *, replace: bool) -> None:
    """Refuse, before anything is computed, places that could not be written afterwards.

    Parameters
    ----------
    folder : str or None
        The run folder to be.
    charts : sequence of str
        Chart files to be.
    replace : bool
        Whether an earlier run may be replaced.

    Raises
    ------
    ScenarioError
        If a chart's name ends in something else than ``.png`` or ``.svg``.
    """
    bad = [path for path in charts if Path(path).suffix.lower() not in {".png", ".svg"}]
    raise_if_any(
        (Problem("command line", "--chart", "a name that ends in .png or .svg", path) for path in bad), ScenarioError
    )
    if folder is not None:
        from funnelsim.outputs.atomic import refuse_taken

        refuse_taken(folder, replace=replace)


@dataclass(frozen=True, eq=False)
class Rerun:
    """A saved forecast, run again.

    Attributes
    ----------
    forecast : Forecast
        The answer now.
    saved_hash : str
        The content hash then.
    settings : ForecastSettings
        What was asked.
    source : Path or None
        The file of leads; None for the shipped example.
    differences : tuple of (str, str, str)
        Package or machine, its version then, and now.
    """

    forecast: Forecast
    saved_hash: str
    settings: ForecastSettings
    source: Path | None
    differences: tuple[tuple[str, str, str], ...]

    @property
    def same(self) -> bool:
        """Whether the answer is the same, bit for bit."""
        return self.saved_hash == self.forecast.content_hash


def rerun(run: str | os.PathLike[str], *, source: str | None = None, threads: int | None = None) -> Rerun:
    """Run a saved forecast again.

    Parameters
    ----------
    run : path
        A run folder, or the ``manifest.json`` in it.
    source : str, optional
        Where the file of leads is now, if it moved.
    threads : int, optional
        Cores to use; all of them by default.

    Returns
    -------
    Rerun
        The answer now, and whether it is the same.

    Raises
    ------
    ScenarioError
        If the file of leads is gone or is not the one that was read then.
    """
    from funnelsim.outputs.run_folder import environment

    saved = read_manifest(run)
    settings = ForecastSettings.from_document(saved.request["settings"], str(run))
    path = _rerun_source(saved, source)
    refuse_changed(file_hashes(settings), saved.request.get("files", {}))
    answer = forecast(path, settings=settings, threads=threads)
    if answer.table.sha256 != saved.input_sha256:
        rule, got = (f"with sha256 {digest[:16]}" for digest in (saved.input_sha256, answer.table.sha256))
        hint = "find the file that the run was made from, and pass --input FILE"
        raise ScenarioError(Problem(answer.table.name, "the file", f"the one {rule}", Shown(f"one {got}"), hint))
    then = dict(saved.manifest["environment"])
    now = environment()
    changed = [(name, str(then.get(name, "none")), str(now.get(name, "none"))) for name in sorted({*then, *now})]
    differences = tuple(entry for entry in changed if entry[1] != entry[2])
    return Rerun(answer, saved.content_hash, settings, path, differences)


def _rerun_source(saved: SavedRun, source: str | None) -> Path | None:
    if source is not None:
        return Path(source)
    if saved.request.get("example"):
        return None
    if saved.input_path is None:
        hint = "say where it is now: --input FILE"
        raise ScenarioError(
            Problem("manifest.json", "input", "a file that is still there", saved.manifest["input"]["name"], hint)
        )
    return saved.input_path


@dataclass(frozen=True)
class WarmUp:
    """What compiling took.

    Attributes
    ----------
    seconds : float
        Wall time.
    cached : bool
        Whether the next process finds the kernels compiled.
    folder : Path
        Where they are kept.
    """

    seconds: float
    cached: bool
    folder: Path


def warm_up() -> WarmUp:
    """Compile every kernel that a forecast uses, once.

    Returns
    -------
    WarmUp
        How long it took and where the compiled kernels are.
    """
    from funnelsim.kernels.jit import CACHED, cache_folder

    started = time.perf_counter()
    for stated in (False, True):
        forecast(settings=ForecastSettings(replications=64, as_stated=stated), threads=1)
    return WarmUp(time.perf_counter() - started, CACHED, cache_folder())
