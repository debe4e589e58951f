"""Choosing the best of several systems with as few replications as possible: fully sequential selection.

The question: which system has the largest mean, with a stated chance of being right?  After a first stage every look
drops the systems that are known to be worse than a survivor; only the others go on.  Where the systems share their luck
(system ``i``'s number ``r`` belongs to replication ``r`` of every system) the variance of a difference is small, and so
is the number of replications.

The procedure is KN (Kim and Nelson, "A fully sequential procedure for indifference-zone selection in simulation", ACM
TOMACS 11, 2001).  With ``k`` systems, ``n0`` replications in the first stage and ``alpha = 1 - confidence``::

    beta = alpha / (k - 1)                            shared luck; 1 - (1 - alpha)**(1 / (k - 1)) for independent draws
    eta  = ((2 beta)**(-2 / (n0 - 1)) - 1) / 2        h2 = 2 eta (n0 - 1)
    S2[i, l] = sample variance of X_i - X_l over the first stage
    W[i, l](r) = max(0, delta / (2 r) * (h2 S2[i, l] / delta**2 - r))
    keep i while mean_i(r) >= mean_l(r) - W[i, l](r) for every survivor l

It stops with one survivor, or when ``r > floor(h2 S2 / delta**2)`` for all pairs of survivors.  For normal draws the
best system is chosen with at least the stated chance if its mean is ahead of every other by ``delta``.  Looking less
often (``batch``) keeps the promise: a path seen at fewer points leaves its region on the wrong side no more often.

What it leaves out: what the numbers are, and how certain the answer is beyond the promise
(:mod:`funnelsim.engines.selection_certainty`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.errors import Problem, ScenarioError
from funnelsim.model.selection import Fate, Selection, SelectionRules

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Draw = Callable[[Sequence[int], int, int], Floats]
"""``draw(systems, first, count)``: numbers of replications ``[first, first + count)``, ``(system, replication)``."""

_FIRST_ROOM: Final = 256


def select_best(
    draw: Draw, systems: int, rules: SelectionRules, watch: Callable[[float], None] | None = None
) -> Selection:
    """Choose the system with the largest mean.

    Parameters
    ----------
    draw : callable
        ``draw(systems, first, count) -> float64 (systems, count)``; the same numbers whenever asked again.
    systems : int
        How many there are, at least 2.
    rules : SelectionRules
        What is worth knowing, and how surely.
    watch : callable, optional
        Told after every look how far the selection is at most, in [0, 1].

    Returns
    -------
    Selection
        Determined by the draws and the rules.  Systems whose numbers are the same in every replication of the first
        stage are drawn once from then on, and share one fate.

    Raises
    ------
    ScenarioError
        If there are fewer than two systems.
    """
    if systems < 2:
        raise ScenarioError(Problem("selection", "the number of systems", "at least 2", systems))
    race = _Race(draw, systems, rules)
    while True:
        race.look()
        if watch is not None:
            watch(race.share)
        if race.over:
            return race.selection()
        race.advance()


def continuation(systems: int, rules: SelectionRules) -> float:
    """Return the constant ``h**2`` of the procedure.

    Parameters
    ----------
    systems : int
        At least 2.
    rules : SelectionRules
        Confidence, first stage, and whether luck is shared.

    Returns
    -------
    float
        Above 0; a pair is looked at for at most ``h**2 S2 / delta**2`` replications.
    """
    alpha, rivals = 1 - rules.confidence, systems - 1
    beta = alpha / rivals if rules.common else 1 - rules.confidence ** (1 / rivals)
    freedom = rules.first_stage - 1
    return freedom * float((2 * beta) ** (-2 / freedom) - 1)


def pair_variances(values: Floats, form: str) -> Floats:
    """Return the variance that the procedure takes for each difference of two systems.

    Parameters
    ----------
    values : float64, (system, replication)
        Of the first stage; at least two replications.
    form : str
        One of ``model.selection.Form``.

    Returns
    -------
    float64, (system, system)
        Of ``X_i - X_l``: estimated from the differences, or as the sum of the two variances.  The diagonal is 0.
    """
    if form == "differences":
        rows = [(values - one).var(axis=1, ddof=1) for one in values]
        return np.array(rows)
    own = values.var(axis=1, ddof=1)
    found: Floats = own[:, None] + own[None, :]
    np.fill_diagonal(found, 0.0)
    return found


def first_of_equals(values: Floats) -> list[int]:
    """Return for each system the first one whose numbers are all the same.

    Parameters
    ----------
    values : float64, (system, replication)
        Of the first stage.

    Returns
    -------
    list of int
        Its own number for a system unlike all before it.
    """
    seen: dict[bytes, int] = {}
    return [seen.setdefault((row + 0.0).tobytes(), number) for number, row in enumerate(values)]


class _Race:
    """A selection under way: what was drawn, who survives, and what became of the others."""

    def __init__(self, draw: Draw, systems: int, rules: SelectionRules) -> None:
        self.draw, self.rules, self.count = draw, rules, rules.first_stage
        self.constant = continuation(systems, rules)
        first = draw(range(systems), 0, self.count)
        self.leads = first_of_equals(first)
        self.alive: Ints = np.array([one for one, lead in enumerate(self.leads) if one == lead], dtype=np.int64)
        self.values: Floats = np.zeros((systems, max(_FIRST_ROOM, self.count)))
        self.values[:, : self.count] = first
        self.sums: Floats = first.sum(axis=1)
        self.variances = pair_variances(first, rules.form)
        self.fallen: dict[int, tuple[int, int]] = {}
        self.share = 0.0

    @property
    def limit(self) -> int:
        """Replications after which no pair of survivors is still open."""
        among = self.variances[np.ix_(self.alive, self.alive)]
        most = self.constant * float(among.max()) / self.rules.delta**2
        return int(min(most, 2.0**62))

    @property
    def over(self) -> bool:
        return len(self.alive) == 1 or self.count > self.limit or self.count >= self.rules.most

    def look(self) -> None:
        """Drop the survivors that are known to be worse than another one."""
        means = self.sums[self.alive] / self.count
        among = self.variances[np.ix_(self.alive, self.alive)]
        room = self.constant * among / self.rules.delta**2 - self.count
        slack = np.maximum(0.0, self.rules.delta / (2 * self.count) * room)
        bars = means[None, :] - slack
        highest = bars.argmax(axis=1)
        falls = means < bars[np.arange(len(means)), highest]
        for place in np.flatnonzero(falls):
            self.fallen[int(self.alive[place])] = (self.count, int(self.alive[highest[place]]))
        self.alive = self.alive[~falls]
        span = min(self.limit + 1, self.rules.most) - self.rules.first_stage
        passed = self.count - self.rules.first_stage
        self.share = 1.0 if self.over else max(self.share, passed / max(1, span))

    def advance(self) -> None:
        """Draw the survivors on, no further than the last look can need."""
        step = min(self.rules.batch, self.rules.most - self.count, self.limit + 1 - self.count)
        end = self.count + step
        if end > self.values.shape[1]:
            self.values = np.concatenate([self.values, np.zeros_like(self.values)], axis=1)
        drawn = self.draw(self.alive.tolist(), self.count, step)
        self.values[self.alive, self.count : end] = drawn
        for column in drawn.T:  # one by one, so that sums do not depend on the batch
            self.sums[self.alive] += column
        self.count = end

    def selection(self) -> Selection:
        """Return what became of every system."""
        means = self.sums[self.alive] / self.count
        done = len(self.alive) == 1 or self.count > self.limit
        fates = tuple(self._fate(number, done) for number in range(len(self.leads)))
        values = tuple(self.values[number, : fate.replications].copy() for number, fate in enumerate(fates))
        return Selection(self.rules, self.constant, fates, values, int(self.alive[means.argmax()]))

    def _fate(self, number: int, done: bool) -> Fate:
        lead = self.leads[number]
        same_as = None if lead == number else lead
        at, by = self.fallen.get(lead, (self.count, None))
        used = at if same_as is None else self.rules.first_stage
        if by is not None:
            return Fate("eliminated", used, at, by, same_as)
        return Fate("best", used, at, None, same_as) if done else Fate("open", used, None, None, same_as)
