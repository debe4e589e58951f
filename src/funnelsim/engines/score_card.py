"""The score card of a simulated strategy, replication by replication, so that strategies can be paired.

What it leaves out: comparing (:mod:`funnelsim.engines.choices`), and words (:mod:`funnelsim.model.score_words`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from funnelsim.engines.funnel_money import cost_by_period
from funnelsim.engines.funnel_setting import Setting, minor_units
from funnelsim.engines.statistics.moments import exact_sum
from funnelsim.kernels.funnel_arrays import BOOKED, FIRST_QUALIFIED, PURCHASES, WINS, Out
from funnelsim.model.money import rounded
from funnelsim.model.score_words import SCORES, Score

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Measure:
    """One score of one strategy, by replication.

    Attributes
    ----------
    score : Score
        What it is.
    upper : int64, (replication,)
        The number itself; what is counted, of a ratio; 1 where the goal is reached, of a chance.  Money in minor
        units; bookings for percentiles and the tail.
    lower : int64, (replication,) or None
        What it is counted of, of a ratio; None for every other kind.
    """

    score: Score
    upper: Ints
    lower: Ints | None = None


def score_card(setting: Setting, out: Out) -> dict[str, Measure]:
    """Return every score of a simulated strategy.

    Parameters
    ----------
    setting : Setting
        What was asked.
    out : Out
        What happened, one row a replication.

    Returns
    -------
    dict of str to Measure
        By name, in the order of ``SCORES``; ``chance_of_goal`` only with a goal.  ``waste`` counts Sales' hours (ticks)
        spent on leads that were not won by the end, of all hours it spent on leads; ``neglect_days`` counts lead days
        beyond the grace without an effective touch; ``first_win_days`` counts from 1, and a replication without a win
        counts as one day past the horizon, so that a strategy that never wins does not look quick.
    """
    flow = out.flow.sum(axis=1)
    revenue, wins = flow[:, BOOKED], flow[:, WINS]
    cost = cost_by_period(setting, out).sum(axis=1)
    first, days = out.spent[:, 3], setting.calendar.window.days
    pairs: dict[str, tuple[Ints, Ints | None]] = {
        "revenue": (revenue, None),
        "profit": (revenue - cost, None),
        "cost": (cost, None),
        "p10": (revenue, None),
        "p50": (revenue, None),
        "p90": (revenue, None),
        "tail_mean": (revenue, None),
        "wins": (wins, None),
        "cost_per_win": (cost, wins),
        "cost_per_qsl": (cost, flow[:, FIRST_QUALIFIED]),
        "waste": (out.spent[:, 0], out.parts.sum(axis=(1, 2))),
        "neglect_days": (out.neglected.sum(axis=1), None),
        "first_win_days": (np.where(first >= 0, first + 1, days + 1), None),
        "market_share": (wins, flow[:, PURCHASES]),
    }
    goal = goal_of(setting)
    if goal:
        pairs["chance_of_goal"] = ((revenue >= goal).astype(np.int64), None)
    return {name: Measure(score, *pairs[name]) for name, score in SCORES.items() if name in pairs}


def goal_of(setting: Setting) -> int:
    """Return the goal of a scenario.

    Parameters
    ----------
    setting : Setting
        May have one.

    Returns
    -------
    int
        Bookings over the horizon, minor units; 0 for no goal.
    """
    return rounded(minor_units(setting.scenario.goal.revenue, setting.digits))


def mean_score(measure: Measure) -> float:
    """Return the figure that a measure stands for, where it is a mean or a ratio or a chance.

    Parameters
    ----------
    measure : Measure
        Not of a percentile or a tail.

    Returns
    -------
    float
        Exact sums, divided once; ``nan`` for a ratio of something that never happened.
    """
    above = exact_sum(measure.upper)
    below = len(measure.upper) if measure.lower is None else exact_sum(measure.lower)
    return above / below if below else float("nan")
