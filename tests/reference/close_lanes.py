"""Slow twin of kernels/close_lanes.py: closing words and places, one winner at a time."""

from reference.keyed_random import threefry2x64

LARGEST_DAY = 2**64 - 2


def draw_blocks(address, winners):
    """Return the day words, cut to the largest, and the amount words."""
    seed, purpose, first, lead = address
    blocks = [threefry2x64((seed, purpose), (first + winner, lead)) for winner in winners]
    return [min(day, LARGEST_DAY) for day, _ in blocks], [amount for _, amount in blocks]


def places(edges, days, start, size, winners):
    """Return where each winner's money goes: one run of replications further for every edge its day has reached."""
    return [
        start + winner + size * sum(day >= edge for edge in edges) for winner, day in zip(winners, days, strict=True)
    ]
