"""Charts of a simulation's explanation that a board can read: bridge, Pareto of losses, tornado.

Titles are the answer; every bar has its number beside it; what is more than zero is not told by colour alone.

What it leaves out: pages and slides around the charts.
"""

from __future__ import annotations

from typing import Any

import altair as alt

from funnelsim.model.funnel_explanation import FunnelExplanation
from funnelsim.outputs import explanation_drawing, funnel_explanation_drawing
from funnelsim.outputs import funnel_explanation_sentences as sentences
from funnelsim.outputs.chart_layout import wrapped
from funnelsim.outputs.chart_style import CAPTION, GRID, WIDTH, Spec, finished
from funnelsim.outputs.charts import images_of
from funnelsim.outputs.funnel_explanation_text import CHANCE, measured
from funnelsim.outputs.number_text import span_text
from funnelsim.outputs.plain_text import plain

NAMES = ("bridge", "pareto", "tornado")
"""Charts, by the names of their files."""
_PLOT_WIDTH = WIDTH - 130
_CAPTION_WIDTH = 140


def funnel_explanation_images(answer: FunnelExplanation) -> dict[str, bytes]:
    """Draw every chart of an explanation, as PNG and SVG.

    Parameters
    ----------
    answer : FunnelExplanation
        Any explanation.

    Returns
    -------
    dict of str to bytes
        By file name; no bridge without an earlier run, no Pareto without a loss, no tornado without a bar.
    """
    return images_of({name: funnel_explanation_chart(answer, name) for name in charts_of(answer)})


def charts_of(answer: FunnelExplanation) -> tuple[str, ...]:
    """Return which charts an explanation has.

    Parameters
    ----------
    answer : FunnelExplanation
        Any explanation.

    Returns
    -------
    tuple of str
        Of ``NAMES``, the most telling first.
    """
    has = {"bridge": answer.bridge is not None, "pareto": bool(answer.losses), "tornado": bool(answer.tornado.bars)}
    return tuple(name for name in NAMES if has[name])


def funnel_explanation_chart(answer: FunnelExplanation, name: str) -> Spec:
    """Return one chart.

    Parameters
    ----------
    answer : FunnelExplanation
        Any explanation.
    name : str
        One of :func:`charts_of`.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    return {"bridge": bridge_chart, "pareto": pareto_chart, "tornado": tornado_chart}[name](answer)


def bridge_chart(answer: FunnelExplanation) -> Spec:
    """Return the waterfall from the earlier run's mean to the later one's.

    Parameters
    ----------
    answer : FunnelExplanation
        With a bridge.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    drawn = funnel_explanation_drawing.waterfall_of(answer)
    days = span_text(answer.bridge.window) if answer.bridge else ""
    currency = answer.run.scenario.currency
    money = f"{drawn.unit.long} {plain(currency, 12)}".strip() if currency else f"{drawn.unit.long}, currency not given"
    caption = [f"Mean bookings in {days}, {money.lstrip(', ')}.", sentences.ORDER_NOTE]
    x = alt.X("start:Q", axis=_axis(caption), scale=_scale(0, drawn.top))
    chart = alt.layer(*explanation_drawing.waterfall_layers(drawn, x, _names(drawn.names)))
    steps = ", ".join(f"{row['name']} {row['words']}" for row in drawn.rows)
    return _whole(answer, chart, len(drawn.names), [sentences.headline(answer)], f"Waterfall. {steps}.")


def pareto_chart(answer: FunnelExplanation) -> Spec:
    """Return where leads are lost, and the money that goes with them.

    Parameters
    ----------
    answer : FunnelExplanation
        With at least one loss.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    drawn = funnel_explanation_drawing.pareto_of(answer)
    window = answer.bridge.window if answer.bridge else answer.calendar.window
    against = ", and how many more than in the earlier run" if answer.losses[0].change is not None else ""
    caption = [
        f"Per cent of the money lost in {span_text(window)}; bar: this place, dot: this place and those above it. At "
        f"the right money and leads a future{against}.",
        sentences.LOSS_NOTE,
    ]
    x = alt.X("share:Q", axis=_axis(caption), scale=_scale(0, 106))
    chart = alt.layer(*funnel_explanation_drawing.pareto_layers(drawn, x, _names(drawn.names), _PLOT_WIDTH))
    places = ", ".join(f"{row['name']} {row['words']}" for row in drawn.rows)
    return _whole(answer, chart, len(drawn.names), [sentences.loss_sentence(answer)], f"Pareto. {places}.")


def tornado_chart(answer: FunnelExplanation) -> Spec:
    """Return the numbers that the answer hangs on, the one that moves most at the top.

    Parameters
    ----------
    answer : FunnelExplanation
        With at least one bar.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    tornado = answer.tornado
    drawn = funnel_explanation_drawing.tornado_of(answer, _PLOT_WIDTH)
    of, change = ("Chance of the goal", "points") if tornado.measure == CHANCE else ("Mean bookings", "money")
    caption = [
        f"{of}; the line is {measured(answer, tornado.baseline)}, everything as it is. One number at a time is set low "
        f"and high, all else and all luck the same ({tornado.replications:,} futures). Blue above the line, vermillion "
        f"below it. At the right the larger move in {change}, with its 95 % interval.",
        "In brackets the grade of the source: A is tried 20 % either way, B 30 %, C, D and ours 50 %, stated 20 %.",
    ]
    x = alt.X("start:Q", axis=_axis(caption, drawn=False), scale=_scale(drawn.low, drawn.high))
    chart = alt.layer(*explanation_drawing.tornado_layers(drawn, x, _names(drawn.names), _PLOT_WIDTH))
    bars = ", ".join(f"{one['name']} {one['words']}" for one in drawn.swings)
    return _whole(answer, chart, len(drawn.names), [sentences.moves_most(answer)], f"Tornado. {bars}.")


def _whole(answer: FunnelExplanation, chart: Any, rows: int, title: list[str], words: str) -> Spec:
    drawn = chart.properties(width=_PLOT_WIDTH, height=explanation_drawing.ROW_HEIGHT * rows)
    return finished(drawn, sentences.footer(answer), title, " ".join([*title, words]))


def _names(names: list[str]) -> alt.Y:
    axis = alt.Axis(title=None, ticks=False, domain=False, labelLimit=330, labelFontSize=13, labelPadding=8)
    return alt.Y("name:N", axis=axis, scale=alt.Scale(domain=names), sort=None)


def _axis(caption: list[str], *, drawn: bool = True) -> alt.Axis:
    lines = wrapped(caption, _CAPTION_WIDTH)
    return alt.Axis(title=lines, grid=drawn, gridColor=GRID, labels=drawn, ticks=drawn, tickCount=6, **CAPTION)


def _scale(low: float, high: float) -> alt.Scale:
    return alt.Scale(domain=[low, high], nice=False, zero=False)
