"""Text files of comma, semicolon, tab or bar separated values, read as text and never guessed at.

The question: what are the characters, the cells and the rows?  Encoding, delimiter, header and footer are found out and
said; what cannot be read for certain (a broken quote, a short row, a NUL byte, a file that was cut off) is an error
with its line.

What it leaves out: the meaning of headers and values.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Callable
from itertools import islice

import numpy as np

from funnelsim.errors import Shown
from funnelsim.inputs.findings import Findings, rows_of
from funnelsim.inputs.raw_table import RawTable
from funnelsim.inputs.report_layout import Line, find_header, lay_out

LARGEST_FILE = 512 * 2**20
LARGEST_CELL = 2**17
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
UNTERMINATED = "the file does not end with a newline"
"""How the note starts which asks a person to compare rows and control total."""

_SAMPLE_ROWS = 40
_SAMPLE_CHARACTERS = 2**20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf": "7-zip",
    b"\xd0\xcf\x11\xe0": "old Excel (.xls)",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
}
_PAGE = re.compile(rb"\s*<(!doctype|html|\?xml|table)", re.IGNORECASE)
_ASK = "pass --encoding, such as --encoding latin-1"
_ASK_AGAIN = "pass another --encoding, or leave it out to have it told from the bytes"
_TWICE = re.compile("[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[™œ\u009d“”¦]|ï»¿")


def read_csv_table(content: bytes, name: str, known: Callable[[str], bool], *, encoding: str | None = None) -> RawTable:
    """Read the bytes of a text file as a table of text.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        Its name, for messages.
    known : callable
        Tells whether a header is one that some CRM, or the user, uses; helps to find header and delimiter.
    encoding : str, optional
        The user's word on the encoding.

    Returns
    -------
    RawTable
        Cells as written, with notes on everything that was decided or removed.

    Raises
    ------
    DataError
        If the file is empty, packed, not text, badly quoted or badly laid out.
    """
    findings = Findings(name)
    for magic, kind in _PACKED.items():
        if content.startswith(magic):
            hint = (
                "a workbook needs the ending .xlsx; unpack anything else"
                if kind == "zip"
                else "unpack it, or save it as CSV"
            )
            findings.say("the file", "plain text, XLSX or Parquet", Shown(f"{kind} content"), hint)
    if _PAGE.match(content):
        hint = "export it as CSV; a sign-in page saved under this name looks like this, too"
        findings.say("the file", "a table of plain text", Shown("a web page or XML"), hint)
    findings.stop_if_any()
    text, said, notes = _decode(content, findings, encoding)
    text, delimiter = _delimiter(text, known)
    grid = _grid(text, delimiter, findings)
    layout = lay_out(grid, known, findings)
    if text and not text.endswith(("\n", "\r")):
        last = f"{UNTERMINATED}: its last line is {grid[-1][0]}, with {rows_of(len(layout.rows))} of data read"
        notes.append(f"{last}; compare with the rows and the total that were exported.")
    if delimiter != ",":
        notes.append(f"Cells are separated by {DELIMITERS[delimiter]}.")
    return RawTable(
        headers=layout.headers,
        rows=layout.rows,
        line=np.array(layout.lines, dtype=np.int64),
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        encoding=said,
        kind="csv",
        notes=(*notes, *layout.notes),
    )


def _decode(content: bytes, findings: Findings, encoding: str | None) -> tuple[str, str, list[str]]:
    """Turn bytes into text; return text, the encoding's name and notes."""
    codec, said, skip = _encoding(content, findings, encoding)
    notes = []
    try:
        text = content[skip:].decode(codec)
    except UnicodeDecodeError as error:
        if encoding is not None or codec != "utf-8" or skip:
            _refuse(findings, codec, skip + error.start, content, _ASK if encoding is None else _ASK_AGAIN)
        byte, offset = content[error.start], error.start
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError as second:
            _refuse(findings, "UTF-8 or Windows-1252", second.start, content)
        said = "Windows-1252"
        notes.append(
            f"Read as Windows-1252, because byte 0x{byte:02X} at offset {offset:,} is not UTF-8; --encoding overrides."
        )
    text = text.removeprefix("\ufeff")
    if said.startswith("UTF-16"):
        notes.append(f"Read as {said}.")
    if "\x00" in text:
        line = len(re.findall("\r\n|\r|\n", text[: text.index("\x00")])) + 1
        findings.add("text", "free of NUL characters", line, "\x00", "export the file again, or pass --encoding")
        findings.stop_if_any()
    for pattern, words in ((_TWICE, "looks encoded twice"), (re.compile("\ufffd"), "holds replacement characters")):
        found = pattern.findall(text)
        if found:
            notes.append(f"Text {words} in {len(found):,} places, such as {found[0]!r}; names are shown as they are.")
    return text, said, notes


def _refuse(findings: Findings, codec: str, offset: int, content: bytes, hint: str = _ASK) -> None:
    where = f"in byte {offset:,} (0x{content[offset]:02X})" if offset < len(content) else "at the end"
    findings.say("text", f"readable as {codec}", Shown("something else"), hint, where)
    findings.stop_if_any()


def _encoding(content: bytes, findings: Findings, given: str | None) -> tuple[str, str, int]:
    """Return codec, name and bytes to skip."""
    if given is not None:
        try:
            codec = codecs.lookup(given)
            "a".encode(codec.name)
        except LookupError:
            rule = "one that Python knows, such as utf-8, cp1252 or utf-16"
            findings.say("--encoding", rule, given, "leave it out to have it told from the bytes")
            findings.stop_if_any()
        return codec.name, codec.name, 0
    for mark, name, said in _MARKS:
        if content.startswith(mark):
            return name, said, len(mark)
    head = content[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.3 * len(head) / 2 and not even:
        return "utf-16-le", "UTF-16 without a byte order mark", 0
    if even > 0.3 * len(head) / 2 and not odd:
        return "utf-16-be", "UTF-16 without a byte order mark", 0
    return "utf-8", "UTF-8", 0


def _delimiter(text: str, known: Callable[[str], bool]) -> tuple[str, str]:
    """Return the text without a ``sep=`` line (its newline stays, so that lines count), and the delimiter."""
    told = re.match(r"sep=([,;\t|])(?=\r|\n)", text)
    if told:
        return text[told.end() :], told.group(1)
    sample = text[:_SAMPLE_CHARACTERS]
    return text, max(DELIMITERS, key=lambda delimiter: _fits(sample, delimiter, known))


def _fits(text: str, delimiter: str, known: Callable[[str], bool]) -> tuple[int, float, int]:
    """Score a delimiter: known headers first, then rows as wide as the header, then columns."""
    grid: list[Line] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        grid.extend((0, cells) for cells in islice(reader, _SAMPLE_ROWS))
    except csv.Error:
        pass
    if not grid:
        return 0, 0.0, 0
    at = find_header(grid, known)
    header = [cell for cell in grid[at][1] if cell.strip()]
    width = len(grid[at][1])
    same = [len(cells) == width for _, cells in grid[at:] if cells]
    share = sum(same) / len(same) if width > 1 and same else 0.0
    return sum(map(known, header)), share, width


def _grid(text: str, delimiter: str, findings: Findings) -> list[Line]:
    """Cut text into rows of cells, each with the number of its first line."""
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    grid: list[Line] = []
    start = 1
    try:
        for cells in reader:
            grid.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        hint = "close every quote, and double the quotes inside a cell"
        findings.add("row", "quoted in pairs, cells of ordinary length", start, Shown(str(error)), hint)
        findings.stop_if_any()
    return grid
