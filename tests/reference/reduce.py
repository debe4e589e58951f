"""Slow twin of kernels/reduce.py: Python integers and fractions."""

from fractions import Fraction


def sum_in_halves(values):
    """Return the sums of high and low 32 bits."""
    return sum(value // 2**32 for value in values), sum(value % 2**32 for value in values)


def sum_of_squares_around(values, centre):
    """Return the exact sums of squared and plain differences."""
    return sum(Fraction(value - centre) ** 2 for value in values), sum(value - centre for value in values)


def count_at_least(values, target):
    """Return how many reach the target and what the others lack in all."""
    return sum(value >= target for value in values), sum(max(0, target - value) for value in values)
