"""Archived forecasts against what happened as one JSON document, and its bands as CSV, the answers that programs read.

The shape is fixed by ``docs/schemas/track.json``; money is in major units, days are ISO dates, chances are in [0, 1].
What it leaves out: the futures, which every run's own folder holds.
"""

from __future__ import annotations

import csv
import io
import math
from typing import Any

from funnelsim.model.calendar import Period
from funnelsim.model.money import to_major
from funnelsim.model.results import PERCENTS
from funnelsim.model.track import LEVELS, Track, TrackedBand, TrackedPlan, TrackedRun
from funnelsim.outputs.plain_text import spreadsheet_cell
from funnelsim.outputs.track_record_document import track_record_document
from funnelsim.outputs.track_sentences import headline, remarks

TRACK_SCHEMA = "funnelsim/track/1"
Document = dict[str, Any]


def track_document(track: Track) -> Document:
    """Return a track record as plain dicts, lists, texts and numbers.

    Parameters
    ----------
    track : Track
        Any.

    Returns
    -------
    dict
        As ``docs/schemas/track.json`` says; keys in reading order.
    """
    return {
        "schema": TRACK_SCHEMA,
        "input": {"name": track.name, "sha256": track.sha256},
        "known": {"start": track.first_day.isoformat(), "end": track.last_day.isoformat()},
        "period": track.unit,
        "currency": track.currency,
        "sentence": headline(track),
        "remarks": remarks(track),
        "targets": [_target(track, at) for at in range(len(track.targets))],
        "runs": [_run(track, run) for run in track.runs],
        "track_record": _record(track),
        "notes": list(track.notes),
        "content_hash": track.content_hash,
    }


def track_csv(track: Track) -> str:
    """Return every band that is over as CSV.

    Parameters
    ----------
    track : Track
        Any.

    Returns
    -------
    str
        One row a band, by its days, then by as-of day; money in major units.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    percents = [f"p{percent}" for percent in PERCENTS]
    held = [f"held_{level}" for level in LEVELS]
    writer.writerow(["run", "as_of", "ahead", "start", "end", "actual", "mean", *percents, "pit", *held])
    for run, band in track.bands:
        days = [band.period.start.isoformat(), band.period.end.isoformat()]
        money = [_money(track, amount) for amount in (band.actual, band.mean, *band.percentiles)]
        inside = ["yes" if band.held(level) else "no" for level in LEVELS]
        named = [spreadsheet_cell(run.name), run.as_of.isoformat(), band.target]
        writer.writerow([*named, *days, *money, band.pit, *inside])
    return stream.getvalue()


def _money(track: Track, minor: float) -> float:
    return round(to_major(minor, track.minor_digits), track.minor_digits)


def _days(period: Period) -> Document:
    return {"start": period.start.isoformat(), "end": period.end.isoformat()}


def _record(track: Track) -> Document:
    """Return the record that travels; what was not booked has no relative error."""
    errors = {"wape": track.record.wape, "bias": track.record.bias}
    known = {name: [one if math.isfinite(one) else None for one in found] for name, found in errors.items()}
    return {**track_record_document(track.record), **known}


def _target(track: Track, at: int) -> Document:
    target = track.targets[at]
    levels = {level: track.covered(target, level) for level in LEVELS}
    wape, bias = track.wape[at], track.bias[at]
    return {
        "ahead": target,
        "bands": levels[80].bands,
        "evidence_like": levels[80].stretches,
        "enough": levels[80].enough,
        "held": {str(level): one.hits for level, one in levels.items()},
        "honest": {str(level): [one.low, one.high] for level, one in levels.items()},
        "wape": wape if math.isfinite(wape) else None,
        "bias": bias if math.isfinite(bias) else None,
    }


def _run(track: Track, run: TrackedRun) -> Document:
    return {
        "name": run.name,
        "as_of": run.as_of.isoformat(),
        "input": run.input_name,
        "content_hash": run.content_hash,
        "seed": run.seed,
        "replications": run.replications,
        "leads": run.leads,
        "counts": "bookings of its own leads" if run.own_leads else "all bookings",
        "covers_new_business": run.covers_new,
        "bands": [_band(track, band) for band in run.bands],
        "so_far": None if run.so_far is None else _band(track, run.so_far),
        "pending": run.pending,
        "unknown": run.unknown,
        "plan": None if run.plan is None else _plan(track, run.plan),
    }


def _band(track: Track, band: TrackedBand) -> Document:
    return {
        "ahead": band.target,
        **_days(band.period),
        "actual": _money(track, band.actual),
        "mean": _money(track, band.mean),
        **{f"p{one}": _money(track, amount) for one, amount in zip(PERCENTS, band.percentiles, strict=True)},
        "pit": band.pit,
        "held": {str(level): band.held(level) for level in LEVELS},
    }


def _plan(track: Track, plan: TrackedPlan) -> Document:
    return {
        "target": _money(track, plan.target),
        "window": _days(plan.window),
        "probability": plan.probability,
        "standard_error": plan.standard_error,
        "booked": _money(track, plan.booked),
        "actual": None if plan.actual is None else _money(track, plan.actual),
        "made": plan.made,
    }
