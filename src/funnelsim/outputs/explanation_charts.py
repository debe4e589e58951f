"""Charts of an explanation that a board can read: the bridge as a waterfall, the drivers as a tornado.

Titles are the answer, every bar has its number beside it, totals stand on zero.

What it leaves out: pages and slides around the charts.
"""

from __future__ import annotations

import altair as alt

from funnelsim.model.explanation import CHANCE, Explanation
from funnelsim.outputs import explanation_drawing as drawing
from funnelsim.outputs import explanation_sentences as sentences
from funnelsim.outputs.chart_layout import axis_unit, wrapped
from funnelsim.outputs.chart_style import CAPTION, GRID, WIDTH, Spec, finished
from funnelsim.outputs.charts import chart_png, chart_svg, images_of
from funnelsim.outputs.explanation_bridge_sentences import ORDER_NOTE
from funnelsim.outputs.explanation_text import confidence_text, measure_text
from funnelsim.outputs.number_text import Unit, span_text
from funnelsim.outputs.plain_text import plain

NAMES = ("bridge", "tornado")
"""Charts, by the names of their files."""
_PLOT_WIDTH = WIDTH - 130
_CAPTION_WIDTH = 140


def explanation_images(answer: Explanation) -> dict[str, bytes]:
    """Draw every chart of an explanation, as PNG and SVG.

    Parameters
    ----------
    answer : Explanation
        Of a forecast.

    Returns
    -------
    dict of str to bytes
        By file name; no bridge without an earlier run, no tornado without a driver.
    """
    return images_of({name: explanation_chart(answer, name) for name in charts_of(answer)})


def chart_bytes(answer: Explanation, name: str, kind: str) -> bytes:
    """Draw one chart.

    Parameters
    ----------
    answer : Explanation
        Of a forecast.
    name : str
        One of :func:`charts_of`.
    kind : str
        ``.png`` or ``.svg``.

    Returns
    -------
    bytes
        The picture.
    """
    spec = explanation_chart(answer, name)
    return chart_svg(spec) if kind == ".svg" else chart_png(spec)


def charts_of(answer: Explanation) -> tuple[str, ...]:
    """Return which charts an explanation has.

    Parameters
    ----------
    answer : Explanation
        Of a forecast.

    Returns
    -------
    tuple of str
        Of ``NAMES``, the most telling first.
    """
    has = {"bridge": answer.bridge is not None, "tornado": bool(answer.tornado.bars)}
    return tuple(name for name in NAMES if has[name])


def explanation_chart(answer: Explanation, name: str) -> Spec:
    """Return one chart.

    Parameters
    ----------
    answer : Explanation
        Of a forecast.
    name : str
        One of :func:`charts_of`.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    return bridge_chart(answer) if name == "bridge" else tornado_chart(answer)


def bridge_chart(answer: Explanation) -> Spec:
    """Return the waterfall from the earlier mean to the later one.

    Parameters
    ----------
    answer : Explanation
        With a bridge.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    assert answer.bridge is not None, "charts_of names the bridge only where there is one"
    drawn = drawing.waterfall_of(answer, answer.bridge)
    caption = [
        f"Mean of bookings in {span_text(answer.window)}, booked and forecast. In brackets how many leads.",
        ORDER_NOTE,
    ]
    x = alt.X("start:Q", axis=_axis(_money_title(drawn.unit, answer.currency), caption), scale=_scale(0, drawn.top))
    chart = alt.layer(*drawing.waterfall_layers(drawn, x, _names(drawn.names)))
    whole = chart.properties(width=_PLOT_WIDTH, height=drawing.ROW_HEIGHT * len(drawn.names))
    title = [sentences.headline(answer)]
    steps = ", ".join(f"{row['name']} {row['words']}" for row in drawn.rows)
    return finished(whole, sentences.footer(answer), title, " ".join(["Waterfall.", *title, f"{steps}."]))


def tornado_chart(answer: Explanation) -> Spec:
    """Return the drivers, the one that moves most at the top.

    Parameters
    ----------
    answer : Explanation
        With at least one driver.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    tornado, chance = answer.tornado, answer.tornado.measure == CHANCE
    unit = None if chance else axis_unit(max(abs(bar.high) for bar in tornado.bars) / 10**answer.minor_digits)
    drawn = drawing.tornado_of(answer, unit, _PLOT_WIDTH)
    of, change = ("Chance of the plan", "points") if chance else ("Middle", "the change")
    caption = [
        f"{of}, for {span_text(answer.window)}; the line is {measure_text(answer, tornado.baseline)}, everything as it "
        "is. One driver at a time moves from its low to its high, all else and all luck the same. Blue above the line, "
        f"vermillion below it. At the right {change} from low to high, with the interval of {confidence_text(answer)}.",
    ]
    x = alt.X("start:Q", axis=_axis("", caption, drawn=False), scale=_scale(drawn.low, drawn.high))
    chart = alt.layer(*drawing.tornado_layers(drawn, x, _names(drawn.names), _PLOT_WIDTH))
    whole = chart.properties(width=_PLOT_WIDTH, height=drawing.ROW_HEIGHT * len(drawn.names))
    title = [sentences.moves_most(answer)]
    bars = ", ".join(f"{one['name']} {one['words']}" for one in drawn.swings)
    return finished(whole, sentences.footer(answer), title, " ".join(["Tornado.", *title, f"{bars}."]))


def _names(names: list[str]) -> alt.Y:
    axis = alt.Axis(title=None, ticks=False, domain=False, labelLimit=280, labelFontSize=13, labelPadding=8)
    return alt.Y("name:N", axis=axis, scale=alt.Scale(domain=names), sort=None)


def _axis(title: str, caption: list[str], *, drawn: bool = True) -> alt.Axis:
    lines = wrapped([*([f"{title}."] if title else []), *caption], _CAPTION_WIDTH)
    return alt.Axis(title=lines, grid=drawn, gridColor=GRID, labels=drawn, ticks=drawn, tickCount=6, **CAPTION)


def _money_title(unit: Unit, currency: str | None) -> str:
    said = f"{unit.long} {plain(currency, 12)}".strip() if currency else f"{unit.long}, currency not given".lstrip(", ")
    return said[:1].upper() + said[1:]


def _scale(low: float, high: float) -> alt.Scale:
    return alt.Scale(domain=[low, high], nice=False, zero=False)
