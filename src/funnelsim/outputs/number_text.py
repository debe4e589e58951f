"""Numbers as a board reads them: three significant digits at most, and never finer than the simulation knows them.

A percentile with a standard error of 0.8 million is shown to the million; a chance is a percentage and a count of a
hundred, and is never said to be 0 or 100 in 100, because a simulation cannot know that.

What it leaves out: exact amounts, which belong in the JSON, the CSV and the workbook.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from funnelsim.model.calendar import Period
from funnelsim.outputs.plain_text import plain

SIGNIFICANT_DIGITS = 3
UNITS: tuple[tuple[int, str, str], ...] = (
    (10**12, "T", "trillion"),
    (10**9, "B", "billion"),
    (10**6, "M", "million"),
    (10**3, "K", "thousand"),
    (1, "", ""),
)
"""Size in major units, short and long name; largest first."""


class Unit(NamedTuple):
    """The unit that amounts are shown in: its size in major units, its short and its long name."""

    size: int
    short: str
    long: str


def money_text(minor: float, digits: int, currency: str | None = None, error: float = 0.0) -> str:
    """Return an amount in short form, such as ``USD 461M``.

    Parameters
    ----------
    minor : int or float
        Minor units.
    digits : int
        Decimals of the currency.
    currency : str, optional
        Code put in front; none when nobody said one.
    error : float, default 0.0
        Standard error in minor units; the amount is rounded to at least this.

    Returns
    -------
    str
        At most three significant digits.
    """
    amount, step = _rounded(minor, digits, error)
    unit = unit_for(amount)
    sign = "-" if amount < 0 else ""
    return f"{_prefix(currency)}{sign}{_digits(abs(amount), unit, step)}{unit.short}"


def money_range(
    low: float, high: float, digits: int, currency: str | None = None, errors: tuple[float, float] = (0.0, 0.0)
) -> str:
    """Return two amounts in words, such as ``USD 318 and 521 million``.

    Parameters
    ----------
    low, high : int or float
        Minor units.
    digits : int
        Decimals of the currency.
    currency : str, optional
        Code put in front of the first amount; none when nobody said one.
    errors : tuple of two floats
        Their standard errors in minor units.

    Returns
    -------
    str
        The unit's name stands once when both share it.
    """
    (first, first_step), (second, second_step) = _rounded(low, digits, errors[0]), _rounded(high, digits, errors[1])
    small, large = unit_for(first), unit_for(second)
    if first == 0:
        small = large
    left, right = _digits(first, small, first_step), _digits(second, large, second_step)
    unit_after_left = f" {small.long}" if small != large and small.long else ""
    return f"{_prefix(currency)}{left}{unit_after_left} and {right} {large.long}".rstrip()


def money_words(minor: float, digits: int, currency: str | None = None, error: float = 0.0) -> str:
    """Return an amount in words, such as ``USD 461 million``.

    Parameters
    ----------
    minor : int or float
        Minor units.
    digits : int
        Decimals of the currency.
    currency : str, optional
        Code put in front; none when nobody said one.
    error : float, default 0.0
        Standard error in minor units; the amount is rounded to at least this.

    Returns
    -------
    str
        At most three significant digits.
    """
    amount, step = _rounded(minor, digits, error)
    unit = unit_for(amount)
    return f"{_prefix(currency)}{_digits(amount, unit, step)} {unit.long}".rstrip()


def unit_for(amount: Decimal) -> Unit:
    """Return the largest unit that an amount fills at least once.

    Parameters
    ----------
    amount : Decimal
        Major units.

    Returns
    -------
    Unit
        Ones for anything below a thousand.
    """
    size = abs(amount)
    return next(Unit(*unit) for unit in UNITS if size >= unit[0] or unit[0] == 1)


def in_hundred(probability: float, error: float, replications: int) -> tuple[str, str]:
    """Return a chance and its opposite as counts of a hundred.

    Parameters
    ----------
    probability : float
        In [0, 1].
    error : float
        Its standard error.
    replications : int
        Number of simulated futures behind it, at least 1.

    Returns
    -------
    tuple of two str
        Such as ``about 62 in 100`` and ``about 38 in 100``, which sum to a hundred; ``fewer than 1 in 100`` and ``more
        than 99 in 100`` at the ends, wider ones when few futures were simulated.
    """
    count, step = _hundredths(probability, error, replications)
    fewer, more = f"fewer than {step} in 100", f"more than {100 - step} in 100"
    if count <= 0:
        return fewer, more
    return (more, fewer) if count >= 100 else (f"about {count} in 100", f"about {100 - count} in 100")


def percent_text(probability: float, error: float, replications: int) -> str:
    """Return a chance as a percentage, rounded to what the simulation knows.

    Parameters
    ----------
    probability : float
        In [0, 1].
    error : float
        Its standard error.
    replications : int
        Number of simulated futures behind it.

    Returns
    -------
    str
        ``62%``, ``less than 1%`` or ``more than 99%``.
    """
    count, step = _hundredths(probability, error, replications)
    if count <= 0:
        return f"less than {step}%"
    return f"more than {100 - step}%" if count >= 100 else f"{count}%"


def whole_percent(share: float) -> str:
    """Return a share that is estimated as whole percents, never 0 % or 100 %.

    Parameters
    ----------
    share : float
        In [0, 1], or as near as an estimate comes.

    Returns
    -------
    str
        ``62%``, ``less than 1%`` or ``more than 99%``.
    """
    whole = round(100 * share)
    return "less than 1%" if whole < 1 else "more than 99%" if whole > 99 else f"{whole}%"


def day_text(day: date) -> str:
    """Return a day that nobody can misread.

    Parameters
    ----------
    day : date
        Any day.

    Returns
    -------
    str
        ``30 Jun 2026``.
    """
    return f"{day.day} {day:%b %Y}"


def span_text(period: Period) -> str:
    """Return a run of days in words.

    Parameters
    ----------
    period : Period
        Any run of days.

    Returns
    -------
    str
        ``Jan 2015 to Dec 2015`` when it is whole months, else its first and last day.
    """
    whole = period.start.day == 1 and period.end.day == _last_day(period.end)
    if not whole:
        return f"{day_text(period.start)} to {day_text(period.end)}"
    first, last = f"{period.start:%b %Y}", f"{period.end:%b %Y}"
    return first if first == last else f"{first} to {last}"


def _last_day(day: date) -> int:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (following - date(day.year, day.month, 1)).days


def _prefix(currency: str | None) -> str:
    return f"{plain(currency, 12)} " if currency else ""


def _hundredths(probability: float, error: float, replications: int) -> tuple[int, int]:
    """Return hundredths rounded to a step that is a whole number and not finer than the simulation knows."""
    known = max(error, 1 / replications)  # ten futures that all make it do not show that 100 in 100 will
    step: int = next((whole for whole in (1, 2, 5, 10, 20) if whole >= 100 * known), 50)
    return round(probability * 100 / step) * step, step


def _rounded(minor: float, digits: int, error: float) -> tuple[Decimal, Decimal]:
    """Return major units rounded to three digits or the error's size, and the step it was rounded to."""
    amount = Decimal(minor).scaleb(-digits)
    smallest = Decimal(1).scaleb(-digits)
    step = smallest
    if amount:
        step = max(step, Decimal(1).scaleb(amount.adjusted() - SIGNIFICANT_DIGITS + 1))
    if error > 0:
        step = max(step, _nice_step(Decimal(error).scaleb(-digits)))
    return (amount / step).to_integral_value(ROUND_HALF_EVEN) * step, step


def _nice_step(error: Decimal) -> Decimal:
    """Return the smallest of 1, 2, 5 times a power of ten that is not below the error."""
    power = Decimal(1).scaleb(error.adjusted())
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= error)


def _digits(amount: Decimal, unit: Unit, step: Decimal) -> str:
    if amount == 0:
        return "0"
    finest = max(step, Decimal(1).scaleb(amount.adjusted() - SIGNIFICANT_DIGITS + 1)) / unit.size
    return f"{amount / unit.size:,.{max(0, math.ceil(-finest.log10()))}f}"
