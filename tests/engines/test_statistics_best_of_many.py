"""Comparisons with the best: quantiles from tables and a slow twin, intervals by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import stdtrit

from funnelsim.engines.statistics.best_of_many import best_of_alike, best_of_many
from funnelsim.engines.statistics.multivariate_t import equicorrelated_quantile
from reference.multivariate_t import below

DUNNETT = {5: (2.02, 2.44, 2.68, 2.85, 2.98), 10: (1.81, 2.15, 2.34, 2.47, 2.56), 20: (1.72, 2.03, 2.19, 2.30, 2.39)}
"""Dunnett (1955), one-sided, .95: 1 to 5 comparisons, by degrees of freedom."""


@pytest.mark.parametrize("freedom", DUNNETT)
def test_quantiles_are_those_of_the_published_table(freedom):
    found = [equicorrelated_quantile(comparisons, freedom, 0.95) for comparisons in range(1, 6)]
    assert found == [pytest.approx(value, abs=0.0051) for value in DUNNETT[freedom]]


@pytest.mark.parametrize("freedom", [2, 3, 30, 5000])
@pytest.mark.parametrize("comparisons", [1, 2, 7])
def test_the_first_of_equals_is_the_largest_once_in_as_many(freedom, comparisons):
    # Z_j = (X_0 - X_j) / sqrt(2): none is above 0 if X_0 is the smallest of all
    assert equicorrelated_quantile(comparisons, freedom, 1 / (comparisons + 1)) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("freedom", [3, 8, 400])
def test_one_comparison_is_students(freedom):
    for confidence in (0.5, 0.8, 0.95, 0.999):
        wanted = float(stdtrit(freedom, confidence))
        assert equicorrelated_quantile(1, freedom, confidence) == pytest.approx(wanted, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(("comparisons", "freedom"), [(2, 6), (4, 40)])
def test_quantiles_are_those_of_simpsons_rule(comparisons, freedom):
    found = equicorrelated_quantile(comparisons, freedom, 0.9)
    assert below(found, comparisons, freedom) == pytest.approx(0.9, abs=1e-7)


def test_two_strategies_by_hand():
    # differences 1, 2, 3: mean 2, sd 1, one-sided t with 2 degrees of freedom in closed form
    values = np.array([[1, 2], [2, 4], [3, 6]])
    room = 0.9 * math.sqrt(2 / (1 - 0.9**2)) / math.sqrt(3)
    for found in (best_of_many(values), best_of_alike(values)):
        behind, ahead = found
        assert (behind.estimate, behind.low, behind.high) == (-2, pytest.approx(-2 - room, rel=1e-5), 0)
        assert (ahead.estimate, ahead.low, ahead.high) == (2, 0, pytest.approx(2 + room, rel=1e-5))
        assert ahead.label == "at least 95 %"
    less = best_of_many(values, higher=False)
    assert [one.estimate for one in less] == [2, -2]


def test_a_strategy_that_is_clearly_worse_bounds_nobody_from_below():
    rng = np.random.default_rng(3)
    shared = rng.normal(size=50)
    close = [shared + 0.1 * rng.normal(size=50) for _ in range(2)]
    far = shared - 9 + 5 * rng.normal(size=50)
    found = best_of_many(np.column_stack([*close, far]))
    pooled = best_of_alike(np.column_stack([*close, far]))
    assert found[2].high == 0
    for one in range(2):
        assert found[one].high - found[one].low < 0.3 < pooled[one].high - pooled[one].low
        assert found[one].low < 0 < found[one].high


def test_the_pooled_variance_is_that_of_the_two_way_table():
    values = np.random.default_rng(3).normal(size=(12, 4)) * [1, 2, 3, 4]
    rest = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + values.mean()
    pooled = 2 * float((rest**2).sum()) / (3 * 11)
    room = equicorrelated_quantile(3, 33, 0.95) * math.sqrt(pooled / 12)
    found = best_of_alike(values)
    best = max(found, key=lambda one: one.estimate)
    assert best.high == pytest.approx(best.estimate + room, rel=1e-10)


def test_the_same_strategies_are_no_better_by_exactly_nothing():
    money = np.random.default_rng(3).integers(0, 10**15, 30)
    for values in (np.column_stack([money, money, money]), np.column_stack([money, money])[:1]):
        for one in (*best_of_many(values), *best_of_alike(values)):
            assert (one.estimate, one.low, one.high) == (0, 0, 0)
            assert math.copysign(1, one.estimate) == 1


def test_one_replication_says_nothing_and_a_missing_number_gives_none():
    for make in (best_of_many, best_of_alike):
        found = make(np.array([[1, 3, 2]]))
        assert [(one.estimate, one.low, one.high) for one in found] == [
            (-2, -math.inf, math.inf), (1, -math.inf, math.inf), (-1, -math.inf, math.inf),
        ]  # fmt: skip
        assert all(math.isnan(one.low) for one in make(np.array([[1, math.nan], [2, 3]])))
