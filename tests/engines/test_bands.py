"""Moments and percentiles by their definitions, in exact arithmetic."""

from __future__ import annotations

import math
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import bdtr

from funnelsim.engines.bands import ONE_SIGMA, band_of, moments_of, percentile, percentile_interval
from funnelsim.model.calendar import Period
from funnelsim.model.results import PERCENTS

JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))
fixed = settings(derandomize=True, deadline=None)
totals = st.lists(st.one_of(st.integers(0, 3), st.integers(0, 2**62)), min_size=1, max_size=40)


def by_definition(values, percent):
    """The smallest value with at least that share at or below it, by trying them all in whole numbers."""
    return min(value for value in values if 100 * sum(other <= value for other in values) >= percent * len(values))


@fixed
@given(totals, st.integers(1, 100))
def test_a_percentile_is_the_smallest_total_with_that_share_at_or_below_it(values, percent):
    assert percentile(np.sort(np.array(values, dtype=np.int64)), percent) == by_definition(values, percent)


def test_percentiles_by_hand_with_ties():
    ordered = np.array([0, 0, 0, 5, 5, 9, 9, 9, 9, 12])
    found = {percent: percentile(ordered, percent) for percent in (1, 10, 30, 31, 50, 51, 90, 91, 100)}
    assert found == {1: 0, 10: 0, 30: 0, 31: 5, 50: 5, 51: 9, 90: 9, 91: 12, 100: 12}


def test_no_floating_point_in_the_rank():
    """29 % of 100 is 28.999999999999996 in doubles; in whole numbers the rank is 29."""
    ordered = np.arange(1, 101)
    assert [percentile(ordered, percent) for percent in range(1, 101)] == list(range(1, 101))


@fixed
@given(totals)
def test_moments_are_those_of_exact_fractions(values):
    mean = Fraction(sum(values), len(values))
    found = moments_of(np.array(values, dtype=np.int64))
    assert found.mean == float(mean)
    if len(values) > 1:
        variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
        assert found.sd == pytest.approx(math.sqrt(variance), rel=1e-12)
    else:
        assert found.sd == 0


def test_sums_beyond_64_bits_do_not_wrap():
    """Four times 2**62 is 0 in int64."""
    found = moments_of(np.full(4, 2**62, dtype=np.int64))
    assert found.mean == 2.0**62
    assert found.sd == 0
    assert moments_of(np.array([2**62, 0, 2**62, 2**62], dtype=np.int64)).mean == 0.75 * 2.0**62


def test_a_small_spread_on_large_totals_survives():
    """The textbook formula with sums of squares loses every digit here."""
    values = np.array([10**17 + offset for offset in (0, 1, 2, 3, 4)], dtype=np.int64)
    assert moments_of(values).sd == pytest.approx(math.sqrt(2.5), rel=1e-12)


def test_numacc4_keeps_eight_digits():
    """NIST's NumAcc4 in whole tenths: mean 10000000.2, sd 0.1 exactly; textbook sums keep no digit of it."""
    values = np.array([100_000_002] + [100_000_001, 100_000_003] * 500, dtype=np.int64)
    found = moments_of(values)
    assert found.mean == 100_000_002
    assert found.sd == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 50, 1000])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_interval_ends_are_the_binomials_quantiles(count, share):
    ordered = np.arange(1, count + 1)
    low, high = percentile_interval(ordered, share, ONE_SIGMA)
    tail = (1 - ONE_SIGMA) / 2
    reached = bdtr(np.arange(count + 1), count, share)
    assert low == max(1, int(np.argmax(reached >= tail)))
    assert high == min(count, int(np.argmax(reached >= 1 - tail)) + 1)
    assert low <= percentile(ordered, round(100 * share)) <= high


def test_a_band_of_constant_totals_has_no_width():
    band = band_of(np.full(500, 123, dtype=np.int64), JUNE, 120, 123.0)
    assert band.mean == 123
    assert band.sd == 0
    assert set(band.percentiles.values()) == {123}
    assert (band.standard_error.mean, band.standard_error.p10, band.standard_error.p90) == (0, 0, 0)


def test_a_band_of_one_replication():
    band = band_of(np.array([7], dtype=np.int64), JUNE, 0, 0.0)
    assert (band.mean, band.sd) == (7, 0)
    assert set(band.percentiles.values()) == {7}


def test_a_band_by_hand():
    band = band_of(np.array([30, 10, 20, 40], dtype=np.int64), JUNE, 24, 25.5)
    assert band.period == JUNE
    assert (band.expected_value, band.exact_mean) == (24, 25.5)
    assert band.mean == 25
    assert band.sd == pytest.approx(math.sqrt(500 / 3))
    assert band.percentiles == {5: 10, 10: 10, 25: 10, 50: 20, 75: 30, 90: 40, 95: 40}
    assert tuple(band.percentiles) == PERCENTS
    assert band.standard_error.mean == band.sd / 2


@fixed
@given(totals)
def test_percentiles_rise_and_totals_stay_as_they_were(values):
    array = np.array(values, dtype=np.int64)
    before = array.copy()
    found = list(band_of(array, JUNE, 0, 0.0).percentiles.values())
    assert found == sorted(found)
    assert np.array_equal(array, before)


def test_columns_of_a_wider_array_are_summarised_as_they_are():
    wide = np.arange(30, dtype=np.int64).reshape(10, 3)
    assert band_of(wide[:, 1], JUNE, 0, 0.0).mean == wide[:, 1].mean()
