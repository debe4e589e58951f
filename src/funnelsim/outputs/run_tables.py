"""The Parquet tables of a run: bands, replications, leads and what records know of them, other rows, and actuals.

The question: how does one answer become columns that any tool reads without loss?  Exact amounts are integers of minor
units or decimals, estimated ones doubles; text stays text, whatever it looks like.  Each table's schema metadata says
what it holds, as JSON under the key ``funnelsim``.
What it leaves out: writing them to disk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.known_leads import Known
from funnelsim.model.leads import NO_AMOUNT, LeadTable
from funnelsim.model.results import PERCENTS, Band, Forecast
from funnelsim.model.run_schema import (
    ACTUALS_SCHEMA,
    ATTRIBUTE_PREFIX,
    BAND_KINDS,
    BANDS_SCHEMA,
    BEYOND,
    COMPONENT_PREFIX,
    LEAD_STATES_SCHEMA,
    LEADS_SCHEMA,
    METADATA_KEY,
    OPEN_LEADS,
    OTHER_ROWS_SCHEMA,
    REPLICATION,
    REPLICATIONS_SCHEMA,
    TOTAL,
)

_DECIMAL_PRECISION = 24
_ERRORS = ("mean", "p10", "p50", "p90")


def bands_table(forecast: Forecast) -> pa.Table:
    """Return one row per band, in major units.

    Parameters
    ----------
    forecast : Forecast
        The answer.

    Returns
    -------
    pyarrow.Table
        ``kind`` is one of ``BAND_KINDS``; ``group`` is the value of the ``--by`` column, the name of a component, or
        null; ``start`` and ``end`` are days, both inside; ``expected_value`` and ``p5`` to ``p95`` are exact decimals;
        ``exact_mean``, ``mean``, ``sd`` and the standard errors ``se_mean``, ``se_p10``, ``se_p50``, ``se_p90`` are
        doubles.
    """
    rows = list(_band_rows(forecast))
    bands = [band for _, _, _, band in rows]
    digits = forecast.minor_digits
    columns: dict[str, pa.Array] = {
        "kind": pa.array([kind for kind, _, _, _ in rows], pa.string()),
        "group": pa.array([group for _, group, _, _ in rows], pa.string()),
        "start": pa.array([band.period.start for band in bands], pa.date32()),
        "end": pa.array([band.period.end for band in bands], pa.date32()),
        "label": pa.array([label for _, _, label, _ in rows], pa.string()),
        "expected_value": _exact([band.expected_value for band in bands], digits),
    }
    for name in ("exact_mean", "mean", "sd"):
        columns[name] = _estimated([getattr(band, name) for band in bands], digits)
    for percent in PERCENTS:
        columns[f"p{percent}"] = _exact([band.percentiles[percent] for band in bands], digits)
    for name in _ERRORS:
        columns[f"se_{name}"] = _estimated([getattr(band.standard_error, name) for band in bands], digits)
    about = {"schema": BANDS_SCHEMA, "by": forecast.by, "money": "major units: decimals exact, doubles estimated"}
    return _table(columns, forecast, about)


def replications_table(forecast: Forecast) -> pa.Table:
    """Return the bookings of every replication, in minor units.

    Parameters
    ----------
    forecast : Forecast
        The answer.

    Returns
    -------
    pyarrow.Table
        ``replication`` counts from 0; then one int64 column per period, named by its first day, and
        ``beyond_horizon``; then, where there are several components, the same columns of each under
        ``component.<name>.``, which add up to the first.
    """
    bookings = forecast.bookings
    names = [period.start.isoformat() for period in forecast.calendar.periods] + [BEYOND]
    assert bookings.shape == (forecast.replications, len(names)), "one column of bookings per period and one beyond"
    columns = {REPLICATION: pa.array(np.arange(len(bookings), dtype=np.int64))}
    columns |= _bookings_columns(bookings, names, "")
    for part in forecast.components if len(forecast.components) > 1 else ():
        columns |= _bookings_columns(part.bookings, names, f"{COMPONENT_PREFIX}{part.name}.")
    about = {
        "schema": REPLICATIONS_SCHEMA,
        "component": OPEN_LEADS if len(forecast.components) < 2 else TOTAL,
        "components": [part.name for part in forecast.components] or [OPEN_LEADS],
        "money": "minor units",
        "periods": [_days(period) for period in forecast.calendar.periods],
    }
    return _table(columns, forecast, about)


def _bookings_columns(bookings: npt.NDArray[np.int64], names: list[str], prefix: str) -> dict[str, pa.Array]:
    return {f"{prefix}{name}": pa.array(np.ascontiguousarray(bookings[:, at])) for at, name in enumerate(names)}


def leads_table(forecast: Forecast) -> pa.Table:
    """Return every forecast row as read and as lowered, in minor units.

    Parameters
    ----------
    forecast : Forecast
        The answer.

    Returns
    -------
    pyarrow.Table
        ``line lead_id pr_minor pc_exact pc expected_close pr_p10_minor pr_p90_minor close_p10 close_p90 imputed``,
        then what the row was lowered to, ``log_odds chance_in_horizon_if_won mean_amount_minor``, then with records
        ``calibrated_pc``, then every other column of the file as text under ``attribute.<header>``.  ``pc_exact`` is
        the PC as text, ``pc`` the nearest double; a spread that the row does not have is null.  What was left out is
        counted in the metadata.
    """
    leads = forecast.table.leads
    columns: dict[str, pa.Array] = {
        "line": pa.array(leads.line),
        "lead_id": pa.array(leads.lead_id, pa.string()),
        "pr_minor": pa.array(leads.pr),
        "pc_exact": pa.array([format(pc, "f") for pc in leads.pc], pa.string()),
        "pc": pa.array(leads.pc_float),
        "expected_close": _dates(leads.expected_close),
        "pr_p10_minor": pa.array(leads.pr_p10, mask=leads.pr_p10 == NO_AMOUNT),
        "pr_p90_minor": pa.array(leads.pr_p90, mask=leads.pr_p90 == NO_AMOUNT),
        "close_p10": _dates(leads.close_p10),
        "close_p90": _dates(leads.close_p90),
        "imputed": pa.array(leads.imputed),
    }
    if forecast.drivers is not None:
        columns["log_odds"] = pa.array(forecast.drivers.log_odds)
        columns["chance_in_horizon_if_won"] = pa.array(forecast.drivers.in_horizon)
        columns["mean_amount_minor"] = pa.array(forecast.drivers.mean_amount)
    if forecast.learned is not None:
        columns["calibrated_pc"] = pa.array(forecast.learned.calibrated)
    columns |= {f"{ATTRIBUTE_PREFIX}{name}": pa.array(texts, pa.string()) for name, texts in leads.attributes.items()}
    about = {"schema": LEADS_SCHEMA, "money": "minor units", "table": _about_file(forecast.table)}
    return _table(columns, forecast, about)


def other_rows_table(forecast: Forecast) -> pa.Table:
    """Return every row of the file that is not forecast: won, lost or left out.

    Parameters
    ----------
    forecast : Forecast
        The answer.

    Returns
    -------
    pyarrow.Table
        ``line lead_id status reason day amount_minor``, then every other column of the file as text under
        ``attribute.<header>``.  ``day`` and ``amount_minor`` are those of a booking and null otherwise.
    """
    others = forecast.table.others
    columns: dict[str, pa.Array] = {
        "line": pa.array(others.line),
        "lead_id": pa.array(others.lead_id, pa.string()),
        "status": pa.array(others.status, pa.string()),
        "reason": pa.array(others.reason, pa.string()),
        "day": _dates(others.day),
        "amount_minor": pa.array(others.amount, mask=others.amount == NO_AMOUNT),
    }
    columns |= {f"{ATTRIBUTE_PREFIX}{name}": pa.array(texts, pa.string()) for name, texts in others.attributes.items()}
    return _table(columns, forecast, {"schema": OTHER_ROWS_SCHEMA, "money": "minor units"})


def actuals_table(forecast: Forecast) -> pa.Table:
    """Return the money already booked, in minor units.

    Parameters
    ----------
    forecast : Forecast
        The answer.

    Returns
    -------
    pyarrow.Table
        ``day amount_minor``, one row per booking: the file's won rows, or the user's own list.
    """
    columns = {"day": _dates(forecast.booked.day), "amount_minor": pa.array(forecast.booked.amount)}
    return _table(columns, forecast, {"schema": ACTUALS_SCHEMA, "money": "minor units"})


def lead_states_table(forecast: Forecast, known: Known) -> pa.Table:
    """Return what records know of every forecast row, in the order of :func:`leads_table`.

    Parameters
    ----------
    forecast : Forecast
        The answer.
    known : Known
        What it was made from.

    Returns
    -------
    pyarrow.Table
        ``row state age_days taken_days pr_minor stated_days segment``.  ``stated_days`` is null for a row without a
        stated day.  The metadata says whether stated days were asked for at all (``stated``) and segments told apart
        (``segments``): where not, the column is null throughout.  It also holds ``with_new independent priced sets``
        and ``matched``.
    """
    stays, rows = known.stays, len(known.stays.row)
    assert rows == len(forecast.table.leads), "one state a forecast row"
    stated = np.full(rows, np.nan) if stays.stated is None else stays.stated
    segment = pa.nulls(rows, pa.int64()) if stays.segment is None else pa.array(stays.segment, pa.int64())
    columns: dict[str, pa.Array] = {
        "row": pa.array(stays.row, pa.int64()),
        "state": pa.array(stays.state, pa.int64()),
        "age_days": pa.array(stays.age, pa.float64()),
        "taken_days": pa.array(stays.taken, pa.float64()),
        "pr_minor": pa.array(stays.pr, pa.int64()),
        "stated_days": pa.array(stated, pa.float64(), mask=np.isnan(stated)),
        "segment": segment,
    }
    about = {
        "schema": LEAD_STATES_SCHEMA,
        "money": "minor units",
        "states": list(known.learned.hazards.states),
        "stated": stays.stated is not None,
        "segments": stays.segment is not None,
        "with_new": known.with_new,
        "independent": known.independent,
        "priced": known.priced,
        "sets": known.sets,
        "matched": asdict(known.matched),
    }
    return _table(columns, forecast, about)


def _band_rows(forecast: Forecast) -> Iterator[tuple[str, str | None, str, Band]]:
    period, cumulative, total, group_period, group_total, part_period, part_total = BAND_KINDS
    calendar = forecast.calendar
    for band in forecast.periods:
        yield period, None, calendar.label(band.period), band
    for band in forecast.cumulative:
        yield cumulative, None, f"to {band.period.end.isoformat()}", band
    yield total, None, _span(calendar), forecast.total
    for group in forecast.groups:
        for band in group.periods:
            yield group_period, group.value, calendar.label(band.period), band
        yield group_total, group.value, _span(calendar), group.total
    for part in forecast.components:
        for band in part.periods:
            yield part_period, part.name, calendar.label(band.period), band
        yield part_total, part.name, _span(calendar), part.total


def _span(calendar: Calendar) -> str:
    return f"{calendar.window.start.isoformat()} to {calendar.window.end.isoformat()}"


def _days(period: Period) -> dict[str, str]:
    return {"start": period.start.isoformat(), "end": period.end.isoformat()}


def _about_file(table: LeadTable) -> dict[str, Any]:
    return {
        "name": table.name,
        "sha256": table.sha256,
        "rows": table.rows,
        "forecast_rows": len(table.leads),
        "leads": table.leads.lead_count,
        "won": {"rows": len(table.won.amount), "amount_minor": int(table.won.amount.sum())},
        "lost_rows": table.lost_rows,
        "excluded": [{"reason": one.reason, "rows": one.rows, "amount_minor": one.amount} for one in table.excluded],
        "imputed": [asdict(one) for one in table.imputed],
        "dialect": table.dialect,
        "columns": [asdict(one) for one in table.columns],
        "kept_columns": list(table.kept_columns),
        "notes": list(table.notes),
    }


def _table(columns: dict[str, pa.Array], forecast: Forecast, about: dict[str, Any]) -> pa.Table:
    about |= {"currency": forecast.currency, "minor_digits": forecast.minor_digits}
    return pa.table(columns).replace_schema_metadata({METADATA_KEY: json.dumps(about, allow_nan=False).encode()})


def _exact(minor: list[int], digits: int) -> pa.Array:
    return pa.array([Decimal(amount).scaleb(-digits) for amount in minor], pa.decimal128(_DECIMAL_PRECISION, digits))


def _estimated(minor: list[float], digits: int) -> pa.Array:
    return pa.array([amount / 10**digits for amount in minor], pa.float64())


def _dates(days: npt.NDArray[np.datetime64]) -> pa.Array:
    return pa.array(days.astype("datetime64[D]"), pa.date32())
