"""The fan: what is booked in solid black, what may come in three shades, the plan dashed.

The question: where may the year end, and where does it stand against the plan?  Everything is cumulative and counts
what is booked already, because that is how a plan is counted.

What it leaves out: the chart around it, and how it becomes a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

import altair as alt
import numpy as np

from funnelsim.model.results import PERCENTS, Band, Forecast
from funnelsim.model.simulation import MoneyBand
from funnelsim.outputs import sentences
from funnelsim.outputs.chart_layout import Wanted, axis_unit, milliseconds, spread
from funnelsim.outputs.chart_style import (
    ACTUAL,
    BANDS,
    DASHES,
    HEADROOM,
    HEIGHT,
    MEDIAN,
    PAPER,
    PLAN,
    PLAN_WORDS,
    QUIET,
    Spec,
)
from funnelsim.outputs.forecast_text import amount_text, percentile_error
from funnelsim.outputs.number_text import Unit, day_text, money_text

LABEL_GAP = 16
_LABEL_COLOURS = {"edge": QUIET, "middle": MEDIAN, "plan": PLAN_WORDS}


@dataclass(frozen=True)
class Fan:
    """What the fan chart draws.

    Attributes
    ----------
    as_of : date
        The day it stands on.
    digits : int
        Decimals of the currency.
    aim : (str, int) or None
        What the dashed line is called, and its amount in minor units.
    last : Band or MoneyBand
        From the first day to the last, without what is booked already.
    base : int
        Booked already, minor units; every amount drawn includes it.
    counted_from, start, end : date
        First day counted, first and last day on the axis.
    unit : Unit
        What the axis counts in.
    top : float
        Upper end of the axis in ``unit``.
    rows, booked, planned : list of dict
        Points of the bands, of what was booked, and of the plan; ``day`` in milliseconds, amounts in ``unit``.
    title, caption : list of str
        Sentences above and below.
    """

    as_of: date
    digits: int
    aim: tuple[str, int] | None
    last: Band | MoneyBand
    base: int
    counted_from: date
    start: date
    end: date
    unit: Unit
    top: float
    rows: list[Spec]
    booked: list[Spec]
    planned: list[Spec]
    title: list[str]
    caption: list[str]


def fan_of(forecast: Forecast) -> Fan:
    """Return what the fan chart of a forecast draws.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    Fan
        Cumulative from the start of the plan's window (of the fiscal year without a plan) when something is booked,
        else from the first forecast day.
    """
    plan, calendar = forecast.plan, forecast.calendar
    base = plan.actuals if plan else forecast.actuals
    window = plan.window if plan else calendar.fiscal_year
    counted_from = min(window.start, calendar.window.start) if base else calendar.window.start
    start = min(counted_from, calendar.as_of)
    highest = (
        max(base + forecast.cumulative[-1].percentiles[95], plan.target if plan else 0) / 10**forecast.minor_digits
    )
    unit = axis_unit(highest)
    size = unit.size * 10**forecast.minor_digits
    return Fan(
        calendar.as_of,
        forecast.minor_digits,
        ("plan", plan.target) if plan else None,
        forecast.cumulative[-1],
        base,
        counted_from,
        start,
        calendar.window.end,
        unit,
        highest / unit.size * HEADROOM if highest > 0 else 1.0,
        band_rows(calendar.as_of, forecast.cumulative, base, size),
        points(_booked(forecast, counted_from, base), size),
        points(_planned(forecast, start), size),
        [sentences.year_headline(forecast, base, counted_from), *filter(None, [sentences.plan_title(forecast)])],
        [sentences.outside_sentence(forecast), _counting(forecast, base, counted_from)],
    )


def layers(fan: Fan, x: alt.X, y: alt.Y) -> list[Any]:
    """Return the marks of the fan, from the back to the front.

    Parameters
    ----------
    fan : Fan
        What to draw.
    x, y : altair channels
        The axes of ``day`` and ``amount``; every layer shares their scales.

    Returns
    -------
    list of altair chart
        At least the three areas, the as-of rule, the median and the labels.
    """
    marks = [*_areas(fan, x, y), *_as_of(fan, x), *_median(fan, x)]
    return [*marks, *_plan(fan, x), *_actual(fan, x), *_edge_labels(fan, x)]


def band_rows(as_of: date, cumulative: Sequence[Band | MoneyBand], base: int, size: float) -> list[Spec]:
    """Return the points of the bands.

    Parameters
    ----------
    as_of : date
        Where they start.
    cumulative : sequence of Band or MoneyBand
        From the first period to each.
    base : int
        Booked already, minor units.
    size : float
        Minor units in a unit of the axis.

    Returns
    -------
    list of dict
        ``day`` in milliseconds, and every percentile.
    """
    first: Spec = {"day": milliseconds(as_of), **{f"p{percent}": base / size for percent in PERCENTS}}
    return [first] + [
        {
            "day": milliseconds(band.period.end),
            **{f"p{percent}": (base + band.percentiles[percent]) / size for percent in PERCENTS},
        }
        for band in cumulative
    ]


def points(amounts: list[tuple[date, int]], size: float) -> list[Spec]:
    """Return the points of a line.

    Parameters
    ----------
    amounts : list of (date, int)
        Days, and minor units on them.
    size : float
        Minor units in a unit of the axis.

    Returns
    -------
    list of dict
        ``day`` in milliseconds and ``amount``.
    """
    return [{"day": milliseconds(day), "amount": amount / size} for day, amount in amounts]


def _booked(forecast: Forecast, start: date, base: int) -> list[tuple[date, int]]:
    """Return what was booked so far, cumulative by day; nothing when the bookings do not explain the actuals."""
    as_of, won = forecast.calendar.as_of, forecast.table.won
    inside = (won.day >= np.datetime64(start)) & (won.day <= np.datetime64(as_of))
    if not base or int(won.amount[inside].sum()) != base:
        return []
    days, place = np.unique(won.day[inside], return_inverse=True)
    amounts = np.zeros(len(days), dtype=np.int64)
    np.add.at(amounts, place, won.amount[inside])
    return [(start, 0), *zip(days.tolist(), np.cumsum(amounts).tolist(), strict=True), (as_of, base)]


def _planned(forecast: Forecast, start: date) -> list[tuple[date, int]]:
    """Return the plan's line: its level over its window, or the running sum of its periods."""
    plan = forecast.plan
    if plan is None:
        return []
    if not plan.by_period:
        first = max(plan.window.start - timedelta(days=1), start)
        return [(first, plan.target), (min(plan.window.end, forecast.calendar.window.end), plan.target)]
    before = plan.target - sum(one.target for one in plan.by_period)
    days = [plan.by_period[0].period.start - timedelta(days=1), *(one.period.end for one in plan.by_period)]
    return list(zip(days, accumulate((one.target for one in plan.by_period), initial=before), strict=True))


