r"""Where the width of a band comes from: the shock of all leads, shocks of groups, and the luck of single leads.

The variance splits in closed form.  With z the shared shock, g the group shocks and S the money in the window,

.. math::

    \mathrm{Var}\,S = \mathrm{Var}\,E(S \mid z) + E\,\mathrm{Var}(E(S \mid z, g) \mid z)
    + E\,\mathrm{Var}(S \mid z, g).

P90 - P10 does not split, so each source gets its Shapley value: what it adds to the width, averaged over all orders in
which the sources can be switched on, with the same draws in every subset.  Without lead luck a replication's money is
its mean given the shocks.

What it leaves out: uncertainty of parameters, which there is none of without history.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.closed_form import shocked_chances, window_moments
from funnelsim.engines.explaining.forecast_window import Bools, Ints, RowState, WindowWalk
from funnelsim.engines.explaining.shapley import shapley, width_of
from funnelsim.engines.pipeline import draw_shocks
from funnelsim.engines.row_laws import amount_moments, day_spans
from funnelsim.engines.shocked_odds import normal_grid
from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.explanation import Shares, WidthShare

Floats = npt.NDArray[np.float64]

SHARED = "shock that all leads share"
GROUPS = "shocks of groups"
LUCK = "luck of single leads"
GRID = 1025
"""Points between which a group's mean given its shock is interpolated: its width is then known to a millionth."""
NUMBERS_AT_ONCE = 1 << 21
NOTHING = 1e-9
"""A standard deviation this small beside the largest lead is rounding."""


def shares_of(rows: RowState, walk: WindowWalk, forecast: Ints) -> Shares:
    """Share the spread out among its sources.

    Parameters
    ----------
    rows : RowState
        The forecast's rows.
    walk : WindowWalk
        Window, seed and replications.
    forecast : int64, (replication,)
        Money in the window without what is booked, minor units.

    Returns
    -------
    Shares
        Sources with a standard deviation of 0 are left out.
    """
    lowered = walk.book(rows)
    width = width_of(forecast)
    if lowered is None:
        return Shares(0.0, int(width), (WidthShare(LUCK, 0.0, 0.0),))
    book, inside = lowered
    variance, shared, groups = _variances(book, inside)
    parts = {SHARED: shared, GROUPS: groups, LUCK: max(variance - shared - groups, 0.0)}
    sources = [name for name, sd in ((SHARED, book.shock_sd), (GROUPS, book.group_sd), (LUCK, 1.0)) if sd > 0]
    widths = shapley(sources, lambda on: width if len(on) == len(sources) else _width_with(on, rows, walk))
    whole = math.fsum(parts[name] for name in sources)
    found = tuple(
        WidthShare(name, parts[name] / whole if whole else 0.0, widths[name] / width if width else 0.0)
        for name in sources
    )
    return Shares(math.sqrt(variance), int(width), found)


def _variances(book: LoweredBook, inside: Bools) -> tuple[float, float, float]:
    """Return the variance of the window's money, what the shared shock adds to it, and what group shocks add."""
    moments = window_moments(book, inside[None, :])
    variance = float(moments.variance[0])
    if math.sqrt(variance) <= NOTHING * float(moments.largest_lead[0]):
        return 0.0, 0.0, 0.0
    nodes, weights = normal_grid(book.shock_sd)
    group_nodes, group_weights = normal_grid(book.group_sd)
    shock = np.add.outer(book.shock_sd * nodes, book.group_sd * group_nodes)
    given_shared = np.zeros(nodes.size)
    within = 0.0
    for cells, money in _money_by_group(book, inside):
        means = _mean_given(book, cells, money, shock)
        of_group = means @ group_weights
        within += float(((means - of_group[:, None]) ** 2 @ group_weights) @ weights)
        given_shared += of_group
    shared = float(((given_shared - given_shared @ weights) ** 2) @ weights)
    return variance, shared, within


def _money_by_group(book: LoweredBook, inside: Bools) -> Iterable[tuple[npt.NDArray[np.int64], Floats]]:
    """Yield, per group, the chance cells of its rows and the money each would bring if it were surely won."""
    within = day_spans(book, inside[None, :], 0).chance[:, 0]
    money = within[book.rows.day_cell] * amount_moments(book).mean
    for group in range(max(1, len(book.group_keys))):
        here = np.flatnonzero(book.rows.group == group)
        cells, which = np.unique(book.rows.chance_cell[here], return_inverse=True)
        brought = np.bincount(which.ravel(), weights=money[here], minlength=cells.size)
        yield cells, brought.astype(np.float64)


def _mean_given(book: LoweredBook, cells: npt.NDArray[np.int64], money: Floats, shock: Floats) -> Floats:
    """Return a group's mean money under given shocks, some cells at a time."""
    found = np.zeros(shock.shape)
    step = max(1, NUMBERS_AT_ONCE // shock.size)
    for low in range(0, cells.size, step):
        part = slice(low, low + step)
        found += np.tensordot(money[part], shocked_chances(book, 0, cells[part], shock), axes=(0, 0))
    return found


def _width_with(sources: frozenset[str], rows: RowState, walk: WindowWalk) -> float:
    """Return P90 - P10 with only some sources on."""
    if not sources:
        return 0.0
    chosen = replace(rows, assumptions=_only(sources, rows.assumptions))
    if LUCK in sources:
        return width_of(walk.totals(chosen))
    lowered = walk.book(chosen)
    assert lowered is not None, "the same rows were lowered for the same window before"
    book, inside = lowered
    shocks = np.log(draw_shocks(book, walk.seed, 0, walk.count).multiplier)
    total = np.zeros(walk.count)
    for group, (cells, money) in enumerate(_money_by_group(book, inside)):
        grid = np.linspace(float(shocks[group].min()), float(shocks[group].max()), GRID)
        total += np.interp(shocks[group], grid, _mean_given(book, cells, money, grid))
    return width_of(total)


def _only(sources: frozenset[str], assumptions: ForecastAssumptions) -> ForecastAssumptions:
    kept = assumptions if SHARED in sources else replace(assumptions, shock_sd=0.0)
    return kept if GROUPS in sources else replace(kept, group_shock=None)
