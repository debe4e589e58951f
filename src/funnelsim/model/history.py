"""What became of leads: when each was born, which stages it entered, and how it ended, as far as the records know.

Records begin and end somewhere: a lead that was born before they begin is in them only because it was still open then
(left truncation), and one that is open when they end has no outcome yet (right censoring).  Both bounds travel with the
records, because rates that forget them are wrong by tens of points.

What it leaves out: reading files (``inputs/history.py``) and learning from the records (``engines/learning``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.model.money import DEFAULT_MINOR_DIGITS

NO_MOMENT: Final = np.iinfo(np.int64).min
"""A moment that is not there: a lead that is not closed, a stage that was not entered."""

NO_MONEY: Final = -1
"""An amount that is not there."""

OPEN, WON, LOST = 0, 1, 2
"""Outcomes."""

SECONDS_A_DAY: Final = 86_400

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class History:
    """Records of leads, one row a lead.

    Moments are whole seconds since 1970-01-01 in UTC, or as written where the file names no zone; a plain date is its
    midnight.

    Attributes
    ----------
    lead_id : tuple of str, (lead,)
        Unique.
    created : int64, (lead,)
        Moment of birth; never missing.
    closed : int64, (lead,)
        Moment of the win or loss, not before ``created``; ``NO_MOMENT`` while open.
    outcome : int8, (lead,)
        ``OPEN``, ``WON`` or ``LOST``; open exactly where ``closed`` is missing.
    pr : int64, (lead,)
        Potential revenue in minor units as it was known while the lead was open; ``NO_MONEY`` where unknown.
    amount_won : int64, (lead,)
        What a won lead brought, minor units; ``NO_MONEY`` for all others, and where unknown.
    stages : tuple of str
        Names of the stages whose entries are recorded, in the order of the funnel; may be empty.
    entered : int64, (lead, stage)
        Moment of first entry; ``NO_MOMENT`` where it never was there.
    stated_close : int64, (lead,)
        Moment of the close date that was stated at birth, where that is known; ``NO_MOMENT`` elsewhere.
    exposure_from : int64
        Moment from which on every event is in the records: an event before it is known only of leads that were still
        open then.
    extract : int64
        Moment at which the records end, itself not inside: everything before it is in them.  Where only days are known
        it is the midnight after the last day.
    attributes : mapping of str to tuple of str, each (lead,)
        Every other column as text; empty text where blank.
    snapshots : Snapshots or None
        What was stated about leads at several times, where that is recorded.
    currency : str or None
        Code of every amount; None when nobody said.
    minor_digits : int
        Decimals of the currency.
    counts_only : bool
        Whether there are no amounts at all: every PR is then one whole unit.
    name, sha256 : str
        The file, and its hash as hex.
    notes : tuple of str
        What was read how, inferred, merged or left out, one sentence each, with counts.

    **Invariants**: all columns have one length; stage entries lie between ``created`` and ``closed``; nothing happens
    at or after ``extract``.
    """

    lead_id: tuple[str, ...]
    created: Ints
    closed: Ints
    outcome: npt.NDArray[np.int8]
    pr: Ints
    amount_won: Ints
    stages: tuple[str, ...]
    entered: Ints
    stated_close: Ints
    exposure_from: int
    extract: int
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    snapshots: Snapshots | None = None
    currency: str | None = None
    minor_digits: int = DEFAULT_MINOR_DIGITS
    counts_only: bool = False
    name: str = ""
    sha256: str = ""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of leads."""
        return len(self.lead_id)


@dataclass(frozen=True, eq=False)
class Snapshots:
    """What was stated about leads at several times, one row a lead and time, by rising time within a lead.

    Attributes
    ----------
    lead : int64, (row,)
        Row of the lead in the history.
    taken : int64, (row,)
        Moment of the snapshot.
    stated_close : int64, (row,)
        Stated close then; ``NO_MOMENT`` where blank.
    pr : int64, (row,)
        PR then, minor units; ``NO_MONEY`` where blank.
    pc : float64, (row,)
        Stated PC then, in [0, 1]; ``nan`` where blank.
    stage : tuple of str, (row,)
        Stage then; empty text where blank.
    """

    lead: Ints
    taken: Ints
    stated_close: Ints
    pr: Ints
    pc: npt.NDArray[np.float64]
    stage: tuple[str, ...]
