"""Amounts and outcomes of past leads: read at once where they are plain, by the rules of leads where they are not.

The question: what was each lead worth, and how did it end?  A column of amounts that is blank or zero for lost leads
and filled for won ones tells the end, not the worth: it is the amount won, and no PR may be taken from it.

What it leaves out: moments.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from funnelsim.inputs.crm import header_key
from funnelsim.inputs.crm_stages import Status
from funnelsim.inputs.currencies import CODES
from funnelsim.inputs.field_columns import FieldColumns
from funnelsim.inputs.findings import Findings, rows_of
from funnelsim.inputs.history_headers import LeadColumns
from funnelsim.inputs.history_options import HistoryOptions
from funnelsim.inputs.history_table import HistoryTable
from funnelsim.inputs.lead_money import read_money
from funnelsim.inputs.lead_status import rows_that_count, statuses
from funnelsim.inputs.text_values import is_blank
from funnelsim.model.history import LOST, NO_MONEY, OPEN, WON, Ints
from funnelsim.model.money import LARGEST_TOTAL_MINOR, minor_digits

Flags = npt.NDArray[np.bool_]

_PLAIN_AMOUNT: Final = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"
_STATUS_FIELDS: Final = ("status", "stage", "is_won", "is_closed")
OUTCOME_OF: Final = {"open": OPEN, "won": WON, "lost": LOST}
"""Outcomes by the words that read them."""
LEAK_CHANCE: Final = 0.001
"""Below this chance that zeros fell on all lost leads and so few others by luck, the column tells the end."""


@dataclass(frozen=True, eq=False)
class Amounts:
    """What leads were worth.

    Attributes
    ----------
    pr, amount_won : int64, (row,)
        Minor units; ``NO_MONEY`` where unknown.
    currency : str or None
        Code of both.
    digits : int
        Its decimals.
    counts_only : bool
        Whether there are no amounts at all.
    notes : tuple of str
        What was decided, with counts.
    """

    pr: Ints
    amount_won: Ints
    currency: str | None
    digits: int
    counts_only: bool
    notes: tuple[str, ...]


def without_deleted(table: HistoryTable, columns: LeadColumns, findings: Findings) -> tuple[HistoryTable, int]:
    """Take out the rows that are marked as deleted.

    Parameters
    ----------
    table : HistoryTable
        The file.
    columns : LeadColumns
        Its columns.
    findings : Findings
        Takes marks that are neither yes nor no.

    Returns
    -------
    table : HistoryTable
        The rows that count.
    deleted : int
        How many went.
    """
    header = columns.headers.fields.get("deleted")
    if header is None:
        return table, 0
    rows = rows_that_count(table.part(np.arange(len(table)), [header]), columns.headers, findings)
    return (table.take(rows), len(table) - len(rows)) if len(rows) < len(table) else (table, 0)


def says_outcome(columns: LeadColumns) -> bool:
    """Tell whether some column says how leads ended.

    Parameters
    ----------
    columns : LeadColumns
        The columns of a table.

    Returns
    -------
    bool
        True for a status, a stage, a flag, or the time of being won or lost.
    """
    return bool(columns.ends) or any(field in columns.headers.fields for field in _STATUS_FIELDS)


def read_outcomes(
    table: HistoryTable, columns: LeadColumns, findings: Findings
) -> tuple[npt.NDArray[np.int8], Flags, tuple[str, ...]]:
    """Read how leads ended, from status, flags and stage.

    Parameters
    ----------
    table : HistoryTable
        The file.
    columns : LeadColumns
        Its columns.
    findings : Findings
        Takes unknown words and contradictions.

    Returns
    -------
    outcome : int8, (row,)
        ``OPEN``, ``WON`` or ``LOST``.
    said : bool, (row,)
        Whether the row says anything about it.
    notes : tuple of str
        Rows whose columns do not agree.
    """
    fields = [field for field in _STATUS_FIELDS if field in columns.headers.fields]
    if not fields:
        return np.zeros(len(table), np.int8), np.zeros(len(table), np.bool_), ()
    wanted = [columns.headers.fields[field] for field in fields]
    cells = pl.DataFrame([table.text(header).alias(str(number)) for number, header in enumerate(wanted)])
    own = kind = cells.with_columns(pl.struct(pl.all()).rank("dense").alias("kind"))["kind"].to_numpy() - 1
    first = np.unique(kind, return_index=True)[1]
    found, notes = _statuses(table, columns, wanted, first, findings)
    if notes:  # the counts in them are of rows
        found, notes = _statuses(table, columns, wanted, np.arange(len(table)), findings)
        kind = np.arange(len(table))
    outcome = np.array([OUTCOME_OF[status] for status in found], dtype=np.int8)[kind]
    words = zip(*(table.text(header).gather(first).to_list() for header in wanted), strict=True)
    said = np.array([not all(map(is_blank, row)) for row in words], dtype=np.bool_)[own]
    return outcome, said, notes


def _statuses(
    table: HistoryTable, columns: LeadColumns, wanted: list[str], rows: Ints, findings: Findings
) -> tuple[tuple[Status, ...], tuple[str, ...]]:
    fields = {field: columns.headers.fields[field] for field in _STATUS_FIELDS if field in columns.headers.fields}
    raw = table.part(rows, list(dict.fromkeys(wanted)))
    part = FieldColumns(raw, replace(columns.headers, fields=fields), np.arange(len(rows), dtype=np.int64))
    return statuses(part, findings)


def read_amounts(
    table: HistoryTable,
    columns: LeadColumns,
    outcome: npt.NDArray[np.int8],
    options: HistoryOptions,
    findings: Findings,
) -> Amounts:
    """Read what leads were worth and what won ones brought.

    Parameters
    ----------
    table : HistoryTable
        The file.
    columns : LeadColumns
        Its columns.
    outcome : int8, (row,)
        How leads ended.
    options : HistoryOptions
        Decimal mark, currency, rates, rounding.
    findings : Findings
        Takes the problems.

    Returns
    -------
    Amounts
        In minor units; every PR one whole unit where there are no amounts at all.
    """
    won = outcome == WON
    quick = _quick(table, columns, options)
    if quick is None:
        quick = _careful(table, columns, won, options, findings)
    pr, amount_won, currency, digits, notes = quick
    amount_won = np.where(won, amount_won, NO_MONEY)
    if tells_the_end(pr, outcome):
        header = columns.headers.fields["pr"]
        notes.append(
            f"Column {header!r} is blank or zero for every lost lead, so it tells the end: it was read as the amount "
            "won, and PR is unknown; --map pr=COLUMN names another."
        )
        amount_won = np.where(won & (amount_won == NO_MONEY), pr, amount_won)
        pr = np.full(len(pr), NO_MONEY, dtype=np.int64)
    return _amounts(pr, amount_won, won, currency, digits, notes)


def _amounts(pr: Ints, amount_won: Ints, won: Flags, currency: str | None, digits: int, notes: list[str]) -> Amounts:
    blank = int((pr == NO_MONEY).sum())
    counts_only = blank == len(pr) and not (amount_won != NO_MONEY).any()
    if counts_only:
        notes.append("There are no amounts: leads are counted, and every PR is one unit.")
        pr = np.full(len(pr), 10**digits, dtype=np.int64)
    elif blank == len(pr):
        notes.append("PR is unknown for all leads; only what won leads brought is known.")
    elif blank:
        notes.append(f"{rows_of(blank)} without PR.")
    if not counts_only and won.any() and not (amount_won != NO_MONEY).any():
        notes.append("No column says what won leads brought, so their PR stands for it.")
    return Amounts(pr, amount_won, currency, digits, counts_only, tuple(notes))


def tells_the_end(pr: Ints, outcome: npt.NDArray[np.int8]) -> bool:
    """Tell whether a column of amounts is filled by winning.

    Parameters
    ----------
    pr : int64, (row,)
        Minor units; ``NO_MONEY`` where blank.
    outcome : int8, (row,)
        How leads ended.

    Returns
    -------
    bool
        True when every lost lead is blank or zero and, were blanks and zeros strewn over won and lost leads by luck,
        that had a chance below 1 in 1,000 (hypergeometric, exact).
    """
    empty = pr <= 0
    lost, won = int((outcome == LOST).sum()), int((outcome == WON).sum())
    if not lost or not won or not empty[outcome == LOST].all():
        return False
    others = int(empty[outcome == WON].sum())
    log_chance = _log_choose(lost + others, lost) - _log_choose(lost + won, lost)
    return log_chance < math.log(LEAK_CHANCE)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


Quick = tuple[Ints, Ints, str | None, int, list[str]]


def _quick(table: HistoryTable, columns: LeadColumns, options: HistoryOptions) -> Quick | None:
    """Read plain amounts in one currency at once; None when there is anything to decide."""
    fields = columns.headers.fields
    header = fields.get("currency")
    beside = {header_key(f"{fields.get('pr', '')} Currency"), header_key(f"{fields.get('amount_won', '')} Currency")}
    if options.decimal == "," or any(header_key(one) in beside for one in table.headers if one != header):
        return None
    currency = options.currency
    if header is not None:
        codes = table.text(header).unique().to_list()
        if len(codes) != 1 or codes[0] not in CODES or currency not in {None, codes[0]}:
            return None
        currency = codes[0]
    digits = minor_digits(currency)
    found = [_plain_amounts(table, fields.get(field), digits) for field in ("pr", "amount_won")]
    pr, amount_won = found
    if pr is None or amount_won is None:
        return None
    if np.maximum(pr, amount_won).astype(np.float64).sum() >= LARGEST_TOTAL_MINOR / 2:
        return None
    return pr, amount_won, currency, digits, []


def _plain_amounts(table: HistoryTable, header: str | None, digits: int) -> Ints | None:
    """Return minor units, ``NO_MONEY`` where blank; None when a cell is not plain."""
    if header is None:
        return np.full(len(table), NO_MONEY, dtype=np.int64)
    column = table.columns[header]
    if column.dtype == pl.Float64:
        return _whole_doubles(column, digits)
    if column.dtype != pl.String and not column.dtype.is_integer():
        return None
    text = table.text(header)
    blank = text == ""
    if not (text.str.contains(_PLAIN_AMOUNT) | blank).all():
        return None
    parts = text.str.splitn(".", 2).struct.rename_fields(["whole", "part"]).struct.unnest()
    part = parts["part"].fill_null("").str.strip_chars_end("0")
    if (part.str.len_chars().max() or 0) > digits:  # type: ignore[operator]
        return None
    whole = parts["whole"].cast(pl.Int64, strict=False).fill_null(0) * 10**digits
    cents = part.str.pad_end(digits, "0").cast(pl.Int64, strict=False).fill_null(0) if digits else 0
    return np.where(blank.to_numpy(), NO_MONEY, (whole + cents).to_numpy())


def _whole_doubles(column: pl.Series, digits: int) -> Ints | None:
    """Return doubles that are the nearest ones to whole minor units."""
    blank = column.is_null().to_numpy()
    values = column.fill_null(0.0).to_numpy()
    if not np.isfinite(values).all() or (values < 0).any() or (values >= 1e12).any():
        return None
    minor = np.rint(values * 10**digits)
    if not np.array_equal(minor / 10**digits, values):
        return None
    return np.where(blank, NO_MONEY, minor.astype(np.int64))


def _careful(
    table: HistoryTable, columns: LeadColumns, won: Flags, options: HistoryOptions, findings: Findings
) -> Quick:
    """Read amounts by the rules of leads."""
    fields = columns.headers.fields
    wanted = {field: fields[field] for field in ("pr", "amount_won", "currency") if field in fields}
    beside = {header_key(f"{header} Currency") for header in wanted.values()}
    headers = dict.fromkeys((*wanted.values(), *(one for one in table.headers if header_key(one) in beside)))
    rows = np.arange(len(table), dtype=np.int64)
    part = FieldColumns(table.part(rows, list(headers)), replace(columns.headers, fields=wanted), rows)
    money = read_money(part, ~won, won, options.as_reading, findings)
    read = [
        np.array([NO_MONEY if one is None else one for one in money.amounts[field]], dtype=np.int64)
        for field in ("pr", "amount_won")
    ]
    decided = [f"{field}: {said}." for field, said in money.decided.items()]
    return read[0], read[1], money.currency, money.digits, [*decided, *money.notes]
