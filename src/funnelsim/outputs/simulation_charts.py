"""Charts of a simulation that a board can read: the fan of bookings, the funnel, and EV by stage.

Titles are findings; labels stand beside what they name; line styles and greys differ, so that nothing hangs on colour.

What it leaves out: pages and slides around the charts.
"""

from __future__ import annotations

import altair as alt

from funnelsim.model.simulation import Simulation
from funnelsim.outputs import fan_drawing, funnel_drawing, stage_drawing
from funnelsim.outputs import simulation_sentences as sentences
from funnelsim.outputs.chart_layout import axis_unit
from funnelsim.outputs.chart_style import (
    HEADROOM,
    HEIGHT,
    WIDTH,
    Spec,
    amount_axis,
    amount_scale,
    caption_axis,
    finished,
)
from funnelsim.outputs.charts import day_axis, images_of
from funnelsim.outputs.number_text import day_text, span_text
from funnelsim.outputs.sentences import outside_sentence
from funnelsim.outputs.simulation_text import amount_text, plain_share, share_text

NAMES = ("fan", "funnel", "stages")
"""Charts, by the names of their files."""
_STEADY = 0.05
"""A change of EV within this share of where it started is no change."""


def simulation_images(simulation: Simulation) -> dict[str, bytes]:
    """Draw every chart, as PNG and SVG.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    dict of str to bytes
        By file name.
    """
    return images_of({name: simulation_chart(simulation, name) for name in NAMES})


def simulation_chart(simulation: Simulation, name: str) -> Spec:
    """Return one chart.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.
    name : str
        One of ``NAMES``.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    return {"fan": fan_chart, "funnel": funnel_chart, "stages": stages_chart}[name](simulation)


def fan_chart(simulation: Simulation) -> Spec:
    """Return the cumulative fan of bookings, with the goal.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    fan = _fan(simulation)
    x = day_axis(simulation.calendar, fan.start, fan.caption)
    y = alt.Y("amount:Q", axis=amount_axis(fan.unit, simulation.currency), scale=amount_scale(fan.top))
    chart = alt.layer(*fan_drawing.layers(fan, x, y)).properties(width=WIDTH, height=HEIGHT)
    words = " ".join(["Fan chart of cumulative bookings.", *fan.title, *fan.caption])
    return finished(chart, sentences.footer(simulation), fan.title, words)


def funnel_chart(simulation: Simulation) -> Spec:
    """Return the funnel: what becomes of the leads that enter each stage.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    funnel = funnel_drawing.funnel_of(simulation)
    caption = funnel_drawing.caption()
    scale = alt.Scale(domain=[0, funnel.top * HEADROOM], nice=False)
    x = alt.X("start:Q", axis=caption_axis(caption, labels=False, ticks=False, domain=False), scale=scale)
    names = alt.Axis(title=None, ticks=False, domain=False, labelFontSize=15, labelFontWeight="bold", labelPadding=12)
    y = alt.Y("stage:N", axis=names, scale=alt.Scale(domain=funnel.stages, paddingInner=0, paddingOuter=0))
    height = funnel_drawing.ROW_HEIGHT * len(funnel.stages)
    chart = alt.layer(*funnel_drawing.layers(funnel, x, y)).properties(width=WIDTH, height=height)
    title = [funnel_title(simulation)]
    parts = [f"{row['stage']}: {row['words']}." for row in funnel.beside]
    words = " ".join(["Bars of leads by stage.", *title, *parts, *caption])
    return finished(chart.resolve_scale(color="independent"), sentences.footer(simulation), title, words)


def stages_chart(simulation: Simulation) -> Spec:
    """Return EV of the open funnel by stage, at period ends.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    drawn = stage_drawing.stage_lines_of(simulation)
    caption = [
        "EV: PR x stated PC of the leads that are open at the end of the period, mean over simulated futures. "
        f"First point: the leads open on {day_text(simulation.calendar.as_of)}."
    ]
    x = day_axis(simulation.calendar, simulation.calendar.as_of, caption)
    y = alt.Y("amount:Q", axis=amount_axis(drawn.unit, simulation.currency), scale=amount_scale(drawn.top))
    chart = alt.layer(*stage_drawing.layers(drawn, x, y)).properties(width=WIDTH, height=HEIGHT)
    title = [stages_title(simulation)]
    words = " ".join([
        "Lines of EV by stage.",
        *title,
        *(f"{line.label} at the end." for line in drawn.lines),
        *caption,
    ])
    return finished(chart, sentences.footer(simulation), title, words)


