"""Shocks, shrinkage, arrivals and amounts: known spreads recovered, exact identities, and tiny records."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from engines.small_histories import history_of, lived
from funnelsim.engines.learning.amounts import amount_law
from funnelsim.engines.learning.arrivals import arrival_law, draw_arrival_rates
from funnelsim.engines.learning.exposure import stays_of
from funnelsim.engines.learning.gamma_poisson import draw_spread, factors, log_likelihood, spread_of
from funnelsim.engines.learning.hazards import stage_hazards
from funnelsim.engines.learning.shocks import draw_factors, period_shocks, shocked_chances, wins_due

NAN = float("nan")


def _rng(seed):
    return np.random.Generator(np.random.Philox(seed))


def test_the_likelihood_is_the_negative_binomials():
    events, expected = np.array([0.0, 3.0, 12.0]), np.array([1.5, 2.0, 9.0])
    for sd in (0.1, 0.5, 2.0):
        shape = 1.0 / sd**2
        exact = stats.nbinom.logpmf(events, shape, shape / (shape + expected)).sum()
        without = exact - (events * np.log(expected)).sum() + np.array([math.lgamma(n + 1.0) for n in events]).sum()
        assert log_likelihood(events, expected, np.array([sd]))[0] == pytest.approx(without, rel=1e-9)


def test_spreads_are_recovered_and_their_intervals_hold():
    """60 sets of 30 groups: of the stated 90 % intervals of a spread of .4, coverage below .71 would be seen."""
    hits = 0
    for seed in range(60):
        rng = _rng(seed)
        expected = rng.uniform(5.0, 60.0, 30)
        events = rng.poisson(expected * rng.gamma(1.0 / 0.16, 0.16, 30)).astype(float)
        found = spread_of(events, expected, 0.25)
        hits += found.low <= 0.4 <= found.high
    assert abs(hits / 60 - 0.9) < 5.0 * math.sqrt(0.09 / 60)


def test_no_groups_leave_the_prior():
    found = spread_of(np.zeros(0), np.zeros(0), 0.25)
    middle = found.sd[np.searchsorted(np.cumsum(found.weight), 0.5)]
    assert middle == pytest.approx(0.25, rel=0.15)
    assert found.groups == 0


def test_factors_shrink():
    events, expected = np.array([0.0, 40.0, 0.0]), np.array([1.0, 20.0, 0.0])
    mean, error = factors(events, expected, spread_of(events, expected, 0.25))
    assert 0.5 < mean[0] < 1.5
    assert 1.0 < mean[1] < 2.0
    assert mean[2] == pytest.approx(1.0)
    assert error[1] < error[2]


def test_what_was_due_adds_up_to_what_happened():
    """Over all periods, and for the pool alone; 4 standard errors of the wins would be seen."""
    stays = stays_of(lived(_rng(1), 6_000))
    hazards = stage_hazards(stays)
    edges = np.arange(0.0, 120.1, 7.5)
    wins, due = wins_due(stays, hazards, edges)
    assert wins.sum() == np.count_nonzero(stays.cause == stays.won)
    assert abs(wins.sum() - due.sum()) < 5.0 * math.sqrt(wins.sum())
    pool, pool_due = wins_due(stays, hazards, edges, pool=True)
    assert 0.0 < pool.sum() < wins.sum()
    assert abs(pool.sum() - pool_due.sum()) < 5.0 * math.sqrt(pool.sum())


def _periods(rng, periods, sd, mean=100.0):
    expected = np.full(periods, mean)
    return rng.poisson(expected * np.exp(sd * rng.standard_normal(periods) - 0.5 * sd**2)).astype(float), expected


@pytest.mark.parametrize("sd", [0.0, 0.4])
def test_shocks_are_recovered(sd):
    """200 periods: the posterior mean of the shock within 5 standard errors and the prior's pull of a true one."""
    wins, expected = _periods(_rng(2), 200, sd)
    found = period_shocks(wins, expected, 7.0)
    guess = found.shock
    assert abs(guess - sd) < 5.0 * max(sd, 0.1) / math.sqrt(2.0 * 200.0) + 0.02
    assert abs(found.level - 1.0) < 0.25


def test_a_level_that_moved_is_followed():
    wins = np.concatenate([np.full(40, 100.0), np.full(40, 60.0)])
    found = period_shocks(wins, np.full(80, 80.0), 7.0)
    assert abs(found.level - 0.75) < 0.05


def test_a_level_that_never_moved_stays_where_the_rates_put_it():
    """40 records of 12 periods: the level strays from 1 by far less than the mean of their shocks does, .07."""
    levels = []
    for seed in range(40):
        wins, expected = _periods(_rng(900 + seed), 12, 0.25, 60.0)
        expected *= wins.sum() / expected.sum()  # rates are learned from the same wins
        levels.append(period_shocks(wins, expected, 7.0).level)
    assert np.std(levels) < 0.05
    assert abs(np.mean(levels) - 1.0) < 5.0 * 0.05 / math.sqrt(40.0)


