"""What single leads do: the same luck, with and without them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnelsim.engines.forecast import forecast_leads
from funnelsim.engines.lead_effects import largest_leads, rows_by_lead
from funnelsim.model.request import ForecastRequest, Plan
from properties.lead_tables import DEFAULT, ONE_THREAD, STATED, YEAR, Row, assumptions, leads_of, rows, seldom, table_of


def ask(book, assumed=DEFAULT, plan=None, **how):
    return forecast_leads(table_of(book), ForecastRequest(YEAR, assumed, 3, 400, plan=plan, **how), ONE_THREAD)


@seldom
@given(rows(least=2), assumptions, st.integers(0, 10**9))
def test_without_a_lead_is_the_run_in_which_its_chance_is_0(book, assumed, target):
    """Nine months of the fiscal year are ahead; the plan is for it."""
    answer = ask(book, assumed, Plan(target))
    for effect in answer.lead_effects:
        gone = [replace(row, pc="0") if row.lead_id == effect.lead_id else row for row in book]
        without = ask(gone, assumed, Plan(target))
        assert effect.probability_with == answer.plan.probability
        assert effect.probability_without == without.plan.probability
        assert effect.effect >= 0


@seldom
@given(rows(least=1), assumptions)
def test_without_the_largest_lead_is_the_run_in_which_its_chance_is_0(book, assumed):
    answer = ask(book, assumed)
    inside = [row for row in book if row.close <= YEAR.window.end and row.pr and float(row.pc)]
    if not inside:
        assert answer.without_largest is None
        return
    found = answer.without_largest
    gone = [replace(row, pc="0") if row.lead_id == found.lead.lead_id else row for row in book]
    total = ask(gone, assumed).total
    assert (found.p10, found.p50, found.p90) == tuple(total.percentiles[percent] for percent in (10, 50, 90))


def test_the_largest_leads_by_expected_value_with_line_items_added_up():
    leads = leads_of([
        Row("a", 100, "0.5"),
        Row("b", 60, "0.5"),
        Row("b", 50, "0.5"),
        Row("d", 50, "1"),
        Row("c", 50, "1"),
    ])
    assert [(lead_id, places, float(value)) for lead_id, places, value in largest_leads(leads)] == [
        ("b", [1, 2], 55.0),
        ("a", [0], 50.0),
        ("c", [4], 50.0),
        ("d", [3], 50.0),
    ]
    assert len(largest_leads(leads, 2)) == 2
    assert rows_by_lead(leads) == {"a": [0], "b": [1, 2], "d": [3], "c": [4]}


def test_fifty_leads_are_shown_at_most():
    assert len(ask([Row(f"L{place}", place) for place in range(60)]).lead_effects) == 50


def test_without_a_plan_leads_come_by_expected_value_and_have_no_effect():
    effects = ask([Row("small", 5), Row("large", 50)]).lead_effects
    assert [one.lead_id for one in effects] == ["large", "small"]
    assert all(one.effect is None and one.probability_with is None for one in effects)


def test_with_a_plan_leads_come_by_effect():
    """The plan of 10 is reached by the small certain lead alone; the large one closes next year."""
    late = date(2027, 2, 2)
    effects = ask([Row("large but late", 1000, "0.9", late), Row("small", 10, "1")], STATED, Plan(10)).lead_effects
    assert [(one.lead_id, one.effect) for one in effects] == [("small", 1.0), ("large but late", 0.0)]


def test_the_largest_lead_inside_the_horizon_is_not_one_past_it():
    found = ask([Row("past", 10**6, "0.9", date(2028, 1, 1)), Row("inside", 10)]).without_largest
    assert found.lead.lead_id == "inside"


def test_an_effect_says_which_lead_it_is():
    book = [Row("b", 100, "0.5", date(2026, 9, 1)), Row("b", 50, "0.1", date(2026, 8, 1))]
    effect = ask(book).lead_effects[0]
    assert (effect.lead_id, effect.pr, effect.expected_value, effect.expected_close) == ("b", 150, 55, date(2026, 8, 1))


def test_nothing_to_lose():
    answer = ask([Row("x", 5, "0")])
    assert answer.without_largest is None
    assert answer.independent_band_ratio is None
    assert np.all(answer.bookings == 0)


def test_leads_of_a_book_with_one_large_lead_are_said_to_hang_on_it():
    found = ask([Row("huge", 10**9, "0.6"), *(Row(f"L{place}", 100) for place in range(9))], STATED).without_largest
    assert found.p50 < 1000
    assert found.lead.expected_value == pytest.approx(6e8)
