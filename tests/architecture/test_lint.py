"""Ruff and mypy are clean; they run here so that one command tells the truth."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [name for name in ("src", "tests", "benchmarks", "scenarios") if (ROOT / name).is_dir()]


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", *FOLDERS), ("ruff", "format", "--check", *FOLDERS), ("mypy",)],
    ids=["ruff check", "ruff format", "mypy"],
)
def test_style_and_types_are_clean(command: tuple[str, ...]) -> None:
    answer = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
