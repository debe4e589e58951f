"""One sheet of an Excel workbook as a table of text, exactly as stored.

The question: what does the sheet say, where does it say nothing, and where does it only pretend?  An error cell, a
formula that nobody calculated, a number with more digits than Excel keeps or two currencies in one column would each
become a plausible wrong number; in a column that matters they are errors with the cell's name, elsewhere they are told.

Numbers are written with the 15 digits that Excel itself keeps, days as ISO text, shares shown as percent with their
percent sign.  Nothing is calculated, no macro or link is followed.
What it leaves out: the old binary formats, and what columns mean.
"""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from funnelsim.errors import DataError, Problem, Shown
from funnelsim.inputs.crm import is_known
from funnelsim.inputs.findings import Findings, rows_of
from funnelsim.inputs.raw_table import RawTable
from funnelsim.inputs.report_layout import Layout, Line, find_header, lay_out
from funnelsim.inputs.sheet_looks import (
    DAY,
    ERROR,
    NUMBER,
    PERCENT,
    UNKNOWN,
    BookLook,
    SheetLook,
    column_letters,
    look,
)
from funnelsim.inputs.workbook_child import read_in_child

TOO_LONG_FOR_EXCEL: Final = 10**15
"""Excel keeps 15 digits, so whole numbers from here on may have lost their last ones."""
LARGEST_FILE: Final = 256 << 20
_OLD = b"\xd0\xcf\x11\xe0"
_SHOWN_NAMES: Final = 10
_ZEROS: Final = frozenset((NUMBER + "0", PERCENT + "0%"))


def read_workbook(
    path: str | os.PathLike[str], *, sheet: str | None = None, known: Callable[[str], bool] = is_known
) -> RawTable:
    """Read one sheet of a workbook as a table of text.

    Parameters
    ----------
    path : path
        A local ``.xlsx`` or ``.xlsm`` file.
    sheet : str, optional
        Name of the sheet; needed when people can see more than one.
    known : callable, optional
        Tells whether a header is one that some CRM, or the user, uses; in those columns every cell must be a value.

    Returns
    -------
    RawTable
        Cells as stored: row numbers are the sheet's own.

    Raises
    ------
    DataError
        If it is not such a workbook, is damaged or too large, the sheet is not told, the header or the rows have merged
        cells, or a cell that matters holds an error, no value, or more digits than Excel keeps.
    """
    file = Path(path)
    content = _content(file)
    findings = Findings(file.name, "row")
    seen = look(content, file.name)
    extents = {part: (one.last_row, one.last_column) for part, one in seen.sheets.items()}
    answer = read_in_child(content, {"name": file.name, "sheet": sheet, "extents": extents})
    cells = _cells(answer, seen)
    table = _locate(cells, known, findings)
    marked = [header for header in table.layout.headers if known(header)]
    _check_merged(table, cells, findings)
    _check_cells(table, cells, frozenset(marked), findings)
    findings.stop_if_any()
    kinds = _kinds(table, cells)
    return RawTable(
        headers=table.layout.headers,
        rows=table.layout.rows,
        line=np.array(table.layout.lines, dtype=np.int64),
        name=file.name,
        sha256=hashlib.sha256(content).hexdigest(),
        kind="xlsx",
        notes=(*_sheet_notes(answer), *_notes(table, cells, kinds, frozenset(marked)), *table.layout.notes),
        date_columns=frozenset(header for header, found in kinds.items() if found == {DAY}),
        number_columns=frozenset(header for header, found in kinds.items() if found and found <= {NUMBER, PERCENT}),
    )


class _Problem(NamedTuple):
    """A cell that holds no value one can stand on."""

    row: int
    header: str
    reference: str
    kind: str
    text: str


@dataclass(frozen=True, eq=False)
class _Cells:
    """What one sheet holds.

    Attributes
    ----------
    rows : dict of int to dict of int to str
        Row number, then column number, both from 1, to kind and text of the cell; blank cells are not there.
    currencies : dict of int to dict of str to int
        Column number, then currency shown by the number format (empty for none), to its first row.
    shape : SheetLook
        Merged ranges, hidden rows and columns.
    cut : int
        Numbers that carried more than 15 digits.
    """

    rows: dict[int, dict[int, str]]
    currencies: dict[int, dict[str, int]]
    shape: SheetLook
    cut: int


