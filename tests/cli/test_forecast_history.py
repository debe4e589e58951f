"""``funnelsim forecast --history``: from records to a page, JSON and a run to be made again, and how it refuses."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

from funnelsim.cli.main import run_command

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "forecast.json"
QUICK = ["--replications", "120", "--threads", "1", "--months", "3"]
FIRST = date(2025, 1, 1)
DAYS = 300


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Records of 400 leads over 300 days, and a file of eight open leads, three of them in the records."""
    rng = np.random.Generator(np.random.Philox(11))
    folder = tmp_path_factory.mktemp("records")
    rows, still_open = [], []
    for number in range(400):
        born = int(rng.integers(0, DAYS))
        offered, won, lost = (int(rng.exponential(mean)) for mean in (20, 40, 60))
        amount = int(rng.integers(5, 200)) * 1_000
        ended = born + offered + min(won, lost)
        day = [(FIRST + timedelta(days=at)).isoformat() for at in (born, born + offered, ended)]
        over = ended < DAYS
        outcome = ("won" if won < lost else "lost") if over else "open"
        offer, closing = day[1] if born + offered < DAYS else "", day[2] if over else ""
        owner, brought = ("Ann", "Bo")[number % 2], amount if outcome == "won" else ""
        rows.append([f"L{number}", owner, amount, day[0], offer, closing, outcome, brought])
        if not over:
            still_open.append((f"L{number}", amount, day[0]))
    history = folder / "history.csv"
    _write(history, ["lead_id", "owner", "pr", "created", "stage_Offer", "closed", "outcome", "amount_won"], rows)
    leads = [[*one, "", "0.4", "2025-12-15"] for one in still_open[:3]]
    leads += [[f"N{k}", 40_000, "2025-09-01", "offer" if k else "Talks", "0.3", "2025-11-30"] for k in range(5)]
    _write(folder / "open.csv", ["lead_id", "pr", "created", "stage", "pc", "expected_close"], leads)
    return folder


def _write(path, headers, rows):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([headers, *rows])


@pytest.fixture
def said(capsys):
    """Run one command line; returns exit code, standard output and standard error."""

    def command(*words):
        code = run_command(list(map(str, words)))
        found = capsys.readouterr()
        return code, found.out, found.err

    return command


