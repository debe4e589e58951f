"""Keeping a calibration, and making it again from what was kept.

What it leaves out: what a run folder is (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from funnelsim.api.calibrate import calibrate_records
from funnelsim.api.saved_source import file_of, refuse_other
from funnelsim.inputs.example import example_history
from funnelsim.inputs.named_files import refuse_changed, table_hashes
from funnelsim.inputs.saved_run import SavedRun
from funnelsim.model.calibration_answer import Calibration
from funnelsim.model.calibration_settings import CalibrateSettings
from funnelsim.outputs.atomic import file_sha256


def save_calibration(
    answer: Calibration,
    folder: str | os.PathLike[str],
    source: Any = None,
    *,
    timings: Mapping[str, float] | None = None,
    replace: bool = False,
) -> Path:
    """Save a calibration's run folder, whole or not at all.

    Parameters
    ----------
    answer : Calibration
        The answer, from :func:`funnelsim.api.calibrate.calibrate`.
    folder : path
        The folder that is to be.
    source : Any, optional
        The records it was made from; the shipped ones when left out.
    timings : mapping of str to float, optional
        Seconds by step.
    replace : bool
        Whether an earlier run in that place may be replaced.

    Returns
    -------
    Path
        The finished folder.
    """
    from funnelsim.outputs.calibration_charts import calibration_images
    from funnelsim.outputs.calibration_run import calibration_parts
    from funnelsim.outputs.run_folder import write_parts

    settings = _absolute(answer.settings)
    path = source if isinstance(source, str | os.PathLike) else None
    place = example_history()[0] if source is None else None if path is None else Path(path)
    request = {
        "command": "calibrate",
        "example": source is None,
        "settings": settings.as_document(),
        "files": _hashes(settings),
    }
    parts, images = calibration_parts(answer), calibration_images(answer)
    return write_parts(folder, parts, request, images, source=place, timings=timings, replace=replace)


def calibration_again(
    saved: SavedRun, source: str | None, threads: int | None
) -> tuple[Calibration, CalibrateSettings, Path | None]:
    """Make a saved calibration again; refuse records that are gone or are not the ones that were read then.

    Parameters
    ----------
    saved : SavedRun
        A run of ``calibrate``.
    source : str or None
        Where the records are now; for None where they were.
    threads : int or None
        Not used: a calibration draws no luck.

    Returns
    -------
    tuple of Calibration, CalibrateSettings and (Path or None)
        The answer now, what was asked, and of what.
    """
    settings = saved.settings(CalibrateSettings)
    path = file_of(saved, source)
    refuse_changed(_hashes(settings), saved.request.get("files", {}))
    answer = calibrate_records(path, settings)
    refuse_other(saved, answer.learned.name, answer.learned.sha256)
    return answer, settings, path


def _absolute(settings: CalibrateSettings) -> CalibrateSettings:
    """Return the settings with the files they name as absolute paths."""
    beside = tuple(str(Path(one).resolve()) for one in settings.history.beside)
    history = dataclasses.replace(settings.history, beside=beside)
    record = settings.track_record
    return dataclasses.replace(settings, history=history, track_record=record and str(Path(record).resolve()))


def _hashes(settings: CalibrateSettings) -> dict[str, str]:
    """Return the SHA-256 of every file that the settings name, a run by its manifest."""
    found = table_hashes(settings.history.beside)
    if settings.track_record is not None:
        record = Path(settings.track_record)
        manifest = record / "manifest.json" if record.is_dir() else record
        found |= {"track record": file_sha256(manifest)} if manifest.is_file() else {}
    return found
