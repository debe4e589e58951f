"""The page about files names every column that the reader knows and every file that a run has."""

from __future__ import annotations

import re
from pathlib import Path

from funnelsim.inputs.crm import FIELDS
from funnelsim.model import run_schema

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "files.md").read_text(encoding="utf-8")


def test_every_column_is_described() -> None:
    rows = " ".join(re.findall(r"^\| (`[^|]*) \|", PAGE, re.MULTILINE))
    assert set(FIELDS) <= set(re.findall(r"`([a-z_0-9]+)`", rows))


def test_every_file_of_a_run_is_described() -> None:
    files = (run_schema.MANIFEST, run_schema.FORECAST, run_schema.BANDS, run_schema.REPLICATIONS, run_schema.LEADS)
    files += (run_schema.SIMULATION, run_schema.SCENARIO, run_schema.OTHER_ROWS, run_schema.ACTUALS)
    files += (run_schema.LEAD_STATES, run_schema.MODEL)
    files += (run_schema.EXPLANATION, run_schema.EXPLANATION_TABLE, run_schema.COMPARISON)
    assert all(f"| `{name}` |" in PAGE for name in files)
    assert f"| `{run_schema.CHARTS}/` |" in PAGE
