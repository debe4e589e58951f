"""A run folder: one saved answer, with everything needed to read it, check it and run it again.

The question: months later, what exactly did we say, from which file, and would the same command say it again?  The
manifest holds the request and a hash of every other file.  All files but the manifest (it has timings) are the same
bytes for the same inputs under the same pyarrow.

Which table holds what is written down in :mod:`funnelsim.model.run_schema` and in each file's own schema metadata.
What it leaves out: making the charts and the JSON answer; they come in finished.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from funnelsim.errors import Problem, WriteError
from funnelsim.model.results import Forecast
from funnelsim.model.run_schema import (
    ACTUALS,
    BANDS,
    CHARTS,
    FORECAST,
    LEAD_STATES,
    LEADS,
    MANIFEST,
    MANIFEST_SCHEMA,
    OTHER_ROWS,
    REPLICATIONS,
    RUN_MODEL,
    SEAL,
)
from funnelsim.outputs.atomic import file_sha256, new_folder
from funnelsim.outputs.model_file import packed_model
from funnelsim.outputs.run_tables import (
    actuals_table,
    bands_table,
    lead_states_table,
    leads_table,
    other_rows_table,
    replications_table,
)

PACKAGES: Final = ("funnelsim", "numpy", "numba", "scipy", "polars", "pyarrow")
_CHART_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,99}\.(png|svg)")
_BYTES_PER_CELL = 64


@dataclass(frozen=True, eq=False)
class RunParts:
    """What one command keeps in its run folder.

    Attributes
    ----------
    facts : mapping
        ``seed as_of replications currency minor_digits content_hash``, as plain JSON values.
    answer_name : str
        File of the answer.
    answer : mapping
        The answer as ``--json`` prints it.
    tables : mapping of str to (pyarrow.Table, bool)
        File name to table, and whether values repeat in its columns.
    others : mapping of str to bytes
        Further files by name.
    input_name, input_sha256 : str
        What it was made from.
    needed_bytes : int
        Room the tables take on disk, at most.
    """

    facts: Mapping[str, Any]
    answer_name: str
    answer: Mapping[str, Any]
    tables: Mapping[str, tuple[pa.Table, bool]]
    others: Mapping[str, bytes]
    input_name: str
    input_sha256: str
    needed_bytes: int


def write_run(
    folder: str | os.PathLike[str],
    forecast: Forecast,
    document: Mapping[str, Any],
    request: Mapping[str, Any],
    charts: Mapping[str, bytes] | None = None,
    *,
    source: str | os.PathLike[str] | None = None,
    timings: Mapping[str, float] | None = None,
    replace: bool = False,
) -> Path:
    """Write one forecast as a run folder, whole or not at all.

    Parameters
    ----------
    folder : path
        The folder that is to be; folders above it are made.
    forecast : Forecast
        The answer.
    document : mapping
        The answer as ``--json`` prints it; becomes ``forecast.json``.
    request : mapping
        Command and every option, as plain JSON values: what a rerun needs.
    charts : mapping of str to bytes, optional
        Finished images by file name, ``*.png`` or ``*.svg``.
    source : path, optional
        The file of leads; None when they did not come from a file.
    timings : mapping of str to float, optional
        Seconds by step.
    replace : bool
        Whether an earlier run in that place may be replaced.

    Returns
    -------
    Path
        The absolute path of the finished folder.
    """
    parts = _forecast_parts(forecast, document)
    return write_parts(folder, parts, request, charts, source=source, timings=timings, replace=replace)


def write_parts(
    folder: str | os.PathLike[str],
    parts: RunParts,
    request: Mapping[str, Any],
    charts: Mapping[str, bytes] | None = None,
    *,
    source: str | os.PathLike[str] | None = None,
    timings: Mapping[str, float] | None = None,
    replace: bool = False,
) -> Path:
    """Write the run folder of any command, whole or not at all.

    Parameters
    ----------
    folder : path
        The folder that is to be; folders above it are made.
    parts : RunParts
        What it holds.
    request : mapping
        Command and every option, as plain JSON values: what a rerun needs.
    charts : mapping of str to bytes, optional
        Finished images by file name, ``*.png`` or ``*.svg``.
    source : path, optional
        The file it was made from; None when there was none.
    timings : mapping of str to float, optional
        Seconds by step.
    replace : bool
        Whether an earlier run in that place may be replaced.

    Returns
    -------
    Path
        The absolute path of the finished folder.

    Raises
    ------
    WriteError
        If something is in the way, a chart's name is none, or the disk refuses; nothing is left behind then.
    """
    images = dict(charts or {})
    _check_chart_names(images)
    texts = {parts.answer_name: _json_bytes(parts.answer), **parts.others}
    manifest = _manifest(parts, request, timings or {})
    target = Path(folder).resolve()
    given = sum(map(len, texts.values())) + sum(map(len, images.values()))
    with new_folder(folder, replace=replace, needed_bytes=parts.needed_bytes + given) as part:
        rows = _write_tables(part, parts)
        _write_files(part, texts, images)
        manifest["input"] = _input(parts, source, target)
        manifest["files"] = _files(part, rows)
        manifest["written"] = datetime.now(UTC).isoformat(timespec="seconds")
        _write(part / MANIFEST, _json_bytes(_sealed(manifest)))
    return target


def environment() -> dict[str, str]:
    """Name what the result depends on besides its inputs.

    Returns
    -------
    dict
        Versions of Python and of each package, processor architecture and system.
    """
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed as a package"
    return found | {"machine": platform.machine(), "system": platform.system()}


def _forecast_parts(forecast: Forecast, document: Mapping[str, Any]) -> RunParts:
    leads = forecast.table.leads
    known = None if forecast.learned is None else forecast.learned.known
    states = {} if known is None else {LEAD_STATES: (lead_states_table(forecast, known), True)}
    cells = (len(leads) + len(forecast.table.others)) * (17 + len(leads.attributes)) + 2 * len(forecast.booked.day)
    return RunParts(
        facts={
            "seed": forecast.seed,
            "as_of": forecast.calendar.as_of.isoformat(),
            "replications": forecast.replications,
            "currency": forecast.currency,
            "minor_digits": forecast.minor_digits,
            "content_hash": forecast.content_hash,
        },
        answer_name=FORECAST,
        answer=document,
        tables={
            BANDS: (bands_table(forecast), True),
            REPLICATIONS: (replications_table(forecast), False),
            LEADS: (leads_table(forecast), True),
            OTHER_ROWS: (other_rows_table(forecast), True),
            ACTUALS: (actuals_table(forecast), True),
            **states,
        },
        others={} if known is None else {RUN_MODEL: packed_model(known.learned)},
        input_name=forecast.table.name,
        input_sha256=forecast.table.sha256,
        needed_bytes=forecast.bookings.nbytes + cells * _BYTES_PER_CELL,
    )


def _manifest(parts: RunParts, request: Mapping[str, Any], timings: Mapping[str, float]) -> dict[str, Any]:
    versions = environment()
    return {
        "schema": MANIFEST_SCHEMA,
        "funnelsim": versions["funnelsim"],
        "request": json.loads(_json_bytes(request)),  # fails here, before anything is written
        **parts.facts,
        "environment": versions,
        "timings": {name: round(seconds, 6) for name, seconds in timings.items()},
    }


def _input(parts: RunParts, source: str | os.PathLike[str] | None, target: Path) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": parts.input_name,
        "sha256": parts.input_sha256,
        "path": None,
        "relative_path": None,
    }
    if source is not None:
        path = Path(source).resolve()
        entry["path"] = str(path)
        try:
            entry["relative_path"] = Path(os.path.relpath(path, target)).as_posix()
        except ValueError:  # another drive
            entry["relative_path"] = None
    return entry


def _write_tables(part: Path, parts: RunParts) -> dict[str, int]:
    for name, (table, repeats) in parts.tables.items():
        _write_parquet(part / name, table, repeats=repeats)
    return {name: table.num_rows for name, (table, _) in parts.tables.items()}


# Page checksums let a reader notice a flipped bit; there is no time or random number in the file.
def _write_parquet(path: Path, table: pa.Table, *, repeats: bool) -> None:
    with path.open("xb") as stream:
        pq.write_table(
            table, stream, compression="zstd", use_dictionary=repeats, write_page_checksum=True, write_statistics=True
        )
        stream.flush()


def _write_files(part: Path, texts: Mapping[str, bytes], images: Mapping[str, bytes]) -> None:
    for name, data in texts.items():
        _write(part / name, data)
    if images:
        (part / CHARTS).mkdir()
    for name in sorted(images):
        _write(part / CHARTS / name, images[name])


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(data)
        stream.flush()


def _files(part: Path, rows: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    entries = {}
    for path in sorted(path for path in part.rglob("*") if path.is_file()):
        name = path.relative_to(part).as_posix()
        entries[name] = {"bytes": path.stat().st_size, "rows": rows.get(name), "sha256": file_sha256(path)}
    return entries


# The manifest has no one above it to hold its hash, so it holds its own: a flipped digit of the seed is noticed.
def _sealed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    compact = json.dumps(manifest, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    return {**manifest, SEAL: hashlib.sha256(compact).hexdigest()}


# ASCII only: a lead's name cannot move a terminal's cursor when somebody prints the file.
def _json_bytes(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, indent=1, allow_nan=False) + "\n").encode()


def _check_chart_names(images: Mapping[str, bytes]) -> None:
    problems = [
        Problem("run folder", "chart name", "letters, digits, spaces, - and _, then .png or .svg", name)
        for name in images
        if not _CHART_NAME.fullmatch(name)
    ]
    if problems:
        raise WriteError(problems)
