"""What ``--exact`` adds to a forecast: mean, sd and percentiles of every band without simulation.

What it leaves out: bands by group, which would take a law per group.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.closed_form import window_moments
from funnelsim.engines.exact_law import exact_laws
from funnelsim.engines.grid_law import GridLaw
from funnelsim.engines.row_laws import cumulative_windows, period_windows
from funnelsim.model.proofs import ExactAnswer, ExactBand
from funnelsim.model.results import PERCENTS


def exact_answer(
    book: LoweredBook, period_of_bin: npt.NDArray[np.int64], *, table_distance: float = 0.0
) -> ExactAnswer:
    """Answer a forecast in closed form.

    Parameters
    ----------
    book : LoweredBook
        The lowered leads.
    period_of_bin : int64, (bin,)
        Period of each bin inside the horizon, 0 and up, never falling.
    table_distance : float, default 0
        Largest relative distance of an amount table's sd from its continuous law; passed on.

    Returns
    -------
    ExactAnswer
        Mean and sd are exact to rounding; percentiles lie on the grid whose cell each band names, None where the law is
        too costly, which ``method`` says.
    """
    windows = np.concatenate([period_windows(period_of_bin), cumulative_windows(period_of_bin)])
    moments = window_moments(book, windows)
    laws, method = exact_laws(book, windows)
    bands = tuple(
        exact_band(float(mean), float(sd), law) for mean, sd, law in zip(moments.mean, moments.sd, laws, strict=True)
    )
    count = len(windows) // 2
    return ExactAnswer(bands[:count], bands[count:], bands[-1], method, table_distance)


def exact_band(mean: float, sd: float, law: GridLaw | None) -> ExactBand:
    """Return the band of one window.

    Parameters
    ----------
    mean, sd : float
        From the closed form, minor units.
    law : GridLaw or None
        The full law where it is known.

    Returns
    -------
    ExactBand
        Without percentiles, and with cell 0, where it is not.
    """
    if law is None:
        return ExactBand(mean, sd, None, 0.0)
    return ExactBand(mean, sd, {percent: law.quantile(percent / 100) for percent in PERCENTS}, law.cell)
