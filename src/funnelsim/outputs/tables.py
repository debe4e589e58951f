"""Bands as a CSV file that a spreadsheet opens without running anything.

The question: the table of the page, as plain numbers, to paste into a model.  One row per period and one for the total;
amounts are in major units, exact to the minor one, with a decimal point and no thousands marks.

What it leaves out: everything that is not a band; the JSON has it.
"""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from funnelsim.model.results import PERCENTS, Band, Forecast
from funnelsim.outputs.plain_text import spreadsheet_cell

BAND_COLUMNS: tuple[str, ...] = (
    "period",
    "start",
    "end",
    "currency",
    "expected_value",
    "exact_mean",
    "mean",
    "sd",
    *(f"p{percent}" for percent in PERCENTS),
    "se_mean",
    "se_p10",
    "se_p50",
    "se_p90",
)


def bands_csv(forecast: Forecast) -> str:
    """Return the bands as CSV (RFC 4180): a header, one row per period, one for the total.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str
        Lines end in CR LF.  With groups there is a first column named after the ``--by`` column, and the rows of every
        group follow those of all leads, whose cells in it are ``(all)``.  Text cells that a spreadsheet would take for
        a formula start with ``'``; numbers never do.
    """
    grouped = forecast.by is not None
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow([*([spreadsheet_cell(forecast.by)] if forecast.by is not None else []), *BAND_COLUMNS])
    parts = [("(all)", forecast.periods, forecast.total)]
    parts += [(spreadsheet_cell(group.value), group.periods, group.total) for group in forecast.groups]
    for value, periods, total in parts:
        named = [(forecast.calendar.label(band.period), band) for band in periods] + [("total", total)]
        for label, band in named:
            writer.writerow([*([value] if grouped else []), *_cells(forecast, label, band)])
    return lines.getvalue()


def _cells(forecast: Forecast, label: str, band: Band) -> list[str]:
    error = band.standard_error
    amounts = (
        band.expected_value,
        band.exact_mean,
        band.mean,
        band.sd,
        *(band.percentiles[percent] for percent in PERCENTS),
        error.mean,
        error.p10,
        error.p50,
        error.p90,
    )
    numbers = [_number(amount, forecast.minor_digits) for amount in amounts]
    days = (band.period.start.isoformat(), band.period.end.isoformat())
    return [spreadsheet_cell(label), *days, spreadsheet_cell(forecast.currency or ""), *numbers]


def _number(minor: float, digits: int) -> str:
    """Return major units as digits: exact for whole minor units, to a ten-thousandth of a minor unit otherwise."""
    exact = Decimal(minor).scaleb(-digits)
    places = digits if isinstance(minor, int) else digits + 4
    return f"{exact:.{places}f}"
