"""The steps from an earlier forecast to a later one: what each is called, and in which order they are taken.

Another order would share the money out differently, so it is one for all.  A forecast from records knows more of how
leads go than one from stated chances, and less of what people say: its leads grow older and change their stage.

What it leaves out: how a step is worked out (:mod:`funnelsim.engines.explaining`).
"""

from __future__ import annotations

from typing import Final

NEW: Final = "new"
MOVED_IN: Final = "moved in"
INCREASED: Final = "increased"
DECREASED: Final = "decreased"
PUSHED: Final = "pushed"
STALE: Final = "gone stale"
WON: Final = "won"
LOST: Final = "lost"
GONE: Final = "gone from the file"
OTHER_BOOKINGS: Final = "other bookings"
PC_CHANGE: Final = "PC change"
MODEL_CHANGE: Final = "model change"
AGED: Final = "grown older"
STAGED: Final = "changed stage"
COMING: Final = "leads to come"
RECORDS: Final = "newer records"

STEPS: Final = (
    NEW, MOVED_IN, INCREASED, DECREASED, PUSHED, STALE, WON, LOST, GONE, OTHER_BOOKINGS, PC_CHANGE, MODEL_CHANGE,
)  # fmt: skip
"""Steps between two forecasts from stated chances."""

LEARNED_STEPS: Final = (
    NEW, MOVED_IN, INCREASED, DECREASED, PUSHED, AGED, STAGED, WON, LOST, GONE, OTHER_BOOKINGS, COMING, RECORDS,
)  # fmt: skip
"""Steps between two forecasts from records."""

SHOWN_IF_ANY: Final = frozenset((STALE, GONE, OTHER_BOOKINGS, COMING))
"""Steps that a page leaves out while nothing is in them."""

MOST_MOVES: Final = 10
"""Leads named per step."""
