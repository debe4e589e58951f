"""Reading a saved run back: nothing in it is believed before its hash agrees.

The question: is this folder still what was written, and what was asked then?  The manifest is held to its own hash and
every file to the manifest, so a flipped bit, a swapped file or a hand-edited number is named and not shown to people.
The hashes catch accidents and careless edits; whoever wants to forge a run can compute them too.

What it leaves out: running the request again, and drawing anything.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from funnelsim.errors import DataError, Problem, Shown, raise_if_any
from funnelsim.model.run_schema import (
    ANSWERS,
    COMPONENT_PREFIX,
    FORECAST,
    LEADS,
    LEADS_SCHEMA,
    MANIFEST,
    MANIFEST_SCHEMA,
    METADATA_KEY,
    NEEDED,
    REPLICATION,
    REPLICATIONS,
    REPLICATIONS_SCHEMA,
    SEAL,
)
from funnelsim.model.saved_settings import SavedSettings

_Settings = TypeVar("_Settings", bound=SavedSettings)
LARGEST_MANIFEST: Final = 64 << 20
_NEEDED_KEYS: Final = {
    "funnelsim": str,
    "request": dict,
    "seed": int,
    "as_of": str,
    "replications": int,
    "content_hash": str,
    "environment": dict,
    "timings": dict,
    "input": dict,
    "files": dict,
}


@dataclass(frozen=True, eq=False)
class SavedRun:
    """A run folder whose every file agreed with its manifest when it was read.

    Attributes
    ----------
    folder : Path
        Absolute.
    manifest : mapping
        As written.
    unlisted : tuple of str
        Files in the folder that are not part of the run, by their path inside it; never read.
    """

    folder: Path
    manifest: Mapping[str, Any]
    unlisted: tuple[str, ...] = ()

    @property
    def request(self) -> Mapping[str, Any]:
        """Command and every option: what a rerun needs."""
        request: Mapping[str, Any] = self.manifest["request"]
        return request

    def settings(self, kind: type[_Settings]) -> _Settings:
        """Return what was asked.

        Parameters
        ----------
        kind : type of SavedSettings
            The settings of the run's command.

        Returns
        -------
        SavedSettings
            Equal to the settings that were written.

        Raises
        ------
        ScenarioError
            If this version does not know one of them.
        """
        return kind.from_document(self.request["settings"], str(self.folder / MANIFEST))

    @property
    def seed(self) -> int:
        """In [0, 2**64)."""
        return int(self.manifest["seed"])

    @property
    def as_of(self) -> date:
        """The day the forecast stands on."""
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def replications(self) -> int:
        """Number of simulated futures."""
        return int(self.manifest["replications"])

    @property
    def content_hash(self) -> str:
        """Hash of bookings and answer, equal for a rerun on the same inputs."""
        return str(self.manifest["content_hash"])

    @property
    def input_sha256(self) -> str:
        """Hash of the file of leads that was read, as hex."""
        return str(self.manifest["input"]["sha256"])

    @property
    def input_path(self) -> Path | None:
        """The file of leads: where it was, else at the same place relative to the folder, else None."""
        entry = self.manifest["input"]
        places = [Path(entry["path"])] if entry.get("path") else []
        if entry.get("relative_path"):
            places.append((self.folder / entry["relative_path"]).resolve())
        return next((place for place in places if place.is_file()), None)


def read_manifest(path: str | os.PathLike[str]) -> SavedRun:
    """Read a run's manifest and hold every file of the run to it.

    Parameters
    ----------
    path : path
        The run folder, or the ``manifest.json`` in it.

    Returns
    -------
    SavedRun
        Nothing in it is changed since it was written.

    Raises
    ------
    DataError
        If it is no run, of another schema version, changed, or not whole; each missing or changed file is named.
    """
    given = Path(path)
    manifest_path = given / MANIFEST if given.is_dir() else given
    manifest = _load(manifest_path)
    _check_shape(manifest, manifest_path)
    folder = manifest_path.resolve().parent
    files = manifest["files"]
    problems = [_file_problem(folder, name, entry) for name, entry in files.items()]
    problems += [
        Problem(
            str(manifest_path), "the run", f"one with {name}", Shown("no such entry"), "it is not whole: run it again"
        )
        for name in NEEDED.get(manifest["request"].get("command"), NEEDED["forecast"])
        if name not in files
    ]
    raise_if_any((problem for problem in problems if problem), DataError)
    found = (one for one in folder.rglob("*") if one.is_symlink() or not one.is_dir())
    names = sorted(one.relative_to(folder).as_posix() for one in found)
    return SavedRun(folder, manifest, tuple(name for name in names if name != MANIFEST and name not in files))


def read_document(run: SavedRun) -> dict[str, Any]:
    """Read the answer as ``--json`` printed it.

    Parameters
    ----------
    run : SavedRun
        From :func:`read_manifest`.

    Returns
    -------
    dict
        Schema ``funnelsim/forecast/1``, or that of the run's own command.

    Raises
    ------
    DataError
        If the file changed since.
    """
    path = run.folder / ANSWERS.get(run.request.get("command", ""), FORECAST)
    return _parse(path.read_bytes(), path)


def read_bookings(run: SavedRun) -> npt.NDArray[np.int64]:
    """Read the bookings of every replication.

    Parameters
    ----------
    run : SavedRun
        From :func:`read_manifest`.

    Returns
    -------
    int64, (replication, period + 1)
        Minor units; the last column is past the horizon.

    Raises
    ------
    DataError
        If the file is damaged or of another shape than the manifest says.
    """
    table = _read_table(run, REPLICATIONS, REPLICATIONS_SCHEMA)
    names = [name for name in table.column_names if name != REPLICATION and not name.startswith(COMPONENT_PREFIX)]
    whole = all(table[name].type == pa.int64() and table[name].null_count == 0 for name in names)
    if not names or not whole or table.num_rows != run.replications:
        rule = f"one of {run.replications} replications in int64 without gaps"
        raise DataError(Problem(str(run.folder / REPLICATIONS), "the table", rule, Shown(f"{table.num_rows} rows")))
    return np.column_stack([table[name].to_numpy() for name in names])


def read_lead_rows(run: SavedRun) -> pa.Table:
    """Read the forecast rows as they were read then.

    Parameters
    ----------
    run : SavedRun
        From :func:`read_manifest`.

    Returns
    -------
    pyarrow.Table
        One row per row of the file of leads that was forecast, in minor units.

    Raises
    ------
    DataError
        If the file is damaged.
    """
    return _read_table(run, LEADS, LEADS_SCHEMA)


def read_run_table(run: SavedRun, name: str, schema: str) -> pa.Table:
    """Read any other table of a run.

    Parameters
    ----------
    run : SavedRun
        From :func:`read_manifest`.
    name : str
        Its file.
    schema : str
        What the file must say it is.

    Returns
    -------
    pyarrow.Table
        As written.

    Raises
    ------
    DataError
        If the file is damaged or another one.
    """
    return _read_table(run, name, schema)


def _load(path: Path) -> dict[str, Any]:
    hint = "give a run folder, or the manifest.json in it"
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_MANIFEST + 1)
    except OSError as error:
        reason = Shown(error.strerror or str(error))
        raise DataError(Problem(str(path), "the manifest", "a file that can be read", reason, hint)) from error
    if len(data) > LARGEST_MANIFEST:
        raise DataError(Problem(str(path), "the manifest", "a small JSON file", Shown("more than 64 MB"), hint))
    return _parse(data, path)


def _parse(data: bytes, path: Path) -> dict[str, Any]:
    try:
        document = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        hint = "give a run folder, or the manifest.json in it"
        got = Shown(f"something else ({error})")
        raise DataError(Problem(str(path), "the file", "JSON as funnelsim writes it", got, hint)) from error
    if not isinstance(document, dict):
        raise DataError(Problem(str(path), "the file", "a JSON object", type(document).__name__))
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a key stands twice in one object"
        raise ValueError(message)
    return found


def _refuse_constant(text: str) -> Any:
    message = f"{text} is no JSON number"
    raise ValueError(message)


def _check_shape(manifest: Mapping[str, Any], path: Path) -> None:
    schema = manifest.get("schema")
    if schema != MANIFEST_SCHEMA:
        hint = "give a run folder of this project; a run of a newer version needs that version"
        raise DataError(Problem(str(path), "schema", f"{MANIFEST_SCHEMA!r}", schema, hint))
    body = {key: value for key, value in manifest.items() if key != SEAL}
    compact = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    if manifest.get(SEAL) != hashlib.sha256(compact).hexdigest():
        hint = "it was edited or damaged: run it again"
        raise DataError(Problem(str(path), "the manifest", "as it was written", Shown("another hash"), hint))
    raise_if_any(
        (
            Problem(str(path), key, f"a JSON {kind.__name__}", manifest.get(key))
            for key, kind in _NEEDED_KEYS.items()
            if not isinstance(manifest.get(key), kind)
        ),
        DataError,
    )
    try:
        date.fromisoformat(manifest["as_of"])
    except ValueError as error:
        raise DataError(Problem(str(path), "as_of", "a day as YYYY-MM-DD", manifest["as_of"])) from error


def _file_problem(folder: Path, name: str, entry: Any) -> Problem | None:
    where = str(folder / MANIFEST)
    pure = PurePosixPath(name)
    if not name or pure.is_absolute() or ".." in pure.parts or "\\" in name or "\x00" in name or ":" in name:
        return Problem(where, "file name", "a plain path inside the run folder", name, "the manifest is not ours")
    path = folder / pure
    hint = "the run is not whole: run it again"
    try:
        if not path.resolve().is_relative_to(folder) or not path.is_file():
            return Problem(where, name, "a file of the run", Shown("no such file"), hint)
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return Problem(str(path), "the file", "readable", Shown(error.strerror or str(error)), hint)
    if not isinstance(entry, dict) or entry.get("sha256") != digest:
        got = Shown("a file of another hash")
        return Problem(str(path), "the file", "as it was written", got, "it was edited or damaged: run it again")
    return None


def _read_table(run: SavedRun, name: str, schema: str) -> pa.Table:
    path = run.folder / name
    try:
        with path.open("rb") as stream:
            file = pq.ParquetFile(stream, page_checksum_verification=True)
            table = file.read(use_threads=False)  # a program that ends while Arrow's threads start is aborted
        table.validate(full=True)
        _check_rows(table.num_rows, file.metadata.num_rows)
        about = json.loads((table.schema.metadata or {}).get(METADATA_KEY, b"null"))
    except (OSError, pa.ArrowException, ValueError) as error:
        reason = Shown(str(error).splitlines()[0] if str(error) else type(error).__name__)
        problem = Problem(str(path), "the file", "a Parquet file whose checksums agree", reason, "run it again")
        raise DataError(problem) from error
    if not isinstance(about, dict) or about.get("schema") != schema:
        got = about.get("schema") if isinstance(about, dict) else None
        raise DataError(Problem(str(path), "schema", f"{schema!r}", got, "it is not the file of this run"))
    return table


# A page's own count of rows is outside its checksum.
def _check_rows(found: int, promised: int) -> None:
    if found != promised:
        message = f"{found:,} rows of the {promised:,} it promises"
        raise ValueError(message)