def funnel_title(simulation: Simulation) -> str:
    """Return what the funnel shows: where it falls shortest of what is stated, and what becomes of a hundred leads.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    str
        One or two sentences.
    """
    known = [stage for stage in simulation.stages if stage.conversion.mean == stage.conversion.mean]
    who = sentences.quoted(simulation.strategy.name)
    if not known:
        return f"Under {who} no lead leaves a stage, {span_text(simulation.calendar.window)}."
    worst = min(known, key=lambda stage: stage.conversion.mean - stage.stated_conversion)
    gap = worst.stated_conversion - worst.conversion.mean
    most = _where_lost(simulation)
    if gap <= max(0.01, 3 * worst.conversion.standard_error):
        return f"Under {who} every stage converts about as stated, {span_text(simulation.calendar.window)}.{most}"
    simulated, stated = share_text(worst.conversion), plain_share(worst.stated_conversion)
    short = f"stage {sentences.quoted(worst.name)} falls furthest short: {simulated} advance, not the stated {stated}"
    return f"Under {who} {short}.{most}"


def _where_lost(simulation: Simulation) -> str:
    """Return the stage with most losses, as a sentence that follows another one."""
    shares: dict[str, float] = {}
    for loss in simulation.losses:
        shares[loss.stage] = shares.get(loss.stage, 0.0) + loss.share
    if not shares:
        return ""
    stage = max(shares, key=lambda name: shares[name])
    share = "All" if shares[stage] > 1 - 1e-9 else f"{min(100 * shares[stage], 99):.0f}% of"
    return f" {share} losses are in {sentences.quoted(stage)}."


def stages_title(simulation: Simulation) -> str:
    """Return what becomes of the value of the open funnel.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    str
        One sentence.
    """
    lines = stage_drawing.stage_lines_of(simulation).lines
    scale = lines[-1].rows
    first, last = scale[0]["amount"], scale[-1]["amount"]
    start = float(simulation.opening.leads.expected_value())
    end = sum(values[-1] for values in simulation.value.by_stage.values())
    amounts = [amount_text(simulation, one, abs(one) / 100) for one in (start, end)]
    biggest = max(simulation.value.by_stage, key=lambda name: simulation.value.by_stage[name][-1])
    verb = "holds its value" if abs(last - first) <= _STEADY * first else "grows" if last > first else "dries up"
    place = f"; its largest part ends in stage {sentences.quoted(biggest)}" if end > 0 else ""
    return (
        f"Under {sentences.quoted(simulation.strategy.name)} the open funnel {verb}, from {amounts[0]} to {amounts[1]} "
        f"of EV{place}."
    )


def _fan(simulation: Simulation) -> fan_drawing.Fan:
    calendar, goal, bookings = simulation.calendar, simulation.goal, simulation.bookings
    highest = max(bookings.cumulative[-1].percentiles[95], goal.target if goal else 0) / 10**simulation.minor_digits
    unit = axis_unit(highest)
    size = unit.size * 10**simulation.minor_digits
    line = [(calendar.as_of, goal.target), (calendar.window.end, goal.target)] if goal else []
    counting = (
        f"Bookings from {day_text(calendar.window.start)} to the end of the period named. "
        "P10: 1 future in 10 ends below it; P90: 1 in 10 ends above."
    )
    return fan_drawing.Fan(
        as_of=calendar.as_of,
        digits=simulation.minor_digits,
        aim=("goal", goal.target) if goal else None,
        last=bookings.cumulative[-1],
        base=0,
        counted_from=calendar.window.start,
        start=calendar.as_of,
        end=calendar.window.end,
        unit=unit,
        top=highest / unit.size * HEADROOM if highest > 0 else 1.0,
        rows=fan_drawing.band_rows(calendar.as_of, bookings.cumulative, 0, size),
        booked=[],
        planned=fan_drawing.points(line, size),
        title=[sentences.headline(simulation), *filter(None, [sentences.goal_title(simulation)])],
        caption=[outside_sentence(simulation), counting],
    )
