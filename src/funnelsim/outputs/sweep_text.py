"""The numbers and names of a sweep as text: designs in words, figures in their own unit and no finer than known.

What it leaves out: sentences (:mod:`funnelsim.outputs.sweep_sentences`).
"""

from __future__ import annotations

import math
from typing import Final

from funnelsim.model.score_words import Score
from funnelsim.model.sweep import STRATEGY, Sweep
from funnelsim.outputs.number_text import money_text, whole_percent
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.selection_text import NAME_LENGTH, PATH_LENGTH, lever_text

UNKNOWN: Final = "-"
MOST_NAMED: Final = 4
"""Levers of a design that are put in words; the others are counted."""
_UNITS: Final = {"leads": ("win", "wins"), "lead days": ("lead day", "lead days"), "days": ("day", "days")}


def is_money(score: Score) -> bool:
    """Tell whether a score is an amount of money.

    Parameters
    ----------
    score : Score
        Any.

    Returns
    -------
    bool
        Then its figures are in minor units.
    """
    return score.unit in {"money", "money each"}


def design_text(sweep: Sweep, design: int, strategy: int) -> str:
    """Return a point in words.

    Parameters
    ----------
    sweep : Sweep
        Any.
    design, strategy : int
        Places in its tables.

    Returns
    -------
    str
        Such as ``10 people in Sales and stages.C.hours = 2``; the strategy only when there are several.
    """
    levers = [
        lever_text(path, value) for path, value in zip(sweep.designs.paths, sweep.designs.rows[design], strict=True)
    ]
    if len(levers) > MOST_NAMED:
        levers = [*levers[: MOST_NAMED - 1], f"{len(levers) - MOST_NAMED + 1} more"]
    words = " and ".join(levers) if len(levers) < 3 else f"{', '.join(levers[:-1])} and {levers[-1]}"
    named = f" under '{plain(sweep.strategies[strategy], NAME_LENGTH)}'" if len(sweep.strategies) > 1 else ""
    return f"{words}{named}"


def path_text(path: str) -> str:
    """Return the name of a lever.

    Parameters
    ----------
    path : str
        Dotted, or ``strategy``.

    Returns
    -------
    str
        Safe to show.
    """
    return "the strategy" if path == STRATEGY else plain(path, PATH_LENGTH)


def figure_text(sweep: Sweep, value: float, error: float = 0.0, *, named: bool = False) -> str:
    """Return a figure of the metric.

    Parameters
    ----------
    sweep : Sweep
        Names the currency.
    value : float
        In the metric's unit, money in minor units.
    error : float, default 0.0
        Standard error; the figure is rounded to at least this.
    named : bool, default False
        Whether currency or unit is said.

    Returns
    -------
    str
        Such as ``USD 12.5K``, ``62%`` or ``1.8``; a chance is never 0% or 100%; ``-`` for what is not known.
    """
    if sweep.metric.kind == "chance" and value in {0.0, 1.0}:  # no simulation knows that
        least = math.ceil(100 / sweep.settings.replications)
        return f"more than {100 - least}%" if value else f"less than {least}%"
    share = sweep.metric.unit == "share" and math.isfinite(value)
    return f"{_number(100 * value, 100 * _known(error))}%" if share else _amount(sweep, value, error, named)


def difference_text(sweep: Sweep, value: float, error: float = 0.0, *, named: bool = False, signed: bool = True) -> str:
    """Return a difference of the metric.

    Parameters
    ----------
    sweep : Sweep
        Names the currency.
    value : float
        In the metric's unit, money in minor units; of shares as a share.
    error : float, default 0.0
        Standard error; the difference is rounded to at least this.
    named : bool, default False
        Whether currency or unit is said.
    signed : bool, default True
        Whether a difference above 0 has a plus sign.

    Returns
    -------
    str
        Such as ``+12.5K`` or ``+15 points``; ``-`` for what is not known.
    """
    sign = "+" if signed and value > 0 else ""
    if sweep.metric.unit == "share" and math.isfinite(value):
        return f"{sign}{_number(100 * value, 100 * _known(error))}{' points' if named else ''}"
    return f"{sign}{_amount(sweep, value, error, named)}"


def _known(error: float) -> float:
    return error if math.isfinite(error) else 0.0


def _amount(sweep: Sweep, value: float, error: float, named: bool) -> str:
    """Return an amount of money, or a count, rounded to its error."""
    which = sweep.metric
    if not math.isfinite(value):
        return UNKNOWN
    if is_money(which):
        return money_text(value, sweep.minor_digits, sweep.currency if named else None, _known(error))
    text = _number(value, _known(error))
    if not named:
        return text
    one, many = _UNITS[which.unit]
    return f"{text} {one if text in {'1', '-1'} else many}"


def range_text(sweep: Sweep, low: float, high: float, *, signed: bool = True) -> str:
    """Return the ends of the interval of a difference of the metric.

    Parameters
    ----------
    sweep : Sweep
        Names the decimals of the currency.
    low, high : float
        In the metric's unit.
    signed : bool, default True
        Whether ends above 0 have a plus sign.

    Returns
    -------
    str
        Such as ``+1.2M to +3.4M``; ``not known`` where so few replications say nothing.
    """
    if not math.isfinite(high - low):
        return "not known"
    fine = (high - low) / 40
    first, last = (difference_text(sweep, end, fine, signed=signed) for end in (low, high))
    return first if first == last else f"{first} to {last}"


def share_text(share: float) -> str:
    """Return a share of variance, in whole percents and never a bare 0 or 100.

    Parameters
    ----------
    share : float
        In [0, 1]; ``nan`` where it cannot be told.

    Returns
    -------
    str
        Such as ``42%``, ``less than 1%``.
    """
    return UNKNOWN if math.isnan(share) else whole_percent(share)


def _number(value: float, error: float) -> str:
    """Return a number to three digits, not finer than its error."""
    size = max(abs(value), error)
    if size == 0:
        return "0"
    places = 2 - math.floor(math.log10(size))
    if error > 0:
        places = min(places, -math.floor(math.log10(error)))
    shown = round(value, places)
    return f"{shown:,.{max(0, min(places, 6))}f}" if shown else "0"
