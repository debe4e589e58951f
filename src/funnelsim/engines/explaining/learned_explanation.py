"""One explanation of a forecast from records, from saved runs to everything that is said about them.

The question: why does the forecast say what it says, and why does it not say what it said last time?  The run folder
holds what the records taught and knew of each lead, so the records themselves, which the next export overwrites, are
not needed.  This module puts the pieces together, and refuses pairs of runs that cannot be compared.

What it leaves out: forecasts from stated chances (:mod:`funnelsim.engines.explaining.forecast_explanation`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from funnelsim.engines.execution import Execution, no_progress
from funnelsim.engines.explaining.bridging import facts_of
from funnelsim.engines.explaining.explained_days import problems_between, target_for, window_between
from funnelsim.engines.explaining.forecast_places import losses_between, losses_in, places_with
from funnelsim.engines.explaining.forecast_tornado import tornado_of
from funnelsim.engines.explaining.forecast_window import booked_inside, state_of, verified
from funnelsim.engines.explaining.held_windows import HeldWindows
from funnelsim.engines.explaining.learned_bridge import bridge_learned
from funnelsim.engines.explaining.learned_drivers import learned_drivers
from funnelsim.engines.explaining.learned_shares import learned_shares
from funnelsim.engines.explaining.learned_window import LearnedWalk, cut_by, version_of
from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.explanation import Explanation
from funnelsim.model.forecast_run import ForecastRun
from funnelsim.model.known_leads import Known

LOWERED: Final = 8
"""How often the records are lowered for one forecast, at most: four ends of drivers, and with rates and market off."""

BRIDGED: Final = 8
"""How often they are for a bridge, at most: the earlier run with either luck, and each step of leads that stay open."""

ALIKE: Final[tuple[tuple[str, str, str, Callable[[Calendar, Known], str]], ...]] = (
    (
        "periods",
        "in the periods of RUN",
        "forecast both with the same --period and --fiscal-start",
        lambda calendar, _: f"{calendar.unit}s, year from month {calendar.fiscal_start}",
    ),
    (
        "leads to come",
        "forecast as in RUN",
        "forecast both with --no-new-business, or both without",
        lambda _, known: "included" if known.with_new else "left out",
    ),
    (
        "shared risk",
        "drawn as in RUN",
        "forecast both with --independent, or both without",
        lambda _, known: "none" if known.independent else "as learned",
    ),
    (
        "amounts",
        "known as in RUN",
        "forecast both from records with amounts, or both from records without",
        lambda _, known: "unknown, wins are counted" if known.learned.counts_only else "known",
    ),
)
"""What two runs must have alike: its name, the rule, the way out, and how to say what a run has."""


def explain_learned_run(
    run: ForecastRun,
    since: ForecastRun | None,
    execution: Execution,
    *,
    window: Period | None = None,
    by: str | None = None,
) -> Explanation:
    """Explain a forecast from records, and its change since an earlier one.

    Parameters
    ----------
    run : ForecastRun
        The forecast.
    since : ForecastRun or None
        An earlier one, from records too.
    execution : Execution
        How to run; without influence on the answer.
    window : Period, optional
        The days to explain, whole periods of both runs; by default those of the plan, else from the day after the
        earlier as-of day to the end of the shorter horizon.
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
    raise_if_any([*problems_between(run, since, days, chosen), *_learned_problems(run, since, days)], ScenarioError)
    target, booked = target_for(run, since, days), booked_inside(run, days)
    walk = _walk(days, run, execution, LOWERED + (0 if since is None else BRIDGED))
    windows = HeldWindows(walk, version_of(run))
    now = windows.free
    totals = now.all_money + booked
    bridged, losses = None, losses_in(run)
    if since is not None:
        start = walk.lower(version_of(since, windows.version.known.sets))
        bridged = bridge_learned(since, run, start, now, target)
        assert (bridged.totals == totals).all(), (
            "a bridge ends where the later forecast stands, replication by replication"
        )
        losses = losses_between(since, run, bridged.matching, start.means[bridged.matching.lost])
    return Explanation(
        run=facts_of(run, verified(run, days, now.all_money)),
        records=True,
        window=days,
        target=target,
        booked=booked,
        state=state_of(totals, target),
        currency=run.leads.currency,
        minor_digits=run.leads.minor_digits,
        bridge=bridged.bridge if bridged else None,
        tornado=tornado_of(learned_drivers(windows, chosen), totals, booked, target, run.seed),
        shares=learned_shares(windows),
        places=places_with(run.leads, now.learned.calibrated),
        losses=losses,
    )


def _walk(days: Period, run: ForecastRun, execution: Execution, lowered: int) -> LearnedWalk:
    """Return how the window is simulated; nearly all the time goes into lowering, so that is what is told."""
    quiet = replace(execution, progress=no_progress)
    return LearnedWalk(days, run.seed, run.replications, quiet, lambda share: execution.progress(share / lowered))


def _learned_problems(run: ForecastRun, since: ForecastRun | None, days: Period) -> list[Problem]:
    """Return what only forecasts from records ask: whole periods, and two runs that forecast the same things."""
    problems = []
    runs = [run] if since is None else [since, run]
    for one in runs:
        if days.end > one.as_of and cut_by(one.calendar, days):
            rule = f"whole {one.calendar.unit}s of {one.name!r}, the last of which ends on {one.calendar.window.end}"
            hint = "rates are learned for whole periods: choose the days with --window FIRST:LAST"
            problems.append(Problem("explain", "the window", rule, Shown(f"{days.start} to {days.end}"), hint))
    if since is None:
        return problems
    for what, rule, hint, of in ALIKE:
        words = [of(one.calendar, one.known) for one in runs if one.known is not None]
        if words[0] != words[1]:
            problems.append(Problem("explain", f"{what} of --since", f"{rule}, {words[1]}", Shown(words[0]), hint))
    return problems
