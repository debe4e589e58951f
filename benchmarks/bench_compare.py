"""A whole comparison: five strategies of the flagship, a thousand futures each, from the command to the last figure."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from measuring import Bound, Result, WrongAnswer, check_fingerprint, process_seconds, summary

NAME = "compare"
SCENARIO = "month_end_crunch"
REPLICATIONS = 1_000
SEED = 7
ROUNDS = 5
MOST_SECONDS = 10.0

FUNNELSIM = str(Path(sys.executable).with_name("funnelsim"))
WORDS = [FUNNELSIM, "compare", SCENARIO, "--replications", str(REPLICATIONS), "--seed", str(SEED)]


def measure() -> Result:
    """Time the process, and let the baseline against itself differ by exactly nothing."""
    _refuse_unequal_to_itself()
    document = _answer([])
    taken = _figures(document)
    check_fingerprint(f"compare-{REPLICATIONS}", taken)
    seconds = process_seconds({"compare": [*WORDS, "--quiet"]}, ROUNDS)["compare"]
    figures = {"seconds": summary(seconds), "strategies": len(document["entrants"])}
    bounds = [Bound("five strategies compared, whole process, all cores", min(seconds), "<=", MOST_SECONDS, "s")]
    workload = f"Compare: {SCENARIO}, 5 strategies x {REPLICATIONS:,} replications, score card and ledger"
    return Result(NAME, workload, figures, bounds, taken)


def _answer(more: list[str]) -> dict[str, Any]:
    said = subprocess.run([*WORDS, *more, "--json"], check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(said)
    return found


def _refuse_unequal_to_itself() -> None:
    (contest,) = _answer(["--strategy", "P0", "--strategy", "P0"])["contests"]
    ends = [score["difference"][end] for score in contest["scores"] for end in ("estimate", "low", "high")]
    if any(ends):
        message = "a strategy differs from itself"
        raise WrongAnswer(message)


def _figures(document: dict[str, Any]) -> str:
    """Return the fingerprint of simulated figures: those of exact sums, no quantile of a law is in them."""
    sums = [[score["base"], score["other"]] for contest in document["contests"] for score in contest["scores"]]
    return hashlib.sha256(json.dumps(sums).encode()).hexdigest()
