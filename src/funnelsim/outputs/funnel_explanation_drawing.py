"""The explanation of a simulation as rows and marks: waterfall, Pareto of losses, tornado.

Waterfall and tornado are drawn as those of a forecast (:mod:`funnelsim.outputs.explanation_drawing`); here is what
stands in them.  A Pareto has a bar for each place and a dot for what it comes to with those above it, both on one axis
of per cent.

What it leaves out: titles and footers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import altair as alt

from funnelsim.model.funnel_explanation import FunnelExplanation, LossCell, TornadoBar
from funnelsim.outputs.chart_layout import axis_unit
from funnelsim.outputs.chart_style import ACTUAL, PAPER, QUIET, Spec
from funnelsim.outputs.explanation_drawing import LOSS, LOSS_WORDS, TornadoDrawing, Waterfall
from funnelsim.outputs.explanation_text import signed
from funnelsim.outputs.funnel_explanation_text import (
    CHANCE,
    bar_name,
    bridge_amounts,
    measured,
    money,
    moved,
    number,
    percent,
    points,
    reason_words,
)
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.simulation_text import count_text

PLACES = 12
"""Places of a Pareto that are drawn; the rest is one bar."""
_CHARACTER = 7.4
_NAME = 40


def waterfall_of(answer: FunnelExplanation) -> Waterfall:
    """Return what the waterfall of a bridge draws.

    Parameters
    ----------
    answer : FunnelExplanation
        With a bridge.

    Returns
    -------
    Waterfall
        From the earlier run to the later one; amounts add up as printed.
    """
    bridge, since = answer.bridge, answer.since
    assert bridge is not None, "a waterfall needs a bridge"
    assert since is not None, "a bridge has an earlier run"
    column, levels, steps = bridge_amounts(answer)
    first, last = (f"Run '{plain(run.name, 24)}'" for run in (since, answer.run))
    ends = [f"{level:,}{column.unit.short}" for level in (levels[0], levels[-1])]
    rows = [_row(first, 0, levels[0], "whole", ends[0])]
    for place, step in enumerate(bridge.steps):
        words = signed(steps[place], column)
        sure = "" if step.bookings_interval.known or not steps[place] else " (may be luck)"
        kind = "gain" if steps[place] > 0 else "loss"
        rows.append(_row(plain(step.name, _NAME), levels[place], levels[place + 1], kind, words + sure))
    # a blank keeps the two ends apart when both runs have one name
    rows.append(_row(last if last != first else f"{last}, later", 0, levels[-1], "whole", ends[1]))
    links = [{"name": one["name"], "next": other["name"], "at": one["end"]} for one, other in pairwise(rows)]
    highest = max([*levels, 1])
    return Waterfall([row["name"] for row in rows], rows, links, None, "", column.unit, highest * 1.2)


def _row(name: str, start: int, end: int, kind: str, words: str) -> Spec:
    return {"name": name, "start": start, "end": end, "kind": kind, "words": words, "place": max(start, end)}


def tornado_of(answer: FunnelExplanation, width: int) -> TornadoDrawing:
    """Return what a tornado draws.

    Parameters
    ----------
    answer : FunnelExplanation
        With at least one bar.
    width : int
        Of the plot, pixels.

    Returns
    -------
    TornadoDrawing
        In per cent, or in units of its axis.
    """
    tornado = answer.tornado
    ends_of = [(bar.at_low.estimate, bar.at_high.estimate) for bar in tornado.bars]
    largest = max(abs(tornado.baseline) + max(map(abs, ends)) for ends in ends_of)
    unit = None if tornado.measure == CHANCE else axis_unit(largest / 10**answer.digits)
    scale = 100.0 if unit is None else 1 / (unit.size * 10**answer.digits)
    base, names = tornado.baseline * scale, _names(tornado.bars)
    rows, ends = [], []
    for name, bar, moves in zip(names, tornado.bars, ends_of, strict=True):
        sides = sorted(zip(moves, (bar.low, bar.high), strict=True))
        for place, (move, setting) in enumerate(sides):
            at = base + move * scale
            if move:
                rows.append({"name": name, "start": base, "end": at, "kind": "gain" if move > 0 else "loss"})
            words = f"{number(setting)}: {measured(answer, tornado.baseline + move)}"
            # both ends on one side of the line: their words stand on either side of the bar
            ends.append({"name": name, "at": min(at, base) if place == 0 else max(at, base), "words": words,
                         "side": "left" if place == 0 else "right"})  # fmt: skip
    swings = [{"name": name, "words": _swing(answer, bar)} for name, bar in zip(names, tornado.bars, strict=True)]
    low, high = _axis_ends(base, ends, width)
    return TornadoDrawing(names, rows, ends, swings, base, unit, low, high)


def _names(bars: tuple[TornadoBar, ...]) -> list[str]:
    shown = [f"{bar_name(bar, 36)} ({bar.grade})" for bar in bars]
    return [name if shown.count(name) == 1 else f"{place} {name}" for place, name in enumerate(shown, 1)]


def _swing(answer: FunnelExplanation, bar: TornadoBar) -> str:
    """Return the larger of a bar's two moves with its interval."""
    end = max((bar.at_low, bar.at_high), key=lambda one: abs(one.estimate))
    text = points(end) if answer.tornado.measure == CHANCE else moved(answer, end)
    return text.replace("+-", "\u00b1 ")


