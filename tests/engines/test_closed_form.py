"""Mean and variance per window against enumeration of everything that can happen."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from tiny_books import log_odds_of, random_leads, tiny_book

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.closed_form import mean_with_probabilities, window_moments
from funnelsim.engines.row_laws import cumulative_windows, line_items, period_windows
from reference import closed_form as twin

ONE = Fraction(1)


def spans_of(windows):
    return [(int(row.argmax()), int(len(row) - 1 - row[::-1].argmax())) for row in windows]


def all_windows(bins):
    """Every run of adjacent bins, the one past the horizon included."""
    runs = [(first, last) for first in range(bins + 1) for last in range(first, bins + 1)]
    return np.array([[first <= place <= last for place in range(bins + 1)] for first, last in runs])


@pytest.mark.parametrize("seed", range(8))
def test_independent_leads_with_line_items_equal_the_enumeration(seed):
    leads = random_leads(np.random.default_rng(seed), leads=4)
    windows = all_windows(3)
    found = window_moments(tiny_book(leads), windows)
    for index, (first, last) in enumerate(spans_of(windows)):
        mean, variance = twin.moments(twin.law_of_book(leads, first, last))
        assert found.mean[index] == pytest.approx(float(mean), rel=1e-13, abs=1e-13)
        assert found.variance[index] == pytest.approx(float(variance), rel=1e-12, abs=1e-11)


@pytest.mark.parametrize("shock_sd", [0.25, 1.0])
def test_a_shared_shock_equals_the_enumeration_over_a_grid(shock_sd):
    leads = random_leads(np.random.default_rng(3), leads=4)
    windows = all_windows(3)[[0, 4, 9]]
    found = window_moments(tiny_book(leads, shock_sd), windows)
    odds = log_odds_of(leads, shock_sd)
    for index, (first, last) in enumerate(spans_of(windows)):
        law = twin.shocked_law(leads, first, last, shock_sd, 0.0, 1, odds)
        mean, variance = twin.moments(law)
        assert found.mean[index] == pytest.approx(mean, rel=1e-9)
        assert found.variance[index] == pytest.approx(variance, rel=1e-8)


@pytest.mark.parametrize(("shock_sd", "group_sd"), [(0.0, 0.7), (0.4, 0.5)])
def test_a_group_shock_equals_the_enumeration_even_for_a_lead_in_two_groups(shock_sd, group_sd):
    half = Fraction(1, 2)
    leads = [
        [(Fraction(1, 4), 0, (half,), ((ONE, 10),))],
        [(Fraction(3, 8), 0, (Fraction(3, 4),), ((ONE, 7),)), (Fraction(1, 8), 1, (half,), ((ONE, 20),))],
        [(half, 1, (ONE,), ((half, 5), (half, 9))), (Fraction(5, 8), 1, (half,), ((half, 1), (half, 30)))],
        [(ONE, 1, (half,), ((ONE, 3),)), (Fraction(0), 0, (half,), ((ONE, 4),))],
    ]
    found = window_moments(tiny_book(leads, shock_sd, group_sd), [[True]])
    odds = log_odds_of(leads, float(np.hypot(shock_sd, group_sd)))
    law = twin.shocked_law(leads, 0, 0, shock_sd, group_sd, 2, odds, reach=6.0, step=1.0)
    mean, variance = twin.moments(law)
    assert found.mean[0] == pytest.approx(mean, rel=1e-6)
    # which of two rows in different groups is likelier depends on both shocks: the twin's grid sees that kink coarsely
    assert found.variance[0] == pytest.approx(variance, rel=2e-3)


def test_the_same_lead_in_two_groups_meets_one_group_when_its_shock_vanishes():
    leads = [[(Fraction(1, 4), 0, (ONE,), ((ONE, 10),)), (Fraction(3, 8), 1, (ONE,), ((ONE, 20),))]]
    almost = window_moments(tiny_book(leads, 0.5, 1e-3), all_windows(1))
    alone = window_moments(tiny_book(leads, 0.5, 0.0), all_windows(1))
    assert almost.variance == pytest.approx(alone.variance, rel=1e-5)


def test_parameter_sets_are_an_equal_mixture():
    leads = random_leads(np.random.default_rng(5), leads=3)
    other = [[(Fraction(1, 2), *row[1:]) for row in lead] for lead in leads]
    one, two = tiny_book(leads), tiny_book(other)
    # the second set has its own chances for the same cells
    cells = one.tables.probability.shape[1]
    both = one.tables._replace(
        probability=np.stack([one.tables.probability[0], np.full(cells, 0.5)]),
        odds=np.stack([one.tables.odds[0], np.ones(cells)]),
        day_edges=np.repeat(one.tables.day_edges, 2, axis=1),
        day_first=np.repeat(one.tables.day_first, 2, axis=1),
        day_last=np.repeat(one.tables.day_last, 2, axis=1),
    )
    mixed = LoweredBook(one.rows, both, 0.0, 0.0, one.group_keys, one.bins)
    windows = all_windows(3)
    found, first, second = (window_moments(book, windows) for book in (mixed, one, two))
    mean = (first.mean + second.mean) / 2
    square = (first.variance + first.mean**2 + second.variance + second.mean**2) / 2
    assert found.mean == pytest.approx(mean)
    assert found.variance == pytest.approx(square - mean**2)


def test_equal_chances_win_together_and_the_largest_lead_counts_all_its_line_items():
    row = (Fraction(1, 2), 0, (ONE,), ((ONE, 10),))
    book = tiny_book([[row, row]])
    found = window_moments(book, [[True]])
    assert found.mean == pytest.approx([10.0])
    assert found.variance == pytest.approx([100.0])  # 20 or nothing; two independent rows would give 50
    assert found.largest_lead == pytest.approx([20.0])
    assert [lead.tolist() for lead in line_items(book)] == [[0, 1]]


def test_pc_zero_and_one_are_untouched_by_shocks():
    rows = [[(Fraction(0), 0, (ONE,), ((ONE, 10),))], [(ONE, 0, (ONE,), ((ONE, 7),))]]
    found = window_moments(tiny_book(rows, 2.0, 1.0), [[True]])
    assert found.mean.tolist() == [7.0]
    assert found.variance == pytest.approx([0.0], abs=1e-20)
    assert found.largest_lead.tolist() == [7.0]


def test_shocks_widen_and_never_move_the_mean():
    leads = random_leads(np.random.default_rng(1), leads=6, drawn=False)
    plain = window_moments(tiny_book(leads), all_windows(3))
    moved = window_moments(tiny_book(leads, 0.25), all_windows(3))
    assert moved.mean == pytest.approx(plain.mean, rel=1e-14)
    assert np.all(moved.variance >= plain.variance * (1 - 1e-12))


def test_mean_with_other_probabilities():
    leads = random_leads(np.random.default_rng(2), leads=5)
    book = tiny_book(leads)
    windows = all_windows(3)
    assert mean_with_probabilities(book, windows, book.tables.probability) == pytest.approx(
        window_moments(book, windows).mean
    )
    halved = mean_with_probabilities(book, windows, book.tables.probability / 2)
    assert 2 * halved == pytest.approx(window_moments(book, windows).mean)


def test_no_rows_bring_nothing():
    book = tiny_book(random_leads(np.random.default_rng(0), leads=2))
    empty = book.select(np.zeros(len(book.rows.key), dtype=bool))
    found = window_moments(empty, all_windows(3))
    assert not found.mean.any()
    assert not found.variance.any()
    assert not found.largest_lead.any()


def test_windows_of_periods_leave_out_the_bin_past_the_horizon():
    period_of_bin = np.array([0, 1, 1, 2])
    assert period_windows(period_of_bin).astype(int).tolist() == [[1, 0, 0, 0, 0], [0, 1, 1, 0, 0], [0, 0, 0, 1, 0]]
    assert cumulative_windows(period_of_bin).astype(int).tolist() == [
        [1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0],
        [1, 1, 1, 1, 0],
    ]
