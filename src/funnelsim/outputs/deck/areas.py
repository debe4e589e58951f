"""Rectangles of a slide, and how much room words take on it.

The question: does it fit?  A slide is made without the fonts it will be shown in, so letters are taken to be as wide as
those of a wide font; a narrower one leaves a little more room.

What it leaves out: what is put where (:mod:`funnelsim.outputs.deck.slide_plan`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pptx.util import Emu, Inches, Pt

from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.wrapped_lines import wrapped_lines

BOLD: Final = 1.14
"""How much wider bold letters are."""
LINE: Final = 1.2
"""Height of a line as a part of the size."""
_SIZES: Final = ((70, 28), (150, 24), (100_000, 20))
"""Letters of a title, and the points it is set in: a board reads it from the other end of the room."""
POINT_SIZES: Final = (14, 12)
"""Of sentences below a table or a chart."""
ALONE_SIZES: Final = (18, 16, 14)
"""Of sentences that have a slide or half of one for themselves: the largest at which all of them fit."""
SIDES: Final = Inches(0.2)
"""What boxes and cells leave free left and right together."""
FOOT: Final = Inches(0.55)
GAP: Final = Inches(0.2)


_NARROW: Final = frozenset(" .,:;'|!()[]ijlftr-")
_WIDE: Final = frozenset("mwMW@%")


def ems(words: str) -> float:
    """Return how wide a text is.

    Parameters
    ----------
    words : str
        On one line.

    Returns
    -------
    float
        In parts of the size it is set in; no less than in a wide font such as Verdana, bold apart.
    """
    return sum(map(_em, words))


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.4
    if letter in _WIDE:
        return 0.98
    if letter.isascii():
        return 0.72 if letter.isupper() else 0.66
    return 1.1 if unicodedata.east_asian_width(letter) in "FW" else 0.75


@dataclass(frozen=True)
class Area:
    """A rectangle of a slide, in English metric units."""

    left: int
    top: int
    width: int
    height: int

    @property
    def place(self) -> tuple[Emu, Emu, Emu, Emu]:
        """The rectangle as python-pptx takes it."""
        return Emu(self.left), Emu(self.top), Emu(self.width), Emu(self.height)

    def above(self, low: int) -> Area:
        """Return what is left above a strip.

        Parameters
        ----------
        low : int
            Height of the strip at the bottom.

        Returns
        -------
        Area
            Without the strip.
        """
        return replace(self, height=self.height - low)

    def right_of(self, width: int) -> Area:
        """Return what is left to the right of a strip, a gap between them.

        Parameters
        ----------
        width : int
            Of the strip on the left.

        Returns
        -------
        Area
            Without strip and gap.
        """
        return replace(self, left=self.left + width + GAP, width=self.width - width - GAP)


def inside(presentation: Any) -> Area:
    """Return a slide without its margins.

    Parameters
    ----------
    presentation : pptx Presentation
        Of any size.

    Returns
    -------
    Area
        What may be written on.
    """
    margin, edge = Inches(0.6), Inches(0.3)
    width, height = presentation.slide_width, presentation.slide_height
    return Area(margin, edge, width - 2 * margin, height - 2 * edge)


def body(title: str, whole: Area) -> Area:
    """Return the room between a title and the foot.

    Parameters
    ----------
    title : str
        The message.
    whole : Area
        A slide without its margins.

    Returns
    -------
    Area
        Room for chart, table and sentences.
    """
    _, height = title_size(title, whole.width)
    top = whole.top + height + Inches(0.15)
    return Area(whole.left, top, whole.width, whole.top + whole.height - FOOT - top)


def title_size(title: str, width: int) -> tuple[int, int]:
    """Return how large a title is set, and how high it gets.

    Parameters
    ----------
    title : str
        The message.
    width : int
        Of the slide without its margins.

    Returns
    -------
    tuple of int and int
        Points, and height in English metric units.
    """
    words = plain(title)
    size = next(points for letters, points in _SIZES if len(words) <= letters)
    lines = wrapped_lines(words, (width - SIDES) / (Pt(size) * BOLD), ems)
    return size, int(Pt(size) * (LINE * lines + 0.5))


def points_height(points: Sequence[str], width: int, size: int = POINT_SIZES[0]) -> int:
    """Return how high sentences get, one a paragraph.

    Parameters
    ----------
    points : sequence of str
        Any number.
    width : int
        Of their box.
    size : int
        Points they are set in.

    Returns
    -------
    int
        English metric units; 0 for none.
    """
    if not points:
        return 0
    room = (width - SIDES) / Pt(size)
    lines = sum(wrapped_lines(plain(one), room, ems) for one in points)
    return int(Pt(size) * (LINE * lines + 0.4 * len(points))) + Inches(0.12)


def largest_size(points: Sequence[str], area: Area, sizes: Sequence[int] = ALONE_SIZES) -> int:
    """Return the size that sentences are set in.

    Parameters
    ----------
    points : sequence of str
        Any number.
    area : Area
        Their room.
    sizes : sequence of int
        Points to try, in order.

    Returns
    -------
    int
        Points: the largest at which all of them fit, else the smallest.
    """
    fitting = (size for size in sizes if points_height(points, area.width, size) <= area.height)
    return next(fitting, sizes[-1])
