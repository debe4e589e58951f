"""Pictures of a board pack: every kind of chart, the pack's own numbers, the same bytes again."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import altair as alt
import pytest
from PIL import Image

from funnelsim.model.board_pack import Exhibit, Quantity
from funnelsim.outputs.pictures.bar_rows import whiskers
from funnelsim.outputs.pictures.exhibit_picture import picture_png, picture_spec, picture_svg
from funnelsim.outputs.pictures.picture_names import category_axis, labels_of
from outputs.test_deck import CHARTS, HOSTILE, Chart, Series, numbers, pack_of, quantity

WAYS = ("forecast", "backtest")


def numbers_in(spec):
    """Every number of the data sets of a specification."""
    found = []
    for rows in spec.get("datasets", {}).values():
        found += [value for row in rows for value in row.values() if isinstance(value, int | float)]
    return found


@pytest.mark.parametrize("kind", CHARTS)
def test_a_picture_holds_the_numbers_of_its_chart(kind):
    exhibit = Exhibit("one", "A message.", CHARTS[kind], alt="What it shows.")
    spec = picture_spec(exhibit, pack_of(exhibit))
    drawn = numbers_in(spec)
    roles = {"p10", "p50", "p90", "bar", "low", "middle", "high"}
    for series in CHARTS[kind].series:
        if series.role in roles:
            assert all(any(value == pytest.approx(one.value) for value in drawn) for one in series.values), series.role
    assert "What it shows." in json.dumps(spec)


def test_pictures_have_the_size_of_a_slide_and_come_again_as_they_were():
    exhibit = Exhibit("one", "A message.", CHARTS["ranges"])
    pack = pack_of(exhibit)
    png, svg = picture_png(exhibit, pack), picture_svg(exhibit, pack)
    assert Image.open(io.BytesIO(png)).size == (1920, 1080)
    assert svg.lstrip().startswith(b"<svg")
    assert (picture_png(exhibit, pack), picture_svg(exhibit, pack)) == (png, svg)


@pytest.mark.parametrize("count", [3, 12, 40])
def test_long_names_of_bars_leave_the_picture_standing(count):
    """A limit on labels of several lines makes the renderer draw nothing at all."""
    names = tuple(f"a name that is too long for one line {row}" for row in range(count))
    exhibit = Exhibit("one", "A message.", Chart("bars", names, (numbers("bar", range(1, count + 1)),), "count", ""))
    picture = Image.open(io.BytesIO(picture_png(exhibit, pack_of(exhibit)))).convert("L")
    assert picture.histogram()[:128] != [0] * 128
    assert b"NaN" not in picture_svg(exhibit, pack_of(exhibit))


def test_every_name_of_a_bar_is_shown_and_days_are_thinned():
    bars = Chart("bars", tuple(f"reason {row}" for row in range(14)), (numbers("bar", range(14)),), "count", "")
    assert len(category_axis(labels_of(bars), [], 16)["values"]) == 14
    weeks = [f"week of {row % 28 + 1} Jan 2026" for row in range(36)]
    assert 3 <= len(category_axis(weeks, [], 16, over_time=True)["values"]) <= 8


def test_what_happened_is_said_without_conditions():
    exhibit = Exhibit("one", "A message.", CHARTS["bars"])
    pack = pack_of(exhibit)
    said = {one: " ".join(picture_spec(exhibit, replace(pack, command=one))["title"]["subtitle"]) for one in WAYS}
    assert said["forecast"] == f"If the assumptions hold. {said['backtest']}"
    assert pack.track in said["backtest"]


def test_what_has_no_chart_has_no_picture():
    exhibit = Exhibit("one", "A message.")
    assert picture_spec(exhibit, pack_of(exhibit)) is None
    assert picture_png(exhibit, pack_of(exhibit)) is None


@pytest.mark.parametrize("lying", [False, True])
def test_an_interval_is_a_line_with_two_end_marks_however_bars_lie(lying):
    rows = [{"at": "a", "value": 2.0, "low": 1.0, "high": 3.0}]
    base = alt.Chart(alt.InlineData(values=rows))
    halo, line, low, high = (one.to_dict() for one in whiskers(base, rows, 30.0, lying=lying))
    along = "x" if lying else "y"
    for one in (halo, line):
        assert (one["encoding"][along]["field"], one["encoding"][f"{along}2"]["field"]) == ("low", "high")
    assert halo["mark"]["strokeWidth"] > line["mark"]["strokeWidth"]
    assert [one["encoding"][along]["field"] for one in (low, high)] == ["low", "high"]
    for one in (low, high):
        assert (one["mark"]["orient"], one["mark"]["size"]) == ("vertical" if lying else "horizontal", 16)
    assert whiskers(base, [{**rows[0], "low": None}], 30.0, lying=lying) == []


def test_hostile_names_draw_no_active_content():
    bars = Chart(
        "bars",
        HOSTILE,
        (Series("=2+2", "bar", tuple(quantity(1.0 + row) for row in range(len(HOSTILE)))),),
        "count",
        "",
    )
    exhibit = Exhibit("one", "<script>alert(1)</script>", bars, alt="<b>")
    svg = picture_svg(exhibit, pack_of(exhibit))
    for active in (b"<script", b"href=", b"onload", b'javascript:alert(1)"', b"<foreignObject"):
        assert active not in svg


def test_long_names_lie_beside_their_bars_and_are_whole():
    names = tuple(f"Stage {row} of a long road, owner Bartholomew Longname the {row}th" for row in range(10))
    series = (Series("EV", "bar", tuple(Quantity(1.0 + row, f"{row}K", "") for row in range(10))),)
    svg = drawn(Chart("bars", names, series, "money", "thousand"))
    words = " ".join(re.findall(r">([^<>]+)<", svg))
    for name in names:
        assert all(part in words for part in name.split())
    assert "..." not in words
    assert "rotate(-35" not in svg


def test_a_bar_with_an_interval_says_its_number_in_its_name():
    ends = (("bar", (1.25, 4.0)), ("low", (3.0, 2.0)), ("high", (7.0, 6.0)))
    series = tuple(Series(role, role, tuple(Quantity(one, f"{one:g}", "") for one in values)) for role, values in ends)
    words = re.findall(r">([^<>]+)<", drawn(Chart("bars", ("first", "second"), series, "count", "hits")))
    assert {"first: 1.25", "second: 4"} <= set(words)
    assert "1.25" not in words, "a number at the end of a whisker would be taken for that end"


def drawn(chart):
    return picture_svg(Exhibit("one", "A message.", chart), pack_of(Exhibit("one", "A message.", chart))).decode()
