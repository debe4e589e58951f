"""Charts of a board pack as native PowerPoint charts, which a reader can edit.

Which series does each kind of chart become, and how are they drawn?  Every chart's own workbook holds its numbers in
the axis's unit; bands are stacked differences on a transparent base, because PowerPoint has no chart of ranges.

What it leaves out: where a chart stands on a slide (:mod:`funnelsim.outputs.deck.slides`).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any, Final

import xlsxwriter
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.util import Pt

from funnelsim.model.board_pack import Chart, Quantity, Series
from funnelsim.outputs.deck.chart_xml import (
    add_intervals,
    as_lines,
    axis_at_bottom,
    hide_legend_entries,
    invisible,
    number_format,
    start_on_axis,
)
from funnelsim.outputs.plain_text import plain

INNER, MIDDLE, OUTER = "2171B5", "6BAED6", "C6DBEF"
MEDIAN, PLAN, GREY, UP, DOWN = "08306B", "D55E00", "8C8C8C", "0072B2", "D55E00"
LINES: Final = ("0072B2", "D55E00", "009E73", "CC79A7", "000000")
SMALL: Final = Pt(12)
MOST_LABELS: Final = 16
LONGEST_NAME: Final = 28
LETTERS_UNDER_COLUMNS: Final = 84

Column = tuple[str, list[float | None]]
"""A series of the chart's workbook: its name, and one value a category in the axis's unit."""


def add_chart(slide: Any, chart: Chart, place: tuple[Any, Any, Any, Any], alt: str) -> Any:
    """Put a native chart on a slide.

    Parameters
    ----------
    slide : pptx Slide
        Where.
    chart : Chart
        What.
    place : tuple of four lengths
        Left, top, width, height.
    alt : str
        What it shows, for those who cannot see it.

    Returns
    -------
    pptx GraphicFrame
        The chart's frame.
    """
    kind, columns, draw = PLANS[_kind(chart)](chart)
    names = [plain(name, LONGEST_NAME) for name in chart.categories]
    data = CategoryChartData(number_format=number_format(chart))
    data.categories = names
    for name, values in columns:
        data.add_series(name, values)
    frame = slide.shapes.add_chart(kind, *place, data)
    native = frame.chart
    native.part.chart_workbook.update_from_xlsx_blob(workbook_blob(names, columns, number_format(chart)))
    native.font.size, native.has_title = SMALL, False
    _axes(native, chart)
    draw(native, chart)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(alt))
    return frame


def workbook_blob(names: Sequence[str], columns: Sequence[Column], form: str) -> bytes:
    """Return the workbook behind a chart: text stays text, whatever it starts with.

    Parameters
    ----------
    names : sequence of str
        Categories.
    columns : sequence of Column
        Series.
    form : str
        Number format.

    Returns
    -------
    bytes
        XLSX; its time stamps are made equal when the deck is finished.
    """
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, options)
    sheet, shown = book.add_worksheet("Sheet1"), book.add_format({"num_format": form})
    for row, name in enumerate(names, start=1):
        sheet.write_string(row, 0, name)
    for column, (name, values) in enumerate(columns, start=1):
        sheet.write_string(0, column, name)
        for row, value in enumerate(values, start=1):
            if value is not None:
                sheet.write_number(row, column, value, shown)
    book.close()
    return stream.getvalue()


def _kind(chart: Chart) -> str:
    """Return how a chart is drawn: a fan of one period is a floating bar, one of separate periods floating columns."""
    if chart.kind == "fan" and len(chart.categories) == 1:
        return "ranges"
    return "periods" if chart.kind == "fan" and not chart.running else chart.kind


def _values(series: Series | None, chart: Chart) -> list[float | None]:
    if series is None:
        return [None] * len(chart.categories)
    return [None if one.value is None else one.value / chart.scale for one in series.values]


def _known(series: Series | None, chart: Chart) -> list[float]:
    return [value or 0.0 for value in _values(series, chart)]


def _steps(high: list[float], low: list[float]) -> list[float | None]:
    return [one - other for one, other in zip(high, low, strict=True)]


Drawing = Callable[[Any, Chart], None]
Plan = tuple[Any, list[Column], Drawing]

FAN_BANDS: Final = (
    ("9 in 10 futures", "p5", "p10", OUTER),
    ("8 in 10 futures", "p10", "p25", MIDDLE),
    ("half of futures", "p25", "p75", INNER),
    ("P75 to P90", "p75", "p90", MIDDLE),
    ("P90 to P95", "p90", "p95", OUTER),
)


def _fan(chart: Chart) -> Plan:
    known: dict[str, list[float]] = {one.role: _known(one, chart) for one in chart.series}
    columns: list[Column] = [("P5", list(known["p5"]))]
    columns += [(name, _steps(known[high], known[low])) for name, low, high, _ in FAN_BANDS]
    columns.append(("P50: the middle", list(known["p50"])))
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
            columns.append((name, _values(series, chart)))
    return XL_CHART_TYPE.AREA_STACKED, columns, _draw_fan


def _draw_fan(native: Any, chart: Chart) -> None:
    series = list(native.plots[0].series)
    invisible(series[0])
    for one, (_, _, _, colour) in zip(series[1:6], FAN_BANDS, strict=True):
        _fill(one, colour)
    looks = [(MEDIAN, "solid")]
    looks += [(PLAN, "dash")] if chart.reference is not None else []
    looks += [("000000", "solid")] if chart.of("actual") else []
    looks += [("555555", "sysDot")] if chart.of("earlier") else []
    as_lines(native, len(series) - 6, looks)
    start_on_axis(native)
    native.has_legend = True
    native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    native.legend.font.size = SMALL
    hide_legend_entries(native, (0, 4, 5))


PERIOD_BANDS: Final = (
    ("8 in 10 futures", "p10", "p25", MIDDLE),
    ("half of futures, up to the middle", "p25", "p50", INNER),
    ("half of futures, from the middle", "p50", "p75", "4F94CD"),
    ("P75 to P90", "p75", "p90", MIDDLE),
)


def _periods(chart: Chart) -> Plan:
    known: dict[str, list[float]] = {one.role: _known(one, chart) for one in chart.series}
    columns: list[Column] = [("P10", list(known["p10"]))]
    columns += [(name, _steps(known[high], known[low])) for name, low, high, _ in PERIOD_BANDS]
    return XL_CHART_TYPE.COLUMN_STACKED, columns, _draw_periods


def _draw_periods(native: Any, chart: Chart) -> None:
    plot = native.plots[0]
    plot.gap_width, plot.overlap = 45, 100
    base, *bands = list(plot.series)
    invisible(base)
    for drawn, (_, _, _, colour) in zip(bands, PERIOD_BANDS, strict=True):
        _fill(drawn, colour)
    native.has_legend = True
    native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    native.legend.font.size = SMALL
    hide_legend_entries(native, (0, 4))
    assert chart.series, "periods have bands"


def _bars(chart: Chart) -> Plan:
    bars = [one for one in chart.series if one.role == "bar"]
    kind = XL_CHART_TYPE.BAR_CLUSTERED if _lying(chart) else XL_CHART_TYPE.COLUMN_CLUSTERED
    return kind, [(plain(one.name, 40), _values(one, chart)) for one in bars], _draw_bars


def _lying(chart: Chart) -> bool:
    """Tell whether names are too long to stand side by side under columns."""
    return sum(len(name) + 2 for name in chart.categories) > LETTERS_UNDER_COLUMNS


def _draw_bars(native: Any, chart: Chart) -> None:
    bars = [one for one in chart.series if one.role == "bar"]
    plot = native.plots[0]
    plot.gap_width, plot.overlap = 60, 0
    for place, (drawn, series) in enumerate(zip(plot.series, bars, strict=True)):
        _fill(drawn, LINES[place % len(LINES)])
        for row in sorted(chart.grey):
            _fill(drawn.points[row], GREY)
        _label(drawn, series.values, XL_LABEL_POSITION.OUTSIDE_END)
    low, high = chart.of("low"), chart.of("high")
    if low is not None and high is not None and len(bars) == 1:
        middle, ends = _known(bars[0], chart), (_known(low, chart), _known(high, chart))
        add_intervals(plot.series[0], _steps(middle, ends[0]), _steps(ends[1], middle))
    if _lying(chart):
        native.category_axis.reverse_order = True
        axis_at_bottom(native)
    native.has_legend = len(bars) > 1
    if native.has_legend:
        native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    if min((value for one in bars for value in _known(one, chart)), default=0.0) >= 0.0:
        native.value_axis.minimum_scale = 0.0


def _bridge(chart: Chart) -> Plan:
    steps = _known(chart.of("step"), chart)
    base: list[float | None] = []
    parts: dict[str, list[float | None]] = {"total": [], "up": [], "down": []}
    level = 0.0
    for row, step in enumerate(steps):
        whole = row in {0, len(steps) - 1}
        before, level = (0.0, step) if whole else (level, level + step)
        base.append(0.0 if whole else min(before, level))
        kind = "total" if whole else "up" if step >= 0.0 else "down"
        for name, values in parts.items():
            values.append(abs(step) if name == kind else None)
    columns: list[Column] = [("base", base), *((name, values) for name, values in parts.items())]
    return XL_CHART_TYPE.COLUMN_STACKED, columns, _draw_bridge


def _draw_bridge(native: Any, chart: Chart) -> None:
    plot = native.plots[0]
    plot.gap_width, plot.overlap = 40, 100
    base, *parts = list(plot.series)
    invisible(base)
    series = chart.of("step")
    texts = series.values if series is not None else ()
    for drawn, colour in zip(parts, (GREY, UP, DOWN), strict=True):
        _fill(drawn, colour)
        for row, value in enumerate(drawn.values):
            if value is not None:
                _one_label(drawn, row, texts[row].text, XL_LABEL_POSITION.INSIDE_END)
    native.has_legend = False


def _ranges(chart: Chart) -> Plan:
    low, middle, high = (_known(_range_part(chart, name), chart) for name in ("low", "middle", "high"))
    zero = [0.0] * len(low)
    above = [[max(value, 0.0) for value in values] for values in (low, middle, high)]
    below = [[min(value, 0.0) for value in values] for values in (low, middle, high)]
    columns: list[Column] = [
        ("base", _steps(above[0], zero)),
        ("base below 0", _steps(below[2], zero)),
        ("low to middle", _steps(above[1], above[0])),
        ("middle to high", _steps(above[2], above[1])),
        ("middle to high, below 0", _steps(below[1], below[2])),
        ("low to middle, below 0", _steps(below[0], below[1])),
        ("room for words", [_room(high) for _ in high]),
    ]
    return XL_CHART_TYPE.BAR_STACKED, columns, _draw_ranges


def _room(high: list[float]) -> float:
    """Return how long the clear bar is on which a range's numbers stand."""
    return 0.34 * max((abs(value) for value in high), default=1.0)


