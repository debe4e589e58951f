"""What vouches for a forecast: the closed form beside it, the check against it, the precision reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class SelfCheck:
    """The simulation held against the closed form, on every run.

    Attributes
    ----------
    max_z : float
        Largest distance of a simulated mean from the exact one, in standard errors that allow for rare large wins
        (Bernstein's bound).
    passed : bool
        ``max_z < 5``.
    """

    max_z: float
    passed: bool


@dataclass(frozen=True)
class Precision:
    """What ``--precision`` asked for and got.

    Attributes
    ----------
    asked : float
        Largest 95 % half-width of the total's P10, P50 and P90, as a share of its mean.
    reached : float
        The half-width that the last look found.
    """

    asked: float
    reached: float


@dataclass(frozen=True, eq=False)
class ExactBand:
    """The law of one band in closed form.

    Attributes
    ----------
    mean, sd : float
        Minor units.
    percentiles : mapping of int to float or None
        Minor units, on the grid of ``cell``; None where only mean and variance are known.
    cell : float
        Width of the grid's cells in minor units.
    """

    mean: float
    sd: float
    percentiles: Mapping[int, float] | None
    cell: float


@dataclass(frozen=True, eq=False)
class ExactAnswer:
    """What ``--exact`` adds.

    Attributes
    ----------
    periods, cumulative : tuple of ExactBand
        As the bands of the forecast.
    total : ExactBand
        Over the horizon.
    method : str
        How the law was found, in one sentence.
    table_distance : float
        Largest relative distance of an amount table's sd from its continuous law; 0 when every amount is a number.
    """

    periods: tuple[ExactBand, ...]
    cumulative: tuple[ExactBand, ...]
    total: ExactBand
    method: str
    table_distance: float
