"""What a calibration is asked, in plain values that a manifest can hold.

What it leaves out: reading the records (:mod:`funnelsim.model.history_settings`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from funnelsim.errors import Problem, ScenarioError, raise_if_any
from funnelsim.model.calendar import MONTHS_PER_YEAR, PERIOD_UNITS, PeriodUnit
from funnelsim.model.history_settings import HistorySettings
from funnelsim.model.saved_settings import SavedSettings


@dataclass(frozen=True)
class CalibrateSettings(SavedSettings):
    """The settings of one calibration.

    Attributes
    ----------
    every : {'month', 'week', 'quarter'}
        Periods in which shocks and arrivals are counted.
    fiscal_start : int
        First month of the fiscal year, in [1, 12].
    segments : tuple of str
        Columns of the records whose values are told apart.
    track_record : str or None
        A saved back-test whose track record travels with the model.
    history : HistorySettings
        How the records are read.
    """

    every: PeriodUnit = "month"
    fiscal_start: int = 1
    segments: tuple[str, ...] = ()
    track_record: str | None = None
    history: HistorySettings = field(default_factory=HistorySettings)

    def __post_init__(self) -> None:
        problems = []
        if self.every not in PERIOD_UNITS:
            problems.append(Problem("calibrate", "--every", f"one of {', '.join(PERIOD_UNITS)}", self.every))
        if isinstance(self.fiscal_start, bool) or not 1 <= self.fiscal_start <= MONTHS_PER_YEAR:
            problems.append(Problem("calibrate", "--fiscal-start", "a month number in [1, 12]", self.fiscal_start))
        raise_if_any(problems, ScenarioError)
