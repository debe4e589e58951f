"""Which column of an export is which: the vocabularies of the CRMs, and how headers are matched to them.

The question: which header holds the amount, the probability, the close date?  No header is guaranteed, so each dialect
has a table of the labels and internal names its exports are known to use; the dialect that explains most headers is
named, the mapping is shown, and the user's ``--map`` has the last word.

What it leaves out: values; stages and statuses are in :mod:`funnelsim.inputs.crm_stages`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from funnelsim.errors import Shown
from funnelsim.inputs.crm_words import DIALECTS, FIELDS, PLAIN, TELLING, Aliases
from funnelsim.inputs.findings import Findings, some_headers

FEWEST_HEADERS = 5
"""A single word of a CRM's own names it only where it explains this many headers altogether."""


@dataclass(frozen=True)
class Headers:
    """Which header holds which field.

    Attributes
    ----------
    dialect : str
        Name of the vocabulary that explains most headers; ``plain`` when none stands out.
    fields : mapping of str to str
        Canonical field to header.
    kept : tuple of str
        Headers that hold no known field.
    notes : tuple of str
        Choices between several candidates.
    """

    dialect: str
    fields: Mapping[str, str]
    kept: tuple[str, ...]
    notes: tuple[str, ...] = ()


def header_key(header: str) -> str:
    """Return the form in which headers are compared.

    Parameters
    ----------
    header : str
        As written.

    Returns
    -------
    str
        Lower case, one space for any run of spaces and underscores, without the star that marks required columns.
    """
    return re.sub(r"[\s_\u00a0]+", " ", header).strip(" *").casefold()


def is_known(header: str) -> bool:
    """Tell whether some vocabulary has a header.

    Parameters
    ----------
    header : str
        As written.

    Returns
    -------
    bool
        True for a field of any dialect and for telling columns.
    """
    return header_key(header) in _EVERY


def detect_dialect(headers: Sequence[str]) -> str:
    """Name the vocabulary that explains most headers.

    Parameters
    ----------
    headers : sequence of str
        As written.

    Returns
    -------
    str
        A key of ``DIALECTS`` when it explains most headers, at least two of them with words that no other vocabulary
        has (or one such word among five headers); else ``plain``.
    """
    keys = {header_key(header) for header in headers}
    best, most = "plain", (0, 0)
    for name, own in _OWN.items():
        score = (len(keys & _WORDS[name]), len(keys & own))
        telling = score[1] > 1 or (score[1] == 1 and score[0] >= FEWEST_HEADERS)
        if telling and score > most:
            best, most = name, score
    plain = len(keys & _PLAIN_NAMES)
    return best if most[0] > plain or (most[0] == plain and most[1] > 1) else "plain"


def map_headers(headers: Sequence[str], told: Mapping[str, str], findings: Findings) -> Headers:
    """Match headers to fields.

    Parameters
    ----------
    headers : sequence of str
        As written, all different.
    told : mapping of str to str
        The user's own mapping from field to header; an empty header says that no column holds the field.
    findings : Findings
        Takes fields and headers that do not exist, each with the nearest match.

    Returns
    -------
    Headers
        The user's mapping first, then the dialect's vocabulary, then everyday names.
    """
    dialect = detect_dialect(headers)
    fields = _told(headers, told, findings)
    free = [header for header in headers if header not in fields.values()]
    notes: list[str] = []
    tables = [DIALECTS[dialect], PLAIN] if dialect != "plain" else [PLAIN]
    for number, table in enumerate(tables):
        for field in FIELDS:
            if field in fields or field in told:
                continue
            names = table.get(field, ())
            names = (header_key(field), *names) if number == len(tables) - 1 else names
            found = [header for name in names for header in free if header_key(header) == name]
            if found:
                fields[field] = found[0]
                free.remove(found[0])
                _say_choice(field, found, notes, findings)
    return Headers(dialect, fields, tuple(free), tuple(notes))


def _say_choice(field: str, found: Sequence[str], notes: list[str], findings: Findings) -> None:
    """Two headers that differ in case or spaces only are an error; other candidates are told."""
    if len(found) > 1 and header_key(found[0]) == header_key(found[1]):
        shown = Shown(" and ".join(map(repr, found[:2])))
        findings.say("headers", f"clear about {field}", shown, f"pass --map {field}=COLUMN or rename one")
    elif len(found) > 1 and field in {"pr", "pc", "expected_close", "lead_id"}:
        others = ", ".join(repr(header) for header in found[1:])
        notes.append(f"{field} is read from {found[0]!r}, not from {others}; --map {field}=COLUMN overrides.")


def _told(headers: Sequence[str], told: Mapping[str, str], findings: Findings) -> dict[str, str]:
    """Return the user's mapping with headers as they are written in the file."""
    fields: dict[str, str] = {}
    for field, wanted in told.items():
        if field not in FIELDS:
            near = difflib.get_close_matches(field, FIELDS, 1, 0.5)
            hint = f"did you mean {near[0]}?" if near else "such as --map pr=COLUMN"
            findings.say("--map", "FIELD=COLUMN with a known field", field, hint)
            continue
        if not wanted.strip():
            continue
        same = [header for header in headers if header == wanted.strip()]
        same = same or [header for header in headers if header_key(header) == header_key(wanted)]
        if len(same) == 1:
            fields[field] = same[0]
            continue
        near = difflib.get_close_matches(wanted.casefold(), [header.casefold() for header in headers], 1, 0.4)
        close = [header for header in headers if near and header.casefold() == near[0]]
        hint = f"did you mean {close[0]!r}?" if close else f"the headers are {some_headers(headers)}"
        findings.say(f"--map {field}", "the name of one column", wanted, hint)
    return fields


def _words(table: Aliases) -> frozenset[str]:
    return frozenset(name for names in table.values() for name in names)


_WORDS = {name: _words(table) | TELLING[name] for name, table in DIALECTS.items()}
_PLAIN_NAMES = frozenset(map(header_key, FIELDS))
_PLAIN_WORDS = _words(PLAIN) | _PLAIN_NAMES
_EVERY = frozenset().union(_PLAIN_WORDS, *_WORDS.values())
_TOO_COMMON = frozenset((
    "pipeline",
    "type",
    "age",
    "need",
    "budget",
    "contact person",
    "next step",
    "organization",
    "closed",
    "topic",
))
_OWN = {
    name: words
    - frozenset().union(*(other for key, other in _WORDS.items() if key != name))
    - _TOO_COMMON
    - _PLAIN_NAMES
    for name, words in _WORDS.items()
}
