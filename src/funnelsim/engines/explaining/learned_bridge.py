"""From an earlier forecast from records to a later one, step by step.

The question: where did the change of the mean come from?  Every step is simulated with the later run's luck, so the
steps are differences of integer sums: they add up exactly, and there is no noise term.  The leads that are open in both
runs go one way (:mod:`funnelsim.engines.explaining.learned_versions`), new ones stand on the later day at once, closed
ones leave from the earlier day with what was expected of them then.  Leads that nobody had yet are fewer to come the
later the day: those that came in between stand under the new ones.  All of it under the earlier records; the last step
is what the newer ones teach.

What it leaves out: an order-free share of changes that meet in one lead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.engines.explaining.bridging import (
    Bridged,
    Ends,
    Worked,
    booked_by,
    booked_since,
    bridge_of,
    luck_of,
    moves_of,
)
from funnelsim.engines.explaining.forecast_matching import match
from funnelsim.engines.explaining.learned_versions import Part, Path, path_between
from funnelsim.engines.explaining.learned_window import InWindow, version_of
from funnelsim.model.bridge_steps import (
    COMING,
    DECREASED,
    GONE,
    INCREASED,
    LEARNED_STEPS,
    LOST,
    NEW,
    OTHER_BOOKINGS,
    RECORDS,
    WON,
)
from funnelsim.model.forecast_run import ForecastRun

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def bridge_learned(
    earlier: ForecastRun, later: ForecastRun, start: InWindow, now: InWindow, target: int | None
) -> Bridged:
    """Explain the change between two forecasts from records.

    Parameters
    ----------
    earlier, later : ForecastRun
        The runs, in one currency and unit of periods; the earlier as-of day is not after the later.
    start, now : InWindow
        Both as they were, in one window and with the later run's luck, as many parameter sets included.
    target : int or None
        Plan for the window, minor units.

    Returns
    -------
    Bridged
        Steps sum exactly to the change of the mean.
    """
    walk, found = now.walk, match(earlier, later)
    own = replace(walk, seed=earlier.seed, count=earlier.replications)
    same = luck_of(earlier) == luck_of(later)
    its_own = start.all_money if same else own.lower(version_of(earlier)).all_money
    path = path_between(start.version, now.version, found)
    ends = Ends(earlier, later, found, walk.days, target, start.all_money, its_own, path.unknown)
    paired, end = _paired(path, start)
    worked = {**paired, **_closed(ends, start, end), COMING: _coming(start, end), RECORDS: _records(end, now)}
    worked[INCREASED] = _and(worked[INCREASED], _rows_of(INCREASED, end, found.added, 1))
    worked[DECREASED] = _and(worked[DECREASED], _rows_of(DECREASED, start, found.removed, -1))
    return bridge_of(ends, (worked[name] for name in LEARNED_STEPS if name in worked))


def _paired(path: Path, start: InWindow) -> tuple[dict[str, Worked], InWindow]:
    """Work the steps of paired leads out; return the later run's leads under the earlier records too."""
    lowered = {id(start.version): start}
    before, latest, found = _brought((path.start,), lowered), start.version, {}
    for stage in path.stages:
        for part in stage.parts:
            if id(part.version) not in lowered:
                lowered[id(part.version)] = start.walk.lower(part.version)
        after = before if stage.parts[0].version is latest else _brought(stage.parts, lowered)
        change = after.means - before.means
        named = [
            (*one, amount)
            for one, amount, moved in zip(after.names, change.tolist(), stage.changed, strict=True)
            if moved
        ]
        moved_money, exact = after.money - before.money, math.fsum(change.tolist())
        found[stage.name] = Worked(stage.name, moved_money, moves_of(stage.name, named), exact)
        before, latest = after, stage.parts[-1].version
    return found, lowered[id(path.end)]


class _Brought(NamedTuple):
    """What pairs bring: (replication,) together, (pair,) in the mean, and id and name of each."""

    money: Ints
    means: Floats
    names: list[tuple[str, str]]


