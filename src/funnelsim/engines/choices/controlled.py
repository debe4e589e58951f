"""Means of a simulation, and of paired differences, with the help of what is known exactly.

The controls: bookings and wins of the solvable twin, simulated with the same leads and the same luck; arrivals by
source; and what all leads of a replication share.  Their true means are computed, never estimated; where one cannot be,
that control is left out and the answer says so.  They are used where they lower the variance, and the answer says how
far: a great deal where hours are plenty, nothing where queues decide.

What it leaves out: the twin itself (:mod:`funnelsim.engines.choices.solvable_twin`), and percentiles.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

from funnelsim.engines.choices.solvable_twin import (
    STRATEGY,
    TwinMeans,
    mean_arrivals,
    mean_births,
    solvable_twin,
    twin_means,
)
from funnelsim.engines.execution import Execution
from funnelsim.engines.funnel_luck import funnel_luck
from funnelsim.engines.funnel_runs import FunnelRun, prepare_run, sum_up
from funnelsim.engines.statistics.control import CONFIDENCE, ControlledMean, controlled_mean
from funnelsim.errors import ScenarioError
from funnelsim.kernels.funnel_arrays import BOOKED, EVENTS, WINS, Out
from funnelsim.model.control import Control, ControlledEstimate
from funnelsim.model.intervals import Interval
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.simulation import Simulation

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BOOKINGS: Final = "bookings"
"""Label of the estimate of a simulation."""
TWIN_BOOKINGS: Final = "bookings of the twin"
TWIN_WINS: Final = "wins of the twin"
ODDS: Final = "shared shock on advancing"
ARRIVALS: Final = "shared factor on arrivals"
_REPEATS: Final = 1e-6
"""Share of a control's variance that must be its own."""
_CHANCE: Final = 0.01
"""Chance with which useless controls may be taken for useful ones."""
_NOTHING_LEFT: Final = 1e-9
"""A variance factor below this is rounding."""


@dataclass(frozen=True, eq=False)
class Controls:
    """Controls of some replications.

    Attributes
    ----------
    names : tuple of str
        Of the columns.
    values : float64, (replication, control)
        What they were; bookings in minor units.
    means : float64, (control,)
        Their true means.
    twin_events : int
        Events that were simulated for the twin; 0 without one.
    left_out : tuple of str
        What is not used, and why.
    """

    names: tuple[str, ...]
    values: Floats
    means: Floats
    twin_events: int
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class _Column:
    """One control before it is known whether it can be used."""

    name: str
    values: Floats
    mean: float


def controls_of(run: FunnelRun, out: Out, execution: Execution | None = None) -> Controls:
    """Simulate the twin of a run and gather its controls.

    Parameters
    ----------
    run : FunnelRun
        Of one strategy; the controls are the same for every strategy of its scenario.
    out : Out
        What happened, from replication 0.
    execution : Execution, optional
        How to run the twin; without influence on the answer.

    Returns
    -------
    Controls
        Those that vary and do not repeat each other.

    Raises
    ------
    ResourceError
        If the outcomes would not fit in the memory budget.
    """
    setting, count = run.setting, len(out.breach)
    twin, why, events = _twin_columns(setting.scenario, setting.opening, setting.seed, count, execution)
    births, finite = _birth_columns(run, out)
    left_out = [*why, *finite]
    chosen: list[_Column] = []
    for column in (*twin, *births, *_shared_columns(run, count)):
        if np.ptp(column.values) == 0:
            left_out.append(f"{column.name}: does not vary")
        elif _repeats(column, chosen):
            left_out.append(f"{column.name}: says nothing that the others do not say")
        else:
            chosen.append(column)
    values = np.column_stack([one.values for one in chosen]) if chosen else np.empty((count, 0))
    names, means = tuple(one.name for one in chosen), np.array([one.mean for one in chosen])
    return Controls(names, values, means, events, tuple(left_out))


