"""A plan's question in a person's words: ``--goal 5M``, ``--confidence 80%``, ``--vary sources.web.rate=1..3@200000``.

``KEY`` is a lever with its default range, ``KEY=lo..hi`` one with a range, and ``KEY=lo..hi@COST`` says what the whole
way from ``lo`` to ``hi`` costs, evenly in between; written ``hi..lo@COST`` the cost buys the way down.  What it leaves
out: whether the key is there (``engines/choices/goal_seeking_scenario.py``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from funnelsim.errors import DataError, Problem, ScenarioError, Shown, raise_if_any
from funnelsim.inputs.lever_words import read_levers, read_value
from funnelsim.inputs.plan_file import parse_amount
from funnelsim.model.goal_plan import PlanLever

MOST_LEVERS = 4
_WHERE = "command line"
_SHAPE = "KEY, KEY=lo..hi or KEY=lo..hi@COST"
_HINT = "such as sources.web.rate, teams.sales.heads=3..6 or sources.web.rate=1..3@200000"


def read_goal(words: str | float, digits: int, currency: str | None) -> int:
    """Read a goal.

    Parameters
    ----------
    words : str or number
        Such as ``5M``, ``5,000,000`` or 5e6; major units.
    digits : int
        Decimals of the currency.
    currency : str or None
        Code that a sign must mean.

    Returns
    -------
    int
        Minor units, above 0.

    Raises
    ------
    ScenarioError
        If it is no amount above 0.
    """
    rule, hint = "an amount above 0", "write it as 5M or 5,000,000"
    if isinstance(words, bool) or (isinstance(words, int | float) and not math.isfinite(words)):
        raise ScenarioError(Problem(_WHERE, "--goal", rule, words, hint))
    text = words if isinstance(words, str) else f"{Decimal(str(words)):f}"
    try:
        goal = parse_amount(text, digits, where="--goal", currency=currency)
    except DataError as error:
        raise ScenarioError(error.problems) from None
    if goal is None or goal <= 0:
        raise ScenarioError(Problem(_WHERE, "--goal", rule, words, hint))
    return goal


def read_confidence(words: str | float) -> float:
    """Read the chance that is asked for.

    Parameters
    ----------
    words : str or number
        Such as ``80%`` or .8.

    Returns
    -------
    float
        In (0, 1).

    Raises
    ------
    ScenarioError
        If it is no chance between 0 and 1, both left out.
    """
    text = str(words).strip()
    try:
        share = Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text)
    except InvalidOperation:
        share = Decimal("NaN")
    if isinstance(words, bool) or not share.is_finite() or not 0 < share < 1:
        hint = "write 80% or .8" if not share.is_finite() or share <= 0 or share > 100 else f"write {share:g}% or .8"
        raise ScenarioError(Problem(_WHERE, "--confidence", "above 0% and below 100%", words, hint))
    return float(share)


def read_plan_levers(texts: Sequence[str]) -> tuple[PlanLever, ...]:
    """Read levers, as several uses of ``--vary`` gave them.

    Parameters
    ----------
    texts : sequence of str
        ``KEY``, ``KEY=lo..hi`` or ``KEY=lo..hi@COST``.

    Returns
    -------
    tuple of PlanLever
        In the order given; what they are now is not known yet.

    Raises
    ------
    ScenarioError
        If a text is none of these, a key comes twice, or there are several levers and one of them has no range or no
        cost; all problems at once.
    """
    problems: list[Problem] = []
    levers = [lever for text in texts if (lever := _lever(text, problems)) is not None]
    if len(levers) > MOST_LEVERS:
        problems.append(Problem(_WHERE, "--vary", f"given at most {MOST_LEVERS} times", len(levers)))
    if len(texts) > 1:
        rule, hint = "KEY=lo..hi@COST where there are several levers", "the cost of the way from lo to hi weighs them"
        problems += [
            Problem(_WHERE, "--vary", rule, one.path, hint) for one in levers if one.low is None or not one.cost
        ]
    keys = [lever.path for lever in levers]
    problems += [
        Problem(_WHERE, "--vary", "given once for a key", key) for key in sorted({k for k in keys if keys.count(k) > 1})
    ]
    raise_if_any(problems, ScenarioError)
    return tuple(levers)


def _lever(text: str, problems: list[Problem]) -> PlanLever | None:
    key, equals, words = (part.strip() for part in text.partition("="))
    if not key or "@" in key or (equals and not words):
        problems.append(Problem(_WHERE, "--vary", _SHAPE, text, _HINT))
        return None
    if not equals:
        return PlanLever(key, 0.0)
    range_words, at, price = (part.strip() for part in words.partition("@"))
    cost = _cost(price, text, problems) if at else 0.0
    low, dots, high = (part.strip() for part in range_words.partition(".."))
    down = bool(dots) and _is_larger(low, high)
    try:
        (lever,) = read_levers([f"{key}={high}..{low}" if down else f"{key}={range_words}"], "--vary")
    except ScenarioError as error:
        problems.extend(error.problems)
        return None
    if lever.low is None or lever.high is None or lever.values:
        problems.append(Problem(_WHERE, "--vary", _SHAPE, text, _HINT))
        return None
    return PlanLever(key, 0.0, lever.low, lever.high, lever.whole, cost or 0.0, down)


def _is_larger(low: str, high: str) -> bool:
    first, second = read_value(low), read_value(high)
    return isinstance(first, int | float) and isinstance(second, int | float) and first > second


def _cost(words: str, text: str, problems: list[Problem]) -> float | None:
    value = read_value(words)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        rule = "an amount above 0 after the @, such as 200000 or 200k"
        problems.append(Problem(_WHERE, f"the cost in {text!r}", rule, Shown(repr(words))))
        return None
    return float(value)
