"""Keeping a forecast, and making it again from what was kept.

What it leaves out: what a run folder is (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path

from funnelsim.api.forecast import Source, dated, forecast
from funnelsim.api.saved_source import file_of, refuse_other
from funnelsim.inputs.example import example_leads, with_example_defaults
from funnelsim.inputs.named_files import file_hashes, refuse_changed, with_absolute_paths
from funnelsim.inputs.saved_run import SavedRun
from funnelsim.model.results import Forecast
from funnelsim.model.settings import ForecastSettings


def save_forecast(
    answer: Forecast,
    folder: str | os.PathLike[str],
    settings: ForecastSettings,
    *,
    source: Source = None,
    timings: Mapping[str, float] | None = None,
    replace: bool = False,
) -> Path:
    """Save a forecast's run folder, whole or not at all.

    Parameters
    ----------
    answer : Forecast
        The answer.
    folder : path
        The folder that is to be.
    settings : ForecastSettings
        The settings the answer was made with.
    source : path, optional
        The file of leads, for a rerun; the shipped example when left out.
    timings : mapping of str to float, optional
        Seconds by step.
    replace : bool
        Whether an earlier run in that place may be replaced.

    Returns
    -------
    Path
        The finished folder.
    """
    from funnelsim.outputs.charts import fan_chart, images_of, monthly_chart
    from funnelsim.outputs.documents import forecast_document
    from funnelsim.outputs.run_folder import write_run

    images = images_of({"fan": fan_chart(answer), "periods": monthly_chart(answer)})
    complete = _complete(settings, answer, source)
    example = source is None and complete.history is None
    path = source if isinstance(source, (str, os.PathLike)) else example_leads() if example else None
    request = {
        "command": "forecast",
        "example": example,
        "from_history": source is None and not example,
        "settings": complete.as_document(),
        "files": file_hashes(complete),
    }
    return write_run(
        folder, answer, forecast_document(answer), request, images, source=path, timings=timings, replace=replace
    )


def _complete(settings: ForecastSettings, answer: Forecast, source: Source) -> ForecastSettings:
    """Return the settings as they were used: the as-of day, and the example's own plan."""
    own = source is not None or settings.learns
    chosen = dated(settings) if own else with_example_defaults(dated(settings), settings)
    return with_absolute_paths(dataclasses.replace(chosen, as_of=answer.calendar.as_of))


def forecast_again(
    saved: SavedRun, source: str | None, threads: int | None
) -> tuple[Forecast, ForecastSettings, Path | None]:
    """Make a saved forecast again; refuse a file of leads that is gone or is not the one that was read then.

    Parameters
    ----------
    saved : SavedRun
        A run of ``forecast``.
    source : str or None
        Where the file of leads is now, if it moved.
    threads : int or None
        Cores to use; all of them for None.

    Returns
    -------
    tuple of Forecast, ForecastSettings and (Path or None)
        The answer now, what was asked, and the file of leads; None for the shipped example and for records alone.
    """
    settings = saved.settings(ForecastSettings)
    path = file_of(saved, source)
    refuse_changed(file_hashes(settings), saved.request.get("files", {}))
    answer = forecast(path, settings=settings, threads=threads)
    refuse_other(saved, answer.table.name, answer.table.sha256)
    return answer, settings, path
