"""``funnelsim explain`` from the command line: real run folders, streams and exit codes."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import jsonschema
import numpy as np
import pyarrow.parquet as pq
import pytest

import funnelsim
from funnelsim.cli.main import run_command
from funnelsim.inputs.example import example_leads
from funnelsim.inputs.saved_forecast_run import read_forecast_run
from funnelsim.inputs.saved_run import read_manifest
from funnelsim.outputs import charts

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs" / "schemas" / "explain.json").read_text())
FEW = ("--replications", "300", "--threads", "1", "--quiet")


def later_file(folder: Path) -> Path:
    """The shipped pipeline a month later: every tenth lead won, lost, pushed or gone."""
    with example_leads().open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    kept = []
    for number, row in enumerate(rows):
        if row["Stage"].startswith("Closed"):
            kept.append(row)
        elif number % 10 == 0:
            kept.append({**row, "Stage": "Closed Won", "Probability (%)": "100", "Close Date": "2026-07-15"})
        elif number % 10 == 1:
            kept.append({**row, "Stage": "Closed Lost", "Probability (%)": "0"})
        elif number % 10 == 2:
            kept.append({**row, "Close Date": "2026-11-30"})
        elif number % 10 != 3:
            kept.append(row)
    path = folder / "later.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(kept)
    return path


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    path = later_file(folder)
    words = ["forecast", str(path), "--as-of", "2026-07-31", "--plan", "4.5M", "--out", str(folder / "july"), *FEW]
    with pytest.MonkeyPatch.context() as patch:  # charts of forecasts take seconds and are drawn elsewhere
        for name in ("chart_png", "chart_svg"):
            patch.setattr(charts, name, lambda spec: b"")
        assert run_command(["forecast", "--example", "--out", str(folder / "june"), *FEW]) == 0
        assert run_command(words) == 0
    path.unlink()  # the folders are enough
    return folder


@pytest.fixture
def run(capsys):
    def command(*words):
        code = run_command([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_the_bridge_adds_up_and_needs_no_file(runs, run):
    code, out, err = run("explain", runs / "july", "--since", runs / "june", "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    jsonschema.validate(answer, SCHEMA)
    bridge = answer["bridge"]
    steps = [Decimal(str(step["amount"])) for step in bridge["steps"]]
    assert sum(steps) == Decimal(str(bridge["end"]["mean"])) - Decimal(str(bridge["start"]["mean"]))
    assert answer["run"]["verified"] is bridge["earlier"]["verified"] is True
    moved = {step["name"] for step in bridge["steps"] if step["amount"]}
    assert {"pushed", "won", "lost", "gone from the file"} <= moved <= {*moved, "gone stale"}
    saved = json.loads((runs / "july" / "forecast.json").read_text())
    assert bridge["end"]["chance"] == saved["plan"]["probability"]
    assert bridge["booked"]["later"] == saved["plan"]["window"]["actuals"]
    earlier = json.loads((runs / "june" / "forecast.json").read_text())
    assert bridge["start"]["chance"] == earlier["plan"]["probability"]


def test_a_run_against_itself_is_all_zeros(runs, run):
    code, out, _ = run("explain", runs / "june", "--since", runs / "june", "--json")
    bridge = json.loads(out)["bridge"]
    assert code == 0
    assert bridge["start"] == bridge["end"]
    assert all(step["amount"] == step["leads"] == step["standard_error"] == 0 for step in bridge["steps"])


def test_the_page_goes_to_standard_output_with_its_sentence_first(runs, run):
    code, out, err = run("explain", runs / "july", "--since", runs / "june")
    assert (code, err) == (0, "")
    assert out.startswith("The forecast for Jan 2026 to Dec 2026 ")
    code, out, _ = run("explain", runs / "june" / "manifest.json", "--by", "region")
    assert out.startswith("What moves the chance of the plan for Jan 2026 to Dec 2026")
    assert run("explain", runs / "june", "--quiet") == (0, "", "")


def test_csv_folder_and_charts(runs, run, tmp_path):
    code, out, _ = run("explain", runs / "july", "--since", runs / "june", "--csv")
    assert code == 0
    assert {row["table"] for row in csv.DictReader(io.StringIO(out, newline=""))} >= {"bridge", "tornado", "lost"}
    words = ("explain", runs / "july", "--since", runs / "june", "--out", tmp_path / "why", "--quiet")
    assert run(*words, "--chart", tmp_path / "a_bridge.png", "--chart", tmp_path / "tornado.svg")[0] == 0
    assert (tmp_path / "a_bridge.png").read_bytes().startswith(b"\x89PNG")
    assert b"Tornado." in (tmp_path / "tornado.svg").read_bytes()
    saved = read_manifest(tmp_path / "why")
    assert saved.request["command"] == "explain"
    names = {"explanation.json", "explanation.csv", "charts/bridge.svg", "charts/tornado.png"}
    assert names <= set(saved.manifest["files"])
    assert (tmp_path / "why" / "explanation.csv").read_text().splitlines() == out.splitlines()
    code, _, err = run(*words)
    assert code == 74
    assert "an earlier run" in err
    assert run(*words, "--force")[0] == 0
    code, _, err = run("explain", tmp_path / "why")
    assert code == 1
    assert "a run of 'forecast' or 'simulate'" in err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nowhere"], 1, "a file that can be read"),
        (["july", "--since", "nowhere"], 1, "a file that can be read"),
        (["june", "--since", "july"], 1, "swap the two runs"),
        (["june", "--by", "nobody"], 1, "columns to choose from"),
        (["june", "--window", "2026"], 2, "not a day"),
        (["june", "--window", "2026-01-01"], 2, "is not a window"),
        (["june", "--window", "2026-12-31:2026-01-01"], 1, "first day and a last one"),
        (["june", "--window", "2026-01-01:2026-03-31"], 1, "choose a later window"),
        (["june", "--json", "--csv"], 2, "exclude each other"),
        (["june", "--chart", "bridge.pdf"], 1, "ends in .png or .svg"),
        (["june", "--chart", "bridge.png"], 1, "--since"),
    ],
)
def test_mistakes_are_one_sentence_and_an_exit_code(words, code, said, runs, run, monkeypatch):
    monkeypatch.chdir(runs)
    found, out, err = run("explain", *words)
    assert found == code
    assert out == ""
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize("name", ["leads.parquet", "other_rows.parquet", "actuals.parquet", "replications.parquet"])
def test_a_changed_or_missing_file_of_a_run_is_refused(name, runs, run, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(runs / "june", broken)
    data = bytearray((broken / name).read_bytes())
    data[len(data) // 2] ^= 1
    (broken / name).write_bytes(data)
    code, _, err = run("explain", runs / "july", "--since", broken)
    assert code == 1
    assert name in err
    (broken / name).unlink()
    code, _, err = run("explain", broken)
    assert code == 1
    assert name in err


def test_a_folder_of_before_is_refused_with_the_way_out(runs, run, tmp_path, monkeypatch):
    from funnelsim.inputs import saved_forecast_run

    monkeypatch.setattr(saved_forecast_run, "OTHER_ROWS", "rows_that_were_not_kept_then.parquet")
    code, _, err = run("explain", runs / "june")
    assert code == 1
    assert "closed rows" in err
    assert "funnelsim rerun june --out DIR" in err


def test_what_is_read_back_is_what_was_forecast(runs):
    answer = funnelsim.forecast(replications=300)
    found = read_forecast_run(read_manifest(runs / "june"))
    leads, again = answer.table.leads, found.leads
    assert (again.lead_id, again.pc, again.attributes) == (leads.lead_id, leads.pc, dict(leads.attributes))
    for name in ("pr", "expected_close", "line", "pr_p10", "pr_p90", "imputed", "key"):
        assert np.array_equal(getattr(again, name), getattr(leads, name)), name
    assert np.isnat(again.close_p10).all()
    assert found.others.lead_id == answer.table.others.lead_id
    assert found.others.status == answer.table.others.status
    assert np.array_equal(found.others.amount, answer.table.others.amount)
    assert found.calendar == answer.calendar
    assert found.assumptions == answer.assumptions
    assert found.plan is not None
    assert answer.plan is not None
    assert (found.plan.target, found.plan.window) == (answer.plan.target, answer.plan.window)
    assert np.array_equal(found.bookings, answer.bookings)
    assert int(found.actuals.amount.sum()) == answer.actuals
    assert pq.read_table(runs / "june" / "actuals.parquet").num_rows == answer.actual_rows


def test_from_python_with_a_window(runs):
    days = (date(2026, 7, 1), date(2026, 12, 31))
    found = funnelsim.explain(runs / "july", since=runs / "june", window=days, threads=1)
    assert isinstance(found, funnelsim.Explanation)
    assert found.target is None
    assert found.bridge is not None
    assert sum(step.total for step in found.bridge.steps) == found.bridge.end.total - found.bridge.start.total
    assert found.tornado.bars[0].swing is not None
