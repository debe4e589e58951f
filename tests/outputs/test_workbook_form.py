"""The workbook: raw numbers are the pack's, formulas give what was computed, nothing a user wrote is active."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile

import numpy as np
import openpyxl
import pytest

from funnelsim.model.board_pack import Exhibit, PackData, Table
from funnelsim.outputs.documents import canonical_json, forecast_document
from funnelsim.outputs.packs.forecast_pack import forecast_pack
from funnelsim.outputs.workbook.book import sheet_name, workbook_bytes
from funnelsim.outputs.workbook.cells import number_format
from outputs.sample_forecast import sample_forecast
from outputs.test_deck import CHARTS, HOSTILE, MADE, pack_of, quantity

FUTURES = {"Jul": np.arange(1.0, 201.0), "total": np.arange(1.0, 201.0) * 3.0}


def leads(names=("Alder", "Basalt", "Cinder")):
    rows = tuple((name, quantity(100.0 + row), quantity(0.25)) for row, name in enumerate(names))
    return Table(("Lead", "PR", "PC"), rows)


def read(blob, values=True):
    return openpyxl.load_workbook(io.BytesIO(blob), data_only=values)


@pytest.fixture(scope="module")
def forecast():
    document = json.loads(canonical_json(forecast_document(sample_forecast())))
    pack = forecast_pack(document, MADE)
    return pack, workbook_bytes(pack, PackData(leads(), FUTURES))


def test_every_number_of_the_pack_is_in_the_workbook_exactly(forecast):
    pack, blob = forecast
    book = read(blob)
    for exhibit in pack.all:
        found = {cell for row in book[sheet_name(exhibit)].iter_rows(values_only=True) for cell in row}
        told = [one for one in pack.quantities() if one[0] == exhibit.key and one[1].value is not None]
        for _, number in told:
            assert any(
                isinstance(cell, int | float) and cell == pytest.approx(number.value, rel=1e-15) for cell in found
            )


@pytest.mark.parametrize("kind", CHARTS)
def test_each_kind_of_chart_is_native_and_reads_its_own_cells(kind):
    blob = workbook_bytes(pack_of(Exhibit("one", "A message.", CHARTS[kind], alt="What it shows.")), PackData())
    with zipfile.ZipFile(io.BytesIO(blob)) as package:
        chart = package.read("xl/charts/chart1.xml").decode()
        drawing = package.read("xl/drawings/drawing1.xml").decode()
    assert re.search(r"One![$][B-Z][$]\d", chart)
    assert "What it shows." in drawing


def test_formulas_carry_what_they_give(forecast):
    _, blob = forecast
    values, formulas = read(blob), read(blob, values=False)
    assert values["Leads"]["D2"].value == 25.0
    assert formulas["Leads"]["D2"].value == "=B2*C2"
    assert values["Leads"]["D5"].value == pytest.approx(75.75)
    plan = values["Plan"]
    target = plan["B3"].value
    totals = FUTURES["total"]
    assert plan["B4"].value == np.mean(totals >= target)
    assert plan["B6"].value == pytest.approx(target - totals[totals < target].mean())
    shown = {plan.cell(row, 1).value: plan.cell(row, 3).value for row in range(9, 16)}
    assert shown == {f"P{p}": np.sort(totals)[int(np.ceil(p * 2)) - 1] for p in (5, 10, 25, 50, 75, 90, 95)}


def test_a_spreadsheet_recalculates_to_the_same_values(forecast, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice on this machine")
    (tmp_path / "in.xlsx").write_bytes(forecast[1])
    made = [office, f"-env:UserInstallation=file://{tmp_path}/home", "--headless", "--convert-to", "ods", "in.xlsx"]
    subprocess.run(made, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    again = [*made[:-2], "xlsx:Calc MS Excel 2007 XML", "--outdir", "out", "in.ods"]
    subprocess.run(again, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    ours, theirs = read(forecast[1]), openpyxl.load_workbook(tmp_path / "out" / "in.xlsx", data_only=True)
    formulas = [
        (sheet.title, cell.coordinate)
        for sheet in read(forecast[1], values=False)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert formulas
    for sheet, place in formulas:
        assert theirs[sheet][place].value == pytest.approx(ours[sheet][place].value, rel=1e-9)


def test_hostile_names_are_text_and_nothing_else():
    table = Table(("=1+1",), tuple((name,) for name in HOSTILE))
    pack = pack_of(Exhibit("=one", "@SUM(A1)", CHARTS["bars"], table, points=HOSTILE))
    data = PackData(leads(HOSTILE), {"=cmd": np.ones(3), "total": np.ones(3)})
    blob = workbook_bytes(pack, data)
    with zipfile.ZipFile(io.BytesIO(blob)) as package:
        for name in package.namelist():
            text = package.read(name)
            assert b'TargetMode="External"' not in text
            for formula in re.findall(rb"<f>(.*?)</f>", text):
                assert re.fullmatch(rb"[A-Z$0-9*()!:,&=;.<>/a-z-]+", formula.replace(b'"', b"").replace(b"quot", b""))
                assert b"cmd" not in formula
    cells = [cell.value for cell in read(blob)["Leads"]["A"]][1:-1]
    assert cells[:5] == list(HOSTILE[:5])


def test_many_futures_keep_only_what_formulas_need():
    futures = {"Jul": np.ones(20_001), "total": np.ones(20_001), "plan": np.ones(20_001)}
    book = read(workbook_bytes(pack_of(Exhibit("one", "A message.")), PackData(None, futures)))
    assert [cell.value for cell in book["Futures"][1]] == ["total", "plan"]


def test_the_same_pack_is_the_same_bytes(forecast):
    assert workbook_bytes(forecast[0], PackData(leads(), FUTURES)) == forecast[1]


def test_number_formats_follow_the_print():
    texts = ("461M", "62%", "6.4%", "26.3", "+200K", "-950", "less than 1%", "-")
    wanted = ["#,##0", "0%", "0.0%", "#,##0.0", "#,##0", "#,##0", "0%", "#,##0"]
    assert [number_format(text) for text in texts] == wanted


def test_sheets_have_names_of_their_own():
    names = [sheet_name(Exhibit(key, "A message.")) for key in ("leads", "plan", "fan", "x/y:[z]")]
    assert names == ["Leads in detail", "Plan in detail", "Fan", "X y  z"]
