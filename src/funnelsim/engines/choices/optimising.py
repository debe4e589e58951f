"""Choosing the best of many designs of a scenario: strategies and values of levers, on shared luck.

Every design meets the same leads and the same luck, so few replications tell them apart; those that are known to be
worse are not simulated any further.

What it leaves out: the procedure itself (:mod:`funnelsim.engines.selection`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.estimates import mean_of
from funnelsim.engines.execution import Execution, run_blocks
from funnelsim.engines.funnel_runs import FunnelRun, prepare_run
from funnelsim.engines.score_card import score_card
from funnelsim.engines.selection import select_best
from funnelsim.engines.selection_certainty import behind, chances, separate_runs
from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.model.intervals import Interval
from funnelsim.model.money import minor_digits
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.optimum import DEFAULT_SHARE, Design, DesignReport, OptimizeSettings, Optimum
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_changes import changed
from funnelsim.model.selection import Selection, SelectionRules

Floats = npt.NDArray[np.float64]

_AT_ONCE: Final = 64
"""Replications of one design whose outcomes are in memory together."""
_FIRST_HALF: Final = 0.5
"""Share of the progress that the first stage is said to be."""


def choose_design(
    scenario: Scenario, opening: OpeningLeads, settings: OptimizeSettings, execution: Execution | None = None
) -> Optimum:
    """Choose the best design of a scenario.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    opening : OpeningLeads
        Leads at the start.
    settings : OptimizeSettings
        Metric, designs, what is worth knowing, and how surely.
    execution : Execution, optional
        How to run; without influence on the answer.

    Returns
    -------
    Optimum
        Determined to the last bit by everything but ``execution``.
    """
    how = execution or Execution()
    designs = settings.designs_of(scenario)
    race = _Race(prepare_designs(scenario, opening, designs, settings.seed), settings, how)
    delta = _delta(settings, race.first_design(), minor_digits(scenario.currency))
    rules = SelectionRules(delta, settings.confidence, settings.first_stage, settings.batch, settings.most)
    selection = select_best(race.draw, len(designs), rules, race.watch)
    odds = chances(selection, settings.seed)
    sign = 1 if settings.score.higher else -1
    reports = tuple(
        DesignReport(design, fate, mean_of((sign * values).astype(np.int64)), _turned(gap, sign), chance)
        for design, fate, values, gap, chance in zip(
            designs, selection.fates, selection.values, behind(selection), odds.best, strict=True
        )
    )
    return Optimum(
        scenario=scenario,
        calendar=race.runs[0].setting.calendar,
        settings=settings,
        delta=delta,
        delta_assumed=settings.delta is None and settings.delta_share is None,
        selection=selection,
        reports=reports,
        opportunity_cost=odds.opportunity_cost,
        separate_runs=separate_runs(selection),
        notes=(*_weak(selection), *race.runs[0].setting.notes),
        content_hash=_content_hash(settings, designs, selection),
    )


def prepare_designs(
    scenario: Scenario, opening: OpeningLeads, designs: Sequence[Design], seed: int
) -> tuple[FunnelRun, ...]:
    """Lower every design once.

    Parameters
    ----------
    scenario : Scenario
        Checked; stays as it is.
    opening : OpeningLeads
        Leads at the start of all of them.
    designs : sequence of Design
        What is tried.
    seed : int
        In [0, 2**64).

    Returns
    -------
    tuple of FunnelRun
        One a design.

    Raises
    ------
    ScenarioError
        If some designs could not be simulated: what is wrong with each of them, all at once.
    """
    runs: list[FunnelRun] = []
    problems: dict[tuple[str, str, str], Problem] = {}  # a complaint about a lever comes once, not with every other one
    for design in designs:
        where = ", ".join(f"{path}={value}" for path, value in design.changes) or design.strategy
        try:
            world = changed(scenario, design.changes, f"design {where}") if design.changes else scenario
            runs.append(prepare_run(world, design.strategy, opening, seed))
        except ScenarioError as error:
            for one in error.problems:
                problems.setdefault((one.name, one.rule, repr(one.value)), one)
    raise_if_any(problems.values(), ScenarioError)
    return tuple(runs)


@dataclass
class _Race:
    """Designs that are simulated piece by piece, several at a time; the first stage once."""

    runs: tuple[FunnelRun, ...]
    settings: OptimizeSettings
    how: Execution
    early: Floats = field(init=False)
    told: float = _FIRST_HALF

    def __post_init__(self) -> None:
        share = _FIRST_HALF / len(self.runs)
        self.early = self._simulated(range(len(self.runs)), 0, self.settings.first_stage, share)

    def first_design(self) -> Floats:
        """Return the first stage of the first design."""
        found: Floats = self.early[0]
        return found

    def draw(self, systems: Sequence[int], first: int, count: int) -> Floats:
        """Return the metric of some designs, larger is better, in replications ``[first, first + count)``."""
        if first + count <= self.settings.first_stage:
            found: Floats = self.early[list(systems), first : first + count]
            return found
        return self._simulated(systems, first, count, 0.0)

    def watch(self, share: float) -> None:
        """Pass on how far the selection is."""
        now = _FIRST_HALF + (1 - _FIRST_HALF) * share
        self.how.progress(max(0.0, now - self.told))
        self.told = max(self.told, now)

    def _simulated(self, systems: Sequence[int], first: int, count: int, share: float) -> Floats:
        # designs are spread over threads, not the replications of one: a look takes a single one of each
        values = np.empty((len(systems), count))
        one = Execution(threads=1, memory_budget=self.how.memory_budget)

        def work(low: int, high: int, stop: Event) -> None:
            for place in range(low, high):
                for start in range(0, count, _AT_ONCE):
                    if stop.is_set():
                        return
                    size = min(_AT_ONCE, count - start)
                    values[place, start : start + size] = self._metric(systems[place], first + start, size, one)
                self.how.progress(share)

        run_blocks(work, len(systems), Execution(threads=self.how.threads, block=1))
        return values

    def _metric(self, system: int, first: int, count: int, how: Execution) -> Floats:
        run = self.runs[system]
        measure = score_card(run.setting, run.outcome(first, count, how))[self.settings.metric]
        return measure.upper.astype(np.float64) * (1.0 if measure.score.higher else -1.0)


def _delta(settings: OptimizeSettings, baseline: Floats, digits: int) -> float:
    """Return the smallest difference worth knowing: as given, or a share of the first design's mean, to two digits."""
    scale = 10.0**digits if settings.score.unit == "money" else 1.0
    if settings.delta is not None:
        return settings.delta * scale
    share = DEFAULT_SHARE if settings.delta_share is None else settings.delta_share
    mean = abs(float(baseline.mean()))
    if mean == 0:
        rule = f"given as a number: the first design's mean of {settings.metric} is 0 in the first stage"
        hint = "write --delta with the smallest difference worth knowing"
        raise ScenarioError(Problem("optimize", "delta", rule, Shown("a share of it"), hint))
    return float(f"{share * mean / scale:.2g}") * scale  # what is printed is what is used


