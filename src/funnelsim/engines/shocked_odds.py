r"""Log-odds that keep their mean when a shock moves them.

A lead with chance ``pc`` is won in a replication with chance ``expit(a + sd z)``, z standard normal.  Solving
:math:`E\,\mathrm{expit}(a + \mathrm{sd}\,z) = \mathrm{pc}` for ``a`` once per distinct chance lets the shock widen the
band without moving its mean.

Means over z are sums over a uniform grid, which for smooth functions is exact to rounding.  With a step h the error is
``exp(-2 pi**2 / h**2)``, or once ``h < 2 sd`` that of the nearest pole of ``expit``, at ``z = i pi / sd``:
``exp(pi**2 / (2 sd**2) - 2 pi**2 / (sd h))``.  The step below holds both under ``exp(-40)``; Gauss-Hermite with 128
nodes is off by 5e-10 at sd 3.

What it leaves out: shocks that are not normal on log-odds, and standard deviations above 3 each.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special

from funnelsim.model.assumptions import LARGEST_SHOCK_SD

Floats = npt.NDArray[np.float64]

LARGEST_TOTAL_SD = LARGEST_SHOCK_SD * math.sqrt(2)
"""A shared and a group shock together."""

WIDEST_STEP = 0.7
ERROR_EXPONENT = 40.0

REACH = 9.0
"""The grid ends this many standard deviations beyond where ``exp(sd z)`` times the density has its peak."""

MOST_STEPS = 200
ENOUGH = 1e-9
"""A Newton step this small leaves an error of its square."""


def normal_grid(sd: float) -> tuple[Floats, Floats]:
    """Return the grid for means over a standard normal z of functions of ``expit(a + sd z)``.

    Parameters
    ----------
    sd : float
        Factor of z on log-odds, at least 0.

    Returns
    -------
    tuple of float64, (node,)
        Nodes z, symmetric around 0, and weights that sum to 1.  With sd 0 one node, 0.
    """
    if sd == 0:
        return np.zeros(1), np.ones(1)
    step = WIDEST_STEP
    if step < 2 * sd:
        step = 2 * math.pi**2 * sd / (ERROR_EXPONENT * sd**2 + math.pi**2 / 2)
    half = math.ceil((REACH + sd) / step)
    nodes = step * np.arange(-half, half + 1, dtype=np.float64)
    weights = np.exp(-nodes * nodes / 2)
    return nodes, np.asarray(weights / weights.sum())


def mean_chance(log_odds: npt.ArrayLike, sd: float) -> Floats:
    """Return the mean chance of a win over the shock.

    Parameters
    ----------
    log_odds : array_like of float
        May be -inf (never) or +inf (always).
    sd : float
        Total standard deviation of the shocks on log-odds, ``sqrt(shared**2 + group**2)``.

    Returns
    -------
    float64, shape of log_odds
        In [0, 1], exact to rounding.
    """
    nodes, weights = normal_grid(sd)
    shocked = np.asarray(log_odds, dtype=np.float64)[..., None] + sd * nodes
    return np.asarray(special.expit(shocked) @ weights)


def log_odds_with_mean(chance: npt.ArrayLike, sd: float) -> Floats:
    """Return the log-odds whose shocked mean is the given chance.

    Parameters
    ----------
    chance : array_like of float
        Distinct chances in [0, 1].
    sd : float
        Total standard deviation of the shocks on log-odds, ``sqrt(shared**2 + group**2)``, at least 0.

    Returns
    -------
    float64, shape of chance
        ``mean_chance`` of it is the chance to rounding; -inf for chance 0, +inf for 1.
    """
    wanted = np.asarray(chance, dtype=np.float64)
    assert 0 <= sd <= LARGEST_TOTAL_SD + 1e-9, "shock sds were checked by ForecastAssumptions"
    if sd == 0:
        return np.asarray(special.logit(wanted))
    found = np.where(wanted > 0.5, np.inf, -np.inf)
    inside = (wanted > 0) & (wanted < 1)
    if inside.any():
        # by symmetry only the smaller tail is solved, where chances keep their relative precision
        small = np.minimum(wanted[inside], 1 - wanted[inside])
        found[inside] = _solved(small, sd) * np.where(wanted[inside] > 0.5, -1, 1)
    return found


def _solved(chance: Floats, sd: float) -> Floats:
    """Solve for the log-odds of chances in (0, 1/2] by Newton's method on the logarithm of the mean."""
    # log mean_chance rises ever more slowly in the log-odds, so from the left of the root Newton never overshoots;
    # the start lies left of it because expit(x) <= exp(x) makes the mean at log(chance) - sd**2 / 2 too small
    nodes, weights = normal_grid(sd)
    target = np.log(chance)
    a = target - sd * sd / 2
    for _ in range(MOST_STEPS):
        won = special.expit(a[:, None] + sd * nodes)
        mean = won @ weights
        step = (target - np.log(mean)) * mean / ((won * (1 - won)) @ weights)
        a = a + step
        if np.all(np.abs(step) <= ENOUGH * np.maximum(np.abs(a), 1)):
            break
    assert np.all(np.abs(step) <= ENOUGH * np.maximum(np.abs(a), 1)), "Newton on a concave function converges"
    return np.asarray(a)
