"""What a sweep answers: how a scenario's scores respond when some of its keys take other values.

A design is one value for each lever; a point is a design under one strategy.  Replication r of every point has the
same leads with the same luck.  All money is in minor units.

What it leaves out: making designs (:mod:`funnelsim.engines.choices.designs`) and simulating them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from funnelsim.model.calendar import Calendar
from funnelsim.model.intervals import Interval
from funnelsim.model.scenario import Scenario
from funnelsim.model.score_words import SCORES, Score
from funnelsim.model.showing import Showing
from funnelsim.model.sweep_settings import Sampling, SweepSettings

Floats = npt.NDArray[np.float64]

CONFIDENCE: Final = 0.95
FIGURES: Final = (
    "estimate", "standard_error", "low", "high",
    "difference", "difference_standard_error", "difference_low", "difference_high",
)  # fmt: skip
"""What is known of every score of a point; differences are to the first design under the same strategy."""
STRATEGY: Final = "strategy"
"""Name of the factor that says which strategy is followed."""


@dataclass(frozen=True)
class Designs:
    """The table of designs.

    Attributes
    ----------
    paths : tuple of str
        Keys of the scenario, in the user's words.
    rows : tuple of tuple of object, (design, path)
        Values: whole numbers, doubles, texts, true, false or None.  No two rows are equal.
    sampling : str
        ``grid`` (every combination), ``lhs``, ``sobol`` or ``given``.
    notes : tuple of str
        What was left out or rounded.
    """

    paths: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    sampling: Sampling
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, number: int) -> tuple[object, ...]:
        """Return the values of one lever, design by design.

        Parameters
        ----------
        number : int
            Place of its path.

        Returns
        -------
        tuple of object
            One a design.
        """
        return tuple(row[number] for row in self.rows)

    def levels(self, number: int) -> tuple[object, ...]:
        """Return the different values of one lever: numbers in rising order, others in order of appearance.

        Parameters
        ----------
        number : int
            Place of its path.

        Returns
        -------
        tuple of object
            Each once.
        """
        found = tuple(dict.fromkeys((type(value) is bool, value) for value in self.column(number)))
        values = [value for _, value in found]
        return tuple(sorted(values, key=lambda value: float(str(value)))) if is_numeric(values) else tuple(values)

    @property
    def full(self) -> bool:
        """Whether every combination of the levers' values is there."""
        combinations = 1
        for number in range(len(self.paths)):
            combinations *= len(self.levels(number))
        return combinations == len(self.rows)


def is_numeric(values: Any) -> bool:
    """Tell whether values lie on a scale.

    Parameters
    ----------
    values : iterable of object
        Of one lever.

    Returns
    -------
    bool
        Whether all are numbers; true and false are none.
    """
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


@dataclass(frozen=True)
class LeverEffect:
    """How much of the differences among points one lever explains by itself.

    Attributes
    ----------
    path : str
        The lever, or ``strategy``.
    share : float
        Of the variance of the metric among points, in [0, 1]; ``nan`` where it cannot be told apart.
    known : bool
        Whether the share is above 0 with 95 % confidence.
    best, worst : str
        The values at which the metric is best and worst on average, in words.
    swing : float
        Metric at the best minus at the worst value, on average over the others.
    """

    path: str
    share: float
    known: bool
    best: str
    worst: str
    swing: float


@dataclass(frozen=True)
class VarianceShares:
    """Where the differences of the metric among points come from.

    Attributes
    ----------
    levers : tuple of LeverEffect
        In the order of the designs, the strategy last if there are several.
    noise : float
        Share that luck alone would make with these replications, in [0, 1].
    together : float
        The rest: what levers do in combination, and what no smooth curve shows.  All shares add up to 1; ``nan``
        where nothing differs.
    """

    levers: tuple[LeverEffect, ...]
    noise: float
    together: float


@dataclass(frozen=True)
class ResponsePoint:
    """The metric at one value of a lever, on average over all other levers.

    Attributes
    ----------
    label : str
        The value, or the range of values put together.
    place : float
        The value, or the mean of those put together; the position from 0 where values are no numbers.
    mean, low, high : float
        Mean of the points and its interval; ``nan`` ends where there is one point only.
    points : int
        How many there are.
    """

    label: str
    place: float
    mean: float
    low: float
    high: float
    points: int


@dataclass(frozen=True)
class Response:
    """How the metric follows one lever under one strategy.

    Attributes
    ----------
    path, strategy : str
        Which.
    numeric : bool
        Whether values lie on a scale.
    points : tuple of ResponsePoint
        In rising order of ``place``.
    """

    path: str
    strategy: str
    numeric: bool
    points: tuple[ResponsePoint, ...]


@dataclass(frozen=True)
class BestPoint:
    """The point with the best metric, and how sure that is.

    Attributes
    ----------
    design, strategy : int
        Places in the tables.
    chance : float
        Share of resampled sets of replications in which it is best; ties share.
    regret : float
        Expected loss against the truly best one, in the metric's unit.
    runner_up : tuple of two int or None
        Design and strategy of the second.
    margin : Interval or None
        How much better than the second, by the metric; above 0 is better.
    undecided : int
        Other points that cannot be told from it, with 95 % confidence for all together.
    known : int
        Points that have the metric at all.
    """

    design: int
    strategy: int
    chance: float
    regret: float
    runner_up: tuple[int, int] | None
    margin: Interval | None
    undecided: int
    known: int


@dataclass(frozen=True, eq=False)
class Sweep(Showing):
    """A finished sweep.

    Attributes
    ----------
    scenario : Scenario
        As it is without any design.
    settings : SweepSettings
        What was asked.
    designs : Designs
        The table of designs.
    strategies : tuple of str
        Under which each was simulated.
    figures : float64, (design, strategy, score, figure)
        ``SCORES`` by ``FIGURES``; ``nan`` for a score that does not exist, such as the chance of no goal.
    best : BestPoint or None
        None where no point has the metric.
    shares : VarianceShares
        Main effects of the levers on the metric.
    responses : tuple of Response
        By lever, then by strategy.
    calendar : Calendar
        Of the scenario.
    currency : str or None
        Of every amount.
    minor_digits : int
        Decimals of the currency.
    notes : tuple of str
        What was assumed or left out.
    content_hash : str
        SHA-256 over designs, strategies and figures.
    """

    scenario: Scenario
    settings: SweepSettings
    designs: Designs
    strategies: tuple[str, ...]
    figures: Floats = field(repr=False)
    best: BestPoint | None
    shares: VarianceShares
    responses: tuple[Response, ...]
    calendar: Calendar
    currency: str | None
    minor_digits: int
    notes: tuple[str, ...]
    content_hash: str

    @property
    def metric(self) -> Score:
        """The score that decides."""
        return SCORES[self.settings.metric]

    @property
    def metric_figures(self) -> Floats:
        """What is known of the metric: (design, strategy, figure)."""
        found: Floats = self.figures[:, :, list(SCORES).index(self.settings.metric)]
        return found

    def difference(self, design: int, strategy: int) -> Interval:
        """Return the metric of a point minus that of the first design under the same strategy.

        Parameters
        ----------
        design, strategy : int
            Places in the tables.

        Returns
        -------
        Interval
            Paired.
        """
        estimate, _, low, high = self.metric_figures[design, strategy, 4:].tolist()
        return Interval(estimate, low, high, CONFIDENCE, "paired")
