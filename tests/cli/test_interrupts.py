"""Ctrl-C: answered within half a second, nothing left behind, whatever was going on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta

import pytest

from funnelsim.inputs.saved_run import read_manifest

pytestmark = [pytest.mark.alone, pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal")]

PATIENCE = 0.5
ATTEMPTS = 3
"""Other work on the machine may take half a second from one of them, hardly from all."""

DRIVER = """
import importlib, sys
module = importlib.import_module(sys.argv[1])
real = getattr(module, sys.argv[2])
def marked(*given, **named):
    if not marked.told:
        marked.told = True
        print("reached", flush=True)
    return real(*given, **named)
marked.told = False
setattr(module, sys.argv[2], marked)
from funnelsim.cli.main import run_command
sys.exit(run_command(sys.argv[3:]))
"""
"""The command itself, telling when it reaches a function."""


def many_leads(folder, count=30_000):
    path = folder / "leads.csv"
    days = [str(date(2026, 7, 1) + timedelta(days=place)) for place in range(300)]
    rows = (f"L{place},{1000 + place}.50,0.{place % 90 + 10},{days[place % 300]}" for place in range(count))
    path.write_text("lead_id,pr,pc,expected_close\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def interrupted(folder, module, function, words, delay):
    """Send Ctrl-C some seconds after a function is reached; returns exit code, seconds until the end, and stderr."""
    process = subprocess.Popen(
        [sys.executable, "-c", DRIVER, module, function, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
    )
    try:
        assert process.stdout.readline() == "reached\n", process.communicate()[1]
        time.sleep(delay)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, time.monotonic() - sent, said


@pytest.fixture(scope="module")
def compiled():
    """Compiling cannot be stopped, and is over before the first slice."""
    subprocess.run([sys.executable, "-m", "funnelsim", "forecast", "--example", "--quiet"], check=True)


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_in_the_middle_of_a_long_walk(tmp_path, threads):
    """30,000 leads times 400,000 replications take minutes; only the walk is interrupted, so it must be slicing."""
    path = many_leads(tmp_path)
    words = ["forecast", path, "--as-of", "2026-06-30", "--replications", "400000", "--threads", threads]
    words += ["--out", "run", "--json"]
    for attempt in range(ATTEMPTS):
        code, seconds, said = interrupted(tmp_path, "funnelsim.engines.pipeline", "pipeline_walk", words, 0.4)
        assert code == 130
        assert said.strip() == "stopped: nothing is left half written."
        assert [each.name for each in tmp_path.iterdir()] == ["leads.csv"]
        if seconds < PATIENCE or attempt == ATTEMPTS - 1:
            break
    assert seconds < PATIENCE


def test_ctrl_c_in_the_middle_of_a_back_test(tmp_path):
    """A forecast from one past day takes seconds; it is interrupted within, and nothing is kept."""
    words = ["backtest", "--example", "--threads", "1", "--out", "run", "--json"]
    for attempt in range(ATTEMPTS):
        place = ("funnelsim.engines.backtesting.backtest", "forecast_origin")
        code, seconds, said = interrupted(tmp_path, *place, words, 0.4)
        assert code == 130
        assert said.strip() == "stopped: nothing is left half written."
        assert not list(tmp_path.iterdir())
        if seconds < PATIENCE or attempt == ATTEMPTS - 1:
            break
    assert seconds < PATIENCE


SAVING = [
    ("funnelsim.outputs.charts", "chart_png"),
    ("funnelsim.outputs.run_folder", "write_run"),
    ("funnelsim.outputs.run_folder", "environment"),
]


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.0, 0.004, 0.02, 0.05, 0.1, 0.2])
@pytest.mark.parametrize(("module", "function"), SAVING)
def test_ctrl_c_while_a_run_is_saved_leaves_a_whole_run_or_none(tmp_path, module, function, delay):
    words = ["forecast", "--example", "--replications", "60000", "--quiet", "--out", "run"]
    code, seconds, said = interrupted(tmp_path, module, function, words, delay)
    left = [each.name for each in tmp_path.iterdir()]
    if left:
        assert left == ["run"]
        assert len(read_manifest(tmp_path / "run").content_hash) == 64
    else:
        assert code == 130, said
    assert code in {0, 130, -signal.SIGINT}  # the last: all was done, and Python was shutting down
    assert "Traceback" not in said
    assert seconds < PATIENCE + 1.0  # drawing a chart is one call into a library


@pytest.mark.slow
def test_a_second_ctrl_c_ends_it_too(tmp_path):
    path = many_leads(tmp_path, 20_000)
    words = [sys.executable, "-m", "funnelsim", "forecast", path, "--as-of", "2026-06-30", "--replications", "400000"]
    process = subprocess.Popen([*map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        time.sleep(3)
        for _ in range(2):
            process.send_signal(signal.SIGINT)
            time.sleep(0.02)
        process.communicate(timeout=10)
    finally:
        process.kill()
    assert process.returncode in {130, -signal.SIGINT, 1}
