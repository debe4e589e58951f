"""A comparison as JSON, CSV and Parquet: valid, complete, exact, safe to open."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from forecast_variants import HOSTILE
from jsonschema import Draft202012Validator
from sample_comparison import REPLICATIONS, sample_comparison, sample_of_forecasts, unknown_comparison

from funnelsim.model.score_words import SCORES
from funnelsim.outputs.comparison_document import comparison_document
from funnelsim.outputs.comparison_sentences import conclusion
from funnelsim.outputs.comparison_tables import COLUMNS, compared_replications_table, comparison_csv
from funnelsim.outputs.documents import canonical_json

SCHEMA_FILE = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "compare.json"
SHAPES = {
    "sample": sample_comparison(),
    "many": sample_comparison(gains=(0.09, 0.02, -0.1)),
    "unknown": unknown_comparison(),
    "same": sample_comparison(gains=(0.0,)),
    "forecasts": sample_of_forecasts(),
}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return found


@pytest.mark.parametrize("name", SHAPES)
def test_documents_satisfy_the_published_schema(schema: dict[str, Any], name: str) -> None:
    Draft202012Validator(schema).validate(json.loads(canonical_json(comparison_document(SHAPES[name]))))


def test_every_field_is_described_and_unknown_ones_are_refused(schema: dict[str, Any]) -> None:
    def undescribed(part: Any, path: str) -> list[str]:
        found = []
        if isinstance(part, dict):
            for name, one in part.get("properties", {}).items():
                if not one.get("description"):
                    found.append(f"{path}.{name}")
                found += undescribed(one, f"{path}.{name}")
            inner = [part["items"]] if "items" in part else []
            for one in [*inner, *part.get("anyOf", []), *part.get("$defs", {}).values()]:
                found += undescribed(one, path)
        return found

    assert undescribed(schema, "") == []
    document = comparison_document(SHAPES["sample"])
    assert not Draft202012Validator(schema).is_valid({**document, "surprise": 1})
    assert not Draft202012Validator(schema).is_valid({key: one for key, one in document.items() if key != "contests"})


def test_the_document_begins_with_the_conclusion_of_the_page() -> None:
    document = comparison_document(SHAPES["sample"])
    assert document["conclusion"] == conclusion(SHAPES["sample"])
    assert list(document)[:2] == ["schema", "conclusion"]


def test_money_is_in_major_units_and_differences_add_up() -> None:
    contest = SHAPES["sample"].contests[0]
    shown = comparison_document(SHAPES["sample"])["contests"][0]
    revenue = shown["scores"][0]
    assert revenue["difference"]["estimate"] == pytest.approx(contest.decided.difference.estimate / 100, abs=0.005)
    assert revenue["other"] - revenue["base"] == pytest.approx(revenue["difference"]["estimate"], abs=0.02)
    assert sum(one["mean"]["estimate"] for one in shown["periods"]) == pytest.approx(
        shown["cumulative"][-1]["mean"]["estimate"], abs=0.05
    )
    waste = next(one for one in shown["scores"] if one["name"] == "waste")
    assert waste["difference"]["estimate"] == -0.021
    unhappened = next(one for one in shown["scores"] if one["name"] == "cost_per_win")
    assert (unhappened["base"], unhappened["difference"]["low"], unhappened["better"]) == (None, None, None)


def test_no_field_is_a_numpy_number() -> None:
    def kinds(part: Any) -> set[type]:
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else None
        return {type(part)} if inner is None else set().union(*map(kinds, inner))

    assert kinds(comparison_document(SHAPES["many"])) <= {str, int, float, bool, type(None)}


def test_csv_has_a_row_for_each_score_of_each_contest_and_of_each_null_twin() -> None:
    whole = SHAPES["many"]
    rows = list(csv.DictReader(io.StringIO(comparison_csv(whole), newline="")))
    assert tuple(rows[0]) == COLUMNS
    scores = sum(len(contest.scores) for contest in whole.contests)
    assert len(rows) == scores * (1 + len(whole.null_twins))
    assert [row["without"] for row in rows[:scores]] == [""] * scores
    assert {row["score"] for row in rows} <= set(SCORES)
    revenue = rows[0]
    assert (revenue["metric"], revenue["better"], revenue["at_least"]) == ("yes", "better", "no")
    assert float(revenue["low"]) == pytest.approx(whole.contests[0].decided.difference.low / 100)
    never = next(row for row in rows if row["score"] == "cost_per_win")
    assert (never["base_figure"], never["difference"], never["better"]) == ("", "", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_go_through_json_and_are_guarded_in_csv(schema: dict[str, Any], text: str) -> None:
    base = SHAPES["sample"]
    contest = replace(base.contests[0], other=text)
    entrants = (base.entrants[0], replace(base.entrants[1], label=text, title=text))
    hostile = replace(base, contests=(contest,), entrants=entrants, notes=(text,), null_twins=())
    written = canonical_json(comparison_document(hostile))
    assert written.isascii()
    assert json.loads(written)["entrants"][1]["label"] == text
    rows = list(csv.DictReader(io.StringIO(comparison_csv(hostile), newline="")))
    assert len(rows) == len(contest.scores)
    assert not rows[0]["other"].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_replications_pair_up_again() -> None:
    whole = SHAPES["many"]
    cost = {"relay": np.full(REPLICATIONS, 7, dtype=np.int64)}
    table = compared_replications_table(whole, cost)
    assert table.num_rows == REPLICATIONS * 4
    frame = table.to_pydict()
    gains = np.array([frame[one.period.start.isoformat()] for one in whole.contests[0].periods])
    for k, contest in enumerate(whole.contests):
        rows = slice((k + 1) * REPLICATIONS, (k + 2) * REPLICATIONS)
        assert set(frame["entrant"][rows]) == {contest.other}
        assert np.array_equal(gains[:, rows].T, contest.gains)
        assert np.array_equal(frame["metric_gain"][rows], contest.metric_gains)
    assert not gains[:, :REPLICATIONS].any()
    assert frame["profit_minor"][0] == frame["revenue_minor"][0] - 7
    assert frame["cost_minor"][REPLICATIONS] is None
    alone = compared_replications_table(SHAPES["forecasts"], {})
    assert alone["revenue_minor"].null_count == 2 * REPLICATIONS
