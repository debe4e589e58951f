"""Several strategies on the same luck: the chance to be best, and the cost of a wrong choice.

The question: how likely is each the best on average, and what does choosing it lose if it is not?  Both answers come
from the paired bootstrap of means: the same replications are drawn again for all strategies.

What it leaves out: guarantees; intervals that hold together are in :mod:`funnelsim.engines.statistics.best_of_many`.
"""

from __future__ import annotations

import numpy as np

from funnelsim.engines.statistics.moments import Floats, Numbers
from funnelsim.engines.statistics.resampling import DRAWS, resamples


def resampled_means(values: Numbers, seed: int, draws: int = DRAWS) -> Floats:
    """Resample the means of several strategies, each less that of the first.

    Parameters
    ----------
    values : int64 or float64, (replication, strategy)
        The same replications of each strategy.
    seed : int
        In [0, 2**64).
    draws : int
        How many resamples.

    Returns
    -------
    float64, (draw, strategy)
        In the unit of the values; exactly 0 for the first strategy and for one that is the same as it.
    """
    gaps = (values - values[:, :1]).astype(np.float64)
    columns = np.ascontiguousarray(gaps.T)
    found = []
    for counts in resamples(len(values), seed, draws):
        drawn = counts.astype(np.float64)
        # einsum's own loop: a matrix product would add in an order that depends on threads
        found.append(np.stack([np.einsum("ij,j->i", drawn, column) for column in columns], axis=1))
    return np.concatenate(found) / len(values)


def probability_best(values: Numbers, seed: int, higher: bool = True, draws: int = DRAWS) -> tuple[float, ...]:
    """Return the share of resamples in which each strategy has the best mean.

    Parameters
    ----------
    values : int64 or float64, (replication, strategy)
        The same replications of each strategy.
    seed : int
        In [0, 2**64).
    higher : bool
        Whether more is better.
    draws : int
        How many resamples.

    Returns
    -------
    tuple of float
        One a strategy, summing to 1; strategies that are equally good share a resample.  ``nan`` where a number is.
    """
    means = resampled_means(values, seed, draws) * (1 if higher else -1)
    best = means.max(axis=1, keepdims=True)
    winners = np.where(np.isnan(best), np.nan, means == best)
    return tuple((winners / winners.sum(axis=1, keepdims=True)).mean(axis=0).tolist())


def opportunity_cost(values: Numbers, seed: int, higher: bool = True, draws: int = DRAWS) -> tuple[float, ...]:
    """Return what choosing each strategy loses on average against the one that is best in the resample.

    Parameters
    ----------
    values : int64 or float64, (replication, strategy)
        The same replications of each strategy.
    seed : int
        In [0, 2**64).
    higher : bool
        Whether more is better.
    draws : int
        How many resamples.

    Returns
    -------
    tuple of float
        ``E[max_l mu_l - mu_i]`` over resamples, one a strategy, at least 0, in the unit of the values; exactly 0 for
        strategies that are the same as all others.
    """
    means = resampled_means(values, seed, draws) * (1 if higher else -1)
    return tuple((means.max(axis=1, keepdims=True) - means).mean(axis=0).tolist())
