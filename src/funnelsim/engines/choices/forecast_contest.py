"""Two forecasts held against each other: two as-of days, or two sets of assumptions.

Forecasts with the same seed give every lead the same luck, so kept replications are paired like those of strategies.
Only periods that both cover are compared.  What it leaves out: why they differ (``engines/explaining``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from funnelsim.engines.choices.contests import Certainty, Side, contest_between
from funnelsim.engines.score_card import Measure
from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.comparison import Comparison, Entrant
from funnelsim.model.score_words import SCORES

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class KeptForecast:
    """A forecast that was kept.

    Attributes
    ----------
    label, title : str
        What results call it; one line for people.
    calendar : Calendar
        As-of day and periods.
    bookings : int64, (replication, period + 1)
        Minor units; the last column is past the horizon.
    seed : int
        Root of all luck.
    currency : str or None
        Of every amount.
    minor_digits : int
        Decimals of the currency.
    content_hash : str
        Of the forecast.
    """

    label: str
    title: str
    calendar: Calendar
    bookings: Ints
    seed: int
    currency: str | None
    minor_digits: int
    content_hash: str


def compare_forecasts(kept: Sequence[KeptForecast], confidence: float) -> Comparison:
    """Compare forecasts.

    Parameters
    ----------
    kept : sequence of KeptForecast
        Two or more; the first is the baseline.
    confidence : float
        Of every interval, in (0, 1).

    Returns
    -------
    Comparison
        By revenue over the periods that all cover; without costs, ledgers and null twins.

    Raises
    ------
    ScenarioError
        If they share no period, or are in different currencies.
    """
    _refuse_apart(kept)
    periods = _shared_periods(kept)
    count = min(len(one.bookings) for one in kept)
    sides = [_side(one, periods, count) for one in kept]
    certainty = Certainty(confidence, confidence, kept[0].seed)
    first = kept[0]
    return Comparison(
        entrants=tuple(Entrant(one.label, one.title, None) for one in kept),
        contests=tuple(contest_between(sides[0], side, periods, "revenue", certainty) for side in sides[1:]),
        metric=SCORES["revenue"],
        best=None,
        calendar=_calendar_of(periods, first.calendar),
        currency=first.currency,
        minor_digits=first.minor_digits,
        seed=first.seed,
        replications=count,
        confidence=confidence,
        notes=_notes(kept, periods, count),
        content_hash=hashlib.sha256(
            " ".join([str(confidence), *(one.content_hash for one in kept)]).encode()
        ).hexdigest(),
    )


def _refuse_apart(kept: Sequence[KeptForecast]) -> None:
    first, problems = kept[0], []
    for one in kept[1:]:
        if (one.currency, one.minor_digits) != (first.currency, first.minor_digits):
            rule = f"in {first.currency or 'no currency'}, as {first.label}"
            problems.append(Problem(one.label, "the forecast", rule, one.currency or "no currency"))
    if not _shared_periods(kept):
        spans = ", ".join(f"{one.label}: {one.calendar.window.start} to {one.calendar.window.end}" for one in kept)
        hint = "forecast with the same --period, and horizons that overlap"
        problems.append(Problem("compare", "the forecasts", "ones that share a period", Shown(spans), hint))
    raise_if_any(problems, ScenarioError)


def _shared_periods(kept: Sequence[KeptForecast]) -> tuple[Period, ...]:
    return tuple(
        period for period in kept[0].calendar.periods if all(period in one.calendar.periods for one in kept[1:])
    )


def _side(one: KeptForecast, periods: Sequence[Period], count: int) -> Side:
    columns = [one.calendar.periods.index(period) for period in periods]
    bookings = np.ascontiguousarray(one.bookings[:count, columns])
    revenue = bookings.sum(axis=1)
    names = ("revenue", "p10", "p50", "p90", "tail_mean")
    return Side(one.label, bookings, {name: Measure(SCORES[name], revenue) for name in names})


def _calendar_of(periods: Sequence[Period], like: Calendar) -> Calendar:
    """Return the calendar of adjacent periods."""
    as_of = periods[0].start - timedelta(days=1)
    stub = like.period_of(periods[0].start).start != periods[0].start
    return Calendar(as_of, like.unit, max(1, len(periods) - stub), like.fiscal_start)


def _notes(kept: Sequence[KeptForecast], periods: Sequence[Period], count: int) -> tuple[str, ...]:
    notes = [f"Compared from {periods[0].start} to {periods[-1].end}: the {len(periods)} periods that all cover."]
    left = {one.label: len(one.calendar.periods) - len(periods) for one in kept}
    notes += [f"Not compared: {number} more of the periods of {label}." for label, number in left.items() if number]
    if len({one.seed for one in kept}) > 1:
        notes.append(
            "The forecasts have different seeds, so their luck is not shared and differences are known less well."
        )
    dropped = {one.label: len(one.bookings) - count for one in kept}
    notes += [
        f"The last {number:,} replications of {label} have no partner." for label, number in dropped.items() if number
    ]
    return tuple(notes)
