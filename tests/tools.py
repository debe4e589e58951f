"""Statistical assertions whose tolerances come from standard errors, never from a hand.

Each takes what the theory says and a sample, and fails when they are more than ``z`` standard errors apart.  With the
default of 5 a right program fails once in 1.7 million assertions, on the day its random numbers change.
``noticeable_bias`` says how large a mistake a test would see; its docstring should quote it.

What they leave out: dependence.  Samples must be independent draws, such as one figure per replication.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Sample = npt.ArrayLike
Cdf = Callable[[npt.NDArray[np.float64]], npt.ArrayLike]

LIMIT = 5.0


def assert_mean(sample: Sample, mean: float, *, sd: float | None = None, z: float = LIMIT) -> float:
    """Fail unless the sample's mean is within z standard errors of ``mean``; return the distance in standard errors.

    ``sd`` is the theoretical standard deviation of one draw.  Without it the sample's own is used, which is fair only
    for large samples without rare large values.
    """
    values = _values(sample)
    spread = float(values.std(ddof=1)) if sd is None else sd
    return _within(float(values.mean()), mean, spread / math.sqrt(values.size), z, "mean")


def assert_proportion(hits: int, trials: int, probability: float, *, z: float = LIMIT) -> float:
    """Fail unless ``hits`` out of ``trials`` is within z standard errors of ``probability``; return the distance."""
    assert 0 <= hits <= trials, f"{hits} hits in {trials} trials"
    error = math.sqrt(probability * (1 - probability) / trials)
    return _within(hits / trials, probability, error, z, "proportion")


def assert_variance(sample: Sample, variance: float, *, fourth_moment: float | None = None, z: float = LIMIT) -> float:
    """Fail unless the sample's variance is within z standard errors of ``variance``; return the distance.

    ``fourth_moment`` is the theoretical fourth central moment of one draw (3 times the squared variance for a normal);
    without it the sample's own is used.
    """
    values = _values(sample)
    n = values.size
    fourth = float(((values - values.mean()) ** 4).mean()) if fourth_moment is None else fourth_moment
    error = math.sqrt(max(fourth - variance**2 * (n - 3) / (n - 1), 0.0) / n)
    return _within(float(values.var(ddof=1)), variance, error, z, "variance")


def assert_same_distribution(sample: Sample, law: Cdf | Sample, *, z: float = LIMIT) -> float:
    """Fail unless the sample's distribution function stays within the Dvoretzky-Kiefer-Wolfowitz band around ``law``.

    ``law`` is a distribution function (of arrays, right-continuous, jumps allowed) or a second sample.  The level is
    that of a two-sided normal test at z.  Returns the largest distance as a share of the one allowed.
    """
    values = np.sort(_values(sample))
    if callable(law):
        distance, allowed = _distance_to_law(values, law), _band(values.size, z)
    else:
        other = np.sort(_values(law))
        distance, allowed = _distance_of_samples(values, other), _band(values.size, z, 2) + _band(other.size, z, 2)
    assert distance <= allowed, f"distribution functions differ by {distance:.3g}; at most {allowed:.3g} is chance"
    return distance / allowed


def noticeable_bias(sd: float, draws: int, mean: float, *, z: float = LIMIT) -> float:
    """Return the smallest relative bias of a mean that a test of that many draws notices."""
    return z * sd / math.sqrt(draws) / abs(mean)


def _values(sample: Sample) -> npt.NDArray[np.float64]:
    values = np.asarray(sample, dtype=np.float64).ravel()
    assert values.size > 1, "a sample has at least two draws"
    assert np.isfinite(values).all(), "a sample is finite"
    return values


def _within(found: float, wanted: float, error: float, z: float, what: str) -> float:
    # exact laws (a probability of 0 or 1, a constant) have no error; only the rounding of a sum is allowed there
    distance = abs(found - wanted)
    if error == 0:
        assert distance <= 1e-12 * max(1.0, abs(wanted)), f"{what} is {found!r}; exactly {wanted!r} was due"
        return 0.0
    assert distance <= z * error, (
        f"{what} is {found:.6g}; {wanted:.6g} was due, {distance / error:.1f} standard errors away"
    )
    return distance / error


def _band(size: int, z: float, shares: int = 1) -> float:
    level = math.erfc(z / math.sqrt(2)) / shares
    return math.sqrt(math.log(2 / level) / (2 * size))


def _distance_to_law(ordered: npt.NDArray[np.float64], law: Cdf) -> float:
    # between two draws the sample's function is flat and the law rises: its extremes are at a draw and just before it
    points, first = np.unique(ordered, return_index=True)
    below = first / ordered.size
    upto = np.append(first[1:], ordered.size) / ordered.size
    at = np.abs(upto - np.asarray(law(points)))
    before = np.abs(below - np.asarray(law(np.nextafter(points, -np.inf))))
    return float(max(at.max(), before.max()))


def _distance_of_samples(one: npt.NDArray[np.float64], two: npt.NDArray[np.float64]) -> float:
    points = np.concatenate([one, two])
    ranks = [np.searchsorted(values, points, side="right") / values.size for values in (one, two)]
    return float(np.abs(ranks[0] - ranks[1]).max())
