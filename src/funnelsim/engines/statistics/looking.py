"""Looking at a difference several times without spoiling its confidence.

The question: when a run goes on until a difference is known, how sure must each look be?  Look k spends ``alpha * 6 /
(pi**2 k**2)`` of the error.  These shares sum to ``alpha`` over all looks, so whichever look is the last, its interval
misses at most as often as the name says (union bound).

What it leaves out: when to stop.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Look:
    """One look at a run that goes on.

    Attributes
    ----------
    number : int
        From 1.
    replications : int
        From the start of the run.
    confidence : float
        At which the intervals of this look are computed, so that those of all looks together have the one asked.
    """

    number: int
    replications: int
    confidence: float


def look_confidence(look: int, confidence: float = CONFIDENCE) -> float:
    """Return how sure one of several looks must be.

    Parameters
    ----------
    look : int
        From 1.
    confidence : float
        That all looks together are to have, in (0, 1).

    Returns
    -------
    float
        ``1 - (1 - confidence) * 6 / (pi * look)**2``: an interval computed at it and named by ``confidence`` holds at
        least that often, at every look at once.
    """
    return 1 - (1 - confidence) * 6 / (math.pi * look) ** 2


def doubling_looks(start: int, most: int, confidence: float = CONFIDENCE) -> Iterator[Look]:
    """Go through the looks at a run whose replications double.

    Parameters
    ----------
    start : int
        Replications at the first look, at least 1.
    most : int
        No look has more.
    confidence : float
        That all looks together are to have, in (0, 1).

    Yields
    ------
    Look
        In rising order; none if ``start`` is above ``most``.
    """
    number = 1
    while start <= most:
        yield Look(number, start, look_confidence(number, confidence))
        start, number = 2 * start, number + 1
