"""A saved run is read whole and unchanged, or refused with the name of what changed."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "outputs"))
from sample_forecast import sample_forecast

from funnelsim.errors import DataError
from funnelsim.inputs.saved_run import (
    SavedRun,
    read_bookings,
    read_document,
    read_lead_rows,
    read_manifest,
)
from funnelsim.model.results import LeadDrivers
from funnelsim.outputs.run_folder import write_run

DOCUMENT = {"schema": "funnelsim/forecast/1", "seed": 7}
FORECAST = sample_forecast()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    (folder / "deals.csv").write_text("x")
    request = {"command": "forecast", "by": "region"}
    return write_run(folder / "run", FORECAST, DOCUMENT, request, {"fan.svg": b"<svg/>"}, source=folder / "deals.csv")


@pytest.fixture
def run(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "run"))


def reseal(run: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest as a forger would, its own hash included."""
    manifest = json.loads((run / "manifest.json").read_text())
    del manifest["sha256"]
    change(manifest)
    compact = json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()
    manifest["sha256"] = hashlib.sha256(compact).hexdigest()
    (run / "manifest.json").write_text(json.dumps(manifest))


def test_a_run_comes_back_as_it_was_written(written: Path) -> None:
    saved = read_manifest(written)
    assert (saved.seed, saved.replications, saved.as_of.isoformat()) == (7, 2_000, "2026-06-30")
    assert saved.request == {"command": "forecast", "by": "region"}
    assert saved.content_hash == FORECAST.content_hash
    assert saved.input_sha256 == FORECAST.table.sha256
    assert saved.unlisted == ()
    assert read_document(saved) == DOCUMENT
    bookings = read_bookings(saved)
    assert bookings.dtype == np.int64
    assert np.array_equal(bookings, FORECAST.bookings)
    assert read_lead_rows(saved)["lead_id"].to_pylist() == list(FORECAST.table.leads.lead_id)
    assert "log_odds" not in read_lead_rows(saved).column_names


def test_what_rows_were_lowered_to_is_saved_with_them(tmp_path: Path) -> None:
    count = len(FORECAST.table.leads)
    drivers = LeadDrivers(np.linspace(-2, 2, count), np.full(count, 0.25), np.arange(count) * 100.0)
    write_run(tmp_path / "run", replace(FORECAST, drivers=drivers), {}, {})
    table = read_lead_rows(read_manifest(tmp_path / "run"))
    assert table["log_odds"].to_pylist() == drivers.log_odds.tolist()
    assert table["chance_in_horizon_if_won"].to_pylist() == drivers.in_horizon.tolist()
    assert table["mean_amount_minor"].to_pylist() == drivers.mean_amount.tolist()


