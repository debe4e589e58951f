"""Every hostile name in every place of a pack: each form shows it as it is, by the one rule, and nothing runs."""

from __future__ import annotations

import pytest

from funnelsim.model.board_pack import Chart, Exhibit, PackData, Table
from funnelsim.outputs.deck.slides import deck_bytes
from funnelsim.outputs.pictures.exhibit_picture import picture_svg
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.web.web_page import page_bytes
from funnelsim.outputs.workbook.book import workbook_bytes
from outputs.active_content import (
    deck_texts,
    missing,
    package_faults,
    page_faults,
    page_texts,
    picture_faults,
    picture_texts,
    steering,
    workbook_texts,
)
from outputs.hostile_names import FAMILIES, NAMES, UNREADABLE
from outputs.test_deck import numbers, pack_of, quantity

ALL = (*NAMES, *UNREADABLE)
A_SLIDE = 7


def exhibits(names):
    """A name as category, series, axis, level, cell, heading, sentence, note and text for a picture."""
    for place in range(0, len(names), A_SLIDE):
        some = names[place : place + A_SLIDE]
        one = some[0]
        level = {"reference": quantity(2.0), "reference_name": one}
        bars = Chart("bars", some, (numbers("bar", range(len(some)), one),), "count", one, **level)
        table = Table((one, "Number"), tuple((name, quantity(row)) for row, name in enumerate(some)))
        short = one[:40]
        yield Exhibit(f"e{place}", short, bars, table, (short,), (one,), one)


@pytest.fixture(scope="module")
def pack():
    return pack_of(*exhibits(ALL))


def test_there_are_enough_of_them():
    assert len(FAMILIES) >= 12
    assert len(set(NAMES)) == len(NAMES) >= 60


def test_names_that_differ_look_different():
    blanks = {name: plain(name) for name in ALL}
    assert len(set(blanks.values())) == len(ALL)
    assert steering("".join(blanks.values())) == []
    assert all(plain(shown) == shown for shown in blanks.values())


def test_text_that_is_harmless_is_shown_letter_by_letter():
    for family in ("formula", "dde", "html", "template", "style", "office", "expression", "emoji", "path", "value"):
        for name in FAMILIES[family]:
            assert plain(name) == " ".join(name.splitlines()).replace("\t", " ") if name[0] in "\t\r\n" else name


def test_slides_show_every_name_and_run_none(pack):
    slides = deck_bytes(pack)
    assert package_faults(slides) == []
    texts = deck_texts(slides)
    assert missing(ALL, texts) == []


def test_the_workbook_shows_every_name_whole_and_runs_none(pack):
    book = workbook_bytes(pack, PackData())
    assert package_faults(book) == []
    texts = workbook_texts(book)
    assert missing(ALL, texts, whole=True) == []


def test_the_page_shows_every_name_and_runs_none(pack):
    page = page_bytes(pack, PackData()).decode()
    assert page_faults(page) == []
    texts = page_texts(page)
    assert missing(ALL, texts) == []


@pytest.mark.parametrize("family", ["expression", pytest.param("", marks=pytest.mark.slow)])
def test_pictures_show_every_name_and_run_none(family):
    names = FAMILIES[family] if family else ALL
    pack = pack_of(*exhibits(names))
    for exhibit in pack.all:
        picture = picture_svg(exhibit, pack)
        assert picture_faults(picture) == [], exhibit.key
        words = " ".join(picture_texts(picture))
        for name in exhibit.chart.categories:
            letters = plain(name, 40).strip().removesuffix("...")[:12].split()
            assert all(word in words for word in letters), name
