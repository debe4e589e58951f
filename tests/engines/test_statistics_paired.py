"""Differences of two strategies: worked by hand, exact on large money, and exactly nothing against itself."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.special import gammaln, xlogy

from funnelsim.engines.statistics.looking import doubling_looks, look_confidence
from funnelsim.engines.statistics.moments import centred, exact_sum, student_quantile
from funnelsim.engines.statistics.paired import (
    chance_difference,
    chance_to_beat,
    mean_difference,
    ratio_difference,
    shared_luck,
    sure_better,
)

NAME = 0.95
T_TWO = 0.95 * math.sqrt(2 / (1 - 0.95**2))
"""Student's quantile for 95 % and 2 degrees of freedom, in closed form."""

MONEY = np.array([3, 10**15 + 7, 2 * 10**14, 0, 9 * 10**14 + 1])


def test_a_paired_t_interval_by_hand():
    found = mean_difference(np.array([1, 2, 3]), np.array([2, 4, 6]))
    assert found.estimate == 2
    assert found.high - found.estimate == pytest.approx(T_TWO / math.sqrt(3), rel=1e-10)
    assert found.estimate - found.low == pytest.approx(T_TWO / math.sqrt(3), rel=1e-10)
    assert (found.confidence, found.method, found.at_least) == (0.95, "paired t", False)
    wider = mean_difference(np.array([1, 2, 3]), np.array([2, 4, 6]), 0.99)
    assert wider.half_width > found.half_width


def test_floats_and_whole_numbers_agree():
    base, other = np.array([1, 2, 3, 9]), np.array([2, 4, 6, 7])
    whole, real = mean_difference(base, other), mean_difference(base.astype(float), other)
    assert (whole.low, whole.high) == pytest.approx((real.low, real.high), rel=1e-14)


def test_money_of_10_trillion_keeps_its_cents():
    other = MONEY + np.array([1, 0, 2, 0, 1])
    found = mean_difference(MONEY, other)
    assert found.estimate == 4 / 5
    assert found.half_width == pytest.approx(student_quantile(4, 0.95) * math.sqrt(0.7) / math.sqrt(5), rel=1e-12)
    assert exact_sum(np.full(9, 2**62)) == 9 * 2**62
    exact = Fraction(sum(MONEY.tolist()), 5)
    spread = sum((Fraction(one) - exact) ** 2 for one in MONEY.tolist()) / 4
    assert centred(MONEY).mean == float(exact)
    assert centred(MONEY).variance == pytest.approx(float(spread), rel=1e-13)


def test_a_strategy_against_itself_differs_by_exactly_nothing():
    for values in (MONEY, MONEY / 3.0, MONEY[:1], np.full(7, 0.1)):
        found = mean_difference(values, values)
        assert (found.estimate, found.low, found.high) == (0, 0, 0)
        counted = (
            ratio_difference(values, MONEY[: len(values)] + 1, values, MONEY[: len(values)] + 1)
            if len(values) < 6
            else found
        )
        assert (counted.estimate, counted.low, counted.high) == (0, 0, 0)
        assert not any(math.copysign(1, end) < 0 for end in (found.low, found.estimate, found.high))
        assert sure_better(values, values) == 0.5
        assert chance_to_beat(values, values).estimate == 0.5
        beats = chance_to_beat(values, values, identical=True)
        assert (beats.low, beats.high) == (0.5, 0.5)
    luck = shared_luck(MONEY, MONEY)
    assert (luck.correlation, luck.variance_reduction, luck.sd_difference, luck.differing) == (1, math.inf, 0, 0)


def test_one_replication_says_nothing_and_a_missing_number_gives_none():
    found = mean_difference(np.array([1]), np.array([3]))
    assert (found.estimate, found.low, found.high, found.known) == (2, -math.inf, math.inf, False)
    assert sure_better(np.array([1]), np.array([3])) == 0.5
    missing = np.array([1.0, math.nan])
    for interval in (mean_difference(missing, missing), chance_to_beat(missing, np.array([1.0, 2.0]))):
        assert all(math.isnan(end) for end in (interval.estimate, interval.low, interval.high))
    assert math.isnan(sure_better(missing, np.array([1.0, 2.0])))


def test_what_is_not_paired_is_refused():
    with pytest.raises(ValueError, match="equally long"):
        mean_difference(np.array([1, 2]), np.array([1]))
    with pytest.raises(ValueError, match="at least one"):
        mean_difference(np.array([], dtype=np.int64), np.array([], dtype=np.int64))


def test_a_ratio_by_hand():
    # ratios 4/6 and 6/6; terms of the base (-1/3, 1/3)/3, of the other (0, 0)
    found = ratio_difference(np.array([1, 3]), np.array([2, 4]), np.array([2, 4]), np.array([2, 4]))
    assert found.estimate == pytest.approx(1 / 3, rel=1e-15)
    sd = math.sqrt(2) / 9
    assert found.half_width == pytest.approx(student_quantile(1, 0.95) * sd / math.sqrt(2), rel=1e-12)


