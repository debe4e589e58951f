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

from funnelsim.engines.learning.gamma_poisson import factors, spread_of, summed
from funnelsim.engines.learning.hazards import cumulated, pace_bands
from funnelsim.model.calibration import HazardCurve, PeriodShocks, StageHazards, Stays

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DEFAULT_SHOCK: Final = 0.25
"""Scale of the prior of the shock's sd: the default of a forecast without records (published forecast errors)."""

YEAR_DAYS: Final = 365.25
"""Days over which the level's steps add up to the default shock, as far as nobody knows better."""

SHOCKS: Final = np.geomspace(0.01, 2.0, 28)
"""Candidate sds of the shock."""

DRIFTS: Final = np.geomspace(0.002, 1.0, 20)
"""Candidate sds of the level's step."""

SEASONS_SEEN: Final = 2
"""Whole seasons that records must hold before factors of its phases are learned."""


def wins_due(stays: Stays, hazards: StageHazards, edges: Floats, pool: bool = False) -> tuple[Floats, Floats]:
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
        for period, (first, last) in enumerate(pairwise(edges.tolist())):
            begun = rows[: np.searchsorted(stays.start[rows], last)]
            here = begun[(stays.stop[begun] > first) & (stays.born[begun] < (first if pool else last))]
            wins[period] += np.count_nonzero((stays.cause[here] == hazards.won) & (stays.stop[here] <= last))
            expected[period] += _due(stays, hazards, curve, here, first, last)
    return wins, expected


def _due(stays: Stays, hazards: StageHazards, curve: HazardCurve, rows: Ints, first: float, last: float) -> float:
    """Return the wins due of some stays between two days of the records."""
    entered, start, stop = stays.entered[rows], stays.start[rows], stays.stop[rows]
    pace = curve.pace[pace_bands(hazards.pace_cuts[curve.origin], entered - stays.born[rows])]
    if np.all(curve.weekly == 1.0):
        days = np.array([first, last])
    else:
        midnights = np.arange(np.ceil(first + stays.monday), np.ceil(last + stays.monday)) - stays.monday
        days = np.unique(np.concatenate([[first], midnights, [last]]))
    middle = 0.5 * (days[1:] + days[:-1]) + stays.monday
    factor = curve.weekly[np.floor(middle % 7.0).astype(np.int64) % 7]
    reached = [pace @ cumulated(curve.edges, curve.rate, np.clip(day, start, stop) - entered) for day in days]
    return float(factor @ np.diff(reached))


def period_shocks(
    wins: Floats, expected: Floats, period_days: float, phase: npt.NDArray[np.int64] | None = None
) -> PeriodShocks:
    """Return how far periods stray.

    Parameters
    ----------
    wins, expected : float64, (period,)
        Of whole periods, in their order; periods that expect nothing say nothing.
    period_days : float
        Length of a period.
    phase : int64, (period,), optional
        Place of each period in its season, from 0.

    Returns
    -------
    PeriodShocks
        The likelihood is that of a local level with the first two moments of the counts; the shock's sd has a
        half-Cauchy prior with the default shock as its scale, and the level's step one that adds up to it in a year.
    """
    phases, phase_error = _season(wins, expected, phase)
    due = expected * (phases[phase] if phase is not None and len(phases) > 1 else 1.0)
    shock, drift = (column.ravel() for column in np.meshgrid(SHOCKS, DRIFTS, indexing="ij"))
    logs = -np.log1p(np.square(shock / DEFAULT_SHOCK)) + np.log(shock)
    step = DEFAULT_SHOCK * np.sqrt(period_days / YEAR_DAYS)
    logs += -np.log1p(np.square(drift / step)) + np.log(drift)
    level, variance = np.ones(len(shock)), np.full(len(shock), DEFAULT_SHOCK**2)
    for won, mean in zip(wins.tolist(), due.tolist(), strict=True):
        variance = variance + np.square(drift)
        if mean <= 0.0:
            continue
        noise = np.square(shock * level) + level / mean
        spread = variance + noise
        logs += -0.5 * np.log(spread) - 0.5 * np.square(won / mean - level) / spread
        gain = variance / spread
        level = np.maximum(level + gain * (won / mean - level), 0.05)
        variance = variance * (1.0 - gain)
    weight = np.exp(logs - logs.max())
    return PeriodShocks(wins, expected, shock, drift, weight / weight.sum(), level, variance, phases, phase_error)


def _season(wins: Floats, expected: Floats, phase: npt.NDArray[np.int64] | None) -> tuple[Floats, Floats]:
    if phase is None or not len(phase) or len(wins) < SEASONS_SEEN * (phase.max() + 1) or phase.max() < 1:
        return np.ones(1), np.zeros(1)
    phases = int(phase.max()) + 1
    seen, due = summed(phase, wins, phases), summed(phase, expected, phases)
    return factors(seen, due, spread_of(seen, due, DEFAULT_SHOCK))


def draw_factors(
    shocks: PeriodShocks, rng: np.random.Generator, draws: int, periods: int, phase: npt.NDArray[np.int64] | None = None
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
        Place of each coming period in its season.

    Returns
    -------
    float64, (draw, period)
        Level times shock times phase: spreads, level, steps and shocks are drawn together.
    """
    at = np.minimum(np.searchsorted(np.cumsum(shocks.weight), rng.random(draws)), len(shocks.weight) - 1)
    level, variance = shocks.level[at], shocks.level_variance[at]
    start = rng.gamma(np.square(level) / variance, variance / level)
    drift, shock = shocks.drift_sd[at, None], shocks.shock_sd[at, None]
    path = np.cumsum(drift * rng.standard_normal((draws, periods)) - 0.5 * np.square(drift), axis=1)
    own = shock * rng.standard_normal((draws, periods)) - 0.5 * np.square(shock)
    season = np.ones(periods)
    if phase is not None and len(shocks.phases) > 1:
        season = shocks.phases[phase]
    return np.asarray(start[:, None] * np.exp(path + own) * season)


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
