"""A number with the interval that says how well it is known.

What it leaves out: how intervals are computed (``engines/statistics``).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """An estimate and where the true value lies.

    Attributes
    ----------
    estimate : float
        In the unit its owner names; ``nan`` where it does not exist, as a ratio whose denominator never happened.
    low, high : float
        Ends of the interval, ``low <= estimate <= high``; ``nan`` with the estimate.
    confidence : float
        Share of such intervals that hold the true value, in (0, 1).
    method : str
        How it was made: ``paired t``, ``paired t of a ratio``, ``paired bootstrap``, ``discordant pairs``, ``MCB``,
        ``order statistics``.
    at_least : bool
        Whether the method is conservative: it holds the true value at least as often as it says.
    """

    estimate: float
    low: float
    high: float
    confidence: float
    method: str
    at_least: bool = False

    @property
    def known(self) -> bool:
        """Whether zero is outside: the sign is known with this confidence."""
        return self.low > 0 or self.high < 0

    @property
    def half_width(self) -> float:
        """Half the distance between the ends."""
        return (self.high - self.low) / 2

    @property
    def label(self) -> str:
        """The confidence in words: ``95 %``, or ``at least 95 %`` of a conservative method."""
        share = f"{100 * self.confidence:.10g} %"
        return f"at least {share}" if self.at_least else share
