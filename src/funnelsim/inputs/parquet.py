"""Parquet files and data frames as one table of text, nothing guessed and nothing rounded in silence.

The question: how do typed columns enter the same strict reading as text files?  Whole numbers and decimals are written
exactly, days as ISO text, doubles with the 15 digits they are sure of; page checksums are verified, and what a file
would take in memory is judged from its footer before anything is unpacked.

What it leaves out: nested columns, bytes and durations, which are refused by name; and what columns mean.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from funnelsim.errors import DataError, Problem, Shown
from funnelsim.inputs.findings import Findings, rows_of
from funnelsim.inputs.raw_table import RawTable, TableKind, number_text
from funnelsim.inputs.report_layout import Layout, Line, lay_out

MOST_CELLS: Final = 20_000_000
MOST_COLUMNS: Final = 16_384
MOST_BYTES: Final = 1 << 30
MOST_TEXT: Final = 1 << 17
FRAME_NAME: Final = "data frame"
_SURE_BELOW: Final = 1e12
"""Below this, 15 digits hold the cents of any amount; from here on every digit of the double is written."""
_EXPORT_AGAIN: Final = "it is damaged or cut off: export it again"
_EPOCH = datetime(1970, 1, 1)
_FIRST_DAY = date(1970, 1, 1)


def read_parquet_table(path: str | os.PathLike[str]) -> RawTable:
    """Read a Parquet file as a table of text.

    Parameters
    ----------
    path : path
        A local file.

    Returns
    -------
    RawTable
        The schema's names as headers (row 1), then the rows.

    Raises
    ------
    DataError
        If the file is damaged, too large, has no rows, repeated names, or columns that are no values.
    """
    table, digest = parquet_columns(path)
    return table_of_columns(table, Path(path).name, "parquet", digest)


def parquet_columns(path: str | os.PathLike[str]) -> tuple[pa.Table, str]:
    """Read a Parquet file as typed columns, verified.

    Parameters
    ----------
    path : path
        A local file.

    Returns
    -------
    table : Arrow table
        As stored, texts packed.
    digest : str
        Hash of the file's bytes as hex.

    Raises
    ------
    DataError
        If the file is damaged or too large.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            stream.seek(0)
            parquet = pq.ParquetFile(stream, page_checksum_verification=True)
            _check_budget(parquet.metadata, file.name)
            texts = [one.name for one in parquet.schema_arrow if pa.types.is_string(one.type)]
            stream.seek(0)
            # texts stay packed: a dictionary of one long text would otherwise fill the memory a million times over
            packed = pq.ParquetFile(stream, page_checksum_verification=True, read_dictionary=texts)
            table = packed.read(use_threads=False)  # a program that ends while Arrow's threads start is aborted
        table.validate(full=True)
    except (OSError, pa.ArrowException, MemoryError, UnicodeError) as error:
        raise DataError(_broken(file.name, error)) from error
    if table.num_rows != parquet.metadata.num_rows:  # a page's own count is outside its checksum
        got = Shown(f"{table.num_rows:,} rows of the {parquet.metadata.num_rows:,} it promises")
        raise DataError(Problem(file.name, "the file", "a whole Parquet file", got, _EXPORT_AGAIN))
    return table, digest


def frame_table(frame: object, *, whole: bool = False) -> RawTable:
    """Read a data frame as a table of text.

    Parameters
    ----------
    frame : object
        An Arrow table, or a frame that gives itself as Arrow (Polars, pandas 2.2 and others).
    whole : bool
        Whether every row is a lead, as in what this program wrote: one called ``Total`` is no total then.

    Returns
    -------
    RawTable
        Its column names as headers; the hash is over headers and cells.

    Raises
    ------
    DataError
        If it is no data frame, too large, has no rows, repeated names, or columns that are no values.
    """
    return table_of_columns(frame_columns(frame), FRAME_NAME, "frame", None, whole=whole)


def frame_columns(frame: object) -> pa.Table:
    """Read a data frame as typed columns.

    Parameters
    ----------
    frame : object
        As for :func:`frame_table`.

    Returns
    -------
    Arrow table
        As it is.

    Raises
    ------
    DataError
        If it is no data frame, or too large.
    """
    try:
        table = _arrow(frame)
        table.validate(full=True)
    except (pa.ArrowException, TypeError, ValueError, AttributeError, ImportError) as error:
        rule = "a path, or an Arrow, Polars or pandas data frame"
        hint = "collect a lazy frame first; give every column one type"
        raise DataError(Problem("leads", FRAME_NAME, rule, Shown(_first_line(error)), hint)) from error
    _check_size(table.num_rows, table.num_columns, FRAME_NAME)
    return table


