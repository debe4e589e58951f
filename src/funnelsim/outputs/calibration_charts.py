"""Pictures of what the user's own records say: conversion, time in stage, stated PC, segments.

The title is the answer; every row says how many leads it rests on, and is grey and hollow when these are few.

What it leaves out: the marks (:mod:`funnelsim.outputs.calibration_drawing`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import altair as alt

from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.model.calibration_answer import FEW, Calibration, DaysFigure, Figure, SegmentTable, StatedPC
from funnelsim.outputs import calibration_sentences as sentences
from funnelsim.outputs.calibration_drawing import (
    RELIABILITY_SIDE,
    ROW_HEIGHT,
    FigureRow,
    StatedPoint,
    plot_width,
    reliability_layers,
    row_layers,
)
from funnelsim.outputs.calibration_text import (
    days_span,
    days_text,
    factor_span,
    factor_text,
    hundred,
    hundred_span,
    pace_words,
)
from funnelsim.outputs.chart_style import Spec, caption_axis, chance_axis, finished
from funnelsim.outputs.charts import images_of
from funnelsim.outputs.plain_text import plain

CONVERSION, TIME, STATED, SEGMENTS = "conversion", "time", "stated", "segments"
CALIBRATION_CHARTS = (CONVERSION, TIME, STATED, SEGMENTS)
"""Charts of a calibration; the first is drawn for a file of any other name."""

MOST_ROWS = 16
_NAME = 28
_FEW_WORDS = f"Grey and hollow: fewer than {FEW} leads."
_INTERVALS = "Bars hold the true figure in 95 of 100 cases."


def calibration_chart(calibration: Calibration, which: str) -> Spec:
    """Return one chart of a calibration.

    Parameters
    ----------
    calibration : Calibration
        Any.
    which : str
        One of ``CALIBRATION_CHARTS``.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.

    Raises
    ------
    ScenarioError
        If the records do not hold what it shows.
    """
    if which == STATED and calibration.stated is None:
        rule, got = "one that the records can fill", Shown("'stated', and no PC was stated while leads were open")
        hint = "give snapshots of what was stated: --with FILE"
        raise ScenarioError(Problem("calibrate", "--chart", rule, got, hint))
    if which == SEGMENTS and not calibration.segments:
        rule, got = "one that the records can fill", Shown("'segments', and no column was named")
        raise ScenarioError(Problem("calibrate", "--chart", rule, got, "name a column: --segment owner"))
    drawn = {CONVERSION: _conversion, TIME: _time, STATED: _stated, SEGMENTS: _segments}
    return drawn[which](calibration)


def calibration_chart_asked(path: str | os.PathLike[str]) -> str:
    """Return which chart a file name asks for.

    Parameters
    ----------
    path : path
        Any name.

    Returns
    -------
    str
        The one that the name ends in before its ending, else the first.
    """
    stem = Path(path).stem.lower()
    return next((name for name in CALIBRATION_CHARTS if stem.endswith(name)), CONVERSION)


def calibration_images(calibration: Calibration) -> dict[str, bytes]:
    """Draw every chart that the records can fill, as PNG and SVG.

    Parameters
    ----------
    calibration : Calibration
        Any.

    Returns
    -------
    dict of str to bytes
        By file name.
    """
    empty = {STATED: calibration.stated is None, SEGMENTS: not calibration.segments}
    return images_of({
        which: calibration_chart(calibration, which) for which in CALIBRATION_CHARTS if not empty.get(which)
    })


def _conversion(calibration: Calibration) -> Spec:
    rows = [
        _share_row(one.name, one.conversion, f"of {one.seen:,} leads", one.seen < FEW)
        for one in calibration.stages[:MOST_ROWS]
    ]
    life = calibration.life
    rows.append(_share_row("birth to win", life.won, f"of {life.seen:,} leads", life.seen < FEW))
    caption = [
        "Of 100 leads that enter a stage, those that reach a later one or are won; the last row from birth to the win.",
        f"{_INTERVALS} Leads that are still open count for as long as they were seen. {_FEW_WORDS}",
    ]
    axis = caption_axis(caption, values=[0, 20, 40, 60, 80, 100])
    return _rows_chart(
        calibration, rows, axis, (0.0, 100.0), "Conversion of stages.", [sentences.headline(calibration)]
    )


def _share_row(name: str, figure: Figure, rest: str, few: bool) -> FigureRow:
    words = f"{hundred(figure)} in 100 ({hundred_span(figure)}), {rest}"
    ends = (100.0 * figure.estimate, 100.0 * figure.low, 100.0 * figure.high)
    return FigureRow(plain(name, _NAME), *ends, None, few, words)


def _time(calibration: Calibration) -> Spec:
    stages = calibration.stages[:MOST_ROWS]
    told = [(one.name, one.median, one.p80, one.seen) for one in stages]
    life = calibration.life
    told.append(("birth to end", life.median, life.p80, life.seen))
    known = [day for _, *ages, _ in told for one in ages for day in (one.days, one.low) if day is not None]
    top = 1.05 * max([*known, 1.0])
    rows = [_days_row(*one, top) for one in told]
    caption = [
        "Days in the stage until half of its leads have left, by whatever way; diamonds: until 8 in 10 have.",
        f"{_INTERVALS} A row without a dot: fewer than half were seen leaving. {_FEW_WORDS}",
    ]
    title = [_time_title(calibration)]
    return _rows_chart(calibration, rows, caption_axis(caption, tickCount=8), (0.0, top), "Time in stages.", title)


def _time_title(calibration: Calibration) -> str:
    told = [one for one in calibration.stages if one.median.days is not None]
    if not told:
        return "How long leads stay is not known yet: fewer than half were seen leaving any stage."
    slowest = max(told, key=lambda one: one.median.days or 0.0)
    return f"Leads stay longest in {plain(slowest.name, _NAME)}: {sentences.time_sentence(slowest.median)}."


def _days_row(name: str, median: DaysFigure, p80: DaysFigure, seen: int, top: float) -> FigureRow:
    words = f"half: {days_text(median)} ({days_span(median)}); 8 in 10: {days_text(p80)}; of {seen:,}"
    if median.days is None:
        words = f"fewer than half were seen leaving; of {seen:,}"
    low = median.low if median.low is not None else top
    high = median.high if median.high is not None else top
    return FigureRow(plain(name, _NAME), median.days, low, high, p80.days, seen < FEW, words)


def _segments(calibration: Calibration) -> Spec:
    table: SegmentTable = calibration.segments[0]
    shown = table.rows[:MOST_ROWS]
    rows = [
        FigureRow(
            plain(one.name, _NAME) or "(blank)",
            one.pace.estimate,
            one.pace.low,
            one.pace.high,
            one.raw if one.raw == one.raw else None,
            one.leads < FEW,
            f"{factor_text(one.pace.estimate)} ({factor_span(one.pace)}), {one.won:,} won; {_short(pace_words(one))}",
        )
        for one in shown
    ]
    top = 1.1 * max(1.5, *(row.high for row in rows), *(row.second or 0.0 for row in rows))
    hidden = len(table.rows) - len(shown)
    more = f" {hidden} more values of {plain(table.column, _NAME)} are not drawn." if hidden else ""
    caption = [
        "Pace of wins against leads of the same age and stage; dashed: all alike. Dots are drawn towards 1 by how "
        f"little is known of each (empirical Bayes), diamonds are as counted. {_INTERVALS}{more}",
    ]
    title = [next(one for one in sentences.answer_sentences(calibration) if one.startswith("By "))]
    return _rows_chart(calibration, rows, caption_axis(caption, tickCount=8), (0.0, top), "Segments.", title, 1.0)


def _short(words: str) -> str:
    return words.replace(" from the others", "")


def _rows_chart(
    calibration: Calibration,
    rows: list[FigureRow],
    axis: alt.Axis,
    ends: tuple[float, float],
    words: str,
    title: list[str],
    line: float | None = None,
) -> Spec:
    drawn = alt.layer(*row_layers(_unique(rows), axis, ends, line))
    chart = drawn.properties(width=plot_width(), height=max(ROW_HEIGHT * len(rows), 3 * ROW_HEIGHT))
    said = " ".join([words, *title, *(f"{row.name}: {row.words}." for row in rows)])
    return finished(chart, sentences.footer(calibration), title, said, condition="")


def _unique(rows: list[FigureRow]) -> list[FigureRow]:
    """Return rows whose names differ: cut names may not."""
    seen: dict[str, int] = {}
    found: list[Any] = []
    for row in rows:
        seen[row.name] = seen.get(row.name, 0) + 1
        name = row.name if seen[row.name] == 1 else f"{row.name} ({seen[row.name]})"
        found.append(FigureRow(name, row.estimate, row.low, row.high, row.second, row.few, row.words))
    return found


def _stated(calibration: Calibration) -> Spec:
    told: StatedPC | None = calibration.stated
    assert told is not None
    points = [
        StatedPoint(
            100.0 * one.stated,
            100.0 * one.share.estimate,
            100.0 * one.share.low,
            100.0 * one.share.high,
            one.share.n,
            one.share.n < FEW,
        )
        for one in told.bins
    ]
    caption = [
        f"Across: stated PC, in 100. Numbers: leads. {_INTERVALS}",
        f"A lead counts once a bin, from its first statement there on. {_FEW_WORDS}",
    ]
    up = chance_axis("won of 100 leads from then on", -16)
    across = caption_axis(caption, values=[0, 20, 40, 60, 80, 100])
    chart = alt.layer(*reliability_layers(points, across, up))
    title = [next(one for one in sentences.answer_sentences(calibration) if one.startswith("Stated PC"))]
    sized = chart.properties(width=2 * RELIABILITY_SIDE - 40, height=RELIABILITY_SIDE)
    rows = (f"Stated {one.stated:.0f}: {one.won:.0f} won of 100, {one.leads:,} leads." for one in points)
    said = " ".join(["Stated PC against what happened.", *title, *rows])
    return finished(sized, sentences.footer(calibration), title, said, condition="")
