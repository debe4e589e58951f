"""Bars as marks: bars with intervals, a bridge from one total to the next, and floating ranges.

The question: how large is each, and how sure is that?  Bars stand on 0; rises and falls differ by the sign in their
labels as well as by colour.

What it leaves out: bands over time (:mod:`funnelsim.outputs.pictures.band_marks`).
"""

from __future__ import annotations

from typing import Any

import altair as alt

from funnelsim.model.board_pack import Chart, Quantity, Role, Series
from funnelsim.outputs.chart_style import DASHES, INNER, MEDIAN, MIDDLE, PAPER, PLAN, PLAN_WORDS, QUIET, Spec
from funnelsim.outputs.pictures.picture_frame import (
    DOWN,
    FILLS,
    GREY,
    LABEL_SIZE,
    MOST_VALUE_LABELS,
    TOTAL,
    UP,
    Drawing,
    broken,
    category_axis,
    data_of,
    extent,
    haloed,
    labels_of,
    plot_width,
    room_for,
    value_axis,
    value_scale,
    values_of,
    zero_line,
)
from funnelsim.outputs.plain_text import plain

_INK = "#222222"


def bars(chart: Chart) -> Drawing:
    """Return bars beside each other, with their intervals where there are such.

    Parameters
    ----------
    chart : Chart
        Of the kind ``bars``; the n-th series ``low`` and the n-th ``high`` are the interval of the n-th bar.

    Returns
    -------
    Drawing
        The number stands above each bar where there is room.
    """
    shown = [one for one in chart.series if one.role == "bar"]
    labels = broken(labels_of(chart), 16)
    rows = [row for place, one in enumerate(shown) for row in _bar_rows(chart, labels, place, one)]
    level = None if chart.reference is None or chart.reference.value is None else chart.reference.value / chart.scale
    ends = extent([*(row[name] for row in rows for name in ("value", "low", "high")), level])
    caption = ["Grey: too few to say."] if chart.grey else []
    names = [plain(one.name, 40) for one in shown]
    scale = alt.Scale(domain=labels, paddingInner=0.35, paddingOuter=0.2)
    x = alt.X("at:N", axis=category_axis(labels, caption, 16), scale=scale)
    y = alt.Y("value:Q", axis=value_axis(chart), scale=value_scale(ends))
    several: dict[str, Any] = {}
    if len(shown) > 1:
        several = {"xOffset": alt.XOffset("series:N", scale=alt.Scale(domain=names, paddingInner=0.08))}
    width = _bar_width(len(labels), len(shown))
    base = data_of(rows).encode(x=x, **several)
    layers = [base.mark_bar(size=width).encode(y=y, color=_bar_colours(names, bool(chart.grey), len(shown) > 1))]
    if any(row["low"] is not None for row in rows):
        between = base.encode(y=alt.Y("low:Q"), y2="high")
        layers.append(between.mark_rule(color=PAPER, strokeWidth=5))
        layers.append(between.mark_rule(color="#000000", strokeWidth=1.8))
        for edge in ("low", "high"):
            tick = base.mark_tick(color="#000000", size=min(width * 0.4, 16), thickness=1.8, orient="horizontal")
            layers.append(tick.encode(y=alt.Y(f"{edge}:Q")))
    if len(rows) <= MOST_VALUE_LABELS:
        layers += _bar_words(rows, x, several)
    layers += zero_line(ends, alt.Y("zero:Q"))
    return Drawing([*layers, *_level(chart, level)], [], 16)


def bridge(chart: Chart) -> Drawing:
    """Return steps from a first to a last total.

    Parameters
    ----------
    chart : Chart
        Of the kind ``bridge``.

    Returns
    -------
    Drawing
        Totals grey, rises blue, falls vermillion, each with its number and sign.
    """
    series = chart.of("step")
    labels = broken(labels_of(chart), 16)
    rows = _bridge_rows(labels, values_of(series, chart), series.values if series else ())
    ends = extent([*(row["from"] for row in rows), *(row["to"] for row in rows)])
    scale = alt.Scale(domain=labels, paddingInner=0.35, paddingOuter=0.2)
    caption = ["Grey: totals. Blue with +: adds. Orange with -: takes away."]
    x = alt.X("at:N", axis=category_axis(labels, caption, 16), scale=scale)
    y = alt.Y("from:Q", axis=value_axis(chart), scale=value_scale(ends))
    layers: list[Any] = []
    width = _bar_width(len(labels), 1)
    for kind, colour in (("total", TOTAL), ("up", UP), ("down", DOWN)):
        mine = [row for row in rows if row["kind"] == kind]
        if mine:
            layers.append(data_of(mine).mark_bar(size=width, color=colour).encode(x=x, y=y, y2="to"))
    joined = [
        {"at": label, "next": after, "level": row["level"]}
        for row, label, after in zip(rows, labels, labels[1:], strict=False)
    ]
    if joined:
        line = data_of(joined).mark_rule(color=QUIET, strokeWidth=1, strokeDash=[2, 2])
        layers.insert(0, line.encode(x=x, x2="next", y=alt.Y("level:Q")))
    words = data_of(rows).encode(x=x, y=alt.Y("top:Q"), text="words:N")
    layers += haloed(words, dy=-9, color=_INK, fontWeight="normal" if len(rows) > 12 else "bold")
    return Drawing([*layers, *zero_line(ends, alt.Y("zero:Q"))], [], 16)


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
    labels, words = labels_of(chart), _range_words(chart)
    rows: list[Spec] = [
        {"at": label, "words": words[row], **{str(role): values[row] for role, values in columns.items()}}
        for row, label in enumerate(labels)
    ]
    level = None if chart.reference is None or chart.reference.value is None else chart.reference.value / chart.scale
    ends = extent([*(value for values in columns.values() for value in values), level])
    right = room_for(words)
    axis = alt.Axis(
        title=None, ticks=False, domain=False, grid=False, labelFontSize=LABEL_SIZE, labelLimit=300, labelPadding=10
    )
    y = alt.Y("at:N", axis=axis, scale=alt.Scale(domain=labels, paddingInner=0.3, paddingOuter=0.2))
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
    text = base.mark_text(align="left", baseline="middle", dx=10, fontSize=LABEL_SIZE, color=_INK, clip=False)
    layers.append(text.encode(x=alt.value("width"), text="words:N"))
    return Drawing(layers, [], right)