def test_the_manifest_or_the_folder_or_a_link_may_be_given(written: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(written)
    for path in (written, str(written), written / "manifest.json", link):
        assert read_manifest(path).folder == written


def test_the_input_is_found_where_it_was_or_beside_a_moved_run(written: Path, tmp_path: Path) -> None:
    assert read_manifest(written).input_path == written.parent / "deals.csv"
    moved = Path(shutil.copytree(written, tmp_path / "elsewhere" / "run"))
    reseal(moved, lambda manifest: manifest["input"].update(path="/nowhere/deals.csv"))
    assert read_manifest(moved).input_path is None
    (moved.parent / "deals.csv").write_text("x")
    assert read_manifest(moved).input_path == moved.parent / "deals.csv"


def test_files_that_are_not_part_of_the_run_are_told(run: Path) -> None:
    (run / "notes.txt").write_text("x")
    assert read_manifest(run).unlisted == ("notes.txt",)


@pytest.mark.parametrize(
    "name", ["bands.parquet", "replications.parquet", "leads.parquet", "forecast.json", "charts/fan.svg"]
)
def test_a_missing_or_changed_file_is_named(run: Path, name: str) -> None:
    data = (run / name).read_bytes()
    for change in (data[:-1], data + b" ", b""):
        (run / name).write_bytes(change)
        with pytest.raises(DataError, match=name):
            read_manifest(run)
    (run / name).unlink()
    with pytest.raises(DataError, match=name):
        read_manifest(run)


def test_all_changes_are_told_at_once(run: Path) -> None:
    (run / "bands.parquet").unlink()
    (run / "forecast.json").write_text("{}")
    with pytest.raises(DataError) as caught:
        read_manifest(run)
    assert len(caught.value.problems) == 2


def flip(path: Path, rng: random.Random) -> bytes:
    data = path.read_bytes()
    bit = rng.randrange(len(data) * 8)
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    path.write_bytes(changed)
    return data


def flips(run: Path, count: int) -> None:
    rng = random.Random(5)
    files = sorted(path for path in run.rglob("*") if path.is_file())
    for index in range(count):
        path = files[index % len(files)]
        data = flip(path, rng)
        with pytest.raises(DataError):
            read_manifest(run)
        path.write_bytes(data)
    read_manifest(run)


def test_one_flipped_bit_is_always_noticed(run: Path) -> None:
    flips(run, 300)


@pytest.mark.slow
def test_one_flipped_bit_is_noticed_ten_thousand_times(run: Path) -> None:
    flips(run, 10_000)


def test_page_checksums_notice_what_changes_after_the_hashes_were_held(run: Path) -> None:
    saved = read_manifest(run)
    path = run / "replications.parquet"
    data = path.read_bytes()
    group = pq.ParquetFile(path).metadata.row_group(0)
    last = group.column(group.num_columns - 1)
    end = last.data_page_offset + last.total_compressed_size
    rng = random.Random(6)
    noticed = 0
    for _ in range(200):
        path.write_bytes(data)
        flip(path, rng)
        try:
            found = read_bookings(saved)
        except DataError:
            noticed += 1
        else:
            assert np.array_equal(found, FORECAST.bookings) or found.shape[1] != FORECAST.bookings.shape[1]
    assert noticed > 200 * 0.9 * (end / len(data)) - 10


def test_truncated_tables_are_refused_with_one_sentence(run: Path) -> None:
    saved = read_manifest(run)
    data = (run / "leads.parquet").read_bytes()
    for cut in range(0, len(data), 512):
        (run / "leads.parquet").write_bytes(data[:cut])
        with pytest.raises(DataError, match=r"leads\.parquet"):
            read_lead_rows(saved)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "JSON"),
        (b"[]", "JSON object"),
        (b"\xff\xfe", "JSON"),
        (b"{" + b'"a":' * 3, "JSON"),
        (b'{"a": ' * 100_000, "JSON"),
        (b'{"schema": NaN}', "JSON"),
        (b'{"schema": 1, "schema": 2}', "twice"),
        (b"{}", "funnelsim/manifest/1"),
        (b'{"schema": "funnelsim/manifest/2"}', "newer version"),
        (b'{"schema": "funnelsim/manifest/1"}', "as it was written"),
    ],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(DataError, match=said):
        read_manifest(tmp_path)


def test_a_missing_run_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none", tmp_path / "none" / "manifest.json"):
        with pytest.raises(DataError, match="give a run folder"):
            read_manifest(path)


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/hostname", "charts/../../secret", "a\\b", "", "a\x00b", "C:x", "charts/link"]
)
def test_a_manifest_cannot_point_outside_its_folder(run: Path, name: str) -> None:
    secret = run.parent / "secret"
    secret.write_text("x")
    (run / "charts" / "link").symlink_to(secret)
    entry = {"bytes": 1, "rows": None, "sha256": hashlib.sha256(b"x").hexdigest()}
    reseal(run, lambda manifest: manifest["files"].update({name: entry}))
    with pytest.raises(DataError):
        read_manifest(run)


@pytest.mark.parametrize("key", ["request", "seed", "as_of", "files", "input", "environment"])
def test_a_manifest_with_a_gap_is_refused(run: Path, key: str) -> None:
    reseal(run, lambda manifest: manifest.pop(key))
    with pytest.raises(DataError, match=key):
        read_manifest(run)


def test_a_manifest_whose_as_of_is_no_day_is_refused(run: Path) -> None:
    reseal(run, lambda manifest: manifest.update(as_of="soon"))
    with pytest.raises(DataError, match="as_of must be a day"):
        read_manifest(run)


def test_a_manifest_without_its_tables_is_refused(run: Path) -> None:
    reseal(run, lambda manifest: manifest["files"].pop("bands.parquet"))
    with pytest.raises(DataError, match=r"bands\.parquet"):
        read_manifest(run)


def test_swapped_tables_are_refused(run: Path) -> None:
    saved = SavedRun(run, read_manifest(run).manifest)
    shutil.copy(run / "bands.parquet", run / "leads.parquet")
    with pytest.raises(DataError, match="funnelsim/leads/1"):
        read_lead_rows(saved)


def test_a_table_with_fewer_replications_than_promised_is_refused(run: Path) -> None:
    reseal(run, lambda manifest: manifest.update(replications=1_999))
    with pytest.raises(DataError, match="1999 replications"):
        read_bookings(read_manifest(run))
