"""Known laws of two strategies, and every interval that is printed, asked whether it holds the truth.

Shared by ``test_coverage.py`` and by ``docs/make_coverage.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri
from scipy.stats import poisson, skellam

from funnelsim.engines.bands import percentile_interval
from funnelsim.engines.precision import half_width
from funnelsim.engines.statistics.best_of_many import best_of_many
from funnelsim.engines.statistics.control import controlled_mean
from funnelsim.engines.statistics.looking import doubling_looks, look_confidence
from funnelsim.engines.statistics.paired import chance_difference, chance_to_beat, mean_difference, ratio_difference
from funnelsim.engines.statistics.resampling import order_statistics
from funnelsim.model.intervals import Interval

Ints = npt.NDArray[np.int64]
PERCENTS = (10, 50, 90)
COUNTED, COUNTED_BASE, COUNTED_OTHER = 10, 3, 4
"""Means of what ratios are counted of: shared, and each strategy's own."""
ASKED = 0.04
"""Half-width asked of a percentile band, as a share of the mean."""


@dataclass(frozen=True)
class Pair:
    """One sample of two strategies on the same luck; money in cents."""

    base: Ints
    other: Ints
    control: npt.NDArray[np.float64]
    """Goes together with the base; its mean is 0."""


@dataclass(frozen=True)
class Law:
    """A law of two strategies whose truth is known."""

    name: str
    draw: Callable[[np.random.Generator, int], Pair]
    means: tuple[float, float]
    percentiles: tuple[tuple[float, ...], tuple[float, ...]]
    """P10, P50, P90 of each."""
    tails: tuple[float, float]
    """Mean of the worst tenth of each."""
    goal: int
    chances: tuple[float, float]
    beats: float
    """Chance that the other is better, ties half."""
    sd: float
    """Of the base, the unit of widths."""
    step: int
    """What a third strategy sometimes has more than the other."""


def _normal() -> Law:
    """Correlation .8, other standard deviations: a forecast with many leads."""
    first, second, shared = (1e6, 1e5), (1.02e6, 1.3e5), 0.8

    def draw(rng: np.random.Generator, count: int) -> Pair:
        one = rng.standard_normal(count)
        two = shared * one + math.sqrt(1 - shared**2) * rng.standard_normal(count)
        control = 0.6 * one + 0.8 * rng.standard_normal(count)
        return Pair(_cents(first[0] + first[1] * one), _cents(second[0] + second[1] * two), control)

    parts = (first, second)
    goal = 1_050_000
    apart = math.sqrt(first[1] ** 2 + second[1] ** 2 - 2 * shared * first[1] * second[1])
    return Law(
        "correlated normals",
        draw,
        (first[0], second[0]),
        tuple(tuple(mean + sd * float(ndtri(p / 100)) for p in PERCENTS) for mean, sd in parts),
        tuple(mean - sd * math.exp(-(ndtri(0.1) ** 2) / 2) / math.sqrt(2 * math.pi) / 0.1 for mean, sd in parts),
        goal,
        tuple(float(ndtr((mean - goal) / sd)) for mean, sd in parts),
        float(ndtr((second[0] - first[0]) / apart)),
        first[1],
        3000,
    )


def _skewed() -> Law:
    """Lognormal with sigma 1, both nothing in one future of twenty: a handful of large deals."""
    atom, shared, scales = 0.05, 0.8, (1e6, 1.1e6)

    def draw(rng: np.random.Generator, count: int) -> Pair:
        some = rng.random(count) >= atom
        one = rng.standard_normal(count)
        two = shared * one + math.sqrt(1 - shared**2) * rng.standard_normal(count)
        return Pair(_cents(some * scales[0] * np.exp(one)), _cents(some * scales[1] * np.exp(two)), _twin(rng, one))

    levels = [float(ndtri((p / 100 - atom) / (1 - atom))) for p in PERCENTS]
    goal = 2_000_000
    mean = (1 - atom) * math.exp(0.5)
    return Law(
        "skewed money, atom at 0",
        draw,
        tuple(scale * mean for scale in scales),
        tuple(tuple(scale * math.exp(level) for level in levels) for scale in scales),
        tuple(scale * mean * float(ndtr(levels[0] - 1)) / 0.1 for scale in scales),
        goal,
        tuple((1 - atom) * float(ndtr(math.log(scale / goal))) for scale in scales),
        atom / 2 + (1 - atom) * float(ndtr(math.log(scales[1] / scales[0]) / math.sqrt(2 - 2 * shared))),
        scales[0] * math.sqrt((1 - atom) * math.exp(2) - mean**2),
        30_000,
    )


