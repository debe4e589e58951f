"""EV of the open funnel at period ends, told in three ways that add up to the same total.

The walk counts EV by stage and qualification level; a stage names a sell-cycle step and a state of the buyer's journey
for each of its levels.  A lead whose level lies outside its stage's levels counts at the nearest of them.

What it leaves out: bookings, which are no EV any more.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.engines.estimates import exact_sums
from funnelsim.engines.funnel_setting import Setting
from funnelsim.kernels.funnel_arrays import Out
from funnelsim.model.funnel_worth import FunnelValue
from funnelsim.model.scenario_world import StageSection

Ints = npt.NDArray[np.int64]


def funnel_value(setting: Setting, out: Out) -> FunnelValue:
    """Return EV and open leads by period end.

    Parameters
    ----------
    setting : Setting
        Names of stages, steps and journey.
    out : Out
        What happened.

    Returns
    -------
    FunnelValue
        Means over replications of exact sums.
    """
    count = len(out.ev_at)
    by_stage, by_step, by_journey = value_sums(setting.scenario.stages, out.ev_at)
    names = setting.scenario.stage_names
    open_leads = out.open_at.sum(axis=0)
    return FunnelValue(
        by_stage=_means(by_stage, count),
        by_step=_means(by_step, count),
        by_journey=_means(by_journey, count),
        open_leads=_means({name: open_leads[:, stage].tolist() for stage, name in enumerate(names)}, count),
    )


Sums = dict[str, list[int]]
"""Name to one whole number of minor units a period."""


def value_sums(stages: tuple[StageSection, ...], ev_at: Ints) -> tuple[Sums, Sums, Sums]:
    """Add EV up by stage, by sell-cycle step and by buyer's journey.

    Parameters
    ----------
    stages : tuple of StageSection
        In order.
    ev_at : int64, (replication, period, stage, level)
        Minor units.

    Returns
    -------
    tuple of mapping
        Name to sums over replications, one a period; exact, so the three totals are the same whole number.
    """
    periods, totals = ev_at.shape[1], exact_sums(ev_at)
    by_stage: Sums = {}
    by_step: Sums = {}
    by_journey: Sums = {}
    for number, stage in enumerate(stages):
        low, high = stage.levels
        for level in range(ev_at.shape[3]):
            place = min(max(level, low), high) - low
            sums = totals[:, number, level].tolist()
            for table, name in (
                (by_stage, stage.name),
                (by_step, stage.steps[place]),
                (by_journey, stage.journey[place]),
            ):
                known = table.setdefault(name, [0] * periods)
                table[name] = [one + other for one, other in zip(known, sums, strict=True)]
    return by_stage, by_step, by_journey


def _means(sums: Sums, count: int) -> dict[str, tuple[float, ...]]:
    return {name: tuple(one / count for one in values) for name, values in sums.items()}
