"""Opening a file or a data frame as one table of text, whatever its format.

The question: what kind of file is this, by its content?  Only plain local files are opened: no addresses, no patterns,
no folders; nothing is unpacked.

What it leaves out: the formats themselves, each in its own module.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from funnelsim.errors import DataError, Problem, Shown
from funnelsim.inputs.csv_table import LARGEST_FILE, read_csv_table

if TYPE_CHECKING:
    from funnelsim.inputs.raw_table import RawTable

_ZIP = b"PK\x03\x04"
_PARQUET = b"PAR1"
_WORKBOOKS = frozenset((".xlsx", ".xlsm"))


def read_table(
    source: str | os.PathLike[str] | object,
    known: Callable[[str], bool],
    *,
    sheet: str | None = None,
    encoding: str | None = None,
) -> RawTable:
    """Read a file or a data frame as text.

    Parameters
    ----------
    source : str, path or data frame
        A local CSV, XLSX or Parquet file, or an Arrow, pandas or Polars frame.
    known : callable
        Tells whether a header is one that some CRM, or the user, uses.
    sheet : str, optional
        Worksheet of a workbook.
    encoding : str, optional
        Encoding of a text file.

    Returns
    -------
    RawTable
        Cells as text.

    Raises
    ------
    DataError
        If there is no such plain file, or it cannot be read as a table.
    """
    if not isinstance(source, str | os.PathLike):
        return _frame(source)
    path = plain_file(source)
    with path.open("rb") as file:
        head = file.read(8)
    ending = path.suffix.lower()
    is_text = not head.startswith(_PARQUET) and ending not in _WORKBOOKS
    if sheet is not None and ending not in _WORKBOOKS:
        raise DataError(Problem(path.name, "--sheet", "left out, because only a workbook has sheets", sheet))
    if encoding is not None and not is_text:
        raise DataError(Problem(path.name, "--encoding", "left out, because only text has an encoding", encoding))
    if head.startswith(_ZIP) and ending in _WORKBOOKS:
        from funnelsim.inputs.workbook import read_workbook  # slow to load, and most files are CSV

        return read_workbook(path, sheet=sheet, known=known)
    if head.startswith(_PARQUET):
        from funnelsim.inputs.parquet import read_parquet_table  # as above

        return read_parquet_table(path)
    if ending in _WORKBOOKS or ending == ".parquet":
        kind = "a workbook" if ending in _WORKBOOKS else "a Parquet file"
        hint = "name it .csv if it is text, or export it again"
        raise DataError(Problem(path.name, "the file", f"{kind}, as its name says", _kind_of(head), hint))
    size = path.stat().st_size
    if size > LARGEST_FILE:
        rule = f"at most {LARGEST_FILE:,} bytes of text"
        raise DataError(Problem(path.name, "the file", rule, size, "split it, or give a Parquet file"))
    return read_csv_table(path.read_bytes(), path.name, known, encoding=encoding)


def plain_file(source: str | os.PathLike[str]) -> Path:
    """Return the path of an existing plain local file.

    Parameters
    ----------
    source : str or path
        Taken as it is: no address, no ``~``, no variable and no pattern is expanded.

    Returns
    -------
    Path
        The same path.

    Raises
    ------
    DataError
        If it is an address, a folder, a device, or not there.
    """
    text = os.fspath(source)
    if "://" in text:
        raise DataError(Problem("", "the file", "a local file, not an address", text, "download it first"))
    try:
        mode = os.stat(text).st_mode
    except (OSError, ValueError) as error:
        hint = f"check its name; it was looked for in {Path.cwd()}"
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no file has such a name"
        raise DataError(
            Problem("", "the file", "one that exists and can be read", text, hint, f"({reason.lower()})")
        ) from None
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a device or a pipe"
        raise DataError(
            Problem("", "the file", f"a plain file, not {kind}", text, "name one CSV, XLSX or Parquet file")
        )
    if not os.access(text, os.R_OK):
        raise DataError(
            Problem("", "the file", "one that can be read", text, "ask its owner, or copy it", "(permission denied)")
        )
    return Path(text)


def _kind_of(head: bytes) -> Shown:
    """Say what the first bytes of a file look like."""
    if not head:
        return Shown("an empty file")
    text = head.decode("ascii", "replace")
    return (
        Shown(f"text that begins with {text!r}") if text.isprintable() and text.isascii() else Shown(f"bytes {head!r}")
    )


def _frame(frame: Any) -> RawTable:
    from funnelsim.inputs.parquet import frame_table  # slow to load, and most sources are files

    return frame_table(frame)
