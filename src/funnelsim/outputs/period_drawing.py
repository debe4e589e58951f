"""The band of every period as a bar in three shades, with the median, the stated PR x PC and the period's plan.

The question: which month carries the year, and how far is each from what the file says?  Periods are shown one by one;
their percentiles do not add.

What it leaves out: the chart around it, and how it becomes a picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt

from funnelsim.model.calendar import Period
from funnelsim.model.results import PERCENTS, Band, Forecast
from funnelsim.outputs.chart_layout import axis_unit
from funnelsim.outputs.chart_style import ACTUAL, BANDS, HEADROOM, MEDIAN, PAPER, PLAN, WIDTH, Spec
from funnelsim.outputs.number_text import Unit

_BAR_SHARE = 0.55
_NARROWEST_BAR = 2.0
_WIDEST_BAR = 90.0


@dataclass(frozen=True)
class Periods:
    """What the chart of periods draws.

    Attributes
    ----------
    unit : Unit
        What the axis counts in.
    top : float
        Upper end of the axis in ``unit``.
    rows, planned : list of dict
        One per period, and one per period with a plan of its own; amounts in ``unit``.
    caption : list of str
        Sentences below.
    """

    unit: Unit
    top: float
    rows: list[Spec]
    planned: list[Spec]
    caption: list[str]


def periods_of(forecast: Forecast) -> Periods:
    """Return what the chart of periods draws.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    Periods
        In the order of the calendar.
    """
    plans = forecast.plan.by_period if forecast.plan else ()
    amounts = [max(band.percentiles[95], band.expected_value) for band in forecast.periods]
    highest = max([*amounts, *(one.target for one in plans)]) / 10**forecast.minor_digits
    unit = axis_unit(highest)
    size = unit.size * 10**forecast.minor_digits
    return Periods(
        unit,
        highest / unit.size * HEADROOM if highest > 0 else 1.0,
        [_row(_name(forecast, band.period), band, size, forecast.is_stated) for band in forecast.periods],
        [{"period": _name(forecast, one.period), "amount": one.target / size} for one in plans],
        _caption(forecast, bool(plans)),
    )


def layers(drawn: Periods, x: alt.X, y: alt.Y) -> list[Any]:
    """Return the marks of the periods, from the back to the front.

    Parameters
    ----------
    drawn : Periods
        What to draw.
    x, y : altair channels
        The axes of ``period`` and ``amount``; every layer shares their scales.

    Returns
    -------
    list of altair chart
        Three bars, the median, the stated PR x PC where anybody stated a PC, and the plan where there is one.
    """
    width = min(max(_BAR_SHARE * WIDTH / len(drawn.rows), _NARROWEST_BAR), _WIDEST_BAR)
    base = alt.Chart(alt.InlineData(values=drawn.rows)).encode(x=x)
    bars = []
    for low, high, colour in BANDS:
        channel = y.copy()
        channel.shorthand = f"p{low}:Q"
        bars.append(base.mark_bar(color=colour, size=width).encode(y=channel, y2=f"p{high}"))
    median = base.encode(y="p50:Q")
    ticks = [
        median.mark_tick(color=PAPER, size=width, thickness=4.5, opacity=1),
        median.mark_tick(color=MEDIAN, size=width * 1.15, thickness=2.5, opacity=1),
    ]
    symbol = min(80.0, max(16.0, width * 2))
    stated = base.mark_point(shape="diamond", fill=PAPER, stroke=ACTUAL, strokeWidth=1.5, size=symbol, opacity=1)
    plan = alt.Chart(alt.InlineData(values=drawn.planned)).encode(x=x, y="amount:Q")
    marks = [plan.mark_tick(color=PLAN, size=width * 1.5, thickness=3, opacity=1)] if drawn.planned else []
    known = any(row["stated"] is not None for row in drawn.rows)
    return [*bars, *ticks, *marks, *([stated.encode(y="stated:Q")] if known else [])]


def _row(label: str, band: Band, size: float, stated: bool) -> Spec:
    return {
        "period": label,
        "stated": band.expected_value / size if stated else None,
        **{f"p{percent}": band.percentiles[percent] / size for percent in PERCENTS},
    }


def _name(forecast: Forecast, period: Period) -> str:
    return forecast.calendar.label(period).removeprefix("week of ")


def _caption(forecast: Forecast, planned: bool) -> list[str]:
    diamond = " Diamond: PR x PC as stated." if forecast.is_stated else ""
    plan = " Orange line: plan." if planned else ""
    weeks = " Weeks are named by their Monday." if forecast.calendar.unit == "week" else ""
    return [
        "Dark bar: half of the simulated futures. Dark and middle: 8 in 10. All three: 9 in 10. Line across: middle."
        f"{diamond}{plan}",
        f"Percentiles of single periods do not add up to those of the total.{weeks}",
    ]
