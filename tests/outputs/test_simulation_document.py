"""A simulation as JSON, CSV and Parquet: valid, complete, exact, the same bytes every time."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from forecast_variants import HOSTILE
from jsonschema import Draft202012Validator
from sample_simulation import REPLICATIONS, sample_file, sample_simulation
from test_simulation_page import SHAPES

from funnelsim.inputs.saved_run import read_document, read_manifest
from funnelsim.inputs.scenario_file import read_scenario_file
from funnelsim.model.funnel_words import FLOWS
from funnelsim.model.results import PERCENTS
from funnelsim.model.simulation import Simulation
from funnelsim.outputs.documents import canonical_json
from funnelsim.outputs.run_folder import write_parts
from funnelsim.outputs.simulation_document import simulation_document
from funnelsim.outputs.simulation_run import simulation_parts
from funnelsim.outputs.simulation_tables import FUNNEL_COLUMNS, simulation_csv

SCHEMA_FILE = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "simulate.json"
REQUEST = {"command": "simulate", "settings": {"strategy": "relay"}}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return found


def costs(simulation: Simulation) -> Any:
    flow = simulation.outcome["flow"]
    return (4_000_000 + 10_000 * flow[:, :, FLOWS.index("touches")]).astype(np.int64)


def saved(folder: Path) -> Path:
    simulation = sample_simulation()
    return write_parts(folder, simulation_parts(simulation, sample_file(), costs(simulation)), REQUEST)


@pytest.mark.parametrize("name", SHAPES)
def test_documents_satisfy_the_published_schema(schema: dict[str, Any], name: str) -> None:
    Draft202012Validator(schema).validate(json.loads(canonical_json(simulation_document(SHAPES[name]))))


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
    document = simulation_document(sample_simulation())
    assert not Draft202012Validator(schema).is_valid({**document, "surprise": 1})
    assert not Draft202012Validator(schema).is_valid({key: one for key, one in document.items() if key != "total"})


def test_bands_have_the_names_of_a_forecast(schema: dict[str, Any]) -> None:
    document = simulation_document(sample_simulation())
    names = {"start", "end", "mean", "sd", "standard_error"} | {f"p{percent}" for percent in PERCENTS}
    for bands in (document, document["cost"], document["profit"]):
        for one in (*bands["periods"], *bands["cumulative"], bands["total"]):
            assert set(one) == names
    assert document["total"]["p50"] == sample_simulation().bookings.total.percentiles[50] / 100


def test_what_never_happened_is_null() -> None:
    document = simulation_document(SHAPES["nothing"])
    assert document["rates"]["conversion"] == {"mean": None, "standard_error": None}
    assert document["stages"][0]["days"] is None
    assert simulation_document(sample_simulation())["rates"]["qualification_by_period"][-1] is None


def test_no_field_is_a_numpy_number() -> None:
    def kinds(part: Any) -> set[type]:
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else None
        return {type(part)} if inner is None else set().union(*map(kinds, inner))

    assert kinds(simulation_document(sample_simulation())) <= {str, int, float, bool, type(None)}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_go_through_unchanged(schema: dict[str, Any], text: str) -> None:
    written = canonical_json(simulation_document(replace(sample_simulation(), notes=(text,))))
    back = json.loads(written)
    assert back["notes"] == [text]
    assert written.isascii()


def test_csv_has_bookings_cost_and_profit_to_the_cent() -> None:
    simulation = sample_simulation()
    rows = list(csv.DictReader(io.StringIO(simulation_csv(simulation), newline="")))
    assert tuple(rows[0]) == FUNNEL_COLUMNS
    assert [row["amount"] for row in rows].count("profit") == 13
    total = next(row for row in rows if (row["amount"], row["kind"]) == ("bookings", "total"))
    assert total["p50"] == f"{simulation.bookings.total.percentiles[50] / 100:.2f}"
    assert simulation_csv(sample_simulation(currency="=1+1")).count("'=1+1") == 39


def test_a_run_folder_is_whole_and_comes_back(tmp_path: Path) -> None:
    folder = saved(tmp_path / "run")
    run = read_manifest(folder)
    assert run.request == REQUEST
    assert (run.seed, run.replications, run.content_hash) == (7, REPLICATIONS, "5b" * 32)
    assert read_document(run) == json.loads(canonical_json(simulation_document(sample_simulation())))
    assert run.manifest["input"]["name"] == "sample.toml"
    assert run.manifest["input"]["sha256"] == "cd" * 32
    read = read_scenario_file(folder / "scenario.parquet")
    assert read.document.strategies == sample_file().document.strategies
    assert read.opening.leads.lead_id == sample_file().opening.leads.lead_id


def test_tables_of_a_run_pair_up(tmp_path: Path) -> None:
    folder, simulation = saved(tmp_path / "run"), sample_simulation()
    table = pq.read_table(folder / "replications.parquet")
    assert table.num_rows == REPLICATIONS * 6
    booked = table["booked_minor"].to_numpy().reshape(REPLICATIONS, 6)
    assert booked.sum(axis=1).mean() == pytest.approx(simulation.bookings.total.mean, rel=1e-12)
    profit = booked - table["cost_minor"].to_numpy().reshape(REPLICATIONS, 6)
    assert profit.sum(axis=1).mean() == pytest.approx(simulation.profit.total.mean, rel=1e-12)
    assert table["replication"].to_numpy().tolist()[:7] == [0, 0, 0, 0, 0, 0, 1]
    assert set(FLOWS) - {"booked"} <= set(table.column_names)
    about = json.loads(table.schema.metadata[b"funnelsim"])
    assert (about["schema"], about["strategy"]) == ("funnelsim/funnel-replications/1", "relay")
    bands = pq.read_table(folder / "bands.parquet").to_pylist()
    assert len(bands) == 39
    first = next(row for row in bands if (row["amount"], row["kind"]) == ("cost", "period"))
    assert first["p10"] * 100 == simulation.cost.periods[0].percentiles[10]
    leads = pq.read_table(folder / "leads.parquet").to_pylist()
    assert [(row["lead_id"], row["stage"], row["team"], row["pr_minor"]) for row in leads] == [
        ("ACC-01", "A", None, 2_560_000), ("=1+1", "C", "Marketing", 1_000_001),
    ]  # fmt: skip


def test_the_same_simulation_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = saved(tmp_path / "one"), saved(tmp_path / "two")
    for path in first.iterdir():
        if path.name != "manifest.json":
            assert path.read_bytes() == (second / path.name).read_bytes(), path.name


def test_a_folder_without_its_scenario_is_not_whole(tmp_path: Path) -> None:
    folder = saved(tmp_path / "run")
    (folder / "scenario.parquet").unlink()
    with pytest.raises(ValueError, match=r"scenario\.parquet"):
        read_manifest(folder)
