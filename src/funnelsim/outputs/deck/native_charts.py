"""Charts of a board pack as native PowerPoint charts, which a reader can edit.

Which series does each kind of chart become?  Every chart's own workbook holds its numbers in the axis's unit.

What it leaves out: how each kind is drawn (:mod:`funnelsim.outputs.deck.band_charts` and
:mod:`funnelsim.outputs.deck.bar_charts`), and where a chart stands on a slide (:mod:`funnelsim.outputs.deck.slides`).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any, Final

import xlsxwriter
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_TICK_LABEL_POSITION

from funnelsim.model.board_pack import Chart
from funnelsim.outputs.chart_names import axis_end, native_names
from funnelsim.outputs.deck.band_charts import fan, lines, periods
from funnelsim.outputs.deck.bar_charts import bars, bridge, ranges
from funnelsim.outputs.deck.chart_parts import SMALL, Column, Plan
from funnelsim.outputs.deck.chart_xml import cell_format, number_format
from funnelsim.outputs.plain_text import plain

LONGEST_NAME: Final = 56
"""Letters of a category; programs break a name into lines, the table beside it has all of it."""
PLANS: Final[dict[str, Callable[[Chart], Plan]]] = {
    "fan": fan,
    "periods": periods,
    "bars": bars,
    "bridge": bridge,
    "ranges": ranges,
    "lines": lines,
}


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
    names = native_names(chart, LONGEST_NAME)
    frame = slide.shapes.add_chart(kind, *place, _data(chart, names, columns))
    native = frame.chart
    if chart.positions is None:  # over numbers, the writer's own cells hold numbers and no word of a user
        native.part.chart_workbook.update_from_xlsx_blob(workbook_blob(names, columns, cell_format(chart)))
    native.font.size, native.has_title = SMALL, False
    _axes(native, chart)
    draw(native, chart)
    end = axis_end(chart)
    if end is not None:
        native.value_axis.maximum_scale = end
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(alt))
    return frame


def _data(chart: Chart, names: Sequence[str], columns: Sequence[Column]) -> CategoryChartData | XyChartData:
    if chart.positions is None:
        data = CategoryChartData(number_format=number_format(chart))
        data.categories = names
        for name, values in columns:
            data.add_series(name, values)
        return data
    points = XyChartData(number_format=number_format(chart))
    for name, values in columns:
        series = points.add_series(name)
        for place, value in zip(chart.positions, values, strict=True):
            if value is not None:
                series.add_data_point(place, value)
    return points


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


def _axes(native: Any, chart: Chart) -> None:
    value, category = native.value_axis, native.category_axis
    if chart.positions is not None:
        category.has_major_gridlines = False
        form = "0%" if all(name.endswith("%") for name in chart.categories) else "General"
        category.tick_labels.number_format, category.tick_labels.number_format_is_linked = form, False
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
