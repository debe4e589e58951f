"""Stated PC against what happened.

The question: of the leads that were said to close with 40 %, how many did?

A statement is taken at its moment, and the lead is followed from there: won, lost, or still open when the records end
(Aalen-Johansen), so that young leads do not pass for lost ones.  A lead counts once in a bin, however often it was
stated, because its statements share one fate.

What it leaves out: why people say what they say.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.figures import reached
from funnelsim.engines.learning.incidence import incidence
from funnelsim.model.calibration import CENSORED
from funnelsim.model.calibration_answer import StatedBin, StatedPC
from funnelsim.model.history import NO_MOMENT, OPEN, SECONDS_A_DAY, WON, History

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_VALUES: Final = 12
"""Distinct PCs up to which each has a bin of its own; tenths beyond."""

WON_THEN, LOST_THEN = 0, 1
SHORTEST: Final = 1.0 / SECONDS_A_DAY


def stated_chances(history: History) -> StatedPC | None:
    """Return stated PCs against what happened.

    Parameters
    ----------
    history : History
        The records, with snapshots.

    Returns
    -------
    StatedPC or None
        None where no PC was stated about a lead before its end.
    """
    found = _statements(history)
    if found is None:
        return None
    lead, taken, pc = found
    values = np.unique(pc)
    group = np.searchsorted(values, pc) if len(values) <= MOST_VALUES else np.minimum((pc * 10).astype(np.int64), 9)
    bins = [_bin(history, lead[rows], taken[rows], pc[rows]) for rows in _by_group(group)]
    first = _firsts(lead)
    whole = _bin(history, lead[first], taken[first], pc[first])
    return StatedPC(
        tuple(sorted(bins, key=lambda one: one.stated)), whole.stated, whole.share, whole.undecided, len(pc)
    )


def _statements(history: History) -> tuple[Ints, Ints, Floats] | None:
    """Return lead, moment and PC of what was stated before leads ended, by lead and time."""
    told = history.snapshots
    if told is None:
        return None
    closed = history.closed[told.lead]
    before = (closed == NO_MOMENT) | (told.taken < closed)
    kept = np.flatnonzero(~np.isnan(told.pc) & before & (told.taken < history.extract))
    if not len(kept):
        return None
    kept = kept[np.lexsort((told.taken[kept], told.lead[kept]))]
    return told.lead[kept], told.taken[kept], told.pc[kept]


def _by_group(group: Ints) -> list[Ints]:
    return [np.flatnonzero(group == one) for one in np.unique(group)]


def _firsts(lead: Ints) -> Ints:
    """Return the first row of each lead; rows of one lead stand together."""
    return np.flatnonzero(np.concatenate([[True], lead[1:] != lead[:-1]]))


def _bin(history: History, lead: Ints, taken: Ints, pc: Floats) -> StatedBin:
    first = _firsts(lead)
    lead, taken, pc = lead[first], taken[first], pc[first]
    outcome = history.outcome[lead]
    end = np.where(outcome == OPEN, history.extract, history.closed[lead])
    age = np.maximum((end - taken) / SECONDS_A_DAY, SHORTEST)
    cause = np.where(outcome == OPEN, CENSORED, np.where(outcome == WON, WON_THEN, LOST_THEN))
    law = incidence(np.zeros(len(age)), age, cause)
    share, lost = (reached(law, way, len(lead)) for way in (WON_THEN, LOST_THEN))
    won, still = int((outcome == WON).sum()), int((outcome == OPEN).sum())
    ends = (float(pc.mean()), float(pc.min()), float(pc.max()))
    return StatedBin(*ends, won, len(lead) - won - still, still, share, max(1.0 - share.estimate - lost.estimate, 0.0))
