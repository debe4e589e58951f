"""Every band of an answer as raw numbers: periods, running totals, the total, parts and groups.

The question: where does a planner copy from?  Amounts are in major units as the answer has them, unrounded, with days
as days and the standard error of each number where the answer says one.

What it leaves out: what the bands mean; that stands on the sheets of the exhibits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from funnelsim.outputs.packs.answer_words import DASH
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.workbook.cells import Formats, write_text

MEASURES: Final = ("expected_value", "exact_mean", "mean", "sd", "p5", "p10", "p25", "p50", "p75", "p90", "p95")
ERRORS: Final = ("mean", "p10", "p50", "p90")
WORDS: Final = {"expected_value": "PR x PC", "exact_mean": "Exact mean", "mean": "Mean", "sd": "Standard deviation"}

NOT_STATED: Final = "PR x PC is a dash: no open lead states a PC."


class Found(NamedTuple):
    """A band and where the answer keeps it."""

    name: str
    values: Mapping[str, Any]


def bands_in(answer: Mapping[str, Any]) -> list[Found]:
    """Return the bands of an answer.

    Parameters
    ----------
    answer : mapping
        As ``--json`` prints it.

    Returns
    -------
    list of Found
        Everything with a first and last day and P10, P50 and P90 as numbers, in the answer's order; differences with
        intervals are no bands.
    """
    return list(_walk(answer, ""))


def write_bands(sheet: Any, bands: Sequence[Found], formats: Formats, is_stated: bool = True) -> None:
    """Write bands, one a row.

    Parameters
    ----------
    sheet : xlsxwriter Worksheet
        Named ``Bands``.
    bands : sequence of Found
        At least one.
    formats : Formats
        Of the workbook.
    is_stated : bool
        Whether PR x PC says anything; if not, its column has dashes, and a note below says why.
    """
    measures = [one for one in MEASURES if any(_number(band.values.get(one)) is not None for band in bands)]
    errors = [one for one in ERRORS if any(_error(band, one) is not None for band in bands)]
    left, right = ({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "align": at} for at in _SIDES)
    for column, name in enumerate(("Band", "First day", "Last day")):
        write_text(sheet, 0, column, name, formats.of(**left))
    heads = [
        *(WORDS.get(one, one.upper()) for one in measures),
        *(f"Error of {WORDS.get(e, e.upper())}" for e in errors),
    ]
    for column, name in enumerate(heads, start=3):
        write_text(sheet, 0, column, name, formats.of(**right))
    day, money = formats.of(num_format="yyyy-mm-dd", align="left"), formats.money()
    for row, band in enumerate(bands, start=1):
        write_text(sheet, row, 0, band.name)
        for column, edge in enumerate(("start", "end"), start=1):
            sheet.write_datetime(row, column, date.fromisoformat(band.values[edge]), day)
        numbers = [*(_number(band.values.get(one)) for one in measures), *(_error(band, one) for one in errors)]
        for column, value in enumerate(numbers, start=3):
            if not is_stated and heads[column - 3] == WORDS["expected_value"]:
                write_text(sheet, row, column, DASH, formats.of(align="right"))
            elif value is not None:
                sheet.write_number(row, column, value, money)
    if not is_stated:
        write_text(sheet, len(bands) + 2, 0, NOT_STATED)
    sheet.set_column(0, 0, min(max(14, *(len(band.name) + 2 for band in bands)), 50))
    sheet.set_column(1, 2, 12)
    sheet.set_column(3, 2 + len(heads), 14)
    sheet.set_row(0, 33)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)


_SIDES: Final = ("left", "right")
_CORE: Final = ("p10", "p50", "p90")


def _walk(value: Any, name: str) -> Iterator[Found]:
    if isinstance(value, Mapping):
        if {"start", "end"} <= value.keys() and all(isinstance(value.get(one), int | float) for one in _CORE):
            own = value.get("name") or value.get("value")
            yield Found(plain(f"{name}: {own}" if own else name, 120), value)
            return
        own = value.get("name") or value.get("value")
        called = f"{name} {own}".strip() if isinstance(own, str) else name
        for key, below in value.items():
            yield from _walk(below, f"{called} {key.replace('_', ' ')}".strip())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for below in value:
            yield from _walk(below, name)


def _error(band: Found, measure: str) -> float | None:
    errors = band.values.get("standard_error")
    return _number(errors.get(measure)) if isinstance(errors, Mapping) else None


def _number(value: Any) -> float | None:
    """Return a number; a mean of differences is kept with its interval, and is none."""
    return float(value) if isinstance(value, int | float) else None
