"""Numbers taken back out of slides, workbook and page of every command's pack: they are the answer's own."""

from __future__ import annotations

import io

import openpyxl
import pytest
from pptx import Presentation

from funnelsim.model.board_pack import Chart, Exhibit, PackData, Quantity, Series
from funnelsim.outputs.deck.areas import Area
from funnelsim.outputs.deck.slide_plan import split
from funnelsim.outputs.deck.slides import deck_bytes
from funnelsim.outputs.packs.all_packs import pack_of
from funnelsim.outputs.packs.pack_parts import rising
from funnelsim.outputs.pictures.exhibit_picture import picture_spec
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.web.web_page import page_bytes
from funnelsim.outputs.workbook.book import sheet_name, workbook_bytes
from outputs.test_deck import WHOLE, assert_apart
from outputs.test_deck import pack_of as drawn_pack
from outputs.test_packs import FOOT, MAKERS, answer, at
from outputs.test_web_page import read

NAMES = [name if " " not in name else pytest.param(name, marks=pytest.mark.slow) for name in sorted(MAKERS)]


@pytest.fixture(params=NAMES, scope="module")
def pack(request):
    return pack_of(request.param.split(" ")[0], answer(request.param), FOOT)


@pytest.fixture(scope="module")
def deck(pack):
    return Presentation(io.BytesIO(deck_bytes(pack)))


def as_answered(pack, number: Quantity) -> float | None:
    """A number as the JSON has it; one that is a sum of printed ones has no place there."""
    value = at(pack.answer, number.path) if number.path else number.value
    return None if value is None else float(value)


def test_slides_print_the_answer_and_stand_apart(pack, deck):
    """Cells by place, slide by slide; a list that is cut says so, and holds numbers nowhere."""
    assert_apart(deck)
    slides = iter(deck.slides)
    for exhibit in pack.all:
        for part in split(exhibit, WHOLE):
            slide, table = next(slides), part.exhibit.table
            drawn = [shape.table for shape in slide.shapes if shape.has_table]
            assert len(drawn) == (table is not None)
            for row, cells in enumerate(table.rows if table is not None else (), start=1):
                for column, cell in enumerate(cells):
                    if isinstance(cell, Quantity):
                        assert drawn[0].cell(row, column).text == cell.text
                        assert cell.value == as_answered(pack, cell)
            words = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
            assert all(plain(sentence) in words for sentence in part.exhibit.points)
            assert plain(pack.track, 260) in words, "the track record, or that there is none, on every slide"
    assert next(slides, None) is None


def test_charts_hold_the_answer_to_the_last_bit(pack, deck):
    drawn = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    shown = [exhibit.chart for exhibit in pack.all if exhibit.chart is not None]
    assert len(drawn) == len(shown)
    for native, chart in zip(drawn, shown, strict=True):
        if chart.kind not in {"bars", "lines"}:
            continue  # bands, steps and ranges are differences: how they add up is tested where they are drawn
        ours = [one for one in chart.series if one.role == "bar" or chart.kind == "lines"]
        for series, theirs in zip(ours, native.plots[0].series, strict=False):
            for number, value in zip(series.values, theirs.values, strict=True):
                wanted = as_answered(pack, number)
                assert value == (None if wanted is None else pytest.approx(wanted / chart.scale, rel=1e-12))


def test_cells_hold_the_answer_exactly_and_show_no_chance_as_certain(pack):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(pack, PackData())), data_only=True)
    for exhibit in pack.all:
        sheet = book[sheet_name(exhibit)]
        cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int | float)]
        values = sorted(float(cell.value) for cell in cells)
        table = exhibit.table
        for cell in (cell for row in (table.rows if table is not None else ()) for cell in row):
            wanted = as_answered(pack, cell) if isinstance(cell, Quantity) else None
            if wanted is not None:
                assert any(one == pytest.approx(wanted, rel=1e-14, abs=1e-300) for one in values)
                if " than " in cell.text:
                    assert any(cell.text in one.number_format for one in cells)


def test_the_page_prints_the_answer(pack):
    text = " ".join(" ".join(read(page_bytes(pack, PackData())).text).split())
    for key, number in pack.quantities():
        assert " ".join(number.text.split()) in text, (key, number)
    assert " ".join(pack.track.split()) in text


def test_a_slide_is_as_large_as_these_tests_think(deck):
    assert Area(WHOLE.left, WHOLE.top, deck.slide_width - 2 * WHOLE.left, deck.slide_height - 2 * WHOLE.top) == WHOLE


def over_numbers():
    places, chances = (0.5, 1.0, 4.0), (0.2, 0.5, 0.9)
    series = (Series("chance", "middle", tuple(Quantity(one, f"{one:.0%}", "") for one in chances)),)
    names = tuple(f"{one:g}" for one in places)
    level = {"reference": Quantity(0.8, "80%", ""), "reference_name": "asked"}
    return Chart("lines", names, series, "chance", "chance", positions=places, **level)


def test_lines_over_a_number_stand_where_the_number_is():
    """An axis of equal steps would bend the line: 0.5, 1 and 4 are not equally far apart."""
    chart = over_numbers()
    exhibit = Exhibit("one", "A message.", chart)
    pack = drawn_pack(exhibit)
    (native,) = [s.chart for s in Presentation(io.BytesIO(deck_bytes(pack))).slides[0].shapes if s.has_chart]
    line, level = native.plots[0].series
    assert [float(one.text) for one in line._element.findall(".//{*}xVal//{*}v")] == list(chart.positions)
    assert list(line.values) == [0.2, 0.5, 0.9]
    assert list(level.values) == [0.8] * 3
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_bytes(pack, PackData())))["One"]
    cells = {cell.value for row in sheet.iter_rows() for cell in row}
    assert set(chart.positions) <= cells
    spec = picture_spec(exhibit, pack)
    assert any(row.get("at") == 4.0 for rows in spec["datasets"].values() for row in rows)
    assert b'"at":[0.5,1.0,4.0]' in page_bytes(pack, PackData()).replace(b" ", b"")


def test_the_same_lines_are_the_same_bytes():
    assert deck_bytes(drawn_pack(Exhibit("one", "A message.", over_numbers()))) == deck_bytes(
        drawn_pack(Exhibit("one", "A message.", over_numbers()))
    )


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (("0.5", "1", "4"), (0.5, 1.0, 4.0)),
        ((1, 2.5), (1.0, 2.5)),
        (("P1", "P2"), None),
        (("1", "1"), None),
        (("2", "1"), None),
        (("1",), None),
        (("1", "nan"), None),
    ],
)
def test_only_rising_numbers_make_an_axis(given, found):
    assert rising(given) == found


def test_a_browser_draws_lines_over_a_number(visit):
    """Nothing is complained about, and marks of 0.5, 1 and 4 are as far apart as these are."""
    page = visit(page_bytes(drawn_pack(Exhibit("one", "A message.", over_numbers())), PackData()))
    ticks = {one.text_content(): one.bounding_box() for one in page.query_selector_all("svg text.middle")}
    middle = {name: ticks[name]["x"] + ticks[name]["width"] / 2 for name in ("0.5", "1", "4")}
    assert (middle["4"] - middle["1"]) / (middle["1"] - middle["0.5"]) == pytest.approx(6.0, rel=0.02)
    chart = page.query_selector("svg")
    chart.hover()
    page.mouse.move(0, 0)
