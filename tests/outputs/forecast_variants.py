"""Forecasts of every awkward shape, made from the sample: weeks, quarters, stubs, no plan, no money, hostile names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from sample_forecast import _band, sample_forecast

from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.leads import Bookings, Leads
from funnelsim.model.plan_results import PlanOutcome, PlanPeriod
from funnelsim.model.results import Beyond, Forecast, LeadEffect, Overdue

HOSTILE = (
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x9b31mcsi",
    "bell\x07",
    "back\x08\x08space",
    "line\nbreak",
    "carriage\rreturn",
    "tab\tbed",
    "nul\x00byte",
    "del\x7f",
    "vt\x0b",
    "ff\x0c",
    "nel\x85",
    "\u202egnp.exe",
    "\u202dltr",
    "\u2066isolate\u2069",
    "\u2067rtl\u2069",
    "\u200fmark",
    "\u200emark",
    "\u061cmark",
    "\u200bzero",
    "\ufeffbom",
    "\u2028line",
    "\u2029para",
    "soft\u00adhyphen",
    "\U000e0041tag",
    "lone\ud800surrogate",
    "=cmd|' /C calc'!A0",
    "=1+1",
    '=HYPERLINK("http://evil.example")',
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1",
    "[bold]markup[/bold]",
    "[link=http://evil.example]x[/link]",
    "[/]",
    "[red",
    "\\[bold]",
    ":smile:",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt;",
    "]]>",
    "--><!--",
    '"quoted"',
    "'single'",
    "a,b;c",
    "{{7*7}}",
    "${7*7}",
    "%s%n",
    "$x^2$",
    "datum.value",
    '{"expr": "1"}',
    '{"signal": "width"}',
)


def variant(
    calendar: Calendar,
    *,
    scale: float = 3e7,
    plan: int | None = None,
    plan_window: Period | None = None,
    by_period: bool = False,
    won: Bookings | None = None,
    currency: str | None = "USD",
    name: str = "deals.csv",
    replications: int = 2_000,
) -> Forecast:
    """A forecast whose periods each book a gamma times ``scale`` minor units on average; 0 means nothing at all."""
    base = sample_forecast()
    periods = calendar.periods
    rng = np.random.default_rng(5)
    shared = rng.lognormal(-0.045, 0.3, size=(replications, 1))
    inside = (rng.gamma(2.0, 0.5, size=(replications, len(periods))) * shared * scale).astype(np.int64)
    won = won or Bookings()
    actuals = int(won.amount.sum())
    bands = tuple(_band(period, int(scale), inside[:, k]) for k, period in enumerate(periods))
    cumulative = tuple(
        _band(Period(calendar.window.start, period.end), int(scale) * (k + 1), inside[:, : k + 1].sum(axis=1))
        for k, period in enumerate(periods)
    )
    totals = inside.sum(axis=1)
    outcome = None
    if plan is not None:
        window = plan_window or calendar.fiscal_year
        reached = totals + actuals >= plan
        chance = float(reached.mean())
        misses = plan - actuals - totals[~reached]
        each = (plan - actuals) // len(periods)
        lines = (
            tuple(PlanPeriod(p, each, float((inside[:, k] >= each).mean())) for k, p in enumerate(periods))
            if by_period
            else ()
        )
        error = (chance * (1 - chance) / replications) ** 0.5
        outcome = PlanOutcome(plan, window, actuals, chance, error, float(misses.mean()) if len(misses) else 0.0, lines)
    leads = replace(base.table.leads, currency=currency)
    return replace(
        base,
        table=replace(base.table, leads=leads, name=name, won=won),
        calendar=calendar,
        replications=replications,
        periods=bands,
        cumulative=cumulative,
        total=_band(calendar.window, int(scale) * len(periods), totals),
        actuals=actuals,
        actual_rows=len(won.amount),
        plan=outcome,
        optimism_mean=0.8 * float(totals.mean()),
        without_largest=base.without_largest if scale else None,
        independent_band_ratio=1.8 if scale else None,
        by=None,
        groups=(),
        bookings=np.column_stack([inside, np.zeros(replications, dtype=np.int64)]),
    )


def year(**more: object) -> Forecast:
    """Twelve months of 2015, as a board would ask for them."""
    return variant(Calendar(date(2014, 12, 31)), **{"scale": 3.5e9, "plan": 45_000_000_000, "currency": None, **more})  # type: ignore[arg-type]


def empty() -> Forecast:
    """No open lead at all."""
    base = variant(Calendar(date(2014, 12, 31)), scale=0.0)
    nothing = Leads(
        lead_id=(),
        pr=np.empty(0, np.int64),
        pc=(),
        expected_close=np.empty(0, "datetime64[D]"),
        line=np.empty(0, np.int64),
        pr_p10=np.empty(0, np.int64),
        pr_p90=np.empty(0, np.int64),
        close_p10=np.empty(0, "datetime64[D]"),
        close_p90=np.empty(0, "datetime64[D]"),
        imputed=np.empty(0, bool),
    )
    table = replace(base.table, leads=nothing, excluded=(), imputed=(), notes=(), lost_rows=0)
    return replace(
        base, table=table, beyond=Beyond(0, 0.0, 0.0), overdue=Overdue(0, 0), expected_value=0, lead_effects=()
    )


def hostile(text: str) -> Forecast:
    """The sample with one text everywhere a user's text can stand."""
    base = sample_forecast()
    effects = tuple(replace(effect, name=text, lead_id=text) for effect in base.lead_effects)
    assert base.without_largest is not None
    largest: LeadEffect = effects[0]
    table = replace(
        base.table,
        name=text,
        excluded=tuple(replace(one, reason=text) for one in base.table.excluded),
        imputed=tuple(replace(one, rule=text) for one in base.table.imputed),
        columns=tuple(replace(one, header=text, decided=text) for one in base.table.columns),
        kept_columns=(text,),
        notes=(text,),
    )
    return replace(
        base,
        table=table,
        lead_effects=effects,
        without_largest=replace(base.without_largest, lead=largest),
        by=text,
        groups=tuple(replace(group, value=text) for group in base.groups),
    )


