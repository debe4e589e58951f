"""What must hold of every simulated funnel, whatever its rules: the same bits, the same luck, more for more."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from engines.small_scenarios import EVERY_DAY, opening_of, small_scenario
from funnelsim.engines.execution import Execution
from funnelsim.engines.funnel import follow_lead, simulate_scenario
from funnelsim.kernels.funnel_arrays import BOOKED
from funnelsim.model.calendar import Calendar

ONE_THREAD = Execution(threads=1)

ROWS = [
    {"id": "L1", "pr": 250_000, "pc": 0.5, "stage": "B"},
    {"id": "L2", "pr": 100_000, "pc": 0.3, "stage": "C", "idle": 9},
    {"id": "L3", "pr": 100_000, "pc": 0.8, "stage": "A", "team": "Sales"},
]

FORCES = {
    "neglect": {"rise_per_week": 0.6},
    "temperature": {"cold": 0.6, "hot": 1.7, "cold_loss": 0.3},
    "information": {"needed": 0.5},
    "hand_off": {"days": 1, "hours": 0.25, "lost": 0.02, "kept": 0.5},
    "premature": {"odds": 0.8},
    "response": {"exponent": 0.5},
    "readiness": {"now": 0.4, "never": 0.2, "per_month": 0.3},
    "mailing": {"unsubscribe": 0.002},
    "loops": {"resurrect_share": 0.3, "resurrect_days": 30.0, "regenerate_factor": 0.5, "resell_per_year": 3.0},
    "shocks": {"conversion_sd": 0.3, "arrivals_cv": 0.3},
}
RULES = {
    "relay": {"priority": {"triage_days": 5}},
    "hand back": {
        "ownership": {"idle_days": 5, "meeting": "week", "unreached": True, "max_load": 12},
        "priority": {"sales": "ev_per_hour", "triage_days": 5, "response_sla": True},
        "nurture": {"parallel": True, "park": True},
        "regenerate": True, "resurrect": True, "resell": True, "fast_track": True, "requalify_days": 30,
    },
    "scored": {"qualification": {"rule": "adaptive", "score": 0.2, "bands": True}, "ownership": {"idle_days": 10}},
    "vetoed": {"qualification": {"rule": "two_tier", "score": 0.0, "veto": True}, "priority": {"sales": "temperature"}},
}  # fmt: skip


@pytest.fixture(scope="module")
def busy():
    """Everything on, and Sales short of hours."""
    return small_scenario(
        teams={"Sales": {"heads": 1, "departures_per_month": 0.05, "ramp_days": 20, "vacancy_days": 10}},
        sources={"web": {"hot": 0.2, "hand_raisers": 0.3, "downloads": 0.3, "pr": {"p10": 400.0, "p90": 3000.0}}},
        strategies=RULES | {"the same": RULES["hand back"]},
        forces=FORCES,
        market={"fit": 0.6, "suspects": 300},
    )


def outcome_of(scenario, strategy="relay", count=12, seed=1, opening=ROWS, execution=ONE_THREAD):
    opening = opening_of(scenario, opening)
    return simulate_scenario(scenario, strategy, opening, replications=count, seed=seed, execution=execution)


def same(one, other):
    return all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("strategy", RULES)
@pytest.mark.parametrize(("threads", "block"), [(1, 1), (2, 5), (3, 1000), (2, 2)])
def test_threads_and_blocks_change_nothing(busy, strategy, threads, block):
    one = outcome_of(busy, strategy, 23)
    other = outcome_of(busy, strategy, 23, execution=Execution(threads=threads, block=block))
    assert same(one.outcome, other.outcome)
    assert one.content_hash == other.content_hash


@pytest.mark.parametrize("strategy", RULES)
def test_a_longer_simulation_starts_with_the_shorter_one(busy, strategy):
    short, long = outcome_of(busy, strategy, 11).outcome, outcome_of(busy, strategy, 22).outcome
    assert same(short, {name: field[:11] for name, field in long.items()})


def test_a_strategy_under_another_name_differs_by_exactly_nothing(busy):
    one, other = outcome_of(busy, "hand back"), outcome_of(busy, "the same")
    assert same(one.outcome, other.outcome)
    assert one.content_hash == other.content_hash
    assert one.profit == other.profit


def test_seed_0_is_a_seed(busy):
    first, again, other = (outcome_of(busy, seed=seed) for seed in (0, 0, 1))
    assert first.seed == 0
    assert first.content_hash == again.content_hash != other.content_hash


@pytest.mark.parametrize("seed", [2**32 + 1, 2**63 + 1])
def test_all_of_the_seed_is_used(busy, seed):
    assert not same(outcome_of(busy, seed=1).outcome, outcome_of(busy, seed=seed).outcome)


@pytest.fixture(scope="module")
def free():
    """As many hours as every lead can absorb: leads do not meet."""
    return small_scenario(
        strategies={
            "relay": {"unlimited": ["Marketing", "Sales"], "resurrect": True, "resell": True, "regenerate": True},
        },
        sources={"web": {"pr": 1000.0}},
        forces={key: FORCES[key] for key in ("neglect", "temperature", "readiness", "loops", "shocks")}
        | {"hand_off": {"days": 1, "lost": 0.02}},
    )  # fmt: skip


MORE = [*ROWS, {"id": "L4", "pr": 70_000, "pc": 0.2, "stage": "B"}]


@pytest.mark.parametrize("replication", [0, 7])
def test_one_lead_more_changes_no_other_story_where_hours_are_not_short(free, replication):
    few, many = opening_of(free, ROWS), opening_of(free, MORE)
    told = 0
    for asked in ["L1", "L2", "L3", *(f"web-{day}-1" for day in range(1, 61))]:
        try:
            story = follow_lead(free, "relay", few, asked, replication)
        except ValueError:
            continue
        told += 1
        assert follow_lead(free, "relay", many, asked, replication) == story
    assert told > 6


def test_one_lead_more_adds_exactly_itself_where_hours_are_not_short(free):
    alone = outcome_of(free, opening=MORE[3:], count=40).outcome
    none, few, many = (outcome_of(free, opening=rows, count=40).outcome for rows in ((), ROWS, MORE))
    for name in ("flow", "ticks", "touches", "entered", "stayed", "lost", "passes", "booked", "owned", "open_at"):
        assert np.array_equal(many[name] - few[name], alone[name] - none[name]), name


def test_one_lead_more_changes_nobodys_luck_where_hours_are_short(busy):
    few, many = opening_of(busy, ROWS), opening_of(busy, MORE)
    for asked in ("L1", "L2", "L3", "web-2-3"):
        one, other = (follow_lead(busy, "hand back", opening, asked, 4) for opening in (few, many))
        assert (one.pr, one.buyer) == (other.pr, other.buyer)


@pytest.mark.parametrize("strategy", ["relay", "hand back"])
def test_double_pr_doubles_bookings(busy, strategy):
    single = small_scenario(strategies=RULES, forces=FORCES, sources={"web": {"pr": 1000.0}})
    double = small_scenario(strategies=RULES, forces=FORCES, sources={"web": {"pr": 2000.0}})
    rich = [row | {"pr": 2 * row["pr"]} for row in ROWS]
    one = outcome_of(single, strategy, 30).outcome["flow"][:, :, BOOKED]
    two = outcome_of(double, strategy, 30, opening=rich).outcome["flow"][:, :, BOOKED]
    assert one.sum() > 0
    assert np.array_equal(2 * one, two)


def test_more_hours_are_never_fewer_touches():
    """One team, one stage, first in first out: in every replication and by every period end."""
    touches = []
    for hours in (2.0, 3.0, 4.5, 8.0):
        scenario = small_scenario(
            stages={"C": None, "B": None},
            teams={
                "Marketing": None,
                "Sales": {"heads": 1, "hours_per_day": hours, "effectiveness": {"C": None, "B": None}},
            },
            sources={"web": {"stage": "A", "level": 5}},
            forces={"neglect": {"rise_per_week": 0.6}},
            calendar={"workdays": EVERY_DAY},
        )  # fmt: skip
        touches.append(outcome_of(scenario, count=200, opening=()).outcome["touches"].sum(axis=1).cumsum(axis=1))
    for fewer, more in pairwise(touches):
        assert (more >= fewer).all()
    assert touches[-1].sum() > touches[0].sum()


def test_hours_spent_are_never_more_than_there_are(busy):
    for strategy in RULES:
        found = outcome_of(busy, strategy).outcome
        assert (found["ticks"].cumsum(axis=2) <= found["room"].cumsum(axis=2)).all()


def test_leads_and_money_are_conserved(busy):
    for strategy in RULES:
        found = outcome_of(busy, strategy).outcome
        assert np.array_equal(found["born"].sum(axis=(1, 2)), found["ends"].sum(axis=1))
        for money in (found["booked"], found["by_source"]):
            assert np.array_equal(money.sum(axis=1), found["flow"][:, :, BOOKED].sum(axis=1))


def test_the_periods_are_the_calendars(busy):
    found = outcome_of(busy, count=1)
    assert found.calendar == Calendar(busy.calendar.as_of, "month", 3)
    assert len(found.bookings.periods) == found.outcome["flow"].shape[1] == 3
