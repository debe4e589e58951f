"""How a file of records is to be read, in the words of the command line; plain values that a manifest can hold.

What it leaves out: what the answers mean (``inputs/history_options.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class HistorySettings:
    """Answers of the user about records of leads; every default is what a command does when the option is not given.

    Attributes
    ----------
    mapping : mapping of str to str
        Canonical field to header in the file.
    exposure_from, extract : date or None
        First day from which on every event is in the records, and their last day; None to infer them.
    beside : tuple of str
        Paths of tables that belong to the records: stage entries, or snapshots of what was stated.
    pc, dates, decimal : str or None
        ``percent|fraction``, ``dmy|mdy``, ``.|,``: answers where a column gives no evidence.
    currency : str or None
        Currency of the answer.
    rates : mapping of str to str
        Currency code to its price in ``currency``.
    timezone : str or None
        Where moments with a zone are read.
    round_cents : bool
        Rounds amounts finer than the currency's minor unit, and counts them.
    sheet, encoding : str or None
        Worksheet name; text encoding.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    exposure_from: date | None = None
    extract: date | None = None
    beside: tuple[str, ...] = ()
    pc: str | None = None
    dates: str | None = None
    decimal: str | None = None
    currency: str | None = None
    rates: Mapping[str, str] = field(default_factory=dict)
    timezone: str | None = None
    round_cents: bool = False
    sheet: str | None = None
    encoding: str | None = None
