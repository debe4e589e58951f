"""Why a saved answer is what it is, and why it is not what an earlier one was.

One door for the runs of every command: a forecast's change is taken apart lead by lead, a simulation's stage by stage.

What it leaves out: how either is done (:mod:`funnelsim.engines.explaining`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from funnelsim.engines.execution import Execution, available_cores, no_progress
from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.inputs.machine import available_memory
from funnelsim.inputs.saved_run import SavedRun, read_manifest
from funnelsim.model.calendar import Period
from funnelsim.model.explanation import Explanation

if TYPE_CHECKING:
    from funnelsim.model.funnel_explanation import FunnelExplanation

RunPath = str | os.PathLike[str]
EXPLAINED = ("forecast", "simulate")


def explain(
    run: RunPath,
    *,
    since: RunPath | None = None,
    window: tuple[date, date] | None = None,
    by: str | None = None,
    threads: int | None = None,
    progress: Callable[[float], None] = no_progress,
) -> Explanation | FunnelExplanation:
    """Explain a saved run, and its change since an earlier one.

    Parameters
    ----------
    run : path
        A run folder of ``forecast`` or ``simulate``, or the ``manifest.json`` in it.
    since : path, optional
        An earlier run of the same command.
    window : tuple of two dates, optional
        First and last day to explain, for forecasts; the plan's by default, else what both horizons cover.
    by : str, optional
        Column whose groups are drivers too, for forecasts; the run's own by default.
    threads : int, optional
        Cores to use; all of them by default.  Never changes the answer.
    progress : callable, optional
        Told the share of the work done since its last call, from worker threads.

    Returns
    -------
    Explanation or FunnelExplanation
        By the command of the run.

    Raises
    ------
    DataError
        If a folder is no run, is not whole, or was changed.
    ScenarioError
        If the two runs cannot be compared, or a setting cannot be used.
    """
    saved = read_manifest(run)
    command = _command(saved)
    earlier = None if since is None else read_manifest(since)
    if earlier is not None and _command(earlier) != command:
        rule = f"a run of the same command as RUN, {command}"
        raise ScenarioError(Problem("explain", "the run of --since", rule, Shown(f"one of {_command(earlier)}")))
    if command == "simulate":
        _refuse_forecast_words(window, by)
        from funnelsim.api.explain_simulation import explain_simulation

        return explain_simulation(run, since, threads, progress)
    how = Execution(
        threads=available_cores() if threads is None else threads,
        memory_budget=available_memory() // 2,
        progress=progress,
    )
    return _explain_forecast(saved, earlier, None if window is None else Period(*window), by, how)


def _explain_forecast(
    saved: SavedRun, earlier: SavedRun | None, window: Period | None, by: str | None, how: Execution
) -> Explanation:
    from funnelsim.inputs.saved_forecast_run import read_forecast_run

    run, since = read_forecast_run(saved), None if earlier is None else read_forecast_run(earlier)
    if since is not None and (since.known is None) != (run.known is None):
        rule, got = (
            ("one from records", "one from stated chances")
            if run.known
            else ("one from stated chances", "one from records")
        )
        hint = "forecast both with --history or --model, or both without"
        raise ScenarioError(Problem("explain", "the run of --since", f"{rule}, as RUN is", Shown(got), hint))
    if run.known is None:
        from funnelsim.engines.explaining.forecast_explanation import explain_run

        return explain_run(run, since, how, window=window, by=by)
    from funnelsim.engines.explaining.learned_explanation import explain_learned_run

    return explain_learned_run(run, since, how, window=window, by=by)


def _command(saved: SavedRun) -> str:
    command = saved.request.get("command")
    if command not in EXPLAINED:
        rule = "a run of 'forecast' or 'simulate'"
        raise ScenarioError(Problem(saved.folder.name, "the run", rule, Shown(f"one of {command!r}")))
    return str(command)


def _refuse_forecast_words(window: tuple[date, date] | None, by: str | None) -> None:
    for option, value in (("--window", window), ("--by", by)):
        if value is not None:
            rule = "left out for a run of simulate, which explains all of its days and every team"
            raise ScenarioError(Problem("explain", option, rule, Shown("given")))
