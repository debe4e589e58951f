"""What the user says about a file of leads, beyond what the file shows.

The question: what may a reader assume that no column proves?  Nothing but these answers; each is an option of the
command line, and the message that asks for one names it.

What it leaves out: everything about the forecast itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.inputs.currencies import CODES
from funnelsim.inputs.text_dates import DateOrder
from funnelsim.inputs.text_values import DecimalMark, PcScale


@dataclass(frozen=True)
class ReadingOptions:
    """Answers of the user.

    Attributes
    ----------
    as_of : date
        The day the forecast stands on.
    mapping : mapping of str to str
        Canonical field to header; an empty header says that no column holds the field.
    pc : {'percent', 'fraction'}, optional
        Scale of the PC column.
    dates : {'dmy', 'mdy'}, optional
        Order of day and month.
    decimal : {'.', ','}, optional
        Decimal mark of amounts.
    currency : str, optional
        Code of the currency to report in; None leaves it as the file says.
    rates : mapping of str to Decimal
        What one unit of another currency is worth in ``currency``.
    impute : {'stage'}, optional
        Fill a missing PC from the lead's stage.
    stage_pc : mapping of str to Decimal
        PC of stages for which neither the file nor the CRM gives one.
    duplicates : {'error', 'lines'}
        What two rows with one lead id are.
    timezone : str, optional
        IANA zone whose calendar counts for moments with a zone.
    round_cents : bool
        Round amounts with more decimals than the currency has, half to even, and count them.
    sheet : str, optional
        Worksheet of a workbook.
    encoding : str, optional
        Encoding of a text file.
    allow_empty : bool
        Accept a file without any lead to forecast.

    **Invariants**: rates are above 0, stage probabilities in [0, 1], currencies are ISO 4217 codes.
    """

    as_of: date
    mapping: Mapping[str, str] = field(default_factory=dict)
    pc: PcScale | None = None
    dates: DateOrder | None = None
    decimal: DecimalMark | None = None
    currency: str | None = None
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    impute: Literal["stage"] | None = None
    stage_pc: Mapping[str, Decimal] = field(default_factory=dict)
    duplicates: Literal["error", "lines"] = "error"
    timezone: str | None = None
    round_cents: bool = False
    sheet: str | None = None
    encoding: str | None = None
    allow_empty: bool = False

    def __post_init__(self) -> None:
        problems = [
            Problem("options", name, f"one of {', '.join(map(repr, allowed))}", value)
            for name, value, allowed in (
                ("--pc", self.pc, ("percent", "fraction")),
                ("--dates", self.dates, ("dmy", "mdy")),
                ("--decimal", self.decimal, (".", ",")),
                ("--impute", self.impute, ("stage",)),
                ("--duplicates", self.duplicates, ("error", "lines")),
            )
            if value is not None and value not in allowed
        ]
        problems += [
            Problem(
                "options", name, "a currency code such as USD", code, "write the three letters of ISO 4217, in capitals"
            )
            for name, code in (("--currency", self.currency), *(("--rate", code) for code in self.rates))
            if code is not None and code not in CODES
        ]
        for code, rate in self.rates.items():
            if not rate.is_finite() or rate <= 0:
                problems.append(
                    Problem("options", f"--rate {code}", "a number above 0", Shown(rate), "write the price of one unit")
                )
        for stage, pc in self.stage_pc.items():
            if not pc.is_finite() or not 0 <= pc <= 1:
                problems.append(Problem("options", f"--stage-pc {stage}", "in [0, 1]", Shown(pc), "write 0.4 or 40%"))
        if self.stage_pc and self.impute is None:
            names = Shown(", ".join(self.stage_pc))
            problems.append(
                Problem("options", "--stage-pc", "given together with --impute stage", names, "add --impute stage")
            )
        if self.rates and self.currency is None:
            codes = Shown(", ".join(self.rates))
            hint = "add --currency CODE, the currency of the answer"
            problems.append(Problem("options", "--rate", "given together with --currency", codes, hint))
        raise_if_any(problems, ScenarioError)
