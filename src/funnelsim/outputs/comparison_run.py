"""What a run folder keeps of a comparison.

The scenarios themselves are among it, packed, so that the folder is whole by itself.

What it leaves out: writing it (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from funnelsim.model.comparison import Comparison
from funnelsim.model.run_schema import COMPARED_SCENARIO, COMPARISON, REPLICATIONS
from funnelsim.outputs.comparison_document import comparison_document
from funnelsim.outputs.comparison_tables import compared_replications_table
from funnelsim.outputs.run_folder import RunParts
from funnelsim.outputs.scenario_document import packed_form, parquet_bytes


def scenario_copies(comparison: Comparison) -> tuple[dict[str, bytes], list[str | None]]:
    """Return the scenarios of a comparison, packed, each once.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.

    Returns
    -------
    tuple of dict of str to bytes, and list of (str or None)
        File name to content; and for each entrant the name of its file, None for a forecast.
    """
    copies: dict[str, bytes] = {}
    names: dict[str, str] = {}
    found: list[str | None] = []
    for entrant in comparison.entrants:
        if entrant.answer is None:
            found.append(None)
            continue
        document, _ = packed_form(entrant.answer.scenario, entrant.answer.opening)
        content = parquet_bytes(document, entrant.answer.opening)
        digest = hashlib.sha256(content).hexdigest()
        name = names.setdefault(digest, COMPARED_SCENARIO.format(number=len(names) + 1))
        copies[name] = content
        found.append(name)
    return copies, found


def comparison_parts(
    comparison: Comparison,
    cost: Mapping[str, npt.NDArray[np.int64]],
    copies: Mapping[str, bytes],
    input_name: str,
    input_sha256: str,
) -> RunParts:
    """Return what a run folder keeps of a comparison.

    Parameters
    ----------
    comparison : Comparison
        The answer.
    cost : mapping of str to int64, (replication,)
        Minor units by label, of entrants that have a cost.
    copies : mapping of str to bytes
        Packed scenarios by file name.
    input_name, input_sha256 : str
        The first thing that was compared.

    Returns
    -------
    RunParts
        Answer, replications and scenarios.
    """
    replications = compared_replications_table(comparison, cost)
    return RunParts(
        facts={
            "seed": comparison.seed,
            "as_of": comparison.calendar.as_of.isoformat(),
            "replications": comparison.replications,
            "currency": comparison.currency,
            "minor_digits": comparison.minor_digits,
            "content_hash": comparison.content_hash,
        },
        answer_name=COMPARISON,
        answer=comparison_document(comparison),
        tables={REPLICATIONS: (replications, True)},
        others=copies,
        input_name=input_name,
        input_sha256=input_sha256,
        needed_bytes=replications.nbytes,
    )
