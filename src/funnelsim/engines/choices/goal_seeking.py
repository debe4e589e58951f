"""The least value of one lever that reaches the chance of a goal, by stochastic root finding on common random numbers.

**How.**  Every value meets the same futures.  Marks are looked at roughly, the two between which the chance passes what
is asked are looked at finely, and the grid between them is searched by interpolation, halving where that is slow.  The
answer is the first value at which the share reaching the goal is what is asked and one standard error more.  Its
interval holds every value whose own 95 % interval (Clopper-Pearson) holds the asked chance: a test turned round, so
where the chance only rises it holds the least sufficient value in at least 95 of 100 plans.

That the chance only rises is not taken for granted: all marks up to the answer are looked at, and a fall beyond chance
is told.  What it leaves out: several levers (:mod:`funnelsim.engines.choices.goal_seeking_levers`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from funnelsim.engines.choices.goal_seeking_ranges import Scale
from funnelsim.engines.choices.goal_seeking_trials import Trials
from funnelsim.model.goal_plan import Fall

CERTAIN = 3.5
"""Standard errors from which on a fall of the chance is none of chance's."""


@dataclass(frozen=True)
class Root:
    """Where the chance of the goal passes what is asked.

    Attributes
    ----------
    index : int or None
        Of the first value that is enough; None where none is.
    low, high : int or None
        Indices of the ends of the interval; None where an end lies outside the scale.
    scale : Scale
        The values, in the direction in which they help.
    """

    index: int | None
    low: int | None
    high: int | None
    scale: Scale

    def value(self, index: int | None) -> float | None:
        """Return the value at an index; None for None."""
        return None if index is None else self.scale.values[index]


