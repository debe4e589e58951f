"""The values a lever is tried at: a fine grid from where it helps least to where it helps most, and marks on it.

The question: between which two values does the chance of the goal pass what is asked, and how fine must one look?
Steps are round numbers, a hundred or more to a doubling, far below what the simulation can tell apart.  What it leaves
out: simulating any of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from funnelsim.model.goal_plan import LARGEST_FACTOR, PlanLever

STEPS = 100
"""Steps in a doubling, at least; fewer where the numbers are whole."""

RANGE_STEPS = 400
"""Steps in a range that was given, at least; fewer where the numbers are whole."""

MARKS = 4
"""Marks in a doubling."""

RANGE_MARKS = 8
"""Marks in a range that was given."""

ADDED = 1.0
"""First doubling of what is added to log-odds: odds of 2.7 times."""

DAYS = 30.0
"""First doubling of days gained."""


@dataclass(frozen=True)
class Scale:
    """Values in order, the ones that are expected to help least first.

    Attributes
    ----------
    values : tuple of float
        At least one; strictly rising or falling.
    marks : tuple of int
        Indices to look at first, rising, both ends among them.
    present : int or None
        Index of the present value; None where it is outside.
    """

    values: tuple[float, ...]
    marks: tuple[int, ...]
    present: int | None

    def turned(self) -> Scale:
        """Return the same values the other way round."""
        last = len(self.values) - 1
        marks = tuple(last - mark for mark in reversed(self.marks))
        return Scale(self.values[::-1], marks, None if self.present is None else last - self.present)

    def between(self, low: int, high: int) -> Scale:
        """Return the part between two indices, both included.

        Parameters
        ----------
        low, high : int
            ``0 <= low <= high``.

        Returns
        -------
        Scale
            Its own ends are marks.
        """
        marks = sorted({low, high, *(mark for mark in self.marks if low <= mark <= high)})
        here = self.present is not None and low <= self.present <= high
        present = self.present - low if here and self.present is not None else None
        return Scale(self.values[low : high + 1], tuple(mark - low for mark in marks), present)


def round_step(width: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is not above a width.

    Parameters
    ----------
    width : float
        Above 0.

    Returns
    -------
    float
        In ``(width / 2.5, width]``.
    """
    power = Decimal(10) ** math.floor(math.log10(width) + 1e-12)
    return float(max(factor * power for factor in (1, 2, 5) if float(factor * power) <= width * (1 + 1e-9)))


def range_scale(low: float, high: float, *, whole: bool, present: float, marks: int = RANGE_MARKS) -> Scale:
    """Return the values of a range that was given.

    Parameters
    ----------
    low, high : float
        ``low < high``; both are values.
    whole : bool
        Whether only whole numbers are.
    present : float
        The present value; one of the values if it is inside.
    marks : int
        Stretches between marks.

    Returns
    -------
    Scale
        Rising.
    """
    found = _stretch(low, high, RANGE_STEPS, whole=whole)
    if low <= present <= high and (not whole or present.is_integer()):
        found = tuple(sorted({*found, present}))
    last = len(found) - 1
    at = sorted({round(last * mark / marks) for mark in range(marks + 1)})
    return Scale(found, tuple(at), found.index(present) if present in found else None)


def default_scale(lever: PlanLever, lowest: float, highest: float) -> Scale:
    """Return the values of a lever without a range: doublings to both sides of the present one.

    Parameters
    ----------
    lever : PlanLever
        Its present value is above 0, or 0 for what is added.
    lowest, highest : float
        Limits of the key itself, infinite for none.

    Returns
    -------
    Scale
        Rising, from the present value over ``LARGEST_FACTOR`` to as many times the present value; what is added goes
        to both sides of 0 in the same way.
    """
    ends = _doublings(lever)
    ends = sorted({min(max(end, lowest), highest) for end in ends})
    values: set[float] = {lever.present}
    marks: set[float] = {lever.present}
    for low, high in pairwise(ends):
        part = _stretch(low, high, STEPS, whole=lever.whole)
        values |= set(part)
        marks |= {part[round((len(part) - 1) * mark / MARKS)] for mark in range(MARKS + 1)}
    found = tuple(sorted(values))
    return Scale(found, tuple(found.index(mark) for mark in sorted(marks)), found.index(lever.present))


def _doublings(lever: PlanLever) -> list[float]:
    doublings = [2.0**power for power in range(1, 1 + round(math.log2(LARGEST_FACTOR)))]
    if lever.present == 0:
        first = DAYS if lever.whole else ADDED
        sides = [0.0, *(first * (factor / 2) for factor in doublings)]
        return sides if lever.whole else [-side for side in reversed(sides[1:])] + sides
    ends = [lever.present / factor for factor in doublings] + [lever.present]
    ends += [lever.present * factor for factor in doublings]
    return [float(max(1, round(end))) for end in ends] if lever.whole else ends


def _stretch(low: float, high: float, steps: int, *, whole: bool) -> tuple[float, ...]:
    """Return round values between two ends, the ends as they are."""
    step = Decimal(str(round_step((high - low) / steps)))
    if whole:
        step = max(Decimal(1), Decimal(math.ceil(step)))
    first = math.floor(Decimal(str(low)) / step) + 1
    inside = []
    while (value := float(step * first)) < high:
        inside.append(value)
        first += 1
    return (low, *(value for value in inside if value > low), high)


def possible_part(scale: Scale, possible: Callable[[float], bool]) -> Scale | None:
    """Return the part of a scale that can be simulated.

    Parameters
    ----------
    scale : Scale
        Any.
    possible : callable
        Tells whether a value can be; it is asked as if those that can lie side by side.

    Returns
    -------
    Scale or None
        The same scale where both ends can be; None where neither an end nor the present value can.
    """
    last = len(scale.values) - 1
    known = [at for at in (0, last, scale.present) if at is not None and possible(scale.values[at])]
    if not known:
        return None
    low = 0 if 0 in known else _edge(scale, known[0], 0, possible)
    high = last if last in known else _edge(scale, known[0], last, possible)
    return scale.between(low, high)


def _edge(scale: Scale, inside: int, outside: int, possible: Callable[[float], bool]) -> int:
    """Return the index next to ``outside`` that can still be, between one that can and one that cannot."""
    while abs(inside - outside) > 1:
        middle = (inside + outside) // 2
        if possible(scale.values[middle]):
            inside = middle
        else:
            outside = middle
    return inside
