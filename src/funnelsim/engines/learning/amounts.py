"""What won leads brought, in units of the potential revenue that was known while they were open.

What it leaves out: whether the ratio depends on the lead.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.model.calibration import AmountLaw
from funnelsim.model.history import WON, History

Floats = npt.NDArray[np.float64]

PRIOR_SD: Final = 0.25
"""Sd of the log ratio that one prior observation holds: the default shock."""


def amount_law(history: History) -> AmountLaw:
    """Return the law of amount over potential revenue.

    Parameters
    ----------
    history : History
        The records.

    Returns
    -------
    AmountLaw
        From won leads with both known and positive; others say nothing.  The sd holds one prior observation.
    """
    told = (history.outcome == WON) & (history.amount_won > 0) & (history.pr > 0)
    logs = np.log(history.amount_won[told] / history.pr[told])
    same = history.amount_won[told] == history.pr[told]
    other = logs[~same]
    mean = float(other.sum() / (len(other) + 1))
    square = float(np.square(other - mean).sum() + mean**2 + PRIOR_SD**2)
    return AmountLaw(int(same.sum()), len(other), mean, float(np.sqrt(square / (len(other) + 1))))
