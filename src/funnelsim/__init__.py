"""Forecast bands and policy comparisons for revenue from leads, with a probability on every number.

Names are imported when they are first used, so that ``import funnelsim`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from funnelsim.model.showing import show_through as _show_through

__version__ = "0.1.0"

_HOMES = {
    "backtest": "funnelsim.api.backtest",
    "Backtest": "funnelsim.model.backtest",
    "BacktestSettings": "funnelsim.model.backtest_settings",
    "calibrate": "funnelsim.api.calibrate",
    "read_model": "funnelsim.api.calibrate",
    "write_model": "funnelsim.api.calibrate",
    "Calibration": "funnelsim.model.calibration_answer",
    "compare": "funnelsim.api.compare",
    "Comparison": "funnelsim.model.comparison",
    "explain": "funnelsim.api.explain",
    "Explanation": "funnelsim.model.explanation",
    "forecast": "funnelsim.api.forecast",
    "read_leads": "funnelsim.api.forecast",
    "read_scenario": "funnelsim.scenarios_api",
    "save_run": "funnelsim.api.runs",
    "plan": "funnelsim.api.plan",
    "simulate": "funnelsim.api.simulate",
    "trace": "funnelsim.api.simulate",
    "track": "funnelsim.api.track",
    "optimize": "funnelsim.api.optimize",
    "sweep": "funnelsim.api.sweep",
    "report": "funnelsim.api.report",
    "rerun": "funnelsim.api.runs",
    "warm_up": "funnelsim.api.warm",
    "ForecastSettings": "funnelsim.model.settings",
    "Forecast": "funnelsim.model.results",
    "Band": "funnelsim.model.results",
    "LeadTable": "funnelsim.model.leads",
    "GoalPlan": "funnelsim.model.goal_plan",
    "Simulation": "funnelsim.model.simulation",
    "Optimum": "funnelsim.model.optimum",
    "Sweep": "funnelsim.model.sweep",
    "Story": "funnelsim.model.simulation",
    "Track": "funnelsim.model.track",
    "Scenario": "funnelsim.model.scenario",
    "ScenarioFile": "funnelsim.model.scenario_files",
    "FunnelsimError": "funnelsim.errors",
    "DataError": "funnelsim.errors",
    "ScenarioError": "funnelsim.errors",
}

__all__ = [
    "Backtest",
    "BacktestSettings",
    "Band",
    "Calibration",
    "Comparison",
    "DataError",
    "Explanation",
    "Forecast",
    "ForecastSettings",
    "FunnelsimError",
    "GoalPlan",
    "LeadTable",
    "Optimum",
    "Scenario",
    "ScenarioError",
    "ScenarioFile",
    "Simulation",
    "Story",
    "Sweep",
    "Track",
    "__version__",
    "backtest",
    "calibrate",
    "compare",
    "explain",
    "forecast",
    "optimize",
    "plan",
    "read_leads",
    "read_model",
    "read_scenario",
    "report",
    "rerun",
    "save_run",
    "simulate",
    "sweep",
    "trace",
    "track",
    "warm_up",
    "write_model",
]

if TYPE_CHECKING:
    from funnelsim.api import faces
    from funnelsim.api.backtest import backtest
    from funnelsim.api.calibrate import calibrate, read_model, write_model
    from funnelsim.api.compare import compare
    from funnelsim.api.explain import explain
    from funnelsim.api.forecast import forecast, read_leads
    from funnelsim.api.optimize import optimize
    from funnelsim.api.plan import plan
    from funnelsim.api.report import report
    from funnelsim.api.runs import rerun, save_run
    from funnelsim.api.simulate import simulate, trace
    from funnelsim.api.sweep import sweep
    from funnelsim.api.track import track
    from funnelsim.api.warm import warm_up
    from funnelsim.errors import DataError, FunnelsimError, ScenarioError
    from funnelsim.model.backtest import Backtest
    from funnelsim.model.backtest_settings import BacktestSettings
    from funnelsim.model.calibration_answer import Calibration
    from funnelsim.model.comparison import Comparison
    from funnelsim.model.explanation import Explanation
    from funnelsim.model.goal_plan import GoalPlan
    from funnelsim.model.leads import LeadTable
    from funnelsim.model.optimum import Optimum
    from funnelsim.model.results import Band, Forecast
    from funnelsim.model.scenario import Scenario
    from funnelsim.model.scenario_files import ScenarioFile
    from funnelsim.model.settings import ForecastSettings
    from funnelsim.model.showing import Faces
    from funnelsim.model.simulation import Simulation, Story
    from funnelsim.model.sweep import Sweep
    from funnelsim.model.track import Track
    from funnelsim.scenarios_api import read_scenario

    _SHOWN: Faces = faces
    """What ``_faces`` loads has every function that answers call."""


def _faces() -> Faces:
    return cast("Faces", import_module("funnelsim.api.faces"))


_show_through(_faces)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    message = f"module 'funnelsim' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(__all__)
