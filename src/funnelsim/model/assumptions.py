"""What a forecast assumes beyond the records, each with its source and grade.

Without history the forecast needs two assumptions of ours: how far a close date is pushed, and how strongly all leads
move together.  Both are data here, both are printed with every forecast, and ``as_stated`` switches both off.

Grades: A peer-reviewed or official, B large survey or vendor data with a stated n, C practitioner claim, ours =
chosen by this project.  What it leaves out: anything learnt from the user's own history.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from funnelsim.errors import Problem, ScenarioError, raise_if_any

LARGEST_SHOCK_SD = 3.0


@dataclass(frozen=True)
class PushLaw:
    """How a close date moves before a lead is decided.

    Attributes
    ----------
    first : float
        Chance of being pushed at all, in [0, 1].
    again : float
        Chance of one more push after a push, in [0, 1].
    most : int
        Largest number of pushes, at least 0.
    days : tuple of int
        Length of one push in days, each at least 1.
    weights : tuple of float
        Chance of each length, sums to 1.
    odds : float
        Factor on the odds of winning per push, in (0, 1].
    """

    first: float = 0.40
    again: float = 0.50
    most: int = 4
    days: tuple[int, ...] = (30, 60, 90)
    weights: tuple[float, ...] = (0.5, 0.3, 0.2)
    odds: float = 0.8

    def __post_init__(self) -> None:
        problems = []
        for name, value in (("push chance", self.first), ("push-again chance", self.again)):
            if not 0 <= value <= 1:
                problems.append(Problem("assumptions", name, "a number in [0, 1]", value))
        if not 0 < self.odds <= 1:
            problems.append(Problem("assumptions", "odds factor per push", "a number in (0, 1]", self.odds))
        if self.most < 0 or not self.days or min(self.days) < 1 or len(self.days) != len(self.weights):
            problems.append(
                Problem(
                    "assumptions", "push lengths", "whole days, at least 1, one weight each", (self.days, self.weights)
                )
            )
        elif abs(sum(self.weights) - 1) > 1e-12 or min(self.weights) < 0:
            problems.append(Problem("assumptions", "push weights", "shares that sum to 1", self.weights))
        raise_if_any(problems, ScenarioError)

    def counts(self, *, overdue: bool) -> np.ndarray:
        """Return the chance of each number of pushes.

        Parameters
        ----------
        overdue : bool
            An overdue lead has been pushed at least once.

        Returns
        -------
        float64, (most + 1,)
            Sums to 1.
        """
        chance = np.zeros(self.most + 1)
        still = 1.0
        for count in range(self.most):
            going_on = self.first if count == 0 else self.again
            chance[count] = still * (1 - going_on)
            still *= going_on
        chance[self.most] = still
        if overdue and self.most > 0:
            chance[0] = 0.0
            # never pushed by the law, yet overdue: then the date is simply one push away
            chance = chance / chance.sum() if chance.sum() > 0 else np.eye(self.most + 1)[1]
        return chance


@dataclass(frozen=True)
class GroupShock:
    """A shock shared by the leads that have the same value in one column.

    Attributes
    ----------
    column : str
        Attribute of the leads, such as ``region``.
    sd : float
        Standard deviation on log-odds, in [0, 3].
    """

    column: str
    sd: float


DEFAULT_SHOCK_SD = 0.25


@dataclass(frozen=True)
class ForecastAssumptions:
    """Everything a forecast assumes about leads beyond what their rows say.

    Attributes
    ----------
    shock_sd : float
        Standard deviation on log-odds of the shock that all leads share, in [0, 3].
    group_shock : GroupShock or None
        A second shock, per value of one column.
    push : PushLaw or None
        How close dates move; None takes stated dates as they are (overdue leads then close in the first period).
    as_stated : bool
        True when every assumption of ours is off, amount and date spreads of the file included.
    yours : frozenset of str
        Names of the settings that the user chose, for the table of assumptions.
    """

    shock_sd: float = DEFAULT_SHOCK_SD
    group_shock: GroupShock | None = None
    push: PushLaw | None = field(default_factory=PushLaw)
    as_stated: bool = False
    yours: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        named = [("shared shock sd", self.shock_sd)]
        if self.group_shock:
            named.append(("group shock sd", self.group_shock.sd))
        problems = [
            Problem(
                "assumptions",
                name,
                "a number in [0, 3]",
                value,
                "0.25 widens a quarter's band as far as published errors do",
            )
            for name, value in named
            if not 0 <= value <= LARGEST_SHOCK_SD
        ]
        raise_if_any(problems, ScenarioError)

    @classmethod
    def stated(cls) -> ForecastAssumptions:
        """Return the assumptions with everything of ours switched off.

        Returns
        -------
        ForecastAssumptions
            Stated PC, date and amount; independent leads.
        """
        return cls(shock_sd=0.0, group_shock=None, push=None, as_stated=True)

    @property
    def group_sd(self) -> float:
        """Standard deviation of the group shock; 0 without one."""
        return self.group_shock.sd if self.group_shock else 0.0
