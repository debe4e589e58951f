"""One sentence shape for everything that can be wrong, and the exceptions that carry it.

Every message says where, what the thing must be, what it is, and what to do next::

    deals.csv, row 17: PC must be a number in [0, 1]; got '1.4'.
      hint: write 14% for fourteen in a hundred, or pass --pc percent.

Checks collect :class:`Problem` objects and raise once, with all of them.
What it leaves out: translating exceptions into exit codes is the command line's business, except
that each class names its own code so that there is one table only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SHOWN_PROBLEMS = 20


class Shown(str):
    """Text that a problem prints as it stands instead of through ``repr`` (for numbers and dates already formatted)."""

    __slots__ = ()


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, in the one sentence shape.

    Attributes
    ----------
    where : str
        File and row, dotted path, or function name.
    name : str
        The value's name in the user's words.
    rule : str
        What it must be, without "must be".
    value : object
        What it is; shown through ``repr`` unless it is :class:`Shown`.
    hint : str
        The next thing to do; empty for none.
    detail : str
        Said after the value, such as ``"in row 17 (and 4 more rows)"``.
    """

    where: str
    name: str
    rule: str
    value: object
    hint: str = ""
    detail: str = ""

    @property
    def sentence(self) -> str:
        """The sentence without the place it is about."""
        got = str(self.value) if isinstance(self.value, Shown) else _short(repr(self.value))
        detail = f" {self.detail}" if self.detail else ""
        return f"{self.name} must be {self.rule}; got {got}{detail}."

    def __str__(self) -> str:
        """Return the whole message, hint included."""
        text = f"{self.where}: {self.sentence}" if self.where else self.sentence
        return f"{text}\n  hint: {self.hint}" if self.hint else text

    def as_dict(self) -> dict[str, str]:
        """Return the problem as plain strings, for ``--json``.

        Returns
        -------
        dict
            Keys ``where name rule value hint detail``.
        """
        value = str(self.value) if isinstance(self.value, Shown) else _short(repr(self.value))
        return {
            "where": self.where,
            "name": self.name,
            "rule": self.rule,
            "value": value,
            "hint": self.hint,
            "detail": self.detail,
        }


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:117] + "..."


class FunnelsimError(Exception):
    """Base of every error a user can cause or meet; carries ``problems`` and an exit code."""

    exit_code = 1

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(_message(self.problems))


def _message(problems: tuple[Problem, ...]) -> str:
    if len(problems) == 1:
        return str(problems[0])
    lines = [f"{len(problems)} problems:"]
    for number, one in enumerate(problems[:SHOWN_PROBLEMS], 1):
        lines.append("\n".join("  " + line for line in f"{number}. {one}".splitlines()))
    if len(problems) > SHOWN_PROBLEMS:
        lines.append(f"  and {len(problems) - SHOWN_PROBLEMS} more.")
    return "\n".join(lines)


class DataError(FunnelsimError, ValueError):
    """A file of records cannot be used as it is (exit 1)."""


class ScenarioError(FunnelsimError, ValueError):
    """A request, setting or scenario cannot be used as it is (exit 1)."""


class CalibrationError(FunnelsimError, RuntimeError):
    """Rates cannot be learnt from these records (exit 1)."""


class CheckFailed(FunnelsimError, RuntimeError):
    """A result disagrees with the exact answer: our bug, never the user's (exit 70)."""

    exit_code = 70


class WriteError(FunnelsimError, OSError):
    """A result could not be written whole, so nothing was left behind (exit 74)."""

    exit_code = 74


class ResourceError(FunnelsimError, MemoryError):
    """The request needs more memory or disk than there is; refused before it starts (exit 75)."""

    exit_code = 75


class FunnelsimWarning(UserWarning):
    """Something worth knowing that does not stop the answer."""


def raise_if_any(problems: Iterable[Problem], kind: type[FunnelsimError]) -> None:
    """Raise ``kind`` with all the problems, if there are any.

    Parameters
    ----------
    problems : iterable of Problem
        What the checks collected.
    kind : type of FunnelsimError
        The exception to raise.

    Raises
    ------
    kind
        When there is at least one problem.
    """
    found = tuple(problems)
    if found:
        raise kind(found)
