"""What is active is found: the searches that the tests of hostile names rest on can fail."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
import xlsxwriter
from pptx import Presentation
from pptx.util import Inches
from test_workbook_form import leads

from funnelsim.model.board_pack import Exhibit, PackData
from funnelsim.outputs.web.web_page import page_bytes
from outputs.active_content import missing, package_faults, page_faults, picture_faults, steering
from outputs.test_deck import pack_of


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook(write, **options):
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, options)
    write(book.add_worksheet())
    book.close()
    return stream.getvalue()


def with_part(data, name):
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr(name, b"<a/>")
    return stream.getvalue()


@pytest.mark.parametrize(
    "write",
    [
        lambda sheet: sheet.write(0, 0, "=cmd|' /C calc'!A0"),
        lambda sheet: sheet.write(0, 0, '=HYPERLINK("http://x.invalid")'),
        lambda sheet: sheet.write(0, 0, "http://x.invalid/"),
        lambda sheet: sheet.write(0, 0, "external:x.xlsx"),
        lambda sheet: sheet.write_formula(0, 0, "=Ann&Bert"),
        lambda sheet: sheet.write_formula(0, 0, '=WEBSERVICE("a")'),
    ],
)
def test_formulas_and_links_of_a_workbook_are_found(write):
    assert package_faults(workbook(write)) != []


def test_our_own_formulas_are_none_of_that():
    assert package_faults(workbook(lambda sheet: sheet.write_formula(0, 0, "=IF($B$2=0,0,SUM(C1:C9)/$B$2)"))) == []
    assert package_faults(workbook(lambda sheet: sheet.write_string(0, 0, "=1+1"))) == []


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "ppt/embeddings/a.bin"])
def test_parts_that_run_are_found(part):
    assert package_faults(with_part(saved(openpyxl.Workbook()), part)) != []


def test_links_of_slides_are_found():
    slides = Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[6])
    assert package_faults(saved(slides)) == []
    run = slide.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.paragraphs[0].add_run()
    run.text = "x"
    run.hyperlink.address = "http://x.invalid/"
    assert len(package_faults(saved(slides))) >= 2


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("A message.", "<img src=x>"),
        ("A message.", "<b onclick=x>"),
        ("A message.", '<a href="javascript:x">'),
        ("A message.", "<script>x</script>"),
        ("A message.", "<!-- x -->"),
        ("A message.", "\u202e"),
        ("</style>", " </style>"),
        ("default-src &#39;none&#39;", "default-src *"),
    ],
)
def test_a_page_with_anything_else_in_it_is_found(was, now):
    page = page_bytes(pack_of(Exhibit("one", "A message.")), PackData(leads())).decode()
    assert page_faults(page) == []
    assert was in page
    assert page_faults(page.replace(was, now)) != []


def test_active_pictures_are_found():
    start = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    assert picture_faults(f"{start}<text>x</text></svg>".encode()) == []
    for bad in (
        "<script/>",
        '<a xlink:href="#x"/>',
        '<g onload="x"/>',
        "<foreignObject/>",
        '<g fill="url(http://x)"/>',
    ):
        assert picture_faults(f"{start}{bad}</svg>".encode()) != [], bad


def test_what_steers_a_screen_and_what_is_not_said_are_found():
    assert steering("a\x1bb\u202e\x9b") == ["\x1b", "\x9b", "\u202e"]
    assert steering("שלום 👨‍👩‍👧‍👦\n") == []
    long = "a name that is long"
    assert missing(("Ann", long, "x\x07"), {"Ann", "x[U+0007]"}) == [long]
    assert missing((long,), {"a name that is lo..."}) == []
    assert missing((long,), {"a name that is lo..."}, whole=True) == [long]
