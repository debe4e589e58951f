"""The JSON answer: valid, complete, exact to the cent, the same bytes every time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from forecast_variants import HOSTILE, hostile, variants
from jsonschema import Draft202012Validator
from sample_forecast import sample_forecast

from funnelsim.model.plan_results import PlanPeriod
from funnelsim.model.proofs import ExactAnswer, ExactBand
from funnelsim.model.results import PERCENTS
from funnelsim.outputs.documents import canonical_json, forecast_document

SCHEMA_FILE = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "forecast.json"
SHAPES = variants()


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return found


def everything() -> Any:
    """The sample with every optional part filled."""
    base = sample_forecast()
    known = ExactBand(1.5, 2.5, {percent: float(percent) for percent in PERCENTS}, 0.5)
    unknown = ExactBand(1.5, 2.5, None, 0.5)
    exact = ExactAnswer((known,) * 6, (unknown,) * 6, known, "convolved on a grid", 0.0)
    assert base.plan is not None
    plan = replace(base.plan, by_period=(PlanPeriod(base.calendar.periods[0], 12_345, 0.5),))
    return replace(base, exact=exact, plan=plan)


@pytest.mark.parametrize("name", ["sample", "everything", *SHAPES])
def test_documents_satisfy_the_published_schema(schema: dict[str, Any], name: str) -> None:
    answer = {"sample": sample_forecast, "everything": everything}.get(name, lambda: SHAPES[name])()
    Draft202012Validator(schema).validate(json.loads(canonical_json(forecast_document(answer))))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_go_through_unchanged(schema: dict[str, Any], text: str) -> None:
    written = canonical_json(forecast_document(hostile(text)))
    back = json.loads(written)
    Draft202012Validator(schema).validate(back)
    assert back["input"]["name"] == text
    assert {lead["name"] for lead in back["lead_effects"]} == {text}
    assert written.isascii()
    assert all(character.isprintable() or character == "\n" for character in written)


def test_every_field_is_described(schema: dict[str, Any]) -> None:
    def undescribed(part: Any, path: str) -> list[str]:
        found = []
        if isinstance(part, dict):
            for name, one in part.get("properties", {}).items():
                if "$ref" not in one and not one.get("description"):
                    found.append(f"{path}.{name}")
                found += undescribed(one, f"{path}.{name}")
            inner = [part["items"]] if "items" in part else []
            for one in [*inner, *part.get("anyOf", []), *part.get("$defs", {}).values()]:
                found += undescribed(one, path)
        return found

    assert undescribed(schema, "") == []


def test_unknown_fields_are_refused(schema: dict[str, Any]) -> None:
    document = forecast_document(sample_forecast())
    assert not Draft202012Validator(schema).is_valid({**document, "surprise": 1})
    assert not Draft202012Validator(schema).is_valid({
        name: value for name, value in document.items() if name != "total"
    })


def test_the_design_order_comes_first() -> None:
    wanted = "schema as_of currency seed replications input periods total cumulative beyond_horizon plan components"
    wanted = f"{wanted} assumptions independent_band_ratio check".split()
    assert list(forecast_document(sample_forecast()))[: len(wanted)] == wanted


@pytest.mark.parametrize("minor", [0, 1, 10, 46112088080, 2**53 - 1, 2**53 + 2, -12_345, 2**62 - 2**62 % 100])
def test_amounts_are_exact_to_the_cent(minor: int) -> None:
    answer = replace(sample_forecast(), expected_value=minor)
    shown = json.loads(canonical_json(forecast_document(answer)))["input"]["expected_value"]
    if abs(minor) <= 2**53 or minor % 100 == 0:
        assert round(shown * 100) == minor
    whole, cents = divmod(minor, 100)
    assert shown == (whole if cents == 0 else minor / 100)


def test_the_known_total_is_written_as_people_write_it() -> None:
    written = canonical_json(forecast_document(replace(sample_forecast(), expected_value=46112088080)))
    assert '"expected_value": 461120880.8,' in written


def test_money_of_other_currencies_has_their_decimals() -> None:
    base = sample_forecast()
    yen = replace(base, table=replace(base.table, leads=replace(base.table.leads, currency="JPY", minor_digits=0)))
    assert forecast_document(yen)["input"]["expected_value"] == base.expected_value
    dinar = replace(base, table=replace(base.table, leads=replace(base.table.leads, currency="KWD", minor_digits=3)))
    assert forecast_document(dinar)["input"]["expected_value"] == base.expected_value / 1000


def test_rows_are_all_accounted_for() -> None:
    read = forecast_document(sample_forecast())["input"]
    parts = read["forecast_rows"] + read["won_rows"] + read["lost_rows"] + sum(one["rows"] for one in read["excluded"])
    assert parts == read["rows"]


def test_no_field_is_a_numpy_number() -> None:
    def kinds(part: Any) -> set[type]:
        if isinstance(part, dict):
            return set().union(*map(kinds, part.values())) if part else set()
        if isinstance(part, list):
            return set().union(*map(kinds, part)) if part else set()
        return {type(part)}

    assert kinds(forecast_document(everything())) <= {str, int, float, bool, type(None)}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float64("nan")])
def test_numbers_that_json_cannot_say_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite numbers only"):
        canonical_json({"a": [value]})


def test_the_same_forecast_gives_the_same_bytes() -> None:
    first, second = (canonical_json(forecast_document(sample_forecast())) for _ in range(2))
    assert first == second
