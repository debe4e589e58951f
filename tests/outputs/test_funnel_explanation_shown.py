"""Why a simulation says what it says, shown: page, document, table and charts agree with the answer."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sample_simulation import sample_opening, sample_scenario

from funnelsim.engines.execution import Execution
from funnelsim.engines.explaining import funnel_explanation as engine
from funnelsim.engines.explaining import funnel_tornado
from funnelsim.model.funnel_explanation import ExplainedRun, FunnelExplanation, WidthShare, WidthShares
from funnelsim.model.funnel_reports import Estimate
from funnelsim.model.intervals import Interval
from funnelsim.model.scenario_changes import changed
from funnelsim.outputs import funnel_explanation_sentences as sentences
from funnelsim.outputs.charts import chart_svg
from funnelsim.outputs.funnel_explanation_charts import charts_of, funnel_explanation_chart, funnel_explanation_images
from funnelsim.outputs.funnel_explanation_document import funnel_explanation_document
from funnelsim.outputs.funnel_explanation_page import print_funnel_explanation
from funnelsim.outputs.funnel_explanation_tables import CSV_COLUMNS, funnel_explanation_csv

SCHEMA_FILE = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "explain_simulation.json"


def made(scenario: Any, name: str) -> ExplainedRun:
    return ExplainedRun(name, scenario, "relay", sample_opening(), 7, 40)


def explained() -> FunnelExplanation:
    """An explanation of two runs that differ in a stage, with few numbers tried."""
    before = sample_scenario()
    after = changed(before, [("stages.B.conversion", 0.25), ("teams.Sales.hours_per_day", 3.5)])
    kept = funnel_tornado.candidates

    def few(scenario: Any, strategy: str) -> Any:
        numbers, left_out = kept(scenario, strategy)
        return numbers[:12], left_out

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(funnel_tornado, "candidates", few)
        return engine.explain_funnel(made(after, "july"), made(before, "june"), execution=Execution(threads=1))


@pytest.fixture(scope="module")
def answer() -> FunnelExplanation:
    return explained()


@pytest.fixture
def alone(answer: FunnelExplanation) -> FunnelExplanation:
    losses = tuple(replace(one, change=None) for one in answer.losses)
    return replace(answer, since=None, bridge=None, faults=(), losses=losses)


def page_of(answer: FunnelExplanation, width: int = 100) -> str:
    stream = io.StringIO()
    print_funnel_explanation(answer, stream, width=width)
    return stream.getvalue()


def test_the_page_begins_with_what_changed_and_why(answer: FunnelExplanation) -> None:
    page = page_of(answer)
    assert page.startswith("Mean bookings for Jan 2026 to Jun 2026 fell by ")
    assert "since 'june', to USD" in page
    assert re.search(r"to USD [\d,]+: stage B took [\d,]+", " ".join(page.split()))
    assert "It went off the rails in stage 'B'" in page
    assert "stage B: conversion 0.47 to 0.25" in page
    assert page.rstrip().endswith(sentences.footer(answer).split("; ")[-1])
    assert all(len(line) <= 100 for line in page.splitlines())


def test_a_column_adds_up_as_printed(answer: FunnelExplanation) -> None:
    assert answer.bridge is not None
    steps = [
        int(text.replace(",", ""))
        for text in re.findall(r"^(?:stage B|team Sales) +([+-][\d,]+)K?", page_of(answer), re.MULTILINE)
    ]
    levels = re.findall(r"^'ju\w+' +([\d,]+)", page_of(answer), re.MULTILINE)
    first, last = (int(text.replace(",", "")) for text in levels)
    assert len(steps) == len(answer.bridge.steps)
    assert first + sum(steps) == last


def test_without_an_earlier_run_the_page_says_where_the_funnel_falls_short(alone: FunnelExplanation) -> None:
    worst = alone.shortfalls[0]
    sure = replace(
        worst,
        conversion=Interval(0.31, 0.30, 0.32, 0.95, "t of a ratio"),
        missing=Interval(5e6, 4e6, 6e6, 0.95, "paired jackknife"),
        stated=0.45,
        share=0.61,
        utilisation=Estimate(0.99, 0.001),
    )
    page = " ".join(page_of(replace(alone, shortfalls=(sure, *alone.shortfalls[1:]))).split())
    assert page.startswith(f"Stage '{worst.stage}' converts 31% where 45% is stated: 61% of what is missing; ")
    assert f"{worst.team} is full (99% of its hours)" in page
    assert "where it works otherwise" not in page


def test_every_stream_and_width_is_served(answer: FunnelExplanation, alone: FunnelExplanation) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    print_funnel_explanation(answer, stream, width=60)
    stream.flush()
    assert b"nan" not in raw.getvalue()
    for width in (40, 60, 84, 120):
        page = page_of(alone, width)
        assert "\u2026" not in page
        assert max(map(len, page.splitlines())) <= width


def test_what_is_missing_is_said_so(alone: FunnelExplanation) -> None:
    tornado = replace(alone.tornado, bars=())
    bare = replace(
        alone, losses=(), shortfalls=(), reliefs=(), tornado=tornado, shares=WidthShares(0.0, 8, ()), notes=("A note.",)
    )
    page = " ".join(page_of(bare).split())
    assert "Every stage converts about as stated" in page
    assert "No lead is lost." in page
    assert "hang on none of the numbers tried" in page or "hangs on none" in page
    assert "no width to share out" in page
    assert "A note." in page
    parts = tuple(replace(part, standard_error=float("nan")) for part in alone.shares.parts)
    assert "nan" not in sentences.shares_sentence(replace(alone, shares=replace(alone.shares, parts=parts)))
    assert charts_of(bare) == ()


@pytest.mark.parametrize(
    ("shares", "errors", "said"),
    [
        ((0.41, 0.0, 0.0, 0.59), (0.04, 0.0, 0.0, 0.04), ["40% (se 4)", "60% (se 4)", "B and C: off"]),
        ((0.004, 0.0, 0.0, 0.996), (0.03, 0.0, 0.0, 0.03), ["less than 5% (se 3)", "more than 95% (se 3)"]),
        ((-0.02, 0.0, 0.0, 1.02), (0.004, 0.0, 0.0, 0.004), ["less than 0.5% (se 0.4)", "more than 99.5% (se 0.4)"]),
        ((0.0, 0.0, 0.0, 1.0), (0.0, 0.0, 0.0, 0.0), ["D all of it; A and B and C: off"]),
        ((0.0, 0.0, 0.3, 0.7), (0.0, 0.0, math.nan, math.nan), ["C 30% (se not known)", "A and B: off"]),
    ],
)
def test_no_share_that_is_estimated_is_nothing_or_all(
    alone: FunnelExplanation, shares: tuple[float, ...], errors: tuple[float, ...], said: list[str]
) -> None:
    parts = tuple(map(WidthShare, "ABCD", shares, errors))
    text = sentences.shares_sentence(replace(alone, shares=WidthShares(1e6, 8, parts)))
    for words in said:
        assert words in text
    assert " 0%" not in text
    assert "100%" not in text


def test_the_document_has_the_shape_it_promises(answer: FunnelExplanation, alone: FunnelExplanation) -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    for one in (answer, alone):
        document = json.loads(json.dumps(funnel_explanation_document(one), allow_nan=False))
        assert list(Draft202012Validator(schema).iter_errors(document)) == []
    unknown = Interval(1.0, float("-inf"), float("inf"), 0.95, "paired t", at_least=True)
    odd = replace(answer, reliefs=tuple(replace(one, bookings=unknown) for one in answer.reliefs))
    json.dumps(funnel_explanation_document(odd), allow_nan=False)


def test_the_document_adds_up_to_the_cent(answer: FunnelExplanation) -> None:
    bridge = json.loads(json.dumps(funnel_explanation_document(answer)), parse_float=Decimal, parse_int=Decimal)[
        "bridge"
    ]
    assert bridge["start"]["mean"] + sum(step["amount"] for step in bridge["steps"]) == bridge["end"]["mean"]
    assert bridge["start"]["profit"] + sum(step["profit"] for step in bridge["steps"]) == bridge["end"]["profit"]
    assert bridge["noise"] == 0


def test_the_table_adds_up_and_holds_no_formula(answer: FunnelExplanation) -> None:
    named = replace(answer, run=replace(answer.run, name="=1+1"))
    rows = list(csv.DictReader(io.StringIO(funnel_explanation_csv(named))))
    bridge = [row for row in rows if row["table"] == "bridge"]
    assert tuple(rows[0]) == CSV_COLUMNS
    moves = sum(Decimal(row["estimate"]) for row in bridge[1:-1])
    assert Decimal(bridge[0]["mean"]) + moves == Decimal(bridge[-1]["mean"])
    assert bridge[-1]["name"] == "'=1+1"
    assert {row["table"].split(":")[0] for row in rows} == {
        "bridge", "works otherwise", "conversion against stated", "lost", "tornado", "share of the width",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["bridge", "pareto", "tornado"])
def test_every_chart_is_drawn_and_says_its_answer(answer: FunnelExplanation, name: str) -> None:
    svg = chart_svg(funnel_explanation_chart(answer, name)).decode()
    assert "NaN" not in svg
    assert not re.search(r">(nan|null|undefined|Infinity)<", svg)
    assert "run 'july'" in svg
    said = {"bridge": sentences.headline, "pareto": sentences.loss_sentence, "tornado": sentences.moves_most}[name]
    assert said(answer).split(":")[0].split("'")[0] in funnel_explanation_chart(answer, name)["description"]


@pytest.mark.slow
def test_pictures_are_the_same_bytes_every_time(answer: FunnelExplanation) -> None:
    images = funnel_explanation_images(answer)
    assert images == funnel_explanation_images(answer)
    assert set(images) == {f"{name}.{end}" for name in ("bridge", "pareto", "tornado") for end in ("png", "svg")}


def test_an_interval_that_holds_too_rarely_is_not_printed(answer):
    rough = replace(answer.faults[0].money, method="paired jackknife, rough")
    page = page_of(replace(answer, faults=(replace(answer.faults[0], money=rough), *answer.faults[1:])))
    assert ", rough" in page
    assert sentences.ROUGH_NOTE[:40] in page
    assert sentences.ROUGH_NOTE[:40] not in page_of(answer)
