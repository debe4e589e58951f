"""What all leads of a replication share: one shock on advancing, one factor on arrivals.

The question: how good is this future for everybody at once?  Both numbers are pure functions of seed and replication,
so two strategies meet the same futures.

What it leaves out: shocks by source or by quarter.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from funnelsim.kernels.funnel_arrays import FunnelLuck
from funnelsim.kernels.keyed_random import SHARED_SHOCK, fill_uniforms, purpose_key
from funnelsim.model.scenario import Scenario

Floats = npt.NDArray[np.float64]

ARRIVALS_SHOCK = 1
"""Cause of the draw for arrivals; cause 0 is the shock on advancing, as in a forecast."""
BEYOND_CAP = 1e-6
"""Chance that the arrivals factor is larger than the largest that the tables hold."""
LEAST = 1e-300


def funnel_luck(scenario: Scenario, seed: int, first: int, count: int) -> FunnelLuck:
    """Draw what the leads of some replications share.

    Parameters
    ----------
    scenario : Scenario
        Gives ``forces.shocks``.
    seed : int
        In [0, 2**64).
    first, count : int
        Which replications.

    Returns
    -------
    FunnelLuck
        Each value depends on seed and replication only.
    """
    shocks = scenario.forces.shocks
    odds, arrivals = np.ones(count), np.ones(count)
    if shocks.conversion_sd > 0:
        normal = special.ndtri(_uniforms(seed, 0, first, count))
        odds = np.exp(shocks.conversion_sd * normal)
    if shocks.arrivals_cv > 0:
        shape = shocks.arrivals_cv**-2
        drawn = special.gammaincinv(shape, _uniforms(seed, ARRIVALS_SHOCK, first, count)) / shape
        arrivals = np.clip(drawn / largest_arrivals(shocks.arrivals_cv), LEAST, 1.0)
    return FunnelLuck(np.uint64(seed), int(first), np.ascontiguousarray(odds), np.ascontiguousarray(arrivals))


def largest_arrivals(cv: float) -> float:
    """Return the largest factor on arrivals that the tables hold; larger ones count as this one.

    Parameters
    ----------
    cv : float
        Coefficient of variation of the factor, at least 0.

    Returns
    -------
    float
        The quantile at one minus a millionth of the Gamma law with mean 1; 1 without variation.
    """
    if cv == 0:
        return 1.0
    return max(1.0, float(special.gammainccinv(cv**-2, BEYOND_CAP)) * cv**2)


def _uniforms(seed: int, cause: int, first: int, count: int) -> Floats:
    uniforms = np.empty(count)
    fill_uniforms(np.uint64(seed), purpose_key(SHARED_SHOCK, cause=cause), np.uint64(first), np.uint64(0), uniforms)
    return uniforms
