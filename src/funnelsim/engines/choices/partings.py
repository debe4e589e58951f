"""Why two histories of one lead part: read off the first event in which they differ.

What it leaves out: counting and adding up (:mod:`funnelsim.engines.choices.ledger`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from funnelsim.engines.choices.histories import END, Event
from funnelsim.kernels.funnel_arrays import (
    BALANCE,
    CAPABILITY,
    CLEARANCE,
    E_ARRIVE,
    E_LOST,
    E_PARK,
    E_PASS,
    E_REQUALIFY,
    E_RESURRECT,
    E_RIPEN,
    E_TOUCH,
    FAST_TRACK,
    IDLE,
    LOST_ON_THE_WAY,
    MEETING,
    QUALIFIED,
    REQUALIFY,
    TRIAGE,
    VETO,
)

_PASSES: Final = {
    QUALIFIED: "qualification",
    FAST_TRACK: "qualification",
    CAPABILITY: "qualification",
    VETO: "veto",
    IDLE: "hand-back",
    MEETING: "hand-back",
    TRIAGE: "hand-back",
    BALANCE: "hand-back",
    REQUALIFY: "hand-back",
    CLEARANCE: "hand-back",
}
_EVENTS: Final = {
    E_PARK: "nurture",
    E_RIPEN: "nurture",
    E_RESURRECT: "came back",
    E_REQUALIFY: "hand-back",
    E_ARRIVE: "qualification",
}


def parting(before: Sequence[Event], after: Sequence[Event], better: bool, grace: int, days: int) -> str:
    """Say why two histories of one lead part.

    Parameters
    ----------
    before, after : sequence of Event
        Under the baseline and under the other strategy, from birth on.
    better : bool
        Whether the lead fares better under the other one.
    grace : int
        Idle days that do no harm.
    days : int
        Length of the calendar: an open lead is idle until then.

    Returns
    -------
    str
        One of ``model.ledger.REASONS``, never ``further need``.
    """
    told = before, after
    at = next((at for at, pair in enumerate(zip(*told, strict=False)) if pair[0] != pair[1]), min(map(len, told)))
    one, other = (events[at] if at < len(events) else END for events in told)
    # what happened first is what only one of them did; on the same day, what is not just work
    first, second = sorted((one, other), key=lambda event: (event[0], event[1] == E_TOUCH))
    for event in (first, second) if first[0] == second[0] else (first,):
        reason = _reason(event)
        if reason:
            return reason
    idle = [longest_idle(events, at, days) for events in told]
    # longer idle explains a worse fate, never a better one
    if better:
        return "neglect avoided" if idle[0] > max(grace, idle[1]) else "timing"
    return "neglected" if idle[1] > max(grace, idle[0]) else "timing"


def _reason(event: Event) -> str:
    if event[1] == E_PASS:
        return _PASSES[event[4]]
    if event[1] == E_LOST and event[3] == LOST_ON_THE_WAY:
        return "lost on the way"
    return _EVENTS.get(event[1], "")


def longest_idle(events: Sequence[Event], at: int, days: int) -> int:
    """Return the longest time without a touch that ends after a place in a history.

    Parameters
    ----------
    events : sequence of Event
        From birth on.
    at : int
        Place; touches before it say since when the lead is idle there.
    days : int
        Length of the calendar.

    Returns
    -------
    int
        Days; the last stretch ends with the win or loss, or with the calendar.
    """
    since = events[0][0]
    for event in events[:at]:
        if event[1] == E_TOUCH:
            since = event[0]
    longest = 0
    for event in events[at:]:
        if event[1] == E_TOUCH:
            longest = max(longest, event[0] - since)
            since = event[0]
    ended = events[-1]
    end = ended[0] if ended[1] == E_LOST else days if ended[1] in {E_TOUCH, E_ARRIVE, E_PASS} else ended[0]
    return max(longest, end - since)
