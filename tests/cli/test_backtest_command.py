"""``funnelsim backtest``: what it prints and keeps, and how it refuses."""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from funnelsim.api.backtest import backtest_settings
from funnelsim.cli.main import run_command
from funnelsim.errors import DataError, ScenarioError
from funnelsim.inputs.origin_words import read_origins
from funnelsim.inputs.saved_run import read_manifest, read_run_table
from funnelsim.inputs.track_record import read_track_record
from funnelsim.model.backtest_settings import BacktestSettings
from funnelsim.model.history_settings import HistorySettings
from funnelsim.model.run_schema import BACKTEST_FORECASTS_SCHEMA, ORIGIN_FORECASTS

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "backtest.json"
QUICK = ["--every", "week", "--horizon", "2", "--replications", "20", "--threads", "1", "--origins", "2026-03:2026-03"]


@pytest.fixture(scope="module")
def deals(tmp_path_factory) -> Path:
    """Fourteen weeks of records of invented leads."""
    luck, rows = random.Random(5), [["lead_id", "created", "closed", "outcome", "pr", "amount_won"]]
    for number in range(150):
        born = date(2026, 1, 5) + timedelta(days=luck.randrange(100))
        end = born + timedelta(days=1 + int(luck.expovariate(1 / 15)))
        won, pr = luck.random() < 0.4, luck.randrange(500, 3000)
        ended = (
            [end, "won" if won else "lost", pr, pr if won else ""] if end <= date(2026, 4, 12) else ["", "open", pr, ""]
        )
        rows.append([f"L{number}", born, *ended])
    path = tmp_path_factory.mktemp("records") / "deals.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return path


