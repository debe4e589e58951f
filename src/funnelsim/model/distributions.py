"""The laws a planner can give to an uncertain number, each exact: constant, lognormal, PERT, empirical, atom at one.

Each implements ``quantile_law.Distribution``; how people write them is read in ``distribution_words``.

What it leaves out: fitting a law to records, which is calibration's business.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import special

from funnelsim.errors import Problem, ScenarioError, raise_if_any
from funnelsim.model.quantile_law import Distribution, Floats

Z90 = 1.2815515655446004
"""Standard normal quantile of .9."""


@dataclass(frozen=True)
class Constant(Distribution):
    """One number, always.

    Attributes
    ----------
    value : float
        At least 0.
    """

    value: float

    def __post_init__(self) -> None:
        raise_if_any(_at_least_zero("value", self.value), ScenarioError)

    def _moments(self) -> tuple[float, float]:
        return float(self.value), 0.0

    def _cdf(self, x: Floats) -> Floats:
        return np.where(x >= self.value, 1.0, 0.0)

    def _quantile(self, u: Floats) -> Floats:
        return np.full(u.shape, float(self.value))

    def _lower_mean(self, u: Floats) -> Floats:
        return self.value * u

    def _upper_mean(self, v: Floats) -> Floats:
        return self.value * v


@dataclass(frozen=True)
class Lognormal(Distribution):
    """A positive number whose logarithm is normal.

    Attributes
    ----------
    log_mean : float
        Logarithm of the median.
    log_sd : float
        Standard deviation of the logarithm, positive.
    """

    log_mean: float
    log_sd: float

    def __post_init__(self) -> None:
        problems = []
        if not math.isfinite(self.log_mean):
            problems.append(Problem("distribution", "log mean", "a finite number", self.log_mean))
        if not 0 < self.log_sd < math.inf:
            problems.append(
                Problem("distribution", "log sd", "a positive number", self.log_sd, "write a number for no spread")
            )
        elif 2 * (self.log_mean + self.log_sd**2) > 700:  # the second moment would overflow
            problems.append(
                Problem("distribution", "spread", "one with a finite variance", (self.log_mean, self.log_sd))
            )
        raise_if_any(problems, ScenarioError)

    @classmethod
    def from_p10_p90(cls, p10: float, p90: float) -> Lognormal:
        """Return the law with these percentiles.

        Parameters
        ----------
        p10, p90 : float
            ``0 < p10 < p90``.

        Returns
        -------
        Lognormal
            Its quantiles at .1 and .9 are p10 and p90.
        """
        low, high = math.log(p10), math.log(p90)
        return cls((low + high) / 2, (high - low) / (2 * Z90))

    @classmethod
    def from_median_p90(cls, median: float, p90: float) -> Lognormal:
        """Return the law with this median and 90th percentile.

        Parameters
        ----------
        median, p90 : float
            ``0 < median < p90``.

        Returns
        -------
        Lognormal
            Its quantiles at .5 and .9 are median and p90.
        """
        return cls(math.log(median), (math.log(p90) - math.log(median)) / Z90)

    @classmethod
    def from_mean_sd(cls, mean: float, sd: float) -> Lognormal:
        """Return the law with this mean and standard deviation.

        Parameters
        ----------
        mean, sd : float
            Both positive.

        Returns
        -------
        Lognormal
            Its exact mean and standard deviation are these.
        """
        log_variance = math.log1p((sd / mean) ** 2)
        return cls(math.log(mean) - log_variance / 2, math.sqrt(log_variance))

    def _moments(self) -> tuple[float, float]:
        mean = math.exp(self.log_mean + self.log_sd**2 / 2)
        return mean, mean**2 * math.expm1(self.log_sd**2)

    def _cdf(self, x: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return np.asarray(special.ndtr((np.log(np.maximum(x, 0)) - self.log_mean) / self.log_sd))

    def _quantile(self, u: Floats) -> Floats:
        return np.asarray(np.exp(self.log_mean + self.log_sd * special.ndtri(u)))

    def _lower_mean(self, u: Floats) -> Floats:
        return self.mean() * np.asarray(special.ndtr(special.ndtri(u) - self.log_sd))

    def _upper_mean(self, v: Floats) -> Floats:
        return self.mean() * np.asarray(special.ndtr(special.ndtri(v) + self.log_sd))


@dataclass(frozen=True)
class Pert(Distribution):
    """A number between two ends with a likeliest value: a beta law stretched over [low, high].

    Attributes
    ----------
    low, mode, high : float
        ``0 <= low <= mode <= high`` and ``low < high``.
    peak : float
        Weight of the mode, positive; 4 is the usual PERT.
    """

    low: float
    mode: float
    high: float
    peak: float = 4.0

    def __post_init__(self) -> None:
        problems = _at_least_zero("low", self.low)
        if not (math.isfinite(self.high) and self.low < self.high):
            problems.append(Problem("distribution", "high", f"a number above low ({self.low!r})", self.high))
        elif not self.low <= self.mode <= self.high:
            problems.append(
                Problem("distribution", "mode", f"between low ({self.low!r}) and high ({self.high!r})", self.mode)
            )
        if not 0 < self.peak < math.inf:
            problems.append(Problem("distribution", "peak", "a positive number", self.peak))
        raise_if_any(problems, ScenarioError)

    @property
    def _shape(self) -> tuple[float, float, float]:
        """Both parameters of the beta law and the range."""
        span = self.high - self.low
        return 1 + self.peak * (self.mode - self.low) / span, 1 + self.peak * (self.high - self.mode) / span, span

    def _moments(self) -> tuple[float, float]:
        a, b, span = self._shape
        return self.low + span * a / (a + b), span**2 * a * b / ((a + b) ** 2 * (a + b + 1))

    def _cdf(self, x: Floats) -> Floats:
        a, b, span = self._shape
        return np.asarray(special.betainc(a, b, np.clip((x - self.low) / span, 0, 1)))

    def _quantile(self, u: Floats) -> Floats:
        a, b, span = self._shape
        from_low = self.low + span * special.betaincinv(a, b, np.minimum(u, 0.5))
        return np.asarray(
            np.where(u < 0.5, from_low, self.high - span * special.betaincinv(b, a, np.minimum(1 - u, 0.5)))
        )

    def _lower_mean(self, u: Floats) -> Floats:
        a, b, span = self._shape
        return np.asarray(self.low * u + span * a / (a + b) * special.betainc(a + 1, b, special.betaincinv(a, b, u)))

    def _upper_mean(self, v: Floats) -> Floats:
        a, b, span = self._shape
        return np.asarray(self.low * v + span * a / (a + b) * special.betainc(b, a + 1, special.betaincinv(b, a, v)))


@dataclass(frozen=True)
class Empirical(Distribution):
    """One of several values, each with its weight.

    Attributes
    ----------
    values : tuple of float
        At least one, each at least 0, in any order.
    weights : tuple of float
        One per value, at least 0, not all 0; need not sum to 1.  Empty for equal weights.
    """

    values: tuple[float, ...]
    weights: tuple[float, ...] = field(default=())

    def __post_init__(self) -> None:
        problems = [problem for value in self.values for problem in _at_least_zero("each of values", value)][:1]
        if not self.values:
            problems.append(Problem("distribution", "values", "a list of at least one number", self.values))
        if self.weights and len(self.weights) != len(self.values):
            problems.append(
                Problem("distribution", "weights", f"one per value ({len(self.values)})", len(self.weights))
            )
        if self.weights and not (all(0 <= weight < math.inf for weight in self.weights) and sum(self.weights) > 0):
            problems.append(Problem("distribution", "weights", "numbers, at least 0, not all 0", self.weights))
        raise_if_any(problems, ScenarioError)

    @cached_property
    def _atoms(self) -> tuple[Floats, Floats]:
        """Distinct values in increasing order, and their chances."""
        weights = np.array(self.weights or [1.0] * len(self.values))
        values, which = np.unique(np.array(self.values, dtype=np.float64)[weights > 0], return_inverse=True)
        return values, np.bincount(which, weights[weights > 0]) / math.fsum(weights)

    @cached_property
    def _from_low(self) -> tuple[Floats, Floats]:
        """Chance and mean collected from the lowest value up, starting at 0."""
        values, chances = self._atoms
        return _collected(chances), _collected(chances * values)

    @cached_property
    def _from_high(self) -> tuple[Floats, Floats]:
        """Chance and mean collected from the highest value down, starting at 0."""
        values, chances = self._atoms
        return _collected(chances[::-1]), _collected((chances * values)[::-1])

    def _moments(self) -> tuple[float, float]:
        values, chances = self._atoms
        mean = math.fsum(chances * values)
        return mean, math.fsum(chances * (values - mean) ** 2)

    def _cdf(self, x: Floats) -> Floats:
        return np.minimum(self._from_low[0][np.searchsorted(self._atoms[0], x, side="right")], 1.0)

    def _quantile(self, u: Floats) -> Floats:
        values = self._atoms[0]
        return values[np.minimum(np.searchsorted(self._from_low[0][1:], u), values.size - 1)]

    def _lower_mean(self, u: Floats) -> Floats:
        return np.interp(u, *self._from_low)

    def _upper_mean(self, v: Floats) -> Floats:
        return np.interp(v, *self._from_high)


@dataclass(frozen=True)
class AtomAtOne(Distribution):
    """A ratio that is exactly 1 with some chance, and lognormal otherwise: amounts that mostly do not change.

    Attributes
    ----------
    chance : float
        Chance of exactly 1, in [0, 1).
    ratio : Lognormal
        The law otherwise.
    """

    chance: float
    ratio: Lognormal

    def __post_init__(self) -> None:
        if not 0 <= self.chance < 1:
            rule, hint = "a number in [0, 1)", "write 1 for a ratio that never changes"
            raise ScenarioError(Problem("distribution", "chance of exactly 1", rule, self.chance, hint))

    def _moments(self) -> tuple[float, float]:
        mean, variance = self.ratio.mean(), self.ratio.variance()
        share = 1 - self.chance
        return self.chance + share * mean, share * variance + self.chance * share * (mean - 1) ** 2

    def _cdf(self, x: Floats) -> Floats:
        return (1 - self.chance) * self.ratio.cdf(x) + np.where(x >= 1, self.chance, 0.0)

    def _quantile(self, u: Floats) -> Floats:
        start = self._below_one
        atom = (u >= start) & (u <= start + self.chance)
        return np.where(atom, 1.0, self.ratio.quantile(np.clip(self._outside(u, start), 0, 1)))

    def _lower_mean(self, u: Floats) -> Floats:
        start = self._below_one
        outside = (1 - self.chance) * self.ratio._lower_mean(self._outside(u, start))
        return outside + np.clip(u - start, 0, self.chance)

    def _upper_mean(self, v: Floats) -> Floats:
        start = (1 - self.chance) * float(special.ndtr(self.ratio.log_mean / self.ratio.log_sd))
        outside = (1 - self.chance) * self.ratio._upper_mean(self._outside(v, start))
        return outside + np.clip(v - start, 0, self.chance)

    @property
    def _below_one(self) -> float:
        return (1 - self.chance) * float(self.ratio.cdf(1.0))

    def _outside(self, u: Floats, start: float) -> Floats:
        """Return the ratio's own u, given where the atom starts when counted from the same end."""
        inner = np.where(u <= start, u, np.maximum(u - self.chance, start)) / (1 - self.chance)
        return np.minimum(inner, 1.0)


def _at_least_zero(name: str, value: float) -> list[Problem]:
    return [] if 0 <= value < math.inf else [Problem("distribution", name, "a number, at least 0", value)]


def _collected(parts: Floats) -> Floats:
    """Return 0 and the running sums, added in the widest float there is."""
    return np.concatenate([[0.0], np.cumsum(parts, dtype=np.longdouble).astype(np.float64)])
