"""What each of several sources adds to something that they have together: its Shapley value.

The question: how is the width of a band shared out, when it is not the sum of its parts?  Every source gets what it
adds, averaged over all orders in which the sources can be switched on, so the shares sum to the whole.

What it leaves out: how to switch a source off.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

Sources = frozenset[str]


def shapley(sources: Sequence[str], worth: Callable[[Sources], float]) -> dict[str, float]:
    """Return what each source adds, averaged over all orders in which they can be switched on.

    Parameters
    ----------
    sources : sequence of str
        Few: every subset is asked for once.
    worth : callable
        Of the sources that are on.

    Returns
    -------
    dict of str to float
        Sums to the worth of all less that of none.
    """
    count = len(sources)
    subsets = [frozenset(chosen) for size in range(count + 1) for chosen in combinations(sources, size)]
    worths = {some: worth(some) for some in subsets}
    added = dict.fromkeys(sources, 0.0)
    for name in sources:
        for some in subsets:
            if name not in some:
                weight = math.factorial(len(some)) * math.factorial(count - len(some) - 1) / math.factorial(count)
                added[name] += weight * (worths[some | {name}] - worths[some])
    return added


def width_of(totals: npt.NDArray[np.int64] | npt.NDArray[np.float64]) -> float:
    """Return P90 - P10, order statistics both.

    Parameters
    ----------
    totals : int64 or float64, (replication,)
        At least one.

    Returns
    -------
    float
        At least 0.
    """
    ordered = np.sort(totals)
    ends = [-(-len(ordered) * percent // 100) - 1 for percent in (10, 90)]
    return float(ordered[ends[1]] - ordered[ends[0]])
