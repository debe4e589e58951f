"""The numbers and names of a choice of design as text: designs in words, amounts in the metric's own unit.

What it leaves out: sentences (:mod:`funnelsim.outputs.selection_sentences`).
"""

from __future__ import annotations

import math
from typing import Final

from funnelsim.engines.selection_certainty import RESAMPLES
from funnelsim.model.intervals import Interval
from funnelsim.model.money import minor_digits
from funnelsim.model.optimum import Design, DesignReport, Optimum
from funnelsim.model.scenario_paths import path_parts
from funnelsim.outputs.number_text import SIGNIFICANT_DIGITS, money_text, percent_text
from funnelsim.outputs.plain_text import plain

NAME_LENGTH: Final = 40
PATH_LENGTH: Final = 70
UNKNOWN: Final = "-"
_UNITS: Final = {"leads": ("win", "wins"), "lead days": ("lead day", "lead days"), "days": ("day", "days")}
"""Words of the units of the metrics that can be chosen by; the only one in leads counts wins."""


def design_text(optimum: Optimum, design: Design) -> str:
    """Return a design in words.

    Parameters
    ----------
    optimum : Optimum
        The strategy is named only when its designs have several.
    design : Design
        One of its designs.

    Returns
    -------
    str
        Such as ``10 people in Sales``, ``10 people in Sales under 'P3'``, ``'P3'`` or ``stages.C.hours = 2``.
    """
    levers = [lever_text(path, value) for path, value in design.changes]
    strategy = f"'{plain(design.strategy, NAME_LENGTH)}'"
    if not levers:
        return strategy
    words = " and ".join(levers) if len(levers) < 3 else f"{', '.join(levers[:-1])} and {levers[-1]}"
    return f"{words} under {strategy}" if _several_strategies(optimum) else words


def lever_text(path: str, value: object) -> str:
    """Return a lever and its value in words.

    Parameters
    ----------
    path : str
        Dotted.
    value : object
        Number, text, true, false or None.

    Returns
    -------
    str
        People of a team and leads a day of a source in words; ``path = value`` for all others.
    """
    parts = path_parts(path)
    if isinstance(value, int | float) and not isinstance(value, bool) and len(parts) == 3 and not parts[1].isdigit():
        name = plain(parts[1], NAME_LENGTH)
        if (parts[0], parts[2]) == ("teams", "heads"):
            return f"{value:,g} {'person' if value == 1 else 'people'} in {name}"
        if parts[0] == "sources" and parts[2] in {"per_day", "rate"}:
            return f"{value:,g} {'lead' if value == 1 else 'leads'} a day from {name}"
    return f"{plain(path, PATH_LENGTH)} = {value_text(value)}"


def value_text(value: object) -> str:
    """Return the value of a lever as it is written on a command line.

    Parameters
    ----------
    value : object
        Number, text, true, false or None.

    Returns
    -------
    str
        Such as ``0.35``, ``true``, ``none`` or ``fifo``.
    """
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    return f"{value:.10g}" if isinstance(value, int | float) else plain(str(value), NAME_LENGTH)


def is_plural(optimum: Optimum, design: Design) -> bool:
    """Return whether a design's words are a plural: people, leads, or several things together.

    Parameters
    ----------
    optimum : Optimum
        As for :func:`design_text`.
    design : Design
        One of its designs.

    Returns
    -------
    bool
        For the verb that follows.
    """
    if len(design.changes) != 1:
        return len(design.changes) > 1
    words = lever_text(*design.changes[0])
    return " people in " in words or " leads a day from " in words


def quantity(optimum: Optimum, value: float, error: float = 0.0, *, named: bool = True, signed: bool = False) -> str:
    """Return an amount of the metric.

    Parameters
    ----------
    optimum : Optimum
        Says the metric and the currency.
    value : float
        Money in minor units.
    error : float, default 0.0
        Standard error; the amount is rounded to at least this.
    named : bool, default True
        Whether currency or unit is said.
    signed : bool, default False
        Whether an amount above 0 has a plus sign.

    Returns
    -------
    str
        Such as ``USD 12.5K``, ``645 wins`` or ``+1.8``; ``-`` for what is not known.
    """
    if not math.isfinite(value):
        return UNKNOWN
    sign = "+" if signed and value > 0 else ""
    known = error if math.isfinite(error) else 0.0
    if optimum.score.unit == "money":
        currency = optimum.currency if named else None
        return f"{sign}{money_text(value, minor_digits(optimum.currency), currency, known)}"
    text = f"{sign}{_number(value, known)}"
    if not named:
        return text
    one, many = _UNITS[optimum.score.unit]
    return f"{text} {one if text in {'1', '-1', '+1'} else many}"


def mean_text(optimum: Optimum, report: DesignReport) -> str:
    """Return a design's mean, rounded to its standard error.

    Parameters
    ----------
    optimum : Optimum
        Says the metric.
    report : DesignReport
        One of its designs.

    Returns
    -------
    str
        Without the currency.
    """
    return quantity(optimum, report.mean.mean, report.mean.standard_error, named=False)


def range_text(optimum: Optimum, interval: Interval) -> str:
    """Return the ends of a difference.

    Parameters
    ----------
    optimum : Optimum
        Says the metric.
    interval : Interval
        In the metric's unit.

    Returns
    -------
    str
        Such as ``-62.4 to -30.9``; ``not known`` where so few replications say nothing.
    """
    if not math.isfinite(interval.half_width):
        return "not known"
    ends = (
        quantity(optimum, end, interval.half_width / 50, named=False, signed=True)
        for end in (interval.low, interval.high)
    )
    return " to ".join(ends)


def chance_text(chance: float) -> str:
    """Return the chance that a design is the best.

    Parameters
    ----------
    chance : float
        Share of resamples.

    Returns
    -------
    str
        Never 0% or 100%.
    """
    return percent_text(chance, math.sqrt(chance * (1 - chance) / RESAMPLES), RESAMPLES)


def rough_count(count: int) -> str:
    """Return an estimated count to two digits.

    Parameters
    ----------
    count : int
        At least 0.

    Returns
    -------
    str
        Such as ``9,300``.
    """
    return f"{int(float(f'{count:.2g}')):,}"


def _several_strategies(optimum: Optimum) -> bool:
    return len({report.design.strategy for report in optimum.reports}) > 1


def _number(value: float, error: float) -> str:
    """Return a number to three digits, not finer than its error and not coarser than whole ones below a thousand."""
    size = max(abs(value), error)
    if size == 0:
        return "0"
    places = SIGNIFICANT_DIGITS - 1 - math.floor(math.log10(size))
    if error > 0:
        places = min(places, -math.floor(math.log10(error)))
    shown = round(value, places)
    if shown == 0:
        return "0"
    text = f"{shown:,.{max(0, min(places, 6))}f}"
    return text if error > 0 or "." not in text else text.rstrip("0").rstrip(".")
