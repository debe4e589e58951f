"""A sweep as a question to the engine: scenario, designs and strategies, and its answer in one go.

What it leaves out: keeping what is done on the way (:mod:`funnelsim.api.sweep`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from funnelsim.engines.choices.designs import Told, made_designs, refuse_infeasible, untold
from funnelsim.engines.choices.sweep_best import finished_sweep
from funnelsim.engines.choices.sweeping import DesignScores, SweepRun
from funnelsim.engines.execution import Execution, available_cores, no_progress, refuse_beyond
from funnelsim.errors import Problem, ScenarioError, raise_if_any
from funnelsim.inputs.lever_words import read_levers
from funnelsim.inputs.machine import available_memory
from funnelsim.inputs.parquet import FRAME_NAME
from funnelsim.inputs.sweep_files import read_designs
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.model.simulation_settings import SimulationSettings
from funnelsim.model.sweep import Sweep
from funnelsim.model.sweep_settings import SweepSettings

_COPIES = 4
"""Of the metric of every replication, that summing up holds at most."""


def table_name(designs: object) -> str | None:
    """Return what a table of designs is called.

    Parameters
    ----------
    designs : path, data frame or None
        As given.

    Returns
    -------
    str or None
        The file's name without its folder.
    """
    if designs is None:
        return None
    return Path(designs).name if isinstance(designs, str | os.PathLike) else FRAME_NAME


def sweep_run(read: ScenarioFile, settings: SweepSettings, designs: object = None) -> SweepRun:
    """Return a sweep that is ready to be simulated, once its designs are known to be feasible.

    Parameters
    ----------
    read : ScenarioFile
        The scenario.
    settings : SweepSettings
        What is asked.
    designs : path or data frame, optional
        The table of designs, when they are given.

    Returns
    -------
    SweepRun
        Nothing is simulated yet.

    Raises
    ------
    ScenarioError
        If a strategy is not there or comes twice, or levers cannot be read.
    """
    names = settings.strategies
    twice = sorted({name for name in names if names.count(name) > 1})
    raise_if_any((Problem("sweep", "--strategy", "given once for a name", name) for name in twice), ScenarioError)
    asked = SimulationSettings(horizon=settings.horizon)
    document = asked.horizon_of(read.document)
    chosen = tuple(SimulationSettings(strategy=name).strategy_of(document) for name in names or (None,))
    if designs is None:
        table = made_designs(document, read_levers(settings.levers, "--set"), settings)
    else:
        table = read_designs(designs, document)
    return SweepRun(document, read.opening, table, chosen, settings)


def how_to_run(run: SweepRun, threads: int | None, progress: Callable[[float], None]) -> Execution:
    """Return how a sweep is run, or refuse one that would not fit in memory.

    Parameters
    ----------
    run : SweepRun
        The question.
    threads : int or None
        Cores to use; all of them for None.
    progress : callable
        Told the share of the work done since its last call.

    Returns
    -------
    Execution
        Without influence on the answer.
    """
    how = Execution(
        threads=available_cores() if threads is None else threads,
        memory_budget=available_memory() // 2,
        progress=progress,
    )
    points = len(run.designs) * len(run.strategies)
    refuse_beyond(8 * _COPIES * points * run.settings.replications, how, f"{points:,} points", "sweep")
    return how


def refuse_designs(run: SweepRun, how: Execution, first: int = 0, told: Told = untold) -> None:
    """Refuse designs that cannot be, all at once, before anything is simulated.

    Parameters
    ----------
    run : SweepRun
        The question.
    how : Execution
        Threads, and whom to tell that work goes on.
    first : int
        Designs before this one are known to be feasible.
    told : callable
        Told of every design whether it is feasible.
    """
    where = run.settings.designs or "--set"
    refuse_infeasible(run.scenario, run.designs, run.strategies, where, how, first, told)


def swept(run: SweepRun, threads: int | None = None, progress: Callable[[float], None] = no_progress) -> Sweep:
    """Simulate a whole sweep, nothing kept on the way.

    Parameters
    ----------
    run : SweepRun
        The question.
    threads : int, optional
        Cores to use; all of them by default.
    progress : callable, optional
        As for :func:`how_to_run`.

    Returns
    -------
    Sweep
        The answer.
    """
    how = how_to_run(run, threads, progress)
    refuse_designs(run, how)
    kept: dict[int, DesignScores] = {}
    run.simulate(range(len(run.designs)), how, kept.__setitem__)
    return finished_sweep(run, [kept[number] for number in range(len(run.designs))])
