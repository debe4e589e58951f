"""The scenario that a calibration describes, checked and written for ``simulate``.

What it leaves out: what is in it (:mod:`funnelsim.engines.learning.calibrated_scenario`).
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.inputs.scenario_file import read_scenario_file, scenario_from_toml
from funnelsim.model.calibration_answer import Calibration
from funnelsim.model.history import History
from funnelsim.model.scenario import Scenario


def scenario_texts(calibration: Calibration, history: History, name: str) -> tuple[str, str]:
    """Return the scenario that records describe.

    Parameters
    ----------
    calibration : Calibration
        What the records say.
    history : History
        The records.
    name : str
        Of the scenario, and of the file of leads beside it.

    Returns
    -------
    toml : str
        The document.
    csv : str
        The leads it opens with; empty for none.

    Raises
    ------
    ScenarioError
        If the records hold no stage that a lead was seen in.
    """
    from funnelsim.engines.learning.calibrated_funnel import funnel_of
    from funnelsim.engines.learning.calibrated_opening import opening_of
    from funnelsim.engines.learning.calibrated_scenario import PATTERN, calibrated_document
    from funnelsim.outputs.scenario_document import csv_text
    from funnelsim.outputs.scenario_toml import toml_text

    if not calibration.stages:
        rule, got = "records in which a lead was seen", Shown("none")
        raise ScenarioError(Problem(calibration.learned.name, "--scenario", rule, got))
    pattern = read_scenario_file(PATTERN).document
    funnel = funnel_of(calibration.stages)
    opening, notes = opening_of(calibration, history, funnel, calibration.learned.last_day)
    file = f"{name}_open_leads.csv" if opening is not None else None
    plain = calibrated_document(calibration, history, pattern, name, file)
    plain["story"] += "".join(f"Not among the opening leads: {note}\n" for note in notes)
    document = Scenario.model_validate(plain)
    return toml_text(document), csv_text(document, opening) if opening is not None else ""


def refuse_scenario(path: str | None, *, replace: bool = False) -> None:
    """Refuse, before anything is computed, a place where no scenario can be written.

    Parameters
    ----------
    path : str or None
        The scenario to be; None for none.
    replace : bool
        Whether an earlier one may be replaced.

    Raises
    ------
    ScenarioError
        If the name does not end in ``.toml``, or a file is there.
    """
    if path is None:
        return
    if Path(path).suffix.lower() != ".toml":
        raise ScenarioError(Problem("command line", "--scenario", "a name that ends in .toml", path))
    if os.path.lexists(path) and not replace:
        hint = "pass --force to replace it, or name another place"
        raise ScenarioError(Problem("command line", "--scenario", "a name that is free", path, hint))


def write_scenario(
    calibration: Calibration, records: Any, path: str | os.PathLike[str], *, replace: bool = False
) -> tuple[Path, ...]:
    """Write the scenario that records describe, and the leads it opens with beside it.

    Parameters
    ----------
    calibration : Calibration
        What the records say.
    records : History
        The records.
    path : path
        Ends in ``.toml``.
    replace : bool
        Whether earlier files may be replaced.

    Returns
    -------
    tuple of Path
        The scenario, and the file of leads where there are any.

    Raises
    ------
    ScenarioError
        If a file is in the way.
    """
    from funnelsim.outputs.atomic import write_bytes_atomically

    place = Path(path)
    refuse_scenario(os.fspath(path), replace=replace)
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", place.stem)
    name = name if name[:1].isalpha() else f"scenario_{name}"
    toml, csv = scenario_texts(calibration, records, name[:30])
    written = [place]
    if csv:
        beside = place.parent / f"{name[:30]}_open_leads.csv"
        if os.path.lexists(beside) and not replace:
            hint = "pass --force to replace it, or name another place"
            raise ScenarioError(Problem("command line", "--scenario", "beside a free name", str(beside), hint))
        write_bytes_atomically(beside, csv.encode())
        written.append(beside)
    else:
        scenario_from_toml(toml.encode(), place.name, place.parent)
    write_bytes_atomically(place, toml.encode())
    return tuple(written)
