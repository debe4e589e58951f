"""R41-R60: what makes a lead Sales' business, nurture, speed and trust; each policy claim beside its null twin."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from funnelsim.kernels import funnel_arrays as codes
from funnelsim.model.scenario import Scenario
from requirements.pairs import (
    Figure,
    assert_gain,
    assert_no_gain,
    assert_same,
    booked_by,
    cost,
    flow,
    gain,
    gain_of,
    less,
    lost,
    play,
    revenue,
    share,
    waste,
    win_rate,
    wins,
)
from requirements.worlds import (
    MARKETING,
    Plain,
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

RECENT = {"sales": "anything_that_moves"}
QUICK = [stage("early", levels=[2, 3], touch_hours=0.1), two_stages()[1]]
"""A lead takes in one early touch on the day it comes, so that it can be called at once."""
YEAR = {"as_of": "2025-12-31", "horizon": 12}
delivered: Figure = flow(codes.FIRST_QUALIFIED)
close_rate: Figure = share(wins, delivered)


def with_marketing_first(**changes: object) -> dict[str, object]:
    """The early stage is Marketing's until a rule says otherwise."""
    return {"impact_zone": "early"} | changes


def test_r41_the_higher_the_level_the_fewer_and_the_better() -> None:
    """Raising the least level passes fewer leads on, never more, and a larger share of them is won."""
    arms = [strategy(f"level {n}", **with_marketing_first(qualification={"rule": "qsl", "level": n})) for n in range(7)]
    stages = [
        stage("early", levels=[0, 2]),
        stage("middle", levels=[3, 4], owner="marketing"),
        stage("late", levels=[5, 6], hours=4.0, touch_hours=1.0, owner="marketing"),
    ]
    every = {"early": 1.0, "middle": 1.0, "late": 1.0}
    teams = [marketing(effectiveness=every, hours_per_day=8.0), sales(effectiveness=every)]
    world = crowded(arms, stages=stages, teams=teams, sources=[source(level=0)])
    done = [play(world, one.name) for one in world.strategies]
    for looser, tighter in pairwise(done):
        assert_no_gain(looser, tighter, delivered)
    for looser, tighter in ((0, 3), (3, 5)):
        assert_gain(done[tighter], done[looser], delivered)
        assert_gain(done[looser], done[tighter], close_rate)


def test_r42_a_threshold_that_follows_the_load_is_as_good_as_the_best_fixed_one() -> None:
    """Nine months of few leads, three of many: the adaptive score is not significantly worse than the best fixed one;
    it moves, and what it does is written down.  If readings tell nothing it gains nothing."""
    scores = (-2.0, -1.0, 0.0, 0.5, 1.5)
    arms = [
        strategy(
            f"fixed {n}", impact_zone="early", priority=RECENT, qualification={"rule": "threshold", "score": score}
        )
        for n, score in enumerate(scores)
    ]
    follows = {"rule": "adaptive", "score": -1.0, "step": 0.5}
    arms.append(strategy("adaptive", impact_zone="early", priority=RECENT, qualification=follows))
    world = crowded(
        arms,
        sources=[source(season=[0.8] * 9 + [3.0] * 3)],
        calendar=YEAR,
        market={"fit": 0.25},
        stages=two_stages(conversion=0.3),
        teams=[marketing(hours_per_day=0.0), sales(heads=4)],
    )
    done = {one.name: play(world, one.name) for one in world.strategies}
    fixed = [done[f"fixed {n}"] for n in range(len(scores))]
    best = max(fixed, key=lambda one: revenue(one).mean())
    adaptive = done["adaptive"]
    assert best not in {fixed[0], fixed[-1]}, "the best fixed score lies inside"
    assert not gain(adaptive, best, revenue).positive, f"worse: {gain(adaptive, best, revenue)}"
    assert_gain(fixed[0], adaptive, revenue)
    assert flow(codes.RULE_CHANGES)(adaptive).min() > 0
    null = without(world, "reading")
    others = [play(null, f"fixed {n}") for n in (0, 2, 4)]
    assert_no_gain(max(others, key=lambda one: revenue(one).mean()), play(null, "adaptive"), revenue)


