"""The explanation of a simulation as one page in a terminal.

The question: what would a planner read out?  What changed and where the fault is, or where the funnel falls short;
where money is lost; what the answer hangs on; and what the band is made of.

What it leaves out: everything beyond the first rows of each table; ``--json`` has it.
"""

from __future__ import annotations

import math
import sys
from typing import TextIO

from rich.text import Text

from funnelsim.model.funnel_explanation import FunnelExplanation
from funnelsim.outputs import funnel_explanation_sentences as sentences
from funnelsim.outputs.explanation_text import signed
from funnelsim.outputs.funnel_explanation_text import (
    CHANCE,
    bar_name,
    bridge_amounts,
    is_rough,
    measured,
    money,
    moved,
    number,
    percent,
    place_name,
    place_values,
    points,
    reason_words,
    states_of,
)
from funnelsim.outputs.number_text import money_text, span_text
from funnelsim.outputs.page import DIM, STRONG, Page
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.simulation_text import count_text

SHOWN = 8
NARROW = 84
"""Columns below which a table shows its first figures only, so that none is cut."""
_NAME = 40


def print_funnel_explanation(
    answer: FunnelExplanation, stream: TextIO | None = None, *, width: int | None = None
) -> None:
    """Print an explanation as one page.

    Parameters
    ----------
    answer : FunnelExplanation
        Any explanation.
    stream : text stream, optional
        Where to; stdout by default.  What its encoding cannot say is shown in ASCII.
    width : int, optional
        Columns, at least 40; the terminal's own by default, 100 when the stream is not a terminal.
    """
    page = Page(stream or sys.stdout, width)
    page.say(sentences.headline(answer), STRONG)
    page.say(sentences.fault_sentence(answer))
    parts = [_print_shortfalls, _print_losses, _print_tornado]
    if answer.bridge is not None:
        parts = [_print_bridge, _print_faults, *parts]
    for part in parts:
        page.gap()
        part(page, answer)
    page.gap()
    page.say(sentences.shares_sentence(answer))
    if answer.notes:
        page.gap()
        page.bullets(answer.notes)
    page.gap()
    page.say(sentences.footer(answer), DIM)
    page.finish()


def _print_bridge(page: Page, answer: FunnelExplanation) -> None:
    bridge = answer.bridge
    if bridge is None or answer.since is None:
        return
    column, levels, steps = bridge_amounts(answer)
    states = states_of(answer)
    rows = []
    names = [f"'{plain(answer.since.name, 30)}'", *(plain(step.name, _NAME) for step in bridge.steps)]
    for place, (name, state) in enumerate(zip(names, states, strict=True)):
        change = ["", "", ""]
        if place:
            step = bridge.steps[place - 1]
            alone = "-" if step.undone is None else money(answer, step.undone.estimate, signed=True)
            half = step.bookings_interval.half_width
            known = f"+-{money_text(half, answer.digits, None, half / 20)}" if math.isfinite(half) else "-"
            change = [signed(steps[place - 1], column), known, alone]
        figures = [
            f"{levels[place]:,}{column.unit.short}",
            *(column.text(state.percentiles[at]) for at in (10, 50, 90)),
        ]
        rows.append([page.text(text) for text in (name, *change, *figures)])
    last = [f"'{plain(answer.run.name, 30)}'", "", "", "", *(cell.plain for cell in rows[-1][4:])]
    rows.append([page.text(text, STRONG) for text in last])
    headers = ["change", "95 %", "alone", "mean", "P10", "P50", "P90"]
    _table(page, [(span_text(bridge.window), False), *((name, True) for name in headers)], rows, (0, 1, 4))
    page.bullets(sentences.changes(answer))
    profit = bridge.end.profit - bridge.start.profit
    said = f"Profit changes by {money(answer, profit, signed=True) if profit else '0'}."
    page.say(f"{said} {sentences.ORDER_NOTE} {sentences.ALONE_NOTE}", DIM)


