"""Records of the model as plain dicts, lists, texts and numbers, and back again to the bit.

How is an object kept in a text file without a hand-made list of its fields?  The fields and types of its dataclasses
say it all: a field that is added with a default is kept too, and is filled in when an older file lacks it.

What it leaves out: files (``outputs/model_file.py`` writes one, ``inputs/model_file.py`` reads it).
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import numpy as np

NOT_FINITE: Final = {"nan": np.nan, "inf": np.inf, "-inf": -np.inf}
"""Numbers for which JSON has no word, as texts."""


def to_plain(value: Any) -> Any:
    """Return a value as plain dicts, lists, texts and numbers.

    Parameters
    ----------
    value : dataclass, array, tuple, mapping, date, text, number, bool or None
        Of any depth; a list is taken for a tuple.

    Returns
    -------
    dict, list, str, int, float, bool or None
        Numbers keep all their bits; those that are not finite become texts.

    Raises
    ------
    TypeError
        If a value has no plain form.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: to_plain(getattr(value, one.name)) for one in dataclasses.fields(value) if one.init}
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, tuple | list):
        return [to_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): to_plain(one) for name, one in value.items()}
    if isinstance(value, np.generic):
        return to_plain(value.item())
    if isinstance(value, float):
        return value if np.isfinite(value) else repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str):
        return value
    message = f"a plain value must be made of records, arrays, texts and numbers; got {type(value).__name__}"
    raise TypeError(message)


def _plain_array(array: np.ndarray[Any, Any]) -> Any:
    """Return nested lists; with the shape beside them where an empty axis would hide it."""
    plain = array.tolist()
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        plain = _spelled(plain)
    return plain if array.size or array.ndim == 1 else {"shape": list(array.shape)}


def _spelled(plain: Any) -> Any:
    return [_spelled(one) for one in plain] if isinstance(plain, list) else to_plain(plain)


def from_plain(hint: Any, plain: Any, place: str) -> Any:
    """Return the value that a plain form stands for.

    Parameters
    ----------
    hint : type
        What it is to be: a dataclass, or any annotation of a field.
    plain : Any
        From :func:`to_plain`.
    place : str
        Where it stands, for the message.

    Returns
    -------
    Any
        Equal to the original in type and in every bit; where a number stood for one of another kind, such as 1 for
        true, the one of the kind that the type asks for.

    Raises
    ------
    ValueError
        If the plain form is of another shape than the type asks for; names the place.
    """
    origin = typing.get_origin(hint)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _record(hint, plain, place)
    if origin in {typing.Union, types.UnionType}:
        return _one_of(typing.get_args(hint), plain, place)
    if origin is np.ndarray:
        return _array(typing.get_args(typing.get_args(hint)[1])[0], plain, place)
    if origin is tuple:
        return _tuple(typing.get_args(hint), plain, place)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        kind = typing.get_args(hint)[1]
        return {name: from_plain(kind, one, f"{place}.{name}") for name, one in _dict(plain, place).items()}
    if origin is typing.Literal:
        return _checked(plain in typing.get_args(hint), plain, place)
    return _single(hint, plain, place)


def _record(kind: type[Any], plain: Any, place: str) -> Any:
    given, hints = _dict(plain, place), typing.get_type_hints(kind)
    fields = {one.name: one for one in dataclasses.fields(kind) if one.init}
    _checked(given.keys() <= fields.keys(), sorted(given.keys() - fields.keys()), place)
    needed = {name for name, one in fields.items() if not _has_default(one)}
    _checked(needed <= given.keys(), f"nothing called {', '.join(sorted(needed - given.keys()))}", place)
    return kind(**{name: from_plain(hints[name], one, f"{place}.{name}") for name, one in given.items()})


def _has_default(one: dataclasses.Field[Any]) -> bool:
    return one.default is not dataclasses.MISSING or one.default_factory is not dataclasses.MISSING


def _one_of(kinds: tuple[Any, ...], plain: Any, place: str) -> Any:
    if plain is None and type(None) in kinds:
        return None
    others = [kind for kind in kinds if kind is not type(None)]
    for kind in others[:-1]:
        try:
            return from_plain(kind, plain, place)
        except ValueError:
            continue
    return from_plain(others[-1], plain, place)


def _array(kind: type[Any], plain: Any, place: str) -> np.ndarray[Any, Any]:
    if isinstance(plain, dict):
        return np.zeros([int(size) for size in plain.get("shape", ())], dtype=kind)
    _checked(isinstance(plain, list), plain, place)
    try:
        array = np.array(plain) if plain else np.zeros(0, dtype=kind)
        if array.dtype.kind == "U" and np.dtype(kind).kind == "f":
            array = np.array(plain, dtype=np.float64)
    except ValueError as error:
        message = f"{place}: {error}"
        raise ValueError(message) from error
    _checked(array.dtype.kind in ("if" if np.dtype(kind).kind == "f" else np.dtype(kind).kind), array.dtype, place)
    return array.astype(kind)


def _tuple(kinds: tuple[Any, ...], plain: Any, place: str) -> tuple[Any, ...]:
    _checked(isinstance(plain, list), plain, place)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(from_plain(kinds[0], one, f"{place}[{row}]") for row, one in enumerate(plain))
    _checked(len(kinds) == len(plain), f"{len(plain)} values", place)
    return tuple(from_plain(kind, one, place) for kind, one in zip(kinds, plain, strict=True))


def _single(kind: Any, plain: Any, place: str) -> Any:
    if kind is float and not isinstance(plain, bool):
        if isinstance(plain, str):
            _checked(plain in NOT_FINITE, plain, place)
            return NOT_FINITE[plain]
        return float(_checked(isinstance(plain, int | float), plain, place))
    if kind is date:
        return date.fromisoformat(_checked(isinstance(plain, str), plain, place))
    if kind is int:
        whole = isinstance(plain, int) or (isinstance(plain, float) and plain.is_integer())
        return int(_checked(whole and not isinstance(plain, bool), plain, place))
    if kind is bool:
        return bool(_checked(isinstance(plain, bool | int) and plain in {0, 1}, plain, place))
    return _checked(kind is Any or isinstance(plain, kind), plain, place)


def _dict(plain: Any, place: str) -> dict[str, Any]:
    found: dict[str, Any] = _checked(isinstance(plain, dict), plain, place)
    return found


def _checked(fits: bool, plain: Any, place: str) -> Any:
    if not fits:
        message = f"{place}: {str(plain)[:60]}"
        raise ValueError(message)
    return plain
