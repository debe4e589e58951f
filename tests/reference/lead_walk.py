"""Chances of one open lead by plain loops over the definition: hazards, entries in mid-cell, what is left."""

from __future__ import annotations

import math


def hazard_between(edges, rate, young, old):
    """A hazard that is constant between edges, summed between two ages."""
    total = 0.0
    for cell, left in enumerate(edges):
        right = edges[cell + 1] if cell + 1 < len(edges) else math.inf
        total += rate[cell] * max(min(old, right) - max(young, left), 0.0)
    return total


def where_it_ends(exits, kind, age, reach):
    """Chance of a stay of some age to end in each exit; beyond the oldest edge it lasts as long as the records."""
    cuts = sorted({edge for curve in exits for edge in curve["edges"] if edge > age})
    ages = [age, *cuts]
    alive, gone = 1.0, [0.0] * len(exits)
    for at, young in enumerate(ages):
        old = ages[at + 1] if at + 1 < len(ages) else young + reach
        parts = [hazard_between(c["edges"], c["rate"], young, old) * c["factor"][kind] for c in exits]
        whole = sum(parts)
        for out, part in enumerate(parts):
            gone[out] += alive * (1.0 - math.exp(-whole)) * (part / whole if whole else 0.0)
        alive *= math.exp(-whole)
    return gone


def leave(exits, kind, ages):
    """Chances to leave by each exit within each step between ages, and to stay; a step is None before the entry."""
    flows, total = [[0.0] * (len(ages) - 1) for _ in exits], 0.0
    for at in range(len(ages) - 1):
        parts = [
            hazard_between(c["edges"], c["rate"], ages[at], ages[at + 1]) * c["factor"][kind] * c["weekly"][at]
            for c in exits
        ]
        whole = sum(parts)
        gone = math.exp(-total) - math.exp(-total - whole)
        total += whole
        for out, part in enumerate(parts):
            flows[out][at] = gone * part / whole if whole else 0.0
    return flows, math.exp(-total)


def chances_of_lead(curves, states, reach, lead, edges):
    """Chances to be won and lost in each step, and to be won ever.

    ``lead`` is state, age, and a function that tells its class in a state that it enters after so many days.
    """
    here, age, kind_at = lead
    exits = [[curve for curve in curves if curve["origin"] == state] for state in range(states)]
    ever = [0.0] * states + [1.0, 0.0]
    for state in range(states - 1, here, -1):
        gone = where_it_ends(exits[state], kind_at(state, edges[-1]), 0.0, reach)
        ever[state] = sum(share * ever[c["target"]] for share, c in zip(gone, exits[state], strict=True))
    steps = len(edges) - 1
    entries = [[0.0] * steps for _ in range(states + 2)]
    later = 0.0
    for state in range(here, states):
        starts = [(1.0, age, None)] if state == here else []
        starts += [(entries[state][at], 0.0, at) for at in range(steps) if state > here]
        for chance, young, entered in starts:
            if entered is None:
                kind, ages = kind_at(state, 0.0), [young + edge for edge in edges]
            else:
                middle = 0.5 * (edges[entered] + edges[entered + 1])
                kind, ages = kind_at(state, middle), [max(edge - middle, 0.0) for edge in edges]
            flows, left = leave(exits[state], kind, ages)
            gone = where_it_ends(exits[state], kind, ages[-1], reach)
            for out, curve in enumerate(exits[state]):
                for at in range(steps):
                    entries[curve["target"]][at] += chance * flows[out][at]
                later += chance * left * gone[out] * ever[curve["target"]]
    return entries[states], entries[states + 1], later + sum(entries[states])
