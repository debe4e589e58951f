"""Reading a scenario: a TOML file with its leads beside it, a packed Parquet file, or the name of a shipped one.

The question: what world and which strategies does this file describe, and with which leads does it open?  Everything
that is wrong is told at once, with the key it is at; nothing in a scenario is ever executed, and it can name no file
outside its folder.

What it leaves out: writing scenarios (``outputs/scenario_document.py``).
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.inputs.beside import file_beside, refuse_name
from funnelsim.inputs.currencies import CODES
from funnelsim.inputs.opening_leads import no_leads, opening_leads
from funnelsim.inputs.scenario_text import PlainText, from_json, from_toml
from funnelsim.inputs.scenario_versions import present_version
from funnelsim.inputs.shipped import scenario_path
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_checks import checked
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.model.scenario_notes import scenario_notes

_PARQUET = b"PAR1"
_LARGEST_TEXT = 4 << 20


def read_scenario_file(source: str | os.PathLike[str]) -> ScenarioFile:
    """Read a scenario.

    Parameters
    ----------
    source : str or path
        A ``.toml`` or ``.parquet`` file, or the name of a shipped scenario.

    Returns
    -------
    ScenarioFile
        Document and opening leads, checked, and what was assumed.

    Raises
    ------
    ScenarioError
        If it is no scenario, with everything that is wrong with it.
    DataError
        If the file, or its file of leads, cannot be read exactly.
    """
    path = scenario_path(source)
    with path.open("rb") as file:
        is_parquet = file.read(4) == _PARQUET
    where = path.name if os.fspath(source) != str(path) else str(path)
    if not is_parquet and path.stat().st_size > _LARGEST_TEXT:
        hint = "a scenario is a .toml file or a packed .parquet file"
        got = Shown(f"{path.stat().st_size:,} bytes of something else")
        raise ScenarioError(Problem(where, "the file", "a scenario", got, hint))
    content = path.read_bytes()
    if is_parquet:
        return scenario_from_parquet(content, where)
    if path.suffix.lower() == ".parquet":
        hint = "name it .toml if it is text, or pack it again"
        raise ScenarioError(Problem(where, "the file", "a Parquet file, as its name says", Shown("other bytes"), hint))
    return scenario_from_toml(content, where, path.parent)


def scenario_from_toml(content: bytes, where: str, folder: Path) -> ScenarioFile:
    """Read a scenario from the text of a TOML file.

    Parameters
    ----------
    content : bytes
        The whole file.
    where : str
        The file as the user named it, for messages.
    folder : Path
        Where its file of leads is looked for.

    Returns
    -------
    ScenarioFile
        As :func:`read_scenario_file`.
    """
    text = from_toml(content, where)
    document, notes = _document(text, where)
    digest, name = hashlib.sha256(content), Path(where).name
    if document.opening.file is None:
        return _scenario(document, no_leads(document), name, digest.hexdigest(), notes, "toml")
    file = file_beside(folder, document.opening.file, where)
    opening = opening_leads(document, file)
    digest.update(file.read_bytes())
    return _scenario(document, opening, name, digest.hexdigest(), notes, "toml")


def scenario_from_parquet(content: bytes, where: str) -> ScenarioFile:
    """Read a packed scenario.

    Parameters
    ----------
    content : bytes
        The whole file.
    where : str
        The file as the user named it, for messages.

    Returns
    -------
    ScenarioFile
        As :func:`read_scenario_file`.
    """
    from funnelsim.inputs.scenario_parquet import read_packed  # slow to load, and most scenarios are text

    name = Path(where).name
    packed = read_packed(content, where, name)
    document, notes = _document(from_json(packed.text, where), where)
    if not packed.checked:
        notes = (*notes, "The file carries no checksum of its own: it was not packed by funnelsim.")
    if document.opening.file is not None:
        refuse_name(document.opening.file, where)
    opening = no_leads(document) if packed.table is None else opening_leads(document, packed.table)
    return _scenario(document, opening, name, hashlib.sha256(content).hexdigest(), notes, "parquet")


def _document(text: PlainText, where: str) -> tuple[Scenario, tuple[str, ...]]:
    text = present_version(text, where)
    code = text.document.get("currency")
    if isinstance(code, str) and code not in CODES:
        hint = "write the three letters of ISO 4217, in capitals, or leave it out"
        text.wrong["currency",] = Problem(where, "currency", "a currency code such as USD", code, hint)
    return checked(text.document, where, text.wrong), tuple(text.notes)


def _scenario(
    document: Scenario, opening: OpeningLeads, name: str, sha256: str, notes: tuple[str, ...], form: str
) -> ScenarioFile:
    empty = ("Nobody is in this funnel: it has no sources and opens with no leads.",)
    alone = empty if not document.sources and not len(opening) else ()
    every = (*notes, *scenario_notes(document), *alone, *opening.notes)
    return ScenarioFile(document, opening, name, sha256, every, "toml" if form == "toml" else "parquet")