def _twin_columns(
    scenario: Scenario, opening: OpeningLeads, seed: int, count: int, execution: Execution | None
) -> tuple[list[_Column], list[str], int]:
    """Return bookings and wins of the twin, why there are none, and how many events they took."""
    try:
        run = prepare_run(solvable_twin(scenario), STRATEGY, opening, seed)
    except ScenarioError:
        return [], ["the twin: its stages cannot be solved"], 0
    means: TwinMeans | None = twin_means(run)
    if means is None:
        return [], ["the twin: the shared shock is too large for its mean to be known exactly"], 0
    flow = run.outcome(0, count, execution).flow.sum(axis=1)
    columns = [
        _Column(TWIN_BOOKINGS, flow[:, BOOKED].astype(np.float64), means.booked),
        _Column(TWIN_WINS, flow[:, WINS].astype(np.float64), means.wins),
    ]
    return columns, [], int(flow[:, EVENTS].sum())


def _birth_columns(run: FunnelRun, out: Out) -> tuple[list[_Column], list[str]]:
    sources = run.setting.scenario.sources
    if sources and run.setting.scenario.market.suspects > 0:
        return [], ["arrivals by source: with a finite pool of suspects their mean is not known exactly"]
    means = mean_births(run)
    born = out.born[:, : len(sources)].sum(axis=2)
    return [
        _Column(f"arrivals of {source.name}", born[:, number].astype(np.float64), math.fsum(means[number]))
        for number, source in enumerate(sources)
    ], []


def _shared_columns(run: FunnelRun, count: int) -> list[_Column]:
    """Return the shocks that all leads of a replication share, where there are any."""
    scenario, found = run.setting.scenario, []
    shocks, luck = scenario.forces.shocks, funnel_luck(scenario, run.setting.seed, 0, count)
    if shocks.conversion_sd > 0:
        found.append(_Column(ODDS, np.log(luck.odds), 0.0))
    if shocks.arrivals_cv > 0:
        found.append(_Column(ARRIVALS, luck.arrivals, mean_arrivals(shocks.arrivals_cv)))
    return found


def _repeats(column: _Column, others: Sequence[_Column]) -> bool:
    """Tell whether a control follows from others, but for a trace."""
    if not others:
        return False
    basis = np.column_stack([_standardised(one.values) for one in others])
    target = _standardised(column.values)
    weights = np.linalg.lstsq(basis, target, rcond=None)[0]
    return float(((target - basis @ weights) ** 2).mean()) < _REPEATS


def _standardised(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / values.std(), dtype=np.float64)


def controlled(
    label: str, values: Ints, controls: Controls, work: float, confidence: float = CONFIDENCE
) -> ControlledEstimate:
    """Estimate one mean with the controls.

    Parameters
    ----------
    label : str
        Of what.
    values : int64, (replication,)
        What is estimated: a score, or a paired difference.
    controls : Controls
        Of the same replications.
    work : float
        What the twin cost, as a share of what the replications cost.
    confidence : float
        Of both intervals, in (0, 1).

    Returns
    -------
    ControlledEstimate
        With the controls where they lower the variance by more than chance alone would make it seem (an F test at 1 %):
        fitted to noise they would make the mean a little worse while they said that they made it better.
    """
    found = controlled_mean(values, controls.values, controls.means, confidence)
    if found.used and _by_chance(found.explained, *controls.values.shape):
        note = f"no control is used: {found.explained:.1%} of the variance is no more than chance explains"
        found = replace(found, interval=found.plain, coefficients=(), factor=1.0, used=False, note=note)
    reduction = _reduction(found)
    return ControlledEstimate(
        label=label,
        plain=found.plain,
        interval=found.interval,
        correlation=_correlation(values, controls),
        explained=found.explained,
        reduction=reduction,
        used=found.used,
        pays=found.used and reduction > 1 + work,
        note=found.note,
    )


def _by_chance(explained: float, count: int, many: int) -> bool:
    """Tell whether controls that have nothing to do with it explain as much in one of a hundred simulations."""
    # given normal values the share explained by useless controls is Beta(q/2, (n-q-1)/2)
    return bool(special.betainc(many / 2, (count - many - 1) / 2, min(1.0, explained)) < 1 - _CHANCE)


