"""How far periods stray together: shocks that all leads share, a level that wanders, and the season.

By how much did the wins of past weeks or months miss the number that was due, beyond what single leads can explain?
What is left over is split into a shock of the period and a step of the level by their likelihood; both spreads are
themselves uncertain when few periods were seen, and their posterior says so.

What it leaves out: the hazards that say what was due (:mod:`funnelsim.engines.learning.hazards`).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

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

SHOCKS: Final = np.geomspace(0.01, 2.0, 14)
"""Candidate sds of the shock."""

DRIFTS: Final = np.concatenate([[0.0], np.geomspace(0.002, 1.0, 8)])
"""Candidate sds of the level's step.  Rates of the whole record have no level but 1 if nothing drifts, and that has
half the prior weight: the level moves only where the record shows it."""

MADE_UP: Final = np.array([0.0, 0.5, 1.0])
"""Candidate shares of a period's shock that the next one makes up for: what a holiday keeps from being signed is signed
after it.  That nothing is made up for has half of the prior weight."""

HALF_LIVES: Final = np.array([30.4375, 91.3125, 365.25, np.inf])
"""Candidate days in which a level that has moved away comes half the way back to the record's mean: a month, a quarter,
a year, or never; alike likely beforehand."""

SEASONS: Final = np.geomspace(0.02, 1.5, 6)
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
        The likelihood is that of a level that comes back, a season, and shocks that the next period makes up for (a
        Kalman filter), with the first two moments of the counts.  Every sd has a half-Cauchy prior with the default
        shock as its scale, which the level's steps reach in a year; a record too short to tell a season from shocks
        leaves its phases near 0.  Rates are means over the record by what was due, so the mean of the level over it is
        1 but for the shocks that it holds, and what is learned is how far the level has moved from there; the luck of
        single leads is in the rates' posterior.
    """
    grid = _candidates(period_days, bool(phases))
    told = expected >= LEAST_DUE
    share = np.where(told, expected, 0.0) / max(float(expected[told].sum()), LEAST_DUE)
    places = np.zeros(len(wins), dtype=np.int64) if phase is None or not phases else 1 + phase
    logs, state, covariance = _filtered(grid, wins, expected, share, places, phases)
    weight = np.exp(logs - logs.max())
    lasting = share - grid.made_up[:, None] * np.append(share[1:], 0.0)  # of each shock, what its mean over time keeps
    error = np.square(grid.shock) * np.square(lasting).sum(axis=1)
    state, covariance = _from_mean(state, covariance, error, bool(told.any()))
    return PeriodShocks(
        wins,
        expected,
        grid.shock,
        grid.drift,
        grid.season,
        weight / weight.sum(),
        state,
        covariance,
        grid.kept,
        grid.made_up,
    )


class _Grid(NamedTuple):
    """Candidates of every number that is not known, and the log of their prior weight."""

    shock: Floats
    drift: Floats
    season: Floats
    kept: Floats
    made_up: Floats
    logs: Floats


def _candidates(period_days: float, seasonal: bool) -> _Grid:
    grids = (SHOCKS, DRIFTS, SEASONS if seasonal else np.zeros(1), 0.5 ** (period_days / HALF_LIVES), MADE_UP)
    scales = (DEFAULT_SHOCK, DEFAULT_SHOCK * np.sqrt(period_days / YEAR_DAYS), DEFAULT_SHOCK)
    priors = [_log_prior(grid, scale) for grid, scale in zip(grids, scales, strict=False)]
    priors += [np.zeros(len(HALF_LIVES)), np.log(np.where(MADE_UP == 0.0, 1.0, 1.0 / (len(MADE_UP) - 1)))]
    shock, drift, season, kept, made_up = (column.ravel() for column in np.meshgrid(*grids, indexing="ij"))
    return _Grid(shock, drift, season, kept, made_up, np.sum(np.meshgrid(*priors, indexing="ij"), axis=0).ravel())


def _filtered(
    grid: _Grid, wins: Floats, expected: Floats, share: Floats, places: Ints, phases: int
) -> tuple[Floats, Floats, Floats]:
    """Return log weights, and mean and covariance of level, phases, mean so far, and the last period's shock."""
    size = 3 + phases
    logs, state = grid.logs.copy(), np.zeros((len(grid.shock), size))
    state[:, 0] = 1.0
    variances = np.repeat(np.square(grid.season)[:, None], size, axis=1)
    variances[:, 0], variances[:, -2:] = DEFAULT_SHOCK**2, 0.0
    covariance = variances[:, :, None] * np.eye(size)
    for won, mean, part, place in zip(wins.tolist(), expected.tolist(), share.tolist(), places.tolist(), strict=True):
        state[:, 0] = 1.0 + grid.kept * (state[:, 0] - 1.0)
        covariance[:, 0, :] *= grid.kept[:, None]
        covariance[:, :, 0] *= grid.kept[:, None]
        covariance[:, 0, 0] += np.square(grid.drift)
        seen = np.zeros((len(logs), size))
        seen[:, [0, place] if place else [0]] = 1.0
        level = np.maximum((seen * state).sum(axis=1), LEAST_FACTOR)
        seen[:, -1] = -grid.made_up
        fresh = np.square(grid.shock * level)
        if not part:  # too few wins were due to tell anything: the shock of this period is a new one
            state[:, -1], covariance[:, -1, :], covariance[:, :, -1] = 0.0, 0.0, 0.0
            covariance[:, -1, -1] = fresh
            continue
        towards = np.einsum("gij,gj->gi", covariance, seen)
        spread = (towards * seen).sum(axis=1) + fresh + level / mean
        missed = won / mean - (seen * state).sum(axis=1)
        logs += -0.5 * np.log(spread) - 0.5 * np.square(missed) / spread
        towards[:, -1] = fresh  # from here on the last shock is this period's, which the one before knew nothing of
        state[:, -1], covariance[:, -1, :], covariance[:, :, -1] = 0.0, 0.0, 0.0
        covariance[:, -1, -1] = fresh
        state = state + towards * (missed / spread)[:, None]
        covariance = covariance - towards[:, :, None] * towards[:, None, :] / spread[:, None, None]
        add = np.eye(size)
        add[-2, [0, place] if place else [0]] = part
        state, covariance = state @ add.T, add @ covariance @ add.T
    return logs, state, covariance


def _from_mean(state: Floats, covariance: Floats, error: Floats, told: bool) -> tuple[Floats, Floats]:
    """Return level, phases and last shock, the level counted from its mean over the record, 1 but for an error."""
    count = state.shape[1] - 1
    since = np.delete(np.eye(count + 1), -2, axis=0)
    since[0, -2] = -float(told)
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
    level, away = np.empty((draws, periods)), state[:, 0] - 1.0
    for period in range(periods):
        away = shocks.kept[at] * away + shocks.drift_sd[at] * of_steps[:, period]
        level[:, period] = 1.0 + away
    if phase is not None and size > 2:
        level = level + state[:, 1 + phase]
    own = shocks.shock_sd[at, None] * of_shocks
    before = np.concatenate([state[:, -1:], own[:, :-1]], axis=1)
    told = np.concatenate([shocks.covariance[at, -1:, -1], np.square(shocks.shock_sd[at, None]).repeat(periods, 1)], 1)
    share = shocks.made_up[at, None]
    # Less half of each variance, so that no shock changes the mean.
    logs = own - share * before - 0.5 * (told[:, 1:] + np.square(share) * told[:, :-1])
    return np.asarray(np.maximum(level, LEAST_FACTOR) * np.exp(logs))


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
