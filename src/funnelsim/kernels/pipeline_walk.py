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

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.day_sweep import book_constant, find_places
from funnelsim.kernels.jit import inline, kernel
from funnelsim.kernels.keyed_random import fill_blocks
from funnelsim.kernels.sampling import table_position
from funnelsim.kernels.walk_arrays import DaySpans, LawTables, LeadArrays, Luck, Scratch
from funnelsim.kernels.win_sweep import find_below, find_by_odds

TILE = 5120
"""Replications walked at once: the tile of bookings stays in the core's own cache."""

TWO_32 = 4294967296.0


@kernel
def pipeline_walk(
    rows: LeadArrays,
    tables: LawTables,
    spans: DaySpans,
    luck: Luck,
    out: npt.NDArray[np.int64],
    scratch: Scratch,
) -> None:
    """Add each won row to its bin, for one tile of replications.

    rows : LeadArrays    sorted by group and chance cell, so that neighbours share their limits
    tables : LawTables   replication r uses set ``r % M``
    spans : DaySpans     of these tables
    luck : Luck          where the draws come from
    out : int64          ``(bin + 1, replication)``: added to, never read; the last bin is past the horizon
    scratch : Scratch    for at least as many replications

    Draws       WIN per row and replication, CLOSE per won row, both keyed by (replication, lead).
    Assumes     what ``engines.lowering`` checked: sums below 2**62, cells inside their tables.
    Equation    (1)-(4) of docs/model.md.
    Twin        tests/reference/pipeline_walk.py
    """
    size = out.shape[1]
    flat = out.reshape(-1)
    cell = np.int64(-1)
    group = np.int64(-1)
    shared = False
    for row in range(rows.key.size):
        if rows.chance_cell[row] != cell or rows.group[row] != group:
            cell = rows.chance_cell[row]
            group = rows.group[row]
            set_limits(tables, luck, cell, group, scratch.limit[:size])
            following = row + 1 < rows.key.size and rows.chance_cell[row + 1] == cell and rows.group[row + 1] == group
            shared = following and set_losing(scratch.limit[:size], luck.multiplier.size > 0, scratch.losing)
        words = draw_words(rows.key[row], luck, size, scratch)
        if shared:
            count = find_below(words, scratch.losing[:size], scratch.winner)
        elif luck.multiplier.size > 0:
            count = find_by_odds(words, scratch.limit[:size], scratch.winner)
        else:
            count = find_by_chance(words, scratch.limit[:size], scratch.winner)
        if rows.amount_table[row] < 0:
            book_constant(rows, row, tables, spans, luck, scratch, count, out)
        else:
            find_places(rows, row, tables, spans, luck, scratch, count)
            shape = tables.shapes[rows.amount_table[row]]
            add_drawn(rows.amount_scale[row], shape, scratch, count, flat)


@kernel
def set_limits(tables: LawTables, luck: Luck, cell: np.int64, group: np.int64, limit: npt.NDArray[np.float64]) -> None:
    """Write what win words are compared with: odds times multiplier under a shock, else chance times 2**32.

    Replications take the parameter sets in turn, so the first M limits are repeated.
    """
    shocked = luck.multiplier.size > 0
    sets = tables.odds.shape[0]
    turn = min(sets, limit.size)
    for i in range(turn):
        chosen = np.uint64(luck.chosen[i])
        limit[i] = tables.odds[chosen, cell] if shocked else tables.probability[chosen, cell] * TWO_32
    if shocked:
        multiply_in_turn(limit, turn, luck.multiplier[group])
    elif turn == 1:
        limit[1:] = limit[0]
    else:
        for begin in range(turn, limit.size, turn):
            run = min(turn, limit.size - begin)
            limit[begin : begin + run] = limit[:run]


