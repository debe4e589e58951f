"""Make requirements.md from requirements.toml: what the funnel simulation must express, and where it does.

Run it after a change of the data: ``python docs/make_requirements.py``.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA, PAGE = HERE / "requirements.toml", HERE / "requirements.md"
TESTS = "tests/requirements/test_required_"
GROUPS = {
    "Funnel and state": (1, 11),
    "Value and forecast": (12, 21),
    "Owners, hours, hand-offs": (22, 40),
    "Qualification, nurture, speed": (41, 60),
    "Loops": (61, 68),
    "Investment, market, economy": (69, 93),
}
KINDS = ("mechanism", "parameter", "metric", "not expressed")
HEAD = """\
# What the funnel simulation must express

*Made by `docs/make_requirements.py` from `docs/requirements.toml`; change those.*

Five texts about lead generation say how selling works, or should. Ninety-three requirements were drawn from them, numbered
in their order. What the texts claim are **hypotheses**: nothing here assumes that a system is better than another. Each force of
the world has a strength that can be set to nothing, and each claim about a policy is tested beside its **null twin**, the same
comparison without the force and with its cost: there the gain must not be. Comparisons share their luck, take at least 200
replications, and are tested one-sided at 99 %; *no gain* means not significantly positive. Small worlds in which one thing matters
at a time are in `tests/requirements/worlds.py`; the flagship has a test of its own,
[`tests/requirements/test_flagship.py`](../tests/requirements/test_flagship.py).

- **mechanism**: it works in the simulation, and the test named fails without it;
- **parameter**: a number of the scenario document, shown by the scenario named;
- **metric**: it is counted, in the field named of a `Simulation`;
- **not expressed**: and why not.
"""


def entries() -> dict[str, dict[str, str]]:
    """Return the data, one entry a requirement."""
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


def where(entry: dict[str, str]) -> str:
    """Return where a requirement is expressed, as one cell."""
    parts = []
    if "test" in entry:
        file, function = entry["test"].split("::")
        parts.append(f"[`{function}`](../{TESTS}{file})")
    if "path" in entry:
        parts.append(f"`{entry['path']}`")
    if "field" in entry:
        parts.append(f"`Simulation.{entry['field']}`")
    if "scenario" in entry:
        parts.append(f"in [`{entry['scenario']}`](../scenarios/{entry['scenario']}.toml)")
    remarks = [entry[key] for key in ("note", "why") if key in entry]
    remarks += [f"*Later:* {entry['later']}"] if "later" in entry else []
    return "<br>".join([*parts, *remarks])


def page() -> str:
    """Return the page."""
    found = entries()
    counts = Counter(entry["kind"] for entry in found.values())
    blocks = [HEAD, ", ".join(f"{counts[kind]} {kind}" for kind in KINDS) + ".\n"]
    for group, (first, last) in GROUPS.items():
        rows = ["| # | what | kind | where |", "|---|---|---|---|"]
        for name, entry in found.items():
            if first <= int(name[1:]) <= last:
                rows.append(f"| {name} | {entry['title']} | {entry['kind']} | {where(entry)} |")
        blocks.append(f"## {group}\n\n" + "\n".join(rows) + "\n")
    return "\n".join(blocks)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
