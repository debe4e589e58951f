"""What a track of archived forecasts is asked, in the words of the command line.

What it leaves out: what the words mean (``api/track.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.model.history_settings import HistorySettings
from funnelsim.model.plain_values import from_plain, to_plain


@dataclass(frozen=True)
class TrackSettings:
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

    def as_document(self) -> dict[str, Any]:
        """Return the settings as plain JSON values.

        Returns
        -------
        dict
            One key a field.
        """
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_document(cls, document: Mapping[str, Any], where: str) -> TrackSettings:
        """Return the settings that a manifest holds.

        Parameters
        ----------
        document : mapping
            From :meth:`as_document`.
        where : str
            The manifest, for messages.

        Returns
        -------
        TrackSettings
            Equal to the settings that were written.

        Raises
        ------
        ScenarioError
            If something in it is unknown: the manifest is of another version.
        """
        try:
            found: TrackSettings = from_plain(cls, dict(document), "settings")
        except (ValueError, TypeError) as error:
            hint = "rerun it with the version that wrote it; the manifest names it"
            rule = "made of settings this version knows"
            raise ScenarioError(Problem(where, "request", rule, Shown(str(error)), hint)) from error
        return found
