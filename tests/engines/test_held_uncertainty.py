"""Sources of uncertainty held still: the rest is drawn as ever, and with all of them held every set is the calm one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pytest

from engines.dated_histories import clustered, firm, vague
from engines.small_histories import lived
from funnelsim.engines.learning import pool_chances as pool_module
from funnelsim.engines.learning.exposure import open_stays
from funnelsim.engines.learning.held import ALL, MEANS, NOTHING, Held
from funnelsim.engines.learning.lead_laws import OpenLeads, open_leads
from funnelsim.engines.learning.learn import learn
from funnelsim.engines.learning.new_business import new_business
from funnelsim.engines.learning.pool_chances import coming_factors, pool_chances
from funnelsim.engines.learning.segments import in_segments
from funnelsim.model.calendar import Calendar
from funnelsim.model.history import NO_MOMENT, SECONDS_A_DAY, History
from funnelsim.model.learned import Learned

SEED, SETS, PINNED = 1, 6, 4
CHANCES, BUSINESS = ("ever", "reached", "factor"), ("arrivals", "wins", "scale")


class Case(NamedTuple):
    learned: Learned
    leads: OpenLeads
    calendar: Calendar


def _rng(seed):
    return np.random.Generator(np.random.Philox(seed))


def _half_dated(history: History) -> History:
    every_other = np.arange(len(history)) % 2 == 0
    return replace(history, stated_close=np.where(every_other, history.stated_close, NO_MOMENT))


HISTORIES = {
    "undated": lambda: firm(_rng(6), 600, False),
    "staged": lambda: lived(_rng(2), 800),
    "dated": lambda: clustered(_rng(11), 1_500, 0.8, 300.0),
    "half dated": lambda: _half_dated(firm(_rng(6), 900, True)),
    "dates say nothing": lambda: _half_dated(vague(_rng(3), 900, True)),
}


@pytest.fixture(
    scope="module", params=[(name, segment) for name in HISTORIES for segment in (None, "product")], ids=str
)
def case(request) -> Case:
    kind, segment = request.param
    history = HISTORIES[kind]()
    names = tuple("abc"[one] for one in _rng(7).integers(0, 3, len(history)))
    learned = learn(replace(history, attributes={"product": names}), "month", segment=segment)
    assert (learned.segments is not None) == (segment is not None)
    assert (learned.dated is not None) == ("date" in kind and kind != "undated")
    if learned.dated is not None:
        assert learned.dated.flat == (kind == "dates say nothing")
        assert learned.dated.lost_shocks is not None
    stays = open_stays(history)
    leads = open_leads(learned.hazards, in_segments(stays, learned, [names[row] for row in stays.row.tolist()]))
    as_of = date(1970, 1, 1) + timedelta(days=history.extract // SECONDS_A_DAY - 1)
    return Case(learned, leads, Calendar(as_of, "month", 2))


def chances_of(case, **how):
    return pool_chances(case.learned, case.leads, case.calendar, SEED, SETS, **how)


def business_of(case, factor, **how):
    return new_business(case.learned, case.calendar, factor, SEED, SETS, **how)


def same(found, expected, names) -> bool:
    return all(getattr(found, name).tobytes() == getattr(expected, name).tobytes() for name in names)


def every_set(found, single, names) -> bool:
    """Whether all sets are there, and each of them is the only one of another answer."""
    for name in names:
        many, one = getattr(found, name), getattr(single, name)
        assert len(one) == 1
        if len(many) != SETS or any(row.tobytes() != one[0].tobytes() for row in many):
            return False
    return True


def apart(rows) -> bool:
    return all(not np.array_equal(rows[0], row) for row in rows[1:])


def test_nothing_held_is_what_it_was(case):
    plain = chances_of(case)
    assert same(chances_of(case, held=NOTHING), plain, ("law", *CHANCES))
    assert same(business_of(case, plain.factor, held=Held()), business_of(case, plain.factor), BUSINESS)
    assert apart(plain.reached)
    assert np.array_equal(plain.factor, coming_factors(case.learned, case.calendar, SEED, SETS))


def calm_periods(shocks, luck, sets, periods, phases):
    return np.ones((sets, periods))


def test_all_held_is_the_forecast_of_independent_leads_in_every_set(case, monkeypatch):
    monkeypatch.setattr(pool_module, "draw_factors", calm_periods)  # else the season is all that differs
    calm, found = chances_of(case, independent=True), chances_of(case, held=ALL)
    assert found.sets == SETS
    assert np.array_equal(found.law, calm.law)
    assert every_set(found, calm, CHANCES)
    calm_new = business_of(case, calm.factor, independent=True)
    assert every_set(business_of(case, found.factor, held=ALL), calm_new, BUSINESS)
    # independence is all that there is to hold
    assert same(chances_of(case, independent=True, held=Held(rates=2)), calm, CHANCES)


def test_a_market_held_at_one_leaves_the_draws_of_rates(case, monkeypatch):
    held = chances_of(case, held=Held(market=1.0))
    new = business_of(case, held.factor, held=Held(market=1.0))
    drawn = coming_factors(case.learned, case.calendar, SEED, SETS)
    assert np.array_equal(held.factor, np.tile(drawn.mean(axis=0), (SETS, 1)))
    assert apart(held.reached)
    draw = pool_module.draw_factors

    def usual(*given):
        factor = draw(*given)
        return np.tile(factor.mean(axis=0), (len(factor), 1))

    with monkeypatch.context() as patch:
        patch.setattr(pool_module, "draw_factors", usual)
        by_hand = chances_of(case)
    assert same(held, by_hand, CHANCES)
    assert same(new, business_of(case, by_hand.factor), BUSINESS)


def test_a_good_market_wins_more_in_every_set(case):
    calm, good = (chances_of(case, held=Held(market=factor)) for factor in (1.0, 1.3))
    assert good.factor == pytest.approx(1.3 * calm.factor, rel=1e-12)
    assert np.all(good.reached.sum(axis=1) > calm.reached.sum(axis=1))
    fixed = chances_of(case, held=Held(rates=MEANS, market=1.3))
    assert fixed.sets == SETS
    assert all(np.array_equal(fixed.reached[0], row) for row in fixed.reached)
    usual = chances_of(case, held=ALL)
    assert np.all(fixed.reached[0].sum(axis=0) > usual.reached[0].sum(axis=0))


def test_rates_held_at_a_set_are_those_of_the_set(case):
    plain, found = chances_of(case), chances_of(case, held=Held(rates=PINNED))
    assert np.array_equal(found.factor, plain.factor)
    assert all(np.array_equal(getattr(found, name)[PINNED], getattr(plain, name)[PINNED]) for name in CHANCES)
    assert not any(np.array_equal(found.reached[one], plain.reached[one]) for one in range(SETS) if one != PINNED)
    new, free = business_of(case, plain.factor, held=Held(rates=PINNED)), business_of(case, plain.factor)
    assert np.array_equal(new.wins[PINNED], free.wins[PINNED])
    assert not any(np.array_equal(new.wins[one], free.wins[one]) for one in range(SETS) if one != PINNED)
    assert same(new, free, ("arrivals", "scale"))


def test_rates_and_market_held_make_all_sets_alike(case):
    both = Held(rates=PINNED, market=1.0)
    found, free = chances_of(case, held=both), chances_of(case, held=Held(market=1.0))
    assert found.factor.shape == free.factor.shape
    for name in CHANCES:
        rows = getattr(found, name)
        assert len(rows) == SETS
        assert all(np.array_equal(row, getattr(free, name)[PINNED]) for row in rows)
    new = business_of(case, found.factor, held=replace(both, births=True))
    assert all(np.array_equal(row, new.wins[0]) for row in new.wins)
    # births that are drawn tell sets apart again
    assert apart(business_of(case, found.factor, held=both).wins)


def test_rates_at_their_means_leave_the_market_as_drawn(case, monkeypatch):
    plain, found = chances_of(case), chances_of(case, held=Held(rates=MEANS))
    assert np.array_equal(found.factor, plain.factor)
    assert apart(found.reached)
    with monkeypatch.context() as patch:
        patch.setattr(pool_module, "draw_factors", calm_periods)
        assert every_set(chances_of(case, held=Held(rates=MEANS)), chances_of(case, independent=True), CHANCES)


def test_births_are_held_alone(case):
    factor = coming_factors(case.learned, case.calendar, SEED, SETS)
    free, held = business_of(case, factor), business_of(case, factor, held=Held(births=True))
    calm = business_of(case, np.ones((1, factor.shape[1])), independent=True)
    assert every_set(held, calm, ("arrivals", "scale"))
    assert np.all(held.scale == 1.0)
    assert apart(free.arrivals)
    assert apart(free.scale)
    # wins are in proportion to births where a bin is fed by itself alone: the first one
    ratio = held.arrivals[:, 0] / free.arrivals[:, 0]
    assert held.wins[:, 0] == pytest.approx(free.wins[:, 0] * ratio, rel=1e-12)
    assert same(chances_of(case, held=Held(births=True)), chances_of(case), CHANCES)


def test_with_something_held_the_chances_stray_less():
    """Expected wins of a pool over 300 sets: rates and market each account for some of the variance, both for all."""
    history = lived(_rng(2), 800)
    learned = learn(history, "month")
    leads = open_leads(learned.hazards, open_stays(history))
    calendar = Calendar(learned.last_day, "month", 2)

    def variance(held):
        found = pool_chances(learned, leads, calendar, 3, 300, held=held)
        return found.reached[:, found.law, -1].sum(axis=1).var()

    free, rates, market = (variance(held) for held in (NOTHING, Held(market=1.0), Held(rates=MEANS)))
    assert min(rates, market) > 0.0
    assert max(rates, market) < free
    # drawn apart, their effects nearly add up: the standard error of a variance of 300 draws is 8 %
    assert rates + market == pytest.approx(free, rel=5.0 * np.sqrt(2.0 / 300))
    assert variance(Held(rates=0, market=0.5)) == pytest.approx(0.0, abs=1e-18)


@pytest.mark.parametrize("wrong", [{"rates": -2}, {"market": 0.0}, {"market": float("nan")}, {"market": float("inf")}])
def test_what_cannot_be_held_is_refused(wrong):
    with pytest.raises(ValueError, match="not"):
        Held(**wrong)


def test_a_set_that_is_not_drawn_is_refused(case):
    with pytest.raises(ValueError, match="not among the 6"):
        chances_of(case, held=Held(rates=SETS))
    with pytest.raises(ValueError, match="not among the 6"):
        business_of(case, np.ones((SETS, 3)), held=Held(rates=SETS))
