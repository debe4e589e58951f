"""A scenario under one strategy, lowered once and simulated in as many pieces as somebody wants.

Replications are addressed by number, so pieces put together are the whole, bit for bit.  What it leaves out: what the
outcomes mean (:mod:`funnelsim.engines.funnel_summary`, :mod:`funnelsim.engines.score_card`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from funnelsim.engines.buyer_rates import implied_funnel
from funnelsim.engines.execution import Execution
from funnelsim.engines.funnel_blocks import refuse_broken, simulate_outcomes
from funnelsim.engines.funnel_lowering import lower_funnel
from funnelsim.engines.funnel_luck import funnel_luck
from funnelsim.engines.funnel_notes import lowering_notes
from funnelsim.engines.funnel_setting import Setting, calendar_of
from funnelsim.engines.funnel_summary import summarise
from funnelsim.kernels.funnel_arrays import Out, Tables
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_notes import scenario_notes
from funnelsim.model.simulation import Simulation


@dataclass(frozen=True, eq=False)
class FunnelRun:
    """One strategy of a scenario, ready to be simulated.

    Attributes
    ----------
    setting : Setting
        What was asked; its seed is the root of all luck.
    tables : Tables
        The same, lowered.
    """

    setting: Setting
    tables: Tables

    def outcome(self, first: int, count: int, execution: Execution | None = None) -> Out:
        """Simulate replications ``[first, first + count)``.

        Parameters
        ----------
        first, count : int
            At least 0 and 1.
        execution : Execution, optional
            How to run; without influence on the answer.

        Returns
        -------
        Out
            One row a replication, identities checked.

        Raises
        ------
        ResourceError
            If the outcomes would not fit in the memory budget; nothing is simulated then.
        CheckFailed
            If an identity broke in some replication: a bug of ours.
        """
        return self.timed_outcome(first, count, execution)[0]

    def timed_outcome(self, first: int, count: int, execution: Execution | None = None) -> tuple[Out, float]:
        """Simulate replications, as :meth:`outcome`, and tell the processor seconds spent in the kernel."""
        luck = funnel_luck(self.setting.scenario, self.setting.seed, first, count)
        out, seconds = simulate_outcomes(self.tables, luck, execution or Execution())
        refuse_broken(out.breach, first, self.setting.strategy.name)
        return out, seconds


def prepare_run(scenario: Scenario, strategy_name: str, opening: OpeningLeads, seed: int) -> FunnelRun:
    """Lower one strategy of a scenario.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    strategy_name : str
        One of its strategies.
    opening : OpeningLeads
        Leads at the start.
    seed : int
        In [0, 2**64).

    Returns
    -------
    FunnelRun
        Nothing is simulated yet.
    """
    strategy = scenario.strategy(strategy_name)
    tables = lower_funnel(scenario, strategy, opening)
    setting = Setting(
        scenario=scenario,
        strategy=strategy,
        opening=opening,
        calendar=calendar_of(scenario),
        sales=tables.teams.sales != 0,
        opening_with_sales=int(np.count_nonzero(tables.teams.sales[tables.opening.team])),
        seed=seed,
        implied=implied_funnel(scenario),
        notes=(*opening.notes, *lowering_notes(scenario, strategy, opening), *scenario_notes(scenario)),
    )
    return FunnelRun(setting, tables)


def joined(outs: Sequence[Out]) -> Out:
    """Put pieces of a simulation together.

    Parameters
    ----------
    outs : sequence of Out
        Of adjacent ranges of replications, in order; at least one.

    Returns
    -------
    Out
        As if simulated at once; the piece itself when there is only one.
    """
    if len(outs) == 1:
        return outs[0]
    return Out._make(np.concatenate(fields) for fields in zip(*outs, strict=True))


def sum_up(run: FunnelRun, out: Out, seconds: float = 0.0) -> Simulation:
    """Sum a simulation up.

    Parameters
    ----------
    run : FunnelRun
        What was simulated.
    out : Out
        Its outcomes, from replication 0.
    seconds : float
        Spent in the kernel.

    Returns
    -------
    Simulation
        As ``engines/funnel.simulate_scenario`` gives it.
    """
    return summarise(run.setting, out, seconds)
