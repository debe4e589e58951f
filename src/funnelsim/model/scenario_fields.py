"""What the fields of a scenario document have in common: kinds of numbers, and where a default comes from.

A field says its unit and range in its description and its limits; a default that is not the user's own says its source
and grade, so that every number a simulation rests on can be shown with its provenance.

What it leaves out: reading files and wording problems (:mod:`funnelsim.model.scenario_problems`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
"""A number in [0, 1]."""

Amount = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
"""A number, at least 0: hours, days, money, rates."""

Positive = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]
"""A number above 0."""

Count = Annotated[int, Field(ge=0, le=10_000_000)]
"""A whole number, at least 0."""

AtLeastOne = Annotated[int, Field(ge=1, le=100_000)]
"""A whole number, at least 1."""

Real = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
"""A number of either sign."""

Level = Annotated[int, Field(ge=0, le=6)]
"""A qualification level, in [0, 6]."""

Month = Annotated[int, Field(ge=1, le=12)]
"""A month of the year, in [1, 12]."""

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_ -]{0,39}$")]
"""A name that other parts of the document refer to."""

Spread = float | dict[str, float | tuple[float, ...]]
"""A distribution as people write it (:mod:`funnelsim.model.distribution_words`), kept as written."""


def _whole(value: Any) -> Any:
    # to Python, true is 1 and 1.0 is 1; to a person who wrote it, neither is
    if type(value) is not int:
        kind = "literal_error"
        raise PydanticCustomError(kind, "not a whole number", {"expected": "1, 2 or 4"})
    return value


Shape = Annotated[Literal[1, 2, 4], BeforeValidator(_whole)]
"""Gamma shape that the engine has a clock for."""


class Section(BaseModel):
    """A part of the scenario document: frozen, unknown keys refused, numbers never read from text."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def ours(default: Any, text: str, source: str, grade: str = "ours") -> Any:
    """Declare a field whose default is not the user's own.

    Parameters
    ----------
    default : object
        The default.
    text : str
        What the number is, with unit.
    source : str
        Where it comes from.
    grade : str
        ``A`` peer-reviewed, ``B`` large survey, ``C`` practitioner, ``D`` untraceable, ``ours`` an assumption.

    Returns
    -------
    FieldInfo
        For a class attribute.
    """
    return Field(default=default, description=text, json_schema_extra={"source": source, "grade": grade})


def given(text: str, default: Any = ...) -> Any:
    """Declare a field that describes the user's own world or choice, and so has no source of ours.

    Parameters
    ----------
    text : str
        What it is, with unit.
    default : object
        Left out where the user must say.

    Returns
    -------
    FieldInfo
        For a class attribute.
    """
    return Field(default=default, description=text)
