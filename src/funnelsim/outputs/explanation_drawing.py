"""Waterfall and tornado as rows and marks: what is drawn where, in which colour and with which words.

A gain is blue and has a plus, a loss vermillion and has a minus, so that nothing hangs on colour; bars of a waterfall
stand on zero or on the step before, and every bar carries its own number.

What it leaves out: titles and footers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import altair as alt

from funnelsim.model.explanation import CHANCE, Bridge, DriverBar, Explanation
from funnelsim.outputs.chart_style import ACTUAL, DASHES, PAPER, PLAN_WORDS, QUIET, Spec
from funnelsim.outputs.explanation_text import (
    bridge_column,
    measure_text,
    printed_steps,
    shown_steps,
    signed,
    swing_text,
)
from funnelsim.outputs.number_text import Unit, day_text, money_text
from funnelsim.outputs.plain_text import plain

GAIN, LOSS, WHOLE = "#0072B2", "#D55E00", "#555555"
LOSS_WORDS = "#A84400"
ROW_HEIGHT = 30
BARS = 8
NAME_LENGTH = 38
_CHARACTER = 7.4
"""Pixels of one character of a label, at most."""


@dataclass(frozen=True)
class Waterfall:
    """What a waterfall draws, amounts in units of its axis.

    Attributes
    ----------
    names : list of str
        Rows from the top.
    rows : list of dict
        ``name start end kind words place``; the words stand at ``place``.
    links : list of dict
        ``name next at``: the level that one row hands to the next.
    plan : float or None
        The target.
    plan_words : str
        Its label.
    unit : Unit
        What the axis counts in.
    top : float
        Its upper end.
    """

    names: list[str]
    rows: list[Spec]
    links: list[Spec]
    plan: float | None
    plan_words: str
    unit: Unit
    top: float


def waterfall_of(answer: Explanation, bridge: Bridge) -> Waterfall:
    """Return what the waterfall of a bridge draws.

    Parameters
    ----------
    answer : Explanation
        Any explanation.
    bridge : Bridge
        Its bridge.

    Returns
    -------
    Waterfall
        Steps without money are left out, except that one row always stands between the two ends.
    """
    column = bridge_column(answer, bridge)
    amounts = dict(zip((step.name for step in bridge.steps), printed_steps(bridge, column), strict=True))
    level = column.whole(bridge.start.mean)
    names = [f"As of {day_text(bridge.earlier.as_of)}"]
    rows: list[Spec] = [_row(names[0], 0, level, "whole", column.text(bridge.start.mean))]
    for step in shown_steps(bridge):
        if not step.total:
            continue
        amount = amounts[step.name]
        names.append(f"{step.name} ({step.leads:,})" if step.leads else step.name)
        rows.append(_row(names[-1], level, level + amount, _kind(amount), signed(amount, column)))
        level += amount
    # a blank keeps the two ends apart when they stand on one day
    end = f"As of {day_text(answer.run.as_of)}"
    names.append(end if end not in names else f"{end}, now")
    rows.append(_row(names[-1], 0, level, "whole", column.text(bridge.end.mean)))
    links = [{"name": one["name"], "next": other["name"], "at": one["end"]} for one, other in pairwise(rows)]
    target = answer.target
    plan = None if target is None else target / column.minor
    words = "" if target is None else f"plan {money_text(target, answer.minor_digits)}"
    highest = max([*(max(row["start"], row["end"]) for row in rows), plan or 0.0, 1.0])
    return Waterfall(names, rows, links, plan, words, column.unit, highest * 1.12)


def _row(name: str, start: int, end: int, kind: str, words: str) -> Spec:
    return {"name": name, "start": start, "end": end, "kind": kind, "words": words, "place": max(start, end)}


def _kind(amount: float) -> str:
    return "gain" if amount > 0 else "loss"


def waterfall_layers(drawn: Waterfall, x: alt.X, y: alt.Y) -> list[Any]:
    """Return the marks of a waterfall, from the back to the front.

    Parameters
    ----------
    drawn : Waterfall
        What to draw.
    x, y : altair channels
        The axes of ``start`` and ``name``; every layer shares their scales.

    Returns
    -------
    list of altair chart
        Plan, links, bars and numbers.
    """
    marks: list[Any] = []
    if drawn.plan is not None:
        line = alt.Chart(alt.InlineData(values=[{"start": drawn.plan, "words": drawn.plan_words}]))
        marks.append(line.mark_rule(color=LOSS, strokeDash=DASHES, strokeWidth=1.5).encode(x=x))
        words = line.mark_text(color=PLAN_WORDS, fontSize=12.5, fontWeight="bold", dy=-9, baseline="bottom")
        marks.append(words.encode(x=x, y=alt.value(0), text="words:N"))
    links = alt.Chart(alt.InlineData(values=drawn.links)).mark_rule(color="#999999", strokeWidth=1)
    names = alt.Y("name:N", scale=alt.Scale(domain=drawn.names))
    marks.append(links.encode(x=alt.X("at:Q"), y=names, y2="next:N"))
    base = alt.Chart(alt.InlineData(values=drawn.rows)).encode(y=y)
    marks.append(base.mark_bar(height=18).encode(x=x, x2="end:Q", color=_colours()))
    look: Spec = {"align": "left", "dx": 6, "fontSize": 13, "fontWeight": "bold"}
    halo = base.mark_text(**look, color=PAPER, stroke=PAPER, strokeWidth=4)  # the plan's line must not cross a number
    marks.append(halo.encode(x="place:Q", text="words:N"))
    text = base.mark_text(**look)
    inks = alt.Scale(domain=["gain", "loss", "whole"], range=[GAIN, LOSS_WORDS, ACTUAL])
    marks.append(text.encode(x="place:Q", text="words:N", color=alt.Color("kind:N", scale=inks, legend=None)))
    return marks


def _colours() -> alt.Color:
    scale = alt.Scale(domain=["gain", "loss", "whole"], range=[GAIN, LOSS, WHOLE])
    return alt.Color("kind:N", scale=scale, legend=None)


@dataclass(frozen=True)
class TornadoDrawing:
    """What a tornado draws, the measure in per cent or in units of its axis.

    Attributes
    ----------
    names : list of str
        Drivers from the top, largest first.
    rows : list of dict
        ``name start end kind``: a part of a bar below and one above the baseline.
    ends : list of dict
        ``name at words side``: what each end is.
    swings : list of dict
        ``name words``: the swing with its interval.
    baseline : float
        In units of the axis.
    unit : Unit or None
        None for per cent.
    low, high : float
        Ends of the axis.
    """

    names: list[str]
    rows: list[Spec]
    ends: list[Spec]
    swings: list[Spec]
    baseline: float
    unit: Unit | None
    low: float
    high: float


def tornado_of(answer: Explanation, unit: Unit | None, width: int) -> TornadoDrawing:
    """Return what a tornado draws.

    Parameters
    ----------
    answer : Explanation
        Any explanation.
    unit : Unit or None
        What the axis counts in; None for per cent.
    width : int
        Of the plot, pixels.

    Returns
    -------
    TornadoDrawing
        The largest bars.
    """

    def size(value: float) -> float:
        if answer.tornado.measure == CHANCE:
            return 100 * value
        assert unit is not None, "an axis of money counts in something"
        return float(value / (unit.size * 10**answer.minor_digits))

    bars = answer.tornado.bars[:BARS]
    base = size(answer.tornado.baseline)
    names = [_driver(number, bar, bars) for number, bar in enumerate(bars)]
    rows, ends = [], []
    for name, bar in zip(names, bars, strict=True):
        sides = sorted(((size(bar.low), bar.low, bar.low_setting), (size(bar.high), bar.high, bar.high_setting)))
        for index, (at, value, setting) in enumerate(sides):
            if at != base:
                rows.append({"name": name, "start": base, "end": at, "kind": _kind(at - base)})
            words = f"{plain(setting, 16)}: {measure_text(answer, value)}"
            ends.append({"name": name, "at": at, "words": words, "side": "left" if index == 0 else "right"})
    swings = [{"name": name, "words": swing_text(answer, bar)} for name, bar in zip(names, bars, strict=True)]
    low, high = _ends_of_axis(base, ends, width)
    return TornadoDrawing(names, rows, ends, swings, base, unit, low, high)


def _driver(number: int, bar: DriverBar, bars: tuple[DriverBar, ...]) -> str:
    """Return a driver's name, told apart by number where two would look alike."""
    shown = [plain(one.name, NAME_LENGTH) for one in bars]
    name = shown[number]
    return name if shown.count(name) == 1 else f"{number + 1} {name}"


