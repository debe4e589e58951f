"""Whole periods of the records, and where each lies in its season.

Which weeks, months or quarters did the records see from end to end?  Shocks and arrivals are counted in these.

What it leaves out: what is counted in them (:mod:`funnelsim.engines.learning.shocks`, ``arrivals``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.model.calendar import Calendar, Period, PeriodUnit
from funnelsim.model.history import SECONDS_A_DAY

PHASES: Final = {"week": 0, "month": 3, "quarter": 4}
"""Places of a season: the months of a fiscal quarter, the quarters of a fiscal year; weeks have none."""

TYPICAL_DAYS: Final = {"week": 7.0, "month": 30.4375, "quarter": 91.3125}


@dataclass(frozen=True)
class PastPeriods:
    """Whole periods of the records in their order.

    Attributes
    ----------
    unit : {'month', 'week', 'quarter'}
        Length.
    fiscal_start : int
        First month of the fiscal year.
    periods : tuple of Period
        Adjacent; empty where the records hold no whole one.
    """

    unit: PeriodUnit
    fiscal_start: int
    periods: tuple[Period, ...]

    def __len__(self) -> int:
        """Return the number of periods."""
        return len(self.periods)

    def edges(self, exposure_from: int) -> npt.NDArray[np.float64]:
        """Return where the periods begin and end, in days of the records.

        Parameters
        ----------
        exposure_from : int
            Moment at which the records begin, seconds since 1970-01-01.

        Returns
        -------
        float64, (period + 1,)
            Empty without periods.
        """
        if not self.periods:
            return np.zeros(0)
        days = [*(period.start for period in self.periods), self.periods[-1].end + timedelta(days=1)]
        return np.array([(midnight(day) - exposure_from) / SECONDS_A_DAY for day in days])

    @property
    def phases(self) -> int:
        """Places of the season; 0 without one."""
        return PHASES[self.unit]

    @property
    def days(self) -> float:
        """Typical length in days."""
        return TYPICAL_DAYS[self.unit]


def whole_periods(first: int, last: int, unit: PeriodUnit, fiscal_start: int = 1) -> PastPeriods:
    """Return the whole periods between two moments.

    Parameters
    ----------
    first, last : int
        Seconds since 1970-01-01.
    unit : {'month', 'week', 'quarter'}
        Length.
    fiscal_start : int
        First month of the fiscal year.

    Returns
    -------
    PastPeriods
        Each begins at or after the first moment and ends at or before the last.
    """
    calendar = Calendar(day_of(first), unit, 1, fiscal_start)
    period = calendar.period_of(day_of(first))
    found = []
    while midnight(period.end + timedelta(days=1)) <= last:
        if midnight(period.start) >= first:
            found.append(period)
        period = calendar.period_of(period.end + timedelta(days=1))
    return PastPeriods(unit, fiscal_start, tuple(found))


def phase_of(period: Period, unit: PeriodUnit, fiscal_start: int) -> int:
    """Return the place of a period in its season.

    Parameters
    ----------
    period : Period
        Whole, or the stub of one.
    unit : {'month', 'week', 'quarter'}
        Length.
    fiscal_start : int
        First month of the fiscal year.

    Returns
    -------
    int
        From 0; always 0 for weeks.
    """
    if unit == "week":
        return 0
    months = (period.start.month - fiscal_start) % 12
    return months % 3 if unit == "month" else months // 3


def phases_of(periods: tuple[Period, ...], unit: PeriodUnit, fiscal_start: int) -> npt.NDArray[np.int64]:
    """Return the place of each period in its season.

    Parameters
    ----------
    periods : tuple of Period
        Whole, or stubs.
    unit : {'month', 'week', 'quarter'}
        Length.
    fiscal_start : int
        First month of the fiscal year.

    Returns
    -------
    int64, (period,)
        From 0.
    """
    return np.array([phase_of(period, unit, fiscal_start) for period in periods], dtype=np.int64)


def periods_ahead(last_day: date, calendar: Calendar) -> npt.NDArray[np.int64]:
    """Return how many periods after the last whole one of the records each period of a forecast lies.

    Parameters
    ----------
    last_day : date
        Of the records.
    calendar : Calendar
        In the same unit.

    Returns
    -------
    int64, (period,)
        1 for the first that the records do not hold whole; at least 1.
    """
    first = calendar.period_of(last_day + timedelta(days=1)).start
    starts = [calendar.period_of(period.start).start for period in calendar.periods]
    if calendar.unit == "week":
        apart = [(start - first).days // 7 for start in starts]
    else:
        months = [12 * (start.year - first.year) + start.month - first.month for start in starts]
        apart = months if calendar.unit == "month" else [count // 3 for count in months]
    return np.maximum(np.array(apart, dtype=np.int64) + 1, 1)


def midnight(day: date) -> int:
    """Return the moment at which a day begins.

    Parameters
    ----------
    day : date
        Any day.

    Returns
    -------
    int
        Seconds since 1970-01-01.
    """
    return (day - date(1970, 1, 1)).days * SECONDS_A_DAY


def day_of(moment: int) -> date:
    """Return the day that a moment belongs to.

    Parameters
    ----------
    moment : int
        Seconds since 1970-01-01.

    Returns
    -------
    date
        As written, without a zone.
    """
    return datetime.fromtimestamp(moment, tz=UTC).date()
