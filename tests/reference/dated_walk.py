"""Where entries into a state go whose rates carry factors of a stated day, by plain loops."""

from __future__ import annotations

import math


def follow(steps, factor, pull, entering):
    """One lead: hazards by exit, entry cell and cell; factor of each exit; pull by exit and cell; chances to enter."""
    exits, cells = len(steps), len(entering)
    gone = [[0.0] * cells for _ in range(exits)]
    staying = []
    for entry, alive in enumerate(entering):
        for cell in range(entry, cells):
            parts = [steps[out][entry][cell] * factor[out] * pull[out][cell] for out in range(exits)]
            whole = sum(parts)
            for out, part in enumerate(parts):
                gone[out][cell] += alive * (1.0 - math.exp(-whole)) * (part / whole if whole else 0.0)
            alive *= math.exp(-whole)
        staying.append(alive)
    return gone, staying
