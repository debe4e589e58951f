"""Stretches of days that bands speak about, as sets of bins.

Every band, cumulative band and plan window is a set of adjacent bins, so one matrix answers all: simulated totals are
sums of columns of the bookings, exact moments are sums over the same columns.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import numpy.typing as npt

from funnelsim.engines.row_laws import period_windows as period_windows_of
from funnelsim.model.calendar import Calendar, Period

Bools = npt.NDArray[np.bool_]


def period_windows(calendar: Calendar) -> Bools:
    """Return which bins each period holds.

    Parameters
    ----------
    calendar : Calendar
        Periods and bins.

    Returns
    -------
    bool, (period, bin + 1)
        The last column, money past the horizon, is in no period.
    """
    return period_windows_of(calendar.period_of_bin)


def all_windows(calendar: Calendar) -> Bools:
    """Return periods, then cumulative windows, then money past the horizon, as rows of bins.

    Parameters
    ----------
    calendar : Calendar
        Periods and bins.

    Returns
    -------
    bool, (2 * period + 1, bin + 1)
        The last cumulative window is the whole horizon.
    """
    periods = period_windows(calendar)
    beyond = np.zeros((1, periods.shape[1]), dtype=bool)
    beyond[0, -1] = True
    return np.vstack([periods, np.logical_or.accumulate(periods, axis=0), beyond])


def bins_inside(calendar: Calendar, window: Period) -> Bools:
    """Return which bins lie inside some days.

    Parameters
    ----------
    calendar : Calendar
        Periods and bins.
    window : Period
        Days whose ends, where they fall inside the horizon, are ends of bins.

    Returns
    -------
    bool, (bin + 1,)
        Never the last one, money past the horizon.
    """
    ends = [calendar.as_of + timedelta(days=int(day)) for day in calendar.bin_ends]
    starts = [calendar.as_of + timedelta(days=1), *(end + timedelta(days=1) for end in ends[:-1])]
    inside = [window.start <= start and end <= window.end for start, end in zip(starts, ends, strict=True)]
    return np.array([*inside, False])


def totals_in(bookings: npt.NDArray[np.int64], window: Bools) -> npt.NDArray[np.int64]:
    """Return one total per replication.

    Parameters
    ----------
    bookings : int64, (replication, bin + 1)
        Minor units.
    window : bool, (bin + 1,)
        Which bins count.

    Returns
    -------
    int64, (replication,)
        Exact: lowering refused books whose sums could wrap.
    """
    total = np.zeros(len(bookings), dtype=np.int64)
    for column in np.flatnonzero(window):
        total += bookings[:, column]
    return total
