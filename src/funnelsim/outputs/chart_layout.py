"""Where things go on a chart: units, ticks and labels that do not run into each other.

Plain arithmetic, so that every chart of the project places its words in the same way.  What it leaves out: drawing.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from funnelsim.model.calendar import Calendar
from funnelsim.outputs.number_text import UNITS, Unit

_ROUNDS = 1000


class Label(NamedTuple):
    """A word beside the plot: where it belongs and where it can stand, both in data units."""

    text: str
    value: float
    place: float
    kind: str


class Wanted(NamedTuple):
    """A word and the value it belongs to."""

    text: str
    value: float
    kind: str


def milliseconds(day: date) -> int:
    """Return a day as a chart's UTC clock counts it.

    Parameters
    ----------
    day : date
        Any day.

    Returns
    -------
    int
        Milliseconds since 1970-01-01, so that no time zone can move a day.
    """
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def axis_unit(largest: float) -> Unit:
    """Return the unit that an axis counts in.

    Parameters
    ----------
    largest : float
        Largest amount shown, in major units.

    Returns
    -------
    Unit
        The one that leaves between one and three digits before the point; one step smaller below 2, so that ticks are
        whole numbers.
    """
    size = abs(largest)
    return next(Unit(*unit) for unit in UNITS if size >= 2 * unit[0] or unit[0] == 1)


def spread(wanted: Sequence[Wanted], top: float, height: int, gap: int) -> list[Label]:
    """Move labels apart until none covers another, keeping their order and staying beside the plot.

    Parameters
    ----------
    wanted : sequence of Wanted
        Labels with their values, any order.
    top : float
        Value at the upper end of the plot, above 0; its lower end is 0.
    height : int
        Height of the plot in pixels.
    gap : int
        Least distance between two labels in pixels.

    Returns
    -------
    list of Label
        From the lowest to the highest, each as near to its value as the others allow.
    """
    order = sorted(wanted, key=lambda one: one.value)
    places = [one.value / top * height for one in order]
    lowest, highest = gap / 2, max(height - gap / 2, gap * len(order))
    for _ in range(_ROUNDS):
        moved = False
        for lower in range(len(places) - 1):
            short = gap - (places[lower + 1] - places[lower])
            if short > 1e-6:
                places[lower] -= short / 2
                places[lower + 1] += short / 2
                moved = True
        if places and (places[0] < lowest - 1e-6 or places[-1] > highest + 1e-6):
            places[0] = max(places[0], lowest)
            places[-1] = min(places[-1], highest)
            moved = True
        if not moved:
            break
    return [
        Label(one.text, one.value, place / height * top, one.kind) for one, place in zip(order, places, strict=True)
    ]


def tick_days(calendar: Calendar, start: date, most: int) -> list[date]:
    """Return the days an axis names: ends of periods, and of months before the as-of day.

    Parameters
    ----------
    calendar : Calendar
        Of the forecast.
    start : date
        First day on the axis.
    most : int
        Largest number of ticks, at least 1.

    Returns
    -------
    list of date
        Increasing, evenly thinned from the last one backwards.
    """
    past = []
    end = (calendar.as_of + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    while end > start:
        past.append(end)
        end = end.replace(day=1) - timedelta(days=1)
    days = past[::-1] + [period.end for period in calendar.periods]
    stride = -(-len(days) // most)
    return days[::-1][::stride][::-1]


def wrapped(sentences: Sequence[str], width: int) -> list[str]:
    """Return sentences as lines of at most ``width`` characters.

    Parameters
    ----------
    sentences : sequence of str
        Each starts on a line of its own.
    width : int
        Characters in a line.

    Returns
    -------
    list of str
        Lines.
    """
    return [line for sentence in sentences for line in textwrap.wrap(sentence, width)]
