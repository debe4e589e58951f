"""A request is checked before anything is computed."""

from __future__ import annotations

from datetime import date

import pytest

from funnelsim.errors import ScenarioError
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.request import ForecastRequest, Plan

YEAR_END = Calendar(date(2026, 6, 30), "month", 6)


@pytest.mark.parametrize("seed", [0, 1, 2**32, 2**64 - 1])
def test_seeds_fill_64_bits(seed):
    assert ForecastRequest(YEAR_END, seed=seed).seed == seed


@pytest.mark.parametrize("seed", [-1, 2**64, True, False, 1.5, "42", None])
def test_other_seeds_are_refused(seed):
    with pytest.raises(ScenarioError, match=r"seed must be an integer in \[0, 2\*\*64\)"):
        ForecastRequest(YEAR_END, seed=seed)


@pytest.mark.parametrize("replications", [0, -5, 2**31, True])
def test_replications_are_a_count(replications):
    with pytest.raises(ScenarioError, match="replications must be an integer in"):
        ForecastRequest(YEAR_END, replications=replications)


@pytest.mark.parametrize("precision", [0, 1, -0.1, 50, float("nan")])
def test_precision_is_a_share(precision):
    with pytest.raises(ScenarioError, match=r"precision must be a share in \(0, 1\)"):
        ForecastRequest(YEAR_END, precision=precision)


def test_a_plan_of_an_amount_is_for_the_fiscal_year():
    assert Plan(1).window(YEAR_END) == Period(date(2026, 1, 1), date(2026, 12, 31))
    assert Plan(1).window(Calendar(date(2026, 6, 30), fiscal_start=7)).start == date(2026, 7, 1)


def test_a_horizon_that_ends_before_the_plan_names_the_one_to_use():
    with pytest.raises(ScenarioError) as caught:
        ForecastRequest(Calendar(date(2026, 6, 30), "month", 3), plan=Plan(1))
    assert "horizon must be long enough to reach 2026-12-31" in str(caught.value)
    assert "hint: use --horizon 6" in str(caught.value)
    ForecastRequest(Calendar(date(2026, 6, 30), "month", 6), plan=Plan(1))


def test_weeks_must_reach_past_the_end_of_the_year():
    as_of = date(2026, 12, 10)
    with pytest.raises(ScenarioError, match="use --horizon 3"):
        ForecastRequest(Calendar(as_of, "week", 2), plan=Plan(1))
    assert ForecastRequest(Calendar(as_of, "week", 3), plan=Plan(1)).calendar.window.end == date(2027, 1, 3)


def test_a_plan_by_period_covers_its_own_periods():
    plan = Plan(30, ((date(2026, 8, 1), 10), (date(2026, 7, 1), 20)))
    assert plan.window(YEAR_END) == Period(date(2026, 7, 1), date(2026, 8, 31))
    ForecastRequest(YEAR_END, plan=plan)


def test_a_plan_that_is_over_is_refused():
    with pytest.raises(ScenarioError, match="plan: last period must be after the as-of day 2026-06-30"):
        ForecastRequest(YEAR_END, plan=Plan(1, ((date(2026, 5, 1), 1),)))


def test_a_plan_of_other_periods_is_refused():
    with pytest.raises(ScenarioError, match="plan: period must be the first day of a month"):
        ForecastRequest(YEAR_END, plan=Plan(1, ((date(2026, 8, 3), 1),)))
