"""Bands over time as marks: a fan of running totals, floating columns of separate periods, and lines.

The question: what may come, how likely, and where is the plan?  Labels stand beside the ends of lines instead of in a
legend; labels of equal text share one.

What it leaves out: bars and bridges (:mod:`funnelsim.outputs.pictures.bar_marks`).
"""

from __future__ import annotations

from typing import Any

import altair as alt

from funnelsim.model.board_pack import Chart, Role
from funnelsim.outputs.chart_layout import Wanted, spread
from funnelsim.outputs.chart_names import values_of
from funnelsim.outputs.chart_style import ACTUAL, BANDS, DASHES, MEDIAN, OUTER, PAPER, PLAN, PLAN_WORDS, QUIET, Spec
from funnelsim.outputs.pictures.picture_frame import (
    DASHED,
    LABEL_GAP,
    LABEL_SIZE,
    PLOT_HEIGHT,
    SHAPES,
    STROKES,
    Drawing,
    data_of,
    ends_of,
    extent,
    haloed,
    plot_width,
    room_for,
    value_axis,
    value_scale,
    zero_line,
)
from funnelsim.outputs.pictures.picture_names import broken, category_axis, labels_of, rows_of
from funnelsim.outputs.plain_text import plain

FAN_WORDS = "Dark band: half of the simulated futures. Dark and middle: 8 in 10. All three: 9 in 10."
PERCENT_ROLES: tuple[Role, ...] = ("p95", "p90", "p75", "p50", "p25", "p10", "p5")
_LABEL_COLOURS = {"middle": MEDIAN, "edge": QUIET, "plan": PLAN_WORDS, "actual": ACTUAL}
_MOST_MEDIANS = 13


def fan(chart: Chart) -> Drawing:
    """Return a fan of running totals.

    Parameters
    ----------
    chart : Chart
        Of the kind ``fan``, with two categories or more.

    Returns
    -------
    Drawing
        Three bands, the middle, and the plan, what happened and the last forecast where there are such.
    """
    names = [one.role for one in chart.series]
    columns = {role: values_of(chart.of(role), chart) for role in names}
    level = _level(chart)
    ends = extent([*(value for values in columns.values() for value in values), level])
    wanted = _edge_words(chart)
    right = room_for([one.text for one in wanted])
    labels = labels_of(chart)
    axis = category_axis(labels, [FAN_WORDS], right, over_time=True)
    x = alt.X("at:N", axis=axis, scale=alt.Scale(type="point", domain=labels, padding=0))
    rows = rows_of(chart, {str(role): values for role, values in columns.items()})
    base = data_of(rows).encode(x=x)
    layers = [
        base.mark_area(color=colour).encode(y=_y(chart, f"p{low}", ends), y2=f"p{high}") for low, high, colour in BANDS
    ]
    layers += [base.mark_line(color=PAPER, strokeWidth=4).encode(y="p50:Q")]
    layers += [base.mark_line(color=MEDIAN, strokeWidth=2.2).encode(y="p50:Q")]
    if "earlier" in names:
        layers.append(base.mark_line(color=ACTUAL, strokeWidth=1.6, strokeDash=[2, 3]).encode(y="earlier:Q"))
    if "actual" in names:
        layers.append(base.mark_line(color=ACTUAL, strokeWidth=2.6).encode(y="actual:Q"))
    layers += _plan(chart, x, ends)
    return Drawing([*layers, *_beside(wanted, labels[-1], x, ends)], [], right)


