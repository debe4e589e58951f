"""Rivals: what a spreadsheet would have said of the pool, and what past bookings alone would have said of all.

Is the forecast better than what anybody has already?  The weighted pipeline takes each open lead's potential revenue
times its stated chance on its stated day; the others look at bookings only.

What it leaves out: exponential smoothing (:mod:`funnelsim.engines.backtesting.smoothing`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.past_periods import midnight
from funnelsim.model.calendar import Calendar
from funnelsim.model.history import LOST, NO_MOMENT, OPEN, SECONDS_A_DAY, WON, History

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def weighted_pipeline(known: History, pr: Ints, calendar: Calendar) -> Floats:
    """Return the spreadsheet's forecast of the pool.

    Parameters
    ----------
    known : History
        The records as known at the origin.
    pr : int64, (lead,)
        Potential revenue as last stated, minor units.
    calendar : Calendar
        Periods ahead.

    Returns
    -------
    float64, (period,)
        Potential revenue times chance in the period of each lead's day.  The chance is the one that was stated last,
        or the share of closed leads that were won; the day is the close that was stated last, or the birth and the
        median time from birth to a win; a day that is past counts as the first to come.  ``nan`` where the records
        know neither.
    """
    rows = np.flatnonzero(known.outcome == OPEN)
    chance, day = _stated(known)
    won, closed = known.outcome == WON, int((known.outcome == WON).sum() + (known.outcome == LOST).sum())
    rate = float(won.sum()) / closed if closed else np.nan
    usual = known.created + np.median(known.closed[won] - known.created[won]) if won.any() else None
    chance = np.where(np.isnan(chance), rate, chance)[rows]
    if usual is None:
        usual = np.full(len(known), np.nan)
    moment = np.where(day == NO_MOMENT, usual, day)[rows]
    if np.isnan(chance).any() or np.isnan(moment).any():
        return np.full(len(calendar.periods), np.nan)
    ahead = np.array([midnight(one.start) for one in calendar.periods[1:]], dtype=np.float64)
    place = np.searchsorted(ahead, moment, side="right")
    inside = moment < midnight(calendar.window.end) + SECONDS_A_DAY
    weighted = pr[rows] * chance
    return np.bincount(place[inside], weights=weighted[inside], minlength=len(calendar.periods)).astype(np.float64)


def _stated(known: History) -> tuple[Floats, Ints]:
    """Return the chance and the close of each lead that were stated last; ``nan`` and ``NO_MOMENT`` where never."""
    chance, day = np.full(len(known), np.nan), known.stated_close.copy()
    told = known.snapshots
    if told is not None:
        order = np.argsort(told.taken, kind="stable")
        rows = order[~np.isnan(told.pc[order])]
        chance[told.lead[rows]] = told.pc[rows]
        rows = order[told.stated_close[order] != NO_MOMENT]
        day[told.lead[rows]] = told.stated_close[rows]
    return chance, day


def states_chances(history: History) -> bool:
    """Tell whether snapshots state chances.

    Parameters
    ----------
    history : History
        The records.

    Returns
    -------
    bool
        Whether any does.
    """
    return history.snapshots is not None and bool((~np.isnan(history.snapshots.pc)).any())


def mean_of_last(booked: Ints, ahead: int, periods: int) -> Floats:
    """Return what past bookings say of the periods to come.

    Parameters
    ----------
    booked : int64, (period,)
        What was booked in the whole periods behind, minor units.
    ahead : int
        Periods to come.
    periods : int
        How many of the last are averaged, at least 1.

    Returns
    -------
    float64, (ahead,)
        The same in each; ``nan`` with fewer periods behind.
    """
    if len(booked) < periods:
        return np.full(ahead, np.nan)
    return np.full(ahead, float(booked[-periods:].mean()))
