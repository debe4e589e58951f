"""The forecast kernel's rivals: the same forecast in plain NumPy.

All take the lowered book's own tables, so they answer the same question with the same laws, on one thread.
``dense`` is what a fluent NumPy user writes; ``tuned_dense`` is the same idea with every trick we know; ``sparse`` goes
lead by lead, gives a day to winners only and is the fastest we can write, but from one stream, so that a lead's luck
hangs on the leads before it; ``keyed_sparse`` is the fastest we can write that keeps a lead's luck its own, as the
kernel does.  All return int64 ``(replication, bin + 1)``, the last bin past the horizon.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.pipeline import walking_order

Bookings = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DENSE_BLOCK = 500
TUNED_BLOCK = 64
"""Replications at once: 64 x 1,000 doubles stay in the core's own cache."""

TWO_32 = 4294967296.0


def dense(book: LoweredBook, replications: int, seed: int) -> Bookings:
    """Draw a win and a day for every lead of every replication, a block of replications at a time."""
    rng = np.random.Generator(np.random.PCG64(seed))
    odds, reached = _by_lead(book)
    amount = book.rows.amount.astype(np.float64)
    multiplier = np.exp(book.shock_sd * rng.standard_normal(replications))
    out = np.empty((replications, book.bins + 1), dtype=np.int64)
    for low in range(0, replications, DENSE_BLOCK):
        chosen = np.arange(low, min(low + DENSE_BLOCK, replications)) % book.sets
        pull = odds[chosen] * multiplier[low : low + chosen.size, None]
        won = rng.random(pull.shape) < pull / (1.0 + pull)
        day = rng.random(pull.shape)
        period = np.zeros(pull.shape, dtype=np.int8)
        for edge in reached:
            period += day >= edge[chosen]
        money = np.where(won, amount, 0.0)
        for bin_ in range(book.bins + 1):
            out[low : low + chosen.size, bin_] = np.where(period == bin_, money, 0.0).sum(axis=1)
    return out


def tuned_dense(book: LoweredBook, replications: int, seed: int) -> Bookings:
    """Do what ``dense`` does in blocks that fit the cache, without division, adding up to each edge."""
    rng = np.random.Generator(np.random.SFC64(seed))
    odds, reached = _by_lead(book)
    amount = book.rows.amount.astype(np.float64)
    multiplier = np.exp(book.shock_sd * rng.standard_normal(replications))
    out = np.empty((replications, book.bins + 1), dtype=np.int64)
    win, day, brought = np.empty((3, TUNED_BLOCK, amount.size))
    upto = np.empty((TUNED_BLOCK, book.bins + 1))
    for low in range(0, replications, TUNED_BLOCK):
        size = min(TUNED_BLOCK, replications - low)
        u, v, money, total = win[:size], day[:size], brought[:size], upto[:size]
        rng.random(out=u)
        rng.random(out=v)
        chosen = np.arange(low, low + size) % book.sets if book.sets > 1 else slice(0, 1)
        pull = odds[chosen] * multiplier[low : low + size, None]
        np.multiply(u * (1.0 + pull) < pull, amount, out=money)
        np.sum(money, axis=1, out=total[:, -1])
        for index, edge in enumerate(reached):
            total[:, index] = np.einsum("rl,rl->r", money, v < edge[chosen])
        out[low : low + size, 0] = total[:, 0]
        out[low : low + size, 1:] = np.diff(total, axis=1)
    return out


def sparse(book: LoweredBook, replications: int, seed: int) -> Bookings:
    """Go lead by lead: one 32-bit word per replication, then a day for the winners only, all from one stream.

    Measured against each other and dropped: ``Generator.integers`` and float32 uniforms (slower than raw words),
    ``searchsorted`` for the bin (four times slower than counting edges), ``+=`` at an index array and ``bincount``
    (slower than ``add.at``), and drawing for a matrix of leads at once.
    """
    stream = np.random.Generator(np.random.SFC64(seed))
    shared = np.random.Generator(np.random.SFC64(seed + 1))
    return _lead_by_lead(book, replications, shared, lambda key: (stream, stream))


