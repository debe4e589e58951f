"""What was learned from records, read back from the file that ``calibrate`` wrote.

Is this file a model, whole and unchanged?  Then every number in it is the one that was learned, to the bit.

What it leaves out: writing it (``outputs/model_file.py``).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from pathlib import Path
from typing import Any, Final

from funnelsim.errors import DataError, Problem, Shown
from funnelsim.model.learned import Learned
from funnelsim.model.model_schema import MODEL_FAMILY, MODEL_SCHEMA
from funnelsim.model.plain_values import from_plain

GZIP: Final = b"\x1f\x8b"
"""How a packed file begins."""

_MAKE: Final = "make one from your records: funnelsim calibrate HISTORY -o MODEL"
_AGAIN: Final = "make it again: funnelsim calibrate HISTORY -o MODEL"


def read_model(path: str | os.PathLike[str]) -> Learned:
    """Read a model file.

    Parameters
    ----------
    path : path
        Written by ``calibrate -o``, or ``model.json.gz`` of a run folder.

    Returns
    -------
    Learned
        Equal to what was written, to the bit.

    Raises
    ------
    DataError
        If the file is missing, is no model, is of another version, or was changed or cut.
    """
    place = Path(path)
    try:
        data = place.read_bytes()
    except FileNotFoundError as error:
        raise DataError(_problem(place, "a file that is there", "no such file", _MAKE)) from error
    except OSError as error:
        raise DataError(_problem(place, "a file that can be read", error.strerror or str(error), _MAKE)) from error
    return parse_model(data, place)


def parse_model(data: bytes, place: Path, hint: str | None = None) -> Learned:
    """Return the model that the bytes of a model file hold.

    Parameters
    ----------
    data : bytes
        As ``calibrate -o`` writes them, or the same under gzip, as a run folder of a forecast from records holds them.
    place : Path
        The file, for messages.
    hint : str, optional
        The way out if it is none; by default to calibrate.

    Returns
    -------
    Learned
        Equal to what was written, to the bit.

    Raises
    ------
    DataError
        If it is no model, is of another version, or was changed or cut.
    """
    make, again = hint or _MAKE, hint or _AGAIN
    try:
        document = json.loads(gzip.decompress(data) if data.startswith(GZIP) else data)
    except (ValueError, RecursionError, OSError, EOFError, zlib.error) as error:
        raise DataError(_problem(place, "JSON of calibrate", "something else, or a part of it", make)) from error
    plain = _learned_part(document, place, make, again)
    try:
        return from_plain(Learned, plain, "learned")  # type: ignore[no-any-return]
    except (ValueError, TypeError) as error:
        raise DataError(_problem(place, f"one of schema {MODEL_SCHEMA}", f"one with {error}", again)) from error


def _learned_part(document: Any, place: Path, make: str, again: str) -> Any:
    """Return what was learned as plain values, unchanged since it was written."""
    schema = document.get("schema") if isinstance(document, dict) else None
    if not str(schema).startswith(MODEL_FAMILY):
        raise DataError(_problem(place, f"one of schema {MODEL_SCHEMA}", "a file of another kind", make))
    if schema != MODEL_SCHEMA:
        raise DataError(_problem(place, f"one of schema {MODEL_SCHEMA}", f"schema {schema}", again))
    plain = document.get("learned")
    text = json.dumps(plain, sort_keys=True)
    if hashlib.sha256(text.encode()).hexdigest() != document.get("content_hash"):
        raise DataError(_problem(place, "as calibrate wrote it", "one that was changed since", again))
    return plain


def _problem(place: Path, rule: str, got: str, hint: str) -> Problem:
    return Problem(str(place), "the model", rule, Shown(got), hint)
