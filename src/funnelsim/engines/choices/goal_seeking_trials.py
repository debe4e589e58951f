"""Settings of levers tried on the same futures, remembered, and lengthened where a rough look is not enough.

The question: of the first n futures, how many reach the goal at this setting?  Every setting meets the same luck, so
two settings differ by what the levers do and by little else.  What it leaves out: which settings to try
(:mod:`funnelsim.engines.choices.goal_seeking`).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrc, betaincinv

from funnelsim.engines.bands import percentile
from funnelsim.engines.statistics.moments import exact_sum
from funnelsim.model.goal_plan import CONFIDENCE, PlanLever, Trial, Verification
from funnelsim.model.intervals import Interval

Ints = npt.NDArray[np.int64]
Values = tuple[float, ...]

ROUGH_SHARE = 4
"""A rough look takes one future in this many."""

LEAST_ROUGH = 50
"""Futures of a rough look, at least; with fewer than these asked for it takes all."""

VERIFYING = 2
"""The answer is run forward on this many times as many futures."""

SURE = 0.999
"""A setting is dropped after a rough look only when its chance lies below the asked one with this confidence."""


class Outcomes(NamedTuple):
    """What some futures bring at one setting, one entry each.

    Attributes
    ----------
    money : int64, (replication,)
        Towards the goal, minor units.
    cost : int64, (replication,) or None
        Minor units; None where nothing is known of it.
    """

    money: Ints
    cost: Ints | None


class Futures(Protocol):
    """Whatever can be run forward at a setting of its levers."""

    @property
    def goal(self) -> int:
        """Money asked for, minor units."""

    def possible(self, values: Values) -> bool:
        """Tell whether a setting can be simulated at all."""

    def outcomes(self, values: Values, first: int, count: int, seed: int) -> Outcomes:
        """Run replications ``[first, first + count)`` forward; each is a function of seed, number and setting only."""


class Counts(NamedTuple):
    """How many futures must reach the goal.

    Attributes
    ----------
    low : int
        The fewest with which the asked chance is not above the interval.
    answer : int
        The asked share and one standard error more.
    high : int
        The fewest with which the asked chance is not inside the interval any more, but below it; one more than there
        are futures where none is enough.
    """

    low: int
    answer: int
    high: int


def needed_counts(asked: float, count: int) -> Counts:
    """Return how many of some futures must reach the goal.

    Parameters
    ----------
    asked : float
        Chance, in (0, 1).
    count : int
        Futures, at least 1.

    Returns
    -------
    Counts
        Rising.  The margin of the answer makes more than four answers in five truly sufficient, and lets verification
        on twice as many futures deny the first answer in about three of a hundred plans.
    """
    tail = (1 - CONFIDENCE) / 2
    numbers = np.arange(count + 1, dtype=np.float64)
    low = int(np.argmax(bdtr(numbers, count, asked) > tail))
    above = np.concatenate([[1.0], bdtrc(numbers[:-1], count, asked)])  # P(N >= k)
    rejected = np.flatnonzero(above <= tail)
    high = int(rejected[0]) if len(rejected) else count + 1
    answer = math.ceil(count * asked + math.sqrt(count * asked * (1 - asked)) - 1e-9)
    return Counts(low, min(answer, count), high)


def chance_interval(reached: int, count: int, confidence: float = CONFIDENCE) -> Interval:
    """Return a chance and where it lies (Clopper and Pearson).

    Parameters
    ----------
    reached, count : int
        Futures that reach the goal, and all of them.
    confidence : float
        In (0, 1).

    Returns
    -------
    Interval
        Holds the true chance at least as often as it says.
    """
    tail = (1 - confidence) / 2
    low = float(betaincinv(reached, count - reached + 1, tail)) if reached else 0.0
    high = float(betaincinv(reached + 1, count - reached, 1 - tail)) if reached < count else 1.0
    return Interval(reached / count, low, high, confidence, "Clopper-Pearson", at_least=True)


def verifying_seed(seed: int, attempt: int = 0) -> int:
    """Return the root of the luck on which an answer is verified.

    Parameters
    ----------
    seed : int
        Of the search.
    attempt : int
        0 for the first verification; each takes luck of its own.

    Returns
    -------
    int
        In [0, 2**64): 8 bytes of BLAKE2b over ``funnelsim plan verification SEED ATTEMPT``, little end first.
    """
    text = f"funnelsim plan verification {seed} {attempt}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")


class Trials:
    """Settings tried so far, on one root of luck.

    Parameters
    ----------
    futures : Futures
        What is run forward.
    levers : sequence of PlanLever
        One per value of a setting.
    seed : int
        Root of the luck.
    replications : int
        Futures of a fine look, at least 1.
    asked : float
        Chance, in (0, 1).
    """

    def __init__(
        self, futures: Futures, levers: Sequence[PlanLever], seed: int, replications: int, asked: float
    ) -> None:
        self.futures, self.levers, self.seed = futures, tuple(levers), seed
        self.replications, self.asked = replications, asked
        self.rough = min(replications, max(LEAST_ROUGH, replications // ROUGH_SHARE))
        self.needed = needed_counts(asked, replications)
        self.known: dict[Values, Outcomes] = {}

    def outcomes(self, values: Values, count: int) -> Outcomes:
        """Return the first futures of a setting, simulating those that are not known yet.

        Parameters
        ----------
        values : tuple of float
            One per lever.
        count : int
            How many, at least 1.

        Returns
        -------
        Outcomes
            Exactly ``count`` of them.
        """
        known = self.known.get(values)
        there = 0 if known is None else len(known.money)
        if there < count:
            more = self.futures.outcomes(values, there, count - there, self.seed)
            known = more if known is None else _joined(known, more)
            self.known[values] = known
        assert known is not None
        return Outcomes(known.money[:count], None if known.cost is None else known.cost[:count])

    def reached(self, values: Values) -> int:
        """Return how many of all futures reach the goal at a setting."""
        return self._reached(values, self.replications)

    def rough_share(self, values: Values) -> float:
        """Return the share that reaches the goal, by a rough look."""
        return self._reached(values, self.rough) / self.rough

    def hopeless(self, values: Values) -> bool:
        """Tell, by a rough look, whether the chance at a setting surely lies below the asked one."""
        return chance_interval(self._reached(values, self.rough), self.rough, SURE).high < self.asked

    def _reached(self, values: Values, count: int) -> int:
        return int(np.count_nonzero(self.outcomes(values, count).money >= self.futures.goal))

    def trial(self, values: Values) -> Trial:
        """Return what is known of a setting that was tried."""
        return self._trial(values, self.known[values])

    def all_trials(self) -> tuple[Trial, ...]:
        """Return every setting tried, in rising order of values."""
        return tuple(self.trial(values) for values in sorted(self.known))

    def verified(self, values: Values, attempt: int) -> Verification:
        """Run a setting forward on luck of its own.

        Parameters
        ----------
        values : tuple of float
            One per lever.
        attempt : int
            0 for the first one.

        Returns
        -------
        Verification
            Of twice as many futures as a fine look has.
        """
        seed = verifying_seed(self.seed, attempt)
        trial = self._trial(values, self.futures.outcomes(values, 0, VERIFYING * self.replications, seed))
        return Verification(seed, trial, trial.chance.high >= self.asked)

    def _trial(self, values: Values, found: Outcomes) -> Trial:
        count, ordered = len(found.money), np.sort(found.money)
        reached = int(np.count_nonzero(found.money >= self.futures.goal))
        return Trial(
            values=values,
            replications=count,
            chance=chance_interval(reached, count),
            mean=exact_sum(found.money) / count,
            p10=percentile(ordered, 10),
            p50=percentile(ordered, 50),
            p90=percentile(ordered, 90),
            cost=None if found.cost is None else exact_sum(found.cost) / count,
            spent=sum(lever.spent(value) for lever, value in zip(self.levers, values, strict=True)),
        )


def _joined(first: Outcomes, second: Outcomes) -> Outcomes:
    costs = None if first.cost is None or second.cost is None else np.concatenate([first.cost, second.cost])
    return Outcomes(np.concatenate([first.money, second.money]), costs)
