"""How far periods stray together: shocks that all leads share, a level that wanders, and the season.

By how much did the wins of past weeks or months miss the number that was due, beyond what single leads can explain?
What is left over is split into a shock of the period and a step of the level by their likelihood; both spreads are
themselves uncertain when few periods were seen, and their posterior says so.

What it leaves out: the hazards that say what was due (:mod:`funnelsim.engines.learning.hazards`).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from funnelsim.engines.learning.hazards import cumulated, due_rates, lead_classes
from funnelsim.model.calibration import HazardCurve, PeriodShocks, StageHazards, Stays

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DEFAULT_SHOCK: Final = 0.25
"""Scale of the prior of the shock's sd: the default of a forecast without records (published forecast errors)."""

YEAR_DAYS: Final = 365.25
"""Days over which the level's steps add up to the default shock, as far as nobody knows better."""

SHOCKS: Final = np.geomspace(0.01, 2.0, 20)
"""Candidate sds of the shock."""

DRIFTS: Final = np.concatenate([[0.0], np.geomspace(0.002, 1.0, 12)])
"""Candidate sds of the level's step.  Rates of the whole record have no level but 1 if nothing drifts, and that has
half the prior weight: the level moves only where the record shows it."""

SEASONS: Final = np.geomspace(0.02, 1.5, 8)
"""Candidate sds between phases of the season."""

LEAST_DUE: Final = 5.0
"""Wins due below which a period's count is too far from normal to be judged by its variance: Cochran's rule."""

LEAST_FACTOR: Final = 0.02
"""No period is worse than this share of what was due; the state's law is a normal one and knows no zero."""


def wins_due(
    stays: Stays, hazards: StageHazards, edges: Floats, pool: bool = False, scale: Floats | None = None
) -> tuple[Floats, Floats]:
    """Return the wins of past periods and the number that was due.

    Parameters
    ----------
    stays : Stays
        What was seen.
    hazards : StageHazards
        What was learned from it.
    edges : float64, (period + 1,)
        Days of the records, rising.
    pool : bool
        Only leads that were born before the period.
    scale : float64, (lead,), optional
        Factor of each lead on winning, such as that of its segment.

    Returns
    -------
    wins, expected : float64, (period,)
        The hazard of winning summed over what was seen of every lead, day by day with the factor of each weekday.
    """
    wins, expected = np.zeros((2, len(edges) - 1))
    for curve in hazards.curves:
        if curve.target != hazards.won:
            continue
        rows = np.flatnonzero(stays.state == curve.origin)
        rows = rows[np.argsort(stays.start[rows], kind="stable")]
        start, stop, born = stays.start[rows], stays.stop[rows], stays.born[rows]
        for period, (first, last) in enumerate(pairwise(edges.tolist())):
            begun = np.searchsorted(start, last)
            here = rows[:begun][(stop[:begun] > first) & (born[:begun] < (first if pool else last))]
            wins[period] += np.count_nonzero((stays.cause[here] == hazards.won) & (stays.stop[here] <= last))
            expected[period] += _due(stays, hazards, curve, here, (first, last), scale)
    return wins, expected


def _due(
    stays: Stays,
    hazards: StageHazards,
    curve: HazardCurve,
    rows: Ints,
    between: tuple[float, float],
    scale: Floats | None,
) -> float:
    """Return the wins due of some stays between two days of the records."""
    first, last = between
    entered, start, stop = stays.entered[rows], stays.start[rows], stays.stop[rows]
    factors = curve.factor[lead_classes(hazards, curve.origin, entered - stays.born[rows], stays.pr[rows])]
    if scale is not None:
        factors = factors * scale[stays.lead[rows]]
    if np.all(curve.weekly == 1.0):
        days = np.array([first, last])
    else:
        midnights = np.arange(np.ceil(first + stays.monday), np.ceil(last + stays.monday)) - stays.monday
        days = np.unique(np.concatenate([[first], midnights, [last]]))
    middle = 0.5 * (days[1:] + days[:-1]) + stays.monday
    factor = curve.weekly[np.floor(middle % 7.0).astype(np.int64) % 7]
    rate = due_rates(curve)
    reached = [factors @ cumulated(curve.edges, rate, np.clip(day, start, stop) - entered) for day in days]
    return float(factor @ np.diff(reached))


