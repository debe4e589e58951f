"""What is wrong with the form of a scenario document, in the house's sentence shape.

The question: a number is out of range, a word is mistyped, a key is unknown; where, and what should be there?  The
checker of the document finds it, this module says it: a dotted path, the rule in words, the value, and a hint.

What it leaves out: whether the parts fit together (:mod:`funnelsim.model.scenario_problems`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from funnelsim.errors import FunnelsimError, Problem, Shown
from funnelsim.model.distribution_words import WRITTEN, distribution
from funnelsim.model.scenario import Scenario

Path = tuple[str | int, ...]
"""Keys and positions from the top of a document to a value."""

_LARGE = 1e5
"""Limits from here on guard against slips of the hand and are not worth telling."""
_NUMBERS = frozenset(("int_type", "float_type", "finite_number", "int_from_float"))
_LIMITS = frozenset(("greater_than_equal", "greater_than", "less_than_equal", "less_than"))
_SHAPES = {
    "string_type": "text",
    "bool_type": "true or false",
    "dict_type": "a table of names and values",
    "tuple_type": "a list",
    "model_type": "a table",
    "date_type": "a day",
}
_DAYS = "a day such as 2026-06-30"


def path_text(path: Path) -> str:
    """Write a path as people do.

    Parameters
    ----------
    path : Path
        Keys and positions.

    Returns
    -------
    str
        Such as ``stages[2].conversion``; positions count from 0.
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{key_text(part)}" if text else key_text(part)
    return text


def key_text(key: str) -> str:
    """Write a key so that it can neither be taken for a path nor steer a terminal.

    Parameters
    ----------
    key : str
        As in the document.

    Returns
    -------
    str
        The key, in quotes unless it has only letters, digits, ``_`` and ``-``.
    """
    return key if key.isascii() and key.replace("_", "").replace("-", "").isalnum() else repr(key)


def named(path: Path, document: object) -> str:
    """Say the name of the thing in a list that a path leads through.

    Parameters
    ----------
    path : Path
        Keys and positions.
    document : object
        The document as plain lists and mappings.

    Returns
    -------
    str
        Such as ``in 'Proposal'``; empty when there is none.
    """
    if len(path) < 3 or not isinstance(path[1], int) or not isinstance(document, Mapping):
        return ""
    entries = document.get(path[0])
    entry = entries[path[1]] if isinstance(entries, Sequence) and path[1] < len(entries) else None
    name = entry.get("name") if isinstance(entry, Mapping) else None
    return f"in {name!r}" if isinstance(name, str) else ""


def sentences(error: ValidationError, document: object, where: str) -> dict[Path, Problem]:
    """Say everything that is wrong with the form of a document.

    Parameters
    ----------
    error : ValidationError
        What the checker found.
    document : object
        The document as plain lists and mappings.
    where : str
        The file, said first.

    Returns
    -------
    dict of Path to Problem
        One problem for each place.
    """
    found: dict[Path, Problem] = {}
    for detail in error.errors(include_url=False):
        path = _place(detail, document)
        if path[:1] == ("sources",) and len(path) > 2 and path[2] == "pr" and detail["type"] != "missing":
            path = path[:3]
            for number, problem in enumerate(_spread(path, document, where)):
                found.setdefault((*path, *(() if number == 0 else (f"({number})",))), problem)
        else:
            found.setdefault(path, _problem(path, detail, document, where))
    return found


def value_at(path: Path, document: object) -> Any:
    """Return what a path leads to.

    Parameters
    ----------
    path : Path
        Keys and positions.
    document : object
        Plain lists and mappings.

    Returns
    -------
    object
        The value; None where there is none.
    """
    for part in path:
        if not _holds(document, part):
            return None
        document = document[part]  # type: ignore[index]
    return document


