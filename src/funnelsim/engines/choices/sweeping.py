"""Simulating the designs of a sweep, each lowered once, with the same leads and the same luck for all.

Designs are worked on side by side in threads; each is a pure function of scenario, design and seed, so neither threads
nor the order in which designs are finished can change a bit, and a design that was kept need not be simulated again.

What it leaves out: keeping (``outputs/sweep_work.py``) and what all designs say together
(:mod:`funnelsim.engines.choices.sweep_effects`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Event

import numpy as np
import numpy.typing as npt

from funnelsim.engines.choices.designs import design_changes
from funnelsim.engines.choices.point_scores import Baseline, Card, Resampling, baseline_of, point_scores
from funnelsim.engines.execution import Execution, run_blocks
from funnelsim.engines.funnel_runs import prepare_run
from funnelsim.engines.score_card import score_card
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_changes import changed
from funnelsim.model.sweep import Designs
from funnelsim.model.sweep_settings import SweepSettings

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DesignScores:
    """What is known of one design.

    Attributes
    ----------
    figures : float64, (strategy, score, figure)
        Money in minor units.
    contributions : float64, (strategy, replication)
        Of the metric.
    """

    figures: Floats
    contributions: Floats


Keep = Callable[[int, DesignScores], None]


@dataclass(frozen=True, eq=False)
class SweepRun:
    """A sweep that is about to be simulated.

    Attributes
    ----------
    scenario : Scenario
        Checked, with the horizon that was asked.
    opening : OpeningLeads
        Leads at the start.
    designs : Designs
        Feasible, all of them.
    strategies : tuple of str
        Under which each is simulated.
    settings : SweepSettings
        Replications, seed and metric.
    """

    scenario: Scenario
    opening: OpeningLeads
    designs: Designs
    strategies: tuple[str, ...]
    settings: SweepSettings

    def simulate(self, todo: Sequence[int], execution: Execution, keep: Keep) -> None:
        """Simulate some designs.

        Parameters
        ----------
        todo : sequence of int
            Rows of the table of designs.
        execution : Execution
            Threads, memory and progress; without influence on the answer.
        keep : callable
            Told every design that is done, from the thread that did it; it must see to it that calls do not mix.

        Raises
        ------
        KeyboardInterrupt
            On Ctrl-C, after at most one slice.
        """
        if not todo:
            return
        resampling = Resampling(self.settings.seed, self.settings.replications)
        silent = replace(execution, progress=lambda share: None)
        first = self._cards(0, silent)
        baselines = {name: baseline_of(card, resampling) for name, card in first.items()}
        if todo[0] == 0:
            keep(0, self._scores(first, baselines, resampling))
            execution.progress(1 / len(todo))
        rest = [number for number in todo if number != 0]
        beside = execution.threads > 1 and len(rest) >= 2 * execution.threads
        one = replace(
            execution,
            threads=1 if beside else execution.threads,
            memory_budget=execution.memory_budget // (execution.threads if beside else 1),
        )

        def work(begin: int, end: int, stop: Event) -> None:
            def heed(share: float) -> None:
                if stop.is_set():
                    raise _Stopped
                execution.progress(share / len(self.strategies) / len(todo))

            for number in rest[begin:end]:
                cards = self._cards(number, replace(one, progress=heed))
                keep(number, self._scores(cards, baselines, resampling))

        run_blocks(work, len(rest), Execution(threads=execution.threads if beside else 1, block=1))

    def _cards(self, number: int, execution: Execution) -> dict[str, Card]:
        """Return the score card of a design under each strategy."""
        document = changed(self.scenario, design_changes(self.designs, number), f"design {number + 1}")
        cards: dict[str, Card] = {}
        for name in self.strategies:
            run = prepare_run(document, name, self.opening, self.settings.seed)
            cards[name] = score_card(run.setting, run.outcome(0, self.settings.replications, execution))
        return cards

    def _scores(
        self, cards: Mapping[str, Card], baselines: Mapping[str, Baseline], resampling: Resampling
    ) -> DesignScores:
        found = [
            point_scores(cards[name], baselines[name], resampling, self.settings.metric) for name in self.strategies
        ]
        return DesignScores(np.stack([one.figures for one in found]), np.stack([one.contributions for one in found]))


class _Stopped(Exception):
    """Another thread was interrupted or failed; nobody sees this one, because the first failure is raised."""
