"""Bars, bridges and floating ranges as native charts.

Which bars say what?  Each bar has its number beside it; the bars of a bridge and of a range float on transparent ones.

What it leaves out: bands and lines (:mod:`funnelsim.outputs.deck.band_charts`).
"""

from __future__ import annotations

import math
from typing import Any, Final

from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION

from funnelsim.model.board_pack import Chart, Series
from funnelsim.outputs.chart_names import (
    NEAR_THE_END,
    RANGE_WORDS,
    WORDS_ROOM,
    axis_end,
    from_to,
    has_full_ranges,
    has_intervals,
    has_thin_steps,
    levels_of,
    named_with_values,
    values_of,
)
from funnelsim.outputs.deck.chart_parts import (
    BARS,
    DOWN,
    GREY,
    INNER,
    MIDDLE,
    MOST_LABELS,
    UP,
    Column,
    Plan,
    fill,
    known,
    label,
    legend_below,
    one_label,
    steps,
)
from funnelsim.outputs.deck.chart_xml import add_intervals, axis_at_bottom, invisible
from funnelsim.outputs.plain_text import plain

LETTERS_UNDER_COLUMNS: Final = 84
LIGHT: Final = 1
"""Of the fills of bars, the one that dark words stand on."""
INTERVAL: Final = "interval from"


def bars(chart: Chart) -> Plan:
    """Plan bars: standing, or lying where names are too long to stand side by side.

    Parameters
    ----------
    chart : Chart
        Of kind ``bars``.

    Returns
    -------
    Plan
        Its chart.
    """
    shown = [one for one in chart.series if one.role == "bar"]
    kind = XL_CHART_TYPE.BAR_CLUSTERED if _lying(chart) else XL_CHART_TYPE.COLUMN_CLUSTERED
    columns: list[Column] = [(plain(one.name, 40), values_of(one, chart)) for one in shown]
    if has_intervals(chart):  # a clear bar as high as the lower end carries the interval
        columns.append((INTERVAL, values_of(chart.of("low"), chart)))
    return kind, columns, _draw_bars


def _lying(chart: Chart) -> bool:
    return sum(len(name) + 2 for name in named_with_values(chart)) > LETTERS_UNDER_COLUMNS


def _draw_bars(native: Any, chart: Chart) -> None:
    shown = [one for one in chart.series if one.role == "bar"]
    plot = native.plots[0]
    plot.gap_width, plot.overlap = 60, 100 if has_intervals(chart) else 0
    for place, (drawn, series) in enumerate(zip(plot.series, shown, strict=False)):
        fill(drawn, BARS[place % len(BARS)])
        for row in sorted(chart.grey):
            fill(drawn.points[row], GREY)
        if not has_intervals(chart):
            label(drawn, series.values, XL_LABEL_POSITION.OUTSIDE_END)
            for row in _at_the_end(chart, series):
                ink = "FFFFFF" if place % len(BARS) != LIGHT and row not in chart.grey else "000000"
                one_label(drawn, row, series.values[row].text, XL_LABEL_POSITION.INSIDE_END, ink)
    if has_intervals(chart):
        invisible(plot.series[1])
        highest = max(known(chart.of("high"), chart), default=1.0)
        native.value_axis.maximum_scale = min(round_up(highest), 1.0 if chart.unit in {"share", "chance"} else math.inf)
        add_intervals(plot.series[1], steps(known(chart.of("high"), chart), known(chart.of("low"), chart)))
    if _lying(chart):
        native.category_axis.reverse_order = True
        axis_at_bottom(native)
    native.has_legend = False
    if len(shown) > 1:
        legend_below(native)
    values = [value for one in shown for value in known(one, chart)]
    least, most = min(values, default=0.0), max(values, default=0.0)
    if least >= 0.0:
        native.value_axis.minimum_scale = 0.0
    elif _lying(chart):  # numbers stand left of bars below 0 and must not run into the names
        native.value_axis.minimum_scale = -round_up(0.25 * (max(most, 0.0) - least) - least)


def _at_the_end(chart: Chart, series: Series) -> list[int]:
    """Return the bars that leave no room for a number between them and the end of the axis."""
    end = axis_end(chart)
    if end is None or len(series.values) > MOST_LABELS:
        return []
    return [row for row, one in enumerate(series.values) if (one.value or 0.0) > NEAR_THE_END * end]


def round_up(value: float) -> float:
    """Return a round number that an axis may end at.

    Parameters
    ----------
    value : float
        The largest that is shown.

    Returns
    -------
    float
        At least the value, and at most a third more: 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a power of ten.
    """
    if value <= 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * power >= value * (1 - 1e-9))


