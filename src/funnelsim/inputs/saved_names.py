"""Names that stand in the tables of a saved run: of leads, owners and accounts, and of the parts of a scenario.

The question: what must not be read in a pack without names?  An answer says few of the names that its notes and
sentences may hold; the run's tables have all.

What it leaves out: names that stand in the answer alone, and hiding any.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from funnelsim.inputs.saved_run import SavedRun
from funnelsim.model.run_schema import ATTRIBUTE_PREFIX
from funnelsim.model.scenario_files import METADATA_KEY

_LEAD_ID: Final = "lead_id"


@dataclass(frozen=True, eq=False)
class SavedNames:
    """What a run's tables name.

    Attributes
    ----------
    tables : tuple of pyarrow.Table
        Every table with leads: their ids, and the columns that were asked for.
    scenarios : tuple of mapping
        Documents of the scenarios in the run.
    """

    tables: tuple[pa.Table, ...] = ()
    scenarios: tuple[Mapping[str, Any], ...] = ()


def read_names(run: SavedRun, fields: Iterable[str]) -> SavedNames:
    """Read the names of a run.

    Parameters
    ----------
    run : SavedRun
        Its files agree with its manifest.
    fields : iterable of str
        Columns of the user's file that name somebody.

    Returns
    -------
    SavedNames
        Empty for a run without tables of leads and without a scenario of its own.
    """
    wanted = {_LEAD_ID, *(f"{prefix}{field}" for field in fields for prefix in ("", ATTRIBUTE_PREFIX))}
    tables, scenarios = [], []
    for name in run.manifest["files"]:
        if not name.endswith(".parquet"):
            continue
        with pq.ParquetFile(run.folder / name) as parquet:
            kept = [column for column in parquet.schema_arrow.names if column in wanted]
            if _LEAD_ID in kept:
                tables.append(parquet.read(columns=kept, use_threads=False))
            document = (parquet.schema_arrow.metadata or {}).get(METADATA_KEY.encode())
        if document is not None:
            scenarios.append(json.loads(document))
    return SavedNames(tuple(tables), tuple(scenarios))
