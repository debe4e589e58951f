"""What a run folder keeps of a back-test, its track record among it.

What it leaves out: writing it (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

from datetime import timedelta

from funnelsim.model.backtest import Backtest
from funnelsim.model.run_schema import BACKTEST, ORIGIN_FORECASTS, SCORES, TRACK_RECORD
from funnelsim.outputs.backtest_document import backtest_document
from funnelsim.outputs.backtest_tables import forecasts_table, scores_table
from funnelsim.outputs.run_folder import RunParts
from funnelsim.outputs.track_record_document import track_record_bytes


def backtest_parts(backtest: Backtest) -> RunParts:
    """Return what a run folder keeps of a back-test.

    Parameters
    ----------
    backtest : Backtest
        The answer.

    Returns
    -------
    RunParts
        Answer, scores, forecasts and track record; the as-of day is that of the last forecast.
    """
    scores, forecasts = scores_table(backtest), forecasts_table(backtest)
    return RunParts(
        facts={
            "seed": backtest.seed,
            "as_of": (backtest.origins[-1] - timedelta(days=1)).isoformat(),
            "replications": backtest.replications,
            "currency": backtest.currency,
            "minor_digits": backtest.minor_digits,
            "content_hash": backtest.content_hash,
        },
        answer_name=BACKTEST,
        answer=backtest_document(backtest),
        tables={SCORES: (scores, True), ORIGIN_FORECASTS: (forecasts, True)},
        others={TRACK_RECORD: track_record_bytes(backtest.track_record)},
        input_name=backtest.name,
        input_sha256=backtest.sha256,
        needed_bytes=scores.nbytes + forecasts.nbytes,
    )
