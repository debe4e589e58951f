"""What was booked, period by period, and what the pool at an origin was worth as somebody knew it then.

What it leaves out: forecasts and their scores.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.past_periods import midnight
from funnelsim.model.calendar import Period
from funnelsim.model.history import NO_MOMENT, NO_MONEY, WON, History

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def won_value(history: History, value: str) -> Ints:
    """Return what each won lead counts for.

    Parameters
    ----------
    history : History
        The records.
    value : str
        ``booked``: what it brought, or its potential revenue where that is not recorded; ``pr``: its potential revenue.

    Returns
    -------
    int64, (lead,)
        Minor units; 0 for leads that were not won, and where no amount is known.
    """
    plain = np.maximum(history.pr, 0)
    brought = history.amount_won if value == "booked" else np.full(len(history), NO_MONEY)
    worth = np.where(brought != NO_MONEY, brought, plain)
    return np.where(history.outcome == WON, worth, 0).astype(np.int64)


def booked_by_period(history: History, worth: Ints, periods: tuple[Period, ...]) -> Ints:
    """Return what was booked in each period.

    Parameters
    ----------
    history : History
        The records.
    worth : int64, (lead,)
        What each lead counts for.
    periods : tuple of Period
        Adjacent.

    Returns
    -------
    int64, (period,)
        Sum of the worth of leads that closed in each; exact.
    """
    booked = np.zeros(len(periods), dtype=np.int64)
    if not periods:
        return booked
    edges = np.array([*(midnight(one.start) for one in periods), midnight(periods[-1].end + timedelta(days=1))])
    place = np.searchsorted(edges, history.closed, side="right") - 1
    inside = (history.closed != NO_MOMENT) & (place >= 0) & (place < len(periods))
    np.add.at(booked, place[inside], worth[inside])
    return booked


def known_value(known: History) -> tuple[Ints, int]:
    """Return the potential revenue of each lead as it was last stated.

    Parameters
    ----------
    known : History
        The records as known at an origin.

    Returns
    -------
    pr : int64, (lead,)
        From the latest snapshot that states one, else from the lead itself, else the mean of the other leads.
    blank : int
        Leads that took the mean.
    """
    pr = known.pr.copy()
    told = known.snapshots
    if told is not None:
        stated = np.flatnonzero(told.pr != NO_MONEY)
        stated = stated[np.argsort(told.taken[stated], kind="stable")]
        pr[told.lead[stated]] = told.pr[stated]  # the last of several assignments to one lead stays
    blank = pr == NO_MONEY
    if blank.any():
        pr[blank] = round(float(pr[~blank].mean())) if (~blank).any() else 0
    return pr, int(blank.sum())
