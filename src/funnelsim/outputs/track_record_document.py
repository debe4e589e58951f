"""A track record as the small JSON document that travels in a run folder.

What it leaves out: reading it back (:mod:`funnelsim.inputs.track_record`).
"""

from __future__ import annotations

import json
from typing import Any

from funnelsim.model.plain_values import to_plain
from funnelsim.model.run_schema import TRACK_RECORD_SCHEMA
from funnelsim.model.track_record import TrackRecord


def track_record_document(record: TrackRecord) -> dict[str, Any]:
    """Return a track record as plain values.

    Parameters
    ----------
    record : TrackRecord
        Any.

    Returns
    -------
    dict
        Its fields; days as ISO text, numbers with all their bits.
    """
    plain: dict[str, Any] = to_plain(record)
    return plain


def track_record_bytes(record: TrackRecord) -> bytes:
    """Return a track record as the bytes of its file in a run folder.

    Parameters
    ----------
    record : TrackRecord
        Any.

    Returns
    -------
    bytes
        JSON of schema ``funnelsim/track-record/1``, for the file ``track_record.json``.
    """
    document = {"schema": TRACK_RECORD_SCHEMA, "track_record": track_record_document(record)}
    return (json.dumps(document, indent=1, allow_nan=False) + "\n").encode()
