"""The whole explanation of a funnel simulation, with or without an earlier run.

The question: why this number, why did it change, and where did it go off the rails?  Everything is simulated on the
luck of the run that is explained.

What it leaves out: reading runs (``api/explain_simulation.py``) and words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from funnelsim.engines.estimates import mean_of
from funnelsim.engines.execution import Execution
from funnelsim.engines.explaining.funnel_bridge import Crossing, Walked, cross, walked
from funnelsim.engines.explaining.funnel_faults import faults_between
from funnelsim.engines.explaining.funnel_losses import loss_cells, shortfalls, utilisation
from funnelsim.engines.explaining.funnel_mixtures import Mixer
from funnelsim.engines.explaining.funnel_shares import width_shares
from funnelsim.engines.explaining.funnel_tornado import tornado
from funnelsim.engines.funnel_runs import FunnelRun, prepare_run
from funnelsim.engines.funnel_setting import calendar_of
from funnelsim.engines.funnel_summary import content_hash
from funnelsim.engines.score_card import goal_of
from funnelsim.engines.statistics.paired import CONFIDENCE, mean_difference
from funnelsim.errors import Problem, ScenarioError
from funnelsim.kernels.funnel_arrays import BOOKED
from funnelsim.model.calendar import Period
from funnelsim.model.funnel_explanation import ExplainedRun, FunnelExplanation, Relief

RELIEVED: Final = 200
"""Replications behind a team's relief, at most."""
_PARTS: Final = {"walk": 0.1, "bridge": 0.3, "reliefs": 0.1, "tornado": 0.35, "shares": 0.15}
"""How much work each part is, roughly; told as progress."""


@dataclass(frozen=True)
class _Parts:
    """The work cut into parts, each with its share of the progress."""

    execution: Execution
    compared: bool

    def of(self, name: str) -> Execution:
        done_once = "walk" if self.compared else "bridge"  # the bridge ends in the run itself
        share = 0.0 if name == done_once else _PARTS[name] / (sum(_PARTS.values()) - _PARTS[done_once])
        return replace(self.execution, progress=lambda done: self.execution.progress(share * done))


def explain_funnel(
    run: ExplainedRun,
    since: ExplainedRun | None = None,
    *,
    execution: Execution | None = None,
    confidence: float = CONFIDENCE,
    saved_hash: str = "",
) -> FunnelExplanation:
    """Explain a simulation.

    Parameters
    ----------
    run : ExplainedRun
        The one to explain.
    since : ExplainedRun, optional
        An earlier one.
    execution : Execution, optional
        How to run; without influence on the answer.
    confidence : float
        Of every interval, in (0, 1).
    saved_hash : str
        Content hash of the run as it was saved; a note says if it is another one now.

    Returns
    -------
    FunnelExplanation
        Determined to the last bit by everything but ``execution``.

    Raises
    ------
    ScenarioError
        If the runs share no whole period, or count in different currencies.
    """
    parts = _Parts(execution or Execution(), since is not None)
    if since is not None and since.scenario.currency != run.scenario.currency:
        rule, got = f"in {run.scenario.currency}, as the later run", since.scenario.currency
        raise ScenarioError(Problem("explain", "the earlier run's money", rule, got, "money is never converted here"))
    prepared = prepare_run(run.scenario, run.strategy, run.opening, run.seed)
    crossing = None if since is None else cross(Mixer(since, run), parts.of("bridge"), confidence)
    base = _base(run, prepared, crossing, parts.of("walk"))
    counted, before = (base, None) if crossing is None else (crossing.last, crossing.first)
    goal = goal_of(prepared.setting)
    return FunnelExplanation(
        run=run,
        since=since,
        calendar=prepared.setting.calendar,
        digits=prepared.setting.digits,
        mean=mean_of(base.bookings),
        chance=mean_of((base.bookings >= goal).astype(np.int64)) if goal else None,
        bridge=None if crossing is None else crossing.bridge,
        losses=loss_cells(counted, before, confidence),
        shortfalls=shortfalls(counted, confidence),
        reliefs=_reliefs(run, base, parts.of("reliefs"), confidence),
        faults=() if before is None else faults_between(before, counted, confidence),
        tornado=tornado(run, prepared, parts.of("tornado"), confidence),
        shares=width_shares(prepared, base.bookings, parts.of("shares")),
        notes=tuple(_notes(run, since, crossing, base, saved_hash)),
    )


def _base(run: ExplainedRun, prepared: FunnelRun, crossing: Crossing | None, execution: Execution) -> Walked:
    """Return the run over its own horizon; the end of the bridge where that is the same."""
    periods = prepared.setting.calendar.periods
    if crossing is not None and crossing.last.run.setting.calendar.periods == periods == _counted(crossing, periods):
        return replace(crossing.last, run=prepared)
    return walked(prepared, periods, run.replications, execution)


def _counted(crossing: Crossing, periods: Sequence[Period]) -> tuple[Period, ...]:
    """Return the periods that a bridge counts, of those of a calendar."""
    window = crossing.bridge.window
    return tuple(one for one in periods if window.start <= one.start and one.end <= window.end)


def _reliefs(run: ExplainedRun, base: Walked, execution: Execution, confidence: float) -> tuple[Relief, ...]:
    """Return what each team would add with hours for every lead, most money first."""
    strategy, count = base.run.setting.strategy, min(RELIEVED, run.replications)
    teams = [(number, name) for number, name in enumerate(run.scenario.team_names) if name not in strategy.unlimited]
    how = replace(execution, progress=lambda share: execution.progress(share / max(1, len(teams))))
    found = []
    for number, name in teams:
        eased = strategy.model_copy(update={"unlimited": (*strategy.unlimited, name)})
        strategies = tuple(eased if one.name == strategy.name else one for one in run.scenario.strategies)
        scenario = run.scenario.model_copy(update={"strategies": strategies})
        out = prepare_run(scenario, run.strategy, run.opening, run.seed).outcome(0, count, how)
        bookings = out.flow[:, :, BOOKED].sum(axis=1)
        gain = mean_difference(base.bookings[:count], bookings, confidence)
        found.append(Relief(name, utilisation(base, number), gain))
    return tuple(sorted(found, key=lambda one: -one.bookings.estimate))


def _notes(
    run: ExplainedRun, since: ExplainedRun | None, crossing: Crossing | None, base: Walked, saved_hash: str
) -> list[str]:
    found = []
    if saved_hash and content_hash(run.seed, base.out) != saved_hash:
        found.append("Simulated again, the run is not what was saved: it was made by another version or machine.")
    if since is None or crossing is None:
        return found
    if since.seed != run.seed or since.replications != run.replications:
        found.append(
            f"The earlier run was simulated again with the later run's seed ({run.seed}) and number of futures "
            f"({run.replications:,}), so that no step holds luck; its own page shows it with seed {since.seed} and "
            f"{since.replications:,}."
        )
    if calendar_of(since.scenario).window != base.run.setting.calendar.window:
        found.append("The runs have other horizons: only days that both simulate are counted in what changed.")
    if since.scenario.calendar.as_of != run.scenario.calendar.as_of:
        found.append(
            "The as-of day moved with the leads at the start: leads born later are counted from another day and have "
            "other luck, which the first step's interval holds."
        )
    found += crossing.notes
    if since.scenario.goal != run.scenario.goal:
        before, after = since.scenario.goal.revenue, run.scenario.goal.revenue
        found.append(f"The goal was {before:,.0f} and is {after:,.0f}; that changes no booking.")
    if since.scenario.stage_names != run.scenario.stage_names:
        found.append("The runs have other stages, so stages cannot be held against each other one by one.")
    return found
