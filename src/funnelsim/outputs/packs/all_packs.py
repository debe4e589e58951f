"""Every command's board pack: one door from a saved answer to what slides, workbook, page and pictures show.

What it leaves out: what each command's answer says (the modules beside this one).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from funnelsim.model.board_pack import Pack, Provenance
from funnelsim.outputs.packs.backtest_pack import backtest_pack
from funnelsim.outputs.packs.calibration_pack import calibration_pack
from funnelsim.outputs.packs.choice_packs import optimum_pack, sweep_pack
from funnelsim.outputs.packs.comparison_pack import comparison_pack
from funnelsim.outputs.packs.explanation_pack import explanation_pack
from funnelsim.outputs.packs.forecast_pack import forecast_pack
from funnelsim.outputs.packs.plan_pack import plan_pack
from funnelsim.outputs.packs.simulation_pack import simulation_pack
from funnelsim.outputs.packs.track_pack import track_pack

PACKS: Final[Mapping[str, Callable[[Mapping[str, Any], Provenance], Pack]]] = {
    "backtest": backtest_pack,
    "calibrate": calibration_pack,
    "compare": comparison_pack,
    "explain": explanation_pack,
    "forecast": forecast_pack,
    "optimize": optimum_pack,
    "plan": plan_pack,
    "simulate": simulation_pack,
    "sweep": sweep_pack,
    "track": track_pack,
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
