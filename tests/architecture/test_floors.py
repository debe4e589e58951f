"""A module imports only from floors below its own; the contracts in pyproject.toml say which floors there are."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
VIOLATIONS = {
    "inputs/planted_sideways.py": "from funnelsim.outputs import planted_target\n",
    "outputs/planted_target.py": "",
    "engines/planted_table.py": "import polars\n",
    "model/planted_fast.py": "import numba\n",
    "model/planted_there.py": "from funnelsim.model import planted_back\n",
    "model/planted_back.py": "from funnelsim.model import planted_there\n",
}
"""One broken rule for each contract: sideways import, cycle, numba upstairs, a table library in an engine."""


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    path = {"PYTHONPATH": str(folder / "src"), "PATH": "", "HOME": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", LINT], cwd=folder, env=path, capture_output=True, text=True, check=False
    )


def test_every_contract_is_kept() -> None:
    answer = lint(ROOT)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert " 0 broken" in answer.stdout


def test_every_contract_notices_what_it_forbids(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, text in VIOLATIONS.items():
        (tmp_path / "src" / "funnelsim" / name).write_text(text)
    answer = lint(tmp_path)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "0 kept, 4 broken" in answer.stdout
