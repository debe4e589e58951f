"""Dotted paths into a scenario document, such as ``stages.C.conversion``, and whether they lead anywhere.

What it leaves out: changing anything.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

from pydantic import BaseModel

from funnelsim.model.scenario import Scenario

_PARTS = re.compile(r"[^.\[\]]+")


def path_parts(path: str) -> tuple[str, ...]:
    """Take a dotted path apart.

    Parameters
    ----------
    path : str
        Such as ``stages.C.conversion``, ``stages[0].conversion`` or ``stages[C].conversion``.

    Returns
    -------
    tuple of str
        ``('stages', 'C', 'conversion')`` or ``('stages', '0', 'conversion')``.
    """
    return tuple(part.strip() for part in _PARTS.findall(path))


def known_path(document: Scenario, path: str) -> tuple[str, str]:
    """Tell whether a dotted path leads to something in a scenario.

    Parameters
    ----------
    document : Scenario
        Where to look.
    path : str
        Keys with dots between them; a thing in a list by its name, or by its position from 0.

    Returns
    -------
    rule : str
        Empty when it does; what the path must be otherwise.
    hint : str
        The nearest key there is.
    """
    here: object = document
    for part in path_parts(path) or ("",):
        keys = _keys(here)
        if part not in keys:
            near = get_close_matches(part, keys, 1, 0.5)
            there = f"did you mean {near[0]!r}?" if near else f"there is {', '.join(keys)}" if keys else ""
            return "a dotted path to something in the scenario, such as stages.C.conversion", there
        here = keys[part]
    return "", ""


def value_of_path(document: Scenario, path: str) -> object:
    """Return what a known dotted path leads to.

    Parameters
    ----------
    document : Scenario
        Where to look.
    path : str
        One for which :func:`known_path` has no complaint.

    Returns
    -------
    object
        A number, a text, or a section.
    """
    here: object = document
    for part in path_parts(path):
        here = _keys(here)[part]
    return here


def _keys(value: object) -> dict[str, object]:
    """Return what can follow in a path: fields, keys, names, positions."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return {field.alias or key: getattr(value, key) for key, field in fields.items()}
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, tuple):
        positions: dict[str, object] = {str(number): one for number, one in enumerate(value)}
        return positions | {str(one.name): one for one in value if hasattr(one, "name")}
    return {}
