"""Charts of a simulation: drawn for every shape, nothing active in them, labels that do not collide."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pytest
from forecast_variants import HOSTILE
from sample_simulation import sample_scenario, sample_simulation
from test_simulation_page import SHAPES

from funnelsim.outputs.chart_style import HEIGHT
from funnelsim.outputs.charts import chart_png, chart_svg
from funnelsim.outputs.funnel_drawing import FATES, funnel_of
from funnelsim.outputs.simulation_charts import NAMES, funnel_title, simulation_chart, simulation_images, stages_title
from funnelsim.outputs.stage_drawing import stage_lines_of


def texts_of(svg: bytes) -> list[str]:
    root = ET.fromstring(svg)
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


DRAWN = [pytest.param(name, marks=[] if name in {"nothing", "weeks"} else pytest.mark.slow) for name in SHAPES]


@pytest.mark.parametrize("chart", NAMES)
@pytest.mark.parametrize("name", DRAWN)
def test_every_shape_is_drawn(name: str, chart: str) -> None:
    svg = chart_svg(simulation_chart(SHAPES[name], chart))
    shown = " ".join(texts_of(svg))
    assert "NaN" not in svg.decode()
    assert not re.search(r"\b(nan|null|undefined|Infinity)\b", shown)
    assert "As of 31 Dec 2025" in shown
    assert "seed 7" in shown


def test_pictures_are_the_same_bytes_every_time() -> None:
    first = simulation_images(sample_simulation())
    assert first == simulation_images(sample_simulation())
    assert set(first) == {f"{name}.{end}" for name in NAMES for end in ("png", "svg")}


def test_titles_are_findings() -> None:
    simulation = sample_simulation()
    assert funnel_title(simulation) == (
        "Under 'relay' stage 'B' falls furthest short: 39% advance, not the stated 47%. 67% of losses are in 'C'."
    )
    assert "the open funnel grows" in stages_title(simulation)
    assert "its largest part ends in stage 'A'" in stages_title(simulation)
    assert "no lead leaves a stage" in funnel_title(SHAPES["nothing"])


def test_a_bar_is_cut_into_all_that_becomes_of_its_leads() -> None:
    simulation = sample_simulation()
    funnel = funnel_of(simulation)
    for stage in simulation.stages:
        ends = [row["end"] for row in funnel.rows if row["stage"] == stage.name]
        assert max(ends) == pytest.approx(stage.entered.mean, rel=0.02)
    assert funnel.fates == [fate for fate, _, _ in FATES]
    assert "39% advance (47% as stated)" in " ".join(str(row["words"]) for row in funnel.beside)


def test_lines_add_up_and_begin_with_the_leads_at_the_start() -> None:
    simulation = sample_simulation()
    *stages, whole = stage_lines_of(simulation).lines
    assert len(whole.rows) == 7
    for place, row in enumerate(whole.rows):
        assert row["amount"] == pytest.approx(sum(one.rows[place]["amount"] for one in stages))
    unit = stage_lines_of(simulation).unit.size
    assert whole.rows[0]["amount"] * unit == pytest.approx(float(simulation.opening.leads.expected_value()) / 100)


def test_labels_at_the_right_do_not_touch() -> None:
    values = {name: (1e7 + k,) * 6 for k, name in enumerate("CBA")}
    near = replace(sample_simulation(), value=replace(sample_simulation().value, by_stage=values))
    spec = simulation_chart(near, "stages")
    marks = [layer for layer in spec["layer"] if layer["mark"]["type"] == "text"]
    rows = [spec["datasets"][layer["data"]["name"]][0] for layer in marks]
    places = sorted(row["amount"] / stage_lines_of(near).top * HEIGHT for row in rows)
    assert all(second - first >= 16 for first, second in pairwise(places))


@pytest.mark.parametrize("text", HOSTILE[:1])
def test_hostile_words_are_no_expression(text: str) -> None:
    chosen = sample_scenario().strategies[0].model_copy(update={"title": text})
    hostile = replace(sample_simulation(), strategy=chosen, notes=(text,), currency=text)
    for name in NAMES:
        assert chart_png(simulation_chart(hostile, name)).startswith(b"\x89PNG")
