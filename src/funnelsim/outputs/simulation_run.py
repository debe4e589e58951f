"""What a run folder keeps of a simulation.

The scenario itself is among it, packed, so that the folder is whole by itself.

What it leaves out: writing it (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.model.run_schema import BANDS, LEADS, REPLICATIONS, SCENARIO, SIMULATION
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.model.simulation import Simulation
from funnelsim.outputs.run_folder import RunParts
from funnelsim.outputs.scenario_document import packed_form, parquet_bytes
from funnelsim.outputs.simulation_document import simulation_document
from funnelsim.outputs.simulation_tables import funnel_bands_table, funnel_replications_table, opening_leads_table


def simulation_parts(simulation: Simulation, read: ScenarioFile, cost: npt.NDArray[np.int64]) -> RunParts:
    """Return what a run folder keeps of a simulation.

    Parameters
    ----------
    simulation : Simulation
        The answer.
    read : ScenarioFile
        The scenario it was made from, as read.
    cost : int64, (replication, period)
        Minor units.

    Returns
    -------
    RunParts
        Answer, bands, replications, leads and scenario.
    """
    document, _ = packed_form(read.document, read.opening)
    replications = funnel_replications_table(simulation, cost)
    leads = opening_leads_table(simulation)
    return RunParts(
        facts={
            "seed": simulation.seed,
            "as_of": simulation.calendar.as_of.isoformat(),
            "replications": simulation.replications,
            "currency": simulation.currency,
            "minor_digits": simulation.minor_digits,
            "content_hash": simulation.content_hash,
        },
        answer_name=SIMULATION,
        answer=simulation_document(simulation),
        tables={
            BANDS: (funnel_bands_table(simulation), True),
            REPLICATIONS: (replications, False),
            LEADS: (leads, True),
        },
        others={SCENARIO: parquet_bytes(document, read.opening)},
        input_name=read.name,
        input_sha256=read.sha256,
        needed_bytes=replications.nbytes + leads.nbytes,
    )
