"""R01-R19: the funnel conserves leads, its three views agree, and PR, PC and EV are what they are said to be."""

from __future__ import annotations

import numpy as np
import pytest

from funnelsim.engines.funnel import deterministic_ev
from funnelsim.errors import ScenarioError
from funnelsim.inputs.scenario_file import read_scenario_file
from funnelsim.kernels import funnel_arrays as codes
from funnelsim.model.scenario_checks import checked
from requirements.pairs import (
    Simulation,
    assert_gain,
    assert_no_gain,
    assert_same,
    booked_by,
    born,
    flow,
    gain,
    gain_of,
    less,
    play,
    revenue,
    share,
    win_rate,
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


def test_r01_leads_advance_regress_and_close_and_none_is_lost_sight_of() -> None:
    """Every lead ends in exactly one place; entries of a stage are exits plus those in it; stages chain to a PC."""
    falls_back = {"losses": {"competitor": 0.4, "no_decision": 0.4, "regress": 0.2}}
    done = play(
        crowded([strategy("relay")], stages=[stage("early", levels=[2, 3]), stage("late", levels=[4, 5], **falls_back)])
    )
    out = done.outcome
    np.testing.assert_array_equal(born(done), out["ends"].sum(axis=1))
    still = out["open_at"][:, -1]
    np.testing.assert_array_equal(still.sum(axis=1), out["ends"][:, codes.OPEN] + out["ends"][:, codes.TRANSIT])
    np.testing.assert_array_equal(out["entered"][:, :2], out["stayed"][:, :, :2].sum(axis=2) + still)
    assert (out["entered"][:, 0] > born(done)).mean() > 0.5, "some leads enter the early stage twice"
    flagship = read_scenario_file("month_end_crunch")
    chain = play(flagship.document, "P0", flagship.opening, 1).implied
    expected = [0.45 * 0.47 * 0.47, 0.47 * 0.47, 0.47]
    assert [one.true_pc for one in chain] == pytest.approx(expected)


def test_r02_suspects_run_out() -> None:
    """Twice the promotion brings no more first inquiries than there are suspects, and arrivals fall as they run out."""

    def brought(per_day: float, suspects: int) -> Simulation:
        world = crowded(
            [strategy("relay")], sources=[source(per_day=per_day)], market={"suspects": suspects, "fit": 0.5}
        )
        return play(world)

    once, twice = brought(3.0, 300), brought(6.0, 300)
    arrived = flow(codes.ARRIVED)
    assert arrived(twice).max() <= 300
    assert_gain(once, twice, arrived)
    assert_gain(twice, once, share(flow(codes.ARRIVED, 5), arrived))
    assert gain_of(1.9 * arrived(once) - arrived(twice)).positive, "far from twice as many"
    plenty = brought(3.0, 0), brought(6.0, 0)
    assert not gain_of(1.9 * arrived(plenty[0]) - arrived(plenty[1])).positive, "without a limit, twice as many"


def test_r03_three_views_of_one_funnel_add_up_to_one_value() -> None:
    """A scenario with an unmapped level is refused; EV by stage, by step and by journey is one total."""
    world = crowded([strategy("relay")])
    plain = world.model_dump(mode="json", by_alias=True, exclude_unset=True)
    for key in ("steps", "journey"):
        plain["stages"][0][key] = ["one only"]
        with pytest.raises(ScenarioError, match=rf"stages\[0\]\.{key}"):
            checked(plain)
        plain["stages"][0][key] = ["one", "two"]
    value = play(world).value
    totals = [np.sum(list(view.values()), axis=0) for view in (value.by_stage, value.by_step, value.by_journey)]
    assert totals[0].min() > 0
    np.testing.assert_allclose(totals[1], totals[0])
    np.testing.assert_allclose(totals[2], totals[0])


def test_r04_optimism_parts_what_is_recorded_from_what_is() -> None:
    """With optimism leads in the last stage are won less often than their stated PC says; without, they agree."""

    def simulated(optimism: float) -> Simulation:
        world = crowded([strategy("relay")], {"reading": {"optimism": optimism}}, sources=[], market={"fit": 1.0})
        world = limitless(world, "sales")
        return play(world, opening=accounts(world, [{"stage": "early"}] * 60))

    honest, bold = simulated(0.0), simulated(1.0)
    assert gain(honest, bold, wins).mean == 0, "optimism changes what is written down, not what happens"
    stated = share(lambda one: one.outcome["ev_at"][:, 0, 1].sum(axis=1), lambda one: one.outcome["open_at"][:, 0, 1])
    won = honest.stages[1].stated_conversion * 100_000
    assert_mean(stated(honest), won)
    assert gain_of(stated(bold) - won).positive


@pytest.mark.parametrize("name", ["revenue_cycle"])
def test_r05_every_transition_has_its_own_rate_and_time(name: str) -> None:
    """The revenue cycle loads; each stage has its own conversion and stay; drop-outs leave early."""
    read = read_scenario_file(name)
    done = play(read.document, opening=read.opening, replications=200)
    names = [one.name for one in done.stages]
    assert len(names) >= 5
    reached = [one for one in done.stages if one.entered.mean > 1]
    assert len({(one.stated_conversion, one.days) for one in reached}) == len(reached)
    lost_at = {one.name: 0.0 for one in done.stages}
    for loss in done.losses:
        lost_at[loss.stage] += loss.leads.mean
    assert max(lost_at, key=lost_at.__getitem__) in names[:3], "most drop out near the top"


def test_r08_two_tiers_and_one_definition_with_equal_thresholds_are_equal() -> None:
    """Null twin: the same threshold, no veto, nothing refused: one definition or two make no difference at all."""
    score = {"score": 0.3}
    world = crowded([
        strategy("two", qualification={"rule": "two_tier"} | score),
        strategy("one", qualification={"rule": "threshold"} | score),
    ])
    assert_same(play(world, "two"), play(world, "one"))


def test_r11_a_sale_is_an_appointment_and_a_sale() -> None:
    """Half the appointments held means half the revenue, when there is time for all of them."""
    done = [
        play(
            limitless(
                crowded(
                    [strategy("relay")],
                    stages=[stage("early", conversion=held), stage("late")],
                    market={"fit": 1.0},
                    calendar={"as_of": "2025-12-31", "horizon": 12},
                ),
                "sales",
            )
        )
        for held in (0.4, 0.8)
    ]
    held = share(wins, born)
    assert_gain(done[0], done[1], revenue)
    assert_mean(2 * held(done[0]) - held(done[1]), 0.0)


def test_r12_a_lead_without_pr_or_pc_is_no_qsl() -> None:
    """A lead without PC is left out and counted; the QSL rule asks for level, stated PC and EV, all three."""
    world = crowded([strategy("relay")])
    rows = [{"stage": "early"}, {"stage": "early", "pc": ""}, {"stage": "late"}]
    leads = accounts(world, rows)
    assert len(leads) == 2
    assert any("1" in note and "PC" in note for note in leads.notes), leads.notes

    def delivered(**least: float) -> Simulation:
        qsl = {"rule": "qsl"} | least
        return play(crowded([strategy("qsl", qualification=qsl, impact_zone="early")]))

    everything, dear = delivered(), delivered(ev=1_000_000.0)
    assert flow(codes.FIRST_QUALIFIED)(everything).min() > 0
    late_only = flow(codes.FIRST_QUALIFIED)
    for least in ({"level": 3}, {"pc": 0.3}, {"ev": 300.0}):
        assert_gain(delivered(**least), everything, late_only)
    assert_gain(dear, everything, late_only)


def test_r13_ev_is_pr_times_pc_to_the_cent() -> None:
    """While nothing happens, the EV of the funnel is the sum of PR times PC, each rounded once."""
    world = crowded(
        [strategy("nobody works")],
        sources=[],
        stages=[stage("early", conversion=1.0, levels=[2, 3]), stage("late", conversion=1.0, levels=[4, 5])],
        teams=[marketing(hours_per_day=0.0), sales(hours_per_day=0.0)],
        market={"fit": 1.0},
    )
    rows = [{"stage": "early", "pr": f"{1000.01 + 7 * i:.2f}", "pc": f"{0.013 * (i + 1):.3f}"} for i in range(30)]
    leads = accounts(world, rows)
    done = play(world, opening=leads, replications=3)
    by_hand = [int(pr) * pc for pr, pc in zip(leads.leads.pr, leads.leads.pc, strict=True)]
    cents = sum(int(one.quantize(one.__class__(1))) for one in by_hand)
    assert set(done.outcome["ev_at"].sum(axis=(2, 3)).ravel().tolist()) == {cents}
    assert deterministic_ev(world, leads).total == int(sum(by_hand).quantize(by_hand[0].__class__(1)))


def test_r14_the_ev_table_is_the_mean_when_nothing_else_happens() -> None:
    """No new leads, true PCs, hours for everybody, time enough: the mean of what is won is the table's total."""
    world = limitless(
        crowded([strategy("relay")], sources=[], calendar={"as_of": "2025-12-31", "horizon": 24}), "sales"
    )
    implied = {one.name: one.true_pc for one in play(world, replications=1).implied}
    rows = [
        {"stage": name, "pr": f"{500 + 100 * i}", "pc": f"{implied[name]:.12f}"}
        for i, name in enumerate(["early", "late"] * 15)
    ]
    leads = accounts(world, rows)
    table = deterministic_ev(world, leads)
    assert table.total == pytest.approx(sum(table.expected_value) + table.overdue + table.beyond, abs=len(rows))
    assert_mean(revenue(play(world, opening=leads, replications=2000)), table.total)


DRIVERS = {
    "effectiveness of Sales": (
        {"teams": [marketing(), sales(heads=5, effectiveness={"early": 0.6, "late": 0.6})]},
        {},
        {},
    ),
    "neglect": ({}, {}, {"neglect": {"grace_days": 0, "rise_per_week": 3.0}}),
    "cold": ({}, {"temperature": {"cold": 1.0}}, {"temperature": {"cold": 0.3, "half_life_days": 7}}),
    "cold losses": ({}, {}, {"temperature": {"cold_loss": 2.0, "half_life_days": 7}}),
    "information": ({}, {}, {"information": {"needed": 1.0, "per_touch": 0.02}, "hand_off": {"kept": 0.2}}),
    "response delay": ({"sources": [source(hand_raisers=1.0)]}, {}, {"response": {"exponent": 1.0}}),
    "early calls": (
        {"sources": [source(downloads=1.0)]},
        {"readiness": {"now": 0.2, "per_month": 0.7}},
        {"readiness": {"now": 0.2, "per_month": 0.7}, "premature": {"odds": 0.5}},
    ),
}


@pytest.mark.parametrize("driver", DRIVERS, ids=str)
def test_r17_every_driver_of_the_true_pc_has_its_sign(driver: str) -> None:
    """Worse process, neglect, cold, ignorance, slow first calls and early calls: each alone lowers the win rate."""
    changes, without_it, with_it = DRIVERS[driver]
    enough = {
        "teams": [marketing(), sales(heads=5)],
        "stages": [stage("early", levels=[2, 3], touch_hours=0.1), two_stages()[1]],
    }
    plain = {key: value for key, value in changes.items() if key != "teams"}
    good = crowded([strategy("relay")], without_it, **(enough | plain))
    bad = crowded([strategy("relay")], with_it, **(enough | changes))
    if driver in {"neglect", "early calls"}:  # where hours are short they also free them for others
        good, bad = limitless(good, "sales"), limitless(bad, "sales")
    assert_gain(play(bad), play(good), win_rate)


def test_r19_hot_leads_win_more_and_a_policy_may_know() -> None:
    """Hot wins more often than warm, warm more often than cold; without the force all win alike."""
    heat = {"temperature": {"cold": 0.6, "hot": 1.7, "half_life_days": 15, "lift_days": 5}}
    few = [marketing(), sales(heads=1, hours_per_day=3.0)]
    world = crowded([strategy("fifo")], heat, sources=[], teams=few)
    arms = [play(world, opening=accounts(world, _accounts_at(heat_of))) for heat_of in ("0", "0.5", "1")]
    assert_gain(arms[0], arms[1], wins)
    assert_gain(arms[1], arms[2], wins)
    cold = without(world, "temperature")
    null = [play(cold, opening=accounts(cold, _accounts_at(heat_of))) for heat_of in ("0", "1")]
    assert_no_gain(null[0], null[1], wins)


def _accounts_at(temperature: str) -> list[dict[str, str]]:
    return [{"stage": "early", "temperature": temperature, "lead_id": f"L{number}"} for number in range(60)]


def test_r19_warm_leads_first_pays_only_where_warmth_matters() -> None:
    """An order by temperature beats one that ignores it while warm leads win more, and gains nothing otherwise."""
    heat = {"temperature": {"cold": 0.3, "hot": 2.5, "half_life_days": 30}}
    arms = [strategy(order, priority={"sales": order}) for order in ("fifo", "temperature")]
    world = crowded(arms, heat, sources=[], teams=[marketing(), sales(heads=1)])
    mixed = [row | {"stage": "late", "temperature": str(number % 2)} for number, row in enumerate(_accounts_at("0"))]
    leads = accounts(world, mixed)
    assert_gain(play(world, "fifo", leads), play(world, "temperature", leads), revenue)
    null = without(world, "temperature")
    assert_no_gain(play(null, "fifo", leads), play(null, "temperature", leads), revenue)


def test_r09_names_are_not_leads() -> None:
    """Buying more names raises the lowest level only: no lead qualifies on that day, and what a lead is worth stays."""
    names = source(name="names", per_day=0.0, stage="early", level=0)
    qsl = {"rule": "qsl", "level": 3}
    arms = [strategy("qsl", qualification=qsl, impact_zone="early")]
    few = crowded(arms, sources=[source(), names], teams=[marketing(hours_per_day=0.0), sales()])
    many = crowded(arms, sources=[source(), names | {"per_day": 10.0}], teams=[marketing(hours_per_day=0.0), sales()])
    one, other = play(few), play(many)
    assert_gain(one, other, flow(codes.ARRIVED))
    assert gain(one, other, flow(codes.FIRST_QUALIFIED)).mean == 0
    assert gain(one, other, booked_by(0)).mean == 0
    assert_no_gain(other, one, less(revenue))
