"""The ledger of a comparison: which leads changed fate between two strategies, and why.

What it leaves out: the difference of the totals (:mod:`funnelsim.model.comparison`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FATES: Final = ("won", "lost", "open", "never there")
"""How a lead ends within the horizon; ``never there`` for a lead that only one of the strategies has."""

REASONS: Final = (
    "neglect avoided",
    "neglected",
    "veto",
    "hand-back",
    "qualification",
    "lost on the way",
    "nurture",
    "came back",
    "timing",
    "further need",
)
"""Why the two stories part, read off the first event in which they differ and what became of the lead:

- ``neglect avoided``, ``neglected``: longer without an effective touch under the baseline, under the other one;
- ``veto``: Sales refused it under one of them; ``hand-back``: it went back to Marketing under one of them;
- ``qualification``: passed to Sales on another day, or under one of them only;
- ``lost on the way``: at a hand-over; ``nurture``: parked or dormant under one of them;
- ``came back``: resurrected under one of them; ``further need``: born of a customer that only one of them won;
- ``timing``: none of these: worked on other days, or the same fate on another day.
"""


@dataclass(frozen=True)
class LedgerLine:
    """All leads with one change of fate for one reason.

    Attributes
    ----------
    before, after : str
        Fate under the baseline and under the other one, of ``FATES``.
    reason : str
        Of ``REASONS``.
    leads : float
        A replication, mean.
    amount : float
        Change of bookings in minor units a replication, mean; the lines of a ledger add up to the whole change.
    """

    before: str
    after: str
    reason: str
    leads: float
    amount: float


@dataclass(frozen=True)
class LedgerLead:
    """One lead at the start that changes fate often.

    Attributes
    ----------
    lead_id, name : str
        As in the file.
    pr : int
        Minor units.
    won_before, won_after : float
        Share of replications in which it is won.
    reason : str
        The most frequent reason among its changes.
    example : int
        A replication to trace it in: the first in which its fate changes.
    """

    lead_id: str
    name: str
    pr: int
    won_before: float
    won_after: float
    reason: str
    example: int


@dataclass(frozen=True)
class Ledger:
    """Which leads changed fate.

    Attributes
    ----------
    replications : int
        The first ones of the comparison, in which every lead was followed.
    lines : tuple of LedgerLine
        By falling absolute amount.
    leads : tuple of LedgerLead
        Leads at the start, by falling absolute change of bookings; at most 20.
    unchanged : float
        Leads a replication whose fate and its day are the same under both.
    amount : float
        Change of bookings a replication over these replications, minor units: exactly the sum of the lines.
    """

    replications: int
    lines: tuple[LedgerLine, ...]
    leads: tuple[LedgerLead, ...]
    unchanged: float
    amount: float
