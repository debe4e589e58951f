"""What a forecast says about its own accuracy is true at the rate it states."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import bdtr

from funnelsim.engines.bands import ONE_SIGMA, band_of, percentile, percentile_interval
from funnelsim.engines.exact_law import window_law
from funnelsim.engines.forecast import forecast_leads
from funnelsim.engines.precision import PERCENTS, half_width, simulate_until_precise
from funnelsim.engines.windows import all_windows
from funnelsim.model.request import ForecastRequest, Plan
from properties.lead_tables import DEFAULT, ONE_THREAD, STATED, YEAR, Row, book_of, table_of, walk
from tools import assert_proportion

BOOK = [Row(f"L{place}", 1000 + 37 * place * place, f"0.{15 + place}") for place in range(30)]
HORIZON = all_windows(YEAR)[23]


def exact_coverage(count, share, confidence):
    """Chance that the order statistics chosen for this count hold the percentile of a continuous law."""
    ordered = np.arange(1, count + 1)
    low, high = percentile_interval(ordered, share, confidence)
    return float(bdtr(high - 1, count, share) - bdtr(low - 1, count, share))


@pytest.mark.parametrize("count", [10, 100, 1000, 10_000, 100_000])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("confidence", [ONE_SIGMA, 0.95, 0.999])
def test_an_order_statistic_interval_has_the_confidence_it_states(count, share, confidence):
    """Exact: a binomial distribution function; ends cut off by the sample are the only exception."""
    if (1 - share) ** count > (1 - confidence) / 2 or share**count > (1 - confidence) / 2:
        ends = percentile_interval(np.arange(count), share, confidence)
        assert 0 in ends or count - 1 in ends  # so few replications cannot hold it with this confidence
        return
    coverage = exact_coverage(count, share, confidence)
    assert confidence <= coverage
    spread = math.sqrt(count * share * (1 - share))
    assert coverage <= confidence + 2.5 / spread


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_intervals_cover_the_percentile_of_uniform_draws_at_their_exact_rate(share):
    """Notices a coverage of .69 that is off by .037; 4,000 samples of 500 draws."""
    rng = np.random.default_rng(44)
    samples = np.sort(rng.integers(0, 2**62, size=(4000, 500)), axis=1)
    truth = share * 2**62
    hits = 0
    for ordered in samples:
        low, high = percentile_interval(ordered, share, ONE_SIGMA)
        hits += low <= truth < high
    assert_proportion(hits, len(samples), exact_coverage(500, share, ONE_SIGMA))


@pytest.mark.slow
def test_the_standard_errors_of_a_band_are_what_repetitions_scatter():
    """Notices a standard error that is off by 20 %; 400 repetitions of 2,000 replications."""
    book = book_of(BOOK, assumptions=DEFAULT)
    bands = []
    for seed in range(400):
        totals = walk(book, seed, 2000) @ HORIZON
        bands.append(band_of(totals, YEAR.window, 0, 0.0))
    room = 5 * math.sqrt(1 / (2 * len(bands)))
    found = np.std([band.mean for band in bands], ddof=1)
    stated = np.mean([band.standard_error.mean for band in bands])
    assert abs(found / stated - 1) < room
    for percent in (10, 50, 90):
        found = np.std([band.percentiles[percent] for band in bands], ddof=1)
        stated = np.mean([getattr(band.standard_error, f"p{percent}") for band in bands])
        # an order-statistic interval is a little wider than 68 %, by design, and its own width scatters
        assert 1 - room < stated / found < 1 + room + 2.5 / math.sqrt(2000 * 0.09), percent


@pytest.mark.slow
@pytest.mark.parametrize("assumed", [STATED, DEFAULT], ids=["stated", "default"])
def test_precision_is_reached_and_its_intervals_cover(assumed):
    """Every one of 400 runs reaches the 3 % asked; intervals miss at most 5 %; notices a coverage below .90."""
    book = book_of(BOOK, assumptions=assumed)
    law = window_law(book, HORIZON)
    runs = 400
    covered = dict.fromkeys(PERCENTS, 0)
    for seed in range(runs):
        bookings, precision = simulate_until_precise(book, seed, 200, 0.03, HORIZON, ONE_THREAD)
        look = 1 + round(math.log2(len(bookings) / 200))
        assert len(bookings) == 200 * 2 ** (look - 1)
        assert precision.asked == 0.03
        assert precision.reached <= 0.03
        totals = bookings @ HORIZON
        assert precision.reached == half_width(totals, look)
        if look > 1:
            assert half_width(totals[: len(totals) // 2], look - 1) > 0.03
        ordered = np.sort(totals)
        for percent in PERCENTS:
            confidence = 1 - 0.05 * 6 / (math.pi * look) ** 2
            low, high = percentile_interval(ordered, percent / 100, confidence)
            truth = law.quantile(percent / 100)
            covered[percent] += low - law.cell <= truth <= high + law.cell
    for percent, hits in covered.items():
        assert hits / runs >= 0.95 - 5 * math.sqrt(0.95 * 0.05 / runs), percent


def test_the_chance_of_a_plan_and_its_standard_error_are_those_of_a_proportion():
    """Notices a chance that is off by .011; 50,000 replications, 12 equal leads of which 5 or more must win."""
    rows = [Row(f"L{place}", 100, "0.3") for place in range(12)]
    request = ForecastRequest(YEAR, STATED, 3, 50_000, plan=Plan(500))
    answer = forecast_leads(table_of(rows), request, ONE_THREAD)
    exact = 1 - float(bdtr(4, 12, 0.3))
    assert_proportion(round(answer.plan.probability * 50_000), 50_000, exact)
    assert answer.plan.standard_error == pytest.approx(math.sqrt(exact * (1 - exact) / 50_000), rel=0.01)
    wins = answer.bookings.sum(axis=1) // 100
    assert answer.plan.probability == np.mean(wins >= 5)
    assert answer.plan.expected_shortfall == pytest.approx(float(np.mean(500 - 100 * wins[wins < 5])), rel=1e-12)


def test_a_percentile_of_simulated_totals_is_never_interpolated():
    totals = walk(book_of(BOOK), 1, 777) @ HORIZON
    ordered = np.sort(totals)
    for percent in range(1, 101):
        value = percentile(ordered, percent)
        assert value in totals
        assert 100 * np.count_nonzero(totals <= value) >= percent * 777
        assert 100 * np.count_nonzero(totals < value) < percent * 777