class _Column(NamedTuple):
    """One column as text; ``cut`` counts numbers that lost digits, ``short`` marks single precision."""

    cells: list[str]
    kind: str
    cut: int = 0
    short: bool = False


def _arrow(frame: Any) -> pa.Table:
    if isinstance(frame, pa.Table):
        return frame
    if hasattr(frame, "__arrow_c_stream__") or isinstance(frame, pa.RecordBatch):
        return pa.table(frame)
    if hasattr(frame, "to_arrow"):
        return pa.table(frame.to_arrow())
    message = f"a {type(frame).__name__}"
    raise TypeError(message)


def _check_budget(metadata: pq.FileMetaData, name: str) -> None:
    _check_size(metadata.num_rows, metadata.num_columns, name)
    unpacked = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
    if unpacked > MOST_BYTES:
        got, hint = Shown(f"{unpacked / 1e6:,.0f} MB"), "keep the columns and rows that are leads"
        raise DataError(Problem(name, "the file", f"at most {MOST_BYTES >> 20} MB unpacked", got, hint))


def _check_size(rows: int, columns: int, name: str) -> None:
    if columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        got = Shown(f"{rows:,} rows of {columns:,} columns")
        hint = "keep the columns and rows that are leads"
        raise DataError(Problem(name, "the table", f"one of at most {MOST_CELLS:,} cells", got, hint))


def table_of_columns(
    table: pa.Table, name: str, kind: TableKind, digest: str | None, *, whole: bool = False
) -> RawTable:
    """Write typed columns as a table of text.

    Parameters
    ----------
    table : Arrow table
        Typed columns.
    name : str
        What messages call it.
    kind : {'parquet', 'frame'}
        Where it came from.
    digest : str or None
        Hash of the file; None hashes headers and cells.
    whole : bool
        Whether every row is a row of the table; else totals and footers are looked for.

    Returns
    -------
    RawTable
        The names as headers (row 1), then the rows.

    Raises
    ------
    DataError
        If it has no rows, repeated names, or columns that are no values.
    """
    findings = Findings(name, "row")
    headers = _headers(table.column_names, findings)
    columns = _columns(table, headers, findings)
    if not table.num_rows:
        findings.say(
            "the table", "one with rows", Shown("no rows"), "export it again, and look whether the export has rows"
        )
    findings.stop_if_any()
    rows = zip(*(column.cells for column in columns), strict=True)
    grid: list[Line] = [(1, headers), *enumerate(rows, 2)]
    layout = _as_it_is(headers, grid[1:]) if whole else lay_out(grid, lambda _: False, findings)
    typed = dict(zip(headers, columns, strict=True))
    return RawTable(
        headers=layout.headers,
        rows=layout.rows,
        line=np.array(layout.lines, dtype=np.int64),
        name=name,
        sha256=digest or _content_hash(headers, columns),
        kind=kind,
        notes=(*_notes(typed), *layout.notes),
        date_columns=frozenset(header for header, column in typed.items() if column.kind == "day"),
        number_columns=frozenset(header for header, column in typed.items() if column.kind == "number"),
    )


def _as_it_is(headers: tuple[str, ...], rows: Sequence[Line]) -> Layout:
    return Layout(headers, tuple(tuple(cells) for _, cells in rows), tuple(line for line, _ in rows))


def _headers(names: Sequence[str], findings: Findings) -> tuple[str, ...]:
    headers = tuple(name.strip().removeprefix("\ufeff") for name in names)
    for number, header in enumerate(headers, 1):
        if not header:
            findings.say(f"column {number}", "named", "", "give every column a name")
        elif headers.index(header) != number - 1:
            findings.say("column names", "all different", header, "rename one of the columns")
    if not headers:
        findings.say("the table", "one with columns", "no columns")
    return headers


def _columns(table: pa.Table, headers: Sequence[str], findings: Findings) -> list[_Column]:
    columns = []
    for header, data in zip(headers, table.columns, strict=True):
        write = _writer(data.type)
        if write is None:
            rule = "one of texts, numbers, days or true and false"
            findings.say(f"column {header!r}", rule, Shown(str(data.type)[:80]), "drop or convert this column")
            continue
        try:
            column = write(data)
        except (pa.ArrowException, ValueError, OverflowError, KeyError) as error:
            rule = "one of days a calendar has" if pa.types.is_temporal(data.type) else "one of readable values"
            findings.say(f"column {header!r}", rule, Shown(_first_line(error)), "correct or drop this column")
            continue
        if max(map(len, column.cells), default=0) > MOST_TEXT:
            findings.say(
                f"column {header!r}", f"one of texts of at most {MOST_TEXT:,} characters", Shown("longer ones")
            )
        columns.append(column)
    return columns


