"""Rewrite the speed table in README.md from the results: ``python benchmarks/report.py [--check]``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
README = ROOT / "README.md"
START, END = "<!-- speed -->", "<!-- /speed -->"
NAMES = ("forecast_kernel", "threads", "memory", "start", "funnel", "compare")
SYMBOLS = {">=": "at least", "<=": "at most"}


def main(words: list[str]) -> int:
    """Write the table, or with ``--check`` say whether it is the one there; 1 when it is not."""
    old = README.read_text(encoding="utf-8")
    new = with_table(old, table(results()))
    if "--check" in words:
        return int(old != new)
    README.write_text(new, encoding="utf-8")
    return 0


def results() -> list[dict[str, Any]]:
    """Read the results that there are, in the order of the table."""
    paths = [RESULTS / f"{name}.json" for name in NAMES]
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths if path.is_file()]


def with_table(page: str, lines: str) -> str:
    """Return the page with what stands between the markers replaced; a page without markers comes back as it is."""
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    return f"{before}{START}\n{lines}\n{END}{after}" if start and end else page


def table(found: list[dict[str, Any]]) -> str:
    """Return the table: what, measured, bound, whether it holds; then what it was measured on."""
    rows = ["| what | measured | promised | holds |", "| --- | ---: | ---: | --- |"]
    for result in found:
        rows.append(f"| **{result['workload']}** | | | |")
        rows += [_row(bound) for bound in result["bounds"]]
    machines = sorted({_machine(result) for result in found})
    return "\n".join([*rows, "", *(f"Measured on {machine}." for machine in machines)])


def _row(bound: dict[str, Any]) -> str:
    unit = "x" if bound["unit"] == "x" else f" {bound['unit']}"
    promised = f"{SYMBOLS[bound['rule']]} {bound['bound']:g}{unit}"
    return f"| {bound['what']} | {bound['measured']:.3g}{unit} | {promised} | {'yes' if bound['holds'] else '**no**'} |"


def _machine(result: dict[str, Any]) -> str:
    machine, versions = result["machine"], result["versions"]
    packages = ", ".join(f"{name} {versions[name]}" for name in ("numpy", "numba"))
    return f"{machine['cores']} cores of {machine['cpu']}; Python {versions['python']}, {packages}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
