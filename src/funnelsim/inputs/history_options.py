"""What the user says about records of leads, beyond what the files show.

The question: what may a reader of histories assume that no column proves?  As for leads, nothing but these answers;
besides, where the records begin and end.

What it leaves out: everything about what is learnt from them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.inputs.reading_options import ReadingOptions
from funnelsim.inputs.text_dates import DateOrder
from funnelsim.inputs.text_values import DecimalMark, PcScale

_NO_DAY: Final = date(1970, 1, 1)
"""Amounts and statuses are read by the rules of leads, which ask for an as-of day but do not look at it."""


@dataclass(frozen=True)
class HistoryOptions:
    """Answers of the user.

    Attributes
    ----------
    mapping : mapping of str to str
        Canonical field to header; an empty header says that no column holds the field.
    exposure_from : date, optional
        First day from which on every event is in the records.
    extract : date, optional
        Last day of the records; whatever lies after it was not known then, and is left out.
    beside : tuple of str, path or data frame
        Tables that belong to the records: the stages that leads entered, or snapshots of what was stated about them.
    pc : {'percent', 'fraction'}, optional
        Scale of stated PCs in snapshots.
    dates : {'dmy', 'mdy'}, optional
        Order of day and month.
    decimal : {'.', ','}, optional
        Decimal mark of amounts.
    currency : str, optional
        Code of the currency to report in.
    rates : mapping of str to Decimal
        What one unit of another currency is worth in ``currency``.
    timezone : str, optional
        IANA zone on whose wall clock moments with a zone are read; UTC when not given.
    round_cents : bool
        Round amounts with more decimals than the currency has, half to even, and count them.
    sheet : str, optional
        Worksheet of a workbook.
    encoding : str, optional
        Encoding of a text file.

    **Invariants**: as of :class:`ReadingOptions`; ``exposure_from`` is before ``extract``.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    exposure_from: date | None = None
    extract: date | None = None
    beside: tuple[str | os.PathLike[str] | object, ...] = ()
    pc: PcScale | None = None
    dates: DateOrder | None = None
    decimal: DecimalMark | None = None
    currency: str | None = None
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    timezone: str | None = None
    round_cents: bool = False
    sheet: str | None = None
    encoding: str | None = None

    def __post_init__(self) -> None:
        assert self.as_reading  # says what is wrong with the answers that leads have too
        if self.exposure_from is not None and self.extract is not None and self.exposure_from >= self.extract:
            rule = f"before --extract-date {self.extract}"
            raise ScenarioError(Problem("options", "--exposure-from", rule, Shown(str(self.exposure_from))))

    @property
    def as_reading(self) -> ReadingOptions:
        """The same answers for the readers of leads' values."""
        return ReadingOptions(
            as_of=_NO_DAY,
            mapping=self.mapping,
            pc=self.pc,
            dates=self.dates,
            decimal=self.decimal,
            currency=self.currency,
            rates=self.rates,
            timezone=self.timezone,
            round_cents=self.round_cents,
            sheet=self.sheet,
            encoding=self.encoding,
        )
