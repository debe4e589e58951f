"""The chance of a plan, by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from funnelsim.engines.forecast import forecast_leads
from funnelsim.engines.plan_chance import booked_in, plan_outcome, plan_totals
from funnelsim.errors import ScenarioError
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.leads import Bookings
from funnelsim.model.request import ForecastRequest, Plan
from properties.lead_tables import ONE_THREAD, STATED, Row, table_of

HALF_YEAR = Calendar(date(2026, 6, 30), "month", 8)
BOOKED = Bookings(
    np.array(["2025-12-31", "2026-01-01", "2026-06-30", "2026-03-03"], dtype="datetime64[D]"),
    np.array([1000, 1, 10, 100], dtype=np.int64),
)
SIMULATED = np.array([[5, 0, 0, 0, 0, 5, 900, 0, 7], [0, 0, 0, 0, 0, 0, 900, 0, 7], [30, 0, 0, 0, 0, 0, 0, 0, 0]])


def outcome(plan, calendar=HALF_YEAR, actuals=BOOKED, simulated=SIMULATED):
    return plan_outcome(plan, plan_totals(plan, calendar, simulated, actuals), calendar, simulated, actuals)


def test_bookings_count_from_the_first_to_the_last_day_of_a_window():
    assert booked_in(BOOKED, Period(date(2026, 1, 1), date(2026, 6, 30))) == (3, 111)
    assert booked_in(BOOKED, Period(date(2026, 1, 2), date(2026, 6, 29))) == (1, 100)
    assert booked_in(Bookings(), HALF_YEAR.window) == (0, 0)


def test_a_plan_of_the_fiscal_year_adds_actuals_and_stops_at_its_end():
    """Totals are 111 + 10, 111 + 0 and 111 + 30: the 900 in January 2027 are next year's."""
    found = outcome(Plan(121))
    assert found.window == Period(date(2026, 1, 1), date(2026, 12, 31))
    assert found.actuals == 111
    assert found.probability == 2 / 3
    assert found.expected_shortfall == 10
    assert found.standard_error == pytest.approx((2 / 9 / 3) ** 0.5)


def test_a_target_that_is_met_exactly_is_met():
    assert outcome(Plan(111)).probability == 1
    assert outcome(Plan(111)).expected_shortfall == 0
    assert outcome(Plan(112)).probability == 2 / 3


def test_a_plan_out_of_reach():
    found = outcome(Plan(1000))
    assert found.probability == 0
    assert found.standard_error == 0
    assert found.expected_shortfall == pytest.approx(1000 - 111 - 40 / 3)


def test_a_plan_by_period_is_answered_by_period():
    plan = Plan(905, ((date(2027, 1, 1), 900), (date(2026, 7, 1), 5)))
    found = outcome(plan)
    assert found.window == Period(date(2026, 7, 1), date(2027, 1, 31))
    assert found.actuals == 0
    assert [(one.period.start, one.target) for one in found.by_period] == [
        (date(2026, 7, 1), 5),
        (date(2027, 1, 1), 900),
    ]
    assert [one.probability for one in found.by_period] == [2 / 3, 2 / 3]
    assert found.probability == 1 / 3


def test_a_period_of_the_plan_before_the_as_of_day_is_booked_already():
    """A plan from June on, standing on 30 June: June's actuals count, and June's target is met or not."""
    plan = Plan(40, ((date(2026, 6, 1), 10), (date(2026, 7, 1), 30)))
    found = outcome(plan)
    assert found.actuals == 10
    assert [one.probability for one in found.by_period] == [1.0, 1 / 3]


def test_a_week_that_crosses_the_fiscal_year_counts_only_its_days_inside():
    calendar = Calendar(date(2026, 12, 27), "week", 2)
    rows = [
        Row("this year", 5, "1", date(2026, 12, 31)),
        Row("next year", 70, "1", date(2027, 1, 1)),
    ]
    request = ForecastRequest(calendar, STATED, replications=10, plan=Plan(5))
    answer = forecast_leads(table_of(rows), request, ONE_THREAD)
    assert answer.plan.probability == 1
    assert answer.periods[0].percentiles[50] == 75
    too_much = ForecastRequest(calendar, STATED, replications=10, plan=Plan(6))
    assert forecast_leads(table_of(rows), too_much, ONE_THREAD).plan.probability == 0


def test_actuals_replace_the_won_rows_and_added_ones_come_on_top():
    table = table_of([Row("x", 5, "0", date(2026, 7, 7))])
    table = type(table)(table.leads, table.name, table.sha256, 5, won=BOOKED)
    more = Bookings(np.array(["2026-05-05"], dtype="datetime64[D]"), np.array([7], dtype=np.int64))

    def actuals(**how):
        request = ForecastRequest(HALF_YEAR, STATED, replications=2, plan=Plan(1), **how)
        answer = forecast_leads(table, request, ONE_THREAD)
        assert answer.plan.actuals == answer.actuals
        return answer.actuals, answer.actual_rows

    assert actuals() == (111, 3)
    assert actuals(added_actuals=more) == (118, 4)
    assert actuals(actuals=more) == (7, 1)
    assert actuals(actuals=Bookings()) == (0, 0)


def test_a_plan_of_nothing_asks_for_nothing():
    assert outcome(Plan(0)).probability == 1
    with pytest.raises(ScenarioError):
        ForecastRequest(Calendar(date(2026, 6, 30), "month", 5), plan=Plan(0))
