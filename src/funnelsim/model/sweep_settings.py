"""What a sweep is asked, beside its scenario and its table of designs.

What it leaves out: both of these, and the answer (:mod:`funnelsim.model.sweep`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.model.nearest import nearest_hint
from funnelsim.model.request import LARGEST_SEED
from funnelsim.model.saved_settings import SavedSettings
from funnelsim.model.score_words import SCORES

Sampling = Literal["grid", "lhs", "sobol", "given"]

DEFAULT_REPLICATIONS: Final = 200
MOST_REPLICATIONS: Final = 100_000
MOST_DESIGNS: Final = 20_000


@dataclass(frozen=True)
class SweepSettings(SavedSettings):
    """One sweep to make, beside its scenario.

    Attributes
    ----------
    levers : tuple of str
        In the user's words, as ``--set`` takes them; empty when designs are given.
    lhs, sobol : int or None
        Designs to draw by Latin hypercube or scrambled Sobol points; both None for a grid.
    designs : str or None
        Name of the table of designs, when they are given.
    strategies : tuple of str
        Empty for the scenario's first.
    metric : str
        Score that decides; one of ``score_words.SCORES``.
    replications : int
        Simulated futures of each point, in [2, 100,000].
    seed : int
        Root of all luck and of the designs, in [0, 2**64).
    horizon : int or None
        Whole periods, at least 1; None for the scenario's own.
    """

    levers: tuple[str, ...] = ()
    lhs: int | None = None
    sobol: int | None = None
    designs: str | None = None
    strategies: tuple[str, ...] = ()
    metric: str = "profit"
    replications: int = DEFAULT_REPLICATIONS
    seed: int = 0
    horizon: int | None = None

    def __post_init__(self) -> None:
        problems = []
        for name, value, low, high in (
            ("replications", self.replications, 2, MOST_REPLICATIONS),
            ("seed", self.seed, 0, LARGEST_SEED),
            ("horizon", 1 if self.horizon is None else self.horizon, 1, 100_000),
            ("--lhs", 2 if self.lhs is None else self.lhs, 2, MOST_DESIGNS),
            ("--sobol", 2 if self.sobol is None else self.sobol, 2, MOST_DESIGNS),
        ):
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                shown = "2**64)" if high == LARGEST_SEED else f"{high}]"
                problems.append(Problem("sweep", name, f"an integer in [{low}, {shown}", value))
        if self.metric not in SCORES:
            hint = nearest_hint(self.metric, tuple(SCORES))
            problems.append(Problem("sweep", "--metric", f"one of {', '.join(SCORES)}", self.metric, hint))
        raise_if_any([*problems, *self._ways()], ScenarioError)

    def _ways(self) -> list[Problem]:
        """Return what is wrong with the way designs are asked for."""
        given = [name for name, value in (("--lhs", self.lhs), ("--sobol", self.sobol)) if value is not None]
        if self.designs is not None and (self.levers or given):
            others = " and ".join([*(["--set"] if self.levers else []), *given])
            return [Problem("sweep", "--designs", f"given without {others}", self.designs, "leave one of them out")]
        if len(given) > 1:
            got = Shown("both --lhs and --sobol")
            return [Problem("sweep", "the way to draw designs", "one of --lhs and --sobol", got)]
        if not self.levers and self.designs is None:
            hint = "such as --set teams.sales.heads=8,9,10; funnelsim scenario show names the keys"
            return [
                Problem("sweep", "the levers", "named with --set, or in a table with --designs", Shown("none"), hint)
            ]
        return []

    @property
    def sampling(self) -> Sampling:
        """How designs are made."""
        if self.designs is not None:
            return "given"
        return "grid" if self.lhs is None and self.sobol is None else "lhs" if self.sobol is None else "sobol"
