"""Reading leads: from a file of a CRM to checked, exact leads, with everything that happened on the way.

The question: what does this file say will be sold, for how much, with what chance, and when?  A value is read exactly
or refused with its line, its column and what to do; every row is forecast, won, lost, or left out for a reason, and
counted.

What it leaves out: histories (several rows per lead over time) and scenario files.
"""

from __future__ import annotations

import os

import numpy as np

from funnelsim.errors import Shown
from funnelsim.inputs.crm import Headers, header_key, is_known, map_headers
from funnelsim.inputs.csv_table import UNTERMINATED
from funnelsim.inputs.field_columns import FieldColumns
from funnelsim.inputs.findings import Findings, rows_of, some_headers
from funnelsim.inputs.history_files import what_else
from funnelsim.inputs.lead_ids import read_ids
from funnelsim.inputs.lead_money import read_money
from funnelsim.inputs.lead_pc import fill_pcs, refuse_unknown_stages
from funnelsim.inputs.lead_rows import ReadRows, build_table
from funnelsim.inputs.lead_status import rows_that_count, statuses
from funnelsim.inputs.raw_table import RawTable
from funnelsim.inputs.reading_options import ReadingOptions
from funnelsim.inputs.table_files import read_table
from funnelsim.inputs.text_dates import Dates, read_dates
from funnelsim.inputs.text_values import is_blank, read_probabilities
from funnelsim.model.leads import LeadTable
from funnelsim.model.money import to_major

_SAID = {"pr": "PR", "pc": "PC", "expected_close": "expected close"}


def read_leads(source: str | os.PathLike[str] | object, options: ReadingOptions) -> LeadTable:
    """Read leads from a file or a data frame.

    Parameters
    ----------
    source : str, path or data frame
        A local CSV, XLSX or Parquet file, or an Arrow, pandas or Polars frame.
    options : ReadingOptions
        What the user says about it.

    Returns
    -------
    LeadTable
        Exact amounts in minor units, exact PCs, days, and counts of everything left out, filled or converted.

    Raises
    ------
    DataError
        With every problem found: a file that is no list of leads, columns that are missing, values that cannot be read
        exactly.
    """
    told = {header_key(header) for header in options.mapping.values()}

    def known(header: str) -> bool:
        return is_known(header) or header_key(header) in told

    return understand(read_table(source, known, sheet=options.sheet, encoding=options.encoding), options)


def understand(table: RawTable, options: ReadingOptions) -> LeadTable:
    """Turn a table of text into leads.

    Parameters
    ----------
    table : RawTable
        As it lies in the file.
    options : ReadingOptions
        What the user says about it.

    Returns
    -------
    LeadTable
        As :func:`read_leads`.

    Raises
    ------
    DataError
        As :func:`read_leads`.
    """
    findings = Findings(table.name, "line" if table.kind == "csv" else "row")
    headers = map_headers(table.headers, options.mapping, findings)
    findings.stop_if_any()
    _refuse_other_tables(table, options, findings)
    _require_columns(table, headers, options, findings)
    columns = FieldColumns(table, headers, rows_that_count(table, headers, findings))
    rows, notes = _read_rows(columns, options, findings)
    told = table.kind != "csv" or table.encoding in {"", "UTF-8"} or any("Read as" in note for note in table.notes)
    first = () if told else (f"The text is {table.encoding}.",)
    notes = (*first, *table.notes, *headers.notes, *notes, *_control_total(table, rows))
    return build_table(rows, options, findings, notes)


def _refuse_other_tables(table: RawTable, options: ReadingOptions, findings: Findings) -> None:
    """Stop at a history, unless the user has mapped its columns by hand."""
    other = what_else(table.headers)
    if other is not None and not {"pr", "expected_close"} <= options.mapping.keys():
        hint = "export the open leads themselves, one row per lead"
        findings.say("the file", "a list of leads, because a forecast needs one row per lead", Shown(other), hint)
    findings.stop_if_any()


def _require_columns(table: RawTable, headers: Headers, options: ReadingOptions, findings: Findings) -> None:
    """Stop when a column is missing without which no row could be forecast."""
    missing = [field for field in _SAID if field not in headers.fields and not (field == "pc" and options.impute)]
    shown = some_headers(table.headers)
    if "pr" in missing and "expected_close" in missing:
        hint = f"pass --map pr=COLUMN --map pc=COLUMN --map expected_close=COLUMN; the headers are {shown}"
        value = Shown(f"no column for {', '.join(_SAID[field] for field in missing)}")
        findings.say("the file", "a list of leads with PR, PC and expected close", value, hint)
        findings.stop_if_any()
    for field in missing:
        also = " or --impute stage" if field == "pc" else ""
        hint = f"pass --map {field}=COLUMN{also}; the headers are {shown}"
        findings.say(f"the column for {_SAID[field]}", "in the file, or named with --map", Shown("none"), hint)
    if "lead_id" not in headers.fields and "name" not in headers.fields:
        hint = f"pass --map lead_id=COLUMN, or add a column that names each lead; the headers are {shown}"
        findings.say("the column for lead_id", "in the file, or named with --map", Shown("none"), hint)
    findings.stop_if_any()


def _read_rows(columns: FieldColumns, options: ReadingOptions, findings: Findings) -> tuple[ReadRows, tuple[str, ...]]:
    """Read every value of every row that counts."""
    found, status_notes = statuses(columns, findings)
    is_open = np.array([status == "open" for status in found], dtype=np.bool_)
    is_won = np.array([status == "won" for status in found], dtype=np.bool_)
    ids, id_notes = read_ids(columns, is_open, findings, lines=options.duplicates == "lines")
    money = read_money(columns, is_open, is_won, options, findings)
    stated, scale = read_probabilities(columns.column("pc", "PC", is_open), findings, options.pc, options.decimal)
    refuse_unknown_stages(columns.cells("stage"), options, findings)
    pcs = fill_pcs(stated, columns.cells("stage"), is_open, columns.headers.dialect, options)
    undated = is_won & np.array([is_blank(text) for text in columns.cells("closed")], dtype=np.bool_)
    needed = {
        "expected_close": ("expected close", is_open | undated),
        "closed": ("close date", is_won),
        "close_p10": ("close P10", is_open),
        "close_p90": ("close P90", is_open),
    }
    dates: dict[str, Dates] = {
        field: read_dates(columns.column(field, name, rows), findings, options.dates, options.timezone)
        for field, (name, rows) in needed.items()
    }
    decided = money.decided | {field: read.decided for field, read in dates.items() if read.decided}
    decided |= {"pc": scale} if scale else {}
    date_notes = [note for read in dates.values() for note in read.notes]
    rows = ReadRows(columns, is_open, is_won, ids, money, pcs, dates, decided)
    return rows, (*id_notes, *status_notes, *money.notes, *date_notes)


def _control_total(table: RawTable, rows: ReadRows) -> tuple[str, ...]:
    """Say rows and total of a file that may have been cut off, so that a person can compare them."""
    if not any(note.startswith(UNTERMINATED) for note in table.notes):
        return ()
    amounts = [amount for amount in rows.money.amounts["pr"] if amount is not None]
    total = to_major(sum(amounts), rows.money.digits)
    said = f"PR {total:,.{rows.money.digits}f} in {rows_of(len(amounts))} open or won"
    return (f"Control total: {rows_of(len(table.rows))}, {said}.",)
