"""Bookings from the leads that are open today: the forecast's inner loop.

For each replication r and lead i::

    win     w = word(WIN, r, i), 32 bits;   with a shock   w + .5 < o_i m_r (2**32 - w - .5)
                                            without one    w + .5 < p_i 2**32
    close   winners only: (day word, amount word) = block(CLOSE, r, i)
    bin     number of day edges at or below the day word
    amount  the row's own, or round(scale * shape[cell of the amount word]), halves to even

so the kernel only multiplies, compares and adds integers; every transcendental is in the tables and multipliers it is
given.  A row's win tests for a tile of replications are drawn in one vectorised sweep; only winners draw again.

What it leaves out: everything that is decided before a lead becomes a row (funnel, capacity, ownership).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.jit import kernel
from funnelsim.kernels.keyed_random import fill_blocks, threefry2x64
from funnelsim.kernels.sampling import table_position

TILE = 4096
"""Replications walked at once: the tile of bookings stays in the core's own cache."""

TWO_32 = 4294967296.0


class LeadArrays(NamedTuple):
    """Columns ``(row,)``: one entry per row of the file.

    key : uint64           address of the lead's luck; equal for line items of one lead
    chance_cell : int64    column of ``LawTables.odds`` and ``.probability``
    day_cell : int64       column of ``LawTables.day_edges``
    amount : int64         minor units, for rows with a constant amount
    amount_table : int64   row of ``LawTables.shapes``; -1 for a constant amount
    amount_scale : float64 factor on the shape, minor units
    group : int64          row of the group shocks; 0 when there is no group shock
    """

    key: npt.NDArray[np.uint64]
    chance_cell: npt.NDArray[np.int64]
    day_cell: npt.NDArray[np.int64]
    amount: npt.NDArray[np.int64]
    amount_table: npt.NDArray[np.int64]
    amount_scale: npt.NDArray[np.float64]
    group: npt.NDArray[np.int64]


