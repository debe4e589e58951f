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
from funnelsim.outputs.number_text import percent_text
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


@pytest.mark.parametrize(("kind", "inside"), [("bridge", True), ("thin", False)])
def test_the_numbers_of_a_bridge_stand_where_there_is_room(kind, inside):
    blob = workbook_bytes(pack_of(Exhibit("one", "A message.", CHARTS[kind])), PackData())
    with zipfile.ZipFile(io.BytesIO(blob)) as package:
        chart = package.read("xl/charts/chart1.xml").decode()
    assert ('"inEnd"' in chart) == inside
    assert ('"inBase"' in chart) == (not inside)
    assert '<c:min val="0"/>' in chart


def test_formulas_carry_what_they_give(forecast):
    _, blob = forecast
    values, formulas = read(blob), read(blob, values=False)
    assert values["Leads"]["D2"].value == 25.0
    assert formulas["Leads"]["D2"].value == "=B2*C2"
    assert values["Leads"]["D5"].value == pytest.approx(75.75)
    assert formulas["Leads"]["E2"].value == "=IF($D$5=0,0,D2/$D$5)"
    plan = beside(values["Plan"])
    target, totals = values["Plan"]["B4"].value, FUTURES["total"]
    chance = float(np.mean(totals >= target))
    error = float(np.sqrt(chance * (1.0 - chance) / len(totals)))
    assert plan["Type a plan here"] == target
    assert plan["Share of the futures that reach it"] == chance
    assert plan["Share that miss it"] == pytest.approx(1.0 - chance)
    assert plan["So the chance of the plan is"] == percent_text(chance, error, len(totals))
    assert plan["and the chance to miss it"] == percent_text(1.0 - chance, error, len(totals))
    short = target - totals[totals < target].mean()
    assert plan["Average shortfall of the futures that miss it"] == pytest.approx(short)
    shown = {values["Plan"].cell(row, 2).value: values["Plan"].cell(row, 3).value for row in range(13, 20)}
    assert shown == {p / 100: np.sort(totals)[int(np.ceil(p * 2)) - 1] for p in (5, 10, 25, 50, 75, 90, 95)}


def beside(sheet):
    """What stands right of each word of the first column."""
    return {row[0].value: row[1].value for row in sheet.iter_rows() if row[0].value is not None}


def test_a_spreadsheet_recalculates_to_the_same_values(forecast, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice on this machine")
    (tmp_path / "in.xlsx").write_bytes(forecast[1])
    recalculated(office, tmp_path)
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
        value = ours[sheet][place].value
        assert theirs[sheet][place].value == (value if isinstance(value, str) else pytest.approx(value, rel=1e-9))


@pytest.mark.parametrize("futures", [10, 199, 1_000])
def test_a_typed_plan_is_said_as_the_program_says_it(futures, tmp_path):
    """Chances on the edge of a step, at the ends and between, recalculated by a spreadsheet from the typed amount."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice on this machine")
    totals = np.arange(1.0, futures + 1.0)
    blob = workbook_bytes(pack_of(Exhibit("one", "A message.")), PackData(None, {"total": totals}))
    targets = sorted({1, 2, futures // 8 + 1, futures // 4 + 1, futures // 2 + 1, futures - 1, futures, futures + 1})
    book = read(blob, values=False)
    for target in targets[1:]:
        copied = book.copy_worksheet(book["Plan"])
        copied.title = f"Plan {target}"
    for sheet, target in zip([one for one in book if one.title.startswith("Plan")], targets, strict=True):
        sheet["B4"].value = target
    book.save(tmp_path / "in.xlsx")
    recalculated(office, tmp_path)
    theirs = openpyxl.load_workbook(tmp_path / "out" / "in.xlsx", data_only=True)
    for sheet, target in zip([one for one in theirs if one.title.startswith("Plan")], targets, strict=True):
        chance = float(np.mean(totals >= target))
        error = float(np.sqrt(chance * (1.0 - chance) / futures))
        said = beside(sheet)
        assert said["Share of the futures that reach it"] == pytest.approx(chance)
        assert said["So the chance of the plan is"] == percent_text(chance, error, futures), target
        assert said["and the chance to miss it"] == percent_text(1.0 - chance, error, futures), target


def recalculated(office, folder):
    """Have LibreOffice compute every formula of in.xlsx anew, through a format of its own."""
    made = [office, f"-env:UserInstallation=file://{folder}/home", "--headless", "--convert-to", "ods", "in.xlsx"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True, timeout=120)
    again = [*made[:-2], "xlsx:Calc MS Excel 2007 XML", "--outdir", "out", "in.ods"]
    subprocess.run(again, cwd=folder, check=True, capture_output=True, timeout=120)


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
                assert re.fullmatch(
                    rb"[A-Z$0-9*()!:,&=;.<>/a-z_ %+-]+", formula.replace(b'"', b"").replace(b"quot", b"")
                )
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
    texts = ("461M", "62%", "6.4%", "26.3", "+200K", "-950", "less than 1%", "-0.6 points", "-")
    wanted = [
        "#,##0",
        "0%",
        "0.0%",
        "#,##0.0",
        "#,##0",
        "#,##0",
        '"less than 1%";"less than 1%";"less than 1%"',
        '+0.0%" points";-0.0%" points";0.0%" points"',
        "#,##0",
    ]
    assert [number_format(text) for text in texts] == wanted


def test_sheets_have_names_of_their_own():
    names = [sheet_name(Exhibit(key, "A message.")) for key in ("leads", "plan", "fan", "x/y:[z]")]
    assert names == ["Leads in detail", "Plan in detail", "Fan", "X y  z"]
