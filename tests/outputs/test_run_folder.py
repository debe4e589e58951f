"""What a run folder holds, to the cent and to the byte."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from sample_forecast import sample_forecast

from funnelsim.errors import WriteError
from funnelsim.model.results import PERCENTS, Forecast
from funnelsim.outputs.atomic import file_sha256
from funnelsim.outputs.run_folder import environment, write_run

DOCUMENT = {"schema": "funnelsim/forecast/1", "name": "Zoë \x1b[31m"}
REQUEST = {"command": "forecast", "map": {"pr": "Amount"}, "seed": 7, "precision": None}
CHARTS = {"fan.png": b"png", "fan.svg": b"<svg/>"}


@pytest.fixture(scope="module")
def forecast() -> Forecast:
    return sample_forecast()


@pytest.fixture(scope="module")
def run(forecast: Forecast, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    source = folder / "deals.csv"
    source.write_text("x")
    timings = {"read": 0.25, "simulate": 1.5}
    return write_run(folder / "june", forecast, DOCUMENT, REQUEST, CHARTS, source=source, timings=timings)


def manifest_of(run: Path) -> dict[str, object]:
    return json.loads((run / "manifest.json").read_text())


def about(path: Path) -> dict[str, object]:
    return json.loads(pq.read_schema(path).metadata[b"funnelsim"])


def test_the_manifest_says_what_a_rerun_needs(run: Path, forecast: Forecast) -> None:
    manifest = manifest_of(run)
    assert manifest["schema"] == "funnelsim/manifest/1"
    assert manifest["request"] == REQUEST
    assert (manifest["seed"], manifest["as_of"], manifest["replications"]) == (7, "2026-06-30", 2_000)
    assert manifest["content_hash"] == forecast.content_hash
    assert manifest["timings"] == {"read": 0.25, "simulate": 1.5}
    assert manifest["environment"] == environment()
    assert set(manifest["environment"]) >= {"python", "numpy", "numba", "scipy", "polars", "pyarrow", "machine"}
    entry = manifest["input"]
    assert entry["name"] == "deals.csv"
    assert entry["sha256"] == forecast.table.sha256
    assert Path(entry["path"]).read_text() == "x"
    assert entry["relative_path"] == "../deals.csv"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", manifest["written"])


def test_the_manifest_names_every_other_file_with_its_hash(run: Path) -> None:
    files = manifest_of(run)["files"]
    found = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()}
    assert set(files) | {"manifest.json"} == found
    assert set(files) == {
        "bands.parquet",
        "replications.parquet",
        "leads.parquet",
        "other_rows.parquet",
        "actuals.parquet",
        "forecast.json",
        "charts/fan.png",
        "charts/fan.svg",
    }
    for name, entry in files.items():
        assert entry["sha256"] == file_sha256(run / name)
        assert entry["bytes"] == (run / name).stat().st_size
    assert files["replications.parquet"]["rows"] == 2_000
    assert files["leads.parquet"]["rows"] == 8
    assert files["charts/fan.png"]["rows"] is None


def test_the_folder_obeys_the_umask_like_any_other(run: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "file").write_bytes(b"")
    assert run.stat().st_mode == plain.stat().st_mode
    assert (run / "bands.parquet").stat().st_mode == (plain / "file").stat().st_mode


def test_the_document_is_kept_and_moves_no_cursor(run: Path) -> None:
    data = (run / "forecast.json").read_bytes()
    assert json.loads(data) == DOCUMENT
    assert all(byte == 10 or 32 <= byte < 127 for byte in data)
    assert all(byte == 10 or 32 <= byte < 127 for byte in (run / "manifest.json").read_bytes())


def test_bands_are_in_major_units_and_exact_where_they_say_so(run: Path, forecast: Forecast) -> None:
    rows = pq.read_table(run / "bands.parquet").to_pylist()
    kinds = [row["kind"] for row in rows]
    assert kinds.count("period") == kinds.count("cumulative") == 6
    assert kinds.count("total") == 1
    assert kinds.count("group period") == 18
    assert kinds.count("group total") == 3
    for row, band in zip(rows, forecast.periods, strict=False):
        assert row["kind"] == "period"
        assert (row["start"], row["end"]) == (band.period.start, band.period.end)
        assert row["group"] is None
        assert row["expected_value"] == Decimal(band.expected_value) / 100
        for percent in PERCENTS:
            assert row[f"p{percent}"] * 100 == band.percentiles[percent]
        assert row["mean"] == band.mean / 100
        assert row["exact_mean"] == band.exact_mean / 100
        assert row["sd"] == band.sd / 100
        assert row["se_p90"] == band.standard_error.p90 / 100
    assert rows[0]["label"] == "Jul 2026"
    assert [row["group"] for row in rows if row["kind"] == "group total"] == ["North", "South", "=HYPERLINK(1)"]
    assert about(run / "bands.parquet")["by"] == "region"


@pytest.mark.parametrize("digits", [0, 2, 3])
def test_bands_keep_the_decimals_of_the_currency(tmp_path: Path, forecast: Forecast, digits: int) -> None:
    leads = dataclasses.replace(forecast.table.leads, minor_digits=digits)
    changed = dataclasses.replace(forecast, table=dataclasses.replace(forecast.table, leads=leads))
    run = write_run(tmp_path / "run", changed, {}, {})
    p90 = pq.read_table(run / "bands.parquet")["p90"]
    assert p90.type.scale == digits
    assert p90[0].as_py() * 10**digits == forecast.periods[0].percentiles[90]


def test_replications_are_the_bookings(run: Path, forecast: Forecast) -> None:
    table = pq.read_table(run / "replications.parquet")
    assert table.column_names[:2] == ["replication", "2026-07-01"]
    assert table.column_names[-1] == "beyond_horizon"
    assert np.array_equal(table["replication"].to_numpy(), np.arange(2_000))
    found = np.column_stack([table[name].to_numpy() for name in table.column_names[1:]])
    assert np.array_equal(found, forecast.bookings)
    says = about(run / "replications.parquet")
    assert says["component"] == "open leads"
    assert says["minor_digits"] == 2
    assert says["periods"][5] == {"start": "2026-12-01", "end": "2026-12-31"}


def test_leads_are_the_rows_as_read(run: Path, forecast: Forecast) -> None:
    leads = forecast.table.leads
    table = pq.read_table(run / "leads.parquet")
    rows = table.to_pylist()
    assert [row["lead_id"] for row in rows] == list(leads.lead_id)
    assert [row["pr_minor"] for row in rows] == leads.pr.tolist()
    assert [Decimal(row["pc_exact"]) for row in rows] == list(leads.pc)
    assert [row["expected_close"] for row in rows] == leads.expected_close.tolist()
    assert [row["imputed"] for row in rows] == leads.imputed.tolist()
    assert rows[0]["pr_p10_minor"] is None
    assert rows[1]["pr_p90_minor"] == 90_000_000
    assert rows[0]["close_p10"] is None
    assert rows[7]["close_p90"].isoformat() == "2027-01-31"
    for name, texts in leads.attributes.items():
        assert tuple(table[f"attribute.{name}"].to_pylist()) == texts


def test_hostile_names_stay_text(run: Path, forecast: Forecast) -> None:
    names = pq.read_table(run / "leads.parquet")["attribute.name"].to_pylist()
    assert "=cmd|' /C calc'!A0" in names
    assert any("\x00" in name and "\x1b" in name for name in names)
    assert pl.read_parquet(run / "leads.parquet")["attribute.name"].to_list() == names
    assert pl.read_parquet(run / "bands.parquet")["p50"][0] == Decimal(forecast.periods[0].percentiles[50]) / 100


def test_what_was_left_out_is_counted_beside_the_leads(run: Path) -> None:
    table = about(run / "leads.parquet")["table"]
    assert table["rows"] == 21
    assert table["won"] == {"rows": 6, "amount_minor": 290_000_000}
    assert table["lost_rows"] == 4
    assert sum(one["rows"] for one in table["excluded"]) == 3
    assert table["imputed"][0]["rows"] == 1
    assert table["notes"] == ["5 report footer lines removed"]


def test_a_second_writing_gives_the_same_bytes(run: Path, forecast: Forecast, tmp_path: Path) -> None:
    again = write_run(tmp_path / "elsewhere", sample_forecast(), DOCUMENT, REQUEST, CHARTS)
    ours, theirs = manifest_of(run), manifest_of(again)
    assert ours["files"] == theirs["files"]
    for name in ours["files"]:
        assert (run / name).read_bytes() == (again / name).read_bytes()


def test_another_process_gives_the_same_bytes(run: Path, tmp_path: Path) -> None:
    code = (
        "import sys, json; sys.path.insert(0, sys.argv[1])\n"
        "from sample_forecast import sample_forecast\n"
        "from funnelsim.outputs.run_folder import write_run\n"
        "write_run(sys.argv[2], sample_forecast(), json.loads(sys.argv[3]), {})\n"
    )
    arguments = [str(Path(__file__).parent), str(tmp_path / "run"), json.dumps(DOCUMENT)]
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, timeout=60)
    for name in ("bands.parquet", "replications.parquet", "leads.parquet", "forecast.json"):
        assert (run / name).read_bytes() == (tmp_path / "run" / name).read_bytes()


@pytest.mark.parametrize(
    "name", ["../fan.png", "a/b.svg", "fan.exe", "", ".png", "C:fan.png", "a\x00.png", "x" * 200 + ".png"]
)
def test_a_chart_cannot_name_a_file_elsewhere(tmp_path: Path, forecast: Forecast, name: str) -> None:
    with pytest.raises(WriteError, match="chart name"):
        write_run(tmp_path / "run", forecast, {}, {}, {name: b"x"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), object()])
def test_what_json_cannot_say_is_found_before_anything_is_written(
    tmp_path: Path, forecast: Forecast, bad: object
) -> None:
    for document, request in (({"x": bad}, {}), ({}, {"x": bad})):
        with pytest.raises((ValueError, TypeError)):
            write_run(tmp_path / "run", forecast, document, request)
    assert list(tmp_path.iterdir()) == []
