"""Slow twin of engines/statistics/resampling.py, choosing.py and dominance.py: lists drawn again, sorted, counted."""

from fractions import Fraction
from itertools import pairwise


def drawn_again(values, counts):
    """Return a resample as a list."""
    return [value for value, count in zip(values, counts, strict=True) for _ in range(count)]


def percentile(values, percent):
    """Return the smallest value with at least that share at or below it."""
    return next(x for x in sorted(values) if 100 * sum(y <= x for y in values) >= percent * len(values))


def worst_mean(values, higher=True):
    """Return the mean of the worst tenth, rounded up to whole replications."""
    worst = sorted(values, reverse=not higher)[: -(-len(values) // 10)]
    return Fraction(sum(worst), len(worst))


def chances_and_costs(columns, resamples, higher=True):
    """Return how often each has the best mean, ties shared, and the mean distance to the best."""
    chances, costs = [Fraction(0)] * len(columns), [Fraction(0)] * len(columns)
    for counts in resamples:
        sign = 1 if higher else -1
        means = [Fraction(sign * sum(drawn_again(column, counts)), len(column)) for column in columns]
        best = [place for place, mean in enumerate(means) if mean == max(means)]
        for place, mean in enumerate(means):
            chances[place] += Fraction(place in best, len(best) * len(resamples))
            costs[place] += (max(means) - mean) / len(resamples)
    return chances, costs


def largest_violation(base, other):
    """Return by how much the other's distribution function is above the base's at most, a share."""
    return max(
        Fraction(sum(y <= x for y in other) - sum(y <= x for y in base), len(base)) for x in set(base) | set(other)
    )


def violated_share(base, other):
    """Return the smaller area between two distribution functions as a share of both."""
    points = sorted(set(base) | set(other))
    above = below = Fraction(0)
    for left, right in pairwise(points):
        gap = (sum(y <= left for y in other) - sum(y <= left for y in base)) * Fraction(right - left)
        above, below = above + max(gap, 0), below + max(-gap, 0)
    return min(above, below) / (above + below)
