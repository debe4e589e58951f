"""A choice of design as one JSON document, the answer that programs read.

The shape is fixed by ``docs/schemas/optimize.json``.  Money is in major units as JSON numbers; what is not known is
null.

What it leaves out: the metric of every replication, which a run folder holds.
"""

from __future__ import annotations

import math
from typing import Any, Final

from funnelsim.model.intervals import Interval
from funnelsim.model.money import minor_digits
from funnelsim.model.optimum import DesignReport, Optimum
from funnelsim.outputs import selection_sentences as sentences
from funnelsim.outputs.selection_text import design_text

OPTIMIZE_SCHEMA: Final = "funnelsim/optimize/1"
Document = dict[str, Any]


def selection_document(optimum: Optimum) -> Document:
    """Return the choice as plain dicts, lists, texts and numbers.

    Parameters
    ----------
    optimum : Optimum
        Any.

    Returns
    -------
    dict
        As ``docs/schemas/optimize.json`` says; keys in reading order.  Designs are numbered from 0 in their own order;
        ``best``, ``chosen``, ``ranking``, ``eliminated_by`` and ``same_as`` are such numbers.
    """
    settings, selection, score = optimum.settings, optimum.selection, optimum.score
    return {
        "schema": OPTIMIZE_SCHEMA,
        "as_of": optimum.calendar.as_of.isoformat(),
        "currency": optimum.currency,
        "seed": settings.seed,
        "scenario": {"name": optimum.scenario.name, "title": optimum.scenario.title},
        "metric": {"name": score.name, "title": score.title, "unit": score.unit, "higher_is_better": score.higher},
        "answer": sentences.headline(optimum),
        "promise": sentences.promise(optimum),
        "decided": selection.decided,
        "chosen": selection.chosen,
        "best": list(selection.best),
        "ranking": list(optimum.ranking),
        "delta": {"value": major(optimum, optimum.delta), "assumed": optimum.delta_assumed},
        "confidence": settings.confidence,
        "first_stage": settings.first_stage,
        "batch": settings.batch,
        "max_replications": settings.most,
        "runs": selection.runs,
        "separate_runs": optimum.separate_runs,
        "opportunity_cost": major(optimum, optimum.opportunity_cost),
        "designs": [_design(optimum, number, report) for number, report in enumerate(optimum.reports)],
        "notes": list(optimum.notes),
        "content_hash": optimum.content_hash,
    }


def major(optimum: Optimum, value: float) -> float | None:
    """Return an amount of the metric in the unit of documents and tables.

    Parameters
    ----------
    optimum : Optimum
        Says whether the metric is money.
    value : float
        Money in minor units.

    Returns
    -------
    float or None
        Money in major units; None for what is not known.
    """
    if not math.isfinite(value):
        return None
    return value / 10 ** minor_digits(optimum.currency) if optimum.score.unit == "money" else value


def _design(optimum: Optimum, number: int, report: DesignReport) -> Document:
    fate, mean = report.fate, report.mean
    return {
        "number": number,
        "title": design_text(optimum, report.design),
        "strategy": report.design.strategy,
        "changes": [{"path": path, "value": value} for path, value in report.design.changes],
        "status": fate.status,
        "replications": fate.replications,
        "decided_at": fate.decided_at,
        "eliminated_by": fate.by,
        "same_as": fate.same_as,
        "mean": {"mean": major(optimum, mean.mean), "standard_error": major(optimum, mean.standard_error)},
        "difference": None if report.difference is None else _interval(optimum, report.difference),
        "chance_best": report.chance,
    }


def _interval(optimum: Optimum, interval: Interval) -> Document:
    return {
        "estimate": major(optimum, interval.estimate),
        "low": major(optimum, interval.low),
        "high": major(optimum, interval.high),
        "confidence": interval.confidence,
        "at_least": interval.at_least,
        "method": interval.method,
    }
