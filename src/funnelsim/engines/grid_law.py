"""The full law of an amount of money on a grid, and the check that holds simulated percentiles against it.

What it leaves out: how the law was found (:mod:`funnelsim.engines.exact_law`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SLACK_CELLS = 2
STANDARD_ERRORS = 5.0


@dataclass(frozen=True, eq=False)
class GridLaw:
    """Chances of consecutive multiples of one cell width.

    Attributes
    ----------
    cell : float
        Width of a cell in minor units, positive.
    pmf : float64, (cell,)
        Chance of ``first * cell, (first + 1) * cell, ...``; at least 0, sums to 1.
    method : str
        How it was found, in one sentence.
    first : int
        Where the grid begins, in cells above 0; below it there is no chance worth a number.
    """

    cell: float
    pmf: Floats
    method: str
    first: int = 0

    @cached_property
    def _reached(self) -> Floats:
        return np.minimum(np.cumsum(self.pmf), 1.0)

    @property
    def mean(self) -> float:
        """Mean in minor units."""
        return self.cell * (self.first + float(np.arange(self.pmf.size) @ self.pmf))

    @property
    def sd(self) -> float:
        """Standard deviation in minor units."""
        centred = np.arange(self.pmf.size) - (self.mean / self.cell - self.first)
        return self.cell * math.sqrt(float(centred**2 @ self.pmf))

    def cdf(self, x: npt.ArrayLike) -> Floats:
        """Return the chance of at most x.

        Parameters
        ----------
        x : array_like of float
            Minor units.

        Returns
        -------
        float64, shape of x
            In [0, 1].
        """
        # a multiple of the cell, computed as a product, must find its own cell
        place = np.floor(np.asarray(x, dtype=np.float64) / self.cell + 1e-9).astype(np.int64) - self.first
        found = self._reached[np.clip(place, 0, self.pmf.size - 1)]
        return np.where(place < 0, 0.0, np.where(place >= self.pmf.size - 1, 1.0, found))

    def quantile(self, p: float) -> float:
        """Return the smallest point of the grid with at least the chance p at or below it.

        Parameters
        ----------
        p : float
            In (0, 1).

        Returns
        -------
        float
            Minor units; within one cell of the law's own percentile.
        """
        return self.cell * (self.first + min(int(np.searchsorted(self._reached, p)), self.pmf.size - 1))


def quantile_check(law: GridLaw, sorted_totals: npt.NDArray[np.int64] | Floats, p: float) -> bool:
    """Tell whether a simulated percentile agrees with the exact law.

    Parameters
    ----------
    law : GridLaw
        The exact law.
    sorted_totals : int64 or float64, (replication,)
        Simulated totals in increasing order, minor units.
    p : float
        In (0, 1).

    Returns
    -------
    bool
        With q the simulated percentile and s its binomial standard error: whether ``F(q - 2 cells) <= p + 5 s`` and
        ``F(q + 2 cells) >= p - 5 s``.
    """
    count = len(sorted_totals)
    q = float(sorted_totals[math.ceil(count * p) - 1])
    room = STANDARD_ERRORS * math.sqrt(p * (1 - p) / count)
    below, above = law.cdf([q - SLACK_CELLS * law.cell, q + SLACK_CELLS * law.cell])
    return bool(below <= p + room and above >= p - room)
