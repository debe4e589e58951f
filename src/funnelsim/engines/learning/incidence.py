"""Aalen-Johansen: where stays end, by age, with a standard error and no assumption on the rates.

What share of leads has moved on, been won or been lost by each age?  Every event counts against the stays that were
seen just before it, so late entry and censoring need no further care.

What it leaves out: rates for forecasts (:mod:`funnelsim.engines.learning.hazards`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.model.calibration import CENSORED, Incidence, Stays

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def incidence(young: Floats, old: Floats, cause: Ints) -> Incidence:
    """Return the cumulative incidence of each cause by age.

    Parameters
    ----------
    young, old : float64, (stay,)
        Ages from and to which stays were seen.
    cause : int64, (stay,)
        Why each ended; ``CENSORED`` where it was still there.

    Returns
    -------
    Incidence
        Nothing where nothing happened.  The error is the delta method's (Marubini and Valsecchi); the age at which
        everybody at risk left adds none.
    """
    ended = cause != CENSORED
    ages = np.unique(old[ended])
    targets = np.unique(cause[ended])
    at_risk = np.searchsorted(np.sort(young), ages, side="left") - np.searchsorted(np.sort(old), ages, side="left")
    events = np.stack([_count(old[cause == target], ages) for target in targets]) if len(targets) else np.zeros((0, 0))
    whole = events.sum(axis=0)
    risk = np.maximum(at_risk, 1).astype(np.float64)
    after = np.cumprod(1.0 - whole / risk)
    before = np.concatenate([[1.0], after[:-1]])[: len(ages)]
    share = np.cumsum(before * events / risk, axis=1)
    left = np.where(risk > whole, risk - whole, np.inf)
    first = whole / (risk * left)
    second = np.square(before) * (risk - events) * events / risk**3
    third = before * events / np.square(risk)
    sums = (np.cumsum(first), np.cumsum(share * first, axis=1), np.cumsum(np.square(share) * first, axis=1))
    variance = np.square(share) * sums[0] - 2.0 * share * sums[1] + sums[2]
    variance += np.cumsum(second, axis=1) - 2.0 * (share * np.cumsum(third, axis=1) - np.cumsum(share * third, axis=1))
    error = np.sqrt(np.maximum(variance, 0.0))
    return Incidence(ages, at_risk.astype(np.int64), tuple(targets.tolist()), share, error)


def stage_incidence(stays: Stays, state: int) -> Incidence:
    """Return where stays in a state end, by age there.

    Parameters
    ----------
    stays : Stays
        What was seen.
    state : int
        Which state.

    Returns
    -------
    Incidence
        Targets are states.
    """
    rows = stays.state == state
    entered = stays.entered[rows]
    return incidence(stays.start[rows] - entered, stays.stop[rows] - entered, stays.cause[rows])


def _count(ages: Floats, at: Floats) -> Floats:
    return np.bincount(np.searchsorted(at, ages), minlength=len(at)).astype(np.float64)
