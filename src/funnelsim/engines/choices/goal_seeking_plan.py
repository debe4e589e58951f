"""A plan back from a goal, from levers and futures to everything that is said about it.

The question: what is the smallest change that reaches the chance of the goal, does it hold on other luck, and what does
it ask of sources and teams?  This module only puts the pieces together: the search, the verification, the required
figures.

What it leaves out: reading the question (``inputs/goal_words.py``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

from funnelsim.engines.choices.goal_seeking import Root, Search, helpful, helpful_from_present, strongest_fall
from funnelsim.engines.choices.goal_seeking_leads import (
    LeadFutures,
    extra_leads,
    file_coverage,
    lead_lever,
    lever_limits,
)
from funnelsim.engines.choices.goal_seeking_levers import CheapestSearch
from funnelsim.engines.choices.goal_seeking_ranges import Scale, default_scale, possible_part, range_scale
from funnelsim.engines.choices.goal_seeking_scenario import KeyLimits, ScenarioFutures, scenario_lever
from funnelsim.engines.choices.goal_seeking_trials import Futures, Trials, Values
from funnelsim.engines.choices.required import Requirements
from funnelsim.engines.execution import Execution
from funnelsim.engines.forecast_figures import actual_bookings
from funnelsim.engines.funnel_setting import calendar_of
from funnelsim.engines.plan_chance import booked_in
from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.model.goal_plan import LEADS, Fall, GoalPlan, PlanLever, Status, Trial, Verification
from funnelsim.model.leads import LeadTable
from funnelsim.model.money import minor_digits
from funnelsim.model.request import ForecastRequest
from funnelsim.model.scenario_files import ScenarioFile

MOST_VERIFICATIONS = 3
"""An answer that its verification denies is moved on, and verified anew, this often at most."""


@dataclass(frozen=True)
class PlanQuestion:
    """What is asked, beside the scenario or the file of leads.

    Attributes
    ----------
    goal : int
        Minor units, above 0.
    asked : float
        Chance of the goal, in (0, 1).
    levers : tuple of PlanLever
        At least one.
    seed, replications : int
        Luck, and futures of the finest trials.
    """

    goal: int
    asked: float
    levers: tuple[PlanLever, ...]
    seed: int
    replications: int


class _Found(NamedTuple):
    """What a search found."""

    present: Values
    values: Values | None
    low: float | None
    high: float | None
    falls: tuple[Fall, ...]
    notes: tuple[str, ...]
    root: Root | None = None
    cheapest: CheapestSearch | None = None


def plan_scenario(
    read: ScenarioFile, strategy: str, question: PlanQuestion, execution: Execution, *, required: bool = True
) -> GoalPlan:
    """Plan back from a goal for one strategy of a scenario.

    Parameters
    ----------
    read : ScenarioFile
        Document and opening leads.
    strategy : str
        One of its strategies.
    question : PlanQuestion
        What is asked.
    execution : Execution
        How to run; without influence on the answer.
    required : bool
        Whether to work out required leads, hours and coverage too.

    Returns
    -------
    GoalPlan
        Determined to the last bit by scenario, strategy and question.
    """
    document = read.document
    levers, limits = zip(*(scenario_lever(document, one) for one in question.levers), strict=True)
    paths = tuple(lever.path for lever in levers)
    _refuse_twice(paths)
    futures = ScenarioFutures(document, strategy, read.opening, paths, question.goal, execution)
    trials = Trials(futures, levers, question.seed, question.replications, question.asked)
    found = _seek(trials, limits)
    plan = _answered(trials, found)
    needs = Requirements(futures, question.seed, question.replications).planning(plan.values) if required else None
    whole = replace(
        plan,
        kind="scenario",
        name=document.name,
        sha256=read.sha256,
        strategy=strategy,
        as_of=document.calendar.as_of,
        window=calendar_of(document).window,
        currency=document.currency,
        minor_digits=minor_digits(document.currency),
        required=needs,
        coverage=None if needs is None else needs.coverage,
    )
    return replace(whole, content_hash=content_hash(whole))


def plan_leads(table: LeadTable, request: ForecastRequest, question: PlanQuestion, execution: Execution) -> GoalPlan:
    """Plan back from a goal for a file of leads.

    Parameters
    ----------
    table : LeadTable
        The leads as read; at least one is open.
    request : ForecastRequest
        Calendar, assumptions, and a plan that is the goal.
    question : PlanQuestion
        What is asked.
    execution : Execution
        How to run; without influence on the answer.

    Returns
    -------
    GoalPlan
        Determined to the last bit by table, request and question.

    Raises
    ------
    ScenarioError
        If no lead is open.
    """
    if not len(table.leads):
        hint = "a plan back from the goal needs leads to go by; a scenario can begin with none"
        raise ScenarioError(Problem(table.name, "the file", "one with open leads", Shown("none"), hint))
    levers = tuple(lead_lever(one) for one in question.levers)
    paths = tuple(lever.path for lever in levers)
    _refuse_twice(paths)
    actuals = actual_bookings(table, request)
    futures = LeadFutures(table.leads, request, actuals, paths, execution)
    trials = Trials(futures, levers, question.seed, question.replications, question.asked)
    found = _seek(trials, [KeyLimits(*lever_limits(lever.path), lever.whole) for lever in levers])
    plan = _answered(trials, found)
    factor = plan.values[0] if plan.values is not None and paths == (LEADS,) else None
    window = futures.plan.window(request.calendar)
    whole = replace(
        plan,
        kind="leads",
        name=table.name,
        sha256=table.sha256,
        as_of=request.calendar.as_of,
        window=window,
        currency=table.leads.currency,
        minor_digits=table.leads.minor_digits,
        booked=booked_in(actuals, window)[1],
        coverage=file_coverage(futures, factor),
        extra=None if factor is None else extra_leads(table.leads, factor),
    )
    return replace(whole, content_hash=content_hash(whole))


def _refuse_twice(paths: Sequence[str]) -> None:
    twice = sorted({path for path in paths if paths.count(path) > 1})
    if twice:
        raise ScenarioError([Problem("--vary", "a lever", "named once", path) for path in twice])


def _seek(trials: Trials, limits: Sequence[KeyLimits]) -> _Found:
    present = tuple(lever.present for lever in trials.levers)
    trials.reached(present)
    if len(trials.levers) > 1:
        return _seek_cheapest(trials, present)
    return _seek_one(trials, trials.levers[0], limits[0])


def _seek_one(trials: Trials, lever: PlanLever, limits: KeyLimits) -> _Found:
    ranged = lever.low is not None and lever.high is not None
    scale, notes = _possible_scale(trials.futures, lever, limits)
    enough = trials.reached((lever.present,)) >= trials.needed.answer
    if ranged or scale.present is None:
        scale = helpful(trials, scale)
        root = Search(trials, scale).seek(all_marks=True)
    else:
        scale = helpful_from_present(trials, scale)
        here = scale.present
        assert here is not None
        part = scale.between(0, here) if enough else scale
        root = Search(trials, part).seek(0 if enough else here)
    value = root.value(root.index)
    falls = [strongest_fall(trials, scale)]
    if value is None:
        if falls[0] is not None:  # a peak: told on both sides
            falls.append(strongest_fall(trials, scale.turned()))
    elif scale.values[0] > scale.values[-1]:
        notes = (*notes, f"Lower values of {lever.path} are the ones that help here.")
    return _Found(
        present=(lever.present,),
        values=None if value is None else (value,),
        low=root.value(root.low),
        high=root.value(root.high),
        falls=tuple(fall for fall in falls if fall is not None),
        notes=notes,
        root=root,
    )


def _possible_scale(futures: Futures, lever: PlanLever, limits: KeyLimits) -> tuple[Scale, tuple[str, ...]]:
    """Return the values to try, and a note where not all that was asked can be."""
    if lever.low is not None and lever.high is not None:
        wished = range_scale(lever.low, lever.high, whole=lever.whole, present=lever.present)
    else:
        wished = default_scale(lever, limits.low, limits.high)
    scale = possible_part(wished, lambda value: futures.possible((value,)))
    if scale is None:
        futures.outcomes((wished.values[0],), 0, 1, 0)  # raises, with the reason
        raise AssertionError(lever.path)
    ends, could = (wished.values[0], wished.values[-1]), (scale.values[0], scale.values[-1])
    if ends == could:
        return scale, ()
    wish, range_ = (f"{low:g} to {high:g}" for low, high in (ends, could))
    return scale, (f"{lever.path} was tried from {range_}: the scenario does not hold everywhere from {wish}.",)


def _seek_cheapest(trials: Trials, present: Values) -> _Found:
    for lever in trials.levers:
        for end in (lever.start, lever.end):
            tried = tuple(end if one is lever else one.start for one in trials.levers)
            trials.futures.possible(tried) or trials.futures.outcomes(tried, 0, 1, 0)  # type: ignore[arg-type]
    search = CheapestSearch(trials)
    values = search.seek()
    if values is None:
        best = max(trials.known, key=lambda one: (trials.rough_share(one), one))
        trials.reached(best)
    return _Found(present, values, None, None, (), (), cheapest=search)


def _answered(trials: Trials, found: _Found) -> GoalPlan:
    """Verify what was found, and put it down."""
    values, verifications = _verified(trials, found)
    tried = trials.all_trials()
    status: Status = "not reached"
    if trials.reached(found.present) >= trials.needed.answer:
        status = "already reached"
    elif values is not None:
        status = "reached"
    return GoalPlan(
        kind="scenario",
        name="",
        sha256="",
        strategy="",
        as_of=None,  # type: ignore[arg-type]  # told by the caller, like the window
        window=None,  # type: ignore[arg-type]
        currency=None,
        minor_digits=0,
        goal=trials.futures.goal,
        booked=0,
        asked=trials.asked,
        seed=trials.seed,
        replications=trials.replications,
        levers=trials.levers,
        status=status,
        present=trials.trial(found.present),
        values=values,
        low=found.low,
        high=found.high,
        answer=None if values is None else trials.trial(values),
        best=_best(trials),
        verifications=verifications,
        trials=tried,
        falls=found.falls,
        required=None,
        coverage=None,
        extra=None,
        notes=found.notes,
    )


def _best(trials: Trials) -> Trial:
    """Return the setting that reaches the goal most often, of those looked at finely; of equals the smallest change."""
    fine = [one for one in trials.all_trials() if one.replications >= trials.replications]
    return max(fine, key=lambda one: (one.chance.estimate, -_change(trials, one.values), one.values))


def _change(trials: Trials, values: Values) -> float:
    """Return how far a setting is from things as they are, each lever against the widest move that was tried."""
    total = 0.0
    for at, (value, lever) in enumerate(zip(values, trials.levers, strict=True)):
        widest = max(abs(one.values[at] - lever.present) for one in trials.all_trials())
        total += abs(value - lever.present) / widest if widest else 0.0
    return total


def _verified(trials: Trials, found: _Found) -> tuple[Values | None, tuple[Verification, ...]]:
    """Run the answer forward on other luck; where that denies it, move it on and run it forward on other luck again."""
    values = found.values
    verifications: list[Verification] = []
    while values is not None:
        verifications.append(trials.verified(values, len(verifications)))
        if verifications[-1].held or len(verifications) == MOST_VERIFICATIONS:
            break
        following = _next_values(found, values)
        if following == values:
            break
        values = following
        trials.reached(values)
    return values, tuple(verifications)


def _next_values(found: _Found, values: Values) -> Values:
    """Return values that help a little more than those that were not enough."""
    if found.root is not None:
        scale = found.root.scale.values
        at = scale.index(values[0])
        high = found.root.high
        return (scale[high if high is not None and high > at else min(at + 1, len(scale) - 1)],)
    assert found.cheapest is not None
    moved = []
    for scale_, value in zip(found.cheapest.scales, values, strict=True):
        moved.append(scale_.values[min(scale_.values.index(value) + 1, len(scale_.values) - 1)])
    return tuple(moved)


def content_hash(plan: GoalPlan) -> str:
    """Return a hash of everything that was found.

    Parameters
    ----------
    plan : GoalPlan
        Its own hash is left out.

    Returns
    -------
    str
        SHA-256 as hex: equal for equal answers.
    """
    plain = asdict(replace(plan, content_hash="", settings=None))
    text = json.dumps(plain, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
