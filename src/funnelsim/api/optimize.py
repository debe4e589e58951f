"""Which of many designs of a scenario is best, with a stated chance of being right.

What it leaves out: keeping an answer (:mod:`funnelsim.api.saved_scenario`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from funnelsim.api.simulate import ScenarioSource, read_once
from funnelsim.engines.execution import Execution, available_cores, no_progress
from funnelsim.inputs.machine import available_memory
from funnelsim.model.optimum import OptimizeSettings, Optimum
from funnelsim.model.selection import DEFAULT_BATCH, DEFAULT_CONFIDENCE, DEFAULT_FIRST_STAGE, DEFAULT_MOST


def optimize(
    scenario: ScenarioSource,
    over: Mapping[str, Sequence[object]] | None = None,
    *,
    metric: str,
    strategies: Sequence[str] = (),
    delta: float | None = None,
    delta_share: float | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    seed: int = 0,
    start: int = DEFAULT_FIRST_STAGE,
    batch: int = DEFAULT_BATCH,
    max_replications: int = DEFAULT_MOST,
    threads: int | None = None,
    progress: Callable[[float], None] = no_progress,
) -> Optimum:
    """Choose the best design of a scenario: strategies times values of levers, all on the same leads and luck.

    Parameters
    ----------
    scenario : str, path or ScenarioFile
        As for :func:`funnelsim.simulate`.
    over : mapping of str to sequence, optional
        Dotted path to the values it is tried at, such as ``{"teams.sales.heads": [8, 9, 10, 11]}``.
    metric : str
        ``revenue``, ``profit``, ``cost``, ``wins``, ``neglect_days`` or ``first_win_days``.
    strategies : sequence of str
        Which ones are tried; without any the first with levers, all of them without.
    delta : float, optional
        The smallest difference worth knowing, in the metric's unit (major units for money).
    delta_share : float, optional
        The same as a share of the first design's mean; 0.01 when neither is given.
    confidence : float
        Chance of being right, in (0.5, 1).
    seed : int
        Root of all luck, in [0, 2**64).
    start : int
        Replications of every design before the first look, at least 2.
    batch : int
        Replications between two looks; larger ones stop later.
    max_replications : int
        Of one design, at which an undecided choice stops.
    threads : int, optional
        Cores to use; all of them by default.  Never changes the answer.
    progress : callable, optional
        Told the share of the work done since its last call, from worker threads.

    Returns
    -------
    Optimum
        Which design is best, when the others fell, and how certain that is.
    """
    levers = tuple((path, tuple(values)) for path, values in (over or {}).items())
    settings = OptimizeSettings(
        metric, tuple(strategies), levers, delta, delta_share, confidence, seed, start, batch, max_replications
    )
    return optimum_of(scenario, settings, threads=threads, progress=progress)


def optimum_of(
    scenario: ScenarioSource,
    settings: OptimizeSettings,
    *,
    threads: int | None = None,
    progress: Callable[[float], None] = no_progress,
) -> Optimum:
    """Choose the best design as settings say.

    Parameters
    ----------
    scenario : str, path or ScenarioFile
        As for :func:`optimize`.
    settings : OptimizeSettings
        What is asked.
    threads : int, optional
        Cores to use; all of them by default.
    progress : callable, optional
        As for :func:`optimize`.

    Returns
    -------
    Optimum
        As of :func:`optimize`.
    """
    from funnelsim.engines.choices.optimising import choose_design

    read = read_once(scenario)
    how = Execution(
        threads=available_cores() if threads is None else threads,
        memory_budget=available_memory() // 2,
        progress=progress,
    )
    return choose_design(read.document, read.opening, settings, how)
