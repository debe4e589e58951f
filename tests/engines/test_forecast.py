"""Whole forecasts of books small enough to answer by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from funnelsim.engines.forecast import forecast_leads
from funnelsim.engines.forecast_answer import content_hash
from funnelsim.engines.forecast_figures import stated_values
from funnelsim.errors import DataError, ScenarioError
from funnelsim.model.assumptions import ForecastAssumptions, GroupShock
from funnelsim.model.calendar import Calendar
from funnelsim.model.request import ForecastRequest, Plan
from funnelsim.model.results import PERCENTS
from properties.lead_tables import AS_OF, DEFAULT, GROUPED, ONE_THREAD, STATED, YEAR, Row, table_of


def ask(book, assumed=STATED, calendar=YEAR, replications=500, **how):
    return forecast_leads(table_of(book), ForecastRequest(calendar, assumed, 3, replications, **how), ONE_THREAD)


def test_certain_leads_are_exact_everywhere():
    """Sd 0, every percentile the same, no error: nothing is drawn for a chance of 0 or 1."""
    answer = ask([
        Row("may", 700, "1", date(2026, 5, 5)),
        Row("no", 10**9, "0"),
        Row("late", 40, "1", date(2030, 1, 1)),
    ])
    may, total = answer.periods[1], answer.total
    for band in (may, total):
        assert (band.expected_value, band.exact_mean, band.mean, band.sd) == (700, 700.0, 700.0, 0.0)
        assert set(band.percentiles.values()) == {700}
        assert band.standard_error.mean == band.standard_error.p50 == 0
    assert (answer.beyond.expected_value, answer.beyond.exact_mean, answer.beyond.mean) == (40, 40.0, 40.0)
    assert answer.expected_value == 740
    assert answer.check.max_z == 0


@pytest.mark.parametrize("assumed", [STATED, DEFAULT])
def test_no_leads_are_exactly_nothing(assumed):
    answer = ask([], assumed, plan=Plan(5))
    assert not answer.bookings.any()
    assert answer.total.exact_mean == answer.total.mean == answer.total.sd == 0
    assert (answer.plan.probability, answer.plan.expected_shortfall) == (0, 5)
    assert answer.lead_effects == ()
    assert answer.check.passed


def test_one_lead_and_one_replication():
    answer = ask([Row("only", 77)], DEFAULT, replications=1)
    assert answer.bookings.shape == (1, 13)
    assert answer.bookings.sum() in {0, 77}
    assert answer.total.sd == 0
    assert set(answer.total.percentiles) == set(PERCENTS)


def test_periods_are_as_stated_and_overdue_ones_are_counted_apart():
    book = [
        Row("a", 1001, "0.5", date(2026, 4, 1)),
        Row("b", 1003, "0.5", date(2026, 4, 30)),
        Row("c", 10, "0.25", AS_OF),
        Row("d", 99, "0.1", date(2027, 4, 1)),
    ]
    answer = ask(book, DEFAULT)
    assert [band.expected_value for band in answer.periods] == [1002] + [0] * 11
    assert (answer.overdue.rows, answer.overdue.expected_value) == (1, 2)
    assert answer.beyond.expected_value == 10
    assert answer.expected_value == 1014
    stated = stated_values(table_of(book).leads, YEAR)
    assert stated.overdue == Fraction(5, 2)
    assert stated.beyond == Fraction(99, 10)


def test_each_figure_is_rounded_once_from_the_exact_sum():
    """Three times 0.3 cents is 0.9: rounding each lead first would say 0."""
    book = [Row(f"L{place}", 3, "0.1", date(2026, 4, 1 + place)) for place in range(3)]
    assert ask(book).periods[0].expected_value == 1
    assert ask(book).total.expected_value == 1


def test_halves_round_to_even():
    assert ask([Row("a", 1, "0.5")]).expected_value == 0
    assert ask([Row("a", 3, "0.5")]).expected_value == 2


def test_the_bands_are_those_of_the_bookings():
    book = [Row(f"L{place}", 100 + place, "0.3", date(2026, 4 + place % 8, 9)) for place in range(30)]
    answer = ask(book, DEFAULT)
    running = np.cumsum(answer.bookings[:, :12], axis=1)
    for month in range(12):
        ordered = np.sort(running[:, month])
        assert answer.cumulative[month].percentiles[10] == ordered[49]
        assert answer.cumulative[month].percentiles[50] == ordered[249]
        assert answer.periods[month].percentiles[90] == np.sort(answer.bookings[:, month])[449]
        assert answer.cumulative[month].period.end == YEAR.periods[month].end
    assert answer.total == answer.cumulative[-1]
    assert answer.sum_of_period_p10 == sum(band.percentiles[10] for band in answer.periods)
    assert answer.sum_of_period_p10 < answer.total.percentiles[10]


def test_a_shared_shock_widens_the_band_and_as_stated_does_not():
    book = [Row(f"L{place}", 100, "0.3") for place in range(200)]
    shocked = ask(book, ForecastAssumptions(shock_sd=1.0), replications=2000)
    assert shocked.independent_band_ratio > 2
    assert ask(book, STATED).independent_band_ratio == 1.0
    assert ask(book, GROUPED).independent_band_ratio > 1


def test_the_sensitivity_lowers_the_mean_and_certain_leads_stay():
    book = [Row("sure", 100, "1"), Row("early", 1000, "0.15"), Row("middle", 1000, "0.5"), Row("late", 1000, "0.8")]
    assert ask(book).optimism_mean == pytest.approx(100 + 100 + 220 + 470)


def test_groups_come_by_expected_value_and_keep_blank_ones():
    book = [Row("a", 10, region="n"), Row("b", 500, region=""), Row("c", 100, region="s"), Row("d", 100, region="s")]
    answer = ask(book, by="region")
    assert [(group.value, group.rows, group.expected_value) for group in answer.groups] == [
        ("", 1, 250),
        ("s", 2, 100),
        ("n", 1, 5),
    ]
    assert ask(book).groups == ()


def test_a_group_is_the_forecast_of_its_own_leads():
    book = [Row(f"L{place}", 100 + place, "0.4", region="ns"[place % 2]) for place in range(20)]
    group = next(one for one in ask(book, DEFAULT, by="region").groups if one.value == "n")
    alone = ask([row for row in book if row.region == "n"], DEFAULT)
    assert group.total == alone.total
    assert group.periods == alone.periods


@pytest.mark.parametrize(
    ("how", "option"),
    [
        ({"by": "owner"}, "--by"),
        ({"assumed": ForecastAssumptions(group_shock=GroupShock("owner", 0.3))}, "--group-shock"),
    ],
)
def test_a_column_that_is_not_there_is_refused_with_those_that_are(how, option):
    with pytest.raises(ScenarioError) as caught:
        ask([Row("a")], **how)
    assert str(caught.value) == (
        f"leads.csv: {option} must be a column of the file; got 'owner'.\n  hint: columns to choose from: region"
    )


def test_a_book_that_could_wrap_is_refused():
    with pytest.raises(DataError, match="potential revenue must be below"):
        ask([Row(f"L{place}", 10**17) for place in range(50)])


def test_the_largest_book_that_is_allowed_does_not_wrap():
    book = [Row(f"L{place}", 10**17, "1") for place in range(46)]
    answer = ask(book, replications=7)
    assert answer.total.mean == 46e17
    assert answer.total.percentiles[95] == 46 * 10**17
    assert np.all(answer.bookings[:, 2] == 46 * 10**17)


def test_weeks_cut_at_the_fiscal_years_end_are_one_column():
    calendar = Calendar(date(2026, 12, 27), "week", 2)
    answer = ask([Row("a", 5, "1", date(2026, 12, 30)), Row("b", 7, "1", date(2027, 1, 2))], calendar=calendar)
    assert answer.bookings.tolist() == [[12, 0, 0]] * 500
    assert [band.mean for band in answer.periods] == [12, 0]


def test_the_content_hash_is_over_what_was_answered_and_not_over_itself():
    answer = ask([Row("a")])
    assert len(answer.content_hash) == 64
    assert content_hash(answer) == answer.content_hash
    assert content_hash(replace(answer, content_hash="something else")) == answer.content_hash
    changed = answer.bookings.copy()
    changed[0, 0] += 1
    assert content_hash(replace(answer, bookings=changed)) != answer.content_hash


def test_exact_adds_the_law_and_changes_nothing_else():
    book = [Row(f"L{place}", 100 + place, "0.4", region="ns"[place % 2]) for place in range(20)]
    plain, exact = ask(book, DEFAULT), ask(book, DEFAULT, exact=True)
    assert plain.exact is None
    assert exact.content_hash == plain.content_hash
    assert exact.exact.total.mean == pytest.approx(plain.total.exact_mean, rel=1e-12)
    assert len(exact.exact.periods) == len(exact.exact.cumulative) == 12
    assert (
        abs(exact.exact.total.percentiles[50] - plain.total.percentiles[50]) < 3 * plain.total.standard_error.p50 + 100
    )


def test_drivers_say_what_each_row_was_lowered_to():
    rows = [Row("a", 500, "0.5", date(2026, 6, 15)), Row("b", 700, "1", date(2036, 1, 1)), Row("c", 900, "0.25")]
    answer = ask(rows)
    assert answer.drivers.log_odds.tolist() == pytest.approx([0.0, np.inf, np.log(1 / 3)])
    assert answer.drivers.in_horizon.tolist() == [1.0, 0.0, 1.0]
    assert answer.drivers.mean_amount.tolist() == [500.0, 700.0, 900.0]
