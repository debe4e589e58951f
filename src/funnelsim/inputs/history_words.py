"""The words of histories: what the columns of records are called, and what tells one kind of table from another.

The question: is this a table of leads with their ends, of the stages that leads entered, or of snapshots?  Everyday
words and those of the CRMs; the words that lists of leads use are in :mod:`funnelsim.inputs.crm_words`.

What it leaves out: values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from funnelsim.inputs.crm import header_key

TableRole = Literal["leads", "stages", "snapshots"]

LEAD_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "lead_id": (
        "lead id", "deal id", "opportunity id", "opportunityid", "dealid", "record id", "case id",
        "application id", "id",
    ),
    "pr": ("pr",),
    "created": (
        "created", "created at", "create date", "created date", "createdate", "createddate", "created on",
        "date created", "creation date", "created time", "opened", "opened at", "opened on", "open date",
    ),
    "closed": (
        "closed", "closed at", "closed on", "closed date", "date closed", "actual close date", "actualclosedate",
        "deal - deal closed on", "deal - closed on", "close time", "decided", "decision date",
    ),
    "amount_won": (
        "amount won", "won amount", "close value", "closed value", "closed amount", "won value", "final amount",
        "final value", "actual revenue (base)", "actual revenue", "actualvalue", "booked amount",
        "closed deal amount in company currency", "hs closed amount in home currency",
    ),
    "status": ("outcome", "result", "final status"),
}  # fmt: skip
"""Words that say more in records than in a list of open leads, the first preferred; they come before the CRM's own."""

CLOSE_DATE: Final = ("close date", "closedate", "closing date", "property closedate")
"""Columns that hold the planned close while a lead is open and the real one afterwards."""

WON_OR_LOST_AT: Final[dict[str, Literal["won", "lost"]]] = {
    "deal - won time": "won", "won date": "won", "won time": "won", "won at": "won", "won on": "won",
    "deal - lost time": "lost", "lost date": "lost", "lost time": "lost", "lost at": "lost", "lost on": "lost",
}  # fmt: skip
"""Columns of which one is filled when a lead is won and the other when it is lost."""

ENTERED_AT: Final = "entered_at"
SNAPSHOT_DATE: Final = "snapshot_date"
"""Fields that only tables beside the leads have."""

_LEAD: Final = (
    "lead id",
    "opportunity id",
    "opportunityid",
    "deal id",
    "dealid",
    "record id",
    "case id",
    "lead",
    "deal id *",
)
_STAGE: Final = (
    "to stage",
    "stage",
    "stage name",
    "stagename",
    "deal stage",
    "new stage",
    "new value",
    "newvalue",
    "value",
)
_ENTERED: Final = (
    "entered at", "entered", "date entered", "stage entered", "entered on", "entry date", "stage date", "edit date",
    "changed at", "change date", "stage changed at", "moved at", "timestamp", "last modified",
)  # fmt: skip
_TAKEN: Final = ("snapshot date", "snapshot", "snapshot at", "as of", "as of date", "asof", "snapshotdate", "taken")
_STAGE_COLUMN: Final = re.compile(
    r"(?:stage|entered|date entered|hs v2 date entered|hs date entered|property hs date entered)\s(?P<name>.+)"
)
_QUOTED: Final = re.compile(r"(?i)date entered\s+[\"'\u201c\u2018](?P<name>.+)[\"'\u201d\u2019]")
_NO_STAGE: Final = frozenset((
    "name", "id", "entered", "duration", "date", "changed", "changed at", "change date", "label", "status",
    "sort order", "current stage", "at", "on", "order", "entered date", "entered at", "entered on", "start date", "by",
    "probability", "history", "number", "count", "age", "type",
))  # fmt: skip


@dataclass(frozen=True)
class StageTable:
    """Headers of a table with one row for each stage that a lead entered.

    Attributes
    ----------
    lead_id, stage, entered : str
        Headers.
    event : str or None
        Header that tells changes of the stage from other changes, where the table has such.
    """

    lead_id: str
    stage: str
    entered: str
    event: str | None = None


def first_of(headers: Sequence[str], words: Sequence[str]) -> str | None:
    """Return the header that a list of words prefers.

    Parameters
    ----------
    headers : sequence of str
        As written.
    words : sequence of str
        Keys as of :func:`funnelsim.inputs.crm.header_key`, the first preferred.

    Returns
    -------
    str or None
        None when no word is there.
    """
    keys = {header_key(header): header for header in reversed(headers)}
    return next((keys[word] for word in words if word in keys), None)


