"""Simulated bookings of a lowered book: from tables and a seed to one total per replication and bin.

The question: in each simulated future, how much of the open pipeline is booked in which days?  The rows are walked in
an order that lets neighbours share their limits; since money is added as integers, no order can change the answer.

What it leaves out: ranking and summing up (:mod:`funnelsim.engines.bands`).
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.execution import Execution, blocks_of, refuse_beyond, run_blocks
from funnelsim.kernels.keyed_random import CLOSE, GROUP_SHOCK, SHARED_SHOCK, WIN, fill_uniforms, purpose_key
from funnelsim.kernels.pipeline_walk import pipeline_walk
from funnelsim.kernels.walk_arrays import LeadArrays, Luck, rows_at, scratch_for

ROWS_PER_CALL = 4096
"""Rows a kernel walks before it looks up: with a tile of replications, well under 100 ms."""

NORMALS_AT_ONCE = 1 << 18
"""Shocks drawn before Ctrl-C can be answered: a few milliseconds."""

COLUMNS_AT_WORK = 6
"""Columns of one number per replication that drawing shocks and ranking totals hold at once."""

NO_MULTIPLIER = np.empty((0, 0), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Shocks:
    """The shocks of a range of replications, drawn once and shared by every walk over them.

    Attributes
    ----------
    seed : int
        In [0, 2**64).
    first : int
        Number of the first replication.
    count : int
        Number of replications.
    multiplier : float64, (group, replication)
        ``exp(shock_sd * z_r + group_sd * z_gr)``; shape (0, 0) for independent leads.
    """

    seed: int
    first: int
    count: int
    multiplier: npt.NDArray[np.float64]


def bytes_needed(book: LoweredBook, count: int) -> int:
    """Return the most memory that a forecast of some replications takes at once.

    Parameters
    ----------
    book : LoweredBook
        What is walked.
    count : int
        Number of replications.

    Returns
    -------
    int
        Two sets of bookings (all leads, and one selection of them), the shocks, and a few columns of totals.
    """
    columns = 2 * (book.bins + 1) + max(1, len(book.group_keys)) * book.shocked + COLUMNS_AT_WORK
    return 8 * count * columns


def draw_shocks(book: LoweredBook, seed: int, first: int, count: int) -> Shocks:
    """Draw the shared and group shocks of some replications.

    Parameters
    ----------
    book : LoweredBook
        Holds the standard deviations and the groups' addresses.
    seed : int
        In [0, 2**64).
    first, count : int
        Which replications.

    Returns
    -------
    Shocks
        Each value depends on seed, replication and group only.
    """
    if not book.shocked:
        return Shocks(seed, first, count, NO_MULTIPLIER)
    shared = book.shock_sd * _normals(seed, SHARED_SHOCK, first, count, np.uint64(0))
    if book.group_sd == 0:
        return Shocks(seed, first, count, np.exp(shared)[None, :])
    multiplier = np.empty((len(book.group_keys), count))
    for group, key in enumerate(book.group_keys):
        multiplier[group] = np.exp(shared + book.group_sd * _normals(seed, GROUP_SHOCK, first, count, key))
    return Shocks(seed, first, count, multiplier)


def _normals(seed: int, purpose: int, first: int, count: int, key: np.uint64) -> npt.NDArray[np.float64]:
    normals = np.empty(count)
    for low, high in blocks_of(count, NORMALS_AT_ONCE):
        part = normals[low:high]
        fill_uniforms(np.uint64(seed), purpose_key(purpose), np.uint64(first + low), key, part)
        ndtri(part, out=part)
    return normals


def simulate_bookings(book: LoweredBook, shocks: Shocks, execution: Execution) -> npt.NDArray[np.int64]:
    """Walk a book through a range of replications.

    Parameters
    ----------
    book : LoweredBook
        What to walk; rows may be a selection.
    shocks : Shocks
        The replications and their shocks, from :func:`draw_shocks` with the same book's deviations.
    execution : Execution
        Threads and block size; without influence on the answer.

    Returns
    -------
    int64, (replication, bin + 1)
        Minor units; the last column is money past the horizon.

    Raises
    ------
    ResourceError
        If the answer would not fit in the memory budget; nothing is allocated then.
    KeyboardInterrupt
        On Ctrl-C, within about 100 ms.
    """
    refuse_beyond(shocks.count * (book.bins + 1) * 8, execution, f"{shocks.count:,} replications")
    bookings = np.zeros((shocks.count, book.bins + 1), dtype=np.int64)
    rows = walking_order(book)
    share = 1.0 / max(1, shocks.count * rows.key.size)
    group_rows = shocks.multiplier.shape[0] > 0

    def work(first: int, end: int, stop: Event) -> None:
        scratch = scratch_for(end - first)
        tile = np.zeros((book.bins + 1, end - first), dtype=np.int64)  # a run per bin: winners come in rising order
        absolute = shocks.first + first
        chosen = np.arange(absolute, shocks.first + end, dtype=np.int64) % book.sets
        multiplier = np.ascontiguousarray(shocks.multiplier[:, first:end]) if group_rows else NO_MULTIPLIER
        luck = Luck(
            np.uint64(shocks.seed), purpose_key(WIN), purpose_key(CLOSE), np.int64(absolute), chosen, multiplier
        )
        for low, high in blocks_of(rows.key.size, ROWS_PER_CALL):
            if stop.is_set():
                return
            part = rows_at(rows, slice(low, high))
            pipeline_walk(part, book.tables, book.day_spans, luck, tile, scratch)
            execution.progress((end - first) * (high - low) * share)
        bookings[first:end] = tile.T

    run_blocks(work, shocks.count, execution)
    return bookings


def walking_order(book: LoweredBook) -> LeadArrays:
    """Return the rows sorted by group and chance cell, so that neighbours share what they are compared with.

    Parameters
    ----------
    book : LoweredBook
        Any book.

    Returns
    -------
    LeadArrays
        Contiguous columns; without a group shock every row points to the one row of multipliers.
    """
    rows = book.rows
    order = np.lexsort((rows.chance_cell, rows.group))
    return rows_at(rows, order)