def _twin(rng: np.random.Generator, normal: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """What the same futures bring without limits: skewed as the money is; its mean is 0."""
    near = 0.9 * normal + 0.3 * rng.standard_normal(len(normal))
    return np.asarray(np.exp(near) - math.exp(0.45))


def _discrete() -> Law:
    """Equal deals, 15 of them shared: ties within and between strategies."""
    price, shared, own = 25_000, 15, (5, 8)
    totals = [shared + one for one in own]

    def draw(rng: np.random.Generator, count: int) -> Pair:
        common = rng.poisson(shared, count)
        base, other = (price * (common + rng.poisson(one, count)) for one in own)
        return Pair(base, other, (common - shared).astype(np.float64))

    def tail(mean: int) -> float:
        edge = int(poisson.ppf(0.1, mean))
        below = np.arange(edge)
        return (
            price * (float(below @ poisson.pmf(below, mean)) + edge * (0.1 - float(poisson.cdf(edge - 1, mean)))) / 0.1
        )

    goal = 24
    return Law(
        "equal deals",
        draw,
        tuple(price * float(mean) for mean in totals),
        tuple(tuple(price * float(poisson.ppf(p / 100, mean)) for p in PERCENTS) for mean in totals),
        tuple(tail(mean) for mean in totals),
        goal * price,
        tuple(float(poisson.sf(goal - 1, mean)) for mean in totals),
        float(skellam.sf(0, own[1], own[0]) + skellam.pmf(0, own[1], own[0]) / 2),
        price * math.sqrt(totals[0]),
        price,
    )


def _cents(money: npt.NDArray[np.float64]) -> Ints:
    return np.rint(money).astype(np.int64)


LAWS = (_normal(), _skewed(), _discrete())


@dataclass
class Tally:
    """How often one kind of interval held the truth."""

    at_least: bool
    runs: int = 0
    hits: int = 0
    width: float = 0.0

    @property
    def coverage(self) -> float:
        return self.hits / self.runs


def measured(law: Law, count: int, runs: int, draws: int = 2000) -> dict[str, Tally]:
    """Make every interval in many repetitions and count how often it holds the truth."""
    tallies: dict[str, Tally] = {}
    for run in range(runs):
        rng = np.random.default_rng([20_27, count, run])
        for name, interval, truth, unit in intervals(law, count, run, rng, draws):
            tally = tallies.setdefault(name, Tally(interval.at_least))
            tally.runs += 1
            # a cent of rounding; an end may be a rounded figure itself
            tally.hits += interval.low - 1e-9 * abs(truth) <= truth <= interval.high + 1e-9 * abs(truth)
            tally.width += (interval.high - interval.low) / unit
    return tallies


Held = tuple[str, Interval, float, float]


def intervals(law: Law, count: int, run: int, rng: np.random.Generator, draws: int) -> Iterator[Held]:
    """Every interval on one sample, with the truth and the unit of its width."""
    pair = law.draw(rng, count)
    gain = law.means[1] - law.means[0]
    yield "mean difference", mean_difference(pair.base, pair.other), gain, law.sd
    yield _ratio(law, pair, rng)
    hits = [values >= law.goal for values in (pair.base, pair.other)]
    yield "difference of chances", chance_difference(*hits), law.chances[1] - law.chances[0], 1.0
    yield "chance to beat", chance_to_beat(pair.base, pair.other), law.beats, 1.0
    found = order_statistics(np.column_stack([pair.base, pair.other]), run, PERCENTS, draws=draws)
    for at, percent in enumerate(PERCENTS):
        truth = law.percentiles[1][at] - law.percentiles[0][at]
        yield f"P{percent} difference", found.percentile(0, 1, percent), truth, law.sd
    yield "worst tenth's mean difference", found.tail_mean(0, 1), law.tails[1] - law.tails[0], law.sd
    control = controlled_mean(pair.base, pair.control[:, None], np.zeros(1))
    yield "control variate", control.interval, law.means[0], law.sd
    yield _best(law, pair, rng)
    yield "mean difference, sign known", _until_known(law, count, rng), gain, law.sd
    yield from _bands(law, count, rng)


def _ratio(law: Law, pair: Pair, rng: np.random.Generator) -> Held:
    """Money per thing counted; things cost, so that money and things go together."""
    shared = rng.poisson(COUNTED, len(pair.base))
    lower = [shared + rng.poisson(own, len(shared)) for own in (COUNTED_BASE, COUNTED_OTHER)]
    each = round(law.sd / 5)
    upper = [values + each * things for values, things in zip((pair.base, pair.other), lower, strict=True)]
    counted = COUNTED + COUNTED_BASE, COUNTED + COUNTED_OTHER
    truth = law.means[1] / counted[1] - law.means[0] / counted[0]
    return "difference of ratios", ratio_difference(upper[0], lower[0], upper[1], lower[1]), truth, law.sd


def _best(law: Law, pair: Pair, rng: np.random.Generator) -> Held:
    """Four strategies: the two, one that is nearly the second, and one without shared luck; held only if all are."""
    near = pair.other + law.step * (rng.random(len(pair.other)) < 0.5)
    alone = law.draw(rng, len(pair.base)).other
    means = [*law.means, law.means[1] + law.step / 2, law.means[1]]
    found = best_of_many(np.column_stack([pair.base, pair.other, near, alone]))
    truths = [mean - max(means[:at] + means[at + 1 :]) for at, mean in enumerate(means)]
    held = all(one.low <= truth <= one.high for one, truth in zip(found, truths, strict=True))
    width = sum(one.high - one.low for one in found) / len(found)
    low = -width / 2 if held else width / 2  # one interval that holds 0 exactly if all four hold their truths
    return "MCB, four at once", Interval(low, low, low + width, 0.95, "MCB", at_least=True), 0.0, law.sd


def _until_known(law: Law, count: int, rng: np.random.Generator) -> Interval:
    """Go on until the sign of the difference is known: the end that favours a wrong stop most."""
    start = max(25, count // 10)
    pair = law.draw(rng, start)
    for look in doubling_looks(start, 64 * start):
        if look.number > 1:
            more = law.draw(rng, look.replications // 2)
            pair = Pair(np.concatenate([pair.base, more.base]), np.concatenate([pair.other, more.other]), pair.control)
        found = mean_difference(pair.base, pair.other, look.confidence)
        if found.known:
            break
    return Interval(found.estimate, found.low, found.high, 0.95, found.method, at_least=True)


def _bands(law: Law, count: int, rng: np.random.Generator) -> Iterator[Held]:
    """The percentiles of a total as ``forecast --precision`` finds them: double until all three are known."""
    start = max(50, count // 5)
    totals = law.draw(rng, start).base
    look, most = 1, 8 * count
    while half_width(totals, look) > ASKED and 2 * len(totals) <= most:
        totals = np.concatenate([totals, law.draw(rng, len(totals)).base])
        look += 1
    ordered = np.sort(totals)
    confidence = look_confidence(look)
    for at, percent in enumerate(PERCENTS):
        low, high = percentile_interval(ordered, percent / 100, confidence)
        middle = float(np.clip(law.percentiles[0][at], low, high))
        band = Interval(middle, low, high, 0.95, "order statistics", at_least=True)
        yield f"P{percent} band by --precision", band, law.percentiles[0][at], law.sd


def limits(count: int, runs: int) -> dict[str, Tally]:
    """Count how often intervals hold the truth where they are not made for it."""
    rare, bent = "mean difference of two that differ in 1 future of 50", "control that bends"
    tallies = {name: Tally(False) for name in (rare, bent)}
    skewed = LAWS[1]
    for run in range(runs):
        rng = np.random.default_rng([19_95, count, run])
        base = rng.integers(0, 1000, count)
        found = mean_difference(base, base + 100 * (rng.random(count) < 0.02))
        _held(tallies[rare], found.low <= 2 <= found.high, (found.high - found.low) / 1000)
        normal = rng.standard_normal(count)
        money = np.exp(normal) * (rng.random(count) >= 0.05)
        mean = skewed.means[0] / 1e6
        controlled = controlled_mean(money, normal[:, None], np.zeros(1)).interval
        width = (controlled.high - controlled.low) * 1e6 / skewed.sd
        _held(tallies[bent], controlled.low <= mean <= controlled.high, width)
    return tallies


def _held(tally: Tally, held: bool, width: float) -> None:
    tally.runs += 1
    tally.hits += held
    tally.width += width
