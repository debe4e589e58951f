"""Charts in a company's colours: those of its theme in place of ours.

The question: how do bands stay bands?  Each of our colours is a shade of the theme's first accent, or of its second;
shades of one accent keep their order from dark to light whatever the accent is, and so are told apart in grey.

What it leaves out: fonts and masters, which slides inherit.
"""

from __future__ import annotations

from typing import Any, Final

from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement

from funnelsim.outputs.deck.chart_parts import BARS, DOWN, INNER, MEDIAN, MIDDLE, OUTER, PLAN, UP

SHADES: Final[dict[str, tuple[str, int, int]]] = {
    MEDIAN: ("accent1", 50, 0),
    INNER: ("accent1", 100, 0),
    UP: ("accent1", 100, 0),
    MIDDLE: ("accent1", 60, 40),
    OUTER: ("accent1", 20, 80),
    PLAN: ("accent2", 75, 0),
    BARS[1]: ("accent2", 60, 40),
}
"""Accent, and per cent of its lightness kept and added."""
DARK: Final = 0.18
"""Relative luminance below which white words stand out more than black ones."""


def in_company_colours(presentation: Any) -> None:
    """Put a theme's accents in place of the colours of native charts.

    Parameters
    ----------
    presentation : pptx Presentation
        With all its slides; its charts are changed.
    """
    assert BARS[1] == DOWN, "a fall has the colour of a second bar"
    ink = "FFFFFF" if _luminance(_accent(presentation)) < DARK else "000000"
    for slide in presentation.slides:
        for shape in slide.shapes:
            if shape.has_chart:
                _recolour(shape.chart._chartSpace, ink)


def _recolour(space: Any, ink: str) -> None:
    for colour in list(space.iter(qn("a:srgbClr"))):
        name = colour.get("val")
        if name in SHADES:
            colour.getparent().replace(colour, _themed(*SHADES[name]))
        elif name == "FFFFFF":  # words on bars of the first accent
            colour.set("val", ink)


def _themed(accent: str, kept: int, added: int) -> Any:
    element = OxmlElement("a:schemeClr")
    element.set("val", accent)
    for tag, share in (("a:lumMod", kept), ("a:lumOff", added)):
        if share not in {0, 100}:
            change = OxmlElement(tag)
            change.set("val", str(share * 1000))
            element.append(change)
    return element


def _accent(presentation: Any) -> str:
    """Return the first accent of the first master's theme as six hex digits."""
    theme = presentation.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    accent = parse_xml(theme.blob).find(f".//{qn('a:accent1')}")
    colour = None if accent is None else accent.find(qn("a:srgbClr"))
    return "000000" if colour is None else colour.get("val")


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour as WCAG 2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
