"""How certain a selection is beyond its promise: intervals of differences, chances of being best, what an error costs.

The question: by how much is each system behind, how likely is each one the best after all, what does one lose if the
chosen one is not, and what did shared luck save?

What it leaves out: choosing (:mod:`funnelsim.engines.selection`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.selection import continuation, pair_variances
from funnelsim.model.intervals import Interval
from funnelsim.model.selection import Selection, SelectionRules

Floats = npt.NDArray[np.float64]

RESAMPLES: Final = 2_000
METHOD: Final = "always-valid t"
_PURPOSE: Final = 0x73656C656374
"""Second key word of the resampling's generator; the first is the seed."""
_CHUNK: Final = 2**20


@dataclass(frozen=True)
class Chances:
    """What the draws say about the choice, by weighted resampling of replications.

    Attributes
    ----------
    best : tuple of float
        For each system the share of resamples in which its mean is the largest; systems with the same mean share it.
    opportunity_cost : float
        Mean over resamples of the largest mean minus the chosen one's: what choosing it loses on average, at least 0,
        in the unit of the draws.
    """

    best: tuple[float, ...]
    opportunity_cost: float


def behind(selection: Selection) -> tuple[Interval | None, ...]:
    """Return how far the mean of each system lies above the chosen one's; below 0 where it is behind.

    The selection looks at its draws again and again and stops because of them, so an interval for a number of
    replications fixed beforehand would hold the truth too rarely.  This one holds at all numbers of replications at
    once.  For normal differences with unknown spread it collects the means that the Bayes factor of a t-test with a
    normal prior on the standardised difference does not refute by ``1 / alpha'``::

        A = 1 + n tau    Q = (A / alpha'**2)**(1 / n)    half width = S sqrt((n - 1) (Q - 1) / (1 - Q / A) / n)

    (Goenen et al., "The Bayesian two-sample t test", 2005; as an interval that holds always: Wang and Ramdas,
    "Anytime-valid t-tests and confidence sequences for Gaussian means with unknown variance", 2023).  ``alpha'`` is
    ``alpha`` shared among all pairs of systems, since which pairs are shown depends on the draws; ``tau`` makes the
    interval shortest at twice the first stage.

    Parameters
    ----------
    selection : Selection
        Of systems that share their luck, or not.

    Returns
    -------
    tuple of Interval or None
        Mean of the paired differences over the replications that both have.  All intervals hold together at least as
        often as the confidence says.  None for the chosen one, and for systems with the same numbers.
    """
    rules, count = selection.rules, len(selection.values)
    alpha = (1 - rules.confidence) / (count * (count - 1) / 2)
    prior = _prior(rules, alpha)
    found: list[Interval | None] = []
    for values in selection.values:
        ahead = _paired(values, selection.values[selection.chosen])
        if not ahead.any():
            found.append(None)
            continue
        middle = float(ahead.mean())
        half = math.sqrt(float(ahead.var(ddof=1)) * _reach(len(ahead), alpha, prior))
        found.append(Interval(middle, middle - half, middle + half, rules.confidence, METHOD, at_least=True))
    return tuple(found)


def chances(selection: Selection, seed: int) -> Chances:
    """Return how likely each system is the best, and what choosing the chosen one loses on average.

    Replications are weighted anew with independent exponential weights (the Bayesian bootstrap, Rubin 1981), one weight
    a replication for all systems, so that pairs stay pairs; each difference to the chosen system is averaged over the
    replications that both have.

    Parameters
    ----------
    selection : Selection
        Any selection.
    seed : int
        In [0, 2**64); the weights are a pure function of it and of the replication's number.

    Returns
    -------
    Chances
        Estimates from 2,000 resamples.
    """
    longest = selection.longest
    chosen = selection.values[selection.chosen]
    pairs = [_paired(values, chosen) for values in selection.values]
    source = np.random.Generator(np.random.Philox(key=np.array([seed, _PURPOSE], dtype=np.uint64)))
    share, cost, left = np.zeros(len(pairs)), 0.0, RESAMPLES
    while left:
        rows = min(left, max(1, _CHUNK // longest))
        weights = source.standard_exponential((rows, longest))
        means = np.column_stack([_weighted(weights, ahead) for ahead in pairs])
        top = means.max(axis=1)
        first = means == top[:, None]
        share += (first / first.sum(axis=1)[:, None]).sum(axis=0)
        cost += float(top.sum())
        left -= rows
    return Chances(tuple((share / RESAMPLES).tolist()), max(0.0, cost / RESAMPLES))


def separate_runs(selection: Selection) -> int:
    """Estimate how many replications the same procedure would have needed with separate luck for every system.

    With separate luck the variance of a difference is the sum of the two variances.  The estimate takes both variances
    and the differences of means from the draws at hand and lets the running means lie on their expected path, on which
    system ``i`` falls to ``l`` after ``h2 (S2_i + S2_l) / (delta (2 d + delta))`` replications, ``d`` being how far it
    is behind (at most ``h2 (S2_i + S2_l) / delta**2``, for a tie).  Chance moves the real number by tens of percent.

    Parameters
    ----------
    selection : Selection
        Any selection.

    Returns
    -------
    int
        Replications of all systems together.
    """
    rules, values = selection.rules, selection.values
    separate = SelectionRules(rules.delta, rules.confidence, rules.first_stage, form="sum of variances", common=False)
    first = np.array([one[: rules.first_stage] for one in values])
    spread = continuation(len(values), separate) * pair_variances(first, "sum of variances") / rules.delta
    falls = np.full(len(values), np.inf)
    for one in range(len(values)):
        for other in range(len(values)):
            gap = float(_paired(values[other], values[one]).mean())
            if one != other and (gap > 0 or (gap == 0 and other != selection.chosen)):
                falls[one] = min(falls[one], spread[one, other] / (2 * gap + rules.delta))
    falls[selection.chosen] = np.inf
    last = max((float(one) for one in falls if math.isfinite(one)), default=0.0)
    each = np.ceil(np.clip(np.where(np.isfinite(falls), falls, last), rules.first_stage, 2.0**52))
    return int(each.sum())


def _paired(values: Floats, others: Floats) -> Floats:
    both = min(len(values), len(others))
    found: Floats = values[:both] - others[:both]
    return found


def _weighted(weights: Floats, ahead: Floats) -> Floats:
    """Return weighted means of differences, without a matrix product, whose bits depend on the machine."""
    part = weights[:, : len(ahead)]
    found: Floats = (part * ahead).sum(axis=1) / part.sum(axis=1)
    return found


def _prior(rules: SelectionRules, alpha: float) -> float:
    """Return the prior variance of a standardised difference for which intervals are shortest soon after the start."""
    aimed = 2 * rules.first_stage
    return min((2.0**power for power in range(-20, 11)), key=lambda prior: _reach(aimed, alpha, prior))


def _reach(count: int, alpha: float, prior: float) -> float:
    """Return the squared half width over the sample variance; infinite where so few replications refute nothing."""
    grown = 1 + count * prior
    wanted = math.exp((math.log(grown) - 2 * math.log(alpha)) / count)
    return (count - 1) / count * (wanted - 1) / (1 - wanted / grown) if wanted < grown else math.inf
