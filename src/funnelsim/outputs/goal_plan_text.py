"""The levers and chances of a plan back from a goal, as a planner says them.

What it leaves out: sentences (:mod:`funnelsim.outputs.goal_plan_sentences`).
"""

from __future__ import annotations

import math

from funnelsim.model.goal_plan import LEADS, PC, PR, SOURCES, TIME, GoalPlan, PlanLever, Trial
from funnelsim.model.intervals import Interval
from funnelsim.model.scenario_paths import path_parts
from funnelsim.outputs.number_text import money_text
from funnelsim.outputs.plain_text import plain

_NAME = 40
_EXAMPLE_PC = 0.30
"""A PC whose change stands for all where log-odds are moved."""

_TITLES = {
    SOURCES: "all sources, times today",
    LEADS: "leads, times today",
    PC: "added to log-odds of PC",
    PR: "PR, times today",
    TIME: "days sooner",
}
_KEYS = {
    ("sources", "per_day"): "{name}, leads a day",
    ("sources", "spend"): "{name}, spend a month",
    ("teams", "heads"): "{name}, people",
    ("teams", "hours_per_day"): "{name}, hours a head and day",
    ("stages", "conversion"): "{name}, conversion",
}
_MUST = {
    ("sources", "per_day"): "{name} must bring {value} leads a day instead of {present}",
    ("sources", "spend"): "{value} a month must be spent on {name} instead of {present}",
    ("teams", "heads"): "{name} must have {value} people instead of {present}",
    ("teams", "hours_per_day"): "{name} must have {value} productive hours a head and day instead of {present}",
    ("stages", "conversion"): "stage {name} must convert {value} instead of {present}",
}


def lever_title(lever: PlanLever) -> str:
    """Return what a lever is, for the head of a column or an axis.

    Parameters
    ----------
    lever : PlanLever
        Any.

    Returns
    -------
    str
        Safe to show.
    """
    kind, name = _kind(lever)
    return _TITLES.get(lever.path) or _KEYS.get(kind, plain(lever.path, 60)).format(name=name)


def value_text(lever: PlanLever, value: float) -> str:
    """Return a value of a lever.

    Parameters
    ----------
    lever : PlanLever
        Any.
    value : float
        As tried.

    Returns
    -------
    str
        A percentage of a conversion, a plain number of everything else.
    """
    if _kind(lever)[0] == ("stages", "conversion"):
        return f"{100 * value:.6g}%"
    sign = "+" if lever.path == PC and value > 0 else ""
    return f"{sign}{value:,.6g}" if abs(value) >= 10_000 else f"{sign}{value:.6g}"


def change_words(plan: GoalPlan, at: int, value: float) -> str:
    """Return what must be for one lever to have a value.

    Parameters
    ----------
    plan : GoalPlan
        Any plan.
    at : int
        Which lever.
    value : float
        Of it.

    Returns
    -------
    str
        A clause with ``must`` in it.
    """
    lever = plan.levers[at]
    if lever.path == SOURCES:
        return f"all sources together must bring {value:.4g} times the leads they bring today"
    if lever.path == LEADS:
        return _leads_words(plan, value)
    if lever.path == PC:
        odds = math.exp(value)
        moved = _EXAMPLE_PC * odds / (1 - _EXAMPLE_PC + _EXAMPLE_PC * odds)
        return f"the odds of every lead must be {odds:.3g} times today's (a PC of 30% becomes {100 * moved:.0f}%)"
    if lever.path == PR:
        return f"the PR of every lead must be {value:.4g} times today's"
    if lever.path == TIME:
        return f"every lead must close {value:.0f} {'day' if value == 1 else 'days'} sooner"
    kind, name = _kind(lever)
    words = _MUST.get(kind, f"{plain(lever.path, 60)} must be {{value}} instead of {{present}}")
    return words.format(name=name, value=value_text(lever, value), present=value_text(lever, lever.present))


def setting_text(plan: GoalPlan, values: tuple[float, ...]) -> str:
    """Return a setting of the levers in few words.

    Parameters
    ----------
    plan : GoalPlan
        Any plan.
    values : tuple of float
        One per lever.

    Returns
    -------
    str
        Such as ``web, leads a day 2.4``.
    """
    parts = zip(plan.levers, values, strict=True)
    return "; ".join(f"{lever_title(lever)} {value_text(lever, value)}" for lever, value in parts)


def hundred_text(share: float) -> str:
    """Return a chance as a count of a hundred.

    Parameters
    ----------
    share : float
        In [0, 1].

    Returns
    -------
    str
        ``fewer than 1`` and ``more than 99`` at the ends.
    """
    whole = round(100 * share)
    return "fewer than 1" if whole == 0 else "more than 99" if whole == 100 else f"{whole}"


def interval_text(chance: Interval) -> str:
    """Return where a chance lies, in hundredths.

    Parameters
    ----------
    chance : Interval
        In [0, 1].

    Returns
    -------
    str
        ``79 to 83``; rounded outwards, so that the label stays true.
    """
    return f"{math.floor(100 * chance.low + 1e-9)} to {math.ceil(100 * chance.high - 1e-9)}"


def money(plan: GoalPlan, minor: float, *, named: bool = False) -> str:
    """Return an amount in short form, such as ``5.00M``.

    Parameters
    ----------
    plan : GoalPlan
        Names the currency and its decimals.
    minor : float
        Minor units.
    named : bool
        Whether the currency stands in front.

    Returns
    -------
    str
        At most three significant digits.
    """
    return money_text(minor, plan.minor_digits, plan.currency if named else None)


def shown_trials(plan: GoalPlan, most: int) -> list[Trial]:
    """Return the trials that a table has room for.

    Parameters
    ----------
    plan : GoalPlan
        Any plan.
    most : int
        At least 4.

    Returns
    -------
    list of Trial
        In rising order of values, or of what they cost where there are several levers: the present setting, the answer,
        the best, and of the others those that are spread most evenly.
    """
    several = len(plan.levers) > 1
    ordered = sorted(plan.trials, key=lambda one: (one.spent, one.values) if several else (0.0, one.values))
    needed = {plan.present.values, plan.best.values, plan.values}
    rest = [at for at, one in enumerate(ordered) if one.values not in needed]
    room = max(0, most - (len(ordered) - len(rest)))
    kept = {rest[round(step * (len(rest) - 1) / max(1, room - 1))] for step in range(room)} if rest else set()
    return [one for at, one in enumerate(ordered) if at in kept or one.values in needed]


def _leads_words(plan: GoalPlan, value: float) -> str:
    if plan.extra is None or value < 1:
        return f"the pipeline must hold {value:.4g} times as many leads like today's"
    more = math.ceil(plan.extra.leads - 1e-9)
    pr, expected = (money(plan, one, named=True) for one in (plan.extra.pr, plan.extra.expected_value))
    return f"the pipeline needs {more:,} more leads like today's ({pr} of PR, {expected} of PR x PC)"


def _kind(lever: PlanLever) -> tuple[tuple[str, str], str]:
    """Return section and key of a path, and the name of the thing between them."""
    parts = path_parts(lever.path)
    return ((parts[0], parts[2]), plain(parts[1], _NAME)) if len(parts) == 3 else (("", ""), "")
