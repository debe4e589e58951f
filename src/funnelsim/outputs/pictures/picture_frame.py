"""What all pictures of a board pack share: their size, axes, room for words, and where values stand.

The question: how large is everything on a slide's width, so that no label is cut and none covers another?

What it leaves out: the marks of each kind of chart (:mod:`funnelsim.outputs.pictures.band_marks` and its neighbours).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt

from funnelsim.model.board_pack import Chart
from funnelsim.outputs.chart_layout import wrapped
from funnelsim.outputs.chart_names import axis_end, is_far_from_zero
from funnelsim.outputs.chart_style import CAPTION, HEADROOM, PAPER, QUIET, Spec
from funnelsim.outputs.plain_text import plain

PICTURE_WIDTH: Final = 960
PICTURE_HEIGHT: Final = 540
"""Points; two pixels to a point make 1920 x 1080."""
PLOT_HEIGHT: Final = 350
"""About what a title, a caption and labels leave; the exact height follows from the words."""
LABEL_SIZE: Final = 13
LABEL_GAP: Final = 17
LETTER: Final = 7.2
"""Mean width of a letter at ``LABEL_SIZE``, in points."""
MOST_VALUE_LABELS: Final = 26
GREY: Final = "#A6A6A6"
UP, DOWN, TOTAL = "#0072B2", "#D55E00", "#6E6E6E"
FILLS: Final = ("#0072B2", "#E69F00", "#333333", "#B8B8B8", "#CC79A7", "#009E73")
"""Of bars beside each other: next ones differ in lightness too, for print in grey."""
STROKES: Final = ("#0072B2", "#D55E00", "#000000", "#009E73", "#CC79A7")
DASHED: Final = ((1, 0), (8, 4), (2, 3), (12, 3, 2, 3), (5, 5))
SHAPES: Final = ("circle", "square", "triangle-up", "diamond", "cross")
SMALL_CAPTION: Final[dict[str, Any]] = {**CAPTION, "titleFontSize": LABEL_SIZE, "titleLineHeight": 17}


@dataclass(frozen=True)
class Drawing:
    """Marks of one chart and the room they ask for.

    Attributes
    ----------
    layers : list of altair chart
        From the back to the front.
    caption : list of str
        Sentences below the plot.
    right : int
        Points to the right of the plot for words.
    """

    layers: list[Any]
    caption: list[str]
    right: int = 16


def data_of(rows: list[Spec]) -> alt.Chart:
    """Return rows as a chart without marks.

    Parameters
    ----------
    rows : list of dict
        Its data.

    Returns
    -------
    altair.Chart
        The data stands inside.
    """
    return alt.Chart(alt.InlineData(values=rows))


def extent(values: Sequence[float | None], *, zero: bool = True) -> tuple[float, float]:
    """Return the ends of an axis that holds values.

    Parameters
    ----------
    values : sequence of float or None
        In the axis's unit.
    zero : bool
        Whether 0 is on it.

    Returns
    -------
    low, high : float
        Low is below high; room is left beyond the largest, and beyond the smallest when that is not 0.
    """
    known = [one for one in values if one is not None] + ([0.0] if zero else [])
    low, high = min(known, default=0.0), max(known, default=0.0)
    if low == high:
        return (low, low + 1.0) if low >= 0 else (low * HEADROOM, 0.0)
    room = (high - low) * (HEADROOM - 1.0)
    return (low if zero and low == 0 else low - room, high if zero and high == 0 else high + room)


def ends_of(chart: Chart, values: Sequence[float | None]) -> tuple[float, float]:
    """Return the ends of the axis of a chart, as :func:`extent` says; of chances and shares none beyond 100 %.

    Parameters
    ----------
    chart : Chart
        Says the unit.
    values : sequence of float or None
        In the axis's unit.

    Returns
    -------
    low, high : float
        Low is below high; 0 is between them or one of them, except for ranges that lie far from it.
    """
    low, high = extent(values, zero=not is_far_from_zero(chart))
    end = axis_end(chart)
    return low, high if end is None else min(high, end)


def value_scale(ends: tuple[float, float]) -> alt.Scale:
    """Return a scale of exactly the ends.

    Parameters
    ----------
    ends : (float, float)
        Low and high.

    Returns
    -------
    altair.Scale
        Neither rounded nor stretched to 0.
    """
    return alt.Scale(domain=list(ends), nice=False, zero=False)


def value_axis(chart: Chart, *, below: str | None = None) -> alt.Axis:
    """Return the axis of values, its title lying flat.

    Parameters
    ----------
    chart : Chart
        Says the unit and the title.
    below : str, optional
        A sentence under an axis that lies below the plot; None for one that stands upright, its title above it.

    Returns
    -------
    altair.Axis
        With pale grid lines.
    """
    form: dict[str, Any] = {"format": "%"} if chart.unit in {"chance", "share"} else {}
    if chart.unit == "count":
        form = {"tickMinStep": 1}
    title = plain(chart.axis, 80)
    look: dict[str, Any] = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": -36, "titleY": -22}
    if below is not None:
        look = {"labelFlush": False, "labelPadding": 6, **SMALL_CAPTION}
    words = title if below is None else wrapped([title, below], 110)
    return alt.Axis(title=words, tickCount=6, gridColor="#E6E6E6", domain=False, **form, **look)


def plot_width(right: int) -> int:
    """Return about how wide the plot is.

    Parameters
    ----------
    right : int
        Points to its right.

    Returns
    -------
    int
        Points.
    """
    return PICTURE_WIDTH - 76 - right


def room_for(words: Sequence[str]) -> int:
    """Return the room that the longest of some words needs beside the plot.

    Parameters
    ----------
    words : sequence of str
        Bold or not.

    Returns
    -------
    int
        Points, at most a third of the picture.
    """
    return min(int(max((len(one) for one in words), default=0) * LETTER) + 24, PICTURE_WIDTH // 3)


def haloed(words: Any, **style: Any) -> list[Any]:
    """Return words twice: a white outline that cuts through lines, and the words on it.

    Parameters
    ----------
    words : altair chart
        With text encoded.
    **style : Any
        Of the text.

    Returns
    -------
    list of altair chart
        Outline first.
    """
    look = {"fontSize": LABEL_SIZE, "fontWeight": "bold", "clip": False, **style}
    return [words.mark_text(**{**look, "color": PAPER, "stroke": PAPER, "strokeWidth": 4}), words.mark_text(**look)]


def zero_line(ends: tuple[float, float], channel: Any) -> list[Any]:
    """Return the line of 0 where values lie on both sides of it.

    Parameters
    ----------
    ends : (float, float)
        Of the axis.
    channel : altair channel
        X or Y of the field ``zero``.

    Returns
    -------
    list of altair chart
        Empty where nothing is below 0.
    """
    if ends[0] >= 0:
        return []
    side = "y" if isinstance(channel, alt.Y) else "x"
    return [data_of([{"zero": 0.0}]).mark_rule(color=QUIET, strokeWidth=1.2).encode(**{side: channel})]
