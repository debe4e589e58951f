"""The workbook of a board pack, sheet by sheet.

Which sheet holds what?  A summary, one sheet an exhibit with its chart and its raw numbers, then every band, every
lead, every future and the plan box, whose formulas recalculate.

What it leaves out: how cells and charts are written.
"""

from __future__ import annotations

import io
import re
from typing import Any, Final

import xlsxwriter

from funnelsim.model.board_pack import Exhibit, Pack, PackData
from funnelsim.outputs.office_bytes import fixed
from funnelsim.outputs.packs.answer_words import Answer
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.workbook.band_sheet import bands_in, write_bands
from funnelsim.outputs.workbook.cells import Formats, write_text
from funnelsim.outputs.workbook.exhibit_sheet import write_exhibit
from funnelsim.outputs.workbook.live_sheets import write_futures, write_leads
from funnelsim.outputs.workbook.plan_sheet import write_plan
from funnelsim.outputs.wrapped_lines import wrapped_lines

OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
LONGEST_SHEET: Final = 31
TAKEN: Final = ("Summary", "Bands", "Leads", "Futures", "Plan")


def workbook_bytes(pack: Pack, data: PackData) -> bytes:
    """Return the workbook of a pack.

    Parameters
    ----------
    pack : Pack
        What is shown.
    data : PackData
        Leads and futures behind it.

    Returns
    -------
    bytes
        XLSX, the same bytes for the same pack and data; nothing from a user is a formula or a link.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, OPTIONS)
    book.set_properties({"title": plain(pack.title, 200), "subject": plain(pack.subtitle, 200), "author": "funnelsim"})
    formats = Formats(book, pack.currency)
    _summary(_sheet(book, "Summary", pack), pack, formats)
    for exhibit in pack.all:
        write_exhibit(book, _sheet(book, sheet_name(exhibit), pack), exhibit, formats)
    bands = bands_in(pack.answer)
    if bands:
        write_bands(_sheet(book, "Bands", pack), bands, formats, Answer(pack.answer).is_stated)
    if data.leads is not None and data.leads.rows:
        write_leads(book, _sheet(book, "Leads", pack), data.leads, formats)
    if data.futures:
        names = write_futures(book, _sheet(book, "Futures", pack), data.futures, formats)
        if names:
            write_plan(book, _sheet(book, "Plan", pack), pack, data, names, formats)
    book.close()
    return fixed(stream.getvalue())


def sheet_name(exhibit: Exhibit) -> str:
    """Return the name of an exhibit's sheet.

    Parameters
    ----------
    exhibit : Exhibit
        Its key is its own in the pack.

    Returns
    -------
    str
        Letters, digits, blanks and dashes, none of the names that other sheets have.
    """
    name = re.sub(r"[^A-Za-z0-9 -]", " ", exhibit.key).strip()[: LONGEST_SHEET - 8].capitalize() or "Exhibit"
    return f"{name} in detail" if name in TAKEN else name


def _sheet(book: Any, name: str, pack: Pack) -> Any:
    sheet = book.add_worksheet(name)
    made = pack.provenance
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&L{_printed(pack.title, 100)}&R{_printed(name, 31)}")
    foot = f"as of {made.as_of}, input {made.input_sha256[:12]}, seed {made.seed}, funnelsim {made.version}"
    sheet.set_footer(f"&L{_printed(foot, 180)}&RPage &P of &N")
    return sheet


def _printed(words: str, most: int) -> str:
    """Return text for a header or footer, in which an ampersand is a command."""
    return plain(words, most).replace("&", "&&")


def _summary(sheet: Any, pack: Pack, formats: Formats) -> None:
    bold, wrap = formats.of(bold=True, valign="top"), formats.of(text_wrap=True, valign="top")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 110)
    write_text(sheet, 0, 0, f"{pack.title}, {pack.subtitle}", formats.of(bold=True, font_size=14))
    row = 2
    for exhibit in pack.exhibits:
        _line(sheet, row, (sheet_name(exhibit), exhibit.title), (bold, wrap))
        row += 1
    made = pack.provenance
    told = {
        "Track record": pack.track,
        "Currency": pack.currency or "not given",
        "As of": made.as_of,
        "Input": f"{made.input_name}, SHA-256 {made.input_sha256}",
        "Answer": f"SHA-256 {made.content_hash}",
        "Seed": str(made.seed),
        "Simulated futures": f"{made.replications:,}",
        "Made by": f"funnelsim {made.version}",
    }
    for place, (name, words) in enumerate(told.items(), start=row + 1):
        _line(sheet, place, (name, words), (bold, wrap))


def _line(sheet: Any, row: int, words: tuple[str, str], looks: tuple[Any, Any]) -> None:
    for column, (one, look) in enumerate(zip(words, looks, strict=True)):
        write_text(sheet, row, column, one, look)
    sheet.set_row(row, min(15 * wrapped_lines(plain(words[1]), 108) + 3, 400))
