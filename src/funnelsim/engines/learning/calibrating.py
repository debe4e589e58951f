"""Calibration: all that the records say, put into figures with intervals.

The question: what do my own records say the rates are, and how well are they known?  Nothing is refused because it is
small: it shrinks, widens, and a remark says so.

What it leaves out: reading the records, and writing the model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from typing import Final

import numpy as np

from funnelsim.engines.execution import no_progress
from funnelsim.engines.learning.exposure import stays_of
from funnelsim.engines.learning.figures import gamma_figure, posterior_figure
from funnelsim.engines.learning.learn import learn
from funnelsim.engines.learning.past_periods import whole_periods
from funnelsim.engines.learning.period_figures import amount_figures, arrival_figures, shock_figures, slip_figures
from funnelsim.engines.learning.segments import segment_law, segments_of
from funnelsim.engines.learning.slips import slip_law
from funnelsim.engines.learning.stage_figures import life_figures, stage_figures
from funnelsim.engines.learning.stated_chances import stated_chances
from funnelsim.engines.learning.statements import stated_stays
from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.model.calibration import Stays
from funnelsim.model.calibration_answer import FEW, Calibration, SegmentRow, SegmentTable, StageFigures
from funnelsim.model.calibration_settings import CalibrateSettings
from funnelsim.model.covariates import SegmentLaw
from funnelsim.model.history import LOST, SECONDS_A_DAY, WON, History
from funnelsim.model.learned import Learned
from funnelsim.model.plain_values import to_plain
from funnelsim.model.track_record import TrackRecord

MUCH_UNDECIDED: Final = 0.1
"""Share of leads still there at the oldest age seen from which on a remark says so."""

MOST_SEGMENTS: Final = 500
"""Values of a column from which on it is no segment: an id, or free text."""

QUIET_CHANCE: Final = 1e-6
"""Chance below which a time without births at the end of the records is said aloud."""

_LEARNT, _FIGURES = 0.7, 0.3
"""Shares of the work."""


def calibrate_history(
    history: History,
    settings: CalibrateSettings,
    track_record: TrackRecord | None = None,
    progress: Callable[[float], None] = no_progress,
) -> Calibration:
    """Return all that records say.

    Parameters
    ----------
    history : History
        The records.
    settings : CalibrateSettings
        What is asked.
    track_record : TrackRecord, optional
        Of forecasts made this way; it travels with the model.
    progress : callable, optional
        Told shares of the work done.

    Returns
    -------
    Calibration
        Never refused for being thin.

    Raises
    ------
    ScenarioError
        If a column that was asked for is not in the records, or has too many values to be segments.
    """
    raise_if_any(_column_problems(history, settings.segments), ScenarioError)
    first = settings.segments[0] if settings.segments else None
    learned = replace(learn(history, settings.every, settings.fiscal_start, first), track_record=track_record)
    progress(_LEARNT)
    stays = stays_of(history)
    past = whole_periods(history.exposure_from, history.extract, learned.unit, learned.fiscal_start)
    stages = stage_figures(stays)
    laws = _segment_laws(history, stays, learned, settings.segments)
    answer = Calibration(
        learned=learned,
        settings=settings,
        stages=stages,
        life=life_figures(stays),
        stated=stated_chances(history),
        segments=tuple(_segment_table(history, law) for law in laws),
        amounts=amount_figures(learned.amounts),
        slips=slip_figures(slip_law(history)),
        arrivals=arrival_figures(learned.arrivals, past),
        shocks=shock_figures(learned.shocks, past),
        reading=history.notes,
        remarks=(*learned.notes, *_remarks(stages), *_quiet_end(history), *_segment_remarks(settings.segments)),
    )
    progress(_FIGURES)
    return replace(answer, content_hash=_hash(answer))


def _hash(answer: Calibration) -> str:
    """Return the hash of all figures and of the model; where files lie is no part of it."""
    plain = to_plain(replace(answer, settings=CalibrateSettings(), content_hash=""))
    return hashlib.sha256(json.dumps(plain, sort_keys=True, allow_nan=False).encode()).hexdigest()


def _column_problems(history: History, columns: tuple[str, ...]) -> list[Problem]:
    problems = []
    for column in columns:
        if column not in history.attributes:
            near = get_close_matches(column, history.attributes, 1)
            known = ", ".join(list(history.attributes)[:12]) or "none"
            hint = f"did you mean {near[0]!r}?" if near else f"columns that can be told apart: {known}"
            problems.append(Problem(history.name, "--segment", "a column of the records", column, hint))
        elif (values := len(set(history.attributes[column]))) > MOST_SEGMENTS:
            rule, got = f"a column of at most {MOST_SEGMENTS} different values", Shown(f"{values:,} in {column!r}")
            problems.append(Problem(history.name, "--segment", rule, got, "name a column such as owner or product"))
    return problems


def _segment_laws(history: History, stays: Stays, learned: Learned, columns: tuple[str, ...]) -> list[SegmentLaw]:
    """Return what each column tells apart; the first is what the model holds."""
    if not columns:
        return []
    assert learned.segments is not None
    dated = None if learned.dated is None else (stated_stays(history, stays), learned.dated)
    others = [segment_law(one, history.attributes[one], stays, learned.hazards, dated) for one in columns[1:]]
    return [learned.segments, *others]


def _segment_remarks(columns: tuple[str, ...]) -> list[str]:
    if len(columns) < 2:
        return []
    rest = ", ".join(repr(one) for one in columns[1:])
    return [f"A model tells one column apart: {columns[0]!r}, which was named first, and not {rest}."]


def _segment_table(history: History, found: SegmentLaw) -> SegmentTable:
    law, names = found.won, found.names
    segment = segments_of(found, history.attributes[found.column])
    leads = found.leads
    won = np.bincount(segment[history.outcome == WON], minlength=len(names))
    lost = np.bincount(segment[history.outcome == LOST], minlength=len(names))
    raw = np.divide(law.events, law.expected, out=np.full(len(names), np.nan), where=law.expected > 0.0)
    rows = [
        SegmentRow(
            names[k],
            int(leads[k]),
            int(won[k]),
            int(lost[k]),
            float(raw[k]),
            gamma_figure(float(law.factor[k]), float(law.error[k]), int(law.events[k])),
        )
        for k in range(len(names))
    ]
    rows.sort(key=lambda one: (-one.leads, one.name))
    spread = posterior_figure(law.spread.sd, law.spread.weight, law.spread.groups)
    return SegmentTable(found.column, tuple(rows), spread)


def _quiet_end(history: History) -> list[str]:
    """Say that no lead was born for longer before the end than chance allows."""
    born = np.sort(history.created[history.created >= history.exposure_from])
    if len(born) < 2:
        return []
    rate = (len(born) - 1) / max(int(born[-1] - born[0]), 1)
    gap = history.extract - int(born[-1])
    if np.exp(-rate * gap) > QUIET_CHANCE or gap < SECONDS_A_DAY:
        return []
    return [
        f"No lead was born in the last {gap / SECONDS_A_DAY:,.0f} days of the records, where "
        f"{rate * gap:,.0f} would be usual: if new leads are no longer recorded there, say an earlier --extract-date."
    ]


def _remarks(stages: tuple[StageFigures, ...]) -> list[str]:
    few = [f"{one.name} ({one.seen:,})" for one in stages if one.seen < FEW]
    said = [f"Stages that fewer than {FEW} leads were seen in say little: {', '.join(few)}."] if few else []
    for one in stages:
        if one.undecided >= MUCH_UNDECIDED and one.left:
            said.append(
                f"{100 * one.undecided:.0f} of 100 leads in {one.name} had not left at {one.oldest:,.0f} days, the "
                "oldest age at which any did: they count as not converted."
            )
    return said
