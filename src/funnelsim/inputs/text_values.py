"""Numbers and probabilities as people and programs write them, read exactly or not at all.

The question: is ``1.234`` one thousand or one and a bit?  No cell can say; its column often can.  So a column is read
as a whole: evidence inside it decides the decimal mark or the scale, what it decided is told, and without evidence the
reader asks.  Values are ``Decimal`` and never pass through a double.

What it leaves out: dates (:mod:`funnelsim.inputs.text_dates`) and what a missing value means for a lead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
import numpy.typing as npt

from funnelsim.errors import Shown
from funnelsim.inputs.currencies import currency_of
from funnelsim.inputs.findings import Findings

LONGEST_VALUE = 100
"""Characters of the longest cell that may be a number or a day; more is prose."""

DecimalMark = Literal[".", ","]
PcScale = Literal["percent", "fraction"]

_BLANK = frozenset(("", "-", "--", "–", "—", "n/a", "na", "(no value)", "(blank)", "(none)", "null", "none"))
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007\u2008\u200a\t"), " ") | dict.fromkeys(
    map(ord, "\u200b\u200e\u200f\ufeff"), ""
)
_CLEAN = _SPACES | {0x2212: "-", 0x2019: "'", 0x2018: "'"}
_PARENTHESES = re.compile(r"([^()0-9]*)\(([^()]*)\)([^()0-9]*)")
_NUMBER = re.compile(r"([^0-9.,]*?)([0-9][0-9., ']*|[.,][0-9]+)([^0-9.,]*)")
_NOT_A_NUMBER = re.compile(r"[+-]?(nan|inf|infinity|∞)", re.IGNORECASE)
_EXPONENT = re.compile(r"[+-]?[0-9][0-9.,]*e[+-]?[0-9]+", re.IGNORECASE)
_ZEROS = {"k": 3, "m": 6, "mm": 6, "mn": 6, "b": 9, "bn": 9}
_SUFFIX = re.compile(r"(k|mm|mn|m|bn|b)?\s*(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, eq=False)
class TextColumn:
    """One column to be read.

    Attributes
    ----------
    name : str
        What it holds in the user's words, such as ``PR``.
    header : str
        Header in the file.
    cells : sequence of str, (row,)
        Text as written.
    line : int64, (row,)
        Line or row number of each cell.
    needed : bool, (row,)
        Cells whose problems matter; the others only give evidence.
    typed : bool
        True when the file itself says that every cell is a number or a date.
    """

    name: str
    header: str
    cells: Sequence[str]
    line: npt.NDArray[np.int64]
    needed: npt.NDArray[np.bool_]
    typed: bool = False

    @property
    def said(self) -> str:
        """The column's name in messages."""
        return f"{self.name} (column {self.header!r})"


@dataclass(frozen=True)
class Numbers:
    """A column of numbers.

    Attributes
    ----------
    values : tuple of Decimal or None, (row,)
        Exact values; None where the cell is blank or could not be read.
    signs : tuple of str or None, (row,)
        Currency code or shared sign beside each number.
    decided : str
        What the evidence decided; empty when there was nothing to decide.
    """

    values: tuple[Decimal | None, ...]
    signs: tuple[str | None, ...]
    decided: str = ""


@dataclass(frozen=True)
class _Cell:
    """One number taken apart: sign, digits with their separators, zeros of its factor, currency, ``%`` or not."""

    negative: bool
    body: str
    zeros: int = 0
    sign: str | None = None
    percent: bool = False


def is_blank(text: str) -> bool:
    """Tell whether a cell says nothing.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    bool
        True for empty text and for what programs write instead: ``-``, ``N/A``, ``(No value)``, ``null``.
    """
    return text.translate(_SPACES).strip().casefold() in _BLANK


def read_numbers(column: TextColumn, findings: Findings, decimal: DecimalMark | None = None) -> Numbers:
    """Read a column of amounts.

    Parameters
    ----------
    column : TextColumn
        What to read.
    findings : Findings
        Where problems of needed cells go.
    decimal : {'.', ','}, optional
        The user's word on the decimal mark; it then holds for every cell.

    Returns
    -------
    Numbers
        Exact values; a cell that is not a number, or whose mark nobody decided, is None and is in ``findings``.
    """
    cells = _take_apart(column, findings, percent=False)
    mark, decided = _decimal_mark(column, cells, findings, "." if column.typed else decimal)
    values = _values(column, cells, mark, findings)
    return Numbers(values, tuple(cell.sign if cell else None for cell in cells), decided)


