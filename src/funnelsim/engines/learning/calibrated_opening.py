"""The open leads of records as the leads that a scenario opens with.

What it leaves out: leads that have been in their stage for longer than any that ever left it.  A simulation starts
their clocks anew, and would make customers of leads that nobody closes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.calibrated_funnel import FunnelStage
from funnelsim.engines.learning.exposure import open_stays
from funnelsim.model.calibration_answer import Calibration
from funnelsim.model.history import NO_MONEY, History
from funnelsim.model.leads import NO_AMOUNT, Leads
from funnelsim.model.opening import STANDARD_TEMPERATURE, OpeningLeads

MOST_OPENING: Final = 100_000
"""Leads beyond which a scenario opens with none: the simulation of its sources tells enough."""


class _Kept(NamedTuple):
    row: npt.NDArray[np.int64]
    stage: npt.NDArray[np.int64]
    age: npt.NDArray[np.int64]


def opening_of(
    calibration: Calibration, history: History, funnel: Sequence[FunnelStage], as_of: date
) -> tuple[OpeningLeads | None, list[str]]:
    """Return the open leads of records.

    Parameters
    ----------
    calibration : Calibration
        What the records say.
    history : History
        The records.
    funnel : sequence of FunnelStage
        Stages of the scenario, one for each of the calibration.
    as_of : date
        Day the scenario stands on.

    Returns
    -------
    OpeningLeads or None
        None where no lead is left to open with.
    list of str
        What was left out, with counts.
    """
    kept, notes = _kept(calibration, history)
    if not len(kept.row) or len(kept.row) > MOST_OPENING:
        return None, notes
    chances = list(accumulate((one.conversion for one in reversed(funnel)), lambda won, share: won * share))[::-1]
    stays = [one.median_days or 1.0 for one in funnel]
    days = np.array([round(stays[stage]) for stage in kept.stage.tolist()])
    count, ids = len(kept.row), tuple(history.lead_id[row] for row in kept.row.tolist())
    unknown = np.full(count, np.datetime64("NaT"), dtype="datetime64[D]")
    leads = Leads(
        lead_id=ids,
        pr=history.pr[kept.row].copy(),
        pc=tuple(Decimal(repr(round(chances[stage], 4))) for stage in kept.stage.tolist()),
        expected_close=np.array([as_of + timedelta(days=int(one)) for one in days], dtype="datetime64[D]"),
        line=np.arange(2, count + 2, dtype=np.int64),
        pr_p10=np.full(count, NO_AMOUNT, dtype=np.int64),
        pr_p90=np.full(count, NO_AMOUNT, dtype=np.int64),
        close_p10=unknown,
        close_p90=unknown.copy(),
        imputed=np.zeros(count, dtype=np.bool_),
        currency=history.currency,
        minor_digits=history.minor_digits,
    )
    none = np.zeros(count, dtype=np.int64)
    warm = np.full(count, STANDARD_TEMPERATURE)
    return OpeningLeads(leads, ids, kept.stage, none - 1, kept.age, none, warm), notes


def _kept(calibration: Calibration, history: History) -> tuple[_Kept, list[str]]:
    """Return open leads with a PR in a stage that leads of their age still leave."""
    there = open_stays(history)
    names = [one.name for one in calibration.stages]
    known = calibration.learned.hazards.states
    place = np.array([names.index(name) if name in names else -1 for name in known], dtype=np.int64)
    stage = np.maximum(place[there.state], 0)
    oldest = np.array([one.oldest for one in calibration.stages] or [0.0])
    old = there.age > oldest[stage]
    poor = history.pr[there.row] == NO_MONEY
    kept = ~old & ~poor
    notes = []
    if old.any():
        notes.append(f"{int(old.sum()):,} open leads have been in their stage for longer than any that left it.")
    if (poor & ~old).any():
        notes.append(f"{int((poor & ~old).sum()):,} open leads have no PR.")
    found = _Kept(there.row[kept], stage[kept], np.floor(there.age[kept]).astype(np.int64))
    return found, notes
