"""One number that widens or narrows bands, fitted on earlier origins and tested on later ones only.

Would a wider band have been better, and would somebody have known?  The origins that the factor is fitted on and those
that it is tested on share no period that was still to come, so that nothing that the test scores was seen before.

What it leaves out: applying the factor to a forecast; it rests on a handful of origins, whose periods overlap.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.backtesting.scoring import held, percentiles_of
from funnelsim.model.backtest import Recalibration

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LEAST_ORIGINS: Final = 3
"""Origins to fit on, and to test on, at least."""

FACTORS: Final[Floats] = np.exp(np.linspace(-np.log(4.0), np.log(4.0), 129))
"""Factors tried: a quarter to four times, in steps of 2 %; the middle one is 1."""


def recalibrate(ordered: Ints, actual: Ints, horizon: int) -> Recalibration | None:
    """Fit a factor on the width of bands, and test it.

    Parameters
    ----------
    ordered : int64, (origin, target, replication)
        Simulated futures in rising order; origins follow each other by one period.
    actual : int64, (origin, target)
        What happened.
    horizon : int
        Periods ahead of each origin.

    Returns
    -------
    Recalibration or None
        None where not even three origins can be held back after three fitted and those between that share periods with
        both.  The factor is the one with the least sum over targets of the mean CRPS relative to that of factor 1.
    """
    left = len(ordered) - (horizon - 1)
    fitted = left // 2
    tested = left - fitted
    if fitted < LEAST_ORIGINS:
        return None
    factor = _best_factor(ordered[:fitted], actual[:fitted])
    later, happened = ordered[-tested:], actual[-tested:]
    changed = np.rint(scaled(later, factor)).astype(np.int64)
    return Recalibration(
        factor=factor,
        fitted=fitted,
        tested=tested,
        crps_before=float(_crps_at(later, happened, 1.0).mean()),
        crps_after=float(_crps_at(later, happened, factor).mean()),
        hits_before=int(held(percentiles_of(later), happened, 80).sum()),
        hits_after=int(held(percentiles_of(changed), happened, 80).sum()),
        of=happened.size,
    )


def scaled(ordered: Ints, factor: float) -> Floats:
    """Return futures with their distance from the median changed by a factor.

    Parameters
    ----------
    ordered : int64, (..., replication)
        In rising order.
    factor : float
        Above 0.

    Returns
    -------
    float64, (..., replication)
        In rising order, none below 0: nothing unbooks money.
    """
    median = percentiles_of(ordered)[..., 3:4]
    return np.maximum(median + factor * (ordered - median), 0.0)


def _best_factor(ordered: Ints, actual: Ints) -> float:
    scores = np.stack([_crps_at(ordered, actual, factor).mean(axis=0) for factor in FACTORS])
    plain = scores[len(FACTORS) // 2]
    relative = np.divide(scores, plain, out=np.ones_like(scores), where=plain > 0.0)
    return float(FACTORS[int(np.argmin(relative.sum(axis=1)))])


def _crps_at(ordered: Ints, actual: Ints, factor: float) -> Floats:
    """Return the CRPS of scaled futures, (origin, target)."""
    futures = scaled(ordered, factor) if factor != 1.0 else ordered.astype(np.float64)
    count = futures.shape[-1]
    weight = (2.0 * np.arange(1, count + 1) - count - 1.0) / count
    apart = np.mean(weight * (futures - futures[..., :1]), axis=-1)
    return np.asarray(np.mean(np.abs(futures - actual[..., None]), axis=-1) - apart)
