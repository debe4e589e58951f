"""A forecast from records of leads, or from a model that was learned from them.

The question: what will we book if our own records say how leads go?  The records are read and learned from, the leads
are found in them, and the day they stand on is the records' last one unless the user says otherwise.

What it leaves out: forecasts from stated chances (:mod:`funnelsim.api.forecast`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from funnelsim.api.records import read_history
from funnelsim.engines.execution import Execution
from funnelsim.engines.learned_forecast import forecast_learned
from funnelsim.engines.learning.exposure import as_known
from funnelsim.engines.learning.learn import learn
from funnelsim.engines.learning.past_periods import day_of, midnight
from funnelsim.engines.learning.segments import in_segments
from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.inputs.example import example_history, is_example
from funnelsim.inputs.history_pipeline import history_pipeline
from funnelsim.inputs.lead_states import lead_states
from funnelsim.inputs.leads_file import read_leads
from funnelsim.inputs.model_file import read_model
from funnelsim.inputs.request_words import reading_options, request_of
from funnelsim.inputs.track_record import read_track_record
from funnelsim.model.history import History
from funnelsim.model.history_settings import HistorySettings
from funnelsim.model.known_leads import Known, Matched
from funnelsim.model.leads import Leads, LeadTable
from funnelsim.model.learned import Learned
from funnelsim.model.results import Forecast
from funnelsim.model.settings import ForecastSettings
from funnelsim.model.track_record import TrackRecord

Source = Any
"""A path, or a table of Polars, pandas or Arrow."""


def forecast_from_records(source: Source, settings: ForecastSettings, execution: Execution) -> Forecast:
    """Forecast from records or from a model.

    Parameters
    ----------
    source : path, table or None
        The leads; for None those that are open when the records end.
    settings : ForecastSettings
        Names records or a model; the as-of day may be left out.
    execution : Execution
        How to run.

    Returns
    -------
    Forecast
        With open leads and new business as its components.

    Raises
    ------
    ScenarioError
        If a model comes without leads, speaks of other periods, or of another currency.
    """
    asked = settings.as_of
    if settings.history is not None:
        whole = _read(source, settings)
        settings, history = _on_a_day(settings, whole)
        learned = learn(history, settings.period, settings.fiscal_start, settings.segment)  # type: ignore[arg-type]
    else:
        assert settings.model is not None
        history, learned = None, read_model(settings.model)
        _refuse_unfit(learned, source, settings)
        _refuse_other_segments(learned, settings)
        settings = dataclasses.replace(settings, as_of=settings.as_of or learned.last_day)
    assert settings.as_of is not None
    table, known = _known(source, settings, learned, history)
    notes = (*_day_notes(settings, learned, asked), *learned.notes, *table.notes)  # what matters most comes first
    table = dataclasses.replace(table, notes=notes)
    request = dataclasses.replace(request_of(table, settings), track_record=_record(settings, learned))
    return forecast_learned(table, request, known, execution)


def _read(source: Source, settings: ForecastSettings) -> History:
    assert settings.history is not None
    place: Any = settings.history
    beside = settings.history_with
    if is_example(settings.history):
        place, shipped = example_history()
        beside = (*map(str, shipped), *beside)
    alone = source is None
    reading = HistorySettings(
        mapping=settings.history_map,
        exposure_from=settings.exposure_from,
        extract=settings.extract_date,
        beside=beside,
        pc=settings.pc if alone else None,
        dates=settings.dates,
        decimal=settings.decimal,
        currency=settings.currency,
        rates=settings.rates,
        timezone=settings.timezone,
        round_cents=settings.round_cents,
        sheet=settings.sheet if alone else None,
        encoding=settings.encoding if alone else None,
    )
    return read_history(place, settings=reading)


def _on_a_day(settings: ForecastSettings, history: History) -> tuple[ForecastSettings, History]:
    """Return settings with an as-of day, and what was known when it ended."""
    last = day_of(max(history.extract - 1, history.exposure_from))
    as_of = settings.as_of or last
    if as_of < day_of(history.exposure_from):
        rule = f"on or after {day_of(history.exposure_from)}, the first day of the records"
        raise ScenarioError(Problem("forecast", "--as-of", rule, Shown(str(as_of)), f"the records end on {last}"))
    if as_of < last:
        keep = (settings.segment,) if settings.segment else ()
        history = as_known(history, midnight(as_of + timedelta(days=1)), keep)
    return dataclasses.replace(settings, as_of=as_of), history


def _refuse_unfit(learned: Learned, source: Source, settings: ForecastSettings) -> None:
    if source is None:
        hint = "name the file of open leads, or pass the records themselves: --history FILE"
        raise ScenarioError(Problem("forecast", "FILE", "given with --model", Shown("none"), hint))
    if (learned.unit, learned.fiscal_start) != (settings.period, settings.fiscal_start):
        start = f" --fiscal-start {learned.fiscal_start}" if learned.fiscal_start != 1 else ""
        hint = f"pass --period {learned.unit}{start}, or learn in other periods: calibrate HISTORY --every ..."
        rule = f"in {learned.unit}s of a year that starts in month {learned.fiscal_start}, as the model counts"
        got = Shown(f"{settings.period}s, month {settings.fiscal_start}")
        raise ScenarioError(Problem(settings.model or "", "the periods", rule, got, hint))


def _refuse_other_segments(learned: Learned, settings: ForecastSettings) -> None:
    """Refuse to tell apart what a model does not tell apart."""
    known = None if learned.segments is None else learned.segments.column
    if settings.segment is None or settings.segment == known:
        return
    rule = "left out, because the model tells no column apart" if known is None else f"{known!r}, as the model has it"
    hint = f"make a model that does: funnelsim calibrate HISTORY --segment {settings.segment} -o MODEL"
    raise ScenarioError(Problem(settings.model or "", "--segment", rule, settings.segment, hint))


def _segment_notes(table: LeadTable, learned: Learned, settings: ForecastSettings) -> tuple[str, ...]:
    """Say that leads tell no segment where a model tells segments apart; refuse where that was asked for."""
    if learned.segments is None or settings.model is None or learned.segments.column in table.leads.attributes:
        return ()
    column = learned.segments.column
    if settings.segment is not None:
        hint = "add the column, or leave --segment out: leads then count as the average of all segments"
        raise ScenarioError(Problem(table.name, "--segment", "a column of the leads", column, hint))
    return (f"The model tells {column!r} apart, which the leads do not name: they count as the average of all.",)


def _known(
    source: Source, settings: ForecastSettings, learned: Learned, history: History | None
) -> tuple[LeadTable, Known]:
    """Return the leads and what the records know of them."""
    assert settings.as_of is not None
    if source is None:
        assert history is not None
        pipeline = history_pipeline(history, learned)
        matched = Matched(by_id=len(pipeline.table.leads))
        stays = in_segments(pipeline.stays, learned, _segments(pipeline.table.leads, learned, history))
        with_new, unpriced = _with_new(settings, learned, alone=True)
        known = Known(learned, stays, matched, with_new, settings.independent, priced=pipeline.priced)
        return dataclasses.replace(pipeline.table, notes=(*pipeline.table.notes, *unpriced)), known
    table = read_leads(source, reading_options(settings))
    _refuse_other_money(table, learned, settings)
    found = lead_states(table, learned, settings.as_of, history, settings.dates)  # type: ignore[arg-type]
    with_new, unpriced = _with_new(settings, learned, alone=False)
    notes = (*found.notes, *unpriced, *_segment_notes(table, learned, settings))
    stays = in_segments(found.stays, learned, _segments(table.leads, learned, history))
    known = Known(learned, stays, found.matched, with_new, settings.independent)
    return dataclasses.replace(table, notes=(*table.notes, *notes)), known


def _with_new(settings: ForecastSettings, learned: Learned, *, alone: bool) -> tuple[bool, tuple[str, ...]]:
    """Return whether new business is forecast, and why not where it was to be."""
    if not settings.new_business:
        return False, ()
    if learned.counts_only and not alone:
        return False, ("The records hold no amounts, so new business has no price here: it is left out.",)
    if not len(learned.won_values):
        return False, ("No win says what new leads are worth: new business is left out.",)
    return True, ()


def _segments(leads: Leads, learned: Learned, history: History | None) -> Sequence[str] | None:
    """Return the segment of each lead: as the file says, else as the records say; None where neither has the column."""
    if learned.segments is None:
        return None
    column = learned.segments.column
    if column in leads.attributes:
        return leads.attributes[column]
    if history is None or column not in history.attributes:
        return None
    said = dict(zip(history.lead_id, history.attributes[column], strict=True))
    return [said.get(lead_id, "") for lead_id in leads.lead_id]


def _refuse_other_money(table: LeadTable, learned: Learned, settings: ForecastSettings) -> None:
    leads = table.leads
    known = leads.currency is not None and learned.currency is not None
    if (known and leads.currency != learned.currency) or leads.minor_digits != learned.minor_digits:
        rule = f"in the currency of the records, {learned.currency or 'which is not given'}"
        hint = "pass --currency and --rate, so that both are read in one"
        raise ScenarioError(Problem(table.name, "amounts", rule, Shown(leads.currency or "not given"), hint))


def _day_notes(settings: ForecastSettings, learned: Learned, asked: date | None) -> list[str]:
    assert settings.as_of is not None
    if asked is None:
        return [f"As of {learned.last_day}, the last day of the records."]
    gap = (settings.as_of - learned.last_day).days
    if gap > 0:
        days = "1 day" if gap == 1 else f"{gap:,} days"
        return [f"The records end on {learned.last_day}, {days} before the as-of day: what happened since is unknown."]
    if gap < 0:
        return [f"The model knows records to {learned.last_day}, after the as-of day: it is no forecast of then."]
    return []


def _record(settings: ForecastSettings, learned: Learned) -> TrackRecord | None:
    return read_track_record(settings.track_record) if settings.track_record else learned.track_record
