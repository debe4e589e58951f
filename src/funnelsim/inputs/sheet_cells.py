"""Cells of one sheet as text, with what kind of cell each was.

The question: what stands in the cell, to the last digit?  The stored text of a number is read, not a double made from
it by way of a data frame; errors and formulas that nobody calculated are kept apart from blanks and from zeros.

What it leaves out: which cells matter; see :mod:`funnelsim.inputs.workbook`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NoReturn

from funnelsim.errors import DataError, Problem, Shown
from funnelsim.inputs.number_formats import PLAIN, Meaning, day_text, meaning, percent_text
from funnelsim.inputs.raw_table import number_text

LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
MOST_CELLS: Final = 5_000_000
MOST_AREA: Final = 50_000_000
TOO_LONG_FOR_EXCEL: Final = 10**15
"""Excel keeps 15 digits, so whole numbers from here on may have lost their last ones."""
_MOST_TEXT: Final = 1 << 17
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")

TEXT, NUMBER, PERCENT, DAY, TRUTH, ERROR, UNKNOWN = "tnpdbef"
"""Kinds of cells; a cell is kept as its kind and its text in one string.  UNKNOWN: a formula without stored value."""


@dataclass
class Sheet:
    """What one sheet holds.

    Attributes
    ----------
    rows : dict of int to dict of int to str
        Row number, then column number, both from 1, to kind and text of the cell; blank cells are not there.
    currencies : dict of int to dict of str to int
        Column number, then currency shown by the number format (empty for none), to its first row.
    formulas : list of (row, column)
        Cells that are formulas with a stored value of 0.
    merged : list of (first row, first column, last row, last column)
        Merged ranges.
    hidden_rows : set of int
        Row numbers.
    hidden_columns : list of (first, last)
        Column numbers.
    cut : int
        Numbers that carried more than 15 digits.
    """

    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    currencies: dict[int, dict[str, int]] = field(default_factory=dict)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    cut: int = 0


class SharedStrings:
    """Listens to the part with the texts that cells point to."""

    def __init__(self, name: str) -> None:
        self.strings: list[str] = []
        self._name = name
        self._pieces: list[str] = []
        self._inside = False
        self._spoken = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element; how a word is spoken (``rPh``) is not what stands in the cell."""
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._spoken += 1
        elif name == "t":
            self._inside = not self._spoken

    def text(self, text: str) -> None:
        """Take a piece of text."""
        if self._inside:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "si":
            self.strings.append(plain_text("".join(self._pieces)))
            if len(self.strings) > MOST_CELLS:
                raise too_many(self._name)
        elif name == "rPh":
            self._spoken -= 1
        elif name == "t":
            self._inside = False


