"""Factors of bands that stand in order: a trend over all of them, and what each strays from it, both shrunk.

A trend is told from all bands together, also where the outer ones hold a handful of events each.

What it leaves out: where the bands and the expected numbers come from.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.gamma_poisson import factors, spread_of

Floats = npt.NDArray[np.float64]

BETWEEN_BANDS: Final = 0.25
"""Scale of the prior of how far bands lie apart: the default shock."""

TURNS: Final = 5
"""Turns of Newton's method."""

LARGEST_STEP: Final = 1.0
"""Change of a slope in one turn at most, so that few events in outer bands do not throw it out."""


def trended(seen: Floats, due: Floats, place: Floats | None = None) -> tuple[Floats, Floats]:
    """Return factors of bands.

    Parameters
    ----------
    seen, due : float64, (band,)
        Events, and their number if all bands were alike.
    place : float64, (band,), optional
        Where bands lie, so that the logarithm of the trend is linear in it; in equal steps by default.  Bands at
        ``nan`` have no part in the trend.

    Returns
    -------
    factor, error : float64, (band,)
        Posterior means and sds.
    """
    if len(seen) == 1:
        return np.ones(1), np.zeros(1)
    trend, error = np.ones(len(seen)), np.zeros(len(seen))
    rows = np.arange(len(seen)) if place is None else np.flatnonzero(~np.isnan(place))
    if len(rows) > 1 and (place is None or seen[rows].any()):
        trend[rows], error[rows] = _trend(
            seen[rows], due[rows], rows.astype(np.float64) if place is None else place[rows]
        )
    factor, stray = factors(seen, due * trend, spread_of(seen, due * trend, BETWEEN_BANDS))
    return factor * trend, trend * np.hypot(stray, factor * error)


def _trend(seen: Floats, due: Floats, place: Floats) -> tuple[Floats, Floats]:
    """Return a trend that leaves the number of events what it is, and the sd of its logarithm."""
    place = place - place.mean()
    place /= place.std()
    slope, total = 0.0, seen.sum()
    for _ in range(TURNS):  # Newton's, of the log posterior given the total
        share = due * np.exp(slope * place)
        share /= share.sum()
        middle = share @ place
        information = total * (share @ np.square(place - middle)) + BETWEEN_BANDS**-2
        step = (seen @ place - total * middle - slope * BETWEEN_BANDS**-2) / information
        slope += np.clip(step, -LARGEST_STEP, LARGEST_STEP)
    trend = np.exp(slope * place)
    return trend * (total / (due @ trend)), np.abs(place - middle) / np.sqrt(information)
