"""Weekdays: how much faster a transition goes on some of them.

Do leads move at weekends?  The hazard of a transition is its rate by age times a factor of the weekday, mean 1 over
the week.  Both are fitted together (Poisson likelihood, by turns), so that stays which begin on Fridays do not pass
for slow ones.

What it leaves out: holidays, and hours of the day.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

EVEN: Final = np.ones(7)
"""No weekday differs."""

LEAST_EVENTS: Final = 35
"""Events below which weekdays are not told apart: five a day on average, Cochran's rule for counts."""

TURNS: Final = 200
"""Turns at most; each raises the likelihood."""


def time_by_weekday(days: Floats) -> Floats:
    """Return the time spent in each weekday since a Monday.

    Parameters
    ----------
    days : float64, any shape
        Days since a midnight that begins a Monday.

    Returns
    -------
    float64, (7, *shape)
        From Monday to Sunday; sums to ``days``.
    """
    weeks = np.floor(days / 7.0)
    inside = days - 7.0 * weeks
    weekday = np.arange(7.0).reshape(7, *(1,) * np.ndim(days))
    return np.asarray(weeks + np.clip(inside - weekday, 0.0, 1.0))


def weekday_factors(events: Floats, exposure: Floats) -> Floats:
    """Return the factor of each weekday on a hazard that also depends on age.

    Parameters
    ----------
    events : float64, (cell, 7)
        Transitions by cell of age and weekday.
    exposure : float64, (cell, 7)
        Lead-days at risk.

    Returns
    -------
    float64, (7,)
        Mean 1; each weekday starts from one event as expected, so none is impossible.  Even where there are too few
        events, or where they are told as well without (Bayesian information criterion, six degrees of freedom).
    """
    if events.sum() < LEAST_EVENTS:
        return EVEN
    by_day, by_cell = events.sum(axis=0), events.sum(axis=1)
    weekly = EVEN
    for _ in range(TURNS):
        weighted = exposure @ weekly
        rate = np.divide(by_cell, weighted, out=np.zeros_like(by_cell), where=weighted > 0.0)
        new = (by_day + 1.0) / (rate @ exposure + 1.0)
        new /= new.mean()
        close = bool(np.max(np.abs(new - weekly)) < 1e-9)
        weekly = new
        if close:
            break
    gain = _log_likelihood(events, exposure, weekly) - _log_likelihood(events, exposure, EVEN)
    return weekly if gain > 3.0 * np.log(events.sum()) else EVEN


def _log_likelihood(events: Floats, exposure: Floats, weekly: Floats) -> float:
    by_cell, weighted = events.sum(axis=1), exposure @ weekly
    told = (by_cell > 0.0) & (weighted > 0.0)
    cells = by_cell[told] * np.log(by_cell[told] / weighted[told])
    return float(cells.sum() + events.sum(axis=0) @ np.log(weekly))


def average_factors(weekly: Floats, start: float, edges: Floats) -> Floats:
    """Return the mean factor within cells of future time.

    Parameters
    ----------
    weekly : float64, (7,)
        Factor of each weekday.
    start : float
        Days since a Monday at which the cells begin.
    edges : float64, (cell + 1,)
        Days from the start, rising.

    Returns
    -------
    float64, (cell,)
        Exact.
    """
    reached = weekly @ time_by_weekday(start + edges)
    return np.asarray(np.diff(reached) / np.diff(edges))
