"""Keep an answer, and get it again bit for bit: one pair of doors for the runs of every command.

What it leaves out: what each command keeps (:mod:`funnelsim.api.saved_forecast`,
:mod:`funnelsim.api.saved_scenario` and the modules beside them).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from funnelsim.api.saved_backtest import backtest_again, save_backtest
from funnelsim.api.saved_calibration import calibration_again, save_calibration
from funnelsim.api.saved_comparison import comparison_again, save_comparison
from funnelsim.api.saved_forecast import forecast_again, save_forecast
from funnelsim.api.saved_plan import plan_again, save_plan
from funnelsim.api.saved_scenario import optimum_again, save_scenario_run, simulation_again, sweep_again
from funnelsim.api.saved_track import save_track, track_again
from funnelsim.api.simulate import ScenarioSource
from funnelsim.errors import Problem, ScenarioError, raise_if_any
from funnelsim.inputs.saved_run import read_manifest
from funnelsim.model.backtest import Backtest
from funnelsim.model.calibration_answer import Calibration
from funnelsim.model.compare_settings import CompareSettings
from funnelsim.model.comparison import Comparison
from funnelsim.model.goal_plan import GoalPlan
from funnelsim.model.optimum import Optimum
from funnelsim.model.results import Forecast
from funnelsim.model.saved_settings import SavedSettings
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.model.settings import ForecastSettings
from funnelsim.model.simulation import Simulation
from funnelsim.model.sweep import Sweep
from funnelsim.model.track import Track

Answer = Forecast | Simulation | Optimum | Comparison | Sweep | GoalPlan | Backtest | Track | Calibration

CHARTS = ("fan", "funnel", "stages")
"""Charts of a simulation; a forecast has the first."""


def save_run(
    answer: Answer,
    folder: str | os.PathLike[str],
    *,
    source: Any = None,
    settings: ForecastSettings | CompareSettings | None = None,
    timings: Mapping[str, float] | None = None,
    replace: bool = False,
) -> Path:
    """Save a run folder: manifest, bands, replications, leads and charts, whole or not at all.

    Parameters
    ----------
    answer : Forecast, Simulation, Optimum, Sweep, Comparison, GoalPlan, Backtest, Track or Calibration
        The answer.
    folder : path
        The folder that is to be.
    source : path or ScenarioFile, optional
        The file of leads, for a rerun; the shipped example when left out.  For a simulation or an optimum its
        scenario, which must be given; for a comparison the sequence of what was compared, which forecasts need.
    settings : ForecastSettings or CompareSettings, optional
        The settings a forecast, or a comparison, was made with.
    timings : mapping of str to float, optional
        Seconds by step.
    replace : bool
        Whether an earlier run in that place may be replaced.

    Returns
    -------
    Path
        The finished folder.

    Raises
    ------
    ScenarioError
        If a simulation or an optimum comes without its scenario.
    """
    if isinstance(answer, Comparison):
        asked = settings if isinstance(settings, CompareSettings) else None
        return save_comparison(answer, folder, source or (), settings=asked, timings=timings, replace=replace)
    if isinstance(answer, Calibration):
        return save_calibration(answer, folder, source, timings=timings, replace=replace)
    if isinstance(answer, Backtest):
        return save_backtest(answer, folder, source, timings=timings, replace=replace)
    if isinstance(answer, Track):
        return save_track(answer, folder, timings=timings, replace=replace)
    if isinstance(answer, GoalPlan):
        return save_plan(answer, folder, source, timings=timings, replace=replace)
    if isinstance(answer, Simulation | Optimum | Sweep):
        if source is None:
            raise ScenarioError(Problem("save_run", "source", "the scenario of the simulation", source))
        return save_scenario_run(answer, folder, source, timings=timings, replace=replace)
    chosen = settings if isinstance(settings, ForecastSettings) else ForecastSettings()
    return save_forecast(answer, folder, chosen, source=source, timings=timings, replace=replace)


def save_chart(answer: Answer, path: str | os.PathLike[str]) -> None:
    """Write a chart, whole or not at all.

    Parameters
    ----------
    answer : Forecast, Simulation, Optimum, Sweep, Comparison, GoalPlan, Backtest, Track or Calibration
        The answer.
    path : path
        Ends in ``.png`` or ``.svg``.  For a simulation a name that ends in ``funnel`` or ``stages`` before that says
        which chart; the fan of bookings for every other name.  For a comparison ``scores`` or ``twins``; the
        differences over time for every other name.
    """
    from funnelsim.outputs.atomic import write_bytes_atomically
    from funnelsim.outputs.charts import chart_png, chart_svg, fan_chart

    if isinstance(answer, Simulation):
        from funnelsim.outputs.simulation_charts import simulation_chart

        spec = simulation_chart(answer, chart_named(path))
    elif isinstance(answer, Optimum):
        from funnelsim.outputs.selection_chart import selection_chart

        spec = selection_chart(answer)
    elif isinstance(answer, Comparison):
        from funnelsim.outputs.comparison_charts import chart_asked, comparison_chart

        spec = comparison_chart(answer, chart_asked(answer, os.fspath(path)))
    elif isinstance(answer, GoalPlan):
        from funnelsim.outputs.goal_plan_chart import goal_plan_chart

        spec = goal_plan_chart(answer)
    elif isinstance(answer, Calibration):
        from funnelsim.outputs.calibration_charts import calibration_chart, calibration_chart_asked

        spec = calibration_chart(answer, calibration_chart_asked(path))
    elif isinstance(answer, Backtest):
        from funnelsim.outputs.backtest_charts import backtest_chart

        spec = backtest_chart(answer, os.fspath(path))
    elif isinstance(answer, Track):
        from funnelsim.outputs.track_charts import track_chart

        spec = track_chart(answer, os.fspath(path))
    elif isinstance(answer, Sweep):
        from funnelsim.outputs.sweep_charts import sweep_chart

        spec = sweep_chart(answer, os.fspath(path))
    else:
        spec = fan_chart(answer)
    picture = chart_svg if Path(path).suffix.lower() == ".svg" else chart_png
    write_bytes_atomically(path, picture(spec))


def chart_named(path: str | os.PathLike[str]) -> str:
    """Return which of a simulation's charts a file name asks for.

    Parameters
    ----------
    path : path
        Any name.

    Returns
    -------
    str
        One of ``CHARTS``.
    """
    stem = Path(path).stem.lower()
    return next((name for name in CHARTS if stem.endswith(name)), CHARTS[0])


def refuse_targets(folder: str | None, charts: Sequence[str], *, replace: bool) -> None:
    """Refuse, before anything is computed, places that could not be written afterwards.

    Parameters
    ----------
    folder : str or None
        The run folder to be.
    charts : sequence of str
        Chart files to be.
    replace : bool
        Whether an earlier run may be replaced.

    Raises
    ------
    ScenarioError
        If a chart's name ends in something else than ``.png`` or ``.svg``.
    """
    bad = [path for path in charts if Path(path).suffix.lower() not in {".png", ".svg"}]
    raise_if_any(
        (Problem("command line", "--chart", "a name that ends in .png or .svg", path) for path in bad), ScenarioError
    )
    if folder is not None:
        from funnelsim.outputs.atomic import refuse_taken

        refuse_taken(folder, replace=replace)


@dataclass(frozen=True, eq=False)
class Rerun:
    """A saved run, made again.

    Attributes
    ----------
    answer : Forecast, Simulation, Optimum, Sweep, Comparison, GoalPlan, Backtest, Track or Calibration
        The answer now.
    saved_hash : str
        The content hash then.
    settings : SavedSettings
        What was asked, such as ForecastSettings for a run of ``forecast``.
    source : Path, ScenarioFile, tuple of sources, or None
        The file of leads, None for the shipped example; the scenario; or what was compared.
    differences : tuple of (str, str, str)
        Package or machine, its version then, and now.
    """

    answer: Answer
    saved_hash: str
    settings: SavedSettings
    source: Path | ScenarioFile | tuple[ScenarioSource, ...] | None
    differences: tuple[tuple[str, str, str], ...]

    @property
    def same(self) -> bool:
        """Whether the answer is the same, bit for bit."""
        return self.saved_hash == self.answer.content_hash

    def save(self, folder: str | os.PathLike[str], *, replace: bool = False) -> Path:
        """Save the answer as a run of its own.

        Parameters
        ----------
        folder : path
            The folder that is to be.
        replace : bool
            Whether an earlier run in that place may be replaced.

        Returns
        -------
        Path
            The finished folder.
        """
        asked = self.settings if isinstance(self.settings, ForecastSettings | CompareSettings) else None
        return save_run(self.answer, folder, source=self.source, settings=asked, replace=replace)


def rerun(run: str | os.PathLike[str], *, source: str | None = None, threads: int | None = None) -> Rerun:
    """Make a saved run again.

    Parameters
    ----------
    run : path
        A run folder, or the ``manifest.json`` in it.
    source : str, optional
        Where the file of leads, or the scenario, is now, if it moved.
    threads : int, optional
        Cores to use; all of them by default.

    Returns
    -------
    Rerun
        The answer now, and whether it is the same.

    Raises
    ------
    ScenarioError
        If the input is gone or is not the one that was read then, or the command of the run is unknown.
    """
    from funnelsim.outputs.run_folder import environment

    saved = read_manifest(run)
    command = saved.request.get("command")
    if command not in _AGAIN:
        raise ScenarioError(Problem(str(run), "the run's command", f"one of {', '.join(map(repr, _AGAIN))}", command))
    answer, settings, place = _AGAIN[command](saved, source, threads)
    then, now = dict(saved.manifest["environment"]), environment()
    changed = [(name, str(then.get(name, "none")), str(now.get(name, "none"))) for name in sorted({*then, *now})]
    differences = tuple(entry for entry in changed if entry[1] != entry[2])
    return Rerun(answer, saved.content_hash, settings, place, differences)


_AGAIN: dict[str, Any] = {
    "forecast": forecast_again,
    "simulate": simulation_again,
    "optimize": optimum_again,
    "plan": plan_again,
    "sweep": sweep_again,
    "compare": comparison_again,
    "backtest": backtest_again,
    "calibrate": calibration_again,
    "track": track_again,
}
