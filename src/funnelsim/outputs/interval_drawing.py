"""Estimates with their intervals as dots and bars around 0, one row each: a picture of a score card.

The question: what gets better, what gets worse, what is not known?  Three shapes as well as three colours, and the
figures in words beside them.

What it leaves out: the chart around it, and how it becomes a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from funnelsim.outputs.chart_style import PAPER, WIDTH, Spec

ROW_HEIGHT = 34
WORDS_WIDTH = 250
"""Room for the words to the right of the plot, in pixels."""
COLOURS = {"better": "#0072B2", "worse": "#D55E00", "not known": "#767676"}
SHAPES = {"better": "circle", "worse": "square", "not known": "diamond"}


@dataclass(frozen=True)
class IntervalRow:
    """One row.

    Attributes
    ----------
    name : str
        To the left; unique.
    estimate, low, high : float
        On the axis.
    kind : str
        ``better``, ``worse`` or ``not known``.
    words : str
        To the right.
    """

    name: str
    estimate: float
    low: float
    high: float
    kind: str
    words: str


def layers(rows: Sequence[IntervalRow], x_axis: alt.Axis, ends: tuple[float, float]) -> list[Any]:
    """Return the marks, from the back to the front.

    Parameters
    ----------
    rows : sequence of IntervalRow
        From top to bottom.
    x_axis : altair axis
        Below the plot.
    ends : (float, float)
        Of the horizontal axis.

    Returns
    -------
    list of altair chart
        The line of 0, bars, dots and words.
    """
    names = [row.name for row in rows]
    axis = alt.Axis(
        title=None, ticks=False, domain=False, labelFontSize=13, labelPadding=10, labelLimit=260, grid=False
    )
    y = alt.Y("name:N", axis=axis, scale=alt.Scale(domain=names, paddingInner=0.2, paddingOuter=0.2))
    scale = alt.Scale(domain=list(ends), nice=False, zero=False)
    x = alt.X("estimate:Q", axis=x_axis, scale=scale)
    zero = alt.Chart(alt.InlineData(values=[{"estimate": 0.0}])).mark_rule(color="#000000", strokeWidth=1.4).encode(x=x)
    marks: list[Any] = [zero]
    for kind, colour in COLOURS.items():
        mine = [_data(row) for row in rows if row.kind == kind]
        if not mine:
            continue
        chart = alt.Chart(alt.InlineData(values=mine)).encode(y=y)
        marks.append(chart.mark_rule(color=colour, strokeWidth=5, opacity=0.45).encode(x=alt.X("low:Q"), x2="high:Q"))
        fill = PAPER if kind == "not known" else colour
        dot = chart.mark_point(shape=SHAPES[kind], size=110, color=colour, fill=fill, opacity=1, strokeWidth=2)
        marks.append(dot.encode(x=x))
    words = alt.Chart(alt.InlineData(values=[_data(row) for row in rows])).encode(y=y)
    text = words.mark_text(align="left", baseline="middle", fontSize=12.5, color="#222222", clip=False)
    marks.append(text.encode(x=alt.value(plot_width() + 12), text="words:N"))
    return marks


def plot_width() -> int:
    """Return the width of the plot without the words beside it.

    Returns
    -------
    int
        Pixels.
    """
    return WIDTH - WORDS_WIDTH


def _data(row: IntervalRow) -> Spec:
    return {"name": row.name, "estimate": row.estimate, "low": row.low, "high": row.high, "words": row.words}