def test_the_level_is_as_sure_as_the_shocks_it_averages_allow():
    """Where nothing drifts its variance is that of a mean of shocks, whatever the luck of single leads adds."""
    wins, expected = _periods(_rng(14), 16, 0.3, 30.0)
    found = period_shocks(wins, expected * wins.sum() / expected.sum(), 7.0)
    assert found.weight[found.drift_sd == 0.0].sum() > 0.3
    still = (found.drift_sd == 0.0) & (found.kept == 1.0) & (found.made_up == 0.0)
    np.testing.assert_allclose(found.state[still, 0], 1.0, atol=1e-9)
    np.testing.assert_allclose(found.covariance[still, 0, 0], np.square(found.shock_sd[still]) / 16.0, atol=1e-9)


def test_a_shock_that_the_next_period_makes_up_for_is_told_from_one_that_stays():
    """60 periods of shocks of .3: made up for, they add up to less than alone."""
    rng = _rng(17)
    expected, luck = np.full(60, 400.0), np.exp(0.3 * rng.standard_normal(61))
    alone = period_shocks(rng.poisson(expected * luck[1:]).astype(float), expected, 7.0)
    made_up = period_shocks(rng.poisson(expected * luck[1:] / luck[:-1]).astype(float), expected, 7.0)
    assert alone.weight[alone.made_up == 0.0].sum() > 0.9
    assert made_up.weight[made_up.made_up > 0.0].sum() > 0.9
    spread = [draw_factors(found, _rng(18), 2_000, 8).mean(axis=1).std() for found in (alone, made_up)]
    assert spread[1] < spread[0]


def test_a_poor_last_period_is_followed_by_a_rich_one_where_shocks_are_made_up_for():
    rng = _rng(19)
    expected, luck = np.full(60, 400.0), np.exp(0.3 * rng.standard_normal(61))
    luck[-1] = 0.5
    found = period_shocks(rng.poisson(expected * luck[1:] / luck[:-1]).astype(float), expected, 7.0)
    factors = draw_factors(found, _rng(20), 2_000, 3).mean(axis=0)
    assert factors[0] > 1.3
    assert abs(factors[1] - 1.0) < 0.15


def test_a_level_that_moved_away_comes_back():
    """Records whose level fell by 30 % in the last periods: it is low next, and nearer to 1 a year later."""
    rng = _rng(21)
    expected = np.full(36, 400.0)
    level = np.where(np.arange(36) < 30, 1.0, 0.7)
    found = period_shocks(rng.poisson(expected * level).astype(float), expected, 30.4375)
    factors = draw_factors(found, _rng(22), 2_000, 13).mean(axis=0)
    assert factors[0] < 0.85
    assert factors[0] + 0.02 < factors[12] < 1.05


def test_periods_with_next_to_nothing_due_say_nothing():
    wins, expected = _periods(_rng(15), 10, 0.2)
    few = period_shocks(np.append(1.0, wins), np.append(0.2, expected), 7.0)
    none = period_shocks(np.append(0.0, wins), np.append(0.0, expected), 7.0)
    assert (few.shock, few.level) == (none.shock, none.level)


def test_means_of_draws_have_little_noise():
    """400 draws: a mean of independent ones would stray by .01; a third of that is asked for over 20 seeds."""
    found = period_shocks(*_periods(_rng(16), 30, 0.25), 7.0)
    means = [draw_factors(found, _rng(seed), 400, 1).mean() for seed in range(20)]
    assert np.std(means) < draw_factors(found, _rng(0), 400, 1).std() / math.sqrt(400.0) / 3.0


def test_few_periods_leave_the_shock_open():
    """Two periods say less than fifty: the band of what comes is wider."""
    few, many = (period_shocks(*_periods(_rng(3), periods, 0.0), 7.0) for periods in (2, 50))
    spread = [float(np.log(draw_factors(found, _rng(4), 4_000, 1)).std()) for found in (few, many)]
    assert spread[0] > 1.5 * spread[1]


def test_periods_to_come_are_covered_at_the_stated_rate():
    """200 records of 12 periods and what follows: of the 80 % bands of wins, coverage below .66 would be seen."""
    hits = 0
    for seed in range(200):
        rng = _rng(100 + seed)
        wins, expected = _periods(rng, 13, 0.3, 40.0)
        found = period_shocks(wins[:-1], expected[:-1], 30.0)
        draws = rng.poisson(40.0 * draw_factors(found, rng, 500, 1)[:, 0])
        low, high = np.quantile(draws, [0.1, 0.9])
        hits += low <= wins[-1] <= high
    assert abs(hits / 200 - 0.8) < 5.0 * math.sqrt(0.16 / 200)


def test_a_season_is_learned_as_far_as_it_was_seen():
    """Four seasons settle it, one season says next to nothing, and none is forced on periods that have none."""
    wins = np.array([50.0, 100.0, 100.0, 150.0])
    phase = np.arange(4)
    long = period_shocks(np.tile(wins, 4), np.full(16, 100.0), 91.0, np.tile(phase, 4), 4)
    short = period_shocks(wins, np.full(4, 100.0), 91.0, phase, 4)
    assert long.phases[0] < 0.65 < 1.35 < long.phases[3]
    assert np.ptp(short.phases) < np.ptp(long.phases)
    ahead = draw_factors(long, _rng(5), 2_000, 2, np.array([0, 3])).mean(axis=0)
    assert ahead[0] < 0.75 < 1.25 < ahead[1]
    even, expected = _periods(_rng(13), 48, 0.1)
    assert np.ptp(period_shocks(even, expected, 91.0, np.arange(48) % 4, 4).phases) < 5.0 * 0.15 / math.sqrt(12.0)


