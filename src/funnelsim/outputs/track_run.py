"""What a run folder keeps of a track record.

What it leaves out: writing it (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

from funnelsim.model.run_schema import TRACK, TRACK_RECORD, TRACKED_BANDS
from funnelsim.model.track import Track
from funnelsim.outputs.run_folder import RunParts
from funnelsim.outputs.track_document import track_csv, track_document
from funnelsim.outputs.track_record_document import track_record_bytes


def track_parts(track: Track) -> RunParts:
    """Return what a run folder keeps of a track record.

    Parameters
    ----------
    track : Track
        The answer.

    Returns
    -------
    RunParts
        Answer, bands, and the record that forecasts print.
    """
    others = {TRACKED_BANDS: track_csv(track).encode(), TRACK_RECORD: track_record_bytes(track.record)}
    return RunParts(
        facts={
            "seed": track.runs[0].seed,
            "as_of": track.last_day.isoformat(),
            "replications": max(run.replications for run in track.runs),
            "currency": track.currency,
            "minor_digits": track.minor_digits,
            "content_hash": track.content_hash,
        },
        answer_name=TRACK,
        answer=track_document(track),
        tables={},
        others=others,
        input_name=track.name,
        input_sha256=track.sha256,
        needed_bytes=sum(map(len, others.values())),
    )
