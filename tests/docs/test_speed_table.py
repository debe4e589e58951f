"""The README's speed table is the one that the committed results give, not one that somebody typed."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def report() -> ModuleType:
    spec = importlib.util.spec_from_file_location("speed_report", ROOT / "benchmarks" / "report.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_readme_shows_the_committed_results(report: ModuleType) -> None:
    page = report.README.read_text(encoding="utf-8")
    if report.START not in page:
        pytest.skip("README.md has no speed table yet")
    assert page == report.with_table(page, report.table(report.results())), "run: python benchmarks/report.py"


def test_every_promise_is_in_the_table_whether_it_holds_or_not(report: ModuleType) -> None:
    shown = report.table(report.results())
    for result in report.results():
        assert result["holds"] == all(bound["holds"] for bound in result["bounds"])
        for bound in result["bounds"]:
            assert bound["what"] in shown
            assert bound["holds"] == (
                bound["measured"] >= bound["bound"] if bound["rule"] == ">=" else bound["measured"] <= bound["bound"]
            )


def test_a_page_without_markers_is_left_alone(report: ModuleType) -> None:
    assert report.with_table("no table here\n", "| a |") == "no table here\n"
    page = f"above\n{report.START}\nold\n{report.END}\nbelow\n"
    assert report.with_table(page, "new") == f"above\n{report.START}\nnew\n{report.END}\nbelow\n"
