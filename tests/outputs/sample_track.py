"""Track records for tests of what is shown, made by the engine from futures made up here."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from funnelsim.engines.tracking import track_runs
from funnelsim.model.track import Track
from properties.tracked_runs import archived, outcomes

HOSTILE = "\x1b[31m[bold red]=1+1|\u202e"


def futures(seed: int, periods: int, middle: float = 5e7) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.exp(random.normal(np.log(middle), 0.35, (500, periods + 1))).astype(np.int64)


def sample_track(**changes) -> Track:
    """Four quarterly updates of a yearly plan, one month apart, with a plan that moves once."""
    ends = [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    chances = (0.62, 0.55, 0.31, 0.004)
    runs = [
        archived(day, futures(at, 12), horizon=12, plan=600_000_000, probability=chance)
        for at, (day, chance) in enumerate(zip(ends, chances, strict=True))
    ]
    booked = [(date(2026, month, 15), int(amount * 1e6)) for month, amount in
              ((1, 52), (2, 18), (3, 41), (4, 49), (5, 115), (6, 60))]  # fmt: skip
    happened = outcomes(*booked, first=date(2026, 1, 15), last=changes.pop("last", date(2026, 6, 30)))
    return track_runs(changes.pop("runs", runs), changes.pop("happened", happened), **changes)


def one_week() -> Track:
    """A single weekly forecast, one week of which is over, without a plan."""
    run = archived(date(2026, 1, 7), futures(1, 3), unit="week", horizon=2)
    return track_runs([run], outcomes((date(2026, 1, 9), 4_000), first=date(2026, 1, 1), last=date(2026, 1, 18)))


def many_weeks() -> Track:
    """Two years of weekly forecasts, enough to verify, none of them off by more than luck."""
    random = np.random.default_rng(3)
    first = date(2024, 1, 1)
    runs, booked = [], []
    for week in range(104):
        monday = first + timedelta(days=7 * week)
        runs.append(archived(monday - timedelta(days=1), futures(week, 4), unit="week", horizon=4, name=f"w{week}"))
        booked.append((monday, int(np.exp(random.normal(np.log(5e7), 0.35)))))
    return track_runs(runs, outcomes(*booked, first=first, last=first + timedelta(days=7 * 104 - 1)))


def ended_plans() -> Track:
    """Two plans whose years are over: one made, one missed; the second year has another target."""
    runs = [
        archived(date(2024, 12, 31), futures(1, 12), horizon=12, plan=500_000_000, probability=0.7),
        archived(date(2025, 6, 30), futures(2, 12), horizon=12, plan=500_000_000, probability=0.93),
        archived(date(2025, 12, 31), futures(3, 12), horizon=12, plan=900_000_000, probability=0.4),
        archived(date(2026, 6, 30), futures(4, 12), horizon=12, plan=900_000_000, probability=0.12),
    ]
    booked = [(date(2025 + at // 12, at % 12 + 1, 15), 50_000_000) for at in range(24)]
    return track_runs(runs, outcomes(*booked, first=date(2025, 1, 1), last=date(2026, 12, 31)))


def hostile() -> Track:
    """Names that would move a terminal's cursor, and nothing booked at all."""
    run = archived(date(2025, 12, 31), futures(1, 3), name=HOSTILE)
    happened = outcomes(first=date(2026, 1, 1), last=date(2026, 3, 31), told=True, notes=(HOSTILE,))
    return track_runs([run], happened)


VARIANTS = {
    "sample": sample_track,
    "week": one_week,
    "weeks": many_weeks,
    "ended": ended_plans,
    "hostile": hostile,
}
