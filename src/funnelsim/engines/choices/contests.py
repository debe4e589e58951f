"""One strategy against the baseline: every score, paired replication by replication.

What it leaves out: simulating (:mod:`funnelsim.engines.choices.comparison`) and the statistics themselves
(``engines/statistics``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from funnelsim.engines.bands import percentile
from funnelsim.engines.score_card import Measure, mean_score
from funnelsim.engines.statistics.dominance import dominance
from funnelsim.engines.statistics.paired import (
    chance_difference,
    chance_to_beat,
    mean_difference,
    ratio_difference,
    shared_luck,
    sure_better,
)
from funnelsim.engines.statistics.resampling import percentile_difference, tail_mean_difference
from funnelsim.model.calendar import Period
from funnelsim.model.comparison import (
    Contest,
    DominanceOutcome,
    PeriodDifference,
    ScoreDifference,
    SharedFate,
)
from funnelsim.model.intervals import Interval
from funnelsim.model.score_words import TAIL_PERCENT

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a contest.

    Attributes
    ----------
    label : str
        What results call it.
    bookings : int64, (replication, period)
        Minor units.
    scores : mapping of str to Measure
        Its score card.
    """

    label: str
    bookings: Ints
    scores: Mapping[str, Measure]


@dataclass(frozen=True)
class Certainty:
    """How sure intervals are to be.

    Attributes
    ----------
    name : float
        The confidence that they are to have, in (0, 1).
    level : float
        The confidence at which each is computed: larger than the name when the data were looked at several times.
    seed : int
        Root of resampling.
    """

    name: float
    level: float
    seed: int

    def named(self, interval: Interval) -> Interval:
        """Return an interval under the name; it holds at least that often when it was computed at a higher level."""
        if self.level == self.name:
            return interval
        return replace(interval, confidence=self.name, at_least=True)


def contest_between(base: Side, other: Side, periods: tuple[Period, ...], metric: str, certainty: Certainty) -> Contest:
    """Compare two sides.

    Parameters
    ----------
    base, other : Side
        The same replications of both, with the same luck.
    periods : tuple of Period
        The columns of their bookings.
    metric : str
        Name of the score that decides, one of ``MEANS``.
    certainty : Certainty
        Of every interval.

    Returns
    -------
    Contest
        Without a ledger.  Scores that only one side has are left out.
    """
    gains = other.bookings - base.bookings
    upper, lower = other.scores[metric].upper, base.scores[metric].upper
    higher = base.scores[metric].score.higher
    totals = base.scores["revenue"].upper, other.scores["revenue"].upper
    profit = certainty.named(_profit(base, other, certainty)) if "profit" in base.scores else None
    luck, same = shared_luck(lower, upper), same_outcomes(base, other)
    found = dominance(*totals, seed=certainty.seed)
    return Contest(
        base=base.label,
        other=other.label,
        scores=tuple(
            score_difference(measure, other.scores[name], certainty, same=same)
            for name, measure in base.scores.items()
            if name in other.scores
        ),
        metric=metric,
        beats=certainty.named(chance_to_beat(lower, upper, higher=higher, confidence=certainty.level, identical=same)),
        sure=sure_better(lower, upper, higher=higher),
        fate=SharedFate(luck.correlation, _finite(luck.variance_reduction)),
        dominance=DominanceOutcome(found.verdict, found.p_value, found.violated + 0.0),  # + 0.0: no minus zero
        periods=tuple(_period(period, base, other, at, certainty) for at, period in enumerate(periods)),
        cumulative=tuple(
            _stretch(
                Period(periods[0].start, period.end),
                base.bookings[:, : at + 1].sum(axis=1),
                other.bookings[:, : at + 1].sum(axis=1),
                certainty,
            )
            for at, period in enumerate(periods)
        ),
        break_even=profit,
        gains=gains,
        metric_gains=upper - lower,
    )


def _finite(reduction: float | None) -> float | None:
    """Return a variance reduction; None where the differences do not vary at all."""
    return reduction if reduction is not None and math.isfinite(reduction) else None


def same_outcomes(base: Side, other: Side) -> bool:
    """Tell whether two sides agree in everything that is known of them, in every replication.

    Parameters
    ----------
    base, other : Side
        Any two.

    Returns
    -------
    bool
        True for one strategy against itself.
    """
    pairs = [(base.bookings, other.bookings)]
    for name, one in base.scores.items():
        if name in other.scores:
            pairs.append((one.upper, other.scores[name].upper))
    return all(np.array_equal(one, two) for one, two in pairs)


def score_difference(base: Measure, other: Measure, certainty: Certainty, *, same: bool = False) -> ScoreDifference:
    """Return the difference of one score.

    Parameters
    ----------
    base, other : Measure
        Of the same score.
    certainty : Certainty
        Of the interval.
    same : bool
        Whether the two sides agree in everything: then a chance differs by 0 without width.

    Returns
    -------
    ScoreDifference
        With the method that suits its kind.
    """
    interval = certainty.named(_difference(base, other, certainty, same))
    return ScoreDifference(base.score, figure_of(base), figure_of(other), interval)


def figure_of(measure: Measure) -> float:
    """Return the one number that a measure stands for.

    Parameters
    ----------
    measure : Measure
        Of any kind.

    Returns
    -------
    float
        A mean, a ratio of sums, a share, a percentile, or the mean of the worst replications.
    """
    kind = measure.score.kind
    if kind == "percentile":
        return float(percentile(np.sort(measure.upper), percent_of(measure)))
    if kind == "tail":
        worst = np.sort(measure.upper)[: -(-len(measure.upper) * TAIL_PERCENT // 100)]
        return float(worst.mean())
    return mean_score(measure)


def percent_of(measure: Measure) -> int:
    """Return which percentile a measure of that kind is, in [1, 99].

    Parameters
    ----------
    measure : Measure
        Named ``p10``, ``p50`` and so on.

    Returns
    -------
    int
        The number in its name.
    """
    return int(measure.score.name[1:])


def _difference(base: Measure, other: Measure, certainty: Certainty, same: bool) -> Interval:
    kind, level, seed = base.score.kind, certainty.level, certainty.seed
    if kind == "ratio":
        assert base.lower is not None
        assert other.lower is not None
        return ratio_difference(base.upper, base.lower, other.upper, other.lower, confidence=level)
    if kind == "percentile":
        return percentile_difference(base.upper, other.upper, percent_of(base), seed=seed, confidence=level)
    if kind == "tail":
        return tail_mean_difference(base.upper, other.upper, seed=seed, confidence=level)
    if kind == "chance":
        return chance_difference(base.upper != 0, other.upper != 0, confidence=level, identical=same)
    return mean_difference(base.upper, other.upper, confidence=level)


def _profit(base: Side, other: Side, certainty: Certainty) -> Interval:
    return mean_difference(base.scores["profit"].upper, other.scores["profit"].upper, confidence=certainty.level)


def _period(period: Period, base: Side, other: Side, at: int, certainty: Certainty) -> PeriodDifference:
    return _stretch(period, base.bookings[:, at], other.bookings[:, at], certainty)


def _stretch(period: Period, base: Ints, other: Ints, certainty: Certainty) -> PeriodDifference:
    ordered = np.sort(other - base)
    mean = certainty.named(mean_difference(base, other, confidence=certainty.level))
    return PeriodDifference(period, mean, {percent: percentile(ordered, percent) for percent in (10, 50, 90)})
