"""The page of every command passes axe, in light and dark, wide and narrow; what axe cannot judge is computed here.

axe is asked for WCAG 2.0 to 2.2, levels A and AA, and its best practices.  It leaves the contrast of words in charts,
and of words that scroll out of sight, to a person; for those the colours that the browser really uses are compared.
"""

from __future__ import annotations

import pytest
from sample_pages import PAGES, page_of

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASKED = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations", "incomplete"],
}
LOOKS = [(light, width) for light in ("light", "dark") for width in (1280, 390)]

WEAK_WORDS = """() => {
  const parts = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const luminance = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((one) => one / 255).map(
      (one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return null;
  };
  const weak = [];
  let seen = 0;
  for (const one of document.body.querySelectorAll("*")) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !one.checkVisibility() || one.disabled || /^(SCRIPT|STYLE|NOSCRIPT)$/.test(one.tagName)) continue;
    const style = getComputedStyle(one);
    const ink = parts(one instanceof SVGElement ? style.fill : style.color);
    const behind = ground(one instanceof SVGElement ? one.closest("svg") : one);
    const [low, high] = [luminance(ink), luminance(behind)].sort((a, b) => a - b);
    seen += 1;
    if ((high + 0.05) / (low + 0.05) < 4.5) weak.push(one.outerHTML.slice(0, 200));
  }
  return { seen, weak };
}"""


def problems_of(page) -> list[str]:
    """What axe finds, and what it leaves open beyond contrast, in words."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe: pip install 'funnelsim[test]'")
    found = axe.Axe().run(page, options=ASKED).response
    passed = {one["id"] for one in found["passes"]}
    assert {"target-size", "color-contrast", "label", "landmark-one-main", "aria-required-attr"} - passed <= {"label"}
    left = [one for one in found["incomplete"] if one["id"] != "color-contrast"]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in [*found["violations"], *left]]


def check(visit, name: str, light: str, width: int) -> None:
    page = visit(page_of(name), width=width, color_scheme=light)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert problems_of(page) == []
    words = page.evaluate(WEAK_WORDS)
    assert words["seen"] > 50
    assert words["weak"] == []


def test_a_forecast_passes_axe(visit):
    check(visit, "forecast", "light", 1280)


@pytest.mark.slow
@pytest.mark.parametrize(("light", "width"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_the_page_of_every_command_passes_axe(visit, name, light, width):
    check(visit, name, light, width)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mistake", "rule"),
    [
        ("document.querySelector('#plan-amount').labels[0].remove()", "label"),
        ("document.documentElement.lang = ''", "html-has-lang"),
        ("document.querySelector('.plot').removeAttribute('aria-label')", "aria-input-field-name"),
        ("document.querySelector('.how').style.color = 'silver'", "color-contrast"),
        ("document.querySelector('nav').outerHTML += '<main>two</main>'", "landmark-no-duplicate-main"),
    ],
)
def test_axe_would_notice_a_mistake(visit, mistake, rule):
    """The check can fail: each mistake is made in the page that passes."""
    page = visit(page_of("forecast"))
    page.evaluate(mistake)
    assert any(one.startswith(rule) for one in problems_of(page))
