"""Saved forecasts made up in memory, for tests of what explains them."""

from __future__ import annotations

from datetime import date

import numpy as np

from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.forecast_run import ForecastRun, PlannedWindow
from funnelsim.model.leads import NO_AMOUNT, Bookings, OtherRows
from properties.lead_tables import AS_OF, DEFAULT, Row, leads_of, simulate

LATER = date(2026, 4, 30)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
COUNT = 400
CLOSED = tuple[str, str, date, int]


def others_of(closed: list[CLOSED]) -> OtherRows:
    """Rows ``(id, status, day, amount)`` that are not forecast."""
    won = [status == "won" for _, status, _, _ in closed]
    return OtherRows(
        lead_id=tuple(one[0] for one in closed),
        status=tuple(one[1] for one in closed),
        reason=("",) * len(closed),
        line=np.arange(len(closed)),
        day=np.array([one[2] if yes else None for one, yes in zip(closed, won, strict=True)], dtype="datetime64[D]"),
        amount=np.array([one[3] if yes else NO_AMOUNT for one, yes in zip(closed, won, strict=True)], dtype=np.int64),
    )


def run_of(
    open_rows: list[Row],
    as_of: date = AS_OF,
    closed: list[CLOSED] = (),  # type: ignore[assignment]
    *,
    assumed: ForecastAssumptions = DEFAULT,
    seed: int = 7,
    count: int = COUNT,
    target: int | None = None,
) -> ForecastRun:
    """A run whose bookings are those of the file's won rows."""
    others = others_of(list(closed))
    booked = others.amount != NO_AMOUNT
    return ForecastRun(
        name=f"run-{as_of}",
        input_name="leads.csv",
        input_sha256="0" * 64,
        content_hash="0" * 64,
        leads=leads_of(open_rows),
        others=others,
        actuals=Bookings(others.day[booked], others.amount[booked]),
        actuals_replaced=False,
        calendar=Calendar(as_of, "month", 12),
        assumptions=assumed,
        seed=seed,
        replications=count,
        plan=None if target is None else PlannedWindow(target, YEAR),
        by=None,
        bookings=simulate(open_rows, Calendar(as_of, "month", 12), assumed, seed=seed, count=count),
    )
