"""The presentation that slides are added to: our own plain one, or a company's template with its own slides taken out.

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

WIDE: Final = (Inches(13.333), Inches(7.5))
_TITLES: Final = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
_SMALL: Final = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)


def opened(template: bytes | None) -> tuple[Any, Any]:
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
    return presentation, min(layouts, key=_clutter)


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