class Styles:
    """Listens to the part with the number formats."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._formats: list[int] = []
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "numFmt":
            self._codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            self._formats.append(_whole(attributes.get("numFmtId")))

    def text(self, text: str) -> None:
        """Take a piece of text: there is none of interest."""

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "cellXfs":
            self._inside = False

    def meanings(self) -> tuple[Meaning, ...]:
        """Say what each cell style makes of a number.

        Returns
        -------
        tuple of Meaning
            By the style's index.
        """
        return tuple(meaning(number, self._codes.get(number)) for number in self._formats)


class SheetReader:
    """Listens to a sheet and fills a :class:`Sheet`.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    strings : sequence of str
        The shared texts.
    styles : sequence of Meaning
        By style index.
    since_1904 : bool
        Whether days count from 1904.
    """

    def __init__(self, name: str, strings: Sequence[str], styles: Sequence[Meaning], *, since_1904: bool) -> None:
        self.sheet = Sheet()
        self._name, self._strings, self._styles, self._since_1904 = name, strings, styles, since_1904
        self._row = self._column = self._cells = self._wide = self._spoken = 0
        self._type = ""
        self._style: Meaning = PLAIN
        self._formula = self._valued = self._inside = False
        self._pieces: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "c":
            self._start_cell(attributes)
        elif name in {"v", "t"}:
            self._inside = not self._spoken
            self._valued = True
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._spoken += 1
        elif name == "row":
            self._start_row(attributes)
        elif name == "col" and _true(attributes.get("hidden")):
            self.sheet.hidden_columns.append((_whole(attributes.get("min")), _whole(attributes.get("max"))))
        elif name == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            self.sheet.merged.append((*self._position(first), *self._position(last or first)))

    def text(self, text: str) -> None:
        """Take a piece of text."""
        if self._inside:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name in {"v", "t"}:
            self._inside = False
        elif name == "c":
            self._end_cell()
        elif name == "rPh":
            self._spoken -= 1

    def _start_row(self, attributes: dict[str, str]) -> None:
        row = _whole(attributes.get("r")) if "r" in attributes else self._row + 1
        if not self._row < row <= LAST_ROW:
            self._damaged(f"row {row} after row {self._row}")
        self._row, self._column = row, 0
        if _true(attributes.get("hidden")):
            self.sheet.hidden_rows.add(row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        row, column = self._position(reference) if reference else (self._row, self._column + 1)
        if row != self._row or not self._column < column <= LAST_COLUMN:
            self._damaged(f"cell {reference or column} in row {self._row} after column {self._column}")
        self._column = column
        self._type = attributes.get("t", "n")
        style = _whole(attributes.get("s", "0"))
        self._style = self._styles[style] if style < len(self._styles) else PLAIN
        self._formula = self._valued = False
        self._pieces = []

    def _end_cell(self) -> None:
        text = "".join(self._pieces)
        if len(text) > _MOST_TEXT:
            self._damaged(f"a cell of {len(text):,} characters in row {self._row}")
        cell = self._cell(text)
        if len(cell) <= 1:
            return
        self._cells += 1
        self._wide = max(self._wide, self._column)
        if self._cells > MOST_CELLS or self._row * self._wide > MOST_AREA:
            raise too_many(self._name, f"a sheet that reaches to cell {column_letters(self._wide)}{self._row}")
        self.sheet.rows.setdefault(self._row, {})[self._column] = cell

    # Return kind and text; the kind alone when the cell is blank.
    def _cell(self, text: str) -> str:
        kind = self._type
        if self._formula and kind != "str" and not text:
            return UNKNOWN + "(formula without a value)"
        if not self._valued or not text:
            return TEXT
        if kind == "s":
            if not (text.isascii() and text.isdigit() and int(text) < len(self._strings)):
                self._damaged(f"text number {text[:20]!r} of {len(self._strings)} in row {self._row}")
            return TEXT + self._strings[int(text)]
        if kind in {"str", "inlineStr"}:
            return TEXT + plain_text(text)
        if kind == "b":
            return TRUTH + ("true" if text.strip() in {"1", "true"} else "false")
        if kind == "e":
            return ERROR + text
        return self._written_day(text) if kind == "d" else self._number(text.strip())

    def _number(self, text: str) -> str:
        if not _NUMBER.fullmatch(text):
            self._damaged(f"the number {text[:40]!r} in row {self._row}")
        value = float(text)
        plain = number_text(value)
        if self._formula and not value:
            self.sheet.formulas.append((self._row, self._column))
        kind, currency = self._style
        if kind == DAY:
            day = day_text(text, since_1904=self._since_1904)
            return NUMBER + plain if day is None else DAY + day
        self.sheet.cut += float(plain) != value
        if kind == PERCENT:
            return PERCENT + percent_text(plain)
        self.sheet.currencies.setdefault(self._column, {}).setdefault(currency, self._row)
        return NUMBER + plain

    def _written_day(self, text: str) -> str:
        try:
            found = datetime.fromisoformat(text.strip())
        except ValueError:
            self._damaged(f"the day {text[:40]!r} in row {self._row}")
        whole = found.replace(microsecond=0)
        midnight = whole.tzinfo is None and not (whole.hour or whole.minute or whole.second)
        return DAY + (whole.date().isoformat() if midnight else whole.isoformat())

    def _position(self, reference: str) -> tuple[int, int]:
        match = _REFERENCE.fullmatch(reference.replace("$", ""))
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
        hint = "open it in a spreadsheet program and save it again"
        raise DataError(Problem(self._name, "the sheet", "one that follows the file format", Shown(got), hint))


def plain_text(text: str) -> str:
    """Undo the workbook's own escapes.

    Parameters
    ----------
    text : str
        As stored; ``_x000D_`` stands for a carriage return.

    Returns
    -------
    str
        What the cell holds.
    """
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text) if "_x" in text else text


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


def too_many(name: str, got: str = "") -> DataError:
    """Make the error for a sheet that is larger than any list of leads.

    Parameters
    ----------
    name : str
        The file's name.
    got : str
        What was seen.

    Returns
    -------
    DataError
        To be raised.
    """
    rule = f"one of at most {MOST_CELLS:,} filled cells, close together"
    hint = "copy the leads into a new workbook, or give a CSV or Parquet file"
    return DataError(Problem(name, "the sheet", rule, Shown(got or "more"), hint))


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _true(text: str | None) -> bool:
    return text in {"1", "true", "on"}
