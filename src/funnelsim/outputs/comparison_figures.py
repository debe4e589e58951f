"""How well one side's own figure is known: the standard errors that a score card is rounded to.

What it leaves out: differences, whose intervals say so themselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from funnelsim.model.comparison import Comparison, Entrant, ScoreDifference
from funnelsim.model.simulation import Simulation
from funnelsim.outputs.comparison_text import standard_error

_OWN: Final[dict[str, Callable[[Simulation], float]]] = {
    "revenue": lambda one: one.bookings.total.standard_error.mean,
    "profit": lambda one: one.profit.total.standard_error.mean,
    "cost": lambda one: one.cost.total.standard_error.mean,
    "p10": lambda one: one.bookings.total.standard_error.p10,
    "p50": lambda one: one.bookings.total.standard_error.p50,
    "p90": lambda one: one.bookings.total.standard_error.p90,
    "chance_of_goal": lambda one: one.goal.standard_error if one.goal else 0.0,
    "wins": lambda one: one.counts.flows["wins"].standard_error,
    "cost_per_win": lambda one: one.counts.cost_per_win.standard_error,
    "cost_per_qsl": lambda one: one.counts.cost_per_qsl.standard_error,
    "waste": lambda one: one.counts.waste.standard_error,
    "first_win_days": lambda one: one.counts.first_win_days.standard_error,
    "market_share": lambda one: one.counts.market_share.standard_error,
}
"""Score to its standard error in a simulation, in the score's unit."""


def figure_error(comparison: Comparison, one: ScoreDifference, entrant: Entrant) -> float:
    """Return the standard error of one side's figure.

    Parameters
    ----------
    comparison : Comparison
        Says how many replications there are.
    one : ScoreDifference
        Which score.
    entrant : Entrant
        Which side.

    Returns
    -------
    float
        The simulation's own where it has one, else that of the difference; 0 where neither is known.
    """
    own = _OWN.get(one.score.name)
    if entrant.answer is None or own is None or comparison.replications < 2:
        return standard_error(one.difference)
    error = own(entrant.answer)
    return error if math.isfinite(error) else 0.0