def _turned(gap: Interval | None, sign: int) -> Interval | None:
    """Return a difference in the metric's own direction."""
    if gap is None or sign > 0:
        return gap
    return Interval(-gap.estimate, -gap.high, -gap.low, gap.confidence, gap.method, gap.at_least)


def _weak(selection: Selection) -> list[str]:
    """Return what makes the promise weaker than it says."""
    start = selection.rules.first_stage
    best = selection.values[selection.chosen][:start]
    seldom = sum(
        fate.same_as is None and 0 < np.count_nonzero(values[:start] != best) < start / 2
        for fate, values in zip(selection.fates, selection.values, strict=True)
    )
    notes = []
    if seldom:
        some = "1 design differs" if seldom == 1 else f"{seldom} designs differ"
        notes.append(
            f"{some} from the chosen one in fewer than half of the first {start} replications: such differences are "
            "far from normal, and the certainty is less sure than it says. A longer --start helps."
        )
    if any(fate.same_as is not None for fate in selection.fates):
        notes.append(
            f"Designs that are the same in each of the first {start} replications count as equal and were simulated "
            "once from then on. A longer --start would notice rarer differences."
        )
    return notes


def _content_hash(settings: OptimizeSettings, designs: Sequence[Design], selection: Selection) -> str:
    text = hashlib.sha256(f"seed {settings.seed} metric {settings.metric} delta {selection.rules.delta!r}".encode())
    for design, fate, values in zip(designs, selection.fates, selection.values, strict=True):
        text.update(f"{design!r} {fate!r}".encode())
        text.update(np.ascontiguousarray(values).astype("<f8").tobytes())
    return text.hexdigest()
