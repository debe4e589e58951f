"""Won, lost, open or deleted: what each row of an export is.

The question: which rows are forecast, which are booked, which are neither?  Deleted rows leave first; then an explicit
status decides, then the CRM's flags, then the stage.  A row whose status says won while its stage says lost is an
error.

What it leaves out: amounts and days of the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from funnelsim.errors import Shown
from funnelsim.inputs.crm import Headers
from funnelsim.inputs.crm_stages import Status, status_of_stage, status_of_word, truth
from funnelsim.inputs.field_columns import FieldColumns
from funnelsim.inputs.findings import Findings, rows_of
from funnelsim.inputs.raw_table import RawTable
from funnelsim.inputs.text_values import is_blank


def rows_that_count(table: RawTable, headers: Headers, findings: Findings) -> npt.NDArray[np.int64]:
    """Return the rows that are not marked as deleted.

    Parameters
    ----------
    table : RawTable
        The file.
    headers : Headers
        Which header holds which field.
    findings : Findings
        Takes marks that are neither yes nor no.

    Returns
    -------
    int64, (row,)
        Indices of rows, increasing.
    """
    every = FieldColumns(table, headers, np.arange(len(table.rows), dtype=np.int64))
    deleted = _flags(every, "deleted", "deleted", findings)
    return every.rows[[not gone for gone in deleted]]


def statuses(columns: FieldColumns, findings: Findings) -> tuple[tuple[Status, ...], tuple[str, ...]]:
    """Say of every row whether it is open, won or lost.

    Parameters
    ----------
    columns : FieldColumns
        The file.
    findings : Findings
        Takes unknown words and contradictions.

    Returns
    -------
    statuses : tuple of str, (row,)
        ``open``, ``won`` or ``lost``.
    notes : tuple of str
        Rows whose status and stage do not agree on open or closed.
    """
    words = columns.cells("status")
    won = _flags(columns, "is_won", "won", findings)
    closed = _flags(columns, "is_closed", "closed", findings)
    stages = columns.cells("stage")
    flagged = columns.has("is_won") or columns.has("is_closed")
    found: list[Status] = []
    odd: Counter[str] = Counter()
    for row, stage in enumerate(stages):
        by_stage = status_of_stage(stage)
        status = _by_word(columns, words[row], row, findings)
        if status is None and flagged:
            status = _by_flags(columns, won[row], closed[row], by_stage)
        if status is None:
            found.append(by_stage)
            continue
        if {status, by_stage} == {"won", "lost"}:
            shown = Shown(f"{status} by its status, {stage.strip()!r} by its stage")
            findings.add(
                "status", "the same in status and stage", int(columns.line[row]), shown, "correct either column"
            )
        elif status == "open" and by_stage != "open":
            odd[stage.strip()] += 1
        found.append(status)
    notes = [
        f"{rows_of(count)} in stage {stage!r} counted as open, because the status says so."
        for stage, count in odd.items()
    ]
    return tuple(found), tuple(notes)


def _by_word(columns: FieldColumns, text: str, row: int, findings: Findings) -> Status | None:
    if is_blank(text):
        return None
    status = status_of_word(text, columns.headers.dialect)
    if status is None:
        header = columns.headers.fields["status"]
        hint = "write open, won or lost, or pass --map status= to leave the column aside"
        findings.add(f"status (column {header!r})", "open, won or lost", int(columns.line[row]), text, hint)
    return status


def _by_flags(columns: FieldColumns, won: bool, closed: bool, by_stage: Status) -> Status:
    """Read the CRM's own yes-or-no columns; with one of the two, the stage completes the answer."""
    if won:
        return "won"
    if columns.has("is_closed"):
        return "lost" if closed and columns.has("is_won") else by_stage if closed else "open"
    return "lost" if by_stage == "lost" else "open"


def _flags(columns: FieldColumns, field: str, name: str, findings: Findings) -> Sequence[bool]:
    found = []
    for row, text in enumerate(columns.cells(field)):
        value = truth(text)
        if value is None:
            header = columns.headers.fields[field]
            hint = f"write true or false, or pass --map {field}= to leave the column aside"
            findings.add(f"{name} (column {header!r})", "yes or no", int(columns.line[row]), text, hint)
        found.append(bool(value))
    return found
