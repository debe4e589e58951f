"""The tables of a simulation: bands as CSV, and the Parquet tables of its run.

Amounts in the CSV and in ``bands.parquet`` are in major units, exact to the minor one where they are exact; those in
the other tables are int64 minor units.  Each Parquet table's schema metadata says what it holds, as JSON under the key
``funnelsim``.

What it leaves out: writing them to disk.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from funnelsim.model.funnel_words import FLOWS
from funnelsim.model.results import PERCENTS
from funnelsim.model.run_schema import (
    FUNNEL_BANDS_SCHEMA,
    FUNNEL_REPLICATIONS_SCHEMA,
    METADATA_KEY,
    OPENING_LEADS_SCHEMA,
    REPLICATION,
)
from funnelsim.model.simulation import MoneyBand, Simulation
from funnelsim.outputs.plain_text import spreadsheet_cell

if TYPE_CHECKING:
    import pyarrow as pa

FUNNEL_COLUMNS: tuple[str, ...] = (
    "amount", "kind", "label", "start", "end", "currency", "mean", "sd", *(f"p{percent}" for percent in PERCENTS),
    "se_mean", "se_p10", "se_p50", "se_p90",
)  # fmt: skip
_ERRORS = ("mean", "p10", "p50", "p90")
_DECIMAL_PRECISION = 24
Named = tuple[str, str, str, MoneyBand]


def simulation_csv(simulation: Simulation) -> str:
    """Return the bands as CSV (RFC 4180): bookings, cost and profit, by period and in all.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    str
        Lines end in CR LF; text cells that a spreadsheet would take for a formula start with ``'``.
    """
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(FUNNEL_COLUMNS)
    for amount, kind, label, band in _named(simulation):
        days = (band.period.start.isoformat(), band.period.end.isoformat())
        numbers = [_number(one, simulation.minor_digits) for one in _figures(band)]
        texts = (amount, kind, spreadsheet_cell(label), *days, spreadsheet_cell(simulation.currency or ""))
        writer.writerow([*texts, *numbers])
    return lines.getvalue()


def funnel_bands_table(simulation: Simulation) -> pa.Table:
    """Return one row per band, in major units.

    Parameters
    ----------
    simulation : Simulation
        The answer.

    Returns
    -------
    pyarrow.Table
        ``amount`` is ``bookings``, ``cost`` or ``profit``, ``kind`` is ``period``, ``cumulative`` or ``total``;
        percentiles are exact decimals, the other figures doubles.
    """
    import pyarrow as pa

    rows, digits = list(_named(simulation)), simulation.minor_digits
    bands = [band for *_, band in rows]
    columns: dict[str, pa.Array] = {
        "amount": pa.array([amount for amount, *_ in rows], pa.string()),
        "kind": pa.array([kind for _, kind, _, _ in rows], pa.string()),
        "label": pa.array([label for _, _, label, _ in rows], pa.string()),
        "start": pa.array([band.period.start for band in bands], pa.date32()),
        "end": pa.array([band.period.end for band in bands], pa.date32()),
    }
    for name in ("mean", "sd"):
        columns[name] = pa.array([getattr(band, name) / 10**digits for band in bands], pa.float64())
    exact = pa.decimal128(_DECIMAL_PRECISION, digits)
    for percent in PERCENTS:
        columns[f"p{percent}"] = pa.array([Decimal(band.percentiles[percent]).scaleb(-digits) for band in bands], exact)
    for name in _ERRORS:
        columns[f"se_{name}"] = pa.array([getattr(band.standard_error, name) / 10**digits for band in bands])
    return _table(columns, simulation, FUNNEL_BANDS_SCHEMA, {"money": "major units: decimals exact, doubles estimated"})


def funnel_replications_table(simulation: Simulation, cost: npt.NDArray[np.int64]) -> pa.Table:
    """Return what every replication counted in every period: what another strategy's can be paired with.

    Parameters
    ----------
    simulation : Simulation
        The answer, with its outcome.
    cost : int64, (replication, period)
        Minor units.

    Returns
    -------
    pyarrow.Table
        A row per replication and period; ``replication`` counts from 0, ``period`` is the period's first day,
        ``booked_minor`` and ``cost_minor`` are minor units, and each other column is one count of
        ``funnel_words.FLOWS``.
    """
    import pyarrow as pa

    flow = np.asarray(simulation.outcome["flow"], dtype=np.int64)
    replications, count, _ = flow.shape
    starts = np.array([period.start for period in simulation.calendar.periods], dtype="datetime64[D]")
    columns: dict[str, pa.Array] = {
        REPLICATION: pa.array(np.repeat(np.arange(replications, dtype=np.int64), count)),
        "period": pa.array(np.tile(starts, replications), pa.date32()),
        "booked_minor": _flat(flow[:, :, FLOWS.index("booked")], pa),
        "cost_minor": _flat(cost, pa),
    }
    columns |= {name: _flat(flow[:, :, number], pa) for number, name in enumerate(FLOWS) if name != "booked"}
    periods = [{"start": one.start.isoformat(), "end": one.end.isoformat()} for one in simulation.calendar.periods]
    return _table(columns, simulation, FUNNEL_REPLICATIONS_SCHEMA, {"money": "minor units", "periods": periods})


def opening_leads_table(simulation: Simulation) -> pa.Table:
    """Return the leads at the start as the engine saw them, in minor units.

    Parameters
    ----------
    simulation : Simulation
        The answer.

    Returns
    -------
    pyarrow.Table
        ``line lead_id name pr_minor pc_exact pc expected_close stage team age_days idle_days temperature``; ``team`` is
        null where the stage's own team has the lead.
    """
    import pyarrow as pa

    opening, scenario = simulation.opening, simulation.scenario
    leads = opening.leads
    columns: dict[str, pa.Array] = {
        "line": pa.array(leads.line),
        "lead_id": pa.array(leads.lead_id, pa.string()),
        "name": pa.array(opening.name, pa.string()),
        "pr_minor": pa.array(leads.pr),
        "pc_exact": pa.array([format(pc, "f") for pc in leads.pc], pa.string()),
        "pc": pa.array(leads.pc_float),
        "expected_close": pa.array(leads.expected_close.astype("datetime64[D]"), pa.date32()),
        "stage": pa.array([scenario.stage_names[one] for one in opening.stage], pa.string()),
        "team": pa.array([None if one < 0 else scenario.team_names[one] for one in opening.team], pa.string()),
        "age_days": pa.array(opening.age_days),
        "idle_days": pa.array(opening.idle_days),
        "temperature": pa.array(opening.temperature),
    }
    return _table(columns, simulation, OPENING_LEADS_SCHEMA, {"money": "minor units", "notes": list(opening.notes)})


def _named(simulation: Simulation) -> Iterator[Named]:
    label = simulation.calendar.label
    for amount in ("bookings", "cost", "profit"):
        bands = getattr(simulation, amount)
        for band in bands.periods:
            yield amount, "period", label(band.period), band
        for band in bands.cumulative:
            yield amount, "cumulative", f"to {band.period.end.isoformat()}", band
        yield amount, "total", "total", bands.total


def _figures(band: MoneyBand) -> list[int | float]:
    errors = [getattr(band.standard_error, name) for name in _ERRORS]
    return [band.mean, band.sd, *(band.percentiles[percent] for percent in PERCENTS), *errors]


def _number(minor: float, digits: int) -> str:
    """Return major units as digits: exact for whole minor units, to a ten-thousandth of a minor unit otherwise."""
    places = digits if isinstance(minor, int) else digits + 4
    return f"{Decimal(minor).scaleb(-digits):.{places}f}"


def _flat(counts: Any, pa: Any) -> Any:
    return pa.array(np.ascontiguousarray(counts).reshape(-1))


def _table(columns: dict[str, Any], simulation: Simulation, schema: str, about: dict[str, Any]) -> pa.Table:
    import pyarrow as pa

    facts = {
        "schema": schema,
        "scenario": simulation.scenario.name,
        "strategy": simulation.strategy.name,
        **about,
        "currency": simulation.currency,
        "minor_digits": simulation.minor_digits,
    }
    return pa.table(columns).replace_schema_metadata({METADATA_KEY: json.dumps(facts, allow_nan=False).encode()})
