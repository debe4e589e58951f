"""What ``optimize`` is asked and what it answers: designs, which of them is best, and how that became known.

A design is a strategy together with a value for every lever.  Money is in minor units unless said otherwise.

What it leaves out: choosing (:mod:`funnelsim.engines.choices.optimising`).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.model.calendar import Calendar
from funnelsim.model.funnel_reports import Estimate
from funnelsim.model.intervals import Interval
from funnelsim.model.nearest import nearest_hint
from funnelsim.model.request import LARGEST_SEED
from funnelsim.model.saved_settings import SavedSettings
from funnelsim.model.scenario import Scenario
from funnelsim.model.score_words import MEANS, SCORES, Score
from funnelsim.model.selection import (
    DEFAULT_BATCH,
    DEFAULT_CONFIDENCE,
    DEFAULT_FIRST_STAGE,
    DEFAULT_MOST,
    Fate,
    Selection,
    rule_problems,
)
from funnelsim.model.showing import Showing

DEFAULT_SHARE: Final = 0.01
"""Smallest difference worth knowing when nobody says one: this share of the first design's mean."""
MOST_DESIGNS: Final = 1_000
_ONE_BY_ONE: Final = {
    "ratio": "a ratio of two sums over replications",
    "percentile": "a percentile over replications",
    "tail": "a mean over the worst replications only",
    "chance": "a chance, whose yes and no is too far from a normal law",
}


@dataclass(frozen=True)
class Design:
    """One thing that could be done.

    Attributes
    ----------
    strategy : str
        Name of one of the scenario's strategies.
    changes : tuple of (str, object)
        Dotted path and value of every lever; empty when only strategies differ.
    """

    strategy: str
    changes: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class OptimizeSettings(SavedSettings):
    """One selection to make.

    Attributes
    ----------
    metric : str
        One of ``score_words.MEANS``.
    strategies : tuple of str
        Names; empty for the scenario's first when there are levers, and for all of them when there are none.
    levers : tuple of (str, tuple of object)
        Dotted path and the values it is tried at.
    delta : float or None
        The smallest difference worth knowing, in the metric's unit (major units for money), above 0.
    delta_share : float or None
        The same as a share of the first design's mean; 1 % when neither is given.
    confidence : float
        In (0.5, 1).
    seed : int
        Root of all luck, in [0, 2**64).
    first_stage, batch, most : int
        As in :class:`~funnelsim.model.selection.SelectionRules`.
    """

    metric: str
    strategies: tuple[str, ...] = ()
    levers: tuple[tuple[str, tuple[object, ...]], ...] = ()
    delta: float | None = None
    delta_share: float | None = None
    confidence: float = DEFAULT_CONFIDENCE
    seed: int = 0
    first_stage: int = DEFAULT_FIRST_STAGE
    batch: int = DEFAULT_BATCH
    most: int = DEFAULT_MOST

    def __post_init__(self) -> None:
        problems = [*_metric_problems(self.metric), *self._lever_problems()]
        problems += rule_problems(self.confidence, self.first_stage, self.batch, self.most)
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed < LARGEST_SEED:
            problems.append(Problem("optimize", "seed", "an integer in [0, 2**64)", self.seed))
        for value in (self.delta, self.delta_share):
            if value is not None and not 0 < value < 1e300:
                hint = "write the smallest difference worth knowing, such as 10k or 1%"
                problems.append(Problem("optimize", "delta", "a number above 0", value, hint))
        raise_if_any(problems, ScenarioError)

    def _lever_problems(self) -> list[Problem]:
        hint = "write key=a,b,c, or key=low..high:n for n points"
        problems = [
            Problem("optimize", f"--over {path}", "given with the values to try", Shown("a range without points"), hint)
            for path, values in self.levers
            if not values
        ]
        count = max(1, len(self.strategies))
        for _, values in self.levers:
            count *= len(values)
        if count > MOST_DESIGNS:
            hint = "try fewer values; funnelsim sweep simulates every point of a large grid"
            rule = f"at most {MOST_DESIGNS:,}"
            problems.append(Problem("optimize", "the number of designs", rule, Shown(f"{count:,}"), hint))
        return problems

    @property
    def score(self) -> Score:
        """The metric."""
        return SCORES[self.metric]

    def designs_of(self, scenario: Scenario) -> tuple[Design, ...]:
        """Return every design: strategies, and for each of them the values of the levers, the last one fastest.

        Parameters
        ----------
        scenario : Scenario
            As read.

        Returns
        -------
        tuple of Design
            At least two; the first one is the baseline of the default ``delta``.

        Raises
        ------
        ScenarioError
            If a strategy is not there, or there is only one design.
        """
        names = scenario.strategy_names
        rule = "one of " + ", ".join(repr(name) for name in names)
        where = f"scenario {scenario.name!r}"
        raise_if_any(
            (
                Problem(where, "the strategy", rule, name, nearest_hint(name, names))
                for name in self.strategies
                if name not in names
            ),
            ScenarioError,
        )
        chosen = self.strategies or (names[:1] if self.levers else names)
        paths = [path for path, _ in self.levers]
        points = list(itertools.product(*(values for _, values in self.levers)))
        designs = tuple(Design(name, tuple(zip(paths, point, strict=True))) for name in chosen for point in points)
        if len(designs) < 2:
            hint = "give a lever with several values, such as --over teams.sales.heads=8,9,10, or several --strategy"
            raise ScenarioError(Problem("optimize", "the number of designs", "at least 2", len(designs), hint))
        return designs

    def as_document(self) -> dict[str, Any]:
        """Return the settings as JSON values.

        Returns
        -------
        dict
            One entry a field; of each lever its ``path`` and ``values``.
        """
        plain = super().as_document()
        return {**plain, "levers": [{"path": path, "values": values} for path, values in plain["levers"]]}

    @classmethod
    def from_document(cls, document: Mapping[str, Any], where: str) -> Self:
        """Return the settings that a manifest holds.

        Parameters
        ----------
        document : mapping
            From :meth:`as_document`.
        where : str
            The manifest, for messages.

        Returns
        -------
        OptimizeSettings
            Equal to the settings that were written.
        """
        pairs = [
            [one["path"], one["values"]] if isinstance(one, dict) and one.keys() == {"path", "values"} else one
            for one in document.get("levers", ())
        ]
        return super().from_document({**document, "levers": pairs}, where)


