"""What a run folder keeps of a sweep; the scenario itself is among it, packed, so that the folder is whole.

What it leaves out: writing it (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

from funnelsim.model.run_schema import DESIGNS, RESULTS, SCENARIO, SWEEP
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.model.sweep import Sweep
from funnelsim.outputs.run_folder import RunParts
from funnelsim.outputs.scenario_document import packed_form, parquet_bytes
from funnelsim.outputs.sweep_document import sweep_document
from funnelsim.outputs.sweep_tables import designs_table, results_table


def sweep_parts(sweep: Sweep, read: ScenarioFile) -> RunParts:
    """Return what a run folder keeps of a sweep.

    Parameters
    ----------
    sweep : Sweep
        The answer.
    read : ScenarioFile
        The scenario it was made from, as read.

    Returns
    -------
    RunParts
        Answer, designs, results and scenario.
    """
    document, _ = packed_form(read.document, read.opening)
    designs, results = designs_table(sweep), results_table(sweep)
    return RunParts(
        facts={
            "seed": sweep.settings.seed,
            "as_of": sweep.calendar.as_of.isoformat(),
            "replications": sweep.settings.replications,
            "currency": sweep.currency,
            "minor_digits": sweep.minor_digits,
            "content_hash": sweep.content_hash,
        },
        answer_name=SWEEP,
        answer=sweep_document(sweep),
        tables={DESIGNS: (designs, True), RESULTS: (results, False)},
        others={SCENARIO: parquet_bytes(document, read.opening)},
        input_name=read.name,
        input_sha256=read.sha256,
        needed_bytes=designs.nbytes + results.nbytes,
    )
