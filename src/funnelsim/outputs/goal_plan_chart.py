"""The chart of a plan back from a goal: chance against the lever, what was asked, and the answer.

The title is the answer, the band is how well the simulation knows each chance, the asked chance is dashed, the answer
is a black diamond and today a white circle, each named beside it.  With several levers the axis is what they cost.

What it leaves out: pages and slides around it.
"""

from __future__ import annotations

import math
from typing import Any

import altair as alt

from funnelsim.model.goal_plan import GoalPlan, Trial
from funnelsim.outputs import goal_plan_sentences as sentences
from funnelsim.outputs.chart_style import (
    ACTUAL,
    DASHES,
    HEIGHT,
    MEDIAN,
    OUTER,
    PAPER,
    PLAN,
    PLAN_WORDS,
    WIDTH,
    Spec,
    caption_axis,
    chance_axis,
    finished,
)
from funnelsim.outputs.charts import images_of
from funnelsim.outputs.goal_plan_text import hundred_text, lever_title, value_text

_REACHED = "futures of 100 that reach the goal"
_CHANCES = alt.Scale(domain=[0, 100], nice=False)
_ROUGH_SIZE, _FINE_SIZE = 14, 34
_MOST_SPENT = 2.5
"""Settings of several levers that cost more than so many times the answer are not drawn."""
_FAR = 0.62
"""Share of the width from which on words stand to the left of what they name."""


