"""Charts of a sweep: how the metric follows each lever, and a map of the two that matter most.

Titles are findings; labels stand beside what they name; line styles and greys differ, so that nothing hangs on colour.

What it leaves out: what is drawn (:mod:`funnelsim.outputs.sweep_drawing`).
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

import altair as alt

from funnelsim.model.sweep import Sweep
from funnelsim.outputs.chart_style import Spec, finished
from funnelsim.outputs.charts import images_of
from funnelsim.outputs.sweep_drawing import (
    MOST_DOTS,
    MOST_LINES,
    drawn_responses,
    lever_map,
    map_layers,
    map_size,
    response_panels,
    strategy_name,
)
from funnelsim.outputs.sweep_sentences import footer, headline, lever_sentence
from funnelsim.outputs.sweep_text import design_text, figure_text, path_text

RESPONSES: Final = "responses"
MAP: Final = "map"


def sweep_images(sweep: Sweep) -> dict[str, bytes]:
    """Draw every chart there is, as PNG and SVG.

    Parameters
    ----------
    sweep : Sweep
        Any.

    Returns
    -------
    dict of str to bytes
        By file name; empty when no point has the metric.
    """
    specs = {}
    if sweep.best is not None:
        specs[RESPONSES] = response_chart(sweep)
    if lever_map(sweep) is not None:
        specs[MAP] = map_chart(sweep)
    return images_of(specs)


def sweep_chart(sweep: Sweep, file: str) -> Spec:
    """Return the chart that a file name asks for.

    Parameters
    ----------
    sweep : Sweep
        With at least one point that has the metric.
    file : str
        A name that ends in ``map``, before its ending, asks for the map, where there is one; every other one for the
        responses.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    wants_map = PurePath(file).stem.lower().endswith(MAP)
    return map_chart(sweep) if wants_map and lever_map(sweep) is not None else response_chart(sweep)


def response_chart(sweep: Sweep) -> Spec:
    """Return how the metric follows each lever.

    Parameters
    ----------
    sweep : Sweep
        With at least one point that has the metric.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    title = [_finding(sweep)]
    caption = _response_caption(sweep)
    words = " ".join([f"Response of {sweep.metric.title} to {_levers(sweep)}.", headline(sweep), *caption])
    return finished(response_panels(sweep), " ".join([*caption, footer(sweep)]), title, words)


def map_chart(sweep: Sweep) -> Spec:
    """Return the map of the two levers that matter most.

    Parameters
    ----------
    sweep : Sweep
        One that has a map.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    drawn = lever_map(sweep)
    assert drawn is not None, "the caller looked whether there is a map"
    width, height = map_size(drawn)
    chart = alt.layer(*map_layers(sweep, drawn)).properties(width=width, height=height)
    others = " Each cell is the mean over all other levers." if drawn.averaged else ""
    under = f" under {strategy_name(drawn.strategy)}" if len(sweep.strategies) > 1 else ""
    caption = (
        f"{sweep.metric.title[0].upper()}{sweep.metric.title[1:]}{under}; darker is better, the best is framed.{others}"
    )
    title = [_finding(sweep)]
    words = " ".join([f"Map of {sweep.metric.title} over two levers.", headline(sweep), caption])
    return finished(chart, f"{caption} {footer(sweep)}", title, words)


def _finding(sweep: Sweep) -> str:
    """Return the conclusion, short enough for a title."""
    best = sweep.best
    assert best is not None, "a chart needs a point that has the metric"
    estimate, error = sweep.metric_figures[best.design, best.strategy, :2].tolist()
    amount = figure_text(sweep, estimate, error, named=True)
    words = design_text(sweep, best.design, best.strategy)
    return f"Best by {sweep.metric.title}: {words}, {amount}. {lever_sentence(sweep)}".strip()


def _levers(sweep: Sweep) -> str:
    return ", ".join(dict.fromkeys(path_text(one.path) for one in drawn_responses(sweep)))


def _response_caption(sweep: Sweep) -> list[str]:
    points = len(sweep.designs) * len(sweep.strategies)
    dots = f"Dots: designs (some of {points:,})." if points > MOST_DOTS else "Dots: designs."
    lines = "Line: mean at each value, over all other levers; bar: its 95 % interval against the mean of all."
    if not sweep.designs.full:
        lines = (
            "Line: mean at each value, other levers' own effects taken out; bar: its 95 % interval over the designs."
        )
    more = len(sweep.strategies) - MOST_LINES
    hidden = [f"The best {MOST_LINES} strategies have lines."] if more > 0 else []
    panels = len(sweep.designs.paths) - len({one.path for one in drawn_responses(sweep)})
    left = [f"{panels} more lever{'s are' if panels > 1 else ' is'} not drawn."] if panels > 0 else []
    return [dots, lines, *hidden, *left]