def variants() -> dict[str, Forecast]:
    """Every awkward shape by name."""
    won = Bookings(np.array(["2026-09-03", "2026-10-20"], dtype="datetime64[D]"), np.array([9_000_000, 14_000_000]))
    stub = Calendar(date(2026, 11, 21))
    return {
        "year": year(),
        "no plan": year(plan=None),
        "plan far above": year(plan=150_000_000_000),
        "plan made": year(plan=10_000_000),
        "plan by period": year(by_period=True),
        "stub": variant(stub, plan=50_000_000, plan_window=stub.fiscal_year, won=won),
        "weeks": variant(Calendar(date(2026, 3, 18), "week", 26), plan=800_000_000, currency="EUR"),
        "quarters": variant(Calendar(date(2026, 6, 30), "quarter", 4, 7), plan=140_000_000, currency="JPY"),
        "one period": variant(Calendar(date(2026, 6, 30), "month", 1)),
        "zero": variant(Calendar(date(2014, 12, 31)), scale=0.0, plan=0),
        "five years": variant(Calendar(date(2014, 12, 31), "month", 60), scale=2e5),
        "certain": replace_bookings(),
        "empty": empty(),
    }


def replace_bookings() -> Forecast:
    """The same amount in every future: bands without width."""
    base = year(plan=None)
    same = np.full(base.replications, 3_500_000_000)
    bands = tuple(_band(band.period, band.expected_value, same) for band in base.periods)
    cumulative = tuple(
        _band(band.period, band.expected_value, same * (k + 1)) for k, band in enumerate(base.cumulative)
    )
    return replace(base, periods=bands, cumulative=cumulative, total=cumulative[-1], independent_band_ratio=None)
