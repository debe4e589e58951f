"""How many new leads arrive in a period: level, trend, season, and a spread beyond Poisson's.

What it leaves out: what new leads are worth and how they go on.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.gamma_poisson import draw_spread, factors, spread_of, summed
from funnelsim.engines.learning.shocks import DEFAULT_SHOCK, YEAR_DAYS
from funnelsim.model.calibration import ArrivalLaw

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SEASONS_SEEN: Final = 2
"""Whole seasons that records must hold before factors of its phases are learned."""

STEPS: Final = 50
"""Newton steps at most; the likelihood is concave."""

TURNS: Final = 8
"""Turns of trend, season and spread."""

MOST_ARRIVALS: Final = 1e12
"""No period expects more: beyond, a count could not be drawn."""


def arrival_law(counts: Floats, period_days: float, phase: Ints | None = None) -> ArrivalLaw:
    """Return the law of arrivals a period.

    Parameters
    ----------
    counts : float64, (period,)
        Leads born in whole periods, in their order; none is allowed.
    period_days : float
        Length of a period.
    phase : int64, (period,), optional
        Place of each period in its season; used once two whole seasons were seen.

    Returns
    -------
    ArrivalLaw
        The trend has a normal prior of the default shock a year, so a short record hardly bends it; the level has
        a prior of half a lead over all periods.  The covariance carries the spread between periods.
    """
    periods = len(counts)
    design = np.column_stack([np.ones(periods), np.arange(periods) - (periods - 1.0)])
    precision = np.array([0.0, (YEAR_DAYS / period_days) ** 2 / DEFAULT_SHOCK**2])
    season, seasonal = np.ones(1), phase is not None and periods > 0 and _seen(phase)
    spread = spread_of(np.zeros(0), np.zeros(0), DEFAULT_SHOCK)
    beta, covariance = np.array([np.log((counts.sum() + 0.5) / max(periods, 1)), 0.0]), np.eye(2)
    fitted = np.zeros(periods)
    for _ in range(TURNS):
        offset = season[phase] if seasonal and len(season) > 1 else np.ones(periods)
        beta, covariance = _fit(design, counts, offset, precision, spread.mean, beta)
        fitted = offset * np.exp(design @ beta)
        spread = spread_of(counts, fitted, DEFAULT_SHOCK, spent=2.0)
        if seasonal and phase is not None:
            plain = fitted / offset
            phases = int(phase.max()) + 1
            seen, due = summed(phase, counts, phases), summed(phase, plain, phases)
            season = factors(seen, due, spread_of(seen, due, DEFAULT_SHOCK))[0]
    return ArrivalLaw(counts, fitted, beta, covariance, season, spread)


def _seen(phase: Ints) -> bool:
    return bool(phase.max() >= 1 and len(phase) >= SEASONS_SEEN * (phase.max() + 1))


def _fit(
    design: Floats, counts: Floats, offset: Floats, precision: Floats, sd: float, beta: Floats
) -> tuple[Floats, Floats]:
    """Return the penalised quasi-likelihood estimate, whose variance is ``mu + sd^2 mu^2``, and its covariance."""
    information = np.diag(precision + 1e-9)
    for _ in range(STEPS):
        mean = offset * np.exp(np.clip(design @ beta, -30.0, 30.0))
        weight = mean / (1.0 + sd**2 * mean)
        score = (
            design.T @ (weight * (counts + 0.5 / max(len(counts), 1) - mean) / np.maximum(mean, 1e-12))
            - precision * beta
        )
        information = design.T @ (design * weight[:, None]) + np.diag(precision + 1e-9)
        step = np.linalg.solve(information, score)
        beta = beta + np.clip(step, -1.0, 1.0)
        if np.max(np.abs(step)) < 1e-9:
            break
    return beta, np.asarray(np.linalg.inv(information), dtype=np.float64)


def draw_arrival_rates(law: ArrivalLaw, rng: np.random.Generator, draws: int, ahead: Ints, phase: Ints) -> Floats:
    """Return draws of the expected arrivals of periods to come, the factor that a period's arrivals share included.

    Parameters
    ----------
    law : ArrivalLaw
        What was learned.
    rng : numpy Generator
        Where luck comes from.
    draws : int
        How many.
    ahead : int64, (period,)
        Periods after the last whole one of the records: 1 for the next.
    phase : int64, (period,)
        Place of each coming period in its season.

    Returns
    -------
    float64, (draw, period)
        Level, trend and spread are drawn once a draw, the periods' factors anew.
    """
    root = np.linalg.cholesky(law.covariance)
    beta = law.coefficients + rng.standard_normal((draws, 2)) @ root.T
    season = law.phases[phase] if len(law.phases) > 1 else np.ones(len(ahead))
    mean = season * np.exp(np.clip(beta[:, :1] + beta[:, 1:] * ahead, -30.0, 30.0))
    shape = 1.0 / np.square(draw_spread(law.spread, rng, draws))[:, None]
    return np.asarray(np.minimum(mean * rng.gamma(shape, 1.0 / shape, size=mean.shape), MOST_ARRIVALS))


def mean_arrivals(law: ArrivalLaw, ahead: Ints, phase: Ints) -> Floats:
    """Return the expected arrivals of periods to come if level and trend are as estimated.

    Parameters
    ----------
    law : ArrivalLaw
        What was learned.
    ahead, phase : int64, (period,)
        As in :func:`draw_arrival_rates`.

    Returns
    -------
    float64, (period,)
        Their season included.
    """
    season = law.phases[phase] if len(law.phases) > 1 else np.ones(len(ahead))
    level, trend = law.coefficients
    return np.asarray(np.minimum(season * np.exp(np.clip(level + trend * ahead, -30.0, 30.0)), MOST_ARRIVALS))
