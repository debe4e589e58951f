"""The leads of one window as laws of what each brings, given which of its line items are won.

The line items of a lead share their win word, so the likelier one is won whenever a less likely one is: a lead is a
chain of states "its k likeliest rows are won", each with the chance ``p_k - p_(k+1)``.  Given the state, day and amount
words decide the money, and shocks do not matter any more.  A lead with one row is a chain of one state.

What it leaves out: leads whose rows have different group shocks, for which the order of the rows is not fixed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.quantile_tables import CELL_WEIGHTS
from funnelsim.engines.row_laws import line_items, row_amounts

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

Atoms = tuple[Floats, Floats]
"""Values above 0 and their chances, ``(atom,)`` each; what is missing from 1 is the chance of nothing."""


@dataclass(frozen=True, eq=False)
class WindowLead:
    """One lead in one window.

    Attributes
    ----------
    cells : tuple of int
        Chance cells of its rows, likeliest first.
    group : int
        Its group shock.
    states : tuple of Atoms
        Money in the window when exactly the first k rows are won, k = 1, 2, ...
    """

    cells: tuple[int, ...]
    group: int
    states: tuple[Atoms, ...]

    @property
    def largest(self) -> float:
        """The most it brings, in minor units."""
        return max((float(values.max()) for values, _ in self.states if values.size), default=0.0)


def leads_in(book: LoweredBook, start: Floats, end: Floats, chosen: int) -> list[WindowLead]:
    """Return every lead that can bring something in a window.

    Parameters
    ----------
    book : LoweredBook
        Any book in which no lead has two groups.
    start, end : float64, (day_cell,)
        Span of day words of the window, from ``day_spans``.
    chosen : int
        Parameter set.

    Returns
    -------
    list of WindowLead
        In no particular order.
    """
    rows = book.rows
    chance = book.tables.probability[chosen]
    alive = (chance[rows.chance_cell] > 0) & (end > start)[rows.day_cell]
    single = alive.copy()
    found = []
    for items in line_items(book):
        single[items] = False
        if alive[items].any():
            found.append(_chain(book, items[alive[items]], start, end, chance))
    ordinary = np.flatnonzero(single & (rows.amount_table < 0) & (rows.amount > 0))
    inside = (end - start)[rows.day_cell[ordinary]]
    money, weight = rows.amount[ordinary].astype(np.float64)[:, None], inside[:, None]
    cells, groups = rows.chance_cell[ordinary].tolist(), rows.group[ordinary].tolist()
    found += [WindowLead((cells[i],), groups[i], ((money[i], weight[i]),)) for i in range(ordinary.size)]
    drawn = np.flatnonzero(single & (rows.amount_table >= 0))
    found += [_chain(book, np.array([row]), start, end, chance) for row in drawn]
    return [lead for lead in found if lead.largest > 0]


def _chain(book: LoweredBook, items: Ints, start: Floats, end: Floats, chance: Floats) -> WindowLead:
    """Return the lead whose living rows are ``items``."""
    cells = book.rows.chance_cell[items]
    order = np.argsort(-chance[cells], kind="stable")
    items, cells = items[order], cells[order]
    states = tuple(_state(book, items[: k + 1], start, end) for k in range(items.size))
    return WindowLead(tuple(cells.tolist()), int(book.rows.group[items[0]]), states)


def _state(book: LoweredBook, won: Ints, start: Floats, end: Floats) -> Atoms:
    """Return the law of the money in the window when exactly the rows ``won`` are won."""
    low, high = start[book.rows.day_cell[won]], end[book.rows.day_cell[won]]
    cuts = np.unique(np.concatenate([low, high]))
    values, chances = [], []
    for left, right in pairwise(cuts.tolist()):
        here = won[(low <= left) & (right <= high)]
        if not here.size:
            continue
        drawn = here[book.rows.amount_table[here] >= 0]
        fixed = float(book.rows.amount[here[book.rows.amount_table[here] < 0]].sum())
        money = np.full(1, fixed) if not drawn.size else fixed + row_amounts(book, drawn).sum(axis=0)
        weight = np.ones(1) if not drawn.size else CELL_WEIGHTS
        values.append(money[money > 0])
        chances.append((right - left) * weight[money > 0])
    if not values:
        return np.empty(0), np.empty(0)
    return np.concatenate(values), np.concatenate(chances)
