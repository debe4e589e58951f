"""Doubling until the percentiles are known as well as asked."""

from __future__ import annotations

import math

import numpy as np
import pytest

from funnelsim.engines.bands import percentile_interval
from funnelsim.engines.execution import Execution
from funnelsim.engines.forecast import forecast_leads
from funnelsim.engines.precision import half_width, simulate_until_precise
from funnelsim.engines.windows import all_windows
from funnelsim.errors import ResourceError
from funnelsim.model.request import ForecastRequest
from properties.lead_tables import DEFAULT, ONE_THREAD, STATED, YEAR, Row, book_of, table_of, walk

HORIZON = all_windows(YEAR)[23]
BOOK = book_of([Row(f"L{place}", 1000 + 91 * place, "0.4") for place in range(25)])


def test_a_half_width_by_hand():
    totals = np.arange(1, 1001, dtype=np.int64)
    low, high = percentile_interval(totals, 0.5, 1 - 0.05 * 6 / math.pi**2)
    assert half_width(totals[::-1].copy(), 1) == (high - low) / 2 / 500.5


def test_every_look_must_be_surer_than_the_one_before():
    totals = np.random.default_rng(3).integers(0, 10**6, 5000)
    widths = [half_width(totals, look) for look in range(1, 6)]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]


def test_errors_spent_over_all_looks_stay_within_5_percent():
    assert sum(0.05 * 6 / (math.pi * look) ** 2 for look in range(1, 10_000)) < 0.05


def test_replications_that_agree_are_precise_and_a_mean_of_0_never_is():
    assert half_width(np.full(100, 7), 1) == 0
    assert half_width(np.zeros(100, dtype=np.int64), 1) == 0
    rare = np.zeros(100, dtype=np.int64)
    rare[:50], rare[50:] = -5, 5
    assert half_width(rare, 1) == math.inf


def test_a_longer_run_is_the_shorter_one_continued():
    bookings, precision = simulate_until_precise(BOOK, 3, 100, 0.02, HORIZON, ONE_THREAD)
    assert len(bookings) > 400
    assert len(bookings) / 100 == 2 ** round(math.log2(len(bookings) / 100))
    assert np.array_equal(bookings, walk(BOOK, 3, len(bookings)))
    assert precision.reached <= precision.asked == 0.02


def test_an_easy_precision_stops_at_the_first_look():
    bookings, precision = simulate_until_precise(BOOK, 3, 1000, 0.9, HORIZON, ONE_THREAD)
    assert len(bookings) == 1000
    assert precision.reached <= 0.9


def test_a_hopeless_precision_ends_with_the_memory_and_says_what_was_reached():
    tight = Execution(threads=1, memory_budget=2_000_000)
    with pytest.raises(ResourceError, match=r"replications \(half-width so far \d+\.\d\d% of the mean\)"):
        simulate_until_precise(BOOK, 3, 100, 1e-6, HORIZON, tight)


def test_a_forecast_says_how_many_replications_it_took():
    rows = [Row(f"L{place}", 1000 + 91 * place, "0.4") for place in range(25)]
    request = ForecastRequest(YEAR, DEFAULT, 3, 100, precision=0.05)
    answer = forecast_leads(table_of(rows), request, ONE_THREAD)
    assert answer.replications == len(answer.bookings) > 100
    assert answer.precision.reached <= 0.05
    fixed = ForecastRequest(YEAR, DEFAULT, 3, answer.replications)
    assert np.array_equal(forecast_leads(table_of(rows), fixed, ONE_THREAD).bookings, answer.bookings)
    assert forecast_leads(table_of(rows), fixed, ONE_THREAD).precision is None


def test_certain_leads_need_no_second_look():
    request = ForecastRequest(YEAR, STATED, 3, 10, precision=0.001)
    answer = forecast_leads(table_of([Row("x", 5, "1")]), request, ONE_THREAD)
    assert (answer.replications, answer.precision.reached) == (10, 0)
