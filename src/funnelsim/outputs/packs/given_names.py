"""Names that users gave: found in the tables of a run, in the documents of its scenarios, and in its answer.

The question: which words of a pack tell a stranger whose deals these are?  Leads, owners, accounts, the groups of an
answer, files, sheets and runs; and of a scenario its own name and title, its strategies, teams and sources.  Names of
stages and columns are words for work, not for anybody, and are none.  A team that is called by its role (Sales,
Marketing) is called as every other.

What it leaves out: what a scenario's author wrote as prose: its story, its steps, where a number comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, Final

import pyarrow as pa

from funnelsim.model.run_schema import ATTRIBUTE_PREFIX, NEW_BUSINESS

PERSONAL: Final = ("name", "owner", "account")
"""Columns of a file of leads that name somebody."""
ROLES: Final = frozenset({"marketing", "sales", "business development", "partner"})
"""What the program calls teams of its own accord."""
Given = tuple[str, str, str]
"""Kind, name, and whose name it is: a lead's id and its name are one."""
_FILES: Final = re.compile(r"'([^'\n]+\.(?:csv|tsv|txt|xlsx|parquet|toml|json))'", re.IGNORECASE)
_SHEETS: Final = re.compile(r"[Ss]heet '([^'\n]+)'")
_DRIVER: Final = re.compile(r"(\w+) '(.*)'", re.DOTALL)
_PATHS: Final = re.compile(r"\b(team|source|strateg)(?:s|ies)\.([A-Za-z][A-Za-z0-9_ -]{0,39})\.")
_KINDS: Final = {"strateg": "strategy"}
_ENTRIES: Final = {"teams": "team", "sources": "source", "reliefs": "team"}
_SINGLE: Final = {"scenario": "scenario", "strategy": "strategy", "team": "team"}
_RUNS: Final = frozenset({"run", "earlier", "runs"})
_OURS: Final = frozenset({"open at the start", "(none)", f"({NEW_BUSINESS})", NEW_BUSINESS})


def given_names(
    document: Mapping[str, Any], tables: Sequence[pa.Table], scenarios: Sequence[Mapping[str, Any]], file_name: str
) -> Iterator[Given]:
    """Go through every name that a user gave.

    Parameters
    ----------
    document : mapping
        The answer as ``--json`` prints it.
    tables : sequence of pyarrow.Table
        Tables with leads.
    scenarios : sequence of mapping
        Documents of the scenarios of the run.
    file_name : str
        What the answer was made from; empty for nothing.

    Yields
    ------
    tuple of three str
        Kind, name, whose name it is; the same name may come more than once.
    """
    teams = {team.get("name") for scenario in scenarios for team in scenario.get("teams") or ()}
    for table in tables:
        yield from _table_names(document.get("by"), table, teams)
    yield "file", file_name, file_name
    for scenario in scenarios:
        yield from _scenario_names(scenario)
    yield from _document_names(document)
    yield from _explained_names(document)
    for text in texts_of(document):
        yield from (("file", name, name) for name in _FILES.findall(text))
        yield from (("sheet", name, name) for name in _SHEETS.findall(text))
        for kind, name in _PATHS.findall(text):
            yield from _called(_KINDS.get(kind, kind), name)


def texts_of(value: Any) -> Iterator[str]:
    """Go through every text of a document, keys that are dotted paths among them.

    Parameters
    ----------
    value : JSON value
        Any.

    Yields
    ------
    str
        In order.
    """
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if "." in key:
                yield key
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
    elif isinstance(value, str):
        yield value


def _table_names(by: Any, table: pa.Table, teams: Set[Any]) -> Iterator[Given]:
    """Yield who a table of leads names; a lead whose owner is a team of the scenario names that team."""
    ids = table["lead_id"].to_pylist()
    for lead in ids:
        yield "lead", lead, lead
    for field in dict.fromkeys((*PERSONAL, *([str(by)] if by else []))):
        kind = "lead" if field == "name" else field if field in PERSONAL else "group"
        for column in (field, f"{ATTRIBUTE_PREFIX}{field}"):
            if column in table.column_names and pa.types.is_string(table[column].type):
                for lead, text in zip(ids, table[column].to_pylist(), strict=True):
                    if field == "owner" and text in teams:
                        yield from _called("team", text)
                    else:
                        yield kind, text or "", lead if kind == "lead" else text or ""


