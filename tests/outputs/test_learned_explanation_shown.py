"""Explained forecasts from records: their own steps are named and told, and nothing is said of stated chances."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path

import jsonschema
import pytest
from sample_learned_explanation import AMOUNTS, UNSAID, learned_explanation
from test_explanation import page_of

from funnelsim.model.board_pack import Provenance
from funnelsim.model.bridge_steps import AGED, COMING, GONE, LEARNED_STEPS, NEW, RECORDS, STAGED
from funnelsim.model.explanation import Explanation
from funnelsim.outputs.chart_style import Spec
from funnelsim.outputs.charts import chart_png
from funnelsim.outputs.explanation_bridge_sentences import bridge_notes, reasons_text, step_notes
from funnelsim.outputs.explanation_charts import charts_of, explanation_chart
from funnelsim.outputs.explanation_document import explanation_csv, explanation_document
from funnelsim.outputs.explanation_drawing import waterfall_of
from funnelsim.outputs.explanation_sentences import headline, shares_sentence
from funnelsim.outputs.explanation_text import bridge_column, printed_steps
from funnelsim.outputs.packs.all_packs import pack_of

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs" / "schemas" / "explain.json").read_text())
FOOT = Provenance("2026-07-31", 7, 2000, "0.1.0", "records.csv", "ab" * 32, "cd" * 32)
FEW = tuple(name for name in LEARNED_STEPS if name not in UNSAID)
ANSWERS = {
    "13 steps": learned_explanation(),
    "11 steps": learned_explanation(steps=FEW, target=None),
    "alone": learned_explanation(alone=True),
}
BRIDGES = ("13 steps", "11 steps")


def document_of(answer: Explanation) -> Spec:
    return json.loads(json.dumps(explanation_document(answer), allow_nan=False))


def only(answer: Explanation, name: str, sign: int, error: float = 0.0) -> Explanation:
    """The answer with one step that moved the mean by its own amount, up or down, and all others still."""
    assert answer.bridge is not None
    amount, level, steps = sign * abs(AMOUNTS[name][1]), answer.bridge.start, []
    for step in answer.bridge.steps:
        if step.name == name:
            level = replace(level, mean=level.mean + amount)
            moved = {"total": amount * answer.run.replications, "amount": amount, "exact_mean": float(amount)}
            steps.append(replace(step, **moved, standard_error=error, after=level))
        else:
            steps.append(replace(step, leads=0, total=0, amount=0, after=level, moves=()))
    bridge = replace(answer.bridge, steps=tuple(steps), end=level, largest=())
    return replace(answer, state=level, bridge=bridge)


def test_the_headline_names_the_steps_of_records():
    said = headline(ANSWERS["13 steps"])
    assert said.startswith("The forecast for Jul 2026 to Dec 2026 fell by EUR 309K since 30 Jun 2026, to EUR 4.55M: ")
    assert (
        "fewer leads left to come took EUR 455K and lost leads took EUR 302K, while new leads brought EUR 413K" in said
    )


@pytest.mark.parametrize(("name", "sign"), list(product(LEARNED_STEPS, (1, -1))))
def test_every_step_has_words_that_say_which_way_it_went(name, sign):
    answer = only(ANSWERS["13 steps"], name, sign)
    said = reasons_text(answer, answer.bridge)
    assert said.count("EUR ") == 1
    assert any(words in said for words in (("brought EUR",) if sign > 0 else ("took EUR", "less than was expected")))


def test_words_of_new_steps():
    said = {
        (name, sign): reasons_text(one, one.bridge).split(" EUR")[0]
        for name, sign in product((AGED, STAGED, COMING, RECORDS), (1, -1))
        for one in [only(ANSWERS["13 steps"], name, sign)]
    }
    assert said == {
        (AGED, 1): "leads that grew older brought",
        (AGED, -1): "leads that grew older took",
        (STAGED, 1): "changed stages brought",
        (STAGED, -1): "changed stages took",
        (COMING, 1): "more leads to come brought",
        (COMING, -1): "fewer leads left to come took",
        (RECORDS, 1): "newer records brought",
        (RECORDS, -1): "newer records took",
    }


def test_notes_explain_the_steps_of_records_that_moved():
    for name in BRIDGES:
        answer = ANSWERS[name]
        heads = [note.split(":")[0] for note in step_notes(answer, answer.bridge)]
        assert heads == ["Grown older", "Leads to come", "Newer records"]
    still = only(ANSWERS["13 steps"], NEW, 1)
    assert step_notes(still, still.bridge) == ()


def test_a_change_of_records_that_may_be_chance_is_said_in_closed_form():
    for error, expected in ((100_000_00.0, True), (1_00.0, False)):
        answer = only(ANSWERS["13 steps"], RECORDS, -1, error)
        said = [note for note in bridge_notes(answer, answer.bridge) if note.startswith("The newer records move")]
        assert bool(said) == expected
        assert all(note.endswith("in closed form it is EUR -87.7K.") for note in said)


def test_a_run_that_is_not_reproduced_is_said_to_stand_on_its_saved_model():
    answer = ANSWERS["13 steps"]
    broken = replace(answer, run=replace(answer.run, verified=False))
    said = [note for note in bridge_notes(broken, broken.bridge) if "july saved are not" in note]
    assert len(said) == 1
    assert "from the model it saved" in said[0]
    assert "The run's replications are not what this version simulates" in " ".join(
        page_of(replace(ANSWERS["alone"], run=broken.run)).split()
    )


def test_the_parameters_are_a_part_of_the_width():
    said = shares_sentence(ANSWERS["13 steps"])
    assert "what the records leave open 19% (21%)" in said
    assert said.endswith("luck of single leads 41% (38%).")
    assert "no history" not in said


@pytest.mark.parametrize("width", [80, 100, 140])
def test_pages_say_nothing_of_stated_chances(width):
    for answer in ANSWERS.values():
        page = page_of(answer, width)
        assert max(map(len, page.splitlines())) <= width
        for words in ("PR x PC", "stated", "Gone stale", "PC change", "model change", "no history"):
            assert words not in page
    assert "expected money sits in stage" in page_of(ANSWERS["alone"])
    assert "PR x chance" in page_of(ANSWERS["alone"])


@pytest.mark.parametrize("name", BRIDGES)
def test_the_printed_column_of_every_step_adds_up(name):
    answer = ANSWERS[name]
    lines = page_of(answer).splitlines()
    for step in answer.bridge.steps:
        row = re.compile(rf"{step.name} +(\d+ +)?[+-]\d+K ")
        assert sum(row.match(line) is not None for line in lines) == 1
    column = bridge_column(answer, answer.bridge)
    ends = [column.whole(state.mean) for state in (answer.bridge.start, answer.bridge.end)]
    assert sum(printed_steps(answer.bridge, column)) == ends[1] - ends[0]


def test_documents_keep_their_schema():
    for name, answer in ANSWERS.items():
        document = document_of(answer)
        jsonschema.validate(document, SCHEMA)
        assert document["records"] is True
        assert document["shares"]["parameters"] == "a part of its own"
        if name in BRIDGES:
            steps = document["bridge"]["steps"]
            assert [step["name"] for step in steps] == list(LEARNED_STEPS if name == "13 steps" else FEW)
            change = sum(Decimal(str(step["amount"])) for step in steps)
            assert change == Decimal(str(document["bridge"]["change"]))
            assert len(document["sentences"]["steps"]) == 3
        else:
            assert document["sentences"]["steps"] == []


def test_a_step_of_another_kind_breaks_the_schema():
    document = document_of(ANSWERS["11 steps"])
    document["bridge"]["steps"] = document["bridge"]["steps"][:-1]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)
    document = document_of(ANSWERS["11 steps"])
    document["bridge"]["steps"][0]["name"] = "got older"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)


@pytest.mark.parametrize(("name", "count"), [("13 steps", 13), ("11 steps", 11)])
def test_csv_has_every_step_and_adds_up(name, count):
    rows = list(csv.DictReader(io.StringIO(explanation_csv(ANSWERS[name]), newline="")))
    bridge = [row for row in rows if row["table"] == "bridge"]
    changes = [Decimal(row["change"]) for row in bridge if row["change"]]
    assert len(changes) == count
    assert Decimal(bridge[0]["mean"]) + sum(changes) == Decimal(bridge[-1]["mean"])


@pytest.mark.parametrize("name", BRIDGES)
def test_the_waterfall_has_a_row_for_every_step(name):
    answer = ANSWERS[name]
    drawn = waterfall_of(answer, answer.bridge)
    wanted = [f"{one.name} ({one.leads})" if one.leads else one.name for one in answer.bridge.steps]
    assert drawn.names[1:-1] == wanted
    assert len(set(drawn.names)) == len(drawn.names)
    assert GONE in "".join(drawn.names)


def test_charts_draw():
    assert charts_of(ANSWERS["alone"]) == ("tornado",)
    spec = explanation_chart(ANSWERS["13 steps"], "bridge")
    assert "leads to come" in json.dumps(spec)
    assert chart_png(spec).startswith(b"\x89PNG")
    text = json.dumps(explanation_chart(ANSWERS["11 steps"], "tornado"))
    assert "little (1 in 10): 4.04M" in text
    assert "stated" not in text


def test_packs_say_what_weighs_a_lead_and_what_the_steps_are():
    for name, answer in ANSWERS.items():
        pack = pack_of("explain", document_of(answer), FOOT)
        exhibits = {one.key: one for one in (*pack.exhibits, *pack.appendix)}
        words = " ".join((pack.track, *(line for one in exhibits.values() for line in (*one.points, *one.notes))))
        assert "PR x the chance to be won ever" in words
        for unsaid in ("PR x PC", "PC:", "no record shows"):
            assert unsaid not in words
        assert ("bridge" in exhibits) == (name in BRIDGES)
        if name in BRIDGES:
            assert len(exhibits["bridge"].chart.categories) == len(answer.bridge.steps) + 2
            assert any(note.startswith("Leads to come: ") for note in exhibits["bridge"].notes)
            assert "; the largest step is leads to come (-455K)." in exhibits["bridge"].title


def test_a_notebook_shows_every_step():
    answer = ANSWERS["13 steps"]
    table = answer.to_polars()
    assert table["step"].to_list()[1:-1] == list(LEARNED_STEPS)
    assert table["leads"].to_list()[LEARNED_STEPS.index(COMING) + 1] == 0
    shown = answer._repr_html_()
    assert "leads to come" in shown
    assert "PR x PC" not in shown
