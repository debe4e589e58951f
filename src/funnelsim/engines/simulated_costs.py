"""What each replication of a finished simulation cost, period by period.

A simulation keeps the bands of its cost and every count behind them; who pairs two simulations, or saves one, wants the
cost of each replication as well.  It is priced again from the counts, by the same rule.

What it leaves out: the rule (:mod:`funnelsim.engines.funnel_money`).
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import numpy.typing as npt

from funnelsim.engines.funnel_money import cost_by_period
from funnelsim.engines.funnel_setting import Setting
from funnelsim.kernels.funnel_arrays import Out
from funnelsim.model.simulation import Simulation


def simulated_costs(simulation: Simulation) -> npt.NDArray[np.int64]:
    """Return what each replication cost in each period.

    Parameters
    ----------
    simulation : Simulation
        With its outcome.

    Returns
    -------
    int64, (replication, period)
        Minor units.
    """
    setting = Setting(
        scenario=simulation.scenario,
        strategy=simulation.strategy,
        opening=simulation.opening,
        calendar=simulation.calendar,
        sales=np.array([team.role == "sales" for team in simulation.scenario.teams]),
        opening_with_sales=0,  # no price hangs on it
        seed=simulation.seed,
    )
    return cost_by_period(setting, Out(**cast("dict[str, Any]", simulation.outcome)))
