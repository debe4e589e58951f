"""Keeping a back-test, and making it again from what was kept.

What it leaves out: what a run folder is (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from funnelsim.api.backtest import backtest
from funnelsim.api.saved_source import file_of, refuse_other
from funnelsim.inputs.example import example_history
from funnelsim.inputs.named_files import refuse_changed, table_hashes
from funnelsim.inputs.saved_run import SavedRun
from funnelsim.model.backtest import Backtest
from funnelsim.model.backtest_settings import BacktestSettings


def save_backtest(
    answer: Backtest,
    folder: str | os.PathLike[str],
    source: Any = None,
    *,
    timings: Mapping[str, float] | None = None,
    replace: bool = False,
) -> Path:
    """Save a back-test's run folder, whole or not at all.

    Parameters
    ----------
    answer : Backtest
        The answer, from :func:`funnelsim.api.backtest.backtest`.
    folder : path
        The folder that is to be.
    source : Any, optional
        The records it was made from; those that ship with the package when left out.
    timings : mapping of str to float, optional
        Seconds by step.
    replace : bool
        Whether an earlier run in that place may be replaced.

    Returns
    -------
    Path
        The finished folder.
    """
    from funnelsim.outputs.backtest_charts import backtest_images
    from funnelsim.outputs.backtest_run import backtest_parts
    from funnelsim.outputs.run_folder import write_parts

    assert answer.settings is not None, "the command has put them there"
    beside = tuple(str(Path(name).resolve()) for name in answer.settings.history.beside)
    history = dataclasses.replace(answer.settings.history, beside=beside)
    settings = dataclasses.replace(answer.settings, history=history)
    path = Path(source) if isinstance(source, str | os.PathLike) else None
    request = {
        "command": "backtest",
        "example": source is None,
        "settings": settings.as_document(),
        "files": table_hashes(beside),
    }
    place = example_history()[0] if source is None else path
    parts, images = backtest_parts(answer), backtest_images(answer)
    return write_parts(folder, parts, request, images, source=place, timings=timings, replace=replace)


def backtest_again(
    saved: SavedRun, source: str | None, threads: int | None
) -> tuple[Backtest, BacktestSettings, Path | None]:
    """Make a saved back-test again; refuse records that are gone or are not those that were read then.

    Parameters
    ----------
    saved : SavedRun
        A run of ``backtest``.
    source : str or None
        Where the records are now, if they moved.
    threads : int or None
        Cores to use; all of them for None.

    Returns
    -------
    tuple of Backtest, BacktestSettings and (Path or None)
        The answer now, what was asked, and the records; None for those that ship with the package.
    """
    settings = saved.settings(BacktestSettings)
    path = file_of(saved, source)
    refuse_changed(table_hashes(settings.history.beside), saved.request.get("files", {}))
    answer = backtest(path, settings=settings, threads=threads)
    refuse_other(saved, answer.name, answer.sha256)
    return answer, settings, path
