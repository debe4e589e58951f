"""What a saved run was made from, found again for a rerun, and refused if it is another now.

The question: is the input that a manifest names still there, and are its bytes those that were read then?

What it leaves out: the files that settings name beside it (:mod:`funnelsim.inputs.named_files`).
"""

from __future__ import annotations

from pathlib import Path

from funnelsim.errors import FunnelsimError, Problem, ScenarioError, Shown
from funnelsim.inputs.saved_run import SavedRun
from funnelsim.inputs.scenario_file import read_scenario_file
from funnelsim.model.run_schema import SCENARIO
from funnelsim.model.scenario_files import ScenarioFile


def file_of(saved: SavedRun, source: str | None) -> Path | None:
    """Return the file that a run was made from.

    Parameters
    ----------
    saved : SavedRun
        A run whose folder holds no copy of it.
    source : str or None
        Where it is now, if it moved.

    Returns
    -------
    Path or None
        None where nobody named one: for the shipped example, and for a forecast from records alone.

    Raises
    ------
    ScenarioError
        If it is no longer where it was and nobody says where it is.
    """
    if source is not None:
        return Path(source)
    if saved.request.get("example") or saved.request.get("from_history"):
        return None
    if saved.input_path is None:
        got, hint = saved.manifest["input"]["name"], "say where it is now: --input FILE"
        raise ScenarioError(Problem("manifest.json", "input", "a file that is still there", got, hint))
    return saved.input_path


def refuse_other(
    saved: SavedRun,
    name: str,
    sha256: str,
    hint: str = "find the file that the run was made from, and pass --input FILE",
) -> None:
    """Refuse a file that is not the one that a run was made from.

    Parameters
    ----------
    saved : SavedRun
        Any run.
    name : str
        Of the file that was read now.
    sha256 : str
        Of its bytes, as hex.
    hint : str
        What helps.

    Raises
    ------
    ScenarioError
        If the bytes are other ones.
    """
    if sha256 != saved.input_sha256:
        rule, got = (f"with sha256 {digest[:16]}" for digest in (saved.input_sha256, sha256))
        raise ScenarioError(Problem(name, "the file", f"the one {rule}", Shown(f"one {got}"), hint))


def scenario_of(saved: SavedRun, source: str | None) -> ScenarioFile:
    """Return the scenario of a saved run; refuse another one than it was made from.

    Parameters
    ----------
    saved : SavedRun
        A run whose folder holds its scenario.
    source : str or None
        The scenario file to use; for None the one that was used while it is unchanged, else the copy in the folder.

    Returns
    -------
    ScenarioFile
        As read now.
    """
    if source is None:
        return _kept(saved)
    read = read_scenario_file(source)
    refuse_other(saved, read.name, read.sha256, "leave --input out: the run folder holds its scenario")
    return read


def _kept(saved: SavedRun) -> ScenarioFile:
    """Return the scenario of a run: from where it was, or the copy in the folder if that is gone or another one now."""
    if saved.input_path is not None:
        try:
            read = read_scenario_file(saved.input_path)
        except FunnelsimError:  # it is not what was read then, and the copy is
            return read_scenario_file(saved.folder / SCENARIO)
        if read.sha256 == saved.input_sha256:
            return read
    return read_scenario_file(saved.folder / SCENARIO)
