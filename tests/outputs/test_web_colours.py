"""Colours of the page and of the other forms: words and marks stand out from their ground, fills differ in grey too.

Contrast is that of WCAG 2 (relative luminance); lightness is CIE L*, from 0 for black to 100 for white.
"""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from funnelsim.outputs import chart_style
from funnelsim.outputs.pictures import picture_frame
from funnelsim.outputs.workbook import sheet_charts

STYLE = (files("funnelsim.outputs.web") / "page.css").read_text(encoding="utf-8")
LIGHTS = ("light", "dark", "paper")
WORDS, MARKS = 4.5, 3.0
"""What WCAG asks of text of any size, and of what must be told apart to understand a chart."""
APART = 12.0
"""Steps of lightness between fills that touch."""

WORD_NAMES = ("ink", "quiet", "link", "planword")
MARK_NAMES = (
    *("ink", "quiet", "inner", "edge", "median", "actual", "plan", "rise", "fall", "total", "fewedge", "b0"),
    *(f"l{k}" for k in range(6)),
)
EDGED = {"outer": "edge", "mid": "edge", "few": "fewedge", "b1": "ink", "b2": "ink", "b3": "ink"}
"""Pale fills, and the colour of the line around each."""
GROUNDS = ("paper", "shade", "rule")
"""What stands behind, and hair lines that carry nothing."""
TOUCHING = (("outer", "mid"), ("mid", "inner"), ("rise", "total"), ("fall", "total"))
BESIDE = (("b0", "b1"), ("b1", "b2"), ("b2", "b3"))


def luminance(colour: str) -> float:
    parts = [int(colour.lstrip("#")[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lightness(colour: str) -> float:
    share = luminance(colour)
    return 116 * share ** (1 / 3) - 16 if share > 216 / 24389 else share * 24389 / 27


def palette(light: str) -> dict[str, str]:
    """The page's colours by name; what a later block leaves out stays as in the first."""
    blocks = [dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block)) for block in re.findall(r":root \{([^}]*)\}", STYLE)]
    assert len(blocks) == len(LIGHTS)
    return blocks[0] | blocks[LIGHTS.index(light)]


def test_black_and_white_are_as_far_apart_as_the_standard_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)
    assert lightness("#777777") == pytest.approx(50.03, abs=0.05)


@pytest.mark.parametrize("light", LIGHTS)
def test_words_and_marks_of_the_page_stand_out(light):
    colours = palette(light)
    for ground in ("paper", "shade"):
        for name in WORD_NAMES:
            assert contrast(colours[name], colours[ground]) >= WORDS, (name, ground)
    for name in (*MARK_NAMES, *EDGED.values()):
        assert contrast(colours[name], colours["paper"]) >= MARKS, name
    assert contrast(colours["plan"], colours["shade"]) >= MARKS, "the ring around what has the focus"


@pytest.mark.parametrize("light", LIGHTS)
def test_fills_of_the_page_differ_in_grey(light):
    colours = palette(light)
    for one, other in (*TOUCHING, *BESIDE):
        assert abs(lightness(colours[one]) - lightness(colours[other])) >= APART, (one, other)
    order = [lightness(colours[name]) for name in ("paper", "outer", "mid", "inner")]
    assert order in (sorted(order), sorted(order, reverse=True)), "the likelier, the further from the ground"


@pytest.mark.parametrize("light", LIGHTS)
def test_every_light_names_the_same_colours(light):
    named = {*WORD_NAMES, *MARK_NAMES, *EDGED, *GROUNDS}
    assert set(palette(light)) == named
    assert set(re.findall(r"var\(--(\w+)\)", STYLE)) <= named


def rules(selector: str) -> str:
    """Everything the style says of a class."""
    found = re.findall(r"^([^{}@]*)\{([^{}]*)\}", STYLE, re.MULTILINE)
    return " ".join(body for names, body in found if selector in re.split(r"[,\s]+", names.strip()))


def test_pale_fills_have_a_line_around_them():
    for name, edge in EDGED.items():
        assert f"stroke: var(--{edge})" in rules(f".{name}"), name


def test_lines_differ_without_their_colour():
    dashes = [re.search(r"stroke-dasharray: ([\d ]+)", rules(f".l{k}")) for k in range(6)]
    looks = ["" if one is None else one.group(1) for one in dashes]
    assert len(set(looks)) == len(looks)
    for name in ("plan", "earlier"):
        assert "stroke-dasharray" in rules(f".{name}"), name


def test_nothing_on_the_page_has_a_colour_of_its_own():
    ruled = re.sub(r":root \{[^}]*\}", "", STYLE)
    scripts = [(files("funnelsim.outputs.web") / f"{name}.js").read_text() for name in ("charts", "explore", "tables")]
    for text in (ruled, *scripts):
        assert not re.search(r"#[0-9a-fA-F]{6}\b|rgba?\(|hsla?\(", text)


OTHER_FORMS = ("deck", "pictures", "workbook")
PALE = {
    "C6DBEF": "band",
    "6BAED6": "band",
    "E69F00": "bar with its number beside it",
    "B8B8B8": "bar with its number beside it",
    "A6A6A6": "bar that rests on few cases, and is named so",
    "E6E6E6": "grid",
    "E0E0E0": "grid",
    "FFFFFF": "paper",
    "FFF2CC": "ground of a cell to type in",
}
"""Colours that need not stand out from paper, and why."""
FILLS = {
    "pictures": picture_frame.FILLS[:4],
    "workbook": sheet_charts.FILLS[:4],
    "bands": (chart_style.OUTER, chart_style.MIDDLE, chart_style.INNER),
    "bands of the workbook": (sheet_charts.OUTER, sheet_charts.MIDDLE, sheet_charts.INNER),
}


@pytest.mark.parametrize("form", OTHER_FORMS)
def test_every_colour_of_the_other_forms_stands_out_or_need_not(form):
    sources = [*(files("funnelsim.outputs") / form).iterdir(), files("funnelsim.outputs") / "chart_style.py"]
    texts = [one.read_text(encoding="utf-8") for one in sources if one.name.endswith(".py")]
    found = {colour.upper() for text in texts for colour in re.findall(r"[\"']#?([0-9A-Fa-f]{6})[\"']", text)}
    assert found
    for colour in found - set(PALE):
        assert contrast(colour, chart_style.PAPER) >= MARKS, colour


@pytest.mark.parametrize("form", FILLS)
def test_fills_beside_each_other_differ_in_grey_in_every_form(form):
    for one, other in zip(FILLS[form], FILLS[form][1:], strict=False):
        assert abs(lightness(one) - lightness(other)) >= APART, (one, other)


def test_words_of_every_form_stand_out():
    for colour in (chart_style.PLAN_WORDS, chart_style.QUIET, chart_style.MEDIAN, chart_style.ACTUAL):
        assert contrast(colour, chart_style.PAPER) >= WORDS


def test_lines_of_every_form_differ_without_their_colour():
    for looks in (picture_frame.DASHED, picture_frame.SHAPES, sheet_charts.DASHES, sheet_charts.MARKERS):
        assert len(set(looks)) == len(looks) == len(picture_frame.STROKES)
