"""The check on every run: loud about a bug, quiet about luck."""

from __future__ import annotations

import math

import numpy as np
import pytest

import funnelsim.engines.forecast as forecast_module
from funnelsim.engines.forecast import forecast_leads
from funnelsim.engines.self_check import self_check
from funnelsim.errors import CheckFailed
from funnelsim.model.request import ForecastRequest
from properties.lead_tables import ONE_THREAD, STATED, YEAR, Row, table_of


def check(mean, exact=100.0, variance=400.0, largest=0.0, replications=10_000):
    return self_check(np.array([mean]), np.array([exact]), np.array([variance]), np.array([largest]), replications)


def test_without_large_leads_it_is_the_plain_z():
    assert check(100.9).max_z == pytest.approx(4.5)
    assert check(100.9).passed
    assert check(99.1).max_z == pytest.approx(4.5)
    assert check(101.0).max_z == pytest.approx(5.0)
    assert not check(101.01).passed


def test_a_rare_large_win_is_allowed_for():
    """One lead of 1e6 with chance 1e-5, won once in 10,000: plain z is 2.8, Bernstein's smaller."""
    chance, amount = 1e-5, 1e6
    found = check(amount / 10_000, chance * amount, amount**2 * chance * (1 - chance), amount)
    distance = amount / 10_000 - chance * amount
    plain = distance / math.sqrt(amount**2 * chance * (1 - chance) / 10_000)
    assert found.max_z < plain
    assert found.passed


def test_rounding_is_not_a_distance_and_a_constant_has_none():
    assert check(100 + 1e-8, variance=0.0).max_z == 0
    assert check(100.5, variance=0.0).max_z == math.inf
    assert not check(100.5, variance=0.0).passed
    assert self_check(*(np.empty(0) for _ in range(4)), 5).passed


def test_the_worst_window_counts():
    found = self_check(np.array([1.0, 9.0]), np.array([1.0, 1.0]), np.ones(2), np.zeros(2), 1)
    assert found.max_z == 8


def test_a_planted_wrong_mean_ends_the_forecast(monkeypatch):
    real = forecast_module.simulate_bookings
    monkeypatch.setattr(
        forecast_module, "simulate_bookings", lambda book, shocks, execution: real(book, shocks, execution) * 103 // 100
    )
    rows = [Row(f"L{place}", 100_00) for place in range(50)]
    with pytest.raises(CheckFailed) as caught:
        forecast_leads(table_of(rows), ForecastRequest(YEAR, STATED, 1, 20_000), ONE_THREAD)
    assert caught.value.exit_code == 70
    assert "simulated mean must be within 5 standard errors of the exact mean; got a distance of" in str(caught.value)


@pytest.mark.parametrize("seed", range(20))
def test_right_forecasts_pass_with_few_replications_and_rare_large_leads(seed):
    rows = [Row("huge", 10**12, "0.001"), *(Row(f"L{place}", 100, "0.02") for place in range(20))]
    answer = forecast_leads(table_of(rows), ForecastRequest(YEAR, seed=seed, replications=50), ONE_THREAD)
    assert answer.check.passed
    assert answer.check.max_z < 5
