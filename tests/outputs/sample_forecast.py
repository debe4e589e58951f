"""A made-up forecast for tests of everything that shows or saves one: deterministic, and consistent with itself.

The bands are taken from the made-up bookings, cumulative bands are summed replication by replication, and the plan's
chance is the share of bookings that reach it; only the exact means, the groups and the lead effects are simply made up.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.leads import Bookings, ColumnMapping, Exclusion, Imputation, Leads, LeadTable
from funnelsim.model.plan_results import PlanOutcome
from funnelsim.model.proofs import Precision, SelfCheck
from funnelsim.model.results import (
    PERCENTS,
    Band,
    Beyond,
    Forecast,
    GroupBands,
    LeadEffect,
    Overdue,
    StandardErrors,
    WithoutLargest,
)

AS_OF = date(2026, 6, 30)
REPLICATIONS = 2_000
TARGET = 490_000_000
NAMES = (
    "Acme renewal",
    "=cmd|' /C calc'!A0",
    "Zoë & Søn <b>",
    "Nul\x00 \x1b[31mred\x07",
    "東京 商事",
    'plain, with "quotes"',
)
REGIONS = ("North", "South", "=HYPERLINK(1)")


def sample_forecast() -> Forecast:
    """Return the made-up forecast: six months, a plan, three regions, eight leads and five months of actuals."""
    leads = _leads()
    calendar = Calendar(AS_OF, "month", 6, 1)
    bookings = _bookings()
    inside = bookings[:, :-1]
    stated = [_stated(leads, period) for period in calendar.periods]
    periods = tuple(_band(period, stated[k], inside[:, k]) for k, period in enumerate(calendar.periods))
    cumulative = tuple(
        _band(Period(calendar.window.start, period.end), sum(stated[: k + 1]), inside[:, : k + 1].sum(axis=1))
        for k, period in enumerate(calendar.periods)
    )
    won = _won()
    actuals = int(won.amount.sum())
    totals = inside.sum(axis=1)
    plan = _plan(calendar, totals, actuals)
    effects = _effects(leads, plan.probability)
    return Forecast(
        table=_table(leads, won),
        calendar=calendar,
        assumptions=ForecastAssumptions(),
        seed=7,
        replications=REPLICATIONS,
        periods=periods,
        cumulative=cumulative,
        total=_band(calendar.window, sum(stated), totals),
        beyond=Beyond(4_000_000, 30_000_000.5, float(bookings[:, -1].mean())),
        overdue=Overdue(1, 4_000_000),
        expected_value=int(leads.expected_value()),
        actuals=actuals,
        actual_rows=len(won.amount),
        plan=plan,
        independent_band_ratio=1.37,
        optimism_mean=float(totals.mean()) * 0.8,
        lead_effects=effects,
        without_largest=WithoutLargest(effects[0], 150_000_000, 210_000_000, 280_000_000),
        by="region",
        groups=_groups(calendar, inside),
        check=SelfCheck(1.83, True),
        precision=Precision(0.01, 0.0087),
        exact=None,
        content_hash="5a" * 32,
        bookings=bookings,
    )


def _leads() -> Leads:
    rows = 8
    region = tuple(REGIONS[row % 3] for row in range(rows))
    names = tuple(NAMES[row % len(NAMES)] for row in range(rows))
    return Leads(
        lead_id=("00123", "123", "=1+1", "L-4", "L-5", "L-6", "L-7", "L-7"),
        pr=np.array([12_500_000, 60_000_000, 45_000_050, 150_000_000, 20_000_000, 80_000_000, 33_333_333, 9_000_000]),
        pc=tuple(map(Decimal, ("0.32", "0.5", "0.75", "0.4", "0.20", "0.6", "0.333333333333333333", "0.9"))),
        expected_close=np.array(
            [
                "2026-06-20",
                "2026-07-15",
                "2026-08-01",
                "2026-09-30",
                "2027-02-01",
                "2026-10-10",
                "2026-11-11",
                "2026-12-31",
            ],
            dtype="datetime64[D]",
        ),
        line=np.arange(2, 2 + rows),
        pr_p10=np.array([-1, 50_000_000, -1, -1, -1, -1, -1, -1]),
        pr_p90=np.array([-1, 90_000_000, -1, -1, -1, -1, -1, -1]),
        close_p10=np.array(["NaT"] * 7 + ["2026-12-01"], dtype="datetime64[D]"),
        close_p90=np.array(["NaT"] * 7 + ["2027-01-31"], dtype="datetime64[D]"),
        imputed=np.array([False] * 5 + [True] + [False] * 2),
        attributes={"name": names, "region": region, "Odd header\x01": ("",) * rows},
        currency="USD",
        minor_digits=2,
    )


def _won() -> Bookings:
    day = np.array(
        ["2026-01-20", "2026-02-14", "2026-02-27", "2026-03-31", "2026-05-05", "2026-06-29"], dtype="datetime64[D]"
    )
    return Bookings(day, np.array([52_000_000, 18_000_000, 31_000_000, 74_000_000, 66_000_000, 49_000_000]))


def _table(leads: Leads, won: Bookings) -> LeadTable:
    return LeadTable(
        leads=leads,
        name="deals.csv",
        sha256="ab" * 32,
        rows=len(leads) + len(won.amount) + 4 + 3,
        won=won,
        lost_rows=4,
        excluded=(Exclusion("no PC: not a QSL", 2, 7_000_000), Exclusion("no expected close", 1, 1_000_000)),
        imputed=(Imputation("pc", "mean PC of 34 rows in stage 'Proposal' = 0.6", 1),),
        dialect="salesforce",
        columns=(
            ColumnMapping("lead_id", "Opportunity ID"),
            ColumnMapping("pr", "Amount", "decimal point: 8 values"),
            ColumnMapping("pc", "Probability (%)", "percent: the header has (%)"),
            ColumnMapping("expected_close", "Close Date", "ISO dates"),
        ),
        kept_columns=("Odd header\x01",),
        notes=("5 report footer lines removed",),
    )


def _bookings() -> npt.NDArray[np.int64]:
    """Return lumpy made-up bookings, (replication, 6 months + beyond), with months that book nothing."""
    rng = np.random.default_rng(20260630)
    means = np.array([3.0e7, 3.4e7, 4.8e7, 4.2e7, 3.1e7, 2.6e7, 3.0e7])
    shared = rng.lognormal(-0.045, 0.3, size=(REPLICATIONS, 1))
    amounts = rng.gamma(2.0, means / 2.0 / 0.9, size=(REPLICATIONS, len(means))) * shared
    return np.where(rng.random(amounts.shape) < 0.9, amounts, 0.0).astype(np.int64)


def _stated(leads: Leads, period: Period) -> int:
    inside = (leads.expected_close >= np.datetime64(period.start)) & (leads.expected_close <= np.datetime64(period.end))
    return round(leads.expected_value(inside))


def _band(period: Period, expected_value: int, bookings: npt.NDArray[np.int64]) -> Band:
    ordered = np.sort(bookings)
    size = len(ordered)
    percentiles = {percent: int(ordered[-(-percent * size // 100) - 1]) for percent in PERCENTS}
    mean, sd = float(bookings.mean()), float(bookings.std(ddof=1))
    error = sd / size**0.5
    return Band(
        period,
        expected_value,
        mean + 0.5 * error,
        mean,
        sd,
        percentiles,
        StandardErrors(error, 1.6 * error, 1.25 * error, 1.8 * error),
    )


def _plan(calendar: Calendar, totals: npt.NDArray[np.int64], actuals: int) -> PlanOutcome:
    reached = totals + actuals >= TARGET
    chance = float(reached.mean())
    misses = TARGET - actuals - totals[~reached]
    error = (chance * (1 - chance) / len(totals)) ** 0.5
    return PlanOutcome(
        TARGET, calendar.fiscal_year, actuals, chance, error, float(misses.mean()) if len(misses) else 0.0
    )


def _effects(leads: Leads, chance: float) -> tuple[LeadEffect, ...]:
    """Return one effect per lead id, largest first; ``L-7`` has two line items."""
    found = []
    for lead_id in dict.fromkeys(leads.lead_id):
        rows = [row for row, other in enumerate(leads.lead_id) if other == lead_id]
        keep = np.isin(np.arange(len(leads)), rows)
        value = round(leads.expected_value(keep))
        close = min(leads.expected_close[keep]).astype(object)
        name = leads.attributes["name"][rows[0]]
        found.append(LeadEffect(lead_id, name, int(leads.pr[keep].sum()), value, close, chance, chance - value / 2e8))
    return tuple(sorted(found, key=lambda effect: -effect.expected_value))


def _groups(calendar: Calendar, inside: npt.NDArray[np.int64]) -> tuple[GroupBands, ...]:
    shares = {"North": 5, "South": 3, "=HYPERLINK(1)": 2}
    groups = []
    for value, tenths in shares.items():
        part = inside * tenths // 10
        periods = tuple(_band(period, 1_000_000 * tenths, part[:, k]) for k, period in enumerate(calendar.periods))
        total = _band(calendar.window, 6_000_000 * tenths, part.sum(axis=1))
        groups.append(GroupBands(value, tenths, 7_000_000 * tenths, periods, total))
    return tuple(groups)
