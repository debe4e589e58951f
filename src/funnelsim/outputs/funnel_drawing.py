"""The funnel as a picture: what becomes of the leads that enter each stage.

The question: where do leads go on, where are they lost and why, and which still stand at the end?  Each stage is a
bar as long as the leads that enter it, cut into those that advance, those that are still there and those that are lost,
by reason.  Stated conversion stands beside the simulated one.

What it leaves out: the chart around it, and how it becomes a picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import altair as alt

from funnelsim.model.funnel_reports import StageReport
from funnelsim.model.funnel_words import reason_name
from funnelsim.model.simulation import Simulation
from funnelsim.outputs.chart_style import ACTUAL, HEADROOM, PAPER, WIDTH, Spec
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.simulation_text import count_text, plain_share, share_text

ADVANCED, COMPETITOR, NO_DECISION, OTHER, MOVED, OPEN = (
    "advanced",
    "bought elsewhere",
    "bought from nobody",
    "lost otherwise",
    "moved back or nurtured",
    "still open",
)
FATES: tuple[tuple[str, str, str], ...] = (
    (ADVANCED, "#08519C", PAPER),
    (OPEN, "#C6DBEF", ACTUAL),
    (MOVED, "#4292C6", PAPER),
    (NO_DECISION, "#E6AB7B", ACTUAL),
    (COMPETITOR, "#D55E00", PAPER),
    (OTHER, "#7A3A00", PAPER),
)
"""What becomes of a lead, its colour, and that of words on it; apart in grey as well."""
DIGIT_WIDTH = 8.0
"""Pixels that a character of a number takes, at most; a part of a bar that has less carries none."""
ROW_HEIGHT = 74
_NAME_LENGTH = 24


@dataclass(frozen=True)
class Funnel:
    """What the funnel chart draws.

    Attributes
    ----------
    stages : list of str
        Names, first stage first.
    rows : list of dict
        One per stage and fate with leads in it: ``stage fate start end middle words shown``.
    beside : list of dict
        One per stage: ``stage entered rates``.
    top : float
        Upper end of the axis, leads.
    fates : list of str
        Those that occur.
    """

    stages: list[str]
    rows: list[Spec]
    beside: list[Spec]
    top: float
    fates: list[str]


def funnel_of(simulation: Simulation) -> Funnel:
    """Return what the funnel chart of a simulation draws.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    Funnel
        Means over simulated futures.
    """
    top = max([stage.entered.mean for stage in simulation.stages] + [1e-9])
    rows: list[Spec] = []
    for number, stage in enumerate(simulation.stages):
        start = 0.0
        for fate, leads in _fates(simulation, stage).items():
            if leads <= 0:
                continue
            rows.append({
                "stage": _name(number, stage.name), "fate": fate, "start": start, "end": start + leads,
                "middle": start + leads / 2, "words": _leads(leads) if _fits(_leads(leads), leads / top) else "",
            })  # fmt: skip
            start += leads
    present = {str(row["fate"]) for row in rows}
    return Funnel(
        [_name(number, stage.name) for number, stage in enumerate(simulation.stages)],
        rows,
        [_beside(number, stage) for number, stage in enumerate(simulation.stages)],
        top,
        [fate for fate, _, _ in FATES if fate in present],
    )


def layers(funnel: Funnel, x: alt.X, y: alt.Y) -> list[Any]:
    """Return the marks of the funnel, from the back to the front.

    Parameters
    ----------
    funnel : Funnel
        What to draw.
    x, y : altair channels
        The axes of ``start`` and ``stage``; every layer shares their scales.

    Returns
    -------
    list of altair chart
        Bars, numbers in them, and words above each bar.
    """
    colours = {fate: colour for fate, colour, _ in FATES}
    ink = {fate: words for fate, _, words in FATES}
    base = alt.Chart(alt.InlineData(values=funnel.rows)).encode(y=y)
    scale = alt.Scale(domain=funnel.fates, range=[colours[fate] for fate in funnel.fates])
    legend = alt.Legend(
        title=None, orient="top", direction="horizontal", columns=len(funnel.fates), symbolType="square",
        symbolSize=140, labelFontSize=13, labelLimit=220, offset=10, columnPadding=22,
    )  # fmt: skip
    bars = base.mark_bar(height=26, stroke=PAPER, strokeWidth=1.5, yOffset=9).encode(
        x=x, x2="end:Q", color=alt.Color("fate:N", scale=scale, legend=legend)
    )
    inks = alt.Scale(domain=funnel.fates, range=[ink[fate] for fate in funnel.fates])
    numbers = base.mark_text(fontSize=12.5, dy=9, baseline="middle").encode(
        x="middle:Q", text="words:N", color=alt.Color("fate:N", scale=inks, legend=None)
    )
    beside = alt.Chart(alt.InlineData(values=funnel.beside)).encode(y=y, x=alt.datum(0))
    words = beside.mark_text(align="left", dx=2, dy=-16, fontSize=13, color=ACTUAL).encode(text="words:N")
    return [bars, numbers, words]


def caption() -> list[str]:
    """Return what the funnel chart's parts mean.

    Returns
    -------
    list of str
        Sentences.
    """
    return [
        "Leads a future, mean over simulated futures; a lead that falls back and comes again counts twice. Advance: of "
        "the stays that ended; as stated: of leads that get all the work they absorb.",
    ]


def _fates(simulation: Simulation, stage: StageReport) -> dict[str, float]:
    """Return how many of the leads that enter a stage end how; what is no loss, advance or stay is moved."""
    lost = {COMPETITOR: 0.0, NO_DECISION: 0.0, OTHER: 0.0}
    kinds = {"competitor": COMPETITOR, "no decision": NO_DECISION}
    for loss in simulation.losses:
        if loss.stage == stage.name:
            lost[kinds.get(reason_name(loss.reason), OTHER)] += loss.leads.mean
    ended = max(stage.entered.mean - stage.open_at_end.mean, 0.0)
    advanced = 0.0 if math.isnan(stage.conversion.mean) else stage.conversion.mean * ended
    rest = stage.entered.mean - stage.open_at_end.mean - advanced - sum(lost.values())
    moved = rest if rest > 0.005 * stage.entered.mean else 0.0
    found = {ADVANCED: advanced, OPEN: stage.open_at_end.mean, MOVED: moved, **lost}
    return {fate: found[fate] for fate, _, _ in FATES}


def _beside(number: int, stage: StageReport) -> Spec:
    simulated, stated = share_text(stage.conversion), plain_share(stage.stated_conversion)
    words = f"{count_text(stage.entered)} enter; {simulated} advance ({stated} as stated)"
    return {"stage": _name(number, stage.name), "words": words}


def _fits(text: str, share: float) -> bool:
    return (len(text) + 0.5) * DIGIT_WIDTH <= share * WIDTH / HEADROOM


def _leads(leads: float) -> str:
    return f"{leads:,.0f}" if leads >= 10 else f"{leads:.1f}"


def _name(number: int, name: str) -> str:
    """Return a stage's name, told apart by number where it would be cut."""
    shown = plain(name, _NAME_LENGTH)
    return shown if shown == name else f"{number + 1} {shown}"
