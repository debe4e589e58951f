"""How often bands held what happened, and what so few counts prove.

The question: 11 of 14 held; would honest bands do that?  Counts of an honest band are binomial, and the shares of
honest futures below the actual are even; both say where the counts of a handful of forecasts may lie by luck alone.

What it leaves out: forecasts that share periods, whose counts are not binomial; whoever shows them says so.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr

CONFIDENCE = 0.95


def binomial_range(count: int, chance: float, confidence: float = CONFIDENCE) -> tuple[int, int]:
    """Return where the number of successes of independent trials lies, centrally.

    Parameters
    ----------
    count : int
        Trials, at least 0.
    chance : float
        Of a success, in [0, 1].
    confidence : float
        Least share of counts inside, in (0, 1).

    Returns
    -------
    tuple of two int
        The smallest numbers whose distribution function is at least half of what is left over, and all but that half.
    """
    tail = (1 - confidence) / 2
    law = bdtr(np.arange(count + 1, dtype=np.float64), count, chance)
    law[-1] = 1.0
    return int(np.argmax(law >= tail)), int(np.argmax(law >= 1 - tail))


def counts_by_share(shares: npt.NDArray[np.float64], bins: int) -> npt.NDArray[np.int64]:
    """Count shares of futures below the actual (PIT) in equal bins.

    Parameters
    ----------
    shares : float64, (origin,)
        In [0, 1]; ``nan`` where there is none.
    bins : int
        At least 1.

    Returns
    -------
    int64, (bin,)
        A share at the border of two bins counts in the upper one, 1 in the last.
    """
    known = shares[np.isfinite(shares)]
    places = np.minimum((known * bins).astype(np.int64), bins - 1)
    return np.bincount(places, minlength=bins).astype(np.int64)
