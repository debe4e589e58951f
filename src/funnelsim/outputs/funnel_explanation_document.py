"""An explanation of a simulation as one JSON document.

Money is in major units as JSON numbers, exact to the minor unit where it is a mean rounded to it; the steps of a bridge
add up to the cent.  Shares are in [0, 1].  The shape is fixed by ``docs/schemas/explain_simulation.json``.

What it leaves out: the outcome of every replication.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from funnelsim.model.funnel_explanation import (
    BridgeState,
    BridgeStep,
    ExplainedRun,
    Fault,
    FunnelExplanation,
    LossCell,
    Relief,
    StageShortfall,
    TornadoBar,
)
from funnelsim.model.funnel_reports import Estimate
from funnelsim.model.intervals import Interval
from funnelsim.model.money import to_major
from funnelsim.outputs import funnel_explanation_sentences as sentences
from funnelsim.outputs.funnel_explanation_text import CHANCE

EXPLAIN_SCHEMA = "funnelsim/explain/1"
Document = dict[str, Any]


def funnel_explanation_document(answer: FunnelExplanation) -> Document:
    """Return an explanation as plain dicts, lists, texts and numbers.

    Parameters
    ----------
    answer : FunnelExplanation
        Any explanation.

    Returns
    -------
    dict
        As ``docs/schemas/explain_simulation.json`` says; keys in reading order.
    """
    tornado, shares = answer.tornado, answer.shares
    window = answer.bridge.window if answer.bridge else answer.calendar.window
    by_chance = tornado.measure == CHANCE
    return {
        "schema": EXPLAIN_SCHEMA,
        "command": "simulate",
        "sentence": sentences.headline(answer),
        "run": _run(answer.run),
        "since": None if answer.since is None else _run(answer.since),
        "currency": answer.run.scenario.currency,
        "window": {"start": window.start.isoformat(), "end": window.end.isoformat()},
        "mean": _estimate(answer, answer.mean, money=True),
        "chance_of_goal": None if answer.chance is None else _estimate(answer, answer.chance),
        "bridge": None if answer.bridge is None else {
            "start": _state(answer, answer.bridge.start),
            "steps": [_step(answer, step) for step in answer.bridge.steps],
            "end": _state(answer, answer.bridge.end),
            "change": _money(answer, answer.bridge.end.bookings - answer.bridge.start.bookings),
            "profit_change": _money(answer, answer.bridge.end.profit - answer.bridge.start.profit),
            "noise": 0,
            "order_matters": True,
        },
        "faults": [_fault(answer, fault) for fault in answer.faults],
        "shortfalls": [_shortfall(answer, one) for one in answer.shortfalls],
        "reliefs": [_relief(answer, one) for one in answer.reliefs],
        "losses": [_loss(answer, one) for one in answer.losses],
        "tornado": {
            "measure": tornado.measure,
            "baseline": tornado.baseline if by_chance else _money(answer, tornado.baseline),
            "replications": tornado.replications,
            "screened": tornado.screened,
            "tried": tornado.tried,
            "bars": [_bar(answer, bar, money=not by_chance) for bar in tornado.bars],
            "without_effect": list(tornado.without_effect),
            "left_out": list(tornado.left_out),
        },
        "shares": {
            "sd": _money(answer, shares.sd),
            "replications": shares.replications,
            "parts": [{key: _number(value) for key, value in asdict(part).items()} for part in shares.parts],
            "parameters": "not in a simulation",
        },
        "notes": list(answer.notes),
        "sentences": _sentences(answer),
    }  # fmt: skip


def _sentences(answer: FunnelExplanation) -> Document:
    """Return what the page says of these numbers, so that every other form says the same."""
    return {
        "faults": sentences.fault_sentence(answer),
        "changes": sentences.changes(answer),
        "shortfalls": sentences.shortfall_sentence(answer),
        "reliefs": sentences.relief_sentence(answer),
        "losses": sentences.loss_sentence(answer),
        "moves_most": sentences.moves_most(answer),
        "shares": sentences.shares_sentence(answer),
        "order": sentences.ORDER_NOTE,
        "alone": sentences.ALONE_NOTE,
        "fault_note": sentences.FAULT_NOTE,
        "shortfall_note": sentences.SHORT_NOTE,
        "loss_note": sentences.LOSS_NOTE,
    }


def _run(run: ExplainedRun) -> Document:
    return {
        "name": run.name,
        "scenario": run.scenario.name,
        "strategy": run.strategy,
        "as_of": run.scenario.calendar.as_of.isoformat(),
        "leads": len(run.opening),
        "replications": run.replications,
        "seed": run.seed,
    }


def _state(answer: FunnelExplanation, state: BridgeState) -> Document:
    return {
        "mean": _money(answer, state.bookings),
        "profit": _money(answer, state.profit),
        **{f"p{percent}": _money(answer, amount) for percent, amount in state.percentiles.items()},
    }


def _step(answer: FunnelExplanation, step: BridgeStep) -> Document:
    return {
        "name": step.name,
        "changes": [{"path": one.path, "earlier": one.first, "later": one.second} for one in step.changes],
        "amount": _money(answer, step.bookings),
        "profit": _money(answer, step.profit),
        "difference": _interval(answer, step.bookings_interval, money=True),
        "profit_difference": _interval(answer, step.profit_interval, money=True),
        "alone": None if step.undone is None else _interval(answer, step.undone, money=True),
        "after": _state(answer, step.after),
    }


def _fault(answer: FunnelExplanation, fault: Fault) -> Document:
    money = fault.measure == "money"
    sides = [_money(answer, value) if money else _number(value) for value in (fault.before, fault.after)]
    return {
        "kind": fault.kind,
        "name": fault.name,
        "measure": fault.measure,
        "before": sides[0],
        "after": sides[1],
        "change": _interval(answer, fault.change, money=money),
        "days_before": _number(fault.days_before),
        "days_after": _number(fault.days_after),
        "by_itself": _interval(answer, fault.money, money=True),
    }


def _shortfall(answer: FunnelExplanation, one: StageShortfall) -> Document:
    return {
        "stage": one.stage,
        "owner": one.team,
        "stated": one.stated,
        "conversion": _interval(answer, one.conversion),
        "missing": _interval(answer, one.missing, money=True),
        "share": one.share,
        "utilisation": _estimate(answer, one.utilisation),
        "effect": one.effect,
    }


def _relief(answer: FunnelExplanation, one: Relief) -> Document:
    return {
        "team": one.team,
        "utilisation": _estimate(answer, one.utilisation),
        "bookings": _interval(answer, one.bookings, money=True),
    }


def _loss(answer: FunnelExplanation, one: LossCell) -> Document:
    return {
        "stage": one.stage,
        "reason": one.reason,
        "owner": one.team,
        "leads": _estimate(answer, one.leads),
        "money": _money(answer, one.money),
        "share": one.share,
        "cumulative": one.cumulative,
        "change": None if one.change is None else _interval(answer, one.change),
    }


def _bar(answer: FunnelExplanation, bar: TornadoBar, *, money: bool) -> Document:
    return {
        "path": bar.path,
        "meaning": bar.meaning,
        "value": bar.value,
        "low": bar.low,
        "high": bar.high,
        "grade": bar.grade,
        "source": bar.source,
        "at_low": _interval(answer, bar.at_low, money=money),
        "at_high": _interval(answer, bar.at_high, money=money),
    }


def _interval(answer: FunnelExplanation, interval: Interval, *, money: bool = False) -> Document:
    ends = {"estimate": interval.estimate, "low": interval.low, "high": interval.high}
    return {
        **{name: _money(answer, value) if money else _number(value) for name, value in ends.items()},
        "confidence": interval.confidence,
        "method": interval.method,
        "at_least": interval.at_least,
    }


def _estimate(answer: FunnelExplanation, estimate: Estimate, *, money: bool = False) -> Document:
    return {
        name: _money(answer, value) if money else _number(value)
        for name, value in (("mean", estimate.mean), ("standard_error", estimate.standard_error))
    }


def _number(value: Any) -> Any:
    """Return a number that JSON knows, None for what it does not."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _money(answer: FunnelExplanation, minor: float) -> int | float | None:
    """Return major units: a whole number when the minor units are one, so that no cent is lost above 2**53."""
    if not math.isfinite(minor):
        return None
    scale = int(10**answer.digits)
    if isinstance(minor, int) and minor % scale == 0:
        return minor // scale
    return to_major(minor, answer.digits)
