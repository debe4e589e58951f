"""Slides of a board pack: one message a slide, its chart and its numbers, and where they come from at the foot.

What does each slide say, and does it fit?  Titles are sentences; tables too long for a slide go on to the next one; the
definitions are in the speaker notes.

What it leaves out: what is said (``outputs/packs``) and how charts are drawn
(:mod:`funnelsim.outputs.deck.native_charts`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from funnelsim.model.board_pack import Exhibit, Pack, Quantity, Table
from funnelsim.outputs.deck.native_charts import add_chart
from funnelsim.outputs.deck.template import opened
from funnelsim.outputs.office_bytes import fixed
from funnelsim.outputs.plain_text import plain

BESIDE_ROWS: Final = 9
"""Rows of a table that stands beside a chart; a longer one gets a slide of its own."""
BELOW_ROWS: Final = 3
"""Rows of a wide table that stands below a chart."""
SLIDE_LINES: Final = 14
"""Lines of a table that fill a slide."""
MOST_SLIDES: Final = 3
"""Slides that one list may take; the workbook and the page have all of it."""
SLIDE_LETTERS: Final = 140
"""Letters of a table's print across a slide, in a wide font."""
BESIDE_COLUMNS: Final = 4
POINT_LETTERS: Final = 1_100
"""Letters of sentences that a slide without a chart has room for."""
LONGEST_CELL: Final = 96
_SIZES: Final = ((70, 28), (150, 24), (100_000, 20))
"""Letters of a title, and the points it is set in: a board reads it from the other end of the room."""
_LETTERS_A_LINE: Final = {28: 52, 24: 61, 20: 74}
"""On a slide 13 inches wide, in a wide bold font: a template may have one."""


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


def deck_bytes(pack: Pack, template: bytes | None = None) -> bytes:
    """Return the slides of a pack.

    Parameters
    ----------
    pack : Pack
        What is shown.
    template : bytes, optional
        A company's PPTX, whose masters, fonts and colours are used.

    Returns
    -------
    bytes
        PPTX, the same bytes for the same pack and template.
    """
    presentation, layout = opened(template)
    parts = [part for exhibit in pack.all for part in split(exhibit)]
    for number, exhibit in enumerate(parts, start=1):
        _add(presentation, layout, exhibit, pack, f"{number} of {len(parts)}")
    properties = presentation.core_properties
    properties.title, properties.subject = plain(pack.title, 200), plain(pack.subtitle, 200)
    properties.author = properties.last_modified_by = "funnelsim"
    stream = io.BytesIO()
    presentation.save(stream)
    return fixed(stream.getvalue())


def split(exhibit: Exhibit) -> Iterator[Exhibit]:
    """Cut an exhibit into slides.

    Parameters
    ----------
    exhibit : Exhibit
        One message.

    Yields
    ------
    Exhibit
        What fits on one slide; the later ones carry the rest of the table, and say so.
    """
    table = exhibit.table
    if table is None:
        yield exhibit
        return
    if exhibit.chart is not None and not (_beside(table) or len(table.rows) <= BELOW_ROWS):
        yield replace(exhibit, table=None)
        exhibit = replace(exhibit, chart=None, points=(), title=_continued(exhibit.title))
    most = SLIDE_LINES if not exhibit.points else SLIDE_LINES - 2 - 2 * len(exhibit.points)
    chunks = _shortened(table, _chunks(table, max(most, 4))) if exhibit.chart is None else [table.rows]
    for place, rows in enumerate(chunks):
        last = place == len(chunks) - 1
        yield replace(
            exhibit,
            title=exhibit.title if not place else _continued(exhibit.title),
            table=Table(table.headers, rows, table.total and last),
            points=exhibit.points if not place else (),
        )


def _beside(table: Table) -> bool:
    return len(table.rows) <= BESIDE_ROWS and len(table.headers) <= BESIDE_COLUMNS


def _chunks(table: Table, most: int) -> list[tuple[tuple[str | Quantity, ...], ...]]:
    """Cut rows into slides, counting the lines that their longest cells wrap to."""
    chunks: list[list[tuple[str | Quantity, ...]]] = [[]]
    used = 0
    for row, lines in zip(table.rows, _lines(table), strict=True):
        if chunks[-1] and used + lines > most:
            chunks.append([])
            used = 0
        chunks[-1].append(row)
        used += lines
    return [tuple(rows) for rows in chunks]


