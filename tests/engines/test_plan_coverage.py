"""Coverage of a plan by own conversion, by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from funnelsim.engines.forecast import forecast_leads
from funnelsim.engines.plan_coverage import plan_coverage
from funnelsim.model.calendar import Period
from funnelsim.model.plan_results import PlanOutcome
from funnelsim.model.request import ForecastRequest, Plan
from funnelsim.model.results import Beyond, Component
from properties.lead_tables import DEFAULT, ONE_THREAD, STATED, YEAR, Row, leads_of, table_of

LEADS = leads_of([
    Row("a", 100, "0.5", date(2026, 5, 20)),
    Row("b", 60, "0.5", date(2026, 12, 31)),
    Row("c", 40, "0.1", date(2020, 1, 1)),  # overdue: open all the same
    Row("d", 1000, "0.9", date(2027, 1, 1)),
])
WINDOW = Period(date(2026, 1, 1), date(2026, 12, 31))


def plan(target, actuals=0, window=WINDOW):
    return PlanOutcome(target, window, actuals, 0.5, 0.1, 1.0)


def simulated(inside, outside=0):
    """Bookings of two futures, all inside the window in the first month, and after it."""
    found = np.zeros((2, len(YEAR.bin_ends) + 1), dtype=np.int64)
    found[:, 0], found[:, -1] = inside, outside
    return found


def test_what_is_due_beside_what_is_to_book_and_what_is_won_of_it():
    found = plan_coverage(LEADS, plan(170, 70), YEAR, simulated((30, 50), 900), ())
    assert (found.open_pr, found.remaining, found.mean) == (200, 100, 40.0)
    assert (found.held, found.required) == (2.0, 5.0)


def test_there_is_none_without_anything_to_book_or_to_win():
    assert plan_coverage(LEADS, plan(170, 170), YEAR, simulated((30, 50)), ()) is None
    assert plan_coverage(LEADS, plan(170), YEAR, simulated((0, 0)), ()) is None
    early = Period(date(2019, 1, 1), date(2019, 12, 31))
    assert plan_coverage(LEADS, plan(170, window=early), YEAR, simulated((30, 50)), ()) is None


def test_new_business_does_not_convert_what_is_open():
    alone = simulated((30, 50))
    parts = tuple(
        Component(name, (), None, Beyond(0, 0.0, 0.0), bookings) for name, bookings in (("open", alone), ("new", alone))
    )
    found = plan_coverage(LEADS, plan(100), YEAR, 2 * alone, parts)
    assert found.mean == 40.0
    cut = Period(date(2026, 1, 1), date(2026, 12, 15))
    assert plan_coverage(LEADS, plan(100, window=cut), YEAR, 2 * alone, parts) is None


@pytest.mark.parametrize("assumed", [STATED, DEFAULT])
def test_a_plan_of_the_mean_is_just_covered(assumed):
    book = [Row(f"{k}", 1000 + k, "0.4", date(2026, 6 + k % 6, 3)) for k in range(40)]

    def asked(target):
        return forecast_leads(table_of(book), ForecastRequest(YEAR, assumed, 3, 400, plan=Plan(target)), ONE_THREAD)

    mean = asked(1).coverage.mean
    found = asked(round(mean)).coverage
    assert found.held == pytest.approx(found.required, rel=1e-3)
    assert asked(round(2 * mean)).coverage.held == pytest.approx(found.required / 2, rel=1e-3)
