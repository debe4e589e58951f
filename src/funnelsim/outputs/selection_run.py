"""What a run folder keeps of a choice of design; the scenario itself is among it, packed, so that the folder is whole.

What it leaves out: writing it (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

from funnelsim.model.money import minor_digits
from funnelsim.model.optimum import Optimum
from funnelsim.model.run_schema import DESIGNS, OPTIMUM, REPLICATIONS, SCENARIO
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.outputs.run_folder import RunParts
from funnelsim.outputs.scenario_document import packed_form, parquet_bytes
from funnelsim.outputs.selection_document import selection_document
from funnelsim.outputs.selection_tables import designs_table, metric_table


def selection_parts(optimum: Optimum, read: ScenarioFile) -> RunParts:
    """Return what a run folder keeps of a choice of design.

    Parameters
    ----------
    optimum : Optimum
        The answer.
    read : ScenarioFile
        The scenario it was made from, as read.

    Returns
    -------
    RunParts
        Answer, designs, replications and scenario.
    """
    document, _ = packed_form(read.document, read.opening)
    designs, metric = designs_table(optimum), metric_table(optimum)
    return RunParts(
        facts={
            "seed": optimum.settings.seed,
            "as_of": optimum.calendar.as_of.isoformat(),
            "replications": optimum.selection.longest,
            "currency": optimum.currency,
            "minor_digits": minor_digits(optimum.currency),
            "content_hash": optimum.content_hash,
        },
        answer_name=OPTIMUM,
        answer=selection_document(optimum),
        tables={DESIGNS: (designs, True), REPLICATIONS: (metric, False)},
        others={SCENARIO: parquet_bytes(document, read.opening)},
        input_name=read.name,
        input_sha256=read.sha256,
        needed_bytes=designs.nbytes + metric.nbytes,
    )
