"""A back-test as one JSON document, and its scores as CSV, the answers that programs read.

The shape is fixed by ``docs/schemas/backtest.json``; money is in major units, days are ISO dates, what could not be
computed is null.  What it leaves out: the single forecasts of rivals, which a run folder holds.
"""

from __future__ import annotations

import csv
import io
import math
from typing import Any

import numpy as np

from funnelsim.engines.statistics.held import binomial_range, counts_by_share
from funnelsim.model.backtest import LEVELS, Backtest, Recalibration, TargetScores
from funnelsim.model.money import to_major
from funnelsim.model.results import PERCENTS
from funnelsim.outputs import backtest_readings as readings
from funnelsim.outputs import backtest_sentences as sentences
from funnelsim.outputs.backtest_text import lean, nearer, rivals, shown, skill
from funnelsim.outputs.plain_text import spreadsheet_cell
from funnelsim.outputs.track_record_document import track_record_document

BACKTEST_SCHEMA = "funnelsim/backtest/1"
Document = dict[str, Any]


def backtest_document(backtest: Backtest) -> Document:
    """Return a back-test as plain dicts, lists, texts and numbers.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    dict
        As ``docs/schemas/backtest.json`` says; keys in reading order.
    """
    return {
        "schema": BACKTEST_SCHEMA,
        "input": {"name": backtest.name, "sha256": backtest.sha256},
        "leads": {"all": backtest.leads, "won": backtest.won, "lost": backtest.lost, "open": backtest.open},
        "currency": backtest.currency,
        "counts_only": backtest.counts_only,
        "every": backtest.unit,
        "horizon": backtest.horizon,
        "target": backtest.target,
        "value": backtest.value,
        "seed": backtest.seed,
        "replications": backtest.replications,
        "parameter_sets": backtest.sets,
        "sentence": sentences.headline(backtest),
        "remarks": [*sentences.remarks(backtest), *readings.readings(backtest)],
        "enough_to_verify": sentences.enough(backtest),
        "forecaster": shown(backtest).name,
        "targets": list(backtest.labels),
        "scores": [_score(backtest, one) for one in backtest.scores],
        "rivals": _rivals(backtest),
        "shape": [_shape(backtest, place) for place in range(len(backtest.labels))],
        "recalibration": _recalibration(backtest, backtest.recalibration),
        "forecasts": _forecasts(backtest),
        "track_record": _finite(track_record_document(backtest.track_record)),
        "notes": list(backtest.notes),
        "content_hash": backtest.content_hash,
    }


SCORE_COLUMNS = (
    "forecaster",
    "target",
    "forecasts",
    "actual_mean",
    "wape",
    "bias",
    "crps",
    "pinball",
    *(f"{name}_{level}" for level in LEVELS for name in ("interval_score", "held", "honest_low", "honest_high")),
    "skill",
)