def _range_part(chart: Chart, role: str) -> Series | None:
    of_fan = {"low": "p10", "middle": "p50", "high": "p90"}
    return chart.of(role) or chart.of(of_fan[role])  # type: ignore[arg-type]


def _draw_ranges(native: Any, chart: Chart) -> None:
    plot = native.plots[0]
    plot.gap_width, plot.overlap = 50, 100
    for drawn, colour in zip(plot.series, (None, None, INNER, MIDDLE, MIDDLE, INNER, None), strict=True):
        if colour is None:
            invisible(drawn)
        else:
            _fill(drawn, colour)
    low, high = _range_part(chart, "low"), _range_part(chart, "high")
    if low is not None and high is not None and len(chart.categories) <= MOST_LABELS:
        for row, (least, most) in enumerate(zip(low.values, high.values, strict=True)):
            _one_label(plot.series[6], row, f"{least.text} to {most.text}", XL_LABEL_POSITION.INSIDE_BASE)
    native.has_legend = False
    native.category_axis.reverse_order = True
    axis_at_bottom(native)


def _lines(chart: Chart) -> Plan:
    return XL_CHART_TYPE.LINE_MARKERS, [(plain(one.name, 40), _values(one, chart)) for one in chart.series], _draw_lines


def _draw_lines(native: Any, chart: Chart) -> None:
    for place, drawn in enumerate(native.plots[0].series):
        drawn.smooth = False
        drawn.format.line.color.rgb = RGBColor.from_string(LINES[place % len(LINES)])
        drawn.format.line.width = Pt(2.25)
    native.has_legend = len(chart.series) > 1
    if native.has_legend:
        native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False


