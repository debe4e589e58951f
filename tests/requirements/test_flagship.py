"""The flagship scenario: three reps, forty accounts, five strategies, and the eight things it must show.

The null twin is the same world in which Marketing's touches do nothing; the unlimited twin is the one in which Sales
has hours for every lead.  All arms of a comparison share their luck.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from funnelsim.engines.funnel import deterministic_ev, follow_lead
from funnelsim.inputs.scenario_file import read_scenario_file
from funnelsim.kernels import funnel_arrays as codes
from funnelsim.model.scenario import Forces, Scenario
from requirements.pairs import (
    Simulation,
    assert_gain,
    assert_no_gain,
    flow,
    gain,
    gain_of,
    less,
    neglected,
    play,
    share,
    wins,
)
from requirements.pairs import revenue as booked
from requirements.worlds import accounts, idle_marketing, limitless, without
from tools import assert_mean

FLAGSHIP = read_scenario_file("month_end_crunch")
FORGOTTEN = ("A-004", "A-005", "A-006", "A-007")
"""JKL, MNO, PQR and STU."""
END_OF_JANUARY = 30
TWINS = {
    "shipped": lambda scenario: scenario,
    "null": idle_marketing,
    "unlimited": lambda scenario: limitless(scenario, "sales"),
}


@cache
def arm(strategy: str, twin: str = "shipped", replications: int = 400) -> Simulation:
    return play(TWINS[twin](FLAGSHIP.document), strategy, FLAGSHIP.opening, replications, seed=0)


def test_1_the_sooner_the_hand_back_the_fewer_neglected_days() -> None:
    assert_gain(arm("P0"), arm("P2"), less(neglected))
    assert_gain(arm("P2"), arm("P3"), less(neglected))


def test_2_neglected_leads_lose_pc_under_relay_and_hardly_any_under_hand_back() -> None:
    """The drift that all neglected leads of a replication have together; at most a tenth under P3."""

    def drift(one: Simulation) -> np.ndarray:
        return np.asarray(one.outcome["drift"][:, 1])

    assert gain_of(-drift(arm("P0"))).positive
    assert gain_of(-0.1 * drift(arm("P0")) + drift(arm("P3"))).positive
    assert arm("P0").counts.neglect_drift.mean < 0


def test_3_hand_back_earns_and_at_once_earns_more() -> None:
    assert_gain(arm("P0"), arm("P2"), booked)
    assert_gain(arm("P2"), arm("P3"), booked)


@pytest.mark.parametrize("strategy", ["P2", "P3"])
def test_4_without_nurture_there_is_no_gain(strategy: str) -> None:
    assert_no_gain(arm("P0", "null"), arm(strategy, "null"), booked)


def test_5_with_hours_for_everybody_there_is_nothing_to_gain() -> None:
    free = gain(arm("P0", "unlimited"), arm("P3", "unlimited"), booked)
    short = gain(arm("P0"), arm("P3"), booked)
    assert not free.positive
    assert not free.negative
    assert abs(free.mean) < 0.1 * short.mean


def test_6_relay_with_triage_has_a_hockey_stick() -> None:
    month_end = share(flow(codes.MONTH_END_WINS), wins)
    assert_gain(arm("P1"), arm("P0"), month_end)
    assert_gain(arm("P3"), arm("P0"), month_end)


def test_7_the_ev_table_is_the_mean_when_nothing_slips_and_nothing_arrives() -> None:
    """Opening leads only, at the PC of their stage, hours for everybody, all forces off, two years."""
    world = _undisturbed()
    chain = {one.name: one.true_pc for one in play(world, "P0", replications=1).implied}
    stages = [world.stage_names[number] for number in FLAGSHIP.opening.stage]
    rows = [
        {"stage": stage, "pr": str(pr / 100), "pc": f"{chain[stage]:.15f}", "lead_id": lead_id}
        for stage, pr, lead_id in zip(stages, FLAGSHIP.opening.leads.pr, FLAGSHIP.opening.leads.lead_id, strict=True)
    ]
    leads = accounts(world, rows)
    done = play(world, "P0", leads, 2000, seed=0)
    assert_mean(booked(done), deterministic_ev(world, leads).total, z=3)


def _undisturbed() -> Scenario:
    world = limitless(without(FLAGSHIP.document, *Forces.model_fields), "sales")
    calendar = world.calendar.model_copy(update={"horizon": 24})
    return world.model_copy(update={"sources": (), "calendar": calendar, "market": _fit_of(world)})


def _fit_of(world: Scenario):
    # without sources the solver takes the market's fit; the sources' own mix is what the PCs were solved for
    rates = [source.per_day for source in world.sources]
    fits = [world.market.fit if source.fit is None else source.fit for source in world.sources]
    fit = sum(rate * one for rate, one in zip(rates, fits, strict=True)) / sum(rates)
    return world.market.model_copy(update={"fit": fit})


@pytest.mark.parametrize("strategy", FLAGSHIP.document.strategy_names)
def test_8_every_strategy_is_told_with_cost_downside_waste_and_time(strategy: str) -> None:
    done = arm(strategy)
    assert done.cost.total.mean > 0
    assert 0 < done.bookings.total.percentiles[10] < done.bookings.total.mean
    assert 0 < done.counts.waste.mean < 1
    assert math.isfinite(done.counts.first_win_days.mean)
    assert math.isfinite(done.counts.cost_per_win.mean)


def test_sales_is_busy_and_never_more_than_busy() -> None:
    (sales,) = (team for team in arm("P0").teams if team.name == "sales")
    assert 0.95 < sales.utilisation.mean <= 1


@pytest.mark.parametrize("lead", FORGOTTEN)
def test_the_forgotten_accounts_stand_idle_at_the_end_of_january_under_relay_only(lead: str) -> None:
    """In replication 0, the one that trace shows first."""
    assert _idle(lead, "P0") > 7
    assert _idle(lead, "P3") <= 7


def _idle(lead: str, strategy: str) -> int:
    """Days since the last touch at the end of January, 0 for a lead that is no longer open."""
    story = follow_lead(FLAGSHIP.document, strategy, FLAGSHIP.opening, lead, 0, 0)
    past = [event for event in story.events if event[0] <= END_OF_JANUARY]
    if any(event[1] in {codes.E_WON, codes.E_LOST} for event in past):
        return 0
    number = FLAGSHIP.opening.leads.lead_id.index(lead)
    touched = [day for day, event, *_ in past if event == codes.E_TOUCH]
    return END_OF_JANUARY + 1 - max([-1 - int(FLAGSHIP.opening.idle_days[number]), *touched])
