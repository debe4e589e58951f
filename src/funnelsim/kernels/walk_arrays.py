"""What the forecast kernels are handed: bundles of arrays, documented with their axes.

Nothing is computed per replication here; the functions only pick rows, make room, and work out once what all parameter
sets agree on.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

LANES = 16
"""Words compared at once; a list of winners, and what is worked out for them, may be written this far past its end."""


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
    day_last : int64       ``(day_cell, set)``: bins from this one on are certain; their edges stand for 2**64 and hold
                           2**64 - 1, which no real edge does
    shapes : float64       ``(amount_table, cell)``: conditional means of equal-tailed cells
    """

    probability: npt.NDArray[np.float64]
    odds: npt.NDArray[np.float64]
    day_edges: npt.NDArray[np.uint64]
    day_first: npt.NDArray[np.int64]
    day_last: npt.NDArray[np.int64]
    shapes: npt.NDArray[np.float64]


class DaySpans(NamedTuple):
    """What all parameter sets agree on about the days of each law.

    first, last : int64          ``(day_cell,)``: the bins that a winner may close in, under some set
    earliest, latest : uint64    ``(day_cell, bin)``: least and largest edge over the sets
    """

    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    earliest: npt.NDArray[np.uint64]
    latest: npt.NDArray[np.uint64]


def day_spans(tables: LawTables) -> DaySpans:
    """Return what the parameter sets agree on.

    Parameters
    ----------
    tables : LawTables
        Any tables.

    Returns
    -------
    DaySpans
        One entry per day law.
    """
    first, last = tables.day_first.min(axis=1), tables.day_last.max(axis=1)
    return DaySpans(first, last, tables.day_edges.min(axis=1), tables.day_edges.max(axis=1))


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

    blocks : uint64   ``(tile / 2 + 16,)``  win words, four 32-bit words per pair of entries
    limit : float64   ``(tile,)``       odds times multiplier of each replication, or chance times 2**32
    losing : uint32   ``(tile,)``       smallest word that loses
    winner : uint32   ``(tile + 16,)``  replications won, as positions in the tile
    day, amount : uint64 ``(tile + 16,)``   words of the winners' closing blocks
    place : uint64       ``(tile + 16,)``   where each winner's money goes: ``bin * replications + position``
    last_place : uint64  ``(tile + 16,)``   the last place it could go under any parameter set
    undecided : uint32   ``(tile + 16,)``   winners whose place depends on their own parameter set
    """

    blocks: npt.NDArray[np.uint64]
    limit: npt.NDArray[np.float64]
    losing: npt.NDArray[np.uint32]
    winner: npt.NDArray[np.uint32]
    day: npt.NDArray[np.uint64]
    amount: npt.NDArray[np.uint64]
    place: npt.NDArray[np.uint64]
    last_place: npt.NDArray[np.uint64]
    undecided: npt.NDArray[np.uint32]


def scratch_for(replications: int) -> Scratch:
    """Make room for tiles of up to ``replications``.

    Parameters
    ----------
    replications : int
        At least 1.

    Returns
    -------
    Scratch
        About 60 bytes a replication.
    """
    return Scratch(
        blocks=np.empty(2 * (replications // 4 + 2), dtype=np.uint64),
        limit=np.empty(replications, dtype=np.float64),
        losing=np.empty(replications, dtype=np.uint32),
        winner=np.empty(replications + LANES, dtype=np.uint32),
        day=np.empty(replications + LANES, dtype=np.uint64),
        amount=np.empty(replications + LANES, dtype=np.uint64),
        place=np.empty(replications + LANES, dtype=np.uint64),
        last_place=np.empty(replications + LANES, dtype=np.uint64),
        undecided=np.empty(replications + LANES, dtype=np.uint32),
    )
