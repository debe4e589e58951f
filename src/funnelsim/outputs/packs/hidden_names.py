"""Names taken out of an answer: leads, owners, accounts, groups and files become words that say nothing.

The question: can a pack be shown to people who may not know whose deals these are?  Every name is replaced by a word
such as ``lead 3f2a9c4d``, the same word wherever it stands, inside sentences too.  The words are keyed by the run, so
that names cannot be tried out without it.  What is hidden is the name and nothing else: amounts, days, stages and
column headers stay.

What it leaves out: names in the text of a scenario that its author wrote as prose.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa

from funnelsim.model.board_pack import Provenance
from funnelsim.model.run_schema import ATTRIBUTE_PREFIX, NEW_BUSINESS
from funnelsim.outputs.plain_text import plain

_DIGITS: Final = 8
_SHOWN_LENGTHS: Final = (None, 18, 20, 24, 38, 40, 44, 60, 70, 80)
"""Lengths that names are cut to in sentences and labels."""
_PERSONAL: Final = ("name", "owner", "account")
_FILES: Final = re.compile(r"'([^'\n]+\.(?:csv|tsv|txt|xlsx|parquet|toml|json))'", re.IGNORECASE)
_DRIVER: Final = re.compile(r"(\w+) '(.*)'", re.DOTALL)
_TWICE: Final = re.compile(r"\b(lead|owner|account|group) '(\1 [0-9a-f]{8,})'")
"""What becomes of ``lead 'name'``: its kind is in the word."""
_KEPT_KEYS: Final = frozenset(
    {"schema", "command", "as_of", "start", "end", "expected_close", "sha256", "content_hash", "currency", "period"}
    | {"field", "header", "decided", "dialect", "status", "kind", "unit", "grade", "by"}
)
"""Keys of values that are never names."""


@dataclass(frozen=True, eq=False)
class NameWords:
    """Which word stands for which name.

    Attributes
    ----------
    words : mapping of str to str
        Name as the file has it to its word.
    forms : tuple of (str, str)
        A name as outputs print it and its word, the longest first.
    """

    words: Mapping[str, str]
    forms: tuple[tuple[str, str], ...]

    def of(self, text: str) -> str:
        """Return a text without names.

        Parameters
        ----------
        text : str
            A name, or a sentence that may hold names, cut short or made safe to show.

        Returns
        -------
        str
            Names that stand between other characters than letters and digits are replaced, the longest first; a name
            without three characters and a letter only where it stands in quotation marks, since it may be a number.
        """
        if text in self.words:
            return self.words[text]
        for shown, word in self.forms:
            if shown in text:
                text = _standing_alone(shown).sub(lambda _, word=word: word, text)  # type: ignore[misc]
        return _TWICE.sub(r"\2", text)

    def about(self, text: str) -> NameWords:
        """Return the words that some text needs, which may be few of very many.

        Parameters
        ----------
        text : str
            All text that is going to be cleaned.

        Returns
        -------
        NameWords
            Gives the same for every part of that text.
        """
        return replace(self, forms=tuple(pair for pair in self.forms if pair[0] in text))


def name_words(document: Mapping[str, Any], leads: pa.Table | None, file_name: str, key: bytes) -> NameWords:
    """Return a word for every name of an answer.

    Parameters
    ----------
    document : mapping
        The answer as ``--json`` prints it.
    leads : pyarrow.Table or None
        Every lead, with the columns of the user's file.
    file_name : str
        What the answer was made from; empty for nothing.
    key : bytes
        Of the run.

    Returns
    -------
    NameWords
        No two names share a word, except a lead's id and its name.
    """
    kinds: dict[str, str] = {}
    owners: dict[str, set[str]] = {}
    given = ("file", file_name, file_name)
    said = [("file", name, name) for text in _texts(document) for name in _FILES.findall(text)]
    found = (*_table_names(document, leads), given, *_document_names(document), *_explained_names(document), *said)
    for kind, name, whose in found:
        if name.strip():
            kinds.setdefault(name, kind)
            owners.setdefault(name, set()).add(whose)
    subjects = {name: next(iter(owners[name])) if len(owners[name]) == 1 else name for name in kinds}
    digests = {
        one: hmac.new(key, one.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        for one in subjects.values()
    }
    length = _DIGITS
    while len({digest[:length] for digest in digests.values()}) < len(digests):
        length += 1
    words = {name: f"{kind} {digests[subjects[name]][:length]}" for name, kind in kinds.items()}
    forms = {shown: word for name, word in words.items() for shown in _shown(name)}
    return NameWords(words, tuple(sorted(forms.items(), key=lambda pair: (-len(pair[0]), pair[0]))))


def without_names(document: Mapping[str, Any], words: NameWords) -> dict[str, Any]:
    """Return an answer whose names are replaced everywhere.

    Parameters
    ----------
    document : mapping
        The answer.
    words : NameWords
        Of the same answer.

    Returns
    -------
    dict
        Of the same shape; numbers and days as they were.
    """
    text = "\n".join(_texts(document))
    cleaned: dict[str, Any] = _cleaned(document, words.about(text), "")
    return cleaned


def without_file_name(provenance: Provenance, words: NameWords) -> Provenance:
    """Return the foot of a pack without the name of the file.

    Parameters
    ----------
    provenance : Provenance
        As the run says.
    words : NameWords
        Of the same answer.

    Returns
    -------
    Provenance
        Hashes stay: they tell that two packs stand on the same file.
    """
    name = provenance.input_name
    return replace(provenance, input_name=words.words.get(name, words.of(name)))


def table_without_names(leads: pa.Table, words: NameWords) -> pa.Table:
    """Return the leads with words for their ids, names and groups.

    Parameters
    ----------
    leads : pyarrow.Table
        ``leads.parquet`` of the run.
    words : NameWords
        Of the same answer.

    Returns
    -------
    pyarrow.Table
        Other columns as they were.
    """
    for column in leads.column_names:
        if column == "lead_id" or column.startswith(ATTRIBUTE_PREFIX):
            texts = [words.words.get(one, one) if one else one for one in leads[column].to_pylist()]
            leads = leads.set_column(leads.column_names.index(column), column, pa.array(texts, pa.string()))
    return leads


def _table_names(document: Mapping[str, Any], leads: pa.Table | None) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and whose name it is."""
    if leads is None:
        return
    ids = leads["lead_id"].to_pylist()
    for lead in ids:
        yield "lead", lead, lead
    grouped = [str(document["by"])] if document.get("by") else []
    for field in dict.fromkeys((*_PERSONAL, *grouped)):
        column = f"{ATTRIBUTE_PREFIX}{field}"
        if column in leads.column_names:
            kind = "lead" if field == "name" else field if field in _PERSONAL else "group"
            for lead, text in zip(ids, leads[column].to_pylist(), strict=True):
                yield kind, text or "", lead if kind == "lead" else text or ""


