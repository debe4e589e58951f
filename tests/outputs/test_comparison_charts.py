"""Charts of a comparison: drawn for every shape, differences only, labels that do not collide."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pytest
from forecast_variants import HOSTILE
from sample_comparison import sample_comparison, sample_of_forecasts, unknown_comparison

from funnelsim.outputs.chart_layout import spread
from funnelsim.outputs.charts import chart_png, chart_svg
from funnelsim.outputs.comparison_charts import (
    NAMES,
    RUNNING_HEIGHT,
    chart_asked,
    chart_names,
    comparison_chart,
    comparison_images,
)
from funnelsim.outputs.difference_drawing import LABEL_GAP, monthly_panel, running_panel, unit_of

SHAPES = {
    "sample": sample_comparison(),
    "many": sample_comparison(gains=(0.09, 0.02, -0.1, 0.11)),
    "unknown": unknown_comparison(),
    "same": sample_comparison(gains=(0.0,)),
    "forecasts": sample_of_forecasts(),
}


def texts_of(svg: bytes) -> list[str]:
    root = ET.fromstring(svg)
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


QUICK = {("sample", "differences"), ("sample", "twins"), ("many", "scores"), ("same", "differences")}
DRAWN = [
    pytest.param(name, chart, marks=[] if (name, chart) in QUICK else pytest.mark.slow)
    for name, whole in SHAPES.items()
    for chart in chart_names(whole)
]


@pytest.mark.parametrize(("name", "chart"), DRAWN)
def test_every_shape_is_drawn(name: str, chart: str) -> None:
    svg = chart_svg(comparison_chart(SHAPES[name], chart))
    shown = " ".join(texts_of(svg))
    assert "NaN" not in svg.decode()
    assert not re.search(r"\b(nan|null|undefined|Infinity)\b", shown)
    assert "800 simulated futures of each" in shown
    assert "seed 7" in shown


def test_pictures_are_the_same_bytes_every_time_and_named_by_chart() -> None:
    whole = SHAPES["sample"]
    first = comparison_images(whole)
    assert set(first) == {f"{name}.{end}" for name in NAMES for end in ("png", "svg")}
    assert first["scores.png"] == chart_png(comparison_chart(whole, "scores"))
    assert chart_names(SHAPES["unknown"]) == ("differences", "scores")


def test_charts_are_chosen_by_their_names() -> None:
    whole = SHAPES["sample"]
    asked = [chart_asked(whole, name) for name in ("a_scores.png", "Twins.svg", "differences.png", "june.png")]
    assert asked == ["scores", "twins", "differences", "differences"]
    assert chart_asked(SHAPES["unknown"], "twins.png") == "differences"


def test_the_difference_starts_at_nothing_and_ends_at_the_whole_one() -> None:
    whole = SHAPES["sample"]
    contest = whole.contests[0]
    unit = unit_of(whole, contest)
    panel = running_panel(whole, contest, unit, RUNNING_HEIGHT)
    assert panel.rows[0]["mean"] == 0.0
    assert panel.rows[-1]["mean"] * unit.size * 100 == pytest.approx(contest.cumulative[-1].mean.estimate)
    assert panel.low < 0 < panel.high, "the line of 0 is always inside"
    for row in panel.rows[1:]:
        assert panel.low < row["p10"] < row["low"] < row["mean"] < row["high"] < row["p90"] < panel.high
    each = monthly_panel(whole, contest, unit, 100)
    assert sum(row["mean"] for row in each.rows) == pytest.approx(panel.rows[-1]["mean"])


def test_labels_beside_the_lines_do_not_collide() -> None:
    whole = SHAPES["many"]
    contest = whole.contests[-1]
    panel = running_panel(whole, contest, unit_of(whole, contest), RUNNING_HEIGHT)
    assert len(panel.labels) == 3 + 3
    shifted = [one._replace(value=one.value - panel.low) for one in panel.labels]
    places = spread(shifted, panel.high - panel.low, RUNNING_HEIGHT, LABEL_GAP)
    pixels = [one.place / (panel.high - panel.low) * RUNNING_HEIGHT for one in places]
    assert all(upper - lower >= LABEL_GAP - 1 for lower, upper in pairwise(pixels))


def test_titles_are_findings() -> None:
    def title(name: str, chart: str) -> str:
        return " ".join(comparison_chart(SHAPES[name], chart)["title"]["text"])

    assert title("sample", "differences").startswith("'hand back' books USD 98K more than 'relay'")
    assert title("sample", "scores") == (
        "'hand back' against 'relay': better in 6, worse in 1, the same in 1 and not known in 1 of 9 scores."
    )
    assert title("sample", "twins").endswith(
        "on average; of what was switched off, neglect has the largest part in it, +88K."
    )
    assert title("same", "scores") == "'hand back' against 'relay': the same in 10 of 10 scores."
    nothing = replace(SHAPES["sample"], null_twins=SHAPES["sample"].null_twins[1:])
    wide = tuple(
        replace(twin, due=tuple(replace(one, low=-1e9, high=1e9) for one in twin.due)) for twin in nothing.null_twins
    )
    said = " ".join(comparison_chart(replace(nothing, null_twins=wide), "twins")["title"]["text"])
    assert "no mechanism that was switched off is known to have a part in it" in said


@pytest.mark.parametrize("text", HOSTILE[:2])
def test_hostile_words_stay_text(text: str) -> None:
    base = SHAPES["sample"]
    contest = replace(base.contests[0], other=text)
    entrants = (base.entrants[0], replace(base.entrants[1], label=text))
    twins = tuple(replace(one, mechanism=text) for one in base.null_twins[:1])
    hostile = replace(base, contests=(contest,), entrants=entrants, currency=text[:12], null_twins=twins)
    for name in chart_names(hostile):
        ET.fromstring(chart_svg(comparison_chart(hostile, name)))
