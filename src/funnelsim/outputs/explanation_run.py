"""What a run folder keeps of an explanation: the answer, its tables as CSV, and the charts.

What it leaves out: writing it (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from funnelsim.model.run_schema import EXPLANATION, EXPLANATION_TABLE
from funnelsim.outputs.run_folder import RunParts


def explanation_parts(document: Mapping[str, Any], table: str, manifest: Mapping[str, Any]) -> RunParts:
    """Return what a run folder keeps of an explanation.

    Parameters
    ----------
    document : mapping
        The answer as ``--json`` prints it.
    table : str
        The same as CSV.
    manifest : mapping
        Of the run that is explained.

    Returns
    -------
    RunParts
        The run stands as the input; the content hash is that of the document.
    """
    compact = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    facts = {key: manifest[key] for key in ("seed", "as_of", "replications", "currency", "minor_digits")}
    return RunParts(
        facts={**facts, "content_hash": hashlib.sha256(compact).hexdigest()},
        answer_name=EXPLANATION,
        answer=document,
        tables={},
        others={EXPLANATION_TABLE: table.encode()},
        input_name=str(manifest["input"]["name"]),
        input_sha256=str(manifest["content_hash"]),
        needed_bytes=0,
    )
