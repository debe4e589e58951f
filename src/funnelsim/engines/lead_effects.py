"""What single leads do to the answer: the same luck, with and without them.

A lead's bookings are walked alone and taken away from the total of every replication, which is exactly the run in which
its PC is 0, because no lead's luck depends on another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from funnelsim.engines.bands import percentile
from funnelsim.engines.book import LoweredBook
from funnelsim.engines.execution import Execution
from funnelsim.engines.pipeline import Shocks, simulate_bookings
from funnelsim.engines.windows import Bools, totals_in
from funnelsim.model.calendar import Calendar
from funnelsim.model.leads import Leads
from funnelsim.model.money import rounded
from funnelsim.model.results import LeadEffect, WithoutLargest

MOST_LEADS = 50


@dataclass(frozen=True, eq=False)
class PlanTotals:
    """Simulated money towards the plan.

    Attributes
    ----------
    window : bool, (bin + 1,)
        Bins of the plan's window.
    totals : int64, (replication,)
        Actuals and bookings inside it, minor units.
    target : int
        Minor units.
    """

    window: Bools
    totals: npt.NDArray[np.int64]
    target: int


@dataclass(frozen=True, eq=False)
class Simulated:
    """A simulated book and what it stands on.

    Attributes
    ----------
    book : LoweredBook
        The book.
    shocks : Shocks
        Its replications.
    horizon : bool, (bin + 1,)
        Bins of the horizon.
    totals : int64, (replication,)
        Money over the horizon, minor units.
    execution : Execution
        How to walk single leads.
    """

    book: LoweredBook
    shocks: Shocks
    horizon: Bools
    totals: npt.NDArray[np.int64]
    execution: Execution


def rows_by_lead(leads: Leads) -> dict[str, list[int]]:
    """Return the rows of every lead, leads in order of first appearance.

    Parameters
    ----------
    leads : Leads
        Forecast rows.

    Returns
    -------
    dict
        Lead id to row numbers.
    """
    rows: dict[str, list[int]] = defaultdict(list)
    for row, lead_id in enumerate(leads.lead_id):
        rows[lead_id].append(row)
    return dict(rows)


def largest_leads(
    leads: Leads, count: int = MOST_LEADS, worth: Sequence[Fraction] | None = None
) -> list[tuple[str, list[int], Fraction]]:
    """Return the leads with the largest expected value.

    Parameters
    ----------
    leads : Leads
        Forecast rows.
    count : int
        How many at most.
    worth : sequence of Fraction, (row,), optional
        Expected values, minor units; exact PR times stated PC by default.

    Returns
    -------
    list of (str, list of int, Fraction)
        Id, rows and expected value in minor units, falling; ties in the order of the ids.
    """
    grouped = rows_by_lead(leads)
    if worth is None:
        worth = [Fraction(pc) * pr for pc, pr in zip(leads.pc, leads.pr.tolist(), strict=True)]
    values = {lead_id: sum((worth[row] for row in rows), Fraction(0)) for lead_id, rows in grouped.items()}
    order = sorted(values, key=lambda lead_id: (-values[lead_id], lead_id))
    return [(lead_id, grouped[lead_id], values[lead_id]) for lead_id in order[:count]]


def lead_effects(
    leads: Leads, simulated: Simulated, plan: PlanTotals | None, worth: Sequence[Fraction] | None = None
) -> tuple[LeadEffect, ...]:
    """Return the effect of the leads with the largest expected value on the chance of the plan.

    Parameters
    ----------
    leads : Leads
        Forecast rows.
    simulated : Simulated
        The run with all leads.
    plan : PlanTotals or None
        Without a plan no lead is walked and the probabilities are None.
    worth : sequence of Fraction, (row,), optional
        By what leads are ranked; exact PR times stated PC by default.

    Returns
    -------
    tuple of LeadEffect
        By falling effect, or by falling expected value without a plan.
    """
    effects = []
    for lead_id, rows, _ in largest_leads(leads, worth=worth):
        chances: tuple[float | None, float | None] = (None, None)
        if plan is not None:
            alone = totals_in(_walk_alone(simulated, rows, len(leads)), plan.window)
            chances = (_chance(plan.totals, plan.target), _chance(plan.totals - alone, plan.target))
        effects.append(_effect(leads, lead_id, rows, _stated(leads, rows), chances))
    return tuple(sorted(effects, key=lambda one: -(one.effect or 0.0)))


def without_largest(
    leads: Leads, calendar: Calendar, simulated: Simulated, worth: Sequence[Fraction] | None = None
) -> WithoutLargest | None:
    """Return the horizon total if the lead with the largest expected value inside the horizon is lost.

    Parameters
    ----------
    leads : Leads
        Forecast rows.
    calendar : Calendar
        Its window is the horizon; overdue leads count as inside.
    simulated : Simulated
        The run with all leads.
    worth : sequence of Fraction, (row,), optional
        Expected values inside the horizon; by default PR times stated PC of leads that are to close in it.

    Returns
    -------
    WithoutLargest or None
        None when no lead has expected value inside the horizon.
    """
    if worth is None:
        largest = largest_leads(leads.select(leads.expected_close <= np.datetime64(calendar.window.end, "D")), 1)
    else:
        largest = largest_leads(leads, 1, worth)
    if not largest or largest[0][2] == 0:
        return None
    lead_id = largest[0][0]
    rows = [row for row, other in enumerate(leads.lead_id) if other == lead_id]
    alone = totals_in(_walk_alone(simulated, rows, len(leads)), simulated.horizon)
    ordered = np.sort(simulated.totals - alone)
    effect = _effect(leads, lead_id, rows, leads.expected_value(_mask(rows, len(leads))), (None, None))
    return WithoutLargest(effect, percentile(ordered, 10), percentile(ordered, 50), percentile(ordered, 90))


def _stated(leads: Leads, rows: list[int]) -> Fraction:
    return sum((Fraction(leads.pc[row]) * int(leads.pr[row]) for row in rows), Fraction(0))


def _effect(
    leads: Leads, lead_id: str, rows: list[int], value: Fraction, chances: tuple[float | None, float | None]
) -> LeadEffect:
    names = leads.attributes.get("name", ())
    return LeadEffect(
        lead_id=lead_id,
        name=names[rows[0]] if names else "",
        pr=int(leads.pr[rows].sum()),
        expected_value=rounded(value),
        expected_close=leads.expected_close[rows].min().item(),
        probability_with=chances[0],
        probability_without=chances[1],
    )


def _walk_alone(simulated: Simulated, rows: list[int], count: int) -> npt.NDArray[np.int64]:
    return simulate_bookings(simulated.book.select(_mask(rows, count)), simulated.shocks, simulated.execution)


def _mask(rows: list[int], count: int) -> Bools:
    mask = np.zeros(count, dtype=bool)
    mask[rows] = True
    return mask


def _chance(totals: npt.NDArray[np.int64], target: int) -> float:
    return float(np.count_nonzero(totals >= target)) / len(totals)
