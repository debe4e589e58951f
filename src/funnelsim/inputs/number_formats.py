"""What a cell's number format says about the number: a day, a share, an amount in a currency, or nothing.

The question: a workbook stores 30 September 2026 as 46295 and 37 % as 0.37; which did the author mean?  Only the number
format tells.  Format codes are stored in one language whatever the user's, so a small grammar is enough.

What it leaves out: showing numbers as the format would.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from funnelsim.inputs.raw_table import number_text

DATE_FORMATS: Final = frozenset((*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)))
PERCENT_FORMATS: Final = frozenset((9, 10))
CURRENCY_FORMATS: Final = frozenset((5, 6, 7, 8, 42, 44))
"""Built-in formats: the number alone says what they are."""
LAST_SERIAL: Final = 2_958_465
_PHANTOM_DAY: Final = 60
"""29 February 1900, which only Excel knows."""
_SKIPPED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|general|am/pm|a/p|e[+-]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_CURRENCY = re.compile(r"\[\$([^\]-]+)(?:-[^\]]*)?\]|([$€£¥₹₩₽₺₫₴₪฿]|\b[A-Z]{3}\b)")
_MILLISECONDS_PER_DAY: Final = 86_400_000


class Meaning(NamedTuple):
    """What a number format says.

    Attributes
    ----------
    kind : str
        ``d`` for a day, ``p`` for a share shown as percent, ``n`` for any other number.
    currency : str
        Sign or code that the format shows; empty for none.
    """

    kind: str
    currency: str = ""


PLAIN: Final = Meaning("n")


@lru_cache(maxsize=1_000)
def meaning(number: int, code: str | None) -> Meaning:
    """Tell what a number format says.

    Parameters
    ----------
    number : int
        Its id in the workbook.
    code : str or None
        Its code where the workbook defines it; None for a built-in format.

    Returns
    -------
    Meaning
        A time of day or a duration is a plain number.
    """
    if code is None:
        kind = "d" if number in DATE_FORMATS else "p" if number in PERCENT_FORMATS else "n"
        return Meaning(kind, "$" if number in CURRENCY_FORMATS else "")
    section = _first_section(code)
    bare = _SKIPPED.sub("", section).lower()
    if _ELAPSED.search(section):
        return PLAIN
    if re.search("[ydge]", bare) or ("m" in bare and not re.search("[hs]", bare)):
        return Meaning("d")
    if "%" in bare:
        return Meaning("p")
    shown = _CURRENCY.search(section)
    return Meaning("n", (shown.group(1) or shown.group(2)).strip() if shown else "")


def day_text(serial: str, *, since_1904: bool) -> str | None:
    """Write a stored day number as ISO text.

    Parameters
    ----------
    serial : str
        The number as stored; days, with the time of day as fraction.
    since_1904 : bool
        Whether the workbook counts from 1904, as some Macs did.

    Returns
    -------
    str or None
        ``YYYY-MM-DD``, with ``THH:MM:SS`` unless it is midnight, to the millisecond then cut; None where the number
        is no day of that calendar.
    """
    days, rest = divmod(round(Decimal(serial) * _MILLISECONDS_PER_DAY), _MILLISECONDS_PER_DAY)
    if not (0 if since_1904 else 1) <= days <= LAST_SERIAL or (not since_1904 and days == _PHANTOM_DAY):
        return None
    first = date(1899, 12, 30 if days > _PHANTOM_DAY else 31)
    try:
        day = (date(1904, 1, 1) if since_1904 else first) + timedelta(days=days)
    except OverflowError:
        return None
    if not rest:
        return day.isoformat()
    return (datetime(day.year, day.month, day.day) + timedelta(seconds=rest // 1_000)).isoformat()


def percent_text(fraction: str) -> str:
    """Write a share as people see it in the sheet.

    Parameters
    ----------
    fraction : str
        A plain decimal, such as ``0.375``.

    Returns
    -------
    str
        Exactly a hundred times that, with a percent sign: ``37.5%``.
    """
    return number_text(Decimal(fraction).scaleb(2)) + "%"


# A format has up to four sections, for positive, negative, zero and text; semicolons in quotes do not count.
def _first_section(code: str) -> str:
    section = re.match(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;])*', code)
    return section.group() if section else code
