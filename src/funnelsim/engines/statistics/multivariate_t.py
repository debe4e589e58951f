"""Quantiles of the largest of several t statistics that share their baseline.

The question: how many standard errors hold for all comparisons with one strategy at once?  The statistics have a
correlation of 1/2, as differences to a common strategy have where all vary alike, and one common estimate of the error.

What it leaves out: other correlations.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaincinv, gammaln, ndtr, roots_legendre

from funnelsim.engines.statistics.moments import Floats

_NODES = 96
_FAR = 8.5
"""A standard normal is beyond it once in 10**17."""

_NEVER = 1e-15


def equicorrelated_quantile(comparisons: int, freedom: float, confidence: float) -> float:
    """Return the one-sided quantile of the largest of several t statistics with correlation 1/2.

    Parameters
    ----------
    comparisons : int
        How many statistics, at least 1.
    freedom : float
        Degrees of freedom of their common error, at least 1.
    confidence : float
        Chance that none is above the quantile, in (0, 1).

    Returns
    -------
    float
        By Gauss-Legendre quadrature and bisection, to about 1e-10 (1e-6 below 3 degrees of freedom).  Of one
        comparison Student's quantile; at a confidence of ``1 / (comparisons + 1)`` exactly 0 in theory.  Tables:
        Dunnett (1955), one-sided.
    """
    nodes, weights = roots_legendre(_NODES)
    common, common_weights = _FAR * nodes, _FAR * weights
    common_weights = common_weights * np.exp(-common * common / 2) / np.sqrt(2 * np.pi)
    scale, scale_weights = _scales(freedom, nodes, weights)
    low, high = -2.0, 2.0
    while _below(low, comparisons, common, common_weights, scale, scale_weights) > confidence:
        low *= 2
    while _below(high, comparisons, common, common_weights, scale, scale_weights) < confidence:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        if _below(middle, comparisons, common, common_weights, scale, scale_weights) < confidence:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _scales(freedom: float, nodes: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return nodes and weights for the law of ``sqrt(chi2 / freedom)``."""
    ends = np.sqrt(2 * gammaincinv(freedom / 2, np.array([_NEVER, 1 - _NEVER])) / freedom)
    half = (ends[1] - ends[0]) / 2
    scale = ends[0] + half * (1 + nodes)
    log_density = (
        np.log(2)
        + freedom / 2 * np.log(freedom / 2)
        - gammaln(freedom / 2)
        + (freedom - 1) * np.log(scale)
        - freedom * scale**2 / 2
    )
    return scale, half * weights * np.exp(log_density)


def _below(
    bound: float, comparisons: int, common: Floats, common_weights: Floats, scale: Floats, scale_weights: Floats
) -> float:
    """Return the chance that no statistic is above a bound."""
    alone = ndtr(np.sqrt(2) * bound * scale[:, None] + common[None, :])
    return float(scale_weights @ (alone**comparisons @ common_weights))