def periods(chart: Chart) -> Drawing:
    """Return separate periods as floating columns: three shades and the middle.

    Parameters
    ----------
    chart : Chart
        Of the kind ``fan``.

    Returns
    -------
    Drawing
        The middle's number stands below each period where there is room.
    """
    roles = [role for role in PERCENT_ROLES if chart.of(role) is not None]
    columns: dict[str, Any] = {str(role): values_of(chart.of(role), chart) for role in roles}
    ends = extent([*(value for values in columns.values() for value in values), _level(chart)])
    right = 16
    middle, labels = chart.of("p50"), labels_of(chart)
    few = len(labels) <= _MOST_MEDIANS and middle is not None
    labels = broken(labels, right) if few else [label.removeprefix("week of ") for label in labels]
    if few and middle is not None:
        labels = [f"{label}\n{one.text}" for label, one in zip(labels, middle.values, strict=True)]
    below = " Number below a period: its middle." if few else ""
    caption = [f"{FAN_WORDS.replace('Dark band', 'Dark part')} Line across: middle.{below}"]
    x = alt.X(
        "at:N",
        axis=category_axis(labels, caption, right, over_time=True),
        scale=alt.Scale(domain=labels, paddingInner=0.4, paddingOuter=0.2),
    )
    width = min(max(0.55 * plot_width(right) / len(labels), 3.0), 90.0)
    rows = [{**row, "at": label} for row, label in zip(rows_of(chart, columns), labels, strict=True)]
    base = data_of(rows).encode(x=x)
    layers = [
        base.mark_bar(color=colour, size=width).encode(y=_y(chart, f"p{low}", ends), y2=f"p{high}")
        for low, high, colour in BANDS
    ]
    layers.append(base.mark_tick(color=PAPER, size=width, thickness=4.5, opacity=1).encode(y="p50:Q"))
    layers.append(base.mark_tick(color=MEDIAN, size=width * 1.15, thickness=2.5, opacity=1).encode(y="p50:Q"))
    return Drawing([*layers, *_across(chart, ends)], [], right)


def lines(chart: Chart) -> Drawing:
    """Return one line a series, told apart by colour, dash and shape, with its name at its end.

    Parameters
    ----------
    chart : Chart
        Of the kind ``lines``; series ``low`` and ``high`` are drawn as a pale band.

    Returns
    -------
    Drawing
        On an axis from 0 to 1 where values are chances.
    """
    shown = [one for one in chart.series if one.role not in {"low", "high"}]
    columns: dict[str, Any] = {f"s{place}": values_of(one, chart) for place, one in enumerate(shown)}
    edges: dict[str, Any] = {role: values_of(chart.of(role), chart) for role in ("low", "high") if chart.of(role)}
    known = [value for values in (*columns.values(), *edges.values()) for value in values]
    ends = (0.0, 1.0) if chart.unit == "chance" else ends_of(chart, [*known, _level(chart)])
    wanted = [
        Wanted(plain(one.name, 30), last, f"s{place}")
        for place, one in enumerate(shown)
        if (last := next((v for v in reversed(columns[f"s{place}"]) if v is not None), None)) is not None
    ]
    right = room_for([one.text for one in wanted])
    x, places = _over(chart, right)
    rows = [{**row, "at": at} for row, at in zip(rows_of(chart, {**columns, **edges}), places, strict=True)]
    base = data_of(rows).encode(x=x)
    layers = [base.mark_area(color=OUTER, opacity=0.7).encode(y="low:Q", y2="high")] if len(edges) == 2 else []
    colours = {}
    for place, one in enumerate(shown):
        colour = {"plan": PLAN, "actual": ACTUAL}.get(one.role, STROKES[place % len(STROKES)])
        colours[f"s{place}"] = colour
        y, turn = _y(chart, f"s{place}", ends), place % len(DASHED)
        layers.append(base.mark_line(color=colour, strokeWidth=2.4, strokeDash=list(DASHED[turn])).encode(y=y))
        dots = base.mark_point(color=colour, fill=colour, shape=SHAPES[turn], size=55, opacity=1)
        layers.append(dots.encode(y=y))
    layers += zero_line(ends, alt.Y("zero:Q"))
    return Drawing([*layers, *_across(chart, ends), *_beside(wanted, places[-1], x, ends, colours)], [], right)


def _over(chart: Chart, right: int) -> tuple[alt.X, list[Any]]:
    """Return the axis that lines stand over, and where each category is on it: a name, or a number."""
    if chart.positions is None:
        labels = labels_of(chart)
        scale = alt.Scale(type="point", domain=labels, padding=0.15)
        return alt.X("at:N", axis=category_axis(labels, [], right, over_time=True), scale=scale), list(labels)
    percent = all(name.endswith("%") for name in chart.categories)
    whole = all(one == int(one) for one in chart.positions)
    look: dict[str, Any] = {"format": "%"} if percent else {"format": "~g", **({"tickMinStep": 1} if whole else {})}
    axis = alt.Axis(title=None, labelFontSize=LABEL_SIZE, grid=False, labelPadding=8, tickCount=8, **look)
    first, last = chart.positions[0], chart.positions[-1]
    edge = 0.04 * (last - first)
    scale = alt.Scale(domain=[first - edge, last + edge], nice=False, zero=False)
    return alt.X("at:Q", axis=axis, scale=scale), list(chart.positions)


def _level(chart: Chart) -> float | None:
    return None if chart.reference is None or chart.reference.value is None else chart.reference.value / chart.scale


