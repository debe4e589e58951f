"""Money of one window of days from some rows, in some state of the records: what every step of a bridge adds up.

The question: what do these rows bring between two days, replication by replication, seen from an as-of day?  Draws
hang on lead and replication only, so rows may be simulated in any parts, at any as-of day, and added up: the total is
the one that all of them together would have.

What it leaves out: ranking the totals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from funnelsim.engines.bands import percentile
from funnelsim.engines.book import LoweredBook
from funnelsim.engines.execution import Execution
from funnelsim.engines.lowering import lower_leads
from funnelsim.engines.pipeline import draw_shocks, simulate_bookings
from funnelsim.engines.plan_chance import booked_in
from funnelsim.engines.row_laws import amount_moments, day_spans
from funnelsim.engines.statistics.moments import exact_sum
from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.explanation import WindowState
from funnelsim.model.forecast_run import ForecastRun
from funnelsim.model.leads import Leads

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NO_DAYS = Period(date.min, date.min)


@dataclass(frozen=True)
class WindowCalendar(Calendar):
    """A calendar whose bins are before the window, the window, and (outside all bins) after it.

    Attributes
    ----------
    days : Period
        The window, which ends after the as-of day.
    """

    days: Period = NO_DAYS

    @cached_property
    def bin_ends(self) -> Ints:
        """Last day of each bin, in days after the as-of day: one bin before the window if it starts later, and it."""
        before = (self.days.start - timedelta(days=1) - self.as_of).days
        ends = [before] if before > 0 else []
        return np.array([*ends, (self.days.end - self.as_of).days], dtype=np.int64)

    @property
    def inside(self) -> Bools:
        """Which bin is the window, ``(bin + 1,)``."""
        bins = len(self.bin_ends)
        return np.array([index == bins - 1 for index in range(bins + 1)])


@dataclass(frozen=True, eq=False)
class RowState:
    """Rows as they stand at some point between two runs.

    Attributes
    ----------
    leads : Leads
        The rows.
    as_of : date
        The day they are seen from.
    assumptions : ForecastAssumptions
        How they are forecast.
    """

    leads: Leads
    as_of: date
    assumptions: ForecastAssumptions


@dataclass(frozen=True, eq=False)
class WindowWalk:
    """How the money of one window is simulated.

    Attributes
    ----------
    days : Period
        The window.
    seed, count : int
        Luck, and how many replications.
    execution : Execution
        Without influence on the answer.
    """

    days: Period
    seed: int
    count: int
    execution: Execution

    def book(self, rows: RowState) -> tuple[LoweredBook, Bools] | None:
        """Return rows lowered for the window, and which bin it is; None when nothing can fall inside any more.

        Parameters
        ----------
        rows : RowState
            Any rows.

        Returns
        -------
        tuple of LoweredBook and bool (bin + 1,), or None
            None for no rows, or a window that ends by their as-of day.
        """
        if not len(rows.leads) or self.days.end <= rows.as_of:
            return None
        calendar = WindowCalendar(rows.as_of, days=self.days)
        return lower_leads(rows.leads, calendar, rows.assumptions), calendar.inside

    def totals(self, rows: RowState) -> Ints:
        """Simulate what rows bring in the window.

        Parameters
        ----------
        rows : RowState
            Any rows.

        Returns
        -------
        int64, (replication,)
            Minor units, without anything booked.
        """
        lowered = self.book(rows)
        if lowered is None:
            return np.zeros(self.count, dtype=np.int64)
        book, inside = lowered
        return self.walked(book, inside)

    def walked(self, book: LoweredBook, inside: Bools) -> Ints:
        """Simulate a book and return its money in the window.

        Parameters
        ----------
        book : LoweredBook
            From :meth:`book`, or changed from there.
        inside : bool, (bin + 1,)
            Which bin is the window.

        Returns
        -------
        int64, (replication,)
            Minor units.
        """
        bookings = simulate_bookings(book, draw_shocks(book, self.seed, 0, self.count), self.execution)
        return np.ascontiguousarray(bookings[:, int(np.flatnonzero(inside)[0])])

    def means(self, rows: RowState) -> Floats:
        """Return the mean that each row brings in the window, in closed form.

        Parameters
        ----------
        rows : RowState
            Any rows.

        Returns
        -------
        float64, (row,)
            Minor units.
        """
        lowered = self.book(rows)
        if lowered is None:
            return np.zeros(len(rows.leads))
        book, inside = lowered
        within = day_spans(book, inside[None, :], 0).chance[:, 0]
        chance = book.tables.probability[0]
        return np.asarray(
            chance[book.rows.chance_cell] * within[book.rows.day_cell] * amount_moments(book).mean, dtype=np.float64
        )


def state_of(totals: Ints, target: int | None) -> WindowState:
    """Sum up the totals of one state.

    Parameters
    ----------
    totals : int64, (replication,)
        Booked and forecast, minor units.
    target : int or None
        Plan for the window.

    Returns
    -------
    WindowState
        With an exact sum.
    """
    ordered = np.sort(totals)
    whole = exact_sum(totals)
    chance = None if target is None else float(np.count_nonzero(totals >= target)) / len(totals)
    middle = [percentile(ordered, percent) for percent in (10, 50, 90)]
    return WindowState(whole, rounded_mean(whole, len(totals)), middle[0], middle[1], middle[2], chance)


def rounded_mean(total: int, count: int) -> int:
    """Return a sum over a count, rounded once, halves to even.

    Parameters
    ----------
    total : int
        Exact sum.
    count : int
        At least 1.

    Returns
    -------
    int
        Minor units.
    """
    whole, left = divmod(total, count)
    return whole + int(2 * left > count or (2 * left == count and whole % 2 == 1))


def booked_inside(run: ForecastRun, days: Period) -> int:
    """Return the money of a window that a run counts as booked.

    Parameters
    ----------
    run : ForecastRun
        Any run.
    days : Period
        The window.

    Returns
    -------
    int
        Minor units.
    """
    return booked_in(run.actuals, days)[1]


def whole_state(run: ForecastRun) -> RowState:
    """Return the rows of a run as the run saw them.

    Parameters
    ----------
    run : ForecastRun
        Any run.

    Returns
    -------
    RowState
        All its forecast rows.
    """
    return RowState(run.leads, run.as_of, run.assumptions)


def verified(run: ForecastRun, days: Period, forecast: Ints) -> bool | None:
    """Tell whether a run's saved replications are what its leads give.

    Parameters
    ----------
    run : ForecastRun
        The run.
    days : Period
        The window.
    forecast : int64, (replication,)
        Money in the window with the run's own seed and replications, without what is booked.

    Returns
    -------
    bool or None
        None where the window cuts a period, or reaches past the run's horizon.
    """
    periods = run.calendar.periods
    inside = [days.start <= one.start and one.end <= days.end for one in periods]
    outside = [one.end < days.start or days.end < one.start for one in periods]
    whole = all(one or other for one, other in zip(inside, outside, strict=True))
    if not whole or days.end > run.calendar.window.end:
        return None
    saved = run.bookings[:, [index for index, one in enumerate(inside) if one]].sum(axis=1)
    return bool(np.array_equal(saved, forecast))


def rows_at(leads: Leads, rows: Sequence[int] | Ints) -> Leads:
    """Return rows in the order asked for, which :meth:`Leads.select` cannot.

    Parameters
    ----------
    leads : Leads
        Any leads.
    rows : sequence of int
        Row numbers, repetitions allowed.

    Returns
    -------
    Leads
        A new table.
    """
    chosen = np.asarray(rows, dtype=np.int64)
    listed = chosen.tolist()
    return replace(
        leads,
        lead_id=tuple(leads.lead_id[row] for row in listed),
        pr=leads.pr[chosen],
        pc=tuple(leads.pc[row] for row in listed),
        expected_close=leads.expected_close[chosen],
        line=leads.line[chosen],
        pr_p10=leads.pr_p10[chosen],
        pr_p90=leads.pr_p90[chosen],
        close_p10=leads.close_p10[chosen],
        close_p90=leads.close_p90[chosen],
        imputed=leads.imputed[chosen],
        attributes={name: tuple(cells[row] for row in listed) for name, cells in leads.attributes.items()},
    )
