"""The command line answers at once: what it does not need yet, it does not import."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {
    *("numpy", "numba", "llvmlite", "scipy", "polars", "pyarrow", "pandas", "pydantic", "holidays"),
    *("altair", "vl_convert", "fastexcel", "xlsxwriter", "openpyxl", "pptx", "jinja2", "rich"),
}
LOADED = "import json; print('\\n' + json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
RUN = """
import runpy, sys
sys.argv = ["funnelsim", *{arguments!r}]
try:
    runpy.run_module("funnelsim", run_name="__main__")
except SystemExit as end:
    assert not end.code, end.code
"""


def loaded_after(program: str) -> set[str]:
    answer = subprocess.run([sys.executable, "-c", program + LOADED], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return set(json.loads(answer.stdout.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["forecast", "--help"]], ids=" ".join)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert not loaded_after(RUN.format(arguments=arguments)) & HEAVY


def test_import_funnelsim_imports_nothing_heavy() -> None:
    assert not loaded_after("import sys, funnelsim\n") & HEAVY
