"""Names taken out of answers: in tables, in sentences, cut short, and never what is no name."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace

import pyarrow as pa
import pytest
import test_explanation
import test_packs
from sample_forecast import sample_forecast

from funnelsim.outputs.documents import canonical_json, forecast_document
from funnelsim.outputs.explanation_document import explanation_document
from funnelsim.outputs.packs import hidden_names
from funnelsim.outputs.packs.all_packs import pack_of
from funnelsim.outputs.packs.given_names import texts_of
from funnelsim.outputs.packs.hidden_names import name_words, table_without_names, without_names
from funnelsim.outputs.run_tables import leads_table

SCENARIOS = {"simulate", "compare", "sweep", "optimize", "plan sample", "explain simulation"}
KINDS = "lead|owner|account|group|scenario|strategy|team|source|run|sheet|file"
LONG = "Obsidian Railways and Harbours - Platform, group-wide, second order"
LEADS = pa.table({
    "lead_id": ["L1", "17", "L3"],
    "attribute.name": [LONG, "Ada", ""],
    "attribute.owner": ["Ada Lindqvist", "Bruno", "Bruno"],
    "attribute.stage": ["Proposal", "Bruno", "Proposal"],
})


def words(document, key=b"key"):
    return name_words({"by": None, **document}, (LEADS,), "deals.csv", key)


def test_a_name_is_the_same_word_wherever_it_stands():
    document = {
        "lead_effects": [{"lead_id": "L1", "name": LONG}],
        "sentences": [
            f"Without '{LONG[:37]}...' it falls, and '17' stays; 17 rows.",
            "Ada Lindqvist (Ada) and Bruno's",
        ],
    }
    found = words(document)
    clean = without_names(document, found)
    lead, other = found.words["L1"], found.words["17"]
    assert found.words[LONG] == lead
    assert found.words["Ada"] == other  # a lead's name is the lead
    assert clean["lead_effects"] == [{"lead_id": lead, "name": lead}]
    assert clean["sentences"][0] == f"Without '{lead}' it falls, and '{other}' stays; 17 rows."
    assert clean["sentences"][1] == f"{found.words['Ada Lindqvist']} ({other}) and {found.words['Bruno']}'s"
    assert found.words["Ada Lindqvist"].startswith("owner ")
    assert found.words["deals.csv"].startswith("file ")


def test_a_kind_is_said_once():
    document = {"sentences": ["most is lead 'Ada': 5% at 'lost'"]}
    found = words(document)
    assert without_names(document, found)["sentences"] == [f"most is {found.words['Ada']}: 5% at 'lost'"]


def test_a_kind_without_quotes_is_said_once_and_keeps_its_capital():
    document = {"sentences": ["Lead 'Ada' is late.", "Lead Ada is late, the lead Ada is.", "leads Ada and Adam"]}
    found = words(document)
    digits = found.words["Ada"].removeprefix("lead ")
    assert without_names(document, found)["sentences"] == [
        f"Lead {digits} is late.",
        f"Lead {digits} is late, the lead {digits} is.",
        f"leads lead {digits} and Adam",
    ]


def test_a_title_beside_its_name_is_said_once():
    scenario = {"strategies": [{"name": "Relay", "title": "hand over at once"}]}
    document = {"sentences": ["Strategy 'Relay': hand over at once. It is one of 5."]}
    found = name_words(document, (), "", b"key", (scenario,))
    digits = found.words["Relay"].removeprefix("strategy ")
    assert without_names(document, found)["sentences"] == [f"Strategy {digits}. It is one of 5."]


def test_an_owner_that_is_a_team_of_the_scenario_is_called_a_team():
    leads = pa.table({"lead_id": ["L1", "L2", "L3"], "attribute.owner": ["Falcons", "sales", "Dana Moss"]})
    scenario = {"teams": [{"name": "Falcons"}, {"name": "sales"}]}
    found = name_words({"by": None}, (leads,), "", b"key", (scenario,)).words
    assert found["Falcons"].startswith("team ")
    assert found["Dana Moss"].startswith("owner ")
    assert "sales" not in found  # what the program calls a team of its own accord


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_packs_of_scenarios_say_a_kind_once(name):
    document = test_packs.answer(name)
    found = name_words(document, (), "", b"key")
    pack = pack_of(name.split(" ")[0], without_names(document, found), test_packs.FOOT)
    assert found.words
    exhibits = json.loads(json.dumps([asdict(replace(one, chart=None)) for one in pack.all]))
    charts = [title for one in pack.all if one.chart is not None for title in one.chart.categories]
    shown = "\n".join((pack.title, pack.subtitle, pack.track, *texts_of(exhibits), *charts))
    assert re.findall(rf"\b({KINDS})[ ']{{1,2}}(?:{KINDS}) [0-9a-f]{{8}}", shown, re.IGNORECASE) == []


def test_words_belong_to_the_run():
    assert words({}).words == words({}).words
    assert not set(words({}).words.values()) & set(words({}, b"another").words.values())


def test_what_is_no_name_stays():
    document = {"as_of": "2026-06-30", "currency": "Ada", "p10": 17, "notes": ["read 17 rows of 'more.csv'", "Adam"]}
    clean = without_names(document, words(document))
    assert {name: clean[name] for name in ("as_of", "currency", "p10")} == {
        name: document[name] for name in ("as_of", "currency", "p10")
    }
    assert clean["notes"][0].startswith("read 17 rows of 'file ")
    assert clean["notes"][1] == "Adam"


def test_two_names_that_would_share_a_word_get_longer_ones(monkeypatch):
    monkeypatch.setattr(hidden_names, "_DIGITS", 2)
    many = pa.table({"lead_id": [f"lead number {k}" for k in range(200)]})
    found = name_words({"by": None}, (many,), "", b"key").words
    assert len(set(found.values())) == len(found)


def test_tables_lose_names_and_nothing_else():
    clean = table_without_names(LEADS, words({}))
    assert clean["attribute.stage"].to_pylist()[0] == "Proposal"
    assert clean["attribute.name"].to_pylist()[2] == ""
    assert clean["lead_id"].to_pylist()[1].startswith("lead ")


@pytest.mark.parametrize("which", ["forecast", "explain"])
def test_no_name_is_left_in_a_document(which):
    if which == "forecast":
        answer = sample_forecast()
        document, tables = forecast_document(answer), (leads_table(answer),)
        names = [one for one in answer.table.leads.lead_id if any(c.isalpha() for c in one)]
        names += [group.value for group in answer.groups] + [answer.table.name]
    else:
        document, tables = explanation_document(test_explanation.explained()), ()
        names = [f"Deal {k}" for k in range(10, 24)] + ["New one"]
    document = json.loads(canonical_json(document))
    text = json.dumps(without_names(document, name_words(document, tables, "", b"key")), ensure_ascii=False)
    named = json.dumps(document, ensure_ascii=False)
    quoted = [json.dumps(name, ensure_ascii=False)[1:-1] for name in names if name]
    assert sum(name in named for name in quoted) >= 3
    assert not [name for name in quoted if name in text]
