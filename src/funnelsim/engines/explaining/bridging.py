"""A bridge put together from its steps, however each was worked out.

The question: from which money to which, by how much at every step, and which leads moved it?  A step is what it adds to
every replication, so the steps add up exactly, and there is no noise term.

What it leaves out: what a step changes (:mod:`funnelsim.engines.explaining.forecast_bridge` and
:mod:`funnelsim.engines.explaining.learned_bridge`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from funnelsim.engines.explaining.forecast_matching import Matching
from funnelsim.engines.explaining.forecast_window import Ints, booked_inside, rounded_mean, state_of, verified
from funnelsim.engines.plan_chance import booked_in
from funnelsim.engines.statistics.moments import exact_sum
from funnelsim.model.bridge_steps import GONE, MOST_MOVES
from funnelsim.model.calendar import Period
from funnelsim.model.explanation import Bridge, BridgeStep, LeadMove, RunFacts, WindowState
from funnelsim.model.forecast_run import ForecastRun
from funnelsim.model.leads import Bookings, OtherRows


@dataclass(frozen=True, eq=False)
class Worked:
    """One step as it was worked out.

    Attributes
    ----------
    name : str
        One of ``bridge_steps.STEPS`` or ``LEARNED_STEPS``.
    moved : int64, (replication,)
        What it adds to each replication, minor units.
    moves : list of LeadMove
        Every lead it is about, with its change in closed form.
    exact : float
        The change of the mean in closed form, minor units.
    """

    name: str
    moved: Ints
    moves: list[LeadMove]
    exact: float


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


@dataclass(frozen=True, eq=False)
class Ends:
    """The two runs between which a bridge stands.

    Attributes
    ----------
    earlier, later : ForecastRun
        The runs.
    matching : Matching
        What became of every row.
    days : Period
        The window.
    target : int or None
        Plan for the window, minor units.
    forecast : int64, (replication,)
        Money of the earlier run in the window, with the later run's luck, without what is booked.
    own : int64, (replication,)
        The same with the earlier run's own luck.
    unknown : int
        Rows of the later run in a stage, or of a segment, that the earlier run's records do not know.
    """

    earlier: ForecastRun
    later: ForecastRun
    matching: Matching
    days: Period
    target: int | None
    forecast: Ints
    own: Ints
    unknown: int = 0

    @property
    def same_luck(self) -> bool:
        """Whether both runs have one seed and one number of replications, and of parameter sets."""
        return luck_of(self.earlier) == luck_of(self.later)


def luck_of(run: ForecastRun) -> tuple[int, int, int | None]:
    """Return what decides the luck of a run.

    Parameters
    ----------
    run : ForecastRun
        The run.

    Returns
    -------
    seed, replications, sets : int
        The last, joint draws of the parameters, for a run from records only.
    """
    return run.seed, run.replications, None if run.known is None else run.known.sets


def bridge_of(ends: Ends, worked: Iterable[Worked]) -> Bridged:
    """Put a bridge together.

    Parameters
    ----------
    ends : Ends
        The runs.
    worked : iterable of Worked
        The steps in their order; the last is about all leads, so it names none among the largest moves.

    Returns
    -------
    Bridged
        Steps sum exactly to the change of the mean.
    """
    totals = ends.forecast + booked_inside(ends.earlier, ends.days)
    start = before = state_of(totals, ends.target)
    steps: list[BridgeStep] = []
    listed = list(worked)
    for one in listed:
        totals = totals + one.moved
        after = state_of(totals, ends.target) if one.moved.any() else before
        steps.append(_step(one, (before, after)))
        before = after
    largest = _largest(move for one in listed[:-1] for move in one.moves)
    return Bridged(_bridge(ends, tuple(steps), (start, before), largest), ends.matching, totals)


def _step(worked: Worked, ends: tuple[WindowState, WindowState]) -> BridgeStep:
    before, after = ends
    count = len(worked.moved)
    spread = float(worked.moved.std(ddof=1)) if count > 1 else 0.0
    return BridgeStep(
        name=worked.name,
        leads=len(worked.moves),
        total=exact_sum(worked.moved),
        amount=after.mean - before.mean,
        exact_mean=worked.exact,
        standard_error=spread / math.sqrt(count),
        after=after,
        moves=_ranked(worked.moves),
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


def _bridge(
    ends: Ends, steps: tuple[BridgeStep, ...], states: tuple[WindowState, WindowState], largest: tuple[LeadMove, ...]
) -> Bridge:
    earlier, later, found = ends.earlier, ends.later, ends.matching
    booked = booked_inside(earlier, ends.days), booked_inside(later, ends.days)
    count = len(ends.own)
    plan, now = earlier.plan, later.plan
    differs = plan is not None and now is not None and plan.window == now.window == ends.days
    return Bridge(
        earlier=facts_of(earlier, verified(earlier, ends.days, ends.own)),
        start=states[0],
        end=states[1],
        steps=steps,
        booked=booked,
        printed_mean=None if ends.same_luck else rounded_mean(exact_sum(ends.own) + booked[0] * count, count),
        largest=largest,
        gone=next(step for step in steps if step.name == GONE).moves,
        left_out=len(found.left_out),
        reopened=len(found.reopened),
        born_won=len(found.born_won),
        passed_untouched=_passed_untouched(earlier, later, found),
        earlier_target=plan.target if plan and now and differs and plan.target != now.target else None,
        unknown=ends.unknown,
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


@dataclass(frozen=True)
class BookedSince:
    """Money booked between two runs, inside the window, minor units.

    Attributes
    ----------
    fresh, known, other : int
        Of leads that were not open then, of leads that were, and of nobody that the files name.
    """

    fresh: int
    known: int
    other: int


def booked_since(earlier: ForecastRun, later: ForecastRun, found: Matching, days: Period) -> BookedSince:
    """Return the money booked since by new leads, by leads that were open, and by nobody that the files name.

    Parameters
    ----------
    earlier, later : ForecastRun
        The runs.
    found : Matching
        What became of every row.
    days : Period
        The window.

    Returns
    -------
    BookedSince
        All of it stands against the leads that were open where a list of bookings stands in place of the won rows.
    """
    change = booked_inside(later, days) - booked_inside(earlier, days)
    if earlier.actuals_replaced or later.actuals_replaced:
        return BookedSince(0, change, 0)
    fresh, known = (booked_by(later.others, rows, days) for rows in (found.booked_fresh, found.booked_known))
    return BookedSince(fresh, known, change - fresh - known)


def booked_by(others: OtherRows, rows: Sequence[int], days: Period) -> int:
    """Return the money that some closed rows booked in a window.

    Parameters
    ----------
    others : OtherRows
        Closed rows of a file.
    rows : sequence of int
        Which of them.
    days : Period
        The window.

    Returns
    -------
    int
        Minor units.
    """
    chosen = np.asarray(rows, dtype=np.int64)
    return booked_in(Bookings(others.day[chosen], others.amount[chosen]), days)[1] if len(rows) else 0


def moves_of(
    name: str,
    amounts: Iterable[tuple[str, str, float]],
    closed: tuple[OtherRows, Sequence[int], Period] | None = None,
) -> list[LeadMove]:
    """Return every lead of a step with its change in closed form.

    Parameters
    ----------
    name : str
        The step.
    amounts : iterable of (lead id, name, amount)
        Changes by row; those of one lead are added up.
    closed : OtherRows, rows and window, optional
        Bookings behind the step.

    Returns
    -------
    list of LeadMove
        In the order in which leads were first named.
    """
    names: dict[str, str] = {}
    sums: dict[str, float] = defaultdict(float)
    for lead_id, text, amount in amounts:
        names[lead_id] = text
        sums[lead_id] += amount
    if closed is not None:
        others, rows, days = closed
        texts = others.attributes.get("name", ("",) * len(others))
        for row in rows:
            names.setdefault(others.lead_id[row], texts[row])
            sums[others.lead_id[row]] += booked_by(others, [row], days)
    return [LeadMove(lead_id, names[lead_id], name, amount) for lead_id, amount in sums.items()]