def test_json_is_valid_and_its_components_add_up(said, files):
    code, out, err = said("forecast", files / "open.csv", "--history", files / "history.csv", *QUICK, "--json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)
    assert document["as_of"] == "2025-10-27"  # the records' last day
    parts = {one["name"]: one for one in document["components"]}
    assert list(parts) == ["open leads", "new business"]
    assert sum(one["mean"] for one in parts.values()) == pytest.approx(document["total"]["mean"], abs=0.02)
    assert document["learned"]["matched"] == {"by_id": 3, "by_stage": 4, "unplaced": 1, "undated": 0, "closed": 0}
    assert document["track_record"] is None
    assert document["sensitivity"]["over_optimistic_pc"] is None
    assert document["input"]["expected_value"] == pytest.approx(
        sum(0.4 * lead["pr"] for lead in document["lead_effects"] if lead["lead_id"][0] == "L") + 5 * 12_000
    )
    assert {row["grade"] for row in document["assumptions"]} == {"yours", "ours"}


def test_the_page_says_what_it_stands_on(said, files):
    code, out, _ = said("forecast", "--history", files / "history.csv", *QUICK)
    assert code == 0
    text = " ".join(out.split())
    assert "bookings from the open leads and new business" in text
    assert "Not yet back-tested" in text
    assert "As of 2025-10-27, the last day of the records." in text
    assert "New business, leads that nobody has yet, is" in text
    assert "shock of a month" in text
    assert "over-optimistic" not in text
    code, out, _ = said("forecast", "--history", files / "history.csv", *QUICK, "--no-new-business", "--independent")
    assert code == 0
    assert "bookings from the open leads," in " ".join(out.split())
    assert "share nothing" in out


def test_a_run_is_kept_and_made_again(said, files, tmp_path):
    folder, again = tmp_path / "run", tmp_path / "again"
    words = ["forecast", files / "open.csv", "--history", files / "history.csv", *QUICK, "--out", folder]
    assert said(*words)[0] == 0
    leads = pq.read_table(folder / "leads.parquet")
    assert np.all(np.array(leads["calibrated_pc"]) > 0.0)
    bookings = pq.read_table(folder / "replications.parquet").to_pydict()
    for name in [one for one in bookings if one[:4] == "2025" or one == "beyond_horizon"]:
        parts = [bookings[f"component.{part}.{name}"] for part in ("open leads", "new business")]
        assert bookings[name] == [one + other for one, other in zip(*parts, strict=True)]
    kinds = set(pq.read_table(folder / "bands.parquet")["kind"].to_pylist())
    assert {"component period", "component total"} <= kinds
    code, _, err = said("rerun", folder, "--threads", "2", "--out", again)
    assert code == 0, err
    assert (
        json.loads((again / "manifest.json").read_text())["content_hash"]
        == json.loads((folder / "manifest.json").read_text())["content_hash"]
    )
    code, out, err = said("explain", again, "--threads", "1", "--json")
    assert code == 0, err
    assert json.loads(out)["run"]["verified"] is True


@pytest.mark.slow
def test_records_alone_are_kept_and_made_again(said, files, tmp_path):
    folder = tmp_path / "run"
    assert said("forecast", "--history", files / "history.csv", *QUICK, "--out", folder)[0] == 0
    code, _, err = said("rerun", folder)
    assert code == 0, err
    changed = files / "history.csv"
    kept = changed.read_text(encoding="utf-8")
    try:
        changed.write_text(kept + "L999,Ann,1000,2025-02-02,,2025-03-03,won,1000\n", encoding="utf-8")
        code, _, err = said("rerun", folder)
        assert code == 1
        assert "--history" in err
    finally:
        changed.write_text(kept, encoding="utf-8")


def test_a_model_does_without_the_records(said, files, tmp_path):
    from funnelsim.api.records import read_history
    from funnelsim.engines.learning.learn import learn
    from funnelsim.outputs.model_file import write_model

    model = tmp_path / "model.json"
    write_model(learn(read_history(files / "history.csv"), "month"), model)
    code, out, err = said("forecast", files / "open.csv", "--model", model, *QUICK, "--json")
    assert code == 0, err
    assert json.loads(out)["learned"]["matched"]["by_id"] == 0
    code, _, err = said("forecast", files / "open.csv", "--model", model, "--period", "week", "--horizon", "4")
    assert code == 1
    assert "--period month" in err
    code, _, err = said("forecast", "--example", "--model", tmp_path / "none.json")
    assert code == 1


def test_segments_of_records_reach_their_leads(said, files):
    """An owner is named in the records only: leads of the file that are in them have one, the others have none."""
    words = ["--history", files / "history.csv", *QUICK, "--no-new-business", "--json"]
    answers = []
    for more in ([], ["--segment", "owner"]):
        code, out, err = said("forecast", files / "open.csv", *words, *more)
        assert code == 0, err
        answers.append(json.loads(out))
    assert answers[0]["content_hash"] != answers[1]["content_hash"]
    code, out, err = said("forecast", *words, "--segment", "owner", "--by", "owner")
    assert code == 0, err
    assert {group["value"] for group in json.loads(out)["groups"]} == {"Ann", "Bo"}


def test_a_model_carries_its_segments(said, files, tmp_path):
    """The column that calibrate told apart is used where leads name it; another one, or none to be had, is refused."""
    model, plain, named = (tmp_path / name for name in ("model.json", "plain.json", "named.csv"))
    for path, more in ((model, ["--segment", "owner"]), (plain, [])):
        code, _, err = said("calibrate", files / "history.csv", "-o", path, "--quiet", *more)
        assert code == 0, err
    with (files / "open.csv").open(encoding="utf-8") as stream:
        head, *rows = csv.reader(stream)
    _write(named, [*head, "owner"], [[*row, ("Ann", "Bo")[at % 2]] for at, row in enumerate(rows)])
    hashes = []
    for leads, path, more in (
        (named, model, ["--segment", "owner"]),
        (named, model, []),
        (named, plain, []),
        (files / "open.csv", model, []),
    ):
        code, out, err = said("forecast", leads, "--model", path, *QUICK, "--no-new-business", "--json", *more)
        assert code == 0, err
        hashes.append(json.loads(out)["content_hash"])
    assert hashes[0] == hashes[1]
    assert len({*hashes}) == 3
    assert "which the leads do not name" in out
    for leads, path, column, sentence in (
        (named, model, "product", "as the model has it"),
        (named, plain, "owner", "tells no column apart"),
        (files / "open.csv", model, "owner", "a column of the leads"),
    ):
        code, _, err = said("forecast", leads, "--model", path, *QUICK, "--segment", column)
        assert code == 1
        assert sentence in " ".join(err.split())


def test_an_earlier_day_knows_no_later_records(said, files):
    words = ["forecast", "--history", files / "history.csv", *QUICK, "--as-of", "2025-08-15", "--json"]
    code, out, err = said(*words)
    assert code == 0, err
    document = json.loads(out)
    assert document["learned"]["records"]["last_day"] <= "2025-08-15"
    code, _, err = said("forecast", "--history", files / "history.csv", "--as-of", "2020-01-01")
    assert code == 1
    assert "first day of the records" in err


@pytest.mark.parametrize(
    "words",
    [
        ["--shock", ".3"], ["--as-stated"], ["--no-push"], ["--exact"], ["--model", "model.json"],
    ],
)  # fmt: skip
def test_what_records_replace_is_refused(said, files, words):
    code, _, err = said("forecast", files / "open.csv", "--history", files / "history.csv", *QUICK, *words)
    assert code == 1
    assert words[0] in err


@pytest.mark.parametrize("words", [["--independent"], ["--no-new-business"], ["--history-map", "pr=x"]])
def test_what_needs_records_is_refused_without(said, files, words):
    code, _, err = said("forecast", files / "open.csv", "--as-of", "2025-10-27", *QUICK, *words)
    assert code == 1
    assert "--history" in err
