"""From settings in a person's words to a request that engines can answer.

Plans and actuals are files or amounts; rates and probabilities are exact decimals.  Everything else is copied.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.inputs.plan_file import parse_amount, read_actuals, read_plan
from funnelsim.inputs.reading_options import ReadingOptions
from funnelsim.model.calendar import Calendar
from funnelsim.model.chosen_assumptions import assumptions_of
from funnelsim.model.leads import Bookings, LeadTable
from funnelsim.model.request import ForecastRequest, Plan
from funnelsim.model.settings import ForecastSettings

Money = tuple[int, str | None]
"""Decimals and code of the leads' currency."""


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
    money = table.leads.minor_digits, table.leads.currency
    return ForecastRequest(
        calendar=calendar,
        assumptions=assumptions_of(settings),
        seed=settings.seed,
        replications=settings.replications,
        precision=settings.precision,
        plan=_plan(settings, calendar, money),
        by=settings.by,
        exact=settings.exact,
        actuals=_bookings("--actuals", settings.actuals, settings, money),
        added_actuals=_bookings("--add-actuals", settings.add_actuals, settings, money) or Bookings(),
    )


def _plan(settings: ForecastSettings, calendar: Calendar, money: Money) -> Plan | None:
    """Return the plan: an amount for the fiscal year, or a file by period."""
    if settings.plan is None:
        return None
    amount = parse_amount(settings.plan, money[0], where="--plan", currency=money[1])
    if amount is not None:
        return Plan(amount)
    if not os.path.exists(settings.plan):
        hint = "write an amount as 5M or 5,000,000, or check the name and the folder of the file"
        rule = "an amount such as 5M, or a CSV of period,target that exists"
        raise ScenarioError(Problem("command line", "--plan", rule, settings.plan, hint))
    periods = read_plan(
        settings.plan,
        digits=money[0],
        currency=money[1],
        fiscal_start=settings.fiscal_start,
        unit=settings.period,
        dates=settings.dates,  # type: ignore[arg-type]
        decimal=settings.decimal,  # type: ignore[arg-type]
    )
    _refuse_gaps(settings.plan, periods, calendar)
    return Plan(sum(target for _, target in periods), tuple(periods))


def _refuse_gaps(path: str, periods: Sequence[tuple[date, int]], calendar: Calendar) -> None:
    """Stop at a plan with a hole: the bookings of a period without a target would count towards the others' targets."""
    problems = []
    for (start, _), (following, _) in pairwise(periods):
        expected = calendar.period_of(start).end + timedelta(days=1)
        if following > expected:
            hint = "give every period between the first and the last a target; 0 is one"
            rule = "without gaps between its first and its last period"
            got = Shown(f"nothing from {expected} to {following - timedelta(days=1)}")
            problems.append(Problem(os.path.basename(path), "the plan", rule, got, hint))
    raise_if_any(problems, ScenarioError)


def _bookings(option: str, path: str | None, settings: ForecastSettings, money: Money) -> Bookings | None:
    if path is None:
        return None
    if not os.path.exists(path):
        hint = "check the name and the folder of the file"
        raise ScenarioError(Problem("command line", option, "a CSV of date,amount that exists", path, hint))
    return read_actuals(
        path,
        as_of=settings.as_of,
        digits=money[0],
        currency=money[1],
        dates=settings.dates,  # type: ignore[arg-type]
        decimal=settings.decimal,  # type: ignore[arg-type]
    )


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
        rates=decimals("--rate", settings.rates),
        impute=settings.impute,  # type: ignore[arg-type]
        stage_pc=decimals("--stage-pc", settings.stage_pc),
        duplicates=settings.duplicates,  # type: ignore[arg-type]
        timezone=settings.timezone,
        round_cents=settings.round_cents,
        sheet=settings.sheet,
        encoding=settings.encoding,
        allow_empty=settings.allow_empty,
    )


def decimals(option: str, pairs: Mapping[str, str]) -> dict[str, Decimal]:
    """Read numbers given as text, by name.

    Parameters
    ----------
    option : str
        Its name, for messages; ``--stage-pc`` also takes percentages.
    pairs : mapping of str to str
        Names to numbers as written.

    Returns
    -------
    dict
        Exact.

    Raises
    ------
    ScenarioError
        If one is no number; all are named.
    """
    problems, found = [], {}
    for name, text in pairs.items():
        try:
            percent = option == "--stage-pc" and text.endswith("%")
            found[name] = Decimal(text[:-1]) / 100 if percent else Decimal(text)
        except InvalidOperation:
            hint = "write it with a decimal point, such as " + ("0.4 or 40%" if option == "--stage-pc" else "1.08")
            problems.append(Problem("options", f"{option} {name}", "a number", text, hint))
    raise_if_any(problems, ScenarioError)
    return found