def bridge(chart: Chart) -> Plan:
    """Plan a bridge from a first to a last total.

    Parameters
    ----------
    chart : Chart
        Of kind ``bridge``.

    Returns
    -------
    Plan
        Its chart.
    """
    base: list[float | None] = []
    parts: dict[str, list[float | None]] = {"total": [], "up": [], "down": []}
    level = 0.0
    found = known(chart.of("step"), chart)
    for row, step in enumerate(found):
        whole = row in {0, len(found) - 1}
        before, level = (0.0, step) if whole else (level, level + step)
        base.append(0.0 if whole else min(before, level))
        kind = "total" if whole else "up" if step >= 0.0 else "down"
        for name, values in parts.items():
            values.append(abs(step) if name == kind else None)
    columns: list[Column] = [("base", base), *((name, values) for name, values in parts.items())]
    if has_thin_steps(chart):
        columns.append(("room for words", [WORDS_ROOM * max(levels_of(chart)) / chart.scale] * len(found)))
    return XL_CHART_TYPE.COLUMN_STACKED, columns, _draw_bridge


def _draw_bridge(native: Any, chart: Chart) -> None:
    plot = native.plots[0]
    plot.gap_width, plot.overlap = 40, 100
    base, *parts = list(plot.series)
    invisible(base)
    series = chart.of("step")
    texts = series.values if series is not None else ()
    above = parts.pop() if has_thin_steps(chart) else None
    for drawn, colour in zip(parts, (GREY, UP, DOWN), strict=True):
        fill(drawn, colour)
        ink = "FFFFFF" if colour == UP else "000000"
        for row, value in enumerate(drawn.values):
            if value is not None and above is None:
                one_label(drawn, row, texts[row].text, XL_LABEL_POSITION.INSIDE_END, ink)
    if above is not None:
        invisible(above)
        for row, text in enumerate(texts):
            one_label(above, row, text.text, XL_LABEL_POSITION.INSIDE_BASE)
    if min(levels_of(chart), default=0.0) >= 0.0:
        native.value_axis.minimum_scale = 0.0
    native.has_legend = False


def ranges(chart: Chart) -> Plan:
    """Plan floating bars from low to high, lying; a change of shade is the middle.

    Parameters
    ----------
    chart : Chart
        Of kind ``ranges``, or a ``fan`` of one period.

    Returns
    -------
    Plan
        Its chart.
    """
    low, middle, high = (known(_range_part(chart, name), chart) for name in ("low", "middle", "high"))
    zero = [0.0] * len(low)
    above = [[max(value, 0.0) for value in values] for values in (low, middle, high)]
    below = [[min(value, 0.0) for value in values] for values in (low, middle, high)]
    full = has_full_ranges(chart)  # their ends stand in their names
    room = 0.0 if full else RANGE_WORDS * (max((*high, 0.0)) - min((*low, 0.0)))
    columns: list[Column] = [
        ("base", steps(above[0], zero)),
        ("base below 0", steps(below[2], zero)),
        ("low to middle", steps(above[1], above[0])),
        ("middle to high", steps(above[2], above[1])),
        ("middle to high, below 0", steps(below[1], below[2])),
        ("low to middle, below 0", steps(below[0], below[1])),
        ("room for words", [room if value > 0.0 else 0.0 for value in high]),
        ("room for words below 0", [0.0 if value > 0.0 else -room for value in high]),
    ]
    return XL_CHART_TYPE.BAR_STACKED, columns, _draw_ranges


def _range_part(chart: Chart, role: str) -> Series | None:
    of_fan = {"low": "p10", "middle": "p50", "high": "p90"}
    return chart.of(role) or chart.of(of_fan[role])  # type: ignore[arg-type]


def _draw_ranges(native: Any, chart: Chart) -> None:
    plot = native.plots[0]
    plot.gap_width, plot.overlap = 50, 100
    for drawn, colour in zip(plot.series, (None, None, INNER, MIDDLE, MIDDLE, INNER, None, None), strict=True):
        if colour is None:
            invisible(drawn)
        else:
            fill(drawn, colour)
    low, high = _range_part(chart, "low"), _range_part(chart, "high")
    if low is not None and high is not None and len(chart.categories) <= MOST_LABELS and not has_full_ranges(chart):
        for row, (least, most) in enumerate(zip(low.values, high.values, strict=True)):
            clear = plot.series[6 if (most.value or 0.0) > 0.0 else 7]
            one_label(clear, row, from_to(least, most), XL_LABEL_POSITION.INSIDE_BASE)
    native.has_legend = False
    native.category_axis.reverse_order = True
    axis_at_bottom(native)
