"""One table of records, column by column, so that a million rows are read in seconds.

The question: what do the cells of a column say?  Plain text files and typed columns are taken as columns at once; a
file that is anything but plain (quotes, reports with footers, other encodings, workbooks) goes through the reader of
leads, which knows every trap.  Both ways give the same cells, line numbers and notes.

What it leaves out: meaning.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from funnelsim.inputs.csv_table import LARGEST_CELL, LARGEST_FILE
from funnelsim.inputs.raw_table import RawTable, TableKind, number_text
from funnelsim.inputs.report_layout import find_header
from funnelsim.inputs.table_files import plain_file, read_table
from funnelsim.inputs.text_values import TextColumn

if TYPE_CHECKING:
    import pyarrow as pa

_HEAD_ROWS: Final = 40
_SPECIAL: Final = (b'"', b"\x00", b"\n\n", b"\n\r\n")
_PERHAPS_TWICE: Final = tuple(
    mark.encode() for mark in ("\u00c3", "\u00c2", "\u00e2\u20ac", "\u00ef\u00bb", "\ufffd", "\ufeff")
)
"""Characters of text that was encoded twice, or whose first mark is no text."""
_PERHAPS_NO_LEAD: Final = (
    r"(?i)^\s*$|^\s*(grand|(sub)?[- ]?total|summe|gesamt|zwischen|somme|suma|(record\s+)?count|[0-9][0-9.,]*\s+record"
    r"|confidential|copyright|©|generated|exported|printed|as\s+of|filtered|report)"
)
"""First cells that a total, a footer or a blank row could have; such files are read with all care."""
_TYPES: Final = (pl.String, pl.Boolean, pl.Float64, pl.Date, pl.Datetime)


@dataclass(frozen=True, eq=False)
class HistoryTable:
    """A table as columns.

    Attributes
    ----------
    columns : mapping of str to Series, each (row,)
        Cells by header, in the order of the file: text, or the type the file gives them.
    line : int64, (row,)
        Line or row number in the file.
    name : str
        The file's name without its folder, or ``data frame``.
    sha256 : str
        Hash as hex.
    kind : {'csv', 'xlsx', 'parquet', 'frame'}
        Where it came from.
    notes : tuple of str
        What was decided or removed while reading.
    typed : frozenset of str
        Headers whose every cell the file itself says to be a number or a date.
    """

    columns: Mapping[str, pl.Series]
    line: npt.NDArray[np.int64]
    name: str
    sha256: str
    kind: TableKind
    notes: tuple[str, ...] = ()
    typed: frozenset[str] = frozenset()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.line)

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers in the order of the file."""
        return tuple(self.columns)

    @property
    def word(self) -> str:
        """What a row is called in this kind of file."""
        return "line" if self.kind == "csv" else "row"

    def text(self, header: str | None) -> pl.Series:
        """Return a column as trimmed text.

        Parameters
        ----------
        header : str or None
            One of ``headers``; None for a column that is not there.

        Returns
        -------
        Series of str, (row,)
            Empty text where blank.
        """
        if header is None:
            return pl.repeat("", len(self), dtype=pl.String, eager=True)
        return _as_text(self.columns[header]).fill_null("").str.strip_chars()

    def take(self, rows: npt.NDArray[np.int64]) -> HistoryTable:
        """Return some rows as a table.

        Parameters
        ----------
        rows : int64, (part,)
            Indices of rows.

        Returns
        -------
        HistoryTable
            All columns.
        """
        columns = {header: column.gather(rows) for header, column in self.columns.items()}
        return replace(self, columns=columns, line=self.line[rows])

    def part(self, rows: npt.NDArray[np.int64], headers: Sequence[str]) -> RawTable:
        """Return some rows and columns as the readers of leads want them.

        Parameters
        ----------
        rows : int64, (part,)
            Indices of rows.
        headers : sequence of str
            Some of ``headers``.

        Returns
        -------
        RawTable
            Trimmed text with the rows' own line numbers.
        """
        cells = [self.text(header).gather(rows).to_list() for header in headers]
        return RawTable(
            headers=tuple(headers),
            rows=tuple(zip(*cells, strict=True)) if headers else ((),) * len(rows),
            line=self.line[rows].copy(),
            name=self.name,
            sha256=self.sha256,
            kind=self.kind,
            number_columns=self.typed & frozenset(headers),
        )

    def text_column(self, header: str, name: str, rows: npt.NDArray[np.int64]) -> TextColumn:
        """Return some cells of a column, ready for a reader of values.

        Parameters
        ----------
        header : str
            One of ``headers``.
        name : str
            What it holds in the user's words.
        rows : int64, (part,)
            Indices of rows.

        Returns
        -------
        TextColumn
            Every cell needed.
        """
        cells = self.text(header).gather(rows).to_list()
        every = np.ones(len(rows), dtype=np.bool_)
        return TextColumn(name, header, cells, self.line[rows], every, header in self.typed)


