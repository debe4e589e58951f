"""What the answer hangs on most: each number tried low and high, on the same luck.

The question: which assumption must be checked first?  All numbers are tried with a few replications; those that move
mean bookings most are tried again with more, and get paired intervals.  A number under which the engine's tables do not
change cannot matter, and is not simulated.

What it leaves out: how numbers act together, and what a number costs; the measure is bookings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.execution import Execution, run_blocks
from funnelsim.engines.explaining.funnel_ranges import MOST_HALVINGS, Candidate, candidates
from funnelsim.engines.funnel_runs import FunnelRun, prepare_run
from funnelsim.engines.score_card import goal_of
from funnelsim.engines.statistics.moments import centred
from funnelsim.engines.statistics.paired import chance_difference, mean_difference
from funnelsim.errors import ScenarioError
from funnelsim.kernels.funnel_arrays import BOOKED
from funnelsim.model.funnel_explanation import ExplainedRun, Tornado, TornadoBar
from funnelsim.model.intervals import Interval
from funnelsim.model.scenario_changes import changed

Ints = npt.NDArray[np.int64]

MOST_BARS: Final = 8
FINALISTS: Final = 10
"""Numbers that are tried with more replications: the bars, and a few that may have looked too small."""
SCREENED: Final = 10
"""Replications of the first look."""
REPLICATIONS: Final = 160
"""Replications behind each bar, at most."""
_SURE: Final = 0.02
"""A chance nearer to 0 or 1 than this says nothing about what it hangs on: mean bookings are shown instead."""


@dataclass(frozen=True, eq=False)
class _End:
    """One end of a bar: the value, and the world with it; None where nothing differs from the baseline."""

    value: float
    run: FunnelRun | None


@dataclass(frozen=True, eq=False)
class _Tried:
    number: Candidate
    low: _End
    high: _End

    @property
    def matters(self) -> bool:
        return self.low.run is not None or self.high.run is not None


def tornado(run: ExplainedRun, base: FunnelRun, execution: Execution, confidence: float) -> Tornado:
    """Try every number low and high.

    Parameters
    ----------
    run : ExplainedRun
        What is explained.
    base : FunnelRun
        The same, ready to be simulated.
    execution : Execution
        How to run; without influence on the answer.
    confidence : float
        Of every interval, in (0, 1).

    Returns
    -------
    Tornado
        At most ``MOST_BARS`` bars, widest first; those that move nothing are left out.
    """
    numbers, left_out = candidates(run.scenario, run.strategy)
    tried = [_tried(run, base, one) for one in numbers]
    alive = [one for one in tried if one.matters]
    screened, most = min(SCREENED, run.replications), min(REPLICATIONS, run.replications)
    work = _Work(base, 2 * (screened * len(alive) + most * min(FINALISTS, len(alive))), execution)
    plain = work.bookings([base], most)[0]
    spans = [_span(plain[:screened], ends) for ends in work.ends(alive, plain, screened)]
    order = sorted(range(len(alive)), key=lambda at: (-spans[at], at))[:FINALISTS]
    finalists = [alive[at] for at in order]
    goal = goal_of(base.setting)
    chance = float((plain >= goal).mean()) if goal else 0.0
    by_chance = bool(goal) and _SURE < chance < 1 - _SURE
    target = goal if by_chance else 0
    bars = [
        _bar(one, plain, ends, target, confidence)
        for one, ends in zip(finalists, work.ends(finalists, plain, most), strict=True)
    ]
    moving = [bar for bar in bars if bar.span > 0]
    return Tornado(
        measure="chance of the goal" if by_chance else "mean bookings",
        baseline=chance if by_chance else centred(plain).mean,
        replications=most,
        screened=screened,
        bars=tuple(sorted(moving, key=lambda bar: -bar.span)[:MOST_BARS]),
        tried=len(tried),
        without_effect=tuple(one.number.path for one in tried if not one.matters),
        left_out=left_out,
    )


def _tried(run: ExplainedRun, base: FunnelRun, number: Candidate) -> _Tried:
    return _Tried(number, _end(run, base, number, number.low), _end(run, base, number, number.high))


def _end(run: ExplainedRun, base: FunnelRun, number: Candidate, value: float) -> _End:
    """Return the world at one end, nearer to the number itself where the farther one cannot be simulated."""
    for _ in range(MOST_HALVINGS + 1):
        if value == number.value:
            break
        try:
            scenario = changed(run.scenario, [(number.path, value)], "the tornado")
            there = prepare_run(scenario, run.strategy, run.opening, run.seed)
        except ScenarioError:
            value = (value + number.value) / 2
            continue
        shared = number.path.startswith("forces.shocks.")  # what all leads share is drawn outside the tables
        return _End(value, there if shared or not _same(base.tables, there.tables) else None)
    return _End(number.value, None)


def _same(one: Any, other: Any) -> bool:
    """Tell whether two nested tuples of arrays and numbers are equal."""
    if isinstance(one, tuple):
        return all(_same(here, there) for here, there in zip(one, other, strict=True))
    return bool(np.array_equal(one, other))


@dataclass(frozen=True, eq=False)
class _Work:
    """Simulations of many worlds side by side: each thread takes a world at a time."""

    base: FunnelRun
    whole: int
    execution: Execution

    def bookings(self, runs: Sequence[FunnelRun], count: int) -> list[Ints]:
        """Simulate the first replications of some worlds; return bookings over the horizon of each."""
        found: list[Any] = [None] * len(runs)
        alone = replace(self.execution, threads=1, progress=lambda share: None)

        def work(first: int, end: int, stop: Event) -> None:
            for at in range(first, end):
                if stop.is_set():
                    return
                found[at] = runs[at].outcome(0, count, alone).flow[:, :, BOOKED].sum(axis=1)
                self.execution.progress(min(1.0, count / max(1, self.whole)))

        if runs:
            run_blocks(work, len(runs), replace(self.execution, block=1))
        return found

    def ends(self, tried: Sequence[_Tried], plain: Ints, count: int) -> list[tuple[Ints, Ints]]:
        """Return bookings at both ends of every number; the baseline's where an end is the baseline."""
        runs = [end.run for one in tried for end in (one.low, one.high) if end.run is not None]
        fresh = iter(self.bookings(runs, count))
        base = plain[:count]
        return [
            (next(fresh) if one.low.run is not None else base, next(fresh) if one.high.run is not None else base)
            for one in tried
        ]


def _span(base: Ints, ends: tuple[Ints, Ints]) -> float:
    moves = [0.0, *(centred(end - base).mean for end in ends)]
    return max(moves) - min(moves)


def _bar(one: _Tried, base: Ints, ends: tuple[Ints, Ints], goal: int, confidence: float) -> TornadoBar:
    number = one.number
    low, high = (_moved(base, end, goal, confidence) for end in ends)
    return TornadoBar(
        path=number.path,
        meaning=number.meaning,
        value=number.value,
        low=one.low.value,
        high=one.high.value,
        grade=number.grade,
        source=number.source,
        at_low=low,
        at_high=high,
    )


def _moved(base: Ints, end: Ints, goal: int, confidence: float) -> Interval:
    if goal:
        return chance_difference(base >= goal, end >= goal, confidence, identical=np.array_equal(base, end))
    return mean_difference(base, end, confidence)
