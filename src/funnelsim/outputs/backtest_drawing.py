"""What the charts of a back-test draw: bands origin by origin, shares that held, places in the futures, percentiles.

What luck does not explain has a shape of its own as well as a colour, so that nothing is lost in print without colours.

What it leaves out: titles, and how a chart becomes a picture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import altair as alt

from funnelsim.engines.statistics.held import binomial_range, counts_by_share
from funnelsim.model.backtest import Backtest
from funnelsim.model.results import PERCENTS
from funnelsim.outputs.backtest_sentences import LEVEL
from funnelsim.outputs.backtest_text import at_or_below, misses, origin_text, scores_of, shown
from funnelsim.outputs.chart_layout import axis_unit
from funnelsim.outputs.chart_style import (
    ACTUAL,
    BANDS,
    DASHES,
    GRID,
    HEADROOM,
    MIDDLE,
    PAPER,
    PLAN,
    QUIET,
    Spec,
    amount_axis,
    amount_scale,
    chance_axis,
    flat_title,
)

RANGE = "#BDBDBD"
"""Where honest counts lie."""
ROW_HEIGHT: Final = 34
MOST_BAR, BAR_SHARE = 30, 0.62
FEW_BINS, MANY_BINS, MANY_ORIGINS = 5, 10, 50
_MOST_NAMES = 14
_FLAT_LETTERS = 115
_ROOM = 5
"""Beyond 0 and 100, so that a dot there is whole."""


def panel_words(backtest: Backtest, target: int) -> str:
    """Return what stands above a panel of one target.

    Parameters
    ----------
    backtest : Backtest
        Any.
    target : int
        Its place.

    Returns
    -------
    str
        Target, hits, misses and where honest hits lie.
    """
    scores = scores_of(backtest, target)
    held, (low, high) = scores.hits[LEVEL], scores.honest[LEVEL]
    return f"{scores.target}: held {held}, missed {scores.origins - held}; honest {low} to {high} of {scores.origins}"


# --- bands ---------------------------------------------------------------------------------------------------------


def band_layers(backtest: Backtest, target: int, caption: alt.Axis, width: int) -> list[Any]:
    """Return one target's bands and actuals, origin by origin.

    Parameters
    ----------
    backtest : Backtest
        Any.
    target : int
        Its place.
    caption : altair.Axis
        Axis of the origins.
    width : int
        Of the plot, in pixels.

    Returns
    -------
    list of altair chart
        Bands, medians, actuals inside as circles, above and below as triangles.
    """
    bands, actual = shown(backtest).percentiles, backtest.actual[:, target]
    assert bands is not None, "the forecasts that are shown have bands"
    scale = 10**backtest.minor_digits
    top = float(max(int(bands[:, target].max()), int(actual.max()), 1)) / scale
    unit = axis_unit(top)
    lost = {one.origin: one.above for one in misses(backtest, target, LEVEL)}
    rows: list[Spec] = []
    for origin in range(len(backtest.origins)):
        ends = {f"p{percent}": int(end) for percent, end in zip(PERCENTS, bands[origin, target], strict=True)}
        kind = "held" if origin not in lost else "above" if lost[origin] else "below"
        money = {name: end / scale / unit.size for name, end in {**ends, "y": int(actual[origin])}.items()}
        rows.append({"x": origin_text(backtest, origin), "kind": kind, **money})
    axis = amount_axis(unit, "leads" if backtest.counts_only else backtest.currency)
    x = alt.X("x:N", axis=caption, sort=[row["x"] for row in rows], scale=alt.Scale(paddingInner=0.3, paddingOuter=0.2))
    scale_of_money = amount_scale(top * HEADROOM / unit.size)

    def y(name: str) -> alt.Y:
        return alt.Y(f"{name}:Q", axis=axis, scale=scale_of_money)

    return _band_marks(rows, x, y, min(MOST_BAR, BAR_SHARE * width / len(rows)))


def origin_axis(backtest: Backtest, *, named: bool) -> dict[str, Any]:
    """Return how origins are named under a panel.

    Parameters
    ----------
    backtest : Backtest
        Any.
    named : bool
        Whether they are named here; not above another panel with the same origins.

    Returns
    -------
    dict
        Properties of an axis: of many origins some are named, the last one always.
    """
    names = [origin_text(backtest, origin) for origin in range(len(backtest.origins))]
    shown_names = names[::-1][:: -(-len(names) // _MOST_NAMES)][::-1]
    return {
        "labels": named,
        "values": shown_names,
        "labelAngle": 0 if max(map(len, shown_names)) * len(shown_names) <= _FLAT_LETTERS else -35,
        "ticks": False,
        "labelPadding": 8,
        "labelOverlap": False,
    }


def _band_marks(rows: list[Spec], x: alt.X, y: Callable[[str], alt.Y], size: float) -> list[Any]:
    chart = alt.Chart(alt.InlineData(values=rows)).encode(x=x)
    marks: list[Any] = [
        chart.mark_bar(color=colour, size=size).encode(y=y(f"p{low}"), y2=f"p{high}:Q") for low, high, colour in BANDS
    ]
    marks.append(chart.mark_tick(color=PAPER, thickness=2, size=size).encode(y=y("p50")))
    for kind, shape, colour, area in (
        ("held", "circle", ACTUAL, 70),
        ("above", "triangle-up", PLAN, 190),
        ("below", "triangle-down", PLAN, 190),
    ):
        mine = [row for row in rows if row["kind"] == kind]
        marks += _points(mine, x, y("y"), shape, colour, area)
    return marks


def _points(rows: list[Spec], x: alt.X, y: alt.Y, shape: str, colour: str, area: int) -> list[Any]:
    """Return points with an edge that shows on bands and on one another: white around what is black, else black."""
    if not rows:
        return []
    edge = PAPER if colour == ACTUAL else ACTUAL
    look: dict[str, Any] = {"filled": True, "fill": colour, "stroke": edge, "strokeWidth": 1.5, "opacity": 1}
    return [alt.Chart(alt.InlineData(values=rows)).encode(x=x, y=y).mark_point(shape=shape, size=area, **look)]


# --- coverage ------------------------------------------------------------------------------------------------------


def coverage_panel(backtest: Backtest, places: list[int], level: int, width: int, *, named: bool) -> list[Any]:
    """Return the share of actuals that bands of one level held, beside where honest bands lie.

    Parameters
    ----------
    backtest : Backtest
        Any.
    places : list of int
        Targets, from top to bottom.
    level : int
        50, 80 or 90.
    width : int
        Of the plot, in pixels; counts stand to its right.
    named : bool
        Whether targets are named to the left.

    Returns
    -------
    list of altair chart
        Honest ranges, the stated level, dots, and counts in words.
    """
    rows = []
    for place in places:
        one = scores_of(backtest, place)
        (low, high), hits = one.honest[level], one.hits[level]
        share = {"low": low, "high": high, "x": hits}
        rows.append({
            "name": one.target,
            "beyond": not low <= hits <= high,
            "words": f"{hits} of {one.origins}",
            **{name: 100 * count / one.origins for name, count in share.items()},
        })
    names = alt.Axis(
        title=None,
        ticks=False,
        domain=False,
        labels=named,
        labelFontSize=13,
        labelPadding=10,
        labelLimit=200,
        grid=False,
    )
    order = [str(row["name"]) for row in rows]
    y = alt.Y("name:N", axis=names, scale=alt.Scale(domain=order, paddingInner=0.2, paddingOuter=0.2))
    axis = alt.Axis(title="of 100 forecasts", values=[0, 25, 50, 75, 100], gridColor=GRID)
    ends = alt.Scale(domain=[0, 100], nice=False)
    x = alt.X("x:Q", axis=axis, scale=ends)
    chart = alt.Chart(alt.InlineData(values=rows)).encode(y=y)
    stated = alt.Chart(alt.InlineData(values=[{"x": level}])).encode(x=x)
    words = chart.mark_text(align="left", baseline="middle", fontSize=12.5, clip=False, color="#222222")
    return [
        chart.mark_bar(color=RANGE, height=12).encode(x=alt.X("low:Q", axis=axis, scale=ends), x2="high:Q"),
        stated.mark_rule(color=PLAN, strokeWidth=2, strokeDash=DASHES),
        *_dots(rows, x, y),
        words.encode(x=alt.value(width + 10), text="words:N"),
    ]


def _dots(rows: list[Spec], x: alt.X, y: alt.Y) -> list[Any]:
    """Return circles for what luck explains, and larger squares for what it does not."""
    within = [row for row in rows if not row["beyond"]]
    beyond = [row for row in rows if row["beyond"]]
    return [*_points(within, x, y, "circle", ACTUAL, 90), *_points(beyond, x, y, "square", PLAN, 150)]


# --- places in the futures -----------------------------------------------------------------------------------------


def pit_layers(backtest: Backtest, target: int) -> list[Any]:
    """Return how many actuals lay in each equal part of their futures, beside what luck gives.

    Parameters
    ----------
    backtest : Backtest
        Any.
    target : int
        Its place.

    Returns
    -------
    list of altair chart
        The range by luck, what is even, bars and counts.
    """
    pit = shown(backtest).pit
    assert pit is not None, "the forecasts that are shown have futures"
    bins = MANY_BINS if len(backtest.origins) >= MANY_ORIGINS else FEW_BINS
    counts = counts_by_share(pit[:, target], bins).tolist()
    low, high = binomial_range(sum(counts), 1 / bins)
    step = 100 // bins
    names = [f"{at * step}-{(at + 1) * step}" for at in range(bins)]
    rows = [
        {"x": name, "y": count, "words": f"{count}{'' if low <= count <= high else ' !'}", "low": low, "high": high}
        for name, count in zip(names, counts, strict=True)
    ]
    top = max(*counts, high) * 1.15
    axis = alt.Axis(**flat_title("actuals", -14), tickCount=5, tickMinStep=1, format="d", gridColor=GRID)
    across = alt.Axis(title="of 100 futures, those below what happened", labelAngle=0, ticks=False, grid=False)
    x = alt.X("x:N", axis=across, sort=names, scale=alt.Scale(paddingInner=0.12, paddingOuter=0.1))
    ends = alt.Scale(domain=[0, top], nice=False)
    y = alt.Y("y:Q", axis=axis, scale=ends)
    chart = alt.Chart(alt.InlineData(values=rows)).encode(x=x)
    span = alt.Chart(alt.InlineData(values=[{"low": low, "high": high, "even": sum(counts) / bins}]))
    inside = [row for row in rows if low <= row["y"] <= high]
    beyond = [row for row in rows if not low <= row["y"] <= high]
    marks = [
        span.mark_rect(color=RANGE, opacity=0.45).encode(y=alt.Y("low:Q", axis=axis, scale=ends), y2="high:Q"),
        *(
            alt
            .Chart(alt.InlineData(values=part))
            .mark_bar(color=colour, stroke=ACTUAL, strokeWidth=edge)
            .encode(x=x, y=y)
            for part, colour, edge in ((inside, MIDDLE, 0.6), (beyond, PLAN, 2))
            if part
        ),
        span.mark_rule(color=ACTUAL, strokeDash=DASHES, strokeWidth=1.5).encode(y=alt.Y("even:Q", scale=ends)),
    ]
    look: dict[str, Any] = {"baseline": "bottom", "dy": -3, "fontSize": 13, "fontWeight": "bold"}
    halo = chart.mark_text(stroke=PAPER, strokeWidth=4, strokeJoin="round", **look)
    return [*marks, *(one.encode(y=y, text="words:N") for one in (halo, chart.mark_text(**look)))]


# --- percentiles ---------------------------------------------------------------------------------------------------


def reliability_layers(backtest: Backtest, target: int) -> list[Any]:
    """Return for each percentile how many actuals lay at or below it.

    Parameters
    ----------
    backtest : Backtest
        Any.
    target : int
        Its place.

    Returns
    -------
    list of altair chart
        The line of honest percentiles, ranges by luck, and dots.
    """
    count = len(backtest.origins)
    rows = []
    for one in at_or_below(backtest, target):
        counts = {"y": one.found, "low": one.low, "high": one.high}
        rows.append({
            "x": one.percent,
            "beyond": not one.low <= one.found <= one.high,
            **{name: 100 * value / count for name, value in counts.items()},
        })
    axis = chance_axis("of 100 actuals, at or below the percentile", -14)
    labels = "datum.value == 5 || datum.value == 95 ? '' : 'P' + datum.value"
    across = alt.Axis(title="percentile of the forecast", values=list(PERCENTS), labelExpr=labels, grid=False)
    x = alt.X("x:Q", axis=across, scale=alt.Scale(domain=[0, 100], nice=False))
    ends = alt.Scale(domain=[-_ROOM, 100 + _ROOM], nice=False)
    y = alt.Y("y:Q", axis=axis, scale=ends)
    chart = alt.Chart(alt.InlineData(values=rows)).encode(x=x)
    honest = alt.Chart(alt.InlineData(values=[{"x": 0, "y": 0}, {"x": 100, "y": 100}])).encode(x=x, y=y)
    return [
        honest.mark_line(color=QUIET, strokeDash=DASHES, strokeWidth=1.5),
        chart.mark_rule(color=RANGE, strokeWidth=9).encode(y=alt.Y("low:Q", axis=axis, scale=ends), y2="high:Q"),
        *_dots(rows, x, y),
    ]
