"""Figures that every forecast needs, whatever its chances rest on: stated values, actuals, bands, groups of columns.

What it leaves out: simulating (:mod:`funnelsim.engines.forecast`, :mod:`funnelsim.engines.learned_forecast`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from funnelsim.engines.bands import band_of
from funnelsim.engines.windows import totals_in
from funnelsim.errors import Problem, ScenarioError, raise_if_any
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.leads import Bookings, Leads, LeadTable
from funnelsim.model.money import rounded
from funnelsim.model.request import ForecastRequest
from funnelsim.model.results import Band

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class StatedValues:
    """PR times stated PC by where the stated close falls, exact, minor units.

    Attributes
    ----------
    periods : tuple of Fraction
        Per period.
    overdue, beyond : Fraction
        Not after the as-of day; past the horizon.
    overdue_rows : int
        How many rows are overdue.
    """

    periods: tuple[Fraction, ...]
    overdue: Fraction
    beyond: Fraction
    overdue_rows: int


def check_columns(table: LeadTable, request: ForecastRequest) -> None:
    """Refuse columns that the file does not have.

    Parameters
    ----------
    table : LeadTable
        The leads as read.
    request : ForecastRequest
        May name columns.

    Raises
    ------
    ScenarioError
        If one is not in the file.
    """
    shock = request.assumptions.group_shock
    problems = []
    for option, column in (("--by", request.by), ("--group-shock", shock.column if shock else None)):
        if column is not None and column not in table.leads.attributes:
            known = ", ".join(sorted(table.leads.attributes)) or "none"
            problems.append(
                Problem(table.name, option, "a column of the file", column, f"columns to choose from: {known}")
            )
    raise_if_any(problems, ScenarioError)


def stated_values(leads: Leads, calendar: Calendar) -> StatedValues:
    """Return PR times stated PC by where the stated close falls.

    Parameters
    ----------
    leads : Leads
        Forecast rows.
    calendar : Calendar
        As-of day and periods.

    Returns
    -------
    StatedValues
        Periods, overdue and beyond sum exactly to the expected value of all rows.
    """
    days = calendar.days_after(leads.expected_close)
    ends = np.array([(period.end - calendar.as_of).days for period in calendar.periods], dtype=np.int64)
    place = np.searchsorted(ends, days)
    overdue = days <= 0
    return StatedValues(
        periods=tuple(leads.expected_value((place == index) & ~overdue) for index in range(len(ends))),
        overdue=leads.expected_value(overdue),
        beyond=leads.expected_value(place == len(ends)),
        overdue_rows=int(overdue.sum()),
    )


def actual_bookings(table: LeadTable, request: ForecastRequest) -> Bookings:
    """Return the money already booked: the file's won rows or the user's own list, and what the user added.

    Parameters
    ----------
    table : LeadTable
        Holds the won rows.
    request : ForecastRequest
        May replace them, or add to them.

    Returns
    -------
    Bookings
        None of them after the as-of day, which reading checked.
    """
    base = table.won if request.actuals is None else request.actuals
    added = request.added_actuals
    return Bookings(np.concatenate([base.day, added.day]), np.concatenate([base.amount, added.amount]))


def period_bands(
    calendar: Calendar, bookings: Ints, windows: Bools, exact: npt.NDArray[np.float64], stated: StatedValues
) -> tuple[Band, ...]:
    """Return the bands of the periods, then of the cumulative windows; the last is the whole horizon.

    Parameters
    ----------
    calendar : Calendar
        Periods and bins.
    bookings : int64, (replication, bin + 1)
        Simulated, minor units.
    windows : bool, (window, bin + 1)
        From :func:`funnelsim.engines.windows.all_windows`.
    exact : float64, (window,)
        Means in closed form.
    stated : StatedValues
        What is stated for the same leads.

    Returns
    -------
    tuple of Band
        Two for each period.
    """
    first = calendar.periods[0].start
    spans = [*calendar.periods, *(Period(first, period.end) for period in calendar.periods)]
    running = [sum(stated.periods[: index + 1], Fraction(0)) for index in range(len(stated.periods))]
    values = [rounded(value) for value in (*stated.periods, *running)]
    return tuple(
        band_of(totals_in(bookings, windows[row]), span, value, float(exact[row]))
        for row, (span, value) in enumerate(zip(spans, values, strict=True))
    )


def by_period(bookings: Ints, calendar: Calendar) -> Ints:
    """Add bins up to periods.

    Parameters
    ----------
    bookings : int64, (replication, bin + 1)
        Minor units.
    calendar : Calendar
        Periods and bins.

    Returns
    -------
    int64, (replication, period + 1)
        The last column stays money past the horizon.
    """
    if len(calendar.bin_ends) == len(calendar.periods):
        return bookings
    periods = np.zeros((len(bookings), len(calendar.periods) + 1), dtype=np.int64)
    for column, period in enumerate([*calendar.period_of_bin.tolist(), len(calendar.periods)]):
        periods[:, period] += bookings[:, column]
    return periods
