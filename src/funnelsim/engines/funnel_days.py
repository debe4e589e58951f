"""The calendar of a funnel simulation as tables: which days are worked, triaged, met on.

The question: on this day, does anybody work, is it one of the last working days of its month, when is the next meeting?
Months and weeks are whole ones: a simulation that starts on the 20th knows how many working days the month had before.

What it leaves out: holidays of single teams; everybody works on the same days.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.funnel_arrays import Days
from funnelsim.model.calendar import Calendar
from funnelsim.model.scenario_world import WEEKDAYS, CalendarSection

Ints = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]

ENDS_OF_MONTH = 5
"""Working days at the start and at the end of a month that are counted apart."""
MONDAY = np.datetime64("1970-01-05", "D")


def lower_days(
    calendar: Calendar, section: CalendarSection, triage_days: int, meeting: Literal["week", "month"] | None
) -> Days:
    """Make the calendar tables.

    Parameters
    ----------
    calendar : Calendar
        Days and periods.
    section : CalendarSection
        Workdays and holidays.
    triage_days : int
        Last working days of a month in which late stages come first; the days between them and after them until the
        month's end count as well.
    meeting : {'week', 'month'} or None
        How often; the first working day of each.

    Returns
    -------
    Days
        Day 0 is the day after the as-of day.
    """
    window = calendar.window
    dates, inside = _whole_months_and_weeks(window.start, window.end)
    work = working(dates, section)
    months = dates.astype("datetime64[M]")
    weeks = (dates - MONDAY).astype(np.int64) // 7
    triage = np.zeros(len(dates), dtype=np.int64)
    for month in np.unique(months):
        mark_last(triage, np.flatnonzero(months == month), work, triage_days)
    met = np.zeros(len(dates), dtype=np.int64)
    if meeting is not None:
        met = _firsts(weeks if meeting == "week" else months, work)
    ends = np.array([(period.end - window.start).days for period in calendar.periods], dtype=np.int64)
    count = window.days
    worked = np.concatenate([[0], np.cumsum(work[inside])])
    return Days(
        period=np.searchsorted(ends, np.arange(count)).astype(np.int64),
        work=work[inside].copy(),
        worked=worked.astype(np.int64),
        work_day=np.append(np.flatnonzero(work[inside]), count).astype(np.int64),
        triage=triage[inside].copy(),
        clear=_next(triage[inside] == 0),
        meeting=_next(met[inside] == 1),
        week=_firsts(weeks, work)[inside].copy(),
        part=_parts(months, work)[inside].copy(),
    )


def working(dates: Dates, section: CalendarSection) -> Ints:
    """Tell which days are worked.

    Parameters
    ----------
    dates : datetime64[D], (day,)
        Any days.
    section : CalendarSection
        Workdays and holidays.

    Returns
    -------
    int64, (day,)
        1 on working days.
    """
    weekdays = np.array([day in section.workdays for day in WEEKDAYS])
    holidays = np.array(section.holidays, dtype="datetime64[D]")
    return (weekdays[(dates - MONDAY).astype(np.int64) % 7] & ~np.isin(dates, holidays)).astype(np.int64)


def mark_last(marks: Ints, month: Ints, work: Ints, count: int) -> None:
    """Mark the end of a month from the first of its last working days on.

    Parameters
    ----------
    marks : int64, (day,)
        Set to 1 there.
    month : int64, (day of the month,)
        Indices of its days.
    work : int64, (day,)
        1 on working days.
    count : int
        Working days to mark; all of the month where it has no more.
    """
    days = month[work[month] == 1]
    if count > 0:
        start = month[0] if count >= len(days) else days[-count]
        marks[start : month[-1] + 1] = 1


def _whole_months_and_weeks(start: date, end: date) -> tuple[Dates, slice]:
    """Return all days of the months and weeks that a window touches, and where the window lies in them."""
    first, last = np.datetime64(start, "D"), np.datetime64(end, "D")
    month_start = first.astype("datetime64[M]").astype("datetime64[D]")
    month_end = (last.astype("datetime64[M]") + 1).astype("datetime64[D]")
    week_start = MONDAY + (first - MONDAY).astype(np.int64) // 7 * 7
    week_end = MONDAY + ((last - MONDAY).astype(np.int64) // 7 + 1) * 7
    dates = np.arange(min(month_start, week_start), max(month_end, week_end))
    offset = int((first - dates[0]).astype(np.int64))
    return dates, slice(offset, offset + (end - start).days + 1)


def _firsts(groups: npt.NDArray[np.generic], work: Ints) -> Ints:
    """Mark the first working day of each group of days."""
    marks = np.zeros(len(work), dtype=np.int64)
    days = np.flatnonzero(work)
    _, first = np.unique(groups[days], return_index=True)
    marks[days[first]] = 1
    return marks


def _parts(months: npt.NDArray[np.datetime64], work: Ints) -> Ints:
    """Return 1 in the first working days of each month, 2 in the last ones, 0 elsewhere."""
    parts = np.zeros(len(work), dtype=np.int64)
    for month in np.unique(months):
        days = np.flatnonzero((months == month) & (work == 1))
        parts[days[:ENDS_OF_MONTH]] = 1
        parts[days[-ENDS_OF_MONTH:]] = 2
    return parts


def _next(marked: npt.NDArray[np.bool_]) -> Ints:
    """Return the first marked day at or after each day, ``(day + 1,)``; the number of days if there is none."""
    count = len(marked)
    day = np.append(np.where(marked, np.arange(count), count), count)
    return np.ascontiguousarray(np.minimum.accumulate(day[::-1])[::-1], dtype=np.int64)