def _ends_of_axis(base: float, ends: list[Spec], width: int) -> tuple[float, float]:
    """Return the ends of an axis on which the words beside each bar have room."""
    low = min([base, *(float(one["at"]) for one in ends)])
    high = max([base, *(float(one["at"]) for one in ends)])
    span = max(high - low, abs(base) / 10, 1e-9)
    for _ in range(8):  # words take pixels, so their room in data units grows with the axis
        per_pixel = span / width
        lows = [one["at"] - len(one["words"]) * _CHARACTER * per_pixel for one in ends if one["side"] == "left"]
        highs = [one["at"] + len(one["words"]) * _CHARACTER * per_pixel for one in ends if one["side"] == "right"]
        low, high = min([low, *lows]), max([high, *highs])
        span = max(high - low, 1e-9)
    return low, high


def tornado_layers(drawn: TornadoDrawing, x: alt.X, y: alt.Y, width: int) -> list[Any]:
    """Return the marks of a tornado, from the back to the front.

    Parameters
    ----------
    drawn : TornadoDrawing
        What to draw.
    x, y : altair channels
        The axes of ``start`` and ``name``; every layer shares their scales.
    width : int
        Of the plot, pixels; the swings stand to the right of it.

    Returns
    -------
    list of altair chart
        Bars, words at their ends, swings with their intervals, and the baseline.
    """
    base = alt.Chart(alt.InlineData(values=drawn.rows)).encode(y=y)
    marks: list[Any] = [base.mark_bar(height=18).encode(x=x, x2="end:Q", color=_colours())]
    sides: tuple[tuple[str, Any, int], ...] = (("left", "right", -5), ("right", "left", 5))
    for side, align, dx in sides:
        words = alt.Chart(alt.InlineData(values=[one for one in drawn.ends if one["side"] == side]))
        text = words.mark_text(align=align, dx=dx, fontSize=12, color=ACTUAL)
        marks.append(text.encode(x=alt.X("at:Q"), y=y, text="words:N"))
    swings = alt.Chart(alt.InlineData(values=drawn.swings)).encode(x=alt.value(width), y=y, text="words:N")
    marks.append(swings.mark_text(align="left", dx=12, fontSize=12.5, fontWeight="bold", color=ACTUAL))
    line = alt.Chart(alt.InlineData(values=[{"start": drawn.baseline}]))
    marks.append(line.mark_rule(color=QUIET, strokeWidth=1.5).encode(x=x))
    return marks
