"""Wins of leads that are not born yet: how many in each bin, and what each brings.

For each replication r and bin b, with m the parameter set of r::

    count   n = number of thresholds of (m, b) at or below word(NEW_WINS, r, b); a large mean is cut into equal parts,
            each with its own word
    amount  the k-th win brings round(scale_m * worth[cell of the first word] * ratio[cell of the second word]),
            halves to even, of block(NEW_AMOUNT | k, r, b)

so the kernel only multiplies, compares and adds.  What it leaves out: where the means come from
(``engines/learning/new_business.py``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.jit import inline, kernel
from funnelsim.kernels.keyed_random import threefry2x64
from funnelsim.kernels.sampling import table_position


class WinTables(NamedTuple):
    """What the draws of new wins are read from.

    threshold : uint64  ``(entry,)``: for each set and bin the chances of at most 0, 1, 2... wins times 2**64
    begin : int64       ``(set * bin + 1,)``: where the thresholds of each set and bin begin
    parts : int64       ``(set, bin)``: how many equal parts the mean is cut into
    key : uint64        ``(bin,)``: address of the bin's luck
    worth : float64     ``(cell,)``: conditional means of what a win is worth, minor units; one cell for a constant
    ratio : float64     ``(cell,)``: of what it brings in units of that; one cell for a constant
    scale : float64     ``(set,)``: factor on amounts
    """

    threshold: npt.NDArray[np.uint64]
    begin: npt.NDArray[np.int64]
    parts: npt.NDArray[np.int64]
    key: npt.NDArray[np.uint64]
    worth: npt.NDArray[np.float64]
    ratio: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]


class WinLuck(NamedTuple):
    """Key words of the draws: the seed, and the purposes of counts and of amounts."""

    seed: np.uint64
    wins: np.uint64
    amounts: np.uint64


@kernel
def new_wins(tables: WinTables, luck: WinLuck, first: np.int64, out: npt.NDArray[np.int64]) -> None:
    """Write what new business brings in each bin of a run of replications.

    tables : WinTables   replication r uses set ``r % M``
    luck : WinLuck       where the draws come from
    first : int64        number of the first replication
    out : int64          ``(replication, bin)``: minor units

    Draws       NEW_WINS per replication, bin and part of its mean; NEW_AMOUNT per win.
    Assumes     what the engine checked: sums below 2**62, fewer than 2**24 wins and parts a bin.
    Twin        tests/reference/new_wins.py
    """
    sets, bins = tables.parts.shape
    for row in range(out.shape[0]):
        replication = np.uint64(first + row)
        chosen = (first + row) % sets
        for place in range(bins):
            wins = number_of_wins(tables, luck, replication, chosen * bins + place)
            out[row, place] = amounts_of_wins(tables, luck, replication, place, wins)


@inline
def number_of_wins(tables: WinTables, luck: WinLuck, replication: np.uint64, entry: np.int64) -> np.int64:
    """Draw how many wins fall in one bin of one set."""
    bins = tables.parts.shape[1]
    chosen, place = entry // bins, entry % bins
    begin, end = tables.begin[entry], tables.begin[entry + 1]
    wins = np.int64(0)
    for part in range(tables.parts[chosen, place]):
        word, _ = threefry2x64(luck.seed, luck.wins | np.uint64(part), replication, tables.key[place])
        low, high = begin, end
        while low < high:
            middle = (low + high) // 2
            if tables.threshold[middle] <= word:
                low = middle + 1
            else:
                high = middle
        wins += low - begin
    return wins


@inline
def amounts_of_wins(tables: WinTables, luck: WinLuck, replication: np.uint64, place: int, wins: np.int64) -> np.int64:
    """Draw what the wins of one bin bring together."""
    scale = tables.scale[np.int64(replication % np.uint64(tables.scale.size))]
    if tables.worth.size == 1 and tables.ratio.size == 1:
        return wins * np.int64(np.rint(scale * tables.worth[0] * tables.ratio[0]))
    total = np.int64(0)
    for number in range(wins):
        first, second = threefry2x64(luck.seed, luck.amounts | np.uint64(number), replication, tables.key[place])
        worth = tables.worth[table_position(first) if tables.worth.size > 1 else 0]
        ratio = tables.ratio[table_position(second) if tables.ratio.size > 1 else 0]
        total += np.int64(np.rint(scale * worth * ratio))
    return total
