"""The full law against enumeration, dynamic programming and the simulation."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from tiny_books import log_odds_of, random_leads, tiny_book

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.closed_form import window_moments
from funnelsim.engines.exact_answer import exact_answer
from funnelsim.engines.exact_law import MOST_SETS, exact_laws, why_moments_only, window_law
from funnelsim.engines.grid_law import GridLaw, quantile_check
from funnelsim.engines.shocked_odds import log_odds_with_mean
from funnelsim.kernels.walk_arrays import LawTables, LeadArrays
from funnelsim.model.results import PERCENTS
from reference import closed_form as twin

ONE = Fraction(1)


def between_amounts(law):
    """Points half a unit above every whole amount of an enumerated law, and its chance of at most that."""
    chances = np.zeros(max(law) + 1)
    for money, chance in law.items():
        chances[money] = float(chance)
    return np.arange(-1, max(law) + 1) + 0.5, np.concatenate([[0.0], np.cumsum(chances)])


def plain_book(chance, amount, shock_sd=0.0):
    """A book of one bin in which everything that is won is booked inside it."""
    rows = len(amount)
    with np.errstate(divide="ignore"):
        odds = np.exp(log_odds_with_mean(chance, shock_sd))
    return LoweredBook(
        rows=LeadArrays(
            key=np.arange(rows, dtype=np.uint64),
            chance_cell=np.arange(rows),
            day_cell=np.zeros(rows, dtype=np.int64),
            amount=np.asarray(amount, dtype=np.int64),
            amount_table=np.full(rows, -1),
            amount_scale=np.zeros(rows),
            group=np.zeros(rows, dtype=np.int64),
        ),
        tables=LawTables(
            probability=np.asarray(chance)[None, :],
            odds=odds[None, :],
            day_edges=np.full((1, 1, 1), 2**64 - 1, dtype=np.uint64),
            day_first=np.zeros((1, 1), dtype=np.int64),
            day_last=np.zeros((1, 1), dtype=np.int64),
            shapes=np.empty((0, 5120)),
        ),
        shock_sd=shock_sd,
        group_sd=0.0,
        group_keys=np.empty(0, dtype=np.uint64),
        bins=1,
    )


def number_won(chance):
    """Chance of each number of wins, by adding one lead at a time."""
    law = np.zeros(len(chance) + 1)
    law[0] = 1.0
    for p in chance:
        law[1:] = law[1:] * (1 - p) + law[:-1] * p
        law[0] *= 1 - p
    return law


@pytest.mark.parametrize("seed", range(3))
def test_independent_leads_with_line_items_equal_the_enumeration(seed):
    leads = random_leads(np.random.default_rng(seed), leads=4)
    book = tiny_book(leads)
    for first, last in ((0, 0), (1, 2), (0, 3)):
        window = [first <= place <= last for place in range(4)]
        points, expected = between_amounts(twin.law_of_book(leads, first, last))
        assert window_law(book, window).cdf(points) == pytest.approx(expected, abs=1e-9)


def test_a_shared_shock_equals_the_enumeration_over_a_grid():
    leads = random_leads(np.random.default_rng(4), leads=4)
    law = window_law(tiny_book(leads, 0.7), [True, True, False])
    points, expected = between_amounts(twin.shocked_law(leads, 0, 1, 0.7, 0.0, 1, log_odds_of(leads, 0.7)))
    assert law.cdf(points) == pytest.approx(expected, abs=2e-6)


def test_group_shocks_equal_the_enumeration_over_a_grid():
    leads = [
        [(Fraction(1, 4), 0, (ONE,), ((ONE, 3),))],
        [(Fraction(1, 2), 0, (ONE,), ((ONE, 4),)), (Fraction(3, 8), 0, (ONE,), ((ONE, 6),))],
        [(Fraction(5, 8), 1, (ONE,), ((ONE, 5),))],
    ]
    law = window_law(tiny_book(leads, 0.4, 0.8), [True])
    odds = log_odds_of(leads, float(np.hypot(0.4, 0.8)))
    points, expected = between_amounts(twin.shocked_law(leads, 0, 0, 0.4, 0.8, 2, odds, reach=6.0, step=1.0))
    assert law.cdf(points) == pytest.approx(expected, abs=2e-5)


def test_the_number_of_wins_is_poisson_binomial():
    chance = np.random.default_rng(1).random(300)
    law = window_law(plain_book(chance, np.full(300, 1000)), [True])
    assert law.cdf(1000 * (np.arange(301) + 0.5)) == pytest.approx(np.cumsum(number_won(chance)), abs=1e-7)


def test_the_grid_reaches_only_as_far_as_money_can():
    chance = np.full(3000, 0.01)
    law = window_law(plain_book(chance, np.full(3000, 1000)), [True])
    assert law.cell * law.pmf.size < 100 * 1000  # 30 wins are expected, 3,000 are possible
    assert law.mean == pytest.approx(30_000, rel=1e-7)
    assert law.cdf(1000 * (np.arange(80) + 0.5)) == pytest.approx(np.cumsum(number_won(chance))[:80], abs=2e-7)


def test_the_grid_begins_only_where_money_can():
    chance = np.concatenate([np.full(2000, 0.99), np.ones(5)])
    law = window_law(plain_book(chance, np.full(2005, 1000)), [True])
    assert law.first * law.cell > 1_900_000
    assert law.mean == pytest.approx(1_985_000, rel=1e-9)
    wins = np.arange(1950, 2006)
    assert law.cdf(1000 * (wins + 0.5)) == pytest.approx(np.cumsum(number_won(chance))[wins], abs=2e-7)


def test_many_leads_under_a_shock_leave_no_staircase():
    # given z, 1,000 leads vary by a tenth of what z does, so a coarse grid of z would show as steps of the law
    rng = np.random.default_rng(2)
    book = plain_book(rng.beta(1, 2, 1_000), rng.integers(1000, 2000, 1_000), shock_sd=0.5)
    law = window_law(book, [True])
    moments = window_moments(book, [[True]])
    assert law.mean == pytest.approx(moments.mean[0], rel=1e-6)
    assert law.sd == pytest.approx(moments.sd[0], rel=1e-3)
    steps = np.array([law.quantile(p) for p in np.linspace(0.05, 0.95, 181)])
    gaps = np.diff(steps)
    assert np.all(np.abs(np.diff(gaps)) < 0.2 * gaps[1:])


@pytest.mark.parametrize("shock_sd", [0.0, 0.25])
def test_mean_and_sd_are_those_of_the_closed_form(shock_sd):
    rng = np.random.default_rng(3)
    book = plain_book(rng.beta(1, 2, 200), np.rint(rng.lognormal(12, 1, 200)), shock_sd)
    law, moments = window_law(book, [True]), window_moments(book, [[True]])
    assert law.mean == pytest.approx(moments.mean[0], rel=1e-7)
    assert law.sd == pytest.approx(moments.sd[0], rel=1e-4)


def test_drawn_amounts_keep_mean_and_sd():
    leads = random_leads(np.random.default_rng(9), leads=6, most_rows=1)
    book = tiny_book(leads, 0.25)
    law, moments = window_law(book, [True, True, True]), window_moments(book, [[True, True, True]])
    assert law.mean == pytest.approx(moments.mean[0], rel=1e-7)
    assert law.sd == pytest.approx(moments.sd[0], rel=1e-5)


def test_parameter_sets_are_mixed():
    one = plain_book(np.array([0.2, 0.5]), [3, 4])
    tables = one.tables._replace(
        probability=np.array([[0.2, 0.5], [0.6, 0.1]]),
        day_edges=np.repeat(one.tables.day_edges, 2, axis=1),
        day_first=np.repeat(one.tables.day_first, 2, axis=1),
        day_last=np.repeat(one.tables.day_last, 2, axis=1),
    )
    law = window_law(LoweredBook(one.rows, tables, 0.0, 0.0, one.group_keys, 1), [True])
    expected = [0.38, (0.1 + 0.54) / 2 + 0.38, (0.1 + 0.54 + 0.4 + 0.04) / 2 + 0.38]
    assert law.cdf([0.5, 3.5, 4.5]) == pytest.approx([0.38, 0.38 + 0.32, 0.38 + 0.32 + 0.22], abs=1e-9)
    assert expected[1] == pytest.approx(0.70)


def test_what_is_too_costly_says_so():
    book = plain_book(np.array([0.2]), [3])
    many = book.tables._replace(probability=np.full((MOST_SETS + 1, 1), 0.2))
    refused = LoweredBook(book.rows, many, 0.0, 0.0, book.group_keys, 1)
    assert "parameter sets" in why_moments_only(refused)
    across = tiny_book([[(ONE / 2, 0, (ONE,), ((ONE, 3),)), (ONE / 4, 1, (ONE,), ((ONE, 3),))]], 0.2, 0.2)
    laws, method = exact_laws(across, [[True]])
    assert laws == (None,)
    assert method == "mean and variance only: some leads have line items in two groups of the group shock"


def test_a_lead_with_very_many_line_items_has_mean_and_variance_only():
    row = (ONE / 2, 0, (ONE,), ((ONE, 3),))
    book = tiny_book([[row] * 150])
    assert why_moments_only(book) == "some leads have more than 100 line items"
    assert window_moments(book, [[True]]).variance == pytest.approx([(450 / 2) ** 2])


def test_a_window_that_nothing_reaches_has_a_law_too():
    law = window_law(tiny_book([[(ONE / 2, 0, (ONE, ONE), ((ONE, 3),))]], 0.2), [False, True])
    assert law.mean == 0.0
    assert law.sd == 0.0
    assert law.quantile(0.9) == 0.0
    assert law.cdf([-1.0, 0.0]).tolist() == [0.0, 1.0]


def test_the_answer_has_a_band_per_period_and_the_horizon():
    book = tiny_book(random_leads(np.random.default_rng(6), leads=5), 0.25)
    answer = exact_answer(book, np.array([0, 1, 1]), table_distance=0.001)
    assert len(answer.periods) == len(answer.cumulative) == 2
    assert answer.total is answer.cumulative[-1]
    assert answer.cumulative[-1].mean == pytest.approx(sum(band.mean for band in answer.periods))
    assert sorted(answer.total.percentiles) == list(PERCENTS)
    assert answer.periods[0].percentiles == answer.cumulative[0].percentiles
    assert "shared shock" in answer.method
    assert answer.table_distance == 0.001


def test_the_quantile_check_passes_what_is_right_and_sees_what_is_wrong():
    """With 20,000 draws it notices 5 sd = 1.8 points of a median and 1.1 points of a P10."""
    rng = np.random.default_rng(8)
    book = plain_book(rng.beta(1, 2, 100), np.rint(rng.lognormal(12, 1, 100)), shock_sd=0.25)
    law = window_law(book, [True])
    totals = np.sort(law.cell * (law.first + rng.choice(law.pmf.size, 20_000, p=law.pmf)))
    assert all(quantile_check(law, totals, p / 100) for p in PERCENTS)
    shifted = totals + 0.1 * law.sd
    assert not any(quantile_check(law, shifted, p / 100) for p in (25, 50, 75))


def test_quantiles_are_the_smallest_points_with_enough_below():
    law = GridLaw(10.0, np.array([0.25, 0.25, 0.0, 0.5]), "by hand")
    later = GridLaw(10.0, law.pmf, "by hand", first=5)
    assert (later.mean, later.sd, later.quantile(0.3)) == pytest.approx((law.mean + 50, law.sd, 60))
    assert later.cdf([49.0, 50.0, 80.0, 99.0]).tolist() == [0, 0.25, 1, 1]
    assert [law.quantile(p) for p in (0.1, 0.25, 0.26, 0.5, 0.51, 0.999)] == [0, 0, 10, 10, 30, 30]
    assert law.cdf([-0.1, 0.0, 9.9, 10.0, 29.9, 30.0, 99.0]).tolist() == [0, 0.25, 0.25, 0.5, 0.5, 1, 1]
    assert law.mean == pytest.approx(17.5)
    assert law.sd == pytest.approx(np.sqrt(0.25 * 100 + 0.5 * 900 - 17.5**2))
