"""One lead in one replication: how it is named, and what becomes of it.

Every draw of a lead is addressed by seed, purpose, replication and the lead's own key, so its story is had by walking
its replication alone.  Leads that are born inside have names that hold in every replication: ``web-12-3`` is the third
lead that the source ``web`` brings on the twelfth simulated day, ``web-12-3/1`` what it needs first as a customer.

What it leaves out: other leads, except that they compete for the same hours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches

import numpy as np

from funnelsim.engines.funnel_logs import Walker
from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.kernels.funnel_arrays import BORN_KEY, CHILD_KEY, FunnelLuck, Tables
from funnelsim.kernels.keyed_random import fill_blocks
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.simulation import Story

OUTCOMES = ("open", "on the way", "in nurture", "won", "lost")
"""By the codes of a lead's status."""

NEAR = 3
"""Names that a message offers."""

LIKENESS = 0.5
"""Of names that are near."""

MOST_A_DAY = 10_000


@dataclass(frozen=True)
class LeadName:
    """A lead that was asked for.

    Attributes
    ----------
    key : int
        Address of its luck.
    lead_id, name : str
        As a story says them.
    """

    key: int
    lead_id: str
    name: str


def born_key(source: int, day: int, number: int) -> int:
    """Return the key of a lead that a source brings; it depends on no seed.

    Parameters
    ----------
    source, day, number : int
        Index of the source, days and leads of the day counted from 0.

    Returns
    -------
    int
        In [0, 2**64).
    """
    return _word(BORN_KEY, source, day, number)


def child_key(parent: int, number: int) -> int:
    """Return the key of a customer's further need.

    Parameters
    ----------
    parent : int
        Key of the lead that became a customer.
    number : int
        Needs counted from 0.

    Returns
    -------
    int
        In [0, 2**64).
    """
    return _word(CHILD_KEY, number, parent, 0)


def _word(key0: int, key1: int, counter0: int, counter1: int) -> int:
    words = np.empty(2, dtype=np.uint64)
    fill_blocks(np.uint64(key0), np.uint64(key1), np.uint64(counter0), np.uint64(counter1), words)
    return int(words[0])


def named_lead(scenario: Scenario, opening: OpeningLeads, asked: str) -> LeadName | None:
    """Find out which lead somebody means.

    Parameters
    ----------
    scenario : Scenario
        Knows the sources.
    opening : OpeningLeads
        Leads at the start.
    asked : str
        Id or name of one of them, or source, day and number with ``-`` between; ``/n`` for further needs.

    Returns
    -------
    LeadName or None
        None where nothing is called so; whether a lead that is born inside exists depends on the replication.

    Raises
    ------
    ScenarioError
        If several leads have the name.
    """
    text = asked.strip()
    found = _at_start(opening, text) or _born(scenario, text)
    parent, slash, number = text.rpartition("/")
    if found is None and slash and re.fullmatch(r"[1-9]\d{0,5}", number):
        above = named_lead(scenario, opening, parent)
        if above is not None:
            key = child_key(above.key, int(number) - 1)
            return LeadName(key, f"{above.lead_id}/{number}", f"{above.name}, further need {number}")
    return found


def _at_start(opening: OpeningLeads, text: str) -> LeadName | None:
    ids = opening.leads.lead_id
    rows = [row for row, lead_id in enumerate(ids) if lead_id == text]
    rows = rows or [row for row, name in enumerate(opening.name) if name == text]
    if len(rows) > 1:
        several = ", ".join(repr(ids[row]) for row in rows[:NEAR])
        rule, hint = "one that a single lead has", f"ask for an id: {several}"
        raise ScenarioError(Problem("trace", "the name of the lead", rule, text, hint, f"({len(rows):,} leads)"))
    return LeadName(int(opening.leads.key[rows[0]]), ids[rows[0]], opening.name[rows[0]]) if rows else None


