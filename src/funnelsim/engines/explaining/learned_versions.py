"""From what an earlier run knew of its leads to what a later run knows, one kind of thing at a time.

A lead can be re-dated, re-valued, grow older and change its stage between two runs.  Here its date and amount are put
on first, on the earlier day; then the day moves on while it stays in its stage; then it goes where the later records
have it.  All of this under the rates of the earlier records, so that the last step is what the newer ones teach.

What it leaves out: leads that are open in one run only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.explaining.forecast_matching import Matching
from funnelsim.engines.explaining.learned_window import Version
from funnelsim.model.bridge_steps import AGED, DECREASED, INCREASED, MOVED_IN, PUSHED, STAGED
from funnelsim.model.known_leads import OpenStays
from funnelsim.model.learned import Learned

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SAME_AGE: Final = 1e-6
"""Days up to which two ages are one: a tenth of a second."""


@dataclass(frozen=True, eq=False)
class Part:
    """Some of the leads that are open in both runs, as some records have them.

    Attributes
    ----------
    version : Version
        The records.
    rows, pairs : int64, (part,)
        Rows of that version, and which pairs they are.
    """

    version: Version
    rows: Ints
    pairs: Ints


@dataclass(frozen=True, eq=False)
class Stage:
    """One step of the leads that are open in both runs.

    Attributes
    ----------
    name : str
        The step.
    parts : tuple of Part
        All pairs as they are behind it.
    changed : bool, (pair,)
        Which pairs it is about.
    """

    name: str
    parts: tuple[Part, ...]
    changed: Bools


@dataclass(frozen=True, eq=False)
class Path:
    """The way of the leads that are open in both runs.

    Attributes
    ----------
    start : Part
        All pairs in the earlier run.
    stages : tuple of Stage
        Each on top of the one before; the last has the later run's leads under the earlier records.
    unknown : int
        Rows of the later run in a stage, or of a segment, that the earlier records do not know: they count as in the
        stage before it, or as the average.
    """

    start: Part
    stages: tuple[Stage, ...]
    unknown: int

    @property
    def end(self) -> Version:
        """The later run's leads under the earlier records."""
        return self.stages[-1].parts[0].version


def path_between(start: Version, end: Version, found: Matching) -> Path:
    """Lay out the steps of paired leads.

    Parameters
    ----------
    start, end : Version
        The earlier and the later run.
    found : Matching
        What became of every row.

    Returns
    -------
    Path
        With steps about dates only where the earlier records learned from dates.
    """
    pairs = np.array(found.pairs, dtype=np.int64).reshape(-1, 2)
    ours, theirs = pairs[:, 0], pairs[:, 1]
    gap = (end.calendar.as_of - start.calendar.as_of).days
    last, unknown = _under_records_of(start, end, (ours, theirs))
    first, whole = (Part(version, rows, np.arange(len(ours))) for version, rows in ((start, ours), (last, theirs)))
    stages = [*_stated(first, whole, gap)]
    before = stages[-1].parts[0].version
    now, later = before.known.stays, last.known.stays
    moved = _elsewhere(now, ours, later, theirs)
    corrected = ~moved & (np.abs(later.age[theirs] - (now.age[ours] + gap)) > SAME_AGE)
    stages.append(Stage(AGED, _aged(before, whole, ours, moved, gap), corrected | (gap > 0)))
    stages.append(Stage(STAGED, (whole,), moved))
    return Path(first, tuple(stages), unknown)


def _stated(first: Part, last: Part, gap: int) -> Iterator[Stage]:
    """Yield the steps of what people say of a lead: its date and its amount, all seen from the earlier day.

    A date that is stated for the first time, or no longer, did not come nearer: it counts as pushed.
    """
    ours, theirs, version = first.rows, last.rows, first.version
    stays, later = version.known.stays, last.version.known.stays
    now, amount, pr = stated_days(stays), version.leads.pr, stays.pr
    then, new_amount, new_pr = now.copy(), amount.copy(), pr.copy()
    then[ours] = stated_days(later)[theirs] + gap
    new_amount[ours], new_pr[ours] = last.version.leads.pr[theirs], later.pr[theirs]
    moved = (then != now) & ~(np.isnan(then) & np.isnan(now))
    larger = new_amount > amount
    smaller = ~larger & ((new_amount != amount) | (new_pr != pr))
    dated = version.known.learned.dated is not None
    if dated:
        version = _with_dates(version, moved & (then < now), then)
        yield Stage(MOVED_IN, (replace(first, version=version),), (moved & (then < now))[ours])
    version = _with_amounts(version, larger, new_amount, new_pr)
    yield Stage(INCREASED, (replace(first, version=version),), larger[ours])
    version = _with_amounts(version, smaller, new_amount, new_pr)
    yield Stage(DECREASED, (replace(first, version=version),), smaller[ours])
    if dated:
        version = _with_dates(version, moved & ~(then < now), then)
        yield Stage(PUSHED, (replace(first, version=version),), (moved & ~(then < now))[ours])


