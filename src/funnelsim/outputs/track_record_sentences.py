"""The track record of forecasts in one sentence: how often bands like these held, and how little that proves.

No board sees a band without it, or without the words "not yet back-tested".

What it leaves out: the scores behind it (``outputs/backtest_page.py``).
"""

from __future__ import annotations

from funnelsim.model.results import Forecast
from funnelsim.model.run_schema import NEW_BUSINESS
from funnelsim.model.track_record import LEAST_ORIGINS, BandRecord, TrackRecord
from funnelsim.outputs.plain_text import plain

LEVEL = 80
"""The band that pages speak of, percent."""

NAMED = 2
"""Kinds of bands that the sentence names: the nearest period and the total."""


def track_record_sentence(forecast: Forecast) -> str:
    """Return how forecasts of this kind did.

    Parameters
    ----------
    forecast : Forecast
        Any forecast, with or without a track record.

    Returns
    -------
    str
        Says so when nobody has looked.
    """
    record = forecast.track_record
    if record is None:
        return "Not yet back-tested: nobody has checked how often bands like these held (see funnelsim backtest)."
    return " ".join(part for part in (_held(record), _worth(record), _other(forecast, record)) if part)


def _held(record: TrackRecord) -> str:
    bands = [band for band in record.bands if band.level == LEVEL]
    chosen = bands if len(bands) <= NAMED else [bands[0], bands[-1]]
    days = f"{record.first:%b %Y} to {record.last:%b %Y}"
    made = "back-tests" if record.source == "back-test" else f"forecasts ({plain(record.source)})"
    held = " and ".join(_hits(band) for band in chosen) or "no band was scored"
    return f"Track record: of {record.origins:,} {record.unit}ly {made}, {days}, the {LEVEL}% band held {held}."


def _hits(band: BandRecord) -> str:
    verdict = "" if band.honest else f", NOT the {band.low} to {band.high} of honest bands"
    honest = f" (honest bands: {band.low} to {band.high})" if band.honest else ""
    return f"{plain(band.target)} {band.hits:,} times of {band.origins:,}{honest}{verdict}"


def _worth(record: TrackRecord) -> str:
    if record.enough:
        return ""
    return f"Too few periods to verify anything: fewer than {LEAST_ORIGINS}."


def _other(forecast: Forecast, record: TrackRecord) -> str:
    said = []
    if record.unit != forecast.calendar.unit:
        said.append(f"it counts {record.unit}s, this forecast {forecast.calendar.unit}s")
    names = [part.name for part in forecast.components]
    if record.target == "pool" and NEW_BUSINESS in names:
        said.append("it holds for open leads, not for new business")
    learned = forecast.learned.known.learned if forecast.learned else None
    if learned is not None and record.sha256 and record.sha256 != learned.sha256:
        said.append("it was made on other records")
    return f"Note that {', and '.join(said)}." if said else ""
