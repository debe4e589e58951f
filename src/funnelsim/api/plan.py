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
from funnelsim.model.plan_settings import PlanSettings
from funnelsim.model.request import Plan
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.model.settings import ForecastSettings
from funnelsim.model.simulation_settings import DEFAULT_REPLICATIONS, SimulationSettings


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

    Examples
    --------
    >>> import funnelsim
    >>> answer = funnelsim.plan(goal="4.5M", confidence="80%", vary="leads", replications=1000)
    >>> answer.status, answer.held
    ('reached', True)
    """
    scenario = is_scenario(source)
    if scenario and options:
        rule = "left out: they say how a file of leads is read"
        raise ScenarioError(Problem("plan", "the options", rule, Shown(", ".join(sorted(options)))))
    if not scenario and strategy is not None:
        raise ScenarioError(Problem("plan", "--strategy", "given with a scenario", strategy))
    settings = PlanSettings(
        goal=None if goal is None else goal if isinstance(goal, str) else repr(goal),
        confidence=str(confidence),
        vary=(vary,) if isinstance(vary, str) else tuple(vary),
        strategy=strategy,
        seed=seed,
        replications=replications,
        horizon=horizon,
        leads=None if scenario else ForecastSettings(**options),
    )
    return plan_of(source, settings, threads=threads, progress=progress)


def plan_of(
    source: Any,
    settings: PlanSettings,
    *,
    threads: int | None = None,
    progress: Callable[[float], None] = no_progress,
) -> GoalPlan:
    """Find the smallest change, as :func:`plan`, from settings that were put together.

    Parameters
    ----------
    source : Any
        As for :func:`plan`; with ``settings.leads`` a file or table of leads, else a scenario.
    settings : PlanSettings
        What is asked.
    threads : int, optional
        Cores to use; all of them by default.
    progress : callable, optional
        As for :func:`plan`.

    Returns
    -------
    GoalPlan
        With the settings as they were used.
    """
    how = Execution(
        threads=available_cores() if threads is None else threads,
        memory_budget=available_memory() // 2,
        progress=progress,
    )
    asked = read_confidence(settings.confidence)
    levers = read_plan_levers(settings.vary) if settings.vary else None
    if settings.leads is None:
        return _scenario_plan(read_once(source), settings, asked, levers or (PlanLever(SOURCES, 0.0),), how)
    return _leads_plan(source, settings, asked, levers or (PlanLever(LEADS, 0.0),), how)


def _scenario_plan(
    read: ScenarioFile, settings: PlanSettings, asked: float, levers: tuple[PlanLever, ...], how: Execution
) -> GoalPlan:
    from funnelsim.engines.choices.goal_seeking_plan import PlanQuestion, plan_scenario

    many = DEFAULT_REPLICATIONS if settings.replications is None else settings.replications
    simulated = SimulationSettings(settings.strategy, many, settings.seed, settings.horizon)
    strategy = simulated.strategy_of(read.document)
    document = simulated.horizon_of(read.document)
    own = document.goal.revenue
    if settings.goal is None and own <= 0:
        hint = "write --goal 5M, or give the scenario a goal"
        raise ScenarioError(
            Problem(read.name, "--goal", "an amount", Shown("nothing, and the scenario has none"), hint)
        )
    money = read_goal(
        own if settings.goal is None else settings.goal, minor_digits(document.currency), read.document.currency
    )
    question = PlanQuestion(money, asked, levers, settings.seed, many)
    answer = plan_scenario(dataclasses.replace(read, document=document), strategy, question, how)
    return dataclasses.replace(answer, settings=settings)


def _leads_plan(
    source: Any, settings: PlanSettings, asked: float, levers: tuple[PlanLever, ...], how: Execution
) -> GoalPlan:
    from funnelsim.engines.choices.goal_seeking_plan import PlanQuestion, plan_leads

    assert settings.leads is not None
    leads = dataclasses.replace(
        settings.leads,
        seed=settings.seed,
        plan=None,
        replications=settings.replications or settings.leads.replications,
        horizon=settings.horizon or settings.leads.horizon,
    )
    chosen, goal = dated(leads), settings.goal
    if source is None:
        source, chosen = example_leads(), with_example_defaults(chosen, leads)
        goal = EXAMPLE_PLAN if goal is None else goal
    if goal is None:
        raise ScenarioError(Problem("plan", "--goal", "given with a file of leads, such as 5M", Shown("nothing")))
    chosen = dataclasses.replace(chosen, plan=None)
    table = read_leads_file(source, reading_options(chosen))
    money = read_goal(goal, table.leads.minor_digits, table.leads.currency)
    request = dataclasses.replace(request_of(table, chosen), plan=Plan(money))
    question = PlanQuestion(money, asked, levers, chosen.seed, chosen.replications)
    used = dataclasses.replace(settings, goal=goal, leads=chosen)
    return dataclasses.replace(plan_leads(table, request, question, how), settings=used)
