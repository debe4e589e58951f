"""Each way of ending, provoked for real, and what it says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import funnelsim.api.forecast as door
import funnelsim.api.saved_forecast as kept
import funnelsim.engines.forecast as forecast_module
from funnelsim.cli.main import run_command

EXAMPLE = ["forecast", "--example", "--replications", "200", "--seed", "3", "--threads", "1"]
PROGRAM = [sys.executable, "-m", "funnelsim"]


@pytest.fixture
def run(capsys):
    """Run one command line here; returns exit code, standard output and standard error."""

    def command(*words):
        code = run_command([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture
def leads(tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text(
        "lead_id,pr,pc,expected_close\na,1000,40%,2026-07-10\nb,500,90%,2026-08-11\nc,70,10%,2026-05-01\n",
        encoding="utf-8",
    )
    return path


def test_0_the_page_is_on_standard_output_and_nothing_else(run):
    code, out, err = run(*EXAMPLE)
    assert code == 0
    assert "80% chance" in out
    assert err == ""


def test_0_help_and_version(run):
    assert run("--help")[0] == 0
    assert run("forecast", "-h")[0] == 0
    code, out, _ = run("--version")
    assert (code, out.startswith("funnelsim, version ")) == (0, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["forecast", "nowhere.csv"], "no such file or directory"),
        (["forecast", "."], "must be a plain file, not a folder"),
        (["check", "nowhere.csv"], "no such file or directory"),
        (["rerun", "nowhere"], "the manifest must be a file that can be read"),
        ([*EXAMPLE, "--seed", "-1"], "seed must be an integer in [0, 2**64); got -1."),
        ([*EXAMPLE, "--seed", str(2**64)], "seed must be an integer in [0, 2**64)"),
        ([*EXAMPLE, "--replications", "0"], "replications must be an integer in [1, 2147483647]; got 0."),
        ([*EXAMPLE, "--months", "0"], "horizon must be an integer, at least 1; got 0."),
        ([*EXAMPLE, "--fiscal-start", "13"], "fiscal start must be a month number in [1, 12]; got 13."),
        ([*EXAMPLE, "--threads", "0"], "threads must be an integer, at least 1; got 0."),
        ([*EXAMPLE, "--by", "planet"], "--by must be a column of the file; got 'planet'."),
        ([*EXAMPLE, "--group-shock", "region"], "--group-shock must be written COLUMN=SD; got 'region'."),
        ([*EXAMPLE, "--shock", "4"], "shared shock sd must be a number in [0, 3]; got 4.0."),
        ([*EXAMPLE, "--as-stated", "--shock", "0.1"], "--as-stated must be given alone"),
        ([*EXAMPLE, "--precision", "50"], "precision must be a share in (0, 1); got 50.0."),
        ([*EXAMPLE, "--plan", "5M", "--months", "3"], "hint: use --horizon 6"),
        ([*EXAMPLE, "--chart", "a.gif"], "--chart must be a name that ends in .png or .svg; got 'a.gif'."),
        ([*EXAMPLE, "--rate", "EUR=much"], "must be a number; got 'much'"),
    ],
)
def test_1_data_or_request_that_cannot_be_used(run, words, said):
    code, out, err = run(*words)
    assert code == 1
    assert said in err
    assert err.startswith("funnelsim: ")
    assert "Traceback" not in err
    assert out == ""


def test_1_all_problems_of_a_file_at_once(run, leads):
    leads.write_text("lead_id,pr,pc,expected_close\na,x,40%,2026-07-10\nb,5,90%,2026-02-30\n", encoding="utf-8")
    code, out, err = run("forecast", leads, "--as-of", "2026-06-30")
    assert code == 1
    assert out == ""
    assert "2 problems:" in err
    assert "'x'" in err
    assert "2026-02-30" in err


def test_1_a_rerun_that_differs_says_both_hashes(run, tmp_path, monkeypatch):
    assert run(*EXAMPLE, "--quiet", "--out", tmp_path / "run")[0] == 0
    real = kept.forecast
    monkeypatch.setattr(kept, "forecast", lambda *a, **k: replace(real(*a, **k), content_hash="f" * 64))
    code, out, _ = run("rerun", tmp_path / "run")
    assert code == 1
    assert f"now  {'f' * 64}" in out
    assert "not the same" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["forecast"], "name one FILE of leads, or --example."),
        (["forecast", "a.csv", "--example"], "FILE and --example exclude each other."),
        (["forcast"], "No such command 'forcast'. Did you mean 'forecast'?"),
        (["forecast", "--example", "--montsh", "3"], "--months"),
        (["forecast", "--example", "--replication", "3"], "--replications"),
        (["check", "a.csv", "--date", "dmy"], "--dates"),
        ([*EXAMPLE, "--json", "--csv"], "--json, --csv and --quiet exclude each other."),
        ([*EXAMPLE, "--months", "3", "--horizon", "3"], "--months excludes --horizon and --period."),
        ([*EXAMPLE, "--months", "3", "--period", "week"], "--months excludes --horizon and --period."),
        ([*EXAMPLE, "--period", "day"], "'day' is not one of"),
        ([*EXAMPLE, "--as-of", "30.6.2026"], "'30.6.2026' is not a day; write it as 2026-06-30."),
        ([*EXAMPLE, "--as-of", "2026-02-30"], "'2026-02-30' is not a day"),
        ([*EXAMPLE, "--map", "pr"], "'pr' must be written NAME=VALUE."),
        ([*EXAMPLE, "--map", "pr=a", "--map", "pr=b"], "'pr' is given twice."),
        ([*EXAMPLE, "--precision", "often"], "'often' is not a share; write 0.5% or 0.005."),
        ([*EXAMPLE, "--replications", "many"], "'many' is not a valid integer"),
        (["completion", "cmd"], "'cmd' is not one of"),
        (["forecast", "a.csv", "b.csv"], "unexpected extra argument"),
    ],
)
def test_2_a_command_line_written_wrong_names_the_nearest_right_one(run, words, said):
    code, out, err = run(*words)
    assert code == 2
    assert said in err
    assert "Traceback" not in err
    assert out == ""


def test_70_a_planted_wrong_mean(run, monkeypatch):
    real = forecast_module.simulate_bookings
    monkeypatch.setattr(forecast_module, "simulate_bookings", lambda *how: real(*how) * 11 // 10)
    code, out, err = run("forecast", "--example", "--replications", "5000", "--as-stated", "--json")
    assert code == 70
    assert out == ""
    assert "simulated mean must be within 5 standard errors of the exact mean" in err
    assert "bug of funnelsim" in err


def test_70_an_exception_nobody_meant(run, monkeypatch):
    def broken(*how):
        message = "not meant"
        raise ZeroDivisionError(message)

    monkeypatch.setattr(forecast_module, "lower_leads", broken)
    code, out, err = run(*EXAMPLE)
    assert code == 70
    assert out == ""
    assert "ZeroDivisionError: not meant" in err
    assert "this is a bug of ours. Please report it" in err


@pytest.mark.parametrize("option", [["--out", "file/run"], ["--chart", "file/a.png"], ["--chart", "none/a.svg"]])
def test_74_a_place_that_cannot_be_written(run, tmp_path, monkeypatch, option):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code, _, err = run(*EXAMPLE, "--quiet", *option)
    assert code == 74
    assert "must be written whole" in err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_74_an_earlier_run_is_not_replaced_unless_asked(run, tmp_path):
    assert run(*EXAMPLE, "--quiet", "--out", tmp_path / "run")[0] == 0
    before = (tmp_path / "run" / "manifest.json").read_bytes()
    code, _, err = run(*EXAMPLE, "--out", tmp_path / "run")
    assert code == 74
    assert "got an earlier run" in err
    assert (tmp_path / "run" / "manifest.json").read_bytes() == before
    assert run(*EXAMPLE, "--quiet", "--out", tmp_path / "run", "--force")[0] == 0


@pytest.mark.parametrize("kind", [[], ["--json"], ["--csv"]])
def test_74_standard_output_on_a_full_disk(kind):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [*PROGRAM, *EXAMPLE, *kind], stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False
        )
    assert done.returncode == 74
    assert done.stderr == "funnelsim: the output must be written whole; got No space left on device.\n"


@pytest.mark.parametrize("kind", [[], ["--json"]])
def test_a_reader_that_goes_away_is_no_error(kind):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [*PROGRAM, *EXAMPLE, *kind], stdout=writer, stderr=subprocess.PIPE, text=True, timeout=120, check=False
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


def test_75_more_than_the_memory_budget(run, monkeypatch):
    monkeypatch.setattr(door, "available_memory", lambda: 2**20)
    code, out, err = run("forecast", "--example", "--replications", "100000", "--json")
    assert code == 75
    assert out == ""
    assert "memory for 100,000 replications must be within 0.00 GiB, the memory budget; got 0." in err
    assert "hint: ask for fewer replications or periods" in err


def test_75_a_billion_replications_are_refused_before_they_are_drawn(run):
    code, _, err = run("forecast", "--example", "--replications", str(2**31 - 1))
    assert code == 75
    assert "memory for 2,147,483,647 replications" in err


def test_75_memory_that_runs_out_all_the_same(run, monkeypatch):
    def broken(*how):
        raise MemoryError

    monkeypatch.setattr(forecast_module, "simulate_bookings", broken)
    code, _, err = run(*EXAMPLE)
    assert (code, "memory ran out" in err) == (75, True)


def test_130_ctrl_c_in_process(run, monkeypatch):
    def interrupted(*how):
        raise KeyboardInterrupt

    monkeypatch.setattr(forecast_module, "simulate_bookings", interrupted)
    code, out, err = run(*EXAMPLE)
    assert code == 130
    assert out == ""
    assert "stopped: nothing is left half written." in err


def test_json_is_refused_as_strictly_as_the_page(run, leads):
    """What fails leaves no half JSON behind."""
    leads.write_text("lead_id,pr,pc\na,1,40%\n", encoding="utf-8")
    code, out, _ = run("forecast", leads, "--json")
    assert (code, out) == (1, "")


def test_json_of_a_right_file(run, leads):
    code, out, err = run("forecast", leads, "--as-of", "2026-06-30", "--json", "--replications", "100")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer["input"]["expected_value"] == 857
    assert answer["input"]["overdue"] == {"rows": 1, "expected_value": 7}


def test_an_error_that_a_library_made_of_ctrl_c_is_no_bug_of_ours(monkeypatch, capsys):
    """An interrupted import or callback may come out as any exception; the signal came first."""

    def interrupted(*_args, **_words):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt as error:
            raise ImportError from error

    monkeypatch.setattr("funnelsim.api.forecast.forecast", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # shells start what runs behind them without it
    try:
        assert run_command(["forecast", "--example"]) == 130
        assert capsys.readouterr().err.strip() == "stopped: nothing is left half written."
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
