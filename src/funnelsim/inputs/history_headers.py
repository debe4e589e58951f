"""Which column of a table of past leads is which.

The question: which header holds the birth, the end and the outcome of a lead, and which columns are times of entering
a stage?  The words of histories come before those of lists of open leads, because a column such as ``Close Date`` is a
plan while a lead is open and a fact afterwards; ``--map`` has the last word.

What it leaves out: values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from funnelsim.errors import Shown
from funnelsim.inputs.crm import Headers, header_key, map_headers
from funnelsim.inputs.crm_stages import Status, status_of_stage
from funnelsim.inputs.findings import Findings
from funnelsim.inputs.history_moments import are_moments
from funnelsim.inputs.history_table import HistoryTable
from funnelsim.inputs.history_words import (
    CLOSE_DATE,
    ENTERED_AT,
    LEAD_WORDS,
    WON_OR_LOST_AT,
    first_of,
    stage_of_column,
    told_here,
)

_STAGE_KEYS = ("stage_", "entered_")


@dataclass(frozen=True)
class LeadColumns:
    """Columns of a table with one row a lead.

    Attributes
    ----------
    headers : Headers
        Canonical field to header; ``status`` is the outcome.
    closed : tuple of str
        Headers of the end: the first that is filled counts.
    planned : bool
        Whether the end may be a plan as long as the lead is open.
    stages : mapping of str to str
        Stage to the header of its time of entry, won and lost left out, in the order of the file.
    ends : mapping of str to str
        Header of the time at which a lead entered a stage that means won or lost, with the outcome.
    kept : tuple of str
        Headers that hold nothing known.
    """

    headers: Headers
    closed: tuple[str, ...]
    planned: bool
    stages: Mapping[str, str]
    ends: Mapping[str, Status]
    kept: tuple[str, ...]


def lead_columns(table: HistoryTable, told: Mapping[str, str], findings: Findings) -> LeadColumns:
    """Match the headers of a table with one row a lead.

    Parameters
    ----------
    table : HistoryTable
        The file.
    told : mapping of str to str
        The user's own mapping from field to header; ``stage_NAME`` maps the time of entry of a stage.
    findings : Findings
        Takes fields and headers that do not exist.

    Returns
    -------
    LeadColumns
        Every header in exactly one place.
    """
    named, ends = _stage_columns(table, told, findings)
    taken = {*named.values(), *ends}
    rest = tuple(header for header in table.headers if header not in taken)
    plain = {field: one for field, one in told_here(table.headers, told).items() if not field.startswith(_STAGE_KEYS)}
    closed, planned = _closed(table, rest, plain)
    words = _by_words(table, rest, plain, closed)
    headers = map_headers(rest, words | plain, findings)
    if "closed" in plain:
        closed = (headers.fields["closed"],) if "closed" in headers.fields else ()
    kept = tuple(header for header in headers.kept if header not in closed)
    return LeadColumns(headers, closed, planned, named, ends, kept)


def _by_words(
    table: HistoryTable, rest: tuple[str, ...], told: Mapping[str, str], closed: tuple[str, ...]
) -> dict[str, str]:
    """Return what the words of histories say, as if the user had said it."""
    free = [header for header in rest if header not in told.values()]
    words = {"closed": closed[0]} if closed else {}
    for field, names in LEAD_WORDS.items():
        if field in told or field == "closed":
            continue
        header = first_of([one for one in free if one not in words.values() and one not in closed], names)
        if header is not None and (field != "status" or not are_moments_only(table, header)):
            words[field] = header
    if not closed and "closed" not in told:
        words["closed"] = ""  # what a CRM calls "closed" may be a yes or no
    return words


def are_moments_only(table: HistoryTable, header: str) -> bool:
    """Tell whether a column has values and all of them look like days.

    Parameters
    ----------
    table : HistoryTable
        The file.
    header : str
        One of its headers.

    Returns
    -------
    bool
        False for a blank column.
    """
    return bool((table.text(header) != "").any()) and are_moments(table, header)


def _closed(table: HistoryTable, headers: tuple[str, ...], told: Mapping[str, str]) -> tuple[tuple[str, ...], bool]:
    """Return the headers of the end, and whether they may be a plan."""
    if "closed" in told:
        wanted = header_key(told["closed"])
        return tuple(header for header in headers if header_key(header) == wanted and wanted), False
    taken = {header_key(header) for header in told.values()}
    free = [header for header in headers if header_key(header) not in taken]
    for words, planned in ((LEAD_WORDS["closed"], False), (CLOSE_DATE, True)):
        dated = [one for one in free if header_key(one) in words and are_moments(table, one)]
        if dated:
            return (first_of(dated, words) or dated[0],), planned
    return (), False


def _stage_columns(
    table: HistoryTable, told: Mapping[str, str], findings: Findings
) -> tuple[dict[str, str], dict[str, Status]]:
    """Return stages with the headers of their entries, and headers of entering a stage that means won or lost."""
    found: dict[str, str] = {}
    mapped = {header_key(header) for field, header in told.items() if not field.startswith(_STAGE_KEYS)}
    for field, wanted in told.items():
        same = [header for header in table.headers if header_key(header) == header_key(wanted)]
        if field.startswith(_STAGE_KEYS) and field != ENTERED_AT and len(same) == 1:
            found[same[0]] = field.partition("_")[2]
    for header in table.headers:
        name = stage_of_column(header)
        free = header not in found and header_key(header) not in mapped
        if name is not None and free and are_moments(table, header):
            found[header] = name
    short = _without_pipeline(found)
    ends: dict[str, Status] = {
        header: status for header, name in short.items() if (status := status_of_stage(name)) != "open"
    }
    ends |= {
        header: WON_OR_LOST_AT[header_key(header)]
        for header in table.headers
        if header_key(header) in WON_OR_LOST_AT and header_key(header) not in mapped and are_moments(table, header)
    }
    named: dict[str, str] = {}
    for header, name in short.items():
        if header in ends:
            continue
        if name in named:
            shown = Shown(f"{named[name]!r} and {header!r}")
            findings.say(f"columns of stage {name!r}", "one", shown, "take one of them out")
        named[name] = header
    return named, ends


def _without_pipeline(found: Mapping[str, str]) -> dict[str, str]:
    """Cut ``(Pipeline)`` off the stages where that leaves their names different."""
    short = {
        header: name.rpartition(" (")[0] if name.endswith(")") and " (" in name else name
        for header, name in found.items()
    }
    return short if len(set(short.values())) == len(short) else dict(found)
