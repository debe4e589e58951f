"""Archived forecasts held against what was booked since.

How often did the bands hold, and how did the chance of the plan move?  Bookings after a run's as-of day are added up
over the days of each of its bands; where the file says whose bookings they are, only those of the leads that the run
forecast.  Bands count as evidence only as far as they share neither run nor days.

What it leaves out: reading runs and actuals (``inputs/archived_runs.py``, ``inputs/outcomes.py``).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from funnelsim.engines.backtesting.scoring import mid_pit
from funnelsim.engines.bands import moments_of, percentile
from funnelsim.engines.plan_chance import booked_in
from funnelsim.engines.statistics.held import binomial_range
from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.forecast_run import ForecastRun
from funnelsim.model.leads import Bookings
from funnelsim.model.plain_values import to_plain
from funnelsim.model.results import PERCENTS
from funnelsim.model.track import (
    EVERY,
    LEVELS,
    SO_FAR,
    ArchivedRun,
    Outcomes,
    Track,
    TrackedBand,
    TrackedCoverage,
    TrackedPlan,
    TrackedRun,
)
from funnelsim.model.track_record import BandRecord, TrackRecord

Ints = npt.NDArray[np.int64]


def track_runs(archived: Sequence[ArchivedRun], outcomes: Outcomes, plan: int | None = None) -> Track:
    """Hold archived forecasts against what happened.

    Parameters
    ----------
    archived : sequence of ArchivedRun
        At least one.
    outcomes : Outcomes
        What was booked since.
    plan : int, optional
        Minor units over the fiscal year, asked of every run; each run's own plan otherwise.

    Returns
    -------
    Track
        Exact: actuals, hits and shares of futures are counted, not estimated.

    Raises
    ------
    ScenarioError
        If runs have periods of different lengths, or no period of any run is over and known.
    """
    ordered = sorted(archived, key=lambda one: (one.run.as_of, one.run.name, one.run.content_hash))
    _refuse_other_units(ordered)
    calendar = ordered[0].run.calendar
    first = outcomes.first if outcomes.told_first else calendar.period_of(outcomes.first).start
    runs = tuple(_tracked(one, outcomes, first, plan) for one in ordered)
    _refuse_nothing_over(ordered, runs, outcomes)
    targets = _targets(runs, ordered)
    per_target = {target: _of(runs, target) for target in targets}
    coverage = _coverage(per_target)
    errors = [_relative(bands) for bands in per_target.values()]
    made = Track(
        runs=runs,
        unit=calendar.unit,
        name=outcomes.name,
        sha256=outcomes.sha256,
        first_day=first,
        last_day=outcomes.last,
        currency=ordered[0].run.leads.currency or outcomes.currency,
        minor_digits=outcomes.minor_digits,
        targets=targets,
        coverage=coverage,
        wape=tuple(size for size, _ in errors),
        bias=tuple(sign for _, sign in errors),
        record=_record(runs, ordered, coverage, errors, outcomes),
        notes=(*_notes(runs, ordered, outcomes), *outcomes.notes),
    )
    return replace(made, content_hash=_content_hash(made))


def _tracked(archived: ArchivedRun, outcomes: Outcomes, first: date, plan: int | None) -> TrackedRun:
    run = archived.run
    ids = frozenset(run.leads.lead_id)
    own = outcomes.lead_id is not None and not archived.covers_new and not ids.isdisjoint(outcomes.known)
    since = outcomes.day > np.datetime64(run.as_of, "D")
    if own:
        assert outcomes.lead_id is not None
        since &= np.fromiter((lead in ids for lead in outcomes.lead_id), np.bool_, len(outcomes.lead_id))
    booked = Bookings(outcomes.day[since], outcomes.amount[since])
    periods = run.calendar.periods
    over = [at for at, period in enumerate(periods) if period.end <= outcomes.last]
    known = [at for at in over if periods[at].start >= first]
    bands = tuple(
        _band(run.bookings[:, at], periods[at], _target(run.calendar, at), run.calendar.label(periods[at]), booked)
        for at in known
    )
    so_far = None
    if known and known[0] == 0:
        span = Period(periods[0].start, periods[known[-1]].end)
        label = bands[0].label if len(bands) == 1 else f"{bands[0].label} to {bands[-1].label}"
        so_far = _band(run.bookings[:, known].sum(axis=1), span, SO_FAR, label, booked)
    return TrackedRun(
        name=run.name,
        as_of=run.as_of,
        input_name=run.input_name,
        content_hash=run.content_hash,
        seed=run.seed,
        replications=run.replications,
        leads=run.leads.lead_count,
        own_leads=own,
        covers_new=archived.covers_new,
        bands=bands,
        so_far=so_far,
        pending=len(periods) - len(over),
        unknown=len(over) - len(known),
        plan=_plan(archived, outcomes, first, plan),
    )


def _band(totals: Ints, period: Period, target: str, label: str, booked: Bookings) -> TrackedBand:
    futures = np.ascontiguousarray(totals)
    ordered = np.sort(futures)
    actual = booked_in(booked, period)[1]
    return TrackedBand(
        target=target,
        label=label,
        period=period,
        actual=actual,
        mean=moments_of(futures).mean,
        percentiles=tuple(percentile(ordered, percent) for percent in PERCENTS),
        pit=mid_pit(ordered, actual),
    )


def _target(calendar: Calendar, at: int) -> str:
    """Name how far ahead a period is; a stub before the first whole one is not counted."""
    stub = len(calendar.periods) > calendar.horizon
    return f"rest of the {calendar.unit}" if stub and at == 0 else f"{calendar.unit} {at + (not stub)}"


def _plan(archived: ArchivedRun, outcomes: Outcomes, first: date, asked: int | None) -> TrackedPlan | None:
    run = archived.run
    window = run.calendar.fiscal_year if asked is not None else None if run.plan is None else run.plan.window
    if window is None:
        return None
    booked = booked_in(run.actuals, window)[1]
    actual = _in_window(run, outcomes, first, window)
    if asked is None:
        if run.plan is None or archived.probability is None:
            return None
        error = archived.standard_error or 0.0
        return TrackedPlan(run.plan.target, window, archived.probability, error, booked, actual)
    if not _reaches(run.calendar, window):
        return None
    inside = [at for at, period in enumerate(run.calendar.periods) if _within(period, window)]
    chance = float(np.count_nonzero(run.bookings[:, inside].sum(axis=1) + booked >= asked)) / run.replications
    return TrackedPlan(asked, window, chance, math.sqrt(chance * (1 - chance) / run.replications), booked, actual)


def _in_window(run: ForecastRun, outcomes: Outcomes, first: date, window: Period) -> int | None:
    """Return what was booked in the days of a plan; what is older than the actuals comes from the run."""
    after = run.as_of + timedelta(days=1)
    if window.end > outcomes.last or first > after:
        return None
    everything = Bookings(outcomes.day, outcomes.amount)
    if first <= window.start:
        return booked_in(everything, window)[1]
    since = booked_in(everything, Period(max(after, window.start), window.end))[1]
    return booked_in(run.actuals, window)[1] + since


def _reaches(calendar: Calendar, window: Period) -> bool:
    """Tell whether the futures of a run say what is booked by the end of some days: one of its periods ends there."""
    return any(period.end == window.end for period in calendar.periods)


def _within(period: Period, window: Period) -> bool:
    return window.start <= period.start and period.end <= window.end


def _targets(runs: Sequence[TrackedRun], ordered: Sequence[ArchivedRun]) -> tuple[str, ...]:
    """Return how far ahead there are bands: the stub, whole periods by distance, then all of them."""
    unit = ordered[0].run.calendar.unit
    farthest = max(one.run.calendar.horizon for one in ordered)
    names = [f"rest of the {unit}", *(f"{unit} {ahead}" for ahead in range(1, farthest + 1))]
    there = {band.target for run in runs for band in run.bands}
    return (*(name for name in names if name in there), EVERY)


def _of(runs: Sequence[TrackedRun], target: str) -> list[TrackedBand]:
    return [band for run in runs for band in run.bands if target in {band.target, EVERY}]


def _coverage(per_target: dict[str, list[TrackedBand]]) -> tuple[TrackedCoverage, ...]:
    stretches = {target: apart([band.period for band in bands]) for target, bands in per_target.items()}
    stretches[EVERY] = max(count for target, count in stretches.items() if target != EVERY)
    found = []
    for target, bands in per_target.items():
        counts = stretches[target]
        for level in LEVELS:
            low, high = binomial_range(counts, level / 100)
            found.append(
                TrackedCoverage(
                    target=target,
                    level=level,
                    hits=sum(band.held(level) for band in bands),
                    bands=len(bands),
                    stretches=counts,
                    low=low * len(bands) // counts,
                    high=-(-high * len(bands) // counts),
                )
            )
    return tuple(found)


def apart(periods: Sequence[Period]) -> int:
    """Return the most periods that share no day with each other.

    Parameters
    ----------
    periods : sequence of Period
        Any.

    Returns
    -------
    int
        Exact: taking whatever ends first is never worse than any other choice.
    """
    count, last = 0, date.min
    for period in sorted(periods, key=lambda one: (one.end, one.start)):
        if period.start > last:
            count, last = count + 1, period.end
    return count


def _relative(bands: Sequence[TrackedBand]) -> tuple[float, float]:
    booked = sum(band.actual for band in bands)
    if booked == 0:
        return math.nan, math.nan
    misses = [band.mean - band.actual for band in bands]
    return math.fsum(map(abs, misses)) / booked, math.fsum(misses) / booked


def _record(
    runs: Sequence[TrackedRun],
    ordered: Sequence[ArchivedRun],
    coverage: Sequence[TrackedCoverage],
    errors: Sequence[tuple[float, float]],
    outcomes: Outcomes,
) -> TrackRecord:
    scored = [one.run.calendar for one, run in zip(ordered, runs, strict=True) if run.bands]
    starts = [calendar.periods[0].start for calendar in scored]
    every = next(one for one in coverage if one.target == EVERY)
    return TrackRecord(
        source="archived forecasts",
        name=outcomes.name,
        sha256=outcomes.sha256,
        unit=scored[0].unit,
        horizon=max(calendar.horizon for calendar in scored),
        target="total" if any(run.covers_new or not run.own_leads for run in runs) else "pool",
        first=min(starts),
        last=max(starts),
        origins=every.stretches,
        bands=tuple(BandRecord(one.target, one.level, one.hits, one.bands, one.low, one.high) for one in coverage),
        wape=tuple(size for size, _ in errors),
        bias=tuple(sign for _, sign in errors),
    )


def _refuse_other_units(ordered: Sequence[ArchivedRun]) -> None:
    unit, start = ordered[0].run.calendar.unit, ordered[0].run.calendar.fiscal_start
    problems = []
    for one in ordered[1:]:
        calendar, hint = one.run.calendar, "track runs of one kind at a time"
        if calendar.unit != unit:
            rule = f"{unit}s, as those of run {ordered[0].run.name}"
            problems.append(Problem(f"run {one.run.name}", "its periods", rule, Shown(f"{calendar.unit}s"), hint))
        elif calendar.fiscal_start != start:
            rule = f"in month {start}, as that of run {ordered[0].run.name}"
            found = Shown(f"in month {calendar.fiscal_start}")
            problems.append(Problem(f"run {one.run.name}", "the start of its fiscal year", rule, found, hint))
    raise_if_any(problems, ScenarioError)


def _refuse_nothing_over(ordered: Sequence[ArchivedRun], runs: Sequence[TrackedRun], outcomes: Outcomes) -> None:
    if any(run.bands for run in runs):
        return
    soonest = min(one.run.calendar.periods[0].end for one in ordered)
    if outcomes.last < soonest:
        rule = f"on or after {soonest}, when the first period of these runs is over"
        hint = "come back then; or pass --extract-date if the file holds every booking up to a later day"
        problem = Problem(outcomes.name, "the last day of the actuals", rule, Shown(str(outcomes.last)), hint)
    else:
        rule = "before the first of these periods that is over"
        hint = "add the earlier bookings; or pass --exposure-from if there were none"
        problem = Problem(outcomes.name, "the first day of the actuals", rule, Shown(str(outcomes.first)), hint)
    raise_if_any([problem], ScenarioError)


def _notes(runs: Sequence[TrackedRun], ordered: Sequence[ArchivedRun], outcomes: Outcomes) -> list[str]:
    found = []
    mixed = [run for run in runs if run.bands and not run.own_leads and not run.covers_new]
    if mixed:
        why = "names no leads" if outcomes.lead_id is None else "knows none of the leads of these runs"
        found.append(
            f"{_count(len(mixed), 'run')} forecast only the leads open on the as-of day, but {outcomes.name} {why}, so "
            "bookings of leads that came later are counted too: actuals above the bands are no fault of the bands."
        )
    owned = [(one, run) for one, run in zip(ordered, runs, strict=True) if run.own_leads]
    if owned:
        found.append(
            f"Of {_count(len(owned), 'run')} that forecast only the leads open on the as-of day, only bookings of "
            "those leads are counted."
        )
        lacking = sum(len(frozenset(one.run.leads.lead_id) - outcomes.known) for one, _ in owned)
        if lacking:
            verb = "is" if lacking == 1 else "are"
            found.append(
                f"{_count(lacking, 'lead')} of these runs {verb} not in {outcomes.name}: nothing is counted as booked "
                "of them."
            )
    new = sum(run.covers_new for run in runs)
    if 0 < new < len(runs):
        found.append(
            f"{_count(new, 'run')} forecast new business too, {len(runs) - new} open leads only: two kinds of bands "
            "are counted together."
        )
    unknown = sum(run.unknown for run in runs)
    if unknown:
        found.append(f"{_count(unknown, 'band')} ended before the actuals begin and cannot be judged.")
    pending = sum(run.pending for run in runs)
    if pending:
        found.append(f"{_count(pending, 'band')} of these runs {'is' if pending == 1 else 'are'} still to come true.")
    days = [run.as_of for run in runs]
    twice = sorted({day for day in days if days.count(day) > 1})
    if twice:
        found.append(f"Several runs stand on the same day: {', '.join(map(str, twice))}. Each is counted.")
    without = sum(run.plan is None for run in runs)
    if 0 < without < len(runs):
        found.append(f"No chance of a plan is known of {_count(without, 'run')}.")
    if len({(run.plan.target, run.plan.window) for run in runs if run.plan}) > 1:
        found.append("The plan is not the same in all runs.")
    return found


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _content_hash(made: Track) -> str:
    plain = to_plain(replace(made, notes=(), content_hash="", settings=None))
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
