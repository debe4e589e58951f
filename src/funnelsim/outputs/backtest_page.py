"""A back-test as one page in a terminal: how often bands held, how far means missed, and who would have been nearer.

Every band's hits stand beside the range of honest bands, and every origin has a mark of its own, so that misses are
seen as easily as hits.

What it leaves out: the single forecasts, which ``--csv`` and the run folder hold.
"""

from __future__ import annotations

import sys
from typing import TextIO

from rich.text import Text

from funnelsim.model.backtest import LEVELS, Backtest, TargetScores
from funnelsim.outputs import backtest_readings as readings
from funnelsim.outputs import backtest_sentences as sentences
from funnelsim.outputs.backtest_text import (
    amount,
    few,
    misses,
    nearer,
    rivals,
    scores_of,
    share_text,
    skill,
    targets,
)
from funnelsim.outputs.page import DIM, STRONG, WARNING, Page

LEVEL = sentences.LEVEL
MOST_TARGETS = 13
_WIDE = 78
_NARROW = 56
"""Columns below which the 50 and 90 % bands, and who was nearer, are left to --json."""
_SKILL_COLUMN = 11
_NAME_COLUMN = 24
Row = list[Text | str]


def print_backtest(backtest: Backtest, stream: TextIO | None = None, *, width: int | None = None) -> None:
    """Print a back-test as one page.

    Parameters
    ----------
    backtest : Backtest
        Any.
    stream : text stream, optional
        Where to; stdout by default.  What its encoding cannot say is shown in ASCII.
    width : int, optional
        Columns, at least 40; the terminal's own by default, 100 when the stream is not a terminal.
    """
    page = Page(stream or sys.stdout, width)
    first = scores_of(backtest, 0)
    honest = first.honest[LEVEL][0] <= first.hits[LEVEL] <= first.honest[LEVEL][1]
    page.say(sentences.headline(backtest), STRONG if honest and sentences.enough(backtest) else WARNING)
    page.bullets(sentences.remarks(backtest))
    page.gap()
    _print_targets(page, backtest)
    page.gap()
    _print_rivals(page, backtest)
    page.gap()
    page.bullets(readings.readings(backtest))
    if backtest.notes:
        page.gap()
        page.say("Notes", DIM)
        page.bullets(backtest.notes)
    page.gap()
    page.say(readings.value_sentence(backtest), DIM)
    page.say(readings.footer(backtest), DIM)
    page.finish()


def marks(backtest: Backtest, target: int, glyphs: tuple[str, str, str]) -> str:
    """Draw one target's origins as one character each.

    Parameters
    ----------
    backtest : Backtest
        Any.
    target : int
        Its place.
    glyphs : tuple of three str
        For an actual inside the 80 % band, above and below it.

    Returns
    -------
    str
        In the order of the origins.
    """
    cells = [glyphs[0]] * len(backtest.origins)
    for one in misses(backtest, target, LEVEL):
        cells[one.origin] = glyphs[1] if one.above else glyphs[2]
    return "".join(cells)


def _print_targets(page: Page, backtest: Backtest) -> None:
    wide = page.console.width >= _WIDE
    shown = few(targets(backtest), MOST_TARGETS)
    levels = LEVELS if page.console.width >= _NARROW else (LEVEL,)
    headers = [("", False), *((name, True) for name in (["mean", "WAPE", "bias", "CRPS"] if wide else ["WAPE"]))]
    headers += [(f"{level} % band held" if level == LEVEL and wide else f"{level} %", True) for level in levels]
    rows = [_target_row(page, backtest, place, levels, wide=wide) for place in shown]
    taken = sum(
        max(len(str(cell)) for cell in column) + 2 for column in zip([name for name, _ in headers], *rows, strict=True)
    )
    room = page.console.width - taken
    glyphs = _glyphs(page)
    if len(backtest.origins) <= room:
        headers.append(("80 %, forecast by forecast" if room >= 26 else "80 %", False))
        rows = [[*row, Text(marks(backtest, place, glyphs))] for row, place in zip(rows, shown, strict=True)]
        page.table(headers, rows)
        page.say(f"{glyphs[0]} held  {glyphs[1]} more was {sentences.booked_word(backtest)}  {glyphs[2]} less.", DIM)
    else:
        page.table(headers, rows)
    _say_hidden(page, len(targets(backtest)) - len(shown))
    page.say(readings.hits_legend(backtest), DIM)


def _glyphs(page: Page) -> tuple[str, str, str]:
    unicode = page.glyphs.plan != "^"
    return ("\N{MIDDLE DOT}", "\N{BLACK UP-POINTING TRIANGLE}", "\N{BLACK DOWN-POINTING TRIANGLE}") if unicode else (
        ".", "^", "v",
    )  # fmt: skip


def _target_row(page: Page, backtest: Backtest, place: int, levels: tuple[int, ...], *, wide: bool) -> Row:
    scores = scores_of(backtest, place)
    mean = float(backtest.actual[:, place].mean())
    figures: Row = [share_text(scores.wape)]
    if wide:
        bias = share_text(scores.bias, signed=True)
        figures = [amount(backtest, mean), *figures, bias, amount(backtest, scores.crps)]
    return [scores.target, *figures, *(_hits(page, scores, level) for level in levels)]


def _hits(page: Page, scores: TargetScores, level: int) -> Text:
    hits, (low, high) = scores.hits[level], scores.honest[level]
    beyond = not low <= hits <= high
    return page.text(f"{'! ' if beyond else ''}{hits} ({low}-{high})", WARNING if beyond else "")


def _print_rivals(page: Page, backtest: Backtest) -> None:
    wide = page.console.width >= _WIDE
    room = page.console.width - _NAME_COLUMN - _SKILL_COLUMN
    shown = few(targets(backtest), max(1, room // (_SKILL_COLUMN + 2)))
    title = "CRPS against rivals" if wide else "CRPS against"
    headers = [(title, False), *((backtest.labels[place], True) for place in shown), ("nearer", True)]
    columns = len(headers) if page.console.width >= _NARROW else len(headers) - 1
    rows: list[Row] = []
    for rival in rivals(backtest):
        found = nearer(backtest, rival)
        cells = [share_text(skill(backtest, rival, place), signed=True) for place in shown]
        row: Row = [rival.name, *cells, f"{found.nearer} of {found.of}" if found.of else "-"]
        rows.append(row[:columns])
    page.table(headers[:columns], rows)
    page.say(readings.skill_legend(backtest), DIM)


def _say_hidden(page: Page, count: int) -> None:
    if count > 0:
        page.say(f"{count} more target{'s' if count > 1 else ''} in --json and --csv.", DIM)