def _brought(parts: Sequence[Part], lowered: Mapping[int, InWindow]) -> _Brought:
    """Add up what pairs bring, each where it is."""
    pairs = sum(len(part.pairs) for part in parts)
    means, names = np.zeros(pairs), [("", "")] * pairs
    money = np.zeros(next(iter(lowered.values())).walk.count, dtype=np.int64)
    for part in parts:
        window = lowered[id(part.version)]
        money = money + window.money(_mask(window, part.rows))
        means[part.pairs] = window.means[part.rows]
        for pair, (lead_id, name, _) in zip(
            part.pairs.tolist(), _named(window, part.rows, means[part.pairs]), strict=True
        ):
            names[pair] = lead_id, name
    return _Brought(money, means, names)


def _closed(ends: Ends, start: InWindow, end: InWindow) -> dict[str, Worked]:
    """Work the steps out of leads that are open in one run only, and of what was booked."""
    found, earlier, later, days = ends.matching, ends.earlier, ends.later, ends.days
    booked = booked_since(earlier, later, found, days)
    linked = not (earlier.actuals_replaced or later.actuals_replaced)
    steps = {
        NEW: _rows_of(NEW, end, found.fresh, 1),
        WON: _rows_of(WON, start, found.won, -1),
        LOST: _rows_of(LOST, start, found.lost, -1),
        GONE: _rows_of(GONE, start, found.gone, -1),
        OTHER_BOOKINGS: _rows_of(OTHER_BOOKINGS, start, [], 1),
    }
    for name, amount, rows in (
        (NEW, booked.fresh, found.booked_fresh),
        (WON, booked.known, found.booked_known),
        (OTHER_BOOKINGS, booked.other, []),
    ):
        steps[name] = _with_bookings(steps[name], amount, later, rows if linked else [], ends)
    return steps


def _with_bookings(worked: Worked, amount: int, later: ForecastRun, rows: Sequence[int], ends: Ends) -> Worked:
    named = [(move.lead_id, move.name, move.amount) for move in worked.moves]
    moves = moves_of(worked.name, named, (later.others, rows, ends.days))
    assert not rows or booked_by(later.others, rows, ends.days) == amount, "what is booked has its rows"
    return Worked(worked.name, worked.moved + amount, moves, worked.exact + amount)


def _rows_of(name: str, lowered: InWindow, rows: Sequence[int], sign: int) -> Worked:
    """Return a step that adds some rows of a version, or takes them away."""
    chosen = np.asarray(rows, dtype=np.int64)
    if not len(chosen):
        return Worked(name, np.zeros(lowered.walk.count, dtype=np.int64), [], 0.0)
    change = sign * lowered.means[chosen]
    moved = sign * lowered.money(_mask(lowered, chosen))
    return Worked(name, moved, moves_of(name, _named(lowered, chosen, change)), math.fsum(change.tolist()))


def _and(one: Worked, other: Worked) -> Worked:
    amounts = [(move.lead_id, move.name, move.amount) for move in (*one.moves, *other.moves)]
    return Worked(one.name, one.moved + other.moved, moves_of(one.name, amounts), one.exact + other.exact)


def _coming(start: InWindow, end: InWindow) -> Worked:
    """Return what fewer days to come leave of the leads that nobody has yet, under the earlier records."""
    return Worked(COMING, end.coming - start.coming, [], end.coming_mean - start.coming_mean)


def _records(before: InWindow, now: InWindow) -> Worked:
    """Return what the newer records teach: of leads as they are now, and of those to come."""
    change = now.means - before.means
    exact = math.fsum([*change.tolist(), now.coming_mean, -before.coming_mean])
    moves = moves_of(RECORDS, _named(now, np.flatnonzero(change), change[change != 0.0]))
    return Worked(RECORDS, now.all_money - before.all_money, moves, exact)


def _mask(lowered: InWindow, rows: Ints) -> npt.NDArray[np.bool_]:
    mask = np.zeros(len(lowered.version.leads), dtype=bool)
    mask[rows] = True
    return mask


def _named(lowered: InWindow, rows: Ints, amounts: Floats) -> Iterator[tuple[str, str, float]]:
    """Yield id, name and amount of some rows."""
    leads = lowered.version.leads
    names = leads.attributes.get("name", ("",) * len(leads))
    for row, amount in zip(rows.tolist(), amounts.tolist(), strict=True):
        yield leads.lead_id[row], names[row], amount