def read_history_table(
    source: str | os.PathLike[str] | object,
    known: Callable[[str], bool],
    *,
    sheet: str | None = None,
    encoding: str | None = None,
) -> HistoryTable:
    """Read a file or a data frame as columns.

    Parameters
    ----------
    source : str, path or data frame
        A local CSV, XLSX or Parquet file, or an Arrow, pandas or Polars frame.
    known : callable
        Tells whether a header is one that some program, or the user, uses.
    sheet : str, optional
        Worksheet of a workbook.
    encoding : str, optional
        Encoding of a text file.

    Returns
    -------
    HistoryTable
        Its cells.

    Raises
    ------
    DataError
        If there is no such plain file, or it cannot be read as a table.
    """
    if not isinstance(source, str | os.PathLike):
        return _frame(source)
    path = plain_file(source)
    if sheet is None and encoding is None:
        with path.open("rb") as file:
            head = file.read(4)
        if head == b"PAR1":
            return _parquet(path)
        if path.suffix.lower() in {".csv", ".txt"} and path.stat().st_size <= LARGEST_FILE:
            plain = _plain_text(path.read_bytes(), path.name, known)
            if plain is not None:
                return plain
    return _careful(read_table(path, known, sheet=sheet, encoding=encoding))


def _careful(raw: RawTable) -> HistoryTable:
    """Turn the table of the careful reader into columns."""
    cells = zip(*raw.rows, strict=True)
    columns = {header: pl.Series(header, found, pl.String) for header, found in zip(raw.headers, cells, strict=True)}
    told = raw.kind != "csv" or raw.encoding in {"", "UTF-8"} or any("Read as" in note for note in raw.notes)
    first = () if told else (f"The text is {raw.encoding}.",)
    typed = raw.number_columns | raw.date_columns
    return HistoryTable(columns, raw.line, raw.name, raw.sha256, raw.kind, (*first, *raw.notes), typed)


def _plain_text(content: bytes, name: str, known: Callable[[str], bool]) -> HistoryTable | None:
    """Read text that has no trap in it; None for any other."""
    import pyarrow as pa  # slow to load, and not every source needs it
    from pyarrow import csv

    if not content.endswith(b"\n") or any(mark in content for mark in _SPECIAL):
        return None
    if not content.isascii() and any(mark in content for mark in _PERHAPS_TWICE):
        return None
    if content.count(b"\r") not in {0, content.count(b"\r\n")} or not _plain_head(content, known):
        return None
    headers = [cell.strip() for cell in content[: content.index(b"\n")].decode("utf-8", "replace").split(",")]
    reading = csv.ReadOptions(use_threads=False, column_names=headers, skip_rows=1)
    parsing = csv.ParseOptions(quote_char=False, double_quote=False, ignore_empty_lines=False)
    converting = csv.ConvertOptions(
        column_types=dict.fromkeys(headers, pa.string()), strings_can_be_null=False, quoted_strings_can_be_null=False
    )
    try:
        table = csv.read_csv(io.BytesIO(content), reading, parsing, converting)
    except (pa.ArrowException, ValueError):
        return None
    if table.num_rows != content.count(b"\n") - 1 or not table.num_rows:
        return None
    columns = {header: pl.Series(header, pl.from_arrow(table.column(header))) for header in headers}
    if any((found.str.len_bytes().max() or 0) > LARGEST_CELL for found in columns.values()) or not _plain_rows(columns):  # type: ignore[operator]
        return None
    line = np.arange(2, table.num_rows + 2, dtype=np.int64)
    return HistoryTable(columns, line, name, hashlib.sha256(content).hexdigest(), "csv")


