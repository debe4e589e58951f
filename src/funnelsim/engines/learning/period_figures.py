"""Amounts, arrivals and shocks of a calibration, as figures with intervals.

How many leads arrive, how far do whole periods stray from what was due, and what does a won lead bring?

What it leaves out: stages (:mod:`funnelsim.engines.learning.stage_figures`).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.figures import NORMAL, gamma_figure, log_figure, posterior_figure, share_figure
from funnelsim.engines.learning.gamma_poisson import factors, spread_of, summed
from funnelsim.engines.learning.past_periods import PastPeriods, phases_of
from funnelsim.engines.learning.shocks import DEFAULT_SHOCK, YEAR_DAYS
from funnelsim.model.calibration import AmountLaw, ArrivalLaw, PeriodShocks
from funnelsim.model.calibration_answer import (
    AmountFigures,
    ArrivalFigures,
    Figure,
    SeasonFactor,
    ShockFigures,
    SlipFigures,
)
from funnelsim.model.covariates import SlipLaw

Floats = npt.NDArray[np.float64]

PHASE_NAMES: Final = {
    "month": ("first month of the quarter", "second month of the quarter", "last month of the quarter"),
    "quarter": ("first quarter", "second quarter", "third quarter", "fourth quarter"),
    "week": (),
}
"""Places of the season by unit."""


def amount_figures(law: AmountLaw) -> AmountFigures | None:
    """Return what won leads brought in units of their potential revenue.

    Parameters
    ----------
    law : AmountLaw
        What was learned.

    Returns
    -------
    AmountFigures or None
        None where no amount is known beside a potential revenue.
    """
    told = law.exact + law.other
    if not told:
        return None
    exact = share_figure(law.exact / told, float(np.sqrt(law.exact * law.other / told**3)), told)
    other = log_figure(law.log_mean, law.log_sd / np.sqrt(law.other + 1), law.other)
    mean = exact.estimate + (1.0 - exact.estimate) * float(np.exp(law.log_mean + 0.5 * law.log_sd**2))
    return AmountFigures(exact, other, mean)


def slip_figures(law: SlipLaw) -> SlipFigures | None:
    """Return how far stated close dates slip.

    Parameters
    ----------
    law : SlipLaw
        What was learned.

    Returns
    -------
    SlipFigures or None
        None where no close date was stated.
    """
    if not law.intervals:
        return None
    pushed = share_figure(law.pushed_share, law.pushed_error, law.intervals)
    what = "close dates stated again" if law.source == "snapshots" else "won leads with a stated close date"
    if not law.pushed:
        return SlipFigures(pushed, Figure(0.0, 0.0, 0.0, 0.0, 0), what)
    error = law.mean_error if np.isfinite(law.mean_error) else law.mean_days
    low, high = (law.mean_days + side * NORMAL * error for side in (-1.0, 1.0))
    return SlipFigures(pushed, Figure(law.mean_days, error, max(low, 0.0), high, law.pushed), what)


def arrival_figures(law: ArrivalLaw, past: PastPeriods) -> ArrivalFigures | None:
    """Return how many leads arrive.

    Parameters
    ----------
    law : ArrivalLaw
        What was learned.
    past : PastPeriods
        The whole periods that were counted.

    Returns
    -------
    ArrivalFigures or None
        None without whole periods.
    """
    periods = len(law.counts)
    if not periods:
        return None
    errors = np.sqrt(np.diag(law.covariance))
    year = YEAR_DAYS / past.days
    level = log_figure(float(law.coefficients[0]), float(errors[0]), periods)
    growth = log_figure(float(law.coefficients[1] * year), float(errors[1] * year), periods)
    trend = Figure(growth.estimate - 1.0, growth.error, growth.low - 1.0, growth.high - 1.0, periods)
    return ArrivalFigures(
        level, trend, _arrival_season(law, past), posterior_figure(law.spread.sd, law.spread.weight, periods)
    )


def _arrival_season(law: ArrivalLaw, past: PastPeriods) -> tuple[SeasonFactor, ...]:
    """Return the season's factors; their errors hold the spread between periods."""
    phases = len(law.phases)
    if phases < 2:
        return ()
    phase = phases_of(past.periods, past.unit, past.fiscal_start)
    plain = law.fitted / law.phases[phase]
    seen, due = summed(phase, law.counts, phases), summed(phase, plain, phases)
    error = factors(seen, due, spread_of(seen, due, DEFAULT_SHOCK))[1]
    many = np.maximum(np.bincount(phase, minlength=phases), 1)
    error = np.sqrt(np.square(error) + np.square(law.phases * law.spread.mean) / many)
    names = PHASE_NAMES[past.unit]
    return tuple(
        SeasonFactor(names[k], gamma_figure(float(law.phases[k]), float(error[k]), int(many[k]))) for k in range(phases)
    )


def shock_figures(law: PeriodShocks, past: PastPeriods) -> ShockFigures | None:
    """Return how far whole periods strayed from what was due.

    Parameters
    ----------
    law : PeriodShocks
        What was learned.
    past : PastPeriods
        The whole periods that were counted.

    Returns
    -------
    ShockFigures or None
        None where no period had a win due.
    """
    told = int((law.expected > 0.0).sum())
    if not told:
        return None
    level = _state_figure(law, 0, told)
    season = []
    for k, name in enumerate(PHASE_NAMES[past.unit][: law.state.shape[1] - 2]):
        added = _state_figure(law, 1 + k, told)
        factor, error = 1.0 + added.estimate / level.estimate, added.error / level.estimate
        periods = int((phases_of(past.periods, past.unit, past.fiscal_start) == k).sum())
        season.append(SeasonFactor(name, gamma_figure(max(factor, 0.0), error, periods)))
    return ShockFigures(
        sd=posterior_figure(law.shock_sd, law.weight, told),
        level=level,
        drift=posterior_figure(law.drift_sd, law.weight, told),
        season=tuple(season),
    )


def _state_figure(law: PeriodShocks, at: int, n: int) -> Figure:
    """Return one part of the state, mixed over the spreads."""
    means, variances = law.state[:, at], law.covariance[:, at, at]
    mean = float(law.weight @ means)
    error = float(np.sqrt(law.weight @ (variances + np.square(means - mean))))
    if at == 0:
        return gamma_figure(mean, error, n)
    return Figure(mean, error, mean - NORMAL * error, mean + NORMAL * error, n)
