"""From a random word to a cell of a quantile table, without a logarithm.

The layout of the cells, and the formula used here, are told in :mod:`funnelsim.kernels.cell_layout`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.cell_layout import CELL_BASE, CELL_SHIFT, CELLS, TAIL, TAIL_SHIFT
from funnelsim.kernels.jit import inline, kernel

HALF = np.uint64(1 << 63)


@inline
def table_position(word: np.uint64) -> np.int64:
    """Return the cell of a quantile table that a 64-bit word falls in; never falls as the word rises.

    Twin    tests/reference/sampling.py
    """
    lower = word < HALF
    distance = word if lower else ~word
    if distance >= np.uint64(TAIL):
        # a double's exponent and leading fraction bits are the octave and the cell at once
        index = (np.float64(distance >> np.uint64(11)).view(np.int64) >> np.int64(CELL_SHIFT)) - np.int64(CELL_BASE)
    else:
        index = np.int64(distance >> np.uint64(TAIL_SHIFT))
    return index if lower else np.int64(CELLS) - np.int64(1) - index


@inline
def interpolated(edges: npt.NDArray[np.float64], word: np.uint64) -> np.float64:
    """Read a table of quantiles at cell edges, linearly inside the cell.

    edges : float64   ``(cell + 1,)``, finite

    Twin    tests/reference/sampling.py
    """
    lower = word < HALF
    distance = word if lower else ~word
    if distance >= np.uint64(TAIL):
        bits = np.float64(distance >> np.uint64(11)).view(np.int64)
        index = (bits >> np.int64(CELL_SHIFT)) - np.int64(CELL_BASE)
        part = np.float64(bits & np.int64((1 << CELL_SHIFT) - 1)) * (1.0 / (1 << CELL_SHIFT))
    else:
        index = np.int64(distance >> np.uint64(TAIL_SHIFT))
        part = np.float64(distance & np.uint64((1 << TAIL_SHIFT) - 1)) * (1.0 / (1 << TAIL_SHIFT))
    if not lower:
        index, part = np.int64(CELLS) - np.int64(1) - index, 1.0 - part
    low = edges[index]
    return low + (edges[index + 1] - low) * part


@kernel
def draw_from_table(
    words: npt.NDArray[np.uint64], scale: np.float64, shape: npt.NDArray[np.float64], out: npt.NDArray[np.int64]
) -> None:
    """Write one amount per word: ``round(scale * shape[cell])``, halves to even.

    words : uint64    ``(draw,)``
    scale : float64   factor on the shape, minor units
    shape : float64   ``(cell,)``
    out : int64       ``(draw,)``

    Twin    tests/reference/sampling.py
    """
    for i in range(words.size):
        out[i] = np.int64(np.rint(scale * shape[table_position(words[i])]))
