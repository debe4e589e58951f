"""What one look over a workbook's parts tells before any library opens it.

The question: how far do the cells of each sheet reach, and what do people not see as cells: formulas, merged ranges,
hidden rows and columns?  A library would build what a few bytes claim, a cell in the last corner or a merged range over
a whole sheet; here only numbers are kept.  Rows and cells out of order, which readers settle silently in different
ways, are refused.

What it leaves out: what stands in the cells; see :mod:`funnelsim.inputs.workbook_cells`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NoReturn

from funnelsim.errors import DataError, Problem, Shown
from funnelsim.inputs.zip_parts import ZipParts

LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
MOST_CELLS: Final = 5_000_000
MOST_AREA: Final = 50_000_000
TEXT, NUMBER, PERCENT, DAY, TRUTH, ERROR, UNKNOWN = "tnpdbef"
"""Kinds of cells; a cell is kept as its kind and its text in one string.  UNKNOWN: a formula without stored value."""
_STYLES: Final = "xl/styles.xml"
_STRICT: Final = "http://purl.oclc.org/ooxml/"
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_KINDS: Final = {
    "mimetype": "an OpenDocument file (.ods)",
    "xl/workbook.bin": "a binary workbook (.xlsb)",
    "word/document.xml": "a text document",
}


@dataclass
class SheetLook:
    """What one sheet holds besides values.

    Attributes
    ----------
    last_row, last_column : int
        How far the filled cells reach, from 1; 0 without any.
    filled : int
        Cells with a value or a formula.
    formulas : set of (row, column)
        Cells that are formulas, except those whose stored result is text.
    merged : list of (first row, first column, last row, last column)
        Merged ranges.
    hidden_rows : set of int
        Row numbers.
    hidden_columns : list of (first, last)
        Column numbers.
    """

    last_row: int = 0
    last_column: int = 0
    filled: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class BookLook:
    """What all parts told.

    Attributes
    ----------
    sheets : dict of str to SheetLook
        By the name of the part.
    uncalculated : bool
        Whether the workbook asks to be calculated when it is opened, because its writer never does.
    """

    sheets: dict[str, SheetLook] = field(default_factory=dict)
    uncalculated: bool = False


def look(content: bytes, name: str) -> BookLook:
    """Look over all parts of a workbook.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        Its name, for messages.

    Returns
    -------
    BookLook
        One entry for every sheet with cells.

    Raises
    ------
    DataError
        If it is no workbook of this kind, is damaged, hostile, or larger than a list of leads.
    """
    parts = ZipParts(content, name)
    found = BookLook()
    parts.read_all(lambda part: _Listener(found, part, name).start)
    kind = next((kind for part, kind in _KINDS.items() if part in parts), "")
    if kind or "[Content_Types].xml" not in parts:
        hint = "save it as an Excel workbook (.xlsx) or as CSV"
        raise DataError(_wrong_kind(name, kind or "something else in a zip file", hint))
    return found


def column_letters(column: int) -> str:
    """Name a column as spreadsheets do.

    Parameters
    ----------
    column : int
        From 1.

    Returns
    -------
    str
        ``A`` to ``XFD``.
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def damage(name: str, got: str) -> Problem:
    """Say that a workbook does not follow the file format.

    Parameters
    ----------
    name : str
        The file's name.
    got : str
        What was seen.

    Returns
    -------
    Problem
        To be raised in a :class:`DataError`.
    """
    hint = "open it in a spreadsheet program and save it again"
    return Problem(name, "the workbook", "one that follows the file format", Shown(got), hint)


def _wrong_kind(name: str, kind: str, hint: str) -> Problem:
    return Problem(name, "the file", "an Excel workbook (.xlsx)", Shown(kind), hint)


# Listens to one part; its first element tells what it is.
class _Listener:
    def __init__(self, book: BookLook, part: str, name: str) -> None:
        self._book, self._part, self._name = book, part, name
        self._root = self._type = ""
        self._sheet = SheetLook()
        self._row = self._column = 0
        self._empty = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._root != "worksheet":
            self._start_other(name, attributes)
        elif name == "c":
            self._start_cell(attributes)
        elif name in {"v", "is", "f"}:
            if self._column:
                self._fill(formula=name == "f")
        elif name == "row":
            self._start_row(attributes)
        elif name == "col" and _true(attributes.get("hidden")):
            self._sheet.hidden_columns.append((_whole(attributes.get("min")), _whole(attributes.get("max"))))
        elif name == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            self._sheet.merged.append((*self._position(first), *self._position(last or first)))
        elif name == "extLst":  # what programs add for themselves has formulas too, but not of a cell
            self._column = 0

    def _start_other(self, name: str, attributes: dict[str, str]) -> None:
        if not self._root:
            self._root = name
            if name == "worksheet":
                self._book.sheets[self._part] = self._sheet
            elif name == "styleSheet" and self._part != _STYLES:
                self._damaged(f"the number formats in {self._part!r}, where no spreadsheet program puts them")
        elif name == "calcPr" and self._root == "workbook":
            self._book.uncalculated |= _true(attributes.get("fullCalcOnLoad"))
        elif name == "Relationship" and attributes.get("Type", "").startswith(_STRICT):
            hint = "save it in Excel as 'Excel Workbook (.xlsx)'"
            raise DataError(_wrong_kind(self._name, "a 'Strict Open XML' workbook", hint))

    def _start_row(self, attributes: dict[str, str]) -> None:
        row = _whole(attributes.get("r")) if "r" in attributes else self._row + 1
        if not self._row < row <= LAST_ROW:
            self._damaged(f"row {row} after row {self._row}")
        self._row, self._column = row, 0
        if _true(attributes.get("hidden")):
            self._sheet.hidden_rows.add(row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        row, column = self._position(reference) if reference else (self._row, self._column + 1)
        if row != self._row or not self._column < column <= LAST_COLUMN:
            self._damaged(f"cell {reference or column} in row {self._row} after column {self._column}")
        self._column, self._type, self._empty = column, attributes.get("t", "n"), True

    def _fill(self, *, formula: bool) -> None:
        sheet = self._sheet
        if formula and self._type != "str":
            sheet.formulas.add((self._row, self._column))
        if not self._empty:
            return
        self._empty = False
        sheet.filled += 1
        sheet.last_row, sheet.last_column = self._row, max(sheet.last_column, self._column)
        if sheet.filled > MOST_CELLS or sheet.last_row * sheet.last_column > MOST_AREA:
            rule = f"one of at most {MOST_CELLS:,} filled cells, close together"
            got = Shown(f"a sheet that reaches to cell {column_letters(sheet.last_column)}{self._row}")
            hint = "copy the leads into a new workbook, or give a CSV or Parquet file"
            raise DataError(Problem(self._name, "the sheet", rule, got, hint))

    def _position(self, reference: str) -> tuple[int, int]:
        match = _REFERENCE.fullmatch(reference)
        if not match:
            self._damaged(f"the cell reference {reference[:20]!r}")
        column = 0
        for letter in match.group(1):
            column = column * 26 + ord(letter) - 64
        row = int(match.group(2))
        if column > LAST_COLUMN or row > LAST_ROW:
            self._damaged(f"the cell reference {reference[:20]!r}")
        return row, column

    def _damaged(self, got: str) -> NoReturn:
        raise DataError(damage(self._name, got))


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _true(text: str | None) -> bool:
    return text in {"1", "true", "on"}
