"""Figures of a calibration: estimates with a standard error, an interval and what they rest on.

How well is a share, an age or a spread known?  Intervals of shares come from the binomial law of as many leads as carry
the same error, so that they stay inside [0, 1] and are wide where few leads were seen.

What it leaves out: what the figures mean (:mod:`funnelsim.model.calibration_answer`).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, gammaincinv, ndtri

from funnelsim.model.calibration import Incidence
from funnelsim.model.calibration_answer import CONFIDENCE, DaysFigure, Figure

Floats = npt.NDArray[np.float64]

TAIL: Final = (1.0 - CONFIDENCE) / 2.0
NORMAL: Final = float(-ndtri(TAIL))
"""Half-width of an interval in standard errors."""

MOST_AGES: Final = 2_000
"""Ages at which bands of an incidence are looked at: quantiles of the events beyond."""


def share_interval(share: Floats, error: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return intervals of shares.

    Parameters
    ----------
    share, error : float64, any shape
        Estimates in [0, 1] and their standard errors.
    n : float64, same shape
        Leads behind each, for shares whose error is 0.

    Returns
    -------
    low, high : float64, same shape
        Clopper and Pearson's, with as many leads as give that error to a binomial share; [0, 1] with no lead.
    """
    known = (error > 0.0) & (share > 0.0) & (share < 1.0)
    leads = np.where(known, share * (1.0 - share) / np.square(np.where(known, error, 1.0)), n)
    leads = np.minimum(leads, np.maximum(n, 1.0))
    hits = share * leads
    with np.errstate(invalid="ignore"):
        low = betaincinv(hits, leads - hits + 1.0, TAIL)
        high = betaincinv(hits + 1.0, leads - hits, 1.0 - TAIL)
    none = n < 1.0
    low, high = np.where((hits <= 0.0) | none, 0.0, low), np.where((hits >= leads) | none, 1.0, high)
    return np.minimum(low, share), np.maximum(high, share)


def share_figure(share: float, error: float, n: int) -> Figure:
    """Return a share as a figure.

    Parameters
    ----------
    share, error : float
        Estimate in [0, 1] and its standard error; 0 where nothing varied.
    n : int
        Leads behind it.

    Returns
    -------
    Figure
        Where nothing varied, the error is that of Jeffreys' posterior.
    """
    low, high = share_interval(np.array(share), np.array(error), np.array(float(n)))
    if error <= 0.0:
        a, b = n * share + 0.5, n * (1.0 - share) + 0.5
        error = float(np.sqrt(a * b / (a + b + 1.0)) / (a + b))
    return Figure(share, error, float(low), float(high), n)


def reached(law: Incidence, target: int, n: int) -> Figure:
    """Return the share that took one way out by the oldest age at which anything happened.

    Parameters
    ----------
    law : Incidence
        Of all ways out.
    target : int
        Which.
    n : int
        Leads that were seen.

    Returns
    -------
    Figure
        0 with its interval where nobody took it.
    """
    if target not in law.targets:
        return share_figure(0.0, 0.0, n)
    row = law.targets.index(target)
    return share_figure(float(min(law.share[row, -1], 1.0)), float(law.error[row, -1]), n)


def age_of(law: Incidence, share: float) -> DaysFigure:
    """Return the age by which a share of leads has left.

    Parameters
    ----------
    law : Incidence
        With one target: leaving, whatever the way.
    share : float
        In (0, 1).

    Returns
    -------
    DaysFigure
        None beyond the ages that were seen.
    """
    if not len(law.age):
        return DaysFigure(share, None, None, None)
    left, error = law.share[0], law.error[0]
    seen = len(law.age)
    looked = np.unique(np.linspace(0, seen - 1, min(seen, MOST_AGES)).round().astype(np.int64))
    at_risk = np.maximum.accumulate(law.at_risk.astype(np.float64))[looked]
    low, high = share_interval(left[looked].clip(0.0, 1.0), error[looked], at_risk)
    days = _first(law.age, left, share)
    return DaysFigure(share, days, _first(law.age[looked], high, share), _first(law.age[looked], low, share))


def _first(ages: Floats, values: Floats, level: float) -> float | None:
    """Return the first age at which values have reached a level, rounding apart."""
    there = values >= level - 1e-12
    return float(ages[int(np.argmax(there))]) if there.any() else None


def gamma_figure(mean: float, error: float, n: int) -> Figure:
    """Return a positive factor as a figure.

    Parameters
    ----------
    mean, error : float
        Of its posterior.
    n : int
        What it rests on.

    Returns
    -------
    Figure
        Interval of the Gamma law with these moments.
    """
    if error <= 0.0 or mean <= 0.0:
        return Figure(mean, error, mean, mean, n)
    shape = (mean / error) ** 2
    low, high = (float(gammaincinv(shape, p)) * mean / shape for p in (TAIL, 1.0 - TAIL))
    return Figure(mean, error, low, high, n)


def log_figure(log_mean: float, log_error: float, n: int) -> Figure:
    """Return the exponential of a normal estimate as a figure.

    Parameters
    ----------
    log_mean, log_error : float
        Of the logarithm.
    n : int
        What it rests on.

    Returns
    -------
    Figure
        Error by the delta method.
    """
    middle, low, high = (float(np.exp(log_mean + side * NORMAL * log_error)) for side in (0, -1, 1))
    return Figure(middle, float(middle * log_error), low, high, n)


def posterior_figure(values: Floats, weight: Floats, n: int) -> Figure:
    """Return a number with a posterior on a grid as a figure.

    Parameters
    ----------
    values, weight : float64, (point,)
        Candidates in any order and their weights, which sum to 1.
    n : int
        What it rests on.

    Returns
    -------
    Figure
        Posterior mean and sd; the interval's ends are candidates.
    """
    order = np.argsort(values, kind="stable")
    values, weight = values[order], weight[order]
    mean = float(values @ weight)
    error = math.sqrt(max(float(np.square(values) @ weight) - mean**2, 0.0))
    summed = np.cumsum(weight)
    low, high = (float(values[min(int(np.searchsorted(summed, p)), len(values) - 1)]) for p in (TAIL, 1.0 - TAIL))
    return Figure(mean, error, min(low, mean), max(high, mean), n)
