"""The track record that a saved run holds, for the forecasts that print it.

The question: how often did earlier bands of this kind hold?  A run of ``backtest`` or ``track`` says so; its files are
held to their hashes before anything is believed.

What it leaves out: making one (``engines/backtesting``).
"""

from __future__ import annotations

import json
import os
from typing import Any

from funnelsim.errors import DataError, Problem, Shown
from funnelsim.inputs.saved_run import SavedRun, read_manifest
from funnelsim.model.plain_values import from_plain
from funnelsim.model.run_schema import TRACK_RECORD, TRACK_RECORD_SCHEMA
from funnelsim.model.track_record import TrackRecord


def read_track_record(path: str | os.PathLike[str]) -> TrackRecord:
    """Read the track record of a saved run.

    Parameters
    ----------
    path : path
        Run folder of ``backtest`` or ``track``, or the ``manifest.json`` in it.

    Returns
    -------
    TrackRecord
        As it was written, to the bit.

    Raises
    ------
    DataError
        If it is no run, was changed since, or holds no track record.
    """
    saved = read_manifest(path)
    if TRACK_RECORD not in saved.manifest["files"]:
        got = Shown(f"a run of {saved.request.get('command')}")
        hint = "make one: funnelsim backtest HISTORY --out DIR"
        raise DataError(Problem(str(path), "the run", "one that holds a track record", got, hint))
    return _parsed(saved)


def _parsed(saved: SavedRun) -> TrackRecord:
    place = saved.folder / TRACK_RECORD
    try:
        document: Any = json.loads(place.read_bytes())
        of_this_version = isinstance(document, dict) and document.get("schema") == TRACK_RECORD_SCHEMA
        plain = document.get("track_record") if of_this_version else None
        record: TrackRecord = from_plain(TrackRecord, plain, "track_record")
    except (ValueError, TypeError) as error:
        rule, hint = f"one of schema {TRACK_RECORD_SCHEMA}", "run the back-test again with this version"
        raise DataError(Problem(str(place), "the track record", rule, Shown(f"one with {error}"), hint)) from error
    return record
