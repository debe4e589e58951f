"""One forecast, from leads and a request to everything that is said about it.

The question: what will we book, period by period, how sure are we, and will we make the plan?  This module only puts
pieces together: lowering, the walk, the closed form it is checked against, bands by column.

What it leaves out: records (:mod:`funnelsim.engines.learned_forecast`), and what is said of the bookings
(:mod:`funnelsim.engines.forecast_answer`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from funnelsim.engines.bands import percentile
from funnelsim.engines.book import LoweredBook
from funnelsim.engines.closed_form import mean_with_probabilities, window_moments
from funnelsim.engines.exact_answer import exact_answer
from funnelsim.engines.execution import Execution, refuse_beyond
from funnelsim.engines.forecast_answer import Walked, answered
from funnelsim.engines.forecast_figures import check_columns, period_bands, stated_values
from funnelsim.engines.lead_effects import Simulated
from funnelsim.engines.lowering import lower_leads, table_distance
from funnelsim.engines.optimism import published_chances
from funnelsim.engines.pipeline import bytes_needed, draw_shocks, simulate_bookings
from funnelsim.engines.precision import simulate_until_precise
from funnelsim.engines.row_laws import amount_moments, day_spans
from funnelsim.engines.windows import all_windows, totals_in
from funnelsim.model.leads import LeadTable
from funnelsim.model.money import rounded
from funnelsim.model.proofs import ExactAnswer, Precision
from funnelsim.model.request import ForecastRequest
from funnelsim.model.results import Forecast, GroupBands, LeadDrivers

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def forecast_leads(table: LeadTable, request: ForecastRequest, execution: Execution) -> Forecast:
    """Forecast the bookings of open leads.

    Parameters
    ----------
    table : LeadTable
        The leads as read.
    request : ForecastRequest
        What is asked.
    execution : Execution
        How to run; without influence on the answer.

    Returns
    -------
    Forecast
        Determined to the last bit by table and request.

    Raises
    ------
    ScenarioError
        If a column that the request names is not in the file.
    CheckFailed
        If a simulated mean is 5 or more standard errors from the exact one: a bug of ours.
    """
    check_columns(table, request)
    book = lower_leads(table.leads, request.calendar, request.assumptions)
    windows = all_windows(request.calendar)
    horizon = windows[2 * len(request.calendar.periods) - 1]
    bookings, precision = _simulate(book, request, horizon, execution)
    shocks = draw_shocks(book, request.seed, 0, len(bookings))
    simulated = Simulated(book, shocks, horizon, totals_in(bookings, horizon), execution)
    walked = Walked(
        simulated=simulated,
        bookings=bookings,
        windows=windows,
        moments=window_moments(book, windows),
        precision=precision,
        ratio=_independent_ratio(simulated),
        optimism_mean=_optimism_mean(book, horizon),
        drivers=_drivers(book, horizon),
        groups=_groups(table, request, simulated, windows),
        exact=_exact(book, table, request) if request.exact else None,
    )
    return answered(table, request, walked)


def _simulate(
    book: LoweredBook, request: ForecastRequest, horizon: Bools, execution: Execution
) -> tuple[Ints, Precision | None]:
    # refused here, before the shocks are drawn: they alone can fill the memory
    refuse_beyond(bytes_needed(book, request.replications), execution, f"{request.replications:,} replications")
    if request.precision is None:
        return simulate_bookings(book, draw_shocks(book, request.seed, 0, request.replications), execution), None
    return simulate_until_precise(book, request.seed, request.replications, request.precision, horizon, execution)


def _independent_ratio(simulated: Simulated) -> float | None:
    """Return P90-P10 of the horizon total over the same with the shocks at 0, on the same draws."""
    shared = np.sort(simulated.totals)
    width = percentile(shared, 90) - percentile(shared, 10)
    if not simulated.book.shocked:
        return 1.0 if width else None
    calm = replace(simulated.book, shock_sd=0.0, group_sd=0.0)
    shocks = draw_shocks(calm, simulated.shocks.seed, simulated.shocks.first, simulated.shocks.count)
    alone = np.sort(totals_in(simulate_bookings(calm, shocks, simulated.execution), simulated.horizon))
    narrow = percentile(alone, 90) - percentile(alone, 10)
    return width / narrow if narrow else None


def _optimism_mean(book: LoweredBook, horizon: Bools) -> float:
    chances = published_chances(book.tables.probability)
    return float(mean_with_probabilities(book, horizon[None, :], chances)[0])


def _drivers(book: LoweredBook, horizon: Bools) -> LeadDrivers:
    """Return what each row was lowered to, in the only parameter set."""
    with np.errstate(divide="ignore"):  # a PC of 0 has log-odds of minus infinity
        log_odds = np.log(book.tables.odds[0])
    chance = day_spans(book, horizon[None, :], 0).chance[:, 0]
    amounts = amount_moments(book)
    return LeadDrivers(log_odds[book.rows.chance_cell], chance[book.rows.day_cell], amounts.mean)


def _exact(book: LoweredBook, table: LeadTable, request: ForecastRequest) -> ExactAnswer:
    distance = table_distance(table.leads, request.assumptions)
    return exact_answer(book, request.calendar.period_of_bin, table_distance=distance)


def _groups(table: LeadTable, request: ForecastRequest, simulated: Simulated, windows: Bools) -> tuple[GroupBands, ...]:
    """Return bands per value of the column: each group's own totals, so groups add up replication by replication."""
    if request.by is None:
        return ()
    values = np.array(table.leads.attributes[request.by])
    groups = []
    for value in sorted(set(values.tolist())):
        keep = values == value
        leads, book = table.leads.select(keep), simulated.book.select(keep)
        bookings = simulate_bookings(book, simulated.shocks, simulated.execution)
        exact = window_moments(book, windows)
        bands = period_bands(request.calendar, bookings, windows, exact.mean, stated_values(leads, request.calendar))
        count = len(request.calendar.periods)
        groups.append(GroupBands(value, len(leads), rounded(leads.expected_value()), bands[:count], bands[-1]))
    return tuple(sorted(groups, key=lambda group: -group.expected_value))
