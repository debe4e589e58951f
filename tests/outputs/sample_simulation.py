"""A made-up simulation for tests of everything that shows or saves one: deterministic, and consistent with itself.

Bands and the goal's chance are taken from the made-up bookings and costs; EV by stage, step and journey add up to the
same total; loss shares add up to 1.  Everything else is simply made up.
"""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.funnel_reports import (
    Estimate,
    FunnelCounts,
    FunnelRates,
    ImpliedStage,
    LossReport,
    SourceReport,
    StageReport,
    TeamReport,
)
from funnelsim.model.funnel_words import FLOWS
from funnelsim.model.leads import Leads
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.results import PERCENTS, StandardErrors
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_checks import checked
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.model.simulation import FunnelValue, GoalOutcome, MoneyBand, MoneyBands, Simulation, Story

REPLICATIONS = 800
TARGET = 120_000_000
DOCUMENT = """\
schema = "funnelsim/scenario/1"
name = "sample"
title = "A sample funnel"
currency = "USD"
[calendar]
as_of = "2025-12-31"
horizon = 6
[market]
fit = 0.3
[[sources]]
name = "web"
per_day = 1.0
stage = "C"
pr = 25000
[[stages]]
name = "C"
conversion = 0.45
median_days = 18
hours = 2.0
touch_hours = 0.5
owner = "Marketing"
levels = [2, 3]
steps = ["stimulate interest", "get in the door"]
journey = ["curious", "interested"]
[[stages]]
name = "B"
conversion = 0.47
median_days = 21
hours = 4.0
touch_hours = 0.75
owner = "Sales"
levels = [4, 5]
steps = ["qualify", "uncover needs"]
journey = ["interested", "convinced"]
[[stages]]
name = "A"
conversion = 0.5
median_days = 21
hours = 8.0
touch_hours = 1.5
owner = "Sales"
levels = [5, 6]
steps = ["create urgency", "persuade"]
journey = ["evaluating", "approving"]
[[teams]]
name = "Marketing"
role = "marketing"
heads = 1
hours_per_day = 5
effectiveness = {C = 1.0, B = 0.5}
[[teams]]
name = "Sales"
role = "sales"
heads = 2
hours_per_day = 3
cost_per_hour = 100
effectiveness = {C = 0.3, B = 1.0, A = 1.0}
quota = 500000
[goal]
revenue = 1200000
[[strategies]]
name = "relay"
title = "Once passed, for ever Sales'"
[strategies.priority]
triage_days = 5
triage_stage = "A"
[[strategies]]
name = "hand back"
title = "Idle leads go back"
[strategies.ownership]
idle_days = 10
[provenance."stages.C.conversion"]
source = "own records, 2025"
grade = "yours"
"""


def sample_scenario() -> Scenario:
    """Return the scenario of the sample: three stages, two teams, two strategies, six months."""
    return checked(tomllib.loads(DOCUMENT), "sample")


def sample_file() -> ScenarioFile:
    """Return the scenario as it would have been read."""
    return ScenarioFile(sample_scenario(), sample_opening(), "sample.toml", "cd" * 32, ("One note.",), "toml")


def sample_opening() -> OpeningLeads:
    """Return two open leads, one with a hostile name."""
    far = np.array(["NaT", "NaT"], dtype="datetime64[D]")
    leads = Leads(
        lead_id=("ACC-01", "=1+1"),
        pr=np.array([2_560_000, 1_000_001]),
        pc=(Decimal("0.47"), Decimal("0.1")),
        expected_close=np.array(["2026-02-13", "2026-05-01"], dtype="datetime64[D]"),
        line=np.array([2, 3]),
        pr_p10=np.array([-1, -1]),
        pr_p90=np.array([-1, -1]),
        close_p10=far,
        close_p90=far.copy(),
        imputed=np.array([False, False]),
        currency="USD",
        minor_digits=2,
    )
    numbers = [np.array(pair, dtype=np.int64) for pair in ((2, 0), (-1, 0), (35, 2), (1, 9))]
    return OpeningLeads(leads, ("ABC", "Zoë \x1b[31m"), *numbers, np.array([0.5, 0.2]))


