"""Every number in a scenario that is not the user's own, with its source and grade.

The question: on what does a simulation of this document rest that nobody in the firm has said?

What it leaves out: how much each of them matters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_paths import path_parts, value_of_path


@dataclass(frozen=True)
class AssumedNumber:
    """One number with somebody else's word behind it.

    Attributes
    ----------
    path : str
        Where it is, things in lists by name, such as ``stages.C.losses.competitor``.
    value : object
        What it is.
    meaning : str
        What it says, with unit.
    source : str
        Who says so.
    grade : str
        ``A`` peer-reviewed, ``B`` large survey, ``C`` practitioner, ``D`` untraceable, ``ours`` an assumption,
        ``yours`` the user's own records.
    written : bool
        Whether the document says the number; False for a default.
    """

    path: str
    value: object
    meaning: str
    source: str
    grade: str
    written: bool


def assumed_numbers(document: Scenario) -> tuple[AssumedNumber, ...]:
    """Return every default with a source of ours, and every number with a source in the document.

    Parameters
    ----------
    document : Scenario
        Checked.

    Returns
    -------
    tuple of AssumedNumber
        In the order of the document.
    """
    told = {_exact(document, path): source for path, source in document.provenance.items()}
    found = []
    for number, named in _numbers(document, (), ()):
        own = told.get(number.path) or told.get(named)
        if own is not None:
            found.append(AssumedNumber(number.path, number.value, number.meaning, own.source, own.grade, True))
        elif number.source:
            found.append(number)
    sections = {one.path for one in found}
    for path, source in document.provenance.items():
        if _exact(document, path) not in sections:
            value = value_of_path(document, path)
            plain = value if isinstance(value, int | float | str) else ""
            found.append(AssumedNumber(path, plain, "", source.source, source.grade, True))
    return tuple(found)


def _exact(document: Scenario, path: str) -> str:
    """Return a path with the things in lists by name."""
    here: object = document
    parts = []
    for part in path_parts(path):
        if isinstance(here, tuple):
            entry = next((one for one in here if getattr(one, "name", None) == part), None)
            here = entry if entry is not None else here[int(part)]
            parts.append(str(getattr(here, "name", part)))
        else:
            here = here[part] if isinstance(here, dict) else getattr(here, "schema_" if part == "schema" else part)
            parts.append(part)
    return ".".join(parts)


def _numbers(section: BaseModel, path: tuple[str, ...], named: tuple[str, ...]) -> Iterator[tuple[AssumedNumber, str]]:
    for key, field in type(section).model_fields.items():
        value = getattr(section, key)
        here = (*path, field.alias or key)
        if isinstance(value, BaseModel):
            yield from _numbers(value, here, named)
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            for one in value:
                yield from _numbers(one, (*here, str(getattr(one, "name", ""))), named)
        elif key != "provenance":
            extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
            ours = key not in section.model_fields_set
            source, grade = (str(extra.get("source", "")), str(extra.get("grade", ""))) if ours else ("", "")
            text = ".".join(here)
            yield AssumedNumber(text, value, field.description or "", source, grade, not ours), text
