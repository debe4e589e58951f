"""Tables of a deck: how wide their columns and how high their rows must be, and how they are drawn.

The question: which size of letters breaks no word and cuts no text?  Columns get what their longest text takes where
there is room for all of them; else no less than their longest word, and cells go on in further lines.

What it leaves out: which rows stand on which slide (:mod:`funnelsim.outputs.deck.slide_plan`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from funnelsim.model.board_pack import Quantity, Table
from funnelsim.outputs.deck.areas import BOLD, LINE, SIDES, Area, ems
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.wrapped_lines import wrapped_lines

SIZES: Final = (14, 12, 11, 10)
LONGEST_CELL: Final = 400
LONGEST_WORD: Final = 22.0
"""Width of a word, in parts of its size, that a column is made wide enough for; a longer one is broken."""
TOPS: Final = Inches(0.1)
"""What it leaves free above and below together."""
STRETCH: Final = 1.3
"""How much wider than its text a table may get: numbers far from their names are hard to read."""


@dataclass(frozen=True)
class TableLayout:
    """How a table is set.

    Attributes
    ----------
    size : int
        Of its letters, in points.
    widths : tuple of int, (column,)
        English metric units.
    heights : tuple of int, (header and rows,)
        English metric units; the header first.
    whole : bool
        Whether no word is broken.
    unbroken : bool
        Whether no cell is.
    """

    size: int
    widths: tuple[int, ...]
    heights: tuple[int, ...]
    whole: bool
    unbroken: bool

    @property
    def width(self) -> int:
        """Of the table."""
        return sum(self.widths)

    @property
    def height(self) -> int:
        """Of the table, its header included."""
        return sum(self.heights)


def table_layout(table: Table, width: int, size: int) -> TableLayout:
    """Set a table in letters of one size.

    Parameters
    ----------
    table : Table
        With a column at least.
    width : int
        What it may take, in English metric units.
    size : int
        Points.

    Returns
    -------
    TableLayout
        No wider than asked.
    """
    natural, least = zip(*(_column(table, column, size) for column in range(len(table.headers))), strict=True)
    if sum(natural) <= width:
        factor = min(STRETCH, width / sum(natural))
        widths = tuple(int(one * factor) for one in natural)
    elif sum(least) <= width:
        wanted = [one - other for one, other in zip(natural, least, strict=True)]
        free = (width - sum(least)) / sum(wanted)
        widths = tuple(int(one + free * more) for one, more in zip(least, wanted, strict=True))
    else:
        widths = tuple(int(width * one / sum(least)) for one in least)
    rows = ((table.headers, BOLD), *((cells, _weight(table, row)) for row, cells in enumerate(table.rows)))
    heights = tuple(_height(cells, widths, size, weight) for cells, weight in rows)
    return TableLayout(size, widths, heights, sum(least) <= width, sum(natural) <= width)


def fitted(
    table: Table, width: int, height: int, sizes: Sequence[int] = SIZES[:2], *, unbroken: bool = False
) -> TableLayout | None:
    """Return the largest setting of a table that fits.

    Parameters
    ----------
    table : Table
        What.
    width, height : int
        The room, in English metric units.
    sizes : sequence of int
        Points to try, in order.
    unbroken : bool
        Whether each cell must stand on one line.

    Returns
    -------
    TableLayout or None
        None where no size fits whole words into the room.
    """
    settings = (table_layout(table, width, size) for size in sizes)
    flat = [one for one in settings if one.whole and one.height <= height]
    return next((one for one in flat if not unbroken or one.unbroken), None)


def readable(table: Table, width: int) -> TableLayout:
    """Return the setting of a table that is cut into slides.

    Parameters
    ----------
    table : Table
        What.
    width : int
        Of a slide, in English metric units.

    Returns
    -------
    TableLayout
        In 12 points, or in fewer where words would be broken.
    """
    settings = [table_layout(table, width, size) for size in SIZES[1:]]
    return next((one for one in settings if one.whole), settings[-1])


def draw_table(slide: Any, table: Table, layout: TableLayout, area: Area, alt: str) -> None:
    """Draw a table at the top left of an area.

    Parameters
    ----------
    slide : pptx Slide
        Where.
    table : Table
        What.
    layout : TableLayout
        Its own.
    area : Area
        No smaller than the layout.
    alt : str
        What it shows.
    """
    rows = len(table.rows) + 1
    place = Area(area.left, area.top, layout.width, layout.height).place
    frame = slide.shapes.add_table(rows, len(table.headers), *place)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(alt, 400))
    drawn = frame.table
    drawn.last_row = table.total
    for column, width in zip(drawn.columns, layout.widths, strict=True):
        column.width = Emu(width)
    for row, height in zip(drawn.rows, layout.heights, strict=True):
        row.height = Emu(height)
    for row, cells in enumerate((table.headers, *table.rows)):
        bold = row == 0 or (table.total and row == rows - 1)
        for column, cell in enumerate(cells):
            right = any(isinstance(one[column], Quantity) for one in table.rows)
            _cell(drawn.cell(row, column), cell, layout.size, right=right, bold=bold)


def _column(table: Table, column: int, size: int) -> tuple[int, int]:
    """Return the width that a column's texts take on one line each, and that of its longest word."""
    rows = ((table.headers, BOLD), *((cells, _weight(table, row)) for row, cells in enumerate(table.rows)))
    natural = least = 0.0
    for cells, weight in rows:
        words = _words(cells[column])
        letter = Pt(size) * weight
        natural = max(natural, ems(words) * letter)
        parts = [words] if isinstance(cells[column], Quantity) else words.split(" ")  # a number is not broken
        least = max(least, min(max(map(ems, parts)), LONGEST_WORD) * letter)
    return int(natural) + SIDES, int(least) + SIDES


def _weight(table: Table, row: int) -> float:
    return BOLD if table.total and row == len(table.rows) - 1 else 1.0


def _height(cells: Sequence[str | Quantity], widths: Sequence[int], size: int, weight: float) -> int:
    rooms = ((width - SIDES) / (Pt(size) * weight) + 0.01 for width in widths)
    lines = max(wrapped_lines(_words(cell), max(room, 1.0), ems) for cell, room in zip(cells, rooms, strict=True))
    return int(Pt(size) * LINE * lines) + TOPS


def _words(cell: str | Quantity) -> str:
    return cell.text if isinstance(cell, Quantity) else plain(cell, LONGEST_CELL)


def _cell(place: Any, cell: str | Quantity, size: int, *, right: bool, bold: bool) -> None:
    place.margin_top = place.margin_bottom = Inches(0.03)
    place.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = place.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text, run.font.size, run.font.bold = _words(cell), Pt(size), bold
