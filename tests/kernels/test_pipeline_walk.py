"""The forecast kernel through its production path: bit for bit the slow twin, and right at words nobody ever draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.execution import Execution
from funnelsim.engines.pipeline import draw_shocks, simulate_bookings
from funnelsim.kernels import pipeline_walk as module
from funnelsim.kernels.keyed_random import CLOSE, WIN, purpose_key
from funnelsim.kernels.walk_arrays import LawTables, LeadArrays
from kernels.small_books import books, for_twin, random_book
from reference import keyed_random as random_twin
from reference import pipeline_walk as twin


def simulated(book, seed, first, count, **how):
    shocks = draw_shocks(book, seed, first, count)
    return simulate_bookings(book, shocks, Execution(threads=how.get("threads", 1), block=how.get("block", 5))), shocks


@settings(max_examples=60, deadline=None)
@given(books(), st.integers(0, 2**64 - 1), st.sampled_from([0, 1, 2, 3, 4, 1000003, 2**32 - 3, 2**40 + 1]))
def test_equals_the_twin(book, seed, first):
    """Any first replication, block boundaries of 5, PC 0 and 1, rare wins, several parameter sets, groups."""
    count = 13
    bookings, shocks = simulated(book, seed, first, count)
    multiplier = None
    if shocks.multiplier.size:
        multiplier = [{first + i: value for i, value in enumerate(row)} for row in shocks.multiplier.tolist()]
    rows, tables = for_twin(book)
    expected = twin.pipeline_walk(rows, tables, seed, range(first, first + count), multiplier, book.bins)
    found = {(first + int(r), int(b)): int(bookings[r, b]) for r, b in zip(*np.nonzero(bookings), strict=True)}
    assert found == {place: money for place, money in expected.items() if money}


def one_lead(probability, key, shocked):
    odds = np.inf if probability == 1 else probability / (1 - probability)
    tables = LawTables(
        probability=np.array([[probability]]),
        odds=np.array([[odds]]),
        day_edges=np.array([[[2**64 - 1]]], dtype=np.uint64),
        day_first=np.array([[0]]),
        day_last=np.array([[0]]),
        shapes=np.empty((0, 1)),
    )
    zero, rows = np.zeros(1, dtype=np.int64), np.array([100], dtype=np.int64)
    lead = LeadArrays(np.array([key], dtype=np.uint64), zero, zero, rows, zero - 1, np.zeros(1), zero)
    # so small a shock that its multiplier is exactly 1: the shocked formula itself is what is tested
    return LoweredBook(lead, tables, 1e-300 if shocked else 0.0, 0.0, np.empty(0, dtype=np.uint64), 1)


@pytest.mark.parametrize("shocked", [False, True])
@pytest.mark.parametrize("word", [0, 2**31 - 1, 2**31, 2**32 - 1])
@pytest.mark.parametrize("place", range(4))
def test_boundary_words(word, place, shocked):
    """The generator is inverted for counters whose win word is extreme: events of probability 2**-32."""
    quarters = [1, 2, 3, 4]
    quarters[place] = word
    words = (quarters[0] + 2**32 * quarters[1], quarters[2] + 2**32 * quarters[3])
    for seed in range(1000):  # one seed in eight puts the counter where a replication number fits in 63 bits
        block, lead = random_twin.inverse_threefry2x64((seed, int(purpose_key(WIN))), words)
        if block < 2**61:
            break
    replication = 4 * block + place
    threshold = (word + 0.5) / 2**32
    for probability, wins in (
        (0.0, False),
        (1.0, True),
        (threshold * (1 - 1e-9), False),
        (min(1.0, threshold * (1 + 1e-9)), True),
    ):
        bookings, _ = simulated(one_lead(probability, lead, shocked), seed, replication, 1)
        assert bookings.sum() == (100 if wins else 0), (probability, word)


def test_one_signature_per_kernel():
    """A second type for one argument would compile, and cache, everything twice."""
    rng = np.random.default_rng(1)
    for sets, sd, group in ((1, 0.0, 0.0), (1, 0.3, 0.0), (3, 0.3, 0.2)):
        simulated(random_book(rng, rows=4, sets=sets, sd=sd, group_sd=group), 1, 0, 40, threads=2)
    if hasattr(module.pipeline_walk, "signatures"):
        assert len(module.pipeline_walk.signatures) == 1


def test_the_compiled_path_was_the_one_used():
    import numba

    if not numba.config.DISABLE_JIT:
        assert hasattr(module.pipeline_walk, "signatures")


def test_many_sets_that_are_all_equal_are_one_set():
    rng = np.random.default_rng(5)
    one = random_book(rng, rows=30, sets=1)
    tables = one.tables
    many = LawTables(
        np.repeat(tables.probability, 200, axis=0),
        np.repeat(tables.odds, 200, axis=0),
        np.ascontiguousarray(np.repeat(tables.day_edges, 200, axis=1)),
        np.repeat(tables.day_first, 200, axis=1),
        np.repeat(tables.day_last, 200, axis=1),
        tables.shapes,
    )
    book = LoweredBook(one.rows, many, one.shock_sd, one.group_sd, one.group_keys, one.bins)
    assert np.array_equal(simulated(one, 3, 0, 1000)[0], simulated(book, 3, 0, 1000)[0])


def certain_lead(key, edges, last, bins):
    """A lead that always wins; ``edges`` is ``(set, bin)``."""
    sets = len(edges)
    tables = LawTables(
        probability=np.ones((sets, 1)),
        odds=np.full((sets, 1), np.inf),
        day_edges=np.array([edges], dtype=np.uint64),
        day_first=np.zeros((1, sets), dtype=np.int64),
        day_last=np.array([last]),
        shapes=np.empty((0, 1)),
    )
    zero = np.zeros(1, dtype=np.int64)
    lead = LeadArrays(np.array([key], dtype=np.uint64), zero, zero, zero + 100, zero - 1, np.zeros(1), zero)
    return LoweredBook(lead, tables, 0.0, 0.0, np.empty(0, dtype=np.uint64), bins)


@pytest.mark.parametrize("sets", [1, 2, 3])
def test_day_words_that_equal_an_edge_close_in_the_later_bin(sets):
    """Edges are the very day words of the lead, so that every comparison of the sweep meets a tie."""
    key, seed, count, bins = 77, 5, 60, 6
    days = [random_twin.threefry2x64((seed, int(purpose_key(CLOSE))), (r, key))[0] for r in range(count)]
    edges = [sorted(days[start : start + 5 * sets : sets])[:5] for start in range(sets)]
    book = certain_lead(key, [[*line, 2**64 - 1] for line in edges], [5] * sets, bins)
    bookings, _ = simulated(book, seed, 0, count)
    rows, tables = for_twin(book)
    expected = twin.pipeline_walk(rows, tables, seed, range(count), None, bins)
    assert {place: 100 for place in zip(*(axis.tolist() for axis in np.nonzero(bookings)), strict=True)} == expected


@pytest.mark.parametrize("sets", [1, 2])
def test_the_largest_day_word_stays_in_a_certain_bin(sets):
    """The generator is inverted for a day word of all ones, which stands for certain bins' edges too."""
    for seed in range(1000):
        replication, lead = random_twin.inverse_threefry2x64((seed, int(purpose_key(CLOSE))), (2**64 - 1, 12345))
        if replication < 2**62:
            break
    first = [5] * sets if sets == 1 else [5, 9]
    edges = [[edge, 2**64 - 1, 2**64 - 1, 2**64 - 1] for edge in first]
    bookings, _ = simulated(certain_lead(lead, edges, [1] * sets, 4), seed, replication, 1)
    assert bookings.tolist() == [[0, 100, 0, 0, 0]]
