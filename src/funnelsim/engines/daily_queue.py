"""The daily queue, exactly: leads arrive, a team works so many a day, the others wait.

The question: how many leads wait at the end of a day, if Poisson many arrive each day and a team can finish ``served``
a day?  ``Q' = max(Q + A - served, 0)``: a Markov chain on the whole numbers, cut where what lies beyond is negligible.

What it leaves out: leads that do not wait for ever, and work that takes more than one touch.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from funnelsim.engines.funnel_closed_form import poisson_law
from funnelsim.errors import Problem, ScenarioError, raise_if_any

Floats = npt.NDArray[np.float64]

NEGLIGIBLE = 1e-13
"""Chance that may be cut off."""

LONGEST_QUEUE = 2048
"""Waiting leads beyond which a stationary law is not worked out."""


def backlog_law(arrivals: float, served: int, days: int, start: int = 0) -> Floats:
    """Return how many leads wait at the end of each day.

    Parameters
    ----------
    arrivals : float
        Mean arrivals a day, at least 0.
    served : int
        Leads that can be finished a day, at least 0.
    days : int
        How many, at least 1.
    start : int
        Leads that wait before the first day, at least 0.

    Returns
    -------
    float64, (day, waiting + 1)
        Chance of 0, 1, 2, ... waiting leads; wide enough that less than 1e-13 is cut off a day.

    Raises
    ------
    ScenarioError
        If a number is out of its range.
    """
    _check(arrivals, served, days=days, start=start)
    births = poisson_law(arrivals, _most(arrivals))
    total = arrivals * days
    width = start + max(0, math.ceil(_most(total))) + 1
    laws = np.zeros((days, width))
    law = np.zeros(width)
    law[start] = 1.0
    for day in range(days):
        law = _next_day(law, births, served)
        laws[day] = law
    used = np.flatnonzero((laws > 0).any(axis=0))
    return np.ascontiguousarray(laws[:, : int(used[-1]) + 1])


def stationary_backlog(arrivals: float, served: int) -> Floats:
    """Return how many leads wait at the end of a day, once it no longer matters how many waited at first.

    Parameters
    ----------
    arrivals : float
        Mean arrivals a day, below ``served``.
    served : int
        Leads that can be finished a day, at least 1.

    Returns
    -------
    float64, (waiting + 1,)
        Chance of 0, 1, 2, ... waiting leads.

    Raises
    ------
    ScenarioError
        If more arrive than can be finished, so that the queue grows for ever, or nearly so and thousands wait.
    """
    _check(arrivals, served)
    if arrivals >= served:
        hint = "for a queue that grows, ask for backlog_law"
        raise ScenarioError(
            Problem("stationary_backlog", "arrivals", f"below the {served} served a day", arrivals, hint)
        )
    most = 64
    while most <= LONGEST_QUEUE:
        law = _limit(arrivals, served, most)
        if law[-1] < NEGLIGIBLE:
            used = np.flatnonzero(law >= NEGLIGIBLE * NEGLIGIBLE)
            return law[: int(used[-1]) + 1]
        most *= 2
    rule = f"so far below {served} that fewer than {LONGEST_QUEUE:,} leads wait"
    raise ScenarioError(Problem("stationary_backlog", "arrivals", rule, arrivals))


def _limit(arrivals: float, served: int, most: int) -> Floats:
    """Solve the chain on 0 .. most, whose last state holds everything beyond."""
    births = poisson_law(arrivals, most + served)
    chain = np.zeros((most + 1, most + 1))
    for waiting in range(most + 1):
        there = np.zeros(waiting + len(births))
        there[waiting:] = births
        chain[waiting] = _served(there, served, most + 1)
        chain[waiting, -1] += max(0.0, 1 - chain[waiting].sum())
    balance = chain.T - np.eye(most + 1)
    balance[0] = 1.0  # one of the balances follows from the others; the chances add up to 1
    whole = np.zeros(most + 1)
    whole[0] = 1.0
    return np.asarray(np.maximum(np.linalg.solve(balance, whole), 0.0))


def _next_day(law: Floats, births: Floats, served: int) -> Floats:
    return _served(np.convolve(law, births), served, len(law))


def _served(there: Floats, served: int, width: int) -> Floats:
    """Take the served leads away; what lies beyond the width is cut off."""
    found = np.zeros(width)
    found[0] = there[: served + 1].sum()
    rest = there[served + 1 : served + width]
    found[1 : 1 + len(rest)] = rest
    return found


def _most(mean: float) -> int:
    """Return a count that a Poisson count exceeds with a chance below 1e-15."""
    return int(mean + 9 * math.sqrt(mean) + 30)


def _check(arrivals: float, served: int, days: int = 1, start: int = 0) -> None:
    problems = []
    if not (math.isfinite(arrivals) and arrivals >= 0):
        problems.append(Problem("daily queue", "arrivals", "a number, at least 0", arrivals))
    for name, value, least in (("served", served, 0), ("days", days, 1), ("start", start, 0)):
        if value < least:
            problems.append(Problem("daily queue", name, f"an integer, at least {least}", value))
    raise_if_any(problems, ScenarioError)
