"""Charts and tables of a pack as the page's JSON, and that JSON as text that no browser takes for anything else.

Numbers keep their exact value and the text they are printed as; the page formats none of its own.

What it leaves out: which charts and tables there are.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from funnelsim.model.board_pack import Chart, Quantity, Table
from funnelsim.outputs.plain_text import plain

LONGEST_TEXT = 300
"""Characters of one cell; longer text ends in ``...``."""
_ESCAPES = str.maketrans({
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
})


def shown(text: str, most: int | None = LONGEST_TEXT) -> str:
    """Return text that neither steers a screen nor makes a page heavy.

    Parameters
    ----------
    text : str
        Anything.
    most : int or None
        Largest number of characters; None for no limit.

    Returns
    -------
    str
        As :func:`~funnelsim.outputs.plain_text.plain` says, at once for plain ASCII.
    """
    if text.isascii() and text.isprintable() and (most is None or len(text) <= most):
        return text
    return plain(text, most)


def json_text(values: Any) -> str:
    """Return JSON that can stand inside a script element.

    Parameters
    ----------
    values : JSON values
        Finite numbers only.

    Returns
    -------
    str
        Without ``<``, ``>``, ``&`` and the two line ends that JavaScript knows and JSON does not.
    """
    return json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(_ESCAPES)


def number_of(quantity: Quantity) -> float | int | None:
    """Return a number's exact value as JSON knows it.

    Parameters
    ----------
    quantity : Quantity
        Any.

    Returns
    -------
    float, int or None
        None where there is none or it is not finite; whole numbers without a decimal point.
    """
    if quantity.value is None or not math.isfinite(quantity.value):
        return None
    whole = abs(quantity.value) < 2**53 and float(quantity.value).is_integer()
    return int(quantity.value) if whole else float(quantity.value)


def chart_values(chart: Chart) -> dict[str, Any]:
    """Return a chart as JSON values.

    Parameters
    ----------
    chart : Chart
        Any kind.

    Returns
    -------
    dict
        Exact values ``v`` and printed texts ``t`` of each series.
    """
    level = chart.reference
    return {
        "kind": chart.kind,
        "unit": chart.unit,
        "axis": shown(chart.axis),
        "scale": chart.scale,
        "running": chart.running,
        "cats": [shown(one) for one in chart.categories],
        "at": chart.positions,
        "series": [
            {
                "name": shown(one.name),
                "role": one.role,
                "v": [number_of(value) for value in one.values],
                "t": [shown(value.text) for value in one.values],
            }
            for one in chart.series
        ],
        "ref": None
        if level is None
        else {
            "v": number_of(level),
            "t": shown(level.text),
            "name": shown(chart.reference_name),
            "end": chart.reference_end,
        },
        "grey": sorted(chart.grey),
    }


def chart_table(chart: Chart) -> Table:
    """Return a chart's numbers as a table, for those who cannot see it.

    Parameters
    ----------
    chart : Chart
        Any kind.

    Returns
    -------
    Table
        A row a category, a column a series; the reference level, where there is one, in a last column.
    """
    level = () if chart.reference is None else (chart.reference,)
    last = len(chart.categories) - 1 if chart.reference_end is None else chart.reference_end
    rows = tuple(
        (name, *(one.values[k] for one in chart.series), *(level if k <= last else ("",) * len(level)))
        for k, name in enumerate(chart.categories)
    )
    names = (chart.reference_name or "level",) if level else ()
    return Table(("", *(one.name for one in chart.series), *names), rows)


def number_columns(rows: Sequence[Sequence[str | Quantity]], columns: int) -> list[bool]:
    """Return which columns hold numbers.

    Parameters
    ----------
    rows : sequence of rows
        Cells.
    columns : int
        How many a row has.

    Returns
    -------
    list of bool
        True where any cell is a number.
    """
    return [any(isinstance(row[k], Quantity) for row in rows) for k in range(columns)]


def table_values(table: Table) -> dict[str, Any]:
    """Return a table as JSON values.

    Parameters
    ----------
    table : Table
        Any.

    Returns
    -------
    dict
        Texts only, and which columns hold numbers.
    """
    return {
        "headers": [shown(one) for one in table.headers],
        "rows": [[shown(cell.text if isinstance(cell, Quantity) else cell) for cell in row] for row in table.rows],
        "numbers": number_columns(table.rows, len(table.headers)),
        "total": table.total,
    }


def lead_values(table: Table, rows: Sequence[int]) -> dict[str, Any]:
    """Return leads by column.

    Parameters
    ----------
    table : Table
        Every lead.
    rows : sequence of int
        Which of them.

    Returns
    -------
    dict
        Text that comes again stands once, in ``words``; numbers have values and texts.
    """
    numbers = number_columns(table.rows, len(table.headers))
    columns: list[Mapping[str, Any]] = []
    for k, name in enumerate(table.headers):
        cells = [table.rows[row][k] for row in rows]
        texts = [shown(cell.text if isinstance(cell, Quantity) else cell) for cell in cells]
        column: dict[str, Any] = {"name": shown(name), "number": numbers[k]}
        if numbers[k]:
            column["values"] = [number_of(cell) if isinstance(cell, Quantity) else None for cell in cells]
            column["texts"] = texts
        else:
            column |= _words(texts)
        columns.append(column)
    return {"rows": len(rows), "columns": columns}


def _words(texts: list[str]) -> dict[str, Any]:
    words = list(dict.fromkeys(texts))
    if 2 * len(words) > len(texts):
        return {"texts": texts}
    place = {word: k for k, word in enumerate(words)}
    return {"words": words, "at": [place[text] for text in texts]}
