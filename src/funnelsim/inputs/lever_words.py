"""Levers in a person's words: ``teams.sales.heads=8,9,10``, ``sources.web.rate=1..3:5``, ``stages.C.hours=1..4``.

A value is a number (``1.5``, ``5k``, ``2M``, ``20%``), ``true``, ``false``, ``none``, or else text; text in quotes is
always text.  What it leaves out: whether the key is there (:mod:`funnelsim.model.scenario_changes`).
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from decimal import Decimal

from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.model.levers import Lever

MOST_POINTS = 100_000
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?(%|[kKmM])?")
_RANGE = re.compile(r"\s*(?P<low>\S+?)\s*\.\.\s*(?P<high>[^\s:]+?)\s*(?::\s*(?P<points>\S+)\s*)?")
_SUFFIXES = {"%": Decimal("0.01"), "k": Decimal(1000), "m": Decimal(1_000_000)}
_WORDS = {"true": True, "false": False, "none": None}


def read_levers(texts: Sequence[str], option: str) -> tuple[Lever, ...]:
    """Read levers, as several uses of one option gave them.

    Parameters
    ----------
    texts : sequence of str
        ``key=a,b,c`` for a list, ``key=lo..hi:n`` for n evenly spaced points with both ends, ``key=lo..hi`` for a
        range.
    option : str
        The option, such as ``--set``, for messages.

    Returns
    -------
    tuple of Lever
        In the order given.

    Raises
    ------
    ScenarioError
        If a text is none of these, or a key comes twice; all problems at once.
    """
    problems: list[Problem] = []
    levers: list[Lever] = []
    for text in texts:
        key, equals, words = text.partition("=")
        if not equals or not key.strip() or not words.strip():
            problems.append(_unreadable(option, text))
            continue
        lever = _lever(key.strip(), words.strip(), option, problems)
        if lever is not None:
            levers.append(lever)
    keys = [lever.path for lever in levers]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    problems += [Problem("command line", option, "given once for a key", key) for key in twice]
    raise_if_any(problems, ScenarioError)
    return tuple(levers)


def read_value(text: str) -> object:
    """Read one value.

    Parameters
    ----------
    text : str
        As written.

    Returns
    -------
    object
        A whole number, a double, true, false, None, or text.
    """
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    if text.casefold() in _WORDS:
        return _WORDS[text.casefold()]
    return _number(text) if _NUMBER.fullmatch(text) else text


def _number(text: str) -> int | float:
    suffix = text[-1].casefold()
    exact = Decimal(text[:-1]) * _SUFFIXES[suffix] if suffix in _SUFFIXES else Decimal(text)
    return int(exact) if exact == exact.to_integral_value() and abs(exact) < 2**53 else float(exact)


def _lever(key: str, words: str, option: str, problems: list[Problem]) -> Lever | None:
    found = _RANGE.fullmatch(words)
    if found is None:
        values = tuple(read_value(one) for one in next(csv.reader([words], skipinitialspace=True)))
        return Lever(key, values)
    low, high = (read_value(found[end]) for end in ("low", "high"))
    if not isinstance(low, int | float) or not isinstance(high, int | float) or not low < high:
        problems.append(_unreadable(option, f"{key}={words}"))
        return None
    if not math.isfinite(high - low):
        problems.append(_unreadable(option, f"{key}={words}"))
        return None
    whole = isinstance(low, int) and isinstance(high, int)
    if found["points"] is None:
        return Lever(key, (), float(low), float(high), whole)
    points = found["points"]
    if not points.isascii() or not points.isdigit() or not 2 <= int(points) <= MOST_POINTS:
        rule = f"with a whole number of points in [2, {MOST_POINTS}] after the colon"
        problems.append(Problem("command line", f"{option} {key}", rule, Shown(points)))
        return None
    return Lever(key, _spaced(low, high, int(points)), float(low), float(high), whole)


def _spaced(low: float, high: float, points: int) -> tuple[object, ...]:
    """Return evenly spaced points, both ends exactly as written; whole ones as integers."""
    start, step = Decimal(str(low)), (Decimal(str(high)) - Decimal(str(low))) / (points - 1)
    exact = [start + step * at for at in range(points - 1)] + [Decimal(str(high))]
    return tuple(int(one) if one == one.to_integral_value() else float(one) for one in exact)


def _unreadable(option: str, text: str) -> Problem:
    rule = "KEY=a,b,c or KEY=low..high:points or KEY=low..high"
    hint = "such as teams.sales.heads=8,9,10 or sources.web.rate=1..3:5; funnelsim scenario show names the keys"
    return Problem("command line", option, rule, text, hint)