def sample_simulation(
    *, goal: bool = True, strategy: str = "relay", unit: str = "month", horizon: int = 6, currency: str | None = "USD"
) -> Simulation:
    """Return the made-up simulation; its size and shape may be varied."""
    scenario = sample_scenario()
    calendar = Calendar(date(2025, 12, 31), unit, horizon, 1)  # type: ignore[arg-type]
    count = len(calendar.periods)
    flow = _flow(count)
    booked = flow[:, :, FLOWS.index("booked")]
    cost = (4_000_000 + 10_000 * flow[:, :, FLOWS.index("touches")]).astype(np.int64)
    totals = booked.sum(axis=1)
    return Simulation(
        scenario=scenario,
        strategy=scenario.strategy(strategy),
        opening=sample_opening(),
        calendar=calendar,
        seed=7,
        replications=REPLICATIONS,
        currency=currency,
        minor_digits=2,
        bookings=_bands(calendar, booked),
        cost=_bands(calendar, cost),
        profit=_bands(calendar, booked - cost),
        goal=_goal(totals) if goal else None,
        value=_value(count),
        stages=_stages(),
        teams=_teams(count),
        sources=(
            SourceReport("web", Estimate(181.2, 0.5), Estimate(90_000_000.5, 900_000), Estimate(3_600_000, 0)),
            SourceReport("open at the start", Estimate(2, 0), Estimate(2_000_000, 90_000), Estimate(0, 0)),
        ),
        losses=_losses(),
        rates=FunnelRates(
            None, Estimate(0.31, 0.002), Estimate(0.118, 0.004), (0.3,) * (count - 1) + (float("nan"),), (0.1,) * count
        ),
        counts=_counts(flow),
        implied=tuple(
            ImpliedStage(name, 1.5, 0.02, 0.1, 0.3, 0.8, 0.3, true, stated)
            for name, true, stated in (("C", 0.1, 0.15), ("B", 0.22, 0.5), ("A", 0.47, 0.8))
        ),
        notes=("Losses of stage C wait for calendar days.", "Ünïcode and \x1b[31mcolour stay text."),
        content_hash="5b" * 32,
        outcome={"flow": flow},
    )


