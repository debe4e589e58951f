"""What was learned from records of leads: rates by age, spreads, amounts and arrivals, each with what it rests on.

How fast do leads move, win and get lost at each age, how far does a period stray from what was due, what does a won
lead bring, and how many leads arrive?  Every record keeps the counts it was made from, so that its uncertainty can be
drawn again.

What it leaves out: how it is learned (``engines/learning``), and what the records of leads are
(:mod:`funnelsim.model.history`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

CENSORED: Final = -1
"""The end of a stay at which nothing happened as far as the records know."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Stays:
    """Stays of leads in stages while they were seen, one row a stay; days count from the start of the records.

    Attributes
    ----------
    states : tuple of str
        The state of a lead that has entered no stage yet, the stages in funnel order, "won", "lost".
    lead : int64, (stay,)
        Row of the lead in the history.
    state : int64, (stay,)
        Where the lead was.
    born, entered : float64, (stay,)
        Days at which the lead was born and entered the state; negative before the records start.
    start, stop : float64, (stay,)
        Days from and to which the stay was seen; ``max(entered, 0) <= start <= stop``.
    cause : int64, (stay,)
        State it went to at ``stop``; ``CENSORED`` where it was still there when the records ended.
    pr : int64, (stay,)
        Potential revenue of the lead in minor units, 0 where unknown.
    stop_of_records : float
        Length of the records in days.
    monday : float
        Days from the last Monday before the records start to their start.
    whole_days : bool
        Whether the records know days only: events of one day are then spread over it in their order.
    """

    states: tuple[str, ...]
    lead: Ints
    state: Ints
    born: Floats
    entered: Floats
    start: Floats
    stop: Floats
    cause: Ints
    pr: Ints
    stop_of_records: float
    monday: float
    whole_days: bool

    def __len__(self) -> int:
        """Return the number of stays."""
        return len(self.lead)

    @property
    def won(self) -> int:
        """The state of won leads."""
        return len(self.states) - 2

    @property
    def lost(self) -> int:
        """The state of lost leads."""
        return len(self.states) - 1


@dataclass(frozen=True, eq=False)
class Spread:
    """How far true ratios of observed to expected counts lie apart: posterior of the sd of a Gamma factor of mean 1.

    Attributes
    ----------
    sd : float64, (point,)
        Candidate sds, rising.
    weight : float64, (point,)
        Posterior weight of each; sums to 1.
    mean, low, high : float
        Posterior mean and its 5th and 95th percentile.
    evidence : float
        Log of the marginal likelihood under the prior, without terms that no spread changes.
    groups : int
        Counts with a positive expectation that it rests on.
    """

    sd: Floats
    weight: Floats
    mean: float
    low: float
    high: float
    evidence: float
    groups: int


@dataclass(frozen=True, eq=False)
class HazardCurve:
    """Rate of one transition by age in the stage: constant within a cell, with a Gamma posterior of each cell's rate.

    Attributes
    ----------
    origin, target : int
        States it leads from and to.
    edges : float64, (cell,)
        Left edges in days; the first is 0, the last cell is open to the right.
    events : float64, (cell,)
        Transitions seen.
    exposure : float64, (cell,)
        Lead-days at risk, each day counted with the factor of its weekday.
    weekly : float64, (7,)
        Factor of each weekday on the rate, mean 1.
    prior_events, prior_exposure : float64, (cell,)
        Added to both before the Gamma posterior of a cell's rate is read off.
    pace, pace_error, pace_share : float64, (pace,)
        Factor on the rate of leads by how long they took to reach the stage, its posterior sd, and the share of the
        events that was due in each band.
    size, size_error, size_share : float64, (size,)
        The same by how large the potential revenue is.
    """

    origin: int
    target: int
    edges: Floats
    events: Floats
    exposure: Floats
    weekly: Floats
    prior_events: Floats
    prior_exposure: Floats
    pace: Floats
    pace_error: Floats
    pace_share: Floats
    size: Floats
    size_error: Floats
    size_share: Floats

    @property
    def factor(self) -> Floats:
        """Factor of each class of leads, (pace x size,), by pace, then size."""
        return np.outer(self.pace, self.size).ravel()

    @property
    def shape(self) -> Floats:
        """Shape of each cell's Gamma posterior."""
        return self.events + self.prior_events

    @property
    def total_exposure(self) -> Floats:
        """Rate of each cell's Gamma posterior in lead-days."""
        return self.exposure + self.prior_exposure

    @property
    def rate(self) -> Floats:
        """Posterior mean of the rate a day, on a day of factor 1."""
        return self.shape / self.total_exposure

    @property
    def error(self) -> Floats:
        """Posterior sd of the rate a day."""
        return np.sqrt(self.shape) / self.total_exposure


