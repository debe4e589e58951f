"""Levers: keys of a scenario and the values they are tried at.

What it leaves out: reading them from a command line (``inputs/lever_words.py``) and changing the scenario
(:mod:`funnelsim.model.scenario_changes`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lever:
    """One key and what it is set to.

    **Invariants** (kept by ``inputs/lever_words.py``): at least one value, or ``low < high``.

    Attributes
    ----------
    path : str
        Dotted path into the scenario, as the user wrote it.
    values : tuple of object
        Values to try, in the user's order: numbers, texts, true, false or None; empty for a range without points.
    low, high : float or None
        Ends of the range; None for a list of values.
    whole : bool
        Whether both ends were written as whole numbers.
    """

    path: str
    values: tuple[object, ...]
    low: float | None = None
    high: float | None = None
    whole: bool = False

    @property
    def is_range(self) -> bool:
        """Whether any number between two ends may be tried."""
        return self.low is not None and self.high is not None
