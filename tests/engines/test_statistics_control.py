"""Control variates: the regression's value at known means, and honesty where they do not help."""

from __future__ import annotations

import math

import numpy as np
import pytest

from funnelsim.engines.statistics.control import controlled_mean
from funnelsim.engines.statistics.paired import mean_difference


def sample(count=200, many=2):
    rng = np.random.default_rng(7)
    controls = rng.normal(size=(count, many)) * [1, 100][:many] + [5, -3][:many]
    values = 10 + controls @ np.array([2, 0.03][:many]) + 0.5 * rng.normal(size=count)
    return values, controls, np.array([5, -3.0])[:many]


def test_the_answer_is_that_of_least_squares_at_the_known_means():
    values, controls, means = sample()
    design = np.column_stack([np.ones(200), controls - means])
    wanted, rest, _, _ = np.linalg.lstsq(design, values, rcond=None)
    found = controlled_mean(values, controls, means)
    assert found.used
    assert found.interval.estimate == pytest.approx(wanted[0], rel=1e-10)
    assert found.coefficients == pytest.approx(tuple(wanted[1:]), rel=1e-9)
    explained = 1 - rest[0] / ((values - values.mean()) ** 2).sum()
    assert found.explained == pytest.approx(explained, rel=1e-10)
    assert found.factor == pytest.approx((1 - explained) * 198 / 196, rel=1e-9)
    inverse = np.linalg.inv(design.T @ design)
    hat = np.einsum("ij,jk,ik->i", design, inverse, design)
    left = values - design @ wanted
    robust = (inverse @ design.T * (left / (1 - hat))) @ (inverse @ design.T * (left / (1 - hat))).T
    error = math.sqrt(max(rest[0] / 197 * inverse[0, 0], robust[0, 0]))
    assert found.interval.half_width == pytest.approx(1.9720790337785 * error, rel=1e-7)
    assert found.interval.half_width < found.plain.half_width / 3


def test_a_control_that_is_the_answer_leaves_nothing():
    values = np.random.default_rng(7).normal(size=50)
    found = controlled_mean(3 * values + 1, values[:, None], np.array([0.0]))
    assert found.interval.estimate == pytest.approx(1, abs=1e-12)
    assert found.interval.half_width < 1e-12
    assert found.explained == pytest.approx(1)


@pytest.mark.parametrize(
    ("controls", "means", "why"),
    [
        (np.ones((40, 1)), [1.0], "does not vary"),
        (np.tile(np.arange(40.0)[:, None], 2), [0.0, 0.0], "repeats the others"),
        (np.where(np.arange(40) == 3, math.nan, 1.0)[:, None], [0.0], "missing"),
        (np.arange(40.0)[:, None], [math.nan], "missing"),
        (np.random.default_rng(1).normal(size=(40, 38)), [0.0] * 38, "too few for 38"),
        (np.empty((40, 0)), [], "there is none"),
        (np.tile([1.0, -1.0, -1.0, 1.0], 10)[:, None], [0.0], "too little"),
    ],
)
def test_controls_that_cannot_help_are_left_out_and_it_says_so(controls, means, why):
    values = np.tile([1, 1, 2, 2], 10)
    found = controlled_mean(values, controls, np.array(means))
    assert not found.used
    assert found.interval == found.plain == mean_difference(np.zeros(40, dtype=np.int64), values)
    assert why in found.note
    assert found.factor == 1


def test_a_skewed_rest_is_said():
    rng = np.random.default_rng(7)
    normal = rng.normal(size=100)
    bent = controlled_mean(np.exp(normal), normal[:, None], np.zeros(1))
    assert bent.used
    assert "skewed: with fewer than" in bent.note
    values, controls, means = sample()
    assert "skewed" not in controlled_mean(values, controls, means).note


def test_a_difference_of_a_strategy_with_itself_is_exactly_nothing():
    values, controls, means = sample()
    found = controlled_mean(values - values, controls, means)
    assert (found.interval.estimate, found.interval.low, found.interval.high, found.used) == (0, 0, 0, False)
    alone = controlled_mean(np.array([4]), np.array([[1.0]]), np.zeros(1))
    assert (alone.interval.low, alone.interval.high) == (-math.inf, math.inf)