@dataclass(frozen=True, eq=False)
class StageHazards:
    """Hazards of every transition that was seen or could be.

    Attributes
    ----------
    states : tuple of str
        As in ``Stays``.
    curves : tuple of HazardCurve
        By origin, then target; targets lie behind their origin in the order of the states.
    pace_cuts : tuple of float64, each (band - 1,)
        For each state in which leads are open, where bands of pace are cut: days from birth to the entry.
    size_cuts : tuple of float64, each (band - 1,)
        For each such state, where bands of size are cut: potential revenue in minor units.
    reach : float
        Length of the records in days: nothing is claimed about a stay that outlasts the oldest event by more.
    """

    states: tuple[str, ...]
    curves: tuple[HazardCurve, ...]
    pace_cuts: tuple[Floats, ...]
    size_cuts: tuple[Floats, ...]
    reach: float

    @property
    def won(self) -> int:
        """The state of won leads."""
        return len(self.states) - 2

    @property
    def lost(self) -> int:
        """The state of lost leads."""
        return len(self.states) - 1


@dataclass(frozen=True, eq=False)
class Incidence:
    """Aalen-Johansen estimate of where stays end, by age: product-limit with competing exits and late entry.

    Attributes
    ----------
    age : float64, (time,)
        Ages at which something happened, days, rising.
    at_risk : int64, (time,)
        Stays seen just before.
    targets : tuple of int
        States that stays went to.
    share : float64, (target, time)
        Chance of having gone to each by then.
    error : float64, (target, time)
        Standard error, by the delta method (Greenwood's for one exit).
    """

    age: Floats
    at_risk: Ints
    targets: tuple[int, ...]
    share: Floats
    error: Floats


@dataclass(frozen=True, eq=False)
class LeadLaws:
    """Chances of leads, one row a lead, one column a cell of future time.

    Attributes
    ----------
    edges : float64, (cell + 1,)
        Edges of the cells in days from the as-of moment.
    won, lost : float64, (lead, cell)
        Chance to be won or lost within the cell.
    won_ever : float64, (lead,)
        Chance to be won within the reach of the records; not below the sum of ``won``.
    """

    edges: Floats
    won: Floats
    lost: Floats
    won_ever: Floats


@dataclass(frozen=True, eq=False)
class PeriodShocks:
    """Wins of past periods against their expected number, and what they say of periods to come.

    The wins of a period are Poisson round ``expected x (level + phase) x shock``: the level wanders away from 1 and
    comes back, the phase is what the period's place in the season adds, and the shock is drawn anew in each; the next
    period makes up for a share of it.

    Attributes
    ----------
    wins, expected : float64, (period,)
        Whole periods of the records.
    shock_sd, drift_sd, season_sd : float64, (point,)
        Candidate sds of the shock's logarithm, of the level's step, and between phases.
    weight : float64, (point,)
        Posterior weight of each; sums to 1.
    state : float64, (point, 2 + phase)
        The level when the records end, what each phase adds, and the shock of the last period, given each candidate.
    covariance : float64, (point, 2 + phase, 2 + phase)
        Of the state.
    kept : float64, (point,)
        Candidate shares of the level's distance from 1 that are left after a period.
    made_up : float64, (point,)
        Candidate shares of a period's shock that the next period makes up for.
    """

    wins: Floats
    expected: Floats
    shock_sd: Floats
    drift_sd: Floats
    season_sd: Floats
    weight: Floats
    state: Floats
    covariance: Floats
    kept: Floats
    made_up: Floats

    @property
    def shock(self) -> float:
        """Posterior mean of the shock's sd."""
        return float(self.weight @ self.shock_sd)

    @property
    def level(self) -> float:
        """Posterior mean of the level when the records end."""
        return float(self.weight @ self.state[:, 0])

    @property
    def phases(self) -> Floats:
        """Posterior mean of level and phase together, (phase,); empty without a season."""
        return np.asarray(self.weight @ (self.state[:, :1] + self.state[:, 1:-1]))


@dataclass(frozen=True, eq=False)
class SegmentFactors:
    """Factors of segments on the rate of one transition.

    Attributes
    ----------
    events, expected : float64, (segment,)
        Seen, and due if all segments were alike.
    factor, error : float64, (segment,)
        Posterior mean and sd.
    spread : Spread
        Of the true factors between segments.
    """

    events: Floats
    expected: Floats
    factor: Floats
    error: Floats
    spread: Spread


@dataclass(frozen=True, eq=False)
class AmountLaw:
    """What won leads brought in units of their potential revenue: an atom at 1 and a lognormal beside it.

    Attributes
    ----------
    exact, other : int
        Won leads whose amount was the potential revenue, and others, with both known.
    log_mean, log_sd : float
        Of the logarithm of the ratio of the others.
    """

    exact: int
    other: int
    log_mean: float
    log_sd: float


@dataclass(frozen=True, eq=False)
class ArrivalLaw:
    """New leads a period: a level with a trend in its logarithm, a season, and a spread beyond Poisson's.

    Attributes
    ----------
    counts : float64, (period,)
        Leads born in each whole period of the records.
    fitted : float64, (period,)
        Expected number.
    coefficients : float64, (2,)
        Log of the level at the end of the records, and change of the log a period.
    covariance : float64, (2, 2)
        Of the coefficients.
    phases : float64, (phase,)
        Season factors; a single 1 where the records are too short.
    spread : Spread
        Of the factor that all arrivals of a period share.
    """

    counts: Floats
    fitted: Floats
    coefficients: Floats
    covariance: Floats
    phases: Floats
    spread: Spread
