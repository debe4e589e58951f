"""What a simulation is asked, beside its scenario: which strategy, how many futures, which luck, how far.

A scenario, its leads and these settings determine the answer to the last bit; how many threads work on it is not part
of it.  What it leaves out: the scenario.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from funnelsim.errors import Problem, ScenarioError, raise_if_any
from funnelsim.model.nearest import nearest_hint
from funnelsim.model.request import LARGEST_SEED
from funnelsim.model.saved_settings import SavedSettings
from funnelsim.model.scenario import Scenario

DEFAULT_REPLICATIONS = 1_000
MOST_REPLICATIONS = 10_000_000


@dataclass(frozen=True)
class SimulationSettings(SavedSettings):
    """One simulation to make.

    Attributes
    ----------
    strategy : str or None
        Name of one of the scenario's strategies; None for its first.
    replications : int
        Simulated futures, in [1, 10 million].
    seed : int
        Root of all luck, in [0, 2**64).
    horizon : int or None
        Whole periods, at least 1; None for the scenario's own.
    control : bool
        Whether mean bookings are also estimated with controls.
    """

    UNSAID: ClassVar = frozenset({"control"})

    strategy: str | None = None
    replications: int = DEFAULT_REPLICATIONS
    seed: int = 0
    horizon: int | None = None
    control: bool = False

    def __post_init__(self) -> None:
        problems = []
        for name, value, low, high in (
            ("replications", self.replications, 1, MOST_REPLICATIONS),
            ("seed", self.seed, 0, LARGEST_SEED),
            ("horizon", 1 if self.horizon is None else self.horizon, 1, 100_000),
        ):
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                shown = "2**64)" if high == LARGEST_SEED else f"{high}]"
                problems.append(Problem("simulate", name, f"an integer in [{low}, {shown}", value))
        raise_if_any(problems, ScenarioError)

    def horizon_of(self, scenario: Scenario) -> Scenario:
        """Return the scenario with the horizon that is asked.

        Parameters
        ----------
        scenario : Scenario
            As read.

        Returns
        -------
        Scenario
            The same one when no other horizon is asked.
        """
        if self.horizon is None or self.horizon == scenario.calendar.horizon:
            return scenario
        calendar = scenario.calendar.model_copy(update={"horizon": self.horizon})
        return scenario.model_copy(update={"calendar": calendar})

    def strategy_of(self, scenario: Scenario) -> str:
        """Return the name of the strategy that is asked.

        Parameters
        ----------
        scenario : Scenario
            As read.

        Returns
        -------
        str
            The scenario's first strategy when none is named.

        Raises
        ------
        ScenarioError
            If it has no such strategy.
        """
        names = scenario.strategy_names
        if self.strategy is None:
            return names[0]
        if self.strategy not in names:
            rule = "one of " + ", ".join(repr(name) for name in names)
            hint = nearest_hint(self.strategy, names)
            raise ScenarioError(Problem(f"scenario {scenario.name!r}", "the strategy", rule, self.strategy, hint))
        return self.strategy
