"""Charts: drawn for every shape, nothing active in them, the same bytes every time, labels that do not collide."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import altair as alt
import pytest
from forecast_variants import HOSTILE, hostile, variants, year
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sample_forecast import sample_forecast

from funnelsim.model.calendar import Calendar
from funnelsim.model.results import PERCENTS
from funnelsim.outputs.account import footer
from funnelsim.outputs.chart_layout import Wanted, axis_unit, milliseconds, spread, tick_days
from funnelsim.outputs.chart_style import amount_axis, finished
from funnelsim.outputs.charts import alt_text, chart_png, chart_svg, fan_chart, monthly_chart
from funnelsim.outputs.number_text import Unit

SHAPES = variants()


def texts_of(svg: bytes) -> list[str]:
    root = ET.fromstring(svg)
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


def expressions(part: Any) -> set[str]:
    """Every string in a place that Vega reads as an expression, a signal or an address."""
    if isinstance(part, list):
        return set().union(*map(expressions, part)) if part else set()
    if not isinstance(part, dict):
        return set()
    active = {"expr", "labelExpr", "signal", "calculate", "filter", "url", "href", "test"}
    found = {str(value) for name, value in part.items() if name in active}
    return found.union(*map(expressions, part.values()))


DRAWN = [(name, fan_chart) for name in SHAPES]
DRAWN += [(name, monthly_chart) for name in ("plan by period", "stub", "weeks", "quarters", "zero", "five years")]


@pytest.mark.parametrize(("name", "chart"), DRAWN)
def test_every_shape_is_drawn(name: str, chart: Any) -> None:
    svg = chart_svg(chart(SHAPES[name]))
    shown = " ".join(texts_of(svg))
    assert "NaN" not in svg.decode()
    assert not re.search(r"\b(nan|null|undefined|Infinity)\b", shown)
    assert "As of" in shown
    assert "seed 7" in shown


def test_pictures_are_the_same_bytes_every_time() -> None:
    spec, again = fan_chart(sample_forecast()), fan_chart(sample_forecast())
    assert spec == again
    assert chart_png(spec) == chart_png(again)
    assert chart_svg(spec) == chart_svg(again)


def test_a_picture_is_wide_enough_for_a_slide() -> None:
    with Image.open(io.BytesIO(chart_png(fan_chart(year())))) as image:
        assert image.format == "PNG"
        assert image.width >= 1900
        assert 1.3 < image.width / image.height < 2.2


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_no_expression(text: str) -> None:
    base = sample_forecast()
    leads = replace(base.table.leads, currency=text)
    named = replace(base, table=replace(base.table, name=text, leads=leads))
    spec = finished(alt.Chart(alt.InlineData(values=[])).mark_point(), footer(named), [text], text)
    axis = amount_axis(Unit(1, "", ""), named.currency).to_dict()
    assert expressions(spec) | expressions(axis) == set()
    assert axis["title"].isprintable()
    assert all(line.isprintable() for line in spec["title"]["subtitle"])
    json.dumps(spec, allow_nan=False).encode()


def test_the_only_expressions_are_ours() -> None:
    for text in ("datum.value", '{"signal": "width"}'):
        assert expressions(fan_chart(hostile(text))) == {"[utcFormat(datum.value, '%b'), utcFormat(datum.value, '%Y')]"}
        assert expressions(monthly_chart(hostile(text))) == set()


def is_passive(text: str) -> None:
    root = ET.fromstring(chart_svg(fan_chart(hostile(text))))
    kinds = {node.tag.removeprefix("{http://www.w3.org/2000/svg}") for node in root.iter()}
    assert kinds <= {"svg", "title", "desc", "rect", "g", "path", "line", "text", "tspan", "defs", "clipPath"}
    attributes = {name for node in root.iter() for name in node.attrib}
    assert not {name for name in attributes if name.startswith("on") or name.endswith("href")}


def test_the_worst_names_put_nothing_active_into_a_picture() -> None:
    for text in ("<script>alert(1)</script>", "\x1b]0;title\x07", '{"expr": "1"}'):
        is_passive(text)


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_name_puts_anything_active_into_a_picture(text: str) -> None:
    is_passive(text)


def test_the_picture_is_described_in_words() -> None:
    forecast = sample_forecast()
    root = ET.fromstring(chart_svg(fan_chart(forecast)))
    described = root.find("{http://www.w3.org/2000/svg}desc")
    assert root.get("role") == "img"
    assert described is not None
    assert described.text == alt_text(forecast)
    assert "80% chance" in alt_text(forecast)
    assert "about 48 in 100" in alt_text(forecast).lower()


def test_the_fan_counts_what_is_booked() -> None:
    forecast = sample_forecast()
    shown = texts_of(chart_svg(fan_chart(forecast)))
    assert "booked 2.90M" in shown
    assert "plan 4.90M" in shown
    assert "as of 30 Jun 2026" in shown
    spec = json.dumps(fan_chart(forecast))
    last = {f"p{percent}": (forecast.actuals + forecast.total.percentiles[percent]) / 1e8 for percent in PERCENTS}
    for value in last.values():
        assert repr(value) in spec


def test_actuals_that_the_bookings_do_not_explain_are_a_point_only() -> None:
    forecast = sample_forecast()
    assert forecast.plan is not None
    other = replace(forecast, plan=replace(forecast.plan, actuals=123_000_000), actuals=123_000_000)
    shown = chart_svg(fan_chart(other)).decode()
    assert "booked 1.23M" in shown
    assert 'stroke-width="2.5" stroke="#000000"' not in shown


def test_only_years_speak_of_years() -> None:
    assert any("1 year in 10" in line for line in texts_of(chart_svg(fan_chart(year()))))
    assert not any("1 year in 10" in line for line in texts_of(chart_svg(fan_chart(sample_forecast()))))


def test_a_missing_currency_is_said() -> None:
    assert "million, currency not given" in texts_of(chart_svg(fan_chart(year())))
    assert "million USD" in texts_of(chart_svg(fan_chart(sample_forecast())))


def test_characters_without_a_glyph_are_not_boxes() -> None:
    lines = texts_of(chart_svg(fan_chart(hostile("東京 Zoë.csv"))))
    assert any("?? Zoë.csv" in line for line in lines)


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=9),
    st.floats(1e-3, 1e3),
)
def test_labels_never_touch_and_keep_their_order(values: list[float], top: float) -> None:
    wanted = [Wanted(str(k), value * top, "edge") for k, value in enumerate(values)]
    placed = spread(wanted, top, 380, 16)
    pixels = [one.place / top * 380 for one in placed]
    assert [one.value for one in placed] == sorted(one.value for one in placed)
    assert all(after - before >= 16 - 0.01 for before, after in pairwise(pixels))
    assert pixels[0] >= 7.9
    assert pixels[-1] <= 380 - 7.9


@pytest.mark.parametrize(
    ("largest", "unit"),
    [
        (0, ""),
        (1.5, ""),
        (1_999, ""),
        (2_000, "thousand"),
        (1_999_999, "thousand"),
        (2e6, "million"),
        (2e9, "billion"),
        (5e15, "trillion"),
    ],
)
def test_an_axis_counts_in_whole_numbers(largest: float, unit: str) -> None:
    assert axis_unit(largest).long == unit


@given(st.dates(date(2000, 1, 1), date(2200, 1, 1)), st.sampled_from(["month", "week", "quarter"]), st.integers(1, 60))
def test_ticks_are_few_ordered_and_end_with_the_horizon(as_of: date, unit: Any, horizon: int) -> None:
    calendar = Calendar(as_of, unit, horizon)
    days = tick_days(calendar, as_of - timedelta(days=200), 13)
    assert 1 <= len(days) <= 13
    assert days == sorted(set(days))
    assert days[-1] == calendar.window.end


def test_days_are_utc() -> None:
    assert milliseconds(date(1970, 1, 2)) == 86_400_000
    assert milliseconds(date(1969, 12, 31)) == -86_400_000
