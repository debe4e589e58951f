"""No money appears or disappears: not between months, not between leads, not between groups."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from funnelsim.engines.forecast import forecast_leads
from funnelsim.engines.forecast_figures import stated_values
from funnelsim.model.calendar import Calendar
from funnelsim.model.request import ForecastRequest
from properties.lead_tables import (
    AS_OF,
    ONE_THREAD,
    YEAR,
    assumptions,
    book_of,
    leads_of,
    often,
    rows,
    seldom,
    simulate,
    table_of,
    walk,
)


@often
@given(rows(spreads=False), assumptions)
def test_every_winner_is_booked_once_in_full(book, assumed):
    lowered = book_of(book, assumptions=assumed)
    alone = [walk(lowered.select(np.arange(len(book)) == row)) for row in range(len(book))]
    for row, money in zip(book, alone, strict=True):
        assert np.isin(money.sum(axis=1), [0, row.pr]).all()
        assert np.count_nonzero(money, axis=1).max() <= 1
    assert np.array_equal(sum(alone, np.zeros_like(walk(lowered))), walk(lowered))


@often
@given(rows(), assumptions, st.sampled_from(["month", "week", "quarter"]), st.integers(1, 12))
def test_how_days_are_cut_does_not_change_what_is_won(book, assumed, unit, fiscal_start):
    cut = simulate(book, Calendar(AS_OF, unit, 7, fiscal_start), assumed)
    assert np.array_equal(cut.sum(axis=1), simulate(book, assumptions=assumed).sum(axis=1))


@often
@given(rows(), st.sampled_from(["month", "week", "quarter"]), st.integers(1, 14), st.integers(1, 12))
def test_stated_values_are_the_whole_expected_value(book, unit, horizon, fiscal_start):
    leads = leads_of(book)
    stated = stated_values(leads, Calendar(AS_OF, unit, horizon, fiscal_start))
    total = sum((Fraction(row.pc) * row.pr for row in book), Fraction(0))
    assert sum(stated.periods, stated.overdue + stated.beyond) == total == leads.expected_value()
    assert stated.overdue_rows == sum(row.close <= AS_OF for row in book)


@often
@given(rows(), st.data())
def test_stated_values_fall_where_a_person_would_put_them(book, data):
    month = data.draw(st.integers(0, 11))
    period = YEAR.periods[month]
    by_hand = sum((Fraction(row.pc) * row.pr for row in book if period.start <= row.close <= period.end), Fraction(0))
    assert stated_values(leads_of(book), YEAR).periods[month] == by_hand


@seldom
@given(rows(least=1), assumptions)
def test_groups_add_up_to_the_whole(book, assumed):
    answer = forecast_leads(table_of(book), ForecastRequest(YEAR, assumed, 3, 200, by="region"), ONE_THREAD)
    assert sum(group.rows for group in answer.groups) == len(book)
    for month, band in enumerate(answer.periods):
        means = sum(round(group.periods[month].mean * 200) for group in answer.groups)
        assert means == round(band.mean * 200)
    lowered = book_of(book, assumptions=assumed)
    region = np.array([row.region for row in book])
    parts = [walk(lowered.select(region == value)) for value in sorted(set(region))]
    assert np.array_equal(sum(parts[1:], parts[0]), walk(lowered))


@seldom
@given(rows(least=1), assumptions, st.sampled_from(["month", "week", "quarter"]))
def test_an_answer_adds_up(book, assumed, unit):
    """Money past the horizon is counted: periods and beyond are all there is, in the truth and in the simulation."""
    answer = forecast_leads(table_of(book), ForecastRequest(Calendar(AS_OF, unit, 5), assumed, 3, 100), ONE_THREAD)
    totals = answer.bookings.sum(axis=1)
    assert answer.bookings.shape == (100, len(answer.periods) + 1)
    assert round(100 * (sum(band.mean for band in answer.periods) + answer.beyond.mean)) == totals.sum()
    assert answer.cumulative[-1].mean == answer.total.mean
    assert answer.cumulative[0].percentiles == answer.periods[0].percentiles
    exact = sum(band.exact_mean for band in answer.periods) + answer.beyond.exact_mean
    without_spreads = [row for row in book if row.amount is None or assumed.as_stated]
    if len(without_spreads) == len(book):
        assert abs(exact - float(leads_of(book).expected_value())) <= 1e-9 * (1 + exact)
