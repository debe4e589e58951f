"""Plans for scenarios and for files of leads, against laws that are known exactly."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from scipy.special import gammainc, gammaincinv
from small_scenarios import EVERY_DAY, opening_of, small_scenario

from funnelsim.engines.buyer_rates import implied_funnel
from funnelsim.engines.choices import goal_seeking_scenario
from funnelsim.engines.choices.goal_seeking_leads import (
    LeadFutures,
    larger_leads,
    lead_lever,
    likelier_leads,
    more_leads,
    sooner_leads,
)
from funnelsim.engines.choices.goal_seeking_plan import PlanQuestion, _answered, _seek, plan_leads, plan_scenario
from funnelsim.engines.choices.goal_seeking_scenario import KeyLimits, ScenarioFutures, key_limits, scenario_lever
from funnelsim.engines.choices.goal_seeking_trials import Trials
from funnelsim.engines.execution import Execution
from funnelsim.engines.funnel_closed_form import daily_chances, flow_means
from funnelsim.errors import ScenarioError
from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.calendar import Calendar
from funnelsim.model.goal_plan import PlanLever
from funnelsim.model.leads import LeadTable
from funnelsim.model.request import ForecastRequest, Plan
from funnelsim.model.scenario_files import ScenarioFile

PR = 1000
ALONE = Execution(threads=1)


def one_stage(rate=1.0):
    """Leads come to Sales at a rate, are worked at once, and bring 1,000 each: bookings are Poisson."""
    return small_scenario(
        stages={"C": None, "B": None, "A": {"touch_hours": 0.5 * math.log(2), "levels": [5, 6]}},
        teams={
            "Marketing": {"effectiveness": {"C": None, "B": None, "A": 1.0}},
            "Sales": {"effectiveness": {"C": None, "B": None}},
        },
        sources={"web": {"per_day": rate, "stage": "A", "pr": float(PR), "level": 5}},
        strategies={"relay": {"unlimited": ["Marketing", "Sales"]}},
        calendar={"horizon": 2, "workdays": EVERY_DAY},
    )


def wins_of(scenario) -> float:
    """Mean number of wins over the horizon, exactly."""
    (stage,) = implied_funnel(scenario)
    days = (date(2027, 2, 28) - date(2026, 12, 31)).days
    rate = scenario.sources[0].per_day
    chances = daily_chances([stage.advance_per_hour * stage.pace_hours], [stage.loss_per_day])
    return float(flow_means(chances, np.full((days, 1), rate)).wins.sum())


def file_of(scenario, rows=()):
    return ScenarioFile(scenario, opening_of(scenario, rows), "small.toml", "0" * 64, (), "toml")


def question(goal, *levers, asked=0.8, seed=0, replications=400):
    return PlanQuestion(goal * 100, asked, levers, seed, replications)


def test_the_required_rate_of_a_poisson_world():
    """Goal of 25 wins: the rate solves P(Poisson(m) >= 25) = .8 in closed form.  One fixed seed."""
    scenario = one_stage()
    mean = wins_of(scenario)
    plan = plan_scenario(
        file_of(scenario), "relay", question(25 * PR, PlanLever("sources.web.rate", 0.0)), ALONE, required=False
    )
    true = float(gammaincinv(25, 0.8)) / mean
    assert plan.levers[0].path == "sources.web.per_day"
    assert plan.low <= true <= plan.high
    for one in (plan.verified, plan.present, plan.answer):
        exact = float(gammainc(25, mean * one.values[0]))
        error = math.sqrt(exact * (1 - exact) / one.replications)
        assert abs(one.chance.estimate - exact) <= 5 * error, one.values
    assert plan.held


@pytest.mark.slow
def test_plans_of_a_poisson_world_hold_what_they_promise(monkeypatch):
    """100 plans: the verified interval holds the exact chance, the lever's the exact rate; notices 11 points less."""
    scenario = one_stage()
    mean, plans = wins_of(scenario), 100
    true = float(gammaincinv(25, 0.8)) / mean
    path = "sources.web.per_day"
    monkeypatch.setattr(goal_seeking_scenario, "MOST_KEPT", 1000)  # 100 plans try the same settings
    futures = ScenarioFutures(scenario, "relay", opening_of(scenario), (path,), 25 * PR * 100, Execution())
    of_chance = of_rate = held = 0
    for seed in range(plans):
        trials = Trials(futures, (PlanLever(path, 1.0, 1.0, 3.0),), seed, 100, 0.8)
        plan = _answered(trials, _seek(trials, [KeyLimits()]))
        exact = float(gammainc(25, mean * plan.values[0]))
        of_chance += plan.verified.chance.low <= exact <= plan.verified.chance.high
        of_rate += (plan.low or 0.0) <= true <= (plan.high or math.inf)
        held += plan.held
    least = 0.95 - 5 * math.sqrt(0.95 * 0.05 / plans)
    print(f"chance {of_chance}, rate {of_rate}, held {held} of {plans}")
    assert min(of_chance, of_rate) / plans >= least
    assert held == plans


