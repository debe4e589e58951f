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


def spreads(drawn, by_differences):
    """Return the variance taken for each ordered pair."""
    found = {}
    for i, one in enumerate(drawn):
        for other, two in enumerate(drawn):
            differences = [a - b for a, b in zip(one, two, strict=True)]
            found[i, other] = variance(differences) if by_differences else variance(one) + variance(two)
    return found


def worse(i, alive, means, room, delta, r):
    """Return whether a survivor is known to be worse than another one."""
    return any(
        means[i] < means[other] - max(0.0, delta / (2 * r) * (room[i, other] - r)) for other in alive if other != i
    )


def choose(number, systems, delta, alpha=0.05, start=20, batch=1, by_differences=True, common=True):
    """Return survivors and, for each fallen system, at which replication it fell; ``number(i, r)`` is a draw."""
    h2 = constant(systems, start, alpha, common)
    drawn = [[number(i, r) for r in range(start)] for i in range(systems)]
    room = {pair: h2 * spread / delta**2 for pair, spread in spreads(drawn, by_differences).items()}
    alive, fallen, r = list(range(systems)), {}, start
    while True:
        means = {i: sum(drawn[i]) / r for i in alive}
        fell = [i for i in alive if worse(i, alive, means, room, delta, r)]
        fallen |= dict.fromkeys(fell, r)
        alive = [i for i in alive if i not in fell]
        last = max([int(room[i, other]) for i in alive for other in alive if i != other], default=0)
        if len(alive) == 1 or r > last:
            return alive, fallen
        step = min(batch, last + 1 - r)
        for i in alive:
            drawn[i] += [number(i, r + ahead) for ahead in range(step)]
        r += step
