"""A comparison as one JSON document, the answer that programs read.

The question: which one is better, by how much, how sure is that, and why, in numbers?  The shape is fixed by
``docs/schemas/compare.json``.  Money is in major units as JSON numbers, days are ISO dates, shares are in [0, 1]; a
figure that does not exist is null.  A difference is always the other one minus the baseline.

What it leaves out: what each does by itself, which ``simulate`` says, and the replications, which a run folder holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from funnelsim.model.comparison import (
    BestOfMany,
    Comparison,
    Contest,
    Entrant,
    NullTwin,
    PeriodDifference,
    ScoreDifference,
)
from funnelsim.model.intervals import Interval
from funnelsim.model.ledger import Ledger
from funnelsim.model.money import to_major
from funnelsim.model.scenario_defaults import assumed_numbers
from funnelsim.model.score_words import Score, Unit
from funnelsim.outputs.comparison_reasons import certainty_lines, null_twin_verdict
from funnelsim.outputs.comparison_sentences import (
    conclusion,
    contest_sentence,
    leading,
    looks_sentence,
    profit_sentence,
)
from funnelsim.outputs.control_parts import control_document

COMPARE_SCHEMA: Final = "funnelsim/compare/1"
Document = dict[str, Any]
_MONEY: Final = ("money", "money each")


def comparison_document(comparison: Comparison) -> Document:
    """Return the comparison as plain dicts, lists, texts and numbers.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.

    Returns
    -------
    dict
        As ``docs/schemas/compare.json`` says; keys in reading order.
    """
    calendar, metric = comparison.calendar, comparison.metric
    return {
        "schema": COMPARE_SCHEMA,
        "conclusion": conclusion(comparison),
        "as_of": calendar.as_of.isoformat(),
        "currency": comparison.currency,
        "seed": comparison.seed,
        "replications": comparison.replications,
        "confidence": comparison.confidence,
        "metric": _score(metric),
        "calendar": {"period": calendar.unit, "horizon": calendar.horizon, "fiscal_start": calendar.fiscal_start},
        "baseline": comparison.baseline.label,
        "entrants": [_entrant(one) for one in comparison.entrants],
        "contests": [_contest(comparison, one) for one in comparison.contests],
        "best": None if comparison.best is None else _best(comparison, comparison.best),
        "looks": None if comparison.looks is None else {**asdict(comparison.looks), "looks": _looks(comparison)},
        "differing": [{"path": one.path, "first": one.first, "second": one.second} for one in comparison.differing],
        "null_twins": [_null_twin(comparison, one) for one in comparison.null_twins],
        "assumptions": _assumptions(comparison),
        "notes": list(comparison.notes),
        "sentences": _sentences(comparison),
        "content_hash": comparison.content_hash,
        **_control(comparison),
    }


def _sentences(comparison: Comparison) -> Document:
    """Return what the page says of these numbers, so that every other form says the same."""
    lead = leading(comparison)
    return {
        "profit": profit_sentence(comparison, lead),
        "looks": looks_sentence(comparison),
        "leading": comparison.contests.index(lead),
        "contests": [contest_sentence(comparison, one) for one in comparison.contests],
        "certainty": list(certainty_lines(comparison, lead)),
        "null_twins": [
            [null_twin_verdict(twin, number) for number in range(len(twin.contests))] for twin in comparison.null_twins
        ],
    }


def _control(comparison: Comparison) -> Document:
    """Return what controls did; nothing at all where they were not asked."""
    if comparison.control is None:
        return {}
    found = control_document(
        comparison.control,
        lambda minor: _money(comparison, minor),
        lambda value: _amount(comparison, value, comparison.metric.unit),
    )
    return {"control": found}


def _score(score: Score) -> Document:
    return {
        "name": score.name,
        "title": score.title,
        "kind": score.kind,
        "unit": score.unit,
        "higher_is_better": score.higher,
    }


def _entrant(entrant: Entrant) -> Document:
    answer = entrant.answer
    return {
        "label": entrant.label,
        "title": entrant.title,
        "scenario": None if answer is None else answer.scenario.name,
        "strategy": None if answer is None else answer.strategy.name,
        "content_hash": None if answer is None else answer.content_hash,
    }


def _contest(comparison: Comparison, contest: Contest) -> Document:
    price = contest.break_even
    return {
        "base": contest.base,
        "other": contest.other,
        "metric": contest.metric,
        "identical": contest.identical,
        "scores": [_difference(comparison, one) for one in contest.scores],
        "beats": _interval(comparison, contest.beats, "share"),
        "sure": contest.sure,
        "correlation": _maybe(contest.fate.correlation),
        "variance_reduction": _maybe(contest.fate.variance_reduction),
        "dominance": {
            "verdict": contest.dominance.verdict,
            "p_value": _known(contest.dominance.p_value),
            "violated": _known(contest.dominance.violated),
        },
        "periods": [_period(comparison, one) for one in contest.periods],
        "cumulative": [_period(comparison, one) for one in contest.cumulative],
        "break_even": None if price is None else _interval(comparison, price, "money"),
        "ledger": None if contest.ledger is None else _ledger(comparison, contest.ledger),
    }


def _difference(comparison: Comparison, one: ScoreDifference) -> Document:
    unit = one.score.unit
    return {
        **_score(one.score),
        "base": _amount(comparison, one.base, unit),
        "other": _amount(comparison, one.other, unit),
        "difference": _interval(comparison, one.difference, unit),
        "better": one.better,
    }


def _interval(comparison: Comparison, one: Interval, unit: Unit) -> Document:
    ends = {name: _amount(comparison, getattr(one, name), unit) for name in ("estimate", "low", "high")}
    return {**ends, "confidence": one.confidence, "at_least": one.at_least, "method": one.method}


def _period(comparison: Comparison, one: PeriodDifference) -> Document:
    return {
        "start": one.period.start.isoformat(),
        "end": one.period.end.isoformat(),
        "mean": _interval(comparison, one.mean, "money"),
        **{f"p{percent}": _money(comparison, value) for percent, value in sorted(one.percentiles.items())},
    }


def _ledger(comparison: Comparison, ledger: Ledger) -> Document:
    return {
        "replications": ledger.replications,
        "amount": _money(comparison, ledger.amount),
        "unchanged": ledger.unchanged,
        "lines": [{**asdict(line), "amount": _money(comparison, line.amount)} for line in ledger.lines],
        "leads": [{**asdict(lead), "pr": _money(comparison, lead.pr)} for lead in ledger.leads],
    }


def _best(comparison: Comparison, best: BestOfMany) -> list[Document]:
    unit = comparison.metric.unit
    return [
        {
            "label": entrant.label,
            "against_best_of_others": _interval(comparison, interval, unit),
            "chance_best": chance,
            "opportunity_cost": _amount(comparison, cost, unit),
        }
        for entrant, interval, chance, cost in zip(
            comparison.entrants, best.intervals, best.chances, best.opportunity_cost, strict=True
        )
    ]


def _looks(comparison: Comparison) -> list[int]:
    return [] if comparison.looks is None else list(comparison.looks.looks)


def _null_twin(comparison: Comparison, twin: NullTwin) -> Document:
    unit = comparison.metric.unit
    return {
        "mechanism": twin.mechanism,
        "contests": [
            {
                "base": without.base,
                "other": without.other,
                "with": _interval(comparison, contest.decided.difference, unit),
                "without": _interval(comparison, without.decided.difference, unit),
                "due": _interval(comparison, due, unit),
                "scores": [_difference(comparison, one) for one in without.scores],
            }
            for contest, without, due in zip(comparison.contests, twin.contests, twin.due, strict=True)
        ],
    }


def _assumptions(comparison: Comparison) -> list[Document]:
    """Return the numbers of the baseline's scenario that are not the user's own; none for forecasts read back."""
    answer = comparison.baseline.answer
    if answer is None:
        return []
    return [
        {"name": one.path, "value": _plain(one.value), "source": one.source, "grade": one.grade, "effect": one.meaning}
        for one in assumed_numbers(answer.scenario)
    ]


def _amount(comparison: Comparison, value: float, unit: Unit) -> int | float | None:
    return _money(comparison, value) if unit in _MONEY else _known(value)


def _money(comparison: Comparison, minor: float) -> int | float | None:
    """Return major units: a whole number when the minor units are one, so that no cent is lost above 2**53."""
    if not math.isfinite(minor):
        return None
    scale = int(10**comparison.minor_digits)
    if isinstance(minor, int) and minor % scale == 0:
        return int(minor // scale)
    return to_major(minor, comparison.minor_digits)


def _maybe(number: float | None) -> float | None:
    return None if number is None else _known(number)


def _known(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


def _plain(value: object) -> object:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float | str | dict) else str(value)