def backtest_csv(backtest: Backtest) -> str:
    """Return every score as CSV.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    str
        A row a forecaster and target; money in major units; empty cells where there is nothing to say.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(SCORE_COLUMNS)
    for one in backtest.scores:
        found = _score(backtest, one)
        bands = [
            cell
            for level in LEVELS
            for cell in (
                found["interval_score"].get(str(level)),
                *((found["bands"][str(level)][key] for key in ("held", "low", "high")) if one.hits else [None] * 3),
            )
        ]
        names = [spreadsheet_cell(one.forecaster), spreadsheet_cell(one.target)]
        figures = [found[key] for key in ("forecasts", "actual_mean", "wape", "bias", "crps", "pinball")]
        writer.writerow(["" if cell is None else cell for cell in (*names, *figures, *bands, found["skill"])])
    return stream.getvalue()


def _money(backtest: Backtest, minor: float | None) -> float | None:
    if minor is None or not math.isfinite(minor):
        return None
    return round(to_major(minor, backtest.minor_digits), backtest.minor_digits + 4)


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _finite(plain: Any) -> Any:
    """Return plain values with null in place of the texts for numbers that are not finite."""
    if isinstance(plain, dict):
        return {name: _finite(one) for name, one in plain.items()}
    if isinstance(plain, list):
        return [_finite(one) for one in plain]
    return None if plain in {"nan", "inf", "-inf"} else plain


def _score(backtest: Backtest, one: TargetScores) -> Document:
    place = backtest.labels.index(one.target)
    bands = {str(level): {"held": one.hits[level], **_ends(one.honest[level])} for level in one.hits}
    return {
        "forecaster": one.forecaster,
        "target": one.target,
        "forecasts": one.origins,
        "actual_mean": _money(backtest, _mean_actual(backtest, one.forecaster, place)),
        "wape": _number(one.wape),
        "bias": _number(one.bias),
        "crps": _money(backtest, one.crps),
        "pinball": _money(backtest, one.pinball),
        "interval_score": {str(level): _money(backtest, value) for level, value in one.interval.items()},
        "bands": bands,
        "skill": _number(one.skill),
    }


def _mean_actual(backtest: Backtest, name: str, place: int) -> float:
    """Return the mean of what happened, over the origins where a forecaster had a forecast."""
    mean = next(one.mean for one in backtest.forecasters if one.name == name)[:, place]
    known = backtest.actual[np.isfinite(mean), place].tolist()
    return math.fsum(known) / len(known) if known else math.nan


def _ends(honest: tuple[int, int]) -> Document:
    return {"low": honest[0], "high": honest[1]}


def _rivals(backtest: Backtest) -> list[Document]:
    found = []
    for rival in rivals(backtest):
        for place, label in enumerate(backtest.labels):
            counted = nearer(backtest, rival, place)
            found.append({
                "rival": rival.name,
                "target": label,
                "skill": _number(skill(backtest, rival, place)),
                "nearer": counted.nearer,
                "of": counted.of,
                "low": counted.low,
                "high": counted.high,
            })
    return found


def _shape(backtest: Backtest, place: int) -> Document:
    """Return where actuals lay in their bands: around the median, and by fifths of the futures."""
    found, pit = lean(backtest, place), shown(backtest).pit
    counts = counts_by_share(pit[:, place], readings.FIFTHS) if pit is not None else np.zeros(0, dtype=np.int64)
    low, high = binomial_range(int(counts.sum()), 1 / readings.FIFTHS)
    return {
        "target": backtest.labels[place],
        "median": {
            "above": found.above,
            "below": found.below,
            "low": found.low,
            "high": found.high,
        },
        "pit": {"fifths": counts.tolist(), "low": low, "high": high},
    }


def _recalibration(backtest: Backtest, found: Recalibration | None) -> Document | None:
    if found is None:
        return None
    return {
        "factor": found.factor,
        "fitted": found.fitted,
        "tested": found.tested,
        "crps_before": _money(backtest, found.crps_before),
        "crps_after": _money(backtest, found.crps_after),
        "held_before": found.hits_before,
        "held_after": found.hits_after,
        "of": found.of,
        "applied": False,
    }


def _forecasts(backtest: Backtest) -> list[Document]:
    """Return the forecasts that are shown beside what happened, origin by origin."""
    one = shown(backtest)
    found = []
    for origin, day in enumerate(backtest.origins):
        for place, label in enumerate(backtest.labels):
            bands = [None] * len(PERCENTS) if one.percentiles is None else one.percentiles[origin, place].tolist()
            found.append({
                "first_day": day.isoformat(),
                "target": label,
                "open_leads": int(backtest.pool_leads[origin]),
                "actual": _money(backtest, int(backtest.actual[origin, place])),
                "mean": _money(backtest, float(one.mean[origin, place])),
                **{f"p{percent}": _money(backtest, end) for percent, end in zip(PERCENTS, bands, strict=True)},
                "crps": _money(backtest, float(one.crps[origin, place])),
                "pit": None if one.pit is None else _number(float(one.pit[origin, place])),
            })
    return found
