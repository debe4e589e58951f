"""A forecast as one JSON document, the answer that programs read.

The question: what did the forecast find, in numbers exact to the cent?  The shape is fixed by
``docs/schemas/forecast.json``; money is in major units as JSON numbers, days are ISO dates, chances are in [0, 1].
Every row of the input is accounted for: ``rows`` = forecast + won + lost + excluded.

What it leaves out: the bookings of every replication, which a run folder holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from funnelsim.model.calendar import Period
from funnelsim.model.money import to_major
from funnelsim.model.proofs import ExactBand
from funnelsim.model.results import PERCENTS, Band, Forecast, LeadEffect
from funnelsim.model.run_schema import OPEN_LEADS
from funnelsim.outputs.learned_document import learned_document, track_record_document
from funnelsim.outputs.learned_sentences import components_sentence, faded_sentence
from funnelsim.outputs.sentences import (
    adding_sentence,
    concentration_sentence,
    effects_sentence,
    headline,
    narrow_sentences,
    optimism_sentence,
    outside_sentence,
    plan_sentence,
    shared_risk_sentence,
    shortfall_sentence,
)
from funnelsim.outputs.track_record_sentences import track_record_sentence

FORECAST_SCHEMA = "funnelsim/forecast/1"
Document = dict[str, Any]
_OPTIMISM_SOURCE = "published over-optimism of stated probabilities of closing"


def forecast_document(forecast: Forecast) -> Document:
    """Return the forecast as plain dicts, lists, texts and numbers.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    dict
        As ``docs/schemas/forecast.json`` says; keys in reading order; every amount exact to the minor unit up to
        9e15 minor units, the nearest double above.
    """
    return {
        "schema": FORECAST_SCHEMA,
        "as_of": forecast.calendar.as_of.isoformat(),
        "currency": forecast.currency,
        "seed": forecast.seed,
        "replications": forecast.replications,
        "input": _input(forecast),
        "periods": [_band(forecast, band) for band in forecast.periods],
        "total": _band(forecast, forecast.total),
        "cumulative": [_band(forecast, band) for band in forecast.cumulative],
        "beyond_horizon": {name: _money(forecast, value) for name, value in asdict(forecast.beyond).items()},
        "plan": _plan(forecast),
        "components": _components(forecast),
        "assumptions": [asdict(row) for row in forecast.assumption_rows],
        "independent_band_ratio": forecast.independent_band_ratio,
        "check": {"max_z": forecast.check.max_z, "passed": forecast.check.passed},
        "calendar": _calendar(forecast),
        "as_stated": forecast.assumptions.as_stated,
        "coverage": _coverage(forecast),
        "without_largest": _without_largest(forecast),
        "lead_effects": [_effect(forecast, lead) for lead in forecast.lead_effects],
        "by": forecast.by,
        "groups": _groups(forecast),
        "sum_of_period_p10": _money(forecast, forecast.sum_of_period_p10),
        "sensitivity": {"over_optimistic_pc": None if forecast.learned else _sensitivity(forecast)},
        "precision": None if forecast.precision is None else asdict(forecast.precision),
        "exact": _exact(forecast),
        "learned": learned_document(forecast.learned, partial(_money, forecast)) if forecast.learned else None,
        "track_record": track_record_document(forecast.track_record),
        "warnings": list(narrow_sentences(forecast)),
        "sentences": _sentences(forecast),
        "content_hash": forecast.content_hash,
    }


def canonical_json(document: Mapping[str, Any]) -> str:
    """Return a document as JSON text that is the same for the same document, byte for byte.

    Parameters
    ----------
    document : mapping
        Plain dicts, lists, texts, finite numbers, booleans and None.

    Returns
    -------
    str
        Keys in the order given, two blanks of indentation, ASCII only, no final newline.

    Raises
    ------
    ValueError
        If a number is not finite: JSON has no word for it.
    """
    try:
        return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False)
    except ValueError as error:
        message = f"a document must hold finite numbers only; got one that is not ({error})"
        raise ValueError(message) from error


def _sentences(forecast: Forecast) -> Document:
    """Return what the page says of these numbers, so that every other form says the same."""
    return {
        "headline": headline(forecast),
        "plan": plan_sentence(forecast),
        "shortfall": shortfall_sentence(forecast),
        "shared_risk": shared_risk_sentence(forecast),
        "adding": adding_sentence(forecast),
        "concentration": concentration_sentence(forecast),
        "effects": effects_sentence(forecast),
        "optimism": optimism_sentence(forecast),
        "bands": outside_sentence(forecast),
        "components": components_sentence(forecast),
        "faded": faded_sentence(forecast),
        "track_record": track_record_sentence(forecast),
    }


def _components(forecast: Forecast) -> list[Document]:
    """Return the parts that add up, replication by replication, to the total."""
    if not forecast.components:
        return [{"name": OPEN_LEADS, **_band(forecast, forecast.total)}]
    return [
        {
            "name": part.name,
            **_band(forecast, part.total),
            "periods": [_band(forecast, band) for band in part.periods],
            "beyond_horizon": {name: _money(forecast, value) for name, value in asdict(part.beyond).items()},
        }
        for part in forecast.components
    ]


def _money(forecast: Forecast, minor: float) -> int | float:
    """Return major units: a whole number when the minor units are one, so that no cent is lost above 2**53."""
    scale = int(10**forecast.minor_digits)
    if isinstance(minor, int) and minor % scale == 0:
        return int(minor // scale)
    return to_major(minor, forecast.minor_digits)


def _days(period: Period) -> Document:
    return {"start": period.start.isoformat(), "end": period.end.isoformat()}


def _band(forecast: Forecast, band: Band) -> Document:
    named = {
        "expected_value": band.expected_value,
        "exact_mean": band.exact_mean,
        "mean": band.mean,
        "sd": band.sd,
        **{f"p{percent}": band.percentiles[percent] for percent in PERCENTS},
    }
    errors = {name: _money(forecast, value) for name, value in asdict(band.standard_error).items()}
    return {
        **_days(band.period),
        **{name: _money(forecast, value) for name, value in named.items()},
        "standard_error": errors,
    }


def _input(forecast: Forecast) -> Document:
    table = forecast.table
    return {
        "rows": table.rows,
        "leads": table.leads.lead_count,
        "forecast_rows": len(table.leads),
        "excluded": [
            {"reason": one.reason, "rows": one.rows, "amount": _money(forecast, one.amount)} for one in table.excluded
        ],
        "imputed": [asdict(one) for one in table.imputed],
        "expected_value": _money(forecast, forecast.expected_value),
        "overdue": {"rows": forecast.overdue.rows, "expected_value": _money(forecast, forecast.overdue.expected_value)},
        "actuals": {"rows": forecast.actual_rows, "amount": _money(forecast, forecast.actuals)},
        "won_rows": len(table.won.amount),
        "lost_rows": table.lost_rows,
        "name": table.name,
        "sha256": table.sha256,
        "dialect": table.dialect,
        "columns": [asdict(one) for one in table.columns],
        "kept_columns": list(table.kept_columns),
        "notes": list(table.notes),
    }


def _plan(forecast: Forecast) -> Document | None:
    plan = forecast.plan
    if plan is None:
        return None
    by_period = [
        {**_days(one.period), "target": _money(forecast, one.target), "probability": one.probability}
        for one in plan.by_period
    ]
    return {
        "target": _money(forecast, plan.target),
        "window": {**_days(plan.window), "actuals": _money(forecast, plan.actuals)},
        "probability": plan.probability,
        "standard_error": plan.standard_error,
        "expected_shortfall": _money(forecast, plan.expected_shortfall),
        "by_period": by_period,
    }


def _coverage(forecast: Forecast) -> Document | None:
    coverage = forecast.coverage
    if coverage is None:
        return None
    return {
        "open_pr": _money(forecast, coverage.open_pr),
        "still_to_book": _money(forecast, coverage.remaining),
        "mean_bookings": _money(forecast, coverage.mean),
        "ratio": coverage.held,
        "required": coverage.required,
    }


def _calendar(forecast: Forecast) -> Document:
    calendar = forecast.calendar
    return {
        "period": calendar.unit,
        "horizon": calendar.horizon,
        "fiscal_start": calendar.fiscal_start,
        "fiscal_year": _days(calendar.fiscal_year),
    }


def _effect(forecast: Forecast, lead: LeadEffect) -> Document:
    return {
        "lead_id": lead.lead_id,
        "name": lead.name,
        "pr": _money(forecast, lead.pr),
        "expected_value": _money(forecast, lead.expected_value),
        "expected_close": lead.expected_close.isoformat(),
        "probability_with": lead.probability_with,
        "probability_without": lead.probability_without,
        "effect": lead.effect,
    }


def _without_largest(forecast: Forecast) -> Document | None:
    without = forecast.without_largest
    if without is None:
        return None
    percentiles = {"p10": without.p10, "p50": without.p50, "p90": without.p90}
    return {
        "lead": _effect(forecast, without.lead),
        **{name: _money(forecast, value) for name, value in percentiles.items()},
    }


def _groups(forecast: Forecast) -> list[Document]:
    return [
        {
            "value": group.value,
            "rows": group.rows,
            "expected_value": _money(forecast, group.expected_value),
            "periods": [_band(forecast, band) for band in group.periods],
            "total": _band(forecast, group.total),
        }
        for group in forecast.groups
    ]


def _sensitivity(forecast: Forecast) -> Document:
    return {
        "mean": _money(forecast, forecast.optimism_mean),
        "source": _OPTIMISM_SOURCE,
        "grade": "C",
        "applied": False,
    }


def _exact(forecast: Forecast) -> Document | None:
    exact = forecast.exact
    if exact is None:
        return None
    return {
        "periods": [_exact_band(forecast, band) for band in exact.periods],
        "cumulative": [_exact_band(forecast, band) for band in exact.cumulative],
        "total": _exact_band(forecast, exact.total),
        "method": exact.method,
        "table_distance": exact.table_distance,
    }


def _exact_band(forecast: Forecast, band: ExactBand) -> Document:
    known = band.percentiles or {}
    return {
        "mean": _money(forecast, band.mean),
        "sd": _money(forecast, band.sd),
        **{f"p{percent}": _money(forecast, known[percent]) if percent in known else None for percent in PERCENTS},
        "cell": _money(forecast, band.cell),
    }
