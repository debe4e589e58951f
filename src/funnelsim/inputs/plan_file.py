"""The user's own goals and bookings: a plan by period, and the actuals to date.

The question: what was promised for which period, and what has been booked already?  Two small tables, read as strictly
as leads: exact amounts, real days, nothing twice.

What it leaves out: what the plan is compared with.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from funnelsim.errors import DataError, Problem, Shown
from funnelsim.inputs.crm import header_key
from funnelsim.inputs.currencies import currency_of, may_mean
from funnelsim.inputs.findings import Findings, some_headers
from funnelsim.inputs.raw_table import RawTable
from funnelsim.inputs.table_files import read_table
from funnelsim.inputs.text_dates import DateOrder, read_dates
from funnelsim.inputs.text_values import DecimalMark, TextColumn, is_blank, read_numbers
from funnelsim.model.leads import Bookings
from funnelsim.model.money import DEFAULT_MINOR_DIGITS, LARGEST_AMOUNT

_PERIOD = ("period", "month", "start", "period start", "quarter")
_TARGET = ("target", "plan", "goal", "quota", "budget", "amount")
_DAY = ("date", "day", "closed", "close date", "booking date", "booked on", "won date")
_AMOUNT = ("amount", "booked", "bookings", "revenue", "actual", "actuals", "value")
_NO_DAY = re.compile("[^0-9]*([0-9]{4})?")
_HOW_TO_WRITE = "write 2026-07 for a month, 2026-Q3 for a quarter, 2026-07-06 for a week; leave totals out"
_CURRENCY = ("currency", "currency code", "currency iso code")
_CONVERT = "convert it first: --rate is for leads only"
_QUARTER = re.compile(r"([0-9]{4})[- ]?Q([1-4])", re.IGNORECASE)
_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")


def parse_amount(
    text: str, digits: int = DEFAULT_MINOR_DIGITS, *, where: str = "", currency: str | None = None
) -> int | None:
    """Read an amount typed at a command line.

    Parameters
    ----------
    text : str
        Such as ``4500000``, ``4,500,000.00``, ``4.5M`` or ``$ 450k``.
    digits : int
        Decimals of the currency.
    where : str
        The option it was typed at, for messages.
    currency : str, optional
        Code of the currency that a sign must mean; None allows any.

    Returns
    -------
    int or None
        Minor units, exactly; None when the text is no number at all, such as the name of a file.

    Raises
    ------
    DataError
        If the decimal mark cannot be told (``1.234``), the sign is of another currency, or the amount is negative, too
        large, or has too many decimals.
    """
    findings = Findings("", "")
    one = np.ones(1, dtype=np.int64)
    quiet = TextColumn("amount", text, (text,), one, np.zeros(1, dtype=np.bool_))
    if read_numbers(quiet, findings, ".").values[0] is None and read_numbers(quiet, findings, ",").values[0] is None:
        return None
    numbers = read_numbers(TextColumn("amount", text, (text,), one, one.astype(np.bool_)), Findings("", ""))
    value, sign = numbers.values[0], numbers.signs[0]
    if value is None:
        hint = "write it without separators between thousands, such as 1234 or 1234.50"
        raise DataError(Problem(where, "the amount", "written so that the decimal mark can be told", text, hint))
    minor, rule = _minor(value, digits)
    if minor is None:
        raise DataError(Problem(where, "the amount", rule, text, "write a plain amount, such as 5M or 4500000.50"))
    if sign is not None and currency is not None and not may_mean(sign, currency):
        raise DataError(Problem(where, "the amount", f"in {currency}, like the leads", text, _CONVERT))
    return minor


def read_plan(
    path: str | os.PathLike[str],
    *,
    digits: int = DEFAULT_MINOR_DIGITS,
    fiscal_start: int = 1,
    unit: str | None = None,
    dates: DateOrder | None = None,
    decimal: DecimalMark | None = None,
    currency: str | None = None,
) -> tuple[tuple[date, int], ...]:
    """Read a plan by period.

    Parameters
    ----------
    path : str or path
        A table with the columns ``period`` and ``target``.  A period is ``2026-03`` (a month), ``2026-03-01`` (the
        period that starts on this day) or ``2026-Q1`` (a quarter of the fiscal year that ends in 2026).
    digits : int
        Decimals of the currency.
    fiscal_start : int
        First month of the fiscal year, in [1, 12].
    unit : {'month', 'week', 'quarter'}, optional
        Length of the forecast's periods; a month or quarter written in the file must be one of them.
    dates : {'dmy', 'mdy'}, optional
        Order of day and month, where the column does not show it.
    decimal : {'.', ','}, optional
        Decimal mark, where the column does not show it.
    currency : str, optional
        Currency of the leads; amounts that say another are refused.

    Returns
    -------
    tuple of (date, int)
        First day and target in minor units, by day, every day once.

    Raises
    ------
    DataError
        With every problem of the file.
    """
    table = read_table(path, _known)
    findings = Findings(table.name, "line" if table.kind == "csv" else "row")
    period, target = _two_columns(table, _PERIOD, _TARGET, ("period", "target"), findings)
    _refuse_other_units(period, unit, findings)
    starts = _starts(period, fiscal_start, findings, dates)
    amounts = _amounts(target, digits, findings, decimal, (currency, _codes(table)))
    first: dict[date, int] = {}
    for row, start in enumerate(starts):
        if start is not None and first.setdefault(start, row) != row:
            where = f"{start} in {findings.word}s {table.line[first[start]]} and {table.line[row]}"
            findings.add(
                period.said, "different in every row", int(table.line[row]), Shown(where), "add them up in one row"
            )
    findings.stop_if_any()
    return tuple(
        sorted((start, amount) for start, amount in zip(starts, amounts, strict=True) if start and amount is not None)
    )


def read_actuals(
    path: str | os.PathLike[str],
    *,
    as_of: date | None = None,
    digits: int = DEFAULT_MINOR_DIGITS,
    dates: DateOrder | None = None,
    decimal: DecimalMark | None = None,
    currency: str | None = None,
) -> Bookings:
    """Read bookings to date.

    Parameters
    ----------
    path : str or path
        A table with the columns ``date`` and ``amount``; several rows may share a day.
    as_of : date, optional
        No booking may be later.
    digits : int
        Decimals of the currency.
    dates : {'dmy', 'mdy'}, optional
        Order of day and month, where the column does not show it.
    decimal : {'.', ','}, optional
        Decimal mark, where the column does not show it.
    currency : str, optional
        Currency of the leads; amounts that say another are refused.

    Returns
    -------
    Bookings
        In the order of the file.

    Raises
    ------
    DataError
        With every problem of the file.
    """
    table = read_table(path, _known)
    findings = Findings(table.name, "line" if table.kind == "csv" else "row")
    day, amount = _two_columns(table, _DAY, _AMOUNT, ("date", "amount"), findings)
    days = read_dates(day, findings, dates).values
    amounts = _amounts(amount, digits, findings, decimal, (currency, _codes(table)))
    for row, found in enumerate(days):
        if found is None and is_blank(day.cells[row]):
            findings.add(
                day.said, "given in every row", int(table.line[row]), day.cells[row], "fill it in, or delete the row"
            )
        elif found is not None and as_of is not None and found > as_of:
            hint = "leave out what was booked later, or choose a later --as-of"
            rule = f"on or before the as-of day {as_of}"
            findings.add(day.said, rule, int(table.line[row]), Shown(str(found)), hint)
    findings.stop_if_any()
    return Bookings(np.array(days, dtype="datetime64[D]"), np.array(amounts, dtype=np.int64))


def _known(header: str) -> bool:
    return header_key(header) in {*_PERIOD, *_TARGET, *_DAY, *_AMOUNT}


def _two_columns(
    table: RawTable, first: Sequence[str], second: Sequence[str], names: tuple[str, str], findings: Findings
) -> tuple[TextColumn, TextColumn]:
    """Find the two columns of a small table; the first alias that is there wins."""
    columns = []
    for name, aliases in zip(names, (first, second), strict=True):
        found = [header for alias in aliases for header in table.headers if header_key(header) == alias]
        if not found:
            shown = Shown(some_headers(table.headers))
            findings.say("the columns", f"'{names[0]}' and '{names[1]}'", shown, f"name one column {name!r}")
        else:
            typed = found[0] in table.number_columns or found[0] in table.date_columns
            needed: npt.NDArray[np.bool_] = np.ones(len(table.rows), dtype=np.bool_)
            columns.append(TextColumn(name, found[0], table.column(found[0]), table.line, needed, typed))
    findings.stop_if_any()
    return columns[0], columns[1]


def _starts(
    period: TextColumn, fiscal_start: int, findings: Findings, order: DateOrder | None
) -> tuple[date | None, ...]:
    """Read months and quarters as their first days, everything else as a day."""
    cells = []
    for row, text in enumerate(period.cells):
        if is_blank(text):
            findings.add(
                period.said, "given in every row", int(period.line[row]), text, "fill it in, or delete the row"
            )
        elif _NO_DAY.fullmatch(text.strip()):
            findings.add(period.said, "a period", int(period.line[row]), text, _HOW_TO_WRITE)
            text = ""  # said once; the days below need not say it again
        cells.append(_first_day(text.strip(), fiscal_start))
    column = TextColumn(period.name, period.header, cells, period.line, period.needed, period.typed)
    return read_dates(column, findings, order).values


def _refuse_other_units(period: TextColumn, unit: str | None, findings: Findings) -> None:
    """Refuse a quarter's target where periods are months, and the like: it would be taken for a shorter time."""
    for row, text in enumerate(period.cells):
        for kind, pattern in (("quarter", _QUARTER), ("month", _MONTH)):
            if unit not in {None, kind} and pattern.fullmatch(text.strip()):
                hint = f"pass --period {kind}, or give a target for each {unit}"
                findings.add(
                    period.said, f"a {unit}, like the periods of the forecast", int(period.line[row]), text, hint
                )


