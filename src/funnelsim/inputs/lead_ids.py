"""Ids of leads: text exactly as written, each lead once unless the user says that rows are line items.

The question: are two rows one lead?  Equal ids are; anything less (another case, a blank at the end, Salesforce's short
and long form) is told, never merged.

What it leaves out: what line items mean for the forecast.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from funnelsim.errors import Shown
from funnelsim.inputs.field_columns import FieldColumns
from funnelsim.inputs.findings import Findings

_SHORT_ID = re.compile(r"[0-9A-Za-z]{15}")
_LONG_ID = re.compile(r"[0-9A-Za-z]{18}")


def read_ids(
    columns: FieldColumns, needed: npt.NDArray[np.bool_], findings: Findings, *, lines: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the id of every row.

    Parameters
    ----------
    columns : FieldColumns
        The file.
    needed : bool, (row,)
        Rows that must have an id: the open ones.
    findings : Findings
        Takes missing and repeated ids.
    lines : bool
        True when rows with one id are line items of one lead.

    Returns
    -------
    ids : tuple of str, (row,)
        As written; the name (and account) where the file has no id column.
    notes : tuple of str
        What was used instead of an id, and ids that differ only in spelling.
    """
    notes = []
    if columns.has("lead_id"):
        ids = tuple(columns.cells("lead_id"))
        said = f"lead_id (column {columns.headers.fields['lead_id']!r})"
    else:
        ids = _names(columns)
        said = "name, used as lead_id"
        with_account = " with the account" if columns.has("account") else ""
        notes.append(
            f"There is no id column, so the name{with_account} stands for the id; --map lead_id=COLUMN names one."
        )
    for row in np.flatnonzero(needed).tolist():
        if not ids[row].strip():
            findings.add(said, "given for every lead", int(columns.line[row]), ids[row])
    if not lines:
        _report_repeats(ids, columns, said, findings)
    notes += _near(ids)
    return ids, tuple(notes)


def _names(columns: FieldColumns) -> tuple[str, ...]:
    names, accounts = columns.cells("name"), columns.cells("account")
    if not columns.has("account"):
        return tuple(names)
    return tuple(
        f"{name} / {account}" if account.strip() else name for name, account in zip(names, accounts, strict=True)
    )


def _report_repeats(ids: Sequence[str], columns: FieldColumns, said: str, findings: Findings) -> None:
    lines: dict[str, list[int]] = defaultdict(list)
    for row, lead_id in enumerate(ids):
        if lead_id.strip():
            lines[lead_id].append(int(columns.line[row]))
    word = findings.word
    for lead_id, found in lines.items():
        if len(found) > 1:
            more = f" and {len(found) - 5} more" if len(found) > 5 else ""
            where = f"{word}s {', '.join(map(str, found[:5]))}{more}"
            items = "pass --duplicates lines if they are line items of one lead"
            other = (
                "remove or rename repeated rows" if columns.has("lead_id") else "name an id with --map lead_id=COLUMN"
            )
            hint = f"{items}, else {other}"
            findings.add(said, "different in every row", found[0], Shown(f"{lead_id!r} in {where}"), hint)


def _near(ids: Sequence[str]) -> list[str]:
    """Tell of ids that are different text but may be meant as one."""
    distinct = dict.fromkeys(lead_id for lead_id in ids if lead_id.strip())
    salesforce = all(_SHORT_ID.fullmatch(lead_id) or _LONG_ID.fullmatch(lead_id) for lead_id in distinct)
    groups: dict[str, list[str]] = defaultdict(list)
    for lead_id in distinct:
        plain = unicodedata.normalize("NFC", lead_id).strip()
        groups[plain[:15] if salesforce else plain.casefold()].append(lead_id)
    near = [group for group in groups.values() if len(group) > 1]
    if not near:
        return []
    shown = " and ".join(map(repr, near[0][:2]))
    return [f"{len(near):,} groups of ids differ only in spelling, such as {shown}; they are kept as different leads."]
