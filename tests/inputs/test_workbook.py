"""Workbooks, honest and hostile, give exactly what is in their cells or a sentence that names the cell."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import re
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import fastexcel
import openpyxl
import pytest
import xlsxwriter

from funnelsim.errors import DataError
from funnelsim.inputs import workbook, workbook_child, zip_parts
from funnelsim.inputs.raw_table import RawTable
from funnelsim.inputs.sheet_looks import column_letters
from funnelsim.inputs.workbook import read_workbook
from funnelsim.inputs.workbook_cells import percent_text, shown_as

HEADERS = ("Id", "Amount", "Probability", "Close Date")
KNOWN = {"Id", "Amount", "Probability", "Close Date"}
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def answered_here(content: bytes, request: dict[str, Any]) -> dict[str, Any]:
    answer = workbook_child.answer(json.dumps(request).encode() + b"\n" + content)
    return workbook_child.unpacked(json.loads(json.dumps(answer)))


@pytest.fixture(autouse=True)
def in_this_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process for every file takes half a second; tests that are about it ask for it."""
    if "own_process" not in request.fixturenames:
        monkeypatch.setattr(workbook, "read_in_child", answered_here)


@pytest.fixture
def own_process() -> None:
    """Read in a process of its own, as users do."""


def read(path: Path, **options: Any) -> RawTable:
    return read_workbook(path, known=lambda header: header in KNOWN, **options)


def written(path: Path, fill: Callable[[xlsxwriter.Workbook], None], **options: Any) -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False, **options}) as book:
        fill(book)
    return path


def plain(book: xlsxwriter.Workbook, name: str = "Leads", row: int = 0, column: int = 0) -> Any:
    """Write three honest leads; return the sheet."""
    sheet = book.add_worksheet(name)
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(row, column, HEADERS)
    for index, (lead, amount, chance, close) in enumerate([
        ("00123", 1234.5, 0.5, dt.date(2026, 9, 30)),
        ("123", 10, 0.25, dt.date(2026, 10, 1)),
        ("=x", 7, 1, dt.date(2027, 1, 3)),
    ]):
        sheet.write_string(row + 1 + index, column, lead)
        sheet.write_number(row + 1 + index, column + 1, amount)
        sheet.write_number(row + 1 + index, column + 2, chance)
        sheet.write_datetime(row + 1 + index, column + 3, dt.datetime(close.year, close.month, close.day), day)
    return sheet


ROWS = (("00123", "1234.5", "0.5", "2026-09-30"), ("123", "10", "0.25", "2026-10-01"), ("=x", "7", "1", "2027-01-03"))


