"""An explanation of a forecast as one page in a terminal.

The question: what changed since last time, or what would change the answer, and where?  The bridge as a column that
adds up as printed, the drivers by size, and where money sits and was lost.

What it leaves out: everything beyond the first rows of each table; ``--json`` has it.
"""

from __future__ import annotations

import sys
from typing import TextIO

from rich.text import Text

from funnelsim.model.explanation import CHANCE, Bridge, Explanation, WindowState
from funnelsim.outputs import explanation_bridge_sentences as bridge_sentences
from funnelsim.outputs import explanation_sentences as sentences
from funnelsim.outputs.explanation_text import (
    Column,
    bridge_column,
    chance_of,
    confidence_text,
    measure_text,
    printed_steps,
    shown_steps,
    signed,
    swing_text,
)
from funnelsim.outputs.number_text import day_text, money_text, span_text
from funnelsim.outputs.page import DIM, STRONG, WARNING, Page
from funnelsim.outputs.plain_text import plain

SHOWN_BARS = 8
SHOWN_PLACES = 5
_DRIVER_LENGTH = 34
_SETTING_LENGTH = 16


def print_explanation(answer: Explanation, stream: TextIO | None = None, *, width: int | None = None) -> None:
    """Print an explanation as one page.

    Parameters
    ----------
    answer : Explanation
        Of a forecast.
    stream : text stream, optional
        Where to; stdout by default.  What its encoding cannot say is shown in ASCII.
    width : int, optional
        Columns, at least 40; the terminal's own by default, 100 when the stream is not a terminal.
    """
    page = Page(stream or sys.stdout, width)
    page.say(sentences.headline(answer), STRONG)
    page.say(sentences.chance_sentence(answer))
    if answer.run.verified is False and answer.bridge is None:
        page.say("The run's replications are not what this version simulates: make it again.", WARNING)
    page.gap()
    if answer.bridge is not None:
        _print_bridge(page, answer, answer.bridge)
        page.gap()
    _print_tornado(page, answer)
    page.gap()
    page.bullets([sentences.shares_sentence(answer), sentences.losses_sentence(answer)])
    _print_losses(page, answer)
    if answer.bridge is None:
        _print_places(page, answer)
    page.gap()
    page.say(sentences.footer(answer), DIM)
    page.finish()


def _print_bridge(page: Page, answer: Explanation, bridge: Bridge) -> None:
    column = bridge_column(answer, bridge)
    amounts = dict(zip((step.name for step in bridge.steps), printed_steps(bridge, column), strict=True))
    rows = [_level(page, answer, column, f"As of {day_text(bridge.earlier.as_of)}", bridge.start, STRONG)]
    for step in shown_steps(bridge):
        number = f"{step.leads:,}" if step.leads else ""
        texts = [step.name, number, signed(amounts[step.name], column), *_figures(answer, column, step.after)]
        rows.append([page.text(text) for text in texts])
    rows.append(_level(page, answer, column, f"As of {day_text(answer.run.as_of)}", bridge.end, STRONG))
    headers = ["leads", "change", "mean", "P10", "P50", "P90", *(["chance"] if answer.target is not None else [])]
    page.table([(span_text(answer.window), False), *((name, True) for name in headers)], rows)
    for note in (bridge_sentences.ORDER_NOTE, *bridge_sentences.step_notes(answer, bridge)):
        page.say(note, DIM)
    page.say(bridge_sentences.POLICY_NOTE, DIM)
    page.bullets(bridge_sentences.bridge_notes(answer, bridge))


def _level(
    page: Page, answer: Explanation, column: Column, label: str, state: WindowState, style: str
) -> list[Text | str]:
    return [page.text(text, style) for text in (label, "", "", *_figures(answer, column, state))]


def _figures(answer: Explanation, column: Column, state: WindowState) -> list[str]:
    figures = [column.text(amount) for amount in (state.mean, state.p10, state.p50, state.p90)]
    return [*figures, *([chance_of(answer, state.chance)] if state.chance is not None else [])]


def _print_tornado(page: Page, answer: Explanation) -> None:
    tornado = answer.tornado
    if not tornado.bars:
        return
    rows = []
    for bar in tornado.bars[:SHOWN_BARS]:
        ends = [f"{plain(bar.low_setting, _SETTING_LENGTH)} to {plain(bar.high_setting, _SETTING_LENGTH)}"]
        figures = [measure_text(answer, bar.low), measure_text(answer, bar.high), swing_text(answer, bar)]
        rows.append([page.text(text) for text in (plain(bar.name, _DRIVER_LENGTH), *ends, *figures)])
    unit = f"{'points' if tornado.measure == CHANCE else 'change'} ({confidence_text(answer)})"
    measure = tornado.measure if tornado.measure == CHANCE else f"middle ({tornado.measure})"
    page.say(f"What moves the {measure}, now {measure_text(answer, tornado.baseline)}, one at a time")
    page.table([("", False), ("from low to high", False), ("low", True), ("high", True), (unit, True)], rows)
    hidden = len(tornado.bars) - SHOWN_BARS
    more = f"; {hidden:,} smaller ones in --json" if hidden > 0 else ""
    page.say(f"everything else and all luck the same{more}", DIM)


def _print_losses(page: Page, answer: Explanation) -> None:
    losses = answer.losses
    if losses is None:
        return
    reasons = any(cell.reason.strip() for cell in losses.cells)
    rows = []
    for cell in losses.cells[:SHOWN_PLACES]:
        money = "" if cell.expected is None else money_text(cell.expected, answer.minor_digits)
        texts = [_named(cell.stage), _named(cell.owner), *([_named(cell.reason)] if reasons else [])]
        rows.append([page.text(text) for text in (*texts, f"{cell.leads:,}", *([money] if losses.since else []))])
    headers = [("lost in stage" if losses.since else "lost, stage as recorded", False), ("owner", False)]
    headers += [("reason", False)] if reasons else []
    headers += [("leads" if losses.since else "rows", True), *([("expected", True)] if losses.since else [])]
    page.table(headers, rows)
    _say_hidden(page, len(losses.cells))


def _print_places(page: Page, answer: Explanation) -> None:
    if not answer.places:
        return
    page.gap()
    rows = [
        [
            page.text(text)
            for text in (
                _named(place.stage),
                _named(place.owner),
                f"{place.rows:,}",
                money_text(place.expected_value, answer.minor_digits),
            )
        ]
        for place in answer.places[:SHOWN_PLACES]
    ]
    # with records it is no stated probability that weighs a lead
    where, money = ("expected money", "PR x chance") if answer.records else ("PR x PC", "PR x PC")
    page.table([(f"{where} sits in stage", False), ("owner", False), ("rows", True), (money, True)], rows)
    _say_hidden(page, len(answer.places))


def _say_hidden(page: Page, count: int) -> None:
    if count > SHOWN_PLACES:
        page.say(f"and {count - SHOWN_PLACES:,} more places in --json", DIM)


def _named(text: str) -> str:
    return plain(text.strip(), 30) or "(blank)"
