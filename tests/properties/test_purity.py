"""Asking leaves the question as it was."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given

from funnelsim.engines.forecast import forecast_leads
from funnelsim.model.calendar import Calendar
from funnelsim.model.leads import Leads
from funnelsim.model.request import ForecastRequest, Plan
from properties.lead_tables import (
    AS_OF,
    ONE_THREAD,
    YEAR,
    Row,
    assumptions,
    book_of,
    often,
    rows,
    seldom,
    table_of,
    walk,
)

COLUMNS = [name for name in Leads.__dataclass_fields__ if name != "attributes"]


@seldom
@given(rows(least=1), assumptions)
def test_a_forecast_leaves_its_leads_and_its_request_as_they_were(book, assumed):
    table = table_of(book)
    request = ForecastRequest(YEAR, assumed, 1, 50, plan=Plan(10**6), by="region")
    leads, asked = copy.deepcopy(table.leads), copy.deepcopy(request)
    first = forecast_leads(table, request, ONE_THREAD)
    second = forecast_leads(table, request, ONE_THREAD)
    for name in COLUMNS:
        before, after = np.array(getattr(leads, name)), np.array(getattr(table.leads, name))
        assert before.dtype == after.dtype
        assert np.array_equal(before, after, equal_nan=before.dtype.kind == "M"), name
    assert table.leads.attributes == leads.attributes
    for name in ("calendar", "assumptions", "seed", "replications", "plan", "by"):
        assert getattr(request, name) == getattr(asked, name)
    assert first.content_hash == second.content_hash
    assert np.array_equal(first.bookings, second.bookings)


@often
@given(rows(least=1), assumptions)
def test_walking_leaves_the_book_as_it_was(book, assumed):
    lowered = book_of(book, assumptions=assumed)
    before = copy.deepcopy([*lowered.rows, *lowered.tables, lowered.group_keys])
    walk(lowered)
    for one, other in zip(before, [*lowered.rows, *lowered.tables, lowered.group_keys], strict=True):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)


def test_columns_of_leads_cannot_be_written():
    leads = table_of([Row("one")]).leads
    for column in (leads.pr, leads.key, leads.pc_float, leads.expected_close):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = column[0]


def test_a_calendar_is_the_same_however_often_it_is_asked():
    calendar = Calendar(AS_OF, "week", 9)
    assert calendar.periods == Calendar(AS_OF, "week", 9).periods
    assert np.array_equal(calendar.bin_ends, calendar.bin_ends)