def test_threads_never_change_a_plan():
    scenario = small_scenario(goal={"revenue": 20_000.0})
    rows = [("first", 90_000, 0.5, "B"), ("second", 250_000, 0.25, "C")]
    asked = question(20_000, PlanLever("sources", 0.0, 0.8, 1.2), replications=100)
    one, two = (plan_scenario(file_of(scenario, rows), "relay", asked, Execution(threads=n, block=m))
                for n, m in ((1, 64), (2, 16)))  # fmt: skip
    assert one.content_hash == two.content_hash
    assert one.trials == two.trials
    assert one.required == two.required


def test_more_leads_drown_sales_and_it_is_said():
    """One rep with three hours a day, who works the newest first: the best is inside, and both sides fall off."""
    scenario = small_scenario(
        teams={"Sales": {"heads": 1, "hours_per_day": 3.0}},
        sources={"web": {"per_day": 1.0, "stage": "B", "level": 3}},
        forces={"neglect": {"rise_per_week": 0.6, "grace_days": 0}, "temperature": {"cold": 0.3, "hot": 1.0}},
        strategies={"relay": {"priority": {"sales": "newest"}}},
        calendar={"horizon": 6},
    )
    lever = PlanLever("sources.web.per_day", 0.0, 0.05, 4.0)
    plan = plan_scenario(
        file_of(scenario), "relay", question(6_000, lever, asked=0.95, replications=200), ALONE, required=False
    )
    assert plan.status == "not reached"
    assert 0.1 < plan.best.values[0] < 2
    assert {fall.from_value < fall.to_value for fall in plan.falls} == {True, False}


@pytest.mark.parametrize(
    ("lever", "said"),
    [
        (PlanLever("sources.wbe.rate", 0.0), "dotted path"),
        (PlanLever("sources.web", 0.0), "a number; got a section"),
        (PlanLever("stages.A.owner", 0.0), "a number; got 'Sales'"),
        (PlanLever("goal.revenue", 0.0), "something else than the goal"),
        (PlanLever("stages.A.decided_by", 0.0), "a number"),
        (PlanLever("sources.web.cost_per_lead", 0.0), "given with a range"),
        (PlanLever("calendar.as_of", 0.0), "a number"),
    ],
)
def test_levers_of_a_scenario_are_checked(lever, said):
    with pytest.raises(ScenarioError, match=said):
        scenario_lever(small_scenario(), lever)


def test_sources_that_bring_nothing_are_no_lever():
    with pytest.raises(ScenarioError, match="sources that bring leads"):
        scenario_lever(small_scenario(sources={"web": {"per_day": 0.0}}), PlanLever("sources", 0.0))


def test_a_range_where_nothing_can_be_says_why():
    lever = PlanLever("stages.A.conversion", 0.0, 1.5, 3.0)
    with pytest.raises(ScenarioError, match="conversion"):
        plan_scenario(file_of(small_scenario()), "relay", question(10, lever), ALONE)


def test_limits_of_keys_are_the_documents():
    scenario = small_scenario()
    assert key_limits(scenario, "stages.A.conversion").high == 1.0
    assert key_limits(scenario, "teams.Sales.heads").whole
    assert not key_limits(scenario, "sources.web.per_day").whole
    assert key_limits(scenario, "stages.A.stated_pc").high == 1.0, "also of what may be left out"


