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
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from funnelsim.engines.explaining.forecast_changes import RowChanges, changes_between
from funnelsim.engines.explaining.forecast_matching import Matching, match
from funnelsim.engines.explaining.forecast_window import (
    Ints,
    RowState,
    WindowWalk,
    booked_inside,
    rounded_mean,
    rows_at,
    state_of,
    verified,
    whole_state,
)
from funnelsim.engines.plan_chance import booked_in
from funnelsim.engines.statistics.moments import exact_sum
from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.bridge_steps import (
    DECREASED,
    GONE,
    INCREASED,
    LOST,
    MODEL_CHANGE,
    MOST_MOVES,
    NEW,
    OTHER_BOOKINGS,
    PC_CHANGE,
    STALE,
    STEPS,
    WON,
)
from funnelsim.model.explanation import Bridge, BridgeStep, LeadMove, RunFacts, WindowState
from funnelsim.model.forecast_run import ForecastRun
from funnelsim.model.leads import Bookings, Leads, OtherRows


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


@dataclass(frozen=True, eq=False)
class Bridged:
    """A bridge and what it was built from.

    Attributes
    ----------
    bridge : Bridge
        The answer.
    matching : Matching
        What became of every row.
    totals : int64, (replication,)
        Booked and forecast money of the window in the later run.
    """

    bridge: Bridge
    matching: Matching
    totals: Ints


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
    totals = forecast + booked_inside(earlier, walk.days)
    start = state_of(totals, target)
    steps, every = [], []
    before = start
    for name in STEPS:
        change = changes.get(name, Change())
        moved, (moves, exact) = _moved(change, walk), _moves(name, change, walk)
        totals = totals + moved
        after = state_of(totals, target) if moved.any() else before
        steps.append(_step(name, moves, exact, moved, (before, after)))
        every += moves if name != MODEL_CHANGE else []
        before = after
    bridge = _bridge(earlier, later, matching, walk, steps, (start, before), forecast)
    return Bridged(replace(bridge, largest=_largest(every)), matching, totals)


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
    fresh, known, other = _booked(earlier, later, found, walk)
    linked = not (earlier.actuals_replaced or later.actuals_replaced)
    born, known_rows = (tuple(rows) if linked else () for rows in (found.booked_fresh, found.booked_known))
    changes[NEW] = Change((), now(found.fresh), fresh, later.others, born)
    changes[WON] = Change(then(found.won), (), known, later.others, known_rows)
    changes[LOST], changes[GONE] = Change(then(found.lost)), Change(then(found.gone))
    changes[OTHER_BOOKINGS] = Change(booked=other)
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


def _booked(earlier: ForecastRun, later: ForecastRun, found: Matching, walk: WindowWalk) -> tuple[int, int, int]:
    """Return the money booked since by new leads, by leads that were open, and by nobody that the files name."""
    change = booked_inside(later, walk.days) - booked_inside(earlier, walk.days)
    if earlier.actuals_replaced or later.actuals_replaced:
        return 0, change, 0
    fresh, known = (_inside(later.others, rows, walk) for rows in (found.booked_fresh, found.booked_known))
    return fresh, known, change - fresh - known


def _inside(others: OtherRows, rows: Sequence[int], walk: WindowWalk) -> int:
    return booked_in(Bookings(others.day[rows], others.amount[rows]), walk.days)[1] if len(rows) else 0


def _moved(change: Change, walk: WindowWalk) -> Ints:
    """Return what a step adds to each replication."""
    moved = np.full(walk.count, change.booked, dtype=np.int64)
    for part in change.before:
        moved -= walk.totals(part)
    for part in change.after:
        moved += walk.totals(part)
    return moved


def _step(
    name: str, moves: list[LeadMove], exact: float, moved: Ints, ends: tuple[WindowState, WindowState]
) -> BridgeStep:
    before, after = ends
    count = len(moved)
    spread = float(moved.std(ddof=1)) if count > 1 else 0.0
    return BridgeStep(
        name=name,
        leads=len(moves),
        total=exact_sum(moved),
        amount=after.mean - before.mean,
        exact_mean=exact,
        standard_error=spread / math.sqrt(count),
        after=after,
        moves=_ranked(moves),
    )


def _ranked(moves: Iterable[LeadMove]) -> tuple[LeadMove, ...]:
    return tuple(sorted(moves, key=lambda one: (-abs(one.amount), one.lead_id))[:MOST_MOVES])


