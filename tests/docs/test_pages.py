"""Pages lead somewhere, and the changelog says of each entry whether numbers change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "tests" / "README.md",
    ROOT / "scenarios" / "README.md",
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_pages_name_are_there(page: Path) -> None:
    for name in re.findall(
        r"`((?:src|tests|docs|benchmarks|scenarios|kernels|engines|model|inputs|outputs)/[\w./-]+)`",
        page.read_text(encoding="utf-8"),
    ):
        places = [ROOT / name, ROOT / "src" / "funnelsim" / name, ROOT / "tests" / name]
        assert any(place.exists() for place in places), f"{page.name} names {name}"


def test_every_change_says_whether_numbers_change() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    entries = re.split(r"^- ", text, flags=re.MULTILINE)[1:]
    assert entries
    silent = [entry.splitlines()[0] for entry in entries if not re.search(r"Numbers change: (yes|no)\b", entry)]
    assert not silent
