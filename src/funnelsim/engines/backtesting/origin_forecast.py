"""One origin: what was known that day, the forecasts made from it, and what happened.

Nothing that became known at the origin or later enters a forecast; only the actual is taken from the whole records.

What it leaves out: scores, and rivals that see bookings only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from funnelsim.engines.backtesting.actuals import booked_by_period, known_value, won_value
from funnelsim.engines.backtesting.rivals import weighted_pipeline
from funnelsim.engines.execution import Execution
from funnelsim.engines.learning.amount_tables import amount_table
from funnelsim.engines.learning.exposure import as_known, open_stays
from funnelsim.engines.learning.lead_laws import open_leads
from funnelsim.engines.learning.learn import learn
from funnelsim.engines.learning.new_business import new_business, new_business_moments, simulate_new_business
from funnelsim.engines.learning.past_periods import midnight, whole_periods
from funnelsim.engines.learning.pool_book import pool_book
from funnelsim.engines.learning.pool_chances import PoolChances, pool_chances
from funnelsim.engines.learning.segments import in_segments
from funnelsim.engines.pipeline import draw_shocks, simulate_bookings
from funnelsim.engines.quantile_tables import CELL_WEIGHTS
from funnelsim.model.backtest import INDEPENDENT, OURS
from funnelsim.model.backtest_settings import BacktestSettings
from funnelsim.model.calendar import Calendar
from funnelsim.model.calibration import AmountLaw
from funnelsim.model.history import History
from funnelsim.model.known_leads import DEFAULT_SETS, OpenStays
from funnelsim.model.leads import lead_key
from funnelsim.model.learned import Learned

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SPREAD = 0x9E3779B97F4A7C15
"""Odd, so that every origin has a seed of its own."""

PLAIN_AMOUNTS = AmountLaw(exact=0, other=0, log_mean=0.0, log_sd=0.0)
"""Wins bring their potential revenue."""


@dataclass(frozen=True, eq=False)
class OriginForecast:
    """What was forecast at one origin, and what happened.

    Attributes
    ----------
    pool_leads, blank_leads : int
        Leads open at the origin, and those of them without a potential revenue.
    actual : int64, (period,)
        What was booked, minor units.
    futures : mapping of str to int64, each (period, replication)
        Simulated bookings of ours, and of itself with leads independent.
    mean : mapping of str to float64, each (period,)
        Their means, exact given the parameter sets.
    weighted : float64, (period,)
        Of the weighted pipeline.
    behind : int64, (period,)
        What was booked in each whole period of the records before the origin.
    """

    pool_leads: int
    blank_leads: int
    actual: Ints
    futures: Mapping[str, Ints]
    mean: Mapping[str, Floats]
    weighted: Floats
    behind: Ints


@dataclass(frozen=True, eq=False)
class _Pool:
    """Leads open at an origin, with all that a forecast of them takes."""

    learned: Learned
    stays: OpenStays
    key: npt.NDArray[np.uint64]
    pr: Ints
    ratio: Floats | None


def forecast_origin(
    history: History, settings: BacktestSettings, calendar: Calendar, execution: Execution
) -> OriginForecast:
    """Forecast from one origin, and look up what happened.

    Parameters
    ----------
    history : History
        The whole records.
    settings : BacktestSettings
        What is forecast.
    calendar : Calendar
        Stands on the day before the origin's first period.
    execution : Execution
        Threads, and a progress that may raise to stop the work; without influence on the answer.

    Returns
    -------
    OriginForecast
        Determined by history, settings and calendar.
    """
    moment = midnight(calendar.periods[0].start)
    known = as_known(history, moment, (settings.segment,) if settings.segment else ())
    learned = learn(known, settings.every, settings.fiscal_start, settings.segment)
    if settings.value == "pr":
        learned = replace(learned, amounts=PLAIN_AMOUNTS)
    stays = open_stays(known)
    if settings.segment is not None:
        values = known.attributes[settings.segment]
        stays = in_segments(stays, learned, [values[row] for row in stays.row.tolist()])
    pr, _ = known_value(known)
    blank = int((known.pr[stays.row] < 0).sum())
    key = np.array([lead_key(known.lead_id[row]) for row in stays.row.tolist()], dtype=np.uint64)
    pool = _Pool(learned, stays, key, pr[stays.row], amount_table(learned.amounts))
    seed = origin_seed(settings.seed, moment)
    futures, mean = {}, {}
    for name, independent in ((OURS, False), (INDEPENDENT, True)):
        futures[name], mean[name] = _forecast(pool, settings, calendar, seed, independent, execution)
    past = whole_periods(history.exposure_from, moment, settings.every, settings.fiscal_start)
    return OriginForecast(
        pool_leads=len(stays.row),
        blank_leads=blank,
        actual=_actual(history, settings, calendar, moment, pr),
        futures=futures,
        mean=mean,
        weighted=weighted_pipeline(known, pr, calendar),
        behind=booked_by_period(known, won_value(known, settings.value), past.periods),
    )


def parameter_sets(settings: BacktestSettings) -> int:
    """Return the number of joint draws of the parameters at each origin.

    Parameters
    ----------
    settings : BacktestSettings
        Knows the number of futures.

    Returns
    -------
    int
        At most one a future.
    """
    return min(DEFAULT_SETS, settings.replications)


def origin_seed(seed: int, moment: int) -> int:
    """Return the seed of one origin, so that a back-test of some origins agrees with one of more.

    Parameters
    ----------
    seed : int
        Of the back-test, in [0, 2**64).
    moment : int
        Of the origin.

    Returns
    -------
    int
        In [0, 2**64).
    """
    return (seed + moment * SPREAD) % 2**64


def _actual(history: History, settings: BacktestSettings, calendar: Calendar, moment: int, pr: Ints) -> Ints:
    """Return what was booked; at ``pr`` a lead of the pool counts for what was stated before the origin."""
    worth, born = won_value(history, settings.value), history.created < moment
    if settings.value == "pr":
        worth[born] = np.where(worth[born] > 0, pr, 0)
    if settings.target == "pool":
        worth[~born] = 0
    return booked_by_period(history, worth, calendar.periods)


def _forecast(
    pool: _Pool, settings: BacktestSettings, calendar: Calendar, seed: int, independent: bool, execution: Execution
) -> tuple[Ints, Floats]:
    """Return simulated bookings, (period, replication), and their means, (period,)."""
    count, bins = settings.replications, len(calendar.bin_ends)
    leads = open_leads(pool.learned.hazards, pool.stays)
    sets = parameter_sets(settings)
    chances = pool_chances(pool.learned, leads, calendar, seed, sets, independent, execution.progress)
    bookings, mean = np.zeros((count, bins + 1), dtype=np.int64), np.zeros(bins)
    if len(pool.key):
        book = pool_book(chances, pool.key, pool.pr, pool.ratio)
        bookings += simulate_bookings(book, draw_shocks(book, seed, 0, count), execution)
        mean += _pool_mean(pool, chances)
    if settings.target == "total":
        new = new_business(pool.learned, calendar, chances.factor, seed, chances.sets, independent)
        bookings += simulate_new_business(new, seed, 0, count, execution)
        mean += new_business_moments(new, np.eye(bins, dtype=bool)).mean.mean(axis=0)
    periods = len(calendar.periods)
    futures, means = np.zeros((periods, count), dtype=np.int64), np.zeros(periods)
    np.add.at(futures, calendar.period_of_bin, bookings[:, :bins].T)
    np.add.at(means, calendar.period_of_bin, mean)
    return futures, means


def _pool_mean(pool: _Pool, chances: PoolChances) -> Floats:
    """Return what the pool brings in each bin, averaged over the parameter sets."""
    at_stake = np.bincount(chances.law, weights=pool.pr.astype(np.float64), minlength=chances.ever.shape[1])
    ratio = 1.0 if pool.ratio is None else float(pool.ratio @ CELL_WEIGHTS)
    booked: Floats = at_stake @ chances.reached.mean(axis=0)
    return ratio * np.diff(booked, prepend=0.0)
