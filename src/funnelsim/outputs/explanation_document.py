"""An explanation of a forecast as one JSON document, and its tables as CSV.

Money is in major units as JSON numbers, exact to the minor unit; the steps of a bridge add up to the cent.  The shape
is fixed by ``docs/schemas/explain.json``.

What it leaves out: the totals of every replication.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from funnelsim.model.explanation import (
    CHANCE,
    Bridge,
    BridgeStep,
    DriverBar,
    Explanation,
    LeadMove,
    LossCell,
    RunFacts,
    WindowState,
)
from funnelsim.model.money import to_major
from funnelsim.outputs.explanation_bridge_sentences import ORDER_NOTE, bridge_notes, moves_sentence, step_notes
from funnelsim.outputs.explanation_sentences import (
    chance_sentence,
    headline,
    losses_sentence,
    moves_most,
    shares_sentence,
)
from funnelsim.outputs.explanation_text import Column, bridge_column, printed_steps, signed
from funnelsim.outputs.plain_text import spreadsheet_cell

EXPLAIN_SCHEMA = "funnelsim/explain/1"
Document = dict[str, Any]
CSV_COLUMNS = ("table", "name", "leads", "change", "mean", "p10", "p50", "p90", "chance", "low", "high")


def explanation_document(answer: Explanation) -> Document:
    """Return an explanation as plain dicts, lists, texts and numbers.

    Parameters
    ----------
    answer : Explanation
        Of a forecast.

    Returns
    -------
    dict
        As ``docs/schemas/explain.json`` says; keys in reading order.
    """
    return {
        "schema": EXPLAIN_SCHEMA,
        "command": "forecast",
        "sentence": headline(answer),
        "run": _run(answer.run),
        "records": answer.records,
        "currency": answer.currency,
        "window": {"start": answer.window.start.isoformat(), "end": answer.window.end.isoformat()},
        "target": None if answer.target is None else _money(answer, answer.target),
        "booked": _money(answer, answer.booked),
        "state": _state(answer, answer.state),
        "bridge": None if answer.bridge is None else _bridge(answer, answer.bridge),
        "tornado": {
            "measure": answer.tornado.measure,
            "baseline": _measure(answer, answer.tornado.baseline),
            "bars": [_bar(answer, bar) for bar in answer.tornado.bars],
        },
        "shares": {
            "sd": _money(answer, answer.shares.sd),
            "width": _money(answer, answer.shares.width),
            "parts": [asdict(part) for part in answer.shares.parts],
            "parameters": "a part of its own" if answer.records else "none without history",
        },
        "places": [
            {**asdict(place), "expected_value": _money(answer, place.expected_value)} for place in answer.places
        ],
        "losses": None if answer.losses is None else {
            "since": answer.losses.since,
            "leads": answer.losses.leads,
            "cells": [_loss(answer, cell) for cell in answer.losses.cells],
        },
        "sentences": _sentences(answer),
    }  # fmt: skip


def explanation_csv(answer: Explanation) -> str:
    """Return the tables of an explanation as CSV (RFC 4180), one under another.

    Parameters
    ----------
    answer : Explanation
        Of a forecast.

    Returns
    -------
    str
        Lines end in CR LF; amounts are in major units, exact to the minor one; ``low`` and ``high`` are a driver's two
        values of the measure.  Text that a spreadsheet would take for a formula starts with ``'``.
    """
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    bridge = answer.bridge
    if bridge is None:
        writer.writerow(["state", "now", str(answer.run.leads), "", *_figures(answer, answer.state), "", ""])
    else:
        start, end = bridge.earlier, answer.run
        writer.writerow([
            "bridge",
            start.as_of.isoformat(),
            str(start.leads),
            "",
            *_figures(answer, bridge.start),
            "",
            "",
        ])
        for step in bridge.steps:
            figures = _figures(answer, step.after)
            writer.writerow(["bridge", step.name, str(step.leads), _exact(answer, step.amount), *figures, "", ""])
        writer.writerow(["bridge", end.as_of.isoformat(), str(end.leads), "", *_figures(answer, bridge.end), "", ""])
    for bar in answer.tornado.bars:
        ends = [_value(answer, value) for value in (bar.low, bar.high)]
        writer.writerow(["tornado", spreadsheet_cell(bar.name), *[""] * 7, *ends])
    for part in answer.shares.parts:
        writer.writerow(["share of the width", part.name, *[""] * 7, f"{part.width:.6f}", ""])
    for cell in answer.losses.cells if answer.losses else ():
        name = " / ".join((cell.stage, cell.owner, cell.reason))
        expected = "" if cell.expected is None else _exact(answer, -round(cell.expected))
        writer.writerow(["lost", spreadsheet_cell(name), str(cell.leads), expected, *[""] * 7])
    return lines.getvalue()


def _sentences(answer: Explanation) -> Document:
    """Return what the page says of these numbers, so that every other form says the same."""
    bridge = answer.bridge
    return {
        "moves_most": moves_most(answer),
        "chance": chance_sentence(answer),
        "leads": None if bridge is None else moves_sentence(answer, bridge),
        "order": None if bridge is None else ORDER_NOTE,
        "steps": [] if bridge is None else list(step_notes(answer, bridge)),
        "bridge": [] if bridge is None else list(bridge_notes(answer, bridge)),
        "shares": shares_sentence(answer),
        "losses": losses_sentence(answer),
    }


def _run(run: RunFacts) -> Document:
    return {**asdict(run), "as_of": run.as_of.isoformat()}


def _bridge(answer: Explanation, bridge: Bridge) -> Document:
    column = bridge_column(answer, bridge)
    printed = printed_steps(bridge, column)
    return {
        "earlier": _run(bridge.earlier),
        "booked": {"earlier": _money(answer, bridge.booked[0]), "later": _money(answer, bridge.booked[1])},
        "start": _state(answer, bridge.start),
        "steps": [_step(answer, *one, column) for one in zip(bridge.steps, printed, strict=True)],
        "end": _state(answer, bridge.end),
        "change": _money(answer, bridge.end.mean - bridge.start.mean),
        "printed": signed(sum(printed), column),
        "printed_mean": None if bridge.printed_mean is None else _money(answer, bridge.printed_mean),
        "largest": [_move(answer, move) for move in bridge.largest],
        "gone": [_move(answer, move) for move in bridge.gone],
        "left_out": bridge.left_out,
        "reopened": bridge.reopened,
        "born_won": bridge.born_won,
        "passed_untouched": bridge.passed_untouched,
        "earlier_target": None if bridge.earlier_target is None else _money(answer, bridge.earlier_target),
        "unknown": bridge.unknown,
        "policy_change": None,
        "order_matters": True,
    }


def _step(answer: Explanation, step: BridgeStep, printed: int, column: Column) -> Document:
    return {
        "name": step.name,
        "leads": step.leads,
        "amount": _money(answer, step.amount),
        "printed": signed(printed, column),
        "exact_mean": _money(answer, step.exact_mean),
        "standard_error": _money(answer, step.standard_error),
        "after": _state(answer, step.after),
        "moves": [_move(answer, move) for move in step.moves],
    }


def _state(answer: Explanation, state: WindowState) -> Document:
    named = {"mean": state.mean, "p10": state.p10, "p50": state.p50, "p90": state.p90}
    return {**{name: _money(answer, value) for name, value in named.items()}, "chance": state.chance}


def _move(answer: Explanation, move: LeadMove) -> Document:
    return {**asdict(move), "amount": _money(answer, move.amount)}


def _bar(answer: Explanation, bar: DriverBar) -> Document:
    swing = None
    if bar.swing is not None:
        named = {"estimate": bar.high - bar.low, "low": bar.swing.low, "high": bar.swing.high}
        ends = {name: _measure(answer, value) if math.isfinite(value) else None for name, value in named.items()}
        swing = {**ends, "confidence": bar.swing.confidence, "method": bar.swing.method, "at_least": bar.swing.at_least}
    return {
        "name": bar.name,
        "low_setting": bar.low_setting,
        "high_setting": bar.high_setting,
        "low": _measure(answer, bar.low),
        "high": _measure(answer, bar.high),
        "swing": swing,
        "source": bar.source,
    }


def _loss(answer: Explanation, cell: LossCell) -> Document:
    return {**asdict(cell), "expected": None if cell.expected is None else _money(answer, cell.expected)}


def _measure(answer: Explanation, value: float) -> int | float:
    return value if answer.tornado.measure == CHANCE else _money(answer, value)


def _money(answer: Explanation, minor: float) -> int | float:
    """Return major units: a whole number when the minor units are one, so that no cent is lost above 2**53."""
    scale = int(10**answer.minor_digits)
    if isinstance(minor, int) and minor % scale == 0:
        return minor // scale
    return to_major(minor, answer.minor_digits)


def _figures(answer: Explanation, state: WindowState) -> list[str]:
    amounts = [_exact(answer, amount) for amount in (state.mean, state.p10, state.p50, state.p90)]
    return [*amounts, "" if state.chance is None else f"{state.chance}"]


def _exact(answer: Explanation, minor: int) -> str:
    return f"{Decimal(minor).scaleb(-answer.minor_digits):.{answer.minor_digits}f}"


def _value(answer: Explanation, value: float) -> str:
    return f"{value}" if answer.tornado.measure == CHANCE else _exact(answer, round(value))
