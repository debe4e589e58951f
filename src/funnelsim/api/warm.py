"""Compiling ahead of time.

What it leaves out: how kernels are compiled and where they are kept (``kernels/jit.py``).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from funnelsim.api.forecast import forecast
from funnelsim.api.simulate import simulate
from funnelsim.model.settings import ForecastSettings

SMALLEST = "lead_generation"
"""A shipped scenario; which one makes no difference to what is compiled."""


@dataclass(frozen=True)
class WarmUp:
    """What compiling took.

    Attributes
    ----------
    seconds : float
        Wall time.
    cached : bool
        Whether the next process finds the kernels compiled.
    folder : Path
        Where they are kept.
    """

    seconds: float
    cached: bool
    folder: Path


def funnel_is_compiled() -> bool:
    """Tell whether an earlier process compiled the funnel's kernels for this version and machine.

    Returns
    -------
    bool
        False also where nothing can be kept.
    """
    from funnelsim.kernels.jit import CACHED, cache_folder

    return CACHED and any(cache_folder().glob("*/funnel_walk.funnel_walk-*.nbi"))


def warm_up() -> WarmUp:
    """Compile every kernel that a forecast or a simulation uses, once.

    Returns
    -------
    WarmUp
        How long it took and where the compiled kernels are.
    """
    from funnelsim.kernels.jit import CACHED, cache_folder

    started = time.perf_counter()
    for stated in (False, True):
        forecast(settings=ForecastSettings(replications=64, as_stated=stated), threads=1)
    simulate(SMALLEST, replications=1, horizon=1, threads=1)
    return WarmUp(time.perf_counter() - started, CACHED, cache_folder())
