"""Periods: which days the forecast speaks about, and how days fall into months, weeks and quarters.

The question: a lead closes on a day; in which period is that money?  Periods are whole calendar months, Monday weeks or
fiscal quarters; the first one starts the day after the as-of day and may be a stub.  Months are counted as
``12 * year + month`` and never by adding days, so no month is 30 days long.

What it leaves out: working days and holidays; a booking may fall on a Sunday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from funnelsim.errors import Problem, ScenarioError, raise_if_any

PeriodUnit = Literal["month", "week", "quarter"]
PERIOD_UNITS: tuple[PeriodUnit, ...] = ("month", "week", "quarter")
MONTHS_PER_YEAR = 12
MONTHS_PER_QUARTER = 3
LAST_YEAR = 2400


@dataclass(frozen=True, order=True)
class Period:
    """A run of whole days.

    Attributes
    ----------
    start, end : date
        First and last day, both inside.
    """

    start: date
    end: date

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return (self.end - self.start).days + 1

    def holds(self, day: date) -> bool:
        """Tell whether a day lies in the period.

        Parameters
        ----------
        day : date
            Any day.

        Returns
        -------
        bool
            True for ``start <= day <= end``.
        """
        return self.start <= day <= self.end


@dataclass(frozen=True)
class Calendar:
    """The as-of day and the periods after it.

    Attributes
    ----------
    as_of : date
        The day the forecast stands on; the first period starts on the next day.
    unit : {'month', 'week', 'quarter'}
        Length of a period; weeks start on Monday, quarters follow the fiscal year.
    horizon : int
        Number of whole periods, at least 1; a stub before the first whole period comes on top.
    fiscal_start : int
        First month of the fiscal year, in [1, 12].

    **Invariants**: periods are adjacent, start the day after ``as_of``, and all but the first are whole.
    """

    as_of: date
    unit: PeriodUnit = "month"
    horizon: int = 12
    fiscal_start: int = 1

    def __post_init__(self) -> None:
        problems = []
        if self.unit not in PERIOD_UNITS:
            problems.append(Problem("calendar", "period", "one of 'month', 'week', 'quarter'", self.unit))
        if not 1 <= self.fiscal_start <= MONTHS_PER_YEAR:
            problems.append(Problem("calendar", "fiscal start", "a month number in [1, 12]", self.fiscal_start))
        if self.horizon < 1:
            problems.append(Problem("calendar", "horizon", "an integer, at least 1", self.horizon))
        elif self.as_of.year + self.horizon // 4 + 3 > LAST_YEAR:
            problems.append(
                Problem(
                    "calendar",
                    "horizon",
                    f"one that ends before the year {LAST_YEAR}",
                    self.horizon,
                    "count periods, not days",
                )
            )
        raise_if_any(problems, ScenarioError)

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The forecast periods in order; the first may be a stub."""
        start = self.as_of + timedelta(days=1)
        first = self.period_of(start)
        count = self.horizon if first.start == start else self.horizon + 1
        found = [Period(start, first.end)]
        while len(found) < count:
            found.append(self.period_of(found[-1].end + timedelta(days=1)))
        return tuple(found)

    @property
    def window(self) -> Period:
        """The whole horizon, from the day after the as-of day to the end of the last period."""
        return Period(self.periods[0].start, self.periods[-1].end)

    @cached_property
    def fiscal_year(self) -> Period:
        """The fiscal year that holds the first forecast day."""
        return self._months(self.as_of + timedelta(days=1), MONTHS_PER_YEAR)

    def period_of(self, day: date) -> Period:
        """Return the whole period that a day belongs to.

        Parameters
        ----------
        day : date
            Any day.

        Returns
        -------
        Period
            The calendar month, Monday week or fiscal quarter around it, never a stub.
        """
        if self.unit == "week":
            monday = day - timedelta(days=day.weekday())
            return Period(monday, monday + timedelta(days=6))
        return self._months(day, MONTHS_PER_QUARTER if self.unit == "quarter" else 1)

    def _months(self, day: date, length: int) -> Period:
        """Return the run of ``length`` fiscal months around ``day``."""
        offset = self.fiscal_start - 1
        month = day.year * MONTHS_PER_YEAR + day.month - 1
        first = (month - offset) // length * length + offset
        return Period(_first_day(first), _first_day(first + length) - timedelta(days=1))

    @cached_property
    def bin_ends(self) -> npt.NDArray[np.int64]:
        """Last day of each bin, in days after the as-of day, increasing; shape ``(bin,)``.

        Bins are the periods, cut once more where the fiscal year ends inside one (a week), so that the plan's
        window is always a whole number of bins.
        """
        ends = {period.end for period in self.periods}
        if self.window.holds(self.fiscal_year.end):
            ends.add(self.fiscal_year.end)
        return np.array(sorted((end - self.as_of).days for end in ends), dtype=np.int64)

    @cached_property
    def period_of_bin(self) -> npt.NDArray[np.int64]:
        """Index of the period each bin belongs to; shape ``(bin,)``."""
        ends = np.array([(period.end - self.as_of).days for period in self.periods], dtype=np.int64)
        return np.searchsorted(ends, self.bin_ends).astype(np.int64)

    def days_after(self, days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
        """Count days from the as-of day.

        Parameters
        ----------
        days : datetime64[D], any shape
            No NaT.

        Returns
        -------
        int64, same shape
            0 for the as-of day itself, negative before it.
        """
        return (days - np.datetime64(self.as_of, "D")).astype(np.int64)

    def label(self, period: Period) -> str:
        """Name a period as a planner would.

        Parameters
        ----------
        period : Period
            One of ``periods``.

        Returns
        -------
        str
            ``Jan 2015``, ``22-30 Nov 2026`` (a stub), ``week of 5 Jan 2026`` or ``Q1 FY2027``.
        """
        whole = self.period_of(period.start)
        if period != whole:
            return (
                f"{period.start.day}-{period.end.day} {period.end:%b %Y}"
                if self.unit == "month"
                else f"{period.start:%d %b}-{period.end:%d %b %Y}"
            )
        if self.unit == "week":
            return f"week of {period.start.day} {period.start:%b %Y}"
        if self.unit == "quarter":
            year = self._months(period.start, MONTHS_PER_YEAR)
            quarter = (period.start.month - self.fiscal_start) % MONTHS_PER_YEAR // MONTHS_PER_QUARTER + 1
            return f"Q{quarter} FY{year.end.year}"
        return f"{period.start:%b %Y}"


def _first_day(month: int) -> date:
    """Return the first day of month ``12 * year + (month - 1)``."""
    return date(month // MONTHS_PER_YEAR, month % MONTHS_PER_YEAR + 1, 1)
