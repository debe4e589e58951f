"""Which days of a forecast are explained, against which plan, and which pairs of runs cannot be compared.

What it leaves out: what forecasts from records ask beyond that
(:mod:`funnelsim.engines.explaining.learned_explanation`).
"""

from __future__ import annotations

from datetime import timedelta

from funnelsim.errors import Problem, Shown
from funnelsim.model.calendar import Period
from funnelsim.model.forecast_run import ForecastRun


def window_between(run: ForecastRun, since: ForecastRun | None) -> Period:
    """Return the days to explain where nobody chose them.

    Parameters
    ----------
    run : ForecastRun
        The forecast.
    since : ForecastRun or None
        An earlier one.

    Returns
    -------
    Period
        The plan's days, else the horizon, from the earlier run's first day to the end of the shorter one.
    """
    plan = run.plan or (since.plan if since else None)
    if plan is not None:
        return plan.window
    ends = [one.calendar.window.end for one in (run, since) if one is not None]
    return Period((since or run).as_of + timedelta(days=1), min(ends))


def target_for(run: ForecastRun, since: ForecastRun | None, days: Period) -> int | None:
    """Return the plan for a window.

    Parameters
    ----------
    run : ForecastRun
        The forecast.
    since : ForecastRun or None
        An earlier one, whose plan stands where the forecast has none for these days.
    days : Period
        The window.

    Returns
    -------
    int or None
        Minor units.
    """
    plans = [one.plan for one in (run, since) if one is not None and one.plan is not None]
    return next((plan.target for plan in plans if plan.window == days), None)


def problems_between(run: ForecastRun, since: ForecastRun | None, days: Period, by: str | None) -> list[Problem]:
    """Return why a forecast, or its change, cannot be explained.

    Parameters
    ----------
    run : ForecastRun
        The forecast.
    since : ForecastRun or None
        An earlier one.
    days : Period
        The window.
    by : str or None
        Column whose groups are drivers too.

    Returns
    -------
    list of Problem
        All of them.
    """
    problems = []
    if by is not None and by not in run.leads.attributes:
        known = ", ".join(sorted(run.leads.attributes)) or "none"
        problems.append(Problem(run.name, "--by", "a column of the file", by, f"columns to choose from: {known}"))
    if days.end < days.start:
        problems.append(Problem("explain", "--window", "a first day and a last one", Shown(f"{days.start}:{days.end}")))
    first = since or run
    if days.end <= first.as_of:
        rule = f"days of which some are after {first.as_of}, the as-of day of {first.name!r}"
        hint = "choose a later window with --window FIRST:LAST"
        problems.append(Problem("explain", "the window", rule, Shown(f"{days.start} to {days.end}"), hint))
    if since is None:
        return problems
    if since.as_of > run.as_of:
        rule = f"made on an earlier or the same day as RUN, which stands on {run.as_of}"
        problems.append(Problem("explain", "the run of --since", rule, Shown(since.as_of), "swap the two runs"))
    money = [(one.leads.currency or "no currency", one.leads.minor_digits) for one in (run, since)]
    if money[0] != money[1]:
        hint = "forecast both files with the same --currency"
        rule = f"in the money of RUN, {money[0][0]}"
        problems.append(Problem("explain", "the run of --since", rule, Shown(money[1][0]), hint))
    return problems
