"""Which version of the scenario format a document is, and how an older one becomes the present one.

The question: can this document be read as what it was written for?  Older versions are turned into the next one, step
by step, and each step says what it changed; newer and unknown ones are refused, never guessed at.

==============================  ====================================================================================
version                         what changed after it
==============================  ====================================================================================
``funnelsim/scenario/0``        ``strategies[].handback_days`` became ``strategies[].ownership.idle_days``
``funnelsim/scenario/1``        the present one
==============================  ====================================================================================

What it leaves out: whether the document is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.inputs.scenario_text import PlainText
from funnelsim.model.scenario import SCHEMA

_FAMILY = re.compile(r"funnelsim/scenario/(\d{1,4})")
_PRESENT = int(SCHEMA.rpartition("/")[2])


def present_version(text: PlainText, where: str) -> PlainText:
    """Return a document in the present version of the format.

    Parameters
    ----------
    text : PlainText
        In any version.
    where : str
        The file, for messages.

    Returns
    -------
    PlainText
        In the present one, with a note for every change.

    Raises
    ------
    ScenarioError
        If the version is newer, or not one of ours.
    """
    written = text.document.get("schema")
    if written is None:
        note = f"No schema is given: read as {SCHEMA!r}."
        return PlainText({"schema": SCHEMA, **text.document}, text.wrong, [*text.notes, note])
    match = _FAMILY.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        hint = f'write schema = "{SCHEMA}"'
        raise ScenarioError(Problem(where, "schema", f"a version of this format, such as {SCHEMA!r}", written, hint))
    version = int(match[1])
    if version > _PRESENT:
        hint = "it was written by a newer funnelsim: update this one"
        raise ScenarioError(Problem(where, "schema", f"{SCHEMA!r} or older", written, hint))
    for step in range(version, _PRESENT):
        MIGRATIONS[step](text, where)
    text.document["schema"] = SCHEMA
    return text


def _from_0(text: PlainText, where: str) -> None:
    """Turn ``handback_days`` of a strategy into ``ownership.idle_days``."""
    strategies = text.document.get("strategies")
    moved = 0
    for number, strategy in enumerate(strategies if isinstance(strategies, list) else []):
        if not isinstance(strategy, dict) or "handback_days" not in strategy:
            continue
        days = strategy.pop("handback_days")
        ownership = strategy.setdefault("ownership", {})
        if not isinstance(ownership, dict) or "idle_days" in ownership:
            path = f"strategies[{number}].handback_days"
            value = Shown(f"{days!r} beside ownership")
            problem = Problem(where, path, "left out where ownership.idle_days is given", value, "keep one of the two")
            text.wrong["strategies", number, "handback_days"] = problem
        else:
            ownership["idle_days"] = days
            moved += 1
    several = "strategies" if moved != 1 else "strategy"
    text.notes.append(f"Read from version 0: handback_days became ownership.idle_days in {moved} {several}.")


MIGRATIONS: dict[int, Callable[[PlainText, str], None]] = {0: _from_0}
"""What turns a version into the next one."""
