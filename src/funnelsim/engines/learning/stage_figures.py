"""Stages and lives as the records saw them: where leads go, how long they stay, what share is ever won.

What does a CRM's conversion hide?  Leads that were born before the records begin, and those that are still open when
they end: both count here for as long as they were seen (Aalen-Johansen), so no share leans on old or young leads.

What it leaves out: rates by age, which forecasts use (:mod:`funnelsim.engines.learning.hazards`).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.figures import age_of, reached
from funnelsim.engines.learning.incidence import incidence
from funnelsim.model.calibration import CENSORED, Stays
from funnelsim.model.calibration_answer import Exit, LifeFigures, StageFigures

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LEFT, FORWARD, DROPPED = 0, 0, 1
"""Ways out, put together."""
UNSTAGED_ONLY: Final = "open"
"""What the one state is called where no stage is recorded."""

AT_ONCE_DAYS: Final = 1.0
AT_ONCE_SHARE: Final = 0.99
MIDDLE, MOST = 0.5, 0.8


def stage_figures(stays: Stays) -> tuple[StageFigures, ...]:
    """Return every stage as the records saw it.

    Parameters
    ----------
    stays : Stays
        What was seen.

    Returns
    -------
    tuple of StageFigures
        In the order of the funnel.  The state before the first stage is left out where 99 of 100 leads enter the first
        stage within a day of their birth.
    """
    found = [_stage(stays, state) for state in range(stays.won)]
    if len(found) > 1 and _at_once(stays):
        found = found[1:]
    return tuple(one for one in found if one.seen)


def _at_once(stays: Stays) -> bool:
    before = stays.state == 0
    gone = before & (stays.cause == 1) & (stays.stop - stays.born <= AT_ONCE_DAYS)
    return bool(before.any() and gone.sum() >= AT_ONCE_SHARE * before.sum())


def _stage(stays: Stays, state: int) -> StageFigures:
    rows = stays.state == state
    entered, cause = stays.entered[rows], stays.cause[rows]
    young, old = stays.start[rows] - entered, stays.stop[rows] - entered
    seen, ended = int(rows.sum()), cause != CENSORED
    ways = incidence(young, old, cause)
    onward = incidence(young, old, np.where(ended, np.where(cause <= stays.won, FORWARD, DROPPED), CENSORED))
    left = incidence(young, old, np.where(ended, LEFT, CENSORED))
    return StageFigures(
        name=stays.states[state] if stays.won > 1 else UNSTAGED_ONLY,
        seen=seen,
        left=int(ended.sum()),
        open=int(seen - ended.sum()),
        exits=tuple(
            Exit(stays.states[target], int((cause == target).sum()), reached(ways, target, seen))
            for target in ways.targets
        ),
        conversion=reached(onward, FORWARD, seen),
        undecided=1.0 - reached(left, LEFT, seen).estimate,
        median=age_of(left, MIDDLE),
        p80=age_of(left, MOST),
        oldest=float(left.age[-1]) if len(left.age) else 0.0,
    )


def life_figures(stays: Stays) -> LifeFigures:
    """Return where leads end, whatever stages they passed.

    Parameters
    ----------
    stays : Stays
        What was seen.

    Returns
    -------
    LifeFigures
        By age since birth.
    """
    over = stays.cause >= stays.won
    young, old = stays.start - stays.born, stays.stop - stays.born
    seen = len(np.unique(stays.lead))
    ways = incidence(young, old, np.where(over, stays.cause, CENSORED))
    ended = incidence(young, old, np.where(over, LEFT, CENSORED))
    won, lost = (reached(ways, target, seen) for target in (stays.won, stays.lost))
    undecided = 1.0 - reached(ended, LEFT, seen).estimate
    return LifeFigures(seen, won, lost, undecided, age_of(ended, MIDDLE), age_of(ended, MOST))
