"""Cells of a workbook: text that stays text, numbers with the format that their print suggests.

What in a user's name could a spreadsheet run?  Nothing: text is only ever written as a string.

What it leaves out: which sheet holds what (:mod:`funnelsim.outputs.workbook.book`).
"""

from __future__ import annotations

import re
from typing import Any, Final

import xlsxwriter

from funnelsim.model.board_pack import Quantity, Table
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.wrapped_lines import wrapped_lines

LONGEST: Final = 32_767
"""Characters that a cell may hold."""
WIDEST: Final = 60
NEVER: Final = '[<0.0005]"less than 0.1%";[>0.9995]"more than 99.9%";0.0%'
"""Format of a chance counted over futures; its ends are not known."""
MOST_LINES: Final = 12
WRAPPED: Final = {"text_wrap": True}


class Formats:
    """The formats of one workbook, made when they are first asked for.

    Parameters
    ----------
    book : xlsxwriter Workbook
        Where they belong.
    currency : str, optional
        Code of the amounts; one that is not three capital letters is left out of formats.
    """

    def __init__(self, book: xlsxwriter.Workbook, currency: str | None = None) -> None:
        self.book = book
        known = currency is not None and re.fullmatch("[A-Z]{3}", currency)
        self.amount = f"[${currency}] #,##0" if known else "#,##0"
        self.known: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, **properties: Any) -> Any:
        """Return a format.

        Parameters
        ----------
        **properties : Any
            As xlsxwriter names them.

        Returns
        -------
        xlsxwriter Format
            The same for the same properties.
        """
        key = tuple(sorted(properties.items()))
        if key not in self.known:
            self.known[key] = self.book.add_format(properties)
        return self.known[key]

    def money(self, **more: Any) -> Any:
        """Return the format of an amount in major units.

        Parameters
        ----------
        **more : Any
            Further properties.

        Returns
        -------
        xlsxwriter Format
            With the currency in front where it is known.
        """
        return self.of(num_format=self.amount, **more)

    def number(self, text: str, **more: Any) -> Any:
        """Return the format of a number that is printed as a text.

        Parameters
        ----------
        text : str
            Such as ``461M``, ``62%`` or ``26.3``.
        **more : Any
            Further properties.

        Returns
        -------
        xlsxwriter Format
            Whole percents for percents, thousands apart for money, the printed decimals else.
        """
        return self.of(num_format=number_format(text), **more)


def number_format(text: str) -> str:
    """Return a spreadsheet's number format for a printed number.

    Parameters
    ----------
    text : str
        Such as ``461M``, ``62%`` or ``26.3``.

    Returns
    -------
    str
        Never coarser than the print; a number that is printed as ``less than 1%`` is shown in these words.
    """
    bare = text.strip()
    if " than " in bare:
        return f'"{bare}";"{bare}";"{bare}"'
    if bare.endswith(" points"):
        return '+0.0%" points";-0.0%" points";0.0%" points"'
    if bare.endswith("%"):
        decimals = len(bare[:-1].partition(".")[2])
        return "0%" if not decimals else "0." + "0" * decimals + "%"
    if bare[-1:] in "KMBT" and bare[-2:-1].isdigit():
        return "#,##0"
    digits = "".join(character for character in bare if character.isdigit() or character == ".")
    decimals = len(digits.partition(".")[2])
    return "#,##0" if not decimals else "#,##0." + "0" * decimals


def write_text(sheet: Any, row: int, column: int, words: str, look: Any = None) -> None:
    """Write text that stays text.

    Parameters
    ----------
    sheet : xlsxwriter Worksheet
        Where.
    row, column : int
        From 0.
    words : str
        Anything; made harmless to look at, cut at a cell's limit.
    look : xlsxwriter Format, optional
        Its format.
    """
    sheet.write_string(row, column, plain(words, LONGEST), look)


def write_cell(sheet: Any, place: tuple[int, int], cell: str | Quantity, formats: Formats, **more: Any) -> None:
    """Write text as text and a number as a number.

    Parameters
    ----------
    sheet : xlsxwriter Worksheet
        Where.
    place : tuple of int
        Row and column, from 0.
    cell : str or Quantity
        What; a number that is not there becomes its dash.
    formats : Formats
        Of the workbook.
    **more : Any
        Further properties of its format.
    """
    if isinstance(cell, Quantity) and cell.value is not None:
        sheet.write_number(*place, cell.value, formats.number(cell.text, **more))
    else:
        write_text(sheet, *place, cell.text if isinstance(cell, Quantity) else cell, formats.of(**more))


def write_table(sheet: Any, top: int, table: Table, formats: Formats) -> int:
    """Write a table with its headers.

    Parameters
    ----------
    sheet : xlsxwriter Worksheet
        Where.
    top : int
        Row of the headers, from 0.
    table : Table
        What; its columns get no width here.
    formats : Formats
        Of the workbook.

    Returns
    -------
    int
        The first row below it.
    """
    left = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
    wide = widths(table)
    for column, name in enumerate(table.headers):
        numeric = any(isinstance(row[column], Quantity) for row in table.rows)
        write_text(sheet, top, column, name, formats.of(**left, **({"align": "right"} if numeric else _apart(column))))
    highest = max(
        (wrapped_lines(plain(name), width - 1) for name, width in zip(table.headers, wide, strict=True)), default=1
    )
    sheet.set_row(top, 15 * min(highest, 6) + 3)
    for row, cells in enumerate(table.rows, start=top + 1):
        last = {"bold": True, "top": 1} if table.total and row == top + len(table.rows) else {}
        lines = 1
        for column, cell in enumerate(cells):
            needed = wrapped_lines(plain(cell), wide[column] - 1) if isinstance(cell, str) else 1
            lines = max(lines, needed)
            look = {**(_apart(column) if isinstance(cell, str) else {}), **(WRAPPED if needed > 1 else {})}
            write_cell(sheet, (row, column), cell, formats, valign="top", **{**last, **look})
        if lines > 1:
            sheet.set_row(row, 15 * min(lines, MOST_LINES) + 3)
    return top + 1 + len(table.rows)


def _apart(column: int) -> dict[str, Any]:
    """Return what keeps words off the number to their left."""
    return {"align": "left", "indent": 1} if column else {}


def widths(table: Table) -> list[float]:
    """Return how wide a table's columns are in letters.

    Parameters
    ----------
    table : Table
        Any table.

    Returns
    -------
    list of float
        Of the longest cell, within bounds.
    """
    found = []
    for column, name in enumerate(table.headers):
        cells = [name, *(_words(row[column]) for row in table.rows)]
        found.append(float(min(max(10, *(len(one) + 2 for one in cells)), WIDEST)))
    return found


def _words(cell: str | Quantity) -> str:
    if isinstance(cell, str):
        return cell
    return f"{cell.value:,.0f}" if cell.value is not None and abs(cell.value) >= 1_000 else cell.text
