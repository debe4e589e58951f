"""Replications walked one by one with their events written down, of one lead or of all.

What it leaves out: what the events mean (:mod:`funnelsim.engines.funnel_story`, ``engines/choices/ledger.py``).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.engines.execution import Execution
from funnelsim.engines.funnel_blocks import likely_leads, refuse_broken, state_for, walk_with_room, zero_outcome
from funnelsim.kernels.funnel_arrays import ALL_LEADS, LOG_COLUMNS, ONE_LEAD, FunnelLog, FunnelLuck, Tables

ROWS = 4096
"""Events for which there is room at first."""


class Walker:
    """Walks one replication after the other of a scenario under one strategy; room that was made is kept.

    Parameters
    ----------
    tables : Tables
        The scenario, lowered.
    strategy : str
        Its name, for messages.

    Attributes
    ----------
    state : State
        As the last replication left it; the next one overwrites it.
    """

    def __init__(self, tables: Tables, strategy: str) -> None:
        self.tables, self.strategy = tables, strategy
        self.state = state_for(tables, likely_leads(tables))
        self.rows = ROWS

    def events(self, luck: FunnelLuck, lead: int | None = None) -> npt.NDArray[np.int64]:
        """Walk one replication.

        Parameters
        ----------
        luck : FunnelLuck
            Of one replication.
        lead : int, optional
            Key of the one lead whose events are asked for; all leads when left out.

        Returns
        -------
        int64, (event, LOG_COLUMNS)
            Day, number of the lead by birth, event and its three numbers, in the order in which they happen.

        Raises
        ------
        ResourceError
            If the leads of the replication would not fit in memory.
        CheckFailed
            If an identity broke: a bug of ours.
        """
        mode, key = (ALL_LEADS, 0) if lead is None else (ONE_LEAD, lead)
        while True:
            rows = np.zeros((self.rows, LOG_COLUMNS), dtype=np.int64)
            log = FunnelLog(mode, np.uint64(key), rows, np.zeros(1, dtype=np.int64))
            out = zero_outcome(self.tables, 1)
            self.state = walk_with_room(self.tables, luck, out, self.state, log, Execution(threads=1))
            refuse_broken(out.breach, int(luck.first), self.strategy)
            count = int(log.count[0])
            if count <= self.rows:
                return rows[:count]
            self.rows = count
