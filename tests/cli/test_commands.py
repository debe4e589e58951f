"""What each command prints, and where."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from funnelsim.cli.main import COMMANDS, run_command

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
EXAMPLE = ["forecast", "--example", "--replications", "300", "--threads", "1"]


@pytest.fixture
def run(capsys):
    """Run one command line that must end well; returns standard output and standard error."""

    def command(*words):
        code = run_command([str(word) for word in words])
        said = capsys.readouterr()
        assert code == 0, said.err
        return said.out, said.err

    return command


@pytest.mark.parametrize("name", ["funnelsim", *COMMANDS])
def test_help_reads_as_it_was_reviewed(name, run, monkeypatch, update_golden):
    """Run with --update-golden after changing an option, and read the diff."""
    monkeypatch.setenv("COLUMNS", "100")
    out, err = run(*([] if name == "funnelsim" else [name]), "--help")
    assert err == ""
    path = GOLDEN / f"help_{name}.txt"
    if update_golden:
        path.write_text(out, encoding="utf-8")
    assert out == path.read_text(encoding="utf-8")
    assert max(map(len, out.splitlines())) <= 100


def test_every_commands_summary_is_its_own_first_sentence(run):
    """The group keeps the summaries, so that --help imports no command."""
    out, _ = run("--help")
    for name, (_, summary) in COMMANDS.items():
        text, _ = run(name, "--help")
        first = " ".join(text.split("\n\n")[1].split())
        assert summary.split(",")[0].split()[:3] == first.split()[:3], name
        assert name in out


def test_json_is_only_json_and_the_same_each_time(run):
    first, err = run(*EXAMPLE, "--json")
    assert err == ""
    answer = json.loads(first)
    assert answer["schema"] == "funnelsim/forecast/1"
    assert answer["replications"] == 300
    assert run(*EXAMPLE, "--json")[0] == first


def test_json_has_every_field_of_the_contract(run):
    answer = json.loads(run(*EXAMPLE, "--json", "--plan", "5M", "--by", "region")[0])
    band = {"start", "end", "expected_value", "exact_mean", "mean", "sd", "standard_error"}
    band |= {f"p{percent}" for percent in (5, 10, 25, 50, 75, 90, 95)}
    for one in (*answer["periods"], answer["total"], *answer["cumulative"]):
        assert band <= set(one)
        assert {"mean", "p10", "p50", "p90"} <= set(one["standard_error"])
    top = {"as_of", "currency", "seed", "input", "beyond_horizon", "plan", "components", "assumptions", "check"}
    assert top | {"independent_band_ratio"} <= set(answer)
    assert {"target", "window", "probability", "standard_error", "expected_shortfall"} <= set(answer["plan"])
    assert {"start", "end", "actuals"} <= set(answer["plan"]["window"])
    assert answer["plan"]["target"] == 5_000_000
    assert {"name", "value", "source", "grade", "effect"} <= set(answer["assumptions"][0])
    assert answer["check"]["passed"] is True
    parts = sum(one["expected_value"] for one in answer["periods"])
    parts += answer["input"]["overdue"]["expected_value"] + answer["beyond_horizon"]["expected_value"]
    assert parts == pytest.approx(answer["input"]["expected_value"], abs=0.08)


def test_csv_is_only_csv(run):
    out, err = run(*EXAMPLE, "--csv")
    assert err == ""
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) >= 13
    assert all(None not in row and None not in row.values() for row in rows)


def test_quiet_says_nothing(run):
    assert run(*EXAMPLE, "--quiet") == ("", "")


def test_months_are_a_horizon_in_months(run):
    months = json.loads(run(*EXAMPLE, "--json", "--months", "7")[0])
    horizon = json.loads(run(*EXAMPLE, "--json", "--horizon", "7")[0])
    assert months == horizon
    assert len(months["periods"]) == 7


@pytest.mark.parametrize(("period", "count"), [("week", 5), ("quarter", 4)])
def test_other_periods(run, period, count):
    answer = json.loads(run(*EXAMPLE, "--json", "--period", period, "--horizon", count)[0])
    assert len(answer["periods"]) in {count, count + 1}


def test_as_stated_says_so(run):
    answer = json.loads(run(*EXAMPLE, "--json", "--as-stated")[0])
    assert answer["independent_band_ratio"] == 1.0
    means = [one["exact_mean"] for one in answer["periods"][1:]]
    assert means == pytest.approx([one["expected_value"] for one in answer["periods"][1:]], abs=0.01)


def test_precision_says_what_it_reached(run):
    answer = json.loads(run(*EXAMPLE, "--json", "--precision", "10%")[0])
    assert answer["precision"]["asked"] == 0.1
    assert answer["precision"]["reached"] <= 0.1
    assert answer["replications"] >= 300


def test_a_run_comes_back_bit_for_bit(run, tmp_path):
    out, err = run(*EXAMPLE, "--json", "--seed", "11", "--out", tmp_path / "run")
    assert err == f"saved in {tmp_path / 'run'}\n"
    wanted = json.loads(out)["content_hash"]
    assert json.loads((tmp_path / "run" / "forecast.json").read_text(encoding="utf-8")) == json.loads(out)
    again, _ = run("rerun", tmp_path / "run" / "manifest.json", "--threads", "2", "--out", tmp_path / "again")
    assert again == f"then {wanted}\nnow  {wanted}\nthe same, bit for bit.\n"
    for name in ("bands.parquet", "replications.parquet", "leads.parquet", "forecast.json"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


def test_a_file_that_moved_or_changed_is_named_for_a_rerun(run, tmp_path, capsys):
    path = tmp_path / "deals.csv"
    path.write_text("lead_id,pr,pc,expected_close\na,1000,40%,2026-07-10\n", encoding="utf-8")
    words = ["--as-of", "2026-06-30", "--replications", "50", "--quiet", "--out", tmp_path / "run"]
    run("forecast", path, *words)
    moved = path.rename(tmp_path / "moved.csv")
    assert run_command(["rerun", str(tmp_path / "run")]) == 1
    assert "--input" in capsys.readouterr().err
    assert "the same, bit for bit" in run("rerun", tmp_path / "run", "--input", moved)[0]
    moved.write_text("lead_id,pr,pc,expected_close\na,1001,40%,2026-07-10\n", encoding="utf-8")
    assert run_command(["rerun", str(tmp_path / "run"), "--input", str(moved)]) == 1
    assert "sha256" in capsys.readouterr().err


def test_a_chart_is_written_beside_the_page(run, tmp_path):
    run(*EXAMPLE, "--quiet", "--chart", tmp_path / "fan.svg")
    assert (tmp_path / "fan.svg").read_bytes().startswith(b"<svg")
    assert [path.name for path in tmp_path.iterdir()] == ["fan.svg"]


def test_check_says_how_a_file_is_read(run, tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text(
        'Deal ID,Amount,Win %,Close Date,Owner\na,"1,000.50",40,2026-07-10,Ann\nb,500,90,2026-08-11,Bo\n',
        encoding="utf-8",
    )
    out, err = run(
        "check", path, "--as-of", "2026-06-30", "--map", "pr=Amount", "--map", "pc=Win %", "--map", "lead_id=Deal ID"
    )
    assert err == ""
    assert "850" in out
    assert "Win %" in out


@pytest.fixture
def closed_deals(tmp_path):
    path = tmp_path / "closed.csv"
    path.write_text(
        "id,amount,probability,close date,stage,owner\n"
        "1,1000,100%,2026-03-01,Closed Won,Ann\n2,500,0%,2026-02-01,Closed Lost,Bo\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    "words",
    [
        ["--as-stated"],
        ["--shock", "0.5", "--group-shock", "owner=0.3"],
        ["--plan", "5M", "--by", "owner", "--exact"],
        ["--precision", "1%"],
    ],
)
def test_a_file_without_open_leads_is_a_forecast_of_nothing_when_allowed(words, run, closed_deals, tmp_path):
    answer = ["forecast", closed_deals, "--as-of", "2026-06-30", "--allow-empty", *words]
    out, _ = run(*answer, "--json", "--out", tmp_path / "run", "--chart", tmp_path / "fan.svg")
    total = json.loads(out)["total"]
    figures = ("expected_value", "exact_mean", "mean", "sd", "p5", "p10", "p25", "p50", "p75", "p90", "p95")
    assert [total[name] for name in figures] == [0] * len(figures)
    assert "There is no open lead to forecast" in run(*answer)[0]
    assert "bit for bit" in run("rerun", tmp_path / "run")[0]


def test_actuals_of_a_file_are_not_said_to_be_the_won_rows(run, closed_deals, tmp_path):
    actuals = tmp_path / "actuals.csv"
    actuals.write_text("date,amount\n2026-01-05,300\n2026-04-05,400\n", encoding="utf-8")
    out, _ = run("forecast", closed_deals, "--as-of", "2026-06-30", "--allow-empty", "--actuals", actuals)
    text = " ".join(out.split())
    assert "Won already: 1 row, not forecast." in text
    assert "Booked in the fiscal year Jan 2026 to Dec 2026: 700 in 2 bookings." in text


def test_quiet_says_nothing_about_a_saved_run(run, tmp_path):
    assert run(*EXAMPLE, "--quiet", "--out", tmp_path / "run") == ("", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_for_the_shell(run, shell):
    out, err = run("completion", shell)
    assert err == ""
    assert "_FUNNELSIM_COMPLETE" in out


def test_warm_up_says_where_the_kernels_are(run):
    out, _ = run("warm-up")
    assert out.startswith("compiled in ")