def _bar_rows(chart: Chart, labels: list[str], place: int, series: Series) -> list[Spec]:
    lows, highs = ([one for one in chart.series if one.role == role] for role in ("low", "high"))
    low = values_of(lows[place] if place < len(lows) else None, chart)
    high = values_of(highs[place] if place < len(highs) else None, chart)
    return [
        {
            "at": labels[row],
            "series": plain(series.name, 40),
            "value": value,
            "low": low[row],
            "high": high[row],
            "top": max(one for one in (value, high[row], 0.0) if one is not None),
            "bottom": min(one for one in (value, low[row], 0.0) if one is not None),
            "words": series.values[row].text,
            "grey": row in chart.grey,
        }
        for row, value in enumerate(values_of(series, chart))
    ]


def _bar_colours(names: list[str], grey: bool, several: bool) -> Any:
    fills = [FILLS[place % len(FILLS)] for place in range(len(names))]
    legend = (
        alt.Legend(title=None, orient="bottom", labelFontSize=LABEL_SIZE, labelLimit=320, symbolType="square")
        if several
        else None
    )
    colour = alt.Color("series:N", scale=alt.Scale(domain=names, range=fills), legend=legend)
    return alt.condition("datum.grey", alt.value(GREY), colour) if grey else colour


def _bar_words(rows: list[Spec], x: alt.X, several: dict[str, Any]) -> list[Any]:
    known = [row for row in rows if row["value"] is not None]
    layers = []
    for mine, side, away in (
        ([row for row in known if row["value"] >= 0], "top", -9),
        ([row for row in known if row["value"] < 0], "bottom", 14),
    ):
        if mine:
            words = data_of(mine).encode(x=x, y=alt.Y(f"{side}:Q"), text="words:N", **several)
            layers += haloed(words, dy=away, color=_INK)
    return layers


def _bar_width(categories: int, series: int) -> float:
    return max(2.0, min(120.0, 0.6 * plot_width(16) / max(categories * series, 1)))


def _level(chart: Chart, level: float | None) -> list[Any]:
    if level is None or chart.reference is None:
        return []
    words = plain(f"{chart.reference_name} {chart.reference.text}".strip(), 48)
    base = data_of([{"level": level, "words": words}]).encode(y=alt.Y("level:Q"))
    rule = base.mark_rule(color=PLAN, strokeWidth=2.6, strokeDash=DASHES)
    return [rule, *haloed(base.encode(x=alt.value(4), text="words:N"), align="left", dy=-10, color=PLAN_WORDS)]


def _upright(chart: Chart, level: float) -> list[Any]:
    assert chart.reference is not None, "a level has a name"
    words = plain(f"{chart.reference_name} {chart.reference.text}".strip(), 48)
    base = data_of([{"level": level, "words": words}]).encode(x=alt.X("level:Q"))
    rule = base.mark_rule(color=PLAN, strokeWidth=2.6, strokeDash=DASHES)
    return [rule, *haloed(base.encode(y=alt.value(0), text="words:N"), align="center", dy=-8, color=PLAN_WORDS)]


def _bridge_rows(labels: list[str], steps: list[float | None], shown: tuple[Quantity, ...]) -> list[Spec]:
    rows, level = [], 0.0
    for row, value in enumerate(steps):
        step = value or 0.0
        whole = row in {0, len(steps) - 1}
        before, level = (0.0, step) if whole else (level, level + step)
        text = shown[row].text
        rising = not whole and step > 0 and not text.startswith("+")
        rows.append({
            "at": labels[row],
            "from": before,
            "to": level,
            "level": level,
            "top": max(before, level),
            "step": value,
            "kind": "total" if whole else "up" if step >= 0 else "down",
            "words": f"+{text}" if rising else text,
        })
    return rows


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
