"""What was booked since, read from a list of bookings: whose each is, where a column says so."""

from __future__ import annotations

from funnelsim.inputs.outcomes import read_outcomes
from funnelsim.model.history_settings import HistorySettings

ROWS = ("a1,2026-01-05,100", " b2 ,2026-01-07,50", ",2026-01-09,25")


def outcomes(tmp_path, header, rows=ROWS, **more):
    path = tmp_path / "booked.csv"
    path.write_text("\n".join((header, *rows)) + "\n")
    return read_outcomes(str(path), HistorySettings(**more), digits=2, currency=None)


def test_a_column_of_lead_ids_says_whose_a_booking_is(tmp_path):
    for header in ("lead_id,date,amount", "Opportunity ID,date,amount"):
        found = outcomes(tmp_path, header)
        assert found.lead_id == ("a1", "b2", "")
        assert found.known == {"a1", "b2"}
        assert found.amount.tolist() == [10_000, 5_000, 2_500]


def test_a_column_of_another_name_is_taken_when_it_is_told(tmp_path):
    assert outcomes(tmp_path, "ref,date,amount").lead_id is None
    assert outcomes(tmp_path, "ref,date,amount", mapping={"lead_id": "ref"}).lead_id == ("a1", "b2", "")


def test_a_list_without_leads_names_none(tmp_path):
    found = outcomes(tmp_path, "date,amount", tuple(row.split(",", 1)[1] for row in ROWS))
    assert found.lead_id is None
    assert found.known == frozenset()
