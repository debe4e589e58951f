"""What a forecast learned from records, as plain values for its JSON answer.

What it leaves out: the rates themselves, which a model file holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from funnelsim.model.learned_answer import LearnedAnswer
from funnelsim.model.track_record import TrackRecord

Document = dict[str, Any]


def learned_document(answer: LearnedAnswer, money: Callable[[float], int | float]) -> Document:
    """Return what a learned forecast stands on.

    Parameters
    ----------
    answer : LearnedAnswer
        What was learned and matched.
    money : callable
        From minor to major units.

    Returns
    -------
    dict
        As ``docs/schemas/forecast.json`` says.
    """
    learned, faded = answer.known.learned, answer.faded
    return {
        "records": {
            "name": learned.name,
            "sha256": learned.sha256,
            "first_day": learned.first_day.isoformat(),
            "last_day": learned.last_day.isoformat(),
            "leads": learned.leads,
            "won": learned.won,
            "lost": learned.lost,
            "open": learned.open,
            "stages": list(learned.stages),
        },
        "matched": asdict(answer.known.matched),
        "parameter_sets": answer.sets,
        "independent": answer.known.independent,
        "mean_calibrated_pc": faded.average,
        "new_leads": answer.new_leads,
        "new_wins": answer.new_wins,
        "faded": {
            "rows": faded.rows,
            "older_than_any_win": faded.older,
            "oldest_won_days": faded.oldest_won_days,
            "mean_calibrated_pc": faded.chance,
            "expected_value": money(faded.expected_value),
            "leads": [
                {
                    "lead_id": one.lead_id,
                    "name": one.name,
                    "age_days": one.age_days,
                    "calibrated_pc": one.chance,
                    "pr": money(one.pr),
                    "expected_value": money(one.expected_value),
                }
                for one in faded.leads
            ],
        },
    }


def track_record_document(record: TrackRecord | None) -> Document | None:
    """Return a track record as plain values.

    Parameters
    ----------
    record : TrackRecord or None
        None while not back-tested.

    Returns
    -------
    dict or None
        One entry per field, days as ISO text; ``enough`` says whether it verifies anything.
    """
    if record is None:
        return None
    document = asdict(record)
    document |= {"first": record.first.isoformat(), "last": record.last.isoformat(), "enough": record.enough}
    document["bands"] = [{**asdict(band), "honest": band.honest} for band in record.bands]
    document["wape"], document["bias"] = ([_known(one) for one in values] for values in (record.wape, record.bias))
    return document


def _known(value: float) -> float | None:
    return value if value == value and abs(value) != float("inf") else None