def _largest(moves: Iterable[LeadMove]) -> tuple[LeadMove, ...]:
    """Return the leads that moved the mean most, the steps of each taken together."""
    by_lead: dict[str, list[LeadMove]] = defaultdict(list)
    for move in moves:
        if move.amount:
            by_lead[move.lead_id].append(move)
    return _ranked(
        replace(found[0], step=", ".join(one.step for one in found), amount=math.fsum(one.amount for one in found))
        for found in by_lead.values()
    )


def _moves(name: str, change: Change, walk: WindowWalk) -> tuple[list[LeadMove], float]:
    """Return every lead of a step with its change in closed form, and the step's."""
    names: dict[str, str] = {}
    amounts: dict[str, float] = defaultdict(float)
    for sign, parts in ((-1, change.before), (1, change.after)):
        for part in parts:
            texts = part.leads.attributes.get("name", ("",) * len(part.leads))
            for lead_id, text, mean in zip(part.leads.lead_id, texts, walk.means(part).tolist(), strict=True):
                names[lead_id] = text
                amounts[lead_id] += sign * mean
    exact = math.fsum(amounts.values()) + change.booked
    if change.closed is not None:
        texts = change.closed.attributes.get("name", ("",) * len(change.closed))
        for row in change.closed_rows:
            names.setdefault(change.closed.lead_id[row], texts[row])
            amounts[change.closed.lead_id[row]] += _inside(change.closed, [row], walk)
    return [LeadMove(lead_id, names[lead_id], name, amount) for lead_id, amount in amounts.items()], exact


def _bridge(
    earlier: ForecastRun,
    later: ForecastRun,
    found: Matching,
    walk: WindowWalk,
    steps: Iterable[BridgeStep],
    ends: tuple[WindowState, WindowState],
    forecast: Ints,
) -> Bridge:
    listed = tuple(steps)
    same = (earlier.seed, earlier.replications) == (walk.seed, walk.count)
    own = walk if same else replace(walk, seed=earlier.seed, count=earlier.replications)
    totals = forecast if same else own.totals(whole_state(earlier))
    booked = booked_inside(earlier, walk.days), booked_inside(later, walk.days)
    printed = None if same else rounded_mean(exact_sum(totals) + booked[0] * own.count, own.count)
    plan, now = earlier.plan, later.plan
    differs = plan is not None and now is not None and plan.window == now.window == walk.days
    gone = next(step for step in listed if step.name == GONE)
    return Bridge(
        earlier=facts_of(earlier, verified(earlier, own, totals)),
        start=ends[0],
        end=ends[1],
        steps=listed,
        booked=booked,
        printed_mean=printed,
        largest=(),
        gone=gone.moves,
        left_out=len(found.left_out),
        reopened=len(found.reopened),
        born_won=len(found.born_won),
        passed_untouched=_passed_untouched(earlier, later, found),
        earlier_target=plan.target if plan and now and differs and plan.target != now.target else None,
    )


def _passed_untouched(earlier: ForecastRun, later: ForecastRun, found: Matching) -> int:
    """Count the leads whose close date passed between the two days and was left as it was."""
    leads = {
        earlier.leads.lead_id[row]
        for row, its in found.pairs
        if earlier.leads.expected_close[row] == later.leads.expected_close[its]
        and earlier.as_of < earlier.leads.expected_close[row].item() <= later.as_of
    }
    return len(leads)


def facts_of(run: ForecastRun, found: bool | None) -> RunFacts:
    """Name a run.

    Parameters
    ----------
    run : ForecastRun
        The run.
    found : bool or None
        From :func:`funnelsim.engines.explaining.forecast_window.verified`.

    Returns
    -------
    RunFacts
        For the answer.
    """
    return RunFacts(
        name=run.name,
        as_of=run.as_of,
        input_name=run.input_name,
        input_sha256=run.input_sha256,
        leads=run.leads.lead_count,
        seed=run.seed,
        replications=run.replications,
        content_hash=run.content_hash,
        verified=found,
    )


def _with_columns(leads: Leads, columns: Iterable[str]) -> Leads:
    """Return leads that have these columns; a group shock of one file may be by a column that the other lacks."""
    missing = {name: ("",) * len(leads) for name in columns if name not in leads.attributes}
    return replace(leads, attributes={**leads.attributes, **missing}) if missing else leads
