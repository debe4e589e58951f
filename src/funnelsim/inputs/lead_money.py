"""Amounts of leads in whole minor units of one currency.

The question: how many cents is this lead worth, and in whose money?  Amounts must fit the minor units of their own
currency exactly; several currencies are never added up, but converted at the user's own rates, each rounded once, half
to even, and counted.

What it leaves out: which leads are forecast.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from funnelsim.errors import Shown
from funnelsim.inputs.crm import header_key
from funnelsim.inputs.crm_words import COMPANY_CURRENCY
from funnelsim.inputs.currencies import CODES, NAMES, SHARED_SIGNS, may_mean
from funnelsim.inputs.field_columns import FieldColumns
from funnelsim.inputs.findings import Findings, rows_of
from funnelsim.inputs.reading_options import ReadingOptions
from funnelsim.inputs.text_values import Numbers, is_blank, read_numbers
from funnelsim.model.money import LARGEST_AMOUNT, LARGEST_TOTAL_MINOR, minor_digits, rounded

MONEY_FIELDS = {"pr": "PR", "amount_won": "won amount", "pr_p10": "PR P10", "pr_p90": "PR P90"}

Amounts = tuple[int | None, ...]


@dataclass(frozen=True)
class Money:
    """All amounts of a file.

    Attributes
    ----------
    amounts : dict of str to tuple of int or None, (row,)
        Minor units for each of ``MONEY_FIELDS``; None where blank.
    currency : str or None
        Code of all amounts; None when nobody said.
    digits : int
        Its decimals.
    decided : dict of str to str
        How each column's decimal mark was found.
    notes : tuple of str
        Conversions and roundings, with counts.
    """

    amounts: dict[str, Amounts]
    currency: str | None
    digits: int
    decided: dict[str, str]
    notes: tuple[str, ...]


def read_money(
    columns: FieldColumns,
    is_open: npt.NDArray[np.bool_],
    is_won: npt.NDArray[np.bool_],
    options: ReadingOptions,
    findings: Findings,
) -> Money:
    """Read every amount column.

    Parameters
    ----------
    columns : FieldColumns
        The file.
    is_open, is_won : bool, (row,)
        Status of each row; amounts of other rows are not read.
    options : ReadingOptions
        Decimal mark, currency, rates, rounding.
    findings : Findings
        Takes the problems.

    Returns
    -------
    Money
        Amounts in minor units of one currency, at least 0 each.
    """
    needed = {"pr": is_open | is_won, "amount_won": is_won, "pr_p10": is_open, "pr_p90": is_open}
    numbers = {
        field: read_numbers(columns.column(field, name, needed[field]), findings, options.decimal)
        for field, name in MONEY_FIELDS.items()
    }
    notes: list[str] = []
    codes = _codes(columns, numbers, needed, options, findings)
    currency = _currency(codes, options, findings, notes)
    converter = _Converter(options, currency, findings)
    amounts = {}
    for field, name in MONEY_FIELDS.items():
        column = columns.column(field, name, needed[field])
        amounts[field] = converter.minor(column.said, numbers[field].values, codes, needed[field], columns.line)
    biggest = sum(max(amounts[field][row] or 0 for field in MONEY_FIELDS) for row in range(len(columns)))
    if biggest >= LARGEST_TOTAL_MINOR:
        findings.say(
            "the sum of all amounts", "below 46,000,000,000,000,000", Shown(str(biggest)), "check the currency"
        )
    decided = {field: numbers[field].decided for field in MONEY_FIELDS if numbers[field].decided}
    return Money(
        amounts, currency, minor_digits(currency), decided, (*notes, *converter.notes(), *_sign_note(codes, currency))
    )


def _codes(
    columns: FieldColumns,
    numbers: dict[str, Numbers],
    needed: dict[str, npt.NDArray[np.bool_]],
    options: ReadingOptions,
    findings: Findings,
) -> list[str | None]:
    """Return the currency of each row whose amounts count, by its own column, else by the sign beside the amount."""
    header = _currency_header(columns, options)
    cells = columns.by_header(header) if header else ("",) * len(columns)
    codes: list[str | None] = []
    for row, text in enumerate(cells):
        fields = [field for field in MONEY_FIELDS if needed[field][row] and numbers[field].values[row] is not None]
        signs = {sign for field in fields if (sign := numbers[field].signs[row]) is not None}
        code = _code(text) if fields and not is_blank(text) else None
        if code == "":
            hint = "write a code such as USD, or pass --map currency= to leave the column aside"
            findings.add(f"currency (column {header!r})", "a currency code", int(columns.line[row]), text, hint)
            code = None
        if code is not None and not all(may_mean(sign, code) for sign in signs):
            shown = Shown(f"{text!r} beside {', '.join(sorted(signs))}")
            findings.add("currency", "the same in its column and beside the amount", int(columns.line[row]), shown)
        elif len(signs) > 1:
            findings.add("currency", "one in each row", int(columns.line[row]), sorted(signs))
        codes.append(code or (min(signs) if signs else None) if fields else "")
    return codes


def _code(text: str) -> str:
    """Return a code, or empty text for what is none."""
    clean = text.strip()
    return clean.upper() if clean.upper() in CODES else NAMES.get(clean.casefold(), "")


def _currency_header(columns: FieldColumns, options: ReadingOptions) -> str | None:
    """Return the header of the currency that belongs to the amount column in use."""
    amount = columns.headers.fields.get("pr", "")
    named = columns.headers.fields.get("currency")
    if "currency" in options.mapping:
        return named
    beside = [header for header in columns.table.headers if header_key(header) == header_key(f"{amount} Currency")]
    if beside:
        return beside[0]
    return None if header_key(amount) in COMPANY_CURRENCY else named


def _currency(codes: Sequence[str | None], options: ReadingOptions, findings: Findings, notes: list[str]) -> str | None:
    """Decide the currency of the answer."""
    counts = Counter(code for code in codes if code != "")
    named = {code for code in counts if code in CODES}
    shared = {code for code in counts if code in SHARED_SIGNS}
    if options.currency is not None:
        if counts[None] and named:
            notes.append(f"{rows_of(counts[None])} without a currency were taken as {options.currency}.")
        return options.currency
    if len(named) + len(shared) == 0 or (not named and len(shared) == 1):
        return None
    only = next(iter(named)) if len(named) == 1 else ""
    if only and all(may_mean(sign, only) for sign in shared):
        if counts[None]:
            shown = Shown(f"{only} in {rows_of(counts[only])}, none in {rows_of(counts[None])}")
            findings.say(
                "currency", "said for every amount or for none", shown, f"pass --currency {only} if all are in {only}"
            )
        return only
    shown = Shown(", ".join(f"{code or 'none'} in {rows_of(count)}" for code, count in counts.most_common()))
    hint = "pass --currency USD --rate EUR=1.08 with your own currency and rates"
    findings.say("currency", "one for all amounts, because different currencies are never added up", shown, hint)
    return None


def _sign_note(codes: Sequence[str | None], currency: str | None) -> tuple[str, ...]:
    shared = {code for code in codes if code in SHARED_SIGNS}
    if currency is None and shared:
        return (f"Amounts carry the sign {min(shared)}, which several currencies share; --currency names yours.",)
    return ()


class _Converter:
    """Turns exact numbers into minor units of the answer's currency, and counts what it rounded."""

    def __init__(self, options: ReadingOptions, currency: str | None, findings: Findings) -> None:
        self.options = options
        self.currency = currency
        self.findings = findings
        self.rounded = 0
        self.converted: Counter[str] = Counter()

    def minor(
        self,
        said: str,
        values: Sequence[Decimal | None],
        codes: Sequence[str | None],
        needed: npt.NDArray[np.bool_],
        line: npt.NDArray[np.int64],
    ) -> Amounts:
        return tuple(
            None if value is None or not needed[row] else self._one(said, value, codes[row], int(line[row]))
            for row, value in enumerate(values)
        )

    def _one(self, said: str, value: Decimal, code: str | None, line: int) -> int | None:
        if value < 0:
            hint = "credit notes are no leads: take them out, or lower the lead they belong to"
            self.findings.add(said, "at least 0", line, Shown(f"{value:f}"), hint)
            return None
        if value > LARGEST_AMOUNT:
            self.findings.add(said, f"at most {LARGEST_AMOUNT:,}", line, Shown(f"{value:f}"), "check the decimal mark")
            return None
        own = code if code in CODES else self.currency
        digits = minor_digits(own)
        exact = Fraction(value) * 10**digits
        if exact.denominator != 1:
            if not self.options.round_cents:
                rule = f"an amount with at most {digits} decimals" if digits else "an amount without decimals"
                hint = "pass --round-cents to round such amounts, half to even; they are counted"
                self.findings.add(said, rule, line, Shown(f"{value:f}"), hint)
                return None
            self.rounded += 1
        return self._converted(rounded(exact), code, digits, line)

    def _converted(self, minor: int, code: str | None, digits: int, line: int) -> int | None:
        if self.currency is None or code is None or code == self.currency:
            return minor
        if code in SHARED_SIGNS:
            if may_mean(code, self.currency):
                return minor
            self.findings.add("currency", f"{self.currency} or one with a --rate", line, code)
            return None
        if self.options.currency is None:
            return minor  # several currencies without --currency: already reported for the file as a whole
        rate = self.options.rates.get(code)
        if rate is None:
            hint = f"pass --rate {code}=X, where one {code} is worth X {self.currency}"
            self.findings.add("currency", f"{self.currency} or one with a --rate", line, code, hint)
            return None
        self.converted[code] += 1
        return rounded(Fraction(minor) * Fraction(rate) * Fraction(10) ** (minor_digits(self.currency) - digits))

    def notes(self) -> tuple[str, ...]:
        said = [
            f"{_amounts(count)} converted from {code} to {self.currency} at {self.options.rates[code]}."
            for code, count in self.converted.items()
        ]
        if self.rounded:
            said.append(f"{_amounts(self.rounded)} rounded to the minor unit, half to even.")
        return tuple(said)


def _amounts(count: int) -> str:
    return f"{count:,} {'amount was' if count == 1 else 'amounts were'}"
