"""What a command is asked, kept in a manifest and read back by the version that wrote it.

The question: does this version know every setting of a saved run?  One that it does not know is refused, because an
answer without it would be to another question.

What it leaves out: what each command can be asked (``backtest_settings.py``, ``calibration_settings.py``,
``track_settings.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.model.plain_values import from_plain, to_plain


class SavedSettings:
    """A record of settings whose fields and their types say how it is kept; dataclasses inherit it."""

    def as_document(self) -> dict[str, Any]:
        """Return the settings as JSON values.

        Returns
        -------
        dict
            One entry a field; days as ISO text.
        """
        plain: dict[str, Any] = to_plain(self)
        return plain

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
        SavedSettings
            Equal to the settings that were written.

        Raises
        ------
        ScenarioError
            If something in it is unknown: the manifest is of another version.
        """
        try:
            found: Self = from_plain(cls, dict(document), "settings")
        except (ValueError, TypeError) as error:
            hint = "rerun it with the version that wrote it; the manifest names it"
            rule = "made of settings this version knows"
            raise ScenarioError(Problem(where, "request", rule, Shown(str(error)), hint)) from error
        return found
