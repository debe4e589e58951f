"""What the user's own records say, as one page in a terminal.

The question: what would a planner read out?  The rates in a sentence, stages with their conversion drawn, stated PC
against what happened, segments, and what else a forecast takes from the records.

What it leaves out: words about errors and progress, which go to stderr from the command line.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO

from rich.text import Text

from funnelsim.model.calibration_answer import FEW, Calibration, Figure, SegmentTable, StageFigures, StatedPC
from funnelsim.outputs import calibration_sentences as sentences
from funnelsim.outputs.band_drawing import Glyphs
from funnelsim.outputs.calibration_text import (
    days_span,
    days_text,
    factor_span,
    factor_text,
    hundred,
    hundred_span,
    pace_words,
)
from funnelsim.outputs.page import DIM, STRONG, Page
from funnelsim.outputs.plain_text import plain

SHOWN_SEGMENTS = 8
SHOWN_READING = 4
_NAME = 22
_NARROWEST_DRAWING, _WIDEST_DRAWING = 12, 41
_WIDE = 78
Row = list[Text | str]


def print_calibration(calibration: Calibration, stream: TextIO | None = None, *, width: int | None = None) -> None:
    """Print a calibration as one page.

    Parameters
    ----------
    calibration : Calibration
        Any.
    stream : text stream, optional
        Where to; stdout by default.  What its encoding cannot say is shown in ASCII.
    width : int, optional
        Columns, at least 40; the terminal's own by default, 100 when the stream is not a terminal.
    """
    page = Page(stream or sys.stdout, width)
    page.say(sentences.headline(calibration), STRONG)
    page.gap()
    _print_stages(page, calibration)
    if calibration.stated is not None:
        page.gap()
        _print_stated(page, calibration.stated)
    for table in calibration.segments:
        page.gap()
        _print_segments(page, table)
    page.gap()
    page.bullets([*sentences.answer_sentences(calibration), *calibration.remarks])
    page.gap()
    page.say(sentences.track_sentence(calibration))
    _print_reading(page, calibration.reading)
    page.say(sentences.MEANING, DIM)
    page.say(sentences.footer(calibration), DIM)
    page.finish()


def _print_reading(page: Page, notes: Sequence[str]) -> None:
    """Print what an option could change; the rest is in the JSON."""
    shown = [note for note in notes if "--" in note][:SHOWN_READING]
    hidden = len(notes) - len(shown)
    if shown:
        page.say("What was decided about the records", DIM)
        page.bullets(shown)
    if hidden:
        page.say(f"{hidden} note{'s' if hidden != 1 else ''} on how the records were read: --json.", DIM)


def _print_stages(page: Page, calibration: Calibration) -> None:
    wide = page.console.width >= _WIDE
    headers = [("stage", False), ("leads", True), ("go on" if wide else "on", True), ("95 %", True)]
    headers += [("half left in", True), ("95 %", True), ("8 in 10 in", True)] if wide else []
    rows = [_stage_row(page, one)[: len(headers)] for one in calibration.stages]
    life = calibration.life
    ends = [days_text(life.median), days_span(life.median), days_text(life.p80)]
    whole = ["birth to win", f"{life.seen:,}", _short(hundred(life.won)), hundred_span(life.won), *ends]
    rows.append([page.text(cell, STRONG) for cell in whole[: len(headers)]])
    shares = [*(one.conversion for one in calibration.stages), life.won]
    _drawn_table(page, headers, rows, shares)
    page.say(
        "Go on: of 100 leads that enter, those that reach a later stage or are won. Birth to win: times are "
        f"those to the end, won or lost. *: fewer than {FEW} leads.",
        DIM,
    )


def _short(words: str) -> str:
    return words.replace("fewer than ", "<").replace("more than ", ">")


def _stage_row(page: Page, one: StageFigures) -> Row:
    style = DIM if one.seen < FEW else ""
    name = f"{plain(one.name, _NAME)}{'*' if one.seen < FEW else ''}"
    cells = [name, f"{one.seen:,}", _short(hundred(one.conversion)), hundred_span(one.conversion)]
    return [
        page.text(cell, style) for cell in (*cells, days_text(one.median), days_span(one.median), days_text(one.p80))
    ]


def _drawn_table(
    page: Page,
    headers: Sequence[tuple[str, bool]],
    rows: Sequence[Row],
    shares: Sequence[Figure],
    marks: Sequence[float] | None = None,
) -> None:
    """Print a table with shares drawn at its right, where there is room."""
    columns = list(headers)
    names = [name for name, _ in headers]
    taken = sum(max(len(str(cell)) for cell in column) + 2 for column in zip(names, *rows, strict=True))
    width = min(page.console.width - taken - 2, _WIDEST_DRAWING)
    if width >= _NARROWEST_DRAWING:
        columns.append(("0" + "100".rjust(width - 1), False))
        second: Sequence[float | None] = marks or [None] * len(shares)
        drawn = [draw_share(share, mark, page.glyphs, width) for share, mark in zip(shares, second, strict=True)]
        rows = [[*row, Text(line)] for row, line in zip(rows, drawn, strict=True)]
    page.table(columns, rows)


def draw_share(figure: Figure, mark: float | None, glyphs: Glyphs, width: int) -> str:
    """Draw a share and its interval on a scale from 0 to 1.

    Parameters
    ----------
    figure : Figure
        A share in [0, 1].
    mark : float or None
        A second share, drawn under the first.
    glyphs : Glyphs
        What to draw with.
    width : int
        Characters, at least 1.

    Returns
    -------
    str
        Exactly ``width`` characters.
    """
    cells = [" "] * width

    def cell(share: float) -> int:
        return min(int(share * width), width - 1)

    first, last = cell(figure.low), cell(figure.high)
    cells[first : last + 1] = [glyphs.middle] * (last + 1 - first)
    if mark is not None:
        cells[cell(mark)] = glyphs.plan
    cells[cell(figure.estimate)] = glyphs.median
    return "".join(cells)


def _print_stated(page: Page, told: StatedPC) -> None:
    headers = [("stated PC", True), ("leads", True), ("won", True), ("95 %", True), ("open", True)]
    rows: list[Row] = []
    for one in told.bins:
        style = DIM if one.share.n < FEW else ""
        stated = f"{100 * one.stated:.0f}{'*' if one.share.n < FEW else ''}"
        cells = (stated, f"{one.share.n:,}", _short(hundred(one.share)), hundred_span(one.share), f"{one.open:,}")
        rows.append([page.text(cell, style) for cell in cells])
    _drawn_table(page, headers, rows, [one.share for one in told.bins], [one.stated for one in told.bins])
    page.say(
        f"Won: of 100 leads from the moment of that statement on, open ones respected. {page.glyphs.median} won  "
        f"{page.glyphs.middle} interval  {page.glyphs.plan} stated.",
        DIM,
    )


def _print_segments(page: Page, table: SegmentTable) -> None:
    wide = page.console.width >= _WIDE
    name = plain(table.column, _NAME)
    headers = [(f"by {name}", False), ("leads", True), ("won", True), ("pace", True), ("95 %", True)]
    headers += [("as counted", True), ("", False)] if wide else []
    rows: list[Row] = []
    for one in table.rows[:SHOWN_SEGMENTS]:
        label = plain(one.name, _NAME) or "(blank)"
        cells = [label, f"{one.leads:,}", f"{one.won:,}", factor_text(one.pace.estimate), factor_span(one.pace)]
        cells += [factor_text(one.raw), pace_words(one)] if wide else []
        rows.append([page.text(cell, STRONG if one.told_apart else "") for cell in cells])
    page.table(headers, rows)
    hidden = len(table.rows) - SHOWN_SEGMENTS
    more = f"  {hidden} more in --json and --csv." if hidden > 0 else ""
    page.say(
        "Pace: wins against those of leads of the same age and stage, drawn towards 1 by how little is known of each."
        + more,
        DIM,
    )