PLANS: Final[dict[str, Callable[[Chart], Plan]]] = {
    "fan": _fan,
    "periods": _periods,
    "bars": _bars,
    "bridge": _bridge,
    "ranges": _ranges,
    "lines": _lines,
}


def _axes(native: Any, chart: Chart) -> None:
    value, category = native.value_axis, native.category_axis
    category.tick_label_position = XL_TICK_LABEL_POSITION.LOW  # names stay clear of bars below 0
    value.has_major_gridlines = True
    value.major_gridlines.format.line.color.rgb = RGBColor.from_string("E0E0E0")
    value.tick_labels.font.size = category.tick_labels.font.size = SMALL
    value.tick_labels.number_format, value.tick_labels.number_format_is_linked = number_format(chart), False
    value.format.line.fill.background()
    value.has_title = bool(chart.axis)
    if chart.axis:
        value.axis_title.text_frame.text = plain(chart.axis, 60)
        run = value.axis_title.text_frame.paragraphs[0].runs[0]
        run.font.size, run.font.bold = SMALL, False


def _fill(part: Any, colour: str) -> None:
    part.format.fill.solid()
    part.format.fill.fore_color.rgb = RGBColor.from_string(colour)


def _label(drawn: Any, values: Sequence[Quantity], position: Any) -> None:
    if len(values) <= MOST_LABELS:
        for row, value in enumerate(values):
            if value.value is not None:
                _one_label(drawn, row, value.text, position)


def _one_label(drawn: Any, row: int, words: str, position: Any) -> None:
    if not words:
        return
    label = drawn.points[row].data_label
    label.has_text_frame = True
    label.text_frame.text = plain(words)
    run = label.text_frame.paragraphs[0].runs[0]
    run.font.size = SMALL
    label.position = position