def test_r43_facts_make_winners() -> None:
    """Leads chosen for budget, authority, need and time are won more often, if facts change the odds; if not, not."""
    reading = {"reading": {"buyer_weight": 0.0, "fact_weight": 1.0, "noise": [0.2] * 7}, "bant": {"odds": 1.6}}
    reading["bant"] |= {"buyers": 0.5, "others": 0.5}
    rules = [("all", -9.0), ("some", 0.0), ("most", 1.5)]
    arms = [
        strategy(name, **with_marketing_first(qualification={"rule": "threshold", "score": score}))
        for name, score in rules
    ]
    one_stage = [stage("early", levels=[2, 3])]
    teams = [marketing(effectiveness={"early": 1.0}, hours_per_day=0.0), sales(effectiveness={"early": 1.0})]
    world = limitless(crowded(arms, reading, stages=one_stage, teams=teams, market={"fit": 1.0}), "sales")
    done = [play(world, name) for name, _ in rules]
    assert_gain(done[0], done[1], close_rate)
    assert_gain(done[1], done[2], close_rate)
    null = without(world, "bant")
    done = [play(null, name) for name, _ in rules]
    assert_no_gain(done[0], done[1], close_rate)
    assert_no_gain(done[0], done[2], close_rate)


def test_r44_knowing_more_of_a_lead_routes_it_better() -> None:
    """A score that counts how much of the facts is known wastes less of Sales' time than a blunt one; not if facts and
    readings tell nothing."""
    rule = {"rule": "threshold", "score": 0.0}
    arms = [
        strategy("blunt", **with_marketing_first(qualification=rule)),
        strategy("partial", **with_marketing_first(qualification=rule | {"bands": True})),
    ]
    reading = {"reading": {"noise": [3.0] * 7, "buyer_weight": 2.0}, "information": {"per_touch": 0.3}}
    world = crowded(arms, reading, market={"fit": 0.25}, stages=two_stages(conversion=0.2))
    blunt, partial = play(world, "blunt"), play(world, "partial")
    assert_gain(blunt, partial, less(waste))
    assert_gain(blunt, partial, revenue)
    null = without(world, "reading")
    assert_same(play(null, "blunt"), play(null, "partial"))


def test_r46_readings_that_know_more_separate_better() -> None:
    """The more weight the score puts on what makes a buyer, the larger the share of passed leads that is won."""
    rule = {"rule": "threshold", "score": 0.3}

    def at(weight: float) -> Figure:
        reading = {"reading": {"buyer_weight": weight, "fact_weight": 0.0}}
        world = crowded([strategy("gate", **with_marketing_first(qualification=rule))], reading, market={"fit": 0.3},
                        stages=two_stages(conversion=0.25))  # fmt: skip
        return close_rate(play(limitless(world, "sales")))

    none, some, much = at(0.0), at(1.0), at(3.0)
    assert gain_of(some - none).positive
    assert gain_of(much - some).positive


def two_tier(agreement: float, refused: str = "nurture") -> Plain:
    """Marketing's score, then Sales may refuse."""
    marks = {"rule": "two_tier", "score": 0.2, "agreement": agreement, "refused": refused}
    return with_marketing_first(qualification=marks)


def test_r47_agreed_definitions_are_accepted() -> None:
    """Closer agreement on what a lead is raises the share that Sales accepts; where readings have no noise there is
    nothing to disagree about."""
    arms = [strategy("apart", **two_tier(0.1)), strategy("agreed", **two_tier(0.9))]
    world = crowded(arms)
    accepted = share(flow(codes.ACCEPTED), flow(codes.DELIVERED))
    assert_gain(play(world, "apart"), play(world, "agreed"), accepted)
    null = crowded(arms, {"reading": {"noise": [0.0] * 7}})
    assert_same(play(null, "apart"), play(null, "agreed"))


