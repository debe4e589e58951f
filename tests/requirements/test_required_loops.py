"""R61-R68: leads that are tested again, come back, or buy again; each loop beside its null twin."""

from __future__ import annotations

import numpy as np
import pytest

from funnelsim.engines.funnel import follow_lead
from funnelsim.kernels import funnel_arrays as codes
from funnelsim.model.scenario import Scenario
from requirements.pairs import (
    Simulation,
    assert_gain,
    assert_no_gain,
    assert_same,
    born,
    flow,
    gain_of,
    less,
    lost,
    play,
    revenue,
    share,
    waste,
    wins,
)
from requirements.worlds import (
    accounts,
    crowded,
    limitless,
    marketing,
    sales,
    source,
    stage,
    strategy,
    two_stages,
    without,
)
from tools import assert_mean

EARLY = stage("early", levels=[2, 3], conversion=0.4)
ONE_STAGE_TEAMS = [marketing(), sales(effectiveness={"early": 1.0})]
YEAR = {"as_of": "2025-12-31", "horizon": 12}


def test_r61_leads_are_tested_again() -> None:
    """With Sales for twenty days, a lead is read again, at its higher level, and sent back if it fails: Sales wastes
    less.  If readings tell nothing, it does not."""
    gate = {"rule": "threshold", "score": 0.3}
    arms = [
        strategy("once", qualification=gate),
        strategy("again", qualification=gate, requalify_days=10),
    ]
    early = stage("early", levels=[1, 4], median_days=40, hours=6.0)
    noise = {"reading": {"noise": [3.0, 3.0, 1.5, 0.8, 0.4, 0.2, 0.2]}}
    world = crowded(
        arms,
        noise,
        stages=[early | {"owner": "marketing"}, stage("late", levels=[4, 5])],
        sources=[source(level=1)],
        teams=[marketing(hours_per_day=0.0), sales()],
    )
    world = limitless(world, "sales")
    once, again = play(world, "once"), play(world, "again")
    assert again.outcome["passes"][:, codes.REQUALIFY].sum() > 0
    assert once.outcome["passes"][:, codes.REQUALIFY].sum() == 0
    assert_gain(once, again, less(waste))
    null = without(world, "reading")
    assert_no_gain(play(null, "once"), play(null, "again"), less(waste))


def test_r61_a_change_of_criteria_tests_every_open_lead_once() -> None:
    """When an adaptive score moves, every lead of Sales before the gate is tested on that day, once."""
    arms = [strategy("adaptive", qualification={"rule": "adaptive", "score": 0.0})]
    world = crowded(arms, stages=[stage("early", levels=[2, 3], owner="marketing"), stage("late", levels=[4, 5])])
    leads = accounts(world, [{"stage": "early"}] * 10)
    moved = flow(codes.RULE_CHANGES)(play(world, opening=leads))
    assert moved.sum() > 0
    for number in range(10):
        story = follow_lead(world, "adaptive", leads, f"L{number}", 0, 11)
        days = [day for day, event, *_ in story.events if event == codes.E_REQUALIFY]
        assert len(days) == len(set(days))


def test_r62_stalled_leads_are_nurtured_and_return() -> None:
    """No-decision leads come back as leads with a new date, and earn; at pace 0 none does."""
    arms = [strategy("give up"), strategy("regenerate", regenerate=True)]
    forces = {"loops": {"regenerate_factor": 1.0}, "readiness": {"nurtured_per_month": 0.3}}
    world = limitless(crowded(arms, forces, sources=[source(per_day=1.0)]), "sales")
    give_up, regenerate = play(world, "give up"), play(world, "regenerate")
    assert flow(codes.REGENERATED)(regenerate).mean() > 1
    assert_gain(give_up, regenerate, revenue)
    null = without(world, "loops")
    again = play(null, "regenerate")
    assert flow(codes.REGENERATED)(again).max() == 0
    assert_no_gain(play(null, "give up"), again, revenue)


def test_r63_lost_leads_open_again_at_most_so_often() -> None:
    """The share that is said to come back comes back, earns, and no more often than allowed."""
    arms = [strategy("forget"), strategy("resurrect", resurrect=True)]
    loops = {"loops": {"resurrect_share": 0.2, "resurrect_days": 60, "most_resurrections": 1}}
    long = {"as_of": "2025-12-31", "horizon": 36}
    world = limitless(crowded(arms, loops, sources=[], calendar=long, stages=[EARLY], teams=ONE_STAGE_TEAMS), "sales")
    leads = accounts(world, [{"stage": "early"}] * 100)
    forget, back = play(world, "forget", leads), play(world, "resurrect", leads)
    lost_once = lost(codes.COMPETITOR)(forget)
    returned = flow(codes.RESURRECTED)(back)
    assert_mean(returned - 0.2 * lost_once, 0.0)
    assert (returned <= lost_once).all()
    assert_gain(forget, back, revenue)
    null = without(world, "loops")
    assert_same(play(null, "forget", leads), play(null, "resurrect", leads))


