"""Small lead tables for property and truth tests, built without any file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from funnelsim.engines.execution import Execution
from funnelsim.engines.lowering import lower_leads
from funnelsim.engines.pipeline import draw_shocks, simulate_bookings
from funnelsim.model.assumptions import ForecastAssumptions, GroupShock
from funnelsim.model.calendar import Calendar
from funnelsim.model.leads import NO_AMOUNT, Leads, LeadTable

AS_OF = date(2026, 3, 31)
YEAR = Calendar(AS_OF, "month", 12)
STATED = ForecastAssumptions.stated()
DEFAULT = ForecastAssumptions()
GROUPED = ForecastAssumptions(group_shock=GroupShock("region", 0.6))
ONE_THREAD = Execution(threads=1)

often = settings(max_examples=40, deadline=None, derandomize=True)
"""Every property is deterministic; the first call compiles, so there is no deadline."""

seldom = settings(max_examples=12, deadline=None, derandomize=True)
"""For properties whose one example makes whole forecasts."""


@dataclass(frozen=True)
class Row:
    """One row of a file of leads, in major units of nothing: ``pr`` is in cents."""

    lead_id: str
    pr: int = 100_00
    pc: str = "0.5"
    close: date = date(2026, 6, 15)
    amount: tuple[int, int] | None = None
    days: tuple[date, date] | None = None
    region: str = "north"


def leads_of(rows: list[Row], *, currency: str | None = None) -> Leads:
    """Turn rows into leads."""
    nat = np.datetime64("NaT", "D")
    amounts = [row.amount or (NO_AMOUNT, NO_AMOUNT) for row in rows]
    days = [row.days or (nat, nat) for row in rows]
    return Leads(
        lead_id=tuple(row.lead_id for row in rows),
        pr=np.array([row.pr for row in rows], dtype=np.int64),
        pc=tuple(Decimal(row.pc) for row in rows),
        expected_close=np.array([row.close for row in rows], dtype="datetime64[D]"),
        line=np.arange(2, len(rows) + 2, dtype=np.int64),
        pr_p10=np.array([low for low, _ in amounts], dtype=np.int64),
        pr_p90=np.array([high for _, high in amounts], dtype=np.int64),
        close_p10=np.array([first for first, _ in days], dtype="datetime64[D]"),
        close_p90=np.array([last for _, last in days], dtype="datetime64[D]"),
        imputed=np.zeros(len(rows), dtype=bool),
        attributes={"region": tuple(row.region for row in rows)},
        currency=currency,
    )


def table_of(rows: list[Row]) -> LeadTable:
    """Turn rows into a table as reading a file would give it."""
    return LeadTable(leads_of(rows), name="leads.csv", sha256="0" * 64, rows=len(rows))


def book_of(rows, calendar=YEAR, assumptions=DEFAULT):
    """Lower rows."""
    return lower_leads(leads_of(rows), calendar, assumptions)


def walk(book, seed=7, count=64, first=0, execution=ONE_THREAD):
    """Simulate a book: int64 ``(replication, bin + 1)``."""
    return simulate_bookings(book, draw_shocks(book, seed, first, count), execution)


def simulate(rows, calendar=YEAR, assumptions=DEFAULT, **how):
    """Lower and simulate rows."""
    return walk(book_of(rows, calendar, assumptions), **how)


def moved(rows: list[Row], days: int) -> list[Row]:
    """Move every date of the rows by whole days."""
    by = timedelta(days=days)
    return [replace(row, close=row.close + by, days=row.days and (row.days[0] + by, row.days[1] + by)) for row in rows]


CHANCES = ("0", "1", "0.5", "0.3", "0.25", "0.999", "0.0001", "0.123456789")
DAYS = st.integers(-90, 500).map(lambda days: AS_OF + timedelta(days=days))


@st.composite
def rows(draw, *, least=0, most=7, spreads=True, items=True):
    """Leads of all kinds: certain, hopeless, overdue, past the horizon, with spreads, with line items."""
    found = []
    for number in range(draw(st.integers(least, most))):
        line_item = items and found and draw(st.integers(0, 3)) == 0
        amount = days = None
        if spreads and draw(st.integers(0, 3)) == 0:
            low = draw(st.integers(1, 10**7))
            amount = (low, low * draw(st.sampled_from([1, 2, 5])))
        if spreads and draw(st.integers(0, 3)) == 0:
            first = draw(st.integers(1, 300))
            days = (AS_OF + timedelta(days=first), AS_OF + timedelta(days=first + draw(st.integers(0, 200))))
        found.append(
            Row(
                lead_id=found[-1].lead_id if line_item else f"L{number}",
                pr=draw(st.integers(0, 10**9)),
                pc=draw(st.sampled_from(CHANCES)),
                close=draw(DAYS),
                amount=amount,
                days=days,
                region=draw(st.sampled_from(["north", "south", ""])),
            )
        )
    return found


assumptions = st.sampled_from([
    STATED,
    DEFAULT,
    GROUPED,
    ForecastAssumptions(shock_sd=0.0),
    ForecastAssumptions(push=None),
])
seeds = st.sampled_from([0, 1, 7, 2**32 - 1, 2**32, 2**64 - 1])
