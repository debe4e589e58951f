"""Labels of which none is like another.

What it leaves out: what is labelled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def numbered(labels: Sequence[str]) -> list[str]:
    """Return labels of which none is like another.

    Parameters
    ----------
    labels : sequence of str
        Any.

    Returns
    -------
    list of str
        The same, but a second ``P0`` is ``P0 (2)``.
    """
    seen: Counter[str] = Counter()
    found = []
    for label in labels:
        seen[label] += 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return found
