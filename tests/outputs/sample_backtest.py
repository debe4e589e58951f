"""A back-test made by hand: forecasts from a known law, actuals drawn from it, scores by the plainest formulas."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from scipy.stats import binom, norm

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
    Recalibration,
    TargetScores,
)
from funnelsim.model.backtest_settings import BacktestSettings
from funnelsim.model.track_record import BandRecord, TrackRecord

PERCENTS = (5, 10, 25, 50, 75, 90, 95)
ENDS = {50: (2, 4), 80: (1, 5), 90: (0, 6)}
MEANS = (1.54e8, 1.25e8, 7.0e7, 3.3e7)


def sample(origins=14, *, horizon=4, unit="week", width=1.0, seed=1, **changes) -> Backtest:
    """Bands ``width`` times as wide as the truth of spread 20 %; actuals and centres move together by luck of 10 %."""
    luck = np.random.Generator(np.random.Philox(key=seed))
    level = np.array([MEANS[at % 4] / (1 + at // 4) for at in range(horizon)])
    centre = level * np.exp(0.1 * luck.standard_normal((origins, 1))) * np.ones((origins, horizon))
    actual = centre * (1 + 0.2 * luck.standard_normal((origins, horizon)))
    if horizon > 1:
        centre, actual = (np.column_stack([part, part.sum(axis=1)]) for part in (centre, actual))
    money = np.rint(actual).astype(np.int64)
    ours = forecaster(OURS, centre, 0.2 * width, money)
    others = [
        forecaster(INDEPENDENT, centre, 0.08, money),
        point(WEIGHTED, centre * 1.9, money),
        point(LAST, np.roll(actual, 1, axis=0), money),
        point(MEAN_OF_THREE, centre * 1.1, money),
        forecaster(AUTO_ETS, np.where(np.arange(origins)[:, None] < 3, np.nan, centre * 1.2), 0.3, money),
    ]
    labels = (*(f"{unit} {at + 1}" for at in range(horizon)), f"{horizon}-{unit} total")[: actual.shape[1]]
    days = first_days(unit, origins)
    scores = tuple(score(one, at, label, ours, money) for one in (ours, *others) for at, label in enumerate(labels))
    found = Backtest(
        name="loans.csv", sha256="ab" * 32, leads=13_087, won=2_246, lost=10_442, open=399, currency="EUR",
        minor_digits=2, counts_only=False, unit=unit, horizon=horizon, target="pool", value="booked", seed=0,
        replications=4000, sets=200, origins=days, labels=labels, pool_leads=np.arange(400, 400 + origins),
        actual=money, forecasters=(ours, *others), scores=scores,
        recalibration=Recalibration(1.12, 7, 5, 2.1e7, 2.05e7, 17, 21, 25), track_record=record(scores, unit, days),
        notes=("13,087 leads: 2,246 won, 10,442 lost, 399 open.",), content_hash="c" * 64,
        settings=BacktestSettings(every=unit, horizon=horizon),
    )  # fmt: skip
    return replace(found, **changes)


def first_days(unit, count) -> tuple[date, ...]:
    if unit == "week":
        return tuple(date(2011, 11, 14) + timedelta(days=7 * at) for at in range(count))
    step = 3 if unit == "quarter" else 1
    return tuple(date(2017 + at * step // 12, at * step % 12 + 1, 1) for at in range(count))


def forecaster(name, centre, spread, actual) -> Forecaster:
    bands = centre[:, :, None] * (1 + spread * norm.ppf(np.array(PERCENTS) / 100))
    known = np.isfinite(centre)
    gap = actual[:, :, None] - bands
    shares = np.array(PERCENTS) / 100
    crps = 2 * np.maximum(shares * gap, (shares - 1) * gap).mean(axis=2)
    pit = np.where(known, norm.cdf((actual / centre - 1) / spread), np.nan)
    whole = np.rint(np.where(known[:, :, None], bands, 0)).astype(np.int64)
    return Forecaster(name, centre, whole, crps, pit)


def point(name, mean, actual) -> Forecaster:
    return Forecaster(name, mean, None, np.abs(mean - actual), None)


def score(one, at, label, ours, actual) -> TargetScores:
    known = np.isfinite(one.mean[:, at])
    error = one.mean[known, at] - actual[known, at]
    booked = float(actual[known, at].sum()) or np.nan
    crps = float(one.crps[known, at].mean()) if known.any() else np.nan
    hits, honest, interval = {}, {}, {}
    if one.percentiles is not None and known.any():
        for level in LEVELS:
            low, high = (one.percentiles[known, at, end] for end in ENDS[level])
            happened = actual[known, at]
            hits[level] = int(((low <= happened) & (happened <= high)).sum())
            ends = binom.interval(0.95, int(known.sum()), level / 100)
            honest[level] = (int(ends[0]), int(ends[1]))
            outside = np.maximum(low - happened, 0) + np.maximum(happened - high, 0)
            interval[level] = float((high - low + 2 / (1 - level / 100) * outside).mean())
    return TargetScores(
        one.name, label, int(known.sum()), np.abs(error).sum().item() / booked, error.sum().item() / booked,
        crps, crps / 2 if hits else None, interval, hits, honest,
        None if one is ours or not crps > 0 else 1 - float(ours.crps[known, at].mean()) / crps,
    )  # fmt: skip


def record(scores, unit, days) -> TrackRecord:
    own = [one for one in scores if one.forecaster == OURS]
    bands = tuple(
        BandRecord(one.target, level, one.hits[level], one.origins, *one.honest[level])
        for one in own
        for level in LEVELS
    )
    return TrackRecord(
        "back-test", "loans.csv", "ab" * 32, unit, max(1, len(own) - 1), "pool", days[0], days[-1], len(days), bands,
        tuple(one.wape for one in own), tuple(one.bias for one in own),
    )  # fmt: skip
