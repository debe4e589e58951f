"""What the user's own records say as one JSON document, and as a table of figures: the answers that programs read.

The shape is fixed by ``docs/schemas/calibrate.json``; shares are in [0, 1], times in days.  What it leaves out: the
rates by age, which the model file holds.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from typing import Any

from funnelsim.model.calibration_answer import CONFIDENCE, YOURS, Calibration, DaysFigure, Figure
from funnelsim.model.plain_values import to_plain
from funnelsim.outputs.calibration_sentences import answer_sentences, headline, track_sentence

CALIBRATE_SCHEMA = "funnelsim/calibrate/1"
Document = dict[str, Any]
FIGURE_COLUMNS = ("part", "name", "figure", "estimate", "standard_error", "low", "high", "n", "grade")
"""Columns of the table of figures."""


def calibration_document(calibration: Calibration) -> Document:
    """Return a calibration as plain dicts, lists, texts and numbers.

    Parameters
    ----------
    calibration : Calibration
        Any.

    Returns
    -------
    dict
        As ``docs/schemas/calibrate.json`` says; keys in reading order.
    """
    learned = calibration.learned
    return {
        "schema": CALIBRATE_SCHEMA,
        "input": {
            "name": learned.name,
            "sha256": learned.sha256,
            "first_day": learned.first_day.isoformat(),
            "last_day": learned.last_day.isoformat(),
            "leads": learned.leads,
            "won": learned.won,
            "lost": learned.lost,
            "open": learned.open,
        },
        "every": learned.unit,
        "fiscal_start": learned.fiscal_start,
        "currency": learned.currency,
        "counts_only": learned.counts_only,
        "grade": YOURS,
        "confidence": CONFIDENCE,
        "sentence": headline(calibration),
        "findings": answer_sentences(calibration),
        "remarks": list(calibration.remarks),
        "reading": list(calibration.reading),
        "life": _plain(calibration.life),
        "stages": _plain(calibration.stages),
        "stated_pc": _plain(calibration.stated),
        "segments": [_segments(one) for one in calibration.segments],
        "amounts": _plain(calibration.amounts),
        "slips": _plain(calibration.slips),
        "arrivals": _plain(calibration.arrivals),
        "shocks": _plain(calibration.shocks),
        "track_record": {"sentence": track_sentence(calibration), "record": _plain(learned.track_record)},
        "content_hash": calibration.content_hash,
    }


def _plain(value: Any) -> Any:
    return _finite(to_plain(value))


def _finite(plain: Any) -> Any:
    """Return plain values in which numbers that are not finite are none; texts of records never stand here."""
    if isinstance(plain, dict):
        return {name: one if name in {"name", "target"} else _finite(one) for name, one in plain.items()}
    if isinstance(plain, list):
        return [_finite(one) for one in plain]
    return None if plain in ("nan", "inf", "-inf") else plain


def _segments(table: Any) -> Document:
    plain: Document = _plain(table)
    for row, one in zip(plain["rows"], table.rows, strict=True):
        row["told_apart"] = one.told_apart
    return plain


def calibration_csv(calibration: Calibration) -> str:
    """Return every figure as CSV.

    Parameters
    ----------
    calibration : Calibration
        Any.

    Returns
    -------
    str
        One row a figure with standard error, interval, what it rests on, and its grade.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(FIGURE_COLUMNS)
    for part, name, what, figure in every_figure(calibration):
        cells = [figure.estimate, figure.error, figure.low, figure.high]
        told = ["" if one is None or math.isnan(one) else one for one in cells]
        writer.writerow([part, name, what, *told, figure.n, YOURS])
    return stream.getvalue()


def every_figure(calibration: Calibration) -> Iterator[tuple[str, str, str, Figure]]:
    """Go through every figure.

    Parameters
    ----------
    calibration : Calibration
        Any.

    Yields
    ------
    tuple of (str, str, str, Figure)
        The part it belongs to, the name of its stage or segment, what it is, and the figure; ``nan`` for what the
        records do not reach.
    """
    for stage in calibration.stages:
        yield "stage", stage.name, "conversion", stage.conversion
        for way in stage.exits:
            yield "stage", stage.name, f"to {way.target}", way.share
        yield "stage", stage.name, "median days", _days(stage.median, stage.seen)
        yield "stage", stage.name, "P80 days", _days(stage.p80, stage.seen)
    life = calibration.life
    yield "life", "", "won ever", life.won
    yield "life", "", "lost ever", life.lost
    yield "life", "", "median days", _days(life.median, life.seen)
    yield "life", "", "P80 days", _days(life.p80, life.seen)
    for one in calibration.stated.bins if calibration.stated else ():
        yield "stated PC", f"{one.stated:.4g}", "won", one.share
    for table in calibration.segments:
        for row in table.rows:
            yield f"segment {table.column}", row.name, "pace of wins", row.pace
        yield f"segment {table.column}", "", "spread of pace", table.spread
    yield from _period_figures(calibration)


def _period_figures(calibration: Calibration) -> Iterator[tuple[str, str, str, Figure]]:
    amounts, slips, arrivals, shocks = (
        calibration.amounts,
        calibration.slips,
        calibration.arrivals,
        calibration.shocks,
    )
    if amounts is not None:
        yield "amounts", "", "brought exactly their PR", amounts.exact
        yield "amounts", "", "median ratio of the others", amounts.other
    if slips is not None:
        yield "dates", "", "pushed", slips.pushed
        yield "dates", "", "days of a push", slips.days
    if arrivals is not None:
        yield "arrivals", "", "leads a period", arrivals.level
        yield "arrivals", "", "growth a year", arrivals.trend
        yield "arrivals", "", "spread beyond chance", arrivals.spread
        yield from (("arrivals", one.name, "season", one.factor) for one in arrivals.season)
    if shocks is not None:
        yield "shared luck", "", "shock sd", shocks.sd
        yield "shared luck", "", "level at the end", shocks.level
        yield "shared luck", "", "sd of the level's step", shocks.drift
        yield from (("shared luck", one.name, "season", one.factor) for one in shocks.season)


def _days(figure: DaysFigure, n: int) -> Figure:
    """Return an age as a figure; its error is that of a normal law with the same interval."""
    estimate, low, high = (math.nan if one is None else one for one in (figure.days, figure.low, figure.high))
    return Figure(estimate, (high - low) / (2.0 * 1.959963984540054), low, high, n)
