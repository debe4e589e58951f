"""Mean and spread of one number per replication, exact where whole numbers allow it.

The question: what is the mean, and how far from it is each replication?  Money in cents has no room to be squared, so
numbers are centred first: the sum is exact, the distances from the mean are small.

What it leaves out: intervals (:mod:`funnelsim.engines.statistics.paired`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from funnelsim.model.intervals import Interval

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Numbers = Ints | Floats
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Centred:
    """One number per replication as its mean and the distances from it.

    Attributes
    ----------
    mean : float
        In the unit of the numbers; of whole numbers the exact sum divided once, of others rounded once.
    distances : float64, (replication,)
        Exactly 0 where all replications agree.
    """

    mean: float
    distances: Floats

    @property
    def variance(self) -> float:
        """Sample variance (n - 1); 0 for a single replication."""
        return float((self.distances * self.distances).sum()) / max(1, len(self.distances) - 1)

    @property
    def sd(self) -> float:
        """Square root of the variance."""
        return math.sqrt(self.variance)


def centred(values: Numbers) -> Centred:
    """Split numbers into their mean and the distances from it.

    Parameters
    ----------
    values : int64 or float64, (replication,)
        At least one; whole numbers within +-2**62.

    Returns
    -------
    Centred
        ``nan`` throughout where one of the numbers is.
    """
    count = len(values)
    if np.issubdtype(values.dtype, np.integer):
        total = exact_sum(values)
        whole, rest = divmod(total, count)
        return Centred(total / count, (values - whole).astype(np.float64) - rest / count)
    if values.min() == values.max():  # the sum of equal numbers, divided again, may be another one
        return Centred(float(values[0]), np.zeros(count))
    mean = math.fsum(values.tolist()) / count
    return Centred(mean, np.asarray(values - mean, dtype=np.float64))


def exact_sum(values: Numbers) -> int:
    """Return the sum of whole numbers as one of Python's, which cannot wrap.

    Parameters
    ----------
    values : int64, (replication,)
        Fewer than 2**31 of them.

    Returns
    -------
    int
        Exact.
    """
    whole = values.astype(np.int64, copy=False)
    return (int((whole >> 32).sum()) << 32) + int((whole & 0xFFFFFFFF).sum())


def differences(base: Numbers, other: Numbers) -> Numbers:
    """Return other minus base, replication by replication.

    Parameters
    ----------
    base, other : int64 or float64, (replication,)
        The same replications of two strategies.

    Returns
    -------
    int64 or float64, (replication,)
        Whole where both are; exactly 0 where they agree.

    Raises
    ------
    ValueError
        If the two are not equally long, or empty.
    """
    if base.shape != other.shape or base.ndim != 1 or not len(base):
        message = f"paired numbers must be equally long lists of at least one; got shapes {base.shape}, {other.shape}"
        raise ValueError(message)
    if np.issubdtype(base.dtype, np.integer) and np.issubdtype(other.dtype, np.integer):
        return other.astype(np.int64, copy=False) - base.astype(np.int64, copy=False)
    return other.astype(np.float64, copy=False) - base.astype(np.float64, copy=False)


def student_quantile(freedom: float, confidence: float) -> float:
    """Return how many standard errors a two-sided interval reaches.

    Parameters
    ----------
    freedom : float
        Degrees of freedom, above 0.
    confidence : float
        In (0, 1).

    Returns
    -------
    float
        Student's quantile at ``(1 + confidence) / 2``.
    """
    return -float(stdtrit(freedom, (1 - confidence) / 2))


def interval_around(estimate: float, spread: Centred, confidence: float, method: str) -> Interval:
    """Return Student's interval of an estimate whose error is the mean of independent terms.

    Parameters
    ----------
    estimate : float
        The middle.
    spread : Centred
        One term per replication.
    confidence : float
        In (0, 1).
    method : str
        Said in the interval.

    Returns
    -------
    Interval
        Without width where all terms agree; from minus to plus infinity for a single replication, unless the estimate
        is 0: then nothing differs.
    """
    count = len(spread.distances)
    if count == 1:
        return unknown(estimate, confidence, method) if estimate else Interval(0.0, 0.0, 0.0, confidence, method)
    half = student_quantile(count - 1, confidence) * spread.sd / math.sqrt(count)
    return Interval(estimate, estimate - half, estimate + half, confidence, method)


def unknown(estimate: float, confidence: float, method: str) -> Interval:
    """Return the interval of what too few replications cannot say: it holds everything.

    Parameters
    ----------
    estimate : float
        May be ``nan``: then the ends are, too.
    confidence : float
        In (0, 1).
    method : str
        Said in the interval.

    Returns
    -------
    Interval
        From minus to plus infinity.
    """
    if math.isnan(estimate):
        return Interval(math.nan, math.nan, math.nan, confidence, method)
    return Interval(estimate, -math.inf, math.inf, confidence, method, at_least=True)
