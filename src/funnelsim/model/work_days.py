"""Which days are worked, and on which of them Sales works late stages first: for people who read a lead's story.

What it leaves out: the tables that a simulation reads, which ``engines/funnel_days.py`` makes of the same rules.
"""

from __future__ import annotations

from datetime import date, timedelta

from funnelsim.model.scenario_world import WEEKDAYS, CalendarSection

_DAY = timedelta(days=1)


def is_worked(section: CalendarSection, day: date) -> bool:
    """Tell whether a day is worked.

    Parameters
    ----------
    section : CalendarSection
        Workdays and holidays.
    day : date
        Any day.

    Returns
    -------
    bool
        False on holidays and on days of the week that are not worked.
    """
    return WEEKDAYS[day.weekday()] in section.workdays and day not in section.holidays


def triage_windows(section: CalendarSection, count: int, first: date, last: date) -> tuple[tuple[date, date], ...]:
    """Return the days of each month's end on which late stages come first.

    Parameters
    ----------
    section : CalendarSection
        Workdays and holidays.
    count : int
        Last working days of a month; 0 for none.
    first, last : date
        Months that touch these days are looked at.

    Returns
    -------
    tuple of (date, date)
        First of those working days and the month's last day, a month at a time.
    """
    found = []
    month = first.replace(day=1)
    while count > 0 and month <= last:
        following = (month + timedelta(days=31)).replace(day=1)
        days = [month + timedelta(days=k) for k in range((following - month).days)]
        worked = [day for day in days if is_worked(section, day)]
        found.append((month if count >= len(worked) else worked[-count], following - _DAY))
        month = following
    return tuple(found)
