"""From records of leads to all that a forecast takes from them.

The question: how do leads move, win and get lost, how far do periods stray, and how many arrive?  This module only puts
the pieces together, in the one order that ``calibrate``, ``forecast`` and ``backtest`` share.

What it leaves out: what it means for open leads (:mod:`funnelsim.engines.learning.pool_chances`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.amounts import amount_law
from funnelsim.engines.learning.arrivals import arrival_law
from funnelsim.engines.learning.exposure import stays_of
from funnelsim.engines.learning.hazards import stage_hazards
from funnelsim.engines.learning.past_periods import PastPeriods, day_of, phases_of, whole_periods
from funnelsim.engines.learning.segments import lead_scales, segment_law
from funnelsim.engines.learning.shocks import period_shocks, wins_due
from funnelsim.engines.learning.stated_dates import MOST_DUE_DAYS, dated_due, dated_hazards, thinned
from funnelsim.engines.learning.statements import StatedStays, picked, stated_stays
from funnelsim.model.calendar import PeriodUnit
from funnelsim.model.calibration import ArrivalLaw, PeriodShocks, StageHazards, Stays
from funnelsim.model.covariates import DatedHazards, SegmentLaw
from funnelsim.model.history import LOST, NO_MONEY, OPEN, SECONDS_A_DAY, WON, History
from funnelsim.model.learned import Learned

Scales = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]

FEW_WINS: Final = 30
"""Wins below which a note says that the rates are thin."""


def learn(history: History, unit: PeriodUnit, fiscal_start: int = 1, segment: str | None = None) -> Learned:
    """Learn from records.

    Parameters
    ----------
    history : History
        The records, as known on the day the forecast stands on.
    unit : {'month', 'week', 'quarter'}
        Periods of the forecasts to make.
    fiscal_start : int
        First month of the fiscal year.
    segment : str, optional
        Column whose values are told apart, such as owner or product; it was known at birth.  A column that the records
        do not have tells nothing apart.

    Returns
    -------
    Learned
        Never refuses: with few leads, no losses or no amounts everything falls back on its prior, and a note says so.
    """
    stays = stays_of(history)
    hazards = stage_hazards(stays)
    past = whole_periods(history.exposure_from, history.extract, unit, fiscal_start)
    split = stated_stays(history, stays)
    dated = dated_hazards(split, hazards)
    segments = scales = None
    if segment is not None and segment in history.attributes:
        values = history.attributes[segment]
        segments = segment_law(segment, values, stays, hazards, None if dated is None else (split, dated))
        scales = lead_scales(segments, values)
    if dated is None:
        shocks = past_shocks(stays, hazards, past, history.exposure_from, scales)
    else:
        shocks, lost_shocks = dated_shocks(split, dated, past, history.exposure_from, scales)
        dated = replace(dated, lost_shocks=lost_shocks)
    won = history.outcome == WON
    values = history.pr[won] if (history.pr[won] != NO_MONEY).any() else history.amount_won[won]
    return Learned(
        name=history.name,
        sha256=history.sha256,
        unit=unit,
        fiscal_start=fiscal_start,
        first_day=day_of(history.exposure_from),
        last_day=day_of(max(history.extract - 1, history.exposure_from)),
        leads=len(history),
        won=int(won.sum()),
        lost=int((history.outcome == LOST).sum()),
        open=int((history.outcome == OPEN).sum()),
        hazards=hazards,
        shocks=shocks,
        amounts=amount_law(history),
        arrivals=past_arrivals(history, past),
        won_values=np.sort(values[values != NO_MONEY]),
        currency=history.currency,
        minor_digits=history.minor_digits,
        counts_only=history.counts_only,
        notes=(*_notes(history, past), *_date_notes(dated), *_segment_notes(segment, segments)),
        dated=dated,
        segments=segments,
        life=life_hazards(history, hazards),
        oldest_won_days=float((history.closed - history.created)[won].max() / SECONDS_A_DAY) if won.any() else None,
    )


def life_hazards(history: History, hazards: StageHazards) -> StageHazards:
    """Return the rates of winning and losing by age since birth, whatever stages a lead passes.

    Parameters
    ----------
    history : History
        The records.
    hazards : StageHazards
        By age in stage; returned where no stages are recorded, for then a stay is a life.

    Returns
    -------
    StageHazards
        For leads not born yet: how fast one of them will pass its stages nobody knows, and a walk through stages that
        forgets how fast it went brings fewer early wins than records show.
    """
    if not history.stages:
        return hazards
    none = np.empty((len(history), 0), dtype=np.int64)
    return stage_hazards(stays_of(replace(history, stages=(), entered=none)))


def past_shocks(
    stays: Stays, hazards: StageHazards, past: PastPeriods, exposure_from: int, scales: Scales | None = None
) -> PeriodShocks:
    """Return how far the wins of past periods strayed from what was due.

    Parameters
    ----------
    stays : Stays
        What was seen.
    hazards : StageHazards
        What was learned from it.
    past : PastPeriods
        Whole periods of the records.
    exposure_from : int
        Moment at which the records begin.
    scales : pair of float64, (lead,), optional
        Factors of each lead's segment on winning and on losing.

    Returns
    -------
    PeriodShocks
        The prior without whole periods.
    """
    edges = past.edges(exposure_from)
    wins = due = np.zeros(0)
    if len(past):
        wins, due = wins_due(stays, hazards, edges, pool=True, scale=None if scales is None else scales[0])
    phase = phases_of(past.periods, past.unit, past.fiscal_start)
    return period_shocks(wins, due, past.days, phase, past.phases)


def dated_shocks(
    split: StatedStays, dated: DatedHazards, past: PastPeriods, exposure_from: int, scales: Scales | None = None
) -> tuple[PeriodShocks, PeriodShocks]:
    """Return how far wins, and losses of leads with a stated close, strayed from what was due.

    Parameters
    ----------
    split : StatedStays
        What was seen, with and without a stated close.
    dated : DatedHazards
        What was learned from it.
    past : PastPeriods
        Whole periods of the records.
    exposure_from : int
        Moment at which the records begin.
    scales : pair of float64, (lead,), optional
        Factors of each lead's segment on winning and on losing.

    Returns
    -------
    won, lost : PeriodShocks
        The prior without whole periods.
    """
    phase = phases_of(past.periods, past.unit, past.fiscal_start)
    seen = due = np.zeros((2, 0))
    if len(past):
        edges = past.edges(exposure_from)
        told = ~np.isnan(split.stated)
        with_date, every = thinned(split, told, MOST_DUE_DAYS)
        seen, due = dated_due(with_date, dated, edges, scales)
        scale = None if scales is None else scales[0]
        rest = picked(split.stays, ~told & (split.stays.lead % every == 0))
        others = wins_due(rest, dated.others, edges, pool=True, scale=scale)
        seen[0] += others[0]
        due[0] += others[1]
    won, lost = (period_shocks(seen[at], due[at], past.days, phase, past.phases) for at in (0, 1))
    return won, lost


def past_arrivals(history: History, past: PastPeriods) -> ArrivalLaw:
    """Return how many leads arrive a period.

    Parameters
    ----------
    history : History
        The records.
    past : PastPeriods
        Whole periods of the records.

    Returns
    -------
    ArrivalLaw
        The prior without whole periods.
    """
    edges = past.edges(history.exposure_from)
    born = (history.created - history.exposure_from) / SECONDS_A_DAY
    counts = np.histogram(born, edges)[0] if len(past) else np.zeros(0)
    phase = phases_of(past.periods, past.unit, past.fiscal_start) if past.phases else None
    return arrival_law(counts.astype(np.float64), past.days, phase)


def _notes(history: History, past: PastPeriods) -> tuple[str, ...]:
    won, lost = int((history.outcome == WON).sum()), int((history.outcome == LOST).sum())
    notes = []
    if won < FEW_WINS:
        notes.append(f"Only {won:,} leads were won: rates lean on their priors, and bands are wide.")
    if not lost and len(history):
        notes.append("No loss is recorded: leads that nobody closes fade with age, by how long the others waited.")
    if len(past) < 2 * max(past.phases, 3):
        held = f"The records hold {len(past)} whole {past.unit}s"
        notes.append(f"{held}: too few to tell shocks, trend and season apart.")
    return tuple(notes)


def _date_notes(dated: DatedHazards | None) -> tuple[str, ...]:
    if dated is None or dated.every == 1:
        return ()
    return (f"What stated dates mean rests on one lead in {dated.every:,}: more would tell nothing new.",)


def _segment_notes(segment: str | None, law: SegmentLaw | None) -> tuple[str, ...]:
    if segment is None or law is not None:
        return ()
    return (f"The records have no column {segment!r}: no segments are told apart.",)
