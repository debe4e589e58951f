"""Saved forecasts from records made up in memory, for tests of what explains them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import numpy as np

from engines.dated_histories import firm
from engines.small_histories import history_of, lived
from funnelsim.engines.execution import Execution
from funnelsim.engines.explaining.bridging import Bridged
from funnelsim.engines.explaining.learned_bridge import bridge_learned
from funnelsim.engines.explaining.learned_window import LearnedWalk, version_of
from funnelsim.engines.learned_forecast import forecast_learned
from funnelsim.engines.learning.learn import learn
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.explanation import Bridge
from funnelsim.model.forecast_run import ForecastRun, PlannedWindow
from funnelsim.model.history import NO_MOMENT
from funnelsim.model.known_leads import Known, Matched, OpenStays
from funnelsim.model.leads import NO_AMOUNT, Bookings, Leads
from funnelsim.model.learned import Learned
from funnelsim.model.request import ForecastRequest
from properties.forecast_runs import others_of
from properties.lead_tables import ONE_THREAD, Row, leads_of, table_of

SETS, COUNT = 10, 200
SEGMENTS = ("north", "south")


@dataclass(frozen=True)
class Lead:
    """One open row: its stage is a name of the records or empty, its days are whole, ``close`` nan states nothing."""

    lead_id: str
    pr: int = 1_000_00
    stage: str = ""
    age: float = 20.0
    close: date = date(1983, 11, 15)
    region: str = "north"


def _rng(seed):
    return np.random.Generator(np.random.Philox(seed))


@cache
def learned_of(kind: str, unit: str = "month") -> Learned:
    """Records of one kind, made once."""
    if kind == "dated":
        return learn(firm(_rng(6), 600, True), unit)
    if kind == "segments":
        history = lived(_rng(1), 1_000)
        names = tuple(SEGMENTS[one] for one in _rng(3).integers(0, 2, len(history)))
        return learn(replace(history, attributes={"region": names}), unit, segment="region")
    if kind == "newer":  # thirty days later, and slower
        return learn(lived(_rng(2), 1_000, 150.0, win=0.03), unit)
    if kind == "two stages":
        return learn(_with_another_stage(lived(_rng(2), 1_000, 150.0)), unit)
    if kind == "nobody won":
        return learn(history_of(np.arange(30.0), np.full(30, np.nan), np.zeros(30, dtype=bool)), unit)
    return learn(lived(_rng(1), 1_000), unit)


def _with_another_stage(history):
    """Half of those who are in A reach B on the same day, which the earlier records do not have."""
    entered = np.repeat(history.entered, 2, axis=1)
    entered[::2, 1] = NO_MOMENT
    return replace(history, stages=("A", "B"), entered=entered)


def known_of(learned: Learned, leads: Leads, open_leads: list[Lead], as_of: date, **how) -> Known:
    """What records know of made-up leads."""
    states = ("", *learned.stages)
    rows = len(leads)
    stays = OpenStays(
        np.arange(rows),
        np.array([states.index(one.stage) for one in open_leads], dtype=np.int64),
        np.array([one.age for one in open_leads], dtype=np.float64),
        np.zeros(rows),
        leads.pr,
        np.array([(one.close - as_of).days - 1 for one in open_leads], dtype=np.float64),
        None
        if learned.segments is None
        else np.array([learned.segments.names.index(one.region) for one in open_leads], dtype=np.int64),
    )
    return Known(learned, stays, Matched(by_id=rows), **({"sets": SETS} | how))


def run_of(
    open_leads: list[Lead],
    closed=(),
    *,
    learned: Learned | None = None,
    as_of: date | None = None,
    months: int = 3,
    fiscal_start: int = 1,
    seed: int = 7,
    count: int = COUNT,
    plan: PlannedWindow | None = None,
    by: str | None = None,
    **how,
) -> ForecastRun:
    """A run whose bookings are what the forecast says, and whose actuals are those of the won rows."""
    taught = learned_of("staged") if learned is None else learned
    day = taught.last_day if as_of is None else as_of
    rows = [Row(one.lead_id, one.pr, close=one.close, region=one.region) for one in open_leads]
    calendar = Calendar(day, taught.unit, months, fiscal_start)
    others, leads = others_of(list(closed)), leads_of(rows)
    known = known_of(taught, leads, open_leads, day, **how)
    request = ForecastRequest(calendar, seed=seed, replications=count)
    answer = forecast_learned(table_of(rows), request, known, ONE_THREAD)
    booked = others.amount != NO_AMOUNT
    return ForecastRun(
        name=f"run-{day}",
        input_name="leads.csv",
        input_sha256="0" * 64,
        content_hash=answer.content_hash,
        leads=leads,
        others=others,
        actuals=Bookings(others.day[booked], others.amount[booked]),
        actuals_replaced=False,
        calendar=calendar,
        assumptions=answer.assumptions,
        seed=seed,
        replications=count,
        plan=plan,
        by=by,
        bookings=answer.bookings,
        known=answer.learned.known,
    )


def horizon_of(earlier: ForecastRun, later: ForecastRun) -> Period:
    """The days that both runs forecast, from the earlier day on."""
    return Period(earlier.as_of + timedelta(days=1), min(earlier.calendar.window.end, later.calendar.window.end))


def bridged(
    earlier: ForecastRun, later: ForecastRun, window: Period | None = None, execution: Execution = ONE_THREAD
) -> Bridged:
    """The bridge alone, without drivers and shares."""
    walk = LearnedWalk(window or horizon_of(earlier, later), later.seed, later.replications, execution)
    end = version_of(later)
    start, now = walk.lower(version_of(earlier, end.known.sets)), walk.lower(end)
    return bridge_learned(earlier, later, start, now, None)


def bridge(earlier: ForecastRun, later: ForecastRun, window: Period | None = None) -> Bridge:
    """The same, as it is told."""
    return bridged(earlier, later, window).bridge


def money(found: Bridge) -> dict[str, int]:
    """Steps that moved something."""
    return {step.name: step.total for step in found.steps if step.total}


def adds_up(found: Bridge) -> None:
    """Totals and rounded amounts of the steps lead from one end to the other."""
    assert sum(step.total for step in found.steps) == found.end.total - found.start.total
    assert sum(step.amount for step in found.steps) == found.end.mean - found.start.mean
    before = found.start
    for step in found.steps:
        assert step.total == step.after.total - before.total
        before = step.after
    assert before == found.end


def near_closed_forms(found: Bridge) -> None:
    """Each step's simulated mean is its closed form; five standard errors of the paired change are noise."""
    for step in found.steps:
        simulated = step.total / COUNT
        assert abs(simulated - step.exact_mean) <= 5.0 * step.standard_error + 0.5, step.name
