"""Names that are formulas, markup, commands and riddles, in a file of leads: shown as they are, and never more."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from funnelsim.cli.main import run_command
from funnelsim.outputs import charts
from funnelsim.outputs.plain_text import plain
from outputs.active_content import (
    package_faults,
    page_faults,
    workbook_texts,
)
from outputs.hostile_names import NAMES

HEADERS = ("Opportunity ID", "Opportunity Name", "Account Name", "Opportunity Owner", "Region", "Amount", "Probability")
FEW = ("--as-of", "2026-06-30", "--plan", "5M", "--replications", "300", "--threads", "1", "--quiet")
IDS = tuple(name if name.strip() else f"id {name!r}" for name in NAMES)
"""An id is not blank."""


def turned(names, step):
    return (*names[step:], *names[:step])


def write_leads(path):
    """Every name once in each column, never the same name twice in a row."""
    columns = (turned(IDS, 1), NAMES, turned(NAMES, 2), turned(NAMES, 3), turned(NAMES, 4))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow((*HEADERS, "Close Date"))
        for row, words in enumerate(zip(*columns, strict=True)):
            writer.writerow((*words, 1_000 * (row + 1), f"{10 + row % 80}%", f"2026-{7 + row % 3:02d}-15"))


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "leads.csv"
    write_leads(path)
    return path


@pytest.fixture(scope="module")
def saved(file) -> Path:
    folder = file.parent / "run"
    with pytest.MonkeyPatch.context() as patch:  # charts of forecasts hold no names
        for name in ("chart_png", "chart_svg"):
            patch.setattr(charts, name, lambda spec: b"")
        assert run_command(["forecast", str(file), "--by", "region", *FEW, "--out", str(folder)]) == 0
    return folder


def made(saved, *options):
    """The board pack of a run: each file's bytes by its name."""
    out = saved.parent / "-".join(("pack", *(option.strip("-") for option in options)))
    assert run_command(["report", str(saved), *options, "--out", str(out)]) == 0
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*.*")}


@pytest.fixture(scope="module")
def pack(saved):
    return made(saved, "--pptx", "--xlsx", "--html")


def test_the_run_keeps_every_name_to_the_letter(saved):
    leads = pq.read_table(saved / "leads.parquet")
    assert set(leads["lead_id"].to_pylist()) == set(IDS)
    for field in ("name", "account", "owner", "region"):
        found = leads[f"attribute.{field}"].to_pylist()
        assert sorted(found) == sorted(name.strip() for name in NAMES), field  # blanks at the ends go
    document = json.loads((saved / "forecast.json").read_text())
    assert {one["value"] for one in document["groups"]} >= {name.strip() for name in NAMES if name.strip()}


def test_nothing_is_active_in_slides_workbook_and_page(pack):
    assert package_faults(pack["board.pptx"]) == []
    assert package_faults(pack["bands.xlsx"]) == []
    assert page_faults(pack["report.html"].decode()) == []


def test_every_name_stands_whole_in_the_workbook(pack):
    texts = workbook_texts(pack["bands.xlsx"])
    assert [name for name in (*IDS, *NAMES) if name.strip() and plain(name.strip()) not in texts] == []
