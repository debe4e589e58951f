"""What a track of archived forecasts is asked, in the words of the command line.

What it leaves out: what the words mean (``api/track.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.model.history_settings import HistorySettings
from funnelsim.model.saved_settings import SavedSettings


@dataclass(frozen=True)
class TrackSettings(SavedSettings):
    """One track record to make.

    Attributes
    ----------
    runs : tuple of str
        Run folders of ``forecast``, at least one.
    actuals : str
        File of what was booked since.
    plan : str or None
        An amount whose chance is asked of every run; None for the plan that each run has.
    history : HistorySettings
        How the file of actuals is read.
    """

    runs: tuple[str, ...]
    actuals: str
    plan: str | None = None
    history: HistorySettings = field(default_factory=HistorySettings)

    def __post_init__(self) -> None:
        rule = "one run folder of forecast or more"
        problems = [Problem("track", "RUNS", rule, Shown("none"))] if not self.runs else []
        raise_if_any(problems, ScenarioError)
