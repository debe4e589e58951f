"""Archived forecasts held against what was booked since.

What it leaves out: keeping an answer (:mod:`funnelsim.api.saved_track`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from funnelsim.engines.tracking import track_runs
from funnelsim.errors import Problem, ScenarioError
from funnelsim.inputs.archived_runs import read_archived_runs
from funnelsim.inputs.outcomes import read_outcomes
from funnelsim.inputs.plan_file import parse_amount
from funnelsim.model.history_settings import HistorySettings
from funnelsim.model.track import Track
from funnelsim.model.track_settings import TrackSettings

Path = str | os.PathLike[str]


def track(
    runs: Path | Sequence[Path],
    actuals: Path,
    *,
    plan: str | float | None = None,
    history: HistorySettings | None = None,
    **options: Any,
) -> Track:
    """Hold archived forecasts against what was booked since.

    Parameters
    ----------
    runs : path or sequence of path
        Run folders of ``forecast``.
    actuals : path
        CSV, XLSX or Parquet: ``date,amount``, or leads with won rows, or records of leads.
    plan : str or float, optional
        An amount over the fiscal year, such as ``5M``, whose chance is asked of every run; each run's own otherwise.
    history : HistorySettings, optional
        How to read the actuals.
    **options
        Fields of :class:`~funnelsim.model.history_settings.HistorySettings`, instead of ``history``.

    Returns
    -------
    Track
        Exact: nothing is simulated again.
    """
    paths = (runs,) if isinstance(runs, str | os.PathLike) else tuple(runs)
    settings = TrackSettings(
        runs=tuple(os.fspath(one) for one in paths),
        actuals=os.fspath(actuals),
        plan=None if plan is None else str(plan),
        history=history or HistorySettings(**options),
    )
    return track_of(settings)


def track_of(settings: TrackSettings) -> Track:
    """Hold archived forecasts against what was booked since.

    Parameters
    ----------
    settings : TrackSettings
        Which runs, which actuals, how read.

    Returns
    -------
    Track
        With the settings in it.

    Raises
    ------
    ScenarioError
        If the plan is no amount above 0.
    """
    runs, notes = read_archived_runs(settings.runs)
    leads = runs[0].run.leads
    plan = None
    if settings.plan is not None:
        plan = parse_amount(settings.plan, leads.minor_digits, where="--plan", currency=leads.currency)
        if not plan:
            hint = "write 5M or 4500000; a run that has a plan of its own needs none"
            raise ScenarioError(Problem("track", "--plan", "an amount above 0", settings.plan, hint))
    outcomes = read_outcomes(settings.actuals, settings.history, digits=leads.minor_digits, currency=leads.currency)
    found = track_runs(runs, outcomes, plan)
    return replace(found, notes=(*notes, *found.notes), settings=settings)
