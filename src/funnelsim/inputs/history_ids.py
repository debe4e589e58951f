"""Ids of past leads: each lead in one row.

The question: are two rows one lead?  Rows that are equal in every cell are, and count once; two different rows with one
id are an error, because nobody can say which of them is true.

What it leaves out: tables with several rows a lead, which are stage histories or snapshots.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from funnelsim.errors import Shown
from funnelsim.inputs.findings import Findings, rows_of
from funnelsim.inputs.history_table import HistoryTable


def lead_ids(
    table: HistoryTable, fields: Mapping[str, str], findings: Findings
) -> tuple[tuple[str, ...], HistoryTable, tuple[str, ...]]:
    """Name every lead of a table with one row a lead.

    Parameters
    ----------
    table : HistoryTable
        The file.
    fields : mapping of str to str
        Canonical field to header.
    findings : Findings
        Takes rows without an id, and ids with two different rows.

    Returns
    -------
    ids : tuple of str, (row,)
        Ids, else names, else the numbers of the rows.
    table : HistoryTable
        Without rows that repeat another in every cell.
    notes : tuple of str
        What was used instead of an id, and what was there twice.
    """
    header = fields.get("lead_id") or fields.get("name")
    if header is None:
        numbered = tuple(f"{table.word} {line}" for line in table.line.tolist())
        return numbered, table, ("No column names the leads, so each is called by its row.",)
    ids = tuple(table.text(header).to_list())
    notes = () if "lead_id" in fields else (f"There is no id column, so {header!r} names the leads.",)
    if "" in ids:
        for row in [row for row, one in enumerate(ids) if not one]:
            findings.add(f"lead_id (column {header!r})", "given for every lead", int(table.line[row]), "")
    if len(set(ids)) == len(ids):
        return ids, table, notes
    return _without_twins(ids, table, header, findings, notes)


def _without_twins(
    ids: tuple[str, ...], table: HistoryTable, header: str, findings: Findings, notes: tuple[str, ...]
) -> tuple[tuple[str, ...], HistoryTable, tuple[str, ...]]:
    """Take out rows that repeat another in every cell; two different rows of one lead are an error."""
    first: dict[str, int] = {}
    twins: list[int] = []
    cells = list(zip(*(table.text(one).to_list() for one in table.headers), strict=True))
    for row, lead_id in enumerate(ids):
        if first.setdefault(lead_id, row) == row or not lead_id:
            continue
        if cells[row] == cells[first[lead_id]]:
            twins.append(row)
            continue
        shown = Shown(f"{lead_id!r} in {table.word}s {table.line[first[lead_id]]} and {table.line[row]}")
        hint = "keep one row a lead; where rows are stages or days of a lead, call the time entered_at or snapshot_date"
        findings.add(f"lead_id (column {header!r})", "different in every row", int(table.line[row]), shown, hint)
    if not twins:
        return ids, table, notes
    stay = np.setdiff1d(np.arange(len(table)), twins)
    said = (
        f"{rows_of(len(twins))} that {'repeats' if len(twins) == 1 else 'repeat'} another in every cell counted once."
    )
    return tuple(ids[row] for row in stay.tolist()), table.take(stay), (*notes, said)