def test_a_ratio_of_what_never_happened_is_unknown():
    nothing = np.zeros(3, dtype=np.int64)
    found = ratio_difference(np.array([1, 2, 3]), nothing, np.array([1, 2, 3]), nothing + 1)
    assert math.isnan(found.estimate)
    assert not found.known


def test_shared_luck_by_hand():
    luck = shared_luck(np.array([1, 2, 3]), np.array([1, 2, 6]))
    assert luck.sd_base == 1
    assert luck.correlation == pytest.approx(5 / math.sqrt(2 * 14), rel=1e-12)
    assert luck.variance_reduction == pytest.approx((1 + 7) / 3, rel=1e-12)
    assert luck.differing == 1
    shifted = shared_luck(np.array([1, 2, 3]), np.array([2, 3, 4]))
    assert shifted.variance_reduction == math.inf
    constant = shared_luck(np.array([4, 4]), np.array([4, 4]))
    assert (constant.correlation, constant.variance_reduction) == (None, None)
    assert shared_luck(np.array([4, 4]), np.array([4, 5])).correlation is None


def test_sure_better_is_the_other_side_of_the_interval():
    base, other = np.array([1, 2, 3]), np.array([2, 4, 6])
    low = mean_difference(base, other, 2 * sure_better(base, other) - 1).low
    assert low == pytest.approx(0, abs=1e-9)
    assert sure_better(base, other, higher=False) == pytest.approx(1 - sure_better(base, other), rel=1e-12)
    assert sure_better(base, base + 1) == 1
    assert sure_better(base, base + 1, higher=False) == 0


def test_ties_count_half():
    base, other = np.array([1, 1, 1, 1]), np.array([2, 1, 1, 0])
    assert chance_to_beat(base, other).estimate == 0.5
    assert chance_to_beat(base, other + 1).estimate == 7 / 8
    assert chance_to_beat(base, other + 1, higher=False).estimate == 1 / 8


def test_discordant_pairs_by_hand():
    base, other = np.array([True, False, False, False, True]), np.array([False, True, True, False, True])
    found = chance_difference(base, other)
    assert found.estimate == 1 / 5
    middle = (3 - 2) / 7
    half = 1.959963984540054 * math.sqrt((5 / 7 - middle**2) / 7) + 1.5 / 7
    assert (found.low, found.high) == (pytest.approx(middle - half, rel=1e-12), pytest.approx(middle + half, rel=1e-12))
    assert found.label == "at least 95 %"


def test_hits_that_agree_leave_room_for_a_rare_difference_unless_known_to_be_the_same():
    hits = np.array([True] * 60 + [False] * 40)
    found = chance_difference(hits, hits)
    assert found.low < found.estimate == 0 < found.high < 0.05
    assert chance_difference(hits, hits, identical=True).half_width == 0


@pytest.mark.parametrize("count", [15, 40, 200])
def test_the_interval_of_chances_holds_at_least_as_often_as_it_says(count):
    """Exact: every possible outcome of the pairs, weighed by its chance; never below .95."""
    gained, lost = np.meshgrid(np.arange(count + 1), np.arange(count + 1), indexing="ij")
    gained, lost = gained[gained + lost <= count], lost[gained + lost <= count]
    same = count - gained - lost
    ways = gammaln(count + 1) - gammaln(gained + 1) - gammaln(lost + 1) - gammaln(same + 1)
    spread = ((gained + lost + 2) / (count + 2) - ((gained - lost) / (count + 2)) ** 2) / (count + 2)
    half = 1.959963984540054 * np.sqrt(spread) + 1.5 / (count + 2)
    middle = (gained - lost) / (count + 2)
    cases = [
        (up, down) for up in (1e-6, 0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7) for down in (1e-6, 0.01, 0.1, 0.25)
    ]
    cases += [(up, 1 - up) for up in np.linspace(0.01, 0.5, 99).tolist()]  # without ties
    for up, down in cases:
        chance = ways + xlogy(gained, up) + xlogy(lost, down) + xlogy(same, max(0.0, 1 - up - down))
        held = np.exp(chance)[(middle - half <= up - down) & (up - down <= middle + half)].sum()
        assert held >= NAME, (up, down)
    hits = np.zeros((2, count), dtype=bool)
    hits[1, :3], hits[0, 3:4] = True, True  # the formula above is the one that runs
    found = chance_difference(*hits)
    at = np.flatnonzero((gained == 3) & (lost == 1))[0]
    assert (found.low, found.high) == pytest.approx((middle[at] - half[at], middle[at] + half[at]), rel=1e-12)


def test_looks_share_the_error():
    assert sum(1 - look_confidence(look, 0.9) for look in range(1, 20_000)) == pytest.approx(0.1, rel=1e-4)
    assert look_confidence(1) == 1 - (1 - 0.95) * 6 / math.pi**2
    looks = list(doubling_looks(50, 410))
    assert [(look.number, look.replications) for look in looks] == [(1, 50), (2, 100), (3, 200), (4, 400)]
    assert [look.confidence for look in looks] == [look_confidence(number) for number in range(1, 5)]
    assert list(doubling_looks(50, 49)) == []
