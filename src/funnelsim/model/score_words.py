"""The score card: what strategies are judged by, in the words of people.

Every comparison shows more than revenue: cost, risk, waste, neglect and time (requirement R87).  What it leaves out:
computing any of it (``engines/score_card.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["mean", "ratio", "percentile", "tail", "chance"]
Unit = Literal["money", "money each", "share", "days", "lead days", "leads"]


@dataclass(frozen=True)
class Score:
    """One column of the score card.

    Attributes
    ----------
    name : str
        As in documents, tables and ``--metric``.
    title : str
        For people.
    kind : str
        ``mean`` of one number a replication; ``ratio`` of two sums over replications; ``percentile`` and ``tail`` of
        the bookings over replications; ``chance`` of reaching the goal.
    unit : str
        What the figure is in: money in minor units in the engines.
    higher : bool
        Whether more is better.
    """

    name: str
    title: str
    kind: Kind
    unit: Unit
    higher: bool


SCORES: Final = {
    score.name: score
    for score in (
        Score("revenue", "revenue", "mean", "money", True),
        Score("profit", "profit", "mean", "money", True),
        Score("cost", "cost", "mean", "money", False),
        Score("p10", "revenue, P10", "percentile", "money", True),
        Score("p50", "revenue, P50", "percentile", "money", True),
        Score("p90", "revenue, P90", "percentile", "money", True),
        Score("tail_mean", "revenue, mean of the worst 10 %", "tail", "money", True),
        Score("chance_of_goal", "chance of the goal", "chance", "share", True),
        Score("wins", "wins", "mean", "leads", True),
        Score("cost_per_win", "cost per win", "ratio", "money each", False),
        Score("cost_per_qsl", "cost per qualified lead", "ratio", "money each", False),
        Score("waste", "Sales hours on leads not won", "ratio", "share", False),
        Score("neglect_days", "effective neglect", "mean", "lead days", False),
        Score("first_win_days", "time to first revenue", "mean", "days", False),
        Score("market_share", "market share", "ratio", "share", True),
    )
}
"""Every score by name, in the order in which they are shown."""

MEANS: Final = tuple(name for name, score in SCORES.items() if score.kind == "mean")
"""Scores that are the mean of one number a replication: what selection and goal seeking can work on."""

TAIL_PERCENT: Final = 10
"""Share of the worst replications, in percent, whose mean is ``tail_mean``."""