def test_r48_refused_buyers_are_lost_unless_they_are_kept() -> None:
    """A veto that throws leads away loses buyers; leads that are kept ripen and are delivered again."""
    arms = [
        strategy("no veto", **with_marketing_first(qualification={"rule": "threshold", "score": 0.2})),
        strategy("away", **two_tier(0.3, "lost")),
        strategy("kept", **two_tier(0.3)),
    ]
    loops = {"loops": {"regenerate_factor": 1.0}, "readiness": {"nurtured_per_month": 0.5}}
    world = limitless(crowded(arms, loops, sources=[source(per_day=1.0)]), "sales")
    no_veto, away, kept = (play(world, name) for name in world.strategy_names)
    assert flow(codes.VETOED)(away).sum() > 0
    assert_gain(away, no_veto, wins)
    assert_gain(away, kept, flow(codes.DELIVERED))
    assert lost(codes.NOT_QUALIFIED)(away).sum() > 0
    assert lost(codes.NOT_QUALIFIED)(kept).sum() == 0
    null = without(world, "loops")
    assert_no_gain(play(null, "away"), play(null, "kept"), wins)


def test_r48_nurturing_what_was_refused_wins_part_of_it_back() -> None:
    """What was refused, nurtured and delivered again is partly won."""
    loops = {"loops": {"regenerate_factor": 1.0}, "readiness": {"nurtured_per_month": 0.5}}
    arms = [strategy("away", **two_tier(0.3, "lost")), strategy("kept", **two_tier(0.3))]
    world = limitless(crowded(arms, loops, sources=[source(per_day=1.0)]), "sales")
    assert_gain(play(world, "away"), play(world, "kept"), wins)


def test_r50_few_good_leads_beat_many_poor_ones_when_hours_are_short() -> None:
    """As many buyers among a third of the leads: more revenue when Sales is short, the same when it is not.

    A scenario states conversions of all leads, so three times the leads of a third the quality convert a third as well.
    """

    def world(per_day: float, fit: float) -> Scenario:
        one = [stage("early", levels=[2, 3], conversion=0.75 * fit, touch_hours=0.5)]
        teams = [marketing(), sales(effectiveness={"early": 1.0})]
        return crowded(
            [strategy("relay")], stages=one, sources=[source(per_day=per_day)], market={"fit": fit}, teams=teams
        )

    many, few = world(6.0, 0.4 / 3), world(2.0, 0.4)
    buyers = [play(limitless(one, "sales")).implied[0].buyer_conversion for one in (many, few)]
    assert buyers == pytest.approx([0.75, 0.75])
    assert_gain(play(many), play(few), revenue)
    assert_no_gain(play(limitless(many, "sales")), play(limitless(few, "sales")), revenue)


def test_r51_hot_leads_first_wait_less_and_win_more() -> None:
    """The fast track takes hot leads to Sales at once: they are called sooner and win more; if nobody is hot, nothing
    happens."""
    names = [source(name="plain"), source(name="hot", per_day=0.3, hot=1.0)]
    heat = {"temperature": {"cold": 0.6, "hot": 1.7, "half_life_days": 10}, "neglect": {"rise_per_week": 0.6}}
    same = {"impact_zone": "early", "qualification": {"rule": "qsl", "level": 3}, "priority": {"sales": "temperature"}}
    arms = [strategy("queue", **same), strategy("fast", **same, fast_track=True)]
    world = crowded(arms, heat, sources=names)
    queue, fast = play(world, "queue"), play(world, "fast")
    assert fast.outcome["passes"][:, codes.FAST_TRACK].sum() > 0
    assert_gain(queue, fast, booked_by(1))
    delay = share(flow(codes.CALL_DELAY), flow(codes.FIRST_CALLS))
    assert_gain(queue, fast, less(delay))
    nobody = crowded(arms, heat, sources=[one | {"hot": 0.0} for one in names])
    assert_same(play(nobody, "queue"), play(nobody, "fast"))
    free = limitless(without(world, "temperature", "neglect"), "sales", "marketing")
    as_good = free.model_copy(
        update={
            "teams": tuple(
                team.model_copy(update={"effectiveness": {"early": 1.0, "late": 1.0}}) for team in free.teams
            )
        }
    )
    assert_no_gain(play(as_good, "queue"), play(as_good, "fast"), booked_by(1))


