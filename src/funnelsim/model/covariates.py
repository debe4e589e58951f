"""What records say of stated close dates and of segments: factors on the rates of winning and of losing.

How much does a stated date say about the day on which a lead is won or lost, how far are dates pushed, and which
segments are quicker than others?  Every record keeps the counts it was made from.

What it leaves out: rates by age (:mod:`funnelsim.model.calibration`), and how all this is learned
(``engines/learning``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from funnelsim.model.calibration import PeriodShocks, SegmentFactors, Spread, StageHazards

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DateFactors:
    """Factors of days to and from the stated close, and of how far ahead it was stated, on the rate of a transition.

    Attributes
    ----------
    edges : float64, (band - 1,)
        Days from the start of the stated day at which bands are cut, whole and rising: 0 is its start, 1 its end.  The
        first and the last band are open.  Empty where dates are not told apart.  On the clock of shares (``scale``)
        those before 0 are shares of the horizon that are left, as negative numbers.
    whole_day : float64, (state, band)
        By what a lead-day counts: 1 but for bands of one day, on which leads end at a time that says nothing.
    events, expected : float64, (band,)
        Seen, and due at the rates by age alone; both sum to the same.
    factor, error, share : float64, (band,)
        Posterior mean and sd, and the share of the events that is due in each band at these factors.
    spread : Spread
        Of the true factors between bands: near 0 where the date says nothing.
    horizon, horizon_error, horizon_share : float64, (horizon,)
        The same for bands of the stated horizon, the days from birth to the stated day: factors are 1 where it says
        nothing.
    horizon_spread : Spread
        Of the true factors between these.
    scale : float
        0 where days to the stated one are counted in days; else they are counted in shares of the horizon, a rate
        before the stated day is inversely as the horizon, and this is the horizon in days at which it is as by age.
    """

    edges: Floats
    whole_day: Floats
    events: Floats
    expected: Floats
    factor: Floats
    error: Floats
    share: Floats
    spread: Spread
    horizon: Floats
    horizon_error: Floats
    horizon_share: Floats
    horizon_spread: Spread
    scale: float

    @property
    def flat(self) -> bool:
        """Whether neither the day nor the horizon says anything."""
        return not len(self.edges) and not self.scale and bool((self.horizon == 1.0).all())


@dataclass(frozen=True, eq=False)
class DatedHazards:
    """Rates of leads whose close date is stated, and of those without, where records hold both.

    Attributes
    ----------
    hazards : StageHazards
        Rates by age of leads with a stated close where the date's factors are 1, with the classes of all leads.
    won, lost, moved : DateFactors
        What the date says: the rate of winning, losing or moving on to a later stage is the rate by age times this.
    horizon_cuts : float64, (horizon - 1,)
        Where stated horizons are cut, days; a band holds its right edge.
    others : StageHazards
        Rates of leads without a stated close: their own where enough of them were won, else those of all leads.
    leads : int
        Leads with a stated close that the rates rest on.
    every : int
        1 where these are all; else every so many leads were taken, by row, because more would tell nothing new.
    lost_shocks : PeriodShocks or None
        How far the losses of leads with a stated close strayed from what was due, period by period: where dates are
        kept it is losses that cluster.
    """

    hazards: StageHazards
    won: DateFactors
    lost: DateFactors
    moved: DateFactors
    horizon_cuts: Floats
    others: StageHazards
    leads: int
    every: int
    lost_shocks: PeriodShocks | None = None

    @property
    def flat(self) -> bool:
        """Whether stated dates say nothing, so that their leads differ from others in their rates by age only."""
        return self.won.flat and self.lost.flat and self.moved.flat


@dataclass(frozen=True, eq=False)
class SegmentLaw:
    """How much faster the leads of each segment are won and lost than leads of their age and class.

    Attributes
    ----------
    column : str
        Column of the records that names segments; known at birth.
    names : tuple of str
        Segments, sorted; blank text is one of them.
    leads : int64, (segment,)
        Leads of each.
    won, lost : SegmentFactors
        Factors on the rates; a segment that the records do not know has factor 1 and the sd of the spread.
    """

    column: str
    names: tuple[str, ...]
    leads: Ints
    won: SegmentFactors
    lost: SegmentFactors


@dataclass(frozen=True, eq=False)
class SlipLaw:
    """How far close dates move: from snapshots, or from stated and actual days of won leads where there are none.

    Attributes
    ----------
    source : {'snapshots', 'won leads', 'none'}
        What it rests on.
    leads, intervals : int
        Leads, and pairs of statements one after the other (one a lead without snapshots).
    interval_days : float
        Median days between two statements; nan without snapshots.
    pushed, pulled : int
        Intervals in which the date moved later, or earlier; or leads won after, or before the stated day.
    pushed_share, pushed_error : float
        Share of intervals and its standard error, leads drawn anew (clustered by lead); nan without intervals.
    first, first_error : float
        Share of leads that were ever pushed before they ended, and its standard error.
    again, again_error : float
        Of pushes, the share that was followed by one more push of the same lead; nan without snapshots.
    most : int
        Pushes of one lead at most.
    days : int64, (length,)
        Lengths of pushes in days, rising: each where there are few, else the means of equal parts of all pushes.
    weights : float64, (length,)
        Share of pushes of each length.
    median_days, mean_days, mean_error : float
        Of the length of a push, and the standard error of the mean; nan without pushes.
    """

    source: str
    leads: int
    intervals: int
    interval_days: float
    pushed: int
    pulled: int
    pushed_share: float
    pushed_error: float
    first: float
    first_error: float
    again: float
    again_error: float
    most: int
    days: Ints
    weights: Floats
    median_days: float
    mean_days: float
    mean_error: float
