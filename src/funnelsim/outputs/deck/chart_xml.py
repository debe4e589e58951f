"""What python-pptx cannot say of a chart, written into its XML: lines over areas, clear bases, legend entries.

What it leaves out: everything that python-pptx can say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement

from funnelsim.model.board_pack import Chart

LINE_WIDTH = 28_575
"""2.25 points in English metric units."""


def number_format(chart: Chart) -> str:
    """Return how the axis and the workbook show a chart's values.

    Parameters
    ----------
    chart : Chart
        Any chart.

    Returns
    -------
    str
        A spreadsheet's number format.
    """
    if chart.unit in {"chance", "share"}:
        return "0%"
    values = [abs(one.value) / chart.scale for series in chart.series for one in series.values if one.value]
    return "#,##0" if max(values, default=0.0) >= 20.0 or chart.unit == "count" else "#,##0.0"


def cell_format(chart: Chart) -> str:
    """Return how the cells behind a chart show its values.

    Parameters
    ----------
    chart : Chart
        Any chart.

    Returns
    -------
    str
        A spreadsheet's number format; a chance is never shown as certain.
    """
    changes = any((one.value or 0.0) < 0.0 for series in chart.series for one in series.values)
    if chart.unit != "chance" or changes:
        return number_format(chart)
    return '[<0.005]"less than 1%";[>0.995]"more than 99%";0%'


def invisible(series: Any) -> None:
    """Draw a series without fill and line: a base that others stand on.

    Parameters
    ----------
    series : pptx series
        Which.
    """
    series.format.fill.background()
    series.format.line.fill.background()


def as_lines(native: Any, count: int, looks: Sequence[tuple[str, str, str]]) -> None:
    """Draw the last series of an area chart as lines over the areas, on the same axes.

    Parameters
    ----------
    native : pptx Chart
        An area chart.
    count : int
        How many series from the end.
    looks : sequence of (str, str, str)
        Colour, dash and marker of each line.
    """
    plot_area = native._chartSpace.chart.plotArea
    areas = plot_area.find(qn("c:areaChart"))
    lines = _child(None, "c:lineChart")
    _child(lines, "c:grouping", val="standard")
    _child(lines, "c:varyColors", val="0")
    for series, look in zip(areas.findall(qn("c:ser"))[-count:], looks, strict=True):
        areas.remove(series)
        lines.append(_line(series, *look))
    _child(lines, "c:marker", val="1")
    for axis in areas.findall(qn("c:axId")):
        _child(lines, "c:axId", val=axis.get("val"))
    areas.addnext(lines)
    chart = native._chartSpace.chart
    blanks = chart.find(qn("c:dispBlanksAs"))
    if blanks is None:
        blanks = _child(None, "c:dispBlanksAs")
        chart.find(qn("c:plotVisOnly")).addnext(blanks)
    blanks.set("val", "gap")


def _line(series: Any, colour: str, dash: str, symbol: str) -> Any:
    for old in series.findall(qn("c:spPr")):
        series.remove(old)
    look = _child(None, "c:spPr")
    line = _child(look, "a:ln", w=str(LINE_WIDTH), cap="rnd")
    _child(_child(line, "a:solidFill"), "a:srgbClr", val=colour)
    _child(line, "a:prstDash", val=dash)
    series.find(qn("c:tx")).addnext(look)
    marker = _child(None, "c:marker")
    _child(marker, "c:symbol", val=symbol)
    if symbol != "none":
        _child(marker, "c:size", val="7")
        _child(_child(_child(marker, "c:spPr"), "a:solidFill"), "a:srgbClr", val=colour)
    look.addnext(marker)
    _child(series, "c:smooth", val="0")
    return series


def start_on_axis(native: Any) -> None:
    """Let areas begin on the value axis instead of half a category after it.

    Parameters
    ----------
    native : pptx Chart
        An area chart.
    """
    crossing = native._chartSpace.chart.plotArea.find(qn("c:valAx")).find(qn("c:crossBetween"))
    crossing.set("val", "midCat")


def add_intervals(series: Any, above: Sequence[float | None]) -> None:
    """Draw an interval upwards from the end of every bar of a series.

    Parameters
    ----------
    series : pptx series
        Of a bar chart; its values are the lower ends.
    above : sequence of float, (category,)
        How far the upper ends lie above them, in the axis's unit.
    """
    bars = _child(None, "c:errBars")
    for tag, value in (("c:errBarType", "both"), ("c:errValType", "cust"), ("c:noEndCap", "0")):
        _child(bars, tag, val=value)
    for tag, distances in (("c:plus", above), ("c:minus", [0.0] * len(above))):
        numbers = _child(_child(bars, tag), "c:numLit")
        _child(numbers, "c:ptCount", val=str(len(distances)))
        for row, distance in enumerate(distances):
            _child(_child(numbers, "c:pt", idx=str(row)), "c:v").text = repr(float(distance or 0.0))
    line = _child(_child(bars, "c:spPr"), "a:ln", w="25400")
    _child(_child(line, "a:solidFill"), "a:srgbClr", val="000000")
    element = series._element
    element.find(qn("c:cat")).addprevious(bars)


def axis_at_bottom(native: Any) -> None:
    """Keep the value axis at the bottom of lying bars that are read from the top.

    Parameters
    ----------
    native : pptx Chart
        Lying bars with categories in reverse order.
    """
    value_axis = native._chartSpace.chart.plotArea.find(qn("c:valAx"))
    value_axis.find(qn("c:crosses")).set("val", "max")


def hide_legend_entries(native: Any, rows: Sequence[int]) -> None:
    """Leave series out of the legend.

    Parameters
    ----------
    native : pptx Chart
        With a legend.
    rows : sequence of int
        Which series.
    """
    legend = native._chartSpace.chart.find(qn("c:legend"))
    after = legend.find(qn("c:legendPos"))
    for row in rows:
        entry = _child(None, "c:legendEntry")
        _child(entry, "c:idx", val=str(row))
        _child(entry, "c:delete", val="1")
        after.addnext(entry)
        after = entry


def _child(parent: Any, tag: str, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(name, value)
    if parent is not None:
        parent.append(element)
    return element
