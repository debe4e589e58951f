"""The rows that are open in two files, changed one kind of thing at a time.

A row can be moved, re-valued and re-rated at once; here its later date, amount and chance are put on one after the
other, in the order of the bridge, so that each step changes only the rows it is about.

A row that has its own P10 and P90 counts as moved, or as larger, by their geometric middle; one whose spread changed
around the same middle counts as pushed, or as decreased.

What it leaves out: rows that are in one file only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from funnelsim.engines.explaining.forecast_matching import amounts, days
from funnelsim.engines.explaining.forecast_window import rows_at
from funnelsim.model.bridge_steps import DECREASED, INCREASED, MOVED_IN, PC_CHANGE, PUSHED, STALE
from funnelsim.model.forecast_run import ForecastRun
from funnelsim.model.leads import NO_AMOUNT, Leads

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RowChanges:
    """Paired rows, from how they were to how they are.

    Attributes
    ----------
    start : Leads
        As in the earlier file.
    stages : tuple of (str, Leads)
        Steps in the order of the bridge, and the rows behind each; the last are those of the later file.
    rows : dict of str to int64 arrays
        Which rows each step changes.
    """

    start: Leads
    stages: tuple[tuple[str, Leads], ...]
    rows: dict[str, Ints]


def changes_between(earlier: ForecastRun, later: ForecastRun, pairs: Sequence[tuple[int, int]]) -> RowChanges:
    """Sort the changes of paired rows.

    Parameters
    ----------
    earlier, later : ForecastRun
        The runs.
    pairs : sequence of (int, int)
        Earlier and later row of each item.

    Returns
    -------
    RowChanges
        A row may be in several steps.
    """
    was = rows_at(earlier.leads, [row for row, _ in pairs])
    now = rows_at(later.leads, [row for _, row in pairs])
    moved = np.any(days(was) != days(now), axis=1)
    sooner = moved & (_middle_day(now) < _middle_day(was))
    valued = np.any(amounts(was) != amounts(now), axis=1)
    larger = valued & (_middle_amount(now) > _middle_amount(was))
    rated = np.array([one != other for one, other in zip(was.pc, now.pc, strict=True)], dtype=bool)
    shock = earlier.assumptions.group_shock
    if shock is not None:
        pairs_of_groups = zip(was.attributes[shock.column], now.attributes[shock.column], strict=True)
        rated |= np.array([one != other for one, other in pairs_of_groups], dtype=bool)
    masks = {
        MOVED_IN: sooner,
        INCREASED: larger,
        DECREASED: valued & ~larger,
        PUSHED: moved & ~sooner,
        STALE: _aged(with_days(was, now, moved), earlier.as_of, later.as_of),
        PC_CHANGE: rated,
    }
    stages = (
        (MOVED_IN, with_days(was, now, sooner)),
        (INCREASED, _with_amounts(with_days(was, now, sooner), now, larger)),
        (DECREASED, _with_amounts(with_days(was, now, sooner), now, valued)),
        (PUSHED, _with_amounts(with_days(was, now, moved), now, valued)),
        (STALE, _with_amounts(with_days(was, now, moved), now, valued)),
        (PC_CHANGE, now),
    )
    return RowChanges(was, stages, {name: np.flatnonzero(mask) for name, mask in masks.items()})


def _aged(leads: Leads, earlier: date, later: date) -> Bools:
    """Return which rows are forecast otherwise from the later day: due by then, or with a date spread of their own."""
    if earlier == later:
        return np.zeros(len(leads), dtype=bool)
    return np.asarray((leads.expected_close <= np.datetime64(later, "D")) | ~np.isnat(leads.close_p90))


def _middle_day(leads: Leads) -> npt.NDArray[np.float64]:
    """Return the day that says whether a row was moved, in days since 1970."""
    stated = leads.expected_close.astype("datetime64[D]").astype(np.float64)
    own = ~np.isnat(leads.close_p90)
    spread = [column.astype("datetime64[D]").astype(np.float64) for column in (leads.close_p10, leads.close_p90)]
    return np.where(own, (spread[0] + spread[1]) / 2, stated)


def _middle_amount(leads: Leads) -> npt.NDArray[np.float64]:
    """Return the amount that says whether a row was increased, minor units."""
    own = leads.pr_p90 != NO_AMOUNT
    low, high = (np.maximum(column, 0).astype(np.float64) for column in (leads.pr_p10, leads.pr_p90))
    return np.where(own, np.sqrt(low) * np.sqrt(high), leads.pr.astype(np.float64))


def with_days(leads: Leads, other: Leads, mask: Bools) -> Leads:
    """Return rows with another table's dates where a mask says so.

    Parameters
    ----------
    leads, other : Leads
        Aligned row by row.
    mask : bool, (row,)
        Which rows.

    Returns
    -------
    Leads
        A new table.
    """
    return replace(
        leads,
        expected_close=np.where(mask, other.expected_close, leads.expected_close),
        close_p10=np.where(mask, other.close_p10, leads.close_p10),
        close_p90=np.where(mask, other.close_p90, leads.close_p90),
    )


def _with_amounts(leads: Leads, other: Leads, mask: Bools) -> Leads:
    return replace(
        leads,
        pr=np.where(mask, other.pr, leads.pr),
        pr_p10=np.where(mask, other.pr_p10, leads.pr_p10),
        pr_p90=np.where(mask, other.pr_p90, leads.pr_p90),
    )
