"""The order of stages, and entries that do not fit into the life of their lead.

The question: which stage comes first?  The leads say it: of two stages, the one that more leads entered first comes
first.  Entries up to a day outside a lead's life are moved to its edge, because days without times and clocks of
several programs differ by so much; others say nothing and are left out.

What it leaves out: reading.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from funnelsim.inputs.history_leads import LeadRows
from funnelsim.model.history import NO_MOMENT, SECONDS_A_DAY, Ints


def tidy_entries(rows: LeadRows) -> tuple[dict[str, Ints], tuple[str, ...]]:
    """Bring entries into the lives of their leads.

    Parameters
    ----------
    rows : LeadRows
        Leads with their entries.

    Returns
    -------
    entered : dict of str to int64, each (lead,)
        Entries in ``[created, closed]``; ``NO_MOMENT`` where there is none; stages that nobody entered are gone.
    notes : tuple of str
        What was moved and left out, with counts.
    """
    entered: dict[str, Ints] = {}
    moved = gone = 0
    empty: list[str] = []
    last = np.where(rows.closed == NO_MOMENT, np.iinfo(np.int64).max, rows.closed)
    for stage, found in rows.entered.items():
        there = found != NO_MOMENT
        early = np.where(there, rows.created - np.where(there, found, 0), 0)
        late = np.where(there & (found > last), found - np.minimum(last, found), 0)
        off = np.maximum(early, late)
        near = there & (off > 0) & (off < SECONDS_A_DAY)
        far = there & (off >= SECONDS_A_DAY)
        moved, gone = moved + int(near.sum()), gone + int(far.sum())
        fitted = np.where(there & ~far, np.clip(found, rows.created, last), NO_MOMENT)
        if (fitted != NO_MOMENT).any():
            entered[stage] = fitted
        else:
            empty.append(stage)
    notes = []
    if moved:
        notes.append(f"{_entries(moved)} less than a day before the birth or after the end of the lead, moved there.")
    if gone:
        notes.append(f"{_entries(gone)} a day or more before the birth or after the end of the lead, left out.")
    if empty:
        notes.append(f"Stages that no lead entered were left out: {', '.join(map(repr, empty))}.")
    return entered, tuple(notes)


def in_order(entered: Mapping[str, Ints], created: Ints) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Put stages in the order in which leads enter them.

    Parameters
    ----------
    entered : mapping of str to int64, each (lead,)
        Entries by stage, in the order of the file.
    created : int64, (lead,)
        Births.

    Returns
    -------
    stages : tuple of str
        The stage that comes before most others first, pair by pair among the leads that entered both; ties by the
        median time from birth to entry, then by the order of the file.
    notes : tuple of str
        The order.
    """
    names = list(entered)
    before = dict.fromkeys(names, 0)
    for number, one in enumerate(names):
        for other in names[number + 1 :]:
            both = (entered[one] != NO_MOMENT) & (entered[other] != NO_MOMENT)
            gap = entered[other][both] - entered[one][both]
            lead = int((gap > 0).sum()) - int((gap < 0).sum())
            before[one] += lead > 0
            before[other] += lead < 0
    age = {stage: float(np.median((found - created)[found != NO_MOMENT])) for stage, found in entered.items()}
    stages = tuple(sorted(names, key=lambda stage: (-before[stage], age[stage], names.index(stage))))
    if len(stages) < 2:
        return stages, ()
    return stages, (f"Stages in the order in which leads entered them: {', '.join(stages)}.",)


def _entries(count: int) -> str:
    return "1 entry into a stage was" if count == 1 else f"{count:,} entries into stages were"
