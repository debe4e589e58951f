"""A page full of hostile names in a real browser: nothing runs, is asked for or complained about; names are read."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import replace

import pytest
from sample_pages import data_of
from test_packs import FOOT, answer
from test_workbook_form import leads

from funnelsim.outputs.packs.all_packs import pack_of
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.web.web_page import page_bytes
from outputs.hostile_names import FAMILIES, NAMES, UNREADABLE
from outputs.test_hostile_pack import exhibits

ACTIVE = "script, iframe, object, embed, img, base, form, audio, video, link, meta, style, animate, foreignObject, use"
WORST = (*FAMILIES["html"], *FAMILIES["expression"], *FAMILIES["control"], *FAMILIES["direction"], *FAMILIES["long"])


def named(names):
    """A forecast's page in which leads, owners, sentences and more are called by names, each in turn."""
    document = copy.deepcopy(answer("forecast"))
    for place, lead in enumerate(document["lead_effects"] or ()):
        lead["name"] = names[place % len(names)]
    document["groups"] = [copy.deepcopy(document["groups"][0]) for _ in range(min(len(names), 40))]
    for place, group in enumerate(document["groups"]):
        group["value"] = names[place]
    document["sentences"]["headline"] = f"So it is: '{names[0]}'."
    document["warnings"] = list(names[:5])
    pack = pack_of("forecast", document, replace(FOOT, input_name=names[0]))
    pack = replace(pack, appendix=(*pack.appendix, *exhibits(names)))
    return page_bytes(pack, replace(data_of("forecast"), leads=leads(names)))


def elements(page):
    """How many elements of each kind that could run or fetch something; none has a handler or an address."""
    return page.evaluate(
        """(active) => {
          const all = [...document.querySelectorAll("*")];
          const bad = all.filter((one) => [...one.attributes].some((said) => /^on/i.test(said.name)
            || (/^(src|href|action|data|srcdoc|xlink:href)$/i.test(said.name) && !/^(#|data:,)/.test(said.value))));
          return [[...document.querySelectorAll(active)].map((one) => one.localName), bad.map((one) => one.outerHTML)];
        }""",
        ACTIVE,
    )


@pytest.fixture
def shown(visit):
    """Open a page, and at the end see that it is as if nobody had tried anything."""
    opened = []

    def open_page(blob):
        page = visit(blob)
        page.on("dialog", lambda dialog: opened.append(dialog.message) or dialog.dismiss())
        page.on("popup", lambda popup: opened.append(popup.url))
        return page

    yield open_page
    assert opened == []


def test_nothing_runs_while_every_name_is_looked_at(shown):
    calm, page = shown(named(("Alder", "Basalt"))), shown(named(WORST))
    title, seen = calm.title(), set()
    assert page.title() == title
    for place in range(0, page.locator("#view-whose option").count(), 3):
        page.select_option("#view-whose", str(place))
        seen.add(page.text_content("#view-said"))
    for plot in page.locator(".plot").all():
        plot.focus()
        for key in ("Home", "ArrowRight", "End"):
            page.keyboard.press(key)
    found = []
    while True:
        found += page.eval_on_selector_all(
            "#lead-table tbody tr", "rows => rows.map((row) => row.cells[0].textContent)"
        )
        if page.is_disabled("#lead-next"):
            break
        page.click("#lead-next")
    page.fill("#lead-search", "<script>")
    page.wait_for_function("document.querySelectorAll('#lead-table tbody tr').length < 20")
    kinds, bad = elements(page)
    assert Counter(kinds) == Counter(elements(calm)[0])
    assert bad == []
    assert page.evaluate("[typeof window.pwned, document.title]") == ["undefined", title]
    assert sorted(found) == sorted(plain(name, 300) for name in WORST)
    assert len(seen) > 1


@pytest.mark.slow
def test_every_name_is_read_in_the_page(shown):
    names = (*NAMES, *UNREADABLE)
    page = shown(named(names))
    words = page.text_content("body")
    assert [name for name in names if plain(name, 300) not in words] == []
    assert page.evaluate("typeof window.pwned") == "undefined"
