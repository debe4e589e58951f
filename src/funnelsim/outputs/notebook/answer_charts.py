"""Every answer's charts by name, behind one door.

What it leaves out: what they show (the chart modules of ``outputs``), which are imported when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, singledispatch
from typing import Any

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

Charts = dict[str, Callable[[], dict[str, Any]]]
"""What draws each chart, by the name that its files have in a run folder; the most telling one first."""


def charts_of(answer: object) -> Charts:
    """Return the charts that an answer has.

    Parameters
    ----------
    answer : Forecast, Simulation, Optimum, Sweep, Comparison, GoalPlan, Backtest, Track, Calibration or explanation
        Any.

    Returns
    -------
    dict of str to callable
        Each gives a Vega-Lite specification with its data inside; empty where nothing can be drawn.
    """
    return _charts(answer)


@singledispatch
def _charts(answer: object) -> Charts:
    message = f"{type(answer).__name__} has no charts"
    raise AssertionError(message)


@_charts.register
def _(answer: Forecast) -> Charts:
    from funnelsim.outputs.charts import fan_chart, monthly_chart

    return {"fan": partial(fan_chart, answer), "periods": partial(monthly_chart, answer)}


@_charts.register
def _(answer: Simulation) -> Charts:
    from funnelsim.outputs.simulation_charts import NAMES, simulation_chart

    return {name: partial(simulation_chart, answer, name) for name in NAMES}


@_charts.register
def _(answer: Comparison) -> Charts:
    from funnelsim.outputs.comparison_charts import chart_names, comparison_chart

    return {name: partial(comparison_chart, answer, name) for name in chart_names(answer)}


@_charts.register
def _(answer: Optimum) -> Charts:
    from funnelsim.outputs.selection_chart import NAME, selection_chart

    return {NAME: partial(selection_chart, answer)}


@_charts.register
def _(answer: Sweep) -> Charts:
    from funnelsim.outputs.sweep_charts import MAP, RESPONSES, map_chart, response_chart
    from funnelsim.outputs.sweep_drawing import lever_map

    charts: Charts = {} if answer.best is None else {RESPONSES: partial(response_chart, answer)}
    return charts if lever_map(answer) is None else {**charts, MAP: partial(map_chart, answer)}


@_charts.register
def _(answer: GoalPlan) -> Charts:
    from funnelsim.outputs.goal_plan_chart import goal_plan_chart

    return {"plan": partial(goal_plan_chart, answer)}


@_charts.register
def _(answer: Explanation) -> Charts:
    from funnelsim.outputs.explanation_charts import charts_of as names_of
    from funnelsim.outputs.explanation_charts import explanation_chart

    return {name: partial(explanation_chart, answer, name) for name in names_of(answer)}


@_charts.register
def _(answer: FunnelExplanation) -> Charts:
    from funnelsim.outputs.funnel_explanation_charts import charts_of as names_of
    from funnelsim.outputs.funnel_explanation_charts import funnel_explanation_chart

    return {name: partial(funnel_explanation_chart, answer, name) for name in names_of(answer)}


@_charts.register
def _(answer: Backtest) -> Charts:
    from funnelsim.outputs.backtest_charts import NAMES, backtest_chart

    return {name: partial(backtest_chart, answer, name) for name in NAMES}


@_charts.register
def _(answer: Track) -> Charts:
    from funnelsim.outputs.track_charts import BANDS_CHART, PLAN_CHART, bands_chart, plan_chart
    from funnelsim.outputs.track_drawing import plan_groups

    charts: Charts = {BANDS_CHART: partial(bands_chart, answer)}
    return {**charts, PLAN_CHART: partial(plan_chart, answer)} if plan_groups(answer) else charts


@_charts.register
def _(answer: Calibration) -> Charts:
    from funnelsim.outputs.calibration_charts import CALIBRATION_CHARTS, SEGMENTS, STATED, calibration_chart

    missing = {STATED: answer.stated is None, SEGMENTS: not answer.segments}
    there = [name for name in CALIBRATION_CHARTS if not missing.get(name)]
    return {name: partial(calibration_chart, answer, name) for name in there}
