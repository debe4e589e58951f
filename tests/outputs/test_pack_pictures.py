"""Pictures of a board pack: every kind of chart, the pack's own numbers, the same bytes again."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from funnelsim.model.board_pack import Exhibit
from funnelsim.outputs.pictures.exhibit_picture import picture_png, picture_spec, picture_svg
from outputs.test_deck import CHARTS, HOSTILE, Chart, Series, pack_of, quantity


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


def test_what_has_no_chart_has_no_picture():
    exhibit = Exhibit("one", "A message.")
    assert picture_spec(exhibit, pack_of(exhibit)) is None
    assert picture_png(exhibit, pack_of(exhibit)) is None


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
