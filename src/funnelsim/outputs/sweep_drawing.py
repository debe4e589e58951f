"""What the charts of a sweep draw: points and mean lines by lever, and a map of two levers.

The question: where does the metric go when this key goes up, and does one lever's effect hang on another's?  All panels
share one scale, so that steep is important.

What it leaves out: titles, and how a chart becomes a picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import altair as alt
import numpy as np

from funnelsim.engines.choices.sweep_effects import value_text as level_text
from funnelsim.model.sweep import STRATEGY, Response, Sweep
from funnelsim.outputs.chart_layout import Wanted, axis_unit, spread
from funnelsim.outputs.chart_style import MEDIAN, PLAN, QUIET, Spec, amount_axis, flat_title
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.selection_text import NAME_LENGTH, PATH_LENGTH, value_text
from funnelsim.outputs.stage_drawing import COLOURS, DASHES
from funnelsim.outputs.sweep_text import figure_text, is_money

MOST_DOTS: Final = 400
MOST_PANELS: Final = 6
MOST_LINES: Final = 4
MOST_CELLS: Final = 15
"""Values of a lever, beyond which it is not put on a map."""
PANEL_WIDTH, PANEL_HEIGHT, WHOLE_WIDTH = 370, 230, 720
_DOT = "#B5B5B5"
_PALE, _DEEP = "#EFF5FB", "#08306B"
_WHITE_FROM = 0.5
_LABEL_GAP = 16


@dataclass(frozen=True)
class Scale:
    """The vertical axis that all panels share.

    Attributes
    ----------
    size : float
        What one unit of the axis is in the metric's own unit.
    low, high : float
        Its ends, in units.
    axis : altair.Axis
        With its title.
    """

    size: float
    low: float
    high: float
    axis: Any


def scale_of(sweep: Sweep) -> Scale:
    """Return the axis of the metric.

    Parameters
    ----------
    sweep : Sweep
        With at least one point that has the metric.

    Returns
    -------
    Scale
        Wide enough for every design.
    """
    values = sweep.metric_figures[:, :, 0]
    known = values[np.isfinite(values)]
    ends = [end for one in drawn_responses(sweep) for point in one.points for end in (point.low, point.high)]
    reach = [end for end in ends if math.isfinite(end)]
    low, high = min([float(known.min()), *reach]), max([float(known.max()), *reach])
    if is_money(sweep.metric):
        unit = axis_unit(max(abs(low), abs(high)) / 10**sweep.minor_digits)
        size = float(unit.size * 10**sweep.minor_digits)
        axis = amount_axis(unit, sweep.currency)
    else:
        size = 0.01 if sweep.metric.unit == "share" else 1.0
        unit_words = {"share": "%", "leads": "leads", "days": "days", "lead days": "lead days"}[sweep.metric.unit]
        axis = amount_axis(axis_unit(1.0), None)
        axis.title = f"{sweep.metric.title}, {unit_words}"
    room = 0.06 * (high - low) or 0.06 * abs(high) or 1.0
    return Scale(size, (low - room) / size, (high + room) / size, axis)


def drawn_responses(sweep: Sweep) -> list[Response]:
    """Return the responses that get a panel: those of the levers that matter most, in the order of the table.

    Parameters
    ----------
    sweep : Sweep
        Any.

    Returns
    -------
    list of Response
        By lever, then by strategy: those of at most four strategies, the best ones.
    """
    share = {one.path: one.share if one.share == one.share else 0.0 for one in sweep.shares.levers}
    moving = [path for number, path in enumerate(sweep.designs.paths) if len(sweep.designs.levels(number)) > 1]
    chosen = sorted(moving or sweep.designs.paths[:1], key=lambda path: -share[path])[:MOST_PANELS]
    means = np.nan_to_num(sweep.metric_figures[:, :, 0].mean(axis=0)) * (1 if sweep.metric.higher else -1)
    best = {sweep.strategies[place] for place in np.argsort(-means, kind="stable")[:MOST_LINES].tolist()}
    return [
        one
        for path in sweep.designs.paths
        if path in chosen
        for one in sweep.responses
        if one.path == path and one.strategy in best and one.points
    ]


def response_panels(sweep: Sweep) -> Any:
    """Return one panel a lever: designs as dots, means as lines with their intervals.

    Parameters
    ----------
    sweep : Sweep
        With at least one point that has the metric.

    Returns
    -------
    altair chart
        Side by side, two in a row.
    """
    scale = scale_of(sweep)
    drawn = drawn_responses(sweep)
    paths = list(dict.fromkeys(one.path for one in drawn))
    width = WHOLE_WIDTH if len(paths) == 1 else PANEL_WIDTH
    panels = [
        alt.layer(*_panel(sweep, [one for one in drawn if one.path == path], scale)).properties(
            width=width, height=PANEL_HEIGHT
        )
        for path in paths
    ]
    return panels[0] if len(panels) == 1 else alt.concat(*panels, columns=2, spacing=36)


def _panel(sweep: Sweep, responses: list[Response], scale: Scale) -> list[Any]:
    numeric, path = responses[0].numeric, responses[0].path
    name = alt.Axis(title=plain(path, PATH_LENGTH), grid=False, labelOverlap=True)
    if numeric:
        places = [float(str(level)) for level in sweep.designs.levels(sweep.designs.paths.index(path))]
        room = 0.04 * (places[-1] - places[0]) or 0.5
        ends = alt.Scale(domain=[places[0] - room, places[-1] + room], nice=False, zero=False)
        if len(places) <= 8:
            name = alt.Axis(title=plain(path, PATH_LENGTH), grid=False, values=places)
        x: Any = alt.X("x:Q", axis=name, scale=ends)
    else:
        order = [plain(point.label, 24) for point in responses[0].points]
        x = alt.X("x:N", axis=alt.Axis(title=plain(path, PATH_LENGTH), grid=False, labelAngle=0), sort=order)
    y = alt.Y("y:Q", axis=scale.axis, scale=alt.Scale(domain=[scale.low, scale.high], nice=False, zero=False))
    dots = alt.Chart(alt.InlineData(values=_dots(sweep, path, scale, numeric))).encode(x=x, y=y)
    marks: list[Any] = [dots.mark_circle(color=_DOT, size=16, opacity=0.6)]
    several = len(sweep.strategies) > 1
    for response in responses:
        place = sweep.strategies.index(response.strategy)
        colour = COLOURS[place % len(COLOURS)] if several else MEDIAN
        rows = _line_rows(response, scale, numeric)
        chart = alt.Chart(alt.InlineData(values=rows)).encode(x=x, y=y)
        known = [row for row in rows if row["low"] is not None]
        bars = alt.Chart(alt.InlineData(values=known)).encode(x=x, y=alt.Y("low:Q"), y2="high:Q")
        marks.append(bars.mark_rule(color=colour, strokeWidth=5, opacity=0.35))
        marks.append(chart.mark_line(color=colour, strokeWidth=2.5, strokeDash=DASHES[place % len(DASHES)]))
        marks.append(chart.mark_point(color=colour, fill=colour, size=34, opacity=1))
    return [*marks, *(_line_names(sweep, responses, scale, x) if several else [])]


def _dots(sweep: Sweep, path: str, scale: Scale, numeric: bool) -> list[Spec]:
    """Return designs as dots; of many, evenly chosen ones."""
    column = sweep.designs.column(sweep.designs.paths.index(path))
    values = sweep.metric_figures[:, :, 0]
    points = [(d, s) for d in range(len(column)) for s in range(values.shape[1]) if np.isfinite(values[d, s])]
    chosen = points[:: max(1, -(-len(points) // MOST_DOTS))]
    return [
        {
            "x": float(str(column[d])) if numeric else plain(value_text(column[d]), 24),
            "y": values[d, s].item() / scale.size,
        }
        for d, s in chosen
    ]


def _line_rows(response: Response, scale: Scale, numeric: bool) -> list[Spec]:
    return [
        {
            "x": point.place if numeric else plain(point.label, 24),
            "y": point.mean / scale.size,
            "low": point.low / scale.size if math.isfinite(point.low) else None,
            "high": point.high / scale.size if math.isfinite(point.high) else None,
        }
        for point in response.points
    ]


def _line_names(sweep: Sweep, responses: list[Response], scale: Scale, x: Any) -> list[Any]:
    """Return the strategies' names beside the ends of their lines, moved apart."""
    span = scale.high - scale.low
    wanted = [
        Wanted(plain(one.strategy, 16), one.points[-1].mean / scale.size - scale.low, one.strategy) for one in responses
    ]
    marks = []
    for label in spread(wanted, span, PANEL_HEIGHT, _LABEL_GAP):
        one = next(response for response in responses if response.strategy == label.kind)
        last = one.points[-1]
        row = [
            {"x": last.place if one.numeric else plain(last.label, 24), "y": label.place + scale.low, "w": label.text}
        ]
        words = alt.Chart(alt.InlineData(values=row)).encode(x=x, y="y:Q", text="w:N")
        colour = COLOURS[sweep.strategies.index(one.strategy) % len(COLOURS)]
        marks.append(words.mark_text(align="left", dx=10, fontSize=12, fontWeight="bold", color=colour, clip=False))
    return marks


