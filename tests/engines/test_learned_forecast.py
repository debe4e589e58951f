"""Forecasts from records: components that add up, exact moments, the same bits in any threads, leads that faded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.small_histories import history_of, lived
from funnelsim.engines.closed_form import window_moments
from funnelsim.engines.execution import Execution
from funnelsim.engines.faded_leads import faded_leads
from funnelsim.engines.learned_forecast import forecast_learned
from funnelsim.engines.learning.lead_laws import open_leads
from funnelsim.engines.learning.learn import learn
from funnelsim.engines.learning.pool_book import pool_book
from funnelsim.engines.learning.pool_chances import pool_chances
from funnelsim.engines.learning.pool_moments import learned_moments
from funnelsim.engines.windows import all_windows
from funnelsim.errors import ResourceError
from funnelsim.model.calendar import Calendar
from funnelsim.model.known_leads import Known, Matched, OpenStays
from funnelsim.model.request import ForecastRequest, Plan
from properties.lead_tables import Row, table_of

NAN = float("nan")
ONE = Execution(threads=1)


def _rng(seed):
    return np.random.Generator(np.random.Philox(seed))


@pytest.fixture(scope="module")
def learned():
    return learn(lived(_rng(1), 2_000), "month")


@pytest.fixture(scope="module")
def table():
    rows = [Row(f"L{k}", 1_000 + 91 * k, "0.4", region="north" if k % 3 else "south") for k in range(30)]
    return table_of(rows)


def known_of(learned, table, **how) -> Known:
    rows, rng = len(table.leads), _rng(5)
    stays = OpenStays(
        np.arange(rows),
        rng.integers(0, len(learned.hazards.pace_cuts), rows),
        rng.uniform(0.0, 80.0, rows),
        np.zeros(rows),
        table.leads.pr,
    )
    return Known(learned, stays, Matched(by_id=rows), **({"sets": 25} | how))


def asked(learned, **how) -> ForecastRequest:
    return ForecastRequest(Calendar(learned.last_day, "month", 3), **({"seed": 3, "replications": 500} | how))


def test_components_add_up_and_the_check_passes(learned, table):
    answer = forecast_learned(table, asked(learned, by="region"), known_of(learned, table), ONE)
    assert answer.check.passed
    assert [part.name for part in answer.components] == ["open leads", "new business"]
    assert np.array_equal(sum(part.bookings for part in answer.components), answer.bookings)
    for part in (answer.periods, *(part.periods for part in answer.components)):
        assert len(part) == len(answer.calendar.periods)
    assert sum(part.total.exact_mean for part in answer.components) == pytest.approx(answer.total.exact_mean)
    assert sum(part.total.expected_value for part in answer.components) == answer.total.expected_value
    assert [group.value for group in answer.groups[2:]] == ["(new business)"]
    assert sum(group.total.mean for group in answer.groups) == pytest.approx(answer.total.mean)
    assert len(answer.learned.calibrated) == len(table.leads)
    assert np.all((answer.learned.calibrated > 0.0) & (answer.learned.calibrated < 1.0))
    assert answer.independent_band_ratio > 1.0
    assert answer.learned.new_wins < answer.learned.new_leads


def test_threads_and_blocks_change_nothing(learned, table):
    request = asked(learned, replications=300)
    first = forecast_learned(table, request, known_of(learned, table), ONE)
    second = forecast_learned(table, request, known_of(learned, table), Execution(threads=2, block=64))
    assert first.content_hash == second.content_hash
    other = forecast_learned(table, replace(request, seed=4), known_of(learned, table), ONE)
    assert other.content_hash != first.content_hash


def test_open_leads_are_the_same_with_and_without_new_business(learned, table):
    both = forecast_learned(table, asked(learned), known_of(learned, table), ONE)
    alone = forecast_learned(table, asked(learned), known_of(learned, table, with_new=False), ONE)
    assert np.array_equal(alone.bookings, both.components[0].bookings)
    assert alone.learned.new_leads is None
    assert [row.name for row in alone.assumption_rows if row.value == "left out"] == ["new business"]


def test_independent_leads_have_narrower_bands_round_nearly_the_same_mean(learned, table):
    shared = forecast_learned(table, asked(learned), known_of(learned, table), ONE)
    calm = forecast_learned(table, asked(learned), known_of(learned, table, independent=True), ONE)
    assert calm.learned.sets == 1
    assert calm.total.sd < shared.total.sd
    assert calm.independent_band_ratio == 1.0
    width = [one.total.percentiles[90] - one.total.percentiles[10] for one in (shared, calm)]
    assert shared.independent_band_ratio == pytest.approx(width[0] / width[1])


def test_precision_continues_both_components(learned, table):
    answer = forecast_learned(table, asked(learned, precision=0.05, replications=100), known_of(learned, table), ONE)
    assert answer.replications > 100
    assert answer.precision.reached <= 0.05
    whole = forecast_learned(table, asked(learned, replications=answer.replications), known_of(learned, table), ONE)
    assert np.array_equal(whole.bookings, answer.bookings)


def test_the_plan_counts_new_business(learned, table):
    year = Calendar(learned.last_day, "month", 15)
    request = ForecastRequest(year, seed=1, replications=200, plan=Plan(1))
    answer = forecast_learned(table, request, known_of(learned, table), ONE)
    inside = [band.mean for band in answer.periods if band.period.end <= answer.calendar.fiscal_year.end]
    assert answer.plan.probability == 1.0
    request = replace(request, plan=Plan(round(sum(inside))))
    chance = forecast_learned(table, request, known_of(learned, table), ONE).plan.probability
    assert 0.2 < chance < 0.8


def test_moments_are_the_general_closed_forms(learned):
    """One law a lead, line items of one lead, several sets: the fast sums against the general ones."""
    rows = [Row("A", 5_000), Row("A", 7_000), Row("B", 1_000), Row("C", 2_500), Row("C", 2_500)]
    leads = table_of(rows).leads
    stays = OpenStays(np.arange(5), np.zeros(5, dtype=np.int64), np.linspace(0.0, 30.0, 5), np.zeros(5), leads.pr)
    calendar = Calendar(learned.last_day, "month", 3)
    chances = pool_chances(learned, open_leads(learned.hazards, stays), calendar, 1, 7)
    ratio = np.linspace(0.5, 1.5, 5_120)
    book = pool_book(chances, leads.key, leads.pr, ratio)
    windows = all_windows(calendar)
    fast, general = learned_moments(book, None, windows), window_moments(book, windows)
    assert fast.mean == pytest.approx(general.mean, rel=1e-12)
    assert fast.variance == pytest.approx(general.variance, rel=1e-9)
    assert np.all(fast.largest_lead >= general.largest_lead)


def test_faded_leads_are_named_and_kept():
    leads = table_of([Row("old", 900), Row("weak", 5_000), Row("good", 100), Row("usual", 100)]).leads
    stays = OpenStays(
        np.arange(4), np.zeros(4, dtype=np.int64), np.array([500.0, 10.0, 10.0, 20.0]), np.zeros(4), leads.pr
    )
    found = faded_leads(leads, stays, 300.0, np.array([0.2, 0.001, 0.5, 0.3]))
    assert (found.rows, found.older) == (2, 1)
    assert [one.lead_id for one in found.leads] == ["weak", "old"]
    assert found.leads[1].age_days == 500
    assert found.expected_value == 450 + 2_500
    assert faded_leads(leads, stays, None, np.full(4, 0.2)).rows == 0


def test_thirty_leads_without_a_loss_or_a_win_are_forecast(table):
    few = history_of(np.arange(30.0), np.full(30, NAN), np.zeros(30, dtype=bool))
    known = learn(few, "month")
    answer = forecast_learned(table, asked(known), known_of(known, table), ONE)
    assert answer.check.passed
    assert answer.total.sd > 0.0
    assert answer.components[1].total.mean == 0.0
    assert any("leads were won" in note for note in known.notes)


def test_memory_is_refused_before_it_is_taken(learned, table):
    with pytest.raises(ResourceError):
        forecast_learned(table, asked(learned), known_of(learned, table), Execution(threads=1, memory_budget=1_000))
