"""A plan back from a goal as one JSON document, and its trials as CSV, the answers that programs read.

The shape is fixed by ``docs/schemas/plan.json``; money is in major units, days are ISO dates, chances are in [0, 1].
What it leaves out: the bookings of every replication.
"""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import Any

from funnelsim.model.goal_plan import GoalPlan, PlanLever, Trial
from funnelsim.model.intervals import Interval
from funnelsim.model.money import to_major
from funnelsim.model.required_planning import Coverage, RequiredFigures, RequiredPlanning
from funnelsim.outputs.goal_plan_sentences import answer_sentences, headline, required_sentences

PLAN_SCHEMA = "funnelsim/plan/1"
Document = dict[str, Any]


def goal_plan_document(plan: GoalPlan) -> Document:
    """Return a plan as plain dicts, lists, texts and numbers.

    Parameters
    ----------
    plan : GoalPlan
        Any plan.

    Returns
    -------
    dict
        As ``docs/schemas/plan.json`` says; keys in reading order.
    """
    verified = plan.verified
    return {
        "schema": PLAN_SCHEMA,
        "kind": plan.kind,
        "input": {"name": plan.name, "sha256": plan.sha256},
        "strategy": plan.strategy or None,
        "as_of": plan.as_of.isoformat(),
        "window": {"start": plan.window.start.isoformat(), "end": plan.window.end.isoformat()},
        "currency": plan.currency,
        "seed": plan.seed,
        "replications": plan.replications,
        "goal": _money(plan, plan.goal),
        "booked": _money(plan, plan.booked),
        "asked": plan.asked,
        "status": plan.status,
        "sentence": headline(plan),
        "remarks": [*answer_sentences(plan), *required_sentences(plan)],
        "levers": [_lever(one) for one in plan.levers],
        "answer": None
        if plan.values is None or plan.answer is None
        else {
            "values": list(plan.values),
            "low": plan.low,
            "high": plan.high,
            "found": _trial(plan, plan.answer),
            "verified": None if verified is None else _trial(plan, verified),
            "held": plan.held,
        },
        "verifications": [
            {"seed": one.seed, "held": one.held, **_trial(plan, one.trial)} for one in plan.verifications
        ],
        "present": _trial(plan, plan.present),
        "best": _trial(plan, plan.best),
        "falls": [asdict(fall) for fall in plan.falls],
        "extra_leads": None
        if plan.extra is None
        else {
            "leads": plan.extra.leads,
            "pr": _money(plan, plan.extra.pr),
            "expected_value": _money(plan, plan.extra.expected_value),
        },
        "required": None if plan.required is None else _required(plan, plan.required),
        "coverage": None if plan.coverage is None else _coverage(plan, plan.coverage),
        "trials": [_trial(plan, one) for one in plan.trials],
        "notes": list(plan.notes),
        "content_hash": plan.content_hash,
    }


def goal_plan_csv(plan: GoalPlan) -> str:
    """Return every setting tried as CSV.

    Parameters
    ----------
    plan : GoalPlan
        Any plan.

    Returns
    -------
    str
        One row a setting, one column a lever by its path, then money in major units; the answer's row says so.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    names = ["replications", "chance", "low", "high", "mean", "p10", "p50", "p90", "cost", "spent", "is"]
    writer.writerow([*(lever.path for lever in plan.levers), *names])
    for one in plan.trials:
        found = _trial(plan, one)
        named = "answer" if one.values == plan.values else "today" if one.values == plan.present.values else ""
        chance = [found["chance"][key] for key in ("estimate", "low", "high")]
        rest = [found[key] for key in ("mean", "p10", "p50", "p90", "cost", "spent")]
        cells = [*one.values, one.replications, *chance, *rest, named]
        writer.writerow(["" if cell is None else cell for cell in cells])
    return stream.getvalue()


def _money(plan: GoalPlan, minor: float) -> float:
    return round(to_major(minor, plan.minor_digits), plan.minor_digits)


def _lever(lever: PlanLever) -> Document:
    ranged = lever.low is not None
    return {
        "path": lever.path,
        "present": lever.present,
        "low": lever.low,
        "high": lever.high,
        "whole": lever.whole,
        "cost": lever.cost if ranged and lever.cost else None,
        "paid_down": lever.paid_down,
    }


def _interval(one: Interval) -> Document:
    return {**asdict(one)}


def _trial(plan: GoalPlan, one: Trial) -> Document:
    return {
        "values": list(one.values),
        "replications": one.replications,
        "chance": _interval(one.chance),
        "mean": _money(plan, one.mean),
        "p10": _money(plan, one.p10),
        "p50": _money(plan, one.p50),
        "p90": _money(plan, one.p90),
        "cost": None if one.cost is None else _money(plan, one.cost),
        "spent": one.spent,
    }


def _required(plan: GoalPlan, needs: RequiredPlanning) -> Document:
    return {
        "by_arithmetic": needs.by_arithmetic,
        "today": _figures(plan, needs.today),
        "in_mean": None if needs.in_mean is None else _figures(plan, needs.in_mean),
        "answer": None if needs.answer is None else _figures(plan, needs.answer),
    }


def _figures(plan: GoalPlan, one: RequiredFigures) -> Document:
    error = one.bookings.standard_error
    return {
        "factor": one.factor,
        "leads_a_month": dict(one.leads),
        "qualified_leads_a_month": asdict(one.qsl),
        "bookings": {"mean": _money(plan, one.bookings.mean), "standard_error": _money(plan, error)},
        "chance": one.chance,
        "hours_a_month": [asdict(team) for team in one.teams],
    }


def _coverage(plan: GoalPlan, coverage: Coverage) -> Document:
    return {
        "pipeline": _money(plan, coverage.pipeline),
        "expected_value": _money(plan, coverage.expected_value),
        "remaining": _money(plan, coverage.remaining),
        "now": coverage.now,
        "booked_mean": _money(plan, coverage.booked),
        "new_business_mean": _money(plan, coverage.new_business),
        "required": coverage.required,
        "required_asked": coverage.required_asked,
    }
