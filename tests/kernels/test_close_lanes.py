"""Sixteen winners at once: the same words and places as one at a time, and whole sweeps of them in the walk."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnelsim.engines.execution import Execution
from funnelsim.engines.pipeline import draw_shocks, simulate_bookings
from funnelsim.kernels import close_lanes
from funnelsim.kernels.keyed_random import CLOSE, purpose_key
from funnelsim.kernels.walk_arrays import LANES
from kernels.small_books import for_twin, random_book
from reference import close_lanes as twin
from reference import pipeline_walk as walk_twin
from reference.keyed_random import inverse_threefry2x64

LONG = st.integers(0, 2**64 - 1)
WINNERS = st.lists(st.integers(0, 2**32 - 1), min_size=LANES, max_size=LANES)
draw_days, draw_blocks, pass_lanes = close_lanes.draw_days, close_lanes.draw_blocks, close_lanes.pass_lanes


@numba.njit
def drawn(address, winner, day, amount, both):
    if both:
        draw_blocks(address, winner, day, amount, np.int64(LANES))
    else:
        draw_days(address, winner, day, amount, np.int64(LANES))


@numba.njit
def passed(edges, day, start, size, winner, place):
    pass_lanes(edges, day, start, size, winner, place, np.int64(LANES))


def longs(values, before=LANES):
    """An array of words behind as many others, so that a sweep that starts in the wrong place shows."""
    return np.array([7] * before + list(values), dtype=np.uint64)


def words_of(address, winners, *, both):
    day, amount = longs([1] * LANES), longs([1] * LANES)
    winner = longs(winners).astype(np.uint32)
    drawn(tuple(np.uint64(word) for word in address), winner, day, amount, both)
    assert day[:LANES].tolist() == amount[:LANES].tolist() == [7] * LANES
    return day[LANES:].tolist(), amount[LANES:].tolist()


@given(LONG, LONG, st.integers(0, 2**62), LONG, WINNERS)
def test_words_are_the_twins(seed, purpose, first, lead, winners):
    address = (seed, purpose, first, lead)
    days, amounts = twin.draw_blocks(address, winners)
    assert words_of(address, winners, both=True) == (days, amounts)
    assert words_of(address, winners, both=False) == (days, [1] * LANES)


@pytest.mark.parametrize("word", [0, 2**64 - 2, 2**64 - 1])
@pytest.mark.parametrize("lane", [0, 7, 8, 15])
def test_extreme_day_words(word, lane):
    """The generator is inverted for day words that no sampling would meet."""
    key = (5, int(purpose_key(CLOSE)))
    replication, lead = inverse_threefry2x64(key, (word, 12345))
    first = (replication - lane) % 2**64
    days, amounts = words_of((*key, first, lead), range(LANES), both=True)
    assert (days[lane], amounts[lane]) == (min(word, 2**64 - 2), 12345)


@given(st.lists(LONG, max_size=13), st.lists(LONG, min_size=LANES, max_size=LANES), WINNERS, st.data())
def test_places_are_the_twins(edges, days, winners, data):
    """Days are edges themselves, or one off, as often as not."""
    near = [max(0, min(2**64 - 2, edge + step)) for edge in edges for step in (-1, 0, 1)]
    days = [data.draw(st.sampled_from([day, *near])) for day in days]
    start, size = data.draw(st.integers(0, 10**6)), data.draw(st.integers(1, 10**6))
    place = longs([1] * LANES)
    winner = longs(winners).astype(np.uint32)
    passed(np.array(edges, dtype=np.uint64), longs(days), np.uint64(start), np.uint64(size), winner, place)
    assert place[:LANES].tolist() == [7] * LANES
    assert place[LANES:].tolist() == twin.places(edges, days, start, size, winners)


@pytest.mark.parametrize("block", [64, 70, 150])
@pytest.mark.parametrize(("sets", "sd"), [(1, 0.0), (1, 0.4), (3, 0.0), (3, 0.4), (40, 0.4)])
def test_whole_sweeps_in_the_walk(sets, sd, block):
    """More than sixteen winners a row, sets whose edges disagree widely, constant and drawn amounts."""
    book = random_book(np.random.default_rng(sets), rows=8, sets=sets, bins=9, sd=sd)
    count, first, seed = 150, 11, 3
    shocks = draw_shocks(book, seed, first, count)
    bookings = simulate_bookings(book, shocks, Execution(threads=1, block=block))
    multiplier = None
    if shocks.multiplier.size:
        multiplier = [{first + i: value for i, value in enumerate(row)} for row in shocks.multiplier.tolist()]
    rows, tables = for_twin(book)
    expected = walk_twin.pipeline_walk(rows, tables, seed, range(first, first + count), multiplier, book.bins)
    found = {(first + int(r), int(b)): int(bookings[r, b]) for r, b in zip(*np.nonzero(bookings), strict=True)}
    assert found == {place: money for place, money in expected.items() if money}
