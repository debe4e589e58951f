"""When a difference is known well enough to stop.

The question: after this look, is the sign known, or the size as well as asked?  Looks double the replications, and each
spends its own part of the error (``engines/statistics/looking.py``), so that looking often does not spoil the
confidence.  What it leaves out: simulating.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from funnelsim.model.intervals import Interval

MOST_LOOKS: Final = 11
"""Looks at most: 1,024 times the replications of the first."""


@dataclass(frozen=True)
class Precise:
    """How well a difference is to be known.

    Attributes
    ----------
    asked : str
        In the user's words.
    kind : str
        ``sign``: which one is better; ``share``: half-width within a share of the baseline's mean; ``amount``: within
        an amount in the metric's unit (minor units of money).
    value : float
        The share or the amount, above 0; without meaning for a sign.
    """

    asked: str
    kind: Literal["sign", "share", "amount"]
    value: float = 0.0


def known_enough(gain: Interval, base: float, precise: Precise) -> bool:
    """Tell whether a difference is known as well as asked.

    Parameters
    ----------
    gain : Interval
        Of the mean difference.
    base : float
        Mean of the baseline.
    precise : Precise
        What is asked.

    Returns
    -------
    bool
        True also when all differences are exactly 0: then there is nothing to know.
    """
    if gain.low == 0 == gain.high:
        return True
    if precise.kind == "sign":
        return gain.known
    wanted = precise.value * abs(base) if precise.kind == "share" else precise.value
    return gain.half_width <= wanted
