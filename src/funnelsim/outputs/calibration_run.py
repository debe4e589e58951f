"""What a run folder keeps of a calibration, the model that it made among it.

What it leaves out: writing it (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

from funnelsim.model.calibration_answer import Calibration
from funnelsim.model.run_schema import CALIBRATION, FIGURES, MODEL
from funnelsim.outputs.calibration_document import calibration_csv, calibration_document
from funnelsim.outputs.model_file import model_text
from funnelsim.outputs.run_folder import RunParts


def calibration_parts(calibration: Calibration) -> RunParts:
    """Return what a run folder keeps of a calibration.

    Parameters
    ----------
    calibration : Calibration
        The answer.

    Returns
    -------
    RunParts
        Answer, figures and model; there is no luck in it, so seed and replications are 0.
    """
    learned = calibration.learned
    others = {FIGURES: calibration_csv(calibration).encode(), MODEL: model_text(learned).encode()}
    return RunParts(
        facts={
            "seed": 0,
            "as_of": learned.last_day.isoformat(),
            "replications": 0,
            "currency": learned.currency,
            "minor_digits": learned.minor_digits,
            "content_hash": calibration.content_hash,
        },
        answer_name=CALIBRATION,
        answer=calibration_document(calibration),
        tables={},
        others=others,
        input_name=learned.name,
        input_sha256=learned.sha256,
        needed_bytes=sum(map(len, others.values())),
    )
