"""What choosing the best of several systems is asked, and what it found: which is best, and when the others fell.

A system is anything that gives one number a replication, and larger is better here; a design of ``optimize`` is one.

What it leaves out: choosing (:mod:`funnelsim.engines.selection`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any

Form = Literal["differences", "sum of variances"]
Status = Literal["best", "eliminated", "open"]

DEFAULT_CONFIDENCE: Final = 0.95
DEFAULT_FIRST_STAGE: Final = 20
DEFAULT_BATCH: Final = 1
DEFAULT_MOST: Final = 10_000
"""Replications of one system, after which an undecided selection stops."""
LARGEST_MOST: Final = 10_000_000


@dataclass(frozen=True)
class SelectionRules:
    """How a selection is made; with the draws it determines the outcome.

    Attributes
    ----------
    delta : float
        The smallest difference of means worth knowing, above 0, in the unit of the draws.
    confidence : float
        In (0.5, 1): chance of choosing the best when it is ahead by at least ``delta``.
    first_stage : int
        Replications of every system before the first look, at least 2.
    batch : int
        Replications of every survivor between two looks, at least 1.  With 1 the selection stops earliest.
    most : int
        Replications of one system at which an undecided selection stops, at least ``first_stage``.
    form : str
        ``differences``: the sample variance of paired differences, which shared luck makes small; ``sum of
        variances``: the two variances added, which is right only for independent draws.
    common : bool
        Whether the systems share their luck; decides how the chance of error is split among the rivals.
    """

    delta: float
    confidence: float = DEFAULT_CONFIDENCE
    first_stage: int = DEFAULT_FIRST_STAGE
    batch: int = DEFAULT_BATCH
    most: int = DEFAULT_MOST
    form: Form = "differences"
    common: bool = True

    def __post_init__(self) -> None:
        problems = rule_problems(self.confidence, self.first_stage, self.batch, self.most)
        if not 0 < self.delta < math.inf:
            problems.append(Problem("selection", "delta", "a number above 0", self.delta))
        raise_if_any(problems, ScenarioError)


def rule_problems(confidence: float, first_stage: int, batch: int, most: int) -> list[Problem]:
    """Return what is wrong with the rules of a selection.

    Parameters
    ----------
    confidence : float
        As in :class:`SelectionRules`, and so are the others.
    first_stage, batch, most : int
        Replications.

    Returns
    -------
    list of Problem
        Empty when all can be used.
    """
    problems = []
    if not 0.5 < confidence < 1:
        hint = "write 95% or 0.95"
        problems.append(Problem("selection", "confidence", "above 0.5 and below 1", confidence, hint))
    for name, value, low in (("start", first_stage, 2), ("batch", batch, 1), ("max-replications", most, 1)):
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= LARGEST_MOST:
            problems.append(Problem("selection", name, f"an integer in [{low}, {LARGEST_MOST}]", value))
    if not problems and most < first_stage:
        rule = f"at least {first_stage}, the replications before the first look"
        problems.append(Problem("selection", "max-replications", rule, Shown(str(most))))
    return problems


@dataclass(frozen=True)
class Fate:
    """What became of one system.

    Attributes
    ----------
    status : str
        ``best``: chosen, or exactly as good as the chosen one; ``eliminated``; ``open``: still in the race when the
        replications ran out.
    replications : int
        That it used.
    decided_at : int or None
        Replications of the survivors at the look that decided about it; None while open.
    by : int or None
        System that eliminated it; None for all others.
    same_as : int or None
        Earlier system whose numbers it repeated in every replication of the first stage; it was not drawn further and
        shares that system's fate.  None for all others.
    """

    status: Status
    replications: int
    decided_at: int | None
    by: int | None = None
    same_as: int | None = None


@dataclass(frozen=True, eq=False)
class Selection:
    """Which system is best, and how that became known.

    Attributes
    ----------
    rules : SelectionRules
        As asked.
    constant : float
        The constant ``h**2`` of the procedure.
    fates : tuple of Fate
        One a system.
    values : tuple of float64, (replications of that system,)
        What was drawn, larger is better; number ``r`` of every system belongs to replication ``r``.
    chosen : int
        The first of the best; while undecided the open one with the largest mean.
    """

    rules: SelectionRules
    constant: float
    fates: tuple[Fate, ...]
    values: tuple[npt.NDArray[np.float64], ...]
    chosen: int

    @property
    def best(self) -> tuple[int, ...]:
        """Systems chosen: one, or several that are exactly as good; none while undecided."""
        return self._with("best")

    @property
    def open(self) -> tuple[int, ...]:
        """Systems still in the race when the replications ran out; none once decided."""
        return self._with("open")

    @property
    def decided(self) -> bool:
        """Whether a best one is known."""
        return not self.open

    @property
    def runs(self) -> int:
        """Replications of all systems together."""
        return sum(fate.replications for fate in self.fates)

    @property
    def longest(self) -> int:
        """Replications of the system that was drawn most."""
        return max(fate.replications for fate in self.fates)

    def _with(self, status: Status) -> tuple[int, ...]:
        return tuple(number for number, fate in enumerate(self.fates) if fate.status == status)