def cohort(per_month: float, nurtured: float) -> tuple[Scenario, Plain]:
    """A hundred leads at once: a quarter ready, half of them later, a quarter never; found not ready they rest."""
    forces = {"readiness": {"now": 0.26, "never": 0.25, "per_month": per_month, "nurtured_per_month": nurtured}}
    arms = [strategy("park", nurture={"park": True, "touches_per_month": 8.0})]
    world = limitless(crowded(arms, forces, sources=[], calendar=YEAR, market={"fit": 1.0}), "sales")
    return world, {"opening": accounts(world, [{"stage": "late"}] * 100)}


def test_r52_nurture_goes_on_winning_for_months() -> None:
    """Of leads that came on one day, some are won after half a year while they are nurtured; at pace 0 none is."""
    late: Figure = flow(codes.WINS, 6)
    (world, leads), (null, _) = cohort(0.0, 0.2), cohort(0.0, 0.0)
    on, off = play(world, **leads), play(null, **leads)
    assert_gain(off, on, wins)
    assert_gain(off, on, late)
    for month in range(1, 7):
        assert flow(codes.WINS, month, month + 1)(on).mean() > 0
    assert late(off).mean() < 0.01 * wins(off).mean()


def test_r53_too_little_and_too_much_mail_both_lose() -> None:
    """Between one mailing in two months and thirty a month lies a number that earns more than either; without
    unsubscribing, more is never worse."""
    numbers = (0.5, 4.0, 30.0)
    arms = [strategy(f"mail {n:g}".replace(".", "-"), nurture={"park": True, "touches_per_month": n}) for n in numbers]
    ready = {"now": 0.1, "never": 0.1, "nurtured_per_month": 0.4}
    forces = {"readiness": ready, "mailing": {"unsubscribe": 0.002, "fatigue": 1.0, "half_effect": 2.0}}
    world = limitless(crowded(arms, forces, sources=[], calendar=YEAR, market={"fit": 1.0}), "sales")
    leads = accounts(world, [{"stage": "late"}] * 100)
    little, right, much = (play(world, name, leads) for name in world.strategy_names)
    assert_gain(little, right, revenue)
    assert_gain(much, right, revenue)
    null = without(world, "mailing")
    little, right, much = (play(null, name, leads) for name in null.strategy_names)
    assert_no_gain(much, right, revenue)


def test_r56_hand_raisers_called_first_win_more() -> None:
    """A promise to call hand-raisers first raises their wins, and revenue; at exponent 0 it earns nothing."""
    names = [source(name="plain", per_day=1.0), source(name="raisers", per_day=0.5, hand_raisers=1.0)]
    arms = [strategy("later"), strategy("sla", priority={"response_sla": True})]
    world = crowded(arms, {"response": {"exponent": 0.5}}, sources=names, stages=QUICK)
    later, sla = play(world, "later"), play(world, "sla")
    assert_gain(later, sla, booked_by(1))
    assert_gain(later, sla, revenue)
    null = without(world, "response")
    assert_no_gain(play(null, "later"), play(null, "sla"), revenue)
    free = limitless(world, "sales")
    assert_same(play(free, "later"), play(free, "sla"))


def test_r56_speed_itself_is_worth_nothing_when_nobody_cools() -> None:
    """With hours for everybody, calling on the day or two days later differs only through the response."""
    arms = [
        strategy("at once", hand_off_days=0, impact_zone="early", qualification={"rule": "qsl", "level": 2}),
        strategy("late", hand_off_days=3, impact_zone="early", qualification={"rule": "qsl", "level": 2}),
    ]
    teams = [marketing(hours_per_day=4.0, effectiveness={"early": 1.0}), sales()]
    world = limitless(
        crowded(arms, {"response": {"exponent": 0.5}}, sources=[source(hand_raisers=1.0)], teams=teams, stages=QUICK),
        "sales",
    )
    assert_gain(play(world, "late"), play(world, "at once"), revenue)


