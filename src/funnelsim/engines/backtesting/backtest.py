"""A back-test: forecasts from many past days, scored against what happened, beside rivals.

Would these bands have been right?  One origin is one piece of work; the answer is the same for any number of threads.

What it leaves out: reading records, and showing the answer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from threading import Event
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.engines.backtesting.origin_forecast import (
    OriginForecast,
    forecast_origin,
    origin_seed,
    parameter_sets,
)
from funnelsim.engines.backtesting.origins import Origins, origins_of
from funnelsim.engines.backtesting.recalibration import recalibrate
from funnelsim.engines.backtesting.rivals import mean_of_last, states_chances
from funnelsim.engines.backtesting.scoring import crps, mid_pit, percentiles_of, target_scores
from funnelsim.engines.backtesting.smoothing import LEAST_PERIODS, can_smooth, smoothed_futures
from funnelsim.engines.execution import Execution, Progress, run_blocks
from funnelsim.engines.learning.past_periods import midnight
from funnelsim.model.backtest import (
    AUTO_ETS,
    INDEPENDENT,
    LAST,
    LEVELS,
    MEAN_OF_THREE,
    OURS,
    WEIGHTED,
    Backtest,
    Forecaster,
    TargetScores,
)
from funnelsim.model.backtest_settings import BacktestSettings
from funnelsim.model.history import LOST, OPEN, WON, History
from funnelsim.model.track_record import BandRecord, TrackRecord

HINDSIGHT: Final = (
    "PR, the close stated at birth and columns such as the owner are taken as the file has them: where they were "
    "overwritten later, these forecasts knew too much."
)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class _Asked(NamedTuple):
    """What is back-tested."""

    history: History
    settings: BacktestSettings
    origins: Origins
    labels: tuple[str, ...]


def backtest_history(history: History, settings: BacktestSettings, execution: Execution) -> Backtest:
    """Forecast from past days, each from what was known then, and score against what happened.

    Parameters
    ----------
    history : History
        The records.
    settings : BacktestSettings
        Periods, horizon, target and origins.
    execution : Execution
        Threads and progress, told after each origin; without influence on the answer.

    Returns
    -------
    Backtest
        Ours, itself with leads independent, and the rivals that fit the target: the weighted pipeline for the pool;
        past bookings for the total.

    Raises
    ------
    DataError
        Where the records hold no origin; nothing is computed then.
    KeyboardInterrupt
        On Ctrl-C, within a second or so.
    """
    origins = origins_of(history, settings)
    asked = _Asked(history, settings, origins, target_labels(settings))
    found = _run(asked, execution)
    actual = np.stack([with_total(one.actual) for one in found])
    forecasters, notes = _forecasters(asked, found, actual)
    scores = tuple(row for one in forecasters for row in target_scores(one, forecasters[0], actual, asked.labels))
    answer = Backtest(
        name=history.name,
        sha256=history.sha256,
        leads=len(history),
        won=int((history.outcome == WON).sum()),
        lost=int((history.outcome == LOST).sum()),
        open=int((history.outcome == OPEN).sum()),
        currency=history.currency,
        minor_digits=history.minor_digits,
        counts_only=history.counts_only,
        unit=settings.every,
        horizon=settings.periods_ahead,
        target=settings.target,
        value=settings.value,
        seed=settings.seed,
        replications=settings.replications,
        sets=parameter_sets(settings),
        origins=tuple(one.periods[0].start for one in origins.calendars),
        labels=asked.labels,
        pool_leads=np.array([one.pool_leads for one in found], dtype=np.int64),
        actual=actual,
        forecasters=forecasters,
        scores=scores,
        recalibration=recalibrate(_sorted_futures(found, OURS), actual, settings.periods_ahead),
        track_record=_track_record(asked, scores),
        notes=(*history.notes, HINDSIGHT, *origins.notes, *_pool_notes(found), *notes),
        content_hash="",
    )
    return replace(answer, content_hash=content_hash(answer))


def target_labels(settings: BacktestSettings) -> tuple[str, ...]:
    """Return the names of the targets.

    Parameters
    ----------
    settings : BacktestSettings
        Unit and horizon.

    Returns
    -------
    tuple of str
        ``week 1`` ... and ``4-week total``, which is left out of a horizon of one.
    """
    unit, ahead = settings.every, settings.periods_ahead
    each = tuple(f"{unit} {one}" for one in range(1, ahead + 1))
    return (*each, f"{ahead}-{unit} total") if ahead > 1 else each


def with_total(periods: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return numbers by period as numbers by target.

    Parameters
    ----------
    periods : (period, ...)
        By period.

    Returns
    -------
    (target, ...)
        The sum over the horizon added, where it is longer than one period.
    """
    if len(periods) == 1:
        return periods
    return np.concatenate([periods, periods.sum(axis=0, keepdims=True)])


def _run(asked: _Asked, execution: Execution) -> list[OriginForecast]:
    """Return the forecasts of every origin, which threads take one by one."""
    calendars = asked.origins.calendars
    found: list[OriginForecast | None] = [None] * len(calendars)

    def work(first: int, end: int, stop: Event) -> None:
        inner = replace(execution, threads=1, progress=_stopping(stop))
        for at in range(first, end):
            if stop.is_set():
                return
            found[at] = forecast_origin(asked.history, asked.settings, calendars[at], inner)
            execution.progress(1.0 / len(calendars))

    run_blocks(work, len(calendars), replace(execution, block=1))
    return [one for one in found if one is not None]