def _first_day(text: str, fiscal_start: int) -> str:
    """Return a month or quarter as the text of its first day, anything else as it is."""
    if quarter := _QUARTER.fullmatch(text):
        year = int(quarter.group(1)) - (fiscal_start > 1)
        month = 12 * year + fiscal_start - 1 + 3 * (int(quarter.group(2)) - 1)
        return f"{month // 12:04}-{month % 12 + 1:02}-01"
    return f"{text}-01" if _MONTH.fullmatch(text) else text


def _amounts(
    column: TextColumn,
    digits: int,
    findings: Findings,
    decimal: DecimalMark | None,
    money: tuple[str | None, Sequence[str]],
) -> tuple[int | None, ...]:
    """Read amounts; ``money`` has the currency of the leads and what each row says of its own."""
    amounts: list[int | None] = []
    numbers = read_numbers(column, findings, decimal)
    signs = {sign for sign in numbers.signs if sign is not None}
    signs |= {currency_of(code.strip()) or code.strip() for code in money[1] if not is_blank(code)}
    if len(signs) > 1:
        findings.say(column.said, "in one currency", Shown(", ".join(sorted(signs))), _CONVERT)
    elif signs and money[0] is not None and not may_mean(min(signs), money[0]):
        findings.say(column.said, f"in {money[0]}, like the leads", Shown(min(signs)), _CONVERT)
    for row, value in enumerate(numbers.values):
        line = int(column.line[row])
        minor, rule = (None, "") if value is None else _minor(value, digits)
        if value is None and is_blank(column.cells[row]):
            rule = "given in every row"
        if rule:
            findings.add(column.said, rule, line, column.cells[row], "correct the cell, or delete the row")
        amounts.append(minor)
    return tuple(amounts)


def _codes(table: RawTable) -> Sequence[str]:
    """Return the cells of the column that names a currency, if there is one."""
    found = next((header for header in table.headers if header_key(header) in _CURRENCY), None)
    return () if found is None else table.column(found)


def _minor(value: Decimal, digits: int) -> tuple[int | None, str]:
    """Return minor units, or the rule that the amount breaks."""
    if not 0 <= value <= LARGEST_AMOUNT:
        return None, f"in [0, {LARGEST_AMOUNT:,}]"
    exact = Fraction(value) * 10**digits
    return (exact.numerator, "") if exact.denominator == 1 else (None, f"an amount with at most {digits} decimals")
