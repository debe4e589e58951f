"""Archived forecasts read back, every one held to what it was when it was saved.

The question: which forecasts are these, and are they still what somebody once said?  A run whose files, answer or
futures do not fit each other is refused by name; all such runs are named at once.

What it leaves out: what happened since (:mod:`funnelsim.inputs.outcomes`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from funnelsim.engines.bands import percentile
from funnelsim.errors import DataError, Problem, Shown, raise_if_any
from funnelsim.inputs.saved_forecast_run import read_forecast_run
from funnelsim.inputs.saved_run import SavedRun, read_document, read_manifest
from funnelsim.model.forecast_run import ForecastRun
from funnelsim.model.results import PERCENTS
from funnelsim.model.track import ArchivedRun

OPEN_LEADS = "open leads"
"""Component of an answer whose bands leave out leads that come later."""


def read_archived_runs(paths: Sequence[str | os.PathLike[str]]) -> tuple[tuple[ArchivedRun, ...], tuple[str, ...]]:
    """Read saved forecasts.

    Parameters
    ----------
    paths : sequence of path
        Run folders of ``forecast``, or the ``manifest.json`` in them.

    Returns
    -------
    tuple of (tuple of ArchivedRun, tuple of str)
        Each different answer once, and a note on every folder that holds an answer that is there already.

    Raises
    ------
    DataError
        With every run that is none, is not whole, was changed, or is of another currency than the first.
    """
    runs: list[ArchivedRun] = []
    problems: list[Problem] = []
    notes = []
    for path in paths:
        try:
            found = _read(path)
        except DataError as error:
            problems += error.problems
            continue
        twin = next((one.run.name for one in runs if one.run.content_hash == found.run.content_hash), None)
        if twin is None:
            runs.append(found)
        else:
            notes.append(f"Run {found.run.name} holds the same answer as run {twin}, and is counted once.")
    problems += _other_money([one.run for one in runs])
    raise_if_any(problems, DataError)
    return tuple(runs), tuple(notes)


def _read(path: str | os.PathLike[str]) -> ArchivedRun:
    saved = read_manifest(path)
    command = saved.request.get("command")
    if command != "forecast":
        hint = "name folders that funnelsim forecast --out made"
        raise DataError(Problem(str(path), "the run", "one of 'forecast'", Shown(f"one of {command!r}"), hint))
    run, document = read_forecast_run(saved, again=False), read_document(saved)
    _refuse_unfitting(saved, run, document)
    plan = document.get("plan") or {}
    return ArchivedRun(run, covers_new(document), plan.get("probability"), plan.get("standard_error"))


def covers_new(document: Mapping[str, Any]) -> bool:
    """Tell whether the bands of a saved answer count leads that came later, too.

    Parameters
    ----------
    document : mapping
        ``forecast.json``.

    Returns
    -------
    bool
        Whether it has a component beside the open leads.
    """
    names = {str(part.get("name")) for part in document.get("components", [])}
    return bool(names - {OPEN_LEADS})


def _refuse_unfitting(saved: SavedRun, run: ForecastRun, document: dict[str, Any]) -> None:
    """Refuse an answer that is not that of the futures beside it."""
    hint = "the files of several runs were mixed: run it again"
    where = str(saved.folder)
    if document.get("content_hash") != saved.content_hash:
        got = Shown(f"{str(document.get('content_hash'))[:16]} in the answer")
        raise DataError(Problem(where, "the content hash", f"{saved.content_hash[:16]}, as in the manifest", got, hint))
    ordered = np.sort(run.bookings, axis=0)
    scale = Decimal(10) ** run.leads.minor_digits
    periods = document.get("periods", [])
    said = [[round(Decimal(str(band[f"p{percent}"])) * scale) for percent in PERCENTS] for band in periods]
    kept = [[percentile(ordered[:, at], percent) for percent in PERCENTS] for at in range(len(run.calendar.periods))]
    if said != kept:
        got = Shown("other percentiles")
        raise DataError(Problem(where, "the bands of the answer", "those of the futures beside them", got, hint))


def _other_money(runs: Sequence[ForecastRun]) -> list[Problem]:
    problems = []
    for run in runs[1:]:
        first, own = (f"{one.leads.currency or 'no currency'}" for one in (runs[0], run))
        if (run.leads.currency, run.leads.minor_digits) != (runs[0].leads.currency, runs[0].leads.minor_digits):
            rule, hint = f"in {first}, as that of run {runs[0].name}", "track runs of one currency at a time"
            problems.append(Problem(f"run {run.name}", "its money", rule, Shown(f"in {own}"), hint))
    return problems
