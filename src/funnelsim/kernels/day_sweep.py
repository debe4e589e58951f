"""From a winner's day word to the bin of its money: edges counted, all winners at once.

What it leaves out: drawing the words (:mod:`funnelsim.kernels.pipeline_walk`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.jit import kernel
from funnelsim.kernels.walk_arrays import EDGES_AT_ONCE, DaySpans, LawTables, Luck, Scratch

LARGEST_DAY = np.uint64(2**64 - 2)
"""Day words are cut to this, so that the edge of a certain bin, 2**64 - 1, is never reached."""


@kernel
def find_bins(tables: LawTables, spans: DaySpans, luck: Luck, cell: np.int64, scratch: Scratch, count: int) -> None:
    """Find each winner's bin by counting the day edges at or below its day word.

    Bins before the first possible one of any parameter set have edge 0 and are counted unseen; a certain bin's edge
    holds 2**64 - 1, which no clamped word reaches.
    """
    first, last = spans.first[cell], spans.last[cell]
    if tables.day_edges.shape[1] == 1:
        count_edges(spans.latest[cell, first:last], first, scratch.day, scratch.bin, count)
        return
    count_edges(spans.latest[cell, first:last], first, scratch.day, scratch.bin, count)
    count_edges(spans.earliest[cell, first:last], first, scratch.day, scratch.last_bin, count)
    settle_bins(tables.day_edges[cell], luck, scratch, count)


@kernel
def count_edges(
    edges: npt.NDArray[np.uint64],
    first: np.int64,
    days: npt.NDArray[np.uint64],
    bins: npt.NDArray[np.uint64],
    count: int,
) -> None:
    """Write ``first`` plus the number of edges at or below each day word, four edges to a sweep, which vectorises."""
    start = np.uint64(first)
    whole = edges.size // EDGES_AT_ONCE * EDGES_AT_ONCE
    if whole == 0:
        bins[:count] = start
    for edge in range(0, whole, EDGES_AT_ONCE):
        one, two, three, four = edges[edge], edges[edge + 1], edges[edge + 2], edges[edge + 3]
        if edge == 0:
            for i in range(count):
                day = days[i]
                passed = (
                    np.uint64(day >= one) + np.uint64(day >= two) + np.uint64(day >= three) + np.uint64(day >= four)
                )
                bins[i] = start + passed
        else:
            for i in range(count):
                day = days[i]
                passed = (
                    np.uint64(day >= one) + np.uint64(day >= two) + np.uint64(day >= three) + np.uint64(day >= four)
                )
                bins[i] += passed
    for edge in range(whole, edges.size):
        for i in range(count):
            bins[i] += np.uint64(days[i] >= edges[edge])


@kernel
def settle_bins(edges: npt.NDArray[np.uint64], luck: Luck, scratch: Scratch, count: int) -> None:
    """Ask a winner's own parameter set where the latest and the earliest edges of all sets disagree.

    Sets are draws from one law and lie close together, so few winners are left to ask for.
    """
    undecided = 0
    for i in range(count):  # branch-free: always write, advance where the sets disagree
        scratch.undecided[undecided] = i
        undecided += int(scratch.bin[i] != scratch.last_bin[i])
    for i in scratch.undecided[:undecided]:
        chosen = np.uint64(luck.chosen[scratch.winner[i]])
        for edge in range(scratch.bin[i], scratch.last_bin[i]):
            scratch.bin[i] += np.uint64(scratch.day[i] >= edges[chosen, edge])
