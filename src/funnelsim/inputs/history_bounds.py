"""Where records begin and end, told or inferred by a rule that holds for any records.

The question: is a quiet time before the first closing a sign of a young business, or of records that begin in the
middle?  Leads that were born before the first closing could all have closed earlier.  The chance that none did, at the
pace at which leads close later in the same records, is known exactly up to that pace; where it is below one in
twenty, the records begin with the first closing, and leads born before it are in them only because they were still
open.

What it leaves out: using the bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from funnelsim.errors import Shown
from funnelsim.inputs.findings import Findings
from funnelsim.inputs.history_leads import LeadRows
from funnelsim.inputs.history_moments import said_moment
from funnelsim.inputs.history_options import HistoryOptions
from funnelsim.model.history import NO_MOMENT, SECONDS_A_DAY, Ints

CUT_CHANCE: Final = 0.05
"""Below this chance of the quiet time, records are taken to begin in the middle."""
ALONE_CHANCE: Final = 1e-6
"""Below this chance of the gap beside it, a first or last moment is taken for a mistyped one."""
_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Bounds:
    """Where records begin and end.

    Attributes
    ----------
    exposure_from, extract : int
        First and last moment inside, seconds since 1970-01-01.
    notes : tuple of str
        How they were found.
    """

    exposure_from: int
    extract: int
    notes: tuple[str, ...]


def find_bounds(rows: LeadRows, options: HistoryOptions, findings: Findings, latest: int = NO_MOMENT) -> Bounds:
    """Return where records begin and end.

    Parameters
    ----------
    rows : LeadRows
        Leads, every one with a birth.
    options : HistoryOptions
        Where the user says so.
    findings : Findings
        Takes a first or last moment that stands alone.
    latest : int
        Latest moment of tables beside.

    Returns
    -------
    Bounds
        Beginning and end.
    """
    moments = all_moments(rows)
    if options.extract is not None:
        extract = end_of(options.extract, clocked=rows.clocked)
        notes = [f"The records end with {options.extract}, as told by --extract-date."]
    else:
        extract = max(int(moments.max()), latest)
        notes = [f"The records end with their last moment, {said_moment(extract)}; --extract-date names another day."]
        _refuse_lonely(moments, findings, last=True)
    if options.exposure_from is not None:
        begin = start_of(options.exposure_from)
        notes.append(f"Every event is in the records from {options.exposure_from} on, as told by --exposure-from.")
        return Bounds(begin, extract, tuple(notes))
    _refuse_lonely(moments, findings, last=False)
    begin, said = _inferred(rows, extract)
    return Bounds(begin, extract, (*notes, said))


def start_of(day: date) -> int:
    """Return the first second of a day.

    Parameters
    ----------
    day : date
        A day.

    Returns
    -------
    int
        Seconds since 1970-01-01.
    """
    return int(np.datetime64(day, "s").astype(np.int64))


def end_of(day: date, *, clocked: bool) -> int:
    """Return the last moment of a day.

    Parameters
    ----------
    day : date
        A day.
    clocked : bool
        Whether the records have times of day; without them every moment is a midnight.

    Returns
    -------
    int
        Seconds since 1970-01-01.
    """
    return start_of(day) + (SECONDS_A_DAY - 1 if clocked else 0)


def all_moments(rows: LeadRows) -> Ints:
    """Return every moment at which something happened, each once, in order.

    Parameters
    ----------
    rows : LeadRows
        Leads.

    Returns
    -------
    int64, (moment,)
        Births, entries and ends, increasing.
    """
    every: Ints = np.concatenate((rows.created, rows.closed, *rows.entered.values()))
    every = np.sort(every[every != NO_MOMENT])
    fresh: Ints = every[np.append(True, every[1:] != every[:-1])]
    return fresh


def _refuse_lonely(moments: Ints, findings: Findings, *, last: bool) -> None:
    """Report a first or last moment so far from all others that it must be mistyped.

    Were ``n`` other moments strewn evenly over their own span, a gap as long as ``g`` beside them would have the
    chance ``(span / (span + g)) ** n``.
    """
    if len(moments) < 3:
        return
    ordered = moments if last else moments[::-1]
    alone, others = int(ordered[-1]), ordered[:-1]
    span, gap = abs(int(others[-1]) - int(others[0])), abs(alone - int(others[-1]))
    if gap <= span or len(others) * np.log1p(gap / span) < -np.log(ALONE_CHANCE):
        return
    word, option = ("last", "--extract-date") if last else ("first", "--exposure-from")
    shown = Shown(
        f"{said_moment(alone)}, while all others lie between "
        f"{said_moment(min(others[0], others[-1]))} and {said_moment(max(others[0], others[-1]))}"
    )
    hint = f"correct it, or pass {option} to say where the records {'end' if last else 'begin'}"
    findings.say(f"the {word} moment", "near the others", shown, hint)


def _inferred(rows: LeadRows, extract: int) -> tuple[int, str]:
    """Infer where the records begin."""
    first = int(rows.created.min())
    until = np.where(rows.closed == NO_MOMENT, extract, rows.closed)
    cut = quiet_before(rows.created, rows.closed, until)
    if cut is not None:
        what = "The records begin in the middle"
        return cut[0], _cut_note(what, "closed", *cut)
    entry = _first_entry(rows)
    cut = None if entry is None else quiet_before(rows.created, entry, np.where(entry == NO_MOMENT, until, entry))
    if cut is not None:
        return cut[0], _cut_note("Entries into stages are recorded late", "entered a stage", *cut)
    return first, (
        f"The records begin with their first lead, on {said_moment(first)}: nothing speaks for leads that closed "
        "before and are missing; --exposure-from names another day."
    )


def _cut_note(what: str, event: str, begin: int, early: int, chance: float) -> str:
    born = "1 lead was" if early == 1 else f"{early:,} leads were"
    return (
        f"{what}: {born} born before the first of all that {event}, on {said_moment(begin)}, and that none of them "
        f"{event} earlier has a chance of {_chance(chance)}. Every event is taken to be in the records from then on; "
        "--exposure-from names another day."
    )


def _chance(chance: float) -> str:
    return "less than 1 in a million" if chance < 1e-6 else f"1 in {1 / chance:,.0f}"


def _first_entry(rows: LeadRows) -> Ints | None:
    """Return each lead's first entry into a stage after its birth; None where no stages are recorded."""
    if not rows.entered:
        return None
    every = np.array(list(rows.entered.values()))
    late = np.where(every > rows.created, every, _NEVER).min(axis=0)
    return np.where(late == _NEVER, NO_MOMENT, late)