def stated_days(stays: OpenStays) -> Floats:
    """Return the days to the stated close of each lead.

    Parameters
    ----------
    stays : OpenStays
        Open leads.

    Returns
    -------
    float64, (lead,)
        nan where none is stated.
    """
    return np.full(len(stays.state), np.nan) if stays.stated is None else stays.stated


def _with_stays(version: Version, stays: OpenStays) -> Version:
    """Return a version on the way; leads to come are a step of their own, so it has none."""
    return replace(version, known=replace(version.known, stays=stays, with_new=False))


def _with_dates(version: Version, mask: Bools, stated: Floats) -> Version:
    if not mask.any():
        return version
    stays = version.known.stays
    return _with_stays(version, stays._replace(stated=np.where(mask, stated, stated_days(stays))))


def _with_amounts(version: Version, mask: Bools, amount: Ints, pr: Ints) -> Version:
    if not mask.any():
        return version
    stays = version.known.stays
    changed = _with_stays(version, stays._replace(pr=np.where(mask, pr, stays.pr)))
    return replace(changed, leads=replace(version.leads, pr=np.where(mask, amount, version.leads.pr)))


def _aged(before: Version, last: Part, ours: Ints, moved: Bools, gap: int) -> tuple[Part, ...]:
    """Return leads on the later day: as the later records have them, or older where they have left since."""
    stayed, gone = np.flatnonzero(~moved), np.flatnonzero(moved)
    if not gone.size:
        return (last,)
    stays = before.known.stays
    stated = None if stays.stated is None else stays.stated - gap
    older = _with_stays(before, stays._replace(age=stays.age + gap, stated=stated))
    there = replace(older, calendar=last.version.calendar)
    return (replace(last, rows=last.rows[stayed], pairs=stayed), Part(there, ours[gone], gone))


def _elsewhere(before: OpenStays, ours: Ints, later: OpenStays, theirs: Ints) -> Bools:
    """Return which pairs are in another stage, or of another segment."""
    found = before.state[ours] != later.state[theirs]
    if before.segment is not None and later.segment is not None:
        found |= before.segment[ours] != later.segment[theirs]
    return np.asarray(found)


def _under_records_of(start: Version, end: Version, pairs: tuple[Ints, Ints]) -> tuple[Version, int]:
    """Return the later run's leads under the earlier records, and how many rows those do not know."""
    then, now = start.known.learned, end.known.learned
    stays, known = end.known.stays, start.known
    state_of, is_known = _states(then, now)
    unknown = ~is_known[stays.state]
    segment, unseen = _segments(start, end, pairs)
    unknown |= unseen
    translated = stays._replace(state=state_of[stays.state], segment=segment)
    used = replace(known, stays=translated, matched=end.known.matched)
    return Version(end.leads, used, end.calendar), int(np.count_nonzero(unknown))


def _states(then: Learned, now: Learned) -> tuple[Ints, Bools]:
    """Return which earlier state stands for each of the later records, and whether it is the same one."""
    place = {name: number + 1 for number, name in enumerate(then.stages)}
    found, same = [0], [True]
    for name in now.stages:
        found.append(place.get(name, found[-1]))
        same.append(name in place)
    return np.array(found, dtype=np.int64), np.array(same)


def _segments(start: Version, end: Version, pairs: tuple[Ints, Ints]) -> tuple[Ints | None, Bools]:
    """Return the segments of the later run's rows as the earlier records number them, and which those do not know."""
    then, now = start.known.learned.segments, end.known.learned.segments
    own, segment, rows = start.known.stays.segment, end.known.stays.segment, len(end.leads)
    if then is None or own is None:
        return None, np.zeros(rows, dtype=bool)
    nobody = len(then.names)
    if now is None or segment is None or now.column != then.column:
        # the later run does not tell these apart: leads are of the segment they were of, new ones of none
        ours, theirs = pairs
        found = np.full(rows, nobody, dtype=np.int64)
        found[theirs] = own[ours]
        return found, ~np.isin(np.arange(rows), theirs)
    place = {name: number for number, name in enumerate(then.names)}
    standing = np.array([*(place.get(name, nobody) for name in now.names), nobody], dtype=np.int64)
    found = standing[segment]
    return found, (found == nobody) & (segment < len(now.names))
