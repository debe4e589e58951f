"""Small worlds in which one thing matters at a time: one or three stages, few people, half a year.

``crowded`` is the common one: three times the leads that Sales has hours for, and a Marketing that reaches many at
once, half as well.  Everything that a test does not ask about is off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from funnelsim.inputs.opening_leads import no_leads, opening_leads
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_checks import checked

Plain = dict[str, Any]

MARKETING, SALES = 0, 1
"""Numbers of the teams in every world here."""

NO_FORCES: Plain = {
    "neglect": {"grace_days": 5, "rise_per_week": 0.0},
    "temperature": {"cold": 1.0, "hot": 1.0},
    "hand_off": {"days": 0, "hours": 0.0, "lost": 0.0, "kept": 1.0},
    "readiness": {"now": 1.0},
    "mailing": {"unsubscribe": 0.0},
}
"""What a world has unless it says otherwise: nothing decays, a hand-off is free, every buyer is ready."""


def stage(name: str, **changes: Any) -> Plain:
    """One stage of Sales that half of the leads pass, in two weeks and two hours, a touch every other day."""
    plain = {
        "name": name,
        "conversion": 0.5,
        "median_days": 14,
        "hours": 2.0,
        "touch_hours": 0.2,
        "owner": "sales",
        "levels": [2, 2],
    } | changes
    levels = plain["levels"][1] - plain["levels"][0] + 1
    return {"steps": [f"{name} step"] * levels, "journey": [f"{name} journey"] * levels} | plain


def two_stages(**late: Any) -> list[Plain]:
    """An early stage that is cheap, and a late one that takes twice the hours."""
    return [
        stage("early", levels=[2, 3]),
        stage("late", **({"hours": 4.0, "touch_hours": 0.4, "levels": [4, 5]} | late)),
    ]


def source(**changes: Any) -> Plain:
    """Two leads a day, born early, each worth 1,000."""
    return {"name": "web", "per_day": 2.0, "stage": "early", "pr": 1000, "level": 2} | changes


def marketing(**changes: Any) -> Plain:
    """One person who reaches twenty leads in the time of one, half as well, and only early."""
    return {
        "name": "marketing",
        "role": "marketing",
        "heads": 1,
        "hours_per_day": 4.0,
        "cost_per_hour": 50.0,
        "effort": 0.05,
        "effectiveness": {"early": 0.5},
    } | changes


def sales(**changes: Any) -> Plain:
    """Two people who talk one to one."""
    return {
        "name": "sales",
        "role": "sales",
        "heads": 2,
        "hours_per_day": 2.0,
        "cost_per_hour": 100.0,
        "effectiveness": {"early": 1.0, "late": 1.0},
    } | changes


def crowded(strategies: Sequence[Plain], forces: Plain | None = None, **changes: Any) -> Scenario:
    """Return a world with more leads than Sales has hours for; ``changes`` replace whole keys of the document."""
    plain: Plain = {
        "schema": "funnelsim/scenario/1",
        "name": "small",
        "title": "a small world",
        "currency": "USD",
        "calendar": {"as_of": "2025-12-31", "horizon": 6},
        "market": {"fit": 0.5},
        "sources": [source()],
        "stages": two_stages(),
        "teams": [marketing(), sales()],
        "forces": merged(NO_FORCES, forces or {}),
        "strategies": list(strategies),
    }
    return checked(plain | changes)


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> Plain:
    """Return sections with single values replaced."""
    return {key: {**base.get(key, {}), **over.get(key, {})} for key in {**base, **over}}


def strategy(name: str, **sections: Any) -> Plain:
    """One strategy; a relay in the order of arrival unless its sections say otherwise."""
    return {"name": name} | sections


def without(scenario: Scenario, *forces: str) -> Scenario:
    """Return the null twin: the forces named have no effect, and cost what they cost."""
    update = {name: getattr(scenario.forces, name).off() for name in forces}
    return scenario.model_copy(update={"forces": scenario.forces.model_copy(update=update)})


def idle_marketing(scenario: Scenario) -> Scenario:
    """Return the null twin of everything that Marketing does: it works and costs as before, and nothing comes of it."""
    teams = tuple(
        team.model_copy(update={"effectiveness": dict.fromkeys(team.effectiveness, 0.0)})
        if team.role == "marketing"
        else team
        for team in scenario.teams
    )
    return scenario.model_copy(update={"teams": teams})


def limitless(scenario: Scenario, *teams: str) -> Scenario:
    """Return the twin in which the teams named have as many hours as every lead can absorb."""
    strategies = tuple(one.model_copy(update={"unlimited": teams}) for one in scenario.strategies)
    return scenario.model_copy(update={"strategies": strategies})


def accounts(scenario: Scenario, rows: Sequence[Mapping[str, Any]]) -> OpeningLeads:
    """Return leads that are open at the start; the canonical columns, all optional but ``stage``."""
    if not rows:
        return no_leads(scenario)
    full = [
        {"lead_id": f"L{number}", "pr": "1000", "pc": "0.5", "expected_close": "2026-03-31"} | dict(row)
        for number, row in enumerate(rows)
    ]
    return opening_leads(scenario, pl.DataFrame(full))
