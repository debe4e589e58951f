"""A saved run read back as an answer to show: its document, where it came from, and the tables behind it.

The question: what may a board be shown of this folder?  Only what agrees with the manifest, which
:mod:`funnelsim.inputs.saved_run` holds every file to; a folder of something else is refused in a sentence.

What it leaves out: which messages the answer makes (``outputs/packs``).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from funnelsim.errors import DataError, Problem
from funnelsim.inputs.saved_run import (
    SavedRun,
    read_bookings,
    read_document,
    read_lead_rows,
    read_manifest,
    read_run_table,
)
from funnelsim.model.board_pack import Provenance
from funnelsim.model.run_schema import ANSWERS, FUNNEL_REPLICATIONS_SCHEMA, REPLICATIONS

_FAMILY: Final = "funnelsim/"


@dataclass(frozen=True, eq=False)
class SavedAnswer:
    """What a run folder says, and what stands behind it.

    Attributes
    ----------
    folder : Path
        Absolute.
    command : str
        Which command made it.
    document : mapping
        The answer as ``--json`` printed it.
    provenance : Provenance
        For the foot of every slide, sheet and page.
    key : bytes
        Of the words that stand for names where names are hidden: a hash of the run's tables, so that the same run
        always gives the same words, and nobody without the run can try names out.
    run : SavedRun
        The folder's manifest and files.
    minor_digits : int
        Decimals of the currency.
    leads : pyarrow.Table or None
        Every forecast row; None for an answer without leads of its own.
    bookings : int64, (replication, period + 1), or None
        Minor units; the last column is past the horizon.
    """

    folder: Path
    command: str
    document: Mapping[str, Any] = field(repr=False)
    provenance: Provenance
    key: bytes = field(repr=False)
    run: SavedRun = field(repr=False)
    minor_digits: int = 2
    leads: pa.Table | None = field(default=None, repr=False)
    bookings: npt.NDArray[np.int64] | None = field(default=None, repr=False)


def read_answer(run: str | os.PathLike[str]) -> SavedAnswer:
    """Read a run folder of any command.

    Parameters
    ----------
    run : path
        The run folder, or the ``manifest.json`` in it.

    Returns
    -------
    SavedAnswer
        Nothing in it is changed since it was written.

    Raises
    ------
    DataError
        If it is no run of this project, or changed, or not whole, or of a command that this version does not know.
    """
    saved = read_manifest(run)
    command = str(saved.request.get("command"))
    hint = "give a run folder that a command of this version made with --out"
    if command not in ANSWERS:
        rule = f"one of {', '.join(map(repr, ANSWERS))}"
        raise DataError(Problem(str(saved.folder), "the run's command", rule, saved.request.get("command"), hint))
    if ANSWERS[command] not in saved.manifest["files"]:
        raise DataError(Problem(str(saved.folder), "the run", f"one with {ANSWERS[command]}", "another one", hint))
    document = read_document(saved)
    expected = f"{_FAMILY}{command}/1"
    if document.get("schema") != expected:
        where = str(saved.folder / ANSWERS[command])
        raise DataError(Problem(where, "schema", repr(expected), document.get("schema"), hint))
    with_leads = command == "forecast"
    return SavedAnswer(
        folder=saved.folder,
        command=command,
        document=document,
        provenance=_provenance(saved),
        key=_key(saved),
        run=saved,
        minor_digits=int(saved.manifest.get("minor_digits", 2)),
        leads=read_lead_rows(saved) if with_leads else None,
        bookings=read_bookings(saved) if with_leads else _simulated(saved) if command == "simulate" else None,
    )


def _simulated(saved: SavedRun) -> npt.NDArray[np.int64]:
    """Return the bookings of a simulation in the shape of a forecast's; nothing is past its horizon."""
    table = read_run_table(saved, REPLICATIONS, FUNNEL_REPLICATIONS_SCHEMA)
    booked = table["booked_minor"].to_numpy().astype(np.int64).reshape(saved.replications, -1)
    return np.column_stack([booked, np.zeros(len(booked), dtype=np.int64)])


def _provenance(saved: SavedRun) -> Provenance:
    return Provenance(
        as_of=saved.as_of.isoformat(),
        seed=saved.seed,
        replications=saved.replications,
        version=str(saved.manifest["funnelsim"]),
        input_name=str(saved.manifest["input"].get("name") or ""),
        input_sha256=str(saved.manifest["input"].get("sha256") or ""),
        content_hash=saved.content_hash,
    )


def _key(saved: SavedRun) -> bytes:
    """Return a hash of the run's answer and tables; pictures may differ between machines and are not in it."""
    files = {name: entry["sha256"] for name, entry in saved.manifest["files"].items() if "/" not in name}
    return hashlib.sha256("".join(f"{name}\n{files[name]}\n" for name in sorted(files)).encode()).digest()