# Choose how a type becomes text; None for what is no single value.
def _writer(kind: pa.DataType) -> Callable[[pa.ChunkedArray], _Column] | None:
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return None
    if types.is_dictionary(kind):
        return _written_packed if _writer(kind.value_type) else None
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind) or types.is_null(kind):
        return lambda data: _Column([value or "" for value in data.to_pylist()], "text")
    if types.is_boolean(kind):
        return lambda data: _Column(
            [{True: "true", False: "false"}.get(value, "") for value in data.to_pylist()], "truth"
        )
    if types.is_integer(kind) or types.is_decimal(kind):
        return lambda data: _Column(
            ["" if value is None else number_text(value) for value in data.to_pylist()], "number"
        )
    if types.is_floating(kind):
        return _written_doubles if types.is_float64(kind) else _written_short
    if types.is_date(kind):
        return _written_days
    return _written_moments if types.is_timestamp(kind) else None


# Each different value is written once; a missing value may hide in the dictionary as well as in the codes.
def _written_packed(data: pa.ChunkedArray) -> _Column:
    cells: list[str] = []
    kind, cut, short = "text", 0, False
    for chunk in data.chunks:
        write = _writer(chunk.type.value_type)
        assert write is not None, "the type was looked at before"
        words = write(pa.chunked_array([chunk.dictionary]))
        kind, cut, short = words.kind, cut + words.cut, words.short
        cells += ["" if code is None else words.cells[code] for code in chunk.indices.to_pylist()]
    return _Column(cells, kind, cut, short)


def _written_doubles(data: pa.ChunkedArray) -> _Column:
    cells, cut = [], 0
    for value in data.to_pylist():
        if value is None:
            cells.append("")
        elif abs(value) < _SURE_BELOW:
            text = number_text(value)
            cut += float(text) != value
            cells.append(text)
        else:
            cells.append(number_text(Decimal(repr(value))))
    return _Column(cells, "number", cut)


# The shortest decimal that gives the same single-precision number back: 0.37, not 0.370000004768372.
def _written_short(data: pa.ChunkedArray) -> _Column:
    small = np.float32 if pa.types.is_float32(data.type) else np.float16
    cells = ["" if value is None else number_text(Decimal(str(small(value)))) for value in data.to_pylist()]
    return _Column(cells, "number", 0, True)


def _written_days(data: pa.ChunkedArray) -> _Column:
    days = data.cast(pa.date32()).cast(pa.int32()).to_pylist()
    return _Column(["" if day is None else (_FIRST_DAY + timedelta(days=day)).isoformat() for day in days], "day")


def _written_moments(data: pa.ChunkedArray) -> _Column:
    zone = data.type.tz
    seconds = pc.floor_temporal(data, unit="second").cast(pa.timestamp("s", zone)).cast(pa.int64()).to_pylist()
    if zone is None:
        return _Column(["" if moment is None else _wall_clock(moment) for moment in seconds], "day")
    known = pa.lib.string_to_tzinfo(zone)
    moments = ((_EPOCH + timedelta(seconds=moment)) if moment is not None else None for moment in seconds)
    return _Column(["" if one is None else _zoned(one.replace(tzinfo=UTC).astimezone(known)) for one in moments], "day")


def _wall_clock(seconds: int) -> str:
    moment = _EPOCH + timedelta(seconds=seconds)
    return moment.date().isoformat() if seconds % 86_400 == 0 else moment.isoformat()


def _zoned(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _notes(columns: dict[str, _Column]) -> list[str]:
    cut = {header: column.cut for header, column in columns.items() if column.cut}
    notes = [
        f"Column {header!r}: {rows_of(count)} with more digits than the 15 a double is sure of, read to 15 digits."
        for header, count in cut.items()
    ]
    short = [header for header, column in columns.items() if column.short]
    if short:
        names = ", ".join(map(repr, short))
        notes.append(
            f"Stored with 7 digits or fewer (single precision), so larger amounts have lost their cents: {names}."
        )
    return notes


def _content_hash(headers: Sequence[str], columns: Sequence[_Column]) -> str:
    digest = hashlib.sha256(json.dumps(headers).encode())
    for column in columns:
        digest.update(json.dumps(column.cells).encode())
    return digest.hexdigest()


def _broken(name: str, error: BaseException) -> Problem:
    return Problem(name, "the file", "a whole Parquet file", Shown(_first_line(error)), _EXPORT_AGAIN)


def _first_line(error: BaseException) -> str:
    lines = str(error).splitlines()
    return lines[0][:160] if lines else type(error).__name__