@dataclass(frozen=True, eq=False)
class _Table:
    """The table found in a sheet: where it starts, and its rows.

    Attributes
    ----------
    first_column : int
        Column number, from 1, of its first column.
    header_row : int
        Row number of its header.
    layout : Layout
        Headers and rows.
    """

    first_column: int
    header_row: int
    layout: Layout

    def column(self, index: int) -> str:
        """Name a column as spreadsheets do.

        Parameters
        ----------
        index : int
            From 0, within the table.

        Returns
        -------
        str
            Its letters.
        """
        return column_letters(self.first_column + index)


def _content(file: Path) -> bytes:
    size = file.stat().st_size
    if size > LARGEST_FILE:
        hint = "save the leads alone in a new workbook, or give a CSV or Parquet file"
        raise DataError(Problem(file.name, "the file", f"at most {LARGEST_FILE:,} bytes", size, hint))
    content = file.read_bytes()
    if content.startswith(_OLD):
        got, hint = Shown("an old .xls workbook, or one with a password"), "save it in Excel as .xlsx without password"
        raise DataError(Problem(file.name, "the file", "an Excel workbook (.xlsx)", got, hint))
    return content


# A formula whose value is not there, or is a zero that nobody calculated, is no value.
def _cells(answer: dict[str, Any], seen: BookLook) -> _Cells:
    shape = seen.sheets[answer["part"]]
    rows = {number: {column: cell for column, cell in enumerate(row, 1) if cell} for number, row in answer["rows"]}
    for row, column in shape.formulas:
        cell = rows.setdefault(row, {}).get(column)
        if cell is None:
            rows[row][column] = UNKNOWN + "(formula without a value)"
        elif seen.uncalculated and cell in _ZEROS:
            rows[row][column] = UNKNOWN + f"{cell[1:]} (formula, not calculated)"
    currencies: dict[int, dict[str, int]] = {}
    for column, sign, row in answer["currencies"]:
        currencies.setdefault(column, {})[sign] = row
    return _Cells(dict(sorted(rows.items())), currencies, shape, answer["cut"])


def _locate(cells: _Cells, known: Callable[[str], bool], findings: Findings) -> _Table:
    filled = {column for row in cells.rows.values() for column in row}
    first, last = min(filled, default=1), max(filled, default=0)
    columns = range(first, last + 1)
    grid: list[Line] = [
        (number, [row.get(column, " ")[1:] for column in columns]) for number, row in cells.rows.items()
    ]
    layout = lay_out(grid, known, findings)
    return _Table(first, grid[find_header(grid, known)][0], layout)


def _check_merged(table: _Table, cells: _Cells, findings: Findings) -> None:
    rows = sorted((table.header_row, *table.layout.lines))
    last = table.first_column + len(table.layout.headers) - 1
    for top, left, bottom, right in cells.shape.merged:
        if left > last or right < table.first_column:
            continue
        at = bisect_left(rows, top)
        hit = rows[at] if at < len(rows) else bottom + 1
        if hit <= bottom:
            where = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
            place = "header" if hit == table.header_row else "rows"
            hint = "unmerge them in Excel and give every cell its own value"
            findings.add(place, "free of merged cells", hit, Shown(f"merged cells {where}"), hint)


def _check_cells(table: _Table, cells: _Cells, marked: frozenset[str], findings: Findings) -> None:
    for one in _problem_cells(table, cells):
        if one.header not in marked and one.row != table.header_row:
            continue
        name, got = f"column {one.header!r}", Shown(f"{one.text} in cell {one.reference}")
        if one.kind == ERROR:
            findings.add(name, "free of Excel errors", one.row, got, "correct the formula, or clear the cell")
        elif one.kind == UNKNOWN:
            hint = "open the workbook in Excel, let it calculate, and save it"
            findings.add(name, "made of values that Excel has calculated", one.row, got, hint)
        else:
            hint = "format the column as text before typing or pasting the digits, or export CSV"
            findings.add(name, "made of numbers of at most 15 digits", one.row, got, hint)
    for header, index in ((header, index) for index, header in enumerate(table.layout.headers) if header in marked):
        shown = cells.currencies.get(table.first_column + index, {})
        named = {sign: row for sign, row in shown.items() if sign and row in table.layout.lines}
        if len(named) > 1:
            got = Shown(" and ".join(f"{sign} in row {row}" for sign, row in named.items()))
            hint = "write the currency of each row into a column 'Currency'"
            findings.say(f"column {header!r}", "formatted in one currency", got, hint)


