"""The CSV of bands: RFC 4180, plain numbers, nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from forecast_variants import HOSTILE, hostile, variants, year
from sample_forecast import sample_forecast

from funnelsim.model.results import PERCENTS, Forecast
from funnelsim.outputs.tables import BAND_COLUMNS, bands_csv

SHAPES = variants()


def rows(forecast: Forecast) -> list[list[str]]:
    return list(csv.reader(io.StringIO(bands_csv(forecast), newline=""), strict=True))


@pytest.mark.parametrize("name", SHAPES)
def test_one_row_per_period_and_one_for_the_total(name: str) -> None:
    forecast = SHAPES[name]
    header, *body = rows(forecast)
    assert tuple(header) == BAND_COLUMNS
    assert [row[0] for row in body] == [*(forecast.calendar.label(band.period) for band in forecast.periods), "total"]
    assert {len(row) for row in body} == {len(header)}
    for row in body:
        assert all(re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell) for cell in row[4:])


def test_lines_end_as_the_standard_says() -> None:
    written = bands_csv(year())
    assert written.endswith("\r\n")
    assert written.count("\r\n") == written.count("\n") == 14


def test_amounts_are_exact() -> None:
    forecast = sample_forecast()
    header, *body = rows(forecast)
    bands = [*forecast.periods, forecast.total]
    at = {name: header.index(name) for name in header}
    for row, band in zip(body, bands, strict=False):
        assert Decimal(row[at["expected_value"]]) * 100 == band.expected_value
        for percent in PERCENTS:
            assert Decimal(row[at[f"p{percent}"]]) * 100 == band.percentiles[percent]
        assert abs(float(row[at["mean"]]) * 100 - band.mean) < 1e-3


def test_amounts_above_the_doubles_keep_their_cents() -> None:
    base = year()
    huge = replace(base, total=replace(base.total, expected_value=2**62 + 1))
    assert Decimal(rows(huge)[-1][4]) * 100 == 2**62 + 1


def test_groups_follow_in_a_column_named_after_them() -> None:
    forecast = sample_forecast()
    header, *body = rows(forecast)
    assert header[0] == "region"
    assert [row[0] for row in body[::7]] == ["(all)", "North", "South", "'=HYPERLINK(1)"]
    assert len(body) == 7 * 4


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula(text: str) -> None:
    written = bands_csv(hostile(text))
    for row in csv.reader(io.StringIO(written, newline=""), strict=True):
        for cell in row:
            number = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell)
            assert number or not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", written)


def test_negative_numbers_are_numbers() -> None:
    base = year()
    assert rows(replace(base, total=replace(base.total, expected_value=-150)))[-1][4] == "-1.50"
