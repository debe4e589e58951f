"""The page on a phone, on paper and without script: nothing is lost, nothing runs over, nothing is left to press."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from sample_pages import PAGES, answer, page_of
from test_packs import FOOT

from funnelsim.outputs.packs.all_packs import pack_of

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True, "device_scale_factor": 3}
SMALLEST_TEXT = 12
SMALLEST_TARGET = 24
"""CSS pixels; the second is WCAG 2.2, success criterion 2.5.8."""

ON_A_PHONE = f"""() => {{
  const shown = (one) => one.checkVisibility() && !one.closest(".unseen, .skip");
  const own = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const all = [...document.body.querySelectorAll("*")].filter(shown);
  const size = (one) => one.getBoundingClientRect();
  const targets = all.filter((one) => one.matches("a, button, select, input:not([type=radio]), summary, label"));
  return {{
    wide: document.documentElement.scrollWidth - innerWidth,
    small: all.filter((one) => own(one) && parseFloat(getComputedStyle(one).fontSize) < {SMALLEST_TEXT}).length,
    low: targets.filter((one) => size(one).height < {SMALLEST_TARGET} || size(one).width < {SMALLEST_TARGET})
      .map((one) => one.outerHTML.slice(0, 120)),
    out: all.filter((one) => !one.closest(".scroll") && size(one).right > innerWidth + 0.5)
      .map((one) => one.outerHTML.slice(0, 120)),
    cut: [...document.querySelectorAll("svg text")].filter((one) => {{
      const [text, frame] = [size(one), size(one.closest("svg"))];
      return text.left < frame.left - 1 || text.right > frame.right + 1;
    }}).map((one) => one.textContent),
    tables: [...document.querySelectorAll(".scroll")].filter((one) => one.scrollWidth > one.clientWidth)
      .map((one) => [getComputedStyle(one).overflowX, one.tabIndex]),
  }};
}}"""


def pack(name: str):
    return pack_of(name.split(" ")[0], answer(name), FOOT)


def check_phone(page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.wait_for_timeout(60)  # observers of widths run after the next frame
    found = page.evaluate(ON_A_PHONE)
    tables = found.pop("tables")
    assert found == {"wide": 0, "small": 0, "low": [], "out": [], "cut": []}
    assert all(one == ["auto", 0] for one in tables)


def test_a_phone_shows_a_forecast_whole(visit):
    check_phone(visit(page_of("forecast"), **PHONE))


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_its_screen(visit, name, width):
    check_phone(visit(page_of(name), **{**PHONE, "width": width}))


@pytest.mark.parametrize("name", ["forecast"])
def test_without_script_every_number_is_on_the_page(visit, name):
    page = visit(page_of(name), java_script_enabled=False)
    check_static(page, name)
    assert "needs script" in page.inner_text("main")
    assert not page.is_visible("#plan-box")
    assert not page.is_visible("#leads-link")


def check_static(page, name: str) -> None:
    shown = re.sub(r"\s+", " ", " ".join(page.locator("main").all_text_contents()))
    for key, number in pack(name).quantities():
        assert number.text in shown, (key, number)
    for exhibit in pack(name).all:
        assert page.locator(f"#h-{exhibit.key}").is_visible()
        assert page.locator(f"#s-{exhibit.key} table").count() >= (exhibit.table is not None) + (
            exhibit.chart is not None
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_without_script_every_page_has_every_number(visit, name):
    check_static(visit(page_of(name), java_script_enabled=False), name)


PRESSED = "a.skip, nav, button:not(.sort), input, select, .readout, .how, #lead-search"


def test_on_paper_nothing_is_left_to_press_and_every_word_is_there(visit):
    page = visit(page_of("forecast"), color_scheme="dark")
    page.fill("#plan-amount", "1M")
    page.keyboard.press("Enter")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert (
        page.eval_on_selector_all(PRESSED, "all => all.filter((one) => one.checkVisibility()).map((one) => one.id)")
        == []
    )
    assert "make USD 1,000,000" in page.inner_text("#plan-box"), "what a reader typed and read is printed"
    shown = re.sub(r"\s+", " ", page.inner_text("main"))
    for key, number in pack("forecast").quantities():
        assert number.text in shown, (key, number)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).printColorAdjust") == "exact"
    widths = page.eval_on_selector_all(".plot svg", "all => all.map((one) => one.viewBox.baseVal.width)")
    assert max(widths) <= 680, "words of charts keep their size on paper"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


PAGE_HEIGHT = 297 - 2 * 15
"""Of A4 between the page's margins, in mm."""


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_paper_holds_each_exhibit_together(visit, tmp_path, name):
    """An exhibit whose print fits on one sheet is not cut: its title and its last words are on the same one."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext on this machine")
    page = visit(page_of(name))
    page.pdf(path=tmp_path / "page.pdf", format="A4", prefer_css_page_size=True, print_background=True)
    made = subprocess.run(["pdftotext", "-raw", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True)
    sheets = [re.sub(r"\s+", "", sheet) for sheet in made.stdout.split("\f") if sheet.strip()]
    everything = "".join(sheets)
    page.set_viewport_size({"width": 680, "height": 900})
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    checked = 0
    for exhibit in pack(name).all:
        title = re.sub(r"\s+", "", page.inner_text(f"#h-{exhibit.key}"))
        assert title in everything, exhibit.key
        high = page.evaluate("one => one.getBoundingClientRect().height", page.query_selector(f"#s-{exhibit.key}"))
        words = re.sub(r"\s+", "", page.locator(f"#s-{exhibit.key} :is(tr, li, h2)").last.inner_text())[-40:]
        if high / 96 * 25.4 < 0.9 * PAGE_HEIGHT:
            assert any(title in sheet and words in sheet for sheet in sheets), (exhibit.key, high)
            checked += 1
    assert checked >= 2


@pytest.mark.slow
def test_paper_has_the_colours_of_the_bands(visit, tmp_path):
    if shutil.which("pdftoppm") is None:
        pytest.skip("no pdftoppm on this machine")
    from PIL import Image

    visit(page_of("forecast"), color_scheme="dark").pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    subprocess.run(["pdftoppm", "-png", "-r", "60", tmp_path / "page.pdf", tmp_path / "sheet"], check=True)
    seen = set()
    for sheet in tmp_path.glob("sheet*.png"):
        seen |= {colour for count, colour in Image.open(sheet).convert("RGB").getcolors(1 << 24) if count > 20}
    assert {(0xC6, 0xDB, 0xEF), (0x6B, 0xAE, 0xD6), (0x21, 0x71, 0xB5)} <= seen