def period_shocks(
    wins: Floats, expected: Floats, period_days: float, phase: Ints | None = None, phases: int = 0
) -> PeriodShocks:
    """Return how far periods stray.

    Parameters
    ----------
    wins, expected : float64, (period,)
        Of whole periods, in their order; periods that expect fewer than five wins say nothing.
    period_days : float
        Length of a period.
    phase : int64, (period,), optional
        Place of each period in its season, from 0.
    phases : int
        How many there are; 0 for no season.

    Returns
    -------
    PeriodShocks
        The likelihood is that of a local level with a season (a Kalman filter), with the first two moments of the
        counts.  Every sd has a half-Cauchy prior with the default shock as its scale, which the level's steps reach
        in a year; a record too short to tell a season from shocks leaves its phases near 0.  Rates are means over the
        record by what was due, so the mean of the level over it is 1 but for the shocks that it holds, and what is
        learned is how far the level has moved from there; the luck of single leads is in the rates' posterior.
    """
    grids = (SHOCKS, DRIFTS, SEASONS if phases else np.zeros(1))
    scales = (DEFAULT_SHOCK, DEFAULT_SHOCK * np.sqrt(period_days / YEAR_DAYS), DEFAULT_SHOCK)
    shock, drift, season = (column.ravel() for column in np.meshgrid(*grids, indexing="ij"))
    priors = [_log_prior(grid, scale) for grid, scale in zip(grids, scales, strict=True)]
    logs = np.sum(np.meshgrid(*priors, indexing="ij"), axis=0).ravel()
    told = expected >= LEAST_DUE
    share = np.where(told, expected, 0.0) / max(float(expected[told].sum()), LEAST_DUE)
    places = np.zeros(len(wins), dtype=np.int64) if phase is None or not phases else 1 + phase
    size = 2 + phases  # the level, what each phase adds, and the mean of both so far by what was due
    state = np.zeros((len(shock), size))
    state[:, 0] = 1.0
    variances = np.repeat(np.square(season)[:, None], size, axis=1)
    variances[:, 0], variances[:, -1] = DEFAULT_SHOCK**2, 0.0
    covariance = variances[:, :, None] * np.eye(size)
    for won, mean, part, place in zip(wins.tolist(), expected.tolist(), share.tolist(), places.tolist(), strict=True):
        covariance[:, 0, 0] += np.square(drift)
        if not part:
            continue
        seen = [0, place] if place else [0]
        level = np.maximum(state[:, seen].sum(axis=1), LEAST_FACTOR)
        towards = covariance[:, :, seen].sum(axis=2)
        spread = towards[:, seen].sum(axis=1) + np.square(shock * level) + level / mean
        missed = won / mean - level
        logs += -0.5 * np.log(spread) - 0.5 * np.square(missed) / spread
        state = state + towards * (missed / spread)[:, None]
        covariance = covariance - towards[:, :, None] * towards[:, None, :] / spread[:, None, None]
        add = np.eye(size)
        add[-1, seen] = part
        state, covariance = state @ add.T, add @ covariance @ add.T
    weight = np.exp(logs - logs.max())
    state, covariance = _from_mean(state, covariance, np.square(shock) * np.square(share).sum(), bool(told.any()))
    return PeriodShocks(wins, expected, shock, drift, season, weight / weight.sum(), state, covariance)


