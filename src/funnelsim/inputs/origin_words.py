"""The first and last origin of a back-test, as a person writes them.

The question: which periods do ``2017-05:2017-10`` or ``2011-11-14:2012-02-13`` name?  A day stands for the period that
it lies in, a month for all the periods that begin in it.

What it leaves out: whether the records reach that far (``engines/backtesting/origins.py``).
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from funnelsim.errors import Problem, ScenarioError
from funnelsim.model.calendar import MONTHS_PER_YEAR, Calendar, PeriodUnit

_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")
_HINT: Final = "write --origins 2017-05:2017-10, or with days: --origins 2011-11-14:2012-02-13"


def read_origins(words: str, every: PeriodUnit, fiscal_start: int = 1) -> tuple[date, date]:
    """Read the first and the last origin.

    Parameters
    ----------
    words : str
        ``FROM:TO``; each a day or a month.
    every : {'month', 'week', 'quarter'}
        Length of a period.
    fiscal_start : int
        First month of the fiscal year, for quarters.

    Returns
    -------
    tuple of two date
        First days of the first and of the last origin's first period.

    Raises
    ------
    ScenarioError
        If an end is neither a day nor a month, or the last comes before the first.
    """
    first, _, last = words.partition(":")
    try:
        ends = _first(first.strip(), every, fiscal_start), _last(last.strip(), every, fiscal_start)
    except ValueError as error:
        rule = "a first and a last day or month, with a colon between"
        raise ScenarioError(Problem("backtest", "--origins", rule, words, _HINT)) from error
    if ends[0] > ends[1]:
        raise ScenarioError(Problem("backtest", "--origins", "a first origin before the last", words, _HINT))
    return ends


def _first(word: str, every: PeriodUnit, fiscal_start: int) -> date:
    month = _month(word)
    if month is None:
        return _period_start(_day(word), every, fiscal_start)
    start = _period_start(month, every, fiscal_start)
    return start + timedelta(days=7) if every == "week" and start < month else start


def _last(word: str, every: PeriodUnit, fiscal_start: int) -> date:
    month = _month(word)
    if month is None:
        return _period_start(_day(word), every, fiscal_start)
    following = date(month.year + month.month // MONTHS_PER_YEAR, month.month % MONTHS_PER_YEAR + 1, 1)
    return _period_start(following - timedelta(days=1), every, fiscal_start)


def _month(word: str) -> date | None:
    """Return the first day of a month; None for what is not written as one."""
    found = _MONTH.fullmatch(word)
    return None if found is None else date(int(found[1]), int(found[2]), 1)


def _day(word: str) -> date:
    return datetime.strptime(word, "%Y-%m-%d").date()


def _period_start(day: date, every: PeriodUnit, fiscal_start: int) -> date:
    return Calendar(day, every, 1, fiscal_start).period_of(day).start
