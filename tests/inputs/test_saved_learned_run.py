"""A saved forecast from records comes back with what they taught and know of each lead, and gives the same futures."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import funnelsim
from engines.small_histories import lived
from funnelsim.cli.main import run_command
from funnelsim.engines.execution import Execution
from funnelsim.engines.learned_forecast import forecast_learned
from funnelsim.engines.learning.learn import learn
from funnelsim.errors import DataError
from funnelsim.inputs.archived_runs import read_archived_runs
from funnelsim.inputs.saved_forecast_run import read_forecast_run
from funnelsim.inputs.saved_run import read_manifest
from funnelsim.model.calendar import Calendar
from funnelsim.model.forecast_run import ForecastRun
from funnelsim.model.known_leads import Known, Matched, OpenStays
from funnelsim.model.leads import LeadTable
from funnelsim.model.request import ForecastRequest
from funnelsim.model.results import Forecast
from funnelsim.outputs.model_file import model_hash, packed_model, write_model
from funnelsim.outputs.run_folder import write_run
from properties.lead_tables import Row, table_of

ONE = Execution(threads=1)
ROWS = 12
SETTINGS = {"horizon": 3, "seed": 3, "replications": 60, "history": "deals.csv"}
MATCHED = Matched(by_id=5, by_stage=4, unplaced=3, undated=2, closed=1)


@pytest.fixture(scope="module")
def learned():
    """What 300 leads teach; of the thousands of points of the posterior of shocks a few, so that files are small."""
    found = learn(lived(np.random.Generator(np.random.Philox(1)), 300), "month")
    shocks, likely = found.shocks, np.sort(np.argsort(found.shocks.weight)[-12:])
    names = ("shock_sd", "drift_sd", "season_sd", "weight", "state", "covariance", "kept", "made_up")
    few = {name: getattr(shocks, name)[likely] for name in names}
    return replace(found, shocks=replace(shocks, **(few | {"weight": few["weight"] / few["weight"].sum()})))


def known_of(learned, **how) -> Known:
    rng = np.random.Generator(np.random.Philox(5))
    stays = OpenStays(
        rng.permutation(90)[:ROWS],
        rng.integers(0, len(learned.hazards.states) - 2, ROWS),
        rng.uniform(0.0, 80.0, ROWS),
        rng.uniform(0.0, 9.0, ROWS),
        1_000 * np.arange(ROWS),
    )
    return Known(learned, stays._replace(**how), MATCHED, sets=25)


def stated() -> np.ndarray:
    days = np.random.Generator(np.random.Philox(6)).normal(size=ROWS)
    days[3:6] = np.nan
    return days


def made(known: Known, **how) -> Forecast:
    table = table_of([Row(f"L{k}", 1_000 + 91 * k, "0.4", region="north") for k in range(ROWS)])
    request = ForecastRequest(Calendar(known.learned.last_day, "month", 3), **({"seed": 3, "replications": 60} | how))
    return forecast_learned(table, request, known, ONE)


def kept(answer: Forecast, folder: Path, settings=SETTINGS) -> Path:
    return write_run(folder, answer, {}, {"command": "forecast", "settings": settings})


def read(folder: Path) -> ForecastRun:
    return read_forecast_run(read_manifest(folder))


def again(run: ForecastRun, **how) -> Forecast:
    """Make the forecast again from its folder alone."""
    request = ForecastRequest(run.calendar, run.assumptions, seed=run.seed, replications=run.replications, by=run.by)
    assert run.known is not None
    table = LeadTable(run.leads, name=run.input_name, sha256=run.input_sha256, rows=len(run.leads))
    return forecast_learned(table, request, replace(run.known, **how), ONE)


def same_stays(one: OpenStays, other: OpenStays) -> bool:
    pairs = [(mine, yours) for mine, yours in zip(one, other, strict=True) if not (mine is None and yours is None)]
    return all(
        mine is not None and yours is not None and mine.dtype == yours.dtype and mine.tobytes() == yours.tobytes()
        for mine, yours in pairs
    )


@pytest.mark.parametrize("with_dates", [False, True, "nowhere"])
@pytest.mark.parametrize("with_segments", [False, True])
def test_what_is_known_comes_back_to_the_bit(learned, tmp_path, with_dates, with_segments) -> None:
    days = {False: None, True: stated(), "nowhere": np.full(ROWS, np.nan)}[with_dates]
    known = known_of(learned, stated=days, segment=np.arange(ROWS) % 3 if with_segments else None)
    back = read(kept(made(known), tmp_path / "run")).known
    assert back is not None
    assert same_stays(back.stays, known.stays)
    assert (back.matched, back.with_new, back.independent, back.sets, back.priced) == (MATCHED, True, False, 25, True)
    assert model_hash(back.learned) == model_hash(learned)


@pytest.mark.parametrize("how", [{"with_new": False}, {"independent": True}, {"priced": False}, {"sets": 500}])
def test_how_it_was_used_comes_back_and_gives_the_same_futures(learned, tmp_path, how) -> None:
    known = replace(known_of(learned), **how)
    answer = made(known)
    run = read(kept(answer, tmp_path / "run"))
    assert run.known is not None
    flags = ("with_new", "independent", "priced")
    assert [getattr(run.known, name) for name in flags] == [getattr(known, name) for name in flags]
    assert run.known.sets == min(known.sets, 60)
    assert np.array_equal(run.bookings, answer.bookings)
    assert np.array_equal(again(run).bookings, run.bookings)


def test_more_replications_than_were_asked_for_keep_their_sets(learned, tmp_path) -> None:
    """A run to a precision draws its sets for the first replications and goes on."""
    answer = made(known_of(learned), replications=20, precision=0.08)
    assert answer.replications > 20
    run = read(kept(answer, tmp_path / "run"))
    assert run.known is not None
    assert run.known.sets == 20
    assert np.array_equal(again(run).bookings, answer.bookings)
    assert not np.array_equal(again(run, sets=25).bookings, answer.bookings)  # the number of sets does matter


def test_the_files_say_what_they_hold(learned, tmp_path) -> None:
    folder = kept(made(known_of(learned, stated=stated())), tmp_path / "run")
    assert {"lead_states.parquet", "model.json.gz"} <= set(read_manifest(folder).manifest["files"])
    assert (folder / "model.json.gz").read_bytes() == packed_model(learned)
    write_model(learned, tmp_path / "m.json")
    assert gzip.compress((tmp_path / "m.json").read_bytes(), 3, mtime=0) == packed_model(learned)
    table = pq.read_table(folder / "lead_states.parquet")
    names = ["row", "state", "age_days", "taken_days", "pr_minor", "stated_days", "segment"]
    assert table.column_names == names
    assert table["stated_days"].null_count == 3
    about = json.loads(table.schema.metadata[b"funnelsim"])
    assert (about["schema"], about["stated"], about["segments"]) == ("funnelsim/lead-states/1", True, False)
    assert about["matched"] == asdict(MATCHED)


def test_a_run_saved_with_no_word_of_its_records_still_knows_them(learned, tmp_path) -> None:
    folder = kept(made(known_of(learned)), tmp_path / "run", settings={"horizon": 3, "seed": 3, "replications": 60})
    assert read(folder).known is not None


def test_a_folder_without_the_files_is_refused_in_one_sentence_but_tracked(learned, tmp_path) -> None:
    folder = kept(replace(made(known_of(learned)), learned=None), tmp_path / "run")
    assert not (folder / "model.json.gz").exists()
    saved = read_manifest(folder)
    with pytest.raises(DataError) as caught:
        read_forecast_run(saved)
    (problem,) = caught.value.problems
    assert "what its records taught" in str(problem)
    assert "without model.json.gz and lead_states.parquet" in str(problem)
    assert "funnelsim rerun run --out DIR" in str(problem)
    assert read_forecast_run(saved, again=False).known is None


@pytest.mark.parametrize("name", ["model.json.gz", "lead_states.parquet"])
def test_a_changed_file_is_noticed(learned, tmp_path, name) -> None:
    folder = kept(made(known_of(learned)), tmp_path / "run")
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(DataError, match=name):
        read(folder)


def test_a_forecast_from_stated_chances_has_neither_file(tmp_path) -> None:
    folder = kept(funnelsim.forecast(replications=50, threads=1), tmp_path / "run", settings={})
    assert {"lead_states.parquet", "model.json.gz"}.isdisjoint(read_manifest(folder).manifest["files"])
    assert read(folder).known is None


def funnelsim_run(folder: Path, *words: str) -> Path:
    quick = ("--months", "6", "--replications", "400", "--threads", "1")
    assert run_command(["forecast", *words, *quick, "--out", str(folder)]) == 0
    return folder


@pytest.mark.slow
def test_the_shipped_records_are_not_needed_again(tmp_path, capsys) -> None:
    folder = funnelsim_run(tmp_path / "run", "--history", "example")
    run = read(folder)
    assert run.known is not None
    assert run.known.stays.stated is not None
    found = again(run)
    assert np.array_equal(found.bookings, run.bookings)
    assert found.content_hash == run.content_hash == json.loads((folder / "forecast.json").read_text())["content_hash"]
    assert [one.run.name for one in read_archived_runs([folder])[0]] == ["run"]
    # A run from the model in that folder, on leads of a file, comes back as well.
    leads = Path(funnelsim.__file__).parents[2] / "scenarios" / "example_history_pipeline.csv"
    second = funnelsim_run(tmp_path / "second", str(leads), "--model", str(folder / "model.json.gz"))
    run = read(second)
    assert run.known is not None
    assert np.array_equal(again(run).bookings, run.bookings)
    assert (second / "model.json.gz").read_bytes() == (folder / "model.json.gz").read_bytes()
    assert run.calendar.as_of.isoformat() == "2026-06-30"
