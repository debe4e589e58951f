"""The packaged records are what their generator makes, are what the README says, and are read as they were meant."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from funnelsim.api.records import read_history
from funnelsim.inputs.example import (
    EXAMPLE_HISTORY_BEGIN,
    EXAMPLE_HISTORY_END,
    example_history,
    example_history_leads,
)
from funnelsim.inputs.history_bounds import start_of
from funnelsim.model.history import LOST, NO_MOMENT, OPEN, WON, History

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"


@pytest.fixture
def generator(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_example_history", FOLDER / "make_example_history.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)  # its data classes look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def history() -> History:
    source, beside = example_history()
    return read_history(source, beside=beside)


def test_the_files_are_what_the_generator_makes(generator: ModuleType) -> None:
    for name, text in generator.files().items():
        assert (FOLDER / name).read_bytes() == text.encode(), name


def test_the_files_stay_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("example_history*")) < 500_000


def test_the_records_are_read_as_they_were_made(history: History) -> None:
    assert history.stages == ("C", "B", "A")
    assert set(history.attributes) == {"owner", "source"}
    assert history.exposure_from == start_of(EXAMPLE_HISTORY_BEGIN), "inferred, not told"
    assert history.extract == start_of(EXAMPLE_HISTORY_END) + 86_400
    assert history.snapshots is not None
    assert not history.counts_only
    closed = history.closed != NO_MOMENT
    assert (history.closed[closed] >= history.exposure_from).all()
    assert (history.created < history.exposure_from).sum() > 100, "they begin in the middle"


def test_the_chance_to_go_on_is_the_one_written_down(history: History) -> None:
    """Leads in A in their fifth week and later, all owners and sources: events against the sum of the true chances."""
    truth = json.loads((FOLDER / "example_history_truth.json").read_text(encoding="utf-8"))
    at = history.stages.index("A")
    begin, end = history.exposure_from // 86_400, history.extract // 86_400 - 1
    expected, variance, wins = 0.0, 0.0, 0
    for row in np.flatnonzero(history.entered[:, at] != NO_MOMENT):
        entered = int(history.entered[row, at]) // 86_400
        is_open = history.outcome[row] == OPEN
        last = end if is_open else int(history.closed[row]) // 86_400
        if is_open and last - entered > 400:
            continue  # abandoned: nobody works on it
        factor = truth["pace"][history.attributes["owner"][row]]
        factor *= truth["sources"][history.attributes["source"][row]]["onward"]
        days = np.arange(max(entered + 30, entered + 1, begin), min(last, entered + 89) + 1)
        days = days[(days + 3) % 7 < 5]
        for day in days.tolist():
            moment = np.datetime64(day, "D").astype(object)
            season = truth["season"][(moment.month - 1) % 3]
            chance = truth["onward"]["A"][2] * factor * season * truth["shocks"][f"{moment:%Y-%m}"]
            expected += chance
            variance += chance * (1 - chance)
        wins += int(history.outcome[row] == WON and len(days) > 0 and last == days[-1])
    assert wins > 50
    assert abs(wins - expected) < 5 * variance**0.5


def test_the_pipeline_is_what_the_records_leave_open(history: History) -> None:
    lines = example_history_leads().read_text(encoding="utf-8").splitlines()
    header, *rows = (line.split(",") for line in lines)
    cells = [dict(zip(header, row, strict=True)) for row in rows]
    still = {lead for lead, outcome in zip(history.lead_id, history.outcome, strict=True) if outcome == OPEN}
    assert {row["lead_id"] for row in cells if row["status"] == "open"} == still
    assert all(row["closed"] >= date(2026, 1, 1).isoformat() for row in cells if row["status"] != "open")


def test_the_readme_counts_what_is_there(history: History) -> None:
    text = " ".join((FOLDER / "README.md").read_text(encoding="utf-8").split())
    count = Counter(history.outcome.tolist())
    assert f"{len(history):,} leads: {count[WON]} won, {count[LOST]:,} lost and {count[OPEN]} open" in text
    assert history.snapshots is not None
    assert f"{len(history.snapshots.lead):,} rows" in text
