"""Every lead of a replication as one history, named so that two strategies can be held beside each other.

A lead is known by where it comes from: its place among the leads at the start, or source, day and number.  Needs of
customers (``further needs``) are born when a customer is, so they have no counterpart and stay nameless.

What it leaves out: why two histories part (:mod:`funnelsim.engines.choices.partings`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.funnel_arrays import E_BORN, E_LOST, E_WON

AT_START, FURTHER_NEED = -1, -2
"""Sources of leads that no source brings, as the log has them."""

Name = tuple[int, int, int]
"""Source, day and number of the day, from 0; ``AT_START``, 0 and the row for a lead at the start."""

Event = tuple[int, int, int, int, int]
"""Day, event and its three numbers."""

END: Final = (2**31 - 1, -1, 0, 0, 0)
"""What comes after the last event."""


class History(NamedTuple):
    """One lead in one replication.

    Attributes
    ----------
    rows : int64, (event, 6)
        Its part of the log, in the order in which things happen; not copied.
    fate : str
        ``won``, ``lost`` or ``open``.
    amount : int
        Booked, minor units; 0 unless won.
    ended : int
        Day of the win or loss; -1 for an open lead.
    """

    rows: npt.NDArray[np.int64]
    fate: str
    amount: int
    ended: int

    def events(self) -> list[Event]:
        """Return its events."""
        return [(row[0], row[2], row[3], row[4], row[5]) for row in self.rows.tolist()]


@dataclass(frozen=True)
class Histories:
    """All leads of one replication.

    Attributes
    ----------
    named : dict of Name to History
        Leads at the start, and those that sources bring.
    further : tuple of History
        Needs of customers.
    """

    named: dict[Name, History]
    further: tuple[History, ...]


def histories_of(log: npt.NDArray[np.int64]) -> Histories:
    """Sort the events of a replication by lead.

    Parameters
    ----------
    log : int64, (event, 6)
        Of all leads, from ``funnel_logs.Walker.events``.

    Returns
    -------
    Histories
        Every lead that was there; events that belong to no lead are left out.
    """
    rows = log[log[:, 1] >= 0]
    rows = rows[np.argsort(rows[:, 1], kind="stable")]
    starts = np.flatnonzero(np.diff(rows[:, 1], prepend=-1))
    ends = np.append(starts[1:], len(rows))
    births, lasts = rows[starts].tolist(), rows[ends - 1].tolist()
    named: dict[Name, History] = {}
    further: list[History] = []
    seen: dict[tuple[int, int], int] = {}
    for first, end, birth, last in zip(starts.tolist(), ends.tolist(), births, lasts, strict=True):
        assert birth[2] == E_BORN  # leads are numbered by birth
        history = _history(rows[first:end], last)
        source = birth[5]
        if source == FURTHER_NEED:
            further.append(history)
            continue
        place = (source, 0 if source == AT_START else birth[0])
        number = seen.get(place, 0)
        seen[place] = number + 1
        named[*place, number] = history
    return Histories(named, tuple(further))


def _history(rows: npt.NDArray[np.int64], last: list[int]) -> History:
    """Return the history that ends as its last event says: a lost lead that came back is open again."""
    day, event = last[0], last[2]
    if event == E_WON:
        return History(rows, "won", last[4], day)
    return History(rows, "lost", 0, day) if event == E_LOST else History(rows, "open", 0, -1)