@kernel
def multiply_in_turn(limit: npt.NDArray[np.float64], turn: int, multiplier: npt.NDArray[np.float64]) -> None:
    """Multiply the first ``turn`` limits, repeated, with the multipliers, in one pass: memory is what it waits for."""
    if turn == 1:
        alone = limit[0]
        for i in range(limit.size):
            limit[i] = alone * multiplier[i]
        return
    begin = (limit.size - 1) // turn * turn
    while begin > 0:  # backwards: the first turn is read by all others
        part, factor = limit[begin : begin + turn], multiplier[begin : begin + turn]
        for i in range(part.size):
            part[i] = limit[i] * factor[i]
        begin -= turn
    for i in range(turn):
        limit[i] *= multiplier[i]


@kernel
def set_losing(limit: npt.NDArray[np.float64], shocked: bool, losing: npt.NDArray[np.uint32]) -> bool:
    """Write the smallest losing word of each limit; False where one is 2**32, which 32 bits cannot hold.

    The formula falls in the word, so the threshold it implies is found by asking the formula itself on both sides of
    the quotient: rows that share their limits then compare integers, with the same winners to the last bit.
    """
    wrong = 0
    for i in range(limit.size):  # all but a rounding error in a million: no branch, so that it vectorises
        guess = losing_guess(limit[i], shocked)
        turns = (not wins(guess, limit[i], shocked)) & ((guess == 0) | wins(guess - 1.0, limit[i], shocked))
        wrong += int((not turns) | (guess >= TWO_32))
        losing[i] = np.uint32(np.int64(guess) & 0xFFFFFFFF)
    if wrong == 0:
        return True
    fits = True
    for i in range(limit.size):
        guess = losing_guess(limit[i], shocked)
        while guess < TWO_32 and wins(guess, limit[i], shocked):
            guess += 1.0
        while guess > 0 and not wins(guess - 1.0, limit[i], shocked):
            guess -= 1.0
        fits = fits and guess < TWO_32
        losing[i] = np.uint32(np.int64(guess) & 0xFFFFFFFF)
    return fits


@inline
def losing_guess(limit: np.float64, shocked: bool) -> np.float64:
    """Return the smallest losing word of a limit, or a neighbour of it where the quotient is rounded."""
    quotient = (1.0 - 1.0 / (1.0 + limit)) * TWO_32 if shocked else limit
    return np.float64(min(np.floor(quotient + 0.5), TWO_32))


@inline
def wins(word: np.float64, limit: np.float64, shocked: bool) -> bool:
    """Tell whether a win word wins, by the formula of the module's first page."""
    middle = word + 0.5
    return middle < limit * (TWO_32 - middle) if shocked else middle < limit


@kernel
def draw_words(key: np.uint64, luck: Luck, size: int, scratch: Scratch) -> npt.NDArray[np.uint32]:
    """Draw one 32-bit word per replication of the tile."""
    block = luck.first // 4
    skip = luck.first - 4 * block
    blocks = scratch.blocks[: 2 * ((skip + size + 3) // 4)]
    fill_blocks(luck.seed, luck.win, np.uint64(block), key, blocks)
    return blocks.view(np.uint32)[skip : skip + size]


@kernel
def find_by_chance(
    words: npt.NDArray[np.uint32], limit: npt.NDArray[np.float64], winner: npt.NDArray[np.uint32]
) -> int:
    """List the positions whose word plus a half is below chance times 2**32; return how many."""
    count = 0
    for i in range(words.size):  # branch-free: always write, advance on a win
        winner[count] = i
        count += int(np.float64(words[i]) + 0.5 < limit[i])
    return count


@kernel
def add_drawn(
    scale: np.float64, shape: npt.NDArray[np.float64], scratch: Scratch, count: int, flat: npt.NDArray[np.int64]
) -> None:
    """Book each winner's own amount, read from the table at its amount word."""
    for i in range(count):
        drawn = np.rint(scale * shape[table_position(scratch.amount[i])])
        flat[scratch.place[i]] += np.int64(drawn)
