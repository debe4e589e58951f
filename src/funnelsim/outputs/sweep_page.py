"""A sweep as one page in a terminal: the conclusion, the best designs, what each lever does, and what was assumed.

What it leaves out: the figures of every design, which ``--csv`` and the run folder hold.
"""

from __future__ import annotations

import sys
from typing import Final, TextIO

import numpy as np
from rich.text import Text

from funnelsim.engines.choices.sweep_effects import value_text
from funnelsim.model.sweep import Sweep
from funnelsim.outputs import sweep_sentences as sentences
from funnelsim.outputs.page import DIM, STRONG, Page
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.sweep_text import difference_text, figure_text, path_text, range_text, share_text

SHOWN_DESIGNS: Final = 10
MOST_COLUMNS: Final = 4
"""Levers that have a column of their own in the table of the best designs."""
_HEADER: Final = 16


def print_sweep(sweep: Sweep, stream: TextIO | None = None, *, width: int | None = None) -> None:
    """Print a sweep as one page.

    Parameters
    ----------
    sweep : Sweep
        Any.
    stream : text stream, optional
        Where to; stdout by default.  What its encoding cannot say is shown in ASCII.
    width : int, optional
        Columns, at least 40; the terminal's own by default, 100 when the stream is not a terminal.
    """
    page = Page(stream or sys.stdout, width)
    page.say(sentences.headline(sweep), STRONG)
    page.say(sentences.design_sentence(sweep), DIM)
    page.gap()
    _print_best(page, sweep)
    page.gap()
    _print_levers(page, sweep)
    if sweep.notes:
        page.gap()
        page.say("Notes", DIM)
        page.bullets(sweep.notes)
    page.gap()
    page.say(sentences.footer(sweep), DIM)
    page.finish()


def ranked_points(sweep: Sweep) -> list[tuple[int, int]]:
    """Return designs and strategies from the best to the worst by the metric.

    Parameters
    ----------
    sweep : Sweep
        Any.

    Returns
    -------
    list of tuple of two int
        Without those that lack the metric; earlier designs first among equals.
    """
    values = sweep.metric_figures[:, :, 0].reshape(-1)
    order = np.argsort(-values if sweep.metric.higher else values, kind="stable").tolist()
    return [divmod(point, len(sweep.strategies)) for point in order if np.isfinite(values[point])]


def _print_best(page: Page, sweep: Sweep) -> None:
    ranked = ranked_points(sweep)
    shown = ranked[:SHOWN_DESIGNS]
    several = len(sweep.strategies) > 1
    heads = [("design", True), *([("strategy", False)] if several else [])]
    apart = "against design 1" + (", points" if sweep.metric.unit == "share" else "")
    tail = [(sweep.metric.title, True), (apart, True), ("95 % interval", True)]
    columns = _shown_levers(sweep, page.console.width - sum(len(name) + 2 for name, _ in [*heads, *tail]) - 12)
    rows = []
    for rank, (design, strategy) in enumerate(shown):
        values = [plain(value_text(sweep.designs.rows[design][column]), _HEADER) for column in columns]
        named = [plain(sweep.strategies[strategy], 16)] if several else []
        cells = [f"{design + 1}", *named, *values, *_figures(sweep, design, strategy)]
        rows.append([page.text(cell, STRONG if rank == 0 else "") for cell in cells])
    names = [(_short(sweep.designs.paths[column]), True) for column in columns]
    page.table([*heads, *names, *tail], rows)
    hidden = len(ranked) - len(shown)
    levers = len(sweep.designs.paths) - len(columns)
    if levers > 0:
        page.say(f"{levers} more lever{'s are' if levers > 1 else ' is'} not shown; --csv has all of them", DIM)
    if hidden > 0:
        page.say(f"and {hidden:,} more; --csv has all of them, with every score", DIM)


def _figures(sweep: Sweep, design: int, strategy: int) -> list[str]:
    figures = sweep.metric_figures[design, strategy].tolist()
    mean = figure_text(sweep, *figures[:2])
    if design == 0:
        return [mean, "-", ""]
    return [mean, difference_text(sweep, *figures[4:6]), range_text(sweep, *figures[6:])]


def _shown_levers(sweep: Sweep, room: int) -> list[int]:
    """Return which levers have columns: as many as fit of those that matter most, in the order of the table."""
    share = [effect.share if effect.share == effect.share else 0.0 for effect in sweep.shares.levers]
    order = sorted(range(len(sweep.designs.paths)), key=lambda number: -share[number])
    shown: list[int] = []
    for number in order[:MOST_COLUMNS]:
        room -= max(len(_short(sweep.designs.paths[number])), 8) + 2
        if room >= 0 or not shown:
            shown.append(number)
    return sorted(shown)


def _short(path: str) -> str:
    """Return the last parts of a path that fit into the head of a column."""
    name = plain(path)
    while len(name) > _HEADER and "." in name:
        name = name.split(".", 1)[1]
    return plain(name, _HEADER)


def _print_levers(page: Page, sweep: Sweep) -> None:
    rows: list[list[Text | str]] = []
    for effect in sweep.shares.levers:
        size = abs(effect.swing)
        swing = difference_text(sweep, size, size / 100, named=True, signed=False)
        name = path_text(effect.path).removeprefix("the ")
        rows.append([name, share_text(effect.share), sentences.effect_words(sweep, effect), swing])
    page.table([("lever", False), ("share", True), ("", False), ("apart", True)], rows)
    page.say(sentences.noise_sentence(sweep), DIM)
