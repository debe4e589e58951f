"""Which close date was stated of a lead at each moment, and leads followed day by day towards it and past it.

A close date that is stated at birth holds until a snapshot states another: a stay is cut where the statement changes,
so that nothing is read that was said only later.

What it leaves out: what the date says (:mod:`funnelsim.engines.learning.stated_dates`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.model.calibration import CENSORED, Stays
from funnelsim.model.history import NO_MOMENT, SECONDS_A_DAY, History

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

PIECES_AT_ONCE: Final = 1_000_000
"""Lead-days held in memory at once."""


class StatedStays(NamedTuple):
    """Stays, and for each the day that was stated throughout: whole days since the Monday of ``Stays``, or nan."""

    stays: Stays
    stated: Floats


class LeadDays(NamedTuple):
    """Days of stays: row of the stay, day since the Monday, the part of it that the stay lasted, age in its middle."""

    row: Ints
    day: Ints
    part: Floats
    age: Floats


class _Statements(NamedTuple):
    """Statements by lead, then moment, a change each: lead, moment in seconds, start of the stated day or none."""

    lead: Ints
    moment: Ints
    stated: Ints


def stated_stays(history: History, stays: Stays) -> StatedStays:
    """Return stays cut where the stated close changes.

    Parameters
    ----------
    history : History
        The records.
    stays : Stays
        Seen in them.

    Returns
    -------
    StatedStays
        The same stays where no snapshot states a date; a stay that is cut goes on in its next part.
    """
    told = _statements(history)
    if not len(told.lead):
        return StatedStays(stays, np.full(len(stays), np.nan))
    base, span = int(told.moment.min()), int(told.moment.max()) - int(told.moment.min()) + 2
    key = told.lead * span + (told.moment - base)
    begins, ends = (
        np.clip(np.round(days * SECONDS_A_DAY).astype(np.int64) + history.exposure_from - base, -1, span - 1)
        for days in (stays.start, stays.stop)
    )
    first = np.searchsorted(key, stays.lead * span + begins, side="right")
    cuts = np.maximum(np.searchsorted(key, stays.lead * span + ends, side="left") - first, 0)
    row = np.repeat(np.arange(len(stays)), cuts + 1)
    place = np.arange(len(row)) - np.repeat(np.cumsum(cuts + 1) - cuts - 1, cuts + 1)
    said = first[row] + place - 1
    known = (said >= 0) & (told.lead[np.maximum(said, 0)] == stays.lead[row])
    known &= told.stated[np.maximum(said, 0)] != NO_MOMENT
    days = (told.moment - history.exposure_from) / SECONDS_A_DAY
    last = place == cuts[row]
    start = np.where(place > 0, days[np.maximum(said, 0)], stays.start[row])
    stop = np.where(last, stays.stop[row], days[np.minimum(said + 1, len(days) - 1)])
    cause = np.where(last, stays.cause[row], CENSORED)
    parts = replace(picked(stays, row), start=start, stop=stop, cause=cause)
    day = (told.stated[np.maximum(said, 0)] - history.exposure_from) / SECONDS_A_DAY + stays.monday
    return StatedStays(parts, np.where(known, np.floor(day + 1e-6), np.nan))


def stated_now(history: History, rows: Ints) -> Floats:
    """Return the days from the end of the records to the start of the day that is stated last.

    Parameters
    ----------
    history : History
        The records.
    rows : int64, (lead,)
        Leads.

    Returns
    -------
    float64, (lead,)
        Negative for days gone by; nan without a statement.
    """
    told = _statements(history)
    last = np.searchsorted(told.lead, rows, side="right") - 1
    at = np.maximum(last, 0)
    if not len(told.lead):
        return np.full(len(rows), np.nan)
    known = (last >= 0) & (told.lead[at] == rows) & (told.stated[at] != NO_MOMENT)
    return np.where(known, (told.stated[at] - history.extract) / SECONDS_A_DAY, np.nan)


def _statements(history: History) -> _Statements:
    born = np.flatnonzero(history.stated_close != NO_MOMENT)
    lead, moment, stated = born, history.created[born], history.stated_close[born]
    later = history.snapshots
    if later is not None and len(later.lead):
        told = later.stated_close != NO_MOMENT
        lead = np.concatenate([lead, later.lead[told]])
        moment = np.concatenate([moment, np.maximum(later.taken[told], history.created[later.lead[told]])])
        stated = np.concatenate([stated, later.stated_close[told]])
        order = np.lexsort((moment, lead))
        lead, moment, stated = lead[order], moment[order], stated[order]
        stated = stated // SECONDS_A_DAY * SECONDS_A_DAY
        new = np.ones(len(lead), dtype=np.bool_)
        new[1:] = (lead[1:] != lead[:-1]) | (stated[1:] != stated[:-1])
        lead, moment, stated = lead[new], moment[new], stated[new]
    return _Statements(lead, moment, stated // SECONDS_A_DAY * SECONDS_A_DAY)


def picked(stays: Stays, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Stays:
    """Return some stays.

    Parameters
    ----------
    stays : Stays
        All.
    rows : int64 or bool
        Which, as numpy understands it.

    Returns
    -------
    Stays
        Of the same records.
    """
    columns = {each.name: getattr(stays, each.name) for each in fields(stays)}
    chosen: dict[str, Any] = {name: column[rows] for name, column in columns.items() if isinstance(column, np.ndarray)}
    return replace(stays, **chosen)


def lead_days(stays: Stays, rows: Ints) -> Iterator[LeadDays]:
    """Follow stays day by day, so many days at a time.

    Parameters
    ----------
    stays : Stays
        What was seen.
    rows : int64, (row,)
        Which stays.

    Yields
    ------
    LeadDays
        Parts of days sum to the lengths of the stays.
    """
    begin, end = stays.start[rows] + stays.monday, stays.stop[rows] + stays.monday
    first = np.floor(begin).astype(np.int64)
    count = np.maximum(np.ceil(end).astype(np.int64) - first, 1)
    reached = np.cumsum(count)
    done = 0
    while done < len(rows):
        before = reached[done - 1] if done else 0
        upto = max(int(np.searchsorted(reached, before + PIECES_AT_ONCE, side="right")), done + 1)
        some = np.repeat(np.arange(done, upto), count[done:upto])
        inside = np.arange(len(some)) - np.repeat(reached[done:upto] - count[done:upto] - before, count[done:upto])
        day = first[some] + inside
        low, high = np.maximum(begin[some], day), np.minimum(end[some], day + 1.0)
        age = 0.5 * (low + high) - (stays.entered[rows[some]] + stays.monday)
        yield LeadDays(rows[some], day, np.maximum(high - low, 0.0), age)
        done = upto