# --- map -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LeverMap:
    """Two levers and the metric at every pair of their values.

    Attributes
    ----------
    across, up : str
        The levers.
    strategy : str
        Under which.
    averaged : bool
        Whether there are other levers, over which the metric is averaged.
    columns, rows : tuple of str
        Their values in words, in rising order.
    cells : float64, (row, column)
        The metric.
    """

    across: str
    up: str
    strategy: str
    averaged: bool
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: Any


def lever_map(sweep: Sweep) -> LeverMap | None:
    """Return the map of the two levers that matter most.

    Parameters
    ----------
    sweep : Sweep
        Any.

    Returns
    -------
    LeverMap or None
        Under the strategy of the best point; None unless every combination is there, with a metric, and two levers
        have several values but not too many to draw.
    """
    values = sweep.metric_figures[:, :, 0]
    if sweep.best is None or not sweep.designs.full or not np.isfinite(values).all():
        return None
    share = {one.path: one.share if one.share == one.share else 0.0 for one in sweep.shares.levers}
    levels = {path: sweep.designs.levels(number) for number, path in enumerate(sweep.designs.paths)}
    fit = [path for path in levels if 1 < len(levels[path]) <= MOST_CELLS and path != STRATEGY]
    if len(fit) < 2:
        return None
    chosen = sorted(fit, key=lambda path: -share[path])[:2]
    across, up = sorted(chosen, key=lambda path: -len(levels[path]))
    places = [_positions(sweep, path, levels[path]) for path in (up, across)]
    cells, counts = np.zeros((len(levels[up]), len(levels[across]))), np.zeros((len(levels[up]), len(levels[across])))
    np.add.at(cells, (places[0], places[1]), values[:, sweep.best.strategy])
    np.add.at(counts, (places[0], places[1]), 1)
    words = [_names(levels[path]) for path in (across, up)]
    name = sweep.strategies[sweep.best.strategy]
    return LeverMap(across, up, name, bool(counts.max() > 1), words[0], words[1], cells / counts)


