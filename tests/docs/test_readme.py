"""Every fenced block of every page runs and prints what the page shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fenced_blocks import ROOT, Block, Session, blocks, commands, matches

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_of_a_page_runs(page: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    session = Session(tmp_path)
    for block in blocks(page):
        session.run(block)


def page_with(tmp_path: Path, text: str) -> list[Block]:
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    return blocks(tmp_path / "page.md")


@pytest.mark.parametrize(
    "text",
    [
        "```console\n$ echo one\ntwo\n```\n",
        "```console\n$ exit 3\n```\n",
        "```console\n$ make no-such-target\n```\n",
        "```console\n$ pip install something-else\n```\n",
        "```python\nassert 1 == 2\n```\n",
        "```python\n>>> 1 + 1\n3\n```\n",
        "```python\nprint(1)\n```\n```output\n2\n```\n",
        '```json\n{"a": }\n```\n',
        "```\nno kind said\n```\n",
    ],
)
def test_a_block_that_lies_is_noticed(text: str, tmp_path: Path) -> None:
    session = Session(tmp_path)

    def run_all() -> None:
        for block in page_with(tmp_path, text):
            session.run(block)

    with pytest.raises((AssertionError, ValueError)):
        run_all()


def test_a_page_is_one_session(tmp_path: Path) -> None:
    text = (
        "```csv few.csv\na,b\n1,2\n```\n"
        "```python\nx = open('few.csv').read()\nprint(x)\n```\n```output\na,b\n...\n```\n"
        "```python\n>>> x[:3]\n'a,b'\n```\n"
        "```console\n$ cat \\\n    few.csv\na,b\n1,2\n$ pip install funnelsim\n$ make test\n```\n"
    )
    session = Session(tmp_path)
    for block in page_with(
        tmp_path, text.replace("open('few.csv').read()", "__import__('pathlib').Path('few.csv').read_text()")
    ):
        session.run(block)
    assert [command for command, _ in commands(page_with(tmp_path, text)[-1])] == [
        "cat few.csv",
        "pip install funnelsim",
        "make test",
    ]


def test_wildcards_stand_for_anything_but_not_for_something_else() -> None:
    assert matches("a  b\n...\nend", "a b\n\nmiddle\nmore\nend\n")
    assert matches("took ... s", "took 1.5 s")
    assert matches("", "anything")
    assert not matches("a\nend", "a\nmiddle\nend")
    assert not matches("a (1)", "a 1")