def _called(kind: str, name: Any, title: Any = None) -> Iterator[Given]:
    """Yield a name and its title, unless it is one that the program uses of its own accord."""
    if not isinstance(name, str) or name in _OURS or (kind == "team" and name.casefold() in ROLES):
        return
    yield kind, name, name
    if isinstance(title, str):
        yield kind, title, name


def _scenario_names(scenario: Mapping[str, Any]) -> Iterator[Given]:
    yield from _called("scenario", scenario.get("name"), scenario.get("title"))
    for part, kind in (("strategies", "strategy"), ("teams", "team"), ("sources", "source")):
        for entry in scenario.get(part) or ():
            yield from _called(kind, entry.get("name"), entry.get("title"))


def _document_names(value: Any, under: str = "") -> Iterator[Given]:
    if isinstance(value, Mapping):
        yield from _own_names(value, under)
        for key, inner in value.items():
            if key != "sentences":
                yield from _document_names(inner, key)
    elif isinstance(value, list):
        for inner in value:
            if under == "strategies" and isinstance(inner, str):
                yield from _called("strategy", inner)
            yield from _document_names(inner, under)


def _own_names(entry: Mapping[str, Any], under: str) -> Iterator[Given]:
    """Yield the names that one object of a document holds: of a lead, a file, a group, a part of a scenario."""
    lead, name = entry.get("lead_id"), entry.get("name")
    if isinstance(lead, str):
        yield "lead", lead, lead
        if isinstance(name, str):
            yield "lead", name, lead
    files = [entry.get("input"), entry.get("input_name"), name if "sha256" in entry else None]
    yield from (("file", file, file) for file in files if isinstance(file, str))
    yield from _group_names(entry, under)
    yield from _part_names(entry, under)


def _group_names(entry: Mapping[str, Any], under: str) -> Iterator[Given]:
    value = entry.get("value")
    if under == "groups" and isinstance(value, str) and value not in _OURS:
        yield "group", value, value
    if isinstance(entry.get("column"), str) and entry["column"] != "stage":
        kind = entry["column"] if entry["column"] in PERSONAL else "group"
        for row in entry.get("rows") or ():
            yield from _called(kind, row.get("name") if isinstance(row, Mapping) else None)


def _part_names(entry: Mapping[str, Any], under: str) -> Iterator[Given]:
    """Yield what one object calls a scenario, its parts, and runs."""
    name = entry.get("name")
    kinds = {**_SINGLE, **_ENTRIES, **dict.fromkeys(_RUNS, "run")}
    if under in kinds:
        yield from _called(kinds[under], name, entry.get("title"))
    for key, kind in _SINGLE.items():
        yield from _called(kind, entry.get(key))
    if under == "entrants":
        kind = "run" if entry.get("strategy") is None else "strategy"
        yield from _called(kind, entry.get("label"), entry.get("title"))


def _explained_names(document: Mapping[str, Any]) -> Iterator[Given]:
    """Yield names of an explanation: drivers say ``lead 'name'``, places and losses name owners."""
    if document.get("schema") != "funnelsim/explain/1":
        return
    kind = "owner" if document.get("command") == "forecast" else "team"
    losses = document.get("losses") or ()
    cells = losses.get("cells") or () if isinstance(losses, Mapping) else losses
    for cell in (*(document.get("places") or ()), *(document.get("shortfalls") or ()), *cells):
        yield from _called(kind, cell.get("owner"))
    if kind == "owner":
        for bar in document["tornado"]["bars"]:
            driver = _DRIVER.fullmatch(bar["name"])
            if driver is not None:
                yield (driver[1] if driver[1] in {"lead", *PERSONAL} else "group"), driver[2], driver[2]
