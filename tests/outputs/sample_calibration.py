"""A calibration in round numbers, made by hand so that its page stays as it was reviewed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from engines.small_histories import lived
from funnelsim.engines.learning.learn import learn
from funnelsim.model.calibration_answer import (
    AmountFigures,
    ArrivalFigures,
    Calibration,
    DaysFigure,
    Exit,
    Figure,
    LifeFigures,
    SeasonFactor,
    SegmentRow,
    SegmentTable,
    ShockFigures,
    SlipFigures,
    StageFigures,
    StatedBin,
    StatedPC,
)
from funnelsim.model.calibration_settings import CalibrateSettings
from funnelsim.model.track_record import BandRecord, TrackRecord

HOSTILE = "\x1b[31m[bold red]=1+1|\u202e"
MODEL = learn(lived(np.random.default_rng(1), 40), "month")


def share(value, half=0.04, n=200) -> Figure:
    return Figure(value, half / 2, max(value - half, 0.0), min(value + half, 1.0), n)


def days(median) -> tuple[DaysFigure, DaysFigure]:
    return (
        DaysFigure(0.5, median, 0.9 * median, 1.1 * median),
        DaysFigure(0.8, 2.3 * median, 2.1 * median, 2.6 * median),
    )


def stage(name, to, conversion, median, seen=200) -> StageFigures:
    exits = (
        Exit(to, int(seen * conversion), share(conversion, n=seen)),
        Exit("lost", seen // 3, share(0.95 - conversion, n=seen)),
    )
    return StageFigures(
        name, seen, seen - seen // 9, seen // 9, exits, share(conversion, n=seen), 0.05, *days(median), 5 * median
    )


def stated(pc, won, n) -> StatedBin:
    return StatedBin(pc, pc, pc, int(won * n), n - int(won * n) - 2, 2, share(won, 0.3 if n < 20 else 0.08, n), 0.01)


def segments(*rows) -> SegmentTable:
    found = tuple(
        SegmentRow(name, leads, leads // 6, leads // 2, raw, Figure(pace, 0.1, low, high, leads // 6))
        for name, leads, raw, pace, low, high in rows
    )
    return SegmentTable("owner", found, Figure(0.2, 0.05, 0.05, 0.45, len(found)))


BINS = (stated(0.1, 0.12, 140), stated(0.5, 0.38, 90), stated(0.9, 0.5, 14))
GROWTH = Figure(0.1, 0.05, -0.004, 0.2, 24)
UNKNOWN = DaysFigure(0.5, None, None, None)


def record(origins=14) -> TrackRecord:
    band = BandRecord("month 1", 80, 11, origins, 8, 14)
    when = (date(2025, 1, 1), date(2026, 2, 1))
    return TrackRecord("back-test", "x", "ab", "month", 3, "pool", *when, origins, (band,), (0.2,), (0.0,))


def sample(**changes) -> Calibration:
    learned = replace(
        MODEL,
        name="deals.csv",
        sha256="ab" * 32,
        first_day=date(2024, 7, 1),
        last_day=date(2026, 6, 30),
        leads=620,
        won=112,
        lost=430,
        open=78,
        notes=(),
        **changes.pop("learned", {}),
    )
    season = tuple(
        SeasonFactor(f"{word} month of the quarter", Figure(mean, 0.1, mean - 0.2, mean + 0.2, 8))
        for word, mean in (("first", 0.7), ("second", 0.95), ("last", 1.35))
    )
    found = Calibration(
        learned=learned,
        settings=CalibrateSettings(),
        stages=(stage("C", "B", 0.5, 20.0, 600), stage("B", "A", 0.6, 0.29, 290), stage("A", "won", 0.61, 2.5, 17)),
        life=LifeFigures(620, share(0.18), share(0.78), 0.04, *days(49.0)),
        stated=StatedPC(BINS, 0.28, share(0.21), 0.01, 400),
        segments=(segments(("Ann Lee", 200, 1.5, 1.3, 1.05, 1.6), ("Bo", 150, 0.9, 0.94, 0.78, 1.12)),),
        amounts=AmountFigures(share(0.7), Figure(0.85, 0.01, 0.83, 0.87, 30), 0.955),
        slips=SlipFigures(share(0.4), Figure(31.0, 2.0, 27.0, 35.0, 80), "close dates stated again"),
        arrivals=ArrivalFigures(Figure(26.0, 1.5, 23.0, 29.0, 24), GROWTH, season, share(0.1)),
        shocks=ShockFigures(share(0.13, n=24), Figure(1.02, 0.1, 0.82, 1.24, 24), share(0.02), season),
        reading=("620 leads: 112 won.", "The records end with 2026-06-30; --extract-date names another."),
        remarks=("Stages that fewer than 20 leads were seen in say little: A (17).",),
        content_hash="c" * 64,
    )  # fmt: skip
    return replace(found, **changes)


VARIANTS = {
    "sample": {},
    "tested": {"learned": {"track_record": record()}},
    "too few": {"learned": {"track_record": record(8)}},
    "bare": {
        "stated": None, "segments": (), "amounts": None, "slips": None, "arrivals": None, "shocks": None, "reading": (),
        "remarks": (), "learned": {"counts_only": True},
    },
    "nothing": {
        "stages": (StageFigures("open", 3, 0, 3, (), share(0.0, 0.7, 3), 1.0, UNKNOWN, UNKNOWN, 0.0),),
        "life": LifeFigures(3, share(0.0, 0.7, 3), share(0.0, 0.7, 3), 1.0, UNKNOWN, UNKNOWN),
    },
    "hostile": {
        "stages": (stage(HOSTILE, "won", 0.5, 9.0),), "remarks": (HOSTILE,), "reading": (HOSTILE,),
        "segments": (segments((HOSTILE, 200, float("nan"), 1.0, 0.9, 1.1), ("", 10, 0.0, 0.9, 0.5, 1.4)),),
        "learned": {"currency": "EUR"},
    },
}  # fmt: skip
