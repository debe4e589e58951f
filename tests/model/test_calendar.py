"""How days fall into months, weeks and quarters: by hand, and on all days of a 400-year cycle."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnelsim.errors import ScenarioError
from funnelsim.model.calendar import Calendar, Period

CYCLE_START = date(1970, 1, 1)
CYCLE = 146_097
LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def spans(calendar):
    return [(period.start, period.end) for period in calendar.periods]


def month_of_every_day():
    """Return year and month of each day of the cycle by counting days, without any date arithmetic."""
    years, months = [], []
    for year in range(1970, 2370):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        for month, length in enumerate(LENGTHS, 1):
            days = length + (month == 2 and leap)
            years += [year] * days
            months += [month] * days
    return np.array(years), np.array(months)


def test_every_day_of_400_years_falls_into_its_month():
    """Binning all 146,097 days at once by the ends of 4,800 months agrees with counting days."""
    years, months = month_of_every_day()
    assert len(years) == CYCLE
    calendar = Calendar(CYCLE_START - timedelta(days=1), "month", 1596)
    days = np.arange(1, CYCLE + 1)
    found = np.searchsorted(calendar.bin_ends, days)
    place = calendar.period_of_bin[np.minimum(found, len(calendar.bin_ends) - 1)]
    wanted = (years - 1970) * 12 + months - 1
    inside = wanted < 1596
    assert np.array_equal(place[inside], wanted[inside])
    assert np.all(found[~inside] == len(calendar.bin_ends))


@pytest.mark.parametrize("fiscal_start", range(1, 13))
@pytest.mark.parametrize("unit", ["month", "quarter"])
def test_sampled_days_of_400_years_fall_into_their_fiscal_months(unit, fiscal_start):
    years, months = month_of_every_day()
    calendar = Calendar(date(2026, 1, 1), unit, 1, fiscal_start)
    length = 1 if unit == "month" else 3
    for place in range(0, CYCLE, 211):
        day = CYCLE_START + timedelta(days=place)
        period = calendar.period_of(day)
        assert period.holds(day)
        inside = slice(max(0, place - (day - period.start).days), place + (period.end - day).days + 1)
        numbers = years[inside] * 12 + months[inside]
        assert period.start.day == 1
        assert (period.end + timedelta(days=1)).day == 1
        assert (period.start.month - fiscal_start) % length == 0
        assert numbers.max() - numbers.min() < length


@settings(derandomize=True, deadline=None)
@given(
    st.dates(date(1990, 1, 1), date(2300, 1, 1)),
    st.sampled_from(["month", "week", "quarter"]),
    st.integers(1, 15),
    st.integers(1, 12),
)
def test_periods_are_adjacent_and_all_but_the_first_are_whole(as_of, unit, horizon, fiscal_start):
    calendar = Calendar(as_of, unit, horizon, fiscal_start)
    periods = calendar.periods
    assert periods[0].start == as_of + timedelta(days=1)
    for one, after in pairwise(periods):
        assert after.start == one.end + timedelta(days=1)
    assert all(period == calendar.period_of(period.start) for period in periods[1:])
    whole = sum(period == calendar.period_of(period.start) for period in periods)
    assert whole == horizon
    assert len(periods) in {horizon, horizon + 1}


@settings(derandomize=True, deadline=None)
@given(
    st.dates(date(1990, 1, 1), date(2300, 1, 1)),
    st.sampled_from(["month", "week", "quarter"]),
    st.integers(1, 70),
    st.integers(1, 12),
)
def test_bins_refine_periods_and_the_fiscal_year(as_of, unit, horizon, fiscal_start):
    calendar = Calendar(as_of, unit, horizon, fiscal_start)
    ends = set(calendar.bin_ends.tolist())
    assert {(period.end - as_of).days for period in calendar.periods} <= ends
    year_end = (calendar.fiscal_year.end - as_of).days
    assert (year_end in ends) == (calendar.fiscal_year.end <= calendar.window.end)
    assert np.all(np.diff(calendar.bin_ends) > 0)
    assert np.all(np.diff(calendar.period_of_bin) >= 0)
    assert set(calendar.period_of_bin.tolist()) == set(range(len(calendar.periods)))
    assert calendar.fiscal_year.holds(as_of + timedelta(days=1))
    assert 365 <= calendar.fiscal_year.days <= 366


def test_a_month_end_starts_with_a_whole_month():
    assert spans(Calendar(date(2014, 12, 31), "month", 3)) == [
        (date(2015, 1, 1), date(2015, 1, 31)),
        (date(2015, 2, 1), date(2015, 2, 28)),
        (date(2015, 3, 1), date(2015, 3, 31)),
    ]


def test_a_stub_comes_on_top_of_the_whole_months():
    assert spans(Calendar(date(2028, 2, 10), "month", 1)) == [
        (date(2028, 2, 11), date(2028, 2, 29)),
        (date(2028, 3, 1), date(2028, 3, 31)),
    ]


def test_the_day_before_a_month_end_leaves_a_stub_of_one_day():
    calendar = Calendar(date(2026, 1, 30), "month", 1)
    assert spans(calendar)[0] == (date(2026, 1, 31), date(2026, 1, 31))
    assert calendar.periods[0].days == 1


def test_months_are_never_chained_from_a_31st():
    ends = [period.end for period in Calendar(date(2026, 1, 31), "month", 4).periods]
    assert ends == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]


def test_weeks_start_on_monday_and_cross_the_year():
    assert spans(Calendar(date(2026, 12, 25), "week", 2)) == [
        (date(2026, 12, 26), date(2026, 12, 27)),
        (date(2026, 12, 28), date(2027, 1, 3)),
        (date(2027, 1, 4), date(2027, 1, 10)),
    ]


def test_fiscal_quarters_follow_the_fiscal_year():
    calendar = Calendar(date(2026, 1, 31), "quarter", 2, fiscal_start=2)
    assert spans(calendar) == [(date(2026, 2, 1), date(2026, 4, 30)), (date(2026, 5, 1), date(2026, 7, 31))]
    assert calendar.fiscal_year == Period(date(2026, 2, 1), date(2027, 1, 31))
    assert calendar.label(calendar.periods[0]) == "Q1 FY2027"


def test_the_fiscal_year_is_that_of_the_first_forecast_day():
    assert Calendar(date(2026, 3, 31), fiscal_start=4).fiscal_year == Period(date(2026, 4, 1), date(2027, 3, 31))
    assert Calendar(date(2026, 3, 30), fiscal_start=4).fiscal_year == Period(date(2025, 4, 1), date(2026, 3, 31))
    assert Calendar(date(2014, 12, 31)).fiscal_year.start == date(2015, 1, 1)


def test_a_week_is_cut_where_the_fiscal_year_ends_and_counts_as_one_week():
    calendar = Calendar(date(2026, 12, 27), "week", 2)
    assert calendar.bin_ends.tolist() == [4, 7, 14]
    assert calendar.period_of_bin.tolist() == [0, 0, 1]


def test_months_have_one_bin_each():
    calendar = Calendar(date(2026, 3, 31), "month", 12, 4)
    assert calendar.period_of_bin.tolist() == list(range(12))
    assert calendar.bin_ends[:3].tolist() == [30, 61, 91]


def test_days_are_counted_from_the_as_of_day():
    days = np.array(["2026-03-31", "2026-04-01", "2026-03-01"], dtype="datetime64[D]")
    assert Calendar(date(2026, 3, 31)).days_after(days).tolist() == [0, 1, -30]


@pytest.mark.parametrize(
    ("calendar", "label"),
    [
        (Calendar(date(2014, 12, 31)), "Jan 2015"),
        (Calendar(date(2026, 11, 21)), "22-30 Nov 2026"),
        (Calendar(date(2026, 1, 4), "week"), "week of 5 Jan 2026"),
        (Calendar(date(2026, 3, 31), "quarter", 4, 4), "Q1 FY2027"),
        (Calendar(date(2025, 12, 31), "quarter"), "Q1 FY2026"),
        (Calendar(date(2026, 1, 6), "week"), "07 Jan-11 Jan 2026"),
    ],
)
def test_labels_are_a_planners_words(calendar, label):
    assert calendar.label(calendar.periods[0]) == label


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"unit": "day"}, "calendar: period must be one of 'month', 'week', 'quarter'; got 'day'."),
        ({"fiscal_start": 13}, "calendar: fiscal start must be a month number in [1, 12]; got 13."),
        ({"fiscal_start": 0}, "calendar: fiscal start must be a month number in [1, 12]; got 0."),
        ({"horizon": 0}, "calendar: horizon must be an integer, at least 1; got 0."),
        ({"horizon": 10_000}, "calendar: horizon must be one that ends before the year 2400; got 10000."),
    ],
)
def test_a_wrong_calendar_is_refused_in_a_sentence(wrong, sentence):
    with pytest.raises(ScenarioError) as caught:
        Calendar(date(2026, 3, 31), **wrong)
    assert str(caught.value).splitlines()[0] == sentence


def test_all_mistakes_of_a_calendar_come_at_once():
    with pytest.raises(ScenarioError) as caught:
        Calendar(date(2026, 3, 31), "day", 0, 13)
    assert len(caught.value.problems) == 3
