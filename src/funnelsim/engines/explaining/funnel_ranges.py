"""How far each number of a scenario may be wrong: a low and a high value by the grade of its source.

The question: which numbers should be tried, and how far?  Nobody has said how wrong an assumption may be, so a factor
stands for it, the same for all numbers of a grade, and is printed: numbers from better sources are tried less far.
Values stay within the limits of their keys and of what can be simulated.

What it leaves out: how numbers go together; each is tried alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from funnelsim.errors import ScenarioError
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_changes import changed
from funnelsim.model.scenario_defaults import AssumedNumber, assumed_numbers
from funnelsim.model.scenario_forces import Force
from funnelsim.model.scenario_paths import value_of_path

STATED: Final = "stated"
SPREAD: Final = {"A": 0.2, "B": 0.3, "C": 0.5, "D": 0.5, "ours": 0.5, STATED: 0.2}
"""Share by which a number is tried lower and higher, by the grade of its source; ``stated`` for the user's own."""
MOST_HALVINGS: Final = 3
"""Where a value cannot be simulated, half the distance is tried, and so on."""
_WORLD: Final = (
    ("sources", ("per_day",)),
    ("stages", ("conversion", "median_days", "hours")),
    ("teams", ("hours_per_day",)),
)
"""Numbers of the world that are tried though they are the user's own."""
_NEVER: Final = ("goal.revenue", "shape", "quota")
"""What is measured against, and a law instead of a number: never tried."""


@dataclass(frozen=True)
class Candidate:
    """One number and what it may be.

    Attributes
    ----------
    path, meaning, source, grade : str
        As of an assumed number; grade ``stated`` for the user's own.
    value, low, high : float
        As it is, and what is tried.
    """

    path: str
    meaning: str
    source: str
    grade: str
    value: float
    low: float
    high: float


def candidates(scenario: Scenario, strategy: str) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
    """Return every number that is worth trying.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    strategy : str
        The one that is followed; numbers of others cannot matter.

    Returns
    -------
    found : tuple of Candidate
        Numbers that are not the user's own, and the main ones that are.
    left_out : tuple of str
        Paths without a range: of a force that is off, zeros, and values at both their limits.
    """
    numbers = {one.path: one for one in assumed_numbers(scenario) if _concerns(one.path, strategy)}
    for kind, keys in _WORLD:
        for entry in getattr(scenario, kind):
            for key in keys:
                path = f"{kind}.{entry.name}.{key}"
                if path not in numbers or numbers[path].grade == "yours":
                    field = type(entry).model_fields[key]
                    numbers[path] = AssumedNumber(
                        path, getattr(entry, key), field.description or "", "", STATED, written=True
                    )
    found, left_out = [], []
    for number in numbers.values():
        if number.grade == "yours" or not _is_number(number.value):
            continue
        tried = None if _is_off(scenario, number.path) else _ranged(scenario, number)
        if tried is None:
            left_out.append(number.path)
        else:
            found.append(tried)
    return tuple(found), tuple(left_out)


def _concerns(path: str, strategy: str) -> bool:
    if path.endswith(_NEVER):
        return False
    return not path.startswith("strategies.") or path.startswith(f"strategies.{strategy}.")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_off(scenario: Scenario, path: str) -> bool:
    """Tell whether a number belongs to a force that has no effect."""
    parts = path.split(".")
    force = value_of_path(scenario, ".".join(parts[:2])) if parts[0] == "forces" else None
    return isinstance(force, Force) and force.off() == force


def _ranged(scenario: Scenario, number: AssumedNumber) -> Candidate | None:
    value = float(number.value)  # type: ignore[arg-type]
    if value == 0:
        return None
    ends = [_farthest(scenario, number, sign) for sign in (-1, 1)]
    if ends == [value, value]:
        return None
    return Candidate(number.path, number.meaning, number.source, number.grade, value, ends[0], ends[1])


def _farthest(scenario: Scenario, number: AssumedNumber, sign: int) -> float:
    """Return the end of a range: as far as the grade says, or half as far where that cannot be, and so on."""
    value = float(number.value)  # type: ignore[arg-type]
    distance = SPREAD.get(number.grade, SPREAD["D"])
    for _ in range(MOST_HALVINGS + 1):
        end = float(f"{value * (1 + sign * distance):.6g}")
        tried = round(end) if isinstance(number.value, int) else end
        if _stands(scenario, number.path, tried):
            return float(tried)
        distance /= 2
    return value


def _stands(scenario: Scenario, path: str, value: float) -> bool:
    try:
        changed(scenario, [(path, value)], "the tornado")
    except ScenarioError:
        return False
    return True
