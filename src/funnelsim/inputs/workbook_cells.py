"""Cells of one sheet as openpyxl reads them, written as text with what kind of cell each was.

The question: what stands in the cell?  Every number becomes the decimal that Excel keeps, every day ISO text, every
share shown as percent gets its percent sign; errors and blanks stay apart.

This runs in a process of its own, see :mod:`funnelsim.inputs.workbook_child`.
What it leaves out: formulas without a stored value, which look blank here; and which cells matter.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from openpyxl.reader.excel import load_workbook
from openpyxl.utils.datetime import from_excel, to_excel

from funnelsim.errors import DataError, Problem, Shown
from funnelsim.inputs.raw_table import number_text
from funnelsim.inputs.sheet_looks import DAY, ERROR, NUMBER, PERCENT, TEXT, TRUTH, damage

_ASIAN_DATES: Final = frozenset((*range(27, 32), 36, *range(50, 59)))
"""Built-in formats of Chinese, Japanese and Korean that openpyxl does not know to be days."""
_FIRST_DAY: Final = datetime(1900, 1, 1)
_SHOWN_NAMES: Final = 10
_SKIPPED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_CONTROL = re.compile(r"_x00([01][0-9A-Fa-f])_")
"""How workbooks write characters that XML cannot hold, such as a carriage return."""
_CURRENCY = re.compile(r"\[\$([^\]-]+)(?:-[^\]]*)?\]|([$€£¥₹₩₽₺₫₴₪฿]|\b[A-Z]{3}\b)")


def read_cells(content: bytes, name: str, sheet: str | None, extents: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    """Read the cells of one sheet.

    Parameters
    ----------
    content : bytes
        A workbook that was looked over.
    name : str
        Its name, for messages.
    sheet : str or None
        The sheet the user named.
    extents : dict of str to (row, column)
        How far the filled cells of each part reach.

    Returns
    -------
    dict
        Plain values only.  ``sheets``: name, and whether it is hidden, of each; ``chosen``: the name of the one that
        was read, and ``part``: where it is; ``rows``: row number and cells from column A, blank ones empty;
        ``currencies``: column, sign and first row; ``cut``: numbers that carried more than 15 digits.

    Raises
    ------
    DataError
        If openpyxl cannot read it, or the sheet is not told.
    """
    with _refusals(name):
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        # a sheet without a part that was looked over holds no cells
        tables = [one for one in book.worksheets if _part(one) in extents]
        chosen = choose([(one.title, one.sheet_state != "visible") for one in tables], sheet, name)
        found = next(one for one in tables if one.title == chosen)
        reader = _Reader(book.epoch)
        last_row, last_column = extents[_part(found)]
        if last_row:
            for number, row in enumerate(found.iter_rows(1, last_row, 1, last_column), 1):
                reader.read(number, row)
    return {
        "sheets": [(one.title, one.sheet_state != "visible") for one in (*tables, *book.chartsheets)],
        "chosen": chosen,
        "part": _part(found),
        "rows": reader.rows,
        "currencies": [(column, sign, row) for (column, sign), row in reader.currencies.items()],
        "cut": reader.cut,
    }


def choose(sheets: Sequence[tuple[str, bool]], wanted: str | None, file: str) -> str:
    """Return the sheet to read: the one that was named, or the only one that people can see.

    Parameters
    ----------
    sheets : sequence of (name, hidden)
        Those with cells.
    wanted : str or None
        What the user named.
    file : str
        The file's name, for messages.

    Returns
    -------
    str
        Its name.

    Raises
    ------
    DataError
        If there is no such sheet, or several and none was named.
    """
    names = [name for name, _ in sheets]
    visible = [name for name, hidden in sheets if not hidden]
    if wanted is None and len(visible) == 1:
        return visible[0]
    for found in (
        [name for name in names if name == wanted],
        [name for name in names if wanted is not None and name.casefold() == wanted.casefold()],
    ):
        if len(found) == 1:
            return found[0]
    listed = ", ".join(map(repr, (visible or names)[:_SHOWN_NAMES])) or "none"
    more = len(visible or names) - _SHOWN_NAMES
    shown = f"{listed} and {more} more" if more > 0 else listed
    if wanted is not None:
        raise DataError(Problem(file, "the sheet", f"one of {shown}", wanted, "pass --sheet with one of these names"))
    if not visible:
        got, hint = Shown("no visible sheet with cells"), f"pass --sheet with one of the hidden ones: {shown}"
        raise DataError(Problem(file, "the workbook", "one with a sheet of leads", got, hint))
    got, hint = Shown(f"{len(visible)} sheets: {shown}"), f"pass --sheet {visible[0]!r} or another of them"
    raise DataError(Problem(file, "the workbook", "one with a single visible sheet", got, hint))


@lru_cache(maxsize=1_000)
def shown_as(code: str) -> tuple[str, str]:
    """Tell whether a number format shows percent, or which currency.

    Parameters
    ----------
    code : str
        Format code of a number that is no day.

    Returns
    -------
    kind, currency : str
        ``p`` for a share shown as percent, ``n`` for any other number; sign or code of the currency, empty for none.
    """
    section = code.split(";")[0]
    if "%" in _SKIPPED.sub("", section):
        return PERCENT, ""
    shown = _CURRENCY.search(section)
    return NUMBER, (shown.group(1) or shown.group(2)).strip() if shown else ""


@lru_cache(maxsize=1_000)
def shows_time_only(code: str) -> bool:
    """Tell whether a format shows hours or seconds, and no day.

    Parameters
    ----------
    code : str
        Format code of a day, a time of day or a duration.

    Returns
    -------
    bool
        What people see is no day then, whatever number is stored.
    """
    bare = _SKIPPED.sub("", code.split(";")[0])
    return bool(re.search("[hs]", bare, re.IGNORECASE)) and not re.search("[yd]", bare, re.IGNORECASE)


def percent_text(fraction: str) -> str:
    """Write a share as people see it in the sheet.

    Parameters
    ----------
    fraction : str
        A plain decimal, such as ``0.375``.

    Returns
    -------
    str
        Exactly a hundred times that, with a percent sign: ``37.5%``.
    """
    return f"{number_text(Decimal(fraction).scaleb(2))}%"


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they tell what would be lost on saving
            yield
    except (DataError, MemoryError):
        raise
    except Exception as error:  # openpyxl has no class of its own for what it cannot read
        cause = error.__cause__ or error
        got = f"something that openpyxl cannot read ({type(cause).__name__}: {str(cause)[:200]})"
        raise DataError(damage(name, got)) from None


# The relations say where a sheet is; openpyxl follows them, and keeps the answer under this name.
def _part(sheet: Any) -> str:
    return str(sheet._worksheet_path)


class _Reader:
    def __init__(self, epoch: datetime) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self.currencies: dict[tuple[int, str], int] = {}
        self.cut = 0
        self._epoch = epoch

    def read(self, number: int, row: Sequence[Any]) -> None:
        cells = ["" if cell.value is None else self._cell(cell) for cell in row]
        if any(cells):
            self.rows.append((number, cells))

    def _cell(self, cell: Any) -> str:
        kind, value = cell.data_type, cell.value
        if kind == "b":
            return TRUTH + ("true" if value else "false")
        if kind == "e":
            return f"{ERROR}{value}"
        if isinstance(value, str):
            text = _CONTROL.sub(lambda match: chr(int(match.group(1), 16)), value) if "_x" in value else value
            return TEXT + text if text else ""
        if isinstance(value, date | time | timedelta):
            return self._day(value, cell.number_format)
        if cell.style_array.numFmtId in _ASIAN_DATES:
            return self._day(from_excel(value, self._epoch))
        return self._number(cell, float(value))

    def _number(self, cell: Any, value: float) -> str:
        plain = number_text(value)
        if not plain.lstrip("-")[0].isdigit():
            message = f"the number {plain} in row {cell.row}"
            raise ValueError(message)
        self.cut += float(plain) != value
        kind, currency = shown_as(cell.number_format)
        if kind == PERCENT:
            return PERCENT + percent_text(plain)
        self.currencies.setdefault((cell.column, currency), cell.row)
        return NUMBER + plain

    # A time of day or a duration is a plain number of days.
    def _day(self, value: date | time | timedelta, code: str = "") -> str:
        if isinstance(value, time | timedelta) or shows_time_only(code):
            return NUMBER + number_text(float(to_excel(value, self._epoch)))
        if not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day)
        if value < _FIRST_DAY:
            return ERROR + "a day before 1900"
        whole = value.replace(microsecond=0)
        return DAY + (whole.isoformat() if whole.time() != time() else whole.date().isoformat())
