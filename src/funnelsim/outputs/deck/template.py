"""The presentation that slides are added to: our own plain one, or a company's template with its own slides taken out.

The question: where may be written?  On a company's slide, from where its layout has the title down to where its footers
begin, so that logos and rules of the master stay free.

What it leaves out: what is put on the slides (:mod:`funnelsim.outputs.deck.slides`).
"""

from __future__ import annotations

import io
import zipfile
from typing import Any, Final

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml.ns import qn
from pptx.util import Inches

from funnelsim.errors import DataError, Problem
from funnelsim.outputs.deck.areas import Area, inside

WIDE: Final = (Inches(13.333), Inches(7.5))
_TITLES: Final = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
_SMALL: Final = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)


def opened(template: bytes | None) -> tuple[Any, Any, Area]:
    """Return an empty presentation and the layout that slides are made of.

    Parameters
    ----------
    template : bytes or None
        A company's PPTX; None for our own plain wide one.

    Returns
    -------
    presentation : pptx Presentation
        Without slides; masters, fonts and colours are the template's.
    layout : pptx SlideLayout
        With a title and as little else as the template offers.
    whole : Area
        What may be written on.

    Raises
    ------
    DataError
        If the template is no PPTX, holds macros, or has no layout with a title.
    """
    if template is None:
        presentation = Presentation()
        presentation.slide_width, presentation.slide_height = WIDE
    else:
        presentation = Presentation(io.BytesIO(_checked(template)))
    _without_slides(presentation)
    layouts = [one for one in presentation.slide_layouts if _has_title(one)]
    if not layouts:
        rule, hint = "a presentation with a layout that has a title", "add a 'Title Only' layout to it"
        raise DataError(Problem("template", "layouts", rule, len(presentation.slide_layouts), hint))
    layout = min(layouts, key=_clutter)
    return presentation, layout, inside(presentation) if template is None else _free(presentation, layout)


def _free(presentation: Any, layout: Any) -> Area:
    """Return what a company's layout leaves for title and body; our own margins where it says nothing usable."""
    own = inside(presentation)
    title = next(one for one in layout.placeholders if one.placeholder_format.type in _TITLES)
    edges = (title.left, title.top, title.width)
    if (
        any(edge is None for edge in edges)
        or title.width < own.width // 2
        or title.top > presentation.slide_height // 4
    ):
        return own
    low = presentation.slide_height * 4 // 5
    feet = [one.top for one in (*layout.placeholders, *layout.slide_master.placeholders) if _is_foot(one)]
    bottom = min([top for top in feet if top is not None and top > low], default=own.top + own.height)
    return Area(title.left, title.top, title.width, bottom - title.top)


def _is_foot(placeholder: Any) -> bool:
    return placeholder.placeholder_format.type in _SMALL


def _checked(template: bytes) -> bytes:
    hint = "save it from PowerPoint as a presentation, .pptx"
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as package:
            names = set(package.namelist())
            kinds = package.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    except zipfile.BadZipFile as error:
        raise DataError(Problem("template", "file", "a PPTX file", "something else", hint)) from error
    if any(name.lower().endswith("vbaproject.bin") for name in names) or b"macroEnabled" in kinds:
        raise DataError(Problem("template", "file", "one without macros", "a file with macros", hint))
    if "ppt/presentation.xml" not in names or b"presentationml.presentation.main" not in kinds:
        raise DataError(Problem("template", "file", "a PPTX file", "another kind of document", hint))
    return template


def _without_slides(presentation: Any) -> None:
    """Take a template's own slides out, with what points to them."""
    listed = presentation.slides._sldIdLst
    for slide in list(listed):
        presentation.part.drop_rel(slide.get(qn("r:id")))
        listed.remove(slide)
    sections = presentation.part._element.findall(".//{*}sectionLst")
    for section in sections:  # they name slides that are gone
        holder = section.getparent()
        holder.getparent().remove(holder)


def _has_title(layout: Any) -> bool:
    return any(one.placeholder_format.type in _TITLES for one in layout.placeholders)


def _clutter(layout: Any) -> int:
    """Return how much a layout has beside a title; a centred title is for covers."""
    kinds = [one.placeholder_format.type for one in layout.placeholders]
    return sum(kind not in (*_TITLES, *_SMALL) for kind in kinds) + 2 * (PP_PLACEHOLDER.CENTER_TITLE in kinds)
