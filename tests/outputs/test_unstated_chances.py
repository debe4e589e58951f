"""Records in which nobody stated a PC: no form shows a PR x PC of 0, which nobody measured."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from itertools import chain

import openpyxl
import pytest
from sample_forecast import sample_forecast
from test_deck import MADE
from test_learned_sentences import learned

from funnelsim.model.board_pack import Quantity
from funnelsim.model.results import Forecast
from funnelsim.outputs.account import beyond_sentence, left_out
from funnelsim.outputs.documents import canonical_json, forecast_document
from funnelsim.outputs.packs.forecast_data import forecast_data
from funnelsim.outputs.packs.forecast_pack import forecast_pack
from funnelsim.outputs.period_drawing import periods_of
from funnelsim.outputs.run_tables import leads_table
from funnelsim.outputs.terminal import print_forecast
from funnelsim.outputs.web.views import views_of
from funnelsim.outputs.workbook.book import workbook_bytes

NOTE = "PR x PC is a dash: no open lead states a PC."
__all__ = ["learned"]


@pytest.fixture
def unstated(learned) -> Forecast:
    """The forecast from records, with leads of which nobody stated a PC."""

    def zero(bands):
        return tuple(replace(one, expected_value=0) for one in bands)

    total, beyond = zero((learned.total, learned.beyond))
    groups = tuple(
        replace(one, expected_value=0, periods=zero(one.periods), total=zero((one.total,))[0]) for one in learned.groups
    )
    parts = tuple(replace(one, periods=zero(one.periods), total=zero((one.total,))[0]) for one in learned.components)
    overdue = replace(learned.overdue, rows=2, expected_value=0)
    changed = {"periods": zero(learned.periods), "total": total, "beyond": beyond, "groups": groups}
    return replace(learned, **changed, components=parts, overdue=overdue, expected_value=0)


def document(forecast):
    return json.loads(canonical_json(forecast_document(forecast)))


def sheets(forecast):
    answer = document(forecast)
    pack = forecast_pack(answer, MADE)
    data = forecast_data(answer, leads_table(forecast), forecast.bookings, forecast.minor_digits)
    return pack, data, openpyxl.load_workbook(io.BytesIO(workbook_bytes(pack, data)), data_only=True)


def column(sheet, name):
    heads, *rows = sheet.iter_rows(values_only=True)
    place = heads.index(name)
    return [row[place] for row in rows if row[place] is not None]


def test_the_workbook_has_dashes_and_says_why(unstated):
    _, _, book = sheets(unstated)
    assert set(column(book["Bands"], "PR x PC")) == {"-"}
    assert NOTE in column(book["Bands"], "Band")
    assert set(column(book["Leads"], "PC")) == {"-"}
    assert "PR x PC" not in next(book["Leads"].iter_rows(values_only=True))


@pytest.mark.parametrize("from_records", [True, False])
def test_one_stated_chance_keeps_the_column(from_records, learned):
    _, _, book = sheets(learned if from_records else sample_forecast())
    found = column(book["Bands"], "PR x PC")
    assert found
    assert all(isinstance(one, int | float) for one in found)
    assert NOTE not in column(book["Bands"], "Band")
    assert "PR x PC" in next(book["Leads"].iter_rows(values_only=True))


def test_slides_and_page_have_dashes(unstated):
    pack, data, _ = sheets(unstated)
    tables = [one.table for one in chain(pack.all, views_of(pack, data)) if one.table is not None]
    shown = [table for table in tables if "PR x PC" in table.headers]
    assert len(shown) >= 3
    for table in shown:
        assert {row[table.headers.index("PR x PC")].text for row in table.rows} == {"-"}
    (cell,) = [row[1] for row in pack.exhibits[0].table.rows if "PR x PC" in row[0]]
    assert isinstance(cell, Quantity)
    assert cell.text == "-"


def test_the_terminal_has_dashes_and_no_sentence_counts_nothing(unstated):
    stream = io.StringIO()
    print_forecast(unstated, stream, width=100)
    rows = [line for line in stream.getvalue().splitlines() if line.startswith(("Jul 2026", "Total"))]
    assert rows
    assert all(re.match(r"(Jul 2026|Total) +- ", line) for line in rows)
    said = [*left_out(unstated), beyond_sentence(unstated) or ""]
    assert any("Overdue: 2 open rows due by" in line for line in said)
    assert not any("PR x PC" in line for line in said)


def test_the_picture_has_no_diamonds(unstated, learned):
    drawn = periods_of(unstated)
    assert {row["stated"] for row in drawn.rows} == {None}
    assert not any("Diamond" in line for line in drawn.caption)
    assert any("Diamond" in line for line in periods_of(learned).caption)
