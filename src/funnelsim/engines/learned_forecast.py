"""One forecast from records: chances, days and shocks as they were learned, and the leads that are not born yet.

The question: what will we book if rates are as our own records say, and periods stray as they did?  Open leads and new
business are components that add up replication by replication; both share rates, level and shocks.

What it leaves out: reading, and finding the leads of a file in the records (``inputs/lead_states.py``).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from funnelsim.engines.bands import moments_of, percentile
from funnelsim.engines.closed_form import WindowMoments
from funnelsim.engines.execution import Execution, refuse_beyond
from funnelsim.engines.faded_leads import faded_leads
from funnelsim.engines.forecast_answer import Walked, answered
from funnelsim.engines.forecast_figures import StatedValues, by_period, check_columns, period_bands, stated_values
from funnelsim.engines.lead_effects import Simulated
from funnelsim.engines.learned_book import LearnedBook, learned_book
from funnelsim.engines.learning.new_business import simulate_new_business
from funnelsim.engines.learning.pool_moments import learned_moments
from funnelsim.engines.pipeline import bytes_needed, draw_shocks, simulate_bookings
from funnelsim.engines.precision import continue_until_precise
from funnelsim.engines.row_laws import amount_moments
from funnelsim.engines.windows import all_windows, totals_in
from funnelsim.model.calendar import Calendar
from funnelsim.model.known_leads import Known
from funnelsim.model.leads import Leads, LeadTable
from funnelsim.model.learned_answer import LearnedAnswer
from funnelsim.model.money import rounded
from funnelsim.model.proofs import Precision
from funnelsim.model.request import ForecastRequest
from funnelsim.model.results import Beyond, Component, Forecast, GroupBands, LeadDrivers
from funnelsim.model.run_schema import NEW_BUSINESS, OPEN_LEADS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def forecast_learned(table: LeadTable, request: ForecastRequest, known: Known, execution: Execution) -> Forecast:
    """Forecast the bookings of open leads, and of leads to come, from what records taught.

    Parameters
    ----------
    table : LeadTable
        The leads as read.
    request : ForecastRequest
        What is asked; its assumptions are not used.
    known : Known
        What the records know.
    execution : Execution
        How to run; without influence on the answer.

    Returns
    -------
    Forecast
        Determined to the last bit by the first three.
    """
    check_columns(table, request)
    leads, calendar = table.leads, request.calendar
    lowered = _lowered(leads, request, known, execution)
    windows = all_windows(calendar)
    horizon = windows[2 * len(calendar.periods) - 1]
    open_part, new_part, precision = _simulate(lowered, request, horizon, execution)
    bookings = open_part + new_part
    shocks = draw_shocks(lowered.book, request.seed, 0, len(bookings))
    simulated = Simulated(lowered.book, shocks, horizon, totals_in(bookings, horizon), execution)
    moments = learned_moments(lowered.book, lowered.new, windows)
    stated = stated_values(leads, calendar)
    parts = [_component(OPEN_LEADS, open_part, windows, calendar, learned_moments(lowered.book, None, windows), stated)]
    if lowered.new is not None:
        alone = learned_moments(lowered.book.select(np.zeros(len(leads), dtype=bool)), lowered.new, windows)
        parts.append(_component(NEW_BUSINESS, new_part, windows, calendar, alone, _nothing(calendar)))
    calibrated = lowered.calibrated
    drivers = _drivers(lowered, calibrated)
    walked = Walked(
        simulated=simulated,
        bookings=bookings,
        windows=windows,
        moments=moments,
        precision=precision,
        ratio=_ratio(table.leads, request, known, simulated),
        optimism_mean=float(moments.mean[2 * len(calendar.periods) - 1]),
        drivers=drivers,
        groups=_groups(table, request, simulated, windows, parts),
        components=tuple(parts),
        learned=_said(table.leads, request, known, lowered, calibrated),
        worth=[Fraction(value) for value in (calibrated * drivers.in_horizon * drivers.mean_amount).tolist()],
    )
    return answered(table, request, walked)


def _lowered(leads: Leads, request: ForecastRequest, known: Known, execution: Execution) -> LearnedBook:
    return learned_book(leads, known, request.calendar, request.seed, request.replications, progress=execution.progress)


def _simulate(
    lowered: LearnedBook, request: ForecastRequest, horizon: Bools, execution: Execution
) -> tuple[Ints, Ints, Precision | None]:
    """Return bookings of open leads and of new business, (replication, bin + 1) each."""
    columns = lowered.book.bins + 1

    def simulate(first: int, count: int) -> Ints:
        both = np.zeros((count, 2 * columns), dtype=np.int64)
        shocks = draw_shocks(lowered.book, request.seed, first, count)
        both[:, :columns] = simulate_bookings(lowered.book, shocks, execution)
        if lowered.new is not None:
            both[:, columns:] = simulate_new_business(lowered.new, request.seed, first, count, execution)
        return both

    def needed(count: int) -> int:
        return 2 * bytes_needed(lowered.book, count)

    refuse_beyond(needed(request.replications), execution, f"{request.replications:,} replications")
    precision = None
    if request.precision is None:
        both = simulate(0, request.replications)
    else:
        window = np.concatenate([horizon, horizon])
        both, precision = continue_until_precise(
            simulate, needed, request.replications, request.precision, window, execution
        )
    return np.ascontiguousarray(both[:, :columns]), np.ascontiguousarray(both[:, columns:]), precision


def _nothing(calendar: Calendar) -> StatedValues:
    """Return what is stated of leads that nobody has yet."""
    return StatedValues((Fraction(0),) * len(calendar.periods), Fraction(0), Fraction(0), 0)


def _component(
    name: str, bookings: Ints, windows: Bools, calendar: Calendar, exact: WindowMoments, stated: StatedValues
) -> Component:
    bands = period_bands(calendar, bookings, windows, exact.mean, stated)
    beyond = moments_of(np.ascontiguousarray(bookings[:, -1])).mean
    return Component(
        name,
        bands[: len(calendar.periods)],
        bands[-1],
        Beyond(rounded(stated.beyond), float(exact.mean[-1]), beyond),
        by_period(bookings, calendar),
    )


def _drivers(lowered: LearnedBook, calibrated: Floats) -> LeadDrivers:
    """Return what each row was lowered to, means over the sets."""
    chances, book = lowered.chances, lowered.book
    inside = chances.reached[:, :, -1].mean(axis=0)[chances.law]
    with np.errstate(divide="ignore"):
        log_odds = np.log(calibrated) - np.log1p(-calibrated)
    in_horizon = np.divide(inside, calibrated, out=np.zeros_like(inside), where=calibrated > 0.0)
    return LeadDrivers(log_odds, np.minimum(in_horizon, 1.0), amount_moments(book).mean)


def _said(
    leads: Leads, request: ForecastRequest, known: Known, lowered: LearnedBook, calibrated: Floats
) -> LearnedAnswer:
    new = lowered.new
    return LearnedAnswer(
        known=replace(known, sets=min(known.sets, request.replications)),
        sets=lowered.chances.sets,
        calibrated=calibrated,
        faded=faded_leads(leads, known.stays, known.learned.oldest_won_days, calibrated),
        new_leads=None if new is None else float(new.arrivals.sum(axis=1).mean()),
        new_wins=None if new is None else float(new.wins[:, :-1].sum(axis=1).mean()),
    )


def _ratio(leads: Leads, request: ForecastRequest, known: Known, simulated: Simulated) -> float | None:
    """Return P90-P10 of the horizon total over the same of independent leads at mean rates, on the same draws."""
    shared = np.sort(simulated.totals)
    width = percentile(shared, 90) - percentile(shared, 10)
    if known.independent:
        return 1.0 if width else None
    calm = _lowered(leads, request, replace(known, independent=True), simulated.execution)
    shocks = draw_shocks(calm.book, request.seed, 0, len(shared))
    alone = simulate_bookings(calm.book, shocks, simulated.execution)
    if calm.new is not None:
        alone += simulate_new_business(calm.new, request.seed, 0, len(shared), simulated.execution)
    totals = np.sort(totals_in(alone, simulated.horizon))
    narrow = percentile(totals, 90) - percentile(totals, 10)
    return width / narrow if narrow else None


def _groups(
    table: LeadTable, request: ForecastRequest, simulated: Simulated, windows: Bools, parts: list[Component]
) -> tuple[GroupBands, ...]:
    """Return bands per value of the column, and of new business as one more: together they add up."""
    if request.by is None:
        return ()
    values = np.array(table.leads.attributes[request.by])
    count = len(request.calendar.periods)
    groups = []
    for value in sorted(set(values.tolist())):
        keep = values == value
        leads, book = table.leads.select(keep), simulated.book.select(keep)
        bookings = simulate_bookings(book, simulated.shocks, simulated.execution)
        exact = learned_moments(book, None, windows)
        bands = period_bands(request.calendar, bookings, windows, exact.mean, stated_values(leads, request.calendar))
        groups.append(GroupBands(value, len(leads), rounded(leads.expected_value()), bands[:count], bands[-1]))
    groups.sort(key=lambda group: -group.total.exact_mean)
    return (*groups, *(GroupBands(f"({part.name})", 0, 0, part.periods, part.total) for part in parts[1:]))