def test_r63_wins_from_the_dead_are_returns_times_their_win_rate() -> None:
    """Wins added = share that returns x chance of a lead that starts the stage again."""
    arms = [strategy("forget"), strategy("resurrect", resurrect=True)]
    loops = {"loops": {"resurrect_share": 0.5, "resurrect_days": 60}}
    long = {"as_of": "2025-12-31", "horizon": 36}
    stages = [EARLY | {"losses": {"competitor": 1.0, "no_decision": 0.0}}]
    plain = {"market": {"fit": 1.0}, "sources": [], "calendar": long, "stages": stages}
    world = limitless(crowded(arms, loops, teams=ONE_STAGE_TEAMS, **plain), "sales")
    leads = accounts(world, [{"stage": "early"}] * 100)
    forget, back = play(world, "forget", leads), play(world, "resurrect", leads)
    assert_mean(wins(back) - wins(forget) - 0.4 * flow(codes.RESURRECTED)(back), 0.0)


def test_r64_passes_have_reasons_cost_something_and_end() -> None:
    """Passes by reason add up; a lead is passed at most so often, however cheap it is; dear passes cost revenue."""
    arms = [
        strategy("to and fro", ownership={"idle_days": 1, "rest_days": 0, "most_passes": 6}),
        strategy("relay"),
    ]

    def world(hand_off: float) -> Scenario:
        return crowded(arms, {"hand_off": {"hours": hand_off}})

    cheap, dear = play(world(0.0), "to and fro"), play(world(1.0), "to and fro")
    for one in (cheap, dear):
        by_reason = one.outcome["passes"].sum(axis=1) - one.outcome["passes"][:, codes.VETO]
        np.testing.assert_array_equal(by_reason, flow(codes.PASSES)(one))
        assert (by_reason <= 6 * born(one)).all()
    assert cheap.counts.passes["idle"].mean > 0
    assert_gain(dear, cheap, revenue)
    assert_same(play(world(0.0), "relay"), play(world(1.0), "relay"))


def test_r65_customers_buy_again_and_that_takes_time() -> None:
    """Resells add more in the second year than in the first; with no new needs they add nothing."""
    arms = [strategy("once"), strategy("again", resell=True)]
    forces = {"loops": {"resell_per_year": 0.5, "resell_stage": "late"}}
    two_years = {"as_of": "2025-12-31", "horizon": 24}
    world = limitless(crowded(arms, forces, calendar=two_years, sources=[source(per_day=0.5)]), "sales")
    once, again = play(world, "once"), play(world, "again")
    assert_gain(once, again, revenue)
    first, second = flow(codes.BOOKED, 0, 12), flow(codes.BOOKED, 12)
    later = (second(again) - second(once)) - (first(again) - first(once))
    assert gain_of(later).positive
    null = without(world, "loops")
    assert_same(play(null, "once"), play(null, "again"))


def test_r67_losses_say_where_the_process_went_off_the_rails() -> None:
    """Losses by stage, reason and owner are all losses; a fault planted in a stage puts that stage first."""

    def by_stage(one: Simulation) -> dict[str, float]:
        found = {name: 0.0 for name in one.scenario.stage_names}
        for loss in one.losses:
            found[loss.stage] += loss.leads.mean
        return found

    stages = [
        stage("early", conversion=0.7, levels=[2, 3]),
        stage("middle", levels=[3, 4]),
        stage("late", levels=[4, 5]),
    ]
    teams = [marketing(), sales(effectiveness={"early": 1.0, "middle": 1.0, "late": 1.0})]
    few = [source(per_day=0.7)]
    sound = play(limitless(crowded([strategy("relay")], stages=stages, teams=teams, sources=few), "sales"))
    losses = flow(codes.LOSSES)(sound)
    assert sum(by_stage(sound).values()) == pytest.approx(losses.mean())
    assert sum(one.share for one in sound.losses) == pytest.approx(1)
    for fault in ("early", "middle", "late"):
        broken = [one | {"conversion": 0.2 if one["name"] == fault else 0.8} for one in stages]
        found = by_stage(
            play(limitless(crowded([strategy("relay")], stages=broken, teams=teams, sources=few), "sales"))
        )
        assert max(found, key=found.__getitem__) == fault


def test_r67_neglect_shows_in_the_share_of_losses() -> None:
    """More of what is lost falls to competitors and silence under an owner that has no hours."""
    stages = two_stages()
    done = play(crowded([strategy("relay")], {"neglect": {"rise_per_week": 2.0}}, stages=stages))
    free = play(limitless(crowded([strategy("relay")], {"neglect": {"rise_per_week": 2.0}}, stages=stages), "sales"))
    rate = share(flow(codes.LOSSES), lambda one: flow(codes.LOSSES)(one) + wins(one))
    assert_gain(free, done, rate)