def _born(scenario: Scenario, text: str) -> LeadName | None:
    parts = re.fullmatch(r"(.+)-([1-9]\d{0,5})-([1-9]\d{0,4})", text)
    names = [source.name for source in scenario.sources]
    if parts is None or parts[1] not in names:
        return None
    day, number = int(parts[2]), int(parts[3])
    date = scenario.calendar.as_of + timedelta(days=day)
    key = born_key(names.index(parts[1]), day - 1, number - 1)
    return LeadName(key, text, f"{parts[1]}, lead {number} of {date}")


def tell_story(
    scenario: Scenario, opening: OpeningLeads, asked: str, tables: Tables, luck: FunnelLuck, strategy: str
) -> Story:
    """Walk one replication and tell of one lead in it.

    Parameters
    ----------
    scenario : Scenario
        The world.
    opening : OpeningLeads
        Leads at the start.
    asked : str
        As for :func:`named_lead`.
    tables : Tables
        The scenario under a strategy.
    luck : FunnelLuck
        Of one replication.
    strategy : str
        Its name, for messages.

    Returns
    -------
    Story
        All events of the lead.

    Raises
    ------
    ScenarioError
        If there is no such lead in the replication.
    """
    lead = named_lead(scenario, opening, asked)
    walker = Walker(tables, strategy)
    events, state = walker.events(luck, lead.key if lead else 0), walker.state
    records = state.leads[: int(state.desk[0]["count"])]
    slots = np.flatnonzero(records["key"] == np.uint64(lead.key)) if lead else np.empty(0, dtype=np.int64)
    if lead is None or not slots.size:
        raise ScenarioError(_unknown(scenario, opening, asked, records, int(luck.first)))
    record = records[slots[0]]
    return Story(
        lead_id=lead.lead_id,
        name=lead.name,
        pr=int(record["pr"]),
        buyer=bool(record["buyer"]),
        events=tuple((day, event, one, two, three) for day, _, event, one, two, three in events.tolist()),
        outcome=OUTCOMES[int(record["status"])],
    )


def _unknown(scenario: Scenario, opening: OpeningLeads, asked: str, records: np.ndarray, replication: int) -> Problem:
    """Say which leads are near."""
    parts = re.match(r"(.+)-(\d+)-(\d+)", asked.strip())
    names = [source.name for source in scenario.sources]
    if parts is not None and parts[1] in names:
        near = _same_source(records, names.index(parts[1]), parts[1], int(parts[2]) - 1)
    else:
        known = {name.casefold(): name for name in (*opening.name, *opening.leads.lead_id)}
        near = [known[name] for name in get_close_matches(asked.strip().casefold(), known, NEAR, LIKENESS)]
    hint = f"near: {', '.join(near)}" if near else _examples(opening, names)
    count = f"{len(opening):,} at the start, {len(records) - len(opening):,} born"
    rule = f"one of the {len(records):,} leads of replication {replication} ({count})"
    return Problem("trace", "the lead", rule, Shown(repr(asked)), hint)


def _same_source(records: np.ndarray, source: int, name: str, day: int) -> list[str]:
    """Return the names of the leads of a source that are born nearest to a day."""
    days = records["born"][records["source"] == source]
    if not days.size:
        return []
    nearest = int(days[np.argmin(np.abs(days.astype(np.int64) - day))])
    keys = set(records["key"][(records["source"] == source) & (records["born"] == nearest)].tolist())
    found: list[str] = []
    for number in range(MOST_A_DAY):
        if born_key(source, nearest, number) in keys:
            found.append(f"{name}-{nearest + 1}-{number + 1}")
        if len(found) == min(NEAR, len(keys)):
            break
    return found


def _examples(opening: OpeningLeads, sources: list[str]) -> str:
    first = [repr(opening.leads.lead_id[0])] if len(opening) else []
    born = [f"{sources[0]}-12-3 (source, day, number)"] if sources else []
    return f"such as {' or '.join([*first, *born])}" if first or born else ""
