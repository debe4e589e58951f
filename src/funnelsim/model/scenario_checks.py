"""From a scenario document as plain lists and mappings to a checked one, or to everything that is wrong with it.

The question: can this be simulated, and if not, what are all the reasons?  Values that are wrong by themselves are set
aside and replaced by harmless ones, so that how the parts fit together is judged in the same message.

What it leaves out: reading files; the replaced document is thrown away and never simulated.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from funnelsim.errors import Problem, ScenarioError, raise_if_any
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_problems import MOST, scenario_problems
from funnelsim.model.scenario_sentences import Path, field_at, path_text, sentences, value_at
from funnelsim.model.scenario_world import LEVELS

_ROUNDS = 4
"""Replacing a section may show what is wrong inside the next one; more rounds than this never helped."""
_NUMBERS = {"conversion": 0.5, "median_days": 30, "hours": 10, "touch_hours": 1, "per_day": 1, "pr": 1, "heads": 1}
_NUMBERS |= {"hours_per_day": 6}
_TEXTS = {"title": "untitled", "source": "unknown", "grade": "D", "role": "sales", "as_of": "2026-06-30"}


def checked(plain: Mapping[str, Any], where: str = "", known: Mapping[Path, Problem] | None = None) -> Scenario:
    """Check a scenario document and return it frozen.

    Parameters
    ----------
    plain : mapping
        The document as JSON knows it: texts, finite numbers, true and false, lists, mappings; days as ISO text.
    where : str
        The file, said first in every message.
    known : mapping of Path to Problem, optional
        What is already known to be wrong, by place.

    Returns
    -------
    Scenario
        Ready to be simulated.

    Raises
    ------
    ScenarioError
        With all problems, of form and of fit.
    """
    found = dict(known or {})
    document = _validated(plain)
    if isinstance(document, Scenario):
        raise_if_any([*found.values(), *scenario_problems(document, where)], ScenarioError)
        return document
    for path, problem in sentences(document, plain, where).items():
        if not any(path[: len(other)] == other for other in found):
            found[path] = problem
    raise ScenarioError([*found.values(), *_fit(plain, document, where, found)])


def _validated(plain: Mapping[str, Any]) -> Scenario | ValidationError:
    try:
        return Scenario.model_validate_json(json.dumps(plain, ensure_ascii=True, allow_nan=False), strict=True)
    except ValidationError as error:
        return error


def _fit(plain: Mapping[str, Any], error: ValidationError, where: str, found: Mapping[Path, Problem]) -> list[Problem]:
    """Judge how the parts fit together in a copy whose wrong values are replaced."""
    replaced: set[Path] = set()
    mended: Any = copy.deepcopy(dict(plain))
    current: Scenario | ValidationError = error
    for _ in range(_ROUNDS):
        if isinstance(current, Scenario):
            break
        places = sorted(sentences(current, mended, where), key=lambda path: [str(part).zfill(4) for part in path])
        for path in reversed(places):
            replaced.add(path)
            _mend(mended, tuple(part for part in path if not str(part).startswith("(")))
        current = _validated(mended)
    if not isinstance(current, Scenario):
        return []
    wrong = [path_text(path) for path in {*replaced, *found}]
    wrong += [hanging for path in replaced if path[2:3] == ("levels",) for hanging in _hanging_on_levels(path)]
    unsure = frozenset(str(path[0]) for path in replaced if path and path[0] in MOST and _names_something(path))
    return [
        problem
        for problem in scenario_problems(current, where, unsure)
        if not any(_touches(problem.name, path) for path in wrong)
    ]


def _hanging_on_levels(path: Path) -> list[str]:
    """Return what is judged by the levels of a stage."""
    number = int(path[1])
    return [f"stages[{number}].steps", f"stages[{number}].journey", f"stages[{number + 1}].levels"]


def _names_something(path: Path) -> bool:
    """Tell whether a place is a list of named things, one of them, or its name."""
    return len(path) < 3 or path[2:] == ("name",)


def _touches(name: str, path: str) -> bool:
    """Tell whether a problem is about a replaced value, or about something in or around it."""
    first = name.split(" and ")[0]
    return any(
        one == other or one.startswith((f"{other}.", f"{other}[")) for one, other in ((first, path), (path, first))
    )


def _mend(document: Any, path: Path) -> None:
    """Put something harmless where a wrong value is, or nothing where nothing is needed."""
    parent, key = value_at(path[:-1], document), path[-1] if path else None
    if isinstance(parent, list) and isinstance(key, int):
        if key < len(parent):
            del parent[key]
        else:
            parent.append(_harmless(path, document))
        return
    if not isinstance(parent, dict) or key is None:
        return
    field = field_at(path)
    if path[-2:-1] == ("effectiveness",):
        parent[key] = 1.0
    elif field is None or (isinstance(key, str) and key in parent and not field.is_required()):
        parent.pop(key, None)
    else:
        parent[key] = _harmless(path, document)


def _harmless(path: Path, document: Any) -> Any:
    """Return a value of the right kind for a place that needs one."""
    key = path[-1]
    if key in _NUMBERS or key in _TEXTS:
        return (_NUMBERS | _TEXTS)[key]
    if key == "name":
        return f"unnamed {path[1]}" if len(path) > 1 else "unnamed"
    if key in {"owner", "stage"}:
        return _first_name(document, "teams" if key == "owner" else "stages")
    if key in {"steps", "journey"}:
        levels = value_at((*path[:-1], "levels"), document)
        good = isinstance(levels, list) and len(levels) == 2 and all(one in range(LEVELS) for one in levels)
        return ["unknown"] * (max(levels[1] - levels[0] + 1, 0) if good else 1)
    if key == "effectiveness":
        stages = value_at(("stages",), document)
        names = [one.get("name") for one in stages if isinstance(one, Mapping)] if isinstance(stages, list) else []
        return {name: 1.0 for name in names if isinstance(name, str)}
    if key == "calendar":
        return {"as_of": _TEXTS["as_of"]}
    return [] if key in MOST else 1


def _first_name(document: Any, kind: str) -> str:
    entries = value_at((kind,), document)
    names = [one.get("name") for one in entries if isinstance(one, Mapping)] if isinstance(entries, Sequence) else []
    return next((name for name in names if isinstance(name, str)), "unnamed 0")
