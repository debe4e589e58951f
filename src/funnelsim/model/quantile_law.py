"""What every law of one uncertain number can do: mean, variance, distribution, quantiles, and means of stretches.

A law is given by its quantile function Q on [0, 1].  The mean of any stretch of Q comes without cancellation, so that a
table of conditional means sums back to the law's own mean to rounding.  That is all an engine needs: kernels draw from
tables, closed forms sum over them.

What it leaves out: drawing random numbers, laws that depend on each other, and negative values, because everything a
planner spreads (money, days, hours, ratios) is at least 0.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Distribution(ABC):
    """A law on [0, inf) that is given by its quantile function Q."""

    @abstractmethod
    def _moments(self) -> tuple[float, float]:
        """Return mean and variance."""

    @abstractmethod
    def _cdf(self, x: Floats) -> Floats:
        """Return P(X <= x)."""

    @abstractmethod
    def _quantile(self, u: Floats) -> Floats:
        """Return Q(u)."""

    @abstractmethod
    def _lower_mean(self, u: Floats) -> Floats:
        """Return the integral of Q from 0 to u, relatively accurate for small u."""

    @abstractmethod
    def _upper_mean(self, v: Floats) -> Floats:
        """Return the integral of Q from 1 - v to 1, relatively accurate for small v."""

    def mean(self) -> float:
        """Return the exact mean.

        Returns
        -------
        float
            In the unit of the values.
        """
        return self._moments()[0]

    def variance(self) -> float:
        """Return the exact variance.

        Returns
        -------
        float
            In the squared unit of the values.
        """
        return self._moments()[1]

    def cdf(self, x: npt.ArrayLike) -> Floats:
        """Return the chance of at most x.

        Parameters
        ----------
        x : array_like of float
            Values.

        Returns
        -------
        float64, shape of x
            In [0, 1].
        """
        return self._cdf(np.asarray(x, dtype=np.float64))

    def quantile(self, u: npt.ArrayLike) -> Floats:
        """Return the smallest value that has at least the chance u at or below it.

        Parameters
        ----------
        u : array_like of float
            In [0, 1]; 0 and 1 give the ends of the support, possibly infinite.

        Returns
        -------
        float64, shape of u
            Never falls as u rises.
        """
        return self._quantile(np.asarray(u, dtype=np.float64))

    def partial_mean(self, u: npt.ArrayLike) -> Floats:
        """Return the integral of the quantile function from 0 to u.

        Parameters
        ----------
        u : array_like of float
            In [0, 1].

        Returns
        -------
        float64, shape of u
            0 at u = 0 and the mean at u = 1.
        """
        below = np.asarray(u, dtype=np.float64)
        lower = self._lower_mean(np.minimum(below, 0.5))
        return np.where(below <= 0.5, lower, self.mean() - self._upper_mean(np.minimum(1 - below, 0.5)))

    def cell_means(self, edges: npt.ArrayLike) -> Floats:
        """Return the mean of the law inside each cell of its quantile function.

        Parameters
        ----------
        edges : array_like of float, (cell + 1,)
            Increasing, in [0, 1].

        Returns
        -------
        float64, (cell,)
            Differences are taken from the nearer end, so ``sum(widths * means)`` over [0, 1] is the mean to rounding.
        """
        cut = np.asarray(edges, dtype=np.float64)
        below = np.diff(self._lower_mean(np.minimum(cut, 0.5)))
        above = -np.diff(self._upper_mean(np.minimum(1 - cut, 0.5)))
        return (below + above) / np.diff(cut)
