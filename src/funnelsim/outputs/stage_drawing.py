"""EV of the open funnel by stage at period ends, as a picture.

The question: where does the value of the funnel stand, and is it growing or drying up?  One line a stage and one for
all, named beside their ends; line styles differ, so that it reads without colour.

What it leaves out: the chart around it, and how it becomes a picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt

from funnelsim.model.simulation import Simulation
from funnelsim.outputs.chart_layout import Wanted, axis_unit, milliseconds, spread
from funnelsim.outputs.chart_style import ACTUAL, HEADROOM, HEIGHT, Spec
from funnelsim.outputs.number_text import Unit
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.simulation_text import amount_text

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#AA3377", "#7A5A00", "#666666")
DASHES: tuple[list[int], ...] = ([1, 0], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [14, 5])
"""Each stage has a colour and a dash of its own; more stages than that take them again."""
LABEL_GAP = 17
MOST_POINTS = 40
_NAME_LENGTH = 20


@dataclass(frozen=True)
class StageLine:
    """One line of the chart.

    Attributes
    ----------
    name : str
        The stage, or ``all stages``.
    colour : str
        Of line and label.
    dash : list of int
        Of the line.
    width : float
        Of the line.
    rows : list of dict
        ``day`` in milliseconds and ``amount`` in the axis's unit.
    label : str
        Name and last amount.
    """

    name: str
    colour: str
    dash: list[int]
    width: float
    rows: list[Spec]
    label: str


@dataclass(frozen=True)
class StageLines:
    """What the chart of stages draws.

    Attributes
    ----------
    unit : Unit
        What the axis counts in.
    top : float
        Its upper end in ``unit``.
    lines : list of StageLine
        Stages in order, all of them together last.
    """

    unit: Unit
    top: float
    lines: list[StageLine]


def stage_lines_of(simulation: Simulation) -> StageLines:
    """Return what the chart of stages draws.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    StageLines
        The opening leads' EV by stage on the as-of day, then the mean at each period end.
    """
    names = list(simulation.scenario.stage_names)
    series = {name: [start, *simulation.value.by_stage.get(name, ())] for name, start in _opening(simulation).items()}
    whole = [sum(values) for values in zip(*series.values(), strict=True)]
    highest = max([*whole, 0.0]) / 10**simulation.minor_digits
    unit = axis_unit(highest)
    size = unit.size * 10**simulation.minor_digits
    days = [simulation.calendar.as_of, *(period.end for period in simulation.calendar.periods)]

    def line(name: str, values: list[float], colour: str, dash: list[int], width: float) -> StageLine:
        rows = [{"day": milliseconds(day), "amount": value / size} for day, value in zip(days, values, strict=True)]
        last = amount_text(simulation, values[-1], abs(values[-1]) / 100, named=False)
        return StageLine(name, colour, dash, width, rows, f"{plain(name, _NAME_LENGTH)} {last}")

    lines = [
        line(name, series[name], COLOURS[k % len(COLOURS)], DASHES[k % len(DASHES)], 2.5)
        for k, name in enumerate(names)
    ]
    return StageLines(
        unit,
        highest / unit.size * HEADROOM if highest > 0 else 1.0,
        [*lines, line("all stages", whole, ACTUAL, [1, 0], 3.0)],
    )


def layers(drawn: StageLines, x: alt.X, y: alt.Y) -> list[Any]:
    """Return the marks of the chart, from the back to the front.

    Parameters
    ----------
    drawn : StageLines
        What to draw.
    x, y : altair channels
        The axes of ``day`` and ``amount``; every layer shares their scales.

    Returns
    -------
    list of altair chart
        Lines, points where there are few, and labels beside the ends.
    """
    wanted = [Wanted(one.label, one.rows[-1]["amount"], str(k)) for k, one in enumerate(drawn.lines)]
    places = {label.kind: label.place for label in spread(wanted, drawn.top, HEIGHT, LABEL_GAP)}
    marks: list[Any] = []
    for number, one in enumerate(drawn.lines):
        chart = alt.Chart(alt.InlineData(values=one.rows)).encode(x=x, y=y)
        marks.append(chart.mark_line(color=one.colour, strokeWidth=one.width, strokeDash=one.dash))
        if len(one.rows) <= MOST_POINTS:
            marks.append(chart.mark_point(color=one.colour, fill=one.colour, size=22, opacity=1))
        row = [{"day": one.rows[-1]["day"], "amount": places[str(number)], "words": one.label}]
        words = alt.Chart(alt.InlineData(values=row)).encode(x=x, y="amount:Q", text="words:N")
        marks.append(words.mark_text(align="left", dx=9, fontSize=13, fontWeight="bold", color=one.colour, clip=False))
    return marks


def _opening(simulation: Simulation) -> dict[str, float]:
    """Return PR x stated PC of the opening leads by stage, minor units."""
    opening = simulation.opening
    return {
        name: float(opening.leads.expected_value(opening.stage == number))
        for number, name in enumerate(simulation.scenario.stage_names)
    }
