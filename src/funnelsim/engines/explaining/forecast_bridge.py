"""From an earlier forecast to a later one, step by step.

The question: where did the change of the mean come from?  Every step is a forecast of an intermediate state of the
records with the same seed.  Draws hang on leads, so only rows that a step changes are simulated again, and what they
bring after it less what they brought before is added to the totals of every replication.  The steps are differences of
integer sums: they add up exactly, and there is no noise term.

The passing of the as-of day is a step of its own, "gone stale": the rows that are open in both files are seen from the
later day, so that a lead whose close date passed and was left as it was is pushed once more.  New leads stand on the
later day at once; leads that were won, lost or gone leave from the earlier day, with what was expected of them then.

What it leaves out: an order-free share of changes that meet in one lead.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from funnelsim.engines.explaining.bridging import Bridged, Ends, Worked, booked_since, bridge_of, moves_of
from funnelsim.engines.explaining.forecast_changes import RowChanges, changes_between
from funnelsim.engines.explaining.forecast_matching import Matching, match
from funnelsim.engines.explaining.forecast_window import (
    Ints,
    RowState,
    WindowWalk,
    rows_at,
    whole_state,
)
from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.bridge_steps import (
    DECREASED,
    GONE,
    INCREASED,
    LOST,
    MODEL_CHANGE,
    NEW,
    OTHER_BOOKINGS,
    PC_CHANGE,
    STALE,
    STEPS,
    WON,
)
from funnelsim.model.forecast_run import ForecastRun
from funnelsim.model.leads import Leads, OtherRows


@dataclass(frozen=True, eq=False)
class Change:
    """What one step does: rows before it, rows after it, money booked.

    Attributes
    ----------
    before, after : tuple of RowState
        The changed rows.
    booked : int
        Added to every replication, minor units.
    closed : OtherRows or None
        Bookings behind it, to name leads.
    closed_rows : tuple of int
        Which of them.
    """

    before: tuple[RowState, ...] = ()
    after: tuple[RowState, ...] = ()
    booked: int = 0
    closed: OtherRows | None = None
    closed_rows: tuple[int, ...] = ()


def bridge_runs(earlier: ForecastRun, later: ForecastRun, walk: WindowWalk, target: int | None) -> Bridged:
    """Explain the change between two forecasts of one window.

    Parameters
    ----------
    earlier, later : ForecastRun
        The runs, in one currency; the earlier as-of day is not after the later.
    walk : WindowWalk
        The window, with the later run's seed and replications.
    target : int or None
        Plan for the window, minor units.

    Returns
    -------
    Bridged
        Steps sum exactly to the change of the mean.
    """
    matching = match(earlier, later)
    changes = _changes(earlier, later, matching, walk)
    forecast = walk.totals(whole_state(earlier))
    own = replace(walk, seed=earlier.seed, count=earlier.replications)
    same = (own.seed, own.count) == (walk.seed, walk.count)
    its_own = forecast if same else own.totals(whole_state(earlier))
    ends = Ends(earlier, later, matching, walk.days, target, forecast, its_own)
    return bridge_of(ends, (_worked(name, changes.get(name, Change()), walk) for name in STEPS))


def _changes(earlier: ForecastRun, later: ForecastRun, found: Matching, walk: WindowWalk) -> dict[str, Change]:
    """Return what each step changes; steps without a change are left out."""
    model, new_model = earlier.assumptions, later.assumptions
    columns = {one.group_shock.column for one in (model, new_model) if one.group_shock}
    ours = replace(earlier, leads=_with_columns(earlier.leads, columns))
    theirs = replace(later, leads=_with_columns(later.leads, columns))
    paired = changes_between(ours, theirs, found.pairs)

    def then(rows: Sequence[int]) -> tuple[RowState, ...]:
        return (RowState(rows_at(ours.leads, rows), earlier.as_of, model),) if rows else ()

    def now(rows: Sequence[int], assumed: ForecastAssumptions = model) -> tuple[RowState, ...]:
        return (RowState(rows_at(theirs.leads, rows), later.as_of, assumed),) if rows else ()

    changes = _paired_changes(paired, earlier, later, model)
    increased, decreased = changes[INCREASED], changes[DECREASED]
    changes[INCREASED] = replace(increased, after=(*increased.after, *now(found.added)))
    changes[DECREASED] = replace(decreased, before=(*decreased.before, *then(found.removed)))
    booked = booked_since(earlier, later, found, walk.days)
    linked = not (earlier.actuals_replaced or later.actuals_replaced)
    born, known_rows = (tuple(rows) if linked else () for rows in (found.booked_fresh, found.booked_known))
    changes[NEW] = Change((), now(found.fresh), booked.fresh, later.others, born)
    changes[WON] = Change(then(found.won), (), booked.known, later.others, known_rows)
    changes[LOST], changes[GONE] = Change(then(found.lost)), Change(then(found.gone))
    changes[OTHER_BOOKINGS] = Change(booked=booked.other)
    if replace(model, yours=frozenset()) != replace(new_model, yours=frozenset()):
        rows = range(len(later.leads))
        changes[MODEL_CHANGE] = Change(now(rows), now(rows, new_model))
    return changes


def _paired_changes(
    paired: RowChanges, earlier: ForecastRun, later: ForecastRun, model: ForecastAssumptions
) -> dict[str, Change]:
    """Return the steps of rows that are open in both files, each on top of those before it."""
    changes = {}
    leads, day = paired.start, earlier.as_of
    for name, following in paired.stages:
        next_day = later.as_of if name in {STALE, PC_CHANGE} else earlier.as_of
        rows = paired.rows[name]
        before, after = rows_at(leads, rows), rows_at(following, rows)
        changes[name] = Change((RowState(before, day, model),), (RowState(after, next_day, model),))
        leads, day = following, next_day
    return changes


def _moved(change: Change, walk: WindowWalk) -> Ints:
    """Return what a step adds to each replication."""
    moved = np.full(walk.count, change.booked, dtype=np.int64)
    for part in change.before:
        moved -= walk.totals(part)
    for part in change.after:
        moved += walk.totals(part)
    return moved


def _worked(name: str, change: Change, walk: WindowWalk) -> Worked:
    """Work one step out: in every replication, and lead by lead in closed form."""
    amounts = [
        (lead_id, text, sign * mean)
        for sign, parts in ((-1, change.before), (1, change.after))
        for part in parts
        for lead_id, text, mean in zip(
            part.leads.lead_id,
            part.leads.attributes.get("name", ("",) * len(part.leads)),
            walk.means(part).tolist(),
            strict=True,
        )
    ]
    closed = None if change.closed is None else (change.closed, change.closed_rows, walk.days)
    exact = math.fsum(amount for _, _, amount in amounts) + change.booked
    return Worked(name, _moved(change, walk), moves_of(name, amounts, closed), exact)


def _with_columns(leads: Leads, columns: Iterable[str]) -> Leads:
    """Return leads that have these columns; a group shock of one file may be by a column that the other lacks."""
    missing = {name: ("",) * len(leads) for name in columns if name not in leads.attributes}
    return replace(leads, attributes={**leads.attributes, **missing}) if missing else leads
