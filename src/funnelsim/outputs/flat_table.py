"""Any JSON answer as two columns, path and value: the table of an answer that has none of its own.

What it leaves out: tables made for people, which each answer has its own module for.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from funnelsim.outputs.plain_text import spreadsheet_cell


def flat_csv(document: Mapping[str, Any]) -> str:
    """Return a document as CSV (RFC 4180) with one row per value.

    Parameters
    ----------
    document : mapping
        Plain dicts, lists, texts, numbers, booleans and None.

    Returns
    -------
    str
        ``path,value``; a path is keys and positions joined by dots; None is an empty cell; lines end in CR LF.  Text
        that a spreadsheet would take for a formula starts with ``'``.
    """
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(["path", "value"])
    for path, value in _leaves(document, ""):
        writer.writerow([spreadsheet_cell(path), _cell(value)])
    return lines.getvalue()


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        inner: Iterator[tuple[Any, Any]] = iter(value.items())
    elif isinstance(value, list | tuple):
        inner = iter(enumerate(value))
    else:
        yield path, value
        return
    for key, one in inner:
        yield from _leaves(one, f"{path}.{key}" if path else str(key))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return spreadsheet_cell(value) if isinstance(value, str) else str(value)
