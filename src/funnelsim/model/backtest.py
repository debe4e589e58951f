"""What a back-test answers: forecasts from many past days, each from what was known then, and what happened.

Would these bands have been right?  Every forecaster, ours and the rivals, is kept origin by origin, so that every score
on the page can be recomputed from the record.  Axes are (origin, target); the targets are the periods ahead, then the
horizon in all.

What it leaves out: the scores' formulas (``engines/backtesting``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from funnelsim.model.backtest_settings import BacktestSettings
from funnelsim.model.calendar import PeriodUnit
from funnelsim.model.showing import Showing
from funnelsim.model.track_record import TrackRecord

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LEVELS: tuple[int, ...] = (50, 80, 90)
"""Bands in percent."""

OURS = "funnelsim"
INDEPENDENT = "independent leads"
WEIGHTED = "weighted pipeline"
LAST = "last period"
MEAN_OF_THREE = "mean of three"
AUTO_ETS = "AutoETS"
"""Names of forecasters."""


@dataclass(frozen=True, eq=False)
class Forecaster:
    """One forecaster at every origin.

    Attributes
    ----------
    name : str
        As above.
    mean : float64, (origin, target)
        Mean forecast, minor units; nan where it had none.
    percentiles : int64, (origin, target, 7), or None
        P5 P10 P25 P50 P75 P90 P95, minor units; None for a forecaster that states one number.
    crps : float64, (origin, target)
        Continuous ranked probability score, minor units; of one number it is the absolute error.
    pit : float64, (origin, target), or None
        Probability integral transform: share of futures below the actual, ties counted half.
    """

    name: str
    mean: Floats
    percentiles: Ints | None
    crps: Floats
    pit: Floats | None


@dataclass(frozen=True)
class TargetScores:
    """Scores of one forecaster on one target, over the origins where it had a forecast.

    Attributes
    ----------
    forecaster, target : str
        Which.
    origins : int
        How many.
    wape, bias : float
        Of the mean: sum of absolute errors, and of errors, over the sum of actuals.
    crps : float
        Mean, minor units.
    pinball : float or None
        Mean over origins and the seven percentiles, minor units; None for a single number.
    interval : mapping of int to float
        Mean interval score by level, minor units; empty for a single number.
    hits : mapping of int to int
        Actuals inside the band by level; empty for a single number.
    honest : mapping of int to pair of int
        Central 95 % binomial range of the hits by level.
    skill : float or None
        1 - our CRPS over this forecaster's, on the origins where it had a forecast: positive where ours is better; None
        for ours, and where its CRPS is 0.
    """

    forecaster: str
    target: str
    origins: int
    wape: float
    bias: float
    crps: float
    pinball: float | None
    interval: Mapping[int, float]
    hits: Mapping[int, int]
    honest: Mapping[int, tuple[int, int]]
    skill: float | None


@dataclass(frozen=True)
class Recalibration:
    """One number that widens or narrows bands, fitted on earlier origins and tested on later ones only.

    Attributes
    ----------
    factor : float
        On the distance of every percentile from the median; 1 leaves bands as they are.
    fitted, tested : int
        Origins of each kind; the two never share a period that was still to come.
    crps_before, crps_after : float
        Mean over the tested origins and all targets, minor units.
    hits_before, hits_after, of : int
        80 % bands that held, over tested origins and targets, of how many.
    """

    factor: float
    fitted: int
    tested: int
    crps_before: float
    crps_after: float
    hits_before: int
    hits_after: int
    of: int


@dataclass(frozen=True, eq=False)
class Backtest(Showing):
    """One answered back-test.

    Attributes
    ----------
    name, sha256 : str
        The records, and their hash as hex.
    leads, won, lost, open : int
        Counts of leads.
    currency : str or None
        Code of every amount.
    minor_digits : int
        Decimals of the currency.
    counts_only : bool
        Whether every lead is worth one unit, because no amount is recorded.
    unit : {'month', 'week', 'quarter'}
        Length of a period.
    horizon : int
        Periods ahead.
    target : str
        ``pool``: leads that were open at the origin; ``total``: those born after it too.
    value : str
        ``booked``: what won leads brought where that is recorded; ``pr``: their potential revenue.
    seed, replications, sets : int
        Luck, and how much of it; parameter sets per origin.
    origins : tuple of date
        First day of each origin's first period; only what happened before it was known.
    labels : tuple of str, (target,)
        ``week 1`` ... and ``4-week total``.
    pool_leads : int64, (origin,)
        Leads open at each origin.
    actual : int64, (origin, target)
        What was booked, minor units.
    forecasters : tuple of Forecaster
        Ours first, then itself with leads independent, then the rivals.
    scores : tuple of TargetScores
        By forecaster, then target.
    recalibration : Recalibration or None
        None with too few origins to hold any back.
    track_record : TrackRecord
        What forecasts made from these records print.
    notes : tuple of str
        Of reading the records, of origins left out and why, of rivals that could not be had.
    content_hash : str
        SHA-256 as hex over everything above but the notes: equal inputs give equal hashes, whatever the threads.
    settings : BacktestSettings or None
        What was asked; None before a command has put it there.
    """

    name: str
    sha256: str
    leads: int
    won: int
    lost: int
    open: int
    currency: str | None
    minor_digits: int
    counts_only: bool
    unit: PeriodUnit
    horizon: int
    target: str
    value: str
    seed: int
    replications: int
    sets: int
    origins: tuple[date, ...]
    labels: tuple[str, ...]
    pool_leads: Ints
    actual: Ints
    forecasters: tuple[Forecaster, ...]
    scores: tuple[TargetScores, ...]
    recalibration: Recalibration | None
    track_record: TrackRecord
    notes: tuple[str, ...]
    content_hash: str
    settings: BacktestSettings | None = None

    @property
    def ours(self) -> Forecaster:
        """Our own forecasts."""
        return self.forecasters[0]

    def score(self, forecaster: str, target: str) -> TargetScores:
        """Return the scores of one forecaster on one target.

        Parameters
        ----------
        forecaster, target : str
            Which; both must be in the record.

        Returns
        -------
        TargetScores
            Its row.
        """
        return next(row for row in self.scores if (row.forecaster, row.target) == (forecaster, target))