def _stopping(stop: Event) -> Progress:
    """Return a progress that ends an origin under way once another thread was stopped."""

    def progress(share: float) -> None:
        if stop.is_set():
            raise KeyboardInterrupt

    return progress


def _sorted_futures(found: list[OriginForecast], name: str) -> Ints:
    """Return simulated futures in rising order, (origin, target, replication)."""
    return np.sort(np.stack([with_total(one.futures[name]) for one in found]), axis=-1)


def _forecasters(
    asked: _Asked, found: list[OriginForecast], actual: Ints
) -> tuple[tuple[Forecaster, ...], tuple[str, ...]]:
    """Return ours, itself with leads independent, the rivals, and notes on them."""
    own = [
        _of_futures(name, _sorted_futures(found, name), np.stack([with_total(one.mean[name]) for one in found]), actual)
        for name in (OURS, INDEPENDENT)
    ]
    if asked.settings.target == "pool":
        weighted = np.stack([with_total(one.weighted) for one in found])
        return (*own, _of_number(WEIGHTED, weighted, actual)), (_weighted_note(asked.history),)
    ahead = asked.settings.periods_ahead
    last, mean = (
        np.stack([with_total(mean_of_last(one.behind, ahead, periods)) for one in found]) for periods in (1, 3)
    )
    smoothed, note = _smoothed(asked, found, actual)
    rivals = [_of_number(LAST, last, actual), _of_number(MEAN_OF_THREE, mean, actual), *smoothed]
    return (*own, *rivals), note


def _of_futures(name: str, ordered: Ints, mean: Floats, actual: Ints) -> Forecaster:
    """Return a forecaster from futures, (origin, target, replication); ``nan`` means leave it without a forecast."""
    scores, pit = np.full(actual.shape, np.nan), np.full(actual.shape, np.nan)
    for at in np.ndindex(actual.shape):
        if np.isfinite(mean[at]):
            scores[at], pit[at] = crps(ordered[at], float(actual[at])), mid_pit(ordered[at], float(actual[at]))
    return Forecaster(name, mean, percentiles_of(ordered), scores, pit)


def _of_number(name: str, mean: Floats, actual: Ints) -> Forecaster:
    return Forecaster(name, mean, None, np.abs(mean - actual), None)


def _smoothed(
    asked: _Asked, found: list[OriginForecast], actual: Ints
) -> tuple[tuple[Forecaster, ...], tuple[str, ...]]:
    """Return exponential smoothing where it can be had, and a note where it cannot."""
    if not can_smooth():
        return (), (f"{AUTO_ETS} was not scored: install funnelsim[rivals].",)
    settings = asked.settings
    paths = []
    for one, calendar in zip(found, asked.origins.calendars, strict=True):
        seed = origin_seed(settings.seed, midnight(calendar.periods[0].start))
        paths.append(smoothed_futures(one.behind, settings.periods_ahead, settings.every, seed))
    missing = sum(one is None for one in paths)
    if missing == len(paths):
        return (), (f"{AUTO_ETS} was not scored: it takes {LEAST_PERIODS} past {settings.every}s.",)
    count = max(len(one) for one in paths if one is not None)
    blank = np.zeros((count, settings.periods_ahead), dtype=np.int64)
    ordered = np.sort(np.stack([with_total((blank if one is None else one).T) for one in paths]), axis=-1)
    mean = ordered.mean(axis=-1)
    mean[[one is None for one in paths]] = np.nan
    note = f"{AUTO_ETS} had no forecast at {missing:,} of {len(paths):,} origins: it takes {LEAST_PERIODS} past "
    notes = (f"{note}{settings.every}s.",) if missing else ()
    return (_of_futures(AUTO_ETS, ordered, mean, actual),), notes


def _weighted_note(history: History) -> str:
    if states_chances(history):
        return "The weighted pipeline takes the chances and days that snapshots state."
    return (
        "No chance is stated for open leads: the weighted pipeline takes the share of closed leads that were won so "
        "far, on the stated close or else at the median time from birth to a win."
    )


def _pool_notes(found: list[OriginForecast]) -> tuple[str, ...]:
    blank = sum(one.blank_leads for one in found)
    empty = sum(one.pool_leads == 0 for one in found)
    notes = []
    if blank:
        notes.append(f"{blank:,} open leads over all origins state no potential revenue, and took the others' mean.")
    if empty:
        notes.append(f"{empty:,} origins had no open lead.")
    return tuple(notes)


def _track_record(asked: _Asked, scores: tuple[TargetScores, ...]) -> TrackRecord:
    ours = [row for row in scores if row.forecaster == OURS]
    days = [one.periods[0].start for one in asked.origins.calendars]
    return TrackRecord(
        source="back-test",
        name=asked.history.name,
        sha256=asked.history.sha256,
        unit=asked.settings.every,
        horizon=asked.settings.periods_ahead,
        target=asked.settings.target,
        first=days[0],
        last=days[-1],
        origins=len(days),
        bands=tuple(
            BandRecord(row.target, level, row.hits[level], row.origins, *row.honest[level])
            for row in ours
            for level in LEVELS
        ),
        wape=tuple(row.wape for row in ours),
        bias=tuple(row.bias for row in ours),
    )


def content_hash(answer: Backtest) -> str:
    """Return a hash of everything that was found.

    Parameters
    ----------
    answer : Backtest
        Its notes, its settings and its own hash are left out.

    Returns
    -------
    str
        SHA-256 as hex: equal for equal answers.
    """
    plain = _plain(replace(answer, notes=(), content_hash="", settings=None))
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Return records, arrays and days as what JSON can hold; floats keep every bit."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value if value is None or isinstance(value, (str, int, float)) else str(value)
