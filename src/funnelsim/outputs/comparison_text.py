"""The numbers of a comparison as text: signed, in their own unit, no finer than the interval around them knows.

An end of an interval is never rounded to the wrong side of 0, and no chance is said to be 0 or 100 in 100.

What it leaves out: sentences (:mod:`funnelsim.outputs.comparison_sentences`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Final

from funnelsim.model.comparison import Comparison, ScoreDifference
from funnelsim.model.funnel_reports import Estimate
from funnelsim.model.intervals import Interval
from funnelsim.model.score_words import Score, Unit
from funnelsim.outputs.number_text import in_hundred, money_text, percent_text, whole_percent
from funnelsim.outputs.simulation_text import share_text

UNKNOWN: Final = "-"
"""Stands for a figure of something that never happened."""
_POINTS: Final = 100
_PARTS_OF_AN_ERROR: Final = 3
"""A difference and its ends are rounded to a third of the standard error, so that rounding hides no sign."""
_UNIT_WORDS: Final[dict[Unit, tuple[str, str]]] = {
    "money": ("", ""),
    "money each": ("", ""),
    "share": (" point", " points"),
    "days": (" day", " days"),
    "lead days": (" lead day", " lead days"),
    "leads": (" lead", " leads"),
}
"""After one, and after any other number."""


def standard_error(interval: Interval) -> float:
    """Return the standard error that an interval stands for.

    Parameters
    ----------
    interval : Interval
        Of any method.

    Returns
    -------
    float
        Half the width by the normal quantile of its confidence; 0 where there is none.
    """
    if not math.isfinite(interval.half_width):
        return 0.0
    return interval.half_width / NormalDist().inv_cdf((1 + interval.confidence) / 2)


def figure_text(comparison: Comparison, score: Score, value: float, error: float, *, named: bool = False) -> str:
    """Return one figure of a score card.

    Parameters
    ----------
    comparison : Comparison
        Names currency and replications.
    score : Score
        What it is a figure of.
    value : float
        In the score's unit, money in minor units.
    error : float
        Standard error, same unit; the figure is rounded to a third of it, as differences are, so that the figures of
        two sides and their difference agree; a chance to the whole of it.
    named : bool, default False
        Whether the currency stands in front.

    Returns
    -------
    str
        Such as ``1.14M``, ``58 %`` or ``12.3``; ``-`` for nan.
    """
    if not math.isfinite(value):
        return UNKNOWN
    if score.kind == "chance":
        return percent_text(value, error, comparison.replications).replace("%", " %")
    fine = error / _PARTS_OF_AN_ERROR
    if score.unit == "share":
        return share_text(Estimate(value, fine)).replace("%", " %")
    return _plain_text(comparison, score.unit, value, fine, named=named)


def size_text(comparison: Comparison, score: Score, interval: Interval, *, named: bool = True) -> str:
    """Return the size of a difference without its sign, with its unit.

    Parameters
    ----------
    comparison : Comparison
        Names the currency.
    score : Score
        What differs.
    interval : Interval
        The difference.
    named : bool, default True
        Whether the currency stands in front.

    Returns
    -------
    str
        Such as ``USD 1.10M`` or ``2.1 points``; ``-`` where it is not known.
    """
    return value_text(comparison, score, abs(interval.estimate), interval, named=named)


def value_text(comparison: Comparison, score: Score, value: float, interval: Interval, *, named: bool = False) -> str:
    """Return a value on the scale of a difference, as finely as its interval knows it, with its unit.

    Parameters
    ----------
    comparison : Comparison
        Names the currency.
    score : Score
        What differs.
    value : float
        In the score's unit; shares as shares.
    interval : Interval
        Says how finely.
    named : bool, default False
        Whether the currency stands in front.

    Returns
    -------
    str
        With a minus where it is negative; a value that is not 0 is not shown as 0.
    """
    if not math.isfinite(value):
        return UNKNOWN
    text = _fine_text(comparison, score.unit, value, interval, named=named)
    one, many = _UNIT_WORDS[score.unit]
    return text + (one if text.strip("-") == "1" else many)


def signed_text(comparison: Comparison, score: Score, interval: Interval) -> str:
    """Return a difference with its sign, for a table.

    Parameters
    ----------
    comparison : Comparison
        Names the decimals of the currency.
    score : Score
        What differs.
    interval : Interval
        The difference.

    Returns
    -------
    str
        Such as ``+1.10M``, ``-3.2 pt`` or ``0``; ``-`` where it is not known.
    """
    if not math.isfinite(interval.estimate):
        return UNKNOWN
    text = _fine_text(comparison, score.unit, interval.estimate, interval)
    sign = "+" if interval.estimate > 0 and text != "0" else ""
    return f"{sign}{text}{' pt' if score.unit == 'share' else ''}"


def ends_text(comparison: Comparison, score: Score, interval: Interval) -> str:
    """Return the ends of an interval, for a table.

    Parameters
    ----------
    comparison : Comparison
        Names the decimals of the currency.
    score : Score
        What differs.
    interval : Interval
        The difference.

    Returns
    -------
    str
        Such as ``1.00M to 1.20M``; ``-`` where it is not known.
    """
    if not math.isfinite(interval.estimate):
        return UNKNOWN
    low, high = (_fine_text(comparison, score.unit, end, interval) for end in (interval.low, interval.high))
    return low if low == high else f"{low} to {high}"


def sizes_text(comparison: Comparison, score: Score, interval: Interval) -> str:
    """Return the ends of an interval whose sign is known without it, the smaller size first.

    Parameters
    ----------
    comparison : Comparison
        Names the decimals of the currency.
    score : Score
        What differs.
    interval : Interval
        The difference, its sign known.

    Returns
    -------
    str
        Such as ``1.00M to 1.20M``.
    """
    near, far = sorted((abs(interval.low), abs(interval.high)))
    first, second = (_fine_text(comparison, score.unit, end, interval) for end in (near, far))
    return first if first == second else f"{first} to {second}"


def hundred_text(interval: Interval, replications: int) -> str:
    """Return a chance as a count of a hundred.

    Parameters
    ----------
    interval : Interval
        The chance.
    replications : int
        Futures behind it.

    Returns
    -------
    str
        Such as ``about 97 in 100`` or ``fewer than 1 in 100``.
    """
    return in_hundred(interval.estimate, standard_error(interval), replications)[0]


def sure_text(level: float) -> str:
    """Return how sure something is, rounded down and never up to certainty.

    Parameters
    ----------
    level : float
        In [0, 1].

    Returns
    -------
    str
        ``sure beyond 99.9 %``, ``sure beyond 99 %``, ``97 % sure``.
    """
    if level > 0.99:
        return f"sure beyond {99.9 if level > 0.999 else 99:g} %"
    return f"{max(1, math.floor(100 * level)):.0f} % sure" if level >= 0.01 else "less than 1 % sure"


def verdict_text(one: ScoreDifference) -> str:
    """Return who does better by a score, in a word.

    Parameters
    ----------
    one : ScoreDifference
        Of any score.

    Returns
    -------
    str
        ``better``, ``worse``, ``the same`` or ``not known``.
    """
    if one.difference.low == one.difference.high == 0:
        return "the same"
    return {True: "better", False: "worse", None: "not known"}[one.better]


def other_names(shown: Sequence[ScoreDifference], label: str) -> str:
    """Return which intervals have another name than the one above their column.

    Parameters
    ----------
    shown : sequence of ScoreDifference
        The rows.
    label : str
        The name above the column.

    Returns
    -------
    str
        Such as ``At least 95 %: chance of the goal.``; empty where all have that name.
    """
    found: dict[str, list[str]] = {}
    for one in shown:
        if one.difference.label != label and math.isfinite(one.difference.estimate):
            found.setdefault(one.difference.label, []).append(one.score.title)
    return " ".join(f"{name[:1].upper()}{name[1:]}: {'; '.join(titles)}." for name, titles in found.items())


def share_words(share: float) -> str:
    """Return a share of replications or of resamples, in whole percents and never 0 or 100.

    Parameters
    ----------
    share : float
        In [0, 1].

    Returns
    -------
    str
        Such as ``42 %``, ``less than 1 %``.
    """
    return whole_percent(share).replace("%", " %")


def number_text(value: float, error: float) -> str:
    """Return a plain number with at most three significant digits, rounded to its error.

    Parameters
    ----------
    value : float
        Any finite number.
    error : float
        Same unit; 0 for a number that is known exactly.

    Returns
    -------
    str
        Such as ``1,250`` or ``-3.2``.
    """
    if value == 0:
        return "0"
    finest = 10.0 ** (math.floor(math.log10(abs(value))) - 2)
    step = max(finest, _nice(error) if error > 0 else 0.0)
    shown = round(value / step) * step
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    text = f"{shown:,.{places}f}" if shown else "0"
    return text.rstrip("0").rstrip(".") if "." in text and error == 0 else text


def _fine_text(comparison: Comparison, unit: Unit, value: float, interval: Interval, *, named: bool = False) -> str:
    """Return a value rounded to a part of its error, finer where that would make nothing of it."""
    error = standard_error(interval) / _PARTS_OF_AN_ERROR
    scale = _POINTS if unit == "share" else 1
    text = _plain_text(comparison, unit, scale * value, scale * error, named=named)
    for _ in range(6):
        if value == 0 or any(digit in text for digit in "123456789"):
            break
        error /= 10
        text = _plain_text(comparison, unit, scale * value, scale * error, named=named)
    most = unit == "share" and abs(value) >= 0.995
    return f"{'-' if value < 0 else ''}99" if most else text


def _plain_text(comparison: Comparison, unit: Unit, value: float, error: float, *, named: bool) -> str:
    if unit in {"money", "money each"}:
        currency = comparison.currency if named else None
        return money_text(value, comparison.minor_digits, currency, error)
    return number_text(value, error)


def _nice(error: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is not below the error."""
    power = 10.0 ** math.floor(math.log10(error))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= error * (1 - 1e-12))
