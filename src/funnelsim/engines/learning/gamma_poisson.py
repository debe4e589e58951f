"""Gamma-Poisson shrinkage: how far true ratios of observed to expected counts lie apart, and each ratio given that.

One rule serves cells of age, segments and periods: a count is Poisson with mean "expected times factor", the factors
are Gamma with mean 1, and the sd of the factors is learned from the counts together by their marginal likelihood
(negative binomial), which is exact and needs no counts to be large.

What it leaves out: where the expected numbers come from.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from funnelsim.model.calibration import Spread

Floats = npt.NDArray[np.float64]

GRID: Final = np.geomspace(0.005, 10.0, 153)
"""Candidate sds: from "equal for all purposes" to "each on its own", 5 % apart."""


def log_likelihood(events: Floats, expected: Floats, sd: Floats) -> Floats:
    """Return the log marginal likelihood of counts for each candidate sd, less the Poisson terms no sd changes.

    Parameters
    ----------
    events, expected : float64, (group,)
        Counts and their positive expectations.
    sd : float64, (point,)
        Positive sds of the Gamma factor.

    Returns
    -------
    float64, (point,)
        Exact: ``sum log NB(events) - events log(expected) + log(events!)``.
    """
    shape = 1.0 / np.square(sd)[:, None]
    terms = (
        gammaln(shape + events)
        - gammaln(shape)
        - events * np.log(shape)
        - (shape + events) * np.log1p(expected / shape)
    )
    return np.asarray(terms.sum(axis=1))


def spread_of(events: Floats, expected: Floats, scale: float, spent: float = 0.0) -> Spread:
    """Return the posterior of the sd of the factors between groups.

    Parameters
    ----------
    events, expected : float64, (group,)
        Counts and their expectations; groups that expect nothing say nothing.
    scale : float
        Scale of the half-Cauchy prior of the sd.
    spent : float
        Groups' worth of freedom that fitting the expectations to the same counts took away: the sd of ``n`` groups is
        widened by ``sqrt(n / (n - spent))``.

    Returns
    -------
    Spread
        The prior where there is no group.
    """
    told = expected > 0.0
    n = int(told.sum())
    logs = log_likelihood(events[told], expected[told], GRID)
    prior = np.log(GRID) - np.log1p(np.square(GRID / scale))
    prior -= np.log(np.exp(prior).sum())
    joint = logs + prior
    peak = joint.max()
    weight = np.exp(joint - peak)
    evidence = float(peak + np.log(weight.sum()))
    weight /= weight.sum()
    wider = np.sqrt(n / (n - spent)) if n > spent + 1.0 else np.sqrt(spent + 1.0)
    grid = GRID * wider
    reached = np.cumsum(weight)
    low, high = (float(grid[min(np.searchsorted(reached, p), len(grid) - 1)]) for p in (0.05, 0.95))
    return Spread(grid, weight, float((grid * weight).sum()), low, high, evidence, n)


def draw_spread(spread: Spread, rng: np.random.Generator, draws: int) -> Floats:
    """Return draws of the sd from its posterior.

    Parameters
    ----------
    spread : Spread
        Its posterior.
    rng : numpy Generator
        Where luck comes from.
    draws : int
        How many.

    Returns
    -------
    float64, (draw,)
        Points of the posterior's grid.
    """
    at = np.searchsorted(np.cumsum(spread.weight), rng.random(draws))
    return np.asarray(spread.sd[np.minimum(at, len(spread.sd) - 1)])


def factors(events: Floats, expected: Floats, spread: Spread) -> tuple[Floats, Floats]:
    """Return the posterior of each group's factor, its spread mixed over.

    Parameters
    ----------
    events, expected : float64, (group,)
        Counts and expectations.
    spread : Spread
        Of the factors.

    Returns
    -------
    mean, error : float64, (group,)
        1 and the spread's own size for a group that expects nothing.
    """
    shape = 1.0 / np.square(spread.sd)[:, None]
    mean = (shape + events) / (shape + expected)
    square = mean * (shape + events + 1.0) / (shape + expected)
    middle = spread.weight @ mean
    return middle, np.sqrt(np.maximum(spread.weight @ square - np.square(middle), 0.0))


def summed(group: npt.NDArray[np.int64], values: npt.NDArray[np.generic], groups: int) -> Floats:
    """Return sums by group.

    Parameters
    ----------
    group : int64, (row,)
        From 0.
    values : any number or truth value, (row,)
        What to sum.
    groups : int
        How many groups there are.

    Returns
    -------
    float64, (group,)
        0 where a group has no row.
    """
    return np.bincount(group, weights=values, minlength=groups).astype(np.float64)
