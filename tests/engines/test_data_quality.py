"""Notes about habits of entry: each is a count, none appears without cause, none changes a lead."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from funnelsim.engines.data_quality import data_quality
from funnelsim.model.leads import Leads, LeadTable

AS_OF = date(2026, 6, 30)


def table(
    rows: int = 60,
    pr: list[int] | None = None,
    pc: list[str] | None = None,
    close: list[str] | None = None,
    ids: list[str] | None = None,
    imputed: int = 0,
) -> LeadTable:
    """Unremarkable leads, except for the columns given."""
    amounts = pr or [1_234_567 + 98_765 * row for row in range(rows)]
    chances = pc or [f"0.{101 + 7 * row}" for row in range(rows)]
    days = close or [f"2026-{7 + row % 6:02d}-{2 + row % 25:02d}" for row in range(rows)]
    none = np.full(rows, -1)
    leads = Leads(
        lead_id=tuple(ids or [f"L-{row}" for row in range(rows)]),
        pr=np.array(amounts, dtype=np.int64),
        pc=tuple(map(Decimal, chances)),
        expected_close=np.array(days, dtype="datetime64[D]"),
        line=np.arange(2, rows + 2),
        pr_p10=none,
        pr_p90=none.copy(),
        close_p10=np.full(rows, np.datetime64("NaT"), dtype="datetime64[D]"),
        close_p90=np.full(rows, np.datetime64("NaT"), dtype="datetime64[D]"),
        imputed=np.arange(rows) < imputed,
    )
    return LeadTable(leads=leads, name="leads.csv", sha256="0" * 64, rows=rows)


def test_unremarkable_leads_get_no_note() -> None:
    assert data_quality(table(), AS_OF) == ()


def test_no_leads_get_no_note() -> None:
    assert data_quality(table(rows=0, pr=[], pc=[], close=[], ids=[]), AS_OF) == ()


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (table(close=["2026-06-30"] * 6 + ["2026-01-02"] * 3 + ["2026-08-05"] * 51), "9 of 60 open rows (15%)"),
        (table(close=["2026-01-02"] * 3 + ["2026-08-05"] * 57), "3 of them by 90 days or more"),
        (table(close=["2026-07-31"] * 20 + ["2026-08-05"] * 40), "20 of 60 open rows (33%) close on the last day"),
        (table(close=["2026-08-01"] * 20 + ["2026-08-05"] * 40), "close on the first day of a month"),
        (table(close=["2028-02-29"] * 2 + ["2029-03-05"] + ["2026-08-05"] * 57), "(2%) have a stated close more than"),
        (table(pr=[100_000 * (row + 1) for row in range(60)]), "(100%) have an amount in whole thousands"),
        (table(pr=[1_234_567] * 20 + [2_000_001 + row for row in range(40)]), "(33%) have the same amount, 12,345.67."),
        (table(pr=[0] * 4 + [1_234_567 + row for row in range(56)]), "4 of 60 open rows (7%) have an amount of 0"),
        (table(pr=[100] * 4 + [1_234_567 + row for row in range(56)]), "have an amount of 1 or less"),
        (table(pr=[900_000_001] + [1_234_567 + row for row in range(59)]), "One lead, 'L-0', carries"),
        (table(pc=["0"] * 2 + ["0.5"] * 58), "2 of 60 open rows (3%) have a PC of 0%: they can never be won."),
        (table(pc=["1"] * 2 + ["0.5"] * 58), "have a PC of 100%: they are certain to be won"),
        (table(pc=["0.1", "0.5", "0.75"] * 20), "PC takes only 3 different values"),
        (table(pc=["0"] * 60), "every band will be 0"),
        (table(ids=[f"L-{row // 2}" for row in range(60)]), "60 rows belong to 30 leads"),
        (table(rows=12), "Only 12 open leads"),
        (table(imputed=7), "7 of 60 open rows (12%) have a PC that was filled in."),
    ],
)  # fmt: skip
def test_each_habit_is_noted_with_its_count(made: LeadTable, words: str) -> None:
    assert any(words in note for note in data_quality(made, AS_OF)), data_quality(made, AS_OF)


def test_few_rows_say_nothing_about_habits() -> None:
    notes = data_quality(table(rows=5, close=["2026-07-31"] * 5, pr=[100_000] * 5), AS_OF)
    assert not any("last day" in note or "thousands" in note or "same amount" in note for note in notes)


def test_notes_change_no_lead() -> None:
    made = table()
    before = made.leads.pr.copy()
    data_quality(made, AS_OF)
    assert np.array_equal(before, made.leads.pr)
