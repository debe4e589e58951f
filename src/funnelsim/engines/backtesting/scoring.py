"""Scores of forecasts against what happened, from sorted futures or from one number.

How far was the forecast off, and did its band hold?  Every score is in the unit of the amounts, and lower is better,
but for counts of bands that held.

What it leaves out: forecasts (:mod:`funnelsim.engines.backtesting.origin_forecast`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.statistics.held import binomial_range
from funnelsim.model.backtest import LEVELS, Forecaster, TargetScores

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Numbers = Ints | Floats

PERCENTILES: Final = (5, 10, 25, 50, 75, 90, 95)
"""Kept of every forecast."""

BOUNDS: Final[Mapping[int, tuple[int, int]]] = {50: (2, 4), 80: (1, 5), 90: (0, 6)}
"""Columns of the percentiles that bound each band."""


def crps(ordered: Numbers, actual: float) -> float:
    """Return the continuous ranked probability score of simulated futures.

    Parameters
    ----------
    ordered : (replication,)
        In rising order, at least one.
    actual : float
        What happened.

    Returns
    -------
    float
        ``mean |X - y| - mean |X - X'| / 2`` over all pairs: exact for the law that puts equal weight on each future.
    """
    futures = ordered.astype(np.float64)
    count = len(futures)
    weight = (2.0 * np.arange(1, count + 1) - count - 1.0) / count
    return float(np.mean(np.abs(futures - actual)) - np.mean(weight * (futures - futures[0])))


def mid_pit(ordered: Numbers, actual: float) -> float:
    """Return where in the simulated futures the actual lies.

    Parameters
    ----------
    ordered : (replication,)
        In rising order, at least one.
    actual : float
        What happened.

    Returns
    -------
    float
        Share of futures below it, and half the share of those equal to it.
    """
    below = np.searchsorted(ordered, actual, side="left")
    upto = np.searchsorted(ordered, actual, side="right")
    return float((below + upto) / (2.0 * len(ordered)))


def percentiles_of(ordered: Ints) -> Ints:
    """Return the percentiles that are kept.

    Parameters
    ----------
    ordered : int64, (..., replication)
        In rising order, at least one.

    Returns
    -------
    int64, (..., 7)
        The smallest future with at least that share at or below it.
    """
    count = ordered.shape[-1]
    places = [max(0, -(-count * percent // 100) - 1) for percent in PERCENTILES]
    return np.ascontiguousarray(ordered[..., places])


def pinball(percentiles: Numbers, actual: Numbers) -> Floats:
    """Return the mean pinball loss of the percentiles.

    Parameters
    ----------
    percentiles : (..., 7)
        P5 to P95.
    actual : (...,)
        What happened.

    Returns
    -------
    float64, (...,)
        Mean over the percentiles of ``(y - q) (p - 1{y < q})``.
    """
    share = np.array(PERCENTILES) / 100.0
    over = actual[..., None].astype(np.float64) - percentiles
    return np.asarray(np.mean(np.where(over >= 0.0, share, share - 1.0) * over, axis=-1))


def interval_score(percentiles: Numbers, actual: Numbers, level: int) -> Floats:
    """Return the interval score of a band.

    Parameters
    ----------
    percentiles : (..., 7)
        P5 to P95.
    actual : (...,)
        What happened.
    level : int
        50, 80 or 90.

    Returns
    -------
    float64, (...,)
        Width, and ``2 / (1 - level)`` times the distance by which the band missed.
    """
    low, high = (percentiles[..., column].astype(np.float64) for column in BOUNDS[level])
    missed = np.maximum(low - actual, 0.0) + np.maximum(actual - high, 0.0)
    return np.asarray(high - low + 2.0 / (1.0 - level / 100.0) * missed)


def held(percentiles: Numbers, actual: Numbers, level: int) -> npt.NDArray[np.bool_]:
    """Tell which bands held what happened.

    Parameters
    ----------
    percentiles : (..., 7)
        P5 to P95.
    actual : (...,)
        What happened.
    level : int
        50, 80 or 90.

    Returns
    -------
    bool, (...,)
        Bounds included.
    """
    low, high = BOUNDS[level]
    return np.asarray((percentiles[..., low] <= actual) & (actual <= percentiles[..., high]))


def target_scores(
    forecaster: Forecaster, ours: Forecaster, actual: Ints, labels: tuple[str, ...]
) -> tuple[TargetScores, ...]:
    """Return the scores of one forecaster on every target.

    Parameters
    ----------
    forecaster : Forecaster
        Whose.
    ours : Forecaster
        Ours, for the skill.
    actual : int64, (origin, target)
        What happened.
    labels : tuple of str, (target,)
        Names of the targets.

    Returns
    -------
    tuple of TargetScores
        By target, over the origins where the forecaster had a forecast; ``nan`` where it never had one, and relative
        scores where nothing was ever booked.
    """
    return tuple(_on_target(forecaster, ours, actual[:, at], at, label) for at, label in enumerate(labels))


def _on_target(forecaster: Forecaster, ours: Forecaster, actual: Ints, at: int, label: str) -> TargetScores:
    there = np.isfinite(forecaster.mean[:, at])
    happened, missed = actual[there].astype(np.float64), forecaster.mean[there, at] - actual[there]
    count, booked = int(there.sum()), float(happened.sum())
    own = float(forecaster.crps[there, at].mean()) if count else np.nan
    bands: Ints | None = None
    if forecaster.percentiles is not None and count:
        bands = forecaster.percentiles[there, at]
    skill = None
    if forecaster is not ours and own > 0.0:
        skill = 1.0 - float(ours.crps[there, at].mean()) / own
    return TargetScores(
        forecaster=forecaster.name,
        target=label,
        origins=count,
        wape=float(np.abs(missed).sum()) / booked if booked > 0.0 else np.nan,
        bias=float(missed.sum()) / booked if booked > 0.0 else np.nan,
        crps=own,
        pinball=None if bands is None else float(pinball(bands, happened).mean()),
        interval={} if bands is None else {one: float(interval_score(bands, happened, one).mean()) for one in LEVELS},
        hits={} if bands is None else {one: int(held(bands, actual[there], one).sum()) for one in LEVELS},
        honest={} if bands is None else {one: binomial_range(count, one / 100) for one in LEVELS},
        skill=skill,
    )
