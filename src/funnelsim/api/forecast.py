"""Whether a file is fit to forecast, what it will bring, and how sure that is.

What it leaves out: keeping an answer (:mod:`funnelsim.api.runs`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

from funnelsim.engines.data_quality import data_quality
from funnelsim.engines.execution import Execution, available_cores, no_progress
from funnelsim.engines.forecast import forecast_leads
from funnelsim.inputs.example import example_leads, with_example_defaults
from funnelsim.inputs.leads_file import read_leads as read_leads_file
from funnelsim.inputs.machine import available_memory
from funnelsim.inputs.request_words import reading_options, request_of
from funnelsim.inputs.track_record import read_track_record
from funnelsim.model.leads import LeadTable
from funnelsim.model.results import Forecast
from funnelsim.model.settings import ForecastSettings

Source = Any
"""A path, or a table of Polars, pandas or Arrow."""


def read_leads(source: Source, *, settings: ForecastSettings | None = None, **options: Any) -> LeadTable:
    """Read a file or a table of leads.

    Parameters
    ----------
    source : path or table
        CSV, XLSX or Parquet, or a Polars, pandas or Arrow table.
    settings : ForecastSettings, optional
        How to read it, and the as-of day.
    **options
        Fields of :class:`~funnelsim.model.settings.ForecastSettings`, instead of ``settings``.

    Returns
    -------
    LeadTable
        The open leads, and a count of everything that is not one.

    Raises
    ------
    DataError
        If a value cannot be read exactly; every problem of the file is in the message.
    """
    chosen = dated(settings or ForecastSettings(**options))
    return read_leads_file(source, reading_options(chosen))


def forecast(
    source: Source = None,
    *,
    settings: ForecastSettings | None = None,
    threads: int | None = None,
    progress: Callable[[float], None] = no_progress,
    **options: Any,
) -> Forecast:
    """Forecast the bookings of the open leads, with bands.

    Parameters
    ----------
    source : path or table, optional
        The leads; when left out those that are open in the records of ``history``, or else the pipeline that ships with
        the package.
    settings : ForecastSettings, optional
        What is asked.
    threads : int, optional
        Cores to use; all of them by default.  Never changes the answer.
    progress : callable, optional
        Told the share of the work done since its last call, from worker threads.
    **options
        Fields of :class:`~funnelsim.model.settings.ForecastSettings`, instead of ``settings``.

    Returns
    -------
    Forecast
        Bands per period and in all, the chance of the plan, and what stands behind them.

    Raises
    ------
    DataError
        If the file cannot be read exactly.
    ScenarioError
        If a setting cannot be used with it.

    Examples
    --------
    >>> import funnelsim
    >>> answer = funnelsim.forecast(replications=1000)
    >>> answer.check.passed
    True
    """
    given = settings or ForecastSettings(**options)
    how = Execution(
        threads=available_cores() if threads is None else threads,
        memory_budget=available_memory() // 2,
        progress=progress,
    )
    if given.learns:
        from funnelsim.api.learned_forecast import forecast_from_records

        return forecast_from_records(source, given, how)
    chosen = dated(given)
    if source is None:
        source, chosen = example_leads(), with_example_defaults(chosen, given)
    table = read_leads_file(source, reading_options(chosen))
    record = read_track_record(chosen.track_record) if chosen.track_record else None
    return forecast_leads(table, dataclasses.replace(request_of(table, chosen), track_record=record), how)


def dated(settings: ForecastSettings) -> ForecastSettings:
    """Return the settings with an as-of day: the day of running when none was given.

    Parameters
    ----------
    settings : ForecastSettings
        With or without an as-of day.

    Returns
    -------
    ForecastSettings
        With one.
    """
    return settings if settings.as_of else dataclasses.replace(settings, as_of=date.today())


def quality_notes(table: LeadTable, settings: ForecastSettings) -> tuple[str, ...]:
    """Return what in the records deserves a second look.

    Parameters
    ----------
    table : LeadTable
        The file as read.
    settings : ForecastSettings
        With an as-of day.

    Returns
    -------
    tuple of str
        One sentence each; empty when nothing stands out.
    """
    assert settings.as_of is not None
    return data_quality(table, settings.as_of)