# --- files of leads ---------------------------------------------------------------------------------------------------
ROWS = [
    {"id": f"L{at}", "pr": 10_000 + 1000 * at, "pc": 0.1 + 0.05 * (at % 14), "stage": "A", "close": 9 * at - 3}
    for at in range(30)
]


@pytest.fixture(scope="module")
def book():
    """Thirty leads, the first overdue, and a calendar of twelve months."""
    return opening_of(small_scenario(), ROWS).leads, Calendar(date(2026, 12, 31), "month", 12, 1)


def test_factors_do_to_expected_value_what_they_say(book):
    leads, _ = book
    value = leads.expected_value()
    for factor in (0.0, 0.4, 1.0, 1.5, 2.0, 3.25):
        assert float(more_leads(leads, factor).expected_value()) == pytest.approx(factor * float(value), rel=1e-12)
        larger = larger_leads(leads, factor)
        assert larger.pr.tolist() == [round(factor * pr) for pr in leads.pr.tolist()]
    assert more_leads(leads, 1.0).lead_id == leads.lead_id
    assert len(set(more_leads(leads, 3.0).key.tolist())) == 3 * len(leads)
    moved = likelier_leads(leads, 0.5).pc_float
    odds = moved / (1 - moved) / (leads.pc_float / (1 - leads.pc_float))
    assert np.allclose(odds, math.exp(0.5), rtol=1e-12)


def test_dates_come_sooner_but_never_before_the_first_day(book):
    leads, calendar = book
    moved = sooner_leads(leads, 40.0, calendar)
    days = calendar.days_after(moved.expected_close)
    before = calendar.days_after(leads.expected_close)
    assert (days == np.maximum(before - 40, 1))[before > 0].all()


@pytest.mark.parametrize("path", ["leads", "pc", "pr"])
def test_more_of_a_lever_never_loses_a_win(book, path):
    """With the same luck, future by future, days as stated: a likelier lead may close on another day otherwise."""
    leads, calendar = book
    table, request = _asked(leads, calendar, 100_000)
    request = replace(request, assumptions=ForecastAssumptions.stated())
    futures = LeadFutures(table.leads, request, table.won, (path,), ALONE)
    steps = (0.0, 0.3, 1.0, 1.7, 2.0, 2.9) if path != "pc" else (-1.0, 0.0, 0.4, 2.0)
    money = [futures.outcomes((value,), 0, 300, 5).money for value in steps]
    for less, more in pairwise(money):
        assert (more >= less).all()
        assert more.sum() > less.sum()


def test_a_plan_for_leads_books_its_goal_on_other_luck(book):
    leads, calendar = book
    table, request = _asked(leads, calendar, 300_000)
    asked = PlanQuestion(300_000, 0.7, (PlanLever("leads", 0.0),), 3, 2000)
    one, two = (plan_leads(table, request, asked, Execution(threads=threads)) for threads in (1, 2))
    assert one.content_hash == two.content_hash
    assert one.status == "reached"
    assert one.held
    assert one.extra.leads == pytest.approx((one.values[0] - 1) * 30)
    assert one.coverage.required_asked == pytest.approx(one.coverage.now * one.values[0])
    assert one.coverage.required == pytest.approx(one.coverage.pipeline / one.coverage.booked)


def test_levers_of_a_file_are_checked(book):
    with pytest.raises(ScenarioError, match="one of leads"):
        lead_lever(PlanLever("sources.web.rate", 0.0))
    with pytest.raises(ScenarioError, match="within"):
        lead_lever(PlanLever("leads", 0.0, -1.0, 2.0))
    leads, calendar = book
    table, request = _asked(leads.select(np.zeros(len(leads), dtype=bool)), calendar, 10)
    with pytest.raises(ScenarioError, match="open leads"):
        plan_leads(table, request, question(10, PlanLever("leads", 0.0)), ALONE)


def _asked(leads, calendar, goal):
    table = LeadTable(leads=leads, name="leads.csv", sha256="0" * 64, rows=len(leads))
    return table, ForecastRequest(calendar=calendar, plan=Plan(goal))
