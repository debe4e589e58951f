"""A simulation as one JSON document, the answer that programs read.

The question: what did the simulation find, in numbers exact to the cent?  The shape is fixed by
``docs/schemas/simulate.json``; bands have the field names of a forecast's.  Money is in major units as JSON numbers,
days are ISO dates, shares are in [0, 1]; a share of something that never happened is null.

What it leaves out: the outcome of every replication, which a run folder holds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from funnelsim.model.funnel_reports import Estimate, ImpliedStage, StageReport, TeamReport
from funnelsim.model.money import to_major
from funnelsim.model.results import PERCENTS
from funnelsim.model.scenario_defaults import assumed_numbers
from funnelsim.model.simulation import MoneyBand, MoneyBands, Simulation
from funnelsim.outputs import simulation_sentences as sentences
from funnelsim.outputs.control_parts import control_document

SIMULATE_SCHEMA = "funnelsim/simulate/1"
Document = dict[str, Any]
_SHARES = (
    "waste", "never_called", "call_delay_days", "neglect_drift", "idle_over_14", "idle_over_30", "market_share",
    "first_win_days", "month_end_share", "reps_at_quota",
)  # fmt: skip
_AMOUNTS = ("cost_per_win", "cost_per_qsl", "mailing_cost")


def simulation_document(simulation: Simulation) -> Document:
    """Return the simulation as plain dicts, lists, texts and numbers.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    dict
        As ``docs/schemas/simulate.json`` says; keys in reading order.
    """
    scenario, chosen, calendar = simulation.scenario, simulation.strategy, simulation.calendar
    return {
        "schema": SIMULATE_SCHEMA,
        "as_of": calendar.as_of.isoformat(),
        "currency": simulation.currency,
        "seed": simulation.seed,
        "replications": simulation.replications,
        "scenario": {"name": scenario.name, "title": scenario.title},
        "strategy": {"name": chosen.name, "title": chosen.title},
        "strategies": list(scenario.strategy_names),
        "calendar": {"period": calendar.unit, "horizon": calendar.horizon, "fiscal_start": calendar.fiscal_start},
        "opening": _opening(simulation),
        **_bands(simulation, simulation.bookings),
        "cost": _bands(simulation, simulation.cost),
        "profit": _bands(simulation, simulation.profit),
        "goal": _goal(simulation),
        "funnel_value": _value(simulation),
        "stages": [_stage(stage) for stage in simulation.stages],
        "teams": [_team(simulation, team) for team in simulation.teams],
        "sources": [
            {"name": one.name, "leads": _estimate(one.leads), "booked": _amount(simulation, one.booked),
             "cost": _amount(simulation, one.cost)}
            for one in simulation.sources
        ],
        "losses": [
            {"stage": one.stage, "reason": one.reason, "team": one.team, "leads": _estimate(one.leads),
             "share": one.share}
            for one in simulation.losses
        ],
        "rates": _rates(simulation),
        "counts": _counts(simulation),
        "implied": [_implied(one) for one in simulation.implied],
        "assumptions": [
            {"name": one.path, "value": _plain(one.value), "source": one.source, "grade": one.grade,
             "effect": one.meaning}
            for one in assumed_numbers(scenario)
        ],
        "notes": list(simulation.notes),
        "sentences": _sentences(simulation),
        "content_hash": simulation.content_hash,
        **_control(simulation),
    }  # fmt: skip


def _sentences(simulation: Simulation) -> Document:
    """Return what the page says of these numbers, so that every other form says the same."""
    return {
        "headline": sentences.headline(simulation),
        "goal": sentences.goal_sentence(simulation),
        "profit": sentences.profit_sentence(simulation),
        "strategy": sentences.strategy_sentence(simulation),
        "rates": sentences.rates_sentence(simulation),
        "happened": list(sentences.happened(simulation)),
    }


def _control(simulation: Simulation) -> Document:
    """Return what controls did; nothing at all where they were not asked."""
    if simulation.control is None:
        return {}

    def money(minor: float) -> int | float | None:
        return _money(simulation, minor)

    return {"control": control_document(simulation.control, money, money)}


def _money(simulation: Simulation, minor: float) -> int | float | None:
    """Return major units: a whole number when the minor units are one, so that no cent is lost above 2**53."""
    scale = int(10**simulation.minor_digits)
    if isinstance(minor, int) and minor % scale == 0:
        return int(minor // scale)
    return to_major(minor, simulation.minor_digits) if math.isfinite(minor) else None


def _known(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _estimate(estimate: Estimate) -> Document:
    return {"mean": _known(estimate.mean), "standard_error": _known(estimate.standard_error)}


def _amount(simulation: Simulation, estimate: Estimate) -> Document:
    return {
        "mean": _money(simulation, estimate.mean),
        "standard_error": _money(simulation, estimate.standard_error),
    }


def _bands(simulation: Simulation, bands: MoneyBands) -> Document:
    return {
        "periods": [_band(simulation, band) for band in bands.periods],
        "total": _band(simulation, bands.total),
        "cumulative": [_band(simulation, band) for band in bands.cumulative],
    }


def _band(simulation: Simulation, band: MoneyBand) -> Document:
    named = {"mean": band.mean, "sd": band.sd, **{f"p{percent}": band.percentiles[percent] for percent in PERCENTS}}
    errors = {name: _money(simulation, value) for name, value in asdict(band.standard_error).items()}
    return {
        "start": band.period.start.isoformat(),
        "end": band.period.end.isoformat(),
        **{name: _money(simulation, value) for name, value in named.items()},
        "standard_error": errors,
    }


def _opening(simulation: Simulation) -> Document:
    leads = simulation.opening.leads
    return {
        "leads": len(simulation.opening),
        "potential_revenue": _money(simulation, int(leads.pr.sum())),
        "expected_value": _money(simulation, round(leads.expected_value())),
    }


def _goal(simulation: Simulation) -> Document | None:
    goal = simulation.goal
    if goal is None:
        return None
    return {
        "target": _money(simulation, goal.target),
        "probability": goal.probability,
        "standard_error": goal.standard_error,
        "expected_shortfall": _money(simulation, goal.expected_shortfall),
    }


def _value(simulation: Simulation) -> Document:
    value = simulation.value
    ends = [period.end.isoformat() for period in simulation.calendar.periods]

    def money(parts: Mapping[str, Sequence[float]]) -> list[Document]:
        return [
            {"name": name, "expected_value": [_money(simulation, one) for one in series]}
            for name, series in parts.items()
        ]

    return {
        "ends": ends,
        "by_stage": money(value.by_stage),
        "by_step": money(value.by_step),
        "by_journey": money(value.by_journey),
        "open_leads": [{"name": name, "leads": list(series)} for name, series in value.open_leads.items()],
    }


def _stage(stage: StageReport) -> Document:
    middle, first, last = stage.sales_hours
    return {
        "name": stage.name,
        "entered": _estimate(stage.entered),
        "stated_conversion": stage.stated_conversion,
        "conversion": _estimate(stage.conversion),
        "days": _known(stage.days),
        "days_sd": _known(stage.days_sd),
        "open_at_end": _estimate(stage.open_at_end),
        "sales_hours": {"middle": middle, "first_five_working_days": first, "last_five_working_days": last},
    }


def _team(simulation: Simulation, team: TeamReport) -> Document:
    return {
        "name": team.name,
        "hours": _estimate(team.hours),
        "room": _estimate(team.room),
        "utilisation": _estimate(team.utilisation),
        "touches": _estimate(team.touches),
        "cost": _amount(simulation, team.cost),
        "owned_days": _estimate(team.owned_days),
        "neglected_days": _estimate(team.neglected_days),
        "quota_reached": None if team.quota_reached is None else _estimate(team.quota_reached),
        "by_period": [{"hours": spent, "room": room} for spent, room in team.by_period],
    }


def _rates(simulation: Simulation) -> Document:
    rates = simulation.rates
    return {
        "response": None if rates.response is None else _estimate(rates.response),
        "qualification": _estimate(rates.qualification),
        "conversion": _estimate(rates.conversion),
        "qualification_by_period": [_known(one) for one in rates.qualification_by_period],
        "conversion_by_period": [_known(one) for one in rates.conversion_by_period],
    }


def _counts(simulation: Simulation) -> Document:
    counts = simulation.counts
    flows = {
        name: _amount(simulation, one) if name == "booked" else _estimate(one) for name, one in counts.flows.items()
    }
    found: Document = {
        "flows": flows,
        "passes": [{"reason": reason, **_estimate(one)} for reason, one in counts.passes.items()],
    }
    for name in _SHARES:
        one: Estimate | None = getattr(counts, name)
        found[name] = None if one is None else _estimate(one)
    return found | {name: _amount(simulation, getattr(counts, name)) for name in _AMOUNTS}


def _implied(stage: ImpliedStage) -> Document:
    return {name: value if isinstance(value, str) else _known(value) for name, value in asdict(stage).items()}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float | str | dict) else str(value)
