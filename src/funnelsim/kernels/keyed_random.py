"""Random numbers that belong to things: each is a pure function of seed, purpose, replication and lead.

Threefry2x64 with 20 rounds [1]_, addressed without hashing and without collisions::

    key     = (seed, version 8 bits | purpose 16 | stage 8 | cause 8 | occurrence 24)
    counter = (replication, lead key)            -> two 64-bit words

so the answer cannot depend on threads, chunks, row order or the other leads.  Win tests take 32-bit words, four
replications to a block: counter ``(replication // 4, lead key)``, word ``replication % 4``; the words of a block are
the
low and high half of its first, then of its second 64-bit word.  The closing of a winner takes one block: first word the
day, second word the amount.

.. [1] Salmon, Moraes, Dror, Shaw (2011). Parallel random numbers: as easy as 1, 2, 3. SC11. doi:10.1145/2063384.2063405
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.jit import inline, kernel

VERSION = 1
WIN = 1
CLOSE = 2
SHARED_SHOCK = 3
GROUP_SHOCK = 4
NEW_WINS = 5
NEW_AMOUNT = 6

Words = npt.NDArray[np.uint64]

PARITY = np.uint64(0x1BD11BDAA9FC1A22)


def purpose_key(purpose: int, stage: int = 0, cause: int = 0, occurrence: int = 0) -> np.uint64:
    """Return the second key word: what a draw is for.

    Parameters
    ----------
    purpose : int
        One of this module's purposes, in [0, 2**16).
    stage, cause : int
        In [0, 2**8).
    occurrence : int
        In [0, 2**24).

    Returns
    -------
    uint64
        The fields side by side, the stream version on top.
    """
    return np.uint64(VERSION << 56 | purpose << 40 | stage << 32 | cause << 24 | occurrence)


@inline
def rotated(word: np.uint64, bits: int) -> np.uint64:
    """Rotate a 64-bit word left by ``bits`` in [1, 63]."""
    return (word << np.uint64(bits)) | (word >> np.uint64(64 - bits))


@inline
def four_rounds(x0: np.uint64, x1: np.uint64, r0: int, r1: int, r2: int, r3: int) -> tuple[np.uint64, np.uint64]:
    """Mix both words four times."""
    x0 = x0 + x1
    x1 = rotated(x1, r0) ^ x0
    x0 = x0 + x1
    x1 = rotated(x1, r1) ^ x0
    x0 = x0 + x1
    x1 = rotated(x1, r2) ^ x0
    x0 = x0 + x1
    x1 = rotated(x1, r3) ^ x0
    return x0, x1


@inline
def threefry2x64(
    key0: np.uint64, key1: np.uint64, counter0: np.uint64, counter1: np.uint64
) -> tuple[np.uint64, np.uint64]:
    """Return the two 64-bit words of one block; all arguments uint64.

    Twin    tests/reference/keyed_random.py
    """
    key2 = key0 ^ key1 ^ PARITY
    x0 = counter0 + key0
    x1 = counter1 + key1
    x0, x1 = four_rounds(x0, x1, 16, 42, 12, 31)
    x0 = x0 + key1
    x1 = x1 + key2 + np.uint64(1)
    x0, x1 = four_rounds(x0, x1, 16, 32, 24, 21)
    x0 = x0 + key2
    x1 = x1 + key0 + np.uint64(2)
    x0, x1 = four_rounds(x0, x1, 16, 42, 12, 31)
    x0 = x0 + key0
    x1 = x1 + key1 + np.uint64(3)
    x0, x1 = four_rounds(x0, x1, 16, 32, 24, 21)
    x0 = x0 + key1
    x1 = x1 + key2 + np.uint64(4)
    x0, x1 = four_rounds(x0, x1, 16, 42, 12, 31)
    x0 = x0 + key2
    x1 = x1 + key0 + np.uint64(5)
    return x0, x1


@kernel
def fill_blocks(seed: np.uint64, purpose: np.uint64, first: np.uint64, lead: np.uint64, out: Words) -> None:
    """Write the blocks of consecutive counters of one lead.

    seed, purpose : uint64   key
    first : uint64           first counter (a replication, or a replication divided by 4)
    lead : uint64            lead key
    out : uint64             ``(2 * block,)``: first and second word of each block, side by side

    Twin    tests/reference/keyed_random.py
    """
    for block in range(out.size // 2):
        x0, x1 = threefry2x64(seed, purpose, first + np.uint64(block), lead)
        out[2 * block] = x0
        out[2 * block + 1] = x1


@kernel
def fill_uniforms(
    seed: np.uint64, purpose: np.uint64, first: np.uint64, lead: np.uint64, out: npt.NDArray[np.float64]
) -> None:
    """Write one uniform in (0, 1) per consecutive replication, from the first word of its block.

    out : float64   ``(replication,)``: ``((word >> 12) + 0.5) * 2**-52``, never 0 and never 1

    Twin    tests/reference/keyed_random.py
    """
    for replication in range(out.size):
        word, _ = threefry2x64(seed, purpose, first + np.uint64(replication), lead)
        out[replication] = (np.float64(word >> np.uint64(12)) + 0.5) * 2.220446049250313e-16
