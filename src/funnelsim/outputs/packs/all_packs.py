"""Every command's board pack: one door from a saved answer to what slides, workbook, page and pictures show.

What it leaves out: what each command's answer says (the modules beside this one).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from funnelsim.model.board_pack import Pack, Provenance
from funnelsim.outputs.packs.forecast_pack import forecast_pack

PACKS: Final[Mapping[str, Callable[[Mapping[str, Any], Provenance], Pack]]] = {
    "forecast": forecast_pack,
}
"""Command to what makes its pack."""


def pack_of(command: str, document: Mapping[str, Any], provenance: Provenance) -> Pack:
    """Return the board pack of an answer.

    Parameters
    ----------
    command : str
        One of ``PACKS``.
    document : mapping
        The answer as ``--json`` prints it.
    provenance : Provenance
        What stands at the foot.

    Returns
    -------
    Pack
        What every form shows.
    """
    return PACKS[command](document, provenance)