@pytest.fixture(scope="module")
def saved(deals, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    assert run_command(["backtest", str(deals), *QUICK, "--quiet", "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def said(capsys):
    """Run one command line; returns exit code, standard output and standard error."""

    def command(*words):
        code = run_command(list(map(str, words)))
        found = capsys.readouterr()
        return code, found.out, found.err

    return command


def test_the_page_begins_with_the_answer(said, deals):
    code, out, err = said("backtest", deals, *QUICK, "--chart", deals.with_name("pit.svg"))
    assert (code, err) == (0, "")
    assert out.startswith(
        "Too few periods to verify: of 5 weekly forecasts, the 80 % band held what was booked in the "
    )
    assert "CRPS against rivals" in out
    assert b"below what happened" in deals.with_name("pit.svg").read_bytes()


def test_json_is_valid_and_csv_has_its_scores(said, deals):
    code, out, err = said("backtest", deals, *QUICK, "--json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)
    assert document["targets"] == ["week 1", "week 2", "2-week total"]
    code, out, _ = said("backtest", deals, *QUICK, "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["forecaster"] for row in rows] == [one["forecaster"] for one in document["scores"]]


def test_a_run_is_whole_and_comes_back_bit_for_bit(said, saved):
    assert {path.name for path in saved.iterdir()} == {
        "manifest.json", "backtest.json", "scores.parquet", "forecasts.parquet", "track_record.json", "charts",
    }  # fmt: skip
    assert len(list((saved / "charts").iterdir())) == 8
    code, out, _ = said("rerun", saved, "--threads", "2")
    assert (code, "the same, bit for bit" in out) == (0, True)


def test_a_run_holds_the_track_record_that_forecasts_print(saved):
    record, document = read_track_record(saved), json.loads((saved / "backtest.json").read_text())
    assert (record.source, record.unit, record.horizon, record.origins) == ("back-test", "week", 2, 5)
    assert not record.enough
    for row in document["scores"][:3]:
        band = record.of(row["target"], 80)
        assert (band.hits, band.low, band.high) == tuple(row["bands"]["80"][key] for key in ("held", "low", "high"))
    assert record == read_track_record(saved / "manifest.json")
    table = read_run_table(read_manifest(saved), ORIGIN_FORECASTS, BACKTEST_FORECASTS_SCHEMA)
    assert table.num_rows == 3 * 5 * 3, "ours, independent leads and the weighted pipeline, at 5 origins on 3 targets"


def test_records_that_changed_or_moved_are_named(said, deals, saved, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text(deals.read_text().replace("L1,", "M1,"), encoding="utf-8")
    code, _, err = said("rerun", saved, "--input", other)
    assert code == 1
    assert "sha256" in err


def test_a_run_of_another_kind_has_no_track_record(said, tmp_path):
    leads = tmp_path / "leads.csv"
    leads.write_text("lead_id,pr,pc,expected_close\na,1000,40%,2026-07-10\n", encoding="utf-8")
    folder = tmp_path / "run"
    words = ["--as-of", "2026-06-30", "--replications", "50", "--quiet", "--out", folder]
    assert said("forecast", leads, *words)[0] == 0
    with pytest.raises(DataError, match="one that holds a track record; got a run of forecast"):
        read_track_record(folder)
    with pytest.raises(DataError, match="the manifest"):
        read_track_record(tmp_path / "nowhere")


def test_a_track_record_of_another_version_is_refused(saved, tmp_path, monkeypatch):
    monkeypatch.setattr("funnelsim.inputs.track_record.TRACK_RECORD_SCHEMA", "funnelsim/track-record/2")
    with pytest.raises(DataError, match="one of schema funnelsim/track-record/2"):
        read_track_record(saved)


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        ([], 2, "name one HISTORY"),
        (["FILE", "--example"], 2, "--example stands alone"),
        (["FILE", "--json", "--csv"], 2, "exclude each other"),
        (["FILE", "--every", "day"], 2, "--every"),
        (["FILE", "--horizon", "0"], 1, "--horizon must be an integer, at least 1"),
        (["FILE", "--replications", "0"], 1, "--replications"),
        (["FILE", "--seed", "-1"], 1, "--seed"),
        (["FILE", "--origins", "2026-03"], 1, "a first and a last day or month"),
        (["FILE", "--origins", "2026-13:2026-14"], 1, "a first and a last day or month"),
        (["FILE", "--origins", "2026-04:2026-03"], 1, "a first origin before the last"),
        (["FILE", "--origins", "2031-03:2031-04", "--every", "week"], 1, "the records"),
        (["FILE", "--every", "quarter"], 1, "the records"),
        (["FILE", "--segment", "colour", "--every", "week"], 1, "colour"),
        (["FILE", "--chart", "x.pdf"], 1, ".png or .svg"),
        (["nowhere.csv"], 1, "nowhere.csv"),
        (["LEADS"], 1, "LEADS"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(said, deals, tmp_path, words, code, part):
    leads = tmp_path / "LEADS.csv"
    leads.write_text("lead_id,pr,pc,expected_close\na,1000,40%,2026-07-10\n", encoding="utf-8")
    places = {"FILE": deals, "LEADS": leads}
    found, out, err = said("backtest", *(places.get(word, word) for word in words))
    assert (found, out) == (code, "")
    assert part in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "every", "ends"),
    [
        ("2017-05:2017-10", "month", ("2017-05-01", "2017-10-01")),
        ("2017-05-17:2017-10-31", "month", ("2017-05-01", "2017-10-01")),
        ("2011-11-14:2012-02-13", "week", ("2011-11-14", "2012-02-13")),
        ("2011-11-16:2012-02-19", "week", ("2011-11-14", "2012-02-13")),
        ("2026-03:2026-03", "week", ("2026-03-02", "2026-03-30")),
        ("2026-06:2026-12", "week", ("2026-06-01", "2026-12-28")),
        ("2017-05:2017-10", "quarter", ("2017-04-01", "2017-10-01")),
    ],
)
def test_origins_are_days_or_months(words, every, ends):
    assert tuple(day.isoformat() for day in read_origins(words, every)) == ends


def test_settings_come_from_single_words_and_go_through_a_manifest():
    found = backtest_settings(every="week", origins="2026-03:2026-03", currency="EUR", beside=("x.csv",))
    assert found.origins == (date(2026, 3, 2), date(2026, 3, 30))
    assert found.history == HistorySettings(currency="EUR", beside=("x.csv",))
    kept = json.loads(json.dumps(found.as_document()))
    assert BacktestSettings.from_document(kept, "manifest.json") == found
    with pytest.raises(ScenarioError, match="settings this version knows"):
        BacktestSettings.from_document({**kept, "colour": "red"}, "manifest.json")
