"""Reading histories: what became of past leads, from one table or several, exact or refused with a sentence.

The question: when was each lead born, which stages did it enter, how did it end, and what was known when?  Tables are
recognised by their headers: leads with their ends, the stages that leads entered, snapshots of what was stated.  Where
the records begin and end is told or inferred, and said; everything that is left out, moved or assumed is counted.

What it leaves out: open leads that are to be forecast (:mod:`funnelsim.inputs.leads_file`), and learning.
"""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np

from funnelsim.errors import Shown
from funnelsim.inputs.crm import header_key, is_known, map_headers
from funnelsim.inputs.findings import Findings, some_headers
from funnelsim.inputs.history_bounds import Bounds, find_bounds
from funnelsim.inputs.history_files import what_else
from funnelsim.inputs.history_leads import LeadRows, read_lead_rows
from funnelsim.inputs.history_moments import count_note
from funnelsim.inputs.history_options import HistoryOptions
from funnelsim.inputs.history_order import in_order, tidy_entries
from funnelsim.inputs.history_snapshots import SnapshotRows, leads_of_snapshots, linked, read_snapshot_rows
from funnelsim.inputs.history_stages import StageRows, first_entries, leads_of_stages, read_stage_rows
from funnelsim.inputs.history_table import HistoryTable, read_history_table
from funnelsim.inputs.history_words import ENTERED_AT, SNAPSHOT_DATE, TableRole, is_history_word, role_of
from funnelsim.model.history import LOST, NO_MOMENT, NO_MONEY, OPEN, SECONDS_A_DAY, WON, History

_SAID: dict[TableRole, str] = {
    "leads": "leads with their ends",
    "stages": "the stages that leads entered",
    "snapshots": "snapshots",
}


def read_history(source: str | os.PathLike[str] | object, options: HistoryOptions | None = None) -> History:
    """Read what became of past leads.

    Parameters
    ----------
    source : str, path or data frame
        A local CSV, XLSX or Parquet file, or an Arrow, pandas or Polars frame: leads with their ends, or the stages
        that leads entered, or snapshots.
    options : HistoryOptions, optional
        What the user says about it, and tables beside it.

    Returns
    -------
    History
        One row a lead, with notes on everything that was decided, moved, inferred or left out.

    Raises
    ------
    DataError
        With every problem found: a file that holds no records of leads, columns that are missing, values that cannot
        be read exactly, leads that end before they begin.
    ScenarioError
        If the user names a time zone that is none.
    """
    options = options or HistoryOptions()
    tables = _tables(source, options)
    rows, snapshots = _leads(tables, options)
    main, *beside = tables.values()
    rows = replace(rows, notes=(*rows.notes, *(f"Beside it: {one.name}, SHA-256 {one.sha256}." for one in beside)))
    findings = Findings(main.name, main.word)
    latest = NO_MOMENT if snapshots is None else int(snapshots.frame["taken"].to_numpy().max(initial=NO_MOMENT))
    bounds = find_bounds(rows, options, findings, latest)
    findings.stop_if_any()
    rows = _as_known(rows, bounds, findings)
    findings.stop_if_any()
    return _history(rows, snapshots, bounds, main)


def _tables(source: str | os.PathLike[str] | object, options: HistoryOptions) -> dict[TableRole, HistoryTable]:
    """Read every table and say what each is; the first one named leads."""
    told = {header_key(header) for header in options.mapping.values()}

    def known(header: str) -> bool:
        return is_history_word(header) or is_known(header) or header_key(header) in told

    tables: dict[TableRole, HistoryTable] = {}
    for one in (source, *options.beside):
        table = read_history_table(one, known, sheet=options.sheet, encoding=options.encoding)
        role = role_of(table.headers, options.mapping)
        other = what_else(table.headers)
        if role == "leads" and other is not None and not {"created", "closed"} <= options.mapping.keys():
            findings = Findings(table.name, table.word)
            hint = "export one row a lead with its birth and end, or one row for each stage that it entered"
            findings.say("the file", "records of leads", Shown(other), hint)
            findings.stop_if_any()
        if role in tables:
            findings = Findings(table.name, table.word)
            shown = Shown(f"{tables[role].name!r} and {table.name!r}")
            findings.say(f"the table of {_SAID[role]}", "one", shown, "put all rows in one table")
            findings.stop_if_any()
        tables[role] = table
    _refuse_unknown_words(tables, options)
    return tables


def _refuse_unknown_words(tables: dict[TableRole, HistoryTable], options: HistoryOptions) -> None:
    """Report fields that do not exist, and headers that no table has."""
    main = next(iter(tables.values()))
    findings = Findings(main.name, main.word)
    every = list(dict.fromkeys(header for table in tables.values() for header in table.headers))
    own = (ENTERED_AT, SNAPSHOT_DATE, "stage_", "entered_")
    map_headers(every, {field: one for field, one in options.mapping.items() if not field.startswith(own)}, findings)
    keys = [header_key(header) for header in every]
    for field, wanted in options.mapping.items():
        if field.startswith(own) and header_key(wanted) not in keys:
            hint = f"the headers are {some_headers(every)}"
            findings.say(f"--map {field}", "the name of one column", wanted, hint)
    findings.stop_if_any()


