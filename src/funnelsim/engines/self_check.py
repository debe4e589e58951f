"""The simulation held against the closed form, on every run.

A plain z-score would cry wolf where a period holds one unlikely large win, because a mean of rare events is not normal
yet.  Bernstein's inequality knows the largest single lead b and gives, for a distance d of the simulated mean,
``P(|mean - exact| >= d) <= 2 exp(-z**2 / 2)`` with ``z = d sqrt(R) / sqrt(variance + b d / 3)``: the plain z where the
mean is normal, honestly smaller where it is not.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from funnelsim.model.proofs import SelfCheck

LARGEST_Z = 5.0
ROUNDING = 1e-9

Floats = npt.NDArray[np.float64]


def self_check(means: Floats, exact: Floats, variance: Floats, largest: Floats, replications: int) -> SelfCheck:
    """Compare simulated with exact means.

    Parameters
    ----------
    means, exact : float64, (window,)
        Simulated and exact means, minor units.
    variance : float64, (window,)
        Exact variance of one replication.
    largest : float64, (window,)
        The most that one lead can bring.
    replications : int
        Number of replications.

    Returns
    -------
    SelfCheck
        The largest distance over the windows; differences below 1e-9 of the mean are rounding.
    """
    worst = 0.0
    for mean, truth, spread, most in zip(means, exact, variance, largest, strict=True):
        distance = abs(float(mean - truth))
        if distance <= ROUNDING * max(1.0, abs(float(truth))):
            continue
        scale = float(spread) + float(most) * distance / 3
        worst = max(worst, distance * math.sqrt(replications / scale) if scale > 0 else math.inf)
    return SelfCheck(worst, worst < LARGEST_Z)
