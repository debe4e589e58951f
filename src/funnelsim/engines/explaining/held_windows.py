"""One version of the records with some of its draws held still, each lowered once however often it is asked for.

What it leaves out: what is made of them (:mod:`funnelsim.engines.explaining.learned_drivers`,
:mod:`funnelsim.engines.explaining.learned_shares`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from funnelsim.engines.explaining.learned_window import InWindow, LearnedWalk, Version
from funnelsim.engines.learning.held import NOTHING, Held
from funnelsim.engines.learning.new_business import new_business


@dataclass(frozen=True, eq=False)
class HeldWindows:
    """A version of the records under everything that can be held still.

    Attributes
    ----------
    walk : LearnedWalk
        Window and luck.
    version : Version
        The records.
    """

    walk: LearnedWalk
    version: Version
    _found: dict[Held, InWindow] = field(default_factory=dict, repr=False)

    @property
    def free(self) -> InWindow:
        """The version with everything drawn."""
        return self.under(NOTHING)

    def under(self, held: Held) -> InWindow:
        """Return the version with some draws held still.

        Parameters
        ----------
        held : Held
            What is not drawn.

        Returns
        -------
        InWindow
            The same one whenever it is asked for.
        """
        if held not in self._found:
            self._found[held] = self._with_births_held(held) if held.births else self.walk.lower(self.version, held)
        return self._found[held]

    def _with_births_held(self, held: Held) -> InWindow:
        """Return what differs from the same with births drawn in the leads to come only."""
        drawn = self.under(replace(held, births=False))
        if drawn.learned.new is None:
            return drawn
        known, chances = self.version.known, drawn.learned.chances
        new = new_business(
            known.learned,
            self.version.calendar,
            chances.factor,
            self.walk.seed,
            chances.sets,
            known.independent,
            held,
        )
        return replace(drawn, learned=replace(drawn.learned, new=new))
