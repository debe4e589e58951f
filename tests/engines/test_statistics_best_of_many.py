"""Comparisons with the best: intervals by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from funnelsim.engines.statistics.best_of_many import best_of_many


def test_two_strategies_by_hand():
    # differences 1, 2, 3: mean 2, sd 1, one-sided t with 2 degrees of freedom in closed form
    values = np.array([[1, 2], [2, 4], [3, 6]])
    room = 0.9 * math.sqrt(2 / (1 - 0.9**2)) / math.sqrt(3)
    behind, ahead = best_of_many(values)
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
    assert found[2].high == 0
    for one in range(2):
        assert found[one].high - found[one].low < 0.3
        assert found[one].low < 0 < found[one].high


def test_the_same_strategies_are_no_better_by_exactly_nothing():
    money = np.random.default_rng(3).integers(0, 10**15, 30)
    for values in (np.column_stack([money, money, money]), np.column_stack([money, money])[:1]):
        for one in best_of_many(values):
            assert (one.estimate, one.low, one.high) == (0, 0, 0)
            assert math.copysign(1, one.estimate) == 1


def test_one_replication_says_nothing_and_a_missing_number_gives_none():
    found = best_of_many(np.array([[1, 3, 2]]))
    assert [(one.estimate, one.low, one.high) for one in found] == [
        (-2, -math.inf, math.inf), (1, -math.inf, math.inf), (-1, -math.inf, math.inf),
    ]  # fmt: skip
    assert all(math.isnan(one.low) for one in best_of_many(np.array([[1, math.nan], [2, 3]])))
