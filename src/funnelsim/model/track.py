"""What archived forecasts said and what happened since: band by band, and the chance of the plan over time.

Would these bands have been right?  A back-test asks it of the past with today's program; this record asks it of
forecasts that somebody really made, kept and could not change.  All money is in minor units.

What it leaves out: how it is worked out (``engines/tracking.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.model.calendar import Period, PeriodUnit
from funnelsim.model.forecast_run import ForecastRun
from funnelsim.model.showing import Showing
from funnelsim.model.track_record import LEAST_ORIGINS, TrackRecord
from funnelsim.model.track_settings import TrackSettings

LEVELS: Final[dict[int, tuple[int, int]]] = {50: (2, 4), 80: (1, 5), 90: (0, 6)}
"""Bands in percent, and the places of their ends among P5 P10 P25 P50 P75 P90 P95."""

EVERY: Final = "all periods"
"""Target of the counts over all bands."""

SO_FAR: Final = "so far"
"""Target of a run's periods up to now, added up."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What was booked since, as far as a file knows.

    Attributes
    ----------
    name, sha256 : str
        The file, and its hash as hex.
    day : datetime64[D], (booking,)
        Days of booking, none after ``last``.
    amount : int64, (booking,)
        Minor units.
    lead_id : tuple of str, (booking,), or None
        Whose booking it is; None where the file names no leads.
    known : frozenset of str
        Every lead that the file knows, won or not; empty where it names none.
    first, last : date
        The first and the last day of which every booking is in the file.
    told_first : bool
        Whether somebody said the first day; else it is the first booking, and days shortly before it may be in.
    currency : str or None
        Code of the amounts; None when nobody said one.
    minor_digits : int
        Decimals of the currency.
    notes : tuple of str
        What was read how.
    """

    name: str
    sha256: str
    day: npt.NDArray[np.datetime64]
    amount: npt.NDArray[np.int64]
    lead_id: tuple[str, ...] | None
    known: frozenset[str]
    first: date
    last: date
    told_first: bool
    currency: str | None
    minor_digits: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class ArchivedRun:
    """One saved forecast as it was read.

    Attributes
    ----------
    run : ForecastRun
        What it stood on, and its bookings.
    covers_new : bool
        Whether its bands count leads that came later, too.
    probability, standard_error : float or None
        Of its own plan, as it said then; None without a plan.
    """

    run: ForecastRun
    covers_new: bool = False
    probability: float | None = None
    standard_error: float | None = None


@dataclass(frozen=True)
class TrackedBand:
    """One band of one run whose days are over.

    Attributes
    ----------
    target : str
        How far ahead it was: ``month 1`` for the first whole month, ``rest of the month`` for a stub before it,
        ``so far`` for all of them.
    label : str
        The days in words.
    period : Period
        The days.
    actual : int
        What was booked in them, minor units.
    mean : float
        Of the forecast, minor units.
    percentiles : tuple of int
        P5 P10 P25 P50 P75 P90 P95, minor units.
    pit : float
        Share of futures below the actual, and half of those equal to it.
    """

    target: str
    label: str
    period: Period
    actual: int
    mean: float
    percentiles: tuple[int, ...]
    pit: float

    def held(self, level: int) -> bool:
        """Tell whether a band held what happened.

        Parameters
        ----------
        level : int
            50, 80 or 90.

        Returns
        -------
        bool
            Bounds included.
        """
        low, high = LEVELS[level]
        return self.percentiles[low] <= self.actual <= self.percentiles[high]


@dataclass(frozen=True)
class TrackedPlan:
    """The chance of a plan, as one run saw it.

    Attributes
    ----------
    target : int
        Minor units over the window.
    window : Period
        The days that count.
    probability, standard_error : float
        Simulated chance, in [0, 1].
    booked : int
        In the window up to the run's as-of day, as known then, minor units.
    actual : int or None
        Booked in the window in all; None while the window is not over.
    """

    target: int
    window: Period
    probability: float
    standard_error: float
    booked: int
    actual: int | None

    @property
    def made(self) -> bool | None:
        """Whether the plan was made; None while nobody can know."""
        return None if self.actual is None else self.actual >= self.target


@dataclass(frozen=True)
class TrackedRun:
    """One archived forecast.

    Attributes
    ----------
    name : str
        Its folder.
    as_of : date
        The day it stands on.
    input_name : str
        The file of leads it was made from.
    content_hash : str
        Of its answer.
    seed, replications : int
        Its luck, and how much of it.
    leads : int
        Open leads it forecast.
    own_leads : bool
        Whether only bookings of these leads are held against it; else all bookings are.
    covers_new : bool
        Whether its bands count leads that came later, too.
    bands : tuple of TrackedBand
        Periods that are over, in their order.
    so_far : TrackedBand or None
        The same added up; None without any, or where they are not the run's first ones.
    pending, unknown : int
        Periods that are not over yet, and periods that were over before the file of actuals begins.
    plan : TrackedPlan or None
        None where the run has none.
    """

    name: str
    as_of: date
    input_name: str
    content_hash: str
    seed: int
    replications: int
    leads: int
    own_leads: bool
    covers_new: bool
    bands: tuple[TrackedBand, ...]
    so_far: TrackedBand | None
    pending: int
    unknown: int
    plan: TrackedPlan | None


@dataclass(frozen=True)
class TrackedCoverage:
    """How many bands of one kind held what happened.

    Attributes
    ----------
    target : str
        How far ahead, or ``all periods``.
    level : int
        50, 80 or 90.
    hits, bands : int
        Actuals inside, of how many.
    stretches : int
        What the bands count for: the most of one kind that share no day with each other.  Bands of one run share its
        leads and its luck, so that several of them are no more evidence than one.
    low, high : int
        Hits of 95 in 100 honest forecasters: the central binomial range of ``stretches`` bands, as a range of
        ``bands``.
    """

    target: str
    level: int
    hits: int
    bands: int
    stretches: int
    low: int
    high: int

    @property
    def enough(self) -> bool:
        """Whether there are enough bands to verify anything."""
        return self.stretches >= LEAST_ORIGINS

    @property
    def honest(self) -> bool:
        """Whether the hits are within what luck alone explains."""
        return self.low <= self.hits <= self.high


@dataclass(frozen=True, eq=False)
class Track(Showing):
    """Archived forecasts against what happened since.

    Attributes
    ----------
    runs : tuple of TrackedRun
        By as-of day.
    unit : {'month', 'week', 'quarter'}
        Length of a period.
    name, sha256 : str
        The file of actuals, and its hash as hex.
    first_day, last_day : date
        Days of which every booking is known.
    currency : str or None
        Of all money.
    minor_digits : int
        Its decimals.
    targets : tuple of str
        How far ahead, nearest first; ``all periods`` last.
    coverage : tuple of TrackedCoverage
        By target, then level.
    wape, bias : tuple of float
        Of the mean, one a target: sum of absolute errors, and of errors, over the sum of actuals; nan where nothing
        was booked.
    record : TrackRecord
        What forecasts print.
    notes : tuple of str
        What was counted how, one sentence each.
    content_hash : str
        SHA-256 as hex over everything above but the notes.
    settings : TrackSettings or None
        What was asked; None before a command has put it there.
    """

    runs: tuple[TrackedRun, ...]
    unit: PeriodUnit
    name: str
    sha256: str
    first_day: date
    last_day: date
    currency: str | None
    minor_digits: int
    targets: tuple[str, ...]
    coverage: tuple[TrackedCoverage, ...]
    wape: tuple[float, ...]
    bias: tuple[float, ...]
    record: TrackRecord
    notes: tuple[str, ...] = ()
    content_hash: str = ""
    settings: TrackSettings | None = field(default=None, repr=False)

    @property
    def bands(self) -> tuple[tuple[TrackedRun, TrackedBand], ...]:
        """Every band with its run, by first day, then by as-of day."""
        every = [(run, band) for run in self.runs for band in run.bands]
        return tuple(sorted(every, key=lambda one: (one[1].period, one[0].as_of, one[0].name)))

    def covered(self, target: str, level: int) -> TrackedCoverage:
        """Return the counts of one kind of band.

        Parameters
        ----------
        target : str
            One of ``targets``.
        level : int
            50, 80 or 90.

        Returns
        -------
        TrackedCoverage
            Its counts.
        """
        return next(one for one in self.coverage if (one.target, one.level) == (target, level))
