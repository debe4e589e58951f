"""The lowered book: leads and assumptions as the arrays that kernels walk and that exact answers are computed from.

One object feeds both the simulation and the closed form, so that "exact" means the law of exactly these tables.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.walk_arrays import DaySpans, LawTables, LeadArrays, day_spans, rows_at


@dataclass(frozen=True, eq=False)
class LoweredBook:
    """Everything one walk needs, for M parameter sets (replication r uses set ``r % M``).

    Attributes
    ----------
    rows : LeadArrays
        One entry per forecast row, in the order of ``Leads``.
    tables : LawTables
        Chances, day thresholds and amount tables that the rows point into.
    shock_sd, group_sd : float
        Standard deviations on log-odds of the shared and the group shock; both 0 means independent leads.
    group_keys : uint64, (group,)
        Address of each group's shock; empty without a group shock.
    bins : int
        Number of bins inside the horizon; bin ``bins`` is past it.
    """

    rows: LeadArrays
    tables: LawTables
    shock_sd: float
    group_sd: float
    group_keys: npt.NDArray[np.uint64]
    bins: int

    @property
    def sets(self) -> int:
        """Number of parameter sets M, at least 1."""
        return int(self.tables.probability.shape[0])

    @cached_property
    def day_spans(self) -> DaySpans:
        """What the parameter sets agree on about days, worked out once for this book and every selection from it."""
        return day_spans(self.tables)

    @property
    def shocked(self) -> bool:
        """Whether any shock moves the odds."""
        return self.shock_sd > 0 or self.group_sd > 0

    def select(self, keep: npt.NDArray[np.bool_]) -> LoweredBook:
        """Return the book of some of the rows; their luck and their tables are unchanged.

        Parameters
        ----------
        keep : bool, (row,)
            Which rows stay.

        Returns
        -------
        LoweredBook
            Sharing the tables.
        """
        chosen = replace(self, rows=rows_at(self.rows, keep))
        chosen.__dict__["day_spans"] = self.day_spans  # the tables are the same, so what they agree on is too
        return chosen
