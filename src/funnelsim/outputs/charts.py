"""Charts that a board can read: the cumulative fan against the plan, and the band of every period.

Bands are named in words, labels stand beside the lines instead of in a legend, the title is the answer.  Specifications
are Vega-Lite as plain dicts with the numbers inside; nothing of the user's text reaches an expression, and nothing is
fetched.

What it leaves out: pages and slides around the charts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

import altair as alt
import vl_convert

from funnelsim.model.calendar import Calendar
from funnelsim.model.results import Forecast
from funnelsim.outputs import fan_drawing, period_drawing, sentences
from funnelsim.outputs.account import footer
from funnelsim.outputs.chart_layout import milliseconds, tick_days
from funnelsim.outputs.chart_style import HEIGHT, WIDTH, Spec, amount_axis, amount_scale, caption_axis, finished

PIXELS_PER_POINT = 2.0
_MOST_TICKS = 13
_MONTH_NAMES = "[utcFormat(datum.value, '%b'), utcFormat(datum.value, '%Y')]"
_DAY_NAMES = "[utcFormat(datum.value, '%-d %b'), utcFormat(datum.value, '%Y')]"
_INHERITED = frozenset({
    *(
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
    ),
    *("__proto__", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
})
"""Names that every object of the renderer's language has; a text that is one of them stops it."""
_VERSION = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])


def fan_chart(forecast: Forecast) -> Spec:
    """Return the cumulative fan: booked so far, what may come, and the plan.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    fan = fan_drawing.fan_of(forecast)
    x = day_axis(forecast.calendar, fan.start, fan.caption)
    y = alt.Y("amount:Q", axis=amount_axis(fan.unit, forecast.currency), scale=amount_scale(fan.top))
    chart = alt.layer(*fan_drawing.layers(fan, x, y)).properties(width=WIDTH, height=HEIGHT)
    return finished(chart, footer(forecast), fan.title, alt_text(forecast))


def day_axis(calendar: Calendar, start: date, caption: list[str]) -> alt.X:
    """Return the axis of days, with the ends of periods named and a caption below.

    Parameters
    ----------
    calendar : Calendar
        Days and periods.
    start : date
        First day on the axis; the last is the end of the horizon.
    caption : list of str
        Sentences.

    Returns
    -------
    altair.X
        Channel of ``day`` in milliseconds.
    """
    ticks = [milliseconds(day) for day in tick_days(calendar, start, _MOST_TICKS)]
    names = _DAY_NAMES if calendar.unit == "week" else _MONTH_NAMES
    axis = caption_axis(caption, values=ticks, labelExpr=names, labelFlush=False, labelOverlap=True)
    days = alt.Scale(type="utc", domain=[milliseconds(start), milliseconds(calendar.window.end)])
    return alt.X("day:T", axis=axis, scale=days)


def monthly_chart(forecast: Forecast) -> Spec:
    """Return the band of every period beside what the file says as stated.

    Parameters
    ----------
    forecast : Forecast
        Any forecast; its periods may be months, weeks or quarters.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    drawn = period_drawing.periods_of(forecast)
    names = [str(row["period"]) for row in drawn.rows]
    angle = 0 if len(names) <= _MOST_TICKS else -45
    axis = caption_axis(drawn.caption, labelAngle=angle, labelOverlap="greedy", labelPadding=8, ticks=False)
    x = alt.X("period:N", axis=axis, scale=alt.Scale(domain=names, paddingInner=0.4, paddingOuter=0.2))
    y = alt.Y("amount:Q", axis=amount_axis(drawn.unit, forecast.currency), scale=amount_scale(drawn.top))
    chart = alt.layer(*period_drawing.layers(drawn, x, y)).properties(width=WIDTH, height=HEIGHT)
    title = [sentences.headline(forecast)]
    words = " ".join([f"Bands of {len(names)} periods.", *title, *drawn.caption])
    return finished(chart, footer(forecast), title, words)


def chart_png(spec: Spec) -> bytes:
    """Draw a chart as PNG.

    Parameters
    ----------
    spec : dict
        Of one of the charts here.

    Returns
    -------
    bytes
        Two pixels to a point; the same bytes for the same specification and renderer.
    """
    return vl_convert.vegalite_to_png(
        _drawable(spec), vl_version=_VERSION, scale=PIXELS_PER_POINT, allowed_base_urls=[]
    )


def chart_svg(spec: Spec) -> bytes:
    """Draw a chart as SVG.

    Parameters
    ----------
    spec : dict
        Of one of the charts here.

    Returns
    -------
    bytes
        UTF-8, with the chart in words as its description; the same bytes for the same specification and renderer.
    """
    svg = vl_convert.vegalite_to_svg(_drawable(spec), vl_version=_VERSION, allowed_base_urls=[])
    head, rest = svg.split(">", 1)
    words = escape(str(spec["description"]))
    return (
        f'{head} role="img"><title>{escape(" ".join(spec["title"]["text"]))}</title><desc>{words}</desc>{rest}'.encode()
    )


def images_of(specs: Mapping[str, Spec]) -> dict[str, bytes]:
    """Draw charts for a run folder, each as PNG and as SVG.

    Parameters
    ----------
    specs : mapping of str to dict
        By the name of their files without its ending.

    Returns
    -------
    dict of str to bytes
        By file name, in the same order.
    """
    images = {}
    for name, spec in specs.items():
        images[f"{name}.png"], images[f"{name}.svg"] = chart_png(spec), chart_svg(spec)
    return images


def _drawable(value: Any) -> Any:
    """Return a specification whose texts the renderer can take: a blank, which is not seen, after those it cannot."""
    if isinstance(value, dict):
        return {name: _drawable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_drawable(inner) for inner in value]
    return f"{value} " if isinstance(value, str) and value in _INHERITED else value


def alt_text(forecast: Forecast) -> str:
    """Return the fan chart in words, for readers who cannot see it.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str
        One paragraph.
    """
    fan = fan_drawing.fan_of(forecast)
    return " ".join(["Fan chart of cumulative bookings.", *fan.title, *fan.caption])
