"""Sixteen words at once, and the few that are left over: the same winners as one word at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnelsim.kernels.pipeline_walk import set_losing, wins
from funnelsim.kernels.win_sweep import LANES, find_below, find_by_odds
from reference import win_sweep as twin

WORD = st.one_of(st.integers(0, 2**32 - 1), st.sampled_from([0, 1, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1]))
ODDS = st.one_of(st.floats(1e-12, 1e12), st.sampled_from([0.0, 1.0, math.inf, 2.0**-33, 2.0**33]))


def found(sweep, words, limits):
    winner = np.empty(len(words) + LANES, dtype=np.uint32)
    count = sweep(np.array(words, dtype=np.uint32), limits, winner)
    return winner[:count].tolist()


@given(st.lists(st.tuples(WORD, WORD), max_size=70))
def test_words_below_limits(pairs):
    words, limits = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    assert found(find_below, words, np.array(limits, dtype=np.uint32)) == twin.find_below(words, limits)


@given(st.lists(st.tuples(WORD, ODDS), max_size=70))
def test_words_against_odds(pairs):
    words, limits = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    assert found(find_by_odds, words, np.array(limits)) == twin.find_by_odds(words, limits)


@given(st.lists(ODDS, min_size=1, max_size=20))
def test_the_smallest_losing_word_is_the_formulas_own(limits):
    """The threshold that neighbours share is where the formula itself turns: its word loses, the one before wins."""
    losing = np.empty(len(limits), dtype=np.uint32)
    fits = set_losing(np.array(limits), True, losing)
    assert fits == (not any(twin.wins_at(2**32 - 1, limit) for limit in limits))
    for word, limit in zip(losing.tolist(), limits, strict=True):
        if not twin.wins_at(2**32 - 1, limit):
            assert not twin.wins_at(word, limit)
            assert word == 0 or twin.wins_at(word - 1, limit)


@pytest.mark.parametrize("chance", [0.0, 2.0**-33, 2.0**-32, 0.25, 0.5, 1 - 2.0**-32])
def test_without_a_shock_the_threshold_is_the_chance(chance):
    losing = np.empty(1, dtype=np.uint32)
    assert set_losing(np.array([chance * 2.0**32]), False, losing)
    word = int(losing[0])
    assert not wins(np.int64(word), np.float64(chance * 2.0**32), False)
    assert word == 0 or wins(np.int64(word - 1), np.float64(chance * 2.0**32), False)


def test_a_certain_win_has_no_losing_word():
    assert not set_losing(np.array([0.5 * 2.0**32, 2.0**32]), False, np.empty(2, dtype=np.uint32))


def odds_at(word):
    """Odds whose threshold is this word, as near as doubles come: half of them hit it exactly."""
    return (word + 0.5) / (2.0**32 - (word + 0.5))


def test_words_that_equal_their_limit_lose_in_every_lane():
    words = np.random.default_rng(1).integers(1, 2**32 - 1, size=5 * LANES + 3).tolist()
    for step, expected in ((0, []), (1, list(range(len(words))))):
        limits = np.array([word + step for word in words], dtype=np.uint32)
        assert found(find_below, words, limits) == expected


def test_words_at_the_very_odds_that_turn_them():
    """Thousands of comparisons that end in a tie or one bit off it: constant, sign and rounding all show."""
    words = np.random.default_rng(2).integers(0, 2**32, size=200 * LANES).tolist()
    limits = np.array([odds_at(word) for word in words])
    ties = sum(word + 0.5 == limit * (2.0**32 - (word + 0.5)) for word, limit in zip(words, limits, strict=True))
    assert ties > len(words) / 4
    assert found(find_by_odds, words, limits) == twin.find_by_odds(words, limits.tolist())


def test_shared_thresholds_at_the_very_odds_that_turn_a_word():
    words = np.random.default_rng(3).integers(1, 2**32 - 1, size=3000).tolist()
    limits = np.array([odds_at(word) for word in words])
    losing = np.empty(len(words), dtype=np.uint32)
    assert set_losing(limits, True, losing)
    for smallest, limit in zip(losing.tolist(), limits.tolist(), strict=True):
        assert not twin.wins_at(smallest, limit)
        assert twin.wins_at(smallest - 1, limit)
