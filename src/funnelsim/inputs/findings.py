"""Collecting what is wrong with a file, so that one message tells all of it.

The question: a column has 4,000 bad cells for two reasons; what does a person need to read?  One problem per reason,
with the first three rows and a count of the rest.  Every reader adds to one :class:`Findings` and raises once.

What it leaves out: deciding what is wrong; that is each reader's own rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from funnelsim.errors import DataError, Problem, raise_if_any

SHOWN_ROWS = 3
SHOWN_HEADERS = 12


@dataclass
class _Rows:
    shown: list[tuple[int, object]] = field(default_factory=list)
    count: int = 0


class Findings:
    """Problems of one file, grouped by reason.

    Parameters
    ----------
    name : str
        The file's name, said first in every message.
    word : str
        What a row is called in this kind of file, ``line`` or ``row``.
    """

    def __init__(self, name: str, word: str = "line") -> None:
        self.name = name
        self.word = word
        self._rows: dict[tuple[str, str, str], _Rows] = {}
        self._whole: list[Problem] = []

    def add(self, name: str, rule: str, line: int, value: object, hint: str = "") -> None:
        """Note one cell that breaks a rule.

        Parameters
        ----------
        name : str
            The value's name in the user's words, such as ``PR (column 'Amount')``.
        rule : str
            What it must be, without "must be".
        line : int
            Line or row number.
        value : object
            What it is.
        hint : str
            What to do; empty for none.
        """
        rows = self._rows.setdefault((name, rule, hint), _Rows())
        rows.count += 1
        if len(rows.shown) < SHOWN_ROWS:
            rows.shown.append((int(line), value))

    def say(self, name: str, rule: str, value: object, hint: str = "", detail: str = "") -> None:
        """Note something wrong with the file or a column as a whole.

        Parameters
        ----------
        name, rule, value, hint, detail
            As in :class:`funnelsim.errors.Problem`.
        """
        self._whole.append(Problem(self.name, name, rule, value, hint, detail))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything found so far: the file as a whole first, then rows by reason."""
        grouped = (self._grouped(*key, rows) for key, rows in self._rows.items())
        return (*self._whole, *grouped)

    def _grouped(self, name: str, rule: str, hint: str, rows: _Rows) -> Problem:
        line, value = rows.shown[0]
        also = [f"{self.word} {other}: {_short(found)}" for other, found in rows.shown[1:]]
        if rows.count > len(rows.shown):
            more = rows.count - len(rows.shown)
            also.append(f"{more} more {'row' if more == 1 else 'rows'}")
        detail = f"(also {'; '.join(also)})" if also else ""
        return Problem(f"{self.name}, {self.word} {line}", name, rule, value, hint, detail)

    def stop_if_any(self) -> None:
        """Raise everything found so far.

        Raises
        ------
        DataError
            When there is at least one problem.
        """
        found = self.problems
        if found:
            raise_if_any(found, DataError)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def some_headers(headers: Sequence[str]) -> str:
    """List the first headers of a file for a message.

    Parameters
    ----------
    headers : sequence of str
        As in the file.

    Returns
    -------
    str
        The first twelve in quotes, long ones cut, with dots for the rest.
    """
    shown = ", ".join(map(_short, headers[:SHOWN_HEADERS]))
    return f"{shown}, ..." if len(headers) > SHOWN_HEADERS else shown


def rows_of(count: int) -> str:
    """Say a number of rows.

    Parameters
    ----------
    count : int
        At least 0.

    Returns
    -------
    str
        ``1 row``, ``2 rows``.
    """
    return f"{count:,} {'row' if count == 1 else 'rows'}"
