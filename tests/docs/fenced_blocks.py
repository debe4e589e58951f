"""Run the fenced blocks of a page in the order a reader meets them.

=============== ==========================================================================================
first line      what happens
=============== ==========================================================================================
``console``     each ``$ command`` runs; the lines below it are compared with what it prints
``python``      runs; blocks of one page share their names; ``>>>`` examples are compared as doctests
``output``      directly after ``python``: what that block prints
``csv NAME``    is written to NAME, for the blocks below (``toml NAME`` too); without NAME it only shows something
``json``        must be JSON once its ``...`` lines are taken out
``text``        a drawing or a formula; nothing to run
=============== ==========================================================================================

Compared without regard to blank lines and runs of spaces; ``...`` stands for anything, alone on a line for any lines.
Commands that change the machine are not run but checked: ``make TARGET`` must exist, ``pip install`` must name us.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^(`{3,})[ ]*([^\n`]*)\n(.*?)^\1[ ]*$", re.MULTILINE | re.DOTALL)
SHOWN_FILES = ("csv", "toml")
OURS = re.compile(r"pip install (?:-c constraints\.txt )?(?:-e )?['\"]?(?:funnelsim|\.)(?:\[([a-z,]+)\])?['\"]?")
MACHINE = ("pip install", "make", "git clone", "cd ", "python3 -m venv", "source ")


@dataclass(frozen=True)
class Block:
    """One fenced block: where it is, its first line, its text."""

    page: str
    line: int
    info: str
    text: str

    @property
    def where(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass
class Session:
    """A folder and the names that a page's blocks build up."""

    folder: Path
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__page__"})
    printed: str = ""

    def run(self, block: Block) -> None:
        kind, _, name = block.info.partition(" ")
        if kind == "console":
            for command, expected in commands(block):
                self.run_command(block, command, expected)
        elif kind == "python":
            self.run_python(block)
        elif kind == "output":
            assert matches(block.text, self.printed), difference(block.where, block.text, self.printed)
        elif kind == "json":
            json.loads(re.sub(r"^\s*\.\.\.\s*$", "", block.text, flags=re.MULTILINE))
        elif kind in SHOWN_FILES:
            if name:
                (self.folder / name).write_text(block.text, encoding="utf-8")
        else:
            assert kind == "text", (
                f"{block.where}: a block must say what it is (console, python, ... or text); got {block.info!r}"
            )

    def run_command(self, block: Block, command: str, expected: str) -> None:
        if command.startswith(MACHINE):
            check_machine_command(block, command)
            return
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        environment = {**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "100", "PYTHONUTF8": "1"}
        environment.pop("NUMBA_DISABLE_JIT", None)  # pages are for users, who have the compiler
        answer = subprocess.run(
            command, shell=True, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        told = "must be" in expected
        assert answer.returncode == 0 or (told and answer.returncode in {1, 2}), (
            f"{block.where}: {command}\n{answer.stdout}{answer.stderr}"
        )
        seen = [answer.stdout, answer.stderr, answer.stderr + answer.stdout, answer.stdout + answer.stderr]
        assert any(matches(expected, text) for text in seen), difference(
            f"{block.where}: {command}", expected, seen[0] or seen[1]
        )

    def run_python(self, block: Block) -> None:
        out = io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(out):
            if ">>>" in block.text:
                flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
                test = doctest.DocTestParser().get_doctest(block.text, self.names, block.where, block.page, block.line)
                result = doctest.DocTestRunner(optionflags=flags).run(test, clear_globs=False)
                self.names = test.globs
                assert result.failed == 0, out.getvalue()
            else:
                exec(compile(block.text, block.where, "exec"), self.names)  # a page is ours; running it is the test
        self.printed = out.getvalue()


def blocks(page: Path) -> list[Block]:
    """Every fenced block of a Markdown page."""
    text = page.read_text(encoding="utf-8")
    name = str(page.relative_to(ROOT)) if page.is_relative_to(ROOT) else page.name
    return [
        Block(name, text.count("\n", 0, found.start()) + 1, found[2].strip(), found[3])
        for found in FENCE.finditer(text)
    ]


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Each ``$ command`` of a console block with the output shown below it; a backslash continues the command."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        command = lines.pop(0)
        while command.endswith("\\") and lines:
            command = command[:-1].rstrip() + " " + lines.pop(0).strip()
        yield command, "\n".join(lines)


def matches(expected: str, found: str) -> bool:
    """Tell whether an output is the one shown, ``...`` standing for anything; nothing shown allows anything."""
    shown = [" ".join(line.split()) for line in expected.splitlines() if line.strip()]
    if not shown:
        return True
    lines = [" ".join(line.split()) for line in found.splitlines() if line.strip()]
    pattern = "".join(
        "(?:.*\n)*?" if line in {"...", "…"} else re.escape(line).replace(r"\.\.\.", ".*") + "\n" for line in shown
    )
    return re.fullmatch(pattern, "".join(line + "\n" for line in lines)) is not None


def difference(where: str, expected: str, found: str) -> str:
    """The message of a failed comparison."""
    return f"{where} shows\n{expected}\nbut it is\n{found}"


def check_machine_command(block: Block, command: str) -> None:
    """Fail unless a command that is too heavy to run names things that exist."""
    if command.startswith("make"):
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        asked = {word for word in command.split()[1:] if "=" not in word and word != "#"}
        assert asked <= targets, f"{block.where}: no such target: {asked - targets}"
    elif command.startswith("pip install"):
        named = OURS.match(command)
        assert named, f"{block.where}: {command}"
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        assert all(f"\n{extra} = [" in text for extra in (named[1] or "").split(",") if extra), (
            f"{block.where}: {command}"
        )
