"""Axes of chances end at 100 %, in every form; where nothing has a width words stand in place of an empty chart."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from functools import cache

import pytest
from pptx import Presentation
from pptx.oxml.ns import qn
from sample_learned_explanation import learned_explanation
from test_deck import charts_of, pack_of, quantity, shown
from test_packs import FOOT

from funnelsim.model.board_pack import Chart, Exhibit, Pack, PackData, Series
from funnelsim.outputs.chart_names import axis_end, has_full_ranges, native_names
from funnelsim.outputs.deck.slides import deck_bytes
from funnelsim.outputs.documents import canonical_json
from funnelsim.outputs.explanation_document import explanation_document
from funnelsim.outputs.packs import all_packs
from funnelsim.outputs.pictures.exhibit_picture import picture_spec
from funnelsim.outputs.web.web_page import page_bytes
from funnelsim.outputs.workbook.book import workbook_bytes

ENDS = ((0.962, 0.9999), (0.97, 0.9998), (0.9992, 0.9998))
FLAT = ((0.9991, 0.9999),) * 3
LONG = "a driver whose name says at length what it is about"


def sure(ends=ENDS) -> Pack:
    """An explanation of a plan that is made in more than 99 of 100 futures."""
    answer = learned_explanation(alone=True)
    bars = tuple(
        replace(bar, name=LONG if row == 1 else bar.name, low=pair[0], high=pair[1])
        for row, (bar, pair) in enumerate(zip(answer.tornado.bars, ends, strict=False))
    )
    answer = replace(answer, tornado=replace(answer.tornado, baseline=0.9994, bars=bars))
    return all_packs.pack_of("explain", json.loads(canonical_json(explanation_document(answer))), FOOT)


@cache
def tornado(ends=ENDS) -> Exhibit:
    (found,) = [one for one in sure(ends).exhibits if one.key == "tornado"]
    return found


def axes(blob: bytes, folder: str) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(blob)) as package:
        names = [name for name in package.namelist() if re.fullmatch(rf"{folder}/charts/chart\d+\.xml", name)]
        return re.findall(r'<c:max val="([^"]*)"/>', package.read(names[0]).decode())


def test_the_axis_of_a_slide_ends_at_one_hundred_percent():
    (chart,) = charts_of(shown(pack_of(tornado())))
    assert chart.value_axis.maximum_scale == 1.0
    assert list(chart.plots[0].categories) == list(native_names(tornado().chart, 56))
    room = chart.plots[0].series[6]
    assert set(room.values) == {0.0}
    assert [one.text for series in chart.plots[0].series for one in series._element.iter(qn("a:t"))] == []
    assert axes(workbook_bytes(pack_of(tornado()), PackData()), "xl") == ["1"]


def test_names_say_the_ends_where_no_room_is_left():
    names = native_names(tornado().chart, 40)
    assert names[0] == "the market, all...: 96% to more than 99%"
    assert names[1].endswith("...: 97% to more than 99%")
    assert names[2].endswith(": more than 99%")
    assert max(len(one) for one in names) <= 40


@pytest.mark.parametrize(("most", "full", "end"), [(0.5, False, None), (0.7, False, 1.0), (0.75, True, 1.0)])
def test_words_stand_beside_ranges_as_long_as_there_is_room(most, full, end):
    series = tuple(
        Series(role, role, (quantity(value),)) for role, value in (("low", 0.3), ("middle", 0.4), ("high", most))
    )
    chart = Chart("ranges", ("a driver",), series, "chance", "chance")
    assert has_full_ranges(chart) is full
    assert axis_end(chart) == end
    (drawn,) = charts_of(shown(pack_of(Exhibit("one", "A message.", chart))))
    said = [one.text for series in drawn.plots[0].series for one in series._element.iter(qn("a:t"))]
    assert said == ([] if full else [f"0.3 to {most}"])
    assert native_names(chart) == ((f"a driver: 0.3 to {most}",) if full else ("a driver",))


@pytest.mark.parametrize("kind", ["bars", "lines"])
def test_bars_and_lines_of_chances_end_there_too(kind):
    values = Series("chance", "bar" if kind == "bars" else "middle", (quantity(0.04), quantity(0.96)))
    chart = Chart(kind, ("missed", "made"), (values,), "chance", "chance")
    (drawn,) = charts_of(shown(pack_of(Exhibit("one", "A message.", chart))))
    assert drawn.value_axis.maximum_scale == 1.0
    assert axes(workbook_bytes(pack_of(Exhibit("one", "A message.", chart)), PackData()), "xl") == ["1"]
    money = replace(chart, unit="number")
    (drawn,) = charts_of(shown(pack_of(Exhibit("one", "A message.", money))))
    assert drawn.value_axis.maximum_scale is None


@pytest.mark.parametrize("kind", ["bars", "ranges"])
def test_pictures_end_there_too(kind):
    chart = tornado().chart
    if kind == "bars":
        chart = Chart(kind, ("missed", "made"), (Series("c", "bar", (quantity(0.04), quantity(0.99))),), "chance", "c")
    spec = json.dumps(picture_spec(Exhibit("one", "A message.", chart, alt="It."), sure()))
    domains = [json.loads(one) for one in re.findall(r'"domain": (\[[-\d., e]+\])', spec)]
    assert domains
    assert max(max(one) for one in domains) == 1.0


def test_the_page_has_no_tick_beyond(visit):
    page = visit(page_bytes(sure(), PackData()))
    ticks = page.eval_on_selector_all(
        "[data-chart=tornado] .tick.middle", "all => all.map(o => parseFloat(o.textContent))"
    )
    assert ticks
    assert max(ticks) <= 100


@pytest.mark.parametrize("width", [500, 390, 320])
def test_long_names_take_lines_on_a_narrow_page(visit, width):
    page = visit(page_bytes(sure(), PackData()), width=width)
    names = page.eval_on_selector_all("[data-chart=tornado] .name", "all => all.map(o => o.textContent)")
    assert " ".join(names) == " ".join(tornado().chart.categories)
    boxes = page.eval_on_selector_all(
        "[data-chart=tornado] :is(.name, rect.mid, .strong)",
        "all => all.map(o => o.getBoundingClientRect()).map(o => [o.left, o.top, o.right, o.bottom])",
    )
    plot = page.locator("[data-chart=tornado] .plot").bounding_box()
    assert min(one[0] for one in boxes) >= plot["x"] - 1
    for k, one in enumerate(boxes):
        for other in boxes[k + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] + 3 or other[3] <= one[1] + 3
            assert apart, (one, other)


def test_words_stand_in_place_of_an_empty_chart():
    found = tornado(FLAT)
    assert found.chart is None
    assert found.alt == ""
    assert "No driver by itself moves the chance of the plan" in found.points[0]
    assert len(found.table.rows) == 3
    slides = Presentation(io.BytesIO(deck_bytes(pack_of(found)))).slides
    said = [shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame]
    assert found.points[0] in said
    assert workbook_bytes(pack_of(found), PackData())
