"""Tables of conditional means: their cells, and how close they are to the laws they stand for."""

from __future__ import annotations

import math

import numpy as np
import pytest

from funnelsim.engines.quantile_tables import CELL_EDGES, CELL_WEIGHTS, shape_table, spread_lost, table_moments
from funnelsim.kernels import cell_layout as layout
from funnelsim.model.distributions import AtomAtOne, Constant, Empirical, Lognormal, Pert

SMOOTH = [
    Lognormal(0.0, 1e-6),
    Lognormal(0.0, 0.3),
    Lognormal(12.0, 1.0),
    Lognormal(0.0, 1.5),
    Pert(1.0, 2.0, 9.0),
    Pert(0.0, 0.0, 1.0),
    Pert(0.0, 5.0, 5.0),
    AtomAtOne(0.6, Lognormal(-0.1, 0.8)),
]
VALUES = tuple(np.random.default_rng(1).lognormal(0, 1, 3000).tolist())
STEPPED = [Constant(3.0), Empirical((1.0, 2.0), (0.7, 0.3)), Empirical(VALUES)]
PERCENTILES = np.array([0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999])


def cell_of(word):
    """The formula of the layout, in Python integers."""
    lower = word < 2**63
    distance = word if lower else 2**64 - 1 - word
    if distance >= layout.TAIL:
        bits = int(np.float64(distance >> 11).view(np.int64))
        index = (bits >> layout.CELL_SHIFT) - layout.CELL_BASE
    else:
        index = distance >> layout.TAIL_SHIFT
    return index if lower else layout.CELLS - 1 - index


def test_edges_are_exactly_where_the_layout_changes_its_cell():
    assert len(CELL_EDGES) == layout.CELLS + 1
    for cell, edge in enumerate(CELL_EDGES[1:-1].tolist(), 1):
        word = int(edge * 2**64)
        assert word == edge * 2**64
        assert (cell_of(word - 1), cell_of(word)) == (cell - 1, cell)
    assert (cell_of(0), cell_of(2**64 - 1)) == (0, layout.CELLS - 1)


def test_weights_are_powers_of_two_that_sum_to_one():
    assert CELL_WEIGHTS.sum() == 1.0
    assert np.all(np.frexp(CELL_WEIGHTS)[0] == 0.5)
    assert CELL_WEIGHTS.tolist() == CELL_WEIGHTS[::-1].tolist()


@pytest.mark.parametrize("law", SMOOTH + STEPPED, ids=lambda law: type(law).__name__)
def test_tables_never_fall_and_keep_the_mean(law):
    table = shape_table(law)
    assert np.all(np.diff(table) >= 0)
    assert table_moments(table)[0] == pytest.approx(law.mean(), rel=1e-12)


@pytest.mark.parametrize("law", SMOOTH, ids=lambda law: type(law).__name__)
def test_tables_keep_the_spread_and_the_percentiles(law):
    table = shape_table(law)
    assert spread_lost(law, table) < 5e-4
    place = np.searchsorted(np.cumsum(CELL_WEIGHTS), PERCENTILES)
    assert table[place] == pytest.approx(law.quantile(PERCENTILES), rel=5e-3)


@pytest.mark.parametrize("law", STEPPED, ids=lambda law: type(law).__name__)
def test_steps_inside_cells_cost_little_and_every_mean_lies_inside_its_cell(law):
    table = shape_table(law)
    assert spread_lost(law, table) < 1.2e-3
    assert np.all(table >= law.quantile(CELL_EDGES[:-1]))
    assert np.all(table <= law.quantile(CELL_EDGES[1:]))


def test_moments_of_a_table_are_those_of_its_draws():
    table = shape_table(Lognormal(0.0, 1.0))
    mean, sd = table_moments(table)
    assert mean == pytest.approx(math.exp(0.5))
    assert sd == pytest.approx(math.sqrt(math.e * (math.e - 1)), rel=1e-5)


def test_a_law_wider_than_the_tables_owns_up():
    wide = Lognormal(0.0, 2.5)
    table = shape_table(wide)
    assert table_moments(table)[0] == pytest.approx(wide.mean(), rel=1e-12)
    assert spread_lost(wide, table) > 0.01
