"""The cheapest setting of two to four levers that reaches the chance of a goal, on common random numbers.

**How.**  A budget is split among the levers by shares; along one split more money moves every lever evenly towards its
far end, and the least budget that is enough is found by halving.  Splits are then changed, a part of the money from one
lever to another at a time, first a quarter of it and at last a sixteenth: a split that does not reach the chance with
what the best one costs is dropped after a single look.  At the end each lever is turned back as far as the chance
allows.  Every setting meets the same futures.

The answer is the best found, and no proof that there is no better one.  What it leaves out: costs that are not even.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

from funnelsim.engines.choices.goal_seeking_ranges import Scale, range_scale
from funnelsim.engines.choices.goal_seeking_trials import Trials, Values
from funnelsim.model.goal_plan import PlanLever

MOST_LEVERS = 4
BUDGET_STEPS = 200
"""A budget is known to this part of what all levers together can cost."""

FIRST_MOVE, LAST_MOVE = 1 / 4, 1 / 16
"""Parts of the budget that a change of the split moves."""

MOST_SETTINGS = 400
"""Settings looked at, at most."""

Split = tuple[float, ...]


class CheapestSearch:
    """The search for the cheapest setting.

    Parameters
    ----------
    trials : Trials
        Remembers what was tried; its levers have ranges and costs.
    """

    def __init__(self, trials: Trials) -> None:
        self.trials, self.levers = trials, trials.levers
        self.scales = tuple(spending_scale(lever) for lever in self.levers)
        self.most = sum(lever.cost for lever in self.levers)
        self.step = self.most / BUDGET_STEPS

    def seek(self) -> Values | None:
        """Find the cheapest setting that is enough.

        Returns
        -------
        tuple of float or None
            One value per lever; None where no setting tried is enough.
        """
        nothing = tuple(scale.values[0] for scale in self.scales)
        if self._enough(nothing):
            return nothing
        best = self._first_split()
        if best is None:
            return None
        split, budget = self._better_splits(*best)
        return self._turned_back(self.setting(split, budget))

    def setting(self, split: Split, budget: float) -> Values:
        """Return what a budget buys.

        Parameters
        ----------
        split : tuple of float
            Shares that sum to 1.
        budget : float
            Major units; what is too much for a lever is not spent.

        Returns
        -------
        tuple of float
            Values on the levers' scales, none beyond what is paid for.
        """
        return tuple(
            scale.values[math.floor((len(scale.values) - 1) * min(budget * share / lever.cost, 1.0) + 1e-9)]
            for scale, lever, share in zip(self.scales, self.levers, split, strict=True)
        )

    def spent(self, values: Values) -> float:
        """Return what a setting costs, major units."""
        return sum(lever.spent(value) for lever, value in zip(self.levers, values, strict=True))

    def _enough(self, values: Values) -> bool:
        return not self.trials.hopeless(values) and self.trials.reached(values) >= self.trials.needed.answer

    def _first_split(self) -> tuple[Split, float] | None:
        """Return the best of the plain splits: each lever alone, two by two, and all evenly."""
        best: tuple[Split, float] | None = None
        for split in plain_splits(len(self.levers), [lever.cost for lever in self.levers]):
            budget = self._least_budget(split, None if best is None else best[1] - self.step)
            if budget is not None:
                best = split, budget
        return best

    def _least_budget(self, split: Split, most: float | None) -> float | None:
        """Return the least budget along a split that is enough, if it is at most ``most``."""
        whole = max(lever.cost / share for lever, share in zip(self.levers, split, strict=True) if share > 0)
        high = whole if most is None else min(most, whole)
        if high <= 0 or not self._enough(self.setting(split, high)):
            return None
        low = 0.0
        while high - low > self.step:
            middle = (low + high) / 2
            if self._enough(self.setting(split, middle)):
                high = middle
            else:
                low = middle
        return min(high, self.spent(self.setting(split, high)) + self.step * 1e-6) if most is None else high

    def _better_splits(self, split: Split, budget: float) -> tuple[Split, float]:
        move = FIRST_MOVE
        while move >= LAST_MOVE and len(self.trials.known) < MOST_SETTINGS:
            found = None
            for other in moved_splits(split, move):
                less = self._least_budget(other, budget - self.step)
                if less is not None:
                    found = other, less
                    break
            if found is None:
                move /= 2
            else:
                split, budget = found
        return split, budget

    def _turned_back(self, values: Values) -> Values:
        """Turn each lever back as far as the chance allows, the dearest first."""
        order = sorted(range(len(values)), key=lambda at: (-self.levers[at].cost, at))
        for at in order:
            scale = self.scales[at].values
            low, high = -1, scale.index(values[at])
            while high - low > 1:
                middle = (low + high) // 2
                tried = (*values[:at], scale[middle], *values[at + 1 :])
                if self._enough(tried):
                    high = middle
                else:
                    low = middle
            values = (*values[:at], scale[high], *values[at + 1 :])
        return values


def spending_scale(lever: PlanLever) -> Scale:
    """Return the values of a lever from where nothing is spent to where all is.

    Parameters
    ----------
    lever : PlanLever
        With a range.

    Returns
    -------
    Scale
        Rising, or falling where the cost buys the way down.
    """
    assert lever.low is not None
    assert lever.high is not None
    rising = range_scale(lever.low, lever.high, whole=lever.whole, present=math.nan)
    return rising.turned() if lever.paid_down else rising


def plain_splits(count: int, costs: Sequence[float]) -> Iterator[Split]:
    """Return splits to begin with.

    Parameters
    ----------
    count : int
        Number of levers, at least 2.
    costs : sequence of float
        Of the levers, above 0.

    Yields
    ------
    tuple of float
        All levers evenly, so that all reach their ends together; two by two; each alone.
    """
    for size in (count, *range(count - 1, 0, -1)):
        if size in {count, 2, 1}:
            for chosen in combinations(range(count), size):
                total = sum(costs[at] for at in chosen)
                yield tuple(costs[at] / total if at in chosen else 0.0 for at in range(count))


def moved_splits(split: Split, move: float) -> Iterator[Split]:
    """Return splits in which a part of the budget goes from one lever to another.

    Parameters
    ----------
    split : tuple of float
        Shares that sum to 1.
    move : float
        The part, in (0, 1); less where a lever has less.

    Yields
    ------
    tuple of float
        Each once.
    """
    for giver, share in enumerate(split):
        part = min(move, share)
        if part > 0:
            for taker in range(len(split)):
                if taker != giver:
                    yield tuple(
                        one - part if at == giver else one + part if at == taker else one
                        for at, one in enumerate(split)
                    )
