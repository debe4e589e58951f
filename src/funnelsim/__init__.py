"""Forecast bands and policy comparisons for revenue from leads, with a probability on every number.

Names are imported when they are first used, so that ``import funnelsim`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "forecast": "funnelsim.api",
    "read_leads": "funnelsim.api",
    "save_run": "funnelsim.api",
    "rerun": "funnelsim.api",
    "warm_up": "funnelsim.api",
    "ForecastSettings": "funnelsim.model.settings",
    "Forecast": "funnelsim.model.results",
    "Band": "funnelsim.model.results",
    "LeadTable": "funnelsim.model.leads",
    "FunnelsimError": "funnelsim.errors",
    "DataError": "funnelsim.errors",
    "ScenarioError": "funnelsim.errors",
}

__all__ = [
    "Band",
    "DataError",
    "Forecast",
    "ForecastSettings",
    "FunnelsimError",
    "LeadTable",
    "ScenarioError",
    "__version__",
    "forecast",
    "read_leads",
    "rerun",
    "save_run",
    "warm_up",
]

if TYPE_CHECKING:
    from funnelsim.api import forecast, read_leads, rerun, save_run, warm_up
    from funnelsim.errors import DataError, FunnelsimError, ScenarioError
    from funnelsim.model.leads import LeadTable
    from funnelsim.model.results import Band, Forecast
    from funnelsim.model.settings import ForecastSettings


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    message = f"module 'funnelsim' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(__all__)
