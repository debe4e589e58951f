"""Slow twin of the closed forms: the law of the money in a window, by enumerating everything that can happen.

A lead is a list of rows that share three uniforms: u (win), v (day) and a (amount).  Each row is a tuple
``(chance, group, reached, atoms)``: it is won when u < chance, closes inside a window of bins ``first..last`` when
``reached[first - 1] <= v < reached[last]`` (0 before the first bin, 1 past the horizon), and brings the amount at a's
position in ``atoms``, a list of (weight, amount).  Works on Fractions and floats alike and shares no code with the
package.
"""

import math
from itertools import pairwise


def law_of_lead(rows, first, last):
    """Return ``{money: chance}`` of one lead in bins first..last."""
    spans = []
    for chance, _, reached, atoms in rows:
        ends = [0, *reached, 1]
        bounds, total = [0], 0
        for weight, _ in atoms:
            total += weight
            bounds.append(total)
        spans.append((chance, ends[first], ends[last + 1], bounds, atoms))
    law = {}
    for u, wide in _pieces([span[0] for span in spans]):
        for v, high in _pieces([edge for span in spans for edge in span[1:3]]):
            for a, deep in _pieces([bound for span in spans for bound in span[3]]):
                money = 0
                for chance, start, end, bounds, atoms in spans:
                    if u < chance and start <= v < end:
                        money += next(one[1] for one, to in zip(atoms, bounds[1:], strict=True) if a < to)
                law[money] = law.get(money, 0) + wide * high * deep
    return law


def _pieces(cuts):
    """Return (a point inside, width) of each piece between the cuts of [0, 1]."""
    edges = sorted({0, 1, *cuts})
    return [((low + high) / 2, high - low) for low, high in pairwise(edges) if high <= 1]


def law_of_book(leads, first, last):
    """Return ``{money: chance}`` of independent leads."""
    law = {0: 1}
    for rows in leads:
        one = law_of_lead(rows, first, last)
        both = {}
        for money, chance in law.items():
            for more, other in one.items():
                both[money + more] = both.get(money + more, 0) + chance * other
        law = both
    return law


def shocked_law(leads, first, last, shock_sd, group_sd, groups, log_odds, reach=7.0, step=0.25):
    """Return the law when odds move with a shared shock and one shock per group, by summing over a grid of all shocks.

    log_odds[lead][row] are the unshocked log-odds.
    """
    shared = _normal(reach, step) if shock_sd else [(0.0, 1.0)]
    own = _normal(reach, step) if group_sd else [(0.0, 1.0)]
    law = {}
    for z, weight in shared:
        for shocks, joint in _every(own, groups):
            moved = []
            for rows, odds in zip(leads, log_odds, strict=True):
                moved.append([
                    (_expit(a + shock_sd * z + group_sd * shocks[row[1]]), *row[1:])
                    for row, a in zip(rows, odds, strict=True)
                ])
            for money, chance in law_of_book(moved, first, last).items():
                law[money] = law.get(money, 0) + weight * joint * chance
    return law


def moments(law):
    """Return mean and variance."""
    mean = sum(money * chance for money, chance in law.items())
    return mean, sum((money - mean) ** 2 * chance for money, chance in law.items())


def _normal(reach, step):
    nodes = [step * k for k in range(-int(reach / step), int(reach / step) + 1)]
    weights = [math.exp(-node * node / 2) for node in nodes]
    return [(node, weight / sum(weights)) for node, weight in zip(nodes, weights, strict=True)]


def _every(own, groups):
    if groups == 0:
        return [((), 1.0)]
    return [((*rest, node), joint * weight) for rest, joint in _every(own, groups - 1) for node, weight in own]


def _expit(x):
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0
