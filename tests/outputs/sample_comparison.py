"""A made-up comparison for tests of everything that shows or saves one: deterministic, and consistent with itself.

Bookings and costs are made up; every difference, interval and share is computed from them in the plainest way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from sample_simulation import REPLICATIONS, TARGET, sample_scenario, sample_simulation

from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.comparison import (
    BestOfMany,
    Comparison,
    Contest,
    DominanceOutcome,
    Entrant,
    Looks,
    NullTwin,
    PeriodDifference,
    ScoreDifference,
    SharedFate,
)
from funnelsim.model.funnel_words import FLOWS
from funnelsim.model.intervals import Interval
from funnelsim.model.ledger import Ledger, LedgerLead, LedgerLine
from funnelsim.model.scenario_changes import Difference
from funnelsim.model.score_words import SCORES
from funnelsim.model.simulation import Simulation

CONFIDENCE = 0.95
QUANTILE = 1.959963984540054
BOOKED = FLOWS.index("booked")
Ints = npt.NDArray[np.int64]


def sample_comparison(
    *, gains: Sequence[float] = (0.09,), metric: str = "revenue", dearer: float = 0.02, extras: bool = True
) -> Comparison:
    """Return a comparison of ``relay`` with one other strategy per gain: its bookings are larger by that share.

    ``dearer`` is what each costs more, as a share of the baseline's bookings; ``extras`` adds ledger, null twin,
    worlds that differ and notes.
    """
    base = sample_simulation()
    booked = base.outcome["flow"][:, :, BOOKED]
    sides = [_side(booked, gain, number) for number, gain in enumerate(gains)]
    names = ["hand back", *(f"P{number + 2}" for number in range(len(gains) - 1))]
    contests = tuple(
        _contest(base, name, booked, side, metric, dearer if gain else 0.0, extras)
        for name, side, gain in zip(names, sides, gains, strict=True)
    )
    titles = [one.title for one in sample_scenario().strategies] + [""] * len(gains)
    entrants = [Entrant("relay", titles[0], base)]
    entrants += [Entrant(name, titles[k + 1], _answer(base)) for k, name in enumerate(names)]
    return Comparison(
        entrants=tuple(entrants),
        contests=contests,
        metric=SCORES[metric],
        best=_best(booked, sides) if len(gains) > 1 else None,
        calendar=base.calendar,
        currency="USD",
        minor_digits=2,
        seed=7,
        replications=REPLICATIONS,
        confidence=CONFIDENCE,
        looks=Looks("sign", (200, 400, 800), True) if extras else None,
        differing=(Difference("sources.web.per_day", 1.0, 1.25), Difference("forces.neglect", None, {"grace_days": 3}))
        if extras
        else (),
        null_twins=(_twin(contests, 0.1), _twin(contests, 0.9, "touches of Marketing")) if extras else (),
        notes=("One note.", "Ünïcode and \x1b[31mcolour stay text.") if extras else (),
        content_hash="7c" * 32,
    )


def sample_of_forecasts() -> Comparison:
    """Return a comparison of two forecasts: no cost, no profit, nothing but bookings, and no answers inside."""
    whole = sample_comparison(extras=False)
    few = ("revenue", "p10", "p50", "p90", "tail_mean")
    contest = whole.contests[0]
    scores = tuple(one for one in contest.scores if one.score.name in few)
    entrants = tuple(Entrant(label, "", None) for label in ("june", "july"))
    named = replace(contest, base="june", other="july", scores=scores, break_even=None)
    return replace(whole, entrants=entrants, contests=(named,), currency=None)


def unknown_comparison() -> Comparison:
    """Return a comparison whose sign is not known."""
    return sample_comparison(gains=(0.004,), dearer=0.0, extras=False)


def interval_of(values: npt.NDArray[np.float64] | Ints, method: str = "paired t") -> Interval:
    """Return the normal interval of a mean."""
    numbers = values.astype(np.float64)
    mean, half = float(numbers.mean()), QUANTILE * float(numbers.std(ddof=1)) / len(numbers) ** 0.5
    return Interval(mean, mean - half, mean + half, CONFIDENCE, method)


def _answer(base: Simulation) -> Simulation:
    return replace(base, strategy=base.scenario.strategy("hand back"))


def _side(booked: Ints, gain: float, number: int) -> Ints:
    """Return bookings that are larger by a share that itself varies; the same to the cent for a gain of 0."""
    if gain == 0:
        return booked.copy()
    noise = np.random.default_rng(number + 1).normal(gain, 0.25, size=booked.shape)
    return (booked * (1 + noise)).astype(np.int64)


def _contest(
    base: Simulation, name: str, booked: Ints, side: Ints, metric: str, dearer: float, extras: bool
) -> Contest:
    gains = side - booked
    total, mine, theirs = gains.sum(axis=1), booked.sum(axis=1), side.sum(axis=1)
    cost = np.full(len(mine), 30_000_000)
    more = (dearer * mine).astype(np.int64)
    metrics = {"revenue": total, "profit": total - more, "cost": more}
    metric_gains = metrics[metric]
    better = metric_gains if SCORES[metric].higher else -metric_gains
    ahead = (better > 0) + 0.5 * (better == 0)
    spread = float(better.std(ddof=1)) / len(better) ** 0.5
    return Contest(
        base="relay",
        other=name,
        scores=_scores(mine, theirs, cost, more),
        metric=metric,
        beats=_within(interval_of(ahead, "discordant pairs")),
        sure=0.5 if not spread else _normal(float(better.mean()) / spread),
        fate=_fate(mine, theirs),
        dominance=DominanceOutcome("other dominates", 0.61, 0.002) if total.any()
        else DominanceOutcome("equal", float("nan"), 0.0),
        periods=_periods(base.calendar, gains, running=False),
        cumulative=_periods(base.calendar, gains, running=True),
        break_even=interval_of(total - more),
        gains=gains,
        metric_gains=metric_gains,
        ledger=_ledger() if extras else None,
    )  # fmt: skip


def _scores(mine: Ints, theirs: Ints, cost: Ints, more: Ints) -> tuple[ScoreDifference, ...]:
    def of(name: str, base: Ints, other: Ints) -> ScoreDifference:
        return ScoreDifference(SCORES[name], float(base.mean()), float(other.mean()), interval_of(other - base))

    def ranked(name: str, percent: int) -> ScoreDifference:
        low, high = (float(np.sort(one)[len(one) * percent // 100]) for one in (mine, theirs))
        half = abs(high - low) / 3
        found = Interval(high - low, high - low - half, high - low + half, CONFIDENCE, "paired bootstrap", True)
        return ScoreDifference(SCORES[name], low, high, found)

    made = [(one >= TARGET).astype(np.int64) for one in (mine, theirs)]
    still = Interval(0.0, 0.0, 0.0, CONFIDENCE, "paired t of a ratio")
    unknown = Interval(float("nan"), float("nan"), float("nan"), CONFIDENCE, "paired t of a ratio")
    changed = bool((theirs != mine).any())
    ratio = Interval(-0.021, -0.032, -0.01, CONFIDENCE, "paired t of a ratio") if changed else still
    return (
        of("revenue", mine, theirs),
        of("profit", mine - cost, theirs - cost - more),
        of("cost", cost, cost + more),
        ranked("p10", 10),
        ranked("p50", 50),
        ranked("p90", 90),
        ranked("tail_mean", 5),
        of("chance_of_goal", *made),
        ScoreDifference(SCORES["wins"], 21.0, 21.0 + 2 * changed, replace(still, estimate=2.0, low=1.7, high=2.3)
                        if changed else still),
        ScoreDifference(SCORES["cost_per_win"], float("nan"), 1_400_000.0, unknown) if changed else
        ScoreDifference(SCORES["cost_per_win"], 1_400_000.0, 1_400_000.0, still),
        ScoreDifference(SCORES["waste"], 0.583, 0.583 + ratio.estimate, ratio),
        ScoreDifference(SCORES["neglect_days"], 2512.0, 2512.0 - 810 * changed,
                        Interval(-810.0, -850.0, -770.0, CONFIDENCE, "paired t") if changed else still),
        ScoreDifference(SCORES["first_win_days"], 12.2, 12.2, still),
        ScoreDifference(SCORES["market_share"], 0.023, 0.024 if changed else 0.023,
                        Interval(0.001, -0.001, 0.003, CONFIDENCE, "paired t of a ratio") if changed else still),
    )  # fmt: skip


def _periods(calendar: Calendar, gains: Ints, *, running: bool) -> tuple[PeriodDifference, ...]:
    found = []
    for k, period in enumerate(calendar.periods):
        values = gains[:, : k + 1].sum(axis=1) if running else gains[:, k]
        ordered = np.sort(values)
        percentiles = {percent: int(ordered[len(values) * percent // 100]) for percent in (10, 50, 90)}
        days = Period(calendar.window.start, period.end) if running else period
        found.append(PeriodDifference(days, interval_of(values), percentiles))
    return tuple(found)


def _fate(mine: Ints, theirs: Ints) -> SharedFate:
    difference = (theirs - mine).astype(np.float64)
    if not difference.any():
        return SharedFate(1.0, None)
    factor = (mine.astype(np.float64).var(ddof=1) + theirs.astype(np.float64).var(ddof=1)) / difference.var(ddof=1)
    return SharedFate(float(np.corrcoef(mine, theirs)[0, 1]), float(factor))


def _best(booked: Ints, sides: Sequence[Ints]) -> BestOfMany:
    means = [float(one.sum(axis=1).mean()) for one in (booked, *sides)]
    half = 2_400_000.0
    intervals = []
    for k, mean in enumerate(means):
        gap = mean - max(one for j, one in enumerate(means) if j != k)
        intervals.append(Interval(gap, min(0.0, gap - half), max(0.0, gap + half), CONFIDENCE, "MCB", True))
    chances = [0.003] * len(means)
    chances[int(np.argmax(means))] = 1 - 0.003 * (len(means) - 1)
    return BestOfMany(tuple(intervals), tuple(chances), tuple(max(means) - one for one in means))


def _twin(contests: Sequence[Contest], share: float, mechanism: str = "neglect") -> NullTwin:
    """Return the comparison with a mechanism off that leaves ``share`` of every gain."""

    def scaled(one: Interval, by: float) -> Interval:
        return replace(one, estimate=by * one.estimate, low=by * one.estimate - 0.6e6, high=by * one.estimate + 0.6e6)

    without, due = [], []
    for contest in contests:
        one = contest.decided
        scores = tuple(
            replace(one, other=one.base + share * one.difference.estimate, difference=scaled(one.difference, share))
            if score is one
            else score
            for score in contest.scores
        )
        without.append(replace(contest, scores=scores, ledger=None))
        due.append(scaled(one.difference, 1 - share))
    return NullTwin(mechanism, tuple(without), tuple(due))


def _ledger() -> Ledger:
    lines = (
        LedgerLine("lost", "won", "neglect avoided", 2.42, 6_410_000.0),
        LedgerLine("won", "lost", "timing", 0.84, -2_150_000.0),
        LedgerLine("open", "won", "hand-back", 0.5, 1_310_000.0),
        LedgerLine("won", "won", "timing", 3.1, 120_000.0),
        LedgerLine("won", "never there", "further need", 0.02, -40_000.0),
        LedgerLine("lost", "won", "veto", 0.04, 30_000.0),
        LedgerLine("lost", "open", "nurture", 1.0, 0.0),
    )
    leads = (
        LedgerLead("ACC-01", "ABC", 2_560_000, 0.12, 0.42, "neglect avoided", 3),
        LedgerLead("=1+1", "Zoë \x1b[31m", 1_000_001, 0.4, 0.0, "timing", 11),
    )
    return Ledger(50, lines, leads, 161.4, sum(line.amount for line in lines))


def _within(interval: Interval) -> Interval:
    return replace(interval, low=max(0.0, interval.low), high=min(1.0, interval.high))


def _normal(z: float) -> float:
    from statistics import NormalDist

    return NormalDist().cdf(z)
