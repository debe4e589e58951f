"""How far stated close dates move: how often they are pushed, how often again, and by how many days.

Snapshots tell it best: each later statement about a lead is compared with the one before.  Without any, the days
between the date stated at birth and the win stand for one push; how often a lead is pushed again cannot be told then.

What it leaves out: what a date says of the win (:mod:`funnelsim.engines.learning.stated_dates`).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.model.assumptions import PushLaw
from funnelsim.model.covariates import SlipLaw
from funnelsim.model.history import NO_MOMENT, OPEN, SECONDS_A_DAY, WON, History

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_LENGTHS: Final = 12
"""Lengths of pushes that are told apart: a month's worth of steps."""

MOST_PUSHES: Final = 12
"""Pushes of one lead that a law allows at most."""

NONE: Final = float("nan")


def slip_law(history: History) -> SlipLaw:
    """Return how far stated dates move.

    Parameters
    ----------
    history : History
        The records.

    Returns
    -------
    SlipLaw
        From snapshots where any lead has two statements; else from leads that were won and had a date at birth; else
        empty.  Shares that are asked of leads (``first``, ``again``) come from leads that were followed from birth to
        their end.
    """
    lead, moment, stated = _all_statements(history)
    same = lead[1:] == lead[:-1]
    if same.any():
        return _from_statements(history, lead, moment, stated, same)
    won = np.flatnonzero((history.outcome == WON) & (history.stated_close != NO_MOMENT))
    if not len(won):
        return _law("none", 0, NONE, np.zeros(0, dtype=np.int64), (NONE, NONE), (NONE, NONE), (NONE, NONE))
    days = history.closed[won] // SECONDS_A_DAY - history.stated_close[won] // SECONDS_A_DAY
    pushed = _share(int((days > 0).sum()), len(days))
    return _law("won leads", len(won), NONE, days, pushed, pushed, (NONE, NONE))


def _all_statements(history: History) -> tuple[Ints, Ints, Ints]:
    """Return every statement of a date by lead, then moment: lead, moment, stated day."""
    born = np.flatnonzero(history.stated_close != NO_MOMENT)
    lead, moment, stated = born, history.created[born], history.stated_close[born]
    shots = history.snapshots
    if shots is None:
        return lead, moment, stated // SECONDS_A_DAY
    told = shots.stated_close != NO_MOMENT
    later = shots.lead[told]
    lead = np.concatenate([lead, later])
    moment = np.concatenate([moment, np.maximum(shots.taken[told], history.created[later])])
    stated = np.concatenate([stated, shots.stated_close[told]])
    order = np.lexsort((moment, lead))
    lead, moment, stated = lead[order], moment[order], stated[order] // SECONDS_A_DAY
    last = np.append((lead[1:] != lead[:-1]) | (moment[1:] != moment[:-1]), True)
    return lead[last], moment[last], stated[last]


def _from_statements(history: History, lead: Ints, moment: Ints, stated: Ints, same: npt.NDArray[np.bool_]) -> SlipLaw:
    moved, owner = np.diff(stated)[same], lead[1:][same]
    gap = float(np.median(np.diff(moment)[same])) / SECONDS_A_DAY
    asked = np.bincount(owner, minlength=len(history)).astype(np.float64)
    pushes = np.bincount(owner, weights=moved > 0, minlength=len(history))
    share = float(pushes.sum() / asked.sum())
    error = float(np.sqrt(np.square(pushes - share * asked).sum()) / asked.sum())
    told = np.zeros(len(history), dtype=np.bool_)
    told[lead] = True
    whole = told & (history.outcome != OPEN) & (history.created >= history.exposure_from)
    ever = _share(int((pushes[whole] > 0).sum()), int(whole.sum()))
    counts = pushes[whole][pushes[whole] > 0]
    again = _share(int(counts.sum() - len(counts)), int(counts.sum()))
    most = int(pushes.max()) if len(pushes) else 0
    return _law("snapshots", int(told.sum()), gap, moved, (share, error), ever, again, most)


def _share(hits: int, n: int) -> tuple[float, float]:
    """Return a share and its standard error, that of Jeffreys' posterior; nan without anybody."""
    if not n:
        return NONE, NONE
    a, b = hits + 0.5, n - hits + 0.5
    return hits / n, float(np.sqrt(a * b / (n + 1.0) ** 2 / (n + 2.0)))


def _law(
    source: str,
    leads: int,
    gap: float,
    moved: Ints,
    pushed: tuple[float, float],
    first: tuple[float, float],
    again: tuple[float, float],
    most: int = PushLaw().most,
) -> SlipLaw:
    lengths = np.sort(moved[moved > 0])
    days, weights = _lengths(lengths)
    known = len(lengths) > 0
    return SlipLaw(
        source=source,
        leads=leads,
        intervals=len(moved),
        interval_days=gap,
        pushed=len(lengths),
        pulled=int((moved < 0).sum()),
        pushed_share=pushed[0],
        pushed_error=pushed[1],
        first=first[0],
        first_error=first[1],
        again=again[0],
        again_error=again[1],
        most=min(most, MOST_PUSHES),
        days=days,
        weights=weights,
        median_days=float(np.median(lengths)) if known else NONE,
        mean_days=float(lengths.mean()) if known else NONE,
        mean_error=float(lengths.std(ddof=1) / np.sqrt(len(lengths))) if len(lengths) > 1 else NONE,
    )


def _lengths(lengths: Ints) -> tuple[Ints, Floats]:
    """Return lengths and their shares: each length where there are few, else the means of equal parts."""
    if not len(lengths):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    days, counts = np.unique(lengths, return_counts=True)
    if len(days) > MOST_LENGTHS:
        parts = np.array_split(lengths, MOST_LENGTHS)
        means = np.array([max(round(float(part.mean())), 1) for part in parts])
        days, place = np.unique(means, return_inverse=True)
        counts = np.bincount(place.reshape(-1), weights=[len(part) for part in parts])
    return days.astype(np.int64), counts / counts.sum()
