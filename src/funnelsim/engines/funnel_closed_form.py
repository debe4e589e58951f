"""Exact answers of the funnel where there are any: what a simulation without queues must agree with.

With unlimited hours, exponential clocks, all forces off, a seven-day week and touches that fill every day alike, a lead
in a stage ends its stay on any day with the same chances: to advance, to be lost, to fall back.  Stays are whole days:
one ends on the day its first clock fires, and the next begins on the day after.  So a lead is an absorbing Markov chain
in days, and because leads do not meet, the leads in each stage are independent Poisson counts (an M_t/G/infinity
network).

What it leaves out: queues for hours (:mod:`funnelsim.engines.daily_queue`), and everything that forces do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, xlogy

from funnelsim.errors import Problem, ScenarioError, raise_if_any

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DailyChances:
    """What a lead in a stage does on any one day.

    Attributes
    ----------
    advance, lost, back : float64, (stage,)
        Chance to advance (from the last stage: to be won), to be lost, and to fall back one stage; what is left is the
        chance to stay.
    """

    advance: Floats
    lost: Floats
    back: Floats

    @property
    def moves(self) -> Floats:
        """Chances to be in a stage on the next day, ``(stage, stage)``; what rows lack of 1 is won or lost."""
        stay = 1 - self.advance - self.lost - self.back
        return np.diag(stay) + np.diag(self.advance[:-1], 1) + np.diag(self.back[1:], -1)

    @property
    def wins(self) -> Floats:
        """Chance to be won on a day, ``(stage,)``: 0 but for the last."""
        found = np.zeros(len(self.advance))
        found[-1] = self.advance[-1]
        return found


@dataclass(frozen=True, eq=False)
class ChainLaw:
    """What becomes of a lead that enters a stage, exactly.

    Attributes
    ----------
    visits : float64, (stage, stage)
        Expected days in each stage (column) of a lead that enters one (row): the fundamental matrix.
    conversion : float64, (stage,)
        Chance that it is ever won.
    days, days_variance : float64, (stage,)
        Mean and variance of the days until it is won or lost; the last day counts.
    win_days, win_days_variance : float64, (stage,)
        The same among leads that are won; ``nan`` where none is.
    """

    visits: Floats
    conversion: Floats
    days: Floats
    days_variance: Floats
    win_days: Floats
    win_days_variance: Floats

    def expected_value(self, pr: float) -> Floats:
        """Return what a lead that enters a stage brings in the mean, ``(stage,)``.

        Parameters
        ----------
        pr : float
            Its potential revenue, in any unit.

        Returns
        -------
        float64, (stage,)
            Same unit.
        """
        return pr * self.conversion


def daily_chances(advance: npt.ArrayLike, lost: npt.ArrayLike, back: npt.ArrayLike | None = None) -> DailyChances:
    """Turn rates of clocks that run together into chances of a day.

    Parameters
    ----------
    advance, lost : float, (stage,)
        Rates a day, at least 0: of advancing when worked, and of all losses together.
    back : float, (stage,), optional
        Rate of falling back one stage; 0 for the first stage.

    Returns
    -------
    DailyChances
        ``1 - exp(-sum)``, shared out as the rates are.

    Raises
    ------
    ScenarioError
        If the rates are not of one length, one is below 0, or a lead could fall back from the first stage.
    """
    one, other = np.atleast_1d(np.asarray(advance, dtype=np.float64)), np.atleast_1d(np.asarray(lost, dtype=np.float64))
    third = np.zeros_like(one) if back is None else np.atleast_1d(np.asarray(back, dtype=np.float64))
    problems = []
    if not one.shape == other.shape == third.shape or one.ndim != 1:
        shapes = (one.shape, other.shape, third.shape)
        problems.append(Problem("daily_chances", "rates", "one number per stage each", shapes))
    elif not all(np.isfinite(rates).all() and (rates >= 0).all() for rates in (one, other, third)):
        problems.append(Problem("daily_chances", "rates", "finite and at least 0", [one, other, third]))
    elif third[0]:
        problems.append(Problem("daily_chances", "back of the first stage", "0", float(third[0])))
    raise_if_any(problems, ScenarioError)
    total = one + other + third
    share = -np.expm1(-total) / np.where(total > 0, total, 1.0)
    return DailyChances(one * share, other * share, third * share)


def chain_law(chances: DailyChances) -> ChainLaw:
    """Solve the absorbing chain.

    Parameters
    ----------
    chances : DailyChances
        From :func:`daily_chances`; from every stage a lead must be able to end.

    Returns
    -------
    ChainLaw
        ``N = (I - Q)^-1``, conversion ``N r``, mean ``t = N 1``, variance ``(2 N - I) t - t^2``; among the won the same
        for ``Q'_ij = Q_ij b_j / b_i``, ``b`` the conversion.

    Raises
    ------
    ScenarioError
        If a lead can stay for ever.
    """
    visits = _visits(chances.moves)
    conversion = visits @ chances.wins
    days, variance = _days(visits)
    win_days, win_variance = np.full_like(days, np.nan), np.full_like(days, np.nan)
    if conversion.all():
        win_days, win_variance = _days(_visits(chances.moves * conversion[None, :] / conversion[:, None]))
    elif conversion.any():
        # a stage that cannot advance cuts the stages before it off from every win
        first = int(np.flatnonzero(conversion == 0)[-1]) + 1
        moves, won = chances.moves[first:, first:], conversion[first:]
        win_days[first:], win_variance[first:] = _days(_visits(moves * won[None, :] / won[:, None]))
    return ChainLaw(visits, conversion, days, variance, win_days, win_variance)


def _visits(moves: Floats) -> Floats:
    identity = np.eye(len(moves))
    try:
        return np.asarray(np.linalg.solve(identity - moves, identity), dtype=np.float64)
    except np.linalg.LinAlgError:
        rule, hint = "such that every lead ends some day", "give each stage a rate of advancing or of losses above 0"
        raise ScenarioError(Problem("chain_law", "daily chances", rule, moves.tolist(), hint)) from None


def _days(visits: Floats) -> tuple[Floats, Floats]:
    mean = visits.sum(axis=1)
    return mean, (2 * visits - np.eye(len(visits))) @ mean - mean * mean


@dataclass(frozen=True, eq=False)
class FlowMeans:
    """Means of the counts in a funnel whose leads do not meet; each count is Poisson, those of one day independent.

    Attributes
    ----------
    open_leads : float64, (day, stage)
        Leads in each stage at the end of the day.
    wins, losses : float64, (day,)
        On the day; counts of different days are independent, so those of a period are Poisson with the sum.
    """

    open_leads: Floats
    wins: Floats
    losses: Floats


def flow_means(chances: DailyChances, arrivals: npt.ArrayLike, start: npt.ArrayLike | None = None) -> FlowMeans:
    """Follow Poisson arrivals through the chain, day by day.

    Parameters
    ----------
    chances : DailyChances
        From :func:`daily_chances`.
    arrivals : float, (day, stage)
        Mean leads born into each stage on each day; a lead's clocks run from the day of its birth.
    start : float, (stage,), optional
        Leads there before the first day; with a fixed number of them the counts are no longer Poisson, the means still
        hold.

    Returns
    -------
    FlowMeans
        By recursion, exact.
    """
    born = np.asarray(arrivals, dtype=np.float64)
    there = np.zeros(born.shape[1]) if start is None else np.asarray(start, dtype=np.float64)
    moves, open_leads = chances.moves, np.empty_like(born)
    wins, losses = np.empty(len(born)), np.empty(len(born))
    for day, more in enumerate(born):
        at_work = there + more
        wins[day] = at_work @ chances.wins
        losses[day] = at_work @ chances.lost
        there = at_work @ moves
        open_leads[day] = there
    return FlowMeans(open_leads, wins, losses)


def poisson_law(mean: float, most: int) -> Floats:
    """Return the chances of a Poisson count.

    Parameters
    ----------
    mean : float
        At least 0.
    most : int
        Last count, at least 0.

    Returns
    -------
    float64, (most + 1,)
        Of 0, 1, ..., ``most``; they lack of 1 what lies beyond.
    """
    count = np.arange(most + 1, dtype=np.float64)
    return np.asarray(np.exp(xlogy(count, mean) - mean - gammaln(count + 1)))