def _shortened(
    table: Table, chunks: list[tuple[tuple[str | Quantity, ...], ...]]
) -> list[tuple[tuple[str | Quantity, ...], ...]]:
    """Keep a long list to a few slides, and say what is left out and where it stands."""
    left = sum(len(rows) for rows in chunks[MOST_SLIDES:])
    if not left or table.total:
        return chunks
    *kept, last = chunks[:MOST_SLIDES]
    words = f"and {left + 1:,} more: in the workbook and on the page"
    return [*kept, (*last[:-1], (words, *[""] * (len(table.headers) - 1)))]


def _lines(table: Table) -> list[int]:
    """Return how many lines each row takes on a slide as wide as ours."""
    widths = _widths(table, SLIDE_LETTERS)
    return [
        max(-(-len(_words(cell)) // max(width - 2, 4)) for cell, width in zip(row, widths, strict=True))
        for row in table.rows
    ]


def _continued(title: str) -> str:
    return title if title.endswith("(continued)") else f"{title} (continued)"


def _add(presentation: Any, layout: Any, exhibit: Exhibit, pack: Pack, page: str) -> None:
    slide = presentation.slides.add_slide(layout)
    whole = _inside(presentation)
    body = _title(slide, exhibit.title, whole)
    for shape in list(slide.placeholders):
        if shape.placeholder_format.idx != slide.shapes.title.placeholder_format.idx:
            shape._element.getparent().remove(shape._element)
    foot = Inches(0.45)
    body = replace(body, height=body.height - foot)
    body = _points(slide, exhibit, body)
    _body(slide, exhibit, body)
    _foot(slide, pack, page, Area(whole.left, whole.top + whole.height - foot, whole.width, foot))
    slide.notes_slide.notes_text_frame.text = "\n".join(
        plain(one) for one in (*exhibit.points, *exhibit.notes, pack.track)
    )


def _inside(presentation: Any) -> Area:
    margin, edge = Inches(0.6), Inches(0.3)
    width, height = presentation.slide_width, presentation.slide_height
    return Area(margin, edge, width - 2 * margin, height - 2 * edge)


def _title(slide: Any, words: str, whole: Area) -> Area:
    """Write the message, and return the room below it."""
    text = plain(words)
    size = next(points for letters, points in _SIZES if len(text) <= letters)
    letters = _LETTERS_A_LINE[size] * whole.width / Inches(12.133)
    lines = max(1, -(-len(text) // int(letters)))
    title = slide.shapes.title
    height = int(Pt(size) * (1.2 * lines + 0.5))
    title.left, title.top, title.width, title.height = Area(whole.left, whole.top, whole.width, height).place
    frame = title.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    frame.text = text
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
        for run in paragraph.runs:
            run.font.size, run.font.bold = Pt(size), True
    below = whole.top + height + Inches(0.15)
    return Area(whole.left, int(below), whole.width, int(whole.top + whole.height - below))


def _points(slide: Any, exhibit: Exhibit, body: Area) -> Area:
    """Write the further sentences at the bottom of the room, and return what is left above them."""
    points = [plain(one) for one in exhibit.points]
    if not points:
        return body
    alone = exhibit.chart is None and exhibit.table is None
    size = 18 if alone else 14
    letters = (_LETTERS_A_LINE[20] * 22 // size) * body.width / Inches(12.133)
    lines = sum(max(1, -(-len(one) // int(letters))) for one in points)
    height = body.height if alone else min(int(Pt(size) * (1.25 * lines + 0.45 * len(points) + 0.6)), body.height // 2)
    box = slide.shapes.add_textbox(*Area(body.left, body.top + body.height - height, body.width, height).place)
    frame = box.text_frame
    frame.word_wrap = True
    for place, words in enumerate(points):
        paragraph = frame.paragraphs[0] if not place else frame.add_paragraph()
        run = paragraph.add_run()
        run.text, run.font.size = words, Pt(size)
        paragraph.space_after = Pt(size * 0.4)
    return replace(body, height=body.height - height)


def _body(slide: Any, exhibit: Exhibit, body: Area) -> None:
    if exhibit.chart is not None and exhibit.table is not None and not _beside(exhibit.table):
        low = int(Inches(0.42) * (len(exhibit.table.rows) + 1))
        add_chart(slide, exhibit.chart, replace(body, height=body.height - low - Inches(0.1)).place, exhibit.alt)
        _table(slide, exhibit, replace(body, top=body.top + body.height - low, height=low))
    elif exhibit.chart is not None and exhibit.table is not None:
        left = int(body.width * 0.58)
        add_chart(slide, exhibit.chart, replace(body, width=left).place, exhibit.alt)
        gap = Inches(0.2)
        _table(slide, exhibit, Area(body.left + left + gap, body.top, body.width - left - gap, body.height))
    elif exhibit.chart is not None:
        add_chart(slide, exhibit.chart, body.place, exhibit.alt)
    elif exhibit.table is not None:
        _table(slide, exhibit, body)


def _table(slide: Any, exhibit: Exhibit, body: Area) -> None:
    table = exhibit.table
    assert table is not None, "a table is drawn where there is one"
    rows = len(table.rows) + 1
    tall = [1, *_lines(table)] if exhibit.chart is None else [1] * rows
    row_height = min(Inches(0.42), int(body.height / max(sum(tall), 1)))
    frame = slide.shapes.add_table(rows, len(table.headers), *replace(body, height=row_height * sum(tall)).place)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(f"Table: {exhibit.title}", 400))
    drawn = frame.table
    drawn.last_row = table.total
    for column, width in enumerate(_widths(table, body.width)):
        drawn.columns[column].width = Emu(width)
    size = Pt(14 if rows <= 10 and len(table.headers) <= 4 and exhibit.chart is None else 12)
    for row, lines in zip(drawn.rows, tall, strict=True):
        row.height = Emu(row_height * lines)
    for row, cells in enumerate((table.headers, *table.rows)):
        for column, cell in enumerate(cells):
            numeric = _numeric(table, column)
            _cell(
                drawn.cell(row, column), cell, size, right=numeric, bold=row == 0 or (table.total and row == rows - 1)
            )


def _numeric(table: Table, column: int) -> bool:
    return any(isinstance(row[column], Quantity) for row in table.rows)


def _widths(table: Table, width: int) -> list[int]:
    """Share the width out by the longest text of each column, none below a twelfth."""
    letters = [
        max(min(len(_words(cell)), 44) + 3 for cell in (header, *(row[column] for row in table.rows)))
        for column, header in enumerate(table.headers)
    ]
    least = sum(letters) / 12
    letters = [max(one, int(least)) for one in letters]
    return [int(width * one / sum(letters)) for one in letters]


def _words(cell: str | Quantity) -> str:
    return cell.text if isinstance(cell, Quantity) else plain(cell, LONGEST_CELL)


def _cell(place: Any, cell: str | Quantity, size: Any, *, right: bool, bold: bool) -> None:
    place.margin_top = place.margin_bottom = Inches(0.03)
    place.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = place.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text, run.font.size, run.font.bold = _words(cell), size, bold


def _foot(slide: Any, pack: Pack, page: str, area: Area) -> None:
    """Write where the numbers come from, so that a slide that travels alone can be traced."""
    made = pack.provenance
    words: Sequence[str] = (
        f"as of {made.as_of}",
        f"{plain(made.input_name, 32)} {made.input_sha256[:12]}",
        f"{made.replications:,} futures, seed {made.seed}",
        f"funnelsim {made.version}",
    )
    narrow = Inches(1.2)
    _small_print(slide, " | ".join(plain(one) for one in words), replace(area, width=area.width - narrow))
    right = Area(area.left + area.width - narrow, area.top, narrow, area.height)
    _small_print(slide, page, right).alignment = PP_ALIGN.RIGHT


def _small_print(slide: Any, words: str, area: Area) -> Any:
    box = slide.shapes.add_textbox(*area.place)
    box.text_frame.word_wrap = True
    box.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
    paragraph = box.text_frame.paragraphs[0]
    run = paragraph.add_run()
    run.text, run.font.size = words, Pt(10)
    return paragraph
