"""Days as the records live them: a weekday on which little happens passes quickly.

A lead that reached its stage on a Friday has not been worked for three days on Monday.  Time is stretched so that
wins come evenly over the days of the week, if the records say so clearly enough; ages, periods and laws are then all
in days of this time.  A whole week is always seven days.

What it leaves out: holidays, and hours of the day.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.model.calibration import WorkingTime
from funnelsim.model.history import NO_MOMENT, SECONDS_A_DAY, WON, History

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

A_MONDAY: Final = 4 * SECONDS_A_DAY
"""Monday 1970-01-05, from which weeks are counted."""

EVEN: Final = WorkingTime((1.0,) * 7)
"""Time as clocks tell it."""

LEAST_WINS: Final = 35
"""Wins below which weekdays are not told apart: five a day on average, Cochran's rule for counts."""


def working_time(history: History) -> WorkingTime:
    """Return how fast each weekday passes.

    Parameters
    ----------
    history : History
        The records.

    Returns
    -------
    WorkingTime
        Shares of wins by weekday times 7, each with one win of an even week added; even time where the records hold
        too few wins or where even days tell them as well (Bayesian information criterion).
    """
    moments = history.closed[(history.outcome == WON) & (history.closed >= history.exposure_from)]
    wins = np.bincount((moments - A_MONDAY) // SECONDS_A_DAY % 7, minlength=7).astype(np.float64)
    if wins.sum() < LEAST_WINS:
        return EVEN
    share = (wins + 1.0) / (wins.sum() + 7.0)
    gain = float(wins @ np.log(7.0 * share)) - 3.0 * np.log(wins.sum())
    return WorkingTime(tuple((7.0 * share).tolist())) if gain > 0.0 else EVEN


def in_days(time: WorkingTime, moments: Ints, start: int) -> Floats:
    """Return moments as days since a start.

    Parameters
    ----------
    time : WorkingTime
        How fast weekdays pass.
    moments : int64, any shape
        Seconds since 1970-01-01.
    start : int
        Seconds since 1970-01-01.

    Returns
    -------
    float64, shape of ``moments``
        ``nan`` where there is no moment.
    """
    known = moments != NO_MOMENT
    if time == EVEN:
        days = (np.where(known, moments, start) - start) / SECONDS_A_DAY
    else:
        days = _since_monday(time, np.where(known, moments, start)) - _since_monday(time, np.array(start))
    return np.where(known, days, np.nan)


def _since_monday(time: WorkingTime, moments: Ints) -> Floats:
    day, second = np.divmod(moments - A_MONDAY, SECONDS_A_DAY)
    week, weekday = np.divmod(day, 7)
    weight = np.asarray(time.weights)
    before = np.concatenate([[0.0], np.cumsum(weight)[:-1]])
    return np.asarray(7.0 * week + before[weekday] + weight[weekday] * second / SECONDS_A_DAY)