def made(
    path: Path,
    sheet: str,
    *,
    strings: str | None = None,
    styles: str | None = None,
    book: str = '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>',
    extra: dict[str, bytes | str] | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """Write a workbook by hand: ``sheet`` is what stands inside ``<worksheet>``."""
    kinds = {"r1": ("worksheet", "worksheets/sheet1.xml")}
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": content_types(strings is not None, styles is not None),
        "_rels/.rels": relations({"r1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{book}</workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
    }
    if strings is not None:
        kinds["r2"] = ("sharedStrings", "sharedStrings.xml")
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{strings}</sst>'
    if styles is not None:
        kinds["r3"] = ("styles", "styles.xml")
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    parts["xl/_rels/workbook.xml.rels"] = relations(kinds)
    parts |= extra or {}
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def content_types(strings: bool, styles: bool) -> str:
    kinds = {"/xl/workbook.xml": "sheet.main", "/xl/worksheets/sheet1.xml": "worksheet"}
    kinds |= {"/xl/sharedStrings.xml": "sharedStrings"} if strings else {}
    kinds |= {"/xl/styles.xml": "styles"} if styles else {}
    office = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    lines = (f'<Override PartName="{part}" ContentType="{office}.{kind}+xml"/>' for part, kind in kinds.items())
    return f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{"".join(lines)}</Types>'


def relations(kinds: dict[str, tuple[str, str]]) -> str:
    lines = (
        f'<Relationship Id="{key}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for key, (kind, target) in kinds.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{"".join(lines)}</Relationships>'


def text(reference: str, value: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'


HEAD = f'<row r="1">{"".join(text(f"{letter}1", header) for letter, header in zip("ABCD", HEADERS, strict=True))}</row>'
ROW = (
    '<row r="2">'
    + text("A2", "L1")
    + '<c r="B2"><v>10</v></c><c r="C2"><v>0.5</v></c>'
    + text("D2", "2026-09-30")
    + "</row>"
)


def data(*rows: str) -> str:
    return f"<sheetData>{HEAD}{''.join(rows)}</sheetData>"


def one_row(b2: str) -> str:
    """A sheet with one lead whose amount cell is given."""
    return data(ROW.replace('<c r="B2"><v>10</v></c>', b2))


# --- honest workbooks


def test_an_honest_workbook_is_read_to_the_character(tmp_path: Path) -> None:
    table = read(written(tmp_path / "a.xlsx", plain))
    assert table.headers == HEADERS
    assert table.rows == ROWS
    assert table.line.tolist() == [2, 3, 4]
    assert (table.name, table.kind, table.encoding) == ("a.xlsx", "xlsx", "")
    assert table.date_columns == {"Close Date"}
    assert table.number_columns == {"Amount", "Probability"}
    assert table.notes == ()


def test_the_same_workbook_from_another_writer(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADERS)
    sheet.append(["00123", 1234.5, 0.5, dt.date(2026, 9, 30)])
    sheet.append(["123", 10, 0.25, dt.datetime(2026, 10, 1)])
    sheet.append(["x", 7, 1, dt.datetime(2027, 1, 3, 23, 59, 59)])
    book.save(tmp_path / "a.xlsx")
    table = read(tmp_path / "a.xlsx")
    assert table.rows == (*ROWS[:2], ("x", "7", "1", "2027-01-03T23:59:59"))


def test_two_other_readers_see_the_same_cells(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", plain)
    ours = read(path).rows
    theirs = fastexcel.read_excel(path).load_sheet(0, dtypes="string").to_arrow().to_pylist()
    assert [tuple(value.removesuffix(" 00:00:00") for value in row.values()) for row in theirs] == list(ours)
    rows = openpyxl.load_workbook(path).active.iter_rows(min_row=2, values_only=True)
    assert [(one, f"{two:g}", f"{three:g}", four.date().isoformat()) for one, two, three, four in rows] == list(ours)


def test_a_table_may_start_anywhere_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = plain(book, row=4, column=2)
        sheet.write_string(0, 2, "Pipeline report, filtered by region")

    table = read(written(tmp_path / "a.xlsx", fill))
    assert table.rows == ROWS
    assert table.line.tolist() == [6, 7, 8]
    assert any("above the header" in note for note in table.notes)


def test_a_total_below_the_table_is_removed_and_one_inside_is_refused(tmp_path: Path) -> None:
    def below(book: xlsxwriter.Workbook) -> None:
        sheet = plain(book)
        sheet.write_row(4, 0, ["Total", 1251.5])

    table = read(written(tmp_path / "a.xlsx", below))
    assert table.rows == ROWS
    assert any("footer" in note for note in table.notes)

    total = '<row r="3">' + text("A3", "Total") + '<c r="B3"><v>10</v></c></row>'
    with pytest.raises(DataError, match="not a total between the leads"):
        read(made(tmp_path / "b.xlsx", data(ROW, total, ROW.replace('"2"', '"4"').replace('2"', '4"'))))


@pytest.mark.parametrize(
    "stored", ["0.1", "0.30000000000000004", "1E2", "1.5e-3", "-7", "123456789012.345", "0.37", "1e14", ".5"]
)
def test_numbers_are_read_as_stored(tmp_path: Path, stored: str) -> None:
    table = read(made(tmp_path / "a.xlsx", one_row(f'<c r="B2"><v>{stored}</v></c>')))
    shown = table.rows[0][1]
    assert "e" not in shown.lower()
    assert float(shown) == pytest.approx(float(stored), rel=1e-15, abs=0)
    assert ("more than 15 digits" in " ".join(table.notes)) == (stored == "0.30000000000000004")


@pytest.mark.parametrize("stored", ["NaN", "INF", "1,5", "0x10", "--1", "1e999999999"])
def test_what_is_no_number_is_refused(tmp_path: Path, stored: str) -> None:
    with pytest.raises(DataError, match=r"follows the file format.*(the number|invalid literal|could not convert)"):
        read(made(tmp_path / "a.xlsx", one_row(f'<c r="B2"><v>{stored}</v></c>')))


def test_ids_that_lost_digits_are_refused_and_text_ids_stay(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        plain(book).write_number(1, 0, 123456789012345678)

    with pytest.raises(DataError, match=r"at most 15 digits.*A2"):
        read(written(tmp_path / "a.xlsx", fill))


def test_shares_shown_as_percent_keep_their_sign(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = plain(book)
        for row, (value, code) in enumerate([(0.37, "0%"), (1, "0.00%"), (0.375, "0.0%;[Red]-0.0%")], 1):
            sheet.write_number(row, 2, value, book.add_format({"num_format": code}))

    table = read(written(tmp_path / "a.xlsx", fill))
    assert table.column("Probability") == ("37%", "100%", "37.5%")
    assert "Probability" in table.number_columns
    assert any("percent" in note and "Probability" in note for note in table.notes)


def test_text_stays_text_however_it_looks(tmp_path: Path) -> None:
    hostile = [
        "=1+1",
        "+1",
        "@SUM(1)",
        "30/09/2026",
        "0123",
        "1E5",
        " spaced ",
        "<b>&amp;",
        "_x0041_",
        "a\tb",
        "東京",
        "TRUE",
        "#DIV/0!",
    ]

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = plain(book)
        sheet.write_string(0, 4, "Note")
        for row, word in enumerate(hostile, 1):
            sheet.write_string(row, 0, f"L{row}")
            sheet.write_string(row, 4, word)

    assert read(written(tmp_path / "a.xlsx", fill)).column("Note") == tuple(hostile)


def test_rich_text_and_readings_and_escapes(tmp_path: Path) -> None:
    strings = (
        "<si><r><t>Ac</t></r><r><rPr><b/></rPr><t>me</t></r></si>"
        "<si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si>"
        "<si><t>a_x000D_b_x005F_c</t></si><si/>"
    )
    for index, expected in enumerate(["Acme", "東京", "a\rb_c", ""]):
        sheet = data(ROW.replace(text("A2", "L1"), f'<c r="A2" t="s"><v>{index}</v></c>'))
        assert read(made(tmp_path / f"{index}.xlsx", sheet, strings=strings)).rows[0][0] == expected


def test_truth_values_dates_as_text_and_cells_without_places(tmp_path: Path) -> None:
    row = (
        '<row><c t="str"><f>A</f><v>L1</v></c><c t="b"><v>1</v></c><c t="str"><f>B</f><v></v></c>'
        '<c t="d"><v>2026-09-30T00:00:00</v></c></row>'
    )
    table = read(made(tmp_path / "a.xlsx", data(row)))
    assert table.rows == (("L1", "true", "", "2026-09-30"),)
    assert table.date_columns == {"Close Date"}


# --- days


def formatted(path: Path, stored: str, code: str, *, number: int = 200, since_1904: bool = False) -> RawTable:
    """Write a lead whose amount carries a number format, and read it."""
    styles = (
        f'<numFmts><numFmt numFmtId="200" formatCode="{escape(code, {chr(34): "&quot;"})}"/></numFmts>'
        f'<cellXfs><xf numFmtId="0"/><xf numFmtId="{number}"/></cellXfs>'
    )
    book = f'<workbookPr date1904="{since_1904:d}"/><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>'
    return read(made(path, one_row(f'<c r="B2" s="1"><v>{stored}</v></c>'), styles=styles, book=book))


@pytest.mark.parametrize(
    ("serial", "since_1904", "expected"),
    [
        ("46295", False, "2026-09-30"),
        ("46295", True, "2030-10-01"),
        ("44833", True, "2026-09-30"),
        ("1", False, "1900-01-01"),
        ("59", False, "1900-02-28"),
        ("61", False, "1900-03-01"),
        ("0", False, "0"),
        ("0.5", False, "0.5"),
        ("1", True, "1904-01-02"),
        ("2958465", False, "9999-12-31"),
        ("46053.979340277778", False, "2026-01-31T23:30:15"),
        ("46053.9999999999", False, "2026-02-01"),
        ("46053.99999", False, "2026-01-31T23:59:59"),
    ],
)
def test_day_numbers(tmp_path: Path, serial: str, since_1904: bool, expected: str) -> None:
    table = formatted(tmp_path / "a.xlsx", serial, "yyyy-mm-dd", since_1904=since_1904)
    assert table.rows[0][1] == expected
    assert ("Amount" in table.date_columns) == ("-" in expected)


@pytest.mark.parametrize("serial", ["-1", "2958466", "1e300"])
def test_numbers_that_are_no_day_are_refused(tmp_path: Path, serial: str) -> None:
    with pytest.raises(DataError, match="in cell B2"):
        formatted(tmp_path / "a.xlsx", serial, "yyyy-mm-dd")


def test_every_day_of_two_centuries_agrees_with_another_reader(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for row, serial in enumerate(range(61, 80_000, 7), 1):
            sheet.write_row(row, 0, [f"L{row}", 1, 1])
            sheet.write_number(row, 3, serial, day)

    path = written(tmp_path / "a.xlsx", fill)
    theirs = fastexcel.read_excel(path).load_sheet(0).to_arrow().column("Close Date").to_pylist()
    assert read(path).column("Close Date") == tuple(day.date().isoformat() for day in theirs)


@pytest.mark.parametrize("number", [14, 22, 27, 31, 36, 50, 58])
def test_built_in_formats_of_days_in_every_language(tmp_path: Path, number: int) -> None:
    assert formatted(tmp_path / "a.xlsx", "46295", "0", number=number).rows[0][1] == "2026-09-30"


def test_the_calendar_of_1904_is_honoured(tmp_path: Path) -> None:
    assert read(written(tmp_path / "a.xlsx", plain, date_1904=True)).rows == ROWS


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("yyyy-mm-dd", "d"),
        ("dd/mm/yyyy hh:mm", "d"),
        ("[$-409]d\\-mmm\\-yy;@", "d"),
        ("mmm", "d"),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "d"),
        ('ggge"年"m"月"d"日"', "d"),
        ("hh:mm", "n"),
        ("[h]:mm:ss", "n"),
        ("mm:ss.0", "n"),
        ("h:mm AM/PM", "n"),
        ("0%", "p"),
        ('0.0"%"', "n"),
        ("#,##0.00", "n"),
        ("General", "n"),
        ("0.00E+00", "n"),
        ('0 "days"', "n"),
        ("[Red]0", "n"),
        ("[>=100]0;0%", "n"),
        ("@", "n"),
        ("", "n"),
    ],
)
def test_number_formats(tmp_path: Path, code: str, kind: str) -> None:
    shown = {"d": "2026-09-30", "p": "4629500%", "n": "46295"}
    assert formatted(tmp_path / "a.xlsx", "46295", code).rows[0][1] == shown[kind]


@pytest.mark.parametrize(
    ("code", "sign"),
    [
        ("[$€-407]#,##0", "€"),
        ('"$"#,##0', "$"),
        ("$#,##0.00", "$"),
        ("[$USD] 0", "USD"),
        ("0", ""),
        ("#,##0 [$kr-41D]", "kr"),
    ],
)
def test_currencies_of_formats(code: str, sign: str) -> None:
    assert shown_as(code)[1] == sign


def test_small_helpers() -> None:
    assert [column_letters(number) for number in (1, 26, 27, 702, 703, 16_384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert [percent_text(text) for text in ("0.37", "1", "0", "0.123456789012345", "-0.5")] == [
        "37%", "100%", "0%", "12.3456789012345%", "-50%",
    ]  # fmt: skip


# --- cells that only pretend


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', r"free of Excel errors; got #DIV/0! in cell B2"),
        ('<c r="B2" t="e"><v>#N/A</v></c>', r"#N/A in cell B2"),
        ('<c r="B2"><f>C2*2</f></c>', r"calculated; got \(formula without a value\) in cell B2"),
        ('<c r="B2"><f>C2*2</f><v></v></c>', r"in cell B2"),
        ('<c r="B2"><f>C2*2</f><v/></c>', r"in cell B2"),
        ('<c r="B2"><f t="shared" si="0"/></c>', r"in cell B2"),
    ],
)
def test_errors_and_uncalculated_formulas_name_their_cell(tmp_path: Path, cell: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read(made(tmp_path / "a.xlsx", one_row(cell)))


def test_a_calculated_formula_is_its_value(tmp_path: Path) -> None:
    assert read(made(tmp_path / "a.xlsx", one_row('<c r="B2"><f>C2*2</f><v>12.5</v></c>'))).rows[0][1] == "12.5"


def test_a_zero_that_no_program_calculated_is_refused(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        plain(book).write_formula(1, 1, "=1000*2")

    with pytest.raises(DataError, match=r"not calculated\) in cell B2"):
        read(written(tmp_path / "a.xlsx", fill))

    def calculated(book: xlsxwriter.Workbook) -> None:
        plain(book).write_formula(1, 1, "=1000*2", None, 2000)

    assert read(written(tmp_path / "b.xlsx", calculated)).rows[0][1] == "2000"


def test_errors_in_columns_nobody_uses_are_told_and_kept(tmp_path: Path) -> None:
    head = HEAD.replace("</row>", text("E1", "Comment") + "</row>")
    row = ROW.replace("</row>", '<c r="E2" t="e"><v>#REF!</v></c></row>')
    table = read(made(tmp_path / "a.xlsx", f"<sheetData>{head}{row}</sheetData>"))
    assert table.column("Comment") == ("#REF!",)
    assert any("Comment" in note and "errors" in note for note in table.notes)


def test_all_bad_cells_are_told_at_once(tmp_path: Path) -> None:
    row = ROW.replace("<v>10</v>", "<f>1</f>").replace('<c r="C2"><v>0.5</v></c>', '<c r="C2" t="e"><v>#N/A</v></c>')
    with pytest.raises(DataError) as caught:
        read(made(tmp_path / "a.xlsx", data(row)))
    assert len(caught.value.problems) == 2


def test_two_currencies_in_one_column_are_refused(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = plain(book)
        sheet.write_number(1, 1, 10, book.add_format({"num_format": "[$€-407]#,##0"}))
        sheet.write_number(2, 1, 10, book.add_format({"num_format": "[$$-409]#,##0"}))

    with pytest.raises(DataError, match="one currency; got € in row 2 and \\$ in row 3"):
        read(written(tmp_path / "a.xlsx", fill))


# --- sheets, hidden things, merged cells


def two_sheets(book: xlsxwriter.Workbook) -> None:
    plain(book, "This year")
    plain(book, "Last year").write_string(1, 0, "old")


def test_of_two_sheets_one_must_be_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", two_sheets)
    with pytest.raises(DataError, match=r"2 sheets: 'This year', 'Last year'") as caught:
        read(path)
    assert "--sheet" in str(caught.value)
    assert read(path, sheet="Last year").rows[0][0] == "old"
    assert read(path, sheet="this YEAR").rows == ROWS
    assert any("1 other sheet was not" in note for note in read(path, sheet="This year").notes)
    with pytest.raises(DataError, match="'Next year'"):
        read(path, sheet="Next year")


def test_hidden_sheets_are_told_and_read_only_when_named(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        plain(book)
        plain(book, "hiddenSheet").hide()
        plain(book, "secret").very_hidden()

    path = written(tmp_path / "a.xlsx", fill)
    table = read(path)
    assert table.rows == ROWS
    assert "2 hidden sheets were not read: 'hiddenSheet', 'secret'." in table.notes
    assert "although it is hidden" in " ".join(read(path, sheet="secret").notes)


def test_hidden_rows_and_columns_are_read_and_counted(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = plain(book)
        sheet.autofilter(0, 0, 3, 3)
        sheet.set_row(2, options={"hidden": True})
        sheet.set_row(3, options={"hidden": True})
        sheet.set_column(0, 0, None, None, {"hidden": True})

    table = read(written(tmp_path / "a.xlsx", fill))
    assert table.rows == ROWS
    assert any(note.startswith("2 rows of the table are hidden") for note in table.notes)
    assert any("hidden" in note and "'Id'" in note for note in table.notes)


@pytest.mark.parametrize(("area", "said"), [("A1:B1", "header"), ("A2:A3", "rows"), ("D1:D2", "header")])
def test_merged_cells_in_the_table_are_refused(tmp_path: Path, area: str, said: str) -> None:
    sheet = data(ROW) + f'<mergeCells count="1"><mergeCell ref="{area}"/></mergeCells>'
    with pytest.raises(DataError, match=f"{said} must be free of merged cells; got merged cells {area}"):
        read(made(tmp_path / "a.xlsx", sheet))


def test_merged_cells_beside_the_table_do_no_harm(tmp_path: Path) -> None:
    sheet = data(ROW) + '<mergeCells><mergeCell ref="A9:XFD1048576"/><mergeCell ref="F1:G2"/></mergeCells>'
    assert read(made(tmp_path / "a.xlsx", sheet)).rows[0][0] == "L1"


def test_repeated_headers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="all different"):
        read(made(tmp_path / "a.xlsx", data(ROW).replace(">Probability<", ">Amount<")))


# --- hostile files

BOMB = b"<sheetData>" + b" " * (8 << 20)


def doctype(path: Path, part: str) -> Path:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    source = made(path.with_suffix(".tmp"), data(ROW), strings="<si><t>x</t></si>", styles="<cellXfs/>")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            content = old.read(entry).decode()
            new.writestr(entry.filename, bomb + content if entry.filename == part else content)
    source.unlink()
    return path


@pytest.mark.parametrize(
    "part",
    [
        "xl/worksheets/sheet1.xml",
        "xl/workbook.xml",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
        "_rels/.rels",
        "xl/_rels/workbook.xml.rels",
    ],
)
def test_document_types_are_refused_in_every_part(tmp_path: Path, part: str) -> None:
    with pytest.raises(DataError, match="document type"):
        read(doctype(tmp_path / "a.xlsx", part))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", data(ROW), extra={"xl/worksheets/sheet1.xml": BOMB})
    started = time.perf_counter()
    with pytest.raises(DataError, match="size a list of leads can have"):
        read(path)
    assert time.perf_counter() - started < 2


def test_a_bomb_in_many_parts_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_parts, "MOST_BYTES", 5 << 20)
    parts = {f"xl/media/{number}.bin": b"\0" * (1 << 20) for number in range(6)}
    with pytest.raises(DataError, match="MB unpacked"):
        read(made(tmp_path / "a.xlsx", data(ROW), extra=parts))


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    parts = {f"xl/media/{number}.bin": b"" for number in range(1_001)}
    with pytest.raises(DataError, match="parts"):
        read(made(tmp_path / "a.xlsx", data(ROW), extra=parts))


def lying(path: Path, part: str, size: int) -> Path:
    """Make a workbook whose directory claims a smaller size of one part than it has."""
    made(path, data(ROW).replace("</sheetData>", " " * 100_000 + "</sheetData>"))
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        real = archive.getinfo(part).file_size
    old, new = real.to_bytes(4, "little"), size.to_bytes(4, "little")
    at = content.find(old)
    while at >= 0:
        content[at : at + 4] = new
        at = content.find(old, at + 4)
    path.write_bytes(content)
    return path


def test_a_part_larger_than_it_claims_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="whole workbook"):
        read(lying(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", 500))


def test_a_sparse_corner_is_refused_at_once(tmp_path: Path) -> None:
    corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = made(tmp_path / "a.xlsx", data(ROW, corner))
    assert path.stat().st_size < 5_000
    with pytest.raises(DataError, match="reaches to cell XFD1048576"):
        read(path)


@pytest.mark.parametrize(
    "sheet",
    [
        data('<row r="1048577"><c r="A1048577"><v>1</v></c></row>'),
        data('<row r="3"><c r="XFE3"><v>1</v></c></row>'),
        data('<row r="3"><c r="A4"><v>1</v></c></row>'),
        data('<row r="3"><c r="B3"><v>1</v></c><c r="A3"><v>1</v></c></row>'),
        data(ROW, ROW),
        data('<row r="3"><c r="&#49;A"><v>1</v></c></row>'),
        one_row('<c r="B2" t="s"><v>0</v></c>'),
        one_row('<c r="B2" t="s"><v>-1</v></c>'),
        one_row('<c r="B2" t="d"><v>yesterday</v></c>'),
        data(ROW) + '<mergeCells><mergeCell ref="A1:ZZZZ9"/></mergeCells>',
        "<sheetData><row r='1'>",
        data(ROW) + "\x0b",
    ],
)
def test_sheets_that_break_the_format_are_refused(tmp_path: Path, sheet: str) -> None:
    with pytest.raises(DataError):
        read(made(tmp_path / "a.xlsx", sheet))


def test_cut_off_workbooks_are_refused_at_every_length(tmp_path: Path) -> None:
    content = written(tmp_path / "a.xlsx", plain).read_bytes()
    for cut in range(0, len(content), max(1, len(content) // 150)):
        (tmp_path / "cut.xlsx").write_bytes(content[:cut])
        with pytest.raises(DataError):
            read(tmp_path / "cut.xlsx")


def test_damaged_workbooks_give_the_same_cells_or_a_refusal(tmp_path: Path) -> None:
    content = written(tmp_path / "a.xlsx", plain).read_bytes()
    expected = read(tmp_path / "a.xlsx").rows
    for at in range(3, len(content), 29):
        changed = bytearray(content)
        changed[at] ^= 0x11
        (tmp_path / "b.xlsx").write_bytes(changed)
        try:
            assert read(tmp_path / "b.xlsx").rows == expected, at
        except DataError:
            continue


TOKENS = (
    b"<",
    b">",
    b'"',
    b'r="',
    b't="s"',
    b"9999999999",
    b"-1",
    b"</c>",
    b"<c>",
    b"<f>",
    b"<v/>",
    b"\xff",
    b"&a;",
    b"A1",
    b"<row>",
)


def fuzz(path: Path, count: int) -> None:
    """Change bytes of the file, or of a part before packing; only cells or a refusal may come out."""
    content = written(path, plain).read_bytes()
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = [name for name in parts if name.startswith("xl/") or name.endswith(".rels")]
    rng = random.Random(4)
    for index in range(count):
        if index % 2:
            changed = bytearray(content)
            changed[rng.randrange(len(changed))] = rng.randrange(256)
            path.write_bytes(changed)
        else:
            name = rng.choice(names)
            part = bytearray(parts[name])
            at = rng.randrange(len(part))
            part[at : at + rng.randint(0, 4)] = rng.choice(TOKENS)
            with zipfile.ZipFile(path, "w") as archive:
                for each, data in (parts | {name: bytes(part)}).items():
                    archive.writestr(each, data)
        with suppress(DataError):
            read(path)


def test_a_thousand_broken_workbooks_give_cells_or_a_refusal(tmp_path: Path) -> None:
    fuzz(tmp_path / "a.xlsx", 1_000)


@pytest.mark.slow
def test_twenty_thousand_broken_workbooks_give_cells_or_a_refusal(tmp_path: Path) -> None:
    fuzz(tmp_path / "a.xlsx", 20_000)


def other_zip(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "whole workbook"),
        (b"id,pr\n1,2\n", "whole workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old .xls workbook, or one with a password"),
        (other_zip(), "something else in a zip file"),
        (other_zip(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "OpenDocument"),
        (other_zip(**{"xl__workbook.bin": ""}), "xlsb"),
        (other_zip(**{"word__document.xml": "<x/>"}), "text document"),
        (other_zip(**{"xl__workbook.xml": "<workbook/>"}), "something else in a zip file"),
        (other_zip(**{"xl__workbook.xml": "not xml"}), "broken XML"),
    ],
)
def test_other_files_are_refused_by_what_they_are(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(DataError, match=re.escape(said)):
        read(tmp_path / "a.xlsx")


def test_empty_sheets_and_headers_without_rows_are_refused(tmp_path: Path) -> None:
    for sheet in ("<sheetData/>", "", data()):
        with pytest.raises(DataError):
            read(made(tmp_path / "a.xlsx", sheet))


def test_an_encrypted_part_is_refused(tmp_path: Path) -> None:
    content = bytearray(made(tmp_path / "a.xlsx", data(ROW)).read_bytes())
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(DataError, match="password"):
        read(tmp_path / "a.xlsx")


def test_a_chart_sheet_is_no_sheet_of_leads(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        plain(book)
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Leads!$B$2:$B$4"})
        book.add_chartsheet("Chart").set_chart(chart)

    assert read(written(tmp_path / "a.xlsx", fill)).rows == ROWS


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"xl/_rels/workbook.xml.rels": relations({"r1": ("worksheet", "x")}).replace(RELATIONS, STRICT)}, "Strict"),
        ({"xl/other.xml": f'<styleSheet xmlns="{MAIN}"/>'}, "number formats in 'xl/other.xml'"),
    ],
)
def test_what_the_library_would_read_wrongly_is_refused(tmp_path: Path, extra: dict[str, str], said: str) -> None:
    with pytest.raises(DataError, match=said):
        read(made(tmp_path / "a.xlsx", data(ROW), extra=dict(extra)))


def test_formatted_cells_without_value_do_no_harm(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"/></row>'
    assert read(made(tmp_path / "a.xlsx", '<dimension ref="A1:A1"/>' + data(ROW, far))).rows[0][0] == "L1"


# --- a process of its own


@pytest.mark.usefixtures("own_process")
def test_another_process_gives_the_same_table_and_the_same_problems(tmp_path: Path) -> None:
    assert read(written(tmp_path / "a.xlsx", plain)).rows == ROWS
    with pytest.raises(DataError, match=r"2 sheets: 'This year', 'Last year'.*\n.*--sheet 'This year'"):
        read(written(tmp_path / "b.xlsx", two_sheets))
    with pytest.raises(DataError, match="follows the file format; got something that openpyxl cannot read"):
        read(made(tmp_path / "c.xlsx", one_row('<c r="B2" t="s"><v>7</v></c>')))


@pytest.mark.usefixtures("own_process")
@pytest.mark.parametrize(
    ("limit", "value", "said"),
    [
        ("MOST_SECONDS", 0.001, "more than 0.001 seconds"),
        ("MOST_MEMORY", 40 << 20, "ended the reading process"),
        ("_MODULE", "no_such_module", "No module named"),
    ],
)
def test_a_process_without_an_answer_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: Any, said: str
) -> None:
    monkeypatch.setattr(workbook_child, limit, value)
    with pytest.raises(DataError, match=f"the workbook must be one that can be read; got .*{said}"):
        read(written(tmp_path / "a.xlsx", plain))


@pytest.mark.usefixtures("own_process")
def test_programs_in_the_working_folder_are_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("openpyxl", "json", "resource"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(3)\n")
    monkeypatch.chdir(tmp_path)
    assert read(written(tmp_path / "a.xlsx", plain)).rows == ROWS


def test_twenty_thousand_rows_are_read_in_seconds(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        for row in range(1, 20_001):
            sheet.write_row(row, 0, [f"L{row}", row / 100, 0.5, "2026-09-30"])

    table = read(written(tmp_path / "a.xlsx", fill, constant_memory=True))
    assert len(table.rows) == 20_000
    assert table.rows[19_999][1] == "200"
