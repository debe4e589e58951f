"""Keeping a track record, and making it again from what was kept.

What it leaves out: what a run folder is (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from funnelsim.api.saved_source import file_of, refuse_other
from funnelsim.api.track import track_of
from funnelsim.inputs.named_files import refuse_changed
from funnelsim.inputs.saved_run import SavedRun
from funnelsim.model.track import Track
from funnelsim.model.track_settings import TrackSettings


def save_track(
    answer: Track,
    folder: str | os.PathLike[str],
    *,
    timings: Mapping[str, float] | None = None,
    replace: bool = False,
) -> Path:
    """Save a track record's run folder, whole or not at all.

    Parameters
    ----------
    answer : Track
        From :func:`funnelsim.api.track.track`.
    folder : path
        The folder that is to be.
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
    from funnelsim.outputs.track_charts import track_images
    from funnelsim.outputs.track_run import track_parts

    assert answer.settings is not None
    settings = _absolute(answer.settings)
    request = {"command": "track", "settings": settings.as_document(), "files": _hashes(settings)}
    images = track_images(answer)
    parts = track_parts(answer)
    return write_parts(folder, parts, request, images, source=settings.actuals, timings=timings, replace=replace)


def track_again(saved: SavedRun, source: str | None, threads: int | None) -> tuple[Track, TrackSettings, Path]:
    """Make a saved track record again; refuse runs, actuals or tables that are gone or are not what they were then.

    Parameters
    ----------
    saved : SavedRun
        A run of ``track``.
    source : str or None
        Where the file of actuals is now, if it moved.
    threads : int or None
        Nothing is simulated, so that it changes nothing.

    Returns
    -------
    tuple of Track, TrackSettings and Path
        The answer now, what was asked, and the file of actuals.
    """
    settings = saved.settings(TrackSettings)
    then = dict(saved.request.get("files", {}))
    path = file_of(saved, source)
    assert path is not None, "no track record is made without actuals"
    settings = replace(settings, actuals=str(path))
    refuse_changed(_hashes(settings), then)
    answer = track_of(settings)
    refuse_other(saved, answer.name, answer.sha256)
    return answer, settings, path


def _absolute(settings: TrackSettings) -> TrackSettings:
    history = replace(settings.history, beside=tuple(str(Path(one).resolve()) for one in settings.history.beside))
    runs = tuple(str(Path(one).resolve()) for one in settings.runs)
    return replace(settings, runs=runs, actuals=str(Path(settings.actuals).resolve()), history=history)


def _hashes(settings: TrackSettings) -> dict[str, str]:
    """Return the SHA-256 of every run's manifest, which holds the hashes of its files, and of every table beside."""
    found = {}
    for name in settings.runs:
        path = Path(name)
        manifest = path / "manifest.json" if path.is_dir() else path
        found[name] = manifest
    found |= {name: Path(name) for name in settings.history.beside}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items() if path.is_file()}