def _counting(forecast: Forecast, base: int, counted_from: date) -> str:
    booked = f", {amount_text(forecast, base)} booked already included" if base else ""
    return (
        f"Bookings from {day_text(counted_from)} to the end of the period named{booked}. "
        "P10: 1 future in 10 ends below it; P90: 1 in 10 ends above."
    )


def _chart(rows: list[Spec]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=rows))


def _areas(fan: Fan, x: alt.X, y: alt.Y) -> list[Any]:
    return [
        _chart(fan.rows).mark_area(color=colour).encode(x=x, y=_at(y, f"p{low}"), y2=f"p{high}")
        for low, high, colour in BANDS
    ]


def _at(y: alt.Y, field: str) -> alt.Y:
    """Return the amount axis for another field."""
    channel = y.copy()
    channel.shorthand = f"{field}:Q"
    return channel


def _as_of(fan: Fan, x: alt.X) -> list[Any]:
    rows = [{"day": milliseconds(fan.as_of), "words": f"as of {day_text(fan.as_of)}"}]
    rule = _chart(rows).mark_rule(color=QUIET, strokeWidth=1, strokeDash=[2, 3]).encode(x=x)
    words = (
        _chart(rows)
        .mark_text(align="left", dx=0, fontSize=12, color=QUIET)
        .encode(x=x, y=alt.value(-9), text="words:N")
    )
    return [rule, words]


