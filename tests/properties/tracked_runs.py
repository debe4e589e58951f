"""Archived forecasts and what happened, made up in memory, for tests of tracking."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np

from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.forecast_run import ForecastRun, PlannedWindow
from funnelsim.model.leads import NO_AMOUNT, Bookings, Leads, OtherRows
from funnelsim.model.track import ArchivedRun, Outcomes

NOT_A_DAY = np.datetime64("NaT", "D")


def leads_named(*names: str) -> Leads:
    """Open leads of 1,000.00 each; only their names matter here."""
    count = len(names)
    none, never = np.full(count, NO_AMOUNT), np.full(count, NOT_A_DAY)
    return Leads(
        lead_id=names,
        pr=np.full(count, 100_000),
        pc=(Decimal("0.5"),) * count,
        expected_close=np.full(count, np.datetime64("2026-12-31", "D")),
        line=np.arange(2, count + 2),
        pr_p10=none,
        pr_p90=none.copy(),
        close_p10=never,
        close_p90=never.copy(),
        imputed=np.zeros(count, dtype=np.bool_),
        currency="USD",
    )


def archived(
    as_of: date,
    futures: np.ndarray | None = None,
    *,
    unit="month",
    horizon=3,
    names=("a", "b"),
    booked=(),
    plan=None,
    covers_new=False,
    probability=None,
    name=None,
) -> ArchivedRun:
    """A forecast of so many futures: evenly from 0 to 99 minor units in every period where none are given.

    booked : (day, minor units) of what was booked by then
    """
    calendar = Calendar(as_of, unit, horizon)
    if futures is None:
        futures = np.tile(np.arange(100)[:, None], (1, len(calendar.periods) + 1))
    window = None if plan is None else PlannedWindow(plan, calendar.fiscal_year)
    run = ForecastRun(
        name=name or f"run-{as_of}",
        input_name="leads.csv",
        input_sha256="0" * 64,
        content_hash=f"{as_of}{name}",
        leads=leads_named(*names),
        others=OtherRows(),
        actuals=bookings(*booked),
        actuals_replaced=False,
        calendar=calendar,
        assumptions=ForecastAssumptions(),
        seed=0,
        replications=len(futures),
        plan=window,
        by=None,
        bookings=np.asarray(futures, dtype=np.int64),
    )
    return ArchivedRun(run, covers_new, probability, None if probability is None else 0.01)


def bookings(*rows: tuple[date, int]) -> Bookings:
    """Bookings from days and minor units."""
    days = np.array([day for day, _ in rows], dtype="datetime64[D]")
    return Bookings(days, np.array([amount for _, amount in rows], dtype=np.int64))


def outcomes(*rows, first: date, last: date, told=False, known=None, notes=()) -> Outcomes:
    """What was booked: ``(day, minor units)``, or ``(day, minor units, lead)`` with the leads that the file knows."""
    plain = bookings(*(row[:2] for row in rows))
    ids = None if known is None else tuple(row[2] for row in rows)
    return Outcomes(
        name="actuals.csv",
        sha256="ab" * 32,
        day=plain.day,
        amount=plain.amount,
        lead_id=ids,
        known=frozenset(known or ()),
        first=first,
        last=last,
        told_first=told,
        currency="USD",
        minor_digits=2,
        notes=notes,
    )


YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