def _reduction(found: ControlledMean) -> float:
    return math.inf if found.factor < _NOTHING_LEFT else 1 / found.factor


def _correlation(values: Ints, controls: Controls) -> float | None:
    if TWIN_BOOKINGS not in controls.names or np.ptp(values) == 0:
        return None
    twin = controls.values[:, controls.names.index(TWIN_BOOKINGS)]
    own = _standardised(values.astype(np.float64))
    return min(1.0, max(-1.0, float((own * _standardised(twin)).mean())))


def control_of_simulation(
    run: FunnelRun, out: Out, execution: Execution | None = None, confidence: float = CONFIDENCE
) -> Control:
    """Estimate the mean bookings of a simulation with controls.

    Parameters
    ----------
    run : FunnelRun
        One strategy.
    out : Out
        What happened, from replication 0.
    execution : Execution, optional
        How to run the twin; without influence on the answer.
    confidence : float
        Of the intervals, in (0, 1).

    Returns
    -------
    Control
        With one estimate.
    """
    controls, flow = controls_of(run, out, execution), out.flow.sum(axis=1)
    work = _work(controls, int(flow[:, EVENTS].sum()))
    estimate = controlled(BOOKINGS, flow[:, BOOKED], controls, work, confidence)
    return _record(controls, work, (estimate,))


def simulate_with_control(
    scenario: Scenario,
    strategy_name: str,
    opening: OpeningLeads,
    *,
    replications: int,
    seed: int,
    execution: Execution,
) -> Simulation:
    """Simulate one strategy of a scenario, and estimate its mean bookings with controls beside.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    strategy_name : str
        One of its strategies.
    opening : OpeningLeads
        Leads at the start.
    replications : int
        Number of futures, at least 1.
    seed : int
        In [0, 2**64).
    execution : Execution
        How to run; without influence on the answer.

    Returns
    -------
    Simulation
        As :func:`funnelsim.engines.funnel.simulate_scenario` gives it, bit for bit, but for ``control``.

    Raises
    ------
    ResourceError
        If the outcomes would not fit in the memory budget.
    """
    run = prepare_run(scenario, strategy_name, opening, seed)
    out, seconds = run.timed_outcome(0, replications, execution)
    return replace(sum_up(run, out, seconds), control=control_of_simulation(run, out, execution))


def control_of_differences(
    controls: Controls,
    base: Ints,
    others: Sequence[tuple[str, Ints]],
    events: int,
    confidence: float = CONFIDENCE,
    named: float | None = None,
) -> Control:
    """Estimate paired differences between strategies with the controls that all of them share.

    Parameters
    ----------
    controls : Controls
        Of the baseline's run.
    base : int64, (replication,)
        A score of the baseline.
    others : sequence of (str, int64 (replication,))
        Label and the same score of each of the others.
    events : int
        That were simulated for all strategies together.
    confidence : float
        At which intervals are computed, in (0, 1).
    named : float, optional
        The confidence that they are to have, where it is another one because the data were looked at several times.

    Returns
    -------
    Control
        One estimate for each of the others, of other minus baseline.
    """
    work = _work(controls, events)
    estimates = tuple(controlled(label, values - base, controls, work, confidence) for label, values in others)
    if named is not None and named != confidence:
        estimates = tuple(
            replace(one, plain=_named(one.plain, named), interval=_named(one.interval, named)) for one in estimates
        )
    return _record(controls, work, estimates)


def _named(interval: Interval, confidence: float) -> Interval:
    return replace(interval, confidence=confidence, at_least=True)


def _work(controls: Controls, events: int) -> float:
    return controls.twin_events / events if events else 0.0


def _record(controls: Controls, work: float, estimates: tuple[ControlledEstimate, ...]) -> Control:
    found = controls.values.mean(axis=0)
    return Control(
        names=controls.names,
        means=tuple(controls.means.tolist()),
        found=tuple(found.tolist()),
        work=work,
        left_out=controls.left_out,
        estimates=estimates,
    )
