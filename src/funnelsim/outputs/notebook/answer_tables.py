"""Every answer's main table as a Polars frame.

The question: which rows would somebody go on computing with?  Money is in major units: exact amounts as decimals with
the currency's own number of places, estimated ones as doubles.  Days are dates, shares lie in [0, 1], what does not
exist is null, and text is as it was read.

What it leaves out: everything else in the answer, which its fields hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import singledispatch
from typing import Any

import polars as pl

from funnelsim.model.backtest import Backtest
from funnelsim.model.calibration_answer import Calibration
from funnelsim.model.comparison import Comparison
from funnelsim.model.explanation import CHANCE, Explanation, WindowState
from funnelsim.model.funnel_explanation import BridgeState, FunnelExplanation
from funnelsim.model.goal_plan import GoalPlan
from funnelsim.model.intervals import Interval
from funnelsim.model.optimum import Optimum
from funnelsim.model.results import PERCENTS, Forecast
from funnelsim.model.simulation import Simulation
from funnelsim.model.sweep import Sweep
from funnelsim.model.track import LEVELS, Track

PRECISION = 24
"""Digits of an exact amount, those behind the point among them."""
MINOR = "_minor"
Rows = Sequence[dict[str, Any]]


def main_table(answer: object) -> pl.DataFrame:
    """Return an answer's main table.

    Parameters
    ----------
    answer : Forecast, Simulation, Optimum, Sweep, Comparison, GoalPlan, Backtest, Track, Calibration or explanation
        Any.

    Returns
    -------
    polars.DataFrame
        Which rows and columns: ``docs/python.md``.
    """
    return _table(answer)


@singledispatch
def _table(answer: object) -> pl.DataFrame:
    message = f"{type(answer).__name__} has no table"
    raise AssertionError(message)


@_table.register
def _(answer: Forecast) -> pl.DataFrame:
    from funnelsim.outputs.run_tables import bands_table

    return _of_arrow(bands_table(answer))


@_table.register
def _(answer: Simulation) -> pl.DataFrame:
    from funnelsim.outputs.simulation_tables import funnel_bands_table

    return _of_arrow(funnel_bands_table(answer))


@_table.register
def _(answer: Comparison) -> pl.DataFrame:
    from funnelsim.outputs.comparison_tables import score_rows

    rows = []
    for without, contest, one in score_rows(answer):
        scale = 10**answer.minor_digits if one.score.unit in {"money", "money each"} else 1
        rows.append({
            "without": without or None,
            "baseline": contest.base,
            "other": contest.other,
            "score": one.score.name,
            "unit": one.score.unit,
            "decides": one.score.name == contest.metric,
            "base_figure": _known(one.base, scale),
            "other_figure": _known(one.other, scale),
            **_interval("difference", one.difference, scale),
            "confidence": one.difference.confidence,
            "better": one.better,
        })
    return _frame(rows, {"without": pl.String, "better": pl.Boolean})


@_table.register
def _(answer: Optimum) -> pl.DataFrame:
    from funnelsim.outputs.selection_tables import designs_table

    frame = _of_arrow(designs_table(answer))[list(answer.ranking)]
    return frame.with_row_index("rank", 1).with_columns(pl.col("rank").cast(pl.Int64))


@_table.register
def _(answer: Sweep) -> pl.DataFrame:
    from funnelsim.outputs.sweep_tables import results_table

    return _of_arrow(results_table(answer))


@_table.register
def _(answer: GoalPlan) -> pl.DataFrame:
    scale, rows = 10**answer.minor_digits, []
    for one in answer.trials:
        named = "answer" if one.values == answer.values else "today" if one.values == answer.present.values else None
        rows.append({
            **{lever.path: value for lever, value in zip(answer.levers, one.values, strict=True)},
            "is": named,
            "replications": one.replications,
            **_interval("chance", one.chance),
            "mean": one.mean / scale,
            **{name: _exact(getattr(one, name), answer.minor_digits) for name in ("p10", "p50", "p90")},
            "cost": None if one.cost is None else one.cost / scale,
            "spent": one.spent,
        })
    money = dict.fromkeys(("p10", "p50", "p90"), pl.Decimal(PRECISION, answer.minor_digits))
    return _frame(rows, {"is": pl.String, "cost": pl.Float64, **money})


@_table.register
def _(answer: Explanation) -> pl.DataFrame:
    bridge, digits = answer.bridge, answer.minor_digits
    if bridge is None:
        return _drivers(answer)
    first: dict[str, Any] = {"step": f"as of {bridge.earlier.as_of.isoformat()}", "leads": bridge.earlier.leads}
    rows = [{**first, "change": None, "change_se": None, **_window(bridge.start, digits)}]
    for step in bridge.steps:
        change = {"change": _exact(step.amount, digits), "change_se": step.standard_error / 10**digits}
        rows.append({"step": step.name, "leads": step.leads, **change, **_window(step.after, digits)})
    last = {"step": f"as of {answer.run.as_of.isoformat()}", "leads": answer.run.leads}
    rows.append({**last, "change": None, "change_se": None, **_window(bridge.end, digits)})
    money = dict.fromkeys(("change", "mean", "p10", "p50", "p90"), pl.Decimal(PRECISION, digits))
    return _frame(rows, {**money, "change_se": pl.Float64, "chance": pl.Float64})


def _window(state: WindowState, digits: int) -> dict[str, Any]:
    amounts = {name: _exact(getattr(state, name), digits) for name in ("mean", "p10", "p50", "p90")}
    return {**amounts, "chance": state.chance}


def _drivers(answer: Explanation) -> pl.DataFrame:
    share = answer.tornado.measure == CHANCE
    scale = 1 if share else 10**answer.minor_digits
    rows = [
        {
            "driver": bar.name,
            "measure": answer.tornado.measure,
            "low_setting": bar.low_setting,
            "high_setting": bar.high_setting,
            "low": bar.low / scale,
            "high": bar.high / scale,
            **_interval("swing", bar.swing, scale),
            "source": bar.source,
        }
        for bar in answer.tornado.bars
    ]
    texts = dict.fromkeys(("driver", "measure", "low_setting", "high_setting", "source"), pl.String)
    numbers = dict.fromkeys(("low", "high", "swing", "swing_low", "swing_high"), pl.Float64)
    return _frame(rows, {**texts, **numbers})


@_table.register
def _(answer: FunnelExplanation) -> pl.DataFrame:
    bridge, since, digits = answer.bridge, answer.since, answer.digits
    if bridge is None or since is None:
        return _shortfalls(answer)
    none: dict[str, Any] = {"change": None, "change_low": None, "change_high": None, "alone": None}
    rows = [{"step": since.name, **none, **_state(bridge.start, digits)}]
    for step in bridge.steps:
        found = _interval("change", step.bookings_interval, 10**digits)
        alone = None if step.undone is None else _known(step.undone.estimate, 10**digits)
        change = {**found, "change": _exact(step.bookings, digits), "alone": alone}
        rows.append({"step": step.name, **change, **_state(step.after, digits)})
    rows.append({"step": answer.run.name, **none, **_state(bridge.end, digits)})
    money = dict.fromkeys(("change", "mean", "profit", "p10", "p50", "p90"), pl.Decimal(PRECISION, digits))
    return _frame(rows, {**money, **dict.fromkeys(("change_low", "change_high", "alone"), pl.Float64)})


def _state(state: BridgeState, digits: int) -> dict[str, Any]:
    means = {"mean": _exact(state.bookings, digits), "profit": _exact(state.profit, digits)}
    return {**means, **{f"p{percent}": _exact(amount, digits) for percent, amount in state.percentiles.items()}}


def _shortfalls(answer: FunnelExplanation) -> pl.DataFrame:
    rows = [
        {
            "stage": one.stage,
            "team": one.team,
            "stated": one.stated,
            **_interval("simulated", one.conversion),
            **_interval("missing", one.missing, 10**answer.digits),
            "share": one.share,
        }
        for one in answer.shortfalls
    ]
    numbers = [f"{name}{end}" for name in ("simulated", "missing") for end in ("", "_low", "_high")]
    texts = dict.fromkeys(("stage", "team"), pl.String)
    return _frame(rows, {**texts, "stated": pl.Float64, **dict.fromkeys(numbers, pl.Float64), "share": pl.Float64})


@_table.register
def _(answer: Backtest) -> pl.DataFrame:
    from funnelsim.outputs.backtest_tables import scores_table

    frame, scale = _of_arrow(scores_table(answer)), 10**answer.minor_digits
    columns = []
    for column in frame:
        if column.name.endswith(MINOR):
            major = [None if one is None else one / scale for one in column]
            columns.append(pl.Series(column.name.removesuffix(MINOR), major, pl.Float64))
        else:
            columns.append(column)
    return pl.DataFrame(columns)


@_table.register
def _(answer: Track) -> pl.DataFrame:
    digits = answer.minor_digits
    percents = [f"p{percent}" for percent in PERCENTS]
    rows = [
        {
            "run": run.name,
            "as_of": run.as_of,
            "ahead": band.target,
            "label": band.label,
            "start": band.period.start,
            "end": band.period.end,
            "actual": _exact(band.actual, digits),
            "mean": band.mean / 10**digits,
            **{name: _exact(one, digits) for name, one in zip(percents, band.percentiles, strict=True)},
            "pit": band.pit,
            **{f"held_{level}": band.held(level) for level in LEVELS},
        }
        for run, band in answer.bands
    ]
    return _frame(rows, dict.fromkeys(("actual", *percents), pl.Decimal(PRECISION, digits)))


@_table.register
def _(answer: Calibration) -> pl.DataFrame:
    from funnelsim.outputs.calibration_document import every_figure

    rows = [
        {
            "part": part,
            "name": name or None,
            "figure": what,
            "estimate": _known(one.estimate),
            "standard_error": _known(one.error),
            "low": _known(one.low),
            "high": _known(one.high),
            "n": one.n,
        }
        for part, name, what, one in every_figure(answer)
    ]
    return _frame(rows, {"name": pl.String, **dict.fromkeys(("standard_error", "low", "high"), pl.Float64)})


def _of_arrow(table: Any) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame), "a table is a frame"
    return frame


def _frame(rows: Rows, types: dict[str, Any]) -> pl.DataFrame:
    """Return rows as a frame; types are said where values alone do not say them."""
    names: Iterable[str] = rows[0] if rows else types
    columns = {name: [row[name] for row in rows] for name in names}
    return pl.DataFrame({name: pl.Series(name, values, types.get(name)) for name, values in columns.items()})


def _exact(minor: int, digits: int) -> Decimal:
    return Decimal(minor).scaleb(-digits)


def _known(value: float, scale: int = 1) -> float | None:
    return value / scale if math.isfinite(value) else None


def _interval(name: str, found: Interval | None, scale: int = 1) -> dict[str, float | None]:
    """Return an estimate and its two ends as three columns; null where there is none."""
    if found is None:
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"))
    ends = (found.estimate, found.low, found.high)
    return {f"{name}{end}": _known(value, scale) for end, value in zip(("", "_low", "_high"), ends, strict=True)}
