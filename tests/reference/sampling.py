"""Slow twin of kernels/sampling.py: the cell of a word, found with exact fractions."""

from fractions import Fraction

OCTAVES = 19
CELLS = 128


def table_position(word):
    """Return the cell of a 64-bit word: octaves that halve from the middle, 128 equal cells in each, one more below."""
    lower = word < 2**63
    distance = Fraction(word if lower else 2**64 - 1 - word, 2**64)
    tail = Fraction(1, 2 ** (OCTAVES + 1))
    if distance < tail:
        index = int(distance / tail * CELLS)
    else:
        octave = 1
        while distance < Fraction(1, 2 ** (octave + 1)):
            octave += 1
        bottom = Fraction(1, 2 ** (octave + 1))
        index = (OCTAVES - octave + 1) * CELLS + int((distance / bottom - 1) * CELLS)
    return index if lower else 2 * (OCTAVES + 1) * CELLS - 1 - index


def cell_fraction(word):
    """Return how far inside its cell of a quantile table a word lies, in [0, 1)."""
    lower = word < 1 << 63
    distance = word if lower else word ^ (2**64 - 1)
    if distance >= 1 << 44:  # cells of 1/128 of an octave: the bits below the cell's number
        whole = distance >> 11
        size = whole.bit_length() - 1
        inside = (whole << (52 - size)) & ((1 << 45) - 1)
        part = inside / 2**45
    else:
        part = (distance & ((1 << 37) - 1)) / 2**37
    return part if lower else 1.0 - part


def interpolated(edges, word):
    """Read a table of quantiles at cell edges, linearly inside the cell."""
    cell = table_position(word)
    low, high = float(edges[cell]), float(edges[cell + 1])
    return low + (high - low) * cell_fraction(word)


def draw_from_table(words, scale, shape):
    """Return one rounded amount per word; Python's round takes halves to even."""
    return [round(scale * shape[table_position(word)]) for word in words]
