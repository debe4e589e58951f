"""Where the table lies in a report: the lines above it, its header, its rows, and the lines below it.

The question: which rows of a grid of cells are data?  Exports carry titles and filters above the header and totals,
copyright and confidentiality lines below the rows.  Those are removed and counted; a total in the middle of the rows
would be counted twice and is an error; a row with too few or too many cells is an error, never filled up.

What it leaves out: reading files, and what the columns mean.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from funnelsim.errors import Shown
from funnelsim.inputs.findings import Findings, rows_of, some_headers

HEADER_SEARCH_ROWS = 100
_TOTAL = re.compile(
    r"(grand\s+totals?\b.*|(sub-?\s?)?totals?(\s*\([^)]*\)?)?\s*:?|summe|gesamtsumme|zwischensumme|somme|suma|totale"
    r"|(record\s+)?count(\s*:.*)?|[0-9][0-9.,]*\s+records?)",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"(confidential(\s+information\b.*)?|copyright\s+(©|\(c\)|[0-9]{4}).*|©.*|generated\s+(by|on)\b.*|exported\s+(by|on)\b.*"
    r"|printed\s+(by|on)\b.*|as\s+of\s+[0-9].*|as\s+of:.*|filtered\s+by\b.*|report\s+(generated|run)\b.*)",
    re.IGNORECASE,
)
_FOOTER_CELLS = 3
"""A footer written without quotes may fall apart at its commas into this many cells."""

Line = tuple[int, Sequence[str]]


@dataclass(frozen=True)
class Layout:
    """A table found in a grid.

    Attributes
    ----------
    headers : tuple of str, (column,)
        Trimmed, all different, none blank.
    rows : tuple of tuple of str, (row, column)
        Data cells as written.
    lines : tuple of int, (row,)
        Line or row number of each.
    notes : tuple of str
        What was removed, with counts.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    notes: tuple[str, ...] = ()


def lay_out(grid: Sequence[Line], known: Callable[[str], bool], findings: Findings) -> Layout:
    """Find header, rows and footer in a grid of cells.

    Parameters
    ----------
    grid : sequence of (line, cells)
        Every row of the file with its line or row number, blank ones too.
    known : callable
        Tells whether a header is one that some CRM, or the user, uses.
    findings : Findings
        Names the file, and takes the problems.

    Returns
    -------
    Layout
        The table; at least one header and one row.

    Raises
    ------
    DataError
        With every problem of the layout: nothing in the file, no rows, repeated headers, rows of the wrong length,
        totals between the rows.
    """
    filled = [index for index, (_, cells) in enumerate(grid) if not _blank(cells)]
    if not filled:
        hint = "export it again, and look whether the export has rows"
        findings.say("the file", "a table with a header and rows", Shown("nothing"), hint)
        findings.stop_if_any()
    at = find_header(grid, known)
    headers, width = _headers(grid, at, findings)
    below = [index for index in filled if index > at]
    footer = _footer(grid, below, width)
    rows = [index for index in below if index not in footer]
    if not rows:
        header = f"no rows below {some_headers(headers)}"
        hint = "check that this is the right file, exported with its rows"
        findings.say("the file", "a table with rows below its header", Shown(header), hint)
    for index in rows:
        _check_row(grid[index], width, findings)
    findings.stop_if_any()
    notes = _notes(grid, at, filled, footer, rows)
    cells = tuple(tuple(grid[index][1][:width]) for index in rows)
    return Layout(headers, cells, tuple(grid[index][0] for index in rows), notes)


def find_header(grid: Sequence[Line], known: Callable[[str], bool]) -> int:
    """Return the index of the header row.

    Parameters
    ----------
    grid : sequence of (line, cells)
        Rows from the top.
    known : callable
        Tells whether a header is one that some CRM, or the user, uses.

    Returns
    -------
    int
        The first row with at least three filled cells, more than any row above it, and two known headers; else the
        first that is not blank; else 0.
    """
    first, widest = None, 2
    for index, (_, cells) in enumerate(grid[:HEADER_SEARCH_ROWS]):
        filled = [cell for cell in cells if cell.strip()]
        if filled and first is None:
            first = index
        if len(filled) > widest and sum(map(known, filled)) >= 2:
            return index
        widest = max(widest, len(filled))
    return first or 0


def _blank(cells: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in cells)


def _headers(grid: Sequence[Line], at: int, findings: Findings) -> tuple[tuple[str, ...], int]:
    """Return the headers and the number of columns; blank headers at the right end of blank columns fall away."""
    line, cells = grid[at]
    headers = [cell.strip().removeprefix("\ufeff") for cell in cells]
    while headers and not headers[-1] and all(_cell(row, len(headers) - 1) == "" for _, row in grid[at + 1 :]):
        headers.pop()
    named = tuple(header or f"(column {number})" for number, header in enumerate(headers, 1))
    for header, count in Counter(named).items():
        if count > 1:
            findings.add("headers", "all different", line, header, "rename one of the columns")
    return named, len(named)


def _cell(cells: Sequence[str], column: int) -> str:
    return cells[column].strip() if column < len(cells) else ""


def _footer(grid: Sequence[Line], below: Sequence[int], width: int) -> frozenset[int]:
    """Return the rows at the end that belong to the report, not to the table."""
    found: set[int] = set()
    for index in reversed(below):
        cells = grid[index][1]
        if not (is_total(cells, width) or _is_footer(cells, width)):
            break
        found.add(index)
    return frozenset(found)


def is_total(cells: Sequence[str], width: int) -> bool:
    """Tell whether a row is a total, a subtotal or a count of the rows around it.

    Parameters
    ----------
    cells : sequence of str
        One row.
    width : int
        Number of columns of the table.

    Returns
    -------
    bool
        True when its first filled cell says so and at least one other cell is blank or missing.
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and len(filled) < max(width, 2) and _TOTAL.fullmatch(filled[0]) is not None


def _is_footer(cells: Sequence[str], width: int) -> bool:
    """Tell whether a row is one sentence, perhaps fallen apart at its commas; a lead has all its cells."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    apart = len(cells) < width and len(filled) <= _FOOTER_CELLS
    return bool(filled) and (len(filled) == 1 or apart) and _FOOTER.fullmatch(filled[0]) is not None


def _check_row(row: Line, width: int, findings: Findings) -> None:
    line, cells = row
    if is_total(cells, width):
        rule = "a lead, not a total between the leads"
        findings.add("row", rule, line, " ".join(cell for cell in cells if cell.strip()), "remove the total rows")
    elif len(cells) < width or any(cell.strip() for cell in cells[width:]):
        hint = "put quotes around cells that hold the delimiter, and give every row all its cells"
        findings.add("row", f"as long as the header ({width} cells)", line, f"{len(cells)} cells", hint)


def _notes(
    grid: Sequence[Line], at: int, filled: Sequence[int], footer: frozenset[int], rows: Sequence[int]
) -> tuple[str, ...]:
    notes = []
    above = sum(1 for index in filled if index < at)
    if above:
        notes.append(f"{rows_of(above)} above the header were not read.")
    if footer:
        shown = " ".join(cell.strip() for cell in grid[min(footer)][1] if cell.strip())
        notes.append(f"{rows_of(len(footer))} below the table were removed as a report footer, from {shown[:60]!r} on.")
    blank = sum(1 for index in range(at + 1, max(rows, default=at)) if _blank(grid[index][1]))
    if blank:
        notes.append(f"{rows_of(blank)} between the leads were blank and skipped.")
    return tuple(notes)