def test_factors_of_one_change_nothing_and_poor_periods_leave_leads_to_later_ones():
    rng = _rng(6)
    won, lost = rng.uniform(0.0, 0.15, (2, 40, 3))
    same = shocked_chances(won, lost, np.ones(3))
    np.testing.assert_allclose(same[0], won, rtol=1e-12)
    np.testing.assert_allclose(same[1], lost, rtol=1e-12)
    poor, _ = shocked_chances(won, lost, np.array([0.5, 1.0, 1.0]))
    assert np.all(poor[:, 0] < won[:, 0])
    assert np.all(poor[:, 1:] > won[:, 1:])
    sure, gone = shocked_chances(np.array([[1.0, 0.0]]), np.zeros((1, 2)), np.array([0.5, 2.0]))
    assert sure.tolist() == [[1.0, 0.0]]
    assert gone.tolist() == [[0.0, 0.0]]


def test_arrivals_follow_level_trend_and_spread():
    """The trend and the level at the end within 5 standard errors of their own stating."""
    rng = _rng(7)
    mean = 200.0 * np.exp(0.01 * (np.arange(80) - 79.0))
    counts = rng.poisson(mean * rng.gamma(1.0 / 0.04, 0.04, 80)).astype(float)
    law = arrival_law(counts, 7.0)
    errors = np.sqrt(np.diag(law.covariance))
    assert abs(law.coefficients[0] - math.log(200.0)) < 5.0 * errors[0]
    assert abs(law.coefficients[1] - 0.01) < 5.0 * errors[1]
    assert law.spread.low < 0.2 < law.spread.high


def test_arrivals_to_come_are_covered_at_the_stated_rate():
    """150 records of 16 periods: of the 80 % bands of the next, coverage below .64 would be seen."""
    hits = 0
    for seed in range(150):
        rng = _rng(400 + seed)
        counts = rng.poisson(50.0 * rng.gamma(1.0 / 0.06, 0.06, 17)).astype(float)
        rates = draw_arrival_rates(arrival_law(counts[:-1], 7.0), rng, 400, np.array([1]), np.array([0]))
        low, high = np.quantile(rng.poisson(rates[:, 0]), [0.1, 0.9])
        hits += low <= counts[-1] <= high
    assert abs(hits / 150 - 0.8) < 5.0 * math.sqrt(0.16 / 150)


@pytest.mark.parametrize("counts", [[], [0.0], [3.0], [0.0, 0.0, 0.0], [1e6, 0.0]])
def test_few_arrivals_are_no_error(counts):
    draws = draw_arrival_rates(arrival_law(np.array(counts), 30.0), _rng(8), 100, np.arange(1, 4), np.zeros(3, int))
    assert np.all(np.isfinite(draws))
    assert draws.shape == (100, 3)
    assert np.all(draws >= 0)


def test_arrivals_have_seasons_where_two_were_seen():
    phase = np.arange(8) % 2
    law = arrival_law(np.array([50.0, 150.0] * 4), 30.0, phase)
    assert law.phases[0] < 0.7 < 1.3 < law.phases[1]


def test_amounts_are_an_atom_and_a_spread():
    rng = _rng(9)
    leads = 4_000
    history = history_of(np.full(leads, 1.0), np.full(leads, 2.0), np.ones(leads))
    ratio = np.where(rng.random(leads) < 0.6, 1.0, np.exp(-0.1 + 0.3 * rng.standard_normal(leads)))
    law = amount_law(replace(history, pr=np.full(leads, 10**9), amount_won=np.round(ratio * 1e9).astype(np.int64)))
    assert abs(law.exact / leads - 0.6) < 5.0 * math.sqrt(0.24 / leads)
    assert abs(law.log_mean + 0.1) < 5.0 * 0.3 / math.sqrt(law.other)
    assert abs(law.log_sd - 0.3) < 5.0 * 0.3 / math.sqrt(2.0 * law.other)


def test_no_amounts_leave_a_wide_law():
    law = amount_law(history_of([1.0], [NAN], [False]))
    assert (law.exact, law.other, law.log_sd) == (0, 0, 0.25)


def test_the_same_luck_gives_the_same_draws():
    spread = spread_of(np.array([3.0, 9.0]), np.array([5.0, 5.0]), 0.25)
    assert draw_spread(spread, _rng(11), 9).tolist() == draw_spread(spread, _rng(11), 9).tolist()


@pytest.mark.parametrize("periods", [0, 1])
def test_no_periods_leave_the_default_shock(periods):
    found = period_shocks(np.zeros(periods), np.zeros(periods), 30.0)
    assert 0.1 < found.shock < 1.0
    assert np.all(np.isfinite(draw_factors(found, _rng(12), 50, 2)))
