"""The page, document, table and chart of a choice of design."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sample_simulation import sample_scenario

from funnelsim.engines.estimates import mean_of
from funnelsim.engines.selection import select_best
from funnelsim.engines.selection_certainty import behind, chances, separate_runs
from funnelsim.model.calendar import Calendar
from funnelsim.model.optimum import Design, DesignReport, OptimizeSettings, Optimum
from funnelsim.model.selection import SelectionRules
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.selection_chart import selection_chart
from funnelsim.outputs.selection_document import selection_document
from funnelsim.outputs.selection_page import print_optimum
from funnelsim.outputs.selection_sentences import headline, promise, risk
from funnelsim.outputs.selection_tables import selection_csv
from funnelsim.outputs.selection_text import lever_text, quantity, rough_count

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
HEADS = (8, 9, 10, 11)


def sample_optimum(means=(400, 590, 640, 645), delta=100.0, most=10_000, same=False, name="Sales") -> Optimum:
    """Choose among made-up profits, minor units: whole numbers that share most of their luck."""
    source = np.random.default_rng(20)
    luck = source.normal(0, 50, 2_000)
    values = np.array([1_000 * mean + 100 * np.rint(luck + source.normal(0, 3, 2_000)) for mean in means])
    if same:
        values[3] = values[2]
    rules = SelectionRules(delta, most=most)
    found = select_best(lambda systems, first, count: values[list(systems), first : first + count], 4, rules)
    levers = ((f"teams.{name}.heads", HEADS),)
    odds = chances(found, 1)
    reports = tuple(
        DesignReport(Design("relay", ((levers[0][0], heads),)), fate, mean_of(own.astype(np.int64)), gap, chance)
        for heads, fate, own, gap, chance in zip(
            HEADS, found.fates, found.values, behind(found), odds.best, strict=True
        )
    )
    scenario = sample_scenario()
    days = scenario.calendar
    return Optimum(
        scenario=scenario,
        calendar=Calendar(days.as_of, days.period, days.horizon, days.fiscal_start),
        settings=OptimizeSettings("profit", (), levers, most=most),
        delta=delta,
        delta_assumed=True,
        selection=found,
        reports=reports,
        opportunity_cost=odds.opportunity_cost,
        separate_runs=separate_runs(found),
        notes=("One note.",),
        content_hash="0" * 64,
    )


def page(optimum: Optimum, width: int = 100) -> str:
    stream = io.StringIO()
    print_optimum(optimum, stream, width=width)
    return stream.getvalue()


@pytest.mark.parametrize(("name", "width"), [("sample", 100), ("narrow", 60)])
def test_the_page_reads_as_it_was_reviewed(name, width, update_golden):
    text = page(sample_optimum(), width).replace(f"funnelsim {tool_version()}", "funnelsim VERSION")
    path = GOLDEN / f"optimum_{name}_{width}.txt"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= width


def test_the_sentence_names_the_best_the_margin_the_confidence_and_the_runs():
    optimum = sample_optimum()
    said = headline(optimum)
    assert said.startswith("11 people in Sales bring the most profit, give or take ")
    assert f"sure to 95 %, known after {optimum.selection.runs:,} runs instead of about " in said
    assert rough_count(optimum.separate_runs) in said
    assert "if the best is better than every other by at least" in promise(optimum)


def test_equal_designs_are_all_named():
    optimum = sample_optimum(same=True)
    assert headline(optimum).startswith("10 people in Sales and 11 people in Sales bring the most profit, both alike")
    assert "the same as 1" in page(optimum)


def test_an_undecided_choice_promises_nothing():
    optimum = sample_optimum((640, 640, 640, 640), delta=1.0, most=25)
    assert "is not known after 25 runs of each" in headline(optimum)
    assert promise(optimum).startswith("Nothing is promised")
    assert "open after 25 runs" in page(optimum)
    assert "in 100% of" not in risk(optimum)


def test_the_document_counts_what_the_selection_counted():
    optimum = sample_optimum()
    document = selection_document(optimum)
    assert document["answer"] == headline(optimum)
    assert document["runs"] == sum(one["replications"] for one in document["designs"])
    assert document["designs"][document["chosen"]]["difference"] is None
    assert document["delta"] == {"value": 1.0, "assumed": True}


def test_the_table_guards_cells_that_a_spreadsheet_would_run():
    rows = list(csv.reader(io.StringIO(selection_csv(sample_optimum(name="=cmd()")))))
    assert rows[0][4] == "teams.=cmd().heads"
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_the_chart_has_a_row_a_design_and_says_itself_in_words():
    optimum = sample_optimum()
    spec = selection_chart(optimum)
    assert " ".join(spec["title"]["text"]) == headline(optimum)
    for heads in HEADS:
        assert f"{heads} people in Sales" in spec["description"]


def test_words_of_levers_and_amounts():
    assert lever_text("teams.Sales.heads", 1) == "1 person in Sales"
    assert lever_text("sources.web.rate", 2.5) == "2.5 leads a day from web"
    assert lever_text("stages.C.conversion", 0.35) == "stages.C.conversion = 0.35"
    assert lever_text("strategies.P1.loops.resell", False) == "strategies.P1.loops.resell = false"
    optimum = sample_optimum()
    wins = replace(optimum, settings=replace(optimum.settings, metric="wins"))
    assert quantity(wins, 1.0) == "1 win"
    assert quantity(wins, 1234.4, 3.0, signed=True) == "+1,230 wins"
    assert quantity(wins, float("nan")) == "-"