def _y(chart: Chart, field: str, ends: tuple[float, float]) -> alt.Y:
    return alt.Y(f"{field}:Q", axis=value_axis(chart), scale=value_scale(ends))


def _reference_words(chart: Chart) -> str:
    assert chart.reference is not None, "there is a level to name"
    return plain(f"{chart.reference_name} {chart.reference.text}".strip(), 48)


def _plan(chart: Chart, x: alt.X, ends: tuple[float, float]) -> list[Any]:
    """Return the dashed line as far as the plan speaks, named at its end where that is inside the plot."""
    level = _level(chart)
    if level is None:
        return []
    labels = labels_of(chart)
    last = len(labels) - 1 if chart.reference_end is None else chart.reference_end
    rows = [{"at": label, "plan": level} for label in labels[: last + 1]]
    line = data_of(rows).encode(x=x, y=_y(chart, "plan", ends))
    drawn = [
        line.mark_line(color=PAPER, strokeWidth=4.5),
        line.mark_line(color=PLAN, strokeWidth=2.6, strokeDash=DASHES),
    ]
    if last == len(labels) - 1:
        return drawn
    if last == 0:
        drawn.append(line.mark_tick(color=PLAN, size=26, thickness=2.6, orient="horizontal"))
    left = last < len(labels) / 2
    row = [{**(rows[0] if left else rows[-1]), "words": _reference_words(chart)}]
    words = data_of(row).encode(x=x, y="plan:Q", text="words:N")
    return [*drawn, *haloed(words, align="left" if left else "right", dx=4 if left else -4, dy=-11, color=PLAN_WORDS)]


def _across(chart: Chart, ends: tuple[float, float]) -> list[Any]:
    """Return a level as a dashed line over the whole width, named above its left end."""
    level = _level(chart)
    if level is None:
        return []
    base = data_of([{"level": level, "words": _reference_words(chart)}]).encode(y=_y(chart, "level", ends))
    rule = base.mark_rule(color=PLAN, strokeWidth=2.6, strokeDash=DASHES)
    return [rule, *haloed(base.encode(x=alt.value(6), text="words:N"), align="left", dy=-11, color=PLAN_WORDS)]


def _edge_words(chart: Chart) -> list[Wanted]:
    """Return the words beside the last category: percentiles, equal texts together, then other lines."""
    found: dict[str, list[Role]] = {}
    for role in PERCENT_ROLES:
        series = chart.of(role)
        if series is not None and series.values[-1].value is not None:
            found.setdefault(series.values[-1].text, []).append(role)
    words = [
        Wanted(f"{_role_words(roles)} {text}", _last(chart, roles[0]), "middle" if "p50" in roles else "edge")
        for text, roles in found.items()
    ]
    level = _level(chart)
    if level is not None and chart.reference_end in {None, len(chart.categories) - 1}:
        words.append(Wanted(_reference_words(chart), level, "plan"))
    others: tuple[tuple[Role, str], ...] = (("actual", "booked"), ("earlier", "last forecast"))
    for role, name in others:
        series = chart.of(role)
        if series is not None and series.values[-1].value is not None:
            words.append(Wanted(f"{name} {series.values[-1].text}", _last(chart, role), "actual"))
    return words


def _last(chart: Chart, role: Role) -> float:
    return values_of(chart.of(role), chart)[-1] or 0.0


def _role_words(roles: list[Role]) -> str:
    if roles == ["p50"]:
        return "middle"
    low, high = roles[-1].upper(), roles[0].upper()
    return low if low == high else f"{low} to {high}"


def _beside(
    wanted: list[Wanted], at: str | float, x: alt.X, ends: tuple[float, float], colours: dict[str, str] | None = None
) -> list[Any]:
    low, high = ends
    placed = spread([one._replace(value=one.value - low) for one in wanted], high - low, PLOT_HEIGHT, LABEL_GAP)
    drawn = []
    for kind, colour in (colours or _LABEL_COLOURS).items():
        rows: list[Spec] = [
            {"at": at, "place": one.place + low, "words": one.text} for one in placed if one.kind == kind
        ]
        weight: Any = "normal" if kind == "edge" else "bold"
        words = data_of(rows).mark_text(
            align="left", dx=9, fontSize=LABEL_SIZE, fontWeight=weight, color=colour, clip=False
        )
        if rows:
            drawn.append(words.encode(x=x, y="place:Q", text="words:N"))
    return drawn
