"""Scores against definitions written out, laws whose scores are known, and forecasters who are right."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from funnelsim.engines.backtesting.scoring import (
    PERCENTILES,
    crps,
    held,
    interval_score,
    mid_pit,
    percentiles_of,
    pinball,
    target_scores,
)
from funnelsim.engines.statistics.held import binomial_range
from funnelsim.model.backtest import OURS, WEIGHTED, Forecaster


def _rng(seed):
    return np.random.Generator(np.random.Philox(seed))


@pytest.mark.parametrize("seed", range(6))
def test_crps_is_its_definition_over_all_pairs(seed):
    rng = _rng(seed)
    futures = np.sort(rng.integers(-5, 40, 2 + 5 * seed) * 10**seed)
    actual = float(rng.integers(-10, 50) * 10**seed)
    pairs = np.abs(futures[:, None] - futures[None, :]).mean()
    assert crps(futures, actual) == pytest.approx(np.abs(futures - actual).mean() - 0.5 * pairs, rel=1e-12)


def test_crps_of_one_future_is_the_absolute_error():
    assert crps(np.array([7]), 3.0) == 4.0


def test_crps_of_many_normal_futures_is_that_of_the_normal_law():
    """The closed form of Gneiting and Raftery; futures at 20,000 even quantiles leave an error of order 1/20,000."""
    futures = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    for actual in (-2.0, 0.0, 0.7):
        law = actual * (2.0 * stats.norm.cdf(actual) - 1.0) + 2.0 * stats.norm.pdf(actual) - 1.0 / math.sqrt(math.pi)
        assert crps(futures, actual) == pytest.approx(law, abs=2e-4)


def test_crps_of_large_money_loses_nothing():
    futures = np.array([10**15, 10**15 + 2, 10**15 + 4])
    assert crps(futures, 1e15 + 2) == pytest.approx(4.0 / 3.0 - 8.0 / 9.0, rel=1e-9)


def test_pinball_is_its_definition():
    percentiles = np.array([[1.0, 2.0, 4.0, 5.0, 6.0, 8.0, 9.0]])
    by_hand = [
        (3 - q) * p / 100 if q <= 3 else (q - 3) * (1 - p / 100)
        for q, p in zip(percentiles[0], PERCENTILES, strict=True)
    ]
    assert pinball(percentiles, np.array([3.0]))[0] == pytest.approx(sum(by_hand) / 7, rel=1e-14)


def test_interval_score_is_its_definition():
    percentiles = np.array([1, 2, 4, 5, 6, 8, 9])
    assert interval_score(percentiles, np.array(5), 80) == 6.0
    assert interval_score(percentiles, np.array(9), 80) == pytest.approx(6.0 + 10.0 * 1.0)
    assert interval_score(percentiles, np.array(3), 50) == pytest.approx(2.0 + 4.0 * 1.0)
    assert interval_score(percentiles, np.array(-1), 90) == pytest.approx(8.0 + 20.0 * 2.0)


def test_bounds_belong_to_the_band():
    percentiles = np.array([1, 2, 4, 5, 6, 8, 9])
    assert held(np.tile(percentiles, (4, 1)), np.array([2, 8, 1, 9]), 80).tolist() == [True, True, False, False]


def test_percentiles_are_the_smallest_with_that_share():
    assert percentiles_of(np.arange(1, 101)).tolist() == list(PERCENTILES)
    assert percentiles_of(np.array([[3], [4]])).tolist() == [[3] * 7, [4] * 7]


def test_mid_pit_counts_ties_half():
    assert mid_pit(np.array([1, 2, 2, 3]), 2.0) == 0.5
    assert mid_pit(np.array([0, 0, 0, 1]), 0.0) == 0.375
    assert mid_pit(np.array([1, 2]), 5.0) == 1.0


def test_a_perfect_forecaster_has_even_pits_and_honest_hits():
    """Futures and actual from one law with ties: 2,000 forecasts of 99 futures would show a bias of .03 of the mean."""
    rng = _rng(11)
    centre = rng.gamma(2.0, 5.0, 2_000)
    futures = np.sort(rng.poisson(centre[:, None], (2_000, 99)), axis=1)
    actual = rng.poisson(centre)
    pits = np.array([mid_pit(row, float(value)) for row, value in zip(futures, actual, strict=True)])
    assert abs(pits.mean() - 0.5) < 5.0 * math.sqrt(1.0 / 12.0 / 2_000)
    smooth = np.sort(rng.standard_normal((2_000, 99)), axis=1)
    truth = rng.standard_normal(2_000)
    found = np.array([mid_pit(row, value) for row, value in zip(smooth, truth, strict=True)])
    assert stats.kstest(found, "uniform").pvalue > 1e-6
    inside = ((found > 0.1) & (found < 0.9)).mean()
    assert abs(inside - 0.8) < 5.0 * math.sqrt(0.16 / 2_000)


def test_a_forecaster_who_is_too_sure_is_found_out():
    """The same test can fail: half the spread."""
    rng = _rng(12)
    futures = np.sort(0.5 * rng.standard_normal((500, 99)), axis=1)
    truth = rng.standard_normal(500)
    found = np.array([mid_pit(row, value) for row, value in zip(futures, truth, strict=True)])
    assert stats.kstest(found, "uniform").pvalue < 1e-6


def test_ranges_of_hits_are_those_written_down():
    assert [binomial_range(n, 0.8) for n in (8, 12, 20, 40, 14)] == [(4, 8), (7, 12), (12, 19), (27, 37), (8, 14)]


@pytest.mark.parametrize("level", [50, 80, 90])
def test_ranges_of_hits_hold_as_often_as_they_say(level):
    for count in range(1, 60):
        low, high = binomial_range(count, level / 100)
        law = stats.binom(count, level / 100)
        assert law.cdf(low - 1) < 0.025 + 1e-12
        assert law.sf(high) < 0.025 + 1e-12
        assert law.cdf(low) >= 0.025 - 1e-12
        assert law.sf(high - 1) >= 0.025 - 1e-12


def _forecaster(name, mean, ordered=None, actual=None):
    mean = np.asarray(mean, dtype=np.float64)
    if ordered is None:
        return Forecaster(name, mean, None, np.abs(mean - actual), None)
    score = np.array([
        [crps(row, float(y)) for row, y in zip(rows, ys, strict=True)] for rows, ys in zip(ordered, actual, strict=True)
    ])
    return Forecaster(name, mean, percentiles_of(ordered), score, np.zeros(mean.shape))


def test_scores_are_sums_over_the_origins_that_have_a_forecast():
    actual = np.array([[10], [20], [0]])
    ordered = np.sort(_rng(3).integers(0, 30, (3, 1, 50)), axis=-1)
    ours = _forecaster(OURS, [[8.0], [25.0], [3.0]], ordered, actual)
    rival = _forecaster(WEIGHTED, [[np.nan], [10.0], [6.0]], None, actual)
    own, other = (target_scores(one, ours, actual, ("week 1",))[0] for one in (ours, rival))
    assert (own.origins, other.origins) == (3, 2)
    assert (own.wape, own.bias) == (pytest.approx(10 / 30), pytest.approx(6 / 30))
    assert (other.wape, other.bias) == (pytest.approx(16 / 20), pytest.approx(-4 / 20))
    assert own.skill is None
    assert other.skill == pytest.approx(1.0 - ours.crps[1:, 0].mean() / 8.0)
    assert (other.pinball, dict(other.hits), dict(other.interval)) == (None, {}, {})
    assert own.hits[80] == held(ours.percentiles[:, 0], actual[:, 0], 80).sum()
    assert own.honest[80] == binomial_range(3, 0.8)


def test_nothing_booked_has_no_relative_score():
    actual = np.zeros((2, 1), dtype=np.int64)
    ours = _forecaster(OURS, [[1.0], [2.0]], np.zeros((2, 1, 4), dtype=np.int64), actual)
    row = target_scores(ours, ours, actual, ("week 1",))[0]
    assert math.isnan(row.wape)
    assert row.crps == 0.0
