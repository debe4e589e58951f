"""The whole score card of one point of a sweep, with errors, intervals and the paired difference to a baseline.

The question: what does this design do, and how much more than the first one on the same luck?  Means and ratios take
Student's interval, chances the discordant pairs; percentiles and tails are resampled, all points on the same resampled
replications, so that differences stay paired.

What it leaves out: simulating (:mod:`funnelsim.engines.choices.sweeping`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, stdtrit

from funnelsim.engines.bands import ONE_SIGMA, percentile, percentile_interval
from funnelsim.engines.score_card import Measure, mean_score
from funnelsim.engines.statistics.moments import centred
from funnelsim.engines.statistics.paired import chance_difference, mean_difference, ratio_difference
from funnelsim.model.intervals import Interval
from funnelsim.model.score_words import SCORES, TAIL_PERCENT
from funnelsim.model.sweep import CONFIDENCE, FIGURES

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Card = Mapping[str, Measure]

RESAMPLES: Final = 999
"""Resampled sets of replications: with 999 the ends of a 95 % interval are the 25th and the 975th."""
RESAMPLING_KEY: Final = 0x737765657073
PERCENTILES: Final = {"p10": 10, "p50": 50, "p90": 90}
_BLOCK_NUMBERS: Final = 1 << 22
"""Resampled numbers held at once."""


@dataclass(frozen=True, eq=False)
class Resampling:
    """Sets of replications drawn with replacement: the same ones for every point of a sweep.

    Attributes
    ----------
    seed : int
        Root of all luck.
    replications : int
        In a set.
    """

    seed: int
    replications: int
    _kept: list[npt.NDArray[np.int32]] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        if RESAMPLES * self.replications <= _BLOCK_NUMBERS:
            self._kept.extend(self._drawn())

    def blocks(self) -> Iterator[npt.NDArray[np.int32]]:
        """Return the sets, some at a time.

        Yields
        ------
        int32, (set, replication)
            Numbers of replications; ``RESAMPLES`` sets in all.
        """
        yield from self._kept or self._drawn()

    def _drawn(self) -> Iterator[npt.NDArray[np.int32]]:
        rows = max(1, _BLOCK_NUMBERS // self.replications)
        for first in range(0, RESAMPLES, rows):
            key = np.array([self.seed, RESAMPLING_KEY + first], dtype=np.uint64)
            draw = np.random.Generator(np.random.Philox(key=key))
            yield draw.integers(0, self.replications, (min(rows, RESAMPLES - first), self.replications), dtype=np.int32)

    def revenue(self, revenue: Ints) -> dict[str, Floats]:
        """Return percentiles and tail mean of revenue in every set.

        Parameters
        ----------
        revenue : int64, (replication,)
            Minor units.

        Returns
        -------
        dict of str to float64, (set,)
            By score.
        """
        places = {name: -(-self.replications * percent // 100) - 1 for name, percent in PERCENTILES.items()}
        worst = -(-self.replications * TAIL_PERCENT // 100)
        parts: dict[str, list[Floats]] = {name: [] for name in (*places, "tail_mean")}
        for block in self.blocks():
            ordered = revenue[block]
            ordered.partition(sorted({*places.values(), worst - 1}), axis=1)
            for name, place in places.items():
                parts[name].append(ordered[:, place].astype(np.float64))
            parts["tail_mean"].append(ordered[:, :worst].mean(axis=1))
        return {name: np.concatenate(some) for name, some in parts.items()}


@dataclass(frozen=True, eq=False)
class Baseline:
    """What other points are held against.

    Attributes
    ----------
    card : mapping of str to Measure
        Of the first design under the same strategy.
    resampled : mapping of str to float64, (set,)
        Its percentiles and tail mean.
    """

    card: Card
    resampled: Mapping[str, Floats]


@dataclass(frozen=True, eq=False)
class PointScores:
    """What is known of one point.

    Attributes
    ----------
    figures : float64, (score, figure)
        ``SCORES`` by ``FIGURES``, money in minor units; ``nan`` for a score that does not exist.
    contributions : float64, (replication,)
        The metric as one number a replication whose mean is its estimate: the number itself of a mean or a chance, the
        delta method's term of a ratio, the influence of a percentile or a tail.
    """

    figures: Floats
    contributions: Floats


def baseline_of(card: Card, resampling: Resampling) -> Baseline:
    """Return a point as a baseline.

    Parameters
    ----------
    card : mapping of str to Measure
        Its score card.
    resampling : Resampling
        Of the sweep.

    Returns
    -------
    Baseline
        With its revenue resampled.
    """
    return Baseline(card, resampling.revenue(card["revenue"].upper))


def point_scores(card: Card, baseline: Baseline, resampling: Resampling, metric: str) -> PointScores:
    """Return all that is known of a point.

    Parameters
    ----------
    card : mapping of str to Measure
        Its score card.
    baseline : Baseline
        What it is held against.
    resampling : Resampling
        Of the sweep.
    metric : str
        Score that decides.

    Returns
    -------
    PointScores
        All differences exactly 0 for the baseline itself.
    """
    same = np.array_equal(card["revenue"].upper, baseline.card["revenue"].upper)
    drawn = baseline.resampled if same else resampling.revenue(card["revenue"].upper)
    figures = np.full((len(SCORES), len(FIGURES)), np.nan)
    for row, name in enumerate(SCORES):
        if name not in card:
            continue
        figures[row, :4] = _alone(card[name], drawn.get(name))
        if name in baseline.card:
            figures[row, 4:] = _apart(card[name], baseline, drawn.get(name), same=same)
    return PointScores(figures, contributions(card, metric))


def contributions(card: Card, metric: str) -> Floats:
    """Return a score as one number a replication whose mean is its estimate.

    Parameters
    ----------
    card : mapping of str to Measure
        A score card.
    metric : str
        Which score.

    Returns
    -------
    float64, (replication,)
        ``nan`` where the score does not exist.
    """
    if metric not in card:
        return np.full(len(card["revenue"].upper), np.nan)
    measure = card[metric]
    upper = measure.upper.astype(np.float64)
    if measure.lower is not None:
        return mean_score(measure) + _terms(measure)
    if metric in PERCENTILES:
        ordered, share = np.sort(measure.upper), PERCENTILES[metric] / 100
        low, high = percentile_interval(ordered, share, ONE_SIGMA)
        slope = (high - low) / 2 / math.sqrt(share * (1 - share) / len(upper))
        middle = percentile(ordered, PERCENTILES[metric])
        return _centred_on(middle, slope * (share - (upper <= middle).astype(np.float64)))
    if metric == "tail_mean":
        ordered = np.sort(measure.upper)
        edge = percentile(ordered, TAIL_PERCENT)
        return _centred_on(
            _tail_mean(ordered), np.asarray(np.minimum(upper - edge, 0.0) * 100 / TAIL_PERCENT, dtype=np.float64)
        )
    return upper


def _centred_on(middle: float, terms: Floats) -> Floats:
    centre: Floats = terms - terms.mean()
    return middle + centre


def _terms(measure: Measure) -> Floats:
    """Return the delta method's terms of a ratio; ``nan`` where nothing was counted."""
    assert measure.lower is not None, "only a ratio has terms"
    ratio, below = mean_score(measure), float(measure.lower.mean())
    if not below:
        return np.full(len(measure.upper), np.nan)
    terms: Floats = (measure.upper - ratio * measure.lower) / below
    return terms


