"""Every lead of a replication as one history, named so that two strategies can be held beside each other.

A lead is known by where it comes from: its place among the leads at the start, or source, day and number.  Needs of
customers (``further needs``) are born when a customer is, so they have no counterpart and stay nameless.

What it leaves out: why two histories part (:mod:`funnelsim.engines.choices.partings`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.funnel_arrays import E_BORN, E_LOST, E_WON

Ints = npt.NDArray[np.int64]

AT_START, FURTHER_NEED = -1, -2
"""Sources of leads that no source brings, as the log has them."""

OPEN, LOST, WON = range(3)
"""Fates, the better the larger."""

FATES: Final = ("open", "lost", "won")

Event = tuple[int, int, int, int, int]
"""Day, event and its three numbers."""

END: Final = (2**31 - 1, -1, 0, 0, 0)
"""What comes after the last event."""

_DAY, _NUMBER = 1 << 24, 1 << 20
_SOURCE = _DAY * _NUMBER


@dataclass(frozen=True, eq=False)
class Histories:
    """All leads of one replication, by birth.

    Attributes
    ----------
    rows : int64, (event, 6)
        The log, sorted by lead.
    first, end : int64, (lead,)
        Where each lead's events begin and end in it.
    name : int64, (lead,)
        The same for the same lead under every strategy; below 0 for further needs.
    at_start : int64, (lead,)
        Row among the leads at the start; -1 for all others.
    fate : int64, (lead,)
        Place in ``FATES``: as the last event says, so a lost lead that came back is open again.
    amount : int64, (lead,)
        Booked, minor units; 0 unless won.
    ended : int64, (lead,)
        Day of the win or loss; -1 for an open lead.
    """

    rows: Ints
    first: Ints
    end: Ints
    name: Ints
    at_start: Ints
    fate: Ints
    amount: Ints
    ended: Ints

    def events(self, lead: int) -> list[Event]:
        """Return the events of one lead, in the order in which they happen."""
        found = self.rows[self.first[lead] : self.end[lead]].tolist()
        return [(row[0], row[2], row[3], row[4], row[5]) for row in found]


def histories_of(log: Ints) -> Histories:
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
    first = np.flatnonzero(np.diff(rows[:, 1], prepend=-1))
    end = np.append(first[1:], len(rows))
    births, lasts = rows[first], rows[end - 1]
    assert (births[:, 2] == E_BORN).all()  # leads are numbered by birth
    source, day = births[:, 5], births[:, 0]
    number = _number_of_the_day(source * _DAY + day)
    won = lasts[:, 2] == E_WON
    fate = np.where(won, WON, np.where(lasts[:, 2] == E_LOST, LOST, OPEN))
    return Histories(
        rows=rows,
        first=first,
        end=end,
        name=np.where(source == FURTHER_NEED, -1, (source + 1) * _SOURCE + day * _NUMBER + number),
        at_start=np.where(source == AT_START, number, -1),
        fate=fate,
        amount=np.where(won, lasts[:, 4], 0),
        ended=np.where(fate == OPEN, -1, lasts[:, 0]),
    )


def _number_of_the_day(place: Ints) -> Ints:
    """Return how many leads of the same source and day were born before each."""
    order = np.argsort(place, kind="stable")
    sorted_place = place[order]
    starts = np.flatnonzero(np.diff(sorted_place, prepend=sorted_place[0] - 1 if len(place) else 0))
    number = np.empty_like(place)
    number[order] = np.arange(len(place)) - np.repeat(starts, np.diff(np.append(starts, len(place))))
    return number
