"""Bars that lie, for names too long to stand below columns: bars from 0, and floating ranges.

The question: how does every name stay readable?  Names stand left of their bars in up to three lines; numbers right.

What it leaves out: columns (:mod:`funnelsim.outputs.pictures.bar_marks`).
"""

from __future__ import annotations

from typing import Any

import altair as alt

from funnelsim.model.board_pack import Chart, Role
from funnelsim.outputs.chart_names import has_intervals, values_of
from funnelsim.outputs.chart_style import DASHES, INNER, MEDIAN, MIDDLE, PAPER, PLAN, PLAN_WORDS, Spec
from funnelsim.outputs.pictures.bar_rows import bar_colours, bar_rows, whiskers
from funnelsim.outputs.pictures.picture_frame import (
    LABEL_SIZE,
    MOST_VALUE_LABELS,
    Drawing,
    data_of,
    ends_of,
    haloed,
    room_for,
    value_axis,
    value_scale,
    zero_line,
)
from funnelsim.outputs.pictures.picture_names import labels_of, name_axis, stacked
from funnelsim.outputs.plain_text import plain

INK = "#222222"


def lying_bars(chart: Chart) -> Drawing:
    """Return bars that lie under each other, with their intervals where there are such.

    Parameters
    ----------
    chart : Chart
        Of the kind ``bars``; the n-th series ``low`` and the n-th ``high`` are the interval of the n-th bar.

    Returns
    -------
    Drawing
        From top to bottom in the order of the categories; the number stands at each bar's end.
    """
    shown = [one for one in chart.series if one.role == "bar"]
    labels = stacked(labels_of(chart))
    rows = [row for place, one in enumerate(shown) for row in bar_rows(chart, labels, place, one)]
    ends = ends_of(chart, [row[name] for row in rows for name in ("value", "low", "high")])
    names = [plain(one.name, 40) for one in shown]
    y = alt.Y("at:N", axis=name_axis(labels), scale=alt.Scale(domain=labels, paddingInner=0.3, paddingOuter=0.2))
    several: dict[str, Any] = {}
    if len(shown) > 1:
        several = {"yOffset": alt.YOffset("series:N", scale=alt.Scale(domain=names, paddingInner=0.08))}
    size = max(2.0, min(30.0, 0.55 * 360 / max(len(rows), 1)))
    caption = "Grey: too few to say." if chart.grey else ""
    x = alt.X("value:Q", axis=value_axis(chart, below=caption), scale=value_scale(ends))
    base = data_of(rows).encode(y=y, **several)
    layers = [base.mark_bar(size=size).encode(x=x, color=bar_colours(names, bool(chart.grey), len(shown) > 1))]
    layers += whiskers(base, rows, size, lying=True)
    words = len(rows) <= MOST_VALUE_LABELS and not has_intervals(chart)
    known = [row for row in rows if row["value"] is not None] if words else []
    for mine, side, align, away in (
        ([row for row in known if row["value"] >= 0], "top", "left", 6),
        ([row for row in known if row["value"] < 0], "bottom", "right", -6),
    ):
        if mine:
            text = data_of(mine).encode(y=y, x=alt.X(f"{side}:Q"), text="words:N", **several)
            layers += haloed(text, dx=away, align=align, baseline="middle", color=INK)
    layers += zero_line(ends, alt.X("zero:Q"))
    return Drawing(layers, [], room_for([row["words"] for row in rows]))


def ranges(chart: Chart) -> Drawing:
    """Return floating bars, lying, with the middle marked and the numbers in words beside them.

    Parameters
    ----------
    chart : Chart
        Of the kind ``ranges``.

    Returns
    -------
    Drawing
        From top to bottom in the order of the categories.
    """
    parts: tuple[Role, ...] = ("low", "middle", "high", "p25", "p75")
    columns = {role: values_of(chart.of(role), chart) for role in parts if chart.of(role) is not None}
    labels, words = stacked(labels_of(chart)), _range_words(chart)
    rows: list[Spec] = [
        {"at": label, "words": words[row], **{str(role): values[row] for role, values in columns.items()}}
        for row, label in enumerate(labels)
    ]
    level = None if chart.reference is None or chart.reference.value is None else chart.reference.value / chart.scale
    ends = ends_of(chart, [*(value for values in columns.values() for value in values), level])
    y = alt.Y("at:N", axis=name_axis(labels), scale=alt.Scale(domain=labels, paddingInner=0.3, paddingOuter=0.2))
    x = alt.X("low:Q", axis=value_axis(chart, below=_range_caption(chart)), scale=value_scale(ends))
    size = min(30.0, 0.55 * 360 / max(len(labels), 1))
    base = data_of(rows).encode(y=y)
    inside = "p25" in columns and "p75" in columns
    layers = [base.mark_bar(color=MIDDLE, size=size).encode(x=x, x2="high")]
    if inside:
        layers.append(base.mark_bar(color=INNER, size=size).encode(x=alt.X("p25:Q"), x2="p75"))
    if "middle" in columns:
        at = alt.X("middle:Q")
        layers.append(base.mark_tick(color=PAPER, size=size, thickness=5, opacity=1, orient="vertical").encode(x=at))
        tick = base.mark_tick(color=MEDIAN, size=size * 1.2, thickness=3, opacity=1, orient="vertical")
        layers.append(tick.encode(x=at))
    layers += zero_line(ends, alt.X("zero:Q"))
    if level is not None:
        layers += _upright(chart, level)
    text = base.mark_text(align="left", baseline="middle", dx=10, fontSize=LABEL_SIZE, color=INK, clip=False)
    layers.append(text.encode(x=alt.value("width"), text="words:N"))
    return Drawing(layers, [], 0)  # the words, which stand beyond the plot, make the room that they take


def _upright(chart: Chart, level: float) -> list[Any]:
    assert chart.reference is not None, "a level has a name"
    words = plain(f"{chart.reference_name} {chart.reference.text}".strip(), 48)
    base = data_of([{"level": level, "words": words}]).encode(x=alt.X("level:Q"))
    rule = base.mark_rule(color=PLAN, strokeWidth=2.6, strokeDash=DASHES)
    return [rule, *haloed(base.encode(y=alt.value(0), text="words:N"), align="center", dy=-8, color=PLAN_WORDS)]


def _range_caption(chart: Chart) -> str:
    low, middle, high = (chart.of(role) for role in ("low", "middle", "high"))
    bar = (
        f"Ends of a bar: {plain(low.name, 30)}, {plain(high.name, 30)}." if low is not None and high is not None else ""
    )
    return f"{bar} Line across: {plain(middle.name, 30)}." if middle is not None else bar


def _range_words(chart: Chart) -> list[str]:
    """Return each range in words: its middle, and from where to where it reaches."""
    low, middle, high = (chart.of(role) for role in ("low", "middle", "high"))
    said = []
    for row in range(len(chart.categories)):
        first = f"{middle.values[row].text} " if middle is not None else ""
        ends = [one.values[row].text for one in (low, high) if one is not None and one.values[row].value is not None]
        said.append(f"{first}({' to '.join(ends)})" if ends else first.strip())
    return said
