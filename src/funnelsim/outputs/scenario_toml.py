"""A scenario document as TOML, the form that people write.

The question: how does a document look in a file that its author would have written?  Sections in the order in which a
world is told, one table for each stage, team and strategy, and only what the author said: defaults stay unsaid.

What it leaves out: comments, which a document does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from funnelsim.model.scenario import SCHEMA, Scenario

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f\"\\\u0080-\u009f\u2028\u2029\ufeff]")
_INLINE = frozenset(("sources", "stages", "teams"))
"""Lists whose entries write their own tables on one line."""


def plain_document(document: Scenario) -> dict[str, Any]:
    """Return what an author said, as plain lists and mappings.

    Parameters
    ----------
    document : Scenario
        Any document.

    Returns
    -------
    dict
        Keys in the order of the format, ``schema`` first; days are days; defaults that nobody wrote are left out.
    """
    said = document.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)
    return {"schema": SCHEMA, **said}


def toml_text(document: Scenario) -> str:
    """Write a document as TOML.

    Parameters
    ----------
    document : Scenario
        Any document.

    Returns
    -------
    str
        Reading it gives an equal document; lines end in a line feed.
    """
    plain = plain_document(document)
    lines = [f"{_key(key)} = {_value(value)}" for key, value in plain.items() if not _is_section(value)]
    for key, value in plain.items():
        if isinstance(value, Mapping):
            lines += _table(key, value, inline=False)
        elif _is_section(value):
            for entry in value:
                lines += ["", f"[[{_key(key)}]]", *_body(_key(key), entry, inline=key in _INLINE)]
    return "\n".join(lines) + "\n"


def _is_section(value: object) -> bool:
    entries = isinstance(value, tuple | list) and bool(value) and all(isinstance(one, Mapping) for one in value)
    return isinstance(value, Mapping) or entries


def _table(path: str, section: Mapping[str, Any], *, inline: bool) -> Iterator[str]:
    """Write a table under its own heading, unless there are only tables in it."""
    own = [value for value in section.values() if not isinstance(value, Mapping)]
    if own or not section:
        yield ""
        yield f"[{path}]"
    yield from _body(path, section, inline=inline)


def _body(path: str, section: Mapping[str, Any], *, inline: bool) -> Iterator[str]:
    for key, value in section.items():
        if inline or not isinstance(value, Mapping):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in section.items():
        if not inline and isinstance(value, Mapping):
            yield from _table(f"{path}.{_key(key)}", value, inline=False)


def _key(text: str) -> str:
    return text if _BARE.fullmatch(text) else _text(text)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _long_text(value) if "\n" in value and "\r" not in value else _text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(_value, value)) + "]"
    return repr(value)  # shortest digits that give the same number back


def _text(text: str) -> str:
    return f'"{_UNPRINTED.sub(_escaped, text)}"'


def _long_text(text: str) -> str:
    """Write text of several lines as it stands; every quote is escaped, so that none can end it."""
    return '"""\n' + "\n".join(_UNPRINTED.sub(_escaped, line) for line in text.split("\n")) + '"""'


def _escaped(found: re.Match[str]) -> str:
    return _SHORT.get(found.group(), f"\\u{ord(found.group()):04X}")
