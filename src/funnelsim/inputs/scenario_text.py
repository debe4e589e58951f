"""The text of a scenario, TOML or JSON, as plain lists and mappings, or what is wrong with the text.

The question: what did the author write, exactly?  Duplicate keys, numbers that are not finite, days where no day
belongs and files of absurd size or depth are refused; every number stays what was written.

What it leaves out: what the keys mean (:mod:`funnelsim.model.scenario_checks`) and which version of the format it is
(:mod:`funnelsim.inputs.scenario_versions`).
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.model.scenario_sentences import Path, field_at, path_text

LARGEST: Final = 1 << 20
"""Bytes of the largest document; the largest shipped one has a hundredth of that."""
DEEPEST: Final = 12
MOST_DOTS: Final = 16
_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_DAYS = re.compile(r"calendar\.(as_of|holidays\[\d+\])")
_DOTTED = re.compile(r"^[ \t]*\[{0,2}[ \t]*[^\n=\"'#\[\]]*", re.MULTILINE)
_PYTHON = {"True": "true", "False": "false", "yes": "true", "no": "false", "on": "true", "off": "false"}


@dataclass
class PlainText:
    """A document as plain lists and mappings.

    Attributes
    ----------
    document : dict
        Texts, finite numbers, true and false, lists and mappings; days as ISO text.
    wrong : dict of Path to Problem
        Values that are none of these; something harmless stands in their place.
    notes : list of str
        What was converted.
    """

    document: dict[str, Any]
    wrong: dict[Path, Problem] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def from_toml(content: bytes, where: str) -> PlainText:
    """Read TOML.

    Parameters
    ----------
    content : bytes
        UTF-8, with or without a byte order mark.
    where : str
        The file, for messages.

    Returns
    -------
    PlainText
        The document.

    Raises
    ------
    ScenarioError
        If it is too large, not UTF-8, or not TOML.
    """
    _refuse_large(content, where)
    text = _decoded(content, where)
    notes = ["A byte order mark was removed."] if content.startswith(b"\xef\xbb\xbf") else []
    for found in _DOTTED.finditer(text):
        if found.group().count(".") > MOST_DOTS:
            line = text.count("\n", 0, found.start()) + 1
            raise ScenarioError(_too_deep(f"{where}, line {line}"))
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(_syntax(text, str(error), where)) from None
    except RecursionError:
        raise ScenarioError(_too_deep(where)) from None
    return _plain(document, where, notes)


def from_json(text: str, where: str) -> PlainText:
    """Read JSON, strictly: no duplicate key, no NaN, nothing infinite.

    Parameters
    ----------
    text : str
        One object.
    where : str
        The file, for messages.

    Returns
    -------
    PlainText
        The document.

    Raises
    ------
    ScenarioError
        If it is too large or not such JSON.
    """
    _refuse_large(text.encode(errors="surrogatepass"), where)
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=float)
    except RecursionError:
        raise ScenarioError(_too_deep(where)) from None
    except ValueError as error:
        raise ScenarioError(_damaged(where, str(error))) from None
    if not isinstance(document, dict):
        raise ScenarioError(_damaged(where, "no object"))
    return _plain(document, where, [])


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a key that is there twice"
        raise ValueError(message)
    return found


def _damaged(where: str, got: str) -> Problem:
    return Problem(where, "the scenario document", "one JSON object", Shown(got), "pack the scenario again")


def _refuse_large(content: bytes, where: str) -> None:
    if len(content) > LARGEST:
        got = Shown(f"{len(content):,} bytes")
        hint = "a scenario is a few pages; leads belong in a file beside it"
        raise ScenarioError(Problem(where, "the scenario", f"at most {LARGEST:,} bytes", got, hint))


def _decoded(content: bytes, where: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        got = Shown(f"other bytes ({content[error.start : error.start + 1]!r})")
        hint = "save it as UTF-8"
        raise ScenarioError(Problem(f"{where}, line {line}", "the text", "UTF-8", got, hint)) from None
    if not text.strip():
        hint = "funnelsim scenario new NAME writes one to start from"
        raise ScenarioError(Problem(where, "the scenario", "TOML", Shown("an empty file"), hint))
    return text


def _too_deep(where: str) -> Problem:
    return Problem(where, "the scenario", f"at most {DEEPEST} levels deep", Shown("something deeper"))


def _syntax(text: str, message: str, where: str) -> Problem:
    """Turn the parser's message into a sentence with line and text."""
    at = _AT.search(message)
    said = message[: at.start()] if at else message
    lines = text.splitlines()
    if not at or at[1] is None:
        return Problem(where, "the text", "TOML", Shown("its end in the middle of something"), _hint(said, ""))
    number = int(at[1])
    line = lines[number - 1].strip() if number <= len(lines) else ""
    detail = f"({said[:1].lower()}{said[1:]}, column {at[2]})"
    return Problem(f"{where}, line {number}", "the text", "TOML", line, _hint(said, line), detail)


def _hint(said: str, line: str) -> str:
    value = line.partition("=")[2].partition("#")[0].strip().strip(",")
    if "overwrite" in said or "twice" in said or "Cannot declare" in said or "mutate" in said:
        return "this key or table is there already; write each one once, and [[...]] above each entry of a list"
    if value in _PYTHON:
        return f"write {_PYTHON[value]}"
    if re.fullmatch(r"[+-]?\d+,\d+", value):
        return f"write {value.replace(',', '.')}, with a point"
    if re.fullmatch(r"[+-]?[\d.]+ ?%", value):
        return f"write {float(value.rstrip('% ')) / 100:.4g} for {value}"
    if re.fullmatch(r"[+-]?\.\d+|[+-]?\d+\.", value):
        return "write a digit on both sides of the decimal point"
    if re.fullmatch(r"[A-Za-z][\w -]*", value):
        return f'write text in quotes: "{value}"'
    if line and "=" not in line and not line.startswith("["):
        return "write KEY = VALUE, and # before a comment"
    return ""


def _plain(document: dict[str, Any], where: str, notes: list[str]) -> PlainText:
    found = PlainText({}, {}, notes)
    for path, value in _leaves(document, ()):
        if len(path) > DEEPEST:
            raise ScenarioError(_too_deep(where))
        name = path_text(path)
        if isinstance(value, float) and not math.isfinite(value):
            problem = Problem(where, name, "a finite number", Shown(value), "leave the key out for no limit")
            found.wrong[path] = problem
        elif isinstance(value, date | time) and field_at(path) is not None:  # an unknown key is told as such
            is_day = not isinstance(value, datetime | time)
            if not (is_day and _DAYS.fullmatch(name)):
                rule = "a day without a time of day" if _DAYS.fullmatch(name) else "a number or text, not a day"
                hint = "write it in quotes if it is text" if is_day else "write the day alone, such as 2026-06-30"
                found.wrong[path] = Problem(where, name, rule, Shown(value), hint)
    found.document = _written(document)
    return found


def _leaves(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    if len(path) > DEEPEST:
        yield path, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, (*path, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _leaves(one, (*path, number))
    else:
        yield path, value


def _written(value: Any) -> Any:
    """Return the same with days as text, and 0 for what is not finite and already told."""
    if isinstance(value, dict):
        return {key: _written(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_written(one) for one in value]
    if isinstance(value, date | time):
        return value.isoformat()
    return 0 if isinstance(value, float) and not math.isfinite(value) else value
