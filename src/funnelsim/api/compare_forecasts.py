"""Saved forecasts compared: two as-of days, or two sets of assumptions.

What it leaves out: scenarios (:mod:`funnelsim.api.compare`).
"""

from __future__ import annotations

from collections.abc import Sequence

from funnelsim.engines.choices.forecast_contest import KeptForecast, compare_forecasts
from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.inputs.saved_run import SavedRun, read_bookings
from funnelsim.model.calendar import Calendar
from funnelsim.model.comparison import Comparison
from funnelsim.model.labels import numbered
from funnelsim.model.settings import ForecastSettings


def compare_kept_forecasts(
    sources: Sequence[str], runs: Sequence[SavedRun | None], confidence: float, given: Sequence[str]
) -> Comparison:
    """Compare forecasts that were kept in run folders.

    Parameters
    ----------
    sources : sequence of str
        As the user named them, for messages.
    runs : sequence of SavedRun or None
        What each is; None for something else than a run.
    confidence : float
        Of every interval, in (0, 1).
    given : sequence of str
        Options that were given and mean nothing for forecasts.

    Returns
    -------
    Comparison
        The first one against each of the others.

    Raises
    ------
    ScenarioError
        If one of them is no forecast, there are fewer than two, or options are given that only strategies have.
    """
    problems = [
        Problem(source, "every one", "a run of forecast, as the others are", Shown("something else"))
        for source, run in zip(sources, runs, strict=True)
        if run is None or run.request.get("command") != "forecast"
    ]
    if len(runs) < 2:
        problems.append(Problem("compare", "the forecasts", "two or more run folders", Shown("one")))
    problems += [Problem("compare", option, "left out for forecasts", Shown("given")) for option in given]
    raise_if_any(problems, ScenarioError)
    found = [run for run in runs if run is not None]
    labels = numbered([run.folder.name for run in found])
    return compare_forecasts([_kept(*pair) for pair in zip(labels, found, strict=True)], confidence)


def _kept(label: str, run: SavedRun) -> KeptForecast:
    settings = run.settings(ForecastSettings)
    calendar = Calendar(run.as_of, settings.period, settings.horizon, settings.fiscal_start)  # type: ignore[arg-type]
    return KeptForecast(
        label=label,
        title=f"forecast of {run.as_of}",
        calendar=calendar,
        bookings=read_bookings(run),
        seed=run.seed,
        currency=run.manifest.get("currency"),
        minor_digits=int(run.manifest["minor_digits"]),
        content_hash=run.content_hash,
    )
