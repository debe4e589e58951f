"""Fully sequential selection in plain Python: lists, loops, sums anew at every look.

Shares nothing with the package; written from the formulas alone.  Larger is better.
"""

from __future__ import annotations


def variance(numbers):
    mean = sum(numbers) / len(numbers)
    return sum((one - mean) ** 2 for one in numbers) / (len(numbers) - 1)


def constant(systems, start, alpha, common=True):
    beta = alpha / (systems - 1) if common else 1 - (1 - alpha) ** (1 / (systems - 1))
    eta = ((2 * beta) ** (-2 / (start - 1)) - 1) / 2
    return 2 * eta * (start - 1)


def choose(number, systems, delta, alpha=0.05, start=20, batch=1, by_differences=True, common=True):
    """Return survivors and, for each fallen system, at which replication it fell; ``number(i, r)`` is a draw."""
    h2 = constant(systems, start, alpha, common)
    drawn = [[number(i, r) for r in range(start)] for i in range(systems)]
    spread = {}
    for i in range(systems):
        for other in range(systems):
            if by_differences:
                spread[i, other] = variance([a - b for a, b in zip(drawn[i], drawn[other], strict=True)])
            else:
                spread[i, other] = variance(drawn[i]) + variance(drawn[other])
    alive, fallen, r = list(range(systems)), {}, start
    while True:
        means = {i: sum(drawn[i]) / r for i in alive}
        kept = []
        for i in alive:
            worse = False
            for other in alive:
                if other == i:
                    continue
                slack = max(0.0, delta / (2 * r) * (h2 * spread[i, other] / delta**2 - r))
                worse = worse or means[i] < means[other] - slack
            if worse:
                fallen[i] = r
            else:
                kept.append(i)
        alive = kept
        last = max([int(h2 * spread[i, other] / delta**2) for i in alive for other in alive if i != other], default=0)
        if len(alive) == 1 or r > last:
            return alive, fallen
        step = min(batch, last + 1 - r)
        for i in alive:
            drawn[i] += [number(i, r + ahead) for ahead in range(step)]
        r += step
