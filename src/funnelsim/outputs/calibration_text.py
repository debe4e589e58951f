"""Figures of a calibration as a planner says them: shares in 100, days, paces, each with its interval.

What it leaves out: sentences (:mod:`funnelsim.outputs.calibration_sentences`).
"""

from __future__ import annotations

import math

from funnelsim.model.calibration_answer import Calibration, DaysFigure, Figure, SegmentRow
from funnelsim.outputs.goal_plan_text import hundred_text

UNIT_WORDS = {"month": "months", "week": "weeks", "quarter": "quarters"}


def hundred(figure: Figure) -> str:
    """Return a share as a count of a hundred.

    Parameters
    ----------
    figure : Figure
        A share in [0, 1].

    Returns
    -------
    str
        ``51``, ``fewer than 1`` or ``more than 99``.
    """
    return hundred_text(figure.estimate)


def hundred_span(figure: Figure) -> str:
    """Return the interval of a share as counts of a hundred, rounded outwards.

    Parameters
    ----------
    figure : Figure
        A share in [0, 1].

    Returns
    -------
    str
        ``49 to 53``.
    """
    return f"{math.floor(100 * figure.low + 1e-9)} to {math.ceil(100 * figure.high - 1e-9)}"


def count_text(count: float) -> str:
    """Return an expected number.

    Parameters
    ----------
    count : float
        At least 0.

    Returns
    -------
    str
        Three digits, or whole from 100 on.
    """
    return f"{count:,.0f}" if count >= 100.0 else f"{count:.3g}"


def days_number(days: float) -> str:
    """Return a length of time with its unit.

    Parameters
    ----------
    days : float
        At least 0.

    Returns
    -------
    str
        ``26 days``, ``2.5 days``, ``7 hours``, ``12 min`` or ``under a min``.
    """
    if days >= 1.0:
        shown = f"{days:,.0f}" if days >= 9.95 else f"{days:.2g}"
        return f"{shown} day{'s' if shown != '1' else ''}"
    minutes = 1440.0 * days
    if minutes >= 60.0:
        shown = f"{minutes / 60.0:.2g}"
        return f"{shown} hour{'s' if shown != '1' else ''}"
    return f"{minutes:.0f} min" if minutes >= 1.0 else "under a min"


def days_text(figure: DaysFigure) -> str:
    """Return an age by which a share has left.

    Parameters
    ----------
    figure : DaysFigure
        Any.

    Returns
    -------
    str
        A dash where the records do not reach so far.
    """
    return "-" if figure.days is None else days_number(figure.days)


def days_span(figure: DaysFigure) -> str:
    """Return the interval of an age.

    Parameters
    ----------
    figure : DaysFigure
        Any.

    Returns
    -------
    str
        ``20 to 22 days``, ``from 20 days`` where its upper end lies beyond the records, a dash where nothing is known.
    """
    if figure.low is None:
        return "-"
    low = days_number(figure.low)
    if figure.high is None:
        return f"from {low}"
    high = days_number(figure.high)
    (first, _, unit), (_, _, other) = low.partition(" "), high.partition(" ")
    if low == high:
        return low
    return f"{first} to {high}" if unit == other else f"{low} to {high}"


def factor_text(value: float) -> str:
    """Return a factor with two digits after the point.

    Parameters
    ----------
    value : float
        Any; ``nan`` for none.

    Returns
    -------
    str
        A dash for none.
    """
    return "-" if math.isnan(value) else f"{value:.2f}"


def factor_span(figure: Figure) -> str:
    """Return the interval of a factor.

    Parameters
    ----------
    figure : Figure
        Of a factor.

    Returns
    -------
    str
        ``0.87 to 1.22``.
    """
    return f"{figure.low:.2f} to {figure.high:.2f}"


def percent_signed(figure: Figure) -> str:
    """Return a growth with its sign and interval in percent.

    Parameters
    ----------
    figure : Figure
        Such as .1 for a tenth more.

    Returns
    -------
    str
        ``+10% (-1% to +22%)``.
    """
    middle, low, high = (f"{round(100 * value):+d}%" for value in (figure.estimate, figure.low, figure.high))
    return f"{middle} ({low} to {high})"


def pace_words(row: SegmentRow) -> str:
    """Return whether a segment is told apart from the others.

    Parameters
    ----------
    row : SegmentRow
        Any.

    Returns
    -------
    str
        ``wins faster``, ``wins slower`` or ``not told apart from the others``.
    """
    if not row.told_apart:
        return "not told apart from the others"
    return "wins faster" if row.pace.estimate > 1.0 else "wins slower"


def unit_word(calibration: Calibration, count: int = 2) -> str:
    """Return the word for the periods of a calibration.

    Parameters
    ----------
    calibration : Calibration
        Any.
    count : int
        How many.

    Returns
    -------
    str
        ``months``, or ``month`` for one.
    """
    return calibration.learned.unit if count == 1 else UNIT_WORDS[calibration.learned.unit]
