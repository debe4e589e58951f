"""Money as whole minor units (cents), so that sums are exact in any order.

A currency has 0, 2 or 3 decimals; with no currency given, 2.  Everything inside is an integer number of minor units;
decimals exist only where a file is read and where a person reads.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

MINOR_DIGITS = dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0
) | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
DEFAULT_MINOR_DIGITS = 2
LARGEST_AMOUNT = 10**15
"""Largest amount of one lead, in major units; a larger one is a mistyped number."""
LARGEST_TOTAL_MINOR = 2**62
"""Sums of all leads at their largest stay below this, so int64 never wraps."""


def minor_digits(currency: str | None) -> int:
    """Return the number of decimals of a currency (ISO 4217).

    Parameters
    ----------
    currency : str or None
        Three-letter code; None for "not said".

    Returns
    -------
    int
        0, 2 or 3; 2 when not said or unknown.
    """
    return MINOR_DIGITS.get(currency or "", DEFAULT_MINOR_DIGITS)


def to_major(minor: int | float, digits: int) -> float:
    """Turn minor units into major ones, rounded once.

    Parameters
    ----------
    minor : int or float
        Minor units.
    digits : int
        Decimals of the currency.

    Returns
    -------
    float
        The double nearest to ``minor / 10**digits``.
    """
    return float(minor / 10**digits)


def rounded(amount: Fraction | Decimal) -> int:
    """Round to a whole number, halves to even, once.

    Parameters
    ----------
    amount : Fraction or Decimal
        An exact number of minor units.

    Returns
    -------
    int
        The nearest integer; a half goes to the even one.
    """
    return round(amount)