def _print_faults(page: Page, answer: FunnelExplanation) -> None:
    if not answer.faults:
        return
    rows = []
    for fault in answer.faults[:SHOWN]:
        texts = (place_name(fault), *place_values(answer, fault), moved(answer, fault.money))
        rows.append([page.text(text) for text in texts])
    headers = [("where it works otherwise", False), ("before", True), ("after", True), ("by itself (95 %)", True)]
    _table(page, headers, rows, (0, 3))
    rough = any(is_rough(fault.money) for fault in answer.faults[:SHOWN])
    page.say(f"{sentences.FAULT_NOTE} {sentences.ROUGH_NOTE}" if rough else sentences.FAULT_NOTE, DIM)


def _print_shortfalls(page: Page, answer: FunnelExplanation) -> None:
    rows = []
    for one in answer.shortfalls[:SHOWN]:
        half = 100 * one.conversion.half_width
        simulated = percent(one.conversion.estimate) + (f" +-{half:.1f}" if math.isfinite(half) else "")
        short = one.missing.low > 0
        texts = (
            plain(one.stage, 24),
            percent(one.stated),
            simulated,
            moved(answer, one.missing),
            percent(one.share) if one.share else "-",
            sentences.why(answer, one) if short else "",
        )
        rows.append([page.text(text) for text in texts])
    headers = [("conversion of stage", False), ("stated", True), ("simulated", True), ("missing (95 %)", True)]
    _table(page, [*headers, ("of it", True), ("", False)], rows, (0, 1, 2))
    page.say(sentences.SHORT_NOTE, DIM)
    page.say(sentences.relief_sentence(answer))


def _print_losses(page: Page, answer: FunnelExplanation) -> None:
    page.say(sentences.loss_sentence(answer))
    compared = any(one.change is not None for one in answer.losses)
    rows = []
    for one in answer.losses[:SHOWN]:
        change = ["-" if one.change is None else f"{one.change.estimate:+,.1f}"] if compared else []
        names = (plain(one.stage, 24), reason_words(one.reason), plain(one.team, 24))
        figures = (count_text(one.leads), *change, money(answer, one.money, one.money / 200))
        texts = (*names, *figures, percent(one.share), percent(one.cumulative))
        rows.append([page.text(text) for text in texts])
    headers = [("lost in stage", False), ("why", False), ("owner", False), ("leads", True)]
    headers += [("change", True)] if compared else []
    last = 5 if compared else 4
    _table(page, [*headers, ("money", True), ("share", True), ("so far", True)], rows, (0, 1, last))
    page.say(sentences.LOSS_NOTE if rows else "", DIM)


def _print_tornado(page: Page, answer: FunnelExplanation) -> None:
    tornado = answer.tornado
    page.say(sentences.moves_most(answer))
    rows = []
    for bar in tornado.bars:
        changes = [
            points(end) if tornado.measure == CHANCE else moved(answer, end) for end in (bar.at_low, bar.at_high)
        ]
        ends = f"{number(bar.low)} .. {number(bar.value)} .. {number(bar.high)}"
        rows.append([page.text(text) for text in (bar_name(bar), ends, *changes, bar.grade)])
    unit = "points" if tornado.measure == CHANCE else "change"
    headers = [("low .. as it is .. high", True), (f"{unit} at low", True), ("at high", True)]
    _table(page, [("number", False), *headers, ("grade", False)], rows, (0, 2, 3))
    page.say(
        f"Baseline {measured(answer, tornado.baseline)}; 95 % intervals from {tornado.replications:,} futures on the "
        f"same luck; {tornado.tried:,} numbers tried with {tornado.screened:,} first. Range by grade of the source: A "
        "20 %, B 30 %, C, D and ours 50 %, stated 20 % either way, within limits.",
        DIM,
    )


def _table(page: Page, headers: list[tuple[str, bool]], rows: list[list[Text]], kept: tuple[int, ...]) -> None:
    """Print a table, on a narrow page the columns that count only; nothing without rows."""
    if not rows:
        return
    narrow = page.console.width < NARROW
    columns = kept if narrow else range(len(headers))
    page.table([headers[at] for at in columns], [[row[at] for at in columns] for row in rows])
    if narrow:
        page.say("more columns on a wider page, and in --json", DIM)
