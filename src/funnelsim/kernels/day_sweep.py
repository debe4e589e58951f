"""From the winners of a row to the places of their money: sixteen at a time, drawn and compared in one sweep.

The last sixteen are filled up with whatever stands behind the list of winners; what comes of that is never booked.

What it leaves out: which replications win (:mod:`funnelsim.kernels.win_sweep`), and the arithmetic of sixteen lanes
(:mod:`funnelsim.kernels.close_lanes`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.close_lanes import LINE, draw_blocks, draw_days, fetch_line, pass_lanes
from funnelsim.kernels.jit import inline, kernel
from funnelsim.kernels.walk_arrays import LANES, DaySpans, LawTables, LeadArrays, Luck, Scratch
from funnelsim.kernels.win_sweep import pack_unequal

LINES_AHEAD = 4
"""Lines of the sets' own edges sent for per sixteen winners: those of 200 sets come in while a row is drawn."""

Longs = npt.NDArray[np.uint64]


@kernel
def book_constant(
    rows: LeadArrays,
    row: int,
    tables: LawTables,
    spans: DaySpans,
    luck: Luck,
    scratch: Scratch,
    count: int,
    out: npt.NDArray[np.int64],
) -> None:
    """Draw, place and book every winner of a row with one amount.

    Sixteen winners are booked while the processor draws the next: the one waits for memory, the other for arithmetic.
    So all are booked by the latest edges of all sets at first, and the few whose own set says otherwise are moved.

    out : int64   ``(bin + 1, replication)``: added to
    """
    cell, amount = rows.day_cell[row], rows.amount[row]
    address = (luck.seed, luck.close, np.uint64(luck.first), rows.key[row])
    first, last = spans.first[cell], spans.last[cell]
    latest, earliest = spans.latest[cell, first:last], spans.earliest[cell, first:last]
    own = tables.day_edges[cell].reshape(-1)
    size = np.uint64(out.shape[1])
    start = np.uint64(first) * size
    flat = out.reshape(-1)
    undecided = np.int64(0)
    for begin in range(0, count, LANES):
        draw_days(address, scratch.winner, scratch.day, scratch.amount, np.int64(begin))
        pass_lanes(latest, scratch.day, start, size, scratch.winner, scratch.place, np.int64(begin))
        if tables.odds.shape[0] > 1:
            undecided = doubt_lanes(earliest, own, start, size, scratch, np.int64(begin), undecided)
        if begin + LANES <= count:
            for lane in range(LANES):
                flat[scratch.place[np.uint64(begin + lane)]] += amount
        else:
            for i in range(np.uint64(begin), np.uint64(count)):
                flat[scratch.place[i]] += amount
    undecided = without_rest(scratch.undecided, undecided, count)
    for i in scratch.undecided[:undecided]:
        flat[scratch.place[i]] -= amount
    settle_places(tables.day_edges[cell], first, last, luck, scratch, undecided)
    for i in scratch.undecided[:undecided]:
        flat[scratch.place[i]] += amount


@kernel
def find_places(
    rows: LeadArrays, row: int, tables: LawTables, spans: DaySpans, luck: Luck, scratch: Scratch, count: int
) -> None:
    """Draw the closing words of every winner of a row and find the place of its money.

    Bins before the first possible one of any parameter set have edge 0 and are counted unseen; a certain bin's edge
    holds 2**64 - 1, which no clamped word reaches.
    """
    cell = rows.day_cell[row]
    address = (luck.seed, luck.close, np.uint64(luck.first), rows.key[row])
    first, last = spans.first[cell], spans.last[cell]
    latest, earliest = spans.latest[cell, first:last], spans.earliest[cell, first:last]
    own = tables.day_edges[cell].reshape(-1)
    size = np.uint64(luck.chosen.size)
    start = np.uint64(first) * size
    undecided = np.int64(0)
    for begin in range(0, count, LANES):
        draw_blocks(address, scratch.winner, scratch.day, scratch.amount, np.int64(begin))
        pass_lanes(latest, scratch.day, start, size, scratch.winner, scratch.place, np.int64(begin))
        if tables.odds.shape[0] > 1:
            undecided = doubt_lanes(earliest, own, start, size, scratch, np.int64(begin), undecided)
    undecided = without_rest(scratch.undecided, undecided, count)
    settle_places(tables.day_edges[cell], first, last, luck, scratch, undecided)


@inline
def doubt_lanes(
    earliest: Longs, own: Longs, start: np.uint64, size: np.uint64, scratch: Scratch, begin: np.int64, undecided: int
) -> int:
    """List those of sixteen winners whom the earliest edges of all sets place elsewhere; return how many are listed.

    They will ask their own set, whose edges are far away in memory: some of those are sent for each time.
    """
    for line in range(LINES_AHEAD):
        fetch_line(own, min((begin // LANES * LINES_AHEAD + line) * LINE, own.size))
    pass_lanes(earliest, scratch.day, start, size, scratch.winner, scratch.last_place, begin)
    return undecided + pack_unequal(scratch.place, scratch.last_place, scratch.undecided, begin, undecided)


@inline
def without_rest(listed: npt.NDArray[np.uint32], length: int, count: int) -> int:
    """Return the length of a list of positions without those past the count, which whole lanes have put at its end."""
    while length > 0 and listed[length - 1] >= count:
        length -= 1
    return length


@kernel
def settle_places(
    edges: npt.NDArray[np.uint64], first: np.int64, last: np.int64, luck: Luck, scratch: Scratch, undecided: int
) -> None:
    """Ask a winner's own parameter set where the latest and the earliest edges of all sets disagree.

    Sets are draws from one law and lie close together, so few winners are left to ask for.
    """
    size = np.uint64(luck.chosen.size)
    for i in scratch.undecided[:undecided]:
        winner, day = scratch.winner[i], scratch.day[i]
        chosen = np.uint64(luck.chosen[winner])
        passed = np.uint64(first)
        for edge in range(np.uint64(first), np.uint64(last)):
            passed += np.uint64(day >= edges[chosen, edge])
        scratch.place[i] = passed * size + np.uint64(winner)