def _leads(tables: dict[TableRole, HistoryTable], options: HistoryOptions) -> tuple[LeadRows, SnapshotRows | None]:
    """Return leads from the table of leads, else from the others; and snapshots in the same currency."""
    stages = read_stage_rows(tables["stages"], options) if "stages" in tables else None
    rows = read_lead_rows(tables["leads"], options) if "leads" in tables else None
    if stages is not None:
        rows = leads_of_stages(stages, options) if rows is None else _with_stages(rows, stages)
    if "snapshots" not in tables:
        assert rows is not None, "some table was read"
        return rows, None
    if rows is None:
        snapshots = read_snapshot_rows(tables["snapshots"], options)
        return leads_of_snapshots(snapshots, options), snapshots
    snapshots = read_snapshot_rows(tables["snapshots"], replace(options, currency=options.currency or rows.currency))
    clocked = rows.clocked or snapshots.clocked
    return replace(rows, clocked=clocked, notes=(*rows.notes, *snapshots.notes)), snapshots


def _with_stages(rows: LeadRows, stages: StageRows) -> LeadRows:
    entered, notes = first_entries(stages, rows.lead_id)
    twice = [stage for stage in entered if stage in rows.entered]
    if twice:
        names = ", ".join(map(repr, twice))
        notes = (*notes, f"Entries into {names} are taken from the stage history, not from the columns of the leads.")
    return replace(
        rows,
        entered=rows.entered | entered,
        clocked=rows.clocked or stages.clocked,
        notes=(*rows.notes, *stages.notes, *notes),
    )


def _as_known(rows: LeadRows, bounds: Bounds, findings: Findings) -> LeadRows:
    """Cut everything off that lies after the end of the records."""
    born = rows.created <= bounds.extract
    if not born.any():
        shown = Shown(f"all {len(born):,} later")
        findings.say("--extract-date", "on or after the first day of creation", shown, "pass a later day")
        return rows
    rows = rows.keep(born, *count_note(~born, "created after the end of the records left out"))
    late = (rows.closed != NO_MOMENT) & (rows.closed > bounds.extract)
    return replace(
        rows,
        closed=np.where(late, NO_MOMENT, rows.closed),
        outcome=np.where(late, OPEN, rows.outcome).astype(np.int8),
        amount_won=np.where(late, NO_MONEY, rows.amount_won),
        entered={stage: np.where(found > bounds.extract, NO_MOMENT, found) for stage, found in rows.entered.items()},
        notes=(*rows.notes, *count_note(late, "closed after the end of the records taken as open, as known then")),
    )


def _history(rows: LeadRows, snapshots: SnapshotRows | None, bounds: Bounds, main: HistoryTable) -> History:
    entered, entry_notes = tidy_entries(rows)
    stages, order_notes = in_order(entered, rows.created)
    found, snapshot_notes = (
        (None, ()) if snapshots is None else linked(snapshots, rows.lead_id, rows.closed, bounds.extract)
    )
    stated = rows.stated_close
    if found is not None and len(found.lead):
        first = np.unique(found.lead, return_index=True)[1]
        lead = found.lead[first]
        at_birth = (found.taken[first] - rows.created[lead] < SECONDS_A_DAY) & (stated[lead] == NO_MOMENT)
        stated = stated.copy()
        stated[lead[at_birth]] = found.stated_close[first][at_birth]
    matrix = [entered[stage] for stage in stages]
    return History(
        lead_id=rows.lead_id,
        created=rows.created,
        closed=rows.closed,
        outcome=rows.outcome,
        pr=rows.pr,
        amount_won=rows.amount_won,
        stages=stages,
        entered=np.stack(matrix, axis=1) if matrix else np.empty((len(rows.lead_id), 0), dtype=np.int64),
        stated_close=stated,
        exposure_from=bounds.exposure_from,
        extract=bounds.extract + (1 if rows.clocked else SECONDS_A_DAY),
        attributes=rows.attributes,
        snapshots=found,
        currency=rows.currency,
        minor_digits=rows.digits,
        counts_only=rows.counts_only,
        name=main.name,
        sha256=main.sha256,
        notes=(*_what(rows), *rows.notes, *entry_notes, *order_notes, *snapshot_notes, *bounds.notes),
    )


def _what(rows: LeadRows) -> tuple[str, ...]:
    """Say what was found, and what is missing altogether."""
    counts = {code: int((rows.outcome == code).sum()) for code in (WON, LOST, OPEN)}
    leads = len(rows.lead_id)
    who = "1 lead" if leads == 1 else f"{leads:,} leads"
    notes = [f"{who}: {counts[WON]:,} won, {counts[LOST]:,} lost, {counts[OPEN]:,} open."]
    if not counts[LOST]:
        notes.append("No lead is recorded as lost: leads that are lost may be missing, or may stay open for ever.")
    if not counts[WON]:
        notes.append("No lead is recorded as won.")
    return tuple(notes)
