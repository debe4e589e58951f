"""What a command is asked, kept in a manifest and read back by the version that wrote it.

The question: does this version know every setting of a saved run?  One that it does not know is refused, because an
answer without it would be to another question.  One that an earlier manifest lacks takes its default.

What it leaves out: what each command can be asked (``settings.py`` of forecasts, ``simulation_settings.py`` and the
other modules of that ending, ``optimum.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final, Self

from funnelsim.errors import FunnelsimError, Problem, ScenarioError, Shown
from funnelsim.model.plain_values import from_plain, to_plain

_HINT: Final = "rerun it with the version that wrote it; the manifest names it"


class SavedSettings:
    """A record of settings whose fields and their types say how it is kept; dataclasses inherit it.

    Attributes
    ----------
    UNSAID : frozenset of str
        Switches that are kept only where they are on, so that a manifest without them stays the same to the byte.
    """

    UNSAID: ClassVar[frozenset[str]] = frozenset()

    def as_document(self) -> dict[str, Any]:
        """Return the settings as JSON values.

        Returns
        -------
        dict
            One entry a field; days as ISO text.
        """
        plain: dict[str, Any] = to_plain(self)
        return {name: value for name, value in plain.items() if value or name not in self.UNSAID}

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
            If something in it is unknown, or outside what this version allows: the manifest is of another version.
        """
        try:
            found: Self = from_plain(cls, dict(document), "settings")
        except FunnelsimError as error:
            raise ScenarioError(replace(one, where=where, hint=_HINT) for one in error.problems) from error
        except (ValueError, TypeError) as error:
            rule = "made of settings this version knows"
            raise ScenarioError(Problem(where, "request", rule, Shown(str(error)), _HINT)) from error
        return found
