"""Charts of a back-test that a board can read: bands against what happened, shares held, and where actuals lay.

Titles are findings; honest ranges stand beside every count, so that nobody reads much into little.

What it leaves out: what is drawn (:mod:`funnelsim.outputs.backtest_drawing`).
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Final

import altair as alt

from funnelsim.model.backtest import LEVELS, Backtest
from funnelsim.outputs import backtest_drawing as drawing
from funnelsim.outputs import backtest_readings as readings
from funnelsim.outputs import backtest_sentences as sentences
from funnelsim.outputs.backtest_text import few, targets
from funnelsim.outputs.chart_style import WIDTH, Spec, caption_axis, finished
from funnelsim.outputs.charts import images_of

BANDS, COVERAGE, PIT, RELIABILITY = "bands", "coverage", "pit", "reliability"
NAMES: Final = (BANDS, COVERAGE, PIT, RELIABILITY)
"""Charts, by the names of their files."""
BAND_HEIGHT, PANEL_HEIGHT, HALF = 190, 240, 380
_MOST_ROWS = 9
_COVERAGE_WIDTH = 170


def backtest_images(backtest: Backtest) -> dict[str, bytes]:
    """Draw every chart, as PNG and SVG.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    dict of str to bytes
        By file name.
    """
    return images_of({name: backtest_chart(backtest, name) for name in NAMES})


def backtest_chart(backtest: Backtest, file: str) -> Spec:
    """Return the chart that a file name asks for.

    Parameters
    ----------
    backtest : Backtest
        Any.
    file : str
        A name that ends in ``coverage``, ``pit`` or ``reliability`` before its ending asks for that; every other one
        for the bands.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    stem = PurePath(file).stem.lower()
    asked = next((name for name in NAMES if stem.endswith(name)), BANDS)
    return {BANDS: bands_chart, COVERAGE: coverage_chart, PIT: pit_chart, RELIABILITY: reliability_chart}[asked](
        backtest
    )


def bands_chart(backtest: Backtest) -> Spec:
    """Return bands against what happened, origin by origin, for the first period and for the total.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    caption = [
        "Darkest to palest: 50, 80 and 90 % bands of the forecast; white line: median. Black circle: what happened, "
        "inside the 80 % band. Triangle: outside it, pointing up where more happened, down where less. "
        f"Below: first {'day of each forecast' if backtest.unit == 'week' else f'{backtest.unit} of each forecast'}.",
        readings.value_sentence(backtest),
    ]
    places = _two(backtest)
    panels = []
    for place in places:
        last = place == places[-1]
        axis = caption_axis(caption if last else [], **drawing.origin_axis(backtest, named=last))
        layers = drawing.band_layers(backtest, place, axis, WIDTH)
        panels.append(_panel(alt.layer(*layers), drawing.panel_words(backtest, place), WIDTH, BAND_HEIGHT))
    return _finished(
        backtest,
        alt.vconcat(*panels, spacing=26),
        sentences.headline(backtest),
        "Bands against what happened.",
        caption,
    )


def coverage_chart(backtest: Backtest) -> Spec:
    """Return the share of actuals that bands held against the share they state.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    places = few(targets(backtest), _MOST_ROWS)
    caption = [
        "Dot: of 100 forecasts, those whose band held what happened; dashed: what the band states; grey: where honest "
        "bands lie by luck alone, 95 of 100 times. Black circle: within luck. Square: not explained by luck. "
        f"{_shared(backtest)}"
    ]
    panels = []
    for level in LEVELS:
        first = level == LEVELS[0]
        layers = drawing.coverage_panel(backtest, places, level, _COVERAGE_WIDTH, named=first)
        height = drawing.ROW_HEIGHT * len(places)
        panels.append(_panel(alt.layer(*layers), f"{level} % bands", _COVERAGE_WIDTH, height))
    chart = alt.hconcat(*panels, spacing=86)
    title = readings.coverage_title(backtest)
    return _finished(backtest, chart, title, "Share of forecasts whose band held.", caption, above=True)


def pit_chart(backtest: Backtest) -> Spec:
    """Return where in their futures actuals lay, for the first period and for the total.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    caption = [
        "Honest forecasts put as many actuals in each part of their futures (dashed); grey: where luck leaves the "
        "counts, 95 of 100 times; ! marks what luck does not explain. High ends: bands too narrow. High middle: too "
        f"wide. High right: forecasts too low. {_shared(backtest)}"
    ]
    return _side_by_side(backtest, drawing.pit_layers, readings.place_title(backtest), caption)


def reliability_chart(backtest: Backtest) -> Spec:
    """Return for each percentile how many actuals lay at or below it, for the first period and for the total.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    caption = [
        "An honest P10 has 10 of 100 actuals at or below it, an honest P90 has 90 (dashed); grey: where luck leaves "
        "honest percentiles, 95 of 100 times. Black circle: within luck. Square: not explained by luck. "
        f"{_shared(backtest)}"
    ]
    return _side_by_side(backtest, drawing.reliability_layers, readings.percentile_title(backtest), caption)


def _two(backtest: Backtest) -> list[int]:
    return sorted({0, targets(backtest)[-1]})


def _shared(backtest: Backtest) -> str:
    if backtest.horizon == 1:
        return ""
    return f"Beyond {backtest.labels[0]} forecasts share {backtest.unit}s, and honest ranges are wider than shown."


def _side_by_side(backtest: Backtest, layers: Any, title: str, caption: list[str]) -> Spec:
    panels = []
    for place in _two(backtest):
        drawn = alt.layer(*layers(backtest, place))
        panels.append(_panel(drawn, backtest.labels[place], HALF, PANEL_HEIGHT))
    chart = alt.hconcat(*panels, spacing=50)
    return _finished(backtest, chart, title, "What happened, counted by place in the forecasts.", caption, above=True)


def _panel(layers: Any, words: str, width: int, height: int) -> Any:
    title = alt.TitleParams(text=words, anchor="start", fontSize=13, fontWeight="bold", offset=6)
    return layers.properties(width=width, height=height, title=title)


def _finished(
    backtest: Backtest, chart: Any, title: str, words: str, caption: list[str], *, above: bool = False
) -> Spec:
    """Return a chart with its title; ``above`` puts the caption there too, where no axis can carry it."""
    text = " ".join([words, title, *sentences.remarks(backtest), *caption])
    made = " ".join([*(caption if above else []), readings.footer(backtest)])
    return finished(chart, made, [title], text, condition="")
