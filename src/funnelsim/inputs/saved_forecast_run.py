"""A saved forecast read back as records: leads, closed rows, actuals and request, without the file they came from.

The question: what exactly did that run stand on?  Everything is in its folder, exact to the cent, of a forecast from
records also what they taught and know of each lead; a folder of an earlier version that lacks a table is refused with
the way to make it whole.

What it leaves out: holding the files to their hashes, which :mod:`funnelsim.inputs.saved_run` has done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from funnelsim.errors import DataError, Problem, Shown
from funnelsim.inputs.model_file import parse_model
from funnelsim.inputs.saved_run import SavedRun, read_bookings, read_document, read_lead_rows, read_run_table
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.chosen_assumptions import assumptions_of
from funnelsim.model.forecast_run import ForecastRun, PlannedWindow
from funnelsim.model.known_leads import Known, Matched, OpenStays
from funnelsim.model.leads import NO_AMOUNT, Bookings, Leads, OtherRows
from funnelsim.model.run_schema import (
    ACTUALS,
    ACTUALS_SCHEMA,
    ATTRIBUTE_PREFIX,
    LEAD_STATES,
    LEAD_STATES_SCHEMA,
    METADATA_KEY,
    OTHER_ROWS,
    OTHER_ROWS_SCHEMA,
    RUN_MODEL,
)
from funnelsim.model.settings import ForecastSettings

Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]


def read_forecast_run(saved: SavedRun, *, again: bool = True) -> ForecastRun:
    """Read what a saved forecast stood on.

    Parameters
    ----------
    saved : SavedRun
        A run of ``forecast``, from :func:`funnelsim.inputs.saved_run.read_manifest`.
    again : bool
        Whether the run is to be simulated again: what records know is then read, too, and must be there.

    Returns
    -------
    ForecastRun
        Equal to what the run was made from; nothing known of records where ``again`` is false.

    Raises
    ------
    DataError
        If a table is missing or damaged.
    """
    settings = saved.settings(ForecastSettings)
    learns = again and (settings.learns or LEAD_STATES in saved.manifest["files"])
    _refuse_earlier_folders(saved, learns=learns)
    currency, digits = saved.manifest.get("currency"), int(saved.manifest["minor_digits"])
    actuals = read_run_table(saved, ACTUALS, ACTUALS_SCHEMA)
    return ForecastRun(
        name=saved.folder.name,
        input_name=str(saved.manifest["input"]["name"]),
        input_sha256=saved.input_sha256,
        content_hash=saved.content_hash,
        leads=_leads(read_lead_rows(saved), currency, digits),
        others=_others(read_run_table(saved, OTHER_ROWS, OTHER_ROWS_SCHEMA)),
        actuals=Bookings(_days(actuals, "day"), _ints(actuals, "amount_minor")),
        actuals_replaced=settings.actuals is not None,
        calendar=Calendar(saved.as_of, settings.period, settings.horizon, settings.fiscal_start),  # type: ignore[arg-type]
        assumptions=assumptions_of(settings),
        seed=saved.seed,
        replications=saved.replications,
        plan=_plan(read_document(saved), digits),
        by=settings.by,
        bookings=read_bookings(saved),
        known=_known(saved) if learns else None,
    )


def _refuse_earlier_folders(saved: SavedRun, *, learns: bool) -> None:
    needed = (OTHER_ROWS, ACTUALS, *((RUN_MODEL, LEAD_STATES) if learns else ()))
    missing = [name for name in needed if name not in saved.manifest["files"]]
    if missing:
        rule = "one that holds the closed rows and the money booked to date"
        if learns:
            rule = "one that holds the closed rows, the money booked to date and what its records taught"
        got = Shown(f"one without {' and '.join(missing)}")
        raise DataError(Problem(str(saved.folder), "the run", rule, got, _make_again(saved)))


def _known(saved: SavedRun) -> Known:
    """Return what records taught and know of each forecast row."""
    table = read_run_table(saved, LEAD_STATES, LEAD_STATES_SCHEMA)
    about = json.loads(table.schema.metadata[METADATA_KEY])
    row, state, pr = (np.array(table[name], dtype=np.int64) for name in ("row", "state", "pr_minor"))
    age, taken = (np.array(table[name], dtype=np.float64) for name in ("age_days", "taken_days"))
    stated = np.array(table["stated_days"].to_numpy(), dtype=np.float64) if about["stated"] else None
    segment = np.array(table["segment"], dtype=np.int64) if about["segments"] else None
    place = saved.folder / RUN_MODEL
    return Known(
        learned=parse_model(place.read_bytes(), place, _make_again(saved)),
        stays=OpenStays(row, state, age, taken, pr, stated, segment),
        matched=Matched(**about["matched"]),
        with_new=about["with_new"],
        independent=about["independent"],
        sets=about["sets"],
        priced=about["priced"],
    )


def _make_again(saved: SavedRun) -> str:
    return f"make it again with this version: funnelsim rerun {saved.folder.name} --out DIR"


def _leads(table: pa.Table, currency: str | None, digits: int) -> Leads:
    return Leads(
        lead_id=tuple(table["lead_id"].to_pylist()),
        pr=_ints(table, "pr_minor"),
        pc=tuple(Decimal(text) for text in table["pc_exact"].to_pylist()),
        expected_close=_days(table, "expected_close"),
        line=_ints(table, "line"),
        pr_p10=_ints(table, "pr_p10_minor"),
        pr_p90=_ints(table, "pr_p90_minor"),
        close_p10=_days(table, "close_p10"),
        close_p90=_days(table, "close_p90"),
        imputed=np.array(table["imputed"].to_pylist(), dtype=bool),
        attributes=_attributes(table),
        currency=currency,
        minor_digits=digits,
    )


def _others(table: pa.Table) -> OtherRows:
    return OtherRows(
        lead_id=tuple(table["lead_id"].to_pylist()),
        status=tuple(table["status"].to_pylist()),
        reason=tuple(table["reason"].to_pylist()),
        line=_ints(table, "line"),
        day=_days(table, "day"),
        amount=_ints(table, "amount_minor"),
        attributes=_attributes(table),
    )


def _attributes(table: pa.Table) -> dict[str, tuple[str, ...]]:
    names = [name for name in table.column_names if name.startswith(ATTRIBUTE_PREFIX)]
    return {name.removeprefix(ATTRIBUTE_PREFIX): tuple(table[name].to_pylist()) for name in names}


def _ints(table: pa.Table, name: str) -> Ints:
    """Return a column of whole numbers; ``NO_AMOUNT`` where there is none."""
    return np.array([NO_AMOUNT if value is None else value for value in table[name].to_pylist()], dtype=np.int64)


def _days(table: pa.Table, name: str) -> Days:
    return np.array(table[name].to_pylist(), dtype="datetime64[D]")


def _plan(document: Mapping[str, Any], digits: int) -> PlannedWindow | None:
    """Return the plan as the answer states it: the file it may have come from is not needed."""
    plan = document.get("plan")
    if plan is None:
        return None
    target = round(Decimal(str(plan["target"])).scaleb(digits))
    window = plan["window"]
    return PlannedWindow(target, Period(date.fromisoformat(window["start"]), date.fromisoformat(window["end"])))