def test_r57_calling_a_reader_early_costs_trust_and_a_hand_raiser_late_costs_interest() -> None:
    """Immediate calls lower what downloads bring and raise what requests for a demonstration bring; each only while its
    force is on."""
    names = [source(name="downloads", downloads=1.0), source(name="requests", hand_raisers=1.0)]
    arms = [
        strategy("at once"),
        strategy("when interested", impact_zone="early", qualification={"rule": "qsl", "level": 3}),
    ]
    forces = {
        "premature": {"odds": 0.5},
        "response": {"exponent": 0.5},
        "readiness": {"now": 0.2, "per_month": 0.3, "nurtured_per_month": 0.0},
    }
    teams = [marketing(effectiveness={"early": 1.0}), sales()]
    world = crowded(arms, forces, sources=names, teams=teams, stages=QUICK)
    world = limitless(world, "sales", "marketing")
    at_once, waiting = play(world, "at once"), play(world, "when interested")
    assert_gain(at_once, waiting, booked_by(0))
    assert_gain(waiting, at_once, booked_by(1))
    null = without(world, "premature", "response")
    at_once, waiting = play(null, "at once"), play(null, "when interested")
    assert_no_gain(at_once, waiting, booked_by(0))
    assert_no_gain(waiting, at_once, booked_by(1))


def test_r58_marketing_that_goes_on_educating_keeps_leads() -> None:
    """Parallel nurture lowers no-decision losses, earns, and costs; if it relieves nothing it only costs."""
    mail = {"parallel": True, "touches_per_month": 4.0}
    arms = [
        strategy("alone"),
        strategy("parallel", nurture=mail | {"relief": 0.5, "no_decision_factor": 0.8}),
        strategy("idle words", nurture=mail | {"relief": 0.0, "no_decision_factor": 1.0}),
    ]
    world = crowded(arms, {"neglect": {"rise_per_week": 0.6}}, teams=[marketing(), sales(heads=8)])
    alone, parallel, words = (play(world, name) for name in world.strategy_names)
    assert_gain(alone, parallel, revenue)
    assert_gain(alone, parallel, less(lost(codes.NO_DECISION)))
    assert_no_gain(alone, words, revenue)
    for one in (parallel, words):
        assert one.counts.mailing_cost.mean > 0
        assert one.cost.total.mean > alone.cost.total.mean
    assert alone.counts.mailing_cost.mean == 0


@pytest.mark.parametrize("figure", ["qualification", "conversion"])
def test_r49_r55_rates_are_counted_as_defined(figure: str) -> None:
    """Qualified leads / inquiries, closed leads / qualified leads delivered: counted again by hand from the flows."""
    world = crowded([strategy("gate", **with_marketing_first(qualification={"rule": "qsl", "level": 3}))])
    done = play(world)
    arrived, first, won = (flow(code)(done).sum() for code in (codes.ARRIVED, codes.FIRST_QUALIFIED, codes.WINS))
    by_hand = {"qualification": first / arrived, "conversion": won / first}[figure]
    assert getattr(done.rates, figure).mean == pytest.approx(by_hand)


def test_r54_responses_over_prospects_promoted() -> None:
    """Response rate = responses / prospects promoted, over the sources that say how many they promote."""
    done = play(crowded([strategy("relay")], sources=[source(promoted_per_lead=40.0), source(name="other")]))
    assert done.rates.response is not None
    assert done.rates.response.mean == pytest.approx(1 / 40)


def test_r38_cost_of_a_lead_by_source() -> None:
    """Equal costs make no difference between sources; a dear source costs what its leads cost."""
    names = [source(name="own", cost_per_lead=10.0), source(name="bought", cost_per_lead=200.0)]
    own, bought = play(crowded([strategy("relay")], sources=names)).sources[:2]
    assert own.cost.mean == pytest.approx(1000 * own.leads.mean)
    assert bought.cost.mean == pytest.approx(20_000 * bought.leads.mean)
    assert cost(play(crowded([strategy("relay")], sources=names))).mean() > 0
    assert np.isfinite(own.booked.mean)
    assert MARKETING == 0
    assert win_rate is not None
