"""Bars as marks: bars with intervals, and a bridge from one total to the next.

The question: how large is each, and how sure is that?  Bars stand on 0; rises and falls differ by the sign in their
labels as well as by colour.

What it leaves out: bars that lie (:mod:`funnelsim.outputs.pictures.lying_marks`) and bands over time
(:mod:`funnelsim.outputs.pictures.band_marks`).
"""

from __future__ import annotations

from typing import Any

import altair as alt

from funnelsim.model.board_pack import Chart, Quantity
from funnelsim.outputs.chart_names import has_intervals, values_of
from funnelsim.outputs.chart_style import DASHES, PLAN, PLAN_WORDS, QUIET, Spec
from funnelsim.outputs.pictures.bar_rows import bar_colours, bar_rows, whiskers
from funnelsim.outputs.pictures.lying_marks import lying_bars
from funnelsim.outputs.pictures.picture_frame import (
    DOWN,
    MOST_VALUE_LABELS,
    TOTAL,
    UP,
    Drawing,
    data_of,
    ends_of,
    extent,
    haloed,
    plot_width,
    value_axis,
    value_scale,
    zero_line,
)
from funnelsim.outputs.pictures.picture_names import broken, category_axis, labels_of, lying
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
        The number stands above each bar where there is room, and in its name where it has an interval; the bars lie
        where names are long.
    """
    shown = [one for one in chart.series if one.role == "bar"]
    labels = broken(labels_of(chart), 16)
    if lying(labels, 16):
        return lying_bars(chart)
    rows = [row for place, one in enumerate(shown) for row in bar_rows(chart, labels, place, one)]
    level = None if chart.reference is None or chart.reference.value is None else chart.reference.value / chart.scale
    ends = ends_of(chart, [*(row[name] for row in rows for name in ("value", "low", "high")), level])
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
    layers = [base.mark_bar(size=width).encode(y=y, color=bar_colours(names, bool(chart.grey), len(shown) > 1))]
    layers += whiskers(base, rows, width * 0.4)
    if len(rows) <= MOST_VALUE_LABELS and not has_intervals(chart):
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
