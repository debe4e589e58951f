"""Leads of a file found in records: by id, by the words of their stage, by their days, and said when guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from engines.small_histories import MONDAY, history_of
from funnelsim.engines.learning.learn import learn
from funnelsim.errors import DataError
from funnelsim.inputs.history_pipeline import history_pipeline
from funnelsim.inputs.lead_states import lead_states
from funnelsim.model.history import NO_MONEY, SECONDS_A_DAY, Snapshots
from properties.lead_tables import Row, table_of

NAN = float("nan")
FIRST = date(1970, 1, 1) + timedelta(days=MONDAY // SECONDS_A_DAY)


@pytest.fixture(scope="module")
def history():
    """Four leads, stages Fit and Offer: L0 won, L1 lost, L2 open in Offer since day 60, L3 open and unstaged."""
    entered = [[5.0, 20.0], [NAN, NAN], [30.0, 60.0], [NAN, NAN]]
    return history_of(
        [0.0, 1.0, 10.0, 90.0], [40.0, 50.0, NAN, NAN], [True, False, False, False], entered, ("Fit", "Offer"), 100.0
    )


@pytest.fixture(scope="module")
def learned(history):
    return learn(history, "month")


def file_of(ids, **attributes):
    table = table_of([Row(one, close=FIRST + timedelta(days=110)) for one in ids])
    return replace(table, leads=replace(table.leads, attributes=attributes))


def day(number):
    return (FIRST + timedelta(days=number)).isoformat()


def test_leads_are_looked_up_by_id(history, learned):
    found = lead_states(file_of(["L2", "L3", "L2"]), learned, learned.last_day, history)
    assert found.stays.state.tolist() == [2, 0, 2]
    assert found.stays.age == pytest.approx([40.0, 10.0, 40.0], abs=0.8)
    assert found.stays.taken == pytest.approx([50.0, 0.0, 50.0], abs=0.8)
    assert found.matched.by_id == 3
    later = lead_states(file_of(["L2"]), learned, learned.last_day + timedelta(days=7), history)
    assert later.stays.age[0] == pytest.approx(found.stays.age[0] + 7.0)


def test_others_are_placed_by_stage_and_days(history, learned):
    table = file_of(
        ["A", "B", "C", "D", "L0"],
        stage=("  oFFER ", "Fit", "Talks", "", "Offer"),
        created=(day(50), day(80), day(70), "", day(0)),
        stage_entered=(day(90), "", day(95), "", day(20)),
    )
    found = lead_states(table, learned, FIRST + timedelta(days=99), history)
    assert found.stays.state.tolist() == [2, 1, 0, 0, 2]
    assert found.stays.age.tolist() == [9.5, 19.5, 29.5, 0.0, 79.5]
    assert found.stays.taken.tolist() == [40.0, 0.0, 0.0, 0.0, 20.0]
    matched = found.matched
    assert (matched.by_id, matched.by_stage, matched.unplaced, matched.undated, matched.closed) == (0, 3, 2, 1, 1)
    text = " ".join(found.notes)
    assert "3 rows placed" in text
    assert "such as 'Talks'" in text
    assert "the records' stages are Fit, Offer" in text
    assert "1 row without a day" in text
    assert "2 open leads of the records are not in the file" in text


def test_a_model_alone_places_by_stage(learned):
    found = lead_states(file_of(["L2"], stage=("Offer",), created=(day(60),)), learned, FIRST + timedelta(days=99))
    assert (found.matched.by_id, found.matched.by_stage) == (0, 1)
    assert found.stays.stated.tolist() == [10.0]


def test_a_day_that_cannot_be_read_is_named(learned):
    with pytest.raises(DataError, match="created"):
        lead_states(file_of(["A"], created=("soon",)), learned, learned.last_day)


def test_records_are_a_pipeline(history, learned):
    found = history_pipeline(history, learned)
    leads = found.table.leads
    assert leads.lead_id == ("L2", "L3")
    assert leads.attributes["stage"] == ("Offer", "no stage yet")
    assert leads.pc == (Decimal("0.0"), Decimal("0.0"))
    assert found.table.won.amount.tolist() == [1_000]
    assert found.table.lost_rows == 1
    assert found.priced
    assert any("No open lead states a PC: there is no PR x PC" in note for note in found.table.notes)


def test_what_was_stated_last_counts(history):
    told = Snapshots(
        lead=np.array([2, 2, 3]),
        taken=np.array([MONDAY, MONDAY + 5 * SECONDS_A_DAY, MONDAY]),
        stated_close=np.full(3, MONDAY + 120 * SECONDS_A_DAY),
        pr=np.array([4_000, 5_000, NO_MONEY]),
        pc=np.array([0.1, 0.6, NAN]),
        stage=("", "", ""),
    )
    stated = replace(history, snapshots=told)
    leads = history_pipeline(stated, learn(stated, "month")).table.leads
    assert leads.pr.tolist() == [5_000, 1_000]
    assert leads.pc == (Decimal("0.6"), Decimal("0.0"))
    assert leads.expected_close.astype(date).tolist()[0] == FIRST + timedelta(days=120)


def test_leads_without_an_amount_take_the_mean(history):
    pr = np.array([1_000, 1_000, NO_MONEY, 3_000])
    some = history_pipeline(replace(history, pr=pr), learn(replace(history, pr=pr), "month"))
    assert some.table.leads.pr.tolist() == [3_000, 3_000]
    assert some.table.imputed[0].rows == 1
    none = replace(history, pr=np.full(4, NO_MONEY))
    found = history_pipeline(none, learn(none, "month"))
    assert not found.priced
    assert found.table.leads.pr.tolist() == [1_000, 1_000]
