"""Charts of a board pack as native spreadsheet charts over cells that hold their numbers.

Which marks does each kind of chart get?  The same as on the slides: bands of one hue, a dashed plan, signs and
intervals, and colours that differ in lightness.

What it leaves out: the numbers under a chart (:mod:`funnelsim.outputs.workbook.chart_columns`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from xlsxwriter.utility import xl_range_abs

from funnelsim.model.board_pack import Chart, Quantity, Series
from funnelsim.outputs.chart_names import (
    axis_end,
    has_full_ranges,
    has_intervals,
    has_thin_steps,
    is_far_from_zero,
    levels_of,
)
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.workbook.chart_columns import FAN, ChartColumns

INNER, MIDDLE, OUTER, MEDIAN, PLAN = "#2171B5", "#6BAED6", "#C6DBEF", "#08306B", "#D55E00"
BANDS: Final = (OUTER, MIDDLE, INNER, MIDDLE, OUTER)
FILLS: Final = ("#0072B2", "#E69F00", "#333333", "#B8B8B8", "#CC79A7", "#009E73")
"""Of bars beside each other: next ones differ in lightness too, for print in grey."""
STROKES: Final = ("#0072B2", "#D55E00", "#000000", "#009E73", "#CC79A7")
DASHES: Final = ("solid", "dash", "round_dot", "dash_dot", "long_dash")
MARKERS: Final = ("circle", "square", "triangle", "diamond", "x")
TOTAL, RISE, FALL, GREY = "#6E6E6E", "#0072B2", "#D55E00", "#A6A6A6"
MOST_LABELS: Final = 16
CLEAR: Final = {"fill": {"none": True}, "border": {"none": True}}
BARE: Final = {"type": "none"}
DASHED: Final = {"color": PLAN, "width": 2.25, "dash_type": "dash"}


class Ground:
    """Cells under a chart: the categories in the first column, one column a series.

    Parameters
    ----------
    book : xlsxwriter Workbook
        Makes charts.
    name : str
        The sheet's name.
    corner : tuple of int
        Row of the headers, and the column from which the drawn columns stand, both from 0.
    chart : Chart
        What is drawn.
    columns : ChartColumns
        The given ones stand from column 1.
    """

    def __init__(self, book: Any, name: str, corner: tuple[int, int], chart: Chart, columns: ChartColumns) -> None:
        self.book, self.name = book, name
        self.top, self.drawn = corner
        self.chart, self.columns = chart, columns
        self.rows = len(chart.categories)

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

    def place(self, role: str) -> int | None:
        """Return the column of a role's first series.

        Parameters
        ----------
        role : str
            Of the chart's.

        Returns
        -------
        int or None
            From 1; None where no series has it.
        """
        return next((column for column, one in enumerate(self.chart.series, start=1) if one.role == role), None)

    def cells(self, column: int) -> str:
        """Return the cells of a column as a formula.

        Parameters
        ----------
        column : int
            From 1.

        Returns
        -------
        str
            With the sheet's name.
        """
        return f"='{self.name}'!{xl_range_abs(self.top + 1, column, self.top + self.rows, column)}"


def native_chart(ground: Ground) -> Any:
    """Return a chart as the spreadsheet draws it.

    Parameters
    ----------
    ground : Ground
        The chart and the cells it reads.

    Returns
    -------
    xlsxwriter Chart
        With axes in the unit of the pack's chart.
    """
    drawn = DRAWINGS[ground.chart.kind](ground)
    drawn.set_title({"none": True})
    drawn.show_blanks_as("gap")
    return drawn


def axis_format(chart: Chart) -> str:
    """Return how an axis shows whole units in the unit of its title.

    Parameters
    ----------
    chart : Chart
        Says the unit and its scale, a power of a thousand.

    Returns
    -------
    str
        A spreadsheet's number format; each trailing comma divides by a thousand.
    """
    if chart.unit in {"chance", "share"}:
        return "0%"
    values = [abs(one.value) / chart.scale for series in chart.series for one in series.values if one.value]
    whole = chart.unit == "count" or max(values, default=0.0) >= 20.0
    thousands = sum(chart.scale >= size for size in (1e3, 1e6, 1e9, 1e12))
    return ("#,##0" if whole else "#,##0.0") + "," * thousands


def _fill(colour: str) -> dict[str, Any]:
    return {"fill": {"color": colour}, "border": {"none": True}}


def _words(text: str, most: int = 60) -> str:
    """Return text that the writer does not take for a formula."""
    shown = plain(text, most)
    return f" {shown}" if shown.startswith("=") else shown


def _labels(values: Sequence[Quantity], position: str, chosen: Sequence[bool] | None = None) -> dict[str, Any]:
    """Return the printed texts as labels; nothing where they would not fit."""
    if len(values) > MOST_LABELS:
        return {}
    kept = chosen or [True] * len(values)
    custom = [
        {"value": _words(one.text)} if one.value is not None and on else {"delete": True}
        for one, on in zip(values, kept, strict=True)
    ]
    return {"data_labels": {"value": True, "custom": custom, "position": position, "font": {"size": 10}}}


def _axes(drawn: Any, ground: Ground, *, lying: bool = False) -> Any:
    chart = ground.chart
    values = [one.value for series in chart.series for one in series.values if one.value is not None]
    if chart.kind == "bridge":  # its bars stand between its levels; the steps themselves may be below 0
        values = levels_of(chart)
    floor = {"min": 0} if min(values, default=0.0) >= 0.0 and chart.kind != "lines" else {}
    if is_far_from_zero(chart):
        floor = {}
    if chart.unit == "chance" and chart.kind == "lines":
        floor = {"min": 0, "max": 1}
    if axis_end(chart) is not None:
        floor |= {"max": 1}
    amount = {
        "num_format": axis_format(chart),
        "major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}},
        "name": _words(chart.axis),
        "name_font": {"bold": False, "size": 10},
        "line": {"none": True},
        **floor,
    }
    if lying:
        drawn.set_x_axis({**amount, "label_position": "high"})
        drawn.set_y_axis({"reverse": True, "label_position": "low"})
    else:
        drawn.set_y_axis(amount)
        numbers = chart.positions is not None
        percent = numbers and all(name.endswith("%") for name in chart.categories)
        over = {"num_format": "0%" if percent else "General", "major_gridlines": {"visible": False}} if numbers else {}
        drawn.set_x_axis({"label_position": "low", **over})
    return drawn


def _with_level(drawn: Any, ground: Ground, lines: Any = None) -> None:
    """Put lines, and the level as a dashed one, over areas or bars."""
    if ground.columns.reference is not None:
        lines = lines or ground.book.add_chart({"type": "line"})
        lines.add_series(ground.series(1 + ground.columns.reference, line=DASHED))
    if lines is not None:
        drawn.combine(lines)


def _fan(ground: Ground) -> Any:
    together = ground.chart.running and ground.rows > 1
    bands = ground.book.add_chart({"type": "area" if together else "column", "subtype": "stacked"})
    base, middle = ground.place("p5"), ground.place("p50")
    wide = {} if together else {"gap": 45}
    bands.add_series(ground.series(base or 1, **CLEAR, **wide))
    for column, colour in enumerate(BANDS, start=ground.drawn):
        bands.add_series(ground.series(column, **_fill(colour)))
    lines = ground.book.add_chart({"type": "line"})
    if together:
        lines.add_series(ground.series(middle or 1, line={"color": MEDIAN, "width": 2.25}))
    else:
        look = {"type": "long_dash", "size": 12, "fill": {"color": MEDIAN}, "border": {"color": "#FFFFFF"}}
        lines.add_series(ground.series(middle or 1, line={"none": True}, marker=look))
    for role, line in (
        ("actual", {"color": "#000000", "width": 2.5}),
        ("earlier", {"color": "#000000", "width": 1.5, "dash_type": "round_dot"}),
    ):
        at = ground.place(role)
        if at is not None:
            lines.add_series(ground.series(at, line=line))
    _with_level(bands, ground, lines)
    assert len(BANDS) == len(FAN), "a colour for each band"
    bands.set_legend({"position": "bottom", "delete_series": [0, 4, 5]})
    return _axes(bands, ground)


def _bars(ground: Ground) -> Any:
    drawn = ground.book.add_chart({"type": "column"})
    bars = [(column, one) for column, one in enumerate(ground.chart.series, start=1) if one.role == "bar"]
    alone = has_intervals(ground.chart)  # a whisker would cross a label: the number stands in the name

    def words(series: Series) -> dict[str, Any]:
        return {} if alone else _labels(series.values, "outside_end")

    for place, (column, one) in enumerate(bars):
        look: dict[str, Any] = {**_fill(FILLS[place % len(FILLS)]), **words(one), "gap": 60}
        if ground.chart.grey:
            look["points"] = [
                {"fill": {"color": GREY}} if row in ground.chart.grey else None for row in range(ground.rows)
            ]
        drawn.add_series(ground.series(column, **look))
    for place in range(0, len(ground.columns.drawn), 2):  # clear bars as high as lower ends carry the intervals
        reach = {
            "type": "custom",
            "plus_values": ground.cells(ground.drawn + place + 1),
            "minus_values": [0.0] * ground.rows,
            "line": {"color": "#000000", "width": 1.5},
        }
        drawn.add_series(ground.series(ground.drawn + place, **CLEAR, y_error_bars=reach, overlap=100))
    _with_level(drawn, ground)
    several = len(bars) > 1 or ground.columns.reference is not None
    drawn.set_legend({"position": "bottom"} if several else {"none": True})
    return _axes(drawn, ground)


def _bridge(ground: Ground) -> Any:
    drawn = ground.book.add_chart({"type": "column", "subtype": "stacked"})
    series = ground.chart.of("step")
    values = series.values if series is not None else ()
    looks = (CLEAR, CLEAR, _fill(TOTAL), _fill(TOTAL), _fill(RISE), _fill(RISE), _fill(FALL), _fill(FALL))
    said = [Quantity(one.value, _signed(one, row, len(values)), one.path) for row, one in enumerate(values)]
    above = has_thin_steps(ground.chart)
    for place, look in enumerate(looks):
        stood = ground.columns.drawn[place][1]
        mine = [one is not None and one != 0.0 for one in stood]
        labels = _labels(said, "inside_end", mine) if place >= 2 and any(mine) and not above else {}
        drawn.add_series(ground.series(ground.drawn + place, **look, **labels, gap=40))
    if above:
        drawn.add_series(ground.series(ground.drawn + len(looks), **CLEAR, **_labels(said, "inside_base")))
    drawn.set_legend({"none": True})
    return _axes(drawn, ground)


def _signed(step: Quantity, row: int, count: int) -> str:
    rising = row not in {0, count - 1} and (step.value or 0.0) > 0.0 and not step.text.startswith("+")
    return f"+{step.text}" if rising else step.text


def _ranges(ground: Ground) -> Any:
    drawn = ground.book.add_chart({"type": "bar", "subtype": "stacked"})
    looks = (CLEAR, CLEAR, _fill(INNER), _fill(MIDDLE), _fill(MIDDLE), _fill(INNER))
    for place, look in enumerate(looks):
        drawn.add_series(ground.series(ground.drawn + place, **look, gap=50))
    low, middle, high = (ground.chart.of(role) for role in ("low", "middle", "high"))
    if low is not None and middle is not None and high is not None and not has_full_ranges(ground.chart):
        said = [
            Quantity(b.value, f"{b.text} ({a.text} to {c.text})")
            for a, b, c in zip(low.values, middle.values, high.values, strict=True)
        ]
        drawn.add_series(ground.series(ground.drawn + len(looks), **CLEAR, **_labels(said, "inside_base")))
    drawn.set_legend({"none": True})
    return _axes(drawn, ground, lying=True)


def _lines(ground: Ground) -> Any:
    over_numbers = ground.chart.positions is not None
    kind = {"type": "scatter", "subtype": "straight_with_markers"} if over_numbers else {"type": "line"}
    drawn = ground.book.add_chart(kind)
    place = 0
    for column, one in enumerate(ground.chart.series, start=1):
        if one.role in {"low", "high"}:
            line: dict[str, Any] = {"color": "#808080", "width": 1.25, "dash_type": "dash"}
            drawn.add_series(ground.series(column, line=line, marker=BARE))
            continue
        colour, turn = STROKES[place % len(STROKES)], place % len(DASHES)
        dot = {"type": MARKERS[turn], "size": 6, "fill": {"color": colour}, "border": {"color": colour}}
        line = {"color": colour, "width": 2.25, "dash_type": DASHES[turn]}
        drawn.add_series(ground.series(column, line=line, marker=dot))
        place += 1
    if ground.columns.reference is not None:
        drawn.add_series(ground.series(1 + ground.columns.reference, line=DASHED, marker=BARE))
    drawn.set_legend({"position": "bottom"})
    return _axes(drawn, ground)


DRAWINGS: Final[dict[str, Callable[[Ground], Any]]] = {
    "fan": _fan,
    "bars": _bars,
    "bridge": _bridge,
    "ranges": _ranges,
    "lines": _lines,
}
