"""Worlds whose chance of the goal is known at every setting, for tests of planning back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from funnelsim.engines.choices.goal_seeking_trials import Outcomes

GOAL = 1000


class KnownFutures:
    """Replication r reaches the goal at a setting where its own uniform lies below the chance there.

    ``chance`` takes the values of the levers.  With the same luck a higher chance only ever adds futures.
    """

    goal = GOAL

    def __init__(self, chance: Callable[..., float], *, own_luck: bool = False) -> None:
        self.chance, self.own_luck = chance, own_luck
        self.simulated = 0

    def possible(self, values: tuple[float, ...]) -> bool:
        return True

    def outcomes(self, values: tuple[float, ...], first: int, count: int, seed: int) -> Outcomes:
        self.simulated += count
        extra = abs(hash(values)) if self.own_luck else 0
        luck = np.random.Generator(np.random.Philox(key=[seed, extra])).random(first + count)[first:]
        return Outcomes(np.where(luck < self.chance(*values), GOAL, 0).astype(np.int64), None)


def rising(value: float) -> float:
    """Chance of a lever that helps evenly up to 2."""
    return min(max(value / 2, 0.0), 1.0)


def drowning(value: float) -> float:
    """Chance that rises up to 3 and falls beyond: more leads than Sales can work."""
    return max(0.0, 0.9 - 0.2 * (value - 3) ** 2)