def stage_table(headers: Sequence[str], told: Mapping[str, str] | None = None) -> StageTable | None:
    """Recognise a table of the stages that leads entered.

    Parameters
    ----------
    headers : sequence of str
        As written.
    told : mapping of str to str, optional
        The user's own mapping of ``lead_id``, ``stage`` and ``entered_at`` to headers.

    Returns
    -------
    StageTable or None
        None when a column for lead, stage or time of entry is missing, or the table has ends of leads.
    """
    own = told or {}
    lead = _told(headers, own, "lead_id") or first_of(headers, _LEAD)
    stage = _told(headers, own, "stage") or first_of(headers, _STAGE)
    entered = _told(headers, own, ENTERED_AT) or first_of(headers, _ENTERED)
    sure = _told(headers, own, ENTERED_AT) is not None
    others = first_of(headers, (*LEAD_WORDS["status"], "closed", "closed at", *_TAKEN)) is not None and not sure
    if lead is None or stage is None or entered is None or others:
        return None
    event = first_of(headers, ("field / event", "field", "property"))
    if event is not None and _told(headers, own, "stage") is None:
        stage = first_of(headers, ("new value", "newvalue", "value")) or stage
    return StageTable(lead, stage, entered, event)


def _told(headers: Sequence[str], told: Mapping[str, str], field: str) -> str | None:
    return first_of(headers, (header_key(told[field]),)) if told.get(field) else None


def snapshot_column(headers: Sequence[str], told: Mapping[str, str] | None = None) -> str | None:
    """Return the header of the time at which something was stated.

    Parameters
    ----------
    headers : sequence of str
        As written.
    told : mapping of str to str, optional
        The user's own mapping of ``snapshot_date`` to a header.

    Returns
    -------
    str or None
        None when the table is none of snapshots.
    """
    return _told(headers, told or {}, SNAPSHOT_DATE) or first_of(headers, _TAKEN)


def role_of(headers: Sequence[str], told: Mapping[str, str] | None = None) -> TableRole:
    """Say what kind of table it is.

    Parameters
    ----------
    headers : sequence of str
        As written.
    told : mapping of str to str, optional
        The user's own mapping from field to header.

    Returns
    -------
    str
        ``snapshots``, ``stages`` or ``leads``.
    """
    if stage_table(headers, told) is not None:
        return "stages"
    return "snapshots" if snapshot_column(headers, told) is not None else "leads"


def told_here(headers: Sequence[str], told: Mapping[str, str]) -> dict[str, str]:
    """Return what the user says about the leads' fields in one of several tables.

    Parameters
    ----------
    headers : sequence of str
        The headers of the table.
    told : mapping of str to str
        The user's mapping from field to header; an empty header says that no column holds the field.

    Returns
    -------
    dict of str to str
        Fields whose header is in the table or empty.
    """
    here = {header_key(header) for header in headers} | {""}
    besides = {ENTERED_AT, SNAPSHOT_DATE}
    return {field: one for field, one in told.items() if header_key(one) in here and field not in besides}


def stage_of_column(header: str) -> str | None:
    """Return the stage whose time of entry a column holds, judged by its header.

    Parameters
    ----------
    header : str
        As written, such as ``stage_A``, ``entered_Proposal`` or ``Date entered "Proposal (Sales Pipeline)"``.

    Returns
    -------
    str or None
        The stage as written; None for any other header.
    """
    quoted = _QUOTED.fullmatch(header.strip())
    if quoted:
        return quoted["name"].strip()
    plain = " ".join(header.replace("_", " ").split())
    match = _STAGE_COLUMN.fullmatch(plain.casefold())
    if not match or match["name"] in _NO_STAGE:
        return None
    return plain[match.start("name") :].strip("\"' ")


def is_history_word(header: str) -> bool:
    """Tell whether a header is one that records of leads use.

    Parameters
    ----------
    header : str
        As written.

    Returns
    -------
    bool
        True for the words here and for columns of stages.
    """
    return header_key(header) in _EVERY or stage_of_column(header) is not None


_EVERY: Final = frozenset((*CLOSE_DATE, *WON_OR_LOST_AT, *_LEAD, *_STAGE, *_ENTERED, *_TAKEN)).union(
    *LEAD_WORDS.values()
)
