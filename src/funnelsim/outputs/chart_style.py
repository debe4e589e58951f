"""The look that all charts share: colours, axes, titles, captions.

One hue for bands, darkest where outcomes are likeliest; black for what happened, dashed vermillion for the plan.  The
font is one that the renderer carries, so that a picture is the same bytes on every machine.

What it leaves out: what is drawn.
"""

from __future__ import annotations

from typing import Any

import altair as alt

from funnelsim.outputs.chart_layout import wrapped
from funnelsim.outputs.number_text import Unit
from funnelsim.outputs.plain_text import plain

Spec = dict[str, Any]

WIDTH, HEIGHT = 820, 380
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
OUTER, MIDDLE, INNER = "#C6DBEF", "#6BAED6", "#2171B5"
BANDS: tuple[tuple[int, int, str], ...] = ((5, 95, OUTER), (10, 90, MIDDLE), (25, 75, INNER))
"""Lower and upper percentile and colour, widest first."""
MEDIAN = "#08306B"
PLAN = "#D55E00"
PLAN_WORDS = "#A84400"
ACTUAL = "#000000"
PAPER = "#FFFFFF"
QUIET = "#555555"
GRID = "#E6E6E6"
DASHES = [7, 4]
HEADROOM = 1.06
"""How far the axis goes beyond the largest amount."""
CAPTION: dict[str, Any] = {
    "titleAnchor": "start",
    "titleAlign": "left",
    "titleColor": QUIET,
    "titleFontSize": 11.5,
    "titleFontWeight": "normal",
    "titleLineHeight": 15,
    "titlePadding": 12,
}
"""What makes an axis title a caption under the chart."""
CONDITION = "If the assumptions hold."
_LAST_DRAWABLE = "\u04ff"
_TITLE_WIDTH, _SMALL_WIDTH = 112, 165


def caption_axis(lines: list[str], **more: Any) -> alt.Axis:
    """Return a horizontal axis with a caption below it.

    Parameters
    ----------
    lines : list of str
        Sentences of the caption.
    **more : Any
        Further properties of the axis.

    Returns
    -------
    altair.Axis
        Without grid lines.
    """
    return alt.Axis(title=wrapped(lines, _SMALL_WIDTH), grid=False, **CAPTION, **more)


def amount_axis(unit: Unit, currency: str | None) -> alt.Axis:
    """Return a vertical axis of money, its title lying flat above it.

    Parameters
    ----------
    unit : Unit
        What it counts in.
    currency : str or None
        Code; None when nobody said one.

    Returns
    -------
    altair.Axis
        With pale grid lines.
    """
    title = f"{unit.long} {plain(currency or '', 20)}".strip()
    if not currency:
        title = f"{title}, currency not given".lstrip(", ")
    return alt.Axis(**flat_title(title), tickCount=6, gridColor=GRID)


def flat_title(title: str, y: int = -24) -> dict[str, Any]:
    """Return how a vertical axis is titled: lying flat above its upper end, where it is read first.

    Parameters
    ----------
    title : str
        What it counts.
    y : int
        Where, in pixels from that end downwards.

    Returns
    -------
    dict
        Properties of an axis.
    """
    return {
        "title": title,
        "titleAngle": 0,
        "titleAlign": "left",
        "titleAnchor": "end",
        "titleX": -36,
        "titleY": y,
    }


def chance_axis(title: str, y: int = -24) -> alt.Axis:
    """Return a vertical axis of counts of 100.

    Parameters
    ----------
    title : str
        What it counts.
    y : int
        As :func:`flat_title` takes it.

    Returns
    -------
    altair.Axis
        With pale grid lines at every 20.
    """
    return alt.Axis(**flat_title(title, y), values=[0, 20, 40, 60, 80, 100], gridColor=GRID)


def amount_scale(top: float) -> alt.Scale:
    """Return a scale of money that starts at 0.

    Parameters
    ----------
    top : float
        Its upper end in the axis's unit, above 0.

    Returns
    -------
    altair.Scale
        Exactly [0, top].
    """
    return alt.Scale(domain=[0, top], nice=False, zero=True)


def finished(chart: Any, made: str, title: list[str], description: str, *, condition: str = CONDITION) -> Spec:
    """Return a chart as a specification, with the answer above it and what it is conditional on.

    Parameters
    ----------
    chart : altair chart
        Layers or panels.
    made : str
        For the subtitle: as-of day, file, replications, seed, version.
    title : list of str
        Sentences.
    description : str
        The chart in words.
    condition : str
        What it is conditional on, before ``made``; empty for what happened already.

    Returns
    -------
    dict
        Vega-Lite.
    """
    heading = alt.TitleParams(
        text=wrapped(title, _TITLE_WIDTH),
        subtitle=wrapped([_drawable(f"{condition} {made}".strip())], _SMALL_WIDTH),
        anchor="start",
        align="left",
        fontSize=16,
        fontWeight="bold",
        lineHeight=21,
        subtitleFontSize=11.5,
        subtitleLineHeight=15,
        subtitleColor=QUIET,
        subtitlePadding=6,
        offset=12,
    )
    whole = (
        chart
        .properties(title=heading, description=description, padding=14, background=PAPER)
        .configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=12, titleFontSize=12, labelColor="#222222", titleColor=QUIET, titleFontWeight="normal"
        )
    )
    spec: Spec = whole.to_dict()
    return spec


def _drawable(text: str) -> str:
    """Return text in the characters that the renderer's own font has: no boxes, and no font of the machine at hand."""
    return "".join(character if character <= _LAST_DRAWABLE else "?" for character in text)
