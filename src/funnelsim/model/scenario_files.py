"""A scenario as it was read: the document, the leads it opens with, and what happened on the way.

What it leaves out: reading and writing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario

METADATA_KEY = "funnelsim.scenario"
"""Key of the Parquet schema's metadata that holds the document as JSON."""
CHECKSUM_KEY = "funnelsim.scenario.sha256"
"""Key that holds :func:`scenario_hash` of document and rows: page checksums do not cover the metadata."""
CANONICAL = (
    "lead_id", "name", "pr", "pc", "stage", "expected_close", "stage_entered", "last_touch", "temperature", "team",
    "status",
)  # fmt: skip
"""Columns of the leads in a packed scenario, and of the CSV it is unpacked to; every one always there."""
SPREAD_COLUMNS = ("pr_p10", "pr_p90", "close_p10", "close_p90")
"""Columns that are there when some lead has a spread of its own."""


@dataclass(frozen=True, eq=False)
class ScenarioFile:
    """A scenario and where it came from.

    Attributes
    ----------
    document : Scenario
        World and strategies, checked.
    opening : OpeningLeads
        Leads at the start; possibly none.
    name : str
        The file's name without its folder.
    sha256 : str
        Hash of the file's bytes as hex; for TOML with a file of leads, of both, one after the other.
    notes : tuple of str
        What was converted, assumed or has no effect, one sentence each.
    form : {'toml', 'parquet'}
        How it was written.
    """

    document: Scenario
    opening: OpeningLeads
    name: str
    sha256: str
    notes: tuple[str, ...]
    form: Literal["toml", "parquet"]


def scenario_hash(document: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return the hash that a packed scenario carries of itself.

    Parameters
    ----------
    document : str
        The document as JSON, exactly as stored.
    headers : sequence of str, (column,)
        Names of the columns.
    rows : sequence of sequence of str, (row, column)
        Cells as text: amounts without needless zeros, days as ISO text.

    Returns
    -------
    str
        SHA-256 as hex.
    """
    digest = hashlib.sha256(json.dumps([document, list(headers), len(rows)]).encode())
    for row in rows:
        digest.update(json.dumps(list(row)).encode())
    return digest.hexdigest()
