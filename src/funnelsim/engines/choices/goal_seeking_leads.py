"""A file of leads whose levers are moved and whose bookings are run forward.

Four levers: ``leads``, a factor on the number of leads like today's; ``pc``, an amount added to the log-odds of every
stated PC; ``pr``, a factor on every PR; ``time``, days by which every lead closes sooner.  Money counts as the chance
of the plan counts it: in the fiscal year that holds the first forecast day, what is booked to date included.

More leads are copies of today's, each with luck of its own.  A part of a copy is a copy that is there with that chance:
its PC is the part of the lead's, so that each more lead is like one of today's drawn blindly, and a larger factor only
ever adds wins.  Fewer leads are thinned in the same way.  What it leaves out: leads unlike today's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from funnelsim.engines.choices.goal_seeking_trials import Outcomes, Values
from funnelsim.engines.closed_form import window_moments
from funnelsim.engines.execution import Execution
from funnelsim.engines.lowering import lower_leads
from funnelsim.engines.pipeline import draw_shocks, simulate_bookings
from funnelsim.engines.plan_chance import booked_in, plan_totals
from funnelsim.engines.windows import bins_inside
from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.model.calendar import Calendar
from funnelsim.model.goal_plan import FILE_LEVERS, LEADS, PC, PR, TIME, PlanLever
from funnelsim.model.leads import NO_AMOUNT, Bookings, Leads
from funnelsim.model.nearest import nearest_hint
from funnelsim.model.request import ForecastRequest, Plan
from funnelsim.model.required_planning import Coverage, ExtraLeads

_WHERE = "--vary"
_MOST_ADDED = 20.0
_MOST_DAYS = 3650.0


@dataclass(frozen=True, eq=False)
class LeadFutures:
    """Open leads under settings of some levers.

    Attributes
    ----------
    leads : Leads
        As they are now.
    request : ForecastRequest
        Calendar, assumptions and the plan that is the goal.
    actuals : Bookings
        Booked up to the as-of day.
    paths : tuple of str
        One of ``FILE_LEVERS`` each.
    execution : Execution
        How to run; without influence on the answer.
    """

    leads: Leads
    request: ForecastRequest
    actuals: Bookings
    paths: tuple[str, ...]
    execution: Execution

    @property
    def plan(self) -> Plan:
        """The goal and its days."""
        assert self.request.plan is not None
        return self.request.plan

    @property
    def goal(self) -> int:
        """Money asked for in the window, minor units; what is booked to date counts."""
        return self.plan.target

    def possible(self, values: Values) -> bool:
        """Tell whether every value lies in the range of its lever."""
        return all(
            _LIMITS[path][0] <= value <= _LIMITS[path][1] for path, value in zip(self.paths, values, strict=True)
        )

    def changed(self, values: Values) -> Leads:
        """Return the leads at a setting.

        Parameters
        ----------
        values : tuple of float
            One per lever.

        Returns
        -------
        Leads
            Those of today keep their luck.
        """
        found = self.leads
        chosen = dict(zip(self.paths, values, strict=True))
        for path in (PC, PR, TIME, LEADS):  # copies last, so that they are changed like the others
            if path in chosen:
                found = _CHANGES[path](found, chosen[path], self.request.calendar)
        return found

    def outcomes(self, values: Values, first: int, count: int, seed: int) -> Outcomes:
        """Simulate replications ``[first, first + count)``; money towards the goal."""
        book = lower_leads(self.changed(values), self.request.calendar, self.request.assumptions)
        bookings = simulate_bookings(book, draw_shocks(book, seed, first, count), self.execution)
        totals = plan_totals(self.plan, self.request.calendar, bookings, self.actuals)
        return Outcomes(np.ascontiguousarray(totals.totals), None)


def lead_lever(asked: PlanLever) -> PlanLever:
    """Return a lever of a file of leads with its present value.

    Parameters
    ----------
    asked : PlanLever
        Its ``present`` is ignored.

    Returns
    -------
    PlanLever
        Factors stand at 1, what is added at 0.

    Raises
    ------
    ScenarioError
        If there is no such lever, or its range is impossible.
    """
    if asked.path not in FILE_LEVERS:
        rule = "one of " + ", ".join(f"{name} ({words})" for name, words in FILE_LEVERS.items())
        hint = nearest_hint(asked.path, tuple(FILE_LEVERS)) or "keys such as sources.web.rate belong to a scenario"
        raise ScenarioError(Problem(_WHERE, "a lever of a file of leads", rule, asked.path, hint))
    low, high = _LIMITS[asked.path]
    for end in (asked.low, asked.high):
        if end is not None and not low <= end <= high:
            rule = f"a range within [{low:g}, {high:g}]"
            raise ScenarioError(Problem(_WHERE, asked.path, rule, Shown(f"{asked.low:g}..{asked.high:g}")))
    return replace(asked, present=1.0 if asked.path in (LEADS, PR) else 0.0, whole=asked.path == TIME)


def lever_limits(path: str) -> tuple[float, float]:
    """Return the least and the largest value of a lever of a file of leads.

    Parameters
    ----------
    path : str
        One of ``FILE_LEVERS``.

    Returns
    -------
    tuple of float
        Both can be.
    """
    return _LIMITS[path]


def more_leads(leads: Leads, factor: float, calendar: Calendar | None = None) -> Leads:
    """Return leads of which there are more, or fewer, like those there are.

    Parameters
    ----------
    leads : Leads
        As they are.
    factor : float
        At least 0; PR times PC in all is multiplied by it.
    calendar : Calendar, optional
        Not used.

    Returns
    -------
    Leads
        The same ones first, then whole copies, then copies that are there with a chance.
    """
    whole = math.floor(factor)
    parts = [1.0] * whole + ([factor - whole] if factor > whole else [])
    if not parts:
        parts = [0.0]
    found = [_copy(leads, number, part) for number, part in enumerate(parts)]
    return found[0] if len(found) == 1 else _stacked(found)


def likelier_leads(leads: Leads, added: float, calendar: Calendar | None = None) -> Leads:
    """Return leads with higher PCs.

    Parameters
    ----------
    leads : Leads
        As they are.
    added : float
        To the log-odds of every PC; a PC of 0 or 1 stays.
    calendar : Calendar, optional
        Not used.

    Returns
    -------
    Leads
        With the same luck, so that with a larger PC they only ever win more.
    """
    return replace(leads, pc=_chances(leads, expit(logit(leads.pc_float) + added))) if added else leads


def larger_leads(leads: Leads, factor: float, calendar: Calendar | None = None) -> Leads:
    """Return leads with larger amounts.

    Parameters
    ----------
    leads : Leads
        As they are.
    factor : float
        On PR and its spread, at least 0; rounded to the minor unit.
    calendar : Calendar, optional
        Not used.

    Returns
    -------
    Leads
        With the same luck.
    """

    def scaled(amounts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return np.where(amounts == NO_AMOUNT, NO_AMOUNT, np.rint(amounts * factor).astype(np.int64))

    return replace(leads, pr=scaled(leads.pr), pr_p10=scaled(leads.pr_p10), pr_p90=scaled(leads.pr_p90))


def sooner_leads(leads: Leads, days: float, calendar: Calendar) -> Leads:
    """Return leads that close sooner.

    Parameters
    ----------
    leads : Leads
        As they are.
    days : float
        A whole number; by so many days every stated close comes sooner, but not before the first forecast day.  Overdue
        leads stay.
    calendar : Calendar
        Gives the as-of day.

    Returns
    -------
    Leads
        With the same luck.
    """
    first = np.datetime64(calendar.as_of, "D") + 1

    def moved(stated: npt.NDArray[np.datetime64]) -> npt.NDArray[np.datetime64]:
        to_come = stated >= first  # false for overdue ones, and where there is no date
        return np.where(to_come, np.maximum(stated - np.timedelta64(int(days), "D"), first), stated)

    close = (leads.expected_close, leads.close_p10, leads.close_p90)
    stated, early, late = (moved(column) for column in close)
    return replace(leads, expected_close=stated, close_p10=early, close_p90=late)


def extra_leads(leads: Leads, factor: float) -> ExtraLeads:
    """Return what a factor on the number of leads means.

    Parameters
    ----------
    leads : Leads
        As they are.
    factor : float
        At least 0.

    Returns
    -------
    ExtraLeads
        In the mean.
    """
    more = factor - 1
    return ExtraLeads(more * leads.lead_count, more * int(leads.pr.sum()), more * float(leads.expected_value()))


def file_coverage(futures: LeadFutures, factor: float | None) -> Coverage:
    """Return open pipeline against the remaining goal, beside what the leads' own conversion asks for.

    Parameters
    ----------
    futures : LeadFutures
        Leads and goal.
    factor : float or None
        On the number of leads, where that reaches the asked chance.

    Returns
    -------
    Coverage
        Pipeline: leads whose stated close is not after the window, overdue ones included.  Own conversion: what all
        leads book in the window in the mean, in closed form, by the pipeline.
    """
    calendar, leads = futures.request.calendar, futures.leads
    window = futures.plan.window(calendar)
    counted = leads.expected_close <= np.datetime64(window.end, "D")
    pipeline = int(leads.pr[counted].sum())
    remaining = futures.goal - booked_in(futures.actuals, window)[1]
    book = lower_leads(leads, calendar, futures.request.assumptions)
    booked = float(window_moments(book, bins_inside(calendar, window)[None, :]).mean[0])
    now = pipeline / remaining if remaining > 0 else None
    return Coverage(
        window=window,
        pipeline=pipeline,
        expected_value=round(leads.expected_value(counted)),
        remaining=remaining,
        booked=booked,
        new_business=0.0,
        required=pipeline / booked if booked > 0 else None,
        required_asked=None if factor is None or now is None else now * factor,
    )


def _copy(leads: Leads, number: int, part: float) -> Leads:
    ids = leads.lead_id if number == 0 else tuple(f"{one}#{number + 1}" for one in leads.lead_id)
    chances = leads.pc if part == 1 else _chances(leads, leads.pc_float * part)
    return replace(leads, lead_id=ids, pc=chances)


def _chances(leads: Leads, chances: npt.NDArray[np.float64]) -> tuple[Decimal, ...]:
    """Return chances as decimals; equal doubles become one object, as many rows share a PC."""
    known: dict[float, Decimal] = {}
    return tuple(known.setdefault(one, Decimal(repr(one))) for one in chances.tolist())


def _stacked(parts: list[Leads]) -> Leads:
    first = parts[0]
    names = ("pr", "expected_close", "line", "pr_p10", "pr_p90", "close_p10", "close_p90", "imputed")
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return replace(
        first,
        lead_id=tuple(one for part in parts for one in part.lead_id),
        pc=tuple(one for part in parts for one in part.pc),
        attributes={name: tuple(column) * len(parts) for name, column in first.attributes.items()},
        **columns,
    )


_CHANGES: dict[str, Callable[[Leads, float, Calendar], Leads]] = {
    LEADS: more_leads,
    PC: likelier_leads,
    PR: larger_leads,
    TIME: sooner_leads,
}
_LIMITS = {LEADS: (0.0, 100.0), PC: (-_MOST_ADDED, _MOST_ADDED), PR: (0.0, 1000.0), TIME: (0.0, _MOST_DAYS)}
