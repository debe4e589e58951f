"""Charts of a board pack as native spreadsheet charts over cells that hold their numbers.

What it leaves out: tables and formulas.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from funnelsim.model.board_pack import Chart, Exhibit, Series
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.workbook.cells import WIDEST, Formats, number_format, write_text

INNER, MIDDLE, OUTER, MEDIAN, PLAN = "#2171B5", "#6BAED6", "#C6DBEF", "#08306B", "#D55E00"
COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000")
SIZE: Final = {"width": 860, "height": 400}
ROWS_OF_A_CHART: Final = 21
Column = tuple[str, list[float | None]]
FAN: Final = (
    ("P5 to P10", "p5", "p10", OUTER),
    ("P10 to P25", "p10", "p25", MIDDLE),
    ("P25 to P75", "p25", "p75", INNER),
    ("P75 to P90", "p75", "p90", MIDDLE),
    ("P90 to P95", "p90", "p95", OUTER),
)


class Ground:
    """Cells under a chart: the categories in the first column, one column a series.

    Parameters
    ----------
    sheet : xlsxwriter Worksheet
        Where.
    name : str
        The sheet's name.
    top, rows : int
        Row of the headers, from 0, and how many categories.
    """

    def __init__(self, sheet: Any, name: str, top: int, rows: int) -> None:
        self.sheet, self.name, self.top, self.rows = sheet, name, top, rows

    def series(self, column: int, **look: Any) -> dict[str, Any]:
        """Return a series of a chart that reads one column.

        Parameters
        ----------
        column : int
            From 1.
        **look : Any
            As xlsxwriter names it.

        Returns
        -------
        dict
            For ``add_series``.
        """
        first, last = self.top + 1, self.top + self.rows
        return {
            "name": [self.name, self.top, column],
            "categories": [self.name, first, 0, last, 0],
            "values": [self.name, first, column, last, column],
            **look,
        }


def write_chart(book: Any, sheet: Any, top: int, exhibit: Exhibit, formats: Formats) -> int:
    """Write a chart's numbers, and the chart below them.

    Parameters
    ----------
    book : xlsxwriter Workbook
        Makes charts.
    sheet : xlsxwriter Worksheet
        Where.
    top : int
        Row of the headers, from 0.
    exhibit : Exhibit
        With a chart.
    formats : Formats
        Of the workbook.

    Returns
    -------
    int
        The first row below the chart, which stands below the numbers.
    """
    chart = exhibit.chart
    assert chart is not None, "an exhibit with a chart"
    columns, draw = _plan(chart)
    head = formats.of(bold=True, bottom=1, text_wrap=True, valign="top")
    write_text(sheet, top, 0, "", head)
    for row, name in enumerate(chart.categories, start=top + 1):
        write_text(sheet, row, 0, name)
    look = formats.of(num_format=_format(chart))
    for column, (name, values) in enumerate(columns, start=1):
        write_text(sheet, top, column, name, head)
        for row, value in enumerate(values, start=top + 1):
            if value is not None:
                sheet.write_number(row, column, value, look)
    drawn = draw(book, Ground(sheet, sheet.get_name(), top, len(chart.categories)), chart)
    drawn.set_size(SIZE)
    drawn.set_title({"none": True})
    below = top + 2 + len(chart.categories)
    sheet.insert_chart(below, 0, drawn, {"description": plain(exhibit.alt or exhibit.title)})
    if exhibit.table is None:
        sheet.set_column(0, 0, min(max(12, *(len(name) + 2 for name in chart.categories)), WIDEST))
        sheet.set_column(1, len(columns), 14)
    return below + ROWS_OF_A_CHART


def _format(chart: Chart) -> str:
    texts = [one.text for series in chart.series for one in series.values if one.value is not None]
    return number_format(texts[0]) if texts else "General"


def _values(series: Series | None, chart: Chart) -> list[float | None]:
    return [one.value for one in series.values] if series is not None else [None] * len(chart.categories)


def _gaps(high: list[float | None], low: list[float | None]) -> list[float | None]:
    return [None if a is None or b is None else a - b for a, b in zip(high, low, strict=True)]


Draw = Callable[[Any, Ground, Chart], Any]


def _plan(chart: Chart) -> tuple[list[Column], Draw]:
    """Return the columns under a chart, exact numbers first, and how it is drawn."""
    given: list[Column] = [(plain(one.name, 60), _values(one, chart)) for one in chart.series]
    if chart.kind == "fan":
        known = {one.role: _values(one, chart) for one in chart.series}
        extra: list[Column] = [(name, _gaps(known[high], known[low])) for name, low, high, _ in FAN]  # type: ignore[index]
        return [*given, *extra, *_reference(chart)], _fan
    if chart.kind == "ranges":
        low, middle, high = (_values(chart.of(role), chart) for role in ("low", "middle", "high"))
        return [*given, ("low to middle", _gaps(middle, low)), ("middle to high", _gaps(high, middle))], _ranges
    if chart.kind == "bridge":
        return [*given, *_steps(chart)], _bridge
    return [*given, *_reference(chart)], _lines if chart.kind == "lines" else _bars


def _reference(chart: Chart) -> list[Column]:
    if chart.reference is None or chart.reference.value is None:
        return []
    last = len(chart.categories) - 1 if chart.reference_end is None else chart.reference_end
    level = chart.reference.value
    values = [level if row <= last else None for row in range(len(chart.categories))]
    return [(plain(chart.reference_name or "reference", 60), values)]


def _steps(chart: Chart) -> list[Column]:
    base: list[float | None] = []
    up: list[float | None] = []
    down: list[float | None] = []
    level = 0.0
    values = _values(chart.of("step"), chart)
    for row, value in enumerate(values):
        step = value or 0.0
        whole = row in {0, len(values) - 1}
        before, level = (0.0, step) if whole else (level, level + step)
        base.append(0.0 if whole else min(before, level))
        up.append(step if step >= 0.0 or whole else None)
        down.append(None if step >= 0.0 or whole else -step)
    return [("base", base), ("up or total", up), ("down", down)]


NONE: Final = {"fill": {"none": True}, "border": {"none": True}}


def _fill(colour: str) -> dict[str, Any]:
    return {"fill": {"color": colour}, "border": {"none": True}}


def _fan(book: Any, ground: Ground, chart: Chart) -> Any:
    count = len(chart.series)
    place = {one.role: column for column, one in enumerate(chart.series, start=1)}
    kind = "area" if chart.running and len(chart.categories) > 1 else "column"
    bands = book.add_chart({"type": kind, "subtype": "stacked"})
    bands.add_series(ground.series(place["p5"], **NONE))
    for column, (_, _, _, colour) in enumerate(FAN, start=count + 1):
        bands.add_series(ground.series(column, **_fill(colour)))
    lines = book.add_chart({"type": "line"})
    marks = {} if kind == "area" else {"marker": {"type": "long_dash", "size": 9}}
    shown = {"color": MEDIAN, "width": 2.25} if kind == "area" else {"none": True}
    lines.add_series(ground.series(place["p50"], line=shown, **marks))
    for role, colour in (("actual", "#000000"), ("earlier", "#555555")):
        if role in place:
            lines.add_series(ground.series(place[role], line={"color": colour, "width": 2}))
    if chart.reference is not None:
        lines.add_series(ground.series(count + len(FAN) + 1, line={"color": PLAN, "width": 2, "dash_type": "dash"}))
    bands.combine(lines)
    bands.set_legend({"position": "bottom", "delete_series": [0, 4, 5]})
    return _named(bands, chart)


def _ranges(book: Any, ground: Ground, chart: Chart) -> Any:
    count = len(chart.series)
    place = {one.role: column for column, one in enumerate(chart.series, start=1)}
    drawn = book.add_chart({"type": "bar", "subtype": "stacked"})
    drawn.add_series(ground.series(place["low"], **NONE))
    drawn.add_series(ground.series(count + 1, **_fill(INNER)))
    drawn.add_series(ground.series(count + 2, **_fill(MIDDLE)))
    drawn.set_y_axis({"reverse": True, "label_position": "low"})
    drawn.set_x_axis({"name": "", "label_position": "high", "major_gridlines": {"visible": True}})
    drawn.set_legend({"none": True})
    return drawn


def _bridge(book: Any, ground: Ground, chart: Chart) -> Any:
    count = len(chart.series)
    drawn = book.add_chart({"type": "column", "subtype": "stacked"})
    drawn.add_series(ground.series(count + 1, **NONE))
    drawn.add_series(ground.series(count + 2, **_fill(COLOURS[0])))
    drawn.add_series(ground.series(count + 3, **_fill(COLOURS[1])))
    drawn.set_legend({"none": True})
    return _named(drawn, chart)


def _bars(book: Any, ground: Ground, chart: Chart) -> Any:
    drawn = book.add_chart({"type": "column"})
    bars = [column for column, one in enumerate(chart.series, start=1) if one.role == "bar"]
    for place, column in enumerate(bars):
        drawn.add_series(ground.series(column, **_fill(COLOURS[place % len(COLOURS)])))
    drawn.set_legend({"position": "bottom"} if len(bars) > 1 else {"none": True})
    return _named(drawn, chart)


def _lines(book: Any, ground: Ground, chart: Chart) -> Any:
    drawn = book.add_chart({"type": "line"})
    for column in range(1, len(chart.series) + 1):
        colour = COLOURS[(column - 1) % len(COLOURS)]
        drawn.add_series(ground.series(column, line={"color": colour, "width": 2}, marker={"type": "automatic"}))
    drawn.set_legend({"position": "bottom"})
    return _named(drawn, chart)


def _named(drawn: Any, chart: Chart) -> Any:
    values = [value for one in chart.series for value in _values(one, chart) if value is not None]
    floor = {"min": 0} if chart.kind != "lines" and min(values, default=0.0) >= 0.0 else {}
    grid = {"visible": True, "line": {"color": "#E0E0E0"}}
    drawn.set_y_axis({"num_format": _format(chart), "major_gridlines": grid, **floor})
    drawn.set_x_axis({"label_position": "low"})
    drawn.show_blanks_as("gap")
    return drawn
