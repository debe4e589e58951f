"""On which day a winner closes, by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from scipy import special

from funnelsim.engines.day_laws import day_cells, day_edges
from funnelsim.model.assumptions import ForecastAssumptions, PushLaw
from funnelsim.model.calendar import Calendar
from properties.lead_tables import AS_OF, DEFAULT, STATED, YEAR, Row, leads_of, often, rows

AS_IT_IS = ForecastAssumptions(push=None)


def reached(row, assumed=DEFAULT, calendar=YEAR):
    """Chance that a winner of this one row has closed by the end of each bin."""
    return day_cells(leads_of([row]), calendar, assumed).reached[0]


def after(days):
    return AS_OF + timedelta(days=days)


@pytest.mark.parametrize("assumed", [STATED, AS_IT_IS])
@pytest.mark.parametrize(
    ("close", "month"),
    [
        (date(2026, 4, 1), 0),
        (date(2026, 4, 30), 0),
        (date(2026, 5, 1), 1),
        (date(2026, 5, 31), 1),
        (date(2027, 3, 31), 11),
        (date(2027, 4, 1), 12),
        (date(2026, 3, 31), 0),
        (date(2020, 1, 1), 0),
    ],
)
def test_a_stated_date_falls_in_its_month_and_an_overdue_one_in_the_first(assumed, close, month):
    assert reached(Row("x", close=close), assumed).tolist() == [0.0] * month + [1.0] * (12 - month)


def test_one_push_of_30_days_by_hand():
    """Pushed once with chance .4, odds the same: .6 on 15 June, .4 on 15 July."""
    push = PushLaw(first=0.4, most=1, days=(30,), weights=(1.0,), odds=1.0)
    law = reached(Row("x", close=date(2026, 6, 15)), ForecastAssumptions(push=push))
    assert law[:4] == pytest.approx([0, 0, 0.6, 1.0], abs=1e-15)


def test_pushes_make_early_wins_likelier_when_each_lowers_the_odds():
    """PC 1/2, pushed once with chance 1/2, odds halved: o and o/2 with mean 1/2 gives o = sqrt 2."""
    push = PushLaw(first=0.5, most=1, days=(30,), weights=(1.0,), odds=0.5)
    law = reached(Row("x", close=date(2026, 6, 15)), ForecastAssumptions(push=push))
    odds = 2**0.5
    assert law[2] == pytest.approx(odds / (1 + odds), abs=1e-14)


def test_the_default_law_on_time():
    """A lead all but sure to win: its pushes are those of the law, .6 of it on time."""
    law = reached(Row("x", pc="1", close=date(2026, 4, 30)))
    assert law[0] == pytest.approx(0.6, abs=1e-15)
    # by the end of May: one push of 30 days (30 May)
    assert law[1] == pytest.approx(0.6 + 0.2 * 0.5, abs=1e-15)
    # by the end of June: also one push of 60 days (29 June), two of 30 (29 June)
    assert law[2] == pytest.approx(0.6 + 0.2 * 0.8 + 0.1 * 0.25, abs=1e-15)


def test_an_overdue_lead_is_pushed_from_the_as_of_day():
    law = reached(Row("x", pc="1", close=date(2025, 1, 1)))
    # 30 days after 31 March is 30 April; 60 days is 30 May
    assert law[0] == pytest.approx(0.5 * 0.5, abs=1e-15)
    assert law[1] == pytest.approx(0.5 * 0.8 + 0.25 * 0.25, abs=1e-15)


def test_how_long_overdue_makes_no_difference():
    assert np.array_equal(reached(Row("x", close=AS_OF)), reached(Row("x", close=date(2019, 1, 1))))


def test_what_is_pushed_past_the_horizon_is_beyond_it_and_not_lost():
    law = reached(Row("x", pc="1", close=date(2027, 3, 31)))
    assert law[-1] == pytest.approx(0.6, abs=1e-15)
    assert reached(Row("x", close=date(2027, 4, 1))).tolist() == [0.0] * 12


def test_a_leads_own_dates_come_before_the_law_of_pushes():
    law = reached(Row("x", close=date(2026, 4, 1), days=(after(20), after(200))))
    centre = (np.log(20) + np.log(200)) / 2
    scale = np.log(200 / 20) / (2 * special.ndtri(0.9))
    assert law == pytest.approx(special.ndtr((np.log(YEAR.bin_ends) - centre) / scale), abs=1e-12)
    ends = Calendar(AS_OF, "week", 40)
    assert special.ndtri(reached(Row("x", days=(after(20), after(200))), calendar=ends)[2]) < -special.ndtri(0.9) + 0.1


def test_own_dates_that_are_one_day_are_that_day():
    assert reached(Row("x", days=(after(40), after(40)))).tolist() == [0.0] + [1.0] * 11


def test_as_stated_ignores_a_leads_own_dates():
    row = Row("x", close=date(2026, 5, 5), days=(after(200), after(300)))
    assert reached(row, STATED).tolist() == [0.0] + [1.0] * 11


def test_rows_with_one_date_and_one_chance_share_a_law():
    leads = leads_of([Row("a"), Row("b"), Row("c", pc="0.4"), Row("d", close=date(2026, 7, 1)), Row("e")])
    cells = day_cells(leads, YEAR, DEFAULT)
    assert cells.reached.shape == (3, 12)
    assert cells.cell[0] == cells.cell[1] == cells.cell[4]
    assert len({cells.cell[0], cells.cell[2], cells.cell[3]}) == 3


@often
@given(rows(least=1))
def test_laws_never_fall_and_stay_in_0_to_1(book):
    for assumed in (DEFAULT, STATED):
        law = day_cells(leads_of(book), YEAR, assumed).reached
        assert np.all(np.diff(law, axis=1) >= 0)
        assert law.min() >= 0
        assert law.max() <= 1


def test_edges_by_hand():
    edges = day_edges(np.array([[0.0, 0.25, 1.0], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [0.5, 0.5, 0.75]]))
    assert edges.edges[0, 1] == np.uint64(2**62)
    assert edges.first.tolist() == [1, 0, 3, 0]
    assert edges.last.tolist() == [2, 0, 3, 3]
    assert edges.edges[3].tolist() == [2**63, 2**63, 3 * 2**62]


def test_a_chance_just_below_1_is_not_certain():
    edges = day_edges(np.array([[np.nextafter(1.0, 0)]]))
    assert edges.last.tolist() == [1]
    assert edges.edges[0, 0] == np.uint64(2**64 - 2**11)