def _names(levels: tuple[object, ...]) -> tuple[str, ...]:
    """Return values in words, as short as they can be and still differ."""
    short = tuple(level_text(level) for level in levels)
    return short if len(set(short)) == len(short) else tuple(value_text(level) for level in levels)


def _positions(sweep: Sweep, path: str, levels: tuple[object, ...]) -> list[int]:
    place = {(type(level) is bool, level): at for at, level in enumerate(levels)}
    return [place[type(value) is bool, value] for value in sweep.designs.column(sweep.designs.paths.index(path))]


def map_layers(sweep: Sweep, drawn: LeverMap) -> list[Any]:
    """Return the marks of a map: cells, figures in them, a frame around the best.

    Parameters
    ----------
    sweep : Sweep
        Says the metric.
    drawn : LeverMap
        What to draw.

    Returns
    -------
    list of altair chart
        Darker is better.
    """
    low, high = float(drawn.cells.min()), float(drawn.cells.max())
    rows: list[Spec] = []
    for up, name in enumerate(drawn.rows):
        for across, column in enumerate(drawn.columns):
            value = float(drawn.cells[up, across])
            depth = (value - low) / (high - low) if high > low else 0.0
            depth = depth if sweep.metric.higher else 1 - depth
            words = figure_text(sweep, value, (high - low) / 200)
            light = "#FFFFFF" if depth > _WHITE_FROM else "#111111"
            rows.append({"x": plain(column, 24), "y": plain(name, 24), "depth": depth, "words": words, "ink": light})
    best = rows[int(np.argmax([row["depth"] for row in rows]))]
    title = flat_title(plain(drawn.up, PATH_LENGTH), -10)
    upward = alt.Axis(**title, ticks=False, domain=False, titleColor=QUIET)
    across_axis = alt.Axis(title=plain(drawn.across, PATH_LENGTH), ticks=False, domain=False, labelAngle=0)
    x = alt.X("x:N", sort=[plain(one, 24) for one in drawn.columns], axis=across_axis)
    y = alt.Y("y:N", sort=[plain(one, 24) for one in reversed(drawn.rows)], axis=upward)
    shade = alt.Color("depth:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[_PALE, _DEEP]))
    cells = alt.Chart(alt.InlineData(values=rows)).encode(x=x, y=y)
    frame = alt.Chart(alt.InlineData(values=[best])).encode(x=x, y=y)
    size = 13 if len(drawn.columns) <= 8 else 10
    return [
        cells.mark_rect(stroke="#FFFFFF", strokeWidth=1).encode(color=shade),
        frame.mark_rect(filled=False, stroke=PLAN, strokeWidth=4, fillOpacity=0),
        *(
            alt
            .Chart(alt.InlineData(values=[row for row in rows if row["ink"] == ink]))
            .encode(x=x, y=y, text="words:N")
            .mark_text(fontSize=size, color=ink)
            for ink in sorted({row["ink"] for row in rows})
        ),
    ]


def map_size(drawn: LeverMap) -> tuple[int, int]:
    """Return width and height of a map.

    Parameters
    ----------
    drawn : LeverMap
        What to draw.

    Returns
    -------
    tuple of int
        Pixels.
    """
    return max(420, min(WHOLE_WIDTH, 90 * len(drawn.columns))), max(120, min(480, 52 * len(drawn.rows)))


def strategy_name(name: str) -> str:
    """Return a strategy's name in quotes, safe to show.

    Parameters
    ----------
    name : str
        Of a strategy.

    Returns
    -------
    str
        At most 40 characters and two quotes.
    """
    return f"'{plain(name, NAME_LENGTH)}'"
