"""What a plan back from a goal is asked, in the words of the command line.

A scenario or a file of leads and these settings determine the answer to the last bit.  What it leaves out: what the
words mean (``inputs/goal_words.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

from funnelsim.errors import Problem, ScenarioError, raise_if_any
from funnelsim.model.request import LARGEST_SEED
from funnelsim.model.saved_settings import SavedSettings
from funnelsim.model.settings import ForecastSettings
from funnelsim.model.simulation_settings import MOST_REPLICATIONS

LEAST_REPLICATIONS = 100
"""With fewer futures a chance is known to eight points or more, and nothing can be planned by it."""


@dataclass(frozen=True)
class PlanSettings(SavedSettings):
    """One plan to make.

    Attributes
    ----------
    goal : str or None
        An amount; None for the scenario's own.
    confidence : str
        Chance that is asked for.
    vary : tuple of str
        ``KEY``, ``KEY=lo..hi`` or ``KEY=lo..hi@COST``; empty for all sources together, or leads like today's.
    strategy : str or None
        Of a scenario; None for its first.
    seed : int
        Root of all luck, in [0, 2**64).
    replications : int or None
        Futures of the finest trials, at least 100; None for 1,000 of a scenario and 10,000 of a file of leads.
    horizon : int or None
        Whole periods, at least 1; None for the scenario's own, or the twelve of a forecast.
    leads : ForecastSettings or None
        How a file of leads is read and forecast; None for a scenario.
    """

    goal: str | None = None
    confidence: str = "80%"
    vary: tuple[str, ...] = ()
    strategy: str | None = None
    seed: int = 0
    replications: int | None = None
    horizon: int | None = None
    leads: ForecastSettings | None = None

    def __post_init__(self) -> None:
        problems = []
        for name, value, low, high in (
            ("--replications", self.replications, LEAST_REPLICATIONS, MOST_REPLICATIONS),
            ("--seed", self.seed, 0, LARGEST_SEED),
            ("--horizon", self.horizon, 1, 100_000),
        ):
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                shown = "2**64)" if high == LARGEST_SEED else f"{high}]"
                problems.append(Problem("plan", name, f"an integer in [{low}, {shown}", value))
        raise_if_any(problems, ScenarioError)
