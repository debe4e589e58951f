"""How much must change for the chance of a goal that is asked for, and what that asks of sources, teams and pipeline.

What it leaves out: keeping an answer (:mod:`funnelsim.api.saved_plan`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from funnelsim.api.forecast import dated
from funnelsim.api.simulate import read_once
from funnelsim.engines.execution import Execution, available_cores, no_progress
from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.inputs.example import EXAMPLE_PLAN, example_leads, with_example_defaults
from funnelsim.inputs.goal_words import read_confidence, read_goal, read_plan_levers
from funnelsim.inputs.leads_file import read_leads as read_leads_file
from funnelsim.inputs.machine import available_memory
from funnelsim.inputs.request_words import reading_options, request_of
from funnelsim.inputs.source_kinds import is_scenario
from funnelsim.model.goal_plan import LEADS, SOURCES, GoalPlan, PlanLever
from funnelsim.model.money import minor_digits
from funnelsim.model.request import Plan
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.model.settings import ForecastSettings
from funnelsim.model.simulation_settings import DEFAULT_REPLICATIONS, SimulationSettings

LEAST_REPLICATIONS = 100
"""With fewer futures a chance is known to eight points or more, and nothing can be planned by it."""


def plan(
    source: Any = None,
    *,
    goal: str | float | None = None,
    confidence: str | float = "80%",
    vary: str | Sequence[str] = (),
    strategy: str | None = None,
    seed: int = 0,
    replications: int | None = None,
    horizon: int | None = None,
    threads: int | None = None,
    progress: Callable[[float], None] = no_progress,
    **options: Any,
) -> GoalPlan:
    """Find the smallest change that reaches a chance of a goal.

    Parameters
    ----------
    source : str, path, ScenarioFile or table, optional
        A scenario (``.toml``, packed ``.parquet``, the name of a shipped one, or one that was read), or a file or table
        of leads; the pipeline that ships with the package when left out.
    goal : str or number, optional
        Such as ``"5M"``; the scenario's own when left out.  Of a file of leads it is the plan of the fiscal year that
        holds the first forecast day, what is booked to date included.
    confidence : str or number
        Chance that is asked for, such as ``"80%"`` or .8.
    vary : str or sequence of str
        Levers: ``KEY``, ``KEY=lo..hi`` or ``KEY=lo..hi@COST``.  All sources together, or leads like today's, when left
        out.
    strategy : str, optional
        One of the scenario's strategies; its first when left out.
    seed : int
        Root of all luck, in [0, 2**64).
    replications : int, optional
        Futures of the finest trials, at least 100: 1,000 of a scenario, 10,000 of a file of leads when left out.
    horizon : int, optional
        Whole periods instead of the scenario's own, or the twelve of a forecast.
    threads : int, optional
        Cores to use; all of them by default.  Never changes the answer.
    progress : callable, optional
        Told shares of the work done, from worker threads; what is done at one setting of the levers adds up to about 1.
    **options
        Of a file of leads: fields of :class:`~funnelsim.model.settings.ForecastSettings`, such as ``as_of``.

    Returns
    -------
    GoalPlan
        The answer, verified on luck of its own, and everything tried.

    Raises
    ------
    ScenarioError
        If the question cannot be asked of this scenario or file.
    """
    how = Execution(
        threads=available_cores() if threads is None else threads,
        memory_budget=available_memory() // 2,
        progress=progress,
    )
    words = [vary] if isinstance(vary, str) else list(vary)
    asked = read_confidence(confidence)
    if is_scenario(source):
        if options:
            rule = "left out: they say how a file of leads is read"
            raise ScenarioError(Problem("plan", "the options", rule, Shown(", ".join(sorted(options)))))
        settings = SimulationSettings(strategy, DEFAULT_REPLICATIONS if replications is None else replications, seed)
        _refuse_few(settings.replications)
        settings = dataclasses.replace(settings, horizon=horizon)
        return _scenario_plan(read_once(source), settings, goal, asked, _levers(words, SOURCES), how)
    if strategy is not None:
        raise ScenarioError(Problem("plan", "--strategy", "given with a scenario", strategy))
    given = {**options, "seed": seed, "replications": replications, "horizon": horizon}
    chosen = ForecastSettings(**{key: one for key, one in given.items() if one is not None})
    _refuse_few(chosen.replications)
    return _leads_plan(source, chosen, goal, asked, _levers(words, LEADS), how)


def _levers(words: Sequence[str], default: str) -> tuple[PlanLever, ...]:
    return read_plan_levers(words) if words else (PlanLever(default, 0.0),)


def _refuse_few(replications: int) -> None:
    if replications < LEAST_REPLICATIONS:
        rule = f"at least {LEAST_REPLICATIONS}, so that a chance is known to some points"
        raise ScenarioError(Problem("plan", "--replications", rule, replications))


def _scenario_plan(
    read: ScenarioFile,
    settings: SimulationSettings,
    goal: str | float | None,
    asked: float,
    levers: tuple[PlanLever, ...],
    how: Execution,
) -> GoalPlan:
    from funnelsim.engines.choices.goal_seeking_plan import PlanQuestion, plan_scenario

    strategy = settings.strategy_of(read.document)
    document = settings.horizon_of(read.document)
    own = document.goal.revenue
    if goal is None and own <= 0:
        raise ScenarioError(Problem(read.name, "--goal", "given: the scenario has none of its own", Shown("nothing")))
    money = read_goal(own if goal is None else goal, minor_digits(document.currency), document.currency)
    question = PlanQuestion(money, asked, levers, settings.seed, settings.replications)
    return plan_scenario(dataclasses.replace(read, document=document), strategy, question, how)


def _leads_plan(
    source: Any,
    settings: ForecastSettings,
    goal: str | float | None,
    asked: float,
    levers: tuple[PlanLever, ...],
    how: Execution,
) -> GoalPlan:
    from funnelsim.engines.choices.goal_seeking_plan import PlanQuestion, plan_leads

    chosen = dated(settings)
    if source is None:
        source, chosen = example_leads(), with_example_defaults(chosen, settings)
        goal = EXAMPLE_PLAN if goal is None else goal
    if goal is None:
        raise ScenarioError(Problem("plan", "--goal", "given with a file of leads, such as 5M", Shown("nothing")))
    chosen = dataclasses.replace(chosen, plan=None)
    table = read_leads_file(source, reading_options(chosen))
    money = read_goal(goal, table.leads.minor_digits, table.leads.currency)
    request = dataclasses.replace(request_of(table, chosen), plan=Plan(money))
    question = PlanQuestion(money, asked, levers, chosen.seed, chosen.replications)
    return plan_leads(table, request, question, how)
