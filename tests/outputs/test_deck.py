"""Slides: their numbers are the pack's, nothing a user wrote is active, everything stands on the slide."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches

from funnelsim.errors import DataError
from funnelsim.model.board_pack import Chart, Exhibit, Pack, Provenance, Quantity, Series, Table
from funnelsim.outputs.chart_names import has_thin_steps, levels_of
from funnelsim.outputs.deck.areas import Area, body, ems, points_height
from funnelsim.outputs.deck.company_colours import SHADES
from funnelsim.outputs.deck.slide_plan import split
from funnelsim.outputs.deck.slide_tables import table_layout
from funnelsim.outputs.deck.slides import deck_bytes
from funnelsim.outputs.documents import canonical_json, forecast_document
from funnelsim.outputs.packs.forecast_pack import forecast_pack
from outputs.hostile_names import FAMILIES
from outputs.sample_forecast import sample_forecast

MADE = Provenance("2026-06-30", 7, 4_000, "0.1.0", "leads.csv", "a" * 64, "b" * 64)
WHOLE = Area(Inches(0.6), Inches(0.3), Inches(12.133), Inches(6.9))
HOSTILE = (*FAMILIES["formula"][:5], *(names[0] for family, names in FAMILIES.items() if family != "formula"))
"""A few of each kind, for tests that see many other things too; all of them are in ``test_hostile_pack``."""


def quantity(value):
    return Quantity(value, f"{value:g}", "")


def numbers(role, values, name=None):
    return Series(name or role, role, tuple(quantity(value) for value in values))


def fan(count=4, **more):
    roles = ("p5", "p10", "p25", "p50", "p75", "p90", "p95")
    series = tuple(
        numbers(role, [10.0 * (row + 1) + place for row in range(count)]) for place, role in enumerate(roles)
    )
    return Chart("fan", tuple(f"M{row}" for row in range(count)), series, "money", "million USD", **more)


CHARTS = {
    "fan": fan(reference=quantity(25.0), reference_name="plan", reference_end=2),
    "one": fan(1),
    "periods": fan(6, running=False),
    "bars": Chart("bars", ("made", "missed"), (numbers("bar", (0.4, 0.6)),), "chance", "share"),
    "bridge": Chart("bridge", ("then", "new", "lost", "now"), (numbers("step", (10, 4, -3, 11)),), "money", "USD"),
    "thin": Chart("bridge", ("then", "new", "lost", "now"), (numbers("step", (90, 3, -10, 83)),), "money", "USD"),
    "ranges": Chart(
        "ranges",
        ("a", "b", "c"),
        (numbers("low", (-5, 2, -9)), numbers("middle", (1, 3, -6)), numbers("high", (4, 8, -2))),
        "money",
        "USD",
    ),
    "lines": Chart(
        "lines", ("May", "Jun"), (numbers("bar", (0.2, 0.4)), numbers("bar", (0.5, 0.3), "b")), "chance", ""
    ),
}


def pack_of(*exhibits):
    return Pack("forecast", "Forecast", "2026", "USD", exhibits, (), "Not yet back-tested.", MADE, {})


def shown(pack, template=None):
    return Presentation(io.BytesIO(deck_bytes(pack, template)))


def charts_of(presentation):
    return [shape.chart for slide in presentation.slides for shape in slide.shapes if shape.has_chart]


def cells_of(chart):
    blob = chart.part.chart_workbook.xlsx_part.blob
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(blob)).active.iter_rows(values_only=True)]


@pytest.fixture(scope="module")
def forecast():
    document = json.loads(canonical_json(forecast_document(sample_forecast())))
    return forecast_pack(document, MADE)


@pytest.mark.parametrize("kind", CHARTS)
def test_chart_and_its_workbook_hold_the_same_numbers(kind):
    (chart,) = charts_of(shown(pack_of(Exhibit("one", "A message.", CHARTS[kind], alt="What it shows."))))
    rows = cells_of(chart)
    assert [row[0] for row in rows[1:]] == list(CHARTS[kind].categories)
    drawn = {series.name: list(series.values) for plot in chart.plots for series in plot.series}
    for column, name in enumerate(rows[0][1:], start=1):
        cached = [value for value in drawn[name] if value is not None]
        assert cached == pytest.approx([row[column] for row in rows[1:] if row[column] is not None], rel=1e-12)


def test_fan_adds_up_to_its_percentiles_and_the_plan_ends_where_it_ends():
    (chart,) = charts_of(shown(pack_of(Exhibit("one", "A message.", CHARTS["fan"]))))
    rows = cells_of(chart)[1:]
    for row, cells in enumerate(rows):
        reached = [sum(cells[1 : last + 1]) for last in range(1, 7)]
        wanted = [CHARTS["fan"].of(role).values[row].value for role in ("p5", "p10", "p25", "p75", "p90", "p95")]
        assert reached == pytest.approx(wanted)
        assert cells[7] == CHARTS["fan"].of("p50").values[row].value
        assert cells[8] == (25.0 if row <= 2 else None)


def test_bridge_steps_stand_on_each_other():
    (chart,) = charts_of(shown(pack_of(Exhibit("one", "A message.", CHARTS["bridge"]))))
    rows = [[cell or 0.0 for cell in row[1:]] for row in cells_of(chart)[1:]]
    assert rows == [[0, 10, 0, 0], [10, 0, 4, 0], [11, 0, 0, 3], [0, 11, 0, 0]]


def test_numbers_stand_above_a_bridge_when_a_step_is_too_thin_for_one():
    (chart,) = charts_of(shown(pack_of(Exhibit("one", "A message.", CHARTS["thin"]))))
    rows = [[cell or 0.0 for cell in row[1:]] for row in cells_of(chart)[1:]]
    assert [row[:4] for row in rows] == [[0, 90, 0, 0], [90, 0, 3, 0], [83, 0, 0, 10], [0, 83, 0, 0]]
    assert [row[4] for row in rows] == pytest.approx([0.08 * 93] * 4)
    said = [[one.text for one in series._element.iter(qn("a:t"))] for plot in chart.plots for series in plot.series]
    assert said == [[], [], [], [], ["90", "3", "-10", "83"]]
    assert chart.value_axis.minimum_scale == 0.0


def test_a_bridge_below_zero_has_its_numbers_inside():
    drawn = Chart("bridge", ("then", "lost", "back", "now"), (numbers("step", (5, -9, 0.1, -3.9)),), "money", "USD")
    assert not has_thin_steps(drawn)
    assert levels_of(drawn) == pytest.approx([5, -4, -3.9, -3.9])
    (chart,) = charts_of(shown(pack_of(Exhibit("one", "A message.", drawn))))
    assert chart.value_axis.minimum_scale is None


def test_ranges_reach_from_low_to_high_on_both_sides_of_zero():
    (chart,) = charts_of(shown(pack_of(Exhibit("one", "A message.", CHARTS["ranges"]))))
    for row, (low, high) in zip(cells_of(chart)[1:], ((-5, 4), (2, 8), (-9, -2)), strict=True):
        above, below, *parts = row[1:7]
        assert above + sum(part for part in parts if part > 0) == pytest.approx(max(high, 0))
        assert below + sum(part for part in parts if part < 0) == pytest.approx(min(low, 0))


def test_every_printed_number_of_the_pack_is_on_the_slides(forecast):
    presentation = shown(forecast)
    texts = {
        cell.text
        for slide in presentation.slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
    }
    for exhibit in forecast.all:
        for row in exhibit.table.rows if exhibit.table else ():
            assert {cell.text for cell in row if isinstance(cell, Quantity)} <= texts
    titles = [slide.shapes.title.text_frame.text for slide in presentation.slides]
    for exhibit in forecast.all:
        assert exhibit.title in titles


def test_each_slide_says_where_its_numbers_come_from_and_what_its_words_mean(forecast):
    presentation = shown(forecast)
    for slide in presentation.slides:
        words = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        for told in ("2026-06-30", "leads.csv", "a" * 12, "seed 7", "0.1.0"):
            assert told in words
        assert forecast.track in slide.notes_slide.notes_text_frame.text
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")


def exhibits(chart, rows, columns, points, words):
    table = Table(
        tuple(f"Column {column}" for column in range(columns)),
        tuple(("word " * words, *(quantity(row * 1e6) for _ in range(columns - 1))) for row in range(rows)),
        total=rows > 3,
    )
    lines = tuple(f"Sentence {row} " + "and so on " * 12 for row in range(points))
    return Exhibit("one", "A message " * (2 + words), CHARTS[chart] if chart else None, table if rows else None, lines)


@pytest.mark.parametrize("chart", [None, "fan", "ranges"])
@pytest.mark.parametrize(("rows", "columns"), [(0, 2), (2, 2), (3, 6), (9, 3), (14, 7), (40, 4)])
def test_whatever_an_exhibit_holds_nothing_overlaps_and_nothing_is_lost(chart, rows, columns):
    """Layouts over charts, tables and sentences of many sizes: boxes apart, every sentence and row on some slide."""
    for points in (0, 2, 9):
        for words in (1, 9):
            exhibit = exhibits(chart, rows, columns, points, words)
            if exhibit.chart is None and exhibit.table is None and not points:
                continue
            if words > 1:  # drawn once a layout; the plan below is asked every time
                assert_apart(shown(pack_of(exhibit)))
            parts = list(split(exhibit, WHOLE))
            assert sum((part.exhibit.points for part in parts), ()) == exhibit.points
            kept = sum((part.exhibit.table.rows for part in parts if part.exhibit.table), ())
            assert kept == (exhibit.table.rows if rows else ())
            assert sum(part.exhibit.chart is not None for part in parts) == (chart is not None)
            for part in parts:
                room = body(part.exhibit.title, WHOLE)
                assert part.layout is None or part.layout.height <= room.height
                assert part.layout is None or part.layout.width <= room.width
                if part.arrangement == "words":
                    assert points_height(part.exhibit.points, room.width, 14) <= room.height


def test_a_column_is_as_wide_as_its_longest_word_and_a_number_stays_whole():
    table = Table(("Lead", "Chance"), (("Obsidian Railways group-wide", Quantity(0.99, "more than 99%", "")),))
    layout = table_layout(table, Inches(4.2), 12)
    letter = 12 * 12_700
    assert layout.whole
    assert layout.widths[0] >= ems("group-wide") * letter
    assert layout.widths[1] >= ems("more than 99%") * letter
    assert layout.heights[1] > layout.heights[0]


def test_a_bar_with_an_interval_says_its_number_under_it_and_the_interval_is_drawn_from_its_own_ends():
    series = (numbers("bar", (1, 4)), numbers("low", (3, 2)), numbers("high", (7, 6)))
    chart = Chart("bars", ("first", "second"), series, "count", "hits")
    (native,) = charts_of(shown(pack_of(Exhibit("one", "A message.", chart))))
    rows = cells_of(native)
    assert [row[0] for row in rows[1:]] == ["first: 1", "second: 4"]
    assert [row[1:3] for row in rows[1:]] == [[1, 3], [4, 2]]
    intervals = native._chartSpace.findall(".//{*}errBars")
    assert len(intervals) == 1
    assert [point.text for point in intervals[0].findall("{*}plus//{*}v")] == ["4.0", "4.0"]
    assert native.value_axis.maximum_scale >= 7


def test_nothing_overlaps_or_leaves_the_slide(forecast):
    assert_apart(shown(forecast))


def assert_apart(presentation):
    for slide in presentation.slides:
        boxes = [(s.left, s.top, s.left + s.width, s.top + s.height) for s in slide.shapes]
        for left, top, right, bottom in boxes:
            assert left >= 0
            assert top >= 0
            assert right <= presentation.slide_width
            assert bottom <= presentation.slide_height
        slack = Emu(20_000)
        for place, one in enumerate(boxes):
            for other in boxes[place + 1 :]:
                apart = one[2] <= other[0] + slack or other[2] <= one[0] + slack
                assert apart or one[3] <= other[1] + slack or other[3] <= one[1] + slack


def test_the_same_pack_is_the_same_bytes(forecast):
    assert deck_bytes(forecast) == deck_bytes(forecast)


def test_long_tables_go_on_to_the_next_slide_and_lose_no_row():
    rows = tuple((f"lead {row}", quantity(row)) for row in range(40))
    parts = parts_of(Exhibit("one", "A message.", table=Table(("Lead", "PR"), rows, total=True)))
    assert len(parts) > 1
    assert sum((part.table.rows for part in parts), ()) == rows
    assert [part.table.total for part in parts] == [False] * (len(parts) - 1) + [True]
    assert all(part.title.endswith("(continued)") for part in parts[1:])


def parts_of(exhibit):
    return [part.exhibit for part in split(exhibit, WHOLE)]


def test_very_long_lists_say_what_they_leave_out():
    rows = tuple((f"assumption {row}", "value") for row in range(112))
    parts = parts_of(Exhibit("one", "A message.", table=Table(("Name", "Value"), rows)))
    shown_rows = sum((part.table.rows for part in parts), ())
    assert len(parts) == 3
    assert shown_rows[-1][0] == f"and {112 - len(shown_rows) + 1} more: in the workbook and on the page"
    assert shown_rows[:-1] == rows[: len(shown_rows) - 1]


def test_hostile_names_are_text_and_nothing_else():
    bars = Chart(
        "bars", HOSTILE, (Series("=2+2", "bar", tuple(quantity(row) for row in range(len(HOSTILE)))),), "count", ""
    )
    table = Table(("Name",), tuple((name,) for name in HOSTILE))
    archive = deck_bytes(
        pack_of(Exhibit("one", "=1+1", bars, points=HOSTILE[:3]), Exhibit("two", "Names.", table=table))
    )
    with zipfile.ZipFile(io.BytesIO(archive)) as package:
        for name in package.namelist():
            data = package.read(name)
            if name.endswith(".rels"):
                assert b'TargetMode="External"' not in data
            if name.endswith(".xlsx"):
                with zipfile.ZipFile(io.BytesIO(data)) as book:
                    assert not any(re.search(rb"<f[ >]", book.read(part)) for part in book.namelist())
    (chart,) = charts_of(Presentation(io.BytesIO(archive)))
    assert [row[0] for row in cells_of(chart)[1:4]] == list(HOSTILE[:3])
    assert cells_of(chart)[0][1] == "=2+2"


def test_a_company_template_keeps_its_masters_and_loses_its_slides(forecast):
    company = Presentation()
    company.slides.add_slide(company.slide_layouts[0]).shapes.title.text = "Old"
    company.slide_master.name = "Company"
    stream = io.BytesIO()
    company.save(stream)
    made = shown(forecast, stream.getvalue())
    assert (made.slide_width, made.slide_height) == (company.slide_width, company.slide_height)
    assert "Old" not in {slide.shapes.title.text_frame.text for slide in made.slides}
    with zipfile.ZipFile(io.BytesIO(deck_bytes(forecast, stream.getvalue()))) as package:
        slides = [name for name in package.namelist() if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]
    assert len(slides) == len(made.slides)


def company(accents=("7A0019", "FFCC33"), font="Georgia", logo=True):
    """A wide template as companies have them: theme of its own, a title under a band with a logo, footers."""
    made = Presentation()
    made.slide_width, made.slide_height = Inches(13.333), Inches(7.5)
    master = made.slide_master
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    text = theme.blob.decode()
    for name, colour in zip(("accent1", "accent2"), accents, strict=True):
        text = re.sub(rf'(<a:{name}><a:srgbClr val=")[0-9A-F]+', rf"\g<1>{colour}", text)
    theme._blob = re.sub(r'(<a:(?:major|minor)Font><a:latin typeface=")[^"]+', rf"\g<1>{font}", text).encode()
    layout = made.slide_layouts.get_by_name("Title Only")
    for one in (*master.placeholders, *layout.placeholders):
        kind = one.placeholder_format.type
        if kind in (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE):
            one.left, one.top, one.width, one.height = Inches(0.8), Inches(1.1), Inches(11.7), Inches(0.9)
        elif kind in (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER):
            one.top, one.height = Inches(6.95), Inches(0.4)
    if logo:
        band = layout.shapes._spTree
        shape = made.slides.add_slide(layout).shapes.add_shape(1, 0, 0, Inches(13.333), Inches(0.9))
        band.append(shape._element)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def test_a_company_template_gives_its_colours_its_fonts_and_its_room(forecast):
    """No colour of ours in a chart where the theme has one; nothing above the layout's title or below its footers."""
    made = shown(forecast, company())
    assert_apart(made)
    for slide in made.slides:
        for shape in slide.shapes:
            assert shape.top >= Inches(1.1)
            assert shape.top + shape.height <= Inches(6.95)
            fonts = [run.font.name for run in runs_of(shape)]
            assert set(fonts) <= {None}, "fonts come from the theme"
    for chart in charts_of(made):
        ours = {one.get("val") for one in chart._chartSpace.iter(qn("a:srgbClr"))}
        assert not ours & set(SHADES)
        assert any(one.get("val") == "accent1" for one in chart._chartSpace.iter(qn("a:schemeClr")))


