"""Scenarios with single values changed, and the values in which two scenarios differ.

A changed scenario is checked as a file is, so nothing can be simulated that could not be written down.  What it leaves
out: reading changes from a command line (``inputs/lever_words.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from funnelsim.errors import Problem, ScenarioError, raise_if_any
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_checks import checked
from funnelsim.model.scenario_paths import known_path, path_parts

_SYNONYMS: Final = {"rate": "per_day", "return": "ownership"}
"""Words for a key that people say instead of it; never where a key of that name is."""

_FIXED: Final = ("schema", "opening", "currency", "calendar.as_of")
"""Keys that the opening leads were read by: with another value they would have to be read again."""

_WORDS: Final = frozenset({"schema", "name", "title", "question", "story", "provenance", "strategies"})
"""Parts of a document that are no part of the world."""


@dataclass(frozen=True)
class Difference:
    """One value in which two worlds differ.

    Attributes
    ----------
    path : str
        Dotted.
    first, second : object
        The value in each, as JSON knows it; None where the world has no such thing.
    """

    path: str
    first: object
    second: object


def full_path(scenario: Scenario, path: str) -> str:
    """Return a dotted path with synonyms replaced by the keys they stand for.

    Parameters
    ----------
    scenario : Scenario
        Where the path is to lead.
    path : str
        Such as ``sources.web.rate``.

    Returns
    -------
    str
        Such as ``sources.web.per_day``; the path as given when nothing has to be replaced, or nothing helps.
    """
    parts: list[str] = []
    for part in path_parts(path):
        there = not known_path(scenario, ".".join([*parts, part]))[0]
        meant = _SYNONYMS.get(part, part)
        parts.append(part if there or known_path(scenario, ".".join([*parts, meant]))[0] else meant)
    return ".".join(parts)


def changed(scenario: Scenario, changes: Sequence[tuple[str, object]], where: str = "--set") -> Scenario:
    """Return a scenario with some values changed.

    Parameters
    ----------
    scenario : Scenario
        Stays as it is.
    changes : sequence of (str, object)
        Dotted path and new value (number, text, true or false, None, list or mapping of these); the last one counts
        where a path comes twice.  A thing in a list goes by its name, or by its position from 0.
    where : str
        Said first in every message.

    Returns
    -------
    Scenario
        Checked; the provenance of a changed number is dropped, since it is nobody else's any more.

    Raises
    ------
    ScenarioError
        If a path leads nowhere, or to what the opening leads are read by, or the scenario could not be simulated with
        these values; all problems at once.
    """
    plain: dict[str, Any] = scenario.model_dump(mode="json", by_alias=True, exclude_unset=True)
    problems = []
    for path, value in changes:
        meant = full_path(scenario, path)
        rule, hint = known_path(scenario, meant)
        if rule:
            problems.append(Problem(where, "the key", rule, path, hint))
            continue
        if any(f"{meant}.".startswith(f"{fixed}.") for fixed in _FIXED):
            wanted = f"another one than {', '.join(_FIXED)}, by which the opening leads are read"
            problems.append(Problem(where, "the key", wanted, path, "change it in the scenario file"))
            continue
        _put(plain, scenario, path_parts(meant), _whole(value))
    raise_if_any(problems, ScenarioError)
    touched = {full_path(scenario, path) for path, _ in changes}
    plain["provenance"] = {path: said for path, said in plain.get("provenance", {}).items() if path not in touched}
    return checked(plain, where)


def _put(plain: Any, section: Any, parts: Sequence[str], value: object) -> None:
    """Set a value deep in a plain document, beside the model it was dumped from; sections left out are made."""
    here, model = plain, section
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        key, model = _step(model, part)
        if following is None:
            here[key] = value
            return
        if isinstance(here, dict) and here.get(key) is None:
            here[key] = list(model) if isinstance(model, tuple) else dict(model) if isinstance(model, dict) else {}
        here = here[key]


def _step(model: Any, part: str) -> tuple[str | int, Any]:
    """Return the key or position that a part of a path stands for, and what is there."""
    if isinstance(model, BaseModel):
        fields = type(model).model_fields
        name = next((name for name, field in fields.items() if part in {field.alias, name}), part)
        return fields[name].alias or name, getattr(model, name)
    if isinstance(model, tuple):
        position = next((at for at, one in enumerate(model) if getattr(one, "name", None) == part), None)
        at = int(part) if position is None else position
        return at, model[at]
    return part, model[part]


def _whole(value: object) -> object:
    """Return a whole number as an integer: levers are drawn as doubles, and some keys are counts."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def world_differences(first: Scenario, second: Scenario) -> tuple[Difference, ...]:
    """Return everything in which two worlds differ.

    Parameters
    ----------
    first, second : Scenario
        Any two.

    Returns
    -------
    tuple of Difference
        In the order of the document; empty when strategies of both can be compared on the same leads and luck.  Names,
        texts, provenance and strategies are not part of a world.  Opening leads are not looked at.
    """
    one, other = (_leaves(_world(scenario)) for scenario in (first, second))
    paths = [*one, *(path for path in other if path not in one)]
    return tuple(Difference(path, one.get(path), other.get(path)) for path in paths if one.get(path) != other.get(path))


def _world(scenario: Scenario) -> dict[str, Any]:
    plain: dict[str, Any] = scenario.model_dump(mode="json", by_alias=True)
    return {key: value for key, value in plain.items() if key not in _WORDS}


def _leaves(value: Any, path: str = "") -> dict[str, object]:
    """Return every value of a plain document by its dotted path; things in lists go by name where they have one."""
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        pairs = [(str(one.get("name", at)) if isinstance(one, dict) else str(at), one) for at, one in enumerate(value)]
    else:
        return {path: value}
    found: dict[str, object] = {}
    for key, one in pairs:
        found |= _leaves(one, f"{path}.{key}" if path else key)
    return found