def _metric_problems(metric: str) -> list[Problem]:
    if metric in MEANS:
        return []
    rule = f"the mean of one number a replication: {', '.join(MEANS)}"
    score = SCORES.get(metric)
    if score is None:
        return [Problem("optimize", "metric", rule, metric, nearest_hint(metric, MEANS))]
    hint = f"{metric} is {_ONE_BY_ONE[score.kind]}; funnelsim compare compares designs by it"
    return [Problem("optimize", "metric", rule, metric, hint)]


@dataclass(frozen=True)
class DesignReport:
    """What became of one design.

    Attributes
    ----------
    design : Design
        Which one.
    fate : Fate
        When and by whom it was eliminated; system numbers are places in ``Optimum.reports``.
    mean : Estimate
        Of the metric over the replications it used, which differ from design to design.
    difference : Interval or None
        Its mean minus that of the chosen design, over the replications that both have; all of them hold together at
        least as often as the confidence says.  None for the chosen one and those with the same numbers.
    chance : float
        That it is the best of all, by resampling.
    """

    design: Design
    fate: Fate
    mean: Estimate
    difference: Interval | None
    chance: float


@dataclass(frozen=True, eq=False)
class Optimum(Showing):
    """Which design is best, with what certainty, and what it took to know.

    Attributes
    ----------
    scenario : Scenario
        As read, before levers.
    calendar : Calendar
        Days and periods that are simulated.
    settings : OptimizeSettings
        What was asked.
    delta : float
        The smallest difference worth knowing that was used; money in minor units.
    delta_assumed : bool
        Whether nobody gave one.
    selection : Selection
        Of the designs by number; its draws are the metric, with the sign turned where less is better.
    reports : tuple of DesignReport
        One a design, in the order of the designs.
    opportunity_cost : float
        What choosing the chosen design loses on average, at least 0; money in minor units.
    separate_runs : int
        Estimate of the replications that separate luck for every design would have needed.
    notes : tuple of str
        What was assumed, and what weakens the answer.
    content_hash : str
        Fingerprint of designs and draws.
    """

    scenario: Scenario
    calendar: Calendar
    settings: OptimizeSettings
    delta: float
    delta_assumed: bool
    selection: Selection
    reports: tuple[DesignReport, ...]
    opportunity_cost: float
    separate_runs: int
    notes: tuple[str, ...]
    content_hash: str

    @property
    def score(self) -> Score:
        """The metric."""
        return self.settings.score

    @property
    def currency(self) -> str | None:
        """Code of the scenario's currency; None when it has none."""
        return self.scenario.currency

    @property
    def chosen(self) -> DesignReport:
        """The design that is named first: the best, or the leading one while undecided."""
        return self.reports[self.selection.chosen]

    @property
    def ranking(self) -> tuple[int, ...]:
        """Places of the designs: the best, the open, then the eliminated by how long they stayed and how near."""
        order = {"best": 0, "open": 1, "eliminated": 2}
        sign = -1.0 if self.score.higher else 1.0

        def key(place: int) -> tuple[int, int, float, int]:
            one = self.reports[place]
            gap = sign * one.difference.estimate if one.difference else 0.0
            chosen = place == self.selection.chosen
            return order[one.fate.status] - chosen, -(one.fate.decided_at or 0), gap, place

        return tuple(sorted(range(len(self.reports)), key=key))
