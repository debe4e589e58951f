"""Bands over time, and lines, as native charts.

Which areas and lines is a band made of?  Bands are stacked differences on a transparent base, because PowerPoint has no
chart of ranges; what is booked and planned are lines over them.

What it leaves out: bars (:mod:`funnelsim.outputs.deck.bar_charts`).
"""

from __future__ import annotations

from typing import Any, Final

from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.util import Pt

from funnelsim.model.board_pack import Chart
from funnelsim.outputs.chart_names import values_of
from funnelsim.outputs.deck.chart_parts import (
    ACTUAL,
    INNER,
    MEDIAN,
    MIDDLE,
    OUTER,
    PLAN,
    Column,
    Plan,
    fill,
    known,
    legend_below,
    steps,
)
from funnelsim.outputs.deck.chart_xml import as_lines, invisible, start_on_axis
from funnelsim.outputs.plain_text import plain

FAN_BANDS: Final = (
    ("9 in 10 futures", "p5", "p10", OUTER),
    ("8 in 10 futures", "p10", "p25", MIDDLE),
    ("half of futures", "p25", "p75", INNER),
    ("P75 to P90", "p75", "p90", MIDDLE),
    ("P90 to P95", "p90", "p95", OUTER),
)
PERIOD_BANDS: Final = (
    ("8 in 10 futures", "p10", "p25", MIDDLE),
    ("half of futures, up to the middle", "p25", "p50", MEDIAN),
    ("half of futures, from the middle", "p50", "p75", INNER),
    ("P75 to P90", "p75", "p90", MIDDLE),
)
LINES: Final = (
    ("0072B2", MSO_LINE_DASH_STYLE.SOLID, XL_MARKER_STYLE.CIRCLE),
    ("D55E00", MSO_LINE_DASH_STYLE.DASH, XL_MARKER_STYLE.SQUARE),
    ("000000", MSO_LINE_DASH_STYLE.ROUND_DOT, XL_MARKER_STYLE.TRIANGLE),
    ("009E73", MSO_LINE_DASH_STYLE.LONG_DASH, XL_MARKER_STYLE.DIAMOND),
)
"""Lines side by side differ in dash and marker, so that paper without colours tells them apart."""


def fan(chart: Chart) -> Plan:
    """Plan a fan: areas, then lines for the middle, the plan and what was booked.

    Parameters
    ----------
    chart : Chart
        Of kind ``fan``, running over more than one category.

    Returns
    -------
    Plan
        Its chart.
    """
    levels = {one.role: known(one, chart) for one in chart.series}
    columns: list[Column] = [("P5", [*levels["p5"]])]
    columns += [(name, steps(levels[high], levels[low])) for name, low, high, _ in FAN_BANDS]  # type: ignore[index]
    columns.append(("P50: the middle", [*levels["p50"]]))
    if chart.reference is not None and chart.reference.value is not None:
        last = len(chart.categories) - 1 if chart.reference_end is None else chart.reference_end
        level = chart.reference.value / chart.scale
        columns.append((
            plain(f"{chart.reference_name}: {chart.reference.text}", 48),
            [level if row <= last else None for row in range(len(chart.categories))],
        ))
    for role, name in (("actual", "booked"), ("earlier", "middle of the last forecast")):
        series = chart.of(role)  # type: ignore[arg-type]
        if series is not None:
            columns.append((name, values_of(series, chart)))
    return XL_CHART_TYPE.AREA_STACKED, columns, _draw_fan


def _draw_fan(native: Any, chart: Chart) -> None:
    series = list(native.plots[0].series)
    invisible(series[0])
    for one, (_, _, _, colour) in zip(series[1:6], FAN_BANDS, strict=True):
        fill(one, colour)
    looks = [(MEDIAN, "solid", "none")]
    looks += [(PLAN, "dash", "none")] if chart.reference is not None and chart.reference.value is not None else []
    looks += [(ACTUAL, "solid", "circle")] if chart.of("actual") else []
    looks += [("555555", "sysDot", "none")] if chart.of("earlier") else []
    as_lines(native, len(series) - 6, looks)
    start_on_axis(native)
    legend_below(native, (0, 4, 5))


def periods(chart: Chart) -> Plan:
    """Plan bands of separate periods: floating columns.

    Parameters
    ----------
    chart : Chart
        Of kind ``fan``, not running.

    Returns
    -------
    Plan
        Its chart.
    """
    levels = {one.role: known(one, chart) for one in chart.series}
    columns: list[Column] = [("P10", [*levels["p10"]])]
    columns += [(name, steps(levels[high], levels[low])) for name, low, high, _ in PERIOD_BANDS]  # type: ignore[index]
    return XL_CHART_TYPE.COLUMN_STACKED, columns, _draw_periods


def _draw_periods(native: Any, chart: Chart) -> None:
    assert chart.series, "periods have bands"
    plot = native.plots[0]
    plot.gap_width, plot.overlap = 45, 100
    base, *bands = list(plot.series)
    invisible(base)
    for drawn, (_, _, _, colour) in zip(bands, PERIOD_BANDS, strict=True):
        fill(drawn, colour)
    legend_below(native, (0, 4))


def lines(chart: Chart) -> Plan:
    """Plan lines; the ends of an interval are thin and dashed beside their estimate.

    Parameters
    ----------
    chart : Chart
        Of kind ``lines``.

    Returns
    -------
    Plan
        Its chart.
    """
    columns = [(plain(one.name, 40), values_of(one, chart)) for one in chart.series]
    if chart.reference is not None and chart.reference.value is not None:
        name = plain(f"{chart.reference_name}: {chart.reference.text}", 48)
        columns.append((name, [chart.reference.value / chart.scale] * len(chart.categories)))
    kind = XL_CHART_TYPE.LINE_MARKERS if chart.positions is None else XL_CHART_TYPE.XY_SCATTER_LINES
    return kind, columns, _draw_lines


def _draw_lines(native: Any, chart: Chart) -> None:
    place = 0
    *_, last = shown = list(native.plots[0].series)
    if len(shown) > len(chart.series):
        last.format.line.color.rgb, last.format.line.width = RGBColor.from_string(PLAN), Pt(2.25)
        last.format.line.dash_style, last.marker.style = MSO_LINE_DASH_STYLE.DASH, XL_MARKER_STYLE.NONE
    for drawn, series in zip(shown, chart.series, strict=False):
        if chart.positions is None:
            drawn.smooth = False
        line = drawn.format.line
        if series.role in {"low", "high"}:
            line.color.rgb, line.width = RGBColor.from_string(MIDDLE), Pt(1.5)
            line.dash_style, drawn.marker.style = MSO_LINE_DASH_STYLE.DASH, XL_MARKER_STYLE.NONE
            continue
        colour, dash, marker = LINES[place % len(LINES)]
        place += 1
        line.color.rgb, line.width, line.dash_style = RGBColor.from_string(colour), Pt(2.25), dash
        drawn.marker.style, drawn.marker.size = marker, 7
        drawn.marker.format.fill.solid()
        drawn.marker.format.fill.fore_color.rgb = RGBColor.from_string(colour)
        drawn.marker.format.line.color.rgb = RGBColor.from_string(colour)
    native.has_legend = False
    if len(shown) > 1:
        legend_below(native)
