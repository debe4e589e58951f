"""The charts of a track record: bands against what was booked, and the chance of the plan over time.

The title is the answer; nothing is conditional, because it happened.

What it leaves out: what is drawn (:mod:`funnelsim.outputs.track_drawing`).
"""

from __future__ import annotations

from pathlib import Path

import altair as alt

from funnelsim.model.track import Track
from funnelsim.outputs import track_sentences as sentences
from funnelsim.outputs.chart_style import HEIGHT, WIDTH, Spec, finished
from funnelsim.outputs.charts import images_of
from funnelsim.outputs.track_drawing import band_layers, drawn_bands, plan_groups, plan_layers

BANDS_CHART, PLAN_CHART = "bands", "plan"


def bands_chart(track: Track) -> Spec:
    """Return every band that is over, with what was booked.

    Parameters
    ----------
    track : Track
        Any.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    drawn = drawn_bands(track)
    caption = [
        "Dark bar: half of the futures. Dark and middle: 8 in 10. All three: 9 in 10. Line across: middle. What was "
        "booked: black dot inside the 80 % band, white diamond outside.",
        "Each bar is one forecast; for the same days the oldest stands left, the latest right. Bars of one forecast "
        "share its leads: they are no separate evidence.",
    ]
    if drawn.hidden:
        caption.append(f"{drawn.hidden} earlier bands are not drawn.")
    if any(run.own_leads for run in track.runs):
        caption.append("Booked: of the leads that the forecast knew, so that it differs from bar to bar.")
    chart = alt.layer(*band_layers(track, drawn, caption)).properties(width=WIDTH, height=HEIGHT)
    title = [sentences.headline(track)]
    words = " ".join(["Bands of archived forecasts and what was booked.", *title, *caption])
    return finished(chart, sentences.footer(track), title, words, condition="")


def plan_chart(track: Track) -> Spec:
    """Return the chance of the plan, forecast by forecast.

    Parameters
    ----------
    track : Track
        With a plan in one run or more; otherwise the chart of bands is returned.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    groups = plan_groups(track)
    if not groups:
        return bands_chart(track)
    several = "" if len(groups) == 1 else " Each line is one plan."
    caption = [
        f"Each dot is the chance as the forecast of that day saw it, from its own futures.{several} A chance is right "
        "only over many plans: one outcome cannot prove it."
    ]
    if any(plan.made is not None for group in groups for _, plan in group):
        caption.append("What became of a plan: black dot made, white diamond missed.")
    chart = alt.layer(*plan_layers(track, groups, caption)).properties(width=WIDTH, height=HEIGHT)
    title = sentences.chance_sentences(track, brief=True)[:2]
    words = " ".join(["Chance of the plan over time.", *title, *caption])
    return finished(chart, sentences.footer(track), title, words, condition="")


def track_chart(track: Track, path: str) -> Spec:
    """Return the chart that a file's name asks for.

    Parameters
    ----------
    track : Track
        Any.
    path : str
        A name that ends in ``plan`` before the ending asks for the chance of the plan, every other for the bands.

    Returns
    -------
    dict
        A Vega-Lite specification.
    """
    return plan_chart(track) if Path(path).stem.lower().endswith(PLAN_CHART) else bands_chart(track)


def track_images(track: Track) -> dict[str, bytes]:
    """Draw the charts, as PNG and SVG.

    Parameters
    ----------
    track : Track
        Any.

    Returns
    -------
    dict of str to bytes
        By file name; no chart of the plan where no run has one.
    """
    specs = {BANDS_CHART: bands_chart(track)}
    if plan_groups(track):
        specs[PLAN_CHART] = plan_chart(track)
    return images_of(specs)
