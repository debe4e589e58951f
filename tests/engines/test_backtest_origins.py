"""Origins: calendars, defaults, what is asked for, and sentences where there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from engines.small_histories import history_of
from funnelsim.engines.backtesting.origins import origins_of
from funnelsim.errors import DataError
from funnelsim.model.backtest_settings import BacktestSettings
from funnelsim.model.history import SECONDS_A_DAY


def moment(day, hour=0):
    return (date.fromisoformat(day) - date(1970, 1, 1)).days * SECONDS_A_DAY + hour * 3600


def records(first, last, clocked=True):
    """Two leads, born and closed at the ends of the records."""
    hour = 5 if clocked else 0
    moments = np.array([moment(first, hour), moment(last, hour)])
    return replace(
        history_of([0.0, 0.0], [0.0, 0.0], [True, False]),
        created=np.array([moments[0]] * 2),
        closed=moments,
        exposure_from=int(moments[0]),
        extract=int(moments[1]) + (1 if clocked else SECONDS_A_DAY),
    )


def firsts(history, **asked):
    return [one.periods[0].start for one in origins_of(history, BacktestSettings(**asked)).calendars]


def test_weeks_begin_on_monday_with_six_behind_and_four_ahead():
    """The first whole week begins on Monday 3 October 2011; the last one ends on Sunday 11 March 2012."""
    found = firsts(records("2011-10-01", "2012-03-14"), every="week")
    assert (found[0], found[-1], len(found)) == (date(2011, 11, 14), date(2012, 2, 13), 14)
    assert all(day.weekday() == 0 for day in found)


def test_calendars_are_whole_periods_from_the_origin():
    calendar = origins_of(records("2011-10-01", "2012-03-14"), BacktestSettings(every="week")).calendars[0]
    assert calendar.as_of == date(2011, 11, 13)
    assert [(one.start, one.days) for one in calendar.periods] == [(date(2011, 11, day), 7) for day in (14, 21, 28)] + [
        (date(2011, 12, 5), 7)
    ]


def test_months_have_six_behind_and_three_ahead():
    assert firsts(records("2017-03-01", "2017-12-31", clocked=False)) == [date(2017, 9, 1), date(2017, 10, 1)]
    assert firsts(records("2017-03-01", "2018-01-15")) == [date(2017, 10, 1)]  # March is not whole: it begins at five


def test_quarters_follow_the_fiscal_year():
    found = firsts(records("2014-01-01", "2018-01-31", clocked=False), every="quarter", fiscal_start=2)
    assert (found[0], found[-1]) == (date(2015, 8, 1), date(2017, 8, 1))


def test_origins_that_somebody_names_may_have_less_behind():
    found = origins_of(
        records("2017-03-01", "2017-12-31", clocked=False),
        BacktestSettings(origins=(date(2017, 5, 12), date(2017, 10, 30))),
    )
    assert [one.periods[0].start for one in found.calendars] == [date(2017, month, 1) for month in range(5, 11)]
    assert found.notes == ("4 origins have fewer than 6 whole months behind.",)


def test_origins_without_a_whole_horizon_are_left_out_and_counted():
    asked = BacktestSettings(origins=(date(2017, 2, 1), date(2017, 12, 1)), horizon=2)
    found = origins_of(records("2017-03-01", "2017-12-31", clocked=False), asked)
    assert [one.periods[0].start.month for one in found.calendars] == list(range(4, 12))
    assert "2 months asked for begin before the records do, and were left out." in found.notes
    assert "1 month asked for has less than 2 months ahead, and was left out." in found.notes


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {},
            ["6 whole months behind an origin and 3 ahead", "4 whole months, 2017-03-01 to 2017-06-30", "--every week"],
        ),
        ({}, ["--origins 2017-04-01:2017-04-01"]),
        ({"every": "quarter"}, ["1 whole quarter, 2017-04-01 to 2017-06-30"]),
        ({"origins": (date(2019, 1, 1), date(2019, 2, 1))}, ["from 2019-01-01 to 2019-02-01 with 3 months ahead"]),
        ({"every": "week", "horizon": 20}, ["16 whole weeks", "--horizon 10"]),
    ],
)
def test_no_origin_is_a_sentence_with_what_would_make_some(asked, said):
    with pytest.raises(DataError) as caught:
        origins_of(records("2017-03-01", "2017-06-30", clocked=False), BacktestSettings(**asked))
    for words in said:
        assert words in str(caught.value)


def test_one_more_day_makes_the_first_origin():
    history = records("2017-03-01", "2017-11-29", clocked=False)
    with pytest.raises(DataError):
        firsts(history)
    assert firsts(records("2017-03-01", "2017-11-30", clocked=False)) == [date(2017, 9, 1)]
