"""Slides of a board pack: one message a slide, its chart and its numbers, and where they come from at the foot.

What does each slide say?  Titles are sentences; the definitions are in the speaker notes; the foot holds the track
record and where the numbers come from, so that a slide that travels alone can be traced.

What it leaves out: what is said (``outputs/packs``), what stands where (:mod:`funnelsim.outputs.deck.slide_plan`) and
how charts and tables are drawn.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from funnelsim.model.board_pack import Pack
from funnelsim.outputs.deck.areas import (
    FOOT,
    GAP,
    POINT_SIZES,
    SIDES,
    Area,
    body,
    ems,
    largest_size,
    points_height,
    title_size,
)
from funnelsim.outputs.deck.company_colours import in_company_colours
from funnelsim.outputs.deck.native_charts import add_chart
from funnelsim.outputs.deck.slide_plan import SlidePart, split
from funnelsim.outputs.deck.slide_tables import draw_table
from funnelsim.outputs.deck.template import opened
from funnelsim.outputs.office_bytes import fixed
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.wrapped_lines import wrapped_lines

SMALL_PRINT: Final = 10


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
    presentation, layout, whole = opened(template)
    parts = [part for exhibit in pack.all for part in split(exhibit, whole)]
    for number, part in enumerate(parts, start=1):
        _add(presentation.slides.add_slide(layout), part, pack, whole, f"{number} of {len(parts)}")
    if template is not None:
        in_company_colours(presentation)
    properties = presentation.core_properties
    properties.title, properties.subject = plain(pack.title, 200), plain(pack.subtitle, 200)
    properties.author = properties.last_modified_by = "funnelsim"
    stream = io.BytesIO()
    presentation.save(stream)
    return fixed(stream.getvalue())


def _add(slide: Any, part: SlidePart, pack: Pack, whole: Area, page: str) -> None:
    exhibit = part.exhibit
    _title(slide, exhibit.title, whole)
    for shape in list(slide.placeholders):
        if shape.placeholder_format.idx != slide.shapes.title.placeholder_format.idx:
            shape._element.getparent().remove(shape._element)
    _fill(slide, part, body(exhibit.title, whole))
    _foot(slide, pack, page, Area(whole.left, whole.top + whole.height - FOOT, whole.width, FOOT))
    slide.notes_slide.notes_text_frame.text = "\n".join(
        plain(one) for one in (*exhibit.points, *exhibit.notes, pack.track)
    )


def _title(slide: Any, words: str, whole: Area) -> None:
    size, height = title_size(words, whole.width)
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = Area(whole.left, whole.top, whole.width, height).place
    frame = title.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    frame.text = plain(words)
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
        for run in paragraph.runs:
            run.font.size, run.font.bold = Pt(size), True


def _fill(slide: Any, part: SlidePart, room: Area) -> None:
    """Put chart, table and sentences where the plan has them."""
    exhibit, layout = part.exhibit, part.layout
    if part.arrangement == "words":
        _points(slide, exhibit.points, room, largest_size(exhibit.points, room))
        return
    if part.arrangement == "words beside table" and layout is not None:
        right = room.right_of(layout.width)
        _points(slide, exhibit.points, right, largest_size(exhibit.points, right))
    low = points_height(exhibit.points, room.width)
    space = room.above(low) if exhibit.chart is not None else room
    strip = Area(room.left, room.top + room.height - low, room.width, low)
    if exhibit.chart is not None:
        _points(slide, exhibit.points, strip)
        add_chart(slide, exhibit.chart, _chart_area(part, space).place, exhibit.alt)
    if exhibit.table is not None and layout is not None:
        area = _table_area(part, space)
        draw_table(slide, exhibit.table, layout, area, f"Table: {exhibit.title}")
        if part.arrangement == "table":
            below = Area(room.left, area.top + layout.height + GAP, room.width, room.height - layout.height - GAP)
            _points(slide, exhibit.points, below, largest_size(exhibit.points, below, POINT_SIZES))


def _chart_area(part: SlidePart, space: Area) -> Area:
    if part.layout is None or part.arrangement == "chart":
        return space
    if part.arrangement == "beside chart":
        return Area(space.left, space.top, space.width - part.layout.width - GAP, space.height)
    return space.above(part.layout.height + int(Inches(0.1)))


def _table_area(part: SlidePart, space: Area) -> Area:
    layout = part.layout
    assert layout is not None, "a table that is drawn has a layout"
    if part.arrangement == "beside chart":
        return Area(space.left + space.width - layout.width, space.top, layout.width, layout.height)
    if part.arrangement == "below chart":
        return Area(space.left, space.top + space.height - layout.height, layout.width, layout.height)
    return space


def _points(slide: Any, points: Sequence[str], area: Area, size: int = POINT_SIZES[0]) -> None:
    """Write sentences, one a paragraph."""
    if not points:
        return
    box = slide.shapes.add_textbox(*area.place)
    frame = box.text_frame
    frame.word_wrap = True
    for place, words in enumerate(points):
        paragraph = frame.paragraphs[0] if not place else frame.add_paragraph()
        run = paragraph.add_run()
        run.text, run.font.size = plain(words), Pt(size)
        paragraph.space_after = Pt(size * 0.4)


def _foot(slide: Any, pack: Pack, page: str, area: Area) -> None:
    """Write the track record and where the numbers come from."""
    made = pack.provenance
    luck = f"{made.replications:,} futures, seed {made.seed}" if made.replications else ""
    words = (
        f"as of {made.as_of}",
        f"{plain(made.input_name, 32)} {made.input_sha256[:12]}",
        luck,
        f"funnelsim {made.version}",
    )
    narrow = Inches(1.2)
    track = plain(pack.track, 260)
    room = (area.width - narrow - SIDES) / Pt(SMALL_PRINT)
    first = page.startswith("1 of ") and wrapped_lines(track, room, ems) == 1
    about = [plain(f"{pack.title}, {pack.subtitle}", 160)] if first else []
    lines = (*about, track, " | ".join(plain(one) for one in words if one))
    _small_print(slide, lines, Area(area.left, area.top, area.width - narrow, area.height))
    right = Area(area.left + area.width - narrow, area.top, narrow, area.height)
    _small_print(slide, (page,), right, PP_ALIGN.RIGHT)


def _small_print(slide: Any, lines: Sequence[str], area: Area, alignment: Any = PP_ALIGN.LEFT) -> None:
    box = slide.shapes.add_textbox(*area.place)
    frame = box.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.BOTTOM
    frame.margin_top = frame.margin_bottom = Emu(0)
    for place, words in enumerate(lines):
        paragraph = frame.paragraphs[0] if not place else frame.add_paragraph()
        paragraph.alignment = alignment
        run = paragraph.add_run()
        run.text, run.font.size = words, Pt(SMALL_PRINT)
