"""What the charts of a track record draw: every band with what happened, and the chance of the plan over time.

Bands stand in groups by their days, from the oldest forecast to the latest; what was booked is a black dot inside the
80 % band and a white diamond outside of it, so that a miss is seen without colour.

What it leaves out: titles and files (:mod:`funnelsim.outputs.track_charts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import altair as alt

from funnelsim.model.results import PERCENTS
from funnelsim.model.track import Track, TrackedBand, TrackedPlan, TrackedRun
from funnelsim.outputs.chart_layout import axis_unit, milliseconds
from funnelsim.outputs.chart_style import (
    ACTUAL,
    BANDS,
    HEADROOM,
    MEDIAN,
    PAPER,
    PLAN_WORDS,
    QUIET,
    WIDTH,
    Spec,
    amount_axis,
    amount_scale,
    caption_axis,
    chance_axis,
)
from funnelsim.outputs.number_text import day_text
from funnelsim.outputs.track_sentences import LEVEL, money, short_chance

MOST_BARS = 48
_GAP = 0.8
_WIDEST, _SHARE = 46.0, 0.72
_LETTER = 7.0
"""Width of a letter of a label in pixels, at most."""
_MOST_TICKS = 12
_TO_LABELS = 40
_HIGH = 90.0
"""Chances from which on words stand below their point."""
Group = list[tuple[TrackedRun, TrackedPlan]]


@dataclass(frozen=True)
class DrawnBands:
    """What the chart of bands draws.

    Attributes
    ----------
    rows : list of dict
        One per band: place across, percentiles and actual in the axis's unit.
    names : list of dict
        One per stretch of days: its middle and its label.
    ends : tuple of float
        Of the axis across.
    width : float
        Of a bar in pixels.
    hidden : int
        Earlier bands that are not drawn.
    """

    rows: list[Spec]
    names: list[Spec]
    ends: tuple[float, float]
    width: float
    hidden: int


def drawn_bands(track: Track) -> DrawnBands:
    """Place the latest bands side by side.

    Parameters
    ----------
    track : Track
        Any.

    Returns
    -------
    DrawnBands
        Groups by days, a gap between two.
    """
    shown = track.bands[-MOST_BARS:]
    rows: list[Spec] = []
    names: list[Spec] = []
    place, group = 0.0, ""
    for _, band in shown:
        key = f"{band.period.start}:{band.period.end}"
        place += 1.0 if key == group or not rows else 1.0 + _GAP
        if key != group:
            names.append({"first": place, "last": place, "words": band.label.removeprefix("week of ")})
        names[-1]["last"] = place
        group = key
        rows.append({"at": place, "band": band})
    ends = (rows[0]["at"] - 0.9, rows[-1]["at"] + 0.9)
    room = WIDTH / (ends[1] - ends[0])
    return DrawnBands(
        rows=rows,
        names=_thinned([{"at": (one["first"] + one["last"]) / 2, "words": one["words"]} for one in names], room),
        ends=ends,
        width=min(_SHARE * room, _WIDEST),
        hidden=len(track.bands) - len(shown),
    )


def _thinned(names: list[Spec], room: float) -> list[Spec]:
    """Leave labels out that would run into the one before."""
    kept: list[Spec] = []
    for one in names:
        if kept:
            apart = (one["at"] - kept[-1]["at"]) * room
            needed = _LETTER * (len(one["words"]) + len(kept[-1]["words"])) / 2 + _LETTER
            if apart < needed:
                continue
        kept.append(one)
    return kept


def band_layers(track: Track, drawn: DrawnBands, caption: list[str]) -> list[Any]:
    """Return bars in three shades, medians, and what was booked.

    Parameters
    ----------
    track : Track
        Any.
    drawn : DrawnBands
        Its bands, placed.
    caption : list of str
        Sentences below.

    Returns
    -------
    list of altair chart
        From the back to the front.
    """
    bands: list[TrackedBand] = [row["band"] for row in drawn.rows]
    scale = 10**track.minor_digits
    highest = max(max(band.percentiles[-1], band.actual) for band in bands) / scale
    unit = axis_unit(highest)
    top = highest / unit.size * HEADROOM if highest > 0 else 1.0
    values = [_values(row["at"], row["band"], unit.size * scale) for row in drawn.rows]
    axis = caption_axis(caption, labels=False, ticks=False, values=[]).to_dict() | {"titlePadding": _TO_LABELS}
    x = alt.X("at:Q", axis=alt.Axis(**axis), scale=alt.Scale(domain=list(drawn.ends), nice=False, zero=False))
    y = alt.Y("p50:Q", axis=amount_axis(unit, track.currency), scale=amount_scale(top))
    base = alt.Chart(alt.InlineData(values=values)).encode(x=x)
    layers: list[Any] = []
    for low, high, colour in BANDS:
        channel = y.copy()
        channel.shorthand = f"p{low}:Q"
        layers.append(base.mark_bar(color=colour, size=drawn.width).encode(y=channel, y2=f"p{high}"))
    median = base.encode(y=y)
    layers += [
        median.mark_tick(orient="horizontal", color=PAPER, size=drawn.width, thickness=4.5, opacity=1),
        median.mark_tick(orient="horizontal", color=MEDIAN, size=drawn.width, thickness=2.5, opacity=1),
    ]
    for held, shape, fill in ((True, "circle", ACTUAL), (False, "diamond", PAPER)):
        rows = [row for row in values if row["held"] is held]
        points = alt.Chart(alt.InlineData(values=rows)).encode(x=x, y=_of(y, "actual"))
        size = min(110.0, max(36.0, drawn.width * 5)) * (1.0 if held else 1.5)
        if rows:
            look: dict[str, Any] = {"shape": shape, "fill": fill, "stroke": PAPER if held else ACTUAL}
            layers.append(points.mark_point(strokeWidth=2, size=size, opacity=1, **look))
    names = alt.Chart(alt.InlineData(values=[{**one, "zero": 0.0} for one in drawn.names]))
    words = names.mark_text(baseline="top", dy=14, fontSize=12, color="#222222", clip=False)
    layers.append(words.encode(x=x, y=_of(y, "zero"), text="words:N"))
    return layers


def _of(y: alt.Y, name: str) -> alt.Y:
    channel = y.copy()
    channel.shorthand = f"{name}:Q"
    return channel


def _values(at: float, band: TrackedBand, size: float) -> Spec:
    percentiles = {f"p{one}": amount / size for one, amount in zip(PERCENTS, band.percentiles, strict=True)}
    return {"at": at, "actual": band.actual / size, "held": band.held(LEVEL), **percentiles}


def plan_groups(track: Track) -> list[Group]:
    """Return the runs that know a chance, by plan and window.

    Parameters
    ----------
    track : Track
        Any.

    Returns
    -------
    list of list of (TrackedRun, TrackedPlan)
        In the order in which plans came up; within each by as-of day.
    """
    groups: dict[tuple[object, int], Group] = {}
    for run in track.runs:
        if run.plan is not None:
            groups.setdefault((run.plan.window, run.plan.target), []).append((run, run.plan))
    return list(groups.values())


def plan_layers(track: Track, groups: list[Group], caption: list[str]) -> list[Any]:
    """Return the chance of each plan over time, and its end where it is known.

    Parameters
    ----------
    track : Track
        Any.
    groups : list of list of (TrackedRun, TrackedPlan)
        From :func:`plan_groups`, at least one.
    caption : list of str
        Sentences below.

    Returns
    -------
    list of altair chart
        Lines, points, words.
    """
    days = sorted({run.as_of for group in groups for run, _ in group})
    ends = [group[-1][1].window.end for group in groups if group[-1][1].made is not None]
    last = max([*days, *ends])
    margin = max((last - days[0]) * 0.06, timedelta(days=4))
    step = -(-len(days) // _MOST_TICKS)
    ticks = sorted({*(milliseconds(day) for day in days[::step]), *(milliseconds(day) for day in ends)})
    names = "[utcFormat(datum.value, '%-d %b'), utcFormat(datum.value, '%Y')]"
    axis = caption_axis(caption, values=ticks, labelExpr=names, labelOverlap="greedy", labelPadding=10)
    domain = [milliseconds(days[0] - margin), milliseconds(last + margin)]
    x = alt.X("day:T", axis=axis, scale=alt.Scale(type="utc", domain=domain))
    y = alt.Y(
        "chance:Q", axis=chance_axis("futures of 100 that make the plan"), scale=alt.Scale(domain=[0, 100], nice=False)
    )
    layers: list[Any] = []
    for at, group in enumerate(groups):
        layers += _group_layers(track, group, x, y, named=len(groups) > 1, dash=[[], [7, 4], [2, 3]][at % 3])
    return layers


def _group_layers(track: Track, group: Group, x: alt.X, y: alt.Y, *, named: bool, dash: list[int]) -> list[Any]:
    rows: list[Spec] = [
        {"day": milliseconds(run.as_of), "chance": 100 * plan.probability, "words": short_chance(run, plan)}
        for run, plan in group
    ]
    few = rows[:: max(1, -(-len(rows) // _MOST_TICKS))]
    line = alt.Chart(alt.InlineData(values=rows)).encode(x=x, y=y)
    above = [row for row in few if row["chance"] < _HIGH]
    below = [row for row in few if row["chance"] >= _HIGH]
    layers: list[Any] = [
        line.mark_line(color=MEDIAN, strokeWidth=2.5, strokeDash=dash),
        line.mark_point(filled=True, fill=MEDIAN, stroke=PAPER, strokeWidth=1.5, size=110, opacity=1),
    ]
    for some, lift in ((above, -15), (below, 17)):
        layers += _words(some, x, y, dy=lift, align="center", color=ACTUAL) if some else []
    if named:
        plan, first = group[-1][1], rows[0]
        words = f"plan {money(track, plan.target)} to {day_text(plan.window.end)}"
        rises, high = rows[-1]["chance"] > first["chance"], first["chance"] >= _HIGH
        lift = (38 if high else 24) if rises else (-22 if high else -36)
        layers += _words([{**first, "words": words}], x, y, dy=lift, align="left", color=PLAN_WORDS)
    final = group[-1][1]
    if final.made is not None:
        end: Spec = {"day": milliseconds(final.window.end), "chance": 100.0 if final.made else 0.0}
        way = alt.Chart(alt.InlineData(values=[rows[-1], end])).encode(x=x, y=y)
        layers.insert(0, way.mark_line(color=QUIET, strokeWidth=1.5, strokeDash=[1, 4]))
        point = alt.Chart(alt.InlineData(values=[end])).encode(x=x, y=y)
        shape, fill = ("circle", ACTUAL) if final.made else ("diamond", PAPER)
        layers.append(point.mark_point(shape=shape, fill=fill, stroke=ACTUAL, strokeWidth=2, size=190, opacity=1))
        words = "made" if final.made else "missed"
        layers += _words([{**end, "words": words}], x, y, dy=18 if final.made else -18, align="center", color=ACTUAL)
    return layers


def _words(rows: list[Spec], x: alt.X, y: alt.Y, *, dy: int, align: str, color: str) -> list[Any]:
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=x, y=y, text="words:N")
    look: dict[str, Any] = {"dy": dy, "align": align, "fontSize": 13, "fontWeight": "bold", "clip": False}
    return [
        base.mark_text(stroke=PAPER, strokeWidth=4, strokeJoin="round", **look),
        base.mark_text(color=color, **look),
    ]
