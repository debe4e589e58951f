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


def draw_ratios(law: AmountLaw, rng: np.random.Generator, draws: int) -> tuple[Floats, Floats, Floats]:
    """Return draws of the law's three numbers.

    Parameters
    ----------
    law : AmountLaw
        What was learned.
    rng : numpy Generator
        Where luck comes from.
    draws : int
        How many.

    Returns
    -------
    exact_share, log_mean, log_sd : float64, (draw,)
        Beta with Jeffreys' prior; normal and scaled inverse chi-square with one prior observation.
    """
    count = law.other + 1
    share = rng.beta(law.exact + 0.5, law.other + 0.5, size=draws)
    log_sd = law.log_sd * np.sqrt(count / rng.chisquare(count, size=draws))
    return share, law.log_mean + log_sd / np.sqrt(count) * rng.standard_normal(draws), log_sd
