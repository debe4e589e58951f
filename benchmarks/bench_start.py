"""Whole processes: how long until help is shown, and until the second forecast is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from lead_files import AS_OF, write_leads
from measuring import Bound, Result, WrongAnswer, check_fingerprint, process_seconds, summary

NAME = "start"
LEADS = 1_000
REPLICATIONS = 100_000
SEED = 7
HELP_ROUNDS = 25
FORECAST_ROUNDS = 5
MOST_OVER_CLICK = 1.5
MOST_SECONDS = 3.0

FUNNELSIM = str(Path(sys.executable).with_name("funnelsim"))


def measure() -> Result:
    """Time help against its bare import, then compiling, then forecasts with compiled kernels."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        files = write_leads(work / "leads.csv", LEADS)
        words = [FUNNELSIM, "forecast", str(files), "--as-of", AS_OF.isoformat(), "--seed", str(SEED)]
        words += ["--replications", str(REPLICATIONS)]
        help_ = process_seconds(
            {"import click": [sys.executable, "-c", "import click"], "funnelsim --help": [FUNNELSIM, "--help"]},
            HELP_ROUNDS,
        )
        warm = {**os.environ, "NUMBA_CACHE_DIR": str(work / "cache")}
        compiling = _seconds([FUNNELSIM, "warm-up"], warm)
        taken = _checked(words, warm)
        forecasts = process_seconds({"forecast": words}, FORECAST_ROUNDS, env=warm)["forecast"]
    figures: dict[str, Any] = {
        "seconds": {
            **{name: summary(seconds) for name, seconds in help_.items()},
            "warm-up, nothing compiled yet": summary([compiling]),
            "second forecast": summary(forecasts),
        }
    }
    bounds = [
        Bound("funnelsim --help over python -c 'import click'", _ratio(help_), "<=", MOST_OVER_CLICK),
        Bound("second forecast, whole process", min(forecasts), "<=", MOST_SECONDS, "s"),
    ]
    workload = f"Start: {LEADS:,} leads x {REPLICATIONS:,} replications, CSV file, all cores, kernels compiled before"
    return Result(NAME, workload, figures, bounds, taken)


def _ratio(help_: dict[str, list[float]]) -> float:
    """Best against best: what the processes cost when nobody disturbs them."""
    return min(help_["funnelsim --help"]) / min(help_["import click"])


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - started


def _checked(words: list[str], environment: dict[str, str]) -> str:
    """Refuse a forecast that fails its own check or whose total is not the stored one; return its fingerprint."""
    said = subprocess.run([*words, "--json"], check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    document = json.loads(said)
    if document["replications"] != REPLICATIONS or not document["check"]["passed"]:
        message = "the forecast does not pass its own check"
        raise WrongAnswer(message)
    bands = [*document["periods"], document["total"]]
    # simulated figures only: the last bit of an exact mean hangs on the order of a sum
    found = _hash(json.dumps([[band[name] for name in ("p5", "p10", "p50", "p90", "p95")] for band in bands]))
    check_fingerprint(f"start-{LEADS}-{REPLICATIONS}", found)
    return found


def _hash(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()
