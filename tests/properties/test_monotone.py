"""Better leads never book less, replication by replication."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from funnelsim.model.assumptions import ForecastAssumptions
from properties.lead_tables import STATED, Row, assumptions, book_of, often, rows, simulate, walk


@often
@given(rows(least=1), assumptions, st.integers(0, 6), st.sampled_from(["0.0001", "0.1", "0.9", "1"]))
def test_a_higher_chance_never_books_less_in_all(book, assumed, place, raised):
    """With pushes a higher chance also moves money later, so only the total over all days is ordered."""
    better = [replace(row) for row in book]
    row = better[place % len(book)]
    better[place % len(book)] = replace(row, pc=str(max(Decimal(row.pc), Decimal(raised))))
    assert np.all(simulate(better, assumptions=assumed).sum(axis=1) >= simulate(book, assumptions=assumed).sum(axis=1))


@often
@given(rows(least=1), st.sampled_from([STATED, ForecastAssumptions(push=None)]), st.integers(0, 6))
def test_without_pushes_a_higher_chance_books_no_less_in_any_month(book, assumed, place):
    row = book[place % len(book)]
    better = [*book]
    better[place % len(book)] = replace(row, pc=str(Decimal(row.pc) / 2 + Decimal("0.5")))
    assert np.all(simulate(better, assumptions=assumed) >= simulate(book, assumptions=assumed))


@often
@given(assumptions, st.sampled_from(["0.0001", "0.25", "0.3", "0.5", "0.999", "1"]))
def test_the_line_item_with_the_lower_chance_never_wins_without_the_other(assumed, low):
    items = [Row("one", 1, low), Row("one", 1, "0.5"), Row("other", 1, "0.5")]
    book = book_of(items, assumptions=assumed)
    won = [walk(book.select(np.arange(3) == row), count=4000).sum(axis=1) > 0 for row in range(3)]
    lower, higher = (won[0], won[1]) if Decimal(low) <= Decimal("0.5") else (won[1], won[0])
    assert not np.any(lower & ~higher)
    if low == "0.5":
        assert np.array_equal(lower, higher)
    assert not np.array_equal(won[1], won[2])


@often
@given(assumptions)
def test_line_items_with_one_chance_and_one_date_close_on_one_day(assumed):
    book = book_of([Row("one", 1), Row("one", 10)], assumptions=assumed)
    first, second = (walk(book.select(np.arange(2) == row), count=2000) for row in range(2))
    assert np.array_equal(10 * first, second)


@often
@given(rows(least=1), assumptions, st.integers(1, 10**8))
def test_a_larger_amount_never_books_less(book, assumed, more):
    larger = [replace(row, pr=row.pr + more) for row in book]
    assert np.all(simulate(larger, assumptions=assumed) >= simulate(book, assumptions=assumed))
