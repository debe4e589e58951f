"""What must follow when a book is rearranged, scaled, split or moved in time: exactly, cent for cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnelsim.engines.day_laws import day_cells
from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.calendar import Calendar
from properties.lead_tables import (
    AS_OF,
    DEFAULT,
    GROUPED,
    STATED,
    YEAR,
    Row,
    assumptions,
    leads_of,
    moved,
    often,
    rows,
    seeds,
    simulate,
)

FOUR_CENTURIES = 146_097
"""Days after which the whole calendar repeats, weekdays and leap years included."""


@often
@given(rows(), assumptions, seeds, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(book, assumed, seed, luck):
    shuffled = book.copy()
    luck.shuffle(shuffled)
    assert np.array_equal(
        simulate(book, assumptions=assumed, seed=seed), simulate(shuffled, assumptions=assumed, seed=seed)
    )


@often
@given(rows(spreads=False), assumptions, st.sampled_from([3, 10**6]))
def test_scaled_amounts_give_scaled_bookings(book, assumed, factor):
    scaled = [replace(row, pr=row.pr * factor) for row in book]
    assert np.array_equal(simulate(scaled, assumptions=assumed), factor * simulate(book, assumptions=assumed))


@often
@given(rows(), assumptions, st.integers(0, 7))
def test_a_lead_that_is_never_won_changes_nothing(book, assumed, place):
    with_it = [*book[:place], Row("never", pr=10**10, pc="0"), *book[place:]]
    assert np.array_equal(simulate(with_it, assumptions=assumed), simulate(book, assumptions=assumed))


@often
@given(rows(), st.sampled_from([STATED, ForecastAssumptions(push=None)]), st.integers(0, 11))
def test_a_certain_lead_adds_its_amount_in_its_month(book, assumed, month):
    close = YEAR.periods[month].end
    change = simulate([*book, Row("sure", 123_45, "1", close)], assumptions=assumed) - simulate(
        book, assumptions=assumed
    )
    assert np.all(change[:, month] == 123_45)
    assert np.all(change.sum(axis=1) == 123_45)


@often
@given(rows())
def test_a_certain_lead_adds_its_amount_in_some_month_when_dates_are_pushed(book):
    change = simulate([*book, Row("sure", 123_45, "1")]) - simulate(book)
    assert np.all(change.sum(axis=1) == 123_45)
    assert change.min() == 0


@often
@given(rows(least=2, items=False), assumptions, st.integers(0, 7))
def test_two_halves_of_a_book_add_up_to_it(book, assumed, place):
    halves = simulate(book[:place], assumptions=assumed) + simulate(book[place:], assumptions=assumed)
    assert np.array_equal(halves, simulate(book, assumptions=assumed))


@often
@given(rows(), assumptions, st.sampled_from(["month", "week", "quarter"]), st.integers(1, 12))
def test_four_centuries_earlier_everything_is_the_same(book, assumed, unit, fiscal_start):
    now = Calendar(date(2390, 3, 17), unit, 5, fiscal_start)
    then = Calendar(date(1990, 3, 17), unit, 5, fiscal_start)
    book = moved(book, (now.as_of - AS_OF).days)
    earlier = moved(book, -FOUR_CENTURIES)
    assert np.array_equal(simulate(book, now, assumed), simulate(earlier, then, assumed))


@often
@given(rows(), assumptions, st.integers(1, 60))
def test_whole_weeks_later_the_weeks_are_the_same(book, assumed, weeks):
    now = Calendar(AS_OF, "week", 20)
    later = Calendar(date.fromordinal(AS_OF.toordinal() + 7 * weeks), "week", 20, now.fiscal_start)
    shifted = moved(book, 7 * weeks)
    ends = [now.period_of_bin, later.period_of_bin]
    found = [np.zeros((64, 22), dtype=np.int64) for _ in ends]
    for total, calendar, leads in zip(found, (now, later), (book, shifted), strict=True):
        bookings = simulate(leads, calendar, assumed)
        np.add.at(total, (slice(None), [*calendar.period_of_bin, 21]), bookings)
    assert np.array_equal(*found)


@often
@given(rows(spreads=False), st.sampled_from([STATED, ForecastAssumptions(push=None)]), st.integers(1, 40))
def test_months_later_the_months_are_the_same(book, assumed, months):
    """The same days of later months, of other lengths: nothing may count 30 days for a month."""

    def later(day):
        month = day.year * 12 + day.month - 1 + months
        return date(month // 12, month % 12 + 1, min(day.day, 28))

    within = [replace(row, close=row.close.replace(day=min(row.close.day, 28))) for row in book]
    shifted = [replace(row, close=later(row.close)) for row in within]
    start = date(2026, 2, 28)
    calendars = [
        Calendar(date.fromordinal(first.replace(day=1).toordinal() - 1), "month", 12)
        for first in (date(2026, 3, 1), later(date(2026, 3, 1)))
    ]
    assert calendars[0].as_of == start
    assert np.array_equal(simulate(within, calendars[0], assumed), simulate(shifted, calendars[1], assumed))


@often
@given(rows(), assumptions, st.integers(1, 12), st.integers(1, 12))
def test_a_longer_horizon_leaves_earlier_months_alone(book, assumed, short, more):
    near = simulate(book, Calendar(AS_OF, "month", short), assumed)
    far_calendar = Calendar(AS_OF, "month", short + more)
    far = simulate(book, far_calendar, assumed)
    assert np.array_equal(near[:, :short], far[:, :short])
    assert np.array_equal(near.sum(axis=1), far.sum(axis=1))


@pytest.mark.parametrize("assumed", [STATED, DEFAULT, GROUPED])
def test_an_empty_book_books_exactly_nothing(assumed):
    bookings = simulate([], assumptions=assumed)
    assert bookings.shape == (64, 13)
    assert not bookings.any()
    assert day_cells(leads_of([]), YEAR, assumed).reached.shape == (0, 12)
