"""``funnelsim track``: archived forecasts of the example records, end to end, and how it refuses."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from funnelsim.api.track import track
from funnelsim.cli.main import run_command
from funnelsim.errors import DataError
from funnelsim.inputs.archived_runs import covers_new
from funnelsim.inputs.example import example_history, example_history_leads
from funnelsim.inputs.track_record import read_track_record

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "track.json"
DAYS = ("2026-03-31", "2026-04-30", "2026-05-31")
HISTORY = example_history()[0]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pipeline_of(day: str) -> str:
    """The list of leads that the example's firm had on a month's last day: open ones as stated then, and its wins."""
    leads = {row["lead_id"]: row for row in read(HISTORY)}
    stated = [row for row in read(example_history()[1][0]) if row["snapshot_date"] == day]
    lines = ["lead_id,status,pr,pc,expected_close"]
    lines += [
        f"{row['lead_id']},open,{leads[row['lead_id']]['pr']},{row['pc']},{row['expected_close']}" for row in stated
    ]
    won = [row for row in leads.values() if row["outcome"] == "won" and "2026-01-01" <= row["closed"] <= day]
    lines += [f"{row['lead_id']},won,{row['amount_won']},100,{row['closed']}" for row in won]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> list[Path]:
    """Three forecasts of the example, one month apart."""
    folder = tmp_path_factory.mktemp("runs")
    made = []
    for day in DAYS:
        leads = folder / f"{day}.csv"
        leads.write_text(pipeline_of(day), encoding="utf-8")
        made.append(folder / f"run-{day}")
        words = ["--as-of", day, "--plan", "4.5M", "--replications", "300", "--threads", "1", "--quiet"]
        assert run_command(["forecast", str(leads), *words, "--out", str(made[-1])]) == 0
    return made


@pytest.fixture
def said(capsys):
    """Run one command line; returns exit code, standard output and standard error."""

    def command(*words):
        code = run_command(["track", *map(str, words)])
        found = capsys.readouterr()
        return code, found.out, found.err

    return command


@pytest.fixture
def booked(tmp_path) -> Path:
    path = tmp_path / "booked.csv"
    rows = [f"{row['closed']},{row['amount_won']}" for row in read(HISTORY) if row["closed"] >= "2026-01-01"]
    path.write_text("\n".join(["date,amount", *(row for row in rows if not row.endswith(","))]), encoding="utf-8")
    return path


def test_the_page_begins_with_how_often_bands_held(said, runs):
    code, out, err = said(*runs, "--actuals", HISTORY)
    assert (code, err) == (0, "")
    assert out.startswith("Too few forecasts to verify")
    assert "of 3 monthly forecasts kept" in " ".join(out.split())
    assert "The chance of the plan of 4.50 million" in out
    assert "bookings of those leads are counted" in " ".join(out.split())


def test_actuals_are_those_of_the_leads_that_were_open(said, runs):
    code, out, _ = said(*runs, "--actuals", HISTORY, "--json")
    assert code == 0
    document = json.loads(out)
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)
    first = document["runs"][0]
    known = {row["lead_id"] for row in read(example_history()[1][0]) if row["snapshot_date"] == DAYS[0]}
    won = [row for row in read(HISTORY) if row["outcome"] == "won" and row["lead_id"] in known]
    for band in first["bands"]:
        amounts = [float(row["amount_won"]) for row in won if band["start"] <= row["closed"] <= band["end"]]
        assert band["actual"] == sum(amounts)
    assert [len(run["bands"]) for run in document["runs"]] == [3, 2, 1]
    assert [run["counts"] for run in document["runs"]] == ["bookings of its own leads"] * 3
    code, out, _ = said(*runs, "--actuals", HISTORY, "--csv")
    assert len(list(csv.reader(io.StringIO(out)))) == 1 + 6


def test_a_list_of_leads_says_the_same_as_records(said, runs, tmp_path):
    """Won rows with their ids; the last day must be told, because a list of leads does not show it."""
    leads = tmp_path / "leads.csv"
    leads.write_text(pipeline_of("2026-06-30"), encoding="utf-8")
    _, out, _ = said(
        *runs, "--actuals", leads, "--extract-date", "2026-06-30", "--exposure-from", "2026-01-01", "--json"
    )
    listed = [[band["actual"] for band in run["bands"]] for run in json.loads(out)["runs"]]
    for source in (HISTORY, example_history_leads()):
        _, out, _ = said(*runs, "--actuals", source, "--json")
        assert [[band["actual"] for band in run["bands"]] for run in json.loads(out)["runs"]] == listed


def test_bookings_without_leads_are_all_counted_and_that_is_said(said, runs, booked):
    code, out, _ = said(*runs, "--actuals", booked, "--extract-date", "2026-06-30", "--json")
    document = json.loads(out)
    assert code == 0
    assert any("names no leads" in note for note in document["notes"])
    total = sum(
        float(row["amount_won"]) for row in read(HISTORY) if row["outcome"] == "won" and row["closed"] >= "2026-06"
    )
    assert document["runs"][2]["bands"][0]["actual"] == total


def test_a_record_is_kept_made_again_and_read_by_forecasts(said, runs, tmp_path, capsys):
    folder, chart = tmp_path / "track", tmp_path / "my_plan.svg"
    code, out, err = said(*runs, "--actuals", HISTORY, "--plan", "5M", "--out", folder, "--chart", chart)
    assert code == 0, err
    assert "5.00 million" in out
    assert b"<svg" in chart.read_bytes()
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == {
        "manifest.json", "track.json", "tracked_bands.csv", "track_record.json",
        "charts/bands.png", "charts/bands.svg", "charts/plan.png", "charts/plan.svg",
    }  # fmt: skip
    record = read_track_record(folder)
    assert (record.source, record.target, record.origins) == ("archived forecasts", "pool", 3)
    code, _, err = said(runs[0], folder, "--actuals", HISTORY)
    assert code == 1
    assert "one of 'forecast'; got one of 'track'" in err
    assert run_command(["rerun", str(folder)]) == 0
    assert "the same, bit for bit" in capsys.readouterr().out


def test_the_plan_is_asked_of_futures_kept(runs):
    own = track(runs, HISTORY)
    asked = track(runs, HISTORY, plan="4.5M")
    for one, other in zip(own.runs, asked.runs, strict=True):
        assert one.plan is not None
        assert other.plan is not None
        assert one.plan.probability == other.plan.probability
    assert own.runs[0].plan.window.end == date(2026, 12, 31)


def test_forecasts_with_new_business_are_told_apart():
    assert covers_new({"components": [{"name": "open leads"}, {"name": "new business"}]})
    assert not covers_new({"components": [{"name": "open leads"}]})


def test_the_same_answer_twice_counts_once(said, runs, tmp_path):
    twin = tmp_path / "twin"
    shutil.copytree(runs[0], twin)
    code, out, _ = said(*runs, twin, "--actuals", HISTORY, "--json")
    document = json.loads(out)
    assert code == 0
    assert len(document["runs"]) == 3
    assert any("counted once" in note for note in document["notes"])


def test_changed_and_foreign_runs_are_refused_by_name_all_at_once(said, runs, tmp_path):
    changed, foreign, mixed = (tmp_path / name for name in ("changed", "foreign", "mixed"))
    for place in (changed, foreign, mixed):
        shutil.copytree(runs[0], place)
    (changed / "forecast.json").write_text("{}", encoding="utf-8")
    shutil.copy(runs[1] / "replications.parquet", mixed / "replications.parquet")
    (foreign / "manifest.json").write_text('{"schema": "other/1"}', encoding="utf-8")
    code, out, err = said(changed, foreign, mixed, tmp_path / "none", "--actuals", HISTORY)
    assert (code, out) == (1, "")
    for name in ("changed", "foreign", "mixed", "none"):
        assert name in err
    assert "Traceback" not in err


def test_actuals_that_end_too_early_are_refused_with_the_day_to_wait_for(said, runs, booked):
    code, out, err = said(*runs, "--actuals", booked, "--extract-date", "2026-04-29")
    assert (code, out) == (1, "")
    assert "2026-04-30, when the first period of these runs is over" in err


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        ([], 2, "Missing argument"),
        (["RUN"], 2, "--actuals"),
        (["RUN", "--actuals", "ACTUALS", "--json", "--csv"], 2, "exclude each other"),
        (["RUN", "--actuals", "nowhere.csv"], 1, "nowhere.csv"),
        (["RUN", "--actuals", "RUN/forecast.json"], 1, "forecast.json"),
        (["RUN", "--actuals", "ACTUALS", "--plan", "much"], 1, "an amount above 0"),
        (["RUN", "--actuals", "ACTUALS", "--plan", "0"], 1, "an amount above 0"),
        (["RUN", "--actuals", "ACTUALS", "--chart", "x.pdf"], 1, ".png or .svg"),
        (["nowhere", "--actuals", "ACTUALS"], 1, "the manifest"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(said, runs, words, code, part):
    told = [word.replace("RUN", str(runs[0])).replace("ACTUALS", str(HISTORY)) for word in words]
    found, out, err = said(*told)
    assert found == code
    assert out == ""
    assert part in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("date,amount\n", "rows below its header"),
        ("date,amount\n2026-04-01,abc\n", "amount"),
        ("date,amount,currency\n2026-04-01,5,EUR\n2026-04-02,5,USD\n", "one currency"),
        ("lead_id,created,closed,outcome\na,2026-01-01,2026-04-02,won\nb,2026-01-01,2026-04-03,lost\n", "with amounts"),
    ],
)
def test_actuals_that_cannot_be_read_are_refused(runs, tmp_path, text, part):
    path = tmp_path / "actuals.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=part):
        track(runs[0], path)
