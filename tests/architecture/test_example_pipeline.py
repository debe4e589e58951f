"""The packaged example is what its generator makes, and is what its README says."""

from __future__ import annotations

import csv
import importlib.util
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_example_pipeline", FOLDER / "make_example_pipeline.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (FOLDER / "example_pipeline.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_file_is_what_the_generator_makes(generator: ModuleType) -> None:
    assert (FOLDER / "example_pipeline.csv").read_bytes() == generator.example_pipeline().encode()


def test_the_readme_counts_what_is_there(generator: ModuleType, rows: list[dict[str, str]]) -> None:
    as_of = generator.AS_OF
    won = [row for row in rows if row["Stage"] == "Closed Won"]
    lost = [row for row in rows if row["Stage"] == "Closed Lost"]
    leads = [row for row in rows if not row["Stage"].startswith("Closed")]
    overdue = [row for row in leads if date.fromisoformat(row["Close Date"]) <= as_of]
    later = [row for row in leads if date.fromisoformat(row["Close Date"]) > as_of.replace(year=as_of.year + 1)]
    booked = sum(Decimal(row["Amount"]) for row in won)
    text = " ".join((FOLDER / "README.md").read_text(encoding="utf-8").split())
    assert f"{len(rows)} rows in the shape" in text
    assert f"{len(leads)} open leads, {len(won)} won and {len(lost)} lost" in text
    assert f"{len(overdue)} open leads are overdue" in text
    assert f"{len(later)} are due past" in text
    assert f"{booked / 1_000_000:.2f} million" in text
    assert as_of.isoformat() in text


def test_the_example_can_be_read_without_asking(rows: list[dict[str, str]]) -> None:
    assert len({row["Opportunity ID"] for row in rows}) == len(rows)
    assert all(
        date.fromisoformat(row["Created Date"]) <= date.fromisoformat(row["Close Date"])
        or not row["Stage"].startswith("Closed")
        for row in rows
    )
    assert all(0 <= int(row["Probability (%)"]) <= 100 and Decimal(row["Amount"]) > 0 for row in rows)
