"""One explanation of a forecast, from saved runs to everything that is said about them.

The question: why does the forecast say what it says, and why does it not say what it said last time?  This module
puts the pieces together for forecasts from stated chances.

What it leaves out: forecasts from records (:mod:`funnelsim.engines.explaining.learned_explanation`), and simulations.
"""

from __future__ import annotations

from funnelsim.engines.execution import Execution
from funnelsim.engines.explaining.bridging import facts_of
from funnelsim.engines.explaining.explained_days import problems_between, target_for, window_between
from funnelsim.engines.explaining.forecast_bridge import bridge_runs
from funnelsim.engines.explaining.forecast_drivers import drivers_of
from funnelsim.engines.explaining.forecast_places import losses_between, losses_in, places_of
from funnelsim.engines.explaining.forecast_shares import shares_of
from funnelsim.engines.explaining.forecast_tornado import tornado_of
from funnelsim.engines.explaining.forecast_window import (
    RowState,
    WindowWalk,
    booked_inside,
    rows_at,
    state_of,
    verified,
    whole_state,
)
from funnelsim.errors import ScenarioError, raise_if_any
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
    days = window or window_between(run, since)
    raise_if_any(problems_between(run, since, days, chosen), ScenarioError)
    target = target_for(run, since, days)
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
        lost = RowState(rows_at(since.leads, bridged.matching.lost), since.as_of, since.assumptions)
        losses = losses_between(since, run, bridged.matching, walk.means(lost))
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