def _holds(value: object, part: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(part, int) and part < len(value)
    return isinstance(value, Mapping) and part in value


def _place(detail: ErrorDetails, document: object) -> Path:
    """Return the path of an error without the branches of a union, which nobody wrote."""
    path: list[str | int] = []
    for part in detail["loc"]:
        if _holds(document, part):
            document = document[part]  # type: ignore[index]
        elif detail["type"] != "missing":
            continue
        path.append(part)
    return tuple(path)


def _spread(path: Path, document: object, where: str) -> tuple[Problem, ...]:
    spec, name, detail = value_at(path, document), path_text(path), named(path, document)
    try:
        distribution(spec, name)
    except FunnelsimError as error:
        return tuple(
            Problem(where, f"{name}.{one.name}" if one.name.isidentifier() else name, one.rule, one.value, one.hint,
                    detail)
            for one in error.problems
        )  # fmt: skip
    return (Problem(where, name, WRITTEN, spec, "", detail),)


def _problem(path: Path, detail: ErrorDetails, document: object, where: str) -> Problem:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    name, also = path_text(path) or "the document", named(path, document) if path[-1:] != ("name",) else ""
    field = field_at(path)
    if kind == "missing":
        said = (field.description or "") if field is not None else ""
        return Problem(where, name, "given", Shown("nothing"), f"what belongs there: {said}" if said else "", also)
    if kind == "extra_forbidden":
        return _unknown_key(path, document, where)
    if kind == "literal_error":
        allowed = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
        return Problem(where, name, _one_of(context), value, _near_word(value, allowed), also)
    if kind == "string_pattern_mismatch" or (kind == "string_type" and name.endswith("name")):
        rule = "a name of at most 40 letters, digits, blanks, - and _, with a letter first"
        return Problem(where, name, rule, value, "", also)
    if kind in _NUMBERS | _LIMITS:
        return Problem(where, name, _number_rule(kind, field, context), value, _number_hint(kind, value, field), also)
    if kind.startswith("date"):
        return Problem(where, name, _DAYS, value, "write the day without a time of day", also)
    if kind in _SHAPES:
        return Problem(where, name, _SHAPES[kind], value, _shape_hint(kind, path, value), also)
    rule = str(detail["msg"]).removeprefix("Input should be ").removeprefix("Value error, ")
    return Problem(where, name, rule, value, "", also)


def _unknown_key(path: Path, document: object, where: str) -> Problem:
    section = model_at(path[:-1])
    keys = [field.alias or key for key, field in section.model_fields.items()] if section else []
    written = value_at(path[:-1], document)
    free = [key for key in keys if not isinstance(written, Mapping) or key not in written]
    near = get_close_matches(str(path[-1]), free, 1, 0.6) or get_close_matches(str(path[-1]), keys, 1, 0.6)
    hint = f"did you mean {near[0]!r}?" if near else f"the keys there are {', '.join(keys)}"
    return Problem(where, path_text(path), "a key that is known", str(path[-1]), hint, named(path, document))


def _one_of(context: Mapping[str, Any]) -> str:
    return "one of " + str(context["expected"]).replace(" or ", ", ")


def _near_word(value: object, allowed: Sequence[str]) -> str:
    if not isinstance(value, str):
        return "write it in quotes" if any(not word.isdigit() for word in allowed) else "write a whole number"
    if value in allowed:
        return "remove the quotes"
    near = get_close_matches(value.casefold(), allowed, 1, 0.5)
    return f"did you mean {near[0]!r}?" if near else ""


def _number_rule(kind: str, field: FieldInfo | None, context: Mapping[str, Any]) -> str:
    """Say a number's rule with its limits, as far as they mean anything."""
    metadata = field.metadata if field is not None else []
    low = next((one for one in metadata if isinstance(one, Ge | Gt)), None)
    high = next((one for one in metadata if isinstance(one, Le | Lt)), None)
    whole = field is not None and (field.annotation is int or "int" in str(field.annotation))
    what = "a whole number" if whole or kind.startswith("int") else "a number"
    bottom = low.ge if isinstance(low, Ge) else low.gt if low is not None else context.get("ge", context.get("gt"))
    top = high.le if isinstance(high, Le) else high.lt if high is not None else context.get("le", context.get("lt"))
    if bottom is not None and top is not None and abs(float(top)) < _LARGE:  # type: ignore[arg-type]
        ends = "(" if isinstance(low, Gt) else "[", ")" if isinstance(high, Lt) else "]"
        return f"{what} in {ends[0]}{bottom:g}, {top:g}{ends[1]}"
    if kind in {"less_than_equal", "less_than"}:
        return f"{what}, at most {top:,.0f}"
    if bottom is None or abs(float(bottom)) >= _LARGE:  # type: ignore[arg-type]
        return what
    return f"{what} above {bottom:g}" if isinstance(low, Gt) or "gt" in context else f"{what}, at least {bottom:g}"


def _number_hint(kind: str, value: object, field: FieldInfo | None) -> str:
    if isinstance(value, bool):
        return "write a number, not true or false"
    if isinstance(value, str):
        return _quoted_hint(value)
    if isinstance(value, float) and kind.startswith("int") and value.is_integer():
        return f"write {value:.0f}, without decimals"
    share = field is not None and any(isinstance(one, Le) and one.le == 1 for one in field.metadata)
    if share and kind == "less_than_equal" and isinstance(value, int | float) and 1 < value <= 100:
        percent = value if value >= 2 else value * 10  # 1.4 is a slip for .14, 14 is meant as 14 %
        return f"write {percent / 100:.4g} for {percent:.4g} %"
    return ""


def _quoted_hint(text: str) -> str:
    clean = text.strip()
    try:
        float(clean.rstrip("%"))
    except ValueError:
        return ""
    if clean.endswith("%"):
        return f"write {float(clean.rstrip('%')) / 100:.4g} for {clean}"
    return "remove the quotes"


def _shape_hint(kind: str, path: Path, value: object) -> str:
    if kind == "bool_type":
        return "remove the quotes" if value in {"true", "false"} else "" if not isinstance(value, str) else (
            "write true or false, without quotes")  # fmt: skip
    if kind == "string_type":
        return "write it in quotes"
    if kind == "tuple_type":
        lists = path_text(path) in {"sources", "stages", "teams", "strategies"}
        return f"write [[{path_text(path)}]] above each of them" if lists else "write it in brackets, such as [1, 2]"
    return f"write [{path_text(path)}] on a line of its own, and what belongs to it below" if len(path) == 1 else ""


def model_at(path: Path) -> type[BaseModel] | None:
    """Return the section of the document that a path leads to.

    Parameters
    ----------
    path : Path
        Keys and positions.

    Returns
    -------
    type or None
        The section; None where there is none.
    """
    return _walked(path)[1]


def field_at(path: Path) -> FieldInfo | None:
    """Return the field of the document that a path leads to, or that holds the value it leads to.

    Parameters
    ----------
    path : Path
        Keys and positions.

    Returns
    -------
    FieldInfo or None
        The field; None where there is none.
    """
    field, section = _walked(path)
    return _element(field) if path and isinstance(path[-1], int) and section is None else field


def _walked(path: Path) -> tuple[FieldInfo | None, type[BaseModel] | None]:
    """Return the field that a path ends at, or in, and the section that it is."""
    field: FieldInfo | None = None
    section: type[BaseModel] | None = Scenario
    inside = False  # whether the next key is one that the author chose
    for part in path:
        if isinstance(part, int):
            continue
        if inside:
            inside = False
        elif section is not None:
            field = _field(section, part)
            annotation = field.annotation if field is not None else None
            section, inside = _section(annotation), getattr(annotation, "__origin__", None) is dict
        else:
            return _element(field), None
    return _element(field) if _in_mapping(field, path) and section is None else field, section


def _in_mapping(field: FieldInfo | None, path: Path) -> bool:
    return len(path) > 1 and field is not None and getattr(field.annotation, "__origin__", None) is dict


def _element(field: FieldInfo | None) -> FieldInfo | None:
    """Return the field of one element of a list or mapping, with the element's own limits."""
    if field is None:
        return None
    inner = [one for one in getattr(field.annotation, "__args__", ()) if one is not Ellipsis]
    return FieldInfo.from_annotation(inner[-1]) if inner else field


def _field(section: type[BaseModel] | None, key: str) -> FieldInfo | None:
    if section is None:
        return None
    fields = section.model_fields
    return fields.get(key) or next((field for field in fields.values() if field.alias == key), None)


def _section(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = [one for one in getattr(annotation, "__args__", ()) if isinstance(one, type)]
    return next((one for one in inner if issubclass(one, BaseModel)), None)
