"""What a forecast answers: bands, the chance of the plan, and what stands behind them.

All money is in minor units here; outputs turn it into major ones.  ``expected_value`` is PR times stated PC exactly as
stated; ``exact_mean`` is the model's own mean in closed form; ``mean`` is simulated; percentiles are simulated totals,
never sums of other percentiles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from funnelsim.model.assumption_table import Assumption, assumption_table
from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.leads import Bookings, LeadTable
from funnelsim.model.learned_answer import LearnedAnswer
from funnelsim.model.learned_table import learned_table
from funnelsim.model.plan_coverage import PlanCoverage
from funnelsim.model.plan_results import PlanOutcome
from funnelsim.model.proofs import ExactAnswer, Precision, SelfCheck
from funnelsim.model.showing import Showing
from funnelsim.model.track_record import TrackRecord

PERCENTS: tuple[int, ...] = (5, 10, 25, 50, 75, 90, 95)
"""Bands are 50/80/90 everywhere: p25-p75, p10-p90, p5-p95."""


@dataclass(frozen=True)
class StandardErrors:
    """Monte Carlo errors of a band, in minor units.

    Attributes
    ----------
    mean : float
        ``sd / sqrt(replications)``.
    p10, p50, p90 : float
        Half the 68 % order-statistic interval of the percentile.
    """

    mean: float
    p10: float
    p50: float
    p90: float


@dataclass(frozen=True)
class Band:
    """Bookings of the open leads in one stretch of days.

    Attributes
    ----------
    period : Period
        The days it covers.
    expected_value : int
        Exact sum of PR times stated PC of the leads whose stated close lies inside, minor units, rounded once.
    exact_mean : float
        The model's mean in closed form, minor units.
    mean, sd : float
        Simulated mean and standard deviation, minor units.
    percentiles : mapping of int to int
        For each of ``PERCENTS`` the smallest simulated total with at least that share at or below it, minor units.
    standard_error : StandardErrors
        Of the simulated mean and percentiles.
    """

    period: Period
    expected_value: int
    exact_mean: float
    mean: float
    sd: float
    percentiles: Mapping[int, int]
    standard_error: StandardErrors


@dataclass(frozen=True)
class Beyond:
    """Money past the horizon: pushed out of it or due after it; counted, never dropped.

    Attributes
    ----------
    expected_value : int
        PR times stated PC of leads whose stated close is past the horizon, minor units.
    exact_mean : float
        The model's mean past the horizon, minor units.
    mean : float
        Simulated mean past the horizon, minor units.
    """

    expected_value: int
    exact_mean: float
    mean: float


@dataclass(frozen=True)
class Overdue:
    """Open leads whose stated close is on or before the as-of day.

    Attributes
    ----------
    rows : int
        How many rows.
    expected_value : int
        Their PR times stated PC, minor units.
    """

    rows: int
    expected_value: int


@dataclass(frozen=True)
class LeadEffect:
    """What one lead does to the chance of the plan.

    Attributes
    ----------
    lead_id, name : str
        Which lead.
    pr : int
        Minor units, all line items.
    expected_value : int
        Minor units.
    expected_close : date
        Stated, the earliest of its line items.
    probability_with, probability_without : float or None
        Chance of the plan with the lead, and with its PC at 0 on the same luck; None without a plan.
    """

    lead_id: str
    name: str
    pr: int
    expected_value: int
    expected_close: date
    probability_with: float | None
    probability_without: float | None

    @property
    def effect(self) -> float | None:
        """Chance of the plan with the lead minus without it."""
        if self.probability_with is None or self.probability_without is None:
            return None
        return self.probability_with - self.probability_without


@dataclass(frozen=True)
class WithoutLargest:
    """The horizon total if the lead with the largest EV inside the horizon is lost.

    Attributes
    ----------
    lead : LeadEffect
        The lead.
    p10, p50, p90 : int
        Of the total without it, minor units.
    """

    lead: LeadEffect
    p10: int
    p50: int
    p90: int


@dataclass(frozen=True, eq=False)
class GroupBands:
    """Bands of the leads that share one value of the ``--by`` column.

    Attributes
    ----------
    value : str
        The value; empty text for rows that have none.
    rows : int
        Forecast rows.
    expected_value : int
        PR times stated PC, over the horizon, overdue and beyond, minor units.
    periods : tuple of Band
        Per period.
    total : Band
        Over the horizon.
    """

    value: str
    rows: int
    expected_value: int
    periods: tuple[Band, ...]
    total: Band


@dataclass(frozen=True, eq=False)
class Component:
    """One part of every total; the parts add up replication by replication.

    Attributes
    ----------
    name : str
        ``open leads`` or ``new business``.
    periods : tuple of Band
        Per period.
    total : Band
        Over the horizon.
    beyond : Beyond
        Past the horizon.
    bookings : int64, (replication, period + 1)
        Minor units; the last column is past the horizon.
    """

    name: str
    periods: tuple[Band, ...]
    total: Band
    beyond: Beyond
    bookings: npt.NDArray[np.int64] = field(repr=False)


@dataclass(frozen=True, eq=False)
class LeadDrivers:
    """What each forecast row was lowered to: what the simulation knows about it.

    Attributes
    ----------
    log_odds : float64, (row,)
        Log-odds of ever closing while the shocks are 0; infinite for a PC of 0 or 1.
    in_horizon : float64, (row,)
        Chance that a winner closes inside the horizon.
    mean_amount : float64, (row,)
        Mean of the amount if won, minor units.
    """

    log_odds: npt.NDArray[np.float64]
    in_horizon: npt.NDArray[np.float64]
    mean_amount: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Forecast(Showing):
    """One answered forecast: everything the page, the JSON, the chart and the run folder show.

    Attributes
    ----------
    table : LeadTable
        The leads as read, with every count.
    calendar : Calendar
        As-of day and periods.
    assumptions : ForecastAssumptions
        What was assumed.
    seed : int
        In [0, 2**64).
    replications : int
        Number of simulated futures.
    periods, cumulative : tuple of Band
        Per period, and from the first period to this one.
    total : Band
        Over the horizon.
    beyond : Beyond
        Past the horizon.
    overdue : Overdue
        Stated close not after the as-of day.
    expected_value : int
        PR times stated PC of all forecast rows, minor units.
    actuals : int
        Booked in the fiscal year up to the as-of day, minor units.
    actual_rows : int
        Number of those bookings.
    plan : PlanOutcome or None
        None without ``--plan``.
    independent_band_ratio : float or None
        P90-P10 of the total over the same with the shocks at 0 on the same draws; None when that is 0.
    optimism_mean : float
        Mean of the total if stated PCs were as over-optimistic as published ones, minor units: a sensitivity only.
    lead_effects : tuple of LeadEffect
        The 50 leads with the largest EV, in falling order of their effect on the plan (of EV without a plan).
    without_largest : WithoutLargest or None
        None when no lead has EV inside the horizon.
    by : str or None
        The ``--by`` column.
    groups : tuple of GroupBands
        One per value of it, in falling order of EV.
    check : SelfCheck
        Simulation against closed form.
    precision : Precision or None
        None without ``--precision``.
    exact : ExactAnswer or None
        None without ``--exact``.
    content_hash : str
        SHA-256 over the bookings and the answer; equal for equal inputs, whatever the threads and chunks.
    bookings : int64, (replication, period + 1)
        Bookings in minor units; the last column is past the horizon.
    drivers : LeadDrivers or None
        What each row was lowered to; None in an answer that was put together by hand.
    booked : Bookings
        The money already booked that the plan counts, day by day: the file's won rows, or the user's own list.
    components : tuple of Component
        Parts that add up to the bookings; empty where the open leads are all there is.
    learned : LearnedAnswer or None
        What records said; None for a forecast from stated chances.
    track_record : TrackRecord or None
        How earlier forecasts of this kind did; None while not back-tested.
    coverage : PlanCoverage or None
        None without a plan, and where nothing is left to book or nothing is due.
    """

    table: LeadTable
    calendar: Calendar
    assumptions: ForecastAssumptions
    seed: int
    replications: int
    periods: tuple[Band, ...]
    cumulative: tuple[Band, ...]
    total: Band
    beyond: Beyond
    overdue: Overdue
    expected_value: int
    actuals: int
    actual_rows: int
    plan: PlanOutcome | None
    independent_band_ratio: float | None
    optimism_mean: float
    lead_effects: tuple[LeadEffect, ...]
    without_largest: WithoutLargest | None
    by: str | None
    groups: tuple[GroupBands, ...]
    check: SelfCheck
    precision: Precision | None
    exact: ExactAnswer | None
    content_hash: str
    bookings: npt.NDArray[np.int64] = field(repr=False)
    drivers: LeadDrivers | None = field(default=None, repr=False)
    booked: Bookings = field(default_factory=Bookings, repr=False)
    components: tuple[Component, ...] = ()
    learned: LearnedAnswer | None = field(default=None, repr=False)
    track_record: TrackRecord | None = None
    coverage: PlanCoverage | None = None

    @property
    def currency(self) -> str | None:
        """Currency code, None when nobody said one."""
        return self.table.leads.currency

    @property
    def minor_digits(self) -> int:
        """Decimals of the currency."""
        return self.table.leads.minor_digits

    @property
    def is_stated(self) -> bool:
        """Whether PR x PC says anything: records in which nobody stated a PC give no PR x PC of 0."""
        return self.learned is None or bool(self.expected_value)

    @property
    def assumption_rows(self) -> tuple[Assumption, ...]:
        """The table of assumptions."""
        return assumption_table(self.assumptions) if self.learned is None else learned_table(self.learned)

    @property
    def sum_of_period_p10(self) -> int:
        """Sum of the periods' P10s, minor units: shown beside the total's P10 because the two are not the same."""
        return sum(band.percentiles[10] for band in self.periods)
