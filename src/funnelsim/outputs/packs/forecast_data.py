"""What stands behind a forecast's board pack: every lead, and every simulated future.

The workbook puts live formulas over them, the page reads the chance of a typed plan from them.

What it leaves out: the messages (:mod:`funnelsim.outputs.packs.forecast_pack`).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from funnelsim.model.board_pack import PackData, Quantity, Table
from funnelsim.model.run_schema import ATTRIBUTE_PREFIX
from funnelsim.outputs.number_text import money_text
from funnelsim.outputs.packs.answer_words import DASH, Answer, calendar_of, period_at
from funnelsim.outputs.packs.forecast_pack import period_labels
from funnelsim.outputs.plain_text import plain

TOTAL = "total"
PLAN = "plan"
LEAD_HEADERS = ("Lead", "Name", "PR", "PC", "Stated close")
"""Of every table of leads; the ``--by`` column stands before ``PR`` where there is one."""
Ints = npt.NDArray[np.int64]


def forecast_data(document: Mapping[str, Any], leads: pa.Table | None, bookings: Ints, digits: int) -> PackData:
    """Return the leads and futures of a forecast, or the futures of a simulation.

    Parameters
    ----------
    document : mapping
        The answer.
    leads : pyarrow.Table or None
        ``leads.parquet`` of a forecast; None for a simulation, whose leads are its scenario's.
    bookings : int64, (replication, period + 1)
        Minor units; the last column is past the horizon.
    digits : int
        Decimals of the currency.

    Returns
    -------
    PackData
        Periods by their labels in the pack, ``total``, and ``plan`` with what is booked inside its window; a dash for
        the PC of every lead where nobody stated one.
    """
    answer = Answer(document)
    labels = period_labels(answer, "/periods")
    scale = 10.0**digits
    futures = {label: bookings[:, column] / scale for column, label in enumerate(labels)}
    futures[TOTAL] = bookings[:, :-1].sum(axis=1) / scale
    counted = _planned(answer, bookings, digits)
    if counted is not None:
        futures[PLAN] = counted / scale
    table = None if leads is None else _leads(leads, document.get("by"), digits, answer.is_stated)
    return PackData(table, futures)


def _planned(answer: Answer, bookings: Ints, digits: int) -> Ints | None:
    """Return what the plan counts; None where its window cuts a period in two, since runs keep whole periods only."""
    if answer.at("/plan") is None:
        return None
    window = period_at(answer, "/plan/window")
    periods = calendar_of(answer.document).periods
    inside = np.array([window.start <= one.start and one.end <= window.end for one in periods])
    outside = np.array([one.end < window.start or window.end < one.start for one in periods])
    if not (inside | outside).all():
        return None
    booked = round(Decimal(str(answer.at("/plan/window/actuals"))).scaleb(digits))
    return np.asarray(bookings[:, :-1][:, inside].sum(axis=1) + booked, dtype=np.int64)


def _leads(table: pa.Table, by: str | None, digits: int, is_stated: bool) -> Table:
    texts = {name: table[name].to_pylist() for name in ("lead_id", "expected_close", "pc_exact", "pr_minor")}
    names = _attribute(table, "name")
    groups = _attribute(table, by) if by is not None else None
    scale = 10**digits
    rows = []
    for row, lead in enumerate(texts["lead_id"]):
        first = [plain(lead), plain(names[row])]
        if groups is not None:
            first.append(plain(groups[row]))
        minor, stated = texts["pr_minor"][row], Decimal(texts["pc_exact"][row])
        rows.append((
            *first,
            Quantity(minor / scale, money_text(minor, digits)),
            Quantity(float(stated), f"{_short(stated * 100)}%") if is_stated else DASH,
            texts["expected_close"][row].isoformat(),
        ))
    headers = (*LEAD_HEADERS[:2], *(() if by is None else (plain(by, 40),)), *LEAD_HEADERS[2:])
    return Table(headers, tuple(rows))


def _attribute(table: pa.Table, name: str) -> list[str]:
    column = f"{ATTRIBUTE_PREFIX}{name}"
    return [one or "" for one in table[column].to_pylist()] if column in table.column_names else [""] * len(table)


def _short(percent: Decimal) -> str:
    text = format(percent, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
