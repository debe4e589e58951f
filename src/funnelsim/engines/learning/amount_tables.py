"""What won leads bring, as tables that kernels draw from.

The potential revenue of new wins follows the leads that were won before; what a win brings in units of its potential
revenue follows the learned law with its uncertainty folded in.

What it leaves out: amounts above the largest that was ever won.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.engines.quantile_tables import CELL_EDGES, CELL_WEIGHTS
from funnelsim.model.calibration import AmountLaw
from funnelsim.model.distributions import Lognormal

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def amount_table(law: AmountLaw) -> Floats | None:
    """Return the table of what won leads bring in units of their potential revenue.

    Parameters
    ----------
    law : AmountLaw
        What was learned.

    Returns
    -------
    float64, (CELLS,), or None
        Conditional means of a mixture: 1 with the share of Jeffreys' estimate, else a lognormal whose variance holds
        the uncertainty of its mean.  None where every known win brought its potential revenue, or none is known.
    """
    if law.other == 0:
        return None
    same = (law.exact + 0.5) / (law.exact + law.other + 1.0)
    spread = Lognormal(law.log_mean, law.log_sd * float(np.sqrt(1.0 + 1.0 / (law.other + 1.0))))
    below = (1.0 - same) * float(spread.cdf(1.0))
    under = np.minimum(CELL_EDGES, below) / (1.0 - same)
    over = np.maximum(CELL_EDGES - below - same, 0.0) / (1.0 - same)
    rising = np.minimum(under + over, 1.0)
    reached = (1.0 - same) * spread.partial_mean(rising) + np.clip(CELL_EDGES - below, 0.0, same)
    lowest, highest = (_quantile(spread, same, below, CELL_EDGES[side]) for side in (slice(None, -1), slice(1, None)))
    return np.asarray(np.clip(np.diff(reached) / CELL_WEIGHTS, lowest, highest))


def _quantile(spread: Lognormal, same: float, below: float, u: Floats) -> Floats:
    """Return the quantiles of the mixture; between the two parts of the lognormal law lies the 1."""
    under = spread.quantile(np.minimum(u, below) / (1.0 - same))
    over = spread.quantile(np.clip((u - same) / (1.0 - same), 0.0, 1.0))
    return np.where(u <= below, under, np.where(u < below + same, 1.0, over))


def empirical_table(values: Ints) -> Floats:
    """Return the table of amounts that were seen.

    Parameters
    ----------
    values : int64, (value,)
        Rising, at least one.

    Returns
    -------
    float64, (CELLS,), or (1,) where all are equal
        Conditional means; the mean is that of the values to rounding.
    """
    if values[0] == values[-1]:
        return values[:1].astype(np.float64)
    count = len(values)
    at = np.arange(count + 1) / count
    lower = np.concatenate([[0.0], np.cumsum(values / count)])
    upper = np.concatenate([[0.0], np.cumsum(values[::-1] / count)])
    below = np.diff(np.interp(np.minimum(CELL_EDGES, 0.5), at, lower))
    above = -np.diff(np.interp(1.0 - np.maximum(CELL_EDGES, 0.5), at, upper))
    first, last = (
        np.minimum((CELL_EDGES * count).astype(np.int64), count - 1)[side] for side in (slice(-1), slice(1, None))
    )
    return np.asarray(np.clip((below + above) / CELL_WEIGHTS, values[first], values[last]))
