"""Which of the things that a learned forecast draws are held still.

How much of the width of a forecast goes back to rates that are known badly, to good and bad periods, or to births that
nobody can foresee?  Each is drawn for every parameter set; held still, it is alike in all of them.  The draws of
everything else stay the same to the last bit, whatever is held.

What it leaves out: the luck of single leads, which no parameter set holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.hazards import draw_rates
from funnelsim.model.calibration import StageHazards

Floats = npt.NDArray[np.float64]
Draws = list[tuple[Floats, Floats]]
"""Draws of the rates of each curve, (draw, cell of age), and of its factors of classes, (draw, class)."""

MEANS: Final = -1
"""Stands for the posterior means of the rates, where otherwise a parameter set is named."""


@dataclass(frozen=True)
class Held:
    """What is held still; by default nothing is.

    Attributes
    ----------
    rates : int or None
        None: each parameter set has a draw of its own.  ``MEANS``: all have the posterior means.  From 0: all have the
        draw of that set.  Rates are those by age, and the factors of classes, of segments, of stated days and of
        stated horizons.
    market : float or None
        None: factors of periods are as drawn.  Else each period of every set has the mean of its draws, times this on
        the hazard of winning; above 0.  The season stays, good and bad periods go.
    births : bool
        Whether arrivals of new leads are at their means in every set, and the factor on what new wins bring is 1.

    Raises
    ------
    ValueError
        If there is no such set or factor.
    """

    rates: int | None = None
    market: float | None = None
    births: bool = False

    def __post_init__(self) -> None:
        if self.rates is not None and self.rates < MEANS:
            message = f"rates are held at the means, {MEANS}, or at a set from 0 on, not at {self.rates}"
            raise ValueError(message)
        if self.market is not None and not (isfinite(self.market) and self.market > 0.0):
            message = f"a factor of periods is a number above 0, not {self.market}"
            raise ValueError(message)

    @property
    def alike(self) -> bool:
        """Whether all sets of open leads are alike, so that one stands for all."""
        return self.rates is not None and self.market is not None

    def market_of(self, factor: Floats, times: float | None = None) -> Floats:
        """Return the factors of periods that are used.

        Parameters
        ----------
        factor : float64, (set, period)
            As drawn.
        times : float, optional
            Factor on their mean where they are held, in place of ``market``: 1 for those on losing.

        Returns
        -------
        float64, (set, period) or (1, period)
            One row where all sets of open leads are alike.
        """
        if self.market is None:
            return factor
        held = factor.mean(axis=0, keepdims=True) * (self.market if times is None else times)
        return held if self.alike else np.repeat(held, len(factor), axis=0)

    def of(self, draws: Floats) -> Floats:
        """Return the draws of rates that are used.

        Parameters
        ----------
        draws : float64, (set, ...)
            One a parameter set; where the means are held nothing is drawn, and this is not asked.

        Returns
        -------
        float64, (set, ...) or (1, ...)
            All of them, or the one that stands for all.

        Raises
        ------
        ValueError
            If the set that is held is not among them.
        """
        if self.rates is None:
            return draws
        if not 0 <= self.rates < len(draws):
            message = f"set {self.rates} is not among the {len(draws)} that are drawn"
            raise ValueError(message)
        return draws[self.rates : self.rates + 1]


NOTHING: Final = Held()
"""Everything is drawn."""

ALL: Final = Held(rates=MEANS, market=1.0, births=True)
"""Nothing is drawn: leads share nothing but what is known of them, and the season."""


def draws_under(held: Held, hazards: StageHazards, luck: np.random.Generator, sets: int) -> Draws | None:
    """Return draws of the rates of every move, as far as they are not held.

    Parameters
    ----------
    held : Held
        What is held still.
    hazards : StageHazards
        What was learned.
    luck : numpy Generator
        Source of draws; it moves on alike for any set that is held, and for none.
    sets : int
        How many draws.

    Returns
    -------
    list of pairs of float64, (set, cell of age) and (set, class), or None
        A pair a curve, of one row where a set is held; None where the means are.

    Raises
    ------
    ValueError
        If the set that is held is not among them.
    """
    if held.rates == MEANS:
        return None
    drawn = [draw_rates(curve, luck, sets) for curve in hazards.curves]
    return [(held.of(rate), held.of(kind)) for rate, kind in drawn]


def one_of(draws: Floats, one: int) -> Floats:
    """Return the draw of a set.

    Parameters
    ----------
    draws : float64, (set, ...) or (1, ...)
        From :meth:`Held.of`.
    one : int
        Which set, from 0.

    Returns
    -------
    float64, (...)
        The only one where a set is held.
    """
    return np.asarray(draws[one if len(draws) > 1 else 0])


def for_all_sets(found: Floats, sets: int) -> Floats:
    """Return what was worked out once or for each set, for each set.

    Parameters
    ----------
    found : float64, (set, ...) or (1, ...)
        What was worked out.
    sets : int
        At least 1.

    Returns
    -------
    float64, (set, ...)
        The same array where nothing is to be repeated.
    """
    return found if len(found) == sets else np.repeat(found, sets, axis=0)