def _plain_head(content: bytes, known: Callable[[str], bool]) -> bool:
    """Tell whether the first line is the header of a table with commas."""
    lines = content[: 1 << 16].decode("utf-8", "replace").split("\n")[:_HEAD_ROWS]
    headers = [cell.strip() for cell in lines[0].split(",")]
    plain = all(headers) and len(set(headers)) == len(headers) > 1 and not any(mark in lines[0] for mark in ";\t|=")
    grid = [(number, line.split(",")) for number, line in enumerate(lines, 1)]
    return plain and find_header(grid, known) == 0


def _plain_rows(columns: Mapping[str, pl.Series]) -> bool:
    """Tell whether no row can be a total, a footer or blank, judged by its first cell."""
    first = _as_text(next(iter(columns.values()))).fill_null("")
    return not first.str.contains(_PERHAPS_NO_LEAD).any()


def _parquet(path: Path) -> HistoryTable:
    from funnelsim.inputs.parquet import parquet_columns, table_of_columns  # slow to load

    table, digest = parquet_columns(path)
    typed = _typed(table, path.name, "parquet", digest)
    return typed or _careful(table_of_columns(table, path.name, "parquet", digest))


def _frame(frame: object) -> HistoryTable:
    from funnelsim.inputs.parquet import FRAME_NAME, frame_columns, table_of_columns  # slow to load

    table = frame_columns(frame)
    typed = _typed(table, FRAME_NAME, "frame", "")
    if typed is None:
        return _careful(table_of_columns(table, FRAME_NAME, "frame", None))
    digest = hashlib.sha256("\x1f".join(typed.headers).encode())
    for header in typed.headers:
        digest.update("\x1f".join(typed.text(header).to_list()).encode())
    return replace(typed, sha256=digest.hexdigest())


def _typed(table: pa.Table, name: str, kind: TableKind, digest: str) -> HistoryTable | None:
    """Take typed columns as they are; None when one of them is no plain value, or a row may be no lead."""
    headers = [one.strip() for one in table.column_names]
    if not table.num_rows or not all(headers) or len(set(headers)) != len(headers):
        return None
    columns = {}
    for header, data in zip(headers, table.columns, strict=True):
        try:
            found = pl.Series(header, pl.from_arrow(data))
        except (pl.exceptions.PolarsError, ValueError, TypeError):
            return None
        found = found.cast(pl.String) if found.dtype in {pl.Categorical, pl.Enum, pl.Null} else found
        if not (isinstance(found.dtype, _TYPES) or found.dtype.is_integer()):
            return None
        columns[header] = found
    if not _plain_rows(columns):
        return None
    numbers = frozenset(
        header for header, found in columns.items() if found.dtype.is_numeric() or found.dtype.is_temporal()
    )
    line = np.arange(2, table.num_rows + 2, dtype=np.int64)
    return HistoryTable(columns, line, name, digest, kind, typed=numbers)


def _as_text(column: pl.Series) -> pl.Series:
    """Write a column as the readers of typed files write it."""
    if column.dtype == pl.String:
        return column
    if column.dtype == pl.Float64:
        whole = (
            column.fill_null(0.0).is_finite()
            & (column.fill_null(0.0) % 1 == 0)
            & (column.fill_null(0.0).abs() < 2.0**53)
        )
        if whole.all():
            return column.cast(pl.Int64).cast(pl.String)
        return pl.Series(
            column.name, [None if one is None else number_text(one) for one in column.to_list()], pl.String
        )
    if isinstance(column.dtype, pl.Datetime):
        seconds = column.dt.truncate("1s")
        form = "%Y-%m-%dT%H:%M:%S%:z" if column.dtype.time_zone else "%Y-%m-%dT%H:%M:%S"
        return seconds.dt.strftime(form).str.replace("+00:00", "Z", literal=True)
    return column.cast(pl.String)
