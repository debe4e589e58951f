"""From a winner's day word to the place of its money: edges counted, all winners at once.

What it leaves out: drawing the words (:mod:`funnelsim.kernels.pipeline_walk`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.jit import kernel
from funnelsim.kernels.walk_arrays import DaySpans, LawTables, Luck, Scratch

LARGEST_DAY = np.uint64(2**64 - 2)
"""Day words are cut to this, so that the edge of a certain bin, 2**64 - 1, is never reached."""


@kernel
def find_places(tables: LawTables, spans: DaySpans, luck: Luck, cell: np.int64, scratch: Scratch, count: int) -> None:
    """Find each winner's place in the flat tile by counting the day edges at or below its day word.

    Bins before the first possible one of any parameter set have edge 0 and are counted unseen; a certain bin's edge
    holds 2**64 - 1, which no clamped word reaches.
    """
    first, last = spans.first[cell], spans.last[cell]
    sets, bins = tables.day_edges.shape[1:]
    for i in range(count):
        scratch.place[i] = np.uint64(scratch.winner[i]) * np.uint64(bins + 1) + np.uint64(first)
    if sets == 1:
        count_edges(spans.latest[cell, first:last], scratch.day, scratch.place, count)
        return
    scratch.most[:count] = scratch.place[:count]
    count_edges(spans.latest[cell, first:last], scratch.day, scratch.place, count)
    count_edges(spans.earliest[cell, first:last], scratch.day, scratch.most, count)
    settle_places(tables.day_edges[cell], luck, scratch, count)


@kernel
def count_edges(
    edges: npt.NDArray[np.uint64], days: npt.NDArray[np.uint64], place: npt.NDArray[np.uint64], count: int
) -> None:
    """Move each place on by the number of edges at or below its day word, four edges to a sweep, which vectorises."""
    whole = edges.size // 4 * 4
    for edge in range(0, whole, 4):
        one, two, three, four = edges[edge], edges[edge + 1], edges[edge + 2], edges[edge + 3]
        for i in range(count):
            day = days[i]
            place[i] += np.uint64(day >= one) + np.uint64(day >= two) + np.uint64(day >= three) + np.uint64(day >= four)
    for edge in range(whole, edges.size):
        for i in range(count):
            place[i] += np.uint64(days[i] >= edges[edge])


@kernel
def settle_places(edges: npt.NDArray[np.uint64], luck: Luck, scratch: Scratch, count: int) -> None:
    """Ask a winner's own parameter set where the latest and the earliest edges of all sets disagree.

    Sets are draws from one law and lie close together, so few winners are left to ask for.
    """
    width = np.uint64(edges.shape[1] + 1)
    undecided = 0
    for i in range(count):  # branch-free: always write, advance where the sets disagree
        scratch.undecided[undecided] = i
        undecided += int(scratch.place[i] != scratch.most[i])
    for i in scratch.undecided[:undecided]:
        winner = np.uint64(scratch.winner[i])
        chosen = np.uint64(luck.chosen[winner])
        for edge in range(scratch.place[i] - winner * width, scratch.most[i] - winner * width):
            scratch.place[i] += np.uint64(scratch.day[i] >= edges[chosen, edge])
