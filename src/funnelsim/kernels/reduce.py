"""From one total per replication to moments, exactly where integers allow it.

int64 sums wrap in silence, so a sum is kept in two halves and put together outside; squares are summed around the
mean, with compensation, in the order of the replications, so the result cannot depend on threads.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.jit import kernel

LOW_BITS = np.int64(0xFFFFFFFF)


@kernel
def sum_in_halves(values: npt.NDArray[np.int64], out: npt.NDArray[np.int64]) -> None:
    """Write the sums of the high and the low 32 bits: ``sum(values) = out[0] * 2**32 + out[1]``, exactly.

    values : int64   ``(replication,)``, fewer than 2**31 of them
    out : int64      ``(2,)``

    Twin    tests/reference/reduce.py
    """
    high = np.int64(0)
    low = np.int64(0)
    for i in range(values.size):
        high += values[i] >> np.int64(32)
        low += values[i] & LOW_BITS
    out[0] = high
    out[1] = low


@kernel
def sum_of_squares_around(values: npt.NDArray[np.int64], centre: np.int64, out: npt.NDArray[np.float64]) -> None:
    """Write the sum of ``(values - centre)**2`` and of ``values - centre``, with compensation.

    values : int64   ``(replication,)``
    centre : int64   an integer near the mean
    out : float64    ``(2,)``: squares, differences

    Twin    tests/reference/reduce.py
    """
    squares = 0.0
    lost = 0.0
    differences = 0.0
    for i in range(values.size):
        difference = np.float64(values[i] - centre)
        differences += difference
        term = difference * difference - lost
        total = squares + term
        lost = (total - squares) - term
        squares = total
    out[0] = squares
    out[1] = differences


@kernel
def count_at_least(values: npt.NDArray[np.int64], target: np.int64) -> tuple[int, float]:
    """Return how many values reach the target, and the sum of what the others lack, as a float.

    values : int64   ``(replication,)``
    target : int64

    Twin    tests/reference/reduce.py
    """
    reached = 0
    lacking = 0.0
    for i in range(values.size):
        if values[i] >= target:
            reached += 1
        else:
            lacking += np.float64(target - values[i])
    return reached, lacking