def _axis_ends(base: float, ends: list[Spec], width: int) -> tuple[float, float]:
    """Return the ends of an axis on which the words beside each bar have room."""
    low = min([base, *(float(one["at"]) for one in ends)])
    high = max([base, *(float(one["at"]) for one in ends)])
    span = max(high - low, abs(base) / 10, 1e-9)
    for _ in range(8):  # words take pixels, so their room in data units grows with the axis
        reach = [len(one["words"]) * _CHARACTER * span / width for one in ends]
        pairs = list(zip(ends, reach, strict=True))
        low = min([low, *(one["at"] - room for one, room in pairs if one["side"] == "left")])
        high = max([high, *(one["at"] + room for one, room in pairs if one["side"] == "right")])
        span = max(high - low, 1e-9)
    return low, high


@dataclass(frozen=True)
class Pareto:
    """What a Pareto draws.

    Attributes
    ----------
    names : list of str
        Places from the top, most money first.
    rows : list of dict
        ``name share upto words upto_words``; shares in per cent.
    """

    names: list[str]
    rows: list[Spec]


def pareto_of(answer: FunnelExplanation) -> Pareto:
    """Return what the Pareto of losses draws.

    Parameters
    ----------
    answer : FunnelExplanation
        With at least one loss.

    Returns
    -------
    Pareto
        The largest places, and one row for all others.
    """
    most = PLACES + 1 if len(answer.losses) == PLACES + 1 else PLACES  # one more row is as short as "1 other"
    rows = [_loss_row(answer, cell) for cell in answer.losses[:most]]
    hidden = answer.losses[most:]
    if hidden:
        lost = sum(cell.money for cell in hidden)
        share = sum(cell.share for cell in hidden)
        rows.append({
            "name": f"{len(hidden)} other places", "share": 100 * share, "upto": 100.0,
            "words": money(answer, lost, lost / 200), "upto_words": "100%",
        })  # fmt: skip
    return Pareto([row["name"] for row in rows], rows)


def _loss_row(answer: FunnelExplanation, cell: LossCell) -> Spec:
    more = 0 if cell.change is None else round(cell.change.estimate)
    change = "" if cell.change is None else f", {more:+,}" if more else ", as before"
    return {
        "name": f"{plain(cell.stage, 16)}, {reason_words(cell.reason)}, {plain(cell.team, 14)}",
        "share": 100 * cell.share,
        "upto": 100 * cell.cumulative,
        "words": f"{money(answer, cell.money, cell.money / 200)} ({count_text(cell.leads)} leads{change})",
        "upto_words": percent(cell.cumulative),
    }


def pareto_layers(drawn: Pareto, x: alt.X, y: alt.Y, width: int) -> list[Any]:
    """Return the marks of a Pareto, from the back to the front.

    Parameters
    ----------
    drawn : Pareto
        What to draw.
    x, y : altair channels
        The axes of ``share`` and ``name``; every layer shares their scales.
    width : int
        Of the plot, pixels; the amounts stand to the right of it.

    Returns
    -------
    list of altair chart
        Bars, the running sum with its dots, and words.
    """
    base = alt.Chart(alt.InlineData(values=drawn.rows)).encode(y=y)
    bars = base.mark_bar(height=16, color=LOSS).encode(x=x)
    order = alt.Order("upto:Q")
    line = base.mark_line(color=QUIET, strokeWidth=1.2).encode(x=alt.X("upto:Q"), order=order)
    dots = base.mark_point(color=ACTUAL, fill=PAPER, size=46, opacity=1, strokeWidth=1.5).encode(x=alt.X("upto:Q"))
    upto = base.mark_text(align="left", dx=8, dy=-6, fontSize=12, color=ACTUAL).encode(
        x=alt.X("upto:Q"), text="upto_words:N"
    )
    words = base.mark_text(align="left", dx=14, fontSize=12.5, fontWeight="bold", color=LOSS_WORDS)
    return [bars, line, dots, upto, words.encode(x=alt.value(width), text="words:N")]
