"""Sums that do not wrap and moments that do not cancel."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from funnelsim.kernels.reduce import count_at_least, sum_in_halves, sum_of_squares_around
from reference import reduce as twin

VALUES = st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=60)


@given(VALUES)
def test_sums_equal_the_twin_where_int64_would_wrap(values):
    out = np.empty(2, dtype=np.int64)
    sum_in_halves(np.array(values, dtype=np.int64), out)
    assert tuple(out.tolist()) == twin.sum_in_halves(values)
    assert int(out[0]) * 2**32 + int(out[1]) == sum(values)


@given(VALUES)
def test_squares_are_right_to_rounding(values):
    centre = sum(values) // len(values)
    out = np.empty(2)
    sum_of_squares_around(np.array(values, dtype=np.int64), np.int64(centre), out)
    squares, differences = twin.sum_of_squares_around(values, centre)
    assert abs(out[0] - float(squares)) <= 8 * np.finfo(float).eps * float(squares)
    assert abs(out[1] - differences) <= len(values) * np.finfo(float).eps * sum(abs(value - centre) for value in values)


def test_small_spread_around_a_large_mean():
    """1e15 +- 1e3: the textbook sum of squares has no correct digit here."""
    rng = np.random.default_rng(3)
    values = 10**15 + rng.integers(-1000, 1001, size=10_000)
    out = np.empty(2)
    sum_of_squares_around(values, np.int64(int(values.mean())), out)
    squares, _ = twin.sum_of_squares_around(values.tolist(), int(values.mean()))
    assert abs(out[0] / float(squares) - 1) < 1e-12


@given(VALUES, st.integers(-(2**62), 2**62))
def test_counts_equal_the_twin(values, target):
    reached, lacking = count_at_least(np.array(values, dtype=np.int64), np.int64(target))
    expected = twin.count_at_least(values, target)
    assert reached == expected[0]
    assert abs(lacking - expected[1]) <= len(values) * np.finfo(float).eps * max(1, expected[1])
