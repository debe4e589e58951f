"""Which slides an exhibit becomes, and what stands where on each.

The question: does everything fit, in letters that a board can read?  A narrow table stands beside its chart, a low one
below it, any other on the next slide; long tables and many sentences go on, and say so.

What it leaves out: drawing (:mod:`funnelsim.outputs.deck.slides`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from funnelsim.model.board_pack import Exhibit, Quantity, Table
from funnelsim.outputs.deck.areas import ALONE_SIZES, GAP, POINT_SIZES, Area, body, points_height
from funnelsim.outputs.deck.slide_tables import SIZES, TableLayout, fitted, readable, table_layout

Arrangement = Literal["words", "chart", "beside chart", "below chart", "table", "words beside table"]

BESIDE: Final = 0.42
"""Part of a slide's width that a table beside a chart may take."""
BELOW: Final = 0.38
"""Part of a slide's height that a table below a chart may take."""
NARROW: Final = 0.5
"""Part of a slide's width that a table beside sentences may take."""
MOST_SLIDES: Final = 3
"""Slides that one list may take; the workbook and the page have all of it."""
Rows = tuple[tuple[str | Quantity, ...], ...]


@dataclass(frozen=True)
class SlidePart:
    """One slide.

    Attributes
    ----------
    exhibit : Exhibit
        What it shows, and no more than that.
    arrangement : Arrangement
        What stands where.
    layout : TableLayout or None
        Of its table.
    """

    exhibit: Exhibit
    arrangement: Arrangement
    layout: TableLayout | None = None


def split(exhibit: Exhibit, whole: Area) -> Iterator[SlidePart]:
    """Cut an exhibit into slides.

    Parameters
    ----------
    exhibit : Exhibit
        One message.
    whole : Area
        A slide without its margins.

    Yields
    ------
    SlidePart
        What fits on one slide; the later ones carry the rest of table and sentences, and say so.
    """
    if exhibit.chart is not None:
        yield from _with_chart(exhibit, whole)
    elif exhibit.table is not None:
        yield from _with_table(exhibit, whole)
    else:
        yield from _words(exhibit, whole)


def _continued(exhibit: Exhibit) -> Exhibit:
    """Return an exhibit without anything in it yet, for the next slide."""
    title = exhibit.title if exhibit.title.endswith("(continued)") else f"{exhibit.title} (continued)"
    return replace(exhibit, title=title, chart=None, table=None, points=())


def _with_chart(exhibit: Exhibit, whole: Area) -> Iterator[SlidePart]:
    room, table, points = body(exhibit.title, whole), exhibit.table, exhibit.points
    low = points_height(points, room.width)
    if low > room.height // 3:  # the picture comes first; sentences get a slide of their own
        yield from _with_chart(replace(exhibit, points=()), whole)
        yield from _words(replace(_continued(exhibit), points=points), whole)
        return
    space = room.above(low)
    if table is None:
        yield SlidePart(exhibit, "chart")
        return
    beside = fitted(table, int(space.width * BESIDE), space.height, SIZES[1:2])
    below = fitted(table, space.width, int(space.height * BELOW), SIZES[1:2])
    if beside is not None:
        yield SlidePart(exhibit, "beside chart", beside)
    elif below is not None:
        yield SlidePart(exhibit, "below chart", below)
    else:
        yield SlidePart(replace(exhibit, table=None), "chart")
        yield from _with_table(replace(_continued(exhibit), table=table), whole)


def _with_table(exhibit: Exhibit, whole: Area) -> Iterator[SlidePart]:
    room, table, points = body(exhibit.title, whole), exhibit.table, exhibit.points
    assert table is not None, "a table is set where there is one"
    low = points_height(points, room.width, POINT_SIZES[-1])
    beside = fitted(table, int(room.width * NARROW), room.height, unbroken=True) if points else None
    right = room.right_of(beside.width) if beside is not None else room
    at_once = fitted(table, room.width, room.height - low - (GAP if points else 0), SIZES[:3])
    if beside is not None and points_height(points, right.width, ALONE_SIZES[-1]) <= room.height:
        yield SlidePart(exhibit, "words beside table", beside)
    elif at_once is not None:
        yield SlidePart(exhibit, "table", at_once)
    elif points:
        alone = fitted(table, room.width, room.height)
        free = room.height - GAP - alone.height if alone is not None else room.height // 2
        count = _that_fit(points, room.width, free, POINT_SIZES[-1])
        first = replace(exhibit, points=points[:count])
        yield from _with_table(first, whole) if alone is not None else _pages(first, table, whole)
        if points[count:]:
            yield from _words(replace(_continued(exhibit), points=points[count:]), whole)
    else:
        yield from _pages(exhibit, table, whole)


def _that_fit(points: Sequence[str], width: int, height: int, size: int) -> int:
    """Return how many of the first sentences fit into a room."""
    return sum(points_height(points[:count], width, size) <= height for count in range(1, len(points) + 1))


def _pages(exhibit: Exhibit, table: Table, whole: Area) -> Iterator[SlidePart]:
    """Cut a table into slides; sentences stand on the first one."""
    room = body(exhibit.title, whole)
    low = points_height(exhibit.points, room.width)
    later = _continued(exhibit)
    highest = [room.above(low + (GAP if low else 0)).height, body(later.title, whole).height]
    chunks = _chunks(readable(table, room.width), highest)
    pages = _shortened(table, [table.rows[start:stop] for start, stop in chunks])
    for place, rows in enumerate(pages):
        part = Table(table.headers, rows, table.total and place == len(pages) - 1)
        shown = replace(later if place else exhibit, table=part)
        yield SlidePart(shown, "table", table_layout(part, room.width, readable(table, room.width).size))


def _chunks(layout: TableLayout, highest: Sequence[int]) -> list[tuple[int, int]]:
    """Cut rows into slides by their heights: the first and last row of each."""
    chunks: list[tuple[int, int]] = []
    start, head = 0, layout.heights[0]
    used = head
    for row, height in enumerate(layout.heights[1:]):
        if row > start and used + height > highest[min(len(chunks), 1)]:
            chunks.append((start, row))
            start, used = row, head
        used += height
    return [*chunks, (start, len(layout.heights) - 1)]


def _shortened(table: Table, pages: list[Rows]) -> list[Rows]:
    """Keep a long list to a few slides, and say what is left out and where it stands."""
    left = sum(len(rows) for rows in pages[MOST_SLIDES:])
    if not left or table.total:
        return pages
    *kept, last = pages[:MOST_SLIDES]
    words = f"and {left + 1:,} more: in the workbook and on the page"
    return [*kept, (*last[:-1], (words, *[""] * (len(table.headers) - 1)))]


def _words(exhibit: Exhibit, whole: Area) -> Iterator[SlidePart]:
    """Write sentences on slides of their own, as many as fit on each."""
    room = body(_continued(exhibit).title, whole)
    rest = exhibit.points
    shown = exhibit
    while True:
        count = max(1, _that_fit(rest, room.width, room.height, ALONE_SIZES[-1]))
        yield SlidePart(replace(shown, points=rest[:count]), "words")
        rest = rest[count:]
        if not rest:
            return
        shown = _continued(exhibit)
