"""On which day a winner closes, lowered to the chance of each bin.

A row's own dates come first (its P10-P90), then the push law, then the stated date as it is.  Rows with one stated date
and one PC share a cell, so a book of 100,000 rows needs few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from funnelsim.engines.push_days import push_day_law
from funnelsim.model.assumptions import ForecastAssumptions, PushLaw
from funnelsim.model.calendar import Calendar
from funnelsim.model.distributions import Lognormal
from funnelsim.model.leads import Leads

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
TWO_64 = 2**64


@dataclass(frozen=True, eq=False)
class DayCells:
    """Distinct day laws of a book, and which row has which.

    Attributes
    ----------
    cell : int64, (row,)
        Law of each row.
    reached : float64, (day_cell, bin)
        Chance that a winner has closed by the end of each bin, in [0, 1], never falling.
    """

    cell: Ints
    reached: Floats


@dataclass(frozen=True, eq=False)
class DayEdges:
    """Day laws as thresholds for 64-bit words.

    Attributes
    ----------
    edges : uint64, (day_cell, bin)
        ``reached * 2**64``; entries from ``last`` on stand for ``2**64`` and are not read.
    first, last : int64, (day_cell,)
        Bins before ``first`` are impossible; from bin ``last`` on the winner has surely closed.
    """

    edges: npt.NDArray[np.uint64]
    first: Ints
    last: Ints


def day_cells(leads: Leads, calendar: Calendar, assumptions: ForecastAssumptions) -> DayCells:
    """Return the day law of every row.

    Parameters
    ----------
    leads : Leads
        Forecast rows.
    calendar : Calendar
        As-of day and bins.
    assumptions : ForecastAssumptions
        The push law, and whether stated dates are taken as they are.

    Returns
    -------
    DayCells
        Exact to rounding.
    """
    stated = calendar.days_after(leads.expected_close)
    ends = calendar.bin_ends
    own = np.zeros(len(leads), dtype=bool)
    if not assumptions.as_stated:
        own = ~np.isnat(leads.close_p90) & (calendar.days_after(leads.close_p90) > 0)
    cell = np.empty(len(leads), dtype=np.int64)
    reached: list[Floats] = []
    for rows, laws in (
        _own_laws(leads, calendar, np.flatnonzero(own), ends),
        _shared_laws(stated, leads.pc_float, np.flatnonzero(~own), ends, assumptions.push),
    ):
        for law, members in laws:
            cell[rows[members]] = len(reached)
            reached.append(law)
    return DayCells(cell, np.array(reached).reshape(len(reached), len(ends)))


Laws = list[tuple[Floats, Ints]]


def _own_laws(leads: Leads, calendar: Calendar, rows: Ints, ends: Ints) -> tuple[Ints, Laws]:
    """Lower rows with their own close P10-P90: lognormal days from the as-of day."""
    low = calendar.days_after(leads.close_p10)[rows]
    high = calendar.days_after(leads.close_p90)[rows]
    pairs, members = _grouped(np.stack([low, high], axis=1))
    laws = []
    for (p10, p90), index in zip(pairs.tolist(), members, strict=True):
        law = (ends >= p90).astype(float) if p10 == p90 else Lognormal.from_p10_p90(p10, p90).cdf(ends)
        laws.append((law, index))
    return rows, laws


def _shared_laws(stated: Ints, pc: Floats, rows: Ints, ends: Ints, push: PushLaw | None) -> tuple[Ints, Laws]:
    """Lower rows without dates of their own: the stated date, moved by the push law if there is one."""
    day = np.maximum(stated[rows], 0)  # 0 stands for overdue: the as-of day
    if push is None:
        days, members = _grouped(np.maximum(day, 1)[:, None])  # overdue leads close in the first period
        return rows, [((ends >= one).astype(float), index) for one, index in zip(days[:, 0], members, strict=True)]
    chances, chance_of = np.unique(pc[rows], return_inverse=True)
    pairs, members = _grouped(np.stack([day, chance_of.ravel()], axis=1))
    laws = []
    for (start, chance), index in zip(pairs.tolist(), members, strict=True):
        law = push_day_law(push, float(chances[chance]), overdue=start == 0)
        weight = np.concatenate([[0.0], np.cumsum(law.weight)])
        weight[-1] = 1.0
        closed = np.searchsorted(start + law.offset_days, ends, side="right")
        laws.append((weight[closed], index))
    return rows, laws


def _grouped(keys: Ints) -> tuple[Ints, list[Ints]]:
    """Return the distinct rows of ``keys`` and, for each, the positions that have it."""
    if not len(keys):
        return keys, []
    distinct, inverse = np.unique(keys, axis=0, return_inverse=True)
    order = np.argsort(inverse.ravel(), kind="stable")
    return distinct, np.split(order, np.cumsum(np.bincount(inverse.ravel()))[:-1])


def day_edges(reached: Floats) -> DayEdges:
    """Turn chances into thresholds: a winner closes in the first bin whose edge exceeds its word.

    Parameters
    ----------
    reached : float64, (day_cell, bin)
        From :func:`day_cells`.

    Returns
    -------
    DayEdges
        Thresholds rounded down to multiples of 2**-64.
    """
    certain = reached >= 1.0
    edges = np.where(certain, 0.0, reached * float(TWO_64)).astype(np.uint64)
    edges[certain] = np.uint64(TWO_64 - 1)
    first = (edges == 0).sum(axis=1)
    return DayEdges(edges, first.astype(np.int64), (~certain).sum(axis=1).astype(np.int64))
