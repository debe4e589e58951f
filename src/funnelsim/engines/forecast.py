"""One forecast, from leads and a request to everything that is said about it.

The question: what will we book, period by period, how sure are we, and will we make the plan?  This module only puts
the
pieces together: lowering, the walk, bands, the closed form they are checked against, the plan, the leads that matter.

What it leaves out: business that is not in the file yet.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from funnelsim.engines.bands import band_of, moments_of, percentile
from funnelsim.engines.book import LoweredBook
from funnelsim.engines.closed_form import mean_with_probabilities, window_moments
from funnelsim.engines.exact_answer import exact_answer
from funnelsim.engines.execution import Execution, refuse_beyond
from funnelsim.engines.lead_effects import Simulated, lead_effects, without_largest
from funnelsim.engines.lowering import lower_leads, table_distance
from funnelsim.engines.optimism import published_chances
from funnelsim.engines.pipeline import bytes_needed, draw_shocks, simulate_bookings
from funnelsim.engines.plan_chance import booked_in, plan_outcome, plan_totals
from funnelsim.engines.precision import simulate_until_precise
from funnelsim.engines.row_laws import amount_moments, day_spans
from funnelsim.engines.self_check import self_check
from funnelsim.engines.windows import all_windows, totals_in
from funnelsim.errors import CheckFailed, Problem, ScenarioError, Shown, raise_if_any
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.leads import Bookings, Leads, LeadTable
from funnelsim.model.money import rounded
from funnelsim.model.proofs import ExactAnswer, Precision
from funnelsim.model.request import ForecastRequest
from funnelsim.model.results import Band, Beyond, Forecast, GroupBands, LeadDrivers, Overdue

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class StatedValues:
    """PR times stated PC by where the stated close falls, exact, minor units.

    Attributes
    ----------
    periods : tuple of Fraction
        Per period.
    overdue, beyond : Fraction
        Not after the as-of day; past the horizon.
    overdue_rows : int
        How many rows are overdue.
    """

    periods: tuple[Fraction, ...]
    overdue: Fraction
    beyond: Fraction
    overdue_rows: int


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
    _check_columns(table, request)
    leads, calendar = table.leads, request.calendar
    book = lower_leads(leads, calendar, request.assumptions)
    windows = all_windows(calendar)
    horizon = windows[2 * len(calendar.periods) - 1]
    bookings, precision = _simulate(book, request, horizon, execution)
    shocks = draw_shocks(book, request.seed, 0, len(bookings))
    simulated = Simulated(book, shocks, horizon, totals_in(bookings, horizon), execution)
    moments = window_moments(book, windows)
    stated = stated_values(leads, calendar)
    bands = _bands(calendar, bookings, windows, moments.mean, stated)
    count = len(calendar.periods)
    actuals = actual_bookings(table, request)
    plan = plan_totals(request.plan, calendar, bookings, actuals) if request.plan else None
    actual_rows, actual_amount = booked_in(actuals, calendar.fiscal_year)
    beyond_mean = moments_of(np.ascontiguousarray(bookings[:, -1])).mean
    answer = Forecast(
        table=table,
        calendar=calendar,
        assumptions=request.assumptions,
        seed=request.seed,
        replications=len(bookings),
        periods=bands[:count],
        cumulative=bands[count:],
        total=bands[-1],
        beyond=Beyond(rounded(stated.beyond), float(moments.mean[-1]), beyond_mean),
        overdue=Overdue(stated.overdue_rows, rounded(stated.overdue)),
        expected_value=rounded(leads.expected_value()),
        actuals=actual_amount,
        actual_rows=actual_rows,
        plan=plan_outcome(request.plan, plan, calendar, bookings, actuals) if request.plan and plan else None,
        independent_band_ratio=_independent_ratio(simulated),
        optimism_mean=_optimism_mean(book, horizon),
        lead_effects=lead_effects(leads, simulated, plan),
        without_largest=without_largest(leads, calendar, simulated),
        by=request.by,
        groups=_groups(table, request, simulated, windows),
        check=self_check(
            np.array([*(band.mean for band in bands), beyond_mean]),
            moments.mean,
            moments.variance,
            moments.largest_lead,
            len(bookings),
        ),
        precision=precision,
        exact=_exact(book, table, request) if request.exact else None,
        content_hash="",
        bookings=_by_period(bookings, calendar),
        drivers=_drivers(book, horizon),
        booked=actuals,
    )
    _refuse_failed(answer)
    return replace(answer, content_hash=content_hash(answer))


def _check_columns(table: LeadTable, request: ForecastRequest) -> None:
    shock = request.assumptions.group_shock
    problems = []
    for option, column in (("--by", request.by), ("--group-shock", shock.column if shock else None)):
        if column is not None and column not in table.leads.attributes:
            known = ", ".join(sorted(table.leads.attributes)) or "none"
            problems.append(
                Problem(table.name, option, "a column of the file", column, f"columns to choose from: {known}")
            )
    raise_if_any(problems, ScenarioError)


def _simulate(
    book: LoweredBook, request: ForecastRequest, horizon: Bools, execution: Execution
) -> tuple[Ints, Precision | None]:
    # refused here, before the shocks are drawn: they alone can fill the memory
    refuse_beyond(bytes_needed(book, request.replications), execution, f"{request.replications:,} replications")
    if request.precision is None:
        return simulate_bookings(book, draw_shocks(book, request.seed, 0, request.replications), execution), None
    return simulate_until_precise(book, request.seed, request.replications, request.precision, horizon, execution)


def stated_values(leads: Leads, calendar: Calendar) -> StatedValues:
    """Return PR times stated PC by where the stated close falls.

    Parameters
    ----------
    leads : Leads
        Forecast rows.
    calendar : Calendar
        As-of day and periods.

    Returns
    -------
    StatedValues
        Periods, overdue and beyond sum exactly to the expected value of all rows.
    """
    days = calendar.days_after(leads.expected_close)
    ends = np.array([(period.end - calendar.as_of).days for period in calendar.periods], dtype=np.int64)
    place = np.searchsorted(ends, days)
    overdue = days <= 0
    return StatedValues(
        periods=tuple(leads.expected_value((place == index) & ~overdue) for index in range(len(ends))),
        overdue=leads.expected_value(overdue),
        beyond=leads.expected_value(place == len(ends)),
        overdue_rows=int(overdue.sum()),
    )


def actual_bookings(table: LeadTable, request: ForecastRequest) -> Bookings:
    """Return the money already booked: the file's won rows or the user's own list, and what the user added.

    Parameters
    ----------
    table : LeadTable
        Holds the won rows.
    request : ForecastRequest
        May replace them, or add to them.

    Returns
    -------
    Bookings
        None of them after the as-of day, which reading checked.
    """
    base = table.won if request.actuals is None else request.actuals
    added = request.added_actuals
    return Bookings(np.concatenate([base.day, added.day]), np.concatenate([base.amount, added.amount]))


def _bands(
    calendar: Calendar, bookings: Ints, windows: Bools, exact: npt.NDArray[np.float64], stated: StatedValues
) -> tuple[Band, ...]:
    """Return the bands of the periods, then of the cumulative windows; the last is the whole horizon."""
    first = calendar.periods[0].start
    spans = [*calendar.periods, *(Period(first, period.end) for period in calendar.periods)]
    running = [sum(stated.periods[: index + 1], Fraction(0)) for index in range(len(stated.periods))]
    values = [rounded(value) for value in (*stated.periods, *running)]
    return tuple(
        band_of(totals_in(bookings, windows[row]), span, value, float(exact[row]))
        for row, (span, value) in enumerate(zip(spans, values, strict=True))
    )


def _by_period(bookings: Ints, calendar: Calendar) -> Ints:
    """Add bins up to periods; the last column stays money past the horizon."""
    if len(calendar.bin_ends) == len(calendar.periods):
        return bookings
    periods = np.zeros((len(bookings), len(calendar.periods) + 1), dtype=np.int64)
    for column, period in enumerate([*calendar.period_of_bin.tolist(), len(calendar.periods)]):
        periods[:, period] += bookings[:, column]
    return periods


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
        bands = _bands(request.calendar, bookings, windows, exact.mean, stated_values(leads, request.calendar))
        count = len(request.calendar.periods)
        groups.append(GroupBands(value, len(leads), rounded(leads.expected_value()), bands[:count], bands[-1]))
    return tuple(sorted(groups, key=lambda group: -group.expected_value))


def _refuse_failed(answer: Forecast) -> None:
    if not answer.check.passed:
        rule = "within 5 standard errors of the exact mean"
        hint = "this is a bug of funnelsim: please report it with the manifest"
        got = Shown(f"a distance of {answer.check.max_z:.1f}")
        raise CheckFailed(Problem("forecast", "simulated mean", rule, got, hint))


def content_hash(answer: Forecast) -> str:
    """Return the fingerprint of an answer: equal inputs give equal fingerprints, whatever the threads and blocks.

    Parameters
    ----------
    answer : Forecast
        Its own ``content_hash`` is not part of it.

    Returns
    -------
    str
        SHA-256 as hex, over the bookings and every figure drawn from them.
    """
    parts = {
        "seed": answer.seed,
        "bands": [asdict(band) for band in (*answer.periods, *answer.cumulative)],
        "beyond": asdict(answer.beyond),
        "expected_value": answer.expected_value,
        "plan": asdict(answer.plan) if answer.plan else None,
        "ratio": answer.independent_band_ratio,
        "effects": [asdict(effect) for effect in answer.lead_effects],
        "groups": [
            [group.value, asdict(group.total), [asdict(band) for band in group.periods]] for group in answer.groups
        ],
    }
    text = hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode())
    text.update(np.ascontiguousarray(answer.bookings).astype("<i8", copy=False).tobytes())
    return text.hexdigest()