def keyed_sparse(book: LoweredBook, replications: int, seed: int) -> Bookings:
    """Do what ``sparse`` does with a stream of its own for every lead's wins and another for its days.

    This is the least that gives what the kernel promises: a lead's luck is the same whatever other leads there are, and
    the first n of 2n replications are the n replications.  A seeded SFC64 per stream was slower than a keyed Philox.
    """
    shared = np.random.Generator(np.random.SFC64(seed + 1))

    def streams(key: int) -> tuple[np.random.Generator, np.random.Generator]:
        wins, days = (np.random.Philox(key=[seed, key ^ purpose]) for purpose in (0, 1))
        return np.random.Generator(wins), np.random.Generator(days)

    return _lead_by_lead(book, replications, shared, streams)


def _lead_by_lead(
    book: LoweredBook,
    replications: int,
    shared: np.random.Generator,
    streams: Callable[[int], tuple[np.random.Generator, np.random.Generator]],
) -> Bookings:
    """Walk the rows: wins from the first stream of a lead, days from the second."""
    rows = walking_order(book)
    reached = closed_by(book)
    first, last = book.tables.day_first.min(axis=1), book.tables.day_last.max(axis=1)
    inverse = np.exp(-book.shock_sd * shared.standard_normal(replications))
    chosen = np.arange(replications) % book.sets
    out = np.zeros((replications, book.bins + 1), dtype=np.int64)
    flat = out.reshape(-1)
    place = np.arange(replications, dtype=np.int64) * (book.bins + 1)
    cell = -1
    limit = np.empty(0, dtype=np.uint32)
    for row in range(rows.key.size):
        if rows.chance_cell[row] != cell:
            cell = rows.chance_cell[row]
            limit = _limits(book, cell, inverse, chosen)
        wins, days = streams(int(rows.key[row]))
        words = wins.bit_generator.random_raw((replications + 1) // 2).view(np.uint32)[:replications]
        winner = (words < limit).nonzero()[0]
        day = days.random(winner.size)
        law = rows.day_cell[row]
        edges = reached[law, :, first[law] : last[law]].T
        found = _counted(day, edges, None if book.sets == 1 else chosen[winner])
        np.add.at(flat, place[winner] + (found + first[law]), rows.amount[row])
    return out


def _limits(book: LoweredBook, cell: int, inverse: Floats, chosen: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
    """Return what win words are compared with: the chance under the shock times 2**32."""
    against = 1.0 / book.tables.odds[:, cell]
    limit = inverse * (against if book.sets == 1 else against[chosen])
    limit += 1.0
    np.divide(TWO_32, limit, out=limit)
    return limit.astype(np.uint32)


def _counted(day: Floats, edges: Floats, of_set: npt.NDArray[np.int64] | None) -> npt.NDArray[np.uint8]:
    """Count the edges at or below each day, ``(winner,)``."""
    found = np.zeros(day.size, dtype=np.uint8)
    above = np.empty(day.size, dtype=bool)
    for edge in edges:
        np.greater_equal(day, edge[0] if of_set is None else edge.take(of_set), out=above)
        np.add(found, above.view(np.uint8), out=found)
    return found


def _by_lead(book: LoweredBook) -> tuple[Floats, Floats]:
    """Return odds ``(set, lead)`` and chances of having closed ``(edge, set, lead)``, spread out for matrices."""
    odds = np.ascontiguousarray(book.tables.odds[:, book.rows.chance_cell])
    return odds, np.ascontiguousarray(closed_by(book)[book.rows.day_cell].transpose(2, 1, 0))


def closed_by(book: LoweredBook) -> Floats:
    """Chance that a winner has closed by the end of each bin, ``(day_cell, set, bin)``."""
    reached = book.tables.day_edges.astype(np.float64) / 2.0**64
    certain = np.arange(book.bins) >= book.tables.day_last[:, :, None]
    return np.where(certain, 1.0, reached)
