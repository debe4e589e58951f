"""One explanation of a forecast, from saved runs to everything that is said about them.

The question: why does the forecast say what it says, and why does it not say what it said last time?  This module
chooses the window, puts the pieces together, and refuses pairs of runs that cannot be compared.

What it leaves out: simulations, which :mod:`funnelsim.engines.explaining` has other modules for.
"""

from __future__ import annotations

from datetime import timedelta

from funnelsim.engines.execution import Execution
from funnelsim.engines.explaining.bridging import facts_of
from funnelsim.engines.explaining.forecast_bridge import bridge_runs
from funnelsim.engines.explaining.forecast_drivers import drivers_of
from funnelsim.engines.explaining.forecast_places import losses_between, losses_in, places_of
from funnelsim.engines.explaining.forecast_shares import shares_of
from funnelsim.engines.explaining.forecast_tornado import tornado_of
from funnelsim.engines.explaining.forecast_window import (
    WindowWalk,
    booked_inside,
    state_of,
    verified,
    whole_state,
)
from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.model.calendar import Period
from funnelsim.model.explanation import Explanation
from funnelsim.model.forecast_run import ForecastRun


def explain_run(
    run: ForecastRun,
    since: ForecastRun | None,
    execution: Execution,
    *,
    window: Period | None = None,
    by: str | None = None,
) -> Explanation:
    """Explain a forecast, and its change since an earlier one.

    Parameters
    ----------
    run : ForecastRun
        The forecast.
    since : ForecastRun or None
        An earlier one.
    execution : Execution
        How to run; without influence on the answer.
    window : Period, optional
        The days to explain; by default those of the plan, else from the day after the earlier as-of day to the end of
        the shorter horizon.
    by : str, optional
        Column whose groups are drivers too; by default the run's own.

    Returns
    -------
    Explanation
        Determined to the last bit by the runs.

    Raises
    ------
    ScenarioError
        If the two runs cannot be compared, or a column or window cannot be used.
    """
    chosen = by if by is not None else run.by
    days = window or _window(run, since)
    raise_if_any(_problems(run, since, days, chosen), ScenarioError)
    plans = [one.plan for one in (run, since) if one is not None and one.plan is not None]
    target = next((plan.target for plan in plans if plan.window == days), None)
    walk = WindowWalk(days, run.seed, run.replications, execution)
    rows, booked = whole_state(run), booked_inside(run, days)
    forecast = walk.totals(rows)
    totals = forecast + booked
    bridged = None if since is None else bridge_runs(since, run, walk, target)
    if since is None or bridged is None:
        losses = losses_in(run)
    else:
        assert (bridged.totals == totals).all(), (
            "a bridge ends where the later forecast stands, replication by replication"
        )
        losses = losses_between(since, run, bridged.matching, walk)
    return Explanation(
        run=facts_of(run, verified(run, days, forecast)),
        records=False,
        window=days,
        target=target,
        booked=booked,
        state=state_of(totals, target),
        currency=run.leads.currency,
        minor_digits=run.leads.minor_digits,
        bridge=bridged.bridge if bridged else None,
        tornado=tornado_of(drivers_of(rows, walk, forecast, chosen), totals, booked, target, run.seed),
        shares=shares_of(rows, walk, forecast),
        places=places_of(run.leads),
        losses=losses,
    )


def _window(run: ForecastRun, since: ForecastRun | None) -> Period:
    """Return the plan's days, else the horizon, from the earlier run's first day to the end of the shorter one."""
    plan = run.plan or (since.plan if since else None)
    if plan is not None:
        return plan.window
    ends = [one.calendar.window.end for one in (run, since) if one is not None]
    return Period((since or run).as_of + timedelta(days=1), min(ends))


def _problems(run: ForecastRun, since: ForecastRun | None, days: Period, by: str | None) -> list[Problem]:
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
