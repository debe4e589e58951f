"""The funnel kernel against its slow twin: every array to the last bit and every event, rule by rule and together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnelsim.kernels import funnel_walk as module
from funnelsim.kernels.funnel_arrays import (
    ADAPTIVE,
    ALL_LEADS,
    BREACHES,
    BY_THRESHOLD,
    FIFO,
    NEWEST,
    ONE_LEAD,
    QSL,
    TEMPERATURE,
    TOO_MANY_LEADS,
    TWO_TIER,
    Out,
)
from kernels.small_funnels import (
    MARKETING,
    SALES,
    Funnel,
    altered,
    assert_equal_to_twin,
    common_workload,
    luck_of,
    new_log,
    new_out,
    state_of,
    tables_of,
    twin_walked,
    walked,
)

PLAIN = Funnel()
NEGLECT = altered(PLAIN, heads=(1, 1), idle=0.6, cold=0.5, half_life=10.0, loss=((0.01, 0.01, 0.0),) * 3)
COMPLETE = altered(
    NEGLECT,
    rates=(0.4, 0.2),
    heads=(2, 2),
    hot=0.2,
    raiser=0.2,
    download=0.3,
    gated_from=2,
    loss=((0.01, 0.005, 0.0), (0.01, 0.01, 0.01), (0.01, 0.02, 0.01)),
    noise=0.7,
    facts_matter=True,
    kept=0.6,
    late_answer=0.9,
    premature=0.8,
    ready_now=0.4,
    ready_never=0.1,
    ready_rate=0.02,
    nurtured_rate=0.05,
    hand_off_days=2,
    hand_off_hours=0.25,
    hand_off_lost=0.05,
    regenerate_rate=0.05,
    unsubscribe_rate=0.005,
    resurrect_share=0.5,
    resell_rate=0.03,
    latent=1,
    purchase_days=150.0,
    rule=TWO_TIER,
    score=-0.5,
    bands=1,
    veto=1,
    idle_days=6,
    meeting_idle=4,
    unreached=1,
    max_load=25,
    rest=4,
    triage_stage=2,
    sla=1,
    parallel=1,
    park=1,
    requalify=9,
    regenerate=1,
    resurrect=1,
    resell=1,
    fast_track=1,
)

ALONE = {
    "relay": {},
    "no_leads": {"rates": (0.0, 0.0), "opening": 0},
    "no_sources": {"rates": ()},
    "no_workdays": {"week": (0,)},
    "one_day": {"days": 1},
    "unlimited": {"unlimited": True},
    "effort_0": {"effect": ((0.0,) * 3, (0.0,) * 3), "charge": (0.0, 0.0)},
    "marketing_ineffective": {"effect": ((0.0,) * 3, (0.5,) * 3), "idle": 0.5, "idle_days": 3, "rest": 2},
    "pace_below_touch": {"pace": (0.2, 0.2, 0.3)},
    "gamma": {"gamma": 3.0},
    "by_work": {"by_work": True, "loss": ((0.1, 0.05, 0.0), (0.1, 0.0, 0.05), (0.2, 0.1, 0.1))},
    "regress": {"loss": ((0.01, 0.0, 0.0), (0.01, 0.0, 0.05), (0.01, 0.0, 0.05))},
    "regress_to_another": {"loss": ((0.0, 0.0, 0.0), (0.0, 0.0, 0.1), (0.0,) * 3), "can": ((1, 1, 1), (0, 1, 1))},
    "regress_on_the_way": {"loss": ((0.0,) * 3, (0.0, 0.0, 0.3), (0.0, 0.0, 0.3)), "hand_off_days": 6},
    "cannot": {"can": ((1, 0, 0), (0, 1, 1)), "sales_stage": 1},
    "idle_losses": {"idle": 1.0, "heads": (1, 1)},
    "cold_losses": {"cold": 1.0, "half_life": 7.0, "heads": (1, 1)},
    "warmth": {"half_life": 7.0, "lift": 2},
    "hot": {"hot": 0.5, "half_life": 7.0, "fast_track": 1},
    "hand_raisers": {"raiser": 0.5, "late_answer": 0.8, "sla": 1},
    "downloads": {"download": 0.7, "premature": 0.5, "ready_now": 0.1, "ready_rate": 0.02},
    "gated": {"gated_from": 1, "ready_now": 0.3, "ready_never": 0.2, "ready_rate": 0.03},
    "hand_off": {"hand_off_days": 3, "hand_off_hours": 0.5, "hand_off_lost": 0.1, "kept": 0.5},
    "nothing_kept": {"kept": 0.0, "hand_off_lost": 0.2},
    "threshold": {"rule": BY_THRESHOLD, "noise": 1.0, "facts_matter": True},
    "bands_on_the_way": {"rule": BY_THRESHOLD, "noise": 1.0, "bands": 1, "hand_off_days": 8, "kept": 0.5, "period": 4},
    "two_tier": {"rule": TWO_TIER, "noise": 1.0, "veto": 1, "bands": 1, "regenerate_rate": 0.1},
    "refused_lost": {"rule": TWO_TIER, "noise": 1.0, "veto": 1, "refused_lost": 1, "score": 0.4},
    "qsl": {"rule": QSL, "noise": 0.5, "pc": 0.25, "ev": 1e5, "facts_matter": True},
    "adaptive": {"rule": ADAPTIVE, "noise": 1.0, "bands": 1, "heads": (2, 1)},
    "adaptive_and_full": {"rule": ADAPTIVE, "noise": 1.0, "max_open": (0, 4), "loosen": 0.95, "tighten": 0.99},
    "idle_return": {"idle_days": 4, "heads": (1, 1), "rest": 3, "idle": 0.2},
    "meeting": {"meeting_idle": 3, "heads": (1, 1), "rest": 0},
    "triage": {"triage_stage": 2, "heads": (2, 1)},
    "unreached": {"triage_stage": 2, "unreached": 1, "heads": (2, 1), "rest": 5, "half_life": 9.0},
    "balance": {"max_load": 6, "heads": (3, 1), "rest": 2},
    "most_passes_1": {"most_passes": 1, "idle_days": 2, "heads": (2, 1)},
    "requalify": {"rule": BY_THRESHOLD, "noise": 1.0, "bands": 1, "requalify": 5},
    "requalify_daily": {"rule": BY_THRESHOLD, "noise": 2.0, "requalify": 0, "most_passes": 3},
    "parallel": {"parallel": 1, "idle": 0.5, "idle_days": 9, "heads": (1, 1)},
    "park": {"park": 1, "ready_now": 0.3, "ready_never": 0.2, "ready_rate": 0.02, "nurtured_rate": 0.02},
    "park_and_leave": {"park": 1, "ready_now": 0.1, "ready_rate": 0.01, "unsubscribe_rate": 0.05},
    "regenerate": {"regenerate": 1, "regenerate_rate": 0.08, "loss": ((0.0, 0.05, 0.0),) * 3},
    "resurrect": {"resurrect": 1, "resurrect_share": 0.7, "resurrect_days": 15.0, "loss": ((0.05, 0.0, 0.0),) * 3},
    "resell": {"resell": 1, "resell_rate": 0.08, "opening": 30, "days": 110},
    "resell_same_stage": {"resell": 1, "resell_rate": 0.1, "resell_stage": 2},
    "latent": {"latent": 1, "purchase_days": 60.0, "inactive": 4, "heads": (1, 1), "idle_days": 5},
    "latent_and_parked": {"latent": 1, "purchase_days": 60.0, "park": 1, "ready_now": 0.2, "ready_rate": 0.01},
    "staff": {"leave": 0.03, "days": 100},
    "pool": {"pool": 25, "rates": (1.0, 1.0)},
    "max_open": {"max_open": (0, 5)},
    "born_at_sales": {"source_team": (SALES, MARKETING), "source_stage": (1, 0)},
    **{
        f"order_{order}": {"order": (order, order), "heads": (1, 1), "noise": 0.8}
        for order in range(1, TEMPERATURE + 1)
    },
}


@pytest.mark.parametrize("name", ALONE)
def test_each_rule_alone_equals_the_twin(name):
    funnel = altered(PLAIN, **ALONE[name])
    assert_equal_to_twin(tables_of(funnel), luck_of(11, 5, 2))


@pytest.mark.slow
@pytest.mark.parametrize("name", ALONE)
def test_each_rule_equals_the_twin_where_leads_are_neglected(name):
    funnel = altered(NEGLECT, **ALONE[name])
    assert_equal_to_twin(tables_of(funnel), luck_of(12, 0, 2, shock=0.3))


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
@pytest.mark.parametrize("rule", [TWO_TIER, QSL, ADAPTIVE])
def test_all_rules_together_equal_the_twin(seed, rule):
    funnel = altered(COMPLETE, rule=rule, days=100, opening=15 + seed)
    assert_equal_to_twin(tables_of(funnel), luck_of(2**64 - 1 - seed, 2**31, 2, shock=0.2))


def chance(most=1.0):
    return st.sampled_from([0.0, 0.3 * most, most])


@st.composite
def funnels(draw):
    """The complete funnel with any of its switches turned off or up."""
    changes = {
        "days": draw(st.sampled_from([1, 2, 60, 75])),
        "week": draw(st.sampled_from([(1,), (1, 1, 1, 1, 1, 0, 0), (0, 1, 0)])),
        "period": draw(st.sampled_from([7, 30])),
        "late_days": draw(st.sampled_from([0, 5, 21])),
        "heads": draw(st.sampled_from([(0, 0), (1, 1), (2, 1), (9, 9)])),
        "unlimited": draw(st.booleans()),
        "opening": draw(st.sampled_from([0, 12])),
        "leave": draw(chance(0.05)),
        "pool": draw(st.sampled_from([0, 20])),
        "order": (draw(st.integers(0, TEMPERATURE)), draw(st.integers(0, TEMPERATURE))),
        "max_open": (0, draw(st.sampled_from([0, 3, 8]))),
        "pace": draw(st.sampled_from([(2.0, 2.0, 2.0), (0.3, 0.2, 0.7), (0.5, 1.0, 5.0)])),
        "by_work": draw(st.booleans()),
        "gamma": draw(st.sampled_from([0.0, 2.5])),
        "idle": draw(chance()),
        "cold": draw(chance()),
        "grace": draw(st.sampled_from([0, 3])),
        "hot": draw(chance()),
        "raiser": draw(chance(0.5)),
        "noise": draw(chance(1.5)),
        "ready_now": draw(chance()),
        "hand_off_days": draw(st.sampled_from([0, 1, 5])),
        "hand_off_lost": draw(chance(0.5)),
        "kept": draw(chance()),
        "effect": draw(st.sampled_from([COMPLETE.effect, ((0.0,) * 3, (0.5,) * 3)])),
        "can": draw(st.sampled_from([COMPLETE.can, ((1, 1, 0), (0, 1, 1))])),
        "regenerate_rate": draw(chance(0.2)),
        "unsubscribe_rate": draw(chance(0.05)),
        "rule": draw(st.integers(0, 4)),
        "score": draw(st.sampled_from([-1.0, 0.3])),
        "idle_days": draw(st.sampled_from([-1, 0, 3])),
        "meeting_idle": draw(st.sampled_from([-1, 0, 2])),
        "max_load": draw(st.sampled_from([-1, 0, 10])),
        "rest": draw(st.sampled_from([0, 4])),
        "most_passes": draw(st.sampled_from([0, 1, 3, 9])),
        "triage_stage": draw(st.integers(0, 3)),
        "requalify": draw(st.sampled_from([-1, 0, 4])),
    }
    flags = "bands veto refused_lost unreached sla parallel park regenerate resurrect resell fast_track latent"
    changes |= {name: int(draw(st.booleans())) for name in flags.split()}
    return altered(COMPLETE, **changes)


@pytest.mark.parametrize("order", [FIFO, NEWEST])
@pytest.mark.parametrize("heads", [10, 5])
def test_a_busy_line_equals_the_twin(order, heads):
    """Ten people reach everybody now and then; five leave ever more waiting than are told apart by counting."""
    tables = common_workload(days=45 if heads == 10 else 25, touch=0.2)
    teams = tables.teams._replace(order=np.full_like(tables.teams.order, order), heads=np.array([0, heads]))
    assert_equal_to_twin(tables._replace(teams=teams), luck_of(21, 0, 2))


@settings(max_examples=150, deadline=None)
@given(funnels(), st.integers(0, 2**64 - 1), st.sampled_from([0, 7, 2**40]))
def test_any_switches_equal_the_twin(funnel, seed, first):
    assert_equal_to_twin(tables_of(funnel), luck_of(seed, first, 1, shock=0.3))


def test_blocks_do_not_matter():
    tables = tables_of(COMPLETE)
    luck = luck_of(3, 0, 10, shock=0.2)
    whole, state = walked(tables, luck), state_of(tables)
    halves = []
    for first in (0, 4):  # one state serves both blocks, so what it remembers must not matter
        part = slice(first, 4 if first == 0 else 10)
        halves.append(
            walked(tables, luck._replace(first=first, odds=luck.odds[part], arrivals=luck.arrivals[part]), state=state)
        )
    for name, one, first, second in zip(Out._fields, whole, *halves, strict=True):
        assert np.array_equal(one, np.concatenate([first, second])), name


def test_too_many_leads_are_told_and_nothing_is_overwritten():
    tables = tables_of(COMPLETE)
    luck = luck_of(3, 0, 3)
    whole = walked(tables, luck)
    told = 0
    for room in (1, 5, 14, 15, 16, 20, 25, 30, 35, 40, 60):
        found = walked(tables, luck, state=state_of(tables, room))
        told += int((found.breach == TOO_MANY_LEADS).sum())
        for row in np.flatnonzero(found.breach == 0):
            assert all(np.array_equal(one[row], other[row]) for one, other in zip(found, whole, strict=True)), room
        assert set(found.breach.tolist()) <= {0, TOO_MANY_LEADS}
    assert told >= 5 * len(luck.odds)
    assert not found.breach.any()
    assert TOO_MANY_LEADS in BREACHES


def test_the_log_can_follow_one_lead():
    tables, luck = tables_of(COMPLETE), luck_of(3, 0, 1)
    _, events = twin_walked(tables, luck)
    key = int(tables.opening.key[4])
    log = new_log(ONE_LEAD, 500, key)
    walked(tables, luck, log)
    expected = [event for event in events if event[1] == 4]
    assert [tuple(row) for row in log.rows[: log.count[0]].tolist()] == expected
    assert expected


def test_a_log_without_room_counts_on():
    tables, luck = tables_of(COMPLETE), luck_of(3, 0, 1)
    whole, short = new_log(ALL_LEADS, 5000), new_log(ALL_LEADS, 7)
    walked(tables, luck, whole)
    walked(tables, luck, short)
    assert whole.count[0] == short.count[0] > 7
    assert np.array_equal(short.rows, whole.rows[:7])


def test_one_signature_and_the_compiled_path():
    import numba

    for funnel in (PLAIN, COMPLETE, altered(PLAIN, rates=(), opening=0)):
        walked(tables_of(funnel), luck_of(1, 0, 1))
    if not numba.config.DISABLE_JIT:
        assert len(module.funnel_walk.signatures) == 1


def test_a_leak_is_told():
    """Books that somebody has written in before do not balance."""
    tables, luck = tables_of(PLAIN), luck_of(1, 0, 1)
    for name, code in (("ticks", 2), ("booked", 3), ("entered", 4), ("passes", 5), ("ends", 1)):
        out = new_out(tables, 1)
        getattr(out, name)[0].flat[0] += 10**12
        module.funnel_walk(tables, luck, out, state_of(tables), new_log())
        assert out.breach[0] == code, name
        assert code in BREACHES
