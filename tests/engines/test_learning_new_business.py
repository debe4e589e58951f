"""New business: expected wins against closed forms, counts that are Poisson, money bit for bit the slow twin's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from engines.small_histories import history_of, lived
from funnelsim.engines.execution import Execution
from funnelsim.engines.learning.amount_tables import amount_table, empirical_table
from funnelsim.engines.learning.learn import learn
from funnelsim.engines.learning.new_business import (
    NewBusiness,
    new_business,
    new_business_moments,
    simulate_new_business,
    win_tables,
)
from funnelsim.engines.learning.past_periods import periods_ahead
from funnelsim.engines.learning.pool_chances import coming_factors
from funnelsim.engines.quantile_tables import CELL_WEIGHTS
from funnelsim.errors import DataError
from funnelsim.kernels.cell_layout import CELLS
from funnelsim.model.calendar import Calendar
from funnelsim.model.calibration import AmountLaw, HazardCurve, StageHazards
from funnelsim.model.history import NO_MONEY
from reference import new_wins as twin

NAN = float("nan")
ONE = Execution(threads=1)


def _rng(seed):
    return np.random.Generator(np.random.Philox(seed))


def business(wins, worth=(1.0,), ratio=(1.0,), scale=None) -> NewBusiness:
    wins = np.atleast_2d(np.asarray(wins, dtype=np.float64))
    keys = np.arange(1, wins.shape[1] + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    scale = np.ones(len(wins)) if scale is None else np.asarray(scale, dtype=np.float64)
    return NewBusiness(wins[:, :-1], wins, np.asarray(worth, float), np.asarray(ratio, float), scale, keys)


def _curve(target, rate) -> HazardCurve:
    events, one, none = np.array([1e12]), np.ones(1), np.zeros(1)
    exposure = events / rate
    return HazardCurve(0, target, none, events, exposure, np.ones(7), none, none, one, none, one, one, none, one)


@pytest.fixture(scope="module")
def learned():
    return learn(lived(_rng(1), 6_000), "week")


@pytest.mark.parametrize(("unit", "horizon"), [("week", 4), ("month", 12)])
def test_expected_wins_are_those_of_constant_rates(learned, unit, horizon):
    """Births at an even rate b, won at rate w and lost at rate l: by day t, b w / s (t - (1 - exp(-s t)) / s)."""
    won, lost, born = 0.03, 0.05, 2.0
    hazards = StageHazards(
        ("no stage yet", "won", "lost"), (_curve(1, won), _curve(2, lost)), (np.zeros(0),), np.zeros(0), 1e6
    )
    calendar = Calendar(date(2026, 1, 31) if unit == "month" else date(2026, 2, 1), unit, horizon)
    days = calendar.bin_ends.astype(float)
    whole = np.array([period.days for period in calendar.periods], dtype=float)
    law = replace(learned.arrivals, coefficients=np.array([np.log(born), 0.0]), phases=np.ones(1))
    known = replace(learned, hazards=hazards, life=None, arrivals=law, unit=unit, last_day=calendar.as_of)
    found = new_business(known, calendar, np.ones((1, len(whole))), 0, 1, independent=True)
    rate = born / whole  # the law counts births a period, whatever its length
    total = won + lost
    reached = np.zeros(len(days))
    for start, end, b in zip(np.append(0.0, days[:-1]), days, rate, strict=True):

        def area(age):
            age = np.maximum(age, 0.0)
            return won / total * (age - (1.0 - np.exp(-total * age)) / total)

        reached += b * (area(days - start) - area(days - end))
    steps = np.diff(np.append(reached, born * len(days) * won / total), prepend=0.0)
    assert found.wins[0] == pytest.approx(steps, rel=2e-3)
    assert found.arrivals[0] == pytest.approx(born)


def test_a_factor_moves_wins_and_shares_the_open_leads_rates(learned):
    calendar = Calendar(learned.last_day, "week", 4)
    calm = new_business(learned, calendar, np.ones((8, 5)), 3, 8)
    good = new_business(learned, calendar, np.full((8, 5), 1.2), 3, 8)
    assert np.array_equal(calm.arrivals, good.arrivals)
    assert np.all(good.wins[:, 0] > 1.15 * calm.wins[:, 0])
    assert np.all(good.wins[:, 0] < 1.2 * calm.wins[:, 0])
    again = new_business(learned, calendar, np.ones((8, 5)), 3, 8)
    assert np.array_equal(again.wins, calm.wins)


def test_the_rates_of_history_are_met(learned):
    """Wins a week of a steady funnel: 33.3 births a day, .727 x .556 of them won; what 4,000 births tell."""
    calendar = Calendar(learned.last_day, "week", 26)
    found = new_business(learned, calendar, np.ones((1, 27)), 0, 1, independent=True)
    steady = 6_000 / 180 * 7 * (0.08 / 0.11) * (0.05 / 0.09)
    sampling = 5.0 * np.sqrt(2.0 / learned.won) + 5.0 * np.sqrt(2.0 / (6_000 * 120 / 180))
    assert found.wins[0, 25] == pytest.approx(steady, rel=sampling)


def test_periods_are_counted_from_the_end_of_the_records():
    known = date(2026, 1, 15)
    assert periods_ahead(known, Calendar(date(2026, 1, 15), "month", 2)).tolist() == [1, 2, 3]
    assert periods_ahead(known, Calendar(date(2026, 3, 31), "month", 2)).tolist() == [4, 5]
    assert periods_ahead(date(2026, 1, 31), Calendar(date(2026, 1, 31), "month", 2)).tolist() == [1, 2]
    assert periods_ahead(known, Calendar(date(2026, 1, 15), "quarter", 2)).tolist() == [1, 2, 3]
    assert periods_ahead(known, Calendar(date(2026, 1, 18), "week", 2)).tolist() == [2, 3]
    assert periods_ahead(known, Calendar(date(2025, 1, 19), "week", 1)).tolist() == [1]


def test_the_level_strays_on_between_the_records_and_the_as_of_day(learned):
    """A walk of the level by 0.1 a period: after 6 unseen periods the first one strays by 7 steps, not by one."""
    one, size = np.ones(1), learned.shocks.state.shape[1]
    shocks = replace(
        learned.shocks,
        weight=one,
        drift_sd=one * 0.1,
        shock_sd=one * 0.0,
        made_up=one * 0.0,
        kept=one,
        state=np.zeros((1, size)) + np.eye(size)[:1],
        covariance=np.zeros((1, size, size)),
    )
    calendar = Calendar(learned.last_day + timedelta(days=7 * 6), "week", 1)
    late = coming_factors(replace(learned, shocks=shocks), calendar, 0, 4_000)
    soon = coming_factors(replace(learned, shocks=shocks, last_day=calendar.as_of), calendar, 0, 4_000)
    for found, steps in ((late, 7), (soon, 1)):
        variance = float(np.var(found[:, 0]))
        assert abs(variance - 0.01 * steps) < 5.0 * 0.01 * steps * np.sqrt(2.0 / 4_000)
    assert late.shape == soon.shape


def test_a_stub_bears_its_share_of_a_period(learned):
    calendar = Calendar(date(1983, 10, 5), "week", 2)
    found = new_business(learned, calendar, np.ones((1, 3)), 0, 1, independent=True)
    assert found.arrivals[0, 0] / found.arrivals[0, 1] == pytest.approx(4 / 7, rel=0.05)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**64 - 1), st.sampled_from([0, 5, 2**40 + 1]), st.integers(0, 2**31), st.booleans(), st.booleans()
)
def test_equals_the_twin(seed, first, luck, drawn, discounted):
    rng = _rng(luck)
    wins = rng.gamma(0.5, 8.0, (3, 4)) * (rng.random((3, 4)) < 0.8)
    wins[0, 1] = 600.0  # more than one part
    worth = np.sort(rng.uniform(0.0, 5e6, CELLS)) if drawn else np.array([12_345.5])
    ratio = np.sort(rng.uniform(0.5, 1.5, CELLS)) if discounted else np.ones(1)
    new = business(wins, worth, ratio, rng.uniform(0.5, 2.0, 3))
    tables = win_tables(new)
    edges = [tables.threshold[low:high].tolist() for low, high in zip(tables.begin[:-1], tables.begin[1:], strict=True)]
    plain = {
        "thresholds": [edges[4 * one : 4 * one + 4] for one in range(3)],
        "parts": tables.parts.tolist(),
        "key": tables.key.tolist(),
        "worth": worth.tolist(),
        "ratio": ratio.tolist(),
        "scale": new.scale.tolist(),
    }
    found = simulate_new_business(new, seed, first, 5, Execution(threads=1, block=2))
    assert found.tolist() == twin.new_wins(plain, seed, range(first, first + 5))


def test_threads_blocks_and_starts_change_nothing():
    rng = _rng(4)
    new = business(rng.gamma(2.0, 4.0, (7, 5)), np.sort(rng.uniform(0.0, 1e6, CELLS)), (1.0,), rng.uniform(0.9, 1.1, 7))
    whole = simulate_new_business(new, 11, 0, 500, ONE)
    assert np.array_equal(whole, simulate_new_business(new, 11, 0, 500, Execution(threads=2, block=37)))
    assert np.array_equal(whole[123:], simulate_new_business(new, 11, 123, 377, ONE))


@pytest.mark.parametrize("mean", [0.02, 3.7, 240.0, 1_500.0])
def test_counts_are_poisson(mean):
    """40,000 draws: a mean or a variance 5 standard errors off would be seen, and a shape by chi-square."""
    draws = 40_000
    counts = simulate_new_business(business([[mean, 0.0]]), 5, 0, draws, ONE)
    assert not counts[:, 1].any()
    found = counts[:, 0]
    assert abs(found.mean() - mean) < 5.0 * np.sqrt(mean / draws)
    assert abs(found.var() - mean) < 5.0 * np.sqrt((mean + 2.0 * mean**2) / draws)
    law = stats.poisson(mean)
    cuts = np.unique(law.ppf(np.linspace(0.02, 0.98, 25)))
    cuts = cuts[draws * np.diff(law.cdf(np.concatenate([[-1.0], cuts])), append=law.sf(cuts[-1]))[: len(cuts)] >= 5.0]
    if len(cuts) and draws * law.sf(cuts[-1]) >= 5.0:
        chances = np.diff(np.concatenate([[0.0], law.cdf(cuts), [1.0]]))
        seen = np.bincount(np.searchsorted(cuts, found), minlength=len(chances))
        assert stats.chisquare(seen, draws * chances).pvalue > 2.0 * stats.norm.sf(5.0)


def test_thresholds_hold_the_tails():
    for mean in (1e-9, 0.3, 17.0, 255.0):
        tables = win_tables(business([[mean, 0.0]]))
        assert tables.begin.tolist() == [0, len(tables.threshold), len(tables.threshold)]
        exact = stats.poisson(mean).cdf(np.arange(len(tables.threshold)))
        assert tables.threshold / 2.0**64 == pytest.approx(exact, abs=1e-15, rel=1e-12)
        assert stats.poisson(mean).sf(len(tables.threshold)) < 2.0**-52
        assert np.all(np.diff(tables.threshold.astype(object)) >= 0)


def test_parts_add_up():
    tables = win_tables(business([[1_000.0, 256.0]]))
    assert tables.parts.tolist() == [[4, 1]]
    assert tables.threshold[tables.begin[0] + 250] / 2.0**64 == pytest.approx(stats.poisson(250.0).cdf(250))


def test_money_has_the_moments_it_is_checked_against():
    rng = _rng(9)
    sets, count = 20, 20_000
    worth = empirical_table(np.sort(rng.lognormal(13.0, 1.0, 300).astype(np.int64)))
    ratio = amount_table(AmountLaw(40, 25, -0.2, 0.3))
    new = business(rng.gamma(3.0, 2.0, (sets, 4)), worth, ratio, rng.gamma(50.0, 1 / 50.0, sets))
    windows = np.array([[1, 0, 0, 0], [1, 1, 1, 0], [0, 0, 0, 1]], dtype=bool)
    moments = new_business_moments(new, windows)
    money = simulate_new_business(new, 2, 0, count, ONE) @ windows.T
    variance = moments.variance.mean(axis=0) + moments.mean.var(axis=0)
    assert np.all(np.abs(money.mean(axis=0) - moments.mean.mean(axis=0)) < 5.0 * np.sqrt(variance / count))
    centred = money - money.mean(axis=0)
    error = np.sqrt(((centred**4).mean(axis=0) - variance**2) / count)
    assert np.all(np.abs(money.var(axis=0) - variance) < 5.0 * error)
    assert money.max() <= 100 * moments.largest


def test_counts_are_worth_whole_units():
    history = replace(lived(_rng(2), 400), counts_only=True)
    history = replace(history, pr=np.full(len(history), 100, dtype=np.int64))
    known = learn(history, "week")
    calendar = Calendar(known.last_day, "week", 4)
    new = new_business(known, calendar, coming_factors(known, calendar, 0, 10), 0, 10)
    bookings = simulate_new_business(new, 0, 0, 50, ONE)
    assert bookings.any()
    assert not (bookings % 100).any()


def test_without_a_win_nothing_is_known_of_their_worth():
    history = history_of([1.0, 5.0], [9.0, NAN], [False, False])
    known = learn(history, "week")
    calendar = Calendar(known.last_day, "week", 2)
    new = new_business(known, calendar, coming_factors(known, calendar, 0, 4), 0, 4)
    assert not new.priced
    assert np.all(np.isfinite(new.wins))
    assert not simulate_new_business(new, 0, 0, 9, ONE).any()


def test_amounts_stand_in_where_no_potential_revenue_is_known():
    history = lived(_rng(3), 300)
    known = learn(replace(history, pr=np.full(len(history), NO_MONEY)), "week")
    assert known.won_values.tolist() == [1_000] * known.won


def test_impossible_sums_are_refused():
    with pytest.raises(DataError):
        win_tables(business([[1e6, 0.0]], worth=[1e15]))


def test_ratios_are_a_mixture():
    assert amount_table(AmountLaw(12, 0, 0.0, 0.25)) is None
    assert amount_table(AmountLaw(0, 0, 0.0, 0.25)) is None
    law = AmountLaw(60, 39, -0.3, 0.2)
    table = amount_table(law)
    same = 60.5 / 100.0
    sd = 0.2 * np.sqrt(1.0 + 1.0 / 40.0)
    mean = same + (1.0 - same) * np.exp(-0.3 + sd**2 / 2.0)
    assert table @ CELL_WEIGHTS == pytest.approx(mean, rel=1e-9)
    square = same + (1.0 - same) * np.exp(-0.6 + 2.0 * sd**2)
    assert np.square(table) @ CELL_WEIGHTS == pytest.approx(square, rel=1e-4)
    assert CELL_WEIGHTS[table == 1.0].sum() == pytest.approx(same, abs=2.0 / 128)
    assert np.all(np.diff(table) >= 0.0)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=60))
def test_amounts_seen_keep_their_mean(values):
    rising = np.sort(np.array(values, dtype=np.int64))
    table = empirical_table(rising)
    mean = table[0] if len(table) == 1 else table @ CELL_WEIGHTS
    assert mean == pytest.approx(rising.mean(), rel=1e-9)
    assert table[0] >= rising[0] * (1 - 1e-12)
    assert table[-1] <= rising[-1] * (1 + 1e-12)
