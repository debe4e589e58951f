"""From records of leads to the stays that were seen: who was at risk of what, from which age to which.

What would somebody have known at a given moment, and when was each lead seen in each stage?  Leads born before the
records begin are seen only from then on (their earlier moves are known because they lasted, so they are not counted),
and stays that had not ended when the records end are cut there.

A lead moves forward only: an entry into an earlier stage than the furthest reached is left out, as is all but the
last stage of entries at one moment.  What it leaves out: rates (:mod:`funnelsim.engines.learning.hazards`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.statements import stated_now
from funnelsim.model.calibration import CENSORED, Stays
from funnelsim.model.history import NO_MOMENT, NO_MONEY, OPEN, SECONDS_A_DAY, WON, History, Snapshots
from funnelsim.model.known_leads import OpenStays

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

UNSTAGED: Final = "no stage yet"
"""State of a lead that has entered none of the recorded stages."""

A_MONDAY: Final = 4 * SECONDS_A_DAY
"""Monday 1970-01-05, from which weeks are counted."""

SHORTEST_STAY: Final = 1.0 / SECONDS_A_DAY
"""Days that a stay lasts at least: moments are whole seconds."""


def as_known(history: History, moment: int, keep: tuple[str, ...] = ()) -> History:
    """Return what was known just before a moment.

    Parameters
    ----------
    history : History
        The records.
    moment : int
        Seconds since 1970-01-01; what happened at it or later is not known yet.
    keep : tuple of str
        Attributes that were known at birth.  All others are left out, because nobody recorded when they were
        written: a reason of loss tells the outcome.

    Returns
    -------
    History
        Leads born before the moment; later closings, stages, amounts and snapshots cut away.  The hash of the file
        stays.
    """
    rows = np.flatnonzero(history.created < moment)
    closed = history.closed[rows]
    ended = (closed != NO_MOMENT) & (closed < moment)
    entered = history.entered[rows]
    return replace(
        history,
        lead_id=tuple(history.lead_id[row] for row in rows.tolist()),
        created=history.created[rows],
        closed=np.where(ended, closed, NO_MOMENT),
        outcome=np.where(ended, history.outcome[rows], OPEN).astype(np.int8),
        pr=history.pr[rows],
        amount_won=np.where(ended, history.amount_won[rows], NO_MONEY),
        entered=np.where(entered < moment, entered, NO_MOMENT),
        stated_close=history.stated_close[rows],
        extract=min(history.extract, moment),
        attributes={
            name: tuple(column[row] for row in rows.tolist())
            for name, column in history.attributes.items()
            if name in keep
        },
        snapshots=_taken_before(history.snapshots, moment, rows, len(history)),
    )


def _taken_before(snapshots: Snapshots | None, moment: int, rows: Ints, leads: int) -> Snapshots | None:
    if snapshots is None:
        return None
    new_row = np.full(leads, -1, dtype=np.int64)
    new_row[rows] = np.arange(len(rows))
    told = np.flatnonzero((snapshots.taken < moment) & (new_row[snapshots.lead] >= 0))
    return Snapshots(
        lead=new_row[snapshots.lead[told]],
        taken=snapshots.taken[told],
        stated_close=snapshots.stated_close[told],
        pr=snapshots.pr[told],
        pc=snapshots.pc[told],
        stage=tuple(snapshots.stage[row] for row in told.tolist()),
    )


def stays_of(history: History) -> Stays:
    """Return the stays that the records saw.

    Parameters
    ----------
    history : History
        The records.

    Returns
    -------
    Stays
        By state, then lead; stays that ended before the records begin are left out, and stays of no length are given
        one second.
    """
    whole_days = knows_days_only(history)
    columns = _columns(history, whole_days)
    end = (history.extract - history.exposure_from) / SECONDS_A_DAY
    stages = len(history.stages)
    gone = np.where(history.outcome == WON, stages + 1, stages + 2).astype(np.int64)
    parts = [_left(columns, gone, state) for state in range(stages + 1)]
    lead, state, entered, stop, cause = (np.concatenate(column) for column in zip(*parts, strict=True))
    stop = np.where(cause == CENSORED, max(end, 0.0), np.maximum(stop, entered + SHORTEST_STAY))
    start = np.minimum(np.maximum(entered, 0.0), stop)
    seen = (stop > 0.0) & ((stop > start) | (cause != CENSORED))
    return Stays(
        states=(UNSTAGED, *history.stages, "won", "lost"),
        lead=lead[seen],
        state=state[seen],
        born=columns[lead[seen], -2],
        entered=entered[seen],
        start=start[seen],
        stop=stop[seen],
        cause=cause[seen],
        pr=np.maximum(history.pr, 0)[lead[seen]],
        stop_of_records=max(end, 0.0),
        monday=since_monday(history.exposure_from),
        whole_days=whole_days,
    )


def _left(columns: Floats, gone: Ints, state: int) -> tuple[Ints, Ints, Floats, Floats, Ints]:
    """Return leads that were in a state, the state, when they entered and left it, and where they went."""
    stages = columns.shape[1] - 3
    there = np.flatnonzero(~np.isnan(columns[:, state]))
    closing = columns[there, -1]
    stop, cause = closing, np.where(np.isfinite(closing), gone[there], CENSORED)
    for later in range(stages, state, -1):  # of the later stages that were entered, the first
        moved = ~np.isnan(columns[there, later])
        stop = np.where(moved, columns[there, later], stop)
        cause = np.where(moved, later, cause)
    return there, np.full(len(there), state, dtype=np.int64), columns[there, state], stop, cause.astype(np.int64)


def since_monday(moment: int) -> float:
    """Return the days from the last midnight that began a Monday to a moment.

    Parameters
    ----------
    moment : int
        Seconds since 1970-01-01.

    Returns
    -------
    float
        In [0, 7).
    """
    return (moment - A_MONDAY) % (7 * SECONDS_A_DAY) / SECONDS_A_DAY


def knows_days_only(history: History) -> bool:
    """Tell whether every moment of a history is a midnight, so that it knows days and no times.

    Parameters
    ----------
    history : History
        The records.

    Returns
    -------
    bool
        True for a history without leads.
    """
    moments = (
        history.created,
        history.closed[history.closed != NO_MOMENT],
        history.entered[history.entered != NO_MOMENT],
    )
    return not any((column % SECONDS_A_DAY).any() for column in moments)


def open_stays(history: History) -> OpenStays:
    """Return the leads that are open when the records end.

    Parameters
    ----------
    history : History
        The records.

    Returns
    -------
    OpenStays
        By row; where only days are known a stay starts within its first day, as in :func:`stays_of`.
    """
    columns = _columns(history, knows_days_only(history))
    rows = np.flatnonzero(history.outcome == OPEN)
    end = (history.extract - history.exposure_from) / SECONDS_A_DAY
    inside = ~np.isnan(columns[rows][:, : len(history.stages) + 1])
    state = (inside.shape[1] - 1 - np.argmax(inside[:, ::-1], axis=1)).astype(np.int64)
    entered = columns[rows, state]
    age, taken = np.maximum(end - entered, 0.0), entered - columns[rows, -2]
    return OpenStays(rows, state, age, taken, np.maximum(history.pr[rows], 0), stated_now(history, rows))


def _columns(history: History, whole_days: bool) -> Floats:
    """Return days of entry into each state, of birth, and of the closing, (lead, state + 2); nan where never."""
    stages = len(history.stages)
    moments = (
        np.column_stack([history.created, history.entered, history.closed])
        if stages
        else np.column_stack([history.created, history.closed])
    )
    if whole_days:  # a day's events follow each other within it: birth, stages in their order, closing
        moments = np.where(
            moments == NO_MOMENT, NO_MOMENT, moments + np.arange(stages + 2) * SECONDS_A_DAY // (stages + 2)
        )
    days = np.where(moments == NO_MOMENT, np.nan, (moments - history.exposure_from) / SECONDS_A_DAY)
    born, entered, closed = days[:, 0], days[:, 1:-1], days[:, -1]
    inside = np.column_stack([born, entered])
    # An entry counts if no later stage was entered before it or with it: moves go forward only.
    first_later = np.full(len(born), np.inf)
    for state in range(stages, -1, -1):
        column = inside[:, state]
        gone_past = column >= first_later
        first_later = np.fmin(first_later, column)
        inside[gone_past, state] = np.nan
    return np.column_stack([inside, born, closed])
