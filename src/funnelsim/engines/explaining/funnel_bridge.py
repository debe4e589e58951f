"""From an earlier simulation to a later one, part by part, on the same luck.

The question: bookings are expected to be lower than last month; which of the things that changed did that?  Every state
between the two is simulated with the later run's seed and replications, so that a step holds no noise of its own.  Sums
over replications are whole numbers; the steps add up to the cent.

What it leaves out: what the parts are (:mod:`funnelsim.engines.explaining.funnel_mixtures`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from funnelsim.engines.bands import percentile
from funnelsim.engines.execution import Execution
from funnelsim.engines.explaining.funnel_mixtures import Mixer
from funnelsim.engines.funnel_money import cost_by_period
from funnelsim.engines.funnel_runs import FunnelRun
from funnelsim.engines.statistics.moments import exact_sum
from funnelsim.engines.statistics.paired import mean_difference
from funnelsim.errors import ScenarioError
from funnelsim.kernels.funnel_arrays import BOOKED, Out
from funnelsim.model.calendar import Period
from funnelsim.model.funnel_explanation import SHOWN_PERCENTS, BridgeState, BridgeStep, FunnelBridge
from funnelsim.model.intervals import Interval
from funnelsim.model.money import rounded

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Walked:
    """One state of a bridge, simulated.

    Attributes
    ----------
    run : FunnelRun
        What was simulated.
    out : Out
        What happened.
    bookings, profit : int64, (replication,)
        Over the days of the bridge, minor units.
    """

    run: FunnelRun
    out: Out
    bookings: Ints
    profit: Ints

    @property
    def state(self) -> BridgeState:
        """The same as a state of a bridge."""
        count, booked, earned = len(self.bookings), exact_sum(self.bookings), exact_sum(self.profit)
        ordered = np.sort(self.bookings)
        return BridgeState(
            bookings=rounded(Fraction(booked, count)),
            profit=rounded(Fraction(earned, count)),
            bookings_sum=booked,
            profit_sum=earned,
            percentiles={percent: percentile(ordered, percent) for percent in SHOWN_PERCENTS},
        )


def walked(run: FunnelRun, periods: Sequence[Period], replications: int, execution: Execution) -> Walked:
    """Simulate one state.

    Parameters
    ----------
    run : FunnelRun
        Ready to be simulated.
    periods : sequence of Period
        Those of its calendar that count.
    replications : int
        At least 1.
    execution : Execution
        How to run; without influence on the answer.

    Returns
    -------
    Walked
        Only the days of ``periods`` are in its money.
    """
    out = run.outcome(0, replications, execution)
    columns = [run.setting.calendar.periods.index(period) for period in periods]
    bookings = out.flow[:, columns, BOOKED].sum(axis=1)
    return Walked(run, out, bookings, bookings - cost_by_period(run.setting, out)[:, columns].sum(axis=1))


@dataclass(frozen=True, eq=False)
class Crossing:
    """A bridge, and the simulations at its ends.

    Attributes
    ----------
    bridge : FunnelBridge
        The answer.
    first, last : Walked
        The earlier run on the later one's luck, and the later run.
    notes : tuple of str
        Parts that had to be changed together.
    """

    bridge: FunnelBridge
    first: Walked
    last: Walked
    notes: tuple[str, ...]


def cross(mixer: Mixer, execution: Execution, confidence: float) -> Crossing:
    """Walk from the earlier run to the later one.

    Parameters
    ----------
    mixer : Mixer
        The two runs.
    execution : Execution
        How to run; its progress is told the share of this bridge.
    confidence : float
        Of every interval, in (0, 1).

    Returns
    -------
    Crossing
        Without steps where nothing differs that bookings could hang on.
    """
    count = mixer.later.replications
    planned = list(_steps(mixer))
    turns = 1 + len(planned) + (len(planned) - 1 if len(planned) > 1 else 0)
    how = replace(execution, progress=lambda share: execution.progress(share / turns))
    here = first = walked(mixer.run(()), mixer.periods, count, how)
    steps, ends = [], []
    for names, run in planned:
        following = walked(run, mixer.periods, count, how)
        steps.append(_step(mixer, names, here, following, confidence))
        ends.append(here := following)
    if len(steps) > 1:
        steps = [
            replace(step, undone=_undone(mixer, names, here, how, confidence))
            for step, (names, _) in zip(steps, planned, strict=True)
        ]
    elif steps:
        steps = [replace(steps[0], undone=steps[0].bookings_interval)]
    window = Period(mixer.periods[0].start, mixer.periods[-1].end)
    merged = [" and ".join(names) for names, _ in planned if len(names) > 1]
    notes = tuple(f"{parts} could not be changed apart: they are one step." for parts in merged)
    return Crossing(FunnelBridge(window, first.state, tuple(steps)), first, here, notes)


def _steps(mixer: Mixer) -> Iterator[tuple[tuple[str, ...], FunnelRun]]:
    """Yield what is changed at once, and the state it leads to; what cannot stand by itself waits for the next part."""
    taken: list[str] = []
    waiting: list[str] = []
    for name in mixer.groups:
        waiting.append(name)
        try:
            run = mixer.run([*taken, *waiting])
        except ScenarioError:
            if len(taken) + len(waiting) == len(mixer.groups):  # the later run itself: it was simulated before
                raise
            continue
        yield tuple(waiting), run
        taken += waiting
        waiting = []


def _step(mixer: Mixer, names: tuple[str, ...], here: Walked, following: Walked, confidence: float) -> BridgeStep:
    before, after = here.state, following.state
    return BridgeStep(
        name=" and ".join(names),
        changes=tuple(change for name in names for change in mixer.groups[name]),
        bookings=after.bookings - before.bookings,
        profit=after.profit - before.profit,
        bookings_interval=mean_difference(here.bookings, following.bookings, confidence),
        profit_interval=mean_difference(here.profit, following.profit, confidence),
        after=after,
        undone=None,
    )


def _undone(
    mixer: Mixer, names: tuple[str, ...], last: Walked, execution: Execution, confidence: float
) -> Interval | None:
    """Return what a step adds to the later run, where that run without it can be simulated."""
    try:
        run = mixer.run([name for name in mixer.groups if name not in names])
    except ScenarioError:
        return None
    without = walked(run, mixer.periods, len(last.bookings), execution)
    return mean_difference(without.bookings, last.bookings, confidence)
