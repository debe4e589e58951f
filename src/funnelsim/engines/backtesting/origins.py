"""Origins: the past days from which forecasts are made, and the periods that each speaks about.

From which days can a forecast be made and then be scored whole?  By default an origin has so many whole periods of the
records behind it that rates can be learned, and its whole horizon before the end of the records.

What it leaves out: what was known at an origin (:mod:`funnelsim.engines.learning.exposure`).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np

from funnelsim.engines.learning.past_periods import midnight, whole_periods
from funnelsim.errors import DataError, Problem, Shown
from funnelsim.model.backtest_settings import BacktestSettings
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.history import History

PERIODS_BEHIND: Final = 6
"""Whole periods of the records behind the first origin that nobody asked for."""


class Origins(NamedTuple):
    """Calendars of the origins in their order, and sentences on those left out."""

    calendars: tuple[Calendar, ...]
    notes: tuple[str, ...]


def origins_of(history: History, settings: BacktestSettings) -> Origins:
    """Return the origins of a back-test.

    Parameters
    ----------
    history : History
        The records.
    settings : BacktestSettings
        Length of a period, horizon, and the first and last origin where somebody named them.

    Returns
    -------
    Origins
        At least one; each calendar begins with a whole period, and its last period ends within the records.

    Raises
    ------
    DataError
        Where there is none; the hint says what would make some.
    """
    every, ahead = settings.every, settings.periods_ahead
    whole = whole_periods(history.exposure_from, history.extract, every, settings.fiscal_start).periods
    notes: tuple[str, ...] = ()
    if settings.origins is None:
        chosen = whole[PERIODS_BEHIND : max(len(whole) - ahead + 1, 0)]
    else:
        asked = _periods_between(*settings.origins, settings)
        chosen, notes = _usable(asked, whole, history, settings)
    if not chosen:
        raise DataError(_no_origins(whole, settings))
    calendars = tuple(
        Calendar(period.start - timedelta(days=1), every, ahead, settings.fiscal_start) for period in chosen
    )
    return Origins(calendars, notes)


def _periods_between(first: date, last: date, settings: BacktestSettings) -> tuple[Period, ...]:
    calendar = Calendar(first, settings.every, 1, settings.fiscal_start)
    found = [calendar.period_of(first)]
    while found[-1].end < last:
        found.append(calendar.period_of(found[-1].end + timedelta(days=1)))
    return tuple(found)


def _usable(
    asked: tuple[Period, ...], whole: tuple[Period, ...], history: History, settings: BacktestSettings
) -> tuple[tuple[Period, ...], tuple[str, ...]]:
    """Return the asked origins that can be scored, and sentences on the others."""
    ahead, every = settings.periods_ahead, settings.every
    last = whole[-ahead].start if len(whole) >= ahead else None
    early = [one for one in asked if midnight(one.start) <= history.exposure_from]
    late = [one for one in asked if one not in early and (last is None or one.start > last)]
    chosen = tuple(one for one in asked if one not in early and one not in late)
    notes = []
    if early and chosen:
        notes.append(_left_out(len(early), every, "begins", "begin", "before the records do"))
    if late and chosen:
        notes.append(_left_out(len(late), every, "has", "have", f"less than {_counted(ahead, every)} ahead"))
    behind = [sum(one.end < origin.start for one in whole) for origin in chosen]
    thin = int((np.array(behind) < PERIODS_BEHIND).sum())
    if thin:
        verb = "has" if thin == 1 else "have"
        notes.append(f"{_counted(thin, 'origin')} {verb} fewer than {PERIODS_BEHIND} whole {every}s behind.")
    return chosen, tuple(notes)


def _counted(count: int, unit: str) -> str:
    return f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"


def _left_out(count: int, every: str, one: str, many: str, why: str) -> str:
    verb, gone = (one, "was") if count == 1 else (many, "were")
    return f"{_counted(count, every)} asked for {verb} {why}, and {gone} left out."


def _no_origins(whole: tuple[Period, ...], settings: BacktestSettings) -> Problem:
    every, ahead = settings.every, settings.periods_ahead
    held = _counted(len(whole), f"whole {every}")
    span = f", {whole[0].start} to {whole[-1].end}" if whole else ""
    if settings.origins is None:
        rule = f"long enough for {PERIODS_BEHIND} whole {every}s behind an origin and {ahead} ahead of it"
    else:
        first, last = settings.origins
        rule = f"long enough for an origin from {first} to {last} with {_counted(ahead, every)} ahead"
    return Problem("backtest", "the records", rule, Shown(f"{held}{span}"), _what_would(whole, settings))


def _what_would(whole: tuple[Period, ...], settings: BacktestSettings) -> str:
    """Say what would make origins."""
    every, ahead = settings.every, settings.periods_ahead
    ways = []
    if len(whole) > ahead:
        ways.append(f"--origins {whole[1].start}:{whole[-ahead].start} takes origins with less behind them")
    shorter = len(whole) - PERIODS_BEHIND
    if 0 < shorter < ahead:
        ways.append(f"--horizon {shorter} needs less ahead")
    if every != "week":
        ways.append("--every week needs shorter records")
    return "; ".join(ways) if ways else f"records of more {every}s are needed"
