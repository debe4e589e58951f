"""From values read to the table of leads: what is forecast, what is booked, what is left out and why.

The question: can this row be forecast?  It can with an amount, a probability and a day.  Anything else is left out
under one reason with its amount, never dropped in silence; a booking after the as-of day is an error, because the file
and the day cannot both be right.

What it leaves out: reading the values.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from funnelsim.errors import Shown
from funnelsim.inputs.crm_words import FIELDS
from funnelsim.inputs.field_columns import FieldColumns
from funnelsim.inputs.findings import Findings, rows_of
from funnelsim.inputs.lead_money import Money
from funnelsim.inputs.lead_pc import FilledPcs
from funnelsim.inputs.reading_options import ReadingOptions
from funnelsim.inputs.text_dates import Dates
from funnelsim.inputs.text_values import is_blank
from funnelsim.model.leads import NO_AMOUNT, Bookings, ColumnMapping, Exclusion, Leads, LeadTable, OtherRows

_OWN_COLUMNS = frozenset(("lead_id", "pr", "pc", "expected_close", "pr_p10", "pr_p90", "close_p10", "close_p90"))
"""Fields that have a column of their own in the leads; all others are kept as text."""


@dataclass(frozen=True)
class ReadRows:
    """Every value of every row that counts.

    Attributes
    ----------
    columns : FieldColumns
        The file without its deleted rows.
    is_open, is_won : bool, (row,)
        Status; a row that is neither is lost.
    ids : tuple of str, (row,)
        Lead ids.
    money : Money
        Amounts.
    pcs : FilledPcs
        Probabilities.
    dates : mapping of str to Dates
        ``expected_close``, ``closed``, ``close_p10``, ``close_p90``.
    decided : mapping of str to str
        What the evidence in a column decided, by field.
    """

    columns: FieldColumns
    is_open: npt.NDArray[np.bool_]
    is_won: npt.NDArray[np.bool_]
    ids: tuple[str, ...]
    money: Money
    pcs: FilledPcs
    dates: Mapping[str, Dates]
    decided: Mapping[str, str]


def build_table(rows: ReadRows, options: ReadingOptions, findings: Findings, notes: tuple[str, ...]) -> LeadTable:
    """Sort rows into forecast, booked, lost and left out.

    Parameters
    ----------
    rows : ReadRows
        Values as read; problems with them are already in ``findings``.
    options : ReadingOptions
        The as-of day, and whether an empty answer is fine.
    findings : Findings
        Everything found so far.
    notes : tuple of str
        What happened so far.

    Returns
    -------
    LeadTable
        ``rows = forecast + won + lost + excluded``.

    Raises
    ------
    DataError
        With all problems, when there is one.
    """
    _check_spreads(rows, options.as_of, findings)
    left_out: dict[str, list[int]] = defaultdict(list)
    won = _bookings(rows, options.as_of, left_out, findings)
    keep = _forecast_rows(rows, left_out, options)
    table = rows.columns.table
    deleted = len(table.rows) - len(rows.columns)
    if not keep and not options.allow_empty and not findings.problems:
        _say_empty(rows, deleted, left_out, findings)
    findings.stop_if_any()
    gone = [Exclusion("deleted in the CRM", deleted)] if deleted else []
    return LeadTable(
        leads=_leads(rows, keep),
        name=table.name,
        sha256=table.sha256,
        rows=len(table.rows),
        won=won,
        lost_rows=int((~rows.is_open & ~rows.is_won).sum()),
        excluded=(*gone, *(_exclusion(rows, reason, found) for reason, found in left_out.items())),
        imputed=rows.pcs.imputations,
        dialect=rows.columns.headers.dialect,
        columns=_mapping(rows),
        kept_columns=rows.columns.headers.kept,
        notes=notes,
        others=_others(rows, keep, left_out),
    )


def _say_empty(rows: ReadRows, deleted: int, left_out: Mapping[str, list[int]], findings: Findings) -> None:
    reasons = {"deleted": deleted, "closed": int((~rows.is_open).sum())}
    reasons |= {reason: len(found) for reason, found in left_out.items() if not reason.startswith("won")}
    shown = "; ".join(f"{count:,} {reason}" for reason, count in reasons.items() if count)
    rule = "a list with at least one open lead that has PR, PC and expected close"
    hint = "pass --allow-empty to go on without leads"
    findings.say("the file", rule, Shown(f"none in {rows_of(len(rows.columns.table.rows))} ({shown})"), hint)


def _exclusion(rows: ReadRows, reason: str, found: list[int]) -> Exclusion:
    return Exclusion(reason, len(found), sum(rows.money.amounts["pr"][row] or 0 for row in found))


def _mapping(rows: ReadRows) -> tuple[ColumnMapping, ...]:
    fields = rows.columns.headers.fields
    return tuple(
        ColumnMapping(field, fields[field], rows.decided.get(field, "")) for field in FIELDS if field in fields
    )


def _forecast_rows(rows: ReadRows, left_out: dict[str, list[int]], options: ReadingOptions) -> list[int]:
    """Return the open rows that have everything; sort the others by what they lack."""
    no_pc = "no PC and no rule for its stage" if options.impute else "no PC"
    values = (
        (rows.money.amounts["pr"], "no PR"),
        (rows.pcs.values, no_pc),
        (rows.dates["expected_close"].values, "no expected close"),
    )
    keep = []
    for row in np.flatnonzero(rows.is_open).tolist():
        lacks = [said for column, said in values if column[row] is None]
        if lacks:
            left_out[", ".join(lacks)].append(row)
        else:
            keep.append(row)
    return keep


def _bookings(rows: ReadRows, as_of: date, left_out: dict[str, list[int]], findings: Findings) -> Bookings:
    """Collect won rows."""
    days: list[date] = []
    amounts: list[int] = []
    for row in np.flatnonzero(rows.is_won).tolist():
        day, amount = _booking(rows, row)
        lacks = [said for value, said in ((amount, "no amount"), (day, "no close date")) if value is None]
        if amount is None or day is None:
            left_out[f"won, but {' and '.join(lacks)}"].append(row)
        elif day > as_of:
            hint = "pass a later --as-of, or correct the close date or the stage"
            line = int(rows.columns.line[row])
            findings.add("close date of a won row", f"on or before the as-of day {as_of}", line, Shown(str(day)), hint)
        else:
            days.append(day)
            amounts.append(amount)
    return Bookings(np.array(days, dtype="datetime64[D]"), np.array(amounts, dtype=np.int64))


def _booking(rows: ReadRows, row: int) -> tuple[date | None, int | None]:
    """Return day and amount of a won row: the won amount else PR, on the close date else the expected close."""
    stated = rows.money.amounts["amount_won"][row]
    amount = rows.money.amounts["pr"][row] if stated is None else stated
    return rows.dates["closed"].values[row] or rows.dates["expected_close"].values[row], amount


def _check_spreads(rows: ReadRows, as_of: date, findings: Findings) -> None:
    """Report a lead's own spread that lacks an end, is out of order, or straddles the as-of day."""
    open_rows = np.flatnonzero(rows.is_open).tolist()
    amounts = {field: rows.money.amounts[field] for field in ("pr_p10", "pr_p90")}
    days = {field: rows.dates[field].values for field in ("close_p10", "close_p90")}
    _check_pairs(rows, open_rows, amounts, findings)
    _check_pairs(rows, open_rows, days, findings)
    for row in open_rows:
        early, late = days["close_p10"][row], days["close_p90"][row]
        if early is not None and late is not None and early <= as_of < late:
            rule = f"after the as-of day {as_of}, as close_p90 is"
            hint = "an open lead cannot have closed already"
            findings.add("close_p10", rule, int(rows.columns.line[row]), Shown(str(early)), hint)


