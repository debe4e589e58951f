"""R69-R93: costs, market share, information that is passed on, and the score card on which policies are compared."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from funnelsim.kernels import funnel_arrays as codes
from funnelsim.model.scenario import Forces
from funnelsim.model.scenario_forces import Force
from requirements.pairs import (
    Simulation,
    assert_gain,
    assert_no_gain,
    assert_same,
    flow,
    gain,
    less,
    lost,
    play,
    revenue,
    share,
    wins,
)
from requirements.worlds import crowded, limitless, marketing, sales, source, strategy, without

ROOT = Path(__file__).resolve().parents[2]


def test_r69_r33_the_zone_of_marketing_can_be_as_deep_as_it_is_able() -> None:
    """An impact zone moves leads days from Sales to Marketing, stage by stage."""
    team = marketing(effectiveness={"early": 1.0, "late": 0.3})
    arms = [strategy("none"), strategy("early", impact_zone="early"), strategy("late", impact_zone="late")]
    world = crowded(arms, teams=[team, sales()])
    done = [play(world, name) for name in world.strategy_names]
    for shallower, deeper in pairwise(done):
        assert_gain(shallower, deeper, lambda one: one.outcome["owned"][:, 0].astype(np.float64))


def test_r71_spend_brings_less_and_less() -> None:
    """More spend brings more leads, each further one dearer."""

    def leads(spend: float) -> Simulation:
        return play(crowded([strategy("relay")], sources=[source(spend=spend, half_spend=5000.0)]))

    one, two, four = leads(2500.0), leads(5000.0), leads(10_000.0)
    arrived = flow(codes.ARRIVED)
    assert_gain(one, two, arrived)
    assert_gain(two, four, arrived)
    first = (arrived(two) - arrived(one)).mean() / 2500
    second = (arrived(four) - arrived(two)).mean() / 5000
    assert second < first


def test_r87_every_policy_is_told_with_all_five_columns() -> None:
    """Cost a lead and a win, downside, waste, and time to the first win: there, finite, in range, for any strategy."""
    arms = [strategy("relay"), strategy("gate", qualification={"rule": "qsl", "level": 3}, impact_zone="early")]
    for name in ("relay", "gate"):
        done = play(crowded(arms, sources=[source(cost_per_lead=5.0)]), name)
        counts = done.counts
        for figure in (counts.cost_per_qsl, counts.cost_per_win, counts.first_win_days, counts.waste):
            assert math.isfinite(figure.mean)
            assert figure.mean > 0
            assert figure.standard_error > 0
        assert 0 < counts.waste.mean < 1
        assert done.profit.total.percentiles[10] < done.profit.total.mean
        assert done.cost.total.mean > 0


def test_r88_market_share_is_ours_of_all_who_bought_and_neglect_lowers_it() -> None:
    """Own wins over all latent purchases; with fewer hours others win them."""
    market = {"fit": 0.5, "competition": "latent", "inactive_days": 7, "purchase_months": 6}

    def world(heads: int) -> Simulation:
        return play(crowded([strategy("relay")], market=market, teams=[marketing(), sales(heads=heads)]))

    ours = share(wins, flow(codes.PURCHASES))
    few, many = world(1), world(6)
    assert ours(few).mean() == pytest.approx(few.counts.market_share.mean)
    assert 0 < ours(few).mean() < 1
    assert_gain(few, many, ours)
    inactive = market | {"inactive_days": 10_000}
    never = play(crowded([strategy("relay")], market=inactive, teams=[marketing(), sales(heads=1)]))
    assert lost(codes.COMPETITOR)(never).max() == 0


def test_r89_a_hand_off_may_lose_the_lead() -> None:
    """The stated share of hand-offs is lost on the way, and an automatic one loses none."""
    arms = [strategy("gate", qualification={"rule": "qsl", "level": 3}, impact_zone="early")]
    for chance in (0.0, 0.1):
        done = play(crowded(arms, {"hand_off": {"lost": chance}}))
        gone, passed = lost(codes.LOST_ON_THE_WAY)(done), flow(codes.PASSES)(done)
        if chance == 0:
            assert gone.max() == 0
        else:
            assert gone.sum() / passed.sum() == pytest.approx(chance, abs=5 * math.sqrt(0.09 / passed.sum()))


def test_r90_what_marketing_learnt_is_worth_passing_on() -> None:
    """More of what is known arrives with the lead: more wins; where knowing does not matter, nothing changes."""
    gate = {"qualification": {"rule": "qsl", "level": 4}, "impact_zone": "early"}
    arms = [strategy("relay", kept=0.2, **gate), strategy("record", kept=0.9, **gate)]
    world = crowded(arms, {"information": {"needed": 0.8, "per_touch": 0.15}})
    assert_gain(play(world, "relay"), play(world, "record"), revenue)
    null = without(world, "information")
    assert_same(play(null, "relay"), play(null, "record"))


def test_r90_kept_whole_a_pass_costs_only_its_days() -> None:
    """At 1.0 nothing is lost at a hand-off: the same as a world in which knowing does not matter at entry."""
    gate = {"qualification": {"rule": "qsl", "level": 4}, "impact_zone": "early"}
    arms = [strategy("all", kept=1.0, **gate), strategy("none", kept=0.0, **gate)]
    world = limitless(crowded(arms, {"information": {"needed": 0.8}}), "sales", "marketing")
    assert_gain(play(world, "none"), play(world, "all"), wins)


def test_r93_nothing_is_assumed_to_work() -> None:
    """Every force has a null twin, and the pages say that claims are hypotheses."""
    for name in Forces.model_fields:
        force = getattr(Forces(), name)
        assert isinstance(force, Force)
        off = force.off()
        assert off == off.off(), "off is off"
        assert off.model_fields_set >= force.model_fields_set
    world = crowded([strategy("relay")])
    twin = without(world, *Forces.model_fields)
    assert twin != world
    page = " ".join((ROOT / "docs" / "requirements.md").read_text(encoding="utf-8").split())
    assert "hypothes" in page
    assert "null twin" in page


def test_r92_frozen_trust_takes_its_effects_away() -> None:
    """Trust shows only in what early calls and mailings do to the odds and to who leaves; off, both are gone."""
    forces = {"premature": {"odds": 0.4}, "readiness": {"now": 0.2, "per_month": 0.2, "nurtured_per_month": 0.0}}
    world = limitless(crowded([strategy("relay")], forces, sources=[source(downloads=1.0)]), "sales")
    assert_gain(play(world), play(without(world, "premature")), revenue)
    readers = limitless(crowded([strategy("relay")], forces, sources=[source(downloads=0.0)]), "sales")
    assert gain(play(readers), play(without(readers, "premature")), revenue).mean == 0
    assert_no_gain(play(readers), play(without(readers, "premature")), less(revenue))