def rows_at(rows: LeadArrays, chosen: slice | npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> LeadArrays:
    """Return some of the rows, in the order asked for.

    Parameters
    ----------
    rows : LeadArrays
        Any rows.
    chosen : slice, int64 or bool array
        Which ones.

    Returns
    -------
    LeadArrays
        Contiguous columns.
    """
    return LeadArrays(
        key=np.ascontiguousarray(rows.key[chosen]),
        chance_cell=np.ascontiguousarray(rows.chance_cell[chosen]),
        day_cell=np.ascontiguousarray(rows.day_cell[chosen]),
        amount=np.ascontiguousarray(rows.amount[chosen]),
        amount_table=np.ascontiguousarray(rows.amount_table[chosen]),
        amount_scale=np.ascontiguousarray(rows.amount_scale[chosen]),
        group=np.ascontiguousarray(rows.group[chosen]),
    )


class LawTables(NamedTuple):
    """Laws that rows point into, for each parameter set.

    probability : float64  ``(set, chance_cell)``: mean chance of ever closing, in [0, 1]
    odds : float64         ``(set, chance_cell)``: e**a of the shocked log-odds; 0 for PC 0, inf for PC 1
    day_edges : uint64     ``(day_cell, set, bin)``: a winner falls in the first bin whose edge exceeds its day word
    day_first : int64      ``(day_cell, set)``: bins before this one are impossible (edge 0)
    day_last : int64       ``(day_cell, set)``: bins from this one on have edge 2**64 (certain by then)
    shapes : float64       ``(amount_table, cell)``: conditional means of equal-tailed cells
    """

    probability: npt.NDArray[np.float64]
    odds: npt.NDArray[np.float64]
    day_edges: npt.NDArray[np.uint64]
    day_first: npt.NDArray[np.int64]
    day_last: npt.NDArray[np.int64]
    shapes: npt.NDArray[np.float64]


class Luck(NamedTuple):
    """Where the draws of one tile come from.

    seed, win, close : uint64   key words: the seed, and the purposes of the win and the closing block
    first : int64               number of the tile's first replication
    chosen : int64              ``(replication,)``: parameter set of each replication of the tile, ``r % M``
    multiplier : float64        ``(group, replication)``: e**(shock) of each replication of the tile; empty without
    shocks
    """

    seed: np.uint64
    win: np.uint64
    close: np.uint64
    first: np.int64
    chosen: npt.NDArray[np.int64]
    multiplier: npt.NDArray[np.float64]


class Scratch(NamedTuple):
    """Room for one tile, made by :func:`scratch_for`; nothing in it outlives a call.

    blocks : uint64   ``(tile + 8,)``    win words, four 32-bit words per pair of entries
    limit : float64   ``(tile,)``        what the win words are compared with
    won : uint8       ``(tile,)``        1 for a win
    winner : int64    ``(tile + 1,)``    replications won, as positions in the tile
    day, amount : uint64 ``(tile,)``     words of the winners' closing blocks
    bin : int64       ``(tile,)``        bins of the winners
    """

    blocks: npt.NDArray[np.uint64]
    limit: npt.NDArray[np.float64]
    won: npt.NDArray[np.uint8]
    winner: npt.NDArray[np.int64]
    day: npt.NDArray[np.uint64]
    amount: npt.NDArray[np.uint64]
    bin: npt.NDArray[np.int64]


def scratch_for(replications: int) -> Scratch:
    """Make room for tiles of up to ``replications``.

    Parameters
    ----------
    replications : int
        At least 1.

    Returns
    -------
    Scratch
        About 50 bytes a replication.
    """
    return Scratch(
        blocks=np.empty(2 * (replications // 4 + 2), dtype=np.uint64),
        limit=np.empty(replications, dtype=np.float64),
        won=np.empty(replications, dtype=np.uint8),
        winner=np.empty(replications + 1, dtype=np.int64),
        day=np.empty(replications, dtype=np.uint64),
        amount=np.empty(replications, dtype=np.uint64),
        bin=np.empty(replications, dtype=np.int64),
    )


@kernel
def pipeline_walk(
    rows: LeadArrays, tables: LawTables, luck: Luck, out: npt.NDArray[np.int64], scratch: Scratch
) -> None:
    """Add each won row to its bin, for one tile of replications.

    rows : LeadArrays    sorted by group and chance cell, so that neighbours share their limits
    tables : LawTables   replication r uses set ``r % M``
    luck : Luck          where the draws come from
    out : int64          ``(replication, bin + 1)``: added to, never read; the last bin is past the horizon
    scratch : Scratch    at least as long as ``out``

    Draws       WIN per row and replication, CLOSE per won row, both keyed by (replication, lead).
    Assumes     what ``engines.lowering`` checked: sums below 2**62, cells inside their tables.
    Equation    (1)-(4) of docs/model.md.
    Twin        tests/reference/pipeline_walk.py
    """
    cell = np.int64(-1)
    group = np.int64(-1)
    for row in range(rows.key.size):
        if rows.chance_cell[row] != cell or rows.group[row] != group:
            cell = rows.chance_cell[row]
            group = rows.group[row]
            set_limits(tables, luck, cell, group, scratch.limit[: out.shape[0]])
        count = find_winners(rows.key[row], luck, out.shape[0], scratch)
        if count == 0:
            continue
        draw_closings(rows.key[row], luck, scratch, count)
        find_bins(tables, luck, rows.day_cell[row], scratch, count)
        if rows.amount_table[row] < 0:
            add_constant(rows.amount[row], scratch, count, out)
        else:
            add_drawn(rows.amount_scale[row], tables.shapes[rows.amount_table[row]], scratch, count, out)


@kernel
def set_limits(tables: LawTables, luck: Luck, cell: np.int64, group: np.int64, limit: npt.NDArray[np.float64]) -> None:
    """Write what win words are compared with: odds times multiplier under a shock, else chance times 2**32."""
    if luck.multiplier.size == 0:
        for i in range(limit.size):
            limit[i] = tables.probability[luck.chosen[i], cell] * TWO_32
    else:
        for i in range(limit.size):
            limit[i] = tables.odds[luck.chosen[i], cell] * luck.multiplier[group, i]


@kernel
def find_winners(key: np.uint64, luck: Luck, size: int, scratch: Scratch) -> int:
    """Draw one 32-bit word per replication and list the winning ones; returns how many there are."""
    block = luck.first // 4
    skip = luck.first - 4 * block
    blocks = scratch.blocks[: 2 * ((skip + size + 3) // 4)]
    fill_blocks(luck.seed, luck.win, np.uint64(block), key, blocks)
    words = blocks.view(np.uint32)[skip : skip + size]
    won = scratch.won
    limit = scratch.limit
    if luck.multiplier.size == 0:
        for i in range(size):
            won[i] = np.float64(words[i]) + 0.5 < limit[i]
    else:
        for i in range(size):
            word = np.float64(words[i]) + 0.5
            won[i] = word < limit[i] * (TWO_32 - word)
    count = 0
    for i in range(size):  # branch-free: always write, advance on a win
        scratch.winner[count] = i
        count += int(won[i])
    return count


@kernel
def draw_closings(key: np.uint64, luck: Luck, scratch: Scratch, count: int) -> None:
    """Draw the day and amount words of the winners."""
    first = np.uint64(luck.first)
    for i in range(count):
        day, amount = threefry2x64(luck.seed, luck.close, first + np.uint64(scratch.winner[i]), key)
        scratch.day[i] = day
        scratch.amount[i] = amount


@kernel
def find_bins(tables: LawTables, luck: Luck, cell: np.int64, scratch: Scratch, count: int) -> None:
    """Find each winner's bin by counting the day edges at or below its day word."""
    if tables.day_first.shape[1] == 1:  # one parameter set: sweep the winners once per edge, which vectorises
        first = tables.day_first[cell, 0]
        for i in range(count):
            scratch.bin[i] = first
        for edge_bin in range(first, tables.day_last[cell, 0]):
            edge = tables.day_edges[cell, 0, edge_bin]
            for i in range(count):
                scratch.bin[i] += scratch.day[i] >= edge
    else:
        for i in range(count):
            chosen = luck.chosen[scratch.winner[i]]
            found = tables.day_first[cell, chosen]
            for edge_bin in range(found, tables.day_last[cell, chosen]):
                found += scratch.day[i] >= tables.day_edges[cell, chosen, edge_bin]
            scratch.bin[i] = found


@kernel
def add_constant(amount: np.int64, scratch: Scratch, count: int, out: npt.NDArray[np.int64]) -> None:
    """Book one amount for every winner."""
    for i in range(count):
        out[scratch.winner[i], scratch.bin[i]] += amount


@kernel
def add_drawn(
    scale: np.float64, shape: npt.NDArray[np.float64], scratch: Scratch, count: int, out: npt.NDArray[np.int64]
) -> None:
    """Book each winner's own amount, read from the table at its amount word."""
    for i in range(count):
        drawn = np.rint(scale * shape[table_position(scratch.amount[i])])
        out[scratch.winner[i], scratch.bin[i]] += np.int64(drawn)