def goal_plan_chart(plan: GoalPlan) -> Spec:
    """Return the chart of a plan.

    Parameters
    ----------
    plan : GoalPlan
        Any plan.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    caption = _caption(plan)
    drawn = _drawn(plan)
    ends = [_place(plan, one) for one in drawn]
    low, high = min(ends), max(ends)
    scale = alt.Scale(domain=[low, high if high > low else low + 1], nice=False, zero=False, padding=6)
    x = alt.X("at:Q", axis=caption_axis([_axis_title(plan), *caption]), scale=scale)
    y = alt.Y("chance:Q", axis=chance_axis(_REACHED), scale=_CHANCES)
    chart = alt.layer(*_layers(plan, drawn, x, y)).properties(width=WIDTH, height=HEIGHT)
    title = [sentences.headline(plan)]
    words = " ".join(["Chance of the goal against what is changed.", *title, *caption])
    return finished(chart, sentences.footer(plan), title, words)


def goal_plan_images(plan: GoalPlan) -> dict[str, bytes]:
    """Draw the chart, as PNG and SVG.

    Parameters
    ----------
    plan : GoalPlan
        Any plan.

    Returns
    -------
    dict of str to bytes
        By file name.
    """
    return images_of({"plan": goal_plan_chart(plan)})


def _drawn(plan: GoalPlan) -> list[Trial]:
    """Return the trials that are drawn, from left to right; of several levers none that costs far more than enough."""
    enough = plan.answer or plan.best
    most = _MOST_SPENT * enough.spent if len(plan.levers) > 1 and enough.spent else math.inf
    kept = [one for one in plan.trials if one.spent <= most or one.values == plan.present.values]
    return sorted(kept, key=lambda one: _place(plan, one))


def _place(plan: GoalPlan, one: Trial) -> float:
    return one.spent if len(plan.levers) > 1 else one.values[0]


def _axis_title(plan: GoalPlan) -> str:
    if len(plan.levers) == 1:
        return f"Across: {lever_title(plan.levers[0])}."
    currency = f" {plan.currency}" if plan.currency else ""
    names = " and ".join(f"'{lever_title(lever)}'" for lever in plan.levers)
    return f"Across: what the change costs by your own prices{currency}. Every point is one setting of {names}."


def _caption(plan: GoalPlan) -> list[str]:
    label = plan.present.chance.label
    return [
        f"Of 100 futures, those that reach the goal; every setting meets the same futures. Band: {label} (Clopper and "
        "Pearson), wider where only a rough look was taken.",
        f"{sentences.meaning(plan)} {sentences.BASE_RATES}",
    ]


def _layers(plan: GoalPlan, drawn: list[Trial], x: alt.X, y: alt.Y) -> list[Any]:
    rows = [_row(plan, one) for one in drawn]
    low = rows[0]["at"]
    curve = alt.Chart(alt.Data(values=rows)).encode(x=x)
    size = alt.Size("size:Q", scale=None)
    band: list[Any] = []
    if len(plan.levers) == 1:
        band = [
            curve.mark_area(color=OUTER, opacity=1).encode(
                y=alt.Y("low:Q", axis=chance_axis(_REACHED), scale=_CHANCES), y2="high:Q"
            ),
            curve.mark_line(color=MEDIAN, strokeWidth=2).encode(y=y),
        ]
    else:
        band = [
            curve.mark_rule(color=OUTER, strokeWidth=4).encode(
                y=alt.Y("low:Q", axis=chance_axis(_REACHED), scale=_CHANCES), y2="high:Q"
            )
        ]
    asked = alt.Chart(alt.Data(values=[{"chance": 100 * plan.asked}]))
    words = alt.Chart(alt.Data(values=[{"chance": 100 * plan.asked, "at": low, "words": f"asked {_asked(plan)}"}]))
    return [
        *band,
        curve.mark_point(color=MEDIAN, filled=True, opacity=1).encode(y=y, size=size),
        asked.mark_rule(color=PLAN, strokeWidth=2, strokeDash=DASHES).encode(y=y),
        words.mark_text(align="left", baseline="bottom", dx=4, dy=-4, color=PLAN_WORDS, fontSize=13).encode(
            x=x, y=y, text="words:N"
        ),
        *_marks(plan, drawn, x, y),
    ]


def _asked(plan: GoalPlan) -> str:
    return f"{100 * plan.asked:.4g} in 100"


def _row(plan: GoalPlan, one: Trial) -> Spec:
    fine = one.replications >= plan.replications
    chance = one.chance
    return {
        "at": _place(plan, one),
        "chance": 100 * chance.estimate,
        "low": 100 * chance.low,
        "high": 100 * chance.high,
        "size": _FINE_SIZE if fine else _ROUGH_SIZE,
    }


def _marks(plan: GoalPlan, drawn: list[Trial], x: alt.X, y: alt.Y) -> list[Any]:
    """Return the points that have names: today, the answer, or the best where there is no answer."""
    layers: list[Any] = []
    low, high = (_place(plan, drawn[end]) for end in (0, -1))
    named = [(plan.present, f"today {_named(plan, plan.present)}", "circle", PAPER)]
    chosen = plan.answer or plan.best
    if chosen.values != plan.present.values:
        word = "answer" if plan.answer else "best found"
        named.append((chosen, f"{word} {_named(plan, chosen)}", "diamond", ACTUAL))
    for one, words, shape, fill in named:
        far = (_place(plan, one) - low) / ((high - low) or 1) > _FAR
        point = alt.Chart(alt.Data(values=[{**_row(plan, one), "words": words}])).encode(x=x, y=y)
        mark = point.mark_point(shape=shape, filled=True, fill=fill, stroke=ACTUAL, strokeWidth=2, size=150, opacity=1)
        place = {"align": "right" if far else "left", "dx": -12 if far else 12, "dy": _beside(plan, drawn, one)}
        look: dict[str, Any] = {"fontSize": 14, "fontWeight": "bold", **place}
        halo = point.mark_text(stroke=PAPER, strokeWidth=5, strokeJoin="round", **look)
        layers += [halo.encode(text="words:N"), mark, point.mark_text(**look).encode(text="words:N")]
    return layers


def _beside(plan: GoalPlan, drawn: list[Trial], one: Trial) -> int:
    """Return how far below a point its words stand: above it where the curve falls to the right."""
    after = [other for other in drawn if _place(plan, other) > _place(plan, one)]
    falls = len(plan.levers) == 1 and bool(after) and after[-1].chance.estimate < one.chance.estimate
    return -16 if falls else 24


def _named(plan: GoalPlan, one: Trial) -> str:
    if len(plan.levers) > 1:
        moved = [at for at, lever in enumerate(plan.levers) if one.values[at] != lever.present]
        where = "; ".join(
            f"{lever_title(plan.levers[at])} {value_text(plan.levers[at], one.values[at])}" for at in moved
        )
    else:
        where = value_text(plan.levers[0], one.values[0])
    return f"{where}: {hundred_text(one.chance.estimate)} in 100".lstrip(": ")
