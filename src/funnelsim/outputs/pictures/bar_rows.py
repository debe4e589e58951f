"""The data, colours and intervals of bars, whether they stand or lie.

What it leaves out: the other marks (:mod:`~funnelsim.outputs.pictures.bar_marks` and its neighbour ``lying_marks``).
"""

from __future__ import annotations

from typing import Any, Final

import altair as alt

from funnelsim.model.board_pack import Chart, Series
from funnelsim.outputs.chart_names import values_of
from funnelsim.outputs.chart_style import PAPER, Spec
from funnelsim.outputs.pictures.picture_frame import FILLS, GREY, LABEL_SIZE
from funnelsim.outputs.plain_text import plain

INK: Final = "#000000"


def bar_rows(chart: Chart, labels: list[str], place: int, series: Series) -> list[Spec]:
    """Return the data of one series of bars.

    Parameters
    ----------
    chart : Chart
        Of the kind ``bars``.
    labels : list of str
        Of its categories, as drawn.
    place : int
        Which series of bars, from 0; its interval is that of the same place.
    series : Series
        The series.

    Returns
    -------
    list of dict
        One a category, with value, ends, words and where they stand.
    """
    lows, highs = ([one for one in chart.series if one.role == role] for role in ("low", "high"))
    low = values_of(lows[place] if place < len(lows) else None, chart)
    high = values_of(highs[place] if place < len(highs) else None, chart)
    return [
        {
            "at": labels[row],
            "series": plain(series.name, 40),
            "value": value,
            "low": low[row],
            "high": high[row],
            "top": max(one for one in (value, high[row], 0.0) if one is not None),
            "bottom": min(one for one in (value, low[row], 0.0) if one is not None),
            "words": series.values[row].text,
            "grey": row in chart.grey,
        }
        for row, value in enumerate(values_of(series, chart))
    ]


def bar_colours(names: list[str], grey: bool, several: bool) -> Any:
    """Return the colours of bars.

    Parameters
    ----------
    names : list of str
        Of the series.
    grey : bool
        Whether some bars are grey.
    several : bool
        Whether a legend is needed.

    Returns
    -------
    altair.Color or condition
        For the channel ``color``.
    """
    fills = [FILLS[place % len(FILLS)] for place in range(len(names))]
    legend = (
        alt.Legend(title=None, orient="bottom", labelFontSize=LABEL_SIZE, labelLimit=320, symbolType="square")
        if several
        else None
    )
    colour = alt.Color("series:N", scale=alt.Scale(domain=names, range=fills), legend=legend)
    return alt.condition("datum.grey", alt.value(GREY), colour) if grey else colour


def whiskers(base: Any, rows: list[Spec], size: float, *, lying: bool = False) -> list[Any]:
    """Return the intervals of bars: a black line on a white one, with an end mark at either end.

    Parameters
    ----------
    base : altair.Chart
        With the data, and the channels across the axis of values.
    rows : list of dict
        Its data, as :func:`bar_rows` returns it.
    size : float
        How long an end mark may be, in points; at most 16.
    lying : bool
        Whether values run along x.

    Returns
    -------
    list of altair.Chart
        Layers, from the back to the front; none where no bar has an interval.
    """
    if all(row["low"] is None for row in rows):
        return []
    along, channel, orient = ("x", alt.X, "vertical") if lying else ("y", alt.Y, "horizontal")
    between = base.encode(**{along: channel("low:Q"), f"{along}2": "high"})
    layers = [between.mark_rule(color=PAPER, strokeWidth=5), between.mark_rule(color=INK, strokeWidth=1.8)]
    tick = base.mark_tick(color=INK, size=min(size, 16.0), thickness=1.8, orient=orient)
    return [*layers, *(tick.encode(**{along: channel(f"{edge}:Q")}) for edge in ("low", "high"))]