def _document_names(value: Any, under: str = "") -> Iterator[tuple[str, str, str]]:
    if isinstance(value, Mapping):
        yield from _own_names(value, under)
        for key, inner in value.items():
            yield from _document_names(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _document_names(inner, under)


def _own_names(entry: Mapping[str, Any], under: str) -> Iterator[tuple[str, str, str]]:
    """Yield the names that one object of a document holds: of a lead, a file, a group."""
    lead, name = entry.get("lead_id"), entry.get("name")
    if isinstance(lead, str):
        yield "lead", lead, lead
        if isinstance(name, str):
            yield "lead", name, lead
    files = [entry.get("input"), entry.get("input_name"), name if "sha256" in entry else None]
    yield from (("file", file, file) for file in files if isinstance(file, str))
    value = entry.get("value")
    if under == "groups" and isinstance(value, str) and value != f"({NEW_BUSINESS})":
        yield "group", value, value


def _explained_names(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield names of an explained forecast: drivers say ``lead 'name'``, places and losses name owners."""
    if document.get("schema") != "funnelsim/explain/1" or document.get("command") != "forecast":
        return
    for bar in document["tornado"]["bars"]:
        driver = _DRIVER.fullmatch(bar["name"])
        if driver is not None:
            kind = driver[1] if driver[1] in {"lead", *_PERSONAL} else "group"
            yield kind, driver[2], driver[2]
    losses = document["losses"] or {"cells": ()}
    for cell in (*document["places"], *losses["cells"]):
        yield "owner", cell["owner"], cell["owner"]


def _cleaned(value: Any, words: NameWords, key: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _cleaned(inner, words, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_cleaned(inner, words, key) for inner in value]
    return words.of(value) if isinstance(value, str) and key not in _KEPT_KEYS else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def _digest(key: bytes, name: str) -> str:
    return hmac.new(key, name.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _shown(name: str) -> Iterable[str]:
    """Return a name as outputs print it: whole, made safe, stripped, cut short."""
    safe = plain(name)
    forms = [name, safe, safe.strip()]
    forms += [
        plain(text, most) for text in (name, name.strip()) for most in _SHOWN_LENGTHS if most and len(text) > most
    ]
    return dict.fromkeys(one for one in forms if one)


def _standing_alone(text: str) -> re.Pattern[str]:
    if len(text) < 3 or not any(character.isalpha() for character in text):
        return re.compile(rf"(?<='){re.escape(text)}(?=')")
    return re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