def read_probabilities(
    column: TextColumn, findings: Findings, scale: PcScale | None = None, decimal: DecimalMark | None = None
) -> tuple[tuple[Decimal | None, ...], str]:
    """Read a column of probabilities written as percent or as fractions.

    Parameters
    ----------
    column : TextColumn
        What to read.
    findings : Findings
        Where problems of needed cells go.
    scale : {'percent', 'fraction'}, optional
        The user's word on the scale; a cell with its own ``%`` stays percent.
    decimal : {'.', ','}, optional
        Used when the column does not show its decimal mark.

    Returns
    -------
    values : tuple of Decimal or None, (row,)
        Exact, in [0, 1]; None where blank or in ``findings``.
    decided : str
        Why the column is percent or fraction.
    """
    cells = _take_apart(column, findings, percent=True)
    shown = {_evidence(cell.body) for cell in cells if cell} & {".", ","}
    own = "." if column.typed else decimal if len(shown) != 1 else None
    mark, _ = _decimal_mark(column, cells, findings, own)
    values = _values(column, cells, mark, findings)
    kind, decided = _pc_scale(column, cells, values, findings, scale)
    found: list[Decimal | None] = []
    for row, (cell, value) in enumerate(zip(cells, values, strict=True)):
        pc = None
        if cell is not None and value is not None and kind:
            percent = cell.percent or kind == "percent"
            pc = _shifted(value, -2) if percent else value
            if not 0 <= pc <= 1:
                pc = None
                if column.needed[row]:
                    rule, hint = _range(percent=percent)
                    findings.add(column.said, rule, int(column.line[row]), column.cells[row], hint)
        found.append(pc)
    return tuple(found), decided


def _range(*, percent: bool) -> tuple[str, str]:
    if percent:
        return "in [0 %, 100 %]", "correct the cell; pass --pc fraction if 1 is certain in this column"
    return "in [0, 1]", "pass --pc percent if the column is in percent"


def _take_apart(column: TextColumn, findings: Findings, *, percent: bool) -> list[_Cell | None]:
    """Split every cell into its parts; report what is no number at all."""
    if not any(column.cells):
        return [None] * len(column.cells)
    known: dict[str, _Cell | None] = {}
    cells: list[_Cell | None] = []
    for row, text in enumerate(column.cells):
        if text not in known:
            known[text] = None if is_blank(text) else _parts(text, percent=percent)
        cell = known[text]
        if cell is None and column.needed[row] and not is_blank(text):
            findings.add(column.said, "a number", int(column.line[row]), text, _number_hint(text))
        cells.append(cell)
    return cells


def _number_hint(text: str) -> str:
    clean = text.translate(_CLEAN).strip()
    if _NOT_A_NUMBER.fullmatch(clean):
        return "NaN and infinity are no amounts: leave the cell blank or write the number"
    if _EXPONENT.fullmatch(clean):
        return "a spreadsheet has shortened it: write all digits"
    return "write digits with one decimal mark, such as 1234.50; leave the cell blank when there is no value"


def _parts(text: str, *, percent: bool) -> _Cell | None:
    """Take one cell apart, or return None when it is no number."""
    clean = text.translate(_CLEAN).strip()
    if len(clean) > LONGEST_VALUE:
        return None
    inside = _PARENTHESES.fullmatch(clean)
    if inside:
        clean = " ".join(part for part in inside.groups() if part.strip()).strip()
    match = _NUMBER.fullmatch(clean)
    if not match:
        return None
    before, body, after = match.group(1), match.group(2).strip(), match.group(3).strip()
    minus = before.count("-") + after.count("-")
    plus = before.count("+")
    if minus + plus + bool(inside) > 1 or ("-" in after and not after.endswith("-")):
        return None
    before, after = before.replace("-", "").replace("+", "").strip(), after.removesuffix("-").strip()
    unit = _unit(before, after, percent=percent)
    return _Cell(bool(minus or inside), body, *unit) if unit else None


def _unit(before: str, after: str, *, percent: bool) -> tuple[int, str | None, bool] | None:
    """Return zeros, currency and ``%`` of what stands around the digits, or None when it is not understood."""
    if percent:
        return (0, None, after == "%") if not before and after in {"", "%"} else None
    zeros = 0
    suffix = _SUFFIX.fullmatch(after)
    if suffix and suffix.group(1) and currency_of(after) is None:
        zeros, after = _ZEROS[suffix.group(1).lower()], suffix.group(2).strip()
    signs = {currency_of(text) for text in (before, after) if text}
    if None in signs or len(signs) > 1:
        return None
    return zeros, signs.pop() if signs else None, False


def _evidence(body: str) -> str:
    """Return the decimal mark that one number proves, ``?`` when it could be read both ways, empty when it has none."""
    dots, commas = body.count("."), body.count(",")
    if dots and commas:
        return "." if body.rfind(".") > body.rfind(",") else ","
    if not dots and not commas:
        return ""
    mark = "." if dots else ","
    if dots + commas > 1:
        return "," if dots else "."
    left, right = body.split(mark)
    grouped = " " in body or "'" in body
    if grouped or len(right) != 3 or not 1 <= len(left) <= 3 or left[0] == "0":
        return mark
    return "?"


