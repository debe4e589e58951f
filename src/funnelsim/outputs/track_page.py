"""Archived forecasts against what happened, as one page in a terminal.

The question: what would a planner read out?  How often the bands held, what so few prove, every run with the chance of
the plan, every kind of band, and the latest bands drawn with what happened.

What it leaves out: words about errors, which go to stderr from the command line.
"""

from __future__ import annotations

import sys
from typing import TextIO

from rich.text import Text

from funnelsim.model.results import PERCENTS
from funnelsim.model.track import EVERY, Track, TrackedBand, TrackedRun
from funnelsim.outputs import track_sentences as sentences
from funnelsim.outputs.band_drawing import ASCII, draw_band
from funnelsim.outputs.number_text import day_text
from funnelsim.outputs.page import DIM, STRONG, WARNING, Page
from funnelsim.outputs.plain_text import plain

MOST_RUNS, MOST_BANDS, MOST_TARGETS = 12, 12, 7
MOST_NOTES = 5
_WIDE, _MIDDLE = 78, 56
_NARROWEST_DRAWING, _WIDEST_DRAWING = 14, 44
_NAME = 20
Row = list[Text | str]


def print_track(track: Track, stream: TextIO | None = None, *, width: int | None = None) -> None:
    """Print a track record as one page.

    Parameters
    ----------
    track : Track
        Any.
    stream : text stream, optional
        Where to; stdout by default.  What its encoding cannot say is shown in ASCII.
    width : int, optional
        Columns, at least 40; the terminal's own by default, 100 when the stream is not a terminal.
    """
    page = Page(stream or sys.stdout, width)
    near = track.covered(sentences.nearest(track), sentences.LEVEL)
    page.say(sentences.headline(track), STRONG if near.honest else WARNING)
    page.bullets(sentences.remarks(track))
    page.gap()
    _print_runs(page, track)
    page.gap()
    _print_targets(page, track)
    page.gap()
    _print_bands(page, track)
    page.gap()
    page.bullets([plain(note) for note in track.notes], MOST_NOTES)
    page.say(sentences.footer(track), DIM)
    page.finish()


def _print_runs(page: Page, track: Track) -> None:
    """Print every forecast: its periods so far added up, and the chance of the plan as it saw it."""
    columns = [("forecast of", False, 0), ("run", False, _WIDE), ("over up to", False, _WIDE), ("booked", True, 0)]
    columns += [("P10", True, _MIDDLE), ("P50", True, _WIDE), ("P90", True, _MIDDLE), ("80 %", False, 0)]
    columns += [("plan", True, 0)]
    shown = track.runs[-MOST_RUNS:]
    _print_table(page, columns, [_run_row(page, track, run) for run in shown])
    hidden = len(track.runs) - len(shown)
    more = f" {hidden} earlier forecasts in --json." if hidden else ""
    page.say(
        f"Plan: its chance as that forecast saw it. Booked and bands: its periods that are over, added up.{more}",
        DIM,
    )


def _print_table(page: Page, columns: list[tuple[str, bool, int]], rows: list[Row]) -> None:
    """Print the columns that the page has room for; each says how wide a page it needs at least."""
    keep = [at for at, (_, _, least) in enumerate(columns) if page.console.width >= least]
    page.table([columns[at][:2] for at in keep], [[row[at] for at in keep] for row in rows])


def _run_row(page: Page, track: Track, run: TrackedRun) -> Row:
    band, plan = run.so_far, "-" if run.plan is None else sentences.short_chance(run, run.plan)
    figures = ["-"] * 6
    if band is not None:
        amounts = [sentences.money(track, one) for one in (band.actual, *(band.percentiles[at] for at in (1, 3, 5)))]
        figures = [day_text(band.period.end), *amounts, _held_words(band)]
    return [page.text(cell) for cell in (day_text(run.as_of), plain(run.name, _NAME), *figures, plan)]


def _held_words(band: TrackedBand) -> str:
    if band.held(sentences.LEVEL):
        return "held"
    return "ABOVE" if band.actual > band.percentiles[5] else "BELOW"


def _print_targets(page: Page, track: Track) -> None:
    """Print how many bands of each distance held."""
    targets = track.targets if len(track.targets) <= MOST_TARGETS else (*track.targets[: MOST_TARGETS - 1], EVERY)
    columns = [("ahead", False, 0), ("bands", True, 0), ("50 %", True, _WIDE), ("80 %", True, 0)]
    columns += [("honest", True, _MIDDLE), ("90 %", True, _WIDE), ("mean off", True, 0), ("lean", True, _MIDDLE)]
    _print_table(page, columns, [_target_row(page, track, target) for target in targets])
    hidden = len(track.targets) - len(targets)
    more = f" {hidden} distances more in --json." if hidden else ""
    honest = " Honest: of the 80 % bands, in 95 of 100 cases." if page.console.width >= _MIDDLE else ""
    page.say(f"Bands that held what was booked.{honest} !: outside of what luck explains.{more}", DIM)


def _target_row(page: Page, track: Track, target: str) -> Row:
    at = track.targets.index(target)
    half, most, all_but = (track.covered(target, level) for level in (50, 80, 90))
    errors = [sentences.error_text(track.wape[at]), sentences.error_text(track.bias[at], signed=True)]
    cells = [target, f"{most.bands}", f"{half.hits}", f"{most.hits}{'' if most.honest else ' !'}"]
    cells += [f"{most.low}-{most.high}", f"{all_but.hits}", *errors]
    return [page.text(cell, STRONG if target == EVERY else "") for cell in cells]


def _print_bands(page: Page, track: Track) -> None:
    """Print the latest bands, each with what happened."""
    shown = track.bands[-MOST_BANDS:]
    wide = page.console.width >= _WIDE
    headers = [("days", False), ("seen on", False), ("booked", True), ("P10", True), ("P90", True), ("80 %", False)]
    rows: list[Row] = []
    for run, band in shown:
        cells = [band.label, day_text(run.as_of), sentences.money(track, band.actual)]
        cells += [sentences.money(track, band.percentiles[at]) for at in (1, 5)]
        rows.append([page.text(cell) for cell in (*cells, _held_words(band))])
    keep = range(len(headers)) if wide else (0, 2, 3, 4, 5)
    headers, rows = [headers[at] for at in keep], [[row[at] for at in keep] for row in rows]
    taken = sum(
        max(len(str(cell)) for cell in column) + 2 for column in zip([name for name, _ in headers], *rows, strict=True)
    )
    width = min(page.console.width - taken - 2, _WIDEST_DRAWING)
    glyphs = page.glyphs._replace(plan="o" if page.glyphs == ASCII else "●")
    if width >= _NARROWEST_DRAWING:
        largest = max(max(band.percentiles[6], band.actual) for _, band in shown)
        headers.append(("0" + sentences.money(track, largest).rjust(width - 1), False))
        for row, (_, band) in zip(rows, shown, strict=True):
            known = dict(zip(PERCENTS, band.percentiles, strict=True))
            row.append(Text(draw_band(known, largest, width, band.actual, glyphs)))
    page.table(headers, rows)
    hidden = len(track.bands) - len(shown)
    more = f" {hidden} earlier bands in --json and --csv." if hidden else ""
    drawn = f"{glyphs.plan} booked  {glyphs.median} middle. " if width >= _NARROWEST_DRAWING else ""
    page.say(f"{drawn}Each band is of one forecast{', with the day on which it was made' if wide else ''}.{more}", DIM)