def _median(fan: Fan, x: alt.X) -> list[Any]:
    chart = _chart(fan.rows).encode(x=x, y="p50:Q")
    return [chart.mark_line(color=PAPER, strokeWidth=4), chart.mark_line(color=MEDIAN, strokeWidth=2)]


def _plan(fan: Fan, x: alt.X) -> list[Any]:
    chart = _chart(fan.planned).encode(x=x, y="amount:Q")
    lines = [
        chart.mark_line(color=PAPER, strokeWidth=4.5),
        chart.mark_line(color=PLAN, strokeWidth=2.5, strokeDash=DASHES),
    ]
    if not fan.planned:
        return []
    if fan.aim is None or fan.planned[-1]["day"] == milliseconds(fan.end):
        return lines
    row = [{**fan.planned[0], "words": _aim(fan, fan.aim)}]
    words = _chart(row).encode(x=x, y="amount:Q", text="words:N")
    return [*lines, *_haloed(words, align="left", dx=4, dy=-10, color=PLAN_WORDS)]


def _haloed(words: Any, **style: Any) -> list[Any]:
    """Return bold words twice: a white outline that cuts through lines, and the words on it."""
    bold = {"fontSize": 13, "fontWeight": "bold", **style}
    return [words.mark_text(**{**bold, "color": PAPER, "stroke": PAPER, "strokeWidth": 4}), words.mark_text(**bold)]


def _actual(fan: Fan, x: alt.X) -> list[Any]:
    if not fan.base:
        return []
    line = (
        _chart(fan.booked).mark_line(color=ACTUAL, strokeWidth=2.5, interpolate="step-after").encode(x=x, y="amount:Q")
    )
    row = [
        {
            "day": fan.rows[0]["day"],
            "amount": fan.rows[0]["p50"],
            "words": f"booked {money_text(fan.base, fan.digits)}",
        }
    ]
    end = _chart(row).encode(x=x, y="amount:Q")
    point = end.mark_point(color=ACTUAL, fill=ACTUAL, size=40, shape="circle", opacity=1)
    words = _haloed(end.encode(text="words:N"), align="right", dx=-8, dy=-12, color=ACTUAL)
    return [*([line] if fan.booked else []), *words, point]


def _edge_labels(fan: Fan, x: alt.X) -> list[Any]:
    """Return the percentiles of the last day, and the plan where it ends there, moved apart where they would touch."""
    wanted = [
        Wanted(
            f"{_percent_names(percents)} {amount}",
            fan.rows[-1][f"p{percents[0]}"],
            "middle" if 50 in percents else "edge",
        )
        for amount, percents in _same_amounts(fan).items()
    ]
    if fan.planned and fan.aim and fan.planned[-1]["day"] == milliseconds(fan.end):
        wanted.append(Wanted(_aim(fan, fan.aim), fan.planned[-1]["amount"], "plan"))
    placed = spread(wanted, fan.top, HEIGHT, LABEL_GAP)
    drawn = []
    for kind, colour in _LABEL_COLOURS.items():
        rows = [
            {"day": milliseconds(fan.end), "amount": one.place, "words": one.text} for one in placed if one.kind == kind
        ]
        weight: Any = "normal" if kind == "edge" else "bold"
        words = _chart(rows).mark_text(align="left", dx=8, fontSize=13, fontWeight=weight, color=colour, clip=False)
        drawn.append(words.encode(x=x, y="amount:Q", text="words:N"))
    return drawn


def _same_amounts(fan: Fan) -> dict[str, list[int]]:
    """Return the percentiles of the last day by the text of their amount: equal ones share a label."""
    last, found = fan.last, dict[str, list[int]]()
    for percent in PERCENTS:
        error = percentile_error(last, percent)
        amount = money_text(fan.base + last.percentiles[percent], fan.digits, error=error)
        found.setdefault(amount, []).append(percent)
    return found


def _aim(fan: Fan, aim: tuple[str, int]) -> str:
    name, amount = aim
    return f"{name} {money_text(amount, fan.digits)}"


def _percent_names(percents: list[int]) -> str:
    if percents == [50]:
        return "middle"
    return f"P{percents[0]}" if len(percents) == 1 else f"P{percents[0]} to P{percents[-1]}"
