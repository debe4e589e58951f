"""Whether strategies of two scenarios meet the same world: the same leads, teams, prices and forces.

What it leaves out: differences of the strategies themselves, which are what a comparison is about.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from funnelsim.engines.choices.comparison import Entry
from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario_changes import Difference, world_differences

_SHOWN = 8
"""Differences that a message names."""
_NEEDED = ("calendar.as_of", "calendar.period", "calendar.horizon", "calendar.fiscal_start", "currency")
"""Keys in which compared worlds may never differ: their sums would not be of the same days or money."""


def differing_worlds(entries: Sequence[Entry], *, allowed: bool) -> tuple[Difference, ...]:
    """Return in what the entries' worlds differ from that of the first.

    Parameters
    ----------
    entries : sequence of Entry
        At least one.
    allowed : bool
        Whether they may differ.

    Returns
    -------
    tuple of Difference
        Each once; empty when all share one world.

    Raises
    ------
    ScenarioError
        If they differ and may not, or differ in days or currency; the differences are named.
    """
    base, found, problems = entries[0], [], []
    seen = {(id(base.scenario), id(base.opening))}
    for entry in entries[1:]:
        world = id(entry.scenario), id(entry.opening)
        if world in seen:  # another strategy of a scenario that was looked at
            continue
        seen.add(world)
        differences = [*world_differences(base.scenario, entry.scenario), *_leads(base.opening, entry.opening)]
        needed = [one for one in differences if one.path in _NEEDED]
        if needed:
            problems.append(_problem(base, entry, needed, "the same days and currency", "make them equal"))
        elif differences and not allowed:
            hint = "compare them with --allow-different-worlds, and the differences will be listed"
            problems.append(_problem(base, entry, differences, "the same as the baseline's", hint))
        found += differences
    raise_if_any(problems, ScenarioError)
    return tuple({(one.path, repr(one.second)): one for one in found}.values())


def _leads(first: OpeningLeads, second: OpeningLeads) -> list[Difference]:
    """Return the difference of the leads at the start, if there is one."""
    pairs = (
        (first.leads.lead_id, second.leads.lead_id),
        (first.leads.pc, second.leads.pc),
        *((getattr(first.leads, name), getattr(second.leads, name)) for name in ("pr", "expected_close")),
        *((getattr(first, name), getattr(second, name)) for name in ("stage", "team", "idle_days", "temperature")),
    )
    if all(len(one) == len(other) and bool(np.all(np.asarray(one) == np.asarray(other))) for one, other in pairs):
        return []
    return [Difference("leads at the start", f"{len(first)} leads", f"{len(second)} leads, not all the same")]


def _problem(base: Entry, entry: Entry, differences: Sequence[Difference], rule: str, hint: str) -> Problem:
    named = [f"{one.path} ({_text(one.first)} there, {_text(one.second)} here)" for one in differences[:_SHOWN]]
    more = len(differences) - len(named)
    got = ", ".join(named) + (f" and {more} more differences" if more else "")
    where = f"scenario {entry.scenario.name!r} against {base.scenario.name!r}"
    return Problem(where, "the world", rule, Shown(f"other values: {got}"), hint)


def _text(value: object) -> str:
    return "none" if value is None else str(value)
