"""Forecasts from many past days, each from what was known then, against what happened.

The question: would these bands have been right?

What it leaves out: keeping an answer (:mod:`funnelsim.api.saved_backtest`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from funnelsim.api.records import Source, read_history
from funnelsim.engines.execution import Execution, available_cores, no_progress
from funnelsim.errors import Problem, ScenarioError
from funnelsim.inputs.example import EXAMPLE_HISTORY_BEGIN, EXAMPLE_HISTORY_END, example_history
from funnelsim.inputs.machine import available_memory
from funnelsim.inputs.origin_words import read_origins
from funnelsim.model.backtest import Backtest
from funnelsim.model.backtest_settings import BacktestSettings
from funnelsim.model.history_settings import HistorySettings
from funnelsim.model.nearest import nearest_hint

_OF_RECORDS = tuple(one.name for one in dataclasses.fields(HistorySettings))


def backtest(
    source: Source = None,
    *,
    settings: BacktestSettings | None = None,
    threads: int | None = None,
    progress: Callable[[float], None] = no_progress,
    **options: Any,
) -> Backtest:
    """Forecast from many past days, and score against what happened.

    Parameters
    ----------
    source : path or table, optional
        Records of leads; those that ship with the package when left out.
    settings : BacktestSettings, optional
        What is asked.
    threads : int, optional
        Cores to use; all of them by default.  Never changes the answer.
    progress : callable, optional
        Told the share of the work done since its last call, from worker threads.
    **options
        Fields of :class:`~funnelsim.model.backtest_settings.BacktestSettings` and of
        :class:`~funnelsim.model.history_settings.HistorySettings`, instead of ``settings``; ``origins`` also as
        ``"2017-05:2017-10"``.

    Returns
    -------
    Backtest
        Every forecast beside what happened, scores, rivals, and the track record that forecasts print.

    Raises
    ------
    DataError
        If the records cannot be read, or hold no day from which a forecast could be scored.
    ScenarioError
        If a setting cannot be used.
    """
    from funnelsim.engines.backtesting.backtest import backtest_history

    chosen = settings or backtest_settings(**options)
    reading = chosen.history
    if source is None:
        source, beside = example_history()
        begin, end = reading.exposure_from or EXAMPLE_HISTORY_BEGIN, reading.extract or EXAMPLE_HISTORY_END
        beside_all = (*map(str, beside), *reading.beside)
        reading = dataclasses.replace(reading, beside=beside_all, exposure_from=begin, extract=end)
    history = read_history(source, settings=reading)
    if chosen.segment is not None and chosen.segment not in history.attributes:
        names = history.attributes
        hint = (
            nearest_hint(chosen.segment, names) or f"the columns are {', '.join(names) or 'all read for what they are'}"
        )
        raise ScenarioError(Problem(history.name, "--segment", "a column of the records", chosen.segment, hint))
    how = Execution(
        threads=available_cores() if threads is None else threads,
        memory_budget=available_memory() // 2,
        progress=progress,
    )
    return dataclasses.replace(backtest_history(history, chosen, how), settings=chosen)


def backtest_settings(**options: Any) -> BacktestSettings:
    """Put settings together from single options.

    Parameters
    ----------
    **options
        As for :func:`backtest`.

    Returns
    -------
    BacktestSettings
        Checked.
    """
    reading = {name: options.pop(name) for name in _OF_RECORDS if name in options}
    if reading:
        options["history"] = dataclasses.replace(options.get("history", HistorySettings()), **reading)
    words = options.get("origins")
    if isinstance(words, str):
        plain = BacktestSettings(**{**options, "origins": None})
        options["origins"] = read_origins(words, plain.every, plain.fiscal_start)
    return BacktestSettings(**options)