def _problem_cells(table: _Table, cells: _Cells) -> Iterator[_Problem]:
    for row in (table.header_row, *table.layout.lines):
        for index, header in enumerate(table.layout.headers):
            column = table.first_column + index
            cell = cells.rows[row].get(column)
            if cell is None:
                continue
            kind, text = cell[0], cell[1:]
            too_long = kind == NUMBER and len(text) > 15 and abs(float(text)) >= TOO_LONG_FOR_EXCEL
            if kind in {ERROR, UNKNOWN} or too_long:
                yield _Problem(row, header, f"{table.column(index)}{row}", kind, text)


# Return the kinds of the filled cells of each column, below the header.
def _kinds(table: _Table, cells: _Cells) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {header: set() for header in table.layout.headers}
    for row in table.layout.lines:
        for index, header in enumerate(table.layout.headers):
            cell = cells.rows[row].get(table.first_column + index)
            if cell is not None and cell[1:].strip():
                found[header].add(cell[0])
    return found


def _sheet_notes(answer: dict[str, Any]) -> list[str]:
    chosen = answer["chosen"]
    hidden = [name for name, is_hidden in answer["sheets"] if is_hidden and name != chosen]
    others = [name for name, is_hidden in answer["sheets"] if not is_hidden and name != chosen]
    notes = [f"Sheet {chosen!r} was read, although it is hidden."] if [chosen, True] in answer["sheets"] else []
    if others:
        notes.append(f"Sheet {chosen!r} was read, {_counted(others, 'other sheet')} not.")
    if hidden:
        notes.append(f"{_counted(hidden, 'hidden sheet')} not read: {', '.join(map(repr, hidden[:_SHOWN_NAMES]))}.")
    return notes


def _counted(names: Sequence[str], word: str) -> str:
    return f"1 {word} was" if len(names) == 1 else f"{len(names)} {word}s were"


def _notes(table: _Table, cells: _Cells, kinds: dict[str, set[str]], marked: frozenset[str]) -> list[str]:
    headers = table.layout.headers
    notes = []
    rows = len(cells.shape.hidden_rows.intersection(table.layout.lines))
    if rows:
        notes.append(f"{rows_of(rows)} of the table are hidden or filtered out in the workbook; they were read.")
    columns = range(table.first_column, table.first_column + len(headers))
    hidden = [
        headers[column - table.first_column]
        for column in columns
        if any(first <= column <= last for first, last in cells.shape.hidden_columns)
    ]
    if hidden:
        notes.append(f"{_counted(hidden, 'column')} hidden in the workbook and read: {', '.join(map(repr, hidden))}.")
    notes += [
        f"Column {header!r} is formatted as percent: 0.37 in the workbook is read as 37%."
        for header in headers
        if PERCENT in kinds[header]
    ]
    for index, header in enumerate(headers):
        signs = [sign for sign in cells.currencies.get(table.first_column + index, {}) if sign]
        if signs and header in marked:
            notes.append(f"Column {header!r} is formatted in {' and '.join(signs)}.")
    broken = [header for header in headers if kinds[header] & {ERROR, UNKNOWN}]
    if broken:
        named = ", ".join(map(repr, broken))
        notes.append(
            f"{_counted(broken, 'column')} read although cells hold errors or formulas without value: {named}."
        )
    if cells.cut:
        count = "1 number" if cells.cut == 1 else f"{cells.cut:,} numbers"
        notes.append(f"{count} with more than 15 digits read to 15 digits, as Excel shows them.")
    return notes