def sample_story(outcome: str = "lost") -> Story:
    """Return a neglected account: it comes to Sales, is worked twice, stands idle over two month ends, and is lost."""
    hour = 3_600_000
    events = [
        (0, 0, 1, 1, -1),  # born: open at the start, stage B, Sales
        (0, 1, 1, 1, 4),
        (1, 2, 1, 1, 3 * hour // 2),
        (2, 2, 1, 2, 3 * hour),
        (60, 3, 1, 0, 1),  # passed to Marketing: idle
        (61, 4, 0, 0, 0),
        (63, 2, 0, 1, hour // 40),
        (70, 3, 0, 1, 8),
        (71, 4, 1, 0, 0),
        (71, 2, 1, 1, 3 * hour // 2),
    ]
    ends = {
        "lost": [(130, 7, 1, 0, 1)],
        "won": [(80, 1, 2, 1, 5), (84, 2, 1, 2, 3 * hour), (90, 2, 1, 2, 3 * hour), (90, 8, 1, 2_560_000, 2)],
        "open": [(100, 10, 1, 1, 0)],
    }
    return Story("ACC-01", "ABC", 2_560_000, True, tuple(events + ends[outcome]), outcome)


def _flow(count: int) -> npt.NDArray[np.int64]:
    """Return lumpy made-up counts, (replication, period, flow)."""
    rng = np.random.default_rng(20251231)
    flow = rng.poisson(12.0, size=(REPLICATIONS, count, len(FLOWS))).astype(np.int64)
    wins = rng.poisson(3.5, size=(REPLICATIONS, count))
    flow[:, :, FLOWS.index("wins")] = wins
    flow[:, :, FLOWS.index("booked")] = (wins * rng.lognormal(15.4, 0.4, size=wins.shape)).astype(np.int64)
    return flow


def _bands(calendar: Calendar, amounts: npt.NDArray[np.int64]) -> MoneyBands:
    start = calendar.window.start
    periods = tuple(_band(period, amounts[:, k]) for k, period in enumerate(calendar.periods))
    running = np.cumsum(amounts, axis=1)
    cumulative = tuple(_band(Period(start, one.end), running[:, k]) for k, one in enumerate(calendar.periods))
    return MoneyBands(periods, cumulative, _band(calendar.window, amounts.sum(axis=1)))


def _band(period: Period, amounts: npt.NDArray[np.int64]) -> MoneyBand:
    ordered, size = np.sort(amounts), len(amounts)
    percentiles = {percent: int(ordered[-(-percent * size // 100) - 1]) for percent in PERCENTS}
    sd = float(amounts.std(ddof=1))
    error = sd / size**0.5
    errors = StandardErrors(error, 1.6 * error, 1.25 * error, 1.8 * error)
    return MoneyBand(period, float(amounts.mean()), sd, percentiles, errors)


def _goal(totals: npt.NDArray[np.int64]) -> GoalOutcome:
    made = totals >= TARGET
    chance = float(made.mean())
    short = TARGET - totals[~made]
    error = (chance * (1 - chance) / len(totals)) ** 0.5
    return GoalOutcome(TARGET, chance, error, float(short.mean()) if len(short) else 0.0)


def _value(count: int) -> FunnelValue:
    rise = np.linspace(0.5, 1.0, count)
    parts = {"C": rise * 2.1e7, "B": rise[::-1] * 3.3e7, "A": rise * 2.8e7}
    steps = {step: tuple(parts[name] / 2) for name in parts for step in (f"{name} first", f"{name} second")}
    return FunnelValue(
        {name: tuple(map(float, series)) for name, series in parts.items()},
        {name: tuple(map(float, series)) for name, series in steps.items()},
        {"whole journey": tuple(map(float, sum(parts.values())))},
        {
            "C": tuple(map(float, rise * 40)),
            "B": tuple(map(float, rise[::-1] * 22)),
            "A": tuple(map(float, rise * 9)),
        },
    )


def _stages() -> tuple[StageReport, ...]:
    first, second, third = Estimate(181.2, 0.5), Estimate(70.1, 0.3), Estimate(24.6, 0.2)
    return (
        StageReport("C", first, 0.45, Estimate(0.431, 0.002), 27.4, 21.0, Estimate(39.8, 0.2), (0, 0, 0)),
        StageReport("B", second, 0.47, Estimate(0.392, 0.003), 31.9, 25.0, Estimate(11.2, 0.1), (90, 30, 8)),
        StageReport("A", third, 0.5, Estimate(0.488, 0.004), 24.0, 20.0, Estimate(8.9, 0.1), (110, 40, 55)),
    )


def _teams(count: int) -> tuple[TeamReport, ...]:
    return (
        TeamReport(
            "Marketing", Estimate(61.3, 0.2), Estimate(640, 0), Estimate(0.0958, 0.0004), Estimate(130.5, 0.6),
            Estimate(26_100, 120), Estimate(6_420, 20), Estimate(810.2, 9), ((10.2, 106.7),) * count,
        ),
        TeamReport(
            "Sales", Estimate(768, 0), Estimate(768, 0), Estimate(1.0, 0.0), Estimate(700.4, 0.9),
            Estimate(7_680_000, 0), Estimate(3_911, 15), Estimate(1_702, 21), ((128.0, 128.0),) * count,
        ),
    )  # fmt: skip


def _losses() -> tuple[LossReport, ...]:
    rows = [
        ("C", "competitor", "Marketing", 44.0),
        ("C", "no decision", "Marketing", 33.1),
        ("B", "competitor", "Sales", 18.0),
        ("B", "no decision", "Sales", 13.2),
        ("A", "competitor", "Sales", 4.4),
        ("A", "no decision", "Sales", 3.2),
        ("C", "lost on the way", "Sales", 1.3),
        ("C", "unsubscribed", "Marketing", 0.7),
        ("B", "not qualified", "Sales", 0.4),
        ("A", "competitor", "Marketing", 0.1),
    ]
    total = sum(row[3] for row in rows)
    return tuple(LossReport(stage, why, team, Estimate(n, n**0.5 / 28), n / total) for stage, why, team, n in rows)


def _counts(flow: npt.NDArray[np.int64]) -> FunnelCounts:
    sums = flow.sum(axis=1)
    means, errors = sums.mean(axis=0), sums.std(axis=0, ddof=1) / len(sums) ** 0.5
    flows = {name: Estimate(float(means[k]), float(errors[k])) for k, name in enumerate(FLOWS)}
    return FunnelCounts(
        flows=flows,
        passes={"qualified": Estimate(70.1, 0.3), "idle": Estimate(8.3, 0.1)},
        waste=Estimate(0.583, 0.004),
        never_called=Estimate(0.082, 0.002),
        call_delay_days=Estimate(4.31, 0.05),
        neglect_drift=Estimate(-0.0213, 0.0004),
        idle_over_14=Estimate(0.34, 0.003),
        idle_over_30=Estimate(0.12, 0.002),
        market_share=Estimate(0.23, 0.004),
        first_win_days=Estimate(12.2, 0.3),
        month_end_share=Estimate(0.37, 0.006),
        cost_per_win=Estimate(650_000, 9_000),
        cost_per_qsl=Estimate(195_000, 2_000),
        reps_at_quota=Estimate(0.41, 0.012),
    )