def _from_mean(state: Floats, covariance: Floats, error: Floats, told: bool) -> tuple[Floats, Floats]:
    """Return level and phases with the level counted from its mean over the record, which is 1 but for an error."""
    count = state.shape[1] - 1
    since = np.eye(count, count + 1)
    since[0, -1] = -float(told)
    state, covariance = state @ since.T, since @ covariance @ since.T
    if told:
        state[:, 0] += 1.0
        covariance[:, 0, 0] += error
    return state, covariance


def _log_prior(sd: Floats, scale: float) -> Floats:
    """Return the log of a half-Cauchy density on a grid even in the logarithm; half of it is at 0 if that is there."""
    spread = sd > 0.0
    weight = np.divide(sd, 1.0 + np.square(sd / scale), out=np.zeros_like(sd), where=spread)
    if not spread.all():
        weight[~spread] = weight.sum() or 1.0
    return np.asarray(np.log(weight / weight.sum()))


def draw_factors(
    shocks: PeriodShocks, rng: np.random.Generator, draws: int, periods: int, phase: Ints | None = None
) -> Floats:
    """Return draws of the factor on the hazard of winning in periods to come.

    Parameters
    ----------
    shocks : PeriodShocks
        What was learned.
    rng : numpy Generator
        Where luck comes from.
    draws, periods : int
        How many.
    phase : int64, (period,), optional
        Place of each coming period in its season; needed where the shocks have one.

    Returns
    -------
    float64, (draw, period)
        Level and phase times shock: spreads, level, steps, phases and shocks are drawn together.
    """
    size = shocks.state.shape[1]
    even = _even_draws(rng, draws, 1 + size + 2 * periods)
    at = np.minimum(np.searchsorted(np.cumsum(shocks.weight), even[:, 0]), len(shocks.weight) - 1)
    of_state, of_steps, of_shocks = np.split(ndtri(even[:, 1:]), [size, size + periods], axis=1)
    root = np.linalg.cholesky(shocks.covariance[at] + 1e-9 * np.eye(size))
    state = shocks.state[at] + np.einsum("dij,dj->di", root, of_state)
    steps = np.cumsum(shocks.drift_sd[at, None] * of_steps, axis=1)
    level = state[:, :1] + steps
    if phase is not None and size > 1:
        level = level + state[:, 1 + phase]
    shock = shocks.shock_sd[at, None]
    own = np.exp(shock * of_shocks - 0.5 * np.square(shock))
    return np.asarray(np.maximum(level, LEAST_FACTOR) * own)


def _even_draws(rng: np.random.Generator, draws: int, columns: int) -> Floats:
    """Return uniform draws, one of each column in every stratum (a Latin hypercube): means have little noise."""
    place = rng.permuted(np.tile(np.arange(draws)[:, None], (1, columns)), axis=0)
    return np.asarray((place + rng.random((draws, columns))) / draws)


def shocked_chances(won: Floats, lost: Floats, factor: Floats) -> tuple[Floats, Floats]:
    """Return chances of leads under factors on the hazard of winning.

    Parameters
    ----------
    won, lost : float64, (lead, period)
        Chances without shocks.
    factor : float64, (period,)
        On the hazard of winning; a lead that a poor period did not win may still be won later.

    Returns
    -------
    won, lost : float64, (lead, period)
        Equal to the input where every factor is 1.
    """
    before = 1.0 - np.cumsum(won + lost, axis=1) + won + lost
    chance = np.divide(won, before, out=np.zeros_like(won), where=before > 0.0).clip(0.0, 1.0)
    kept = before - won
    losing = np.divide(lost, kept, out=np.zeros_like(lost), where=kept > 0.0).clip(0.0, 1.0)
    with np.errstate(divide="ignore"):
        winning = -np.expm1(factor * np.log1p(-chance))
    alive = np.cumprod((1.0 - winning) * (1.0 - losing), axis=1)
    alive = np.concatenate([np.ones((len(won), 1)), alive[:, :-1]], axis=1)
    return alive * winning, alive * (1.0 - winning) * losing
