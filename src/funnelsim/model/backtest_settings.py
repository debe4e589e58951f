"""What a back-test is asked, in plain values that a manifest can hold.

What it leaves out: reading the records (:mod:`funnelsim.model.history_settings`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from funnelsim.errors import Problem, ScenarioError, raise_if_any
from funnelsim.model.calendar import PERIOD_UNITS, PeriodUnit
from funnelsim.model.history_settings import HistorySettings
from funnelsim.model.request import LARGEST_SEED
from funnelsim.model.saved_settings import SavedSettings

DEFAULT_HORIZON: Final[Mapping[str, int]] = {"week": 4, "month": 3, "quarter": 2}
"""Periods ahead by unit: about what a pool of open leads can tell."""

DEFAULT_BACKTEST_REPLICATIONS: Final = 4_000
"""Futures at each origin: the Monte Carlo error of a P10 is then a fiftieth of the band."""


@dataclass(frozen=True)
class BacktestSettings(SavedSettings):
    """The settings of one back-test.

    Attributes
    ----------
    every : {'week', 'month', 'quarter'}
        Step between origins, and length of a period.
    horizon : int or None
        Periods ahead, at least 1; None for the unit's default.
    target : str
        ``pool``: leads open at the origin; ``total``: those born after it too.
    value : str
        ``booked``: what won leads brought where that is recorded; ``pr``: their potential revenue.
    origins : tuple of (date, date) or None
        First days of the first periods of the first and last origin; None for the default ones.
    independent : bool
        Show our bands with leads made independent in place of the real ones.
    seed, replications : int
        Luck, and how much of it at each origin.
    fiscal_start : int
        First month of the fiscal year, for quarters.
    segment : str or None
        A column that was known when a lead was born, whose values get rates of their own.
    history : HistorySettings
        How the records are read.
    """

    every: PeriodUnit = "month"
    horizon: int | None = None
    target: str = "pool"
    value: str = "booked"
    origins: tuple[date, date] | None = None
    independent: bool = False
    seed: int = 0
    replications: int = DEFAULT_BACKTEST_REPLICATIONS
    fiscal_start: int = 1
    segment: str | None = None
    history: HistorySettings = field(default_factory=HistorySettings)

    def __post_init__(self) -> None:
        problems = []
        for name, value, words in (
            ("--every", self.every, PERIOD_UNITS),
            ("--target", self.target, ("pool", "total")),
            ("--value", self.value, ("booked", "pr")),
        ):
            if value not in words:
                problems.append(Problem("backtest", name, f"one of {', '.join(words)}", value))
        if self.horizon is not None and self.horizon < 1:
            problems.append(Problem("backtest", "--horizon", "an integer, at least 1", self.horizon))
        if self.replications < 1:
            problems.append(Problem("backtest", "--replications", "an integer, at least 1", self.replications))
        if not 0 <= self.seed <= LARGEST_SEED:
            problems.append(Problem("backtest", "--seed", "an integer in [0, 2**64)", self.seed))
        if self.origins is not None and self.origins[0] > self.origins[1]:
            shown = ":".join(day.isoformat() for day in self.origins)
            problems.append(Problem("backtest", "--origins", "a first day before the last", shown))
        raise_if_any(problems, ScenarioError)

    @property
    def periods_ahead(self) -> int:
        """The horizon asked for, or the unit's default."""
        return DEFAULT_HORIZON[self.every] if self.horizon is None else self.horizon
