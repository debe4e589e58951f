"""``funnelsim explain`` of forecasts from records: the folders are enough, long after the records were overwritten."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator

import funnelsim
from funnelsim.cli.main import run_command
from funnelsim.inputs.saved_run import read_manifest
from funnelsim.model.bridge_steps import LEARNED_STEPS
from funnelsim.outputs import charts

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs" / "schemas" / "explain.json").read_text())
FEW = ("--replications", "30", "--threads", "1", "--quiet")
FIRST = date(2025, 1, 1)
DAYS = 300


def records(folder: Path) -> Path:
    """Records of 300 leads over 300 days, half of them of Ann."""
    rng = np.random.Generator(np.random.Philox(11))
    path = folder / "history.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["lead_id", "owner", "pr", "created", "stage_Offer", "closed", "outcome", "amount_won"])
        for number in range(300):
            born = int(rng.integers(0, DAYS))
            offered, won, lost = (int(rng.exponential(mean)) for mean in (20, 40, 60))
            amount = int(rng.integers(5, 200)) * 1_000
            ended = born + offered + min(won, lost)
            days = [(FIRST + timedelta(days=at)).isoformat() for at in (born, born + offered, ended)]
            over, offer = ended < DAYS, days[1] if born + offered < DAYS else ""
            outcome = ("won" if won < lost else "lost") if over else "open"
            writer.writerow([
                f"L{number}", ("Ann", "Bo")[number % 2], amount, days[0], offer, days[2] if over else "", outcome,
                amount if outcome == "won" else "",
            ])  # fmt: skip
    return path


def no_charts(patch: pytest.MonkeyPatch) -> None:
    """Charts take seconds and are drawn elsewhere."""
    for name in ("chart_png", "chart_svg"):
        patch.setattr(charts, name, lambda spec: b"")


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Path:
    """Two forecasts from records that are gone, in a folder that they were not made in."""
    made, moved = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("moved")
    path = records(made)
    asked = ("forecast", "--history", str(path), "--segment", "owner", *FEW)
    with pytest.MonkeyPatch.context() as patch:
        no_charts(patch)
        for name, words in (
            ("august", ("--as-of", "2025-08-31", "--months", "4")),
            ("october", ("--months", "3")),
            ("alone", ("--months", "3", "--no-new-business", "--independent")),
        ):
            assert run_command([*asked, *words, "--out", str(made / name)]) == 0
            shutil.move(made / name, moved / name)
        words = ["forecast", "--example", "--months", "3", *FEW, "--out", str(moved / "stated")]
        assert run_command(words) == 0
    path.unlink()
    return moved


@pytest.fixture
def run(runs, monkeypatch, capsys):
    monkeypatch.chdir(runs)

    def command(*words):
        code = run_command([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def checked(out: str) -> dict:
    """An answer that keeps to its schema and whose steps add up to the cent."""
    answer = json.loads(out)
    Draft202012Validator(SCHEMA).validate(answer)
    bridge = answer["bridge"]
    if bridge is not None:
        steps = [Decimal(str(step["amount"])) for step in bridge["steps"]]
        assert sum(steps) == Decimal(str(bridge["end"]["mean"])) - Decimal(str(bridge["start"]["mean"]))
    return answer


@pytest.fixture(scope="module")
def why(runs, tmp_path_factory) -> tuple[Path, str]:
    """Folder and page of one explanation."""
    folder = tmp_path_factory.mktemp("why") / "why"
    with pytest.MonkeyPatch.context() as patch, io.StringIO() as page:
        no_charts(patch)
        patch.chdir(runs)
        patch.setattr(sys, "stdout", page)
        words = ["explain", "october", "--since", "august", "--threads", "1", "--out", str(folder)]
        assert run_command(words) == 0
        return folder, page.getvalue()


def test_the_bridge_adds_up_and_needs_no_records(why):
    answer = checked((why[0] / "explanation.json").read_text())
    bridge = answer["bridge"]
    assert answer["run"]["verified"] is bridge["earlier"]["verified"] is True
    assert answer["window"] == {"start": "2025-09-01", "end": "2025-12-31"}
    moved = {step["name"] for step in bridge["steps"] if step["amount"]}
    assert {"new", "grown older", "won", "lost", "leads to come", "newer records"} <= moved
    assert [step["name"] for step in bridge["steps"]] == [
        name for name in LEARNED_STEPS if name not in {"moved in", "pushed"}
    ]
    assert bridge["booked"]["earlier"] == 0.0 < bridge["booked"]["later"]
    assert next(step for step in bridge["steps"] if step["name"] == "won")["leads"] > 0


def test_the_page_begins_with_its_sentence(why):
    assert why[1].startswith("The forecast for Sep 2025 to Dec 2025 ")
    assert "newer records" in why[1]


def test_a_window_and_groups_can_be_chosen(run):
    words = ("explain", "october", "--threads", "1", "--json", "--by", "owner")
    code, out, err = run(*words, "--window", "2025-10-01:2025-11-30")
    assert (code, err) == (0, "")
    answer = checked(out)
    assert answer["window"] == {"start": "2025-10-01", "end": "2025-11-30"}
    saved = json.loads(Path("october/forecast.json").read_text())
    inside = [one["mean"] for one in saved["periods"] if one["end"] <= "2025-11-30"]
    assert answer["booked"] > 0.0
    assert answer["state"]["mean"] == pytest.approx(answer["booked"] + sum(inside), abs=0.02)
    names = {bar["name"] for bar in answer["tornado"]["bars"]}
    assert {"owner 'Ann'", "owner 'Bo'", "the market, all leads alike"} <= names


def test_a_forecast_of_leads_that_share_nothing_is_explained(run):
    code, out, err = run("explain", "alone", "--since", "alone", "--threads", "1", "--json")
    assert (code, err) == (0, "")
    answer = checked(out)
    assert all(step["amount"] == step["leads"] == 0 for step in answer["bridge"]["steps"])
    assert [(part["name"], part["variance"]) for part in answer["shares"]["parts"]] == [("luck of single leads", 1.0)]


def test_the_answer_is_kept_and_reported(why, run, tmp_path):
    saved = read_manifest(why[0])
    assert saved.request["command"] == "explain"
    assert {"explanation.json", "explanation.csv", "charts/bridge.svg"} <= set(saved.manifest["files"])
    code, out, err = run("report", why[0], "--html", "--out", tmp_path / "board")
    assert (code, err) == (0, "")
    (page,) = [line for line in out.splitlines() if line.endswith(".html")]
    assert "newer records" in Path(page).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["october", "--since", "stated"], "one from records, as RUN is"),
        (["october", "--since", "alone"], "--no-new-business"),
        (["october", "--window", "2025-11-10:2025-12-31"], "whole months"),
    ],
)
def test_mistakes_are_told_with_the_way_out(words, said, run):
    code, out, err = run("explain", *words)
    assert (code, out) == (1, "")
    assert said in " ".join(err.split())
    assert "Traceback" not in err


@pytest.mark.parametrize("name", ["lead_states.parquet", "model.json.gz"])
def test_a_folder_that_lacks_what_the_records_taught_is_refused(name, run, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree("october", broken)
    data = bytearray((broken / name).read_bytes())
    data[len(data) // 2] ^= 1
    (broken / name).write_bytes(data)
    code, _, err = run("explain", "october", "--since", broken)
    assert code == 1
    assert name in err


@pytest.mark.slow
def test_from_python_the_same_in_any_threads(runs):
    one, two = (funnelsim.explain(runs / "october", since=runs / "august", threads=threads) for threads in (1, 2))
    assert isinstance(one, funnelsim.Explanation)
    assert one.records
    assert one == two
    assert sum(step.total for step in one.bridge.steps) == one.bridge.end.total - one.bridge.start.total


@pytest.mark.slow
def test_the_shipped_records_are_explained_month_by_month(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, words in (("may", ["--as-of", "2026-05-31", "--months", "4"]), ("june", ["--months", "3"])):
        asked = ["forecast", "--history", "example", "--replications", "200", "--quiet", "--out", name, *words]
        assert run_command(asked) == 0
    capsys.readouterr()
    assert run_command(["explain", "june", "--since", "may", "--json"]) == 0
    answer = checked(capsys.readouterr().out)
    assert [step["name"] for step in answer["bridge"]["steps"]] == list(LEARNED_STEPS)
    assert answer["run"]["verified"] is answer["bridge"]["earlier"]["verified"] is True
    for step in answer["bridge"]["steps"]:
        assert abs(step["amount"] - step["exact_mean"]) <= 5.0 * step["standard_error"] + 0.02