def runs_of(shape):
    return [run for one in shape.text_frame.paragraphs for run in one.runs] if shape.has_text_frame else []


@pytest.mark.parametrize(("accent", "ink"), [("7A0019", "FFFFFF"), ("FFCC33", "000000")])
def test_words_on_bars_stand_out_on_any_accent(accent, ink):
    pack = pack_of(Exhibit("one", "A message.", CHARTS["bridge"]))
    (chart,) = charts_of(shown(pack, company((accent, "00AA88"))))
    inks = {one.get("val") for one in chart._chartSpace.iter(qn("a:srgbClr"))} & {"FFFFFF", "000000"}
    assert ink in inks


@pytest.mark.parametrize("template", [b"", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_a_template_that_is_none_is_refused_in_a_sentence(template):
    with pytest.raises(DataError, match=r"template.*PPTX"):
        deck_bytes(pack_of(Exhibit("one", "A message.")), template)


def test_a_title_of_any_length_fits_its_box():
    for letters in (10, 80, 160, 300):
        presentation = shown(pack_of(replace(Exhibit("one", "word " * (letters // 5)), chart=CHARTS["bars"])))
        title = presentation.slides[0].shapes.title
        size = title.text_frame.paragraphs[0].runs[0].font.size
        assert size.pt >= 20
        lines = -(-letters * size * 0.62 // title.width)  # a bold letter is at most .62 of its size wide
        assert title.height >= lines * size * 1.2
