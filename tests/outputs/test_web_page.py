"""The page: the pack's numbers, a policy that lets nothing else in, text that stays text, a plan box that agrees."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from funnelsim.model.board_pack import Exhibit, PackData, Quantity, Table
from funnelsim.outputs.documents import canonical_json, forecast_document
from funnelsim.outputs.number_text import percent_text
from funnelsim.outputs.packs.forecast_pack import forecast_pack
from funnelsim.outputs.web.views import views_of
from funnelsim.outputs.web.web_page import page_bytes
from outputs.sample_forecast import sample_forecast
from outputs.test_deck import CHARTS, HOSTILE, MADE, fan, pack_of, quantity
from outputs.test_workbook_form import leads

VOID = {"meta", "input", "br", "link", "img", "hr"}


class Read(HTMLParser):
    """What a browser would make of a page: text, tags with their attributes, scripts and styles."""

    def __init__(self):
        super().__init__()
        self.tags, self.text, self.inside, self.parts = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs) | ({"labelled": True} if "label" in self.inside else {})))
        if tag not in VOID:
            self.inside.append(tag)
        if tag in {"script", "style"}:
            self.parts.append([tag, dict(attrs), ""])

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if self.inside and self.inside[-1] in {"script", "style"}:
            self.parts[-1][2] += data
        else:
            self.text.append(data)


def read(blob):
    page = Read()
    page.feed(blob.decode())
    return page


@pytest.fixture(scope="module")
def forecast():
    answer = sample_forecast()
    pack = forecast_pack(json.loads(canonical_json(forecast_document(answer))), MADE)
    totals = answer.bookings[:, :-1].sum(axis=1) / 100.0
    return pack, PackData(leads(), {"total": totals, "plan": totals + 1_000.0})


def test_every_printed_number_of_the_pack_is_on_the_page(forecast):
    text = " ".join(read(page_bytes(*forecast)).text)
    for exhibit in forecast[0].all:
        assert exhibit.title in text
    for key, number in forecast[0].quantities():
        assert number.text in text, (key, number)
    assert forecast[0].track in text


def test_the_policy_lets_in_the_pages_own_script_and_style_and_nothing_else(forecast):
    page = read(page_bytes(*forecast))
    policy = next(attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag, attrs, body in page.parts:
        if attrs.get("type") != "application/json":
            digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy, tag
            assert not re.search(r"\beval\b|new Function", body)


def test_nothing_on_the_page_asks_the_network(forecast):
    page = read(page_bytes(*forecast))
    for tag, attrs in page.tags:
        for name in ("src", "href", "action", "data", "poster"):
            assert not attrs.get(name) or attrs[name].startswith(("#", "data:,")), (tag, attrs)
        assert not any(name.startswith("on") for name in attrs), (tag, attrs)
    assert not re.search(r"fetch\(|XMLHttpRequest|import\(|@import|url\(", "".join(part[2] for part in page.parts))


def named(word):
    """A pack in which everything that a user names has one name."""
    exhibit = Exhibit("one", word, CHARTS["bars"], Table((word,), ((word,),)), (word,), (word,), word)
    return pack_of(exhibit), PackData(leads((word,)))


@pytest.mark.parametrize("name", [*HOSTILE, "</script><script>alert(1)</script>", "\u2028", "<!--", "' onload='x"])
def test_hostile_names_are_text_and_nothing_else(name):
    hostile, plain = (read(page_bytes(*named(word))) for word in (name, "x"))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]
    assert [part[2] for part in hostile.parts if not part[1].get("type")] == [
        part[2] for part in plain.parts if not part[1].get("type")
    ]


def test_ten_thousand_leads_and_three_years_stay_below_two_megabytes():
    rows = tuple(
        (f"lead {row} of a customer with a long name", quantity(1e4 + row), quantity(0.3)) for row in range(10_000)
    )
    futures = {"total": np.arange(10_000.0), "plan": np.arange(10_000.0)}
    many = PackData(Table(("Lead", "PR", "PC"), rows), futures)
    assert len(page_bytes(pack_of(Exhibit("fan", "A message.", fan(36))), many)) < 2_000_000


def test_the_page_can_be_used_without_seeing_it(forecast):
    page = read(page_bytes(*forecast))
    tags = [tag for tag, _ in page.tags]
    assert next(attrs.get("lang") for tag, attrs in page.tags if tag == "html")
    assert tags.count("h1") == 1
    assert {"main", "footer", "nav"} <= set(tags)
    labels = {attrs.get("for") for tag, attrs in page.tags if tag == "label"}
    for tag, attrs in page.tags:
        if tag in {"input", "select"}:
            assert attrs.get("aria-label") or attrs.get("labelled") or attrs["id"] in labels, attrs
        if tag == "th":
            assert attrs.get("scope"), attrs
        if attrs.get("role") == "img":
            assert attrs.get("aria-label") or attrs.get("aria-labelledby"), attrs
    ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))


def test_the_same_pack_is_the_same_bytes(forecast):
    assert page_bytes(*forecast) == page_bytes(*forecast)


def test_a_browser_reads_the_chance_that_the_futures_give(forecast, visit):
    pack, data = forecast
    page = visit(page_bytes(pack, data))
    totals = data.futures["plan"]
    for share in (0.1, 0.5, 0.9, 2.0):
        plan = round(float(np.quantile(totals, min(share, 1.0))) * max(share, 1.0), 2)
        page.evaluate(f"location.hash = 'plan={plan}'")
        page.wait_for_function(f"document.getElementById('plan-amount').value === '{plan}'")
        said = page.text_content("#plan-said")
        chance = float((totals >= plan).mean())
        error = (chance * (1 - chance) / MADE.replications) ** 0.5
        assert percent_text(chance, error, MADE.replications) in said, (said, chance)


def test_quantities_that_are_missing_are_dashes():
    table = Table(("What", "Number"), (("gone", Quantity(None, "-")),))
    assert "-" in " ".join(read(page_bytes(pack_of(Exhibit("one", "A message.", table=table)), PackData())).text)


def test_where_nobody_stated_a_pc_there_is_no_stated_value(forecast):
    """Records without PCs: a forecast learned from them has no PR x PC, which is not one of 0."""
    document = json.loads(json.dumps(forecast[0].answer))
    document["learned"], document["input"]["expected_value"] = {"sentences": []}, 0
    for band in (*document["periods"], *document["cumulative"], document["total"], *document["lead_effects"]):
        band["expected_value"] = 0
    pack = forecast_pack(document, MADE)
    column = [row[1] for one in pack.exhibits if one.key == "periods" for row in one.table.rows]
    assert {cell.text for cell in column} == {"-"}
    tables = [view.table for view in views_of(pack, forecast[1]) if view.whose == 0]
    assert {row[1].text for table in tables for row in table.rows} == {"-"}
    assert {row[1].text for view in views_of(*forecast) for row in view.table.rows} != {"-"}
