"""The track record that a forecast shows: how often past bands held what happened, in a few numbers.

Would these bands have been right?  The record is made by a back-test or from archived forecasts, and travels with a
model or a run, so that no board sees a band without it or without the words "not yet back-tested".

What it leaves out: the single origins (:mod:`funnelsim.model.backtest`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LEAST_ORIGINS = 12
"""Fewer origins than this verify nothing: 80 % bands would hold 7 to 12 of 12 by luck alone."""


@dataclass(frozen=True)
class BandRecord:
    """How often bands of one kind held what happened.

    Attributes
    ----------
    target : str
        What was forecast, such as ``week 1`` or ``4-week total``.
    level : int
        The band's level in percent: 50, 80 or 90.
    hits, origins : int
        Actuals inside the band, bounds included, of how many.
    low, high : int
        Hits that 95 of 100 honest forecasters would have: central binomial range.
    """

    target: str
    level: int
    hits: int
    origins: int
    low: int
    high: int

    @property
    def honest(self) -> bool:
        """Whether the hits are within what luck alone explains."""
        return self.low <= self.hits <= self.high


@dataclass(frozen=True)
class TrackRecord:
    """How forecasts of this kind did.

    Attributes
    ----------
    source : str
        What made the record: ``back-test`` or ``archived forecasts``.
    name, sha256 : str
        The records it was made on, and their hash as hex.
    unit : str
        ``month``, ``week`` or ``quarter``.
    horizon : int
        Periods ahead.
    target : str
        ``pool`` or ``total``.
    first, last : date
        First day of the first and of the last origin's first period.
    origins : int
        How many.
    bands : tuple of BandRecord
        By target, then level.
    wape, bias : tuple of float
        Of the mean, one a target: sum of absolute errors, and of errors, over the sum of actuals.
    """

    source: str
    name: str
    sha256: str
    unit: str
    horizon: int
    target: str
    first: date
    last: date
    origins: int
    bands: tuple[BandRecord, ...]
    wape: tuple[float, ...]
    bias: tuple[float, ...]

    @property
    def enough(self) -> bool:
        """Whether there are enough origins to verify anything."""
        return self.origins >= LEAST_ORIGINS

    def of(self, target: str, level: int) -> BandRecord | None:
        """Return the record of one kind of band.

        Parameters
        ----------
        target : str
            What was forecast.
        level : int
            In percent.

        Returns
        -------
        BandRecord or None
            None where there is none.
        """
        return next((one for one in self.bands if one.target == target and one.level == level), None)
