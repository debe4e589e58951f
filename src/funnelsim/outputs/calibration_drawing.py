"""Figures with their intervals as rows of dots and bars, and stated PC against what happened: marks of the pictures.

Dots are full where many leads stand behind them and grey and hollow where few do, so that it reads without colour; what
each row rests on stands beside it in words.

What it leaves out: the charts around the marks (:mod:`funnelsim.outputs.calibration_charts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from funnelsim.outputs.chart_style import ACTUAL, DASHES, MEDIAN, OUTER, PAPER, PLAN, PLAN_WORDS, WIDTH, Spec

ROW_HEIGHT = 34
WORDS_WIDTH = 270
"""Room for the words to the right of the rows, in pixels."""
RELIABILITY_SIDE = 430
GREY, PALE = "#767676", "#D9D9D9"


@dataclass(frozen=True)
class FigureRow:
    """One row.

    Attributes
    ----------
    name : str
        To the left; unique.
    estimate : float or None
        On the axis; None where it is not known, and no dot is drawn.
    low, high : float
        The interval; it is cut at the axis's ends.
    second : float or None
        A second mark, hollow.
    few : bool
        Whether few leads stand behind it.
    words : str
        To the right.
    """

    name: str
    estimate: float | None
    low: float
    high: float
    second: float | None
    few: bool
    words: str


def row_layers(
    rows: Sequence[FigureRow], axis: alt.Axis, ends: tuple[float, float], line: float | None = None
) -> list[Any]:
    """Return the marks of rows, from the back to the front.

    Parameters
    ----------
    rows : sequence of FigureRow
        From top to bottom.
    axis : altair axis
        Below the plot.
    ends : (float, float)
        Of the horizontal axis.
    line : float, optional
        Where a dashed line stands.

    Returns
    -------
    list of altair chart
        Line, bars, dots and words.
    """
    left = alt.Axis(
        title=None, ticks=False, domain=False, labelFontSize=13, labelPadding=10, labelLimit=240, grid=False
    )
    names = [row.name for row in rows]
    y = alt.Y("name:N", axis=left, scale=alt.Scale(domain=names, paddingInner=0.2, paddingOuter=0.2))
    x = alt.X("estimate:Q", axis=axis, scale=alt.Scale(domain=list(ends), nice=False, zero=False))
    marks: list[Any] = []
    if line is not None:
        at = alt.Chart(alt.InlineData(values=[{"estimate": line}]))
        marks.append(at.mark_rule(color=ACTUAL, strokeWidth=1.4, strokeDash=DASHES).encode(x=x))
    for few in (False, True):
        mine = [_data(row, ends) for row in rows if row.few is few]
        if not mine:
            continue
        colour = GREY if few else MEDIAN
        chart = alt.Chart(alt.InlineData(values=mine)).encode(y=y)
        bar = chart.mark_rule(color=PALE if few else OUTER, strokeWidth=14, opacity=1)
        marks.append(bar.encode(x=alt.X("low:Q"), x2="high:Q"))
        dot = chart.mark_point(size=70, color=colour, fill=PAPER if few else colour, opacity=1, strokeWidth=2)
        known = [one for one in mine if one["estimate"] is not None]
        marks.append(dot.properties(data=alt.InlineData(values=known)).encode(x=x))
    seconds = [{**_data(row, ends), "second": row.second} for row in rows if row.second is not None]
    if seconds:
        other = alt.Chart(alt.InlineData(values=seconds)).encode(y=y)
        look = other.mark_point(shape="diamond", size=80, color=PLAN, fill=PAPER, opacity=1, strokeWidth=2)
        marks.append(look.encode(x=alt.X("second:Q")))
    return [*marks, _words(rows, ends, y)]


def _words(rows: Sequence[FigureRow], ends: tuple[float, float], y: alt.Y) -> Any:
    chart = alt.Chart(alt.InlineData(values=[_data(row, ends) for row in rows])).encode(y=y)
    text = chart.mark_text(align="left", baseline="middle", fontSize=12.5, color="#222222", clip=False)
    return text.encode(x=alt.value(plot_width() + 12), text="words:N")


def plot_width() -> int:
    """Return the width of the plot without the words beside it.

    Returns
    -------
    int
        Pixels.
    """
    return WIDTH - WORDS_WIDTH


def _data(row: FigureRow, ends: tuple[float, float]) -> Spec:
    low, high = (min(max(value, ends[0]), ends[1]) for value in (row.low, row.high))
    return {
        "name": row.name,
        "estimate": None if row.estimate is None else min(max(row.estimate, ends[0]), ends[1]),
        "low": low,
        "high": high,
        "words": row.words,
    }


@dataclass(frozen=True)
class StatedPoint:
    """One bin of stated PCs, in counts of a hundred.

    Attributes
    ----------
    stated, won, low, high : float
        In [0, 100].
    leads : int
        Behind it.
    few : bool
        Whether these are few.
    """

    stated: float
    won: float
    low: float
    high: float
    leads: int
    few: bool


def reliability_layers(points: Sequence[StatedPoint], x_axis: alt.Axis, y_axis: alt.Axis) -> list[Any]:
    """Return the marks of stated PC against what happened, from the back to the front.

    Parameters
    ----------
    points : sequence of StatedPoint
        By rising stated PC.
    x_axis, y_axis : altair axis
        Both from 0 to 100.

    Returns
    -------
    list of altair chart
        The line on which stated is what happened, intervals, dots and numbers of leads.
    """
    hundred = alt.Scale(domain=[0, 100], nice=False)
    x = alt.X("stated:Q", axis=x_axis, scale=hundred)
    y = alt.Y("won:Q", axis=y_axis, scale=hundred)
    ideal = alt.Chart(alt.InlineData(values=[{"stated": 0, "won": 0}, {"stated": 100, "won": 100}]))
    marks: list[Any] = [ideal.mark_line(color=PLAN, strokeWidth=2, strokeDash=DASHES).encode(x=x, y=y)]
    said = alt.Chart(alt.InlineData(values=[{"stated": 97, "won": 97, "words": "as stated"}]))
    look: dict[str, Any] = {"align": "right", "dx": -12, "fontSize": 13, "color": PLAN_WORDS}
    marks.append(said.mark_text(**look).encode(x=x, y=y, text="words:N"))
    for few in (False, True):
        mine = [_point(one) for one in points if one.few is few]
        if not mine:
            continue
        colour = GREY if few else MEDIAN
        chart = alt.Chart(alt.InlineData(values=mine)).encode(x=x)
        bar = chart.mark_rule(color=PALE if few else OUTER, strokeWidth=9, opacity=1)
        marks.append(bar.encode(y=alt.Y("low:Q"), y2="high:Q"))
        dot = chart.mark_point(size=90, color=colour, fill=PAPER if few else colour, opacity=1, strokeWidth=2)
        marks.append(dot.encode(y=y))
        place: dict[str, Any] = {"align": "center", "baseline": "bottom", "dy": -4, "fontSize": 11}
        halo = chart.mark_text(stroke=PAPER, strokeWidth=4, strokeJoin="round", **place)
        number = chart.mark_text(color="#222222", **place)
        marks += [one.encode(y=alt.Y("high:Q"), text="words:N") for one in (halo, number)]
    return marks


def _point(one: StatedPoint) -> Spec:
    return {"stated": one.stated, "won": one.won, "low": one.low, "high": one.high, "words": f"{one.leads:,}"}