def quiet_before(created: Ints, event: Ints, until: Ints) -> tuple[int, int, float] | None:
    """Tell whether records begin with the first event, because leads born before it should have had theirs earlier.

    Parameters
    ----------
    created : int64, (lead,)
        Moments of birth.
    event : int64, (lead,)
        Moment of each lead's event; ``NO_MOMENT`` where it has none.
    until : int64, (lead,)
        Moment of the event, or of the end of the lead's records.

    Returns
    -------
    tuple of (begin, early, chance) or None
        The first event, the leads born before it, and the chance that all of them were without an event until then.
        None when that chance is at least 1 in 20.

    Notes
    -----
    The law of the age at the event is the Nelson-Aalen estimate with delayed entry at the first event, which is right
    whether the records begin in the middle or not; one is added to the leads at risk, so that few leads never make a
    certainty.  At the first event the chance is that of a uniform number when the records are whole and the pace is
    known, so about 1 in 20 of whole records are cut, which costs only a time in which nothing happened; not to notice
    that records begin in the middle makes every rate too low.
    """
    happened = event != NO_MOMENT
    if not happened.any():
        return None
    begin = int(event[happened].min())
    early = created < begin
    if not early.any():
        return None
    enters = np.maximum(begin - created, 0)
    leaves = np.maximum(until - created, enters)
    ages, deaths = np.unique((event - created)[happened], return_counts=True)
    at_risk = np.searchsorted(np.sort(enters), ages, "right") - np.searchsorted(np.sort(leaves), ages, "left")
    hazard = np.concatenate(([0.0], np.cumsum(deaths / (at_risk + 1))))
    younger = np.searchsorted(ages, begin - created[early], "left")
    chance = float(np.exp(-hazard[younger].sum()))
    return (begin, int(early.sum()), chance) if chance < CUT_CHANCE else None
