"""The lobby for scenarios: read, write, pack, unpack and list them.

``read_scenario`` - what world and which strategies does this file describe?  The others keep the two forms of a
scenario together: TOML with a CSV of leads, which people write, and one Parquet file, which travels.

What it leaves out: simulating them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from funnelsim.errors import FunnelsimError, Problem, ScenarioError, Shown
from funnelsim.inputs.beside import refuse_name
from funnelsim.inputs.scenario_file import read_scenario_file, scenario_from_parquet, scenario_from_toml
from funnelsim.inputs.shipped import shipped_scenarios
from funnelsim.model.funnel_reports import ImpliedStage
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_files import ScenarioFile

_HOW = "pass --force to replace it, or name another place"


def read_scenario(source: str | os.PathLike[str]) -> ScenarioFile:
    """Read a scenario and the leads it opens with.

    Parameters
    ----------
    source : str or path
        A ``.toml`` or ``.parquet`` file, or the name of a scenario that ships with the package.

    Returns
    -------
    ScenarioFile
        Document, leads, and what was assumed; both are checked.

    Raises
    ------
    ScenarioError
        With everything that is wrong with it.
    DataError
        If the leads cannot be read exactly.
    """
    return read_scenario_file(source)


def implied_stages(read: ScenarioFile) -> tuple[ImpliedStage, ...]:
    """Tell what the stated figures of a scenario imply, before anything is simulated.

    Parameters
    ----------
    read : ScenarioFile
        Any scenario.

    Returns
    -------
    tuple of ImpliedStage
        One a stage: the shares of buyers, how they and the others convert, and the true PC.

    Raises
    ------
    ScenarioError
        If the stated conversions cannot come from so few buyers.
    """
    from funnelsim.engines.buyer_rates import implied_funnel

    return implied_funnel(read.document)


@dataclass(frozen=True)
class Packing:
    """What packing or unpacking made.

    Attributes
    ----------
    files : dict of str to bytes
        Contents by file name.
    leads : int
        Leads in it.
    notes : tuple of str
        What differs from what was read.
    """

    files: dict[str, bytes]
    leads: int
    notes: tuple[str, ...]


def pack(source: str | os.PathLike[str]) -> Packing:
    """Pack a scenario into one Parquet file.

    Parameters
    ----------
    source : str or path
        As for :func:`read_scenario`.

    Returns
    -------
    Packing
        One file, ``NAME.parquet``; the same scenario gives the same bytes.

    Raises
    ------
    ScenarioError
        If it is wrong, or would not come back as it is.
    """
    from funnelsim.outputs.scenario_document import packed_form, parquet_bytes

    read = read_scenario_file(source)
    document, notes = packed_form(read.document, read.opening)
    content = parquet_bytes(document, read.opening)
    _refuse_changed(ScenarioFile(document, read.opening, read.name, "", (), "parquet"), content)
    return Packing({f"{Path(read.name).stem}.parquet": content}, len(read.opening), notes)


def unpack(source: str | os.PathLike[str]) -> Packing:
    """Unpack a scenario into TOML and CSV.

    Parameters
    ----------
    source : str or path
        As for :func:`read_scenario`.

    Returns
    -------
    Packing
        ``NAME.toml``, and the file of leads that it names when there are any.

    Raises
    ------
    ScenarioError
        If it is wrong.
    """
    from funnelsim.outputs.scenario_document import formula_cells, packed_form, unpacked_texts

    read = read_scenario_file(source)
    document, notes = packed_form(read.document, read.opening)
    toml, csv = unpacked_texts(document, read.opening)
    files = {f"{Path(read.name).stem}.toml": toml.encode()}
    if document.opening.file is not None:
        refuse_name(document.opening.file, read.name)
        files[document.opening.file] = csv.encode()
    formulas = formula_cells(document, read.opening)
    if formulas:
        word = "cell starts" if formulas == 1 else "cells start"
        notes = (*notes, f"{formulas:,} {word} like a formula: import the CSV as text if you open it in a spreadsheet.")
    return Packing(files, len(read.opening), notes)


def _refuse_changed(wanted: ScenarioFile, content: bytes) -> None:
    """Read what was packed, and refuse to hand it over unless it is the same."""
    from funnelsim.outputs.scenario_document import json_text, opening_rows

    hint = "a text in the leads cannot be kept exactly: look for control characters and rows that look like totals"
    try:
        back = scenario_from_parquet(content, wanted.name)
        same = json_text(back.document) == json_text(wanted.document) and opening_rows(
            back.document, back.opening
        ) == opening_rows(wanted.document, wanted.opening)
        got = "something else"
    except FunnelsimError as error:
        same, got = False, error.problems[0].sentence
    if not same:
        rule = "the same after packing and reading back"
        raise ScenarioError(Problem(wanted.name, "the scenario", rule, Shown(got), hint))


def write_files(packing: Packing, folder: str | os.PathLike[str], *, replace: bool = False) -> tuple[Path, ...]:
    """Write what packing or unpacking made, each file whole or not at all.

    Parameters
    ----------
    packing : Packing
        From :func:`pack` or :func:`unpack`.
    folder : path
        Where to; made when it is not there.
    replace : bool
        Whether files of these names may be replaced.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    ScenarioError
        If one is there already.
    """
    from funnelsim.outputs.atomic import write_bytes_atomically

    home = Path(folder)
    targets = {home / name: content for name, content in packing.files.items()}
    taken = [path for path in targets if os.path.lexists(path)]
    if taken and not replace:
        raise ScenarioError([Problem("", str(path), "free", Shown("a file"), _HOW) for path in taken])
    _make_folder(home)
    for path, content in targets.items():
        write_bytes_atomically(path, content)
    return tuple(targets)


def write_packed(packing: Packing, target: str | os.PathLike[str], *, replace: bool = False) -> Path:
    """Write a packed scenario under another name.

    Parameters
    ----------
    packing : Packing
        From :func:`pack`.
    target : path
        The file.
    replace : bool
        Whether it may be replaced.

    Returns
    -------
    Path
        The file.
    """
    path = Path(target)
    (content,) = packing.files.values()
    return write_files(Packing({path.name: content}, packing.leads, ()), path.parent, replace=replace)[0]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"({(error.strerror or 'refused').lower()})"
        raise ScenarioError(Problem("", "the folder", "one that can be made", str(folder), "", reason)) from None


@dataclass(frozen=True)
class ShippedScenario:
    """One scenario that ships with the package.

    Attributes
    ----------
    name : str
        What commands call it.
    title, question : str
        What it is and what it asks; what is wrong with it when it cannot be read.
    """

    name: str
    title: str
    question: str


def shipped() -> tuple[ShippedScenario, ...]:
    """Return the scenarios that ship with the package.

    Returns
    -------
    tuple of ShippedScenario
        In the alphabet's order.
    """
    found = []
    for name, path in shipped_scenarios().items():
        try:
            document = read_scenario_file(path).document
            found.append(ShippedScenario(name, document.title, document.question))
        except FunnelsimError as error:
            found.append(ShippedScenario(name, "(cannot be read)", error.problems[0].sentence))
    return tuple(found)


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario documents.

    Returns
    -------
    dict
        Draft 2020-12; every key with its description, limits, and the source and grade of a default of ours.
    """
    from funnelsim.model.scenario import SCHEMA

    schema = Scenario.model_json_schema(by_alias=True)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{SCHEMA}.json"}
    return {**head, **schema}


def new_scenario(name: str, origin: str | None = None) -> Packing:
    """Make a scenario to start from.

    Parameters
    ----------
    name : str
        Its name, and that of its file.
    origin : str, optional
        A scenario to start from; a commented template otherwise.

    Returns
    -------
    Packing
        ``NAME.toml`` and the leads of ``origin``.

    Raises
    ------
    ScenarioError
        If the name is none, or ``origin`` cannot be read.
    """
    from funnelsim.outputs.scenario_document import packed_form, unpacked_texts
    from funnelsim.outputs.scenario_template import template

    if origin is None:
        text = template(name)
        scenario_from_toml(text.encode(), f"{name}.toml", Path())
        return Packing({f"{name}.toml": text.encode()}, 0, ())
    read = read_scenario_file(origin)
    named = Scenario.model_validate(read.document.model_dump(by_alias=True, exclude_unset=True) | {"name": name})
    document, notes = packed_form(named, read.opening)
    toml, csv = unpacked_texts(document, read.opening)
    files = {f"{name}.toml": toml.encode()}
    if document.opening.file is not None:
        refuse_name(document.opening.file, read.name)
        files[document.opening.file] = csv.encode()
    return Packing(files, len(read.opening), notes)