def _check_pairs(rows: ReadRows, open_rows: list[int], pair: Mapping[str, Sequence[Any]], findings: Findings) -> None:
    (first, low), (second, high) = pair.items()
    if not rows.columns.has(first) and not rows.columns.has(second):
        return
    name = f"{first} and {second}"
    cells = rows.columns.cells(first), rows.columns.cells(second)
    for row in open_rows:
        shown = Shown(f"{cells[0][row]!r} and {cells[1][row]!r}")
        line = int(rows.columns.line[row])
        if is_blank(cells[0][row]) != is_blank(cells[1][row]):
            findings.add(name, "both given or both blank", line, shown)
        elif low[row] is not None and high[row] is not None and low[row] > high[row]:
            findings.add(name, "in order, the P10 at most the P90", line, shown)


def _leads(rows: ReadRows, keep: list[int]) -> Leads:
    amounts, dates = rows.money.amounts, rows.dates

    def spread(field: str) -> npt.NDArray[np.int64]:
        values = (amounts[field][row] for row in keep)
        return np.array([NO_AMOUNT if value is None else value for value in values], dtype=np.int64)

    def days(field: str) -> npt.NDArray[np.datetime64]:
        return np.array([dates[field].values[row] for row in keep], dtype="datetime64[D]")

    return Leads(
        lead_id=tuple(rows.ids[row] for row in keep),
        pr=spread("pr"),
        pc=tuple(pc for row in keep if (pc := rows.pcs.values[row]) is not None),
        expected_close=days("expected_close"),
        line=rows.columns.line[keep],
        pr_p10=spread("pr_p10"),
        pr_p90=spread("pr_p90"),
        close_p10=days("close_p10"),
        close_p90=days("close_p90"),
        imputed=rows.pcs.imputed[keep],
        attributes=_attributes(rows, keep),
        currency=rows.money.currency,
        minor_digits=rows.money.digits,
    )


def _others(rows: ReadRows, keep: list[int], left_out: Mapping[str, list[int]]) -> OtherRows:
    """Return the rows that are not forecast, with what is known of them."""
    why = {row: reason for reason, found in left_out.items() for row in found}
    taken = set(keep)
    others = [row for row in range(len(rows.columns)) if row not in taken]
    booked = {row for row in others if rows.is_won[row] and row not in why}
    days = [_booking(rows, row)[0] if row in booked else None for row in others]
    amounts = [_booking(rows, row)[1] if row in booked else None for row in others]
    return OtherRows(
        lead_id=tuple(rows.ids[row] for row in others),
        status=tuple("left out" if row in why else "won" if row in booked else "lost" for row in others),
        reason=tuple(why.get(row, "") for row in others),
        line=rows.columns.line[others].astype(np.int64),
        day=np.array(days, dtype="datetime64[D]"),
        amount=np.array([NO_AMOUNT if amount is None else amount for amount in amounts], dtype=np.int64),
        attributes=_attributes(rows, others),
    )


def _attributes(rows: ReadRows, keep: list[int]) -> dict[str, tuple[str, ...]]:
    """Keep every other column as trimmed text, known ones under their field."""
    headers = rows.columns.headers
    named = [(field, header) for field, header in headers.fields.items() if field not in _OWN_COLUMNS]
    taken = Counter(field for field, _ in named)
    named += [(header if header not in taken else f"{header} (as in the file)", header) for header in headers.kept]
    found = {}
    for name, header in named:
        cells = rows.columns.by_header(header)
        found[name] = tuple(cells[row].strip() for row in keep)
    return found
