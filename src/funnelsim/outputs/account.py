"""How a forecast came about, in sentences: what happened to every row, how precise it is, how to make it again.

The other half of :mod:`funnelsim.outputs.sentences`, which says what the answer is.  A reader who distrusts a number
finds here what was left out, filled in, converted or moved, each with its count.

What it leaves out: layout.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from funnelsim.model.proofs import ExactAnswer
from funnelsim.model.results import Forecast
from funnelsim.outputs.forecast_text import amount_text
from funnelsim.outputs.number_text import day_text, span_text
from funnelsim.outputs.plain_text import plain

FILE_NAME_LENGTH = 40


def left_out(forecast: Forecast) -> tuple[str, ...]:
    """Return everything that happened to rows on the way, one sentence each.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    tuple of str
        Rows excluded, filled in, won, lost, overdue, past the horizon, and the notes of the reader; empty when all rows
        are in the bands.
    """
    table = forecast.table
    found = [
        f"Left out: {_count(one.rows, 'row')}, {plain(one.reason)}"
        + (f" (PR {amount_text(forecast, one.amount)})." if one.amount else ".")
        for one in table.excluded
        if one.rows
    ]
    found += [
        f"Filled in: {plain(one.field)} of {_count(one.rows, 'row')} by the {plain(one.rule)}."
        for one in table.imputed
        if one.rows
    ]
    if table.lost_rows:
        found.append(f"Lost already: {_count(table.lost_rows, 'row')}, not forecast.")
    if len(table.won.amount):
        found.append(f"Won already: {_count(len(table.won.amount), 'row')}, not forecast.")
    if len(table.won.amount) or forecast.actual_rows:  # a file of actuals may stand for the won rows
        year, booked = span_text(forecast.calendar.fiscal_year), amount_text(forecast, forecast.actuals)
        found.append(f"Booked in the fiscal year {year}: {booked} in {_count(forecast.actual_rows, 'booking')}.")
    found += [sentence for sentence in (overdue_sentence(forecast), beyond_sentence(forecast)) if sentence]
    return (*found, *(f"Note: {plain(note)}" for note in table.notes))


def overdue_sentence(forecast: Forecast) -> str | None:
    """Return how many rows were due already.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str or None
        None when no open row is overdue.
    """
    overdue = forecast.overdue
    if not overdue.rows:
        return None
    if forecast.learned is not None:
        fate = "they close when the records say such leads close"
    else:
        fate = "counted in the first period" if forecast.assumptions.push is None else "pushed at least once from there"
    stated = f" ({amount_text(forecast, overdue.expected_value)} of PR x PC)" if forecast.is_stated else ""
    rows = _count(overdue.rows, "open row")
    return f"Overdue: {rows}{stated} due by {day_text(forecast.calendar.as_of)}; {fate}."


def beyond_sentence(forecast: Forecast) -> str | None:
    """Return what lies past the horizon.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str or None
        None when nothing does.
    """
    beyond = forecast.beyond
    if not beyond.expected_value and not beyond.exact_mean:
        return None
    due = f"{amount_text(forecast, beyond.expected_value)} of PR x PC due as stated; " if forecast.is_stated else ""
    expected = amount_text(forecast, beyond.exact_mean)
    pushes = "" if forecast.assumptions.push is None else " once pushes are counted"
    if len(forecast.components) > 1:
        pushes = ", new business born before then included"
    last = day_text(forecast.calendar.window.end)
    return f"After {last}: {due}{expected} expected there{pushes}."


def precision_sentence(forecast: Forecast) -> str | None:
    """Return the precision that was asked for and reached.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str or None
        None when no precision was asked for.
    """
    precision = forecast.precision
    if precision is None:
        return None
    verdict = "" if precision.reached <= precision.asked else ", NOT reached"
    return (
        f"Precision: P10, P50, P90 of the total known to {100 * precision.reached:.2g}% of the mean "
        f"(95% half-width; asked {100 * precision.asked:.2g}%{verdict})."
    )


def check_sentence(forecast: Forecast) -> str:
    """Return whether the simulation agrees with the closed form.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str
        One sentence.
    """
    distance = f"within {forecast.check.max_z:.1f} standard errors of the exact ones"
    if forecast.check.passed:
        return f"Check passed: simulated means lie {distance}."
    return f"CHECK FAILED: simulated means are not even {distance}; do not use these numbers."


def exact_sentence(exact: ExactAnswer) -> str:
    """Return how the closed form was found, and how far its amount tables are from the laws they stand for.

    Parameters
    ----------
    exact : ExactAnswer
        What ``--exact`` added.

    Returns
    -------
    str
        One or two sentences.
    """
    tables = f" Amount tables keep the sd to {exact.table_distance:.2%}." if exact.table_distance else ""
    return f"Exact for the tables that are simulated: {exact.method}.{tables}"


def footer(forecast: Forecast) -> str:
    """Return what is needed to make the same page again.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str
        As-of day, stub, file, replications, seed, currency and versions, on one line.
    """
    first = forecast.calendar.periods[0]
    stub = (
        f" (first period is a stub of {first.days} days)" if first != forecast.calendar.period_of(first.start) else ""
    )
    parts = [
        f"As of {day_text(forecast.calendar.as_of)}{stub}",
        f"{plain(forecast.table.name, FILE_NAME_LENGTH)} (sha256 {forecast.table.sha256[:8]})",
        f"amounts in {plain(forecast.currency, 12)}" if forecast.currency else "currency not given",
        f"{forecast.replications:,} simulated futures",
        f"seed {forecast.seed}",
        f"funnelsim {tool_version()}",
    ]
    return "; ".join(parts)


def tool_version() -> str:
    """Return the version of the installed package.

    Returns
    -------
    str
        ``unknown`` when it runs from a source tree that was never installed.
    """
    try:
        return version("funnelsim")
    except PackageNotFoundError:
        return "unknown"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
