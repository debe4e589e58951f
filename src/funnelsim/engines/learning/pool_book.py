"""Open leads with learned chances as the arrays that kernels walk.

From here on a learned forecast is a forecast like any other: the same walk, the same closed form, the same checks.

What it leaves out: leads not yet born.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.day_laws import day_edges
from funnelsim.engines.learning.pool_chances import PoolChances
from funnelsim.kernels.cell_layout import CELLS
from funnelsim.kernels.walk_arrays import LawTables, LeadArrays

Ints = npt.NDArray[np.int64]


def pool_book(
    chances: PoolChances, key: npt.NDArray[np.uint64], pr: Ints, ratio: npt.NDArray[np.float64] | None
) -> LoweredBook:
    """Lower open leads.

    Parameters
    ----------
    chances : PoolChances
        One law a lead.
    key : uint64, (lead,)
        Addresses of the leads' luck.
    pr : int64, (lead,)
        Potential revenue, minor units.
    ratio : float64, (CELLS,), or None
        Table of what won leads bring in units of their potential revenue; None where they bring just that.

    Returns
    -------
    LoweredBook
        One row a lead, one parameter set a draw; shocks are inside the sets, so the book has none of its own.
    """
    sets, laws, bins = chances.reached.shape
    share = np.divide(
        chances.reached, chances.ever[:, :, None], out=np.ones_like(chances.reached), where=chances.ever[:, :, None] > 0
    )
    by_law = np.minimum(share, 1.0).transpose(1, 0, 2).reshape(laws * sets, bins)
    edges = day_edges(np.ascontiguousarray(by_law))
    with np.errstate(divide="ignore"):
        odds = chances.ever / (1.0 - chances.ever)
    drawn = ratio is not None
    rows = LeadArrays(
        key=key.copy(),
        chance_cell=chances.law.copy(),
        day_cell=chances.law.copy(),
        amount=pr.copy(),
        amount_table=np.full(len(key), 0 if drawn else -1, dtype=np.int64),
        amount_scale=pr.astype(np.float64) if drawn else np.zeros(len(key)),
        group=np.zeros(len(key), dtype=np.int64),
    )
    tables = LawTables(
        probability=chances.ever.copy(),
        odds=odds,
        day_edges=edges.edges.reshape(laws, sets, bins),
        day_first=edges.first.reshape(laws, sets),
        day_last=edges.last.reshape(laws, sets),
        shapes=np.empty((0, CELLS)) if ratio is None else ratio[None, :].copy(),
    )
    return LoweredBook(rows, tables, 0.0, 0.0, np.empty(0, dtype=np.uint64), bins)
