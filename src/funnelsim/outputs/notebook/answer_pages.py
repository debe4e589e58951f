"""Every answer's page in a terminal, behind one door.

What it leaves out: what the pages say (the page modules of ``outputs``), which are imported when they are asked for.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TextIO

from funnelsim.model.backtest import Backtest
from funnelsim.model.calibration_answer import Calibration
from funnelsim.model.comparison import Comparison
from funnelsim.model.explanation import Explanation
from funnelsim.model.funnel_explanation import FunnelExplanation
from funnelsim.model.goal_plan import GoalPlan
from funnelsim.model.optimum import Optimum
from funnelsim.model.results import Forecast
from funnelsim.model.simulation import Simulation
from funnelsim.model.sweep import Sweep
from funnelsim.model.track import Track


@singledispatch
def print_page(answer: object, stream: TextIO, width: int) -> None:
    """Print an answer as its command does.

    Parameters
    ----------
    answer : Forecast, Simulation, Optimum, Sweep, Comparison, GoalPlan, Backtest, Track, Calibration or explanation
        Any.
    stream : text stream
        Where to.
    width : int
        Columns, at least 40.

    Raises
    ------
    AssertionError
        If it is no answer.
    """
    message = f"{type(answer).__name__} has no page"
    raise AssertionError(message)


@print_page.register
def _(answer: Forecast, stream: TextIO, width: int) -> None:
    from funnelsim.outputs.terminal import print_forecast

    print_forecast(answer, stream, width=width)


@print_page.register
def _(answer: Simulation, stream: TextIO, width: int) -> None:
    from funnelsim.outputs.simulation_page import print_simulation

    print_simulation(answer, stream, width=width)


@print_page.register
def _(answer: Comparison, stream: TextIO, width: int) -> None:
    from funnelsim.outputs.comparison_page import print_comparison

    print_comparison(answer, stream, width=width)


@print_page.register
def _(answer: Optimum, stream: TextIO, width: int) -> None:
    from funnelsim.outputs.selection_page import print_optimum

    print_optimum(answer, stream, width=width)


@print_page.register
def _(answer: Sweep, stream: TextIO, width: int) -> None:
    from funnelsim.outputs.sweep_page import print_sweep

    print_sweep(answer, stream, width=width)


@print_page.register
def _(answer: GoalPlan, stream: TextIO, width: int) -> None:
    from funnelsim.outputs.goal_plan_page import print_goal_plan

    print_goal_plan(answer, stream, width=width)


@print_page.register
def _(answer: Explanation, stream: TextIO, width: int) -> None:
    from funnelsim.outputs.explanation_page import print_explanation

    print_explanation(answer, stream, width=width)


@print_page.register
def _(answer: FunnelExplanation, stream: TextIO, width: int) -> None:
    from funnelsim.outputs.funnel_explanation_page import print_funnel_explanation

    print_funnel_explanation(answer, stream, width=width)


@print_page.register
def _(answer: Backtest, stream: TextIO, width: int) -> None:
    from funnelsim.outputs.backtest_page import print_backtest

    print_backtest(answer, stream, width=width)


@print_page.register
def _(answer: Track, stream: TextIO, width: int) -> None:
    from funnelsim.outputs.track_page import print_track

    print_track(answer, stream, width=width)


@print_page.register
def _(answer: Calibration, stream: TextIO, width: int) -> None:
    from funnelsim.outputs.calibration_page import print_calibration

    print_calibration(answer, stream, width=width)
