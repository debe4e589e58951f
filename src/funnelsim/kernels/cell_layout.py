"""Which cell of a quantile table a random word falls in: cells that halve from the middle towards both tails.

A 64-bit word ``x`` stands for the uniform ``u = (x + 0.5) / 2**64``.  Let ``y = x`` in the lower half
(``x < 2**63``) and ``y = ~x`` in the upper one, so ``y < 2**63`` is the distance from the nearer end.  Octave ``k``
holds the ``y / 2**64`` in ``[2**-(k+1), 2**-k)`` for ``k = 1 .. OCTAVES`` and is cut into ``CELLS_PER_OCTAVE`` equal
cells; what is left, ``y / 2**64 < 2**-(OCTAVES+1)``, is cut into as many equal cells again (each as wide as those of
the last octave, like the subnormal numbers below the smallest normal one).  Exponent and leading bits of a double are
octave and cell at once::

    y = x if x < 2**63 else ~x
    if y >= TAIL:                                            # u >= 2**-20
        index = (bits_of(float64(y >> 11)) >> CELL_SHIFT) - CELL_BASE
    else:
        index = y >> TAIL_SHIFT
    cell = index if x < 2**63 else CELLS - 1 - index

``y >> 11`` has 52 bits, so the conversion is exact.  ``index`` is in ``[0, HALF_CELLS)``, ``cell`` in ``[0, CELLS)``,
and ``cell`` never falls as ``x`` rises.  Cells beyond the 20th octave would only matter for laws wider than a lognormal
of log-sd 1.5: there the tables lose 0.02 % of the standard deviation, and one single tail cell would lose 0.3 %.

What it leaves out: the edges, weights and means of the cells (``engines/quantile_tables.py``).
"""

from __future__ import annotations

OCTAVES = 19
"""Octaves between 1/2 and the tail on each side."""

CELL_BITS = 7
CELLS_PER_OCTAVE = 1 << CELL_BITS
"""Equal cells in each octave, and in the tail."""

HALF_CELLS = (OCTAVES + 1) * CELLS_PER_OCTAVE
"""Cells of one half: the tail, then the octaves from the last to the first."""

CELLS = 2 * HALF_CELLS
"""Cells of a table: 5120."""

TAIL = 1 << (63 - OCTAVES)
"""Distances below this one (``2**44``, u = 2**-20) lie in the tail."""

TAIL_SHIFT = 63 - OCTAVES - CELL_BITS
"""Bits below the cell number in the tail: 37."""

CELL_SHIFT = 52 - CELL_BITS
"""Bits of a double's fraction below the cell number: 45."""

CELL_BASE = ((1023 + 52 - OCTAVES) << CELL_BITS) - CELLS_PER_OCTAVE
"""Shifted bits of the double at the tail's edge, minus the cells of the tail: 135040."""
