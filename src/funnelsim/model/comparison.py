"""What a comparison answers: which strategy is better, by how much, how sure that is, and at what price.

Replication r of every strategy has the same leads with the same luck, so differences are taken replication by
replication.  All money is in minor units.  A difference is always *other minus baseline*.

What it leaves out: the lead by lead account (:mod:`funnelsim.model.ledger`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.control import Control
from funnelsim.model.intervals import Interval
from funnelsim.model.ledger import Ledger
from funnelsim.model.scenario_changes import Difference
from funnelsim.model.score_words import Score
from funnelsim.model.showing import Showing
from funnelsim.model.simulation import Simulation

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ScoreDifference:
    """One score of the baseline and of another one.

    Attributes
    ----------
    score : Score
        Which; says the unit and whether more is better.
    base, other : float
        The two figures; ``nan`` for a ratio of something that never happened.
    difference : Interval
        Other minus base.
    """

    score: Score
    base: float
    other: float
    difference: Interval

    @property
    def better(self) -> bool | None:
        """Whether the other one is better; None while the sign is not known."""
        if not self.difference.known:
            return None
        return (self.difference.low > 0) == self.score.higher


@dataclass(frozen=True)
class PeriodDifference:
    """Difference of bookings in one period.

    Attributes
    ----------
    period : Period
        The days.
    mean : Interval
        Mean difference.
    percentiles : mapping of int to int
        Percentiles 10, 50 and 90 of the difference over replications: how it may turn out in one future, not how well
        its mean is known.
    """

    period: Period
    mean: Interval
    percentiles: Mapping[int, int]


@dataclass(frozen=True)
class SharedFate:
    """What the common luck did for the comparison.

    Attributes
    ----------
    correlation : float or None
        Between the two, over replications; None where one of them is constant.
    variance_reduction : float or None
        How many times as many replications independent luck would have needed; None where the differences are all
        equal, so that one replication is enough.
    """

    correlation: float | None
    variance_reduction: float | None


@dataclass(frozen=True)
class DominanceOutcome:
    """Whether one distribution of revenue is better everywhere.

    Attributes
    ----------
    verdict : str
        One of ``other dominates``, ``baseline dominates``, ``equal``, ``neither``.
    p_value : float
        Chance of a violation as large as seen if the verdict were right; ``nan`` for ``neither`` and ``equal``.
    violated : float
        Area in which the worse one is ahead, as a share of all area between the two, in [0, 1].
    """

    verdict: str
    p_value: float
    violated: float


@dataclass(frozen=True, eq=False)
class Contest:
    """One strategy against the baseline.

    Attributes
    ----------
    base, other : str
        Labels.
    scores : tuple of ScoreDifference
        The score card.
    metric : str
        Name of the score that decides.
    beats : Interval
        Chance that the other one is better in a future, by the metric; ties count half.
    sure : float
        How sure it is that the other one is better on average, in [0, 1]; .5 when nothing differs.
    fate : SharedFate
        Of the metric.
    dominance : DominanceOutcome
        Of revenue.
    periods, cumulative : tuple of PeriodDifference
        Of bookings.
    break_even : Interval or None
        What the other one may cost more over the horizon, beside what is already in its cost, until its gain in profit
        is gone; None where there is no cost, as between forecasts.
    gains : int64, (replication, period)
        Bookings of the other one minus those of the baseline.
    metric_gains : int64, (replication,)
        The same of the metric.
    ledger : Ledger or None
        Which leads changed fate, and why; None where it was not asked.
    """

    base: str
    other: str
    scores: tuple[ScoreDifference, ...]
    metric: str
    beats: Interval
    sure: float
    fate: SharedFate
    dominance: DominanceOutcome
    periods: tuple[PeriodDifference, ...]
    cumulative: tuple[PeriodDifference, ...]
    break_even: Interval | None
    gains: Ints = field(repr=False)
    metric_gains: Ints = field(repr=False)
    ledger: Ledger | None = None

    @property
    def identical(self) -> bool:
        """Whether nothing differs in any replication: every difference is exactly 0."""
        return not self.gains.any() and not self.metric_gains.any()

    @property
    def decided(self) -> ScoreDifference:
        """The score that decides."""
        return next(one for one in self.scores if one.score.name == self.metric)


@dataclass(frozen=True, eq=False)
class Entrant:
    """One of those that are compared.

    Attributes
    ----------
    label : str
        Unique among them: the strategy's name, with the scenario's before it where there are several.
    title : str
        One line for people, or empty.
    answer : Simulation or None
        What it does by itself; None for a forecast that was read back from its run folder.
    """

    label: str
    title: str
    answer: Simulation | None


@dataclass(frozen=True)
class BestOfMany:
    """How three or more stand against the best of the others, by the metric.

    Attributes
    ----------
    intervals : tuple of Interval
        For each entrant, its mean minus the best of the others' (or, where less is better, the best of the others'
        minus its own), simultaneous: one whose ``high`` is 0 is not the best, one whose ``low`` is 0 is.
    chances : tuple of float
        Share of resampled sets of replications in which each has the best mean; they add up to 1, ties share.
    opportunity_cost : tuple of float
        Expected loss from choosing each, against the best, in the metric's unit.
    """

    intervals: tuple[Interval, ...]
    chances: tuple[float, ...]
    opportunity_cost: tuple[float, ...]


@dataclass(frozen=True)
class Looks:
    """How a comparison was run until the difference was known.

    Attributes
    ----------
    asked : str
        In the user's words.
    looks : tuple of int
        Replications at each look.
    reached : bool
        Whether it was known at the last look; if not, the most replications were used up.
    """

    asked: str
    looks: tuple[int, ...]
    reached: bool


@dataclass(frozen=True, eq=False)
class NullTwin:
    """The same comparison in a world in which one mechanism has no effect, its cost left on.

    Attributes
    ----------
    mechanism : str
        A force such as ``neglect``, or ``touches of marketing``.
    contests : tuple of Contest
        As in the comparison itself, without ledgers.
    due : tuple of Interval
        For each contest how much of its difference by the metric is due to the mechanism: with it minus without it,
        paired.
    """

    mechanism: str
    contests: tuple[Contest, ...]
    due: tuple[Interval, ...]


@dataclass(frozen=True, eq=False)
class Comparison(Showing):
    """Strategies, or forecasts, compared on the same leads with the same luck.

    Attributes
    ----------
    entrants : tuple of Entrant
        The first is the baseline.
    contests : tuple of Contest
        Each of the others against it.
    metric : Score
        The score that decides: one of ``score_words.MEANS``.
    best : BestOfMany or None
        With three or more entrants.
    calendar : Calendar
        Of the baseline.
    currency : str or None
        Of every amount.
    minor_digits : int
        Decimals of the currency.
    seed, replications : int
        Root of all luck; futures of each.
    confidence : float
        Of every interval.
    looks : Looks or None
        With ``--precision``.
    differing : tuple of Difference
        In which the worlds differ, where that was allowed.
    null_twins : tuple of NullTwin
        As asked.
    notes : tuple of str
        What was assumed, and what could not be compared.
    content_hash : str
        Hash over the entrants' own hashes, in order, and the request.
    seconds : float
        Spent in the kernel; not part of the answer.
    control : Control or None
        What controls did for the difference by the metric, contest by contest; None where not asked.  Beside the
        contests, not in them.
    """

    entrants: tuple[Entrant, ...]
    contests: tuple[Contest, ...]
    metric: Score
    best: BestOfMany | None
    calendar: Calendar
    currency: str | None
    minor_digits: int
    seed: int
    replications: int
    confidence: float
    looks: Looks | None = None
    differing: tuple[Difference, ...] = ()
    null_twins: tuple[NullTwin, ...] = ()
    notes: tuple[str, ...] = ()
    content_hash: str = ""
    seconds: float = 0.0
    control: Control | None = None

    @property
    def baseline(self) -> Entrant:
        """What the others are held against."""
        return self.entrants[0]
