"""From words to cells of a quantile table: bit for bit as the slow twin, above all where octaves meet."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from funnelsim.kernels.cell_layout import CELLS
from funnelsim.kernels.sampling import draw_from_table, interpolated
from reference import sampling as twin

POSITIONS = np.arange(CELLS, dtype=np.float64)


def cells(words):
    out = np.empty(len(words), dtype=np.int64)
    draw_from_table(np.array(words, dtype=np.uint64), np.float64(1), POSITIONS, out)
    return out.tolist()


def test_every_edge_of_every_octave():
    edges = {0, 2**64 - 1, 2**63, 2**63 - 1}
    for power in range(37, 64):
        for step in (-1, 0, 1):
            edges |= {2**power + step, 2**64 - 1 - (2**power + step)}
    words = sorted(edges)
    found = cells(words)
    assert found == [twin.table_position(word) for word in words]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (0, CELLS - 1)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=50))
def test_equals_the_twin(words):
    assert cells(words) == [twin.table_position(word) for word in words]


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20), st.floats(1, 1e12))
def test_amounts_round_halves_to_even_as_the_twin(words, scale):
    shape = np.linspace(0.5, 3.5, CELLS)
    out = np.empty(len(words), dtype=np.int64)
    draw_from_table(np.array(words, dtype=np.uint64), np.float64(scale), shape, out)
    assert out.tolist() == twin.draw_from_table(words, scale, shape.tolist())


@given(st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 2**46), st.integers(2**63 - 2, 2**63 + 2)), st.booleans())
def test_reading_between_edges_equals_the_twin(word, turned):
    word = 2**64 - 1 - word if turned else word
    edges = np.cumsum(np.random.default_rng(1).random(CELLS + 1))
    assert interpolated(edges, np.uint64(word)) == twin.interpolated(edges, word)
