"""A band drawn as a line of characters, for a page without pixels.

The question: where do a period's percentiles lie on a common scale?  One row of text: the 90 % band light, the 80 %
band darker, the middle half darkest, the median a bar, the plan a triangle.

What it leaves out: numbers; they stand beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Glyphs(NamedTuple):
    """One character for each part of a drawn band."""

    outer: str
    middle: str
    inner: str
    median: str
    plan: str


UNICODE = Glyphs("░", "▒", "▓", "┃", "▲")
ASCII = Glyphs(".", "-", "=", "|", "^")


def draw_band(
    percentiles: Mapping[int, int], largest: float, width: int, plan: float | None = None, glyphs: Glyphs = UNICODE
) -> str:
    """Draw one band on a scale from 0.

    Parameters
    ----------
    percentiles : mapping of int to int
        Has 5, 10, 25, 50, 75, 90 and 95; any unit.
    largest : float
        What the last character stands for, same unit.
    width : int
        Characters, at least 1.
    plan : float, optional
        Marked when given, at the end of the line when past ``largest``; same unit.
    glyphs : Glyphs
        What to draw with.

    Returns
    -------
    str
        Exactly ``width`` characters.
    """
    cells = [" "] * width
    for low, high, glyph in ((5, 95, glyphs.outer), (10, 90, glyphs.middle), (25, 75, glyphs.inner)):
        if percentiles[high] > 0:
            first, last = (_cell(percentiles[percent], largest, width) for percent in (low, high))
            cells[first : last + 1] = [glyph] * (last + 1 - first)
    cells[_cell(percentiles[50], largest, width)] = glyphs.median
    if plan is not None:
        cells[_cell(plan, largest, width)] = glyphs.plan
    return "".join(cells)


def _cell(amount: float, largest: float, width: int) -> int:
    if largest <= 0:
        return 0
    return min(max(int(amount / largest * width), 0), width - 1)
