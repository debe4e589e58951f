"""From settings in a person's words to a request that engines can answer.

Plans and actuals are files or amounts; rates and probabilities are exact decimals.  Everything else is copied.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from funnelsim.errors import Problem, ScenarioError, raise_if_any
from funnelsim.inputs.plan_file import parse_amount, read_actuals, read_plan
from funnelsim.inputs.reading_options import ReadingOptions
from funnelsim.model.calendar import Calendar
from funnelsim.model.chosen_assumptions import assumptions_of
from funnelsim.model.leads import Bookings, LeadTable
from funnelsim.model.request import ForecastRequest, Plan
from funnelsim.model.settings import ForecastSettings


def request_of(table: LeadTable, settings: ForecastSettings) -> ForecastRequest:
    """Turn settings into a request, reading the plan and the actuals they name.

    Parameters
    ----------
    table : LeadTable
        Says which currency amounts are in.
    settings : ForecastSettings
        With an as-of day.

    Returns
    -------
    ForecastRequest
        Checked.
    """
    assert settings.as_of is not None
    calendar = Calendar(settings.as_of, settings.period, settings.horizon, settings.fiscal_start)  # type: ignore[arg-type]
    digits = table.leads.minor_digits
    return ForecastRequest(
        calendar=calendar,
        assumptions=assumptions_of(settings),
        seed=settings.seed,
        replications=settings.replications,
        precision=settings.precision,
        plan=_plan(settings, digits),
        by=settings.by,
        exact=settings.exact,
        actuals=_bookings(settings.actuals, settings, digits),
        added_actuals=_bookings(settings.add_actuals, settings, digits) or Bookings(),
    )


def _plan(settings: ForecastSettings, digits: int) -> Plan | None:
    """Return the plan: an amount for the fiscal year, or a file by period."""
    if settings.plan is None:
        return None
    amount = parse_amount(settings.plan, digits, where="--plan")
    if amount is not None:
        return Plan(amount)
    if not os.path.exists(settings.plan):
        hint = "write an amount without spaces, or check the name and the folder of the file"
        rule = "an amount such as 5M, or a CSV of period,target that exists"
        raise ScenarioError(Problem("command line", "--plan", rule, settings.plan, hint))
    periods = read_plan(
        settings.plan,
        digits=digits,
        fiscal_start=settings.fiscal_start,
        dates=settings.dates,  # type: ignore[arg-type]
        decimal=settings.decimal,  # type: ignore[arg-type]
    )
    return Plan(sum(target for _, target in periods), tuple(periods))


def _bookings(path: str | None, settings: ForecastSettings, digits: int) -> Bookings | None:
    if path is None:
        return None
    dates, decimal = settings.dates, settings.decimal
    return read_actuals(path, as_of=settings.as_of, digits=digits, dates=dates, decimal=decimal)  # type: ignore[arg-type]


def reading_options(settings: ForecastSettings) -> ReadingOptions:
    """Return the reading options among the settings."""
    assert settings.as_of is not None
    return ReadingOptions(
        as_of=settings.as_of,
        mapping=settings.mapping,
        pc=settings.pc,  # type: ignore[arg-type]
        dates=settings.dates,  # type: ignore[arg-type]
        decimal=settings.decimal,  # type: ignore[arg-type]
        currency=settings.currency,
        rates=_decimals("--rate", settings.rates),
        impute=settings.impute,  # type: ignore[arg-type]
        stage_pc=_decimals("--stage-pc", settings.stage_pc),
        duplicates=settings.duplicates,  # type: ignore[arg-type]
        timezone=settings.timezone,
        round_cents=settings.round_cents,
        sheet=settings.sheet,
        encoding=settings.encoding,
        allow_empty=settings.allow_empty,
    )


def _decimals(option: str, pairs: Mapping[str, str]) -> dict[str, Decimal]:
    problems, found = [], {}
    for name, text in pairs.items():
        try:
            found[name] = Decimal(text.rstrip("%")) / 100 if text.endswith("%") else Decimal(text)
        except InvalidOperation:
            problems.append(Problem("command line", f"{option} {name}", "a number", text))
    raise_if_any(problems, ScenarioError)
    return found