class Search:
    """One lever's search.

    Parameters
    ----------
    trials : Trials
        Remembers what was tried.
    scale : Scale
        Values, those that help least first.
    """

    def __init__(self, trials: Trials, scale: Scale) -> None:
        self.trials, self.scale = trials, scale
        self._whole = trials.levers[0].whole

    def count(self, index: int) -> int:
        """Return how many of all futures reach the goal at a value."""
        return self.trials.reached((self.scale.values[index],))

    def rough(self, index: int) -> float:
        """Return the share that reaches the goal, by a rough look."""
        return self.trials.rough_share((self.scale.values[index],))

    def seek(self, start: int = 0, *, all_marks: bool = False) -> Root:
        """Find the first value that is enough.

        Parameters
        ----------
        start : int
            Index from which on to look.
        all_marks : bool
            Whether to look at every mark; otherwise at those up to the second that is enough.

        Returns
        -------
        Root
            With its interval.
        """
        marks = [mark for mark in self.scale.marks if mark >= start]
        bracket = self._bracket(marks, self.trials.needed.answer, all_marks=all_marks)
        if bracket is None:
            self._sharpen_best()
            return Root(None, None, None, self.scale)
        index = self._crossing(self.trials.needed.answer, *bracket)[1]
        return Root(index, self._low_end(index), self._high_end(index), self.scale)

    def _bracket(self, marks: list[int], needed: int, *, all_marks: bool) -> tuple[int, int] | None:
        """Return neighbouring marks of which the second is the first that is enough; -1 before the first mark."""
        rough = self._rough_marks(marks, all_marks=all_marks)
        start = next((at for at, mark in enumerate(marks) if rough.get(mark, 0.0) >= self.trials.asked), 0)
        enough = next((at for at in range(start, len(marks)) if self._enough(marks[at], needed)), None)
        if enough is None:
            return None
        while enough > 0 and self._enough(marks[enough - 1], needed):
            enough -= 1
        return (marks[enough - 1] if enough else -1), marks[enough]

    def _enough(self, index: int, needed: int) -> bool:
        return not self._hopeless(index) and self.count(index) >= needed

    def _rough_marks(self, marks: list[int], *, all_marks: bool) -> dict[int, float]:
        found: dict[int, float] = {}
        beyond = 0
        for mark in marks:
            found[mark] = self.rough(mark)
            beyond += found[mark] >= self.trials.asked
            if beyond > 1 and not all_marks:
                break
        return found

    def _hopeless(self, index: int) -> bool:
        return self.trials.hopeless((self.scale.values[index],))

    def _crossing(self, needed: int, low: int, high: int, gap: float = 0.0) -> tuple[int, int]:
        """Return neighbours, the second with enough and the first without; ``low`` may be -1, before all of them."""
        # with a gap they need not be neighbours: they may differ by so many futures
        if low < 0:
            return low, high
        few, many = self.count(low), self.count(high)
        halve = False
        while high - low > 1 and many - few > gap:
            share = 0.5 if halve else (needed - few) / max(many - few, 1)
            middle = min(max(low + math.ceil(share * (high - low)), low + 1), high - 1)
            found, width = self.count(middle), high - low
            if found >= needed:
                high, many = middle, found
            else:
                low, few = middle, found
            halve = high - low > width / 2
        return low, high

    def _low_end(self, index: int) -> int | None:
        """Return the low end: the value before the first that may be enough; of whole numbers that one itself."""
        needed = self.trials.needed.low
        above = index
        for mark in [mark for mark in reversed(self.scale.marks) if mark < index]:
            if self._hopeless(mark) or self.count(mark) < needed:
                below, found = self._crossing(needed, mark, above, 0.0 if self._whole else self._gap())
                return found if self._whole else below
            above = mark
        return None

    def _high_end(self, index: int) -> int | None:
        needed = self.trials.needed.high
        if needed > self.trials.replications:
            return None
        below = index
        if self.count(index) >= needed:
            return index
        for mark in [mark for mark in self.scale.marks if mark > index]:
            if self.count(mark) >= needed:
                return self._crossing(needed, below, mark, 0.0 if self._whole else self._gap())[1]
            below = mark
        return None

    def _gap(self) -> float:
        """Return how many futures two values may differ by before an end of the interval need not be finer."""
        asked = self.trials.asked
        return 0.25 * math.sqrt(self.trials.replications * asked * (1 - asked))

    def _sharpen_best(self) -> None:
        """Look roughly at every mark, and finely at the most promising one and between it and its neighbours."""
        marks = self.scale.marks
        best = max(range(len(marks)), key=lambda at: (*_merit(self.trials, (self.scale.values[marks[at]],)), -at))
        self.count(marks[best])
        for side in (best - 1, best + 1):
            if 0 <= side < len(marks):
                self.count((marks[best] + marks[side]) // 2)


def strongest_fall(trials: Trials, scale: Scale) -> Fall | None:
    """Return where more of a lever makes the goal less likely, beyond chance.

    Parameters
    ----------
    trials : Trials
        Of one lever.
    scale : Scale
        In the direction in which the lever helps.

    Returns
    -------
    Fall or None
        The largest fall between two values tried, on the futures both have; None where every fall may be chance:
        less than ``CERTAIN`` standard errors of the futures on which the two disagree.
    """
    goal = trials.futures.goal
    tried = [at for at, value in enumerate(scale.values) if (value,) in trials.known]
    reached = {at: trials.known[scale.values[at],].money >= goal for at in tried}
    largest: Fall | None = None
    for first in tried:
        for second in (at for at in tried if at > first):
            both = min(len(reached[first]), len(reached[second]))
            one, other = reached[first][:both], reached[second][:both]
            lost, won = int(np.count_nonzero(one & ~other)), int(np.count_nonzero(other & ~one))
            if lost <= won or lost - won <= CERTAIN * math.sqrt(lost + won):
                continue
            fall = Fall(scale.values[first], scale.values[second], float(one.mean()), float(other.mean()))
            if largest is None or fall.from_chance - fall.to_chance > largest.from_chance - largest.to_chance:
                largest = fall
    return largest


def helpful(trials: Trials, scale: Scale) -> Scale:
    """Turn a range so that the end that helps more comes last.

    Parameters
    ----------
    trials : Trials
        Of one lever.
    scale : Scale
        Rising.

    Returns
    -------
    Scale
        By a rough look at both ends: the chance of the goal, then the mean, decides; rising on a tie.
    """
    low, high = ((scale.values[end],) for end in (0, -1))
    return scale.turned() if _merit(trials, low) > _merit(trials, high) else scale


def helpful_from_present(trials: Trials, scale: Scale) -> Scale:
    """Turn a scale around the present value so that the side that helps comes last.

    Parameters
    ----------
    trials : Trials
        Of one lever.
    scale : Scale
        Rising, the present value inside.

    Returns
    -------
    Scale
        By a rough look one doubling to either side, or as far as the scale goes.
    """
    here = scale.present
    assert here is not None
    at = scale.marks.index(here)
    sides = [scale.marks[max(at - 4, 0)], scale.marks[min(at + 4, len(scale.marks) - 1)]]
    low, high = ((scale.values[side],) for side in sides)
    return scale.turned() if _merit(trials, low) > _merit(trials, high) else scale


def _merit(trials: Trials, values: tuple[float, ...]) -> tuple[float, float]:
    share = trials.rough_share(values)
    return share, float(trials.outcomes(values, trials.rough).money.mean())
