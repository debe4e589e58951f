"""Exponential smoothing of past bookings, chosen automatically: a rival that knows nothing of leads.

The question: how good would a good forecaster of time series have been?  The library that fits it is an extra: without
it the rival is left out, and a note says so.

What it leaves out: everything that is known of open leads.
"""

from __future__ import annotations

import importlib.util
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.past_periods import PHASES
from funnelsim.model.calendar import PeriodUnit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LEAST_PERIODS: Final = 10
"""Past periods below which the choice between models is not made."""

SEASONS_SEEN: Final = 2
"""Whole seasons that a seasonal model needs."""

PATHS: Final = 4_000
"""Futures drawn from the fitted model."""


def can_smooth() -> bool:
    """Tell whether the library is installed.

    Returns
    -------
    bool
        False without the extra ``rivals``.
    """
    return importlib.util.find_spec("statsforecast") is not None


def smoothed_futures(booked: Ints, ahead: int, unit: PeriodUnit, seed: int) -> Ints | None:
    """Return futures of bookings from the model that the corrected Akaike criterion chooses.

    Parameters
    ----------
    booked : int64, (period,)
        What was booked in the whole periods behind, minor units.
    ahead : int
        Periods to come.
    unit : {'month', 'week', 'quarter'}
        Tells the length of a season.
    seed : int
        Luck.

    Returns
    -------
    int64, (4000, ahead), or None
        Paths with normal errors, minor units; None where there are too few periods behind or the fit fails.
    """
    if len(booked) < LEAST_PERIODS or not booked.any():
        return None
    from statsforecast.models import AutoETS  # an extra, which takes seconds to import

    season = PHASES[unit] if PHASES[unit] and len(booked) >= SEASONS_SEEN * PHASES[unit] else 1
    scale = float(booked.mean())
    try:
        model = AutoETS(season_length=season).fit(booked / scale)
        paths = model.simulate(ahead, PATHS, seed=seed % 2**32)
    except (NotImplementedError, ValueError, KeyError, FloatingPointError):
        return None
    if not np.isfinite(paths).all():
        return None
    return np.rint(np.asarray(paths, dtype=np.float64) * scale).astype(np.int64)
