"""Cells under a chart of the workbook: the exact numbers first, then what the drawing stands on.

The question: how do bands, steps and ranges become columns that a spreadsheet can stack?  As differences, above 0 and
below it apart; their headers say that they are for the drawing.

What it leaves out: the drawing (:mod:`funnelsim.outputs.workbook.sheet_charts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from funnelsim.model.board_pack import Chart, Series
from funnelsim.outputs.chart_names import (
    RANGE_WORDS,
    WORDS_ROOM,
    has_full_ranges,
    has_intervals,
    has_thin_steps,
    levels_of,
)
from funnelsim.outputs.plain_text import plain

Values = list[float | None]
Column = tuple[str, Values]
FAN: Final = (
    ("9 in 10 futures", "p5", "p10"),
    ("8 in 10 futures", "p10", "p25"),
    ("half of futures", "p25", "p75"),
    ("P75 to P90", "p75", "p90"),
    ("P90 to P95", "p90", "p95"),
)
"""What stands on P5, one above the other."""


@dataclass(frozen=True)
class ChartColumns:
    """Columns under a chart.

    Attributes
    ----------
    given : tuple of Column
        The chart's series in its order, then its level as ``reference`` where it has one.
    drawn : tuple of Column
        What is stacked, from the base up.
    reference : int or None
        Which of ``given`` is the level.
    """

    given: tuple[Column, ...]
    drawn: tuple[Column, ...]
    reference: int | None


def chart_columns(chart: Chart) -> ChartColumns:
    """Return the columns under a chart.

    Parameters
    ----------
    chart : Chart
        Any chart.

    Returns
    -------
    ChartColumns
        In major units and shares: never scaled, never rounded.
    """
    given: list[Column] = [(plain(one.name, 60), known(one, chart)) for one in chart.series]
    level = _level(chart)
    reference = None
    if level is not None:
        reference = len(given)
        given.append(level)
    drawn: list[Column] = []
    if chart.kind == "fan":
        roles = {one.role: known(one, chart) for one in chart.series}
        drawn = [(name, differences(roles[high], roles[low])) for name, low, high in FAN]  # type: ignore[index]
    elif chart.kind == "bridge":
        drawn = _steps(chart)
    elif chart.kind == "ranges":
        drawn = _floating(chart)
    elif chart.kind == "bars":
        drawn = _errors(chart)
    return ChartColumns(tuple(given), tuple(drawn), reference)


def known(series: Series | None, chart: Chart) -> Values:
    """Return the values of a series.

    Parameters
    ----------
    series : Series or None
        One of the chart's.
    chart : Chart
        The chart.

    Returns
    -------
    list of float or None
        One a category.
    """
    return [one.value for one in series.values] if series is not None else [None] * len(chart.categories)


def differences(high: Sequence[float | None], low: Sequence[float | None]) -> Values:
    """Return one column less another.

    Parameters
    ----------
    high, low : sequence of float or None
        One a category.

    Returns
    -------
    list of float or None
        None where either is.
    """
    return [None if a is None or b is None else a - b for a, b in zip(high, low, strict=True)]


def _level(chart: Chart) -> Column | None:
    if chart.reference is None or chart.reference.value is None:
        return None
    last = len(chart.categories) - 1 if chart.reference_end is None else chart.reference_end
    name = plain(f"{chart.reference_name or 'level'}: {chart.reference.text}", 60)
    return name, [chart.reference.value if row <= last else None for row in range(len(chart.categories))]


def _steps(chart: Chart) -> list[Column]:
    """Return a bridge as bars on a clear base; each bar in two parts, above 0 and below it."""
    steps = known(chart.of("step"), chart)
    kinds: list[str] = []
    spans: list[tuple[float, float]] = []
    level = 0.0
    for row, value in enumerate(steps):
        step = value or 0.0
        whole = row in {0, len(steps) - 1}
        before, level = (0.0, step) if whole else (level, level + step)
        spans.append((min(before, level), max(before, level)))
        kinds.append("total" if whole else "rise" if step >= 0.0 else "fall")
    over = [max(high, 0.0) - max(low, 0.0) for low, high in spans]
    under = [min(low, 0.0) - min(high, 0.0) for low, high in spans]
    columns: list[Column] = [
        ("base", [max(low, 0.0) for low, _ in spans]),
        ("base below 0", [min(high, 0.0) for _, high in spans]),
    ]
    for kind in ("total", "rise", "fall"):
        for name, parts in ((kind, over), (f"{kind} below 0", under)):
            columns.append((name, [part if one == kind else None for one, part in zip(kinds, parts, strict=True)]))
    if has_thin_steps(chart):
        columns.append(("room for words", [WORDS_ROOM * max(levels_of(chart))] * len(steps)))
    return columns


def _floating(chart: Chart) -> list[Column]:
    """Return ranges as bars on a clear base, above 0 and below it, and the room in which their numbers stand."""
    low, middle, high = ([value or 0.0 for value in known(chart.of(role), chart)] for role in _ENDS)
    over = [[max(value, 0.0) for value in values] for values in (low, middle, high)]
    under = [[min(value, 0.0) for value in values] for values in (low, middle, high)]
    farthest = max((abs(value) for value in (*low, *high)), default=0.0) or 1.0
    return [
        ("base", list(over[0])),
        ("base below 0", list(under[2])),
        ("low to middle", differences(over[1], over[0])),
        ("middle to high", differences(over[2], over[1])),
        ("middle to high, below 0", differences(under[1], under[2])),
        ("low to middle, below 0", differences(under[0], under[1])),
        ("room for words", [0.0 if has_full_ranges(chart) else RANGE_WORDS * farthest] * len(low)),
    ]


_ENDS: Final = ("low", "middle", "high")


def _errors(chart: Chart) -> list[Column]:
    """Return where the interval of a bar begins, and how far it reaches; bars of several series have none."""
    if not has_intervals(chart):
        return []
    low, high = known(chart.of("low"), chart), known(chart.of("high"), chart)
    return [("interval from", low), ("interval, so long", differences(high, low))]