def _decimal_mark(
    column: TextColumn, cells: Sequence[_Cell | None], findings: Findings, given: DecimalMark | None
) -> tuple[str, str]:
    """Decide the decimal mark of a column; empty text when nobody can."""
    first: dict[str, int] = {}
    for row, cell in enumerate(cells):
        if cell is not None:
            first.setdefault(_evidence(cell.body), row)
    if given is not None:
        asked = "" if column.typed or "?" not in first else f"as told by --decimal {given}"
        return given, asked
    proofs = [mark for mark in (".", ",") if mark in first]
    asks = any(cell is not None and needed for cell, needed in zip(cells, column.needed, strict=True))
    if not asks and len(proofs) != 1:
        return "", ""
    if len(proofs) == 2:
        shown = " and ".join(
            f"{column.cells[first[mark]]!r} in {findings.word} {column.line[first[mark]]}" for mark in proofs
        )
        hint = "pass --decimal . or --decimal , and correct the cells that do not follow it"
        findings.say(column.said, "written with one decimal mark", Shown(shown), hint)
        return "", ""
    if proofs:
        row = first[proofs[0]]
        words = "point" if proofs[0] == "." else "comma"
        return proofs[0], f"decimal {words}: {column.cells[row].strip()} in {findings.word} {column.line[row]}"
    if "?" in first:
        row = first["?"]
        text = column.cells[row].strip()
        hint = "pass --decimal . if a point separates the cents, --decimal , if a comma does"
        where = f"in {findings.word} {column.line[row]}, which reads as thousands or as decimals"
        findings.say(column.said, "written so that the decimal mark can be told", text, hint, where)
        return "", ""
    return ".", ""


def _values(
    column: TextColumn, cells: Sequence[_Cell | None], mark: str, findings: Findings
) -> tuple[Decimal | None, ...]:
    """Turn parts into exact values by the column's decimal mark."""
    if not mark:
        return (None,) * len(cells)
    other = "," if mark == "." else "."
    rule = f"a number with decimal mark {mark!r} and thousands in threes"
    known: dict[_Cell, Decimal | None] = {}
    values: list[Decimal | None] = []
    for row, cell in enumerate(cells):
        if cell is None:
            values.append(None)
            continue
        if cell not in known:
            known[cell] = _exact(cell, mark, other)
        if known[cell] is None and column.needed[row]:
            findings.add(
                column.said,
                rule,
                int(column.line[row]),
                column.cells[row],
                f"correct the cell, or pass --decimal {other}",
            )
        values.append(known[cell])
    return tuple(values)


def _exact(cell: _Cell, mark: str, other: str) -> Decimal | None:
    whole, found, part = cell.body.partition(mark)
    if found and not part.isdigit():
        return None
    marks = set(re.sub("[0-9]", "", whole))
    if marks:
        separator = marks.pop()
        groups = whole.split(separator)
        strict = (
            1 <= len(groups[0]) <= 3
            and groups[0][0] != "0"
            and all(len(group) == 3 and group.isdigit() for group in groups[1:])
        )
        if marks or separator not in {other, " ", "'"} or not strict:
            return None
        whole = "".join(groups)
    text = f"{whole or '0'}.{part or '0'}"
    number = _shifted(Decimal(text), cell.zeros)
    return number.copy_negate() if cell.negative and number else number


def _shifted(number: Decimal, places: int) -> Decimal:
    """Multiply by a power of ten without touching a digit (a context would round beyond 28 of them)."""
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    return Decimal((sign, digits, exponent + places))


def _pc_scale(
    column: TextColumn,
    cells: Sequence[_Cell | None],
    values: Sequence[Decimal | None],
    findings: Findings,
    given: PcScale | None,
) -> tuple[str, str]:
    """Decide percent or fraction for a column; empty text when nobody can."""
    if given is not None:
        return given, f"{given}: as told by --pc {given}"
    bare = [value for cell, value in zip(cells, values, strict=True) if cell and value is not None and not cell.percent]
    signed = any(cell is not None and cell.percent for cell in cells)
    top = max(bare, default=Decimal(0))
    small = [value for value in bare if 0 < value < 1]
    says_percent = "the values carry %" if signed else "the header has %" if "%" in column.header else ""
    if top > 1 and not says_percent:
        says_percent = f"values up to {top.normalize():f}"
    hint = "pass --pc percent (1 is one in a hundred) or --pc fraction (1 is certain)"
    if says_percent and small:
        if bool(column.needed.any()):
            value = Shown(f"{says_percent}, and {small[0]:f} without %")
            findings.say(column.said, "all percent or all fractions", value, hint)
        return "", ""
    if says_percent:
        return "percent", f"percent: {says_percent}"
    if small:
        return "fraction", f"fraction: values up to {top.normalize():f}"
    if top == 1 and any(value == 1 and column.needed[row] for row, value in enumerate(values)):
        findings.say(column.said, "a column that shows whether it is percent", Shown("only 0 and 1"), hint)
        return "", ""
    return "fraction", ""
