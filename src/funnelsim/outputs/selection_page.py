"""A choice of design as one page in a terminal: the answer in a sentence, what it promises, and every design.

What it leaves out: words about errors and progress, which go to stderr from the command line.
"""

from __future__ import annotations

import sys
from typing import Final, TextIO

from rich.text import Text

from funnelsim.model.optimum import DesignReport, Optimum
from funnelsim.outputs import selection_sentences as sentences
from funnelsim.outputs.page import DIM, STRONG, Page
from funnelsim.outputs.selection_text import chance_text, design_text, mean_text, quantity, range_text

SHOWN_DESIGNS: Final = 15
_WIDE: Final = 90
Row = list[Text | str]


def print_optimum(optimum: Optimum, stream: TextIO | None = None, *, width: int | None = None) -> None:
    """Print a choice of design as one page.

    Parameters
    ----------
    optimum : Optimum
        Any.
    stream : text stream, optional
        Where to; stdout by default.
    width : int, optional
        Columns, at least 40; the terminal's own by default, 100 when the stream is not a terminal.
    """
    page = Page(stream or sys.stdout, width)
    page.say(sentences.headline(optimum), STRONG)
    page.say(sentences.promise(optimum))
    page.say(sentences.risk(optimum))
    page.gap()
    _print_designs(page, optimum)
    page.gap()
    page.say(sentences.effort(optimum))
    if optimum.notes:
        page.gap()
        page.say("Notes", DIM)
        page.bullets(optimum.notes)
    page.gap()
    page.say(sentences.footer(optimum), DIM)
    page.finish()


def _print_designs(page: Page, optimum: Optimum) -> None:
    wide = page.console.width >= _WIDE
    order = optimum.ranking
    shown = enumerate(order[:SHOWN_DESIGNS], 1)
    rows = [_row(page, optimum, number, optimum.reports[place], wide=wide) for number, place in shown]
    label = f"at least {sentences.confidence_text(optimum)}"
    between = [(label, True)] if wide else []
    numbers = [(optimum.score.title, True), ("to the best", True), *between, ("best", True)]
    page.table([("", True), ("design", False), *numbers, ("what became of it", False)], rows)
    hidden = len(order) - SHOWN_DESIGNS
    if hidden > 0:
        page.say(f"and {hidden:,} more, all of them out; --json has them", DIM)
    page.say(
        f"To the best: difference of means over the runs that both have; {label}: all these ranges hold together at "
        "least that often, however early the runs stopped. Best: share of resamples in which the design leads.",
        DIM,
    )


def _row(page: Page, optimum: Optimum, number: int, report: DesignReport, *, wide: bool) -> Row:
    style = STRONG if report.fate.status == "best" else ""
    gap = report.difference
    difference = quantity(optimum, gap.estimate, gap.half_width / 50, named=False, signed=True) if gap else "0"
    between = range_text(optimum, gap) if gap else ""
    cells = [mean_text(optimum, report), difference, *([between] if wide else []), chance_text(report.chance)]
    words = [f"{number}", design_text(optimum, report.design), *cells, sentences.fate_text(optimum, report)]
    return [page.text(cell, style) for cell in words]
