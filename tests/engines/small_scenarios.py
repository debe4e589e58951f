"""Small scenarios for the funnel's tests: two teams, two to four stages, and one thing changed at a time."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from funnelsim.engines.funnel_setting import Setting, calendar_of
from funnelsim.kernels.funnel_arrays import FLOWS, LOSS_REASONS, PASS_REASONS, Out
from funnelsim.model.leads import Leads
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_checks import checked
from funnelsim.model.scenario_world import LEVELS

AS_OF = "2026-12-31"
EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

CALM = {
    "neglect": {"rise_per_week": 0.0},
    "temperature": {"cold": 1.0, "hot": 1.0},
    "hand_off": {"days": 0, "hours": 0.0, "lost": 0.0, "kept": 1.0},
    "mailing": {"unsubscribe": 0.0},
    "loops": {"resurrect_share": 0.0, "regenerate_factor": 0.0},
}
"""All forces off, and hand-offs free: what is left is clocks and hours."""

STAGES = {
    "C": {
        "conversion": 0.5, "median_days": 14, "hours": 4, "touch_hours": 0.5, "owner": "Marketing", "levels": [1, 2],
        "steps": ["make contact", "raise interest"], "journey": ["unaware", "curious"],
    },
    "B": {
        "conversion": 0.4, "median_days": 20, "hours": 6, "touch_hours": 0.5, "owner": "Sales", "levels": [3, 4],
        "steps": ["meet", "confirm"], "journey": ["compares", "compares"],
    },
    "A": {
        "conversion": 0.6, "median_days": 10, "hours": 5, "touch_hours": 1.0, "owner": "Sales", "levels": [5, 6],
        "steps": ["propose", "close"], "journey": ["decides", "decides"],
    },
}  # fmt: skip
TEAMS = {
    "Marketing": {
        "role": "marketing", "heads": 2, "hours_per_day": 6.0, "cost_per_hour": 50.0, "effort": 0.05,
        "effectiveness": {"C": 1.0, "B": 1.0},
    },
    "Sales": {
        "role": "sales", "heads": 3, "hours_per_day": 5.0, "cost_per_hour": 90.0,
        "effectiveness": {"C": 1.0, "B": 1.0, "A": 1.0},
    },
}  # fmt: skip
SOURCES = {"web": {"per_day": 2.0, "stage": "C", "pr": 1000.0, "level": 1}}
STRATEGIES = {"relay": {}}


def merged(base, changes):
    """Lay changes over a nested mapping; None takes a key away."""
    found = dict(base)
    for key, value in changes.items():
        if value is None:
            found.pop(key, None)
        elif isinstance(value, dict) and isinstance(found.get(key), dict):
            found[key] = merged(found[key], value)
        else:
            found[key] = value
    return found


def small_scenario(
    *, stages=None, teams=None, sources=None, strategies=None, forces=None, calendar=None, market=None, **document
) -> Scenario:
    """Build a scenario; each argument is laid over the small one, things by their names."""
    named = {
        key: [{"name": name, **one} for name, one in merged(base, changes or {}).items()]
        for key, base, changes in (
            ("stages", STAGES, stages), ("teams", TEAMS, teams), ("sources", SOURCES, sources),
            ("strategies", STRATEGIES, strategies),
        )
    }  # fmt: skip
    for strategy in named["strategies"]:
        strategy.setdefault("title", strategy["name"])
    plain = {
        "schema": "funnelsim/scenario/1",
        "name": "small",
        "title": "A small funnel",
        "calendar": merged({"as_of": AS_OF, "horizon": 3}, calendar or {}),
        "market": merged({"fit": 1.0}, market or {}),
        "forces": merged(CALM, forces or {}),
        **named,
        **document,
    }
    return checked(plain)


def opening_of(scenario, rows=()) -> OpeningLeads:
    """Make opening leads of ``(id, pr, pc, stage)`` or mappings; ``close`` is days after the as-of day."""
    rows = [row if isinstance(row, dict) else dict(zip(("id", "pr", "pc", "stage"), row, strict=True)) for row in rows]
    as_of = scenario.calendar.as_of
    no_day = np.full(len(rows), "NaT", dtype="datetime64[D]")
    whole = np.full(len(rows), -1, dtype=np.int64)
    leads = Leads(
        lead_id=tuple(row["id"] for row in rows),
        pr=np.array([row["pr"] for row in rows], dtype=np.int64),
        pc=tuple(Decimal(str(row["pc"])) for row in rows),
        expected_close=np.array([as_of + timedelta(days=row.get("close", 30)) for row in rows], dtype="datetime64[D]"),
        line=np.arange(len(rows)),
        pr_p10=whole,
        pr_p90=whole.copy(),
        close_p10=no_day,
        close_p90=no_day.copy(),
        imputed=np.zeros(len(rows), dtype=np.bool_),
        currency=scenario.currency,
    )
    teams = [row.get("team") for row in rows]
    return OpeningLeads(
        leads=leads,
        name=tuple(row.get("name", row["id"]) for row in rows),
        stage=np.array([scenario.stage_names.index(row["stage"]) for row in rows], dtype=np.int64),
        team=np.array([-1 if one is None else scenario.team_names.index(one) for one in teams], dtype=np.int64),
        age_days=np.array([row.get("age", 0) for row in rows], dtype=np.int64),
        idle_days=np.array([row.get("idle", 0) for row in rows], dtype=np.int64),
        temperature=np.array([row.get("temperature", 0.5) for row in rows], dtype=np.float64),
    )


def setting_of(scenario, opening=None, *, strategy=None, opening_with_sales=0, seed=0) -> Setting:
    """Return what a summary asks, as the engine would."""
    return Setting(
        scenario=scenario,
        strategy=scenario.strategies[0] if strategy is None else scenario.strategy(strategy),
        opening=opening_of(scenario) if opening is None else opening,
        calendar=calendar_of(scenario),
        sales=np.array([team.role == "sales" for team in scenario.teams]),
        opening_with_sales=opening_with_sales,
        seed=seed,
    )


def empty_outcome(scenario, replications) -> Out:
    """Return outcomes in which nothing happened."""
    periods, stages = len(calendar_of(scenario).periods), len(scenario.stages)
    teams, sources = len(scenario.teams), len(scenario.sources)
    shapes = {
        "flow": (periods, FLOWS), "born": (sources + 2, periods), "ticks": (teams, periods), "room": (teams, periods),
        "touches": (teams, periods), "entered": (stages + 1,), "stayed": (stages, 4),
        "lost": (stages, LOSS_REASONS, teams), "passes": (PASS_REASONS,), "booked": (teams,),
        "by_source": (sources + 2,), "owned": (teams,), "neglected": (teams,), "open_at": (periods, stages),
        "ev_at": (periods, stages, LEVELS), "parts": (stages, 3), "spent": (4,), "drift": (2,), "ends": (5,),
        "breach": (),
    }  # fmt: skip
    return Out(**{
        name: np.zeros((replications, *shape), dtype=np.float64 if name == "drift" else np.int64)
        for name, shape in shapes.items()
    })


def day_number(scenario, day: date) -> int:
    """Return the kernel's number of a day: 0 for the day after the as-of day."""
    return (day - scenario.calendar.as_of).days - 1