def _tail_mean(ordered: Ints) -> float:
    worst = ordered[: -(-len(ordered) * TAIL_PERCENT // 100)]
    return centred(worst).mean


def _alone(measure: Measure, drawn: Floats | None) -> tuple[float, float, float, float]:
    """Return a score, its standard error and its interval."""
    kind, count = measure.score.kind, len(measure.upper)
    if kind == "percentile":
        ordered, percent = np.sort(measure.upper), PERCENTILES[measure.score.name]
        near = percentile_interval(ordered, percent / 100, ONE_SIGMA)
        low, high = percentile_interval(ordered, percent / 100, CONFIDENCE)
        return percentile(ordered, percent), (near[1] - near[0]) / 2, low, high
    if kind == "tail":
        assert drawn is not None, "a tail is resampled"
        return _resampled(_tail_mean(np.sort(measure.upper)), drawn)
    estimate = mean_score(measure)
    if kind == "chance":
        return (
            estimate,
            math.sqrt(estimate * (1 - estimate) / (count - 1)),
            *_exact_chance(int(measure.upper.sum()), count),
        )
    spread = centred(measure.upper).sd if measure.lower is None else centred(_terms(measure)).sd
    error = spread / math.sqrt(count)
    half = -float(stdtrit(count - 1, (1 - CONFIDENCE) / 2)) * error
    return estimate, error, estimate - half, estimate + half


def _exact_chance(hits: int, count: int) -> tuple[float, float]:
    """Return the interval of a chance that holds it at least as often as it says (Clopper and Pearson)."""
    tail = (1 - CONFIDENCE) / 2
    low = float(betaincinv(hits, count - hits + 1, tail)) if hits else 0.0
    return low, float(betaincinv(hits + 1, count - hits, 1 - tail)) if hits < count else 1.0


def _resampled(estimate: float, drawn: Floats) -> tuple[float, float, float, float]:
    """Return an estimate with the error and the interval of its resampled values."""
    ordered = np.sort(drawn)
    reach = round((1 - CONFIDENCE) / 2 * (len(drawn) + 1)) - 1
    low, high = float(ordered[reach]), float(ordered[-reach - 1])
    return estimate, float(drawn.std(ddof=1)), min(low, estimate), max(high, estimate)


def _apart(
    measure: Measure, baseline: Baseline, drawn: Floats | None, *, same: bool
) -> tuple[float, float, float, float]:
    """Return the difference to the baseline, its standard error and its interval."""
    name, other = measure.score.name, baseline.card[measure.score.name]
    if drawn is not None:
        if same:
            return 0.0, 0.0, 0.0, 0.0
        estimate = _ranked(measure) - _ranked(other)
        return _resampled(estimate, drawn - baseline.resampled[name])
    if measure.score.kind == "chance":
        hits, before = measure.upper != 0, other.upper != 0
        found = chance_difference(before, hits, CONFIDENCE, identical=same)
        return _with_error(found, _mean_error(measure.upper - other.upper))
    if measure.lower is None or other.lower is None:
        return _with_error(
            mean_difference(other.upper, measure.upper, CONFIDENCE), _mean_error(measure.upper - other.upper)
        )
    found = ratio_difference(other.upper, other.lower, measure.upper, measure.lower, CONFIDENCE)
    if not found.low < found.high:
        return _with_error(found, found.estimate)  # 0 where nothing differs, nan where nothing was counted
    return _with_error(found, _mean_error(_terms(measure) - _terms(other)))


def _ranked(measure: Measure) -> float:
    ordered = np.sort(measure.upper)
    if measure.score.kind == "tail":
        return _tail_mean(ordered)
    return percentile(ordered, PERCENTILES[measure.score.name])


def _mean_error(values: Ints | Floats) -> float:
    return centred(values).sd / math.sqrt(len(values))


def _with_error(found: Interval, error: float) -> tuple[float, float, float, float]:
    return found.estimate, error, found.low, found.high
