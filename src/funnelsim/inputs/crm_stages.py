"""What a stage or a status says: won, lost or open, and the probability its CRM publishes for it.

The question: is this row money already booked, lost, or still to be forecast?  An explicit status comes first, then the
CRM's own flags, then the stage.  Published probabilities are used only where the user asks for them.

What it leaves out: stages that a company invented; those are open until a status, a flag or their words say otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

Status = Literal["open", "won", "lost"]

_STATUS: Mapping[str, Status] = {
    "open": "open", "in progress": "open", "on hold": "open", "active": "open", "new": "open", "pending": "open",
    "won": "won", "closed won": "won", "lost": "lost", "closed lost": "lost", "canceled": "lost", "cancelled": "lost",
    "out-sold": "lost", "deleted": "lost", "abandoned": "lost", "win": "won", "loss": "lost", "declined": "lost",
    "rejected": "lost", "withdrawn": "lost", "expired": "lost", "no decision": "lost",
}  # fmt: skip
_DYNAMICS_STATES: Mapping[str, Status] = {"0": "open", "1": "won", "2": "lost"}
_TRUE = frozenset(("true", "yes", "1", "y", "t"))
_FALSE = frozenset(("false", "no", "0", "n", "f", ""))
_WON = re.compile(r"(closed?\s*[-/–(:]?\s*)?won\b.*|closedwon|signed|customer|closed\s*[-/–]\s*won")
_LOST = re.compile(
    r"(closed?\s*[-/–(:]?\s*)?lost\b.*|closedlost|dead|disqualified|abandoned|cancell?ed|out-?sold|duplicate"
)
_SALESFORCE = {
    "prospecting": 10, "qualification": 10, "needs analysis": 20, "value proposition": 50, "id. decision makers": 60,
    "perception analysis": 70, "proposal/price quote": 75, "negotiation/review": 90,
}  # fmt: skip
_HUBSPOT = {
    "appointmentscheduled": 20, "qualifiedtobuy": 40, "presentationscheduled": 60, "decisionmakerboughtin": 80,
    "contractsent": 90, "appointment scheduled": 20, "qualified to buy": 40, "presentation scheduled": 60,
    "decision maker bought-in": 80, "decision maker bought in": 80, "contract sent": 90,
}  # fmt: skip
_ZOHO = {"qualification": 10, "needs analysis": 20, "value proposition": 40, "identify decision makers": 60}
_PUBLISHED = {"salesforce": _SALESFORCE, "hubspot": _HUBSPOT, "zoho": _ZOHO}
"""Percent; stages on which public sources disagree are absent, and Pipedrive and Dynamics publish none."""


def stage_key(stage: str) -> str:
    """Return the form in which stages are compared.

    Parameters
    ----------
    stage : str
        As written.

    Returns
    -------
    str
        Lower case, trimmed, single spaces.
    """
    return " ".join(stage.split()).casefold()


def status_of_word(text: str, dialect: str = "plain") -> Status | None:
    """Read a cell of a status column.

    Parameters
    ----------
    text : str
        Such as ``Open``, ``Won`` or ``Canceled``.
    dialect : str
        The CRM; only Dynamics has state numbers.

    Returns
    -------
    str or None
        ``open``, ``won`` or ``lost``; None for blank text and unknown words.
    """
    key = stage_key(text)
    return _DYNAMICS_STATES.get(key) if dialect == "dynamics" and key in _DYNAMICS_STATES else _STATUS.get(key)


def status_of_stage(stage: str) -> Status:
    """Read the status that a stage's name implies.

    Parameters
    ----------
    stage : str
        As written; ``A - Sales`` and other stages of one's own are open.

    Returns
    -------
    str
        ``won``, ``lost`` or ``open``.
    """
    key = stage_key(stage)
    if _LOST.fullmatch(key):
        return "lost"
    return "won" if _WON.fullmatch(key) else "open"


def truth(text: str) -> bool | None:
    """Read a cell of a yes-or-no column.

    Parameters
    ----------
    text : str
        Such as ``TRUE``, ``0`` or ``Yes``; blank is no.

    Returns
    -------
    bool or None
        None when it is neither yes nor no.
    """
    key = stage_key(text)
    return True if key in _TRUE else False if key in _FALSE else None


def published_pc(dialect: str, stage: str) -> Decimal | None:
    """Return the probability that a CRM publishes for one of its default stages.

    Parameters
    ----------
    dialect : str
        A CRM, or ``plain``.
    stage : str
        As written.

    Returns
    -------
    Decimal or None
        In [0, 1]; None where the CRM publishes none or public sources disagree.
    """
    percent = _PUBLISHED.get(dialect, {}).get(stage_key(stage))
    return None if percent is None else Decimal(percent).scaleb(-2)
