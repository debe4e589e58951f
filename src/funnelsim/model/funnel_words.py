"""The codes that a funnel simulation counts and logs by, in words that people use.

The same numbers as in ``kernels/funnel_arrays.py``, which floors above the engines do not import; a test holds the two
together.  What it leaves out: sentences.
"""

from __future__ import annotations

from typing import Final

LOSS_REASONS: Final = ("competitor", "no decision", "regress", "not qualified", "unsubscribed", "lost on the way")
"""By code; a lead that regresses is not lost."""

LOSS_WORDS: Final = {
    "competitor": "bought from somebody else",
    "no decision": "bought from nobody",
    "not qualified": "refused as not qualified",
    "unsubscribed": "unsubscribed",
    "lost on the way": "lost on the way between two teams",
}

PASS_REASONS: Final = (
    "qualified",
    "idle",
    "meeting",
    "triage",
    "balance",
    "veto",
    "requalify",
    "capability",
    "clearance",
    "fast track",
)
"""By code."""

PASS_WORDS: Final = {
    "qualified": "it qualified",
    "idle": "it had been idle too long",
    "meeting": "it was handed back idle at the meeting",
    "triage": "triage left it without hours",
    "balance": "Sales had more leads than it may",
    "veto": "Sales refused it",
    "requalify": "it failed the test when it was tested again",
    "capability": "its owner cannot work the stage it is in",
    "clearance": "it had been restored and was cleared for Sales again",
    "fast track": "it arrived hot",
}

EVENTS: Final = (
    "born",
    "enter",
    "touch",
    "pass",
    "arrive",
    "park",
    "ripen",
    "lost",
    "won",
    "resurrect",
    "requalify",
    "rule",
)
"""By code of the log."""
BORN, ENTER, TOUCH, PASS, ARRIVE, PARK, RIPEN, LOST, WON, RESURRECT, REQUALIFY, RULE = range(len(EVENTS))

FROM_OPENING, FROM_CUSTOMER = -1, -2
"""What stands for the source of a lead that was open at the start, and of one that a customer brought."""

TICKS_PER_HOUR: Final = 3_600_000

FLOWS: Final = (
    "arrived",
    "first_qualified",
    "delivered",
    "accepted",
    "vetoed",
    "wins",
    "booked",
    "losses",
    "parked",
    "regenerated",
    "resurrected",
    "resold",
    "passes",
    "touches",
    "first_calls",
    "call_delay",
    "never_called",
    "purchases",
    "rule_changes",
    "month_end_wins",
    "nurture_days",
    "events",
)
"""What is counted by replication and period, by column."""


def reason_name(reason: str) -> str:
    """Return a reason as this module names it.

    Parameters
    ----------
    reason : str
        In any case, words joined by blanks, ``-`` or ``_``.

    Returns
    -------
    str
        Lower-case words with blanks.
    """
    return " ".join(reason.lower().replace("_", " ").replace("-", " ").split())
